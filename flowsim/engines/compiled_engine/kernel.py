"""The kernel: one run over integer tables, phase by phase as the SimPy engine does it."""

from __future__ import annotations

from flowsim.engines.compiled_engine.capacity import (
    book_staff,
    count_places,
    end_shift,
    flush,
    give_server,
    slot_appears,
    slots_expire,
    start_shift,
)
from flowsim.engines.compiled_engine.dispatch import dispatch, note_slots, serve_counters
from flowsim.engines.compiled_engine.heaps import open_buckets, pop, tire
from flowsim.engines.compiled_engine.layout import (
    AGENDA,
    APPEAR,
    ARRIVED,
    BOOKED_AGAIN,
    CHANGE_KIND,
    CHANGE_RESOURCE,
    CHANGE_SECOND,
    CLOSE,
    DELAYED,
    DEMOTED,
    DIRTY,
    ERROR,
    EVENT_KIND,
    EVENT_SECOND,
    EVENT_UID,
    EVENTS,
    EXIT,
    EXPIRE,
    FLUSH,
    FRESH,
    IN_QUEUE,
    JOINS,
    K_FREE,
    K_KEPT,
    K_NUMBER,
    KEPT_FREE,
    LATE,
    LEFT,
    MAIN,
    NEW_WEEK,
    NOW,
    OPEN_SHIFT,
    OVERFLOW,
    PERIOD,
    R_FREE,
    R_KIND,
    R_N_SERVERS,
    R_NUMBER,
    R_SERVERS,
    R_SUSPEND,
    R_TRANCHES,
    REMAINING,
    S_OVERFLOW,
    SERIAL,
    SERVERS,
    SERVING,
    SLOTS,
    STANDING,
    STAY_TIME,
    STEP,
    TIRED,
    TIRED_ONES,
    TOUCHED,
    UID,
    UNLINK,
    UNLINKED,
    V_DOING,
    V_OPEN,
    V_VISIT,
    VISIT_OVER,
    W_BEGIN,
    W_END,
    W_LIMITED,
    W_RESOURCES,
    WAITS,
)
from flowsim.engines.compiled_engine.leaving import impatient, new_week, over_maximum, send_list, withdraw
from flowsim.engines.compiled_engine.rows import in_order, still_open
from flowsim.engines.compiled_engine.service import already_in, new_trip, pause
from flowsim.engines.compiled_engine.trips import (
    booked_again,
    go_to,
    leaves_later,
    stay_waits_less,
    visit_over,
)
from flowsim.engines.compiled_engine.views import inlined, jitted, world_at
from flowsim.engines.compiled_engine.waiting import anybody_waits, freed, line_up, take_out, to_do, wake


@jitted
def goes_home(w, s, uid):
    """A server blocked past its overtime leaves."""
    v = w.servers[s, V_VISIT]
    if v < 0 or w.visits[v, UID] != uid or w.servers[s, V_DOING] != STANDING or w.servers[s, V_OPEN]:
        return
    for r in range(w.plan[W_RESOURCES]):
        first = w.resources[r, R_SERVERS]
        if w.resources[r, R_KIND] == SERVERS and first <= s < first + w.resources[r, R_N_SERVERS]:
            book_staff(w, r)
            give_server(w, r, s)


@jitted
def change(w, key, extra):
    """One change of capacity."""
    kind, r = (key >> CHANGE_KIND) & 7, (key >> CHANGE_RESOURCE) & (1 << (CHANGE_KIND - CHANGE_RESOURCE)) - 1
    what = key & (1 << CHANGE_RESOURCE) - 1
    if kind == NEW_WEEK or kind == FLUSH:
        w.g[TOUCHED] = 1
        flush(w)
        if kind == NEW_WEEK and w.terms.shape[0]:
            new_week(w)
        return
    if kind == APPEAR:
        slot_appears(w, r, what, extra)
    elif kind == EXPIRE:
        slots_expire(w, r, what)
    elif kind == KEPT_FREE:
        k = w.tranches[r, what]
        k[K_FREE] += k[K_KEPT]
        w.resources[r, R_FREE] += k[K_KEPT]
        k[K_KEPT] = 0
    elif kind == OPEN_SHIFT:
        start_shift(w, r, what, extra)
    elif kind == CLOSE:
        s = end_shift(w, r, what)
        v = w.servers[s, V_VISIT]
        if v >= 0 and w.servers[s, V_DOING] == SERVING and w.resources[r, R_SUSPEND]:
            pause(w, v)
        elif v >= 0 and w.servers[s, V_DOING] == STANDING:
            leaves_later(w, s)
    else:
        count_places(w, r)
        total = 0
        for t in range(w.resources[r, R_TRANCHES]):
            w.tranches[r, t, K_NUMBER] = w.numbers[what, t]
            total += w.numbers[what, t]
        w.resources[r, R_NUMBER] = total
    if kind == EXPIRE or kind == CLOSE:
        w.g[TOUCHED] = 1
    elif kind > KEPT_FREE or anybody_waits(w, r):  # a slot that nobody waits for moves nothing
        freed(w, r)


@inlined
def changes_at(w, at):
    """Second of a change; the end, if there is none."""
    if at >= w.changes.shape[0]:
        return w.plan[W_END]
    return w.plan[W_BEGIN] + (w.changes[at, 0] >> CHANGE_SECOND)


