"""Dispatch: who starts, class by class, and why the rest is idle."""

from __future__ import annotations

from flowsim.engines.compiled_engine.capacity import (
    book_places,
    book_staff,
    count_places,
    may_start,
    serves,
    take_places,
)
from flowsim.engines.compiled_engine.fitting import interrupts, klass_of, missing
from flowsim.engines.compiled_engine.heaps import take
from flowsim.engines.compiled_engine.layout import (
    CLOSING,
    COUNTER,
    DIRTY,
    DURATION,
    ERROR,
    FITS,
    K_CAUSE,
    K_FREE,
    K_KEPT,
    K_KEPT_CAUSE,
    K_N_ONLY,
    KEPT_CAUSE,
    NOBODY_WAITING,
    NOTED_AT,
    NOTES,
    NOW,
    NUM,
    PAT,
    PULL_CAUSE,
    PULLED,
    Q_DIRTY,
    Q_FIRST,
    Q_HEAD,
    Q_HEAPS,
    Q_LACKS,
    Q_N_HEAPS,
    Q_NOTED,
    Q_RESOURCE,
    Q_WAITING,
    QNEXT,
    QUEUED,
    R_CAUSE,
    R_EXPLAINED,
    R_FREE,
    R_IN_USE,
    R_KEPT_CLASS,
    R_KIND,
    R_N_TELLS,
    R_NUMBER,
    R_QUEUE,
    R_SEEKERS,
    R_SKIP,
    R_SPECIAL,
    R_TELLS,
    R_TRANCHES,
    R_UNLIMITED,
    RANK,
    SERVERS,
    SLOTS,
    STARTED,
    STEP,
    TOUCHED,
    W_CAUSE_NAMES,
    W_COUNTERS,
    W_N_NOTED,
    W_N_SEEKERS,
    W_NOTED,
    W_PAUSES,
    W_RESOURCES,
    W_SEEKERS,
)
from flowsim.engines.compiled_engine.luck import luck
from flowsim.engines.compiled_engine.service import begin_stay, start
from flowsim.engines.compiled_engine.views import inlined, jitted
from flowsim.engines.compiled_engine.waiting import over_in, precedes, take_out, wake


@jitted
def may_come(w, v, r, lane):
    """Whether a visit may come through a lane."""
    if lane == -1:
        return True
    if lane == -2:
        kept = w.resources[r, R_KEPT_CLASS]
        return kept < 0 or klass_of(w.visits[v, RANK]) == kept
    return serves(w, r, lane, w.visits[v, STEP])


@jitted
def best(w, q, r, lane, after):
    """The first of a queue who may come through a lane, behind `after` (-1: from the top)."""
    found = -1
    for h in range(w.queues[q, Q_HEAPS], w.queues[q, Q_HEAPS] + w.queues[q, Q_N_HEAPS]):
        v = w.heads[h]
        if v < 0 or (after >= 0 and not precedes(w, after, v)) or not may_come(w, v, r, lane):
            continue
        if found < 0 or precedes(w, v, found):
            found = v
    return found


@jitted
def longest_waiter(w, q):
    """Who first joined longest ago."""
    found, v = -1, w.queues[q, Q_FIRST]
    while v >= 0:
        if (
            found < 0
            or w.visits[v, QUEUED] < w.visits[found, QUEUED]
            or (w.visits[v, QUEUED] == w.visits[found, QUEUED] and precedes(w, v, found))
        ):
            found = v
        v = w.visits[v, QNEXT]
    return found


@inlined
def is_asked(w, v, klass):
    """Whether there is a visit, and of the class asked for."""
    return v >= 0 and (klass == -9 or klass_of(w.visits[v, RANK]) == klass)


@jitted
def try_start(w, v, lacks, kept):
    """Start one visit if it fits, or may interrupt."""
    if lacks == FITS or interrupts(w, v):
        w.g[NOTES] += 1
        start(w, v, kept)
        return True
    return False


@jitted
def serve_next(w, q, klass, lane):
    """Start the next who can by the queue's rule: the head or nobody, or the next who fits."""
    r = w.queues[q, Q_RESOURCE]
    if lane == -2 and w.resources[r, R_KEPT_CLASS] == -1:
        v = longest_waiter(w, q)
        return is_asked(w, v, klass) and try_start(w, v, missing(w, v, lane), True)
    v = best(w, q, r, lane, -1)
    while v >= 0:
        if is_asked(w, v, klass) and try_start(w, v, missing(w, v, lane), lane == -2):
            return True
        v = best(w, q, r, lane, v) if w.resources[r, R_SKIP] else -1
    return False