@jitted
def take_effect(w, at):
    """Phase 2: who goes home late, broken links, then the changes of this second, closings first."""
    if w.g[LATE] or w.g[UNLINK]:
        w.g[TOUCHED] = 1
    n = w.g[LATE]
    w.g[LATE] = 0
    for i in range(n):
        goes_home(w, w.late[i, 0], w.late[i, 1])
    n = w.g[UNLINK]
    w.g[UNLINK] = 0
    for i in range(n):
        v = w.unlink[i, 0]
        if w.visits[v, UID] == w.unlink[i, 1] and w.visits[v, WAITS] == IN_QUEUE and w.visits[v, REMAINING] < 0:
            w.visits[v, DEMOTED] = 1
            take_out(w, v)
            line_up(w, v)
    while changes_at(w, at) == w.g[NOW]:
        change(w, w.changes[at, 0], w.changes[at, 1])
        at += 1
    return at


@jitted
def leaving(w, queues):
    """Phase 5: patience first, then queues over their maximum, one at a time, with a dispatch after each."""
    while not w.g[ERROR]:
        v, outcome = impatient(w), LEFT
        if v < 0:
            v = over_maximum(w)
            if v < 0:
                return
            outcome = OVERFLOW if w.steps[w.visits[v, STEP], S_OVERFLOW] >= 0 else LEFT
        withdraw(w, v, outcome)
        serve_counters(w, queues)
        if w.g[DIRTY] or w.g[TOUCHED]:
            dispatch(w, queues)


@inlined
def happens(w, word, other):
    """An event just taken off the heap."""
    kind, what = (word >> EVENT_KIND) & (1 << EVENT_SECOND - EVENT_KIND) - 1, word & (1 << EVENT_KIND) - 1
    uid, serial = other >> EVENT_UID, other & (1 << EVENT_UID) - 1
    if kind == VISIT_OVER:
        if w.visits[what, UID] == uid and w.visits[what, SERIAL] == serial:
            visit_over(w, what)
    elif kind == JOINS:
        to_do(w, what, uid, DELAYED)
    elif kind == BOOKED_AGAIN:
        booked_again(w, what)
    elif kind == STAY_TIME:
        stay_waits_less(w, what)
    elif kind == TIRED:
        if w.visits[what, UID] == uid:
            tire(w, what)
    elif kind == UNLINKED:
        w.unlink[w.g[UNLINK], 0], w.unlink[w.g[UNLINK], 1] = what, uid
        w.g[UNLINK] += 1
    else:
        w.late[w.g[LATE], 0], w.late[w.g[LATE], 1] = what, uid
        w.g[LATE] += 1


@jitted
def proceed(w):
    """Let every trip that may go on do so, in this instant."""
    while w.g[AGENDA] and not w.g[ERROR]:
        w.g[AGENDA] -= 1
        n = w.g[AGENDA]
        go_to(w, w.agenda[n, 0], w.agenda[n, 1], w.agenda[n, 2])


@inlined
def come(w, patient):
    """A patient enters the run."""
    t = new_trip(w, patient, EXIT, MAIN, -1)
    if w.source[patient] == 2:
        already_in(w, t, patient, w.first[patient])
    else:
        to_do(w, t, w.first[patient], ARRIVED if w.source[patient] != 0 else 0)


@inlined
def next_second(w, coming, at):
    """The next second at which anything happens."""
    now = changes_at(w, at)
    if coming < w.arrives.shape[0]:
        now = min(now, w.arrives[coming])
    if w.g[EVENTS] == 0:
        open_buckets(w, now)
    if w.g[EVENTS]:
        now = min(now, w.events[0, 0] >> EVENT_SECOND)
    return min(now, w.plan[W_END])


@jitted
def new_period(w, now):
    """From now on the luck and the limits of the next period."""
    while w.g[PERIOD] + 1 < w.periods.shape[0] and now >= w.periods[w.g[PERIOD] + 1]:
        w.g[PERIOD] += 1
        for q in range(w.queues.shape[0]):
            wake(w, q)


@jitted
def fresh_ones(w):
    """Phase 3: who is offered treatment elsewhere leaves, in queue order."""
    n = w.g[FRESH]
    w.g[FRESH] = 0
    send_list(w, w.fresh, n)


@jitted
def instants(w):
    """One instant after the other, each phase by phase."""
    queues = w.order
    coming, at, end = 0, 0, w.plan[W_END]
    while not w.g[ERROR]:
        now = w.g[NOW] if w.g[AGENDA] else next_second(w, coming, at)
        if now >= end:
            return
        changing = changes_at(w, at) == now
        if changing and (w.changes[at, 0] >> CHANGE_KIND) & 7 == EXPIRE:
            note_slots(w)
        w.g[NOW] = now
        if w.periods.shape[0] > 1:
            new_period(w, now)
        proceed(w)
        while coming < w.arrives.shape[0] and w.arrives[coming] == now:
            come(w, coming)
            coming += 1
            proceed(w)
        while w.g[EVENTS] and w.events[0, 0] >> EVENT_SECOND == now and not w.g[ERROR]:
            word, other = w.events[0, 0], w.events[0, 1]
            pop(w)
            happens(w, word, other)
            proceed(w)
        if changing or w.g[LATE] or w.g[UNLINK]:
            at = take_effect(w, at)
        if w.g[FRESH]:
            fresh_ones(w)
        if w.g[DIRTY]:
            serve_counters(w, queues)
        if w.g[DIRTY] or w.g[TOUCHED]:
            dispatch(w, queues)
        if w.g[TIRED_ONES] or w.plan[W_LIMITED]:
            leaving(w, queues)


@jitted
def simulate(address):
    """The whole run over the World at an address; stops early if a table is full or a column of luck is not there."""
    w = world_at(address)
    instants(w)
    if w.g[ERROR]:
        return
    note_slots(w)
    w.g[NOW] = w.plan[W_END]
    flush(w)
    for r in range(w.plan[W_RESOURCES]):
        if w.resources[r, R_KIND] == SLOTS:
            for t in range(w.resources[r, R_TRANCHES]):
                slots_expire(w, r, t)
    still_open(w)
    if not w.g[ERROR]:
        in_order(w)