@inlined
def serve_first(w, q, klass):
    """The same where all slots are for all: most often the head is looked up already."""
    look(w, q)
    v = w.queues[q, Q_HEAD]
    if is_asked(w, v, klass) and try_start(w, v, w.queues[q, Q_LACKS], False):
        return True
    if v < 0 or not w.resources[w.queues[q, Q_RESOURCE], R_SKIP]:
        return False
    return serve_behind(w, q, klass, v)


@jitted
def serve_behind(w, q, klass, v):
    """Start the next behind one who cannot."""
    r = w.queues[q, Q_RESOURCE]
    while v >= 0:
        v = best(w, q, r, -1, v)
        if is_asked(w, v, klass) and try_start(w, v, missing(w, v, -1), False):
            return True
    return False


@inlined
def serve_plain(w, q):
    """The plain case: a free server that needs nothing else, and one who waits for it."""
    r, h = w.queues[q, Q_RESOURCE], w.queues[q, Q_HEAPS]
    while w.resources[r, R_FREE] > 0 and w.heads[h] >= 0:
        v = w.heads[h]
        take_out(w, v)
        w.resources[r, R_FREE] -= 1
        w.visits[v, STARTED] = w.g[NOW]
        over_in(w, v, luck(w, DURATION, w.visits[v, STEP], w.visits[v, NUM], w.visits[v, PAT]))


@jitted
def serve(w, q, klass):
    """Start whoever can start in one queue (of one class, -9: any), in order; stops when something was freed."""
    r = w.queues[q, Q_RESOURCE]
    if w.resources[r, R_SPECIAL]:
        serve_lanes(w, q, r, klass)
        return
    while w.g[DIRTY] == 0 and serve_first(w, q, klass):
        if not w.plan[W_PAUSES] and not may_start(w, r):
            return


@jitted
def serve_lanes(w, q, r, klass):
    """The same where some slots are kept, or for some steps only."""
    kept, open_ones = 0, w.resources[r, R_UNLIMITED]
    for t in range(w.resources[r, R_TRANCHES]):
        kept += w.tranches[r, t, K_KEPT]
        if w.tranches[r, t, K_N_ONLY] == 0:
            open_ones += w.tranches[r, t, K_FREE]
    if kept:
        while w.g[DIRTY] == 0 and serve_next(w, q, klass, -2):
            pass
    if open_ones:
        while w.g[DIRTY] == 0 and serve_next(w, q, klass, -1):
            pass
    for t in range(w.resources[r, R_TRANCHES]):
        if w.tranches[r, t, K_N_ONLY] and w.tranches[r, t, K_FREE]:
            while w.g[DIRTY] == 0 and serve_next(w, q, klass, t):
                pass


@jitted
def next_class(w, q, least):
    """The most urgent class among a queue's heads that is at least this; 1000 if none."""
    found = 1000
    for h in range(w.queues[q, Q_HEAPS], w.queues[q, Q_HEAPS] + w.queues[q, Q_N_HEAPS]):
        if w.heads[h] >= 0:
            klass = klass_of(w.visits[w.heads[h], RANK])
            if least <= klass < found:
                found = klass
    return found


@jitted
def by_class(w, queues, n):
    """One pass over queues: the most urgent class everywhere, then the next; stops when something was freed."""
    klass = -1
    while n:
        if n > 1:
            following = 1000
            for i in range(n):
                following = min(following, next_class(w, queues[i], klass))
            if following == 1000:
                return
            klass = following
        for i in range(n):
            serve(w, queues[i], klass if n > 1 else -9)
            if w.g[DIRTY]:
                for k in range(n):
                    wake(w, queues[k])
                return
        if n == 1:
            return
        klass += 1


@jitted
def serve_counters(w, queues):
    """Serve the plain queues first, wherever they stand in the agenda; they touch nobody else."""
    if not w.plan[W_COUNTERS]:
        return
    n, m = w.g[DIRTY], 0
    for i in range(n):
        q = w.dirty[i]
        if w.resources[w.queues[q, Q_RESOURCE], R_KIND] == COUNTER:
            w.queues[q, Q_DIRTY] = 0
            serve_plain(w, q)
        else:
            queues[m] = q
            m += 1
    for i in range(m):
        w.dirty[i] = queues[i]
    w.g[DIRTY] = m


@jitted
def place_the_blocked(w, r):
    """Who holds something and waits for a place comes before every queue."""
    while w.resources[r, R_SEEKERS] >= 0 and not w.g[ERROR]:
        free = w.resources[r, R_NUMBER] - w.resources[r, R_IN_USE]
        if not w.resources[r, R_UNLIMITED] and free < 1:
            return
        v = w.resources[r, R_SEEKERS]
        w.resources[r, R_SEEKERS] = take(w.visits, v, v)
        take_places(w, r, 1)
        begin_stay(w, v)


@inlined
def look(w, q):
    """The best head of a queue, and what it lacks; looked up once until anything changes."""
    if w.queues[q, Q_NOTED] != w.g[NOTES]:
        look_up(w, q)


@jitted
def look_up(w, q):
    """Look up the best head of a queue, and what it lacks."""
    queue = w.queues[q]
    v = best(w, q, queue[Q_RESOURCE], -1, -1) if queue[Q_WAITING] else -1
    queue[Q_NOTED], queue[Q_HEAD], queue[Q_LACKS] = w.g[NOTES], v, missing(w, v, -1) if v >= 0 else FITS


@inlined
def cause_of(w, r):
    """Why a unit of this resource is idle: the best head of its queue (else of the first that needs it) tells."""
    for i in range(w.resources[r, R_TELLS], w.resources[r, R_TELLS] + w.resources[r, R_N_TELLS]):
        q = w.lists[i]
        look(w, q)
        if w.queues[q, Q_HEAD] >= 0:
            return cause(w, r, w.queues[q, Q_LACKS])
    return NOBODY_WAITING


@inlined
def cause(w, r, lacks):
    """Why a unit is idle if this is what the head lacks."""
    if lacks == PULLED:
        return PULL_CAUSE
    if lacks == FITS or lacks == r:
        return CLOSING
    return w.plan[W_CAUSE_NAMES] - w.plan[W_RESOURCES] + lacks


@jitted
def cause_in(w, r, lane):
    """The same of a slot that is for some steps only."""
    v = best(w, w.resources[r, R_QUEUE], r, lane, -1)
    return cause(w, r, missing(w, v, -1)) if v >= 0 else NOBODY_WAITING


@jitted
def note_slots(w):
    """What every idle slot waits for, as it was after the last dispatch: asked only before slots expire."""
    now = w.g[NOW]
    w.g[NOW] = w.g[NOTED_AT]
    w.g[NOTES] += 1
    for r in range(w.plan[W_RESOURCES]):
        if w.resources[r, R_KIND] == SLOTS and w.resources[r, R_EXPLAINED]:
            for t in range(w.resources[r, R_TRANCHES]):
                k = w.tranches[r, t]
                if k[K_FREE]:
                    k[K_CAUSE] = cause_in(w, r, t) if k[K_N_ONLY] and w.resources[r, R_QUEUE] >= 0 else cause_of(w, r)
                if k[K_KEPT]:
                    nobody = cause_of(w, r) == NOBODY_WAITING
                    k[K_KEPT_CAUSE] = NOBODY_WAITING if nobody else KEPT_CAUSE
    w.g[NOW] = now


@inlined
def note_cause(w, r):
    """Book every idle server and place to nobody waiting, closing, or what the best head lacks first."""
    resource = w.resources[r]
    staff = resource[R_KIND] == SERVERS
    if resource[R_FREE] if staff else resource[R_NUMBER] > resource[R_IN_USE]:
        found = cause_of(w, r)
        if found != resource[R_CAUSE]:
            if staff:
                book_staff(w, r)
            else:
                count_places(w, r)
                book_places(w, r)
            resource[R_CAUSE] = found


@jitted
def dispatch(w, queues):
    """Start everybody who can start now, and note what every idle unit waits for."""
    w.g[NOTES] += 1
    if w.g[TOUCHED]:
        for i in range(w.plan[W_SEEKERS], w.plan[W_SEEKERS] + w.plan[W_N_SEEKERS]):
            if w.resources[w.lists[i], R_SEEKERS] >= 0:
                place_the_blocked(w, w.lists[i])
        serve_counters(w, queues)
    while w.g[DIRTY] and not w.g[ERROR]:
        n = 0
        for i in range(w.g[DIRTY]):
            q = w.dirty[i]
            w.queues[q, Q_DIRTY] = 0
            if may_start(w, w.queues[q, Q_RESOURCE]):
                queues[n] = q
                n += 1
        w.g[DIRTY] = 0
        w.g[TOUCHED] = 1
        for i in range(1, n):
            k = i
            while k > 0 and queues[k] < queues[k - 1]:
                queues[k], queues[k - 1] = queues[k - 1], queues[k]
                k -= 1
        by_class(w, queues, n)
    if w.g[TOUCHED]:
        w.g[TOUCHED] = 0
        w.g[NOTED_AT] = w.g[NOW]
        for i in range(w.plan[W_NOTED], w.plan[W_NOTED] + w.plan[W_N_NOTED]):
            note_cause(w, w.lists[i])
