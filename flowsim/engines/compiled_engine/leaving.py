"""Leaving: patience that ends, queues over their maximum, treatment elsewhere, and how a patient's way ends."""

from __future__ import annotations

from flowsim.engines.compiled_engine.heaps import pop_tired, push, tire
from flowsim.engines.compiled_engine.layout import (
    ATTEMPT,
    E_SENT_WEEK,
    E_SENT_YEAR,
    E_START_QUEUE,
    E_WEEK,
    E_WEEKLY,
    E_YEAR,
    E_YEARLY,
    ELSEWHERE,
    ELSEWHERES,
    FOREVER,
    FRESH,
    FURTHER,
    GONE,
    IN_QUEUE,
    JOINED,
    LEAVE_AT,
    LEFT,
    MARKED,
    NEVER,
    NEXT,
    NO_SHOW,
    NOW,
    NUM,
    OPEN,
    OUTCOME,
    OVERTIME,
    PAT,
    PROCESSED,
    Q_FIRST,
    Q_LENGTH,
    Q_RESOURCE,
    QNEXT,
    QUEUED,
    R_MAXIMUM,
    REBOOK,
    REMAINING,
    S_ELSEWHERE,
    S_N_PATIENCE,
    S_PATIENCE,
    S_QUEUE,
    STARTED,
    STEP,
    TIRED,
    TIRED_ONES,
    UID,
    USED,
    VISITS,
    W_CAUSES,
    W_LIMITED,
    W_WEEK0,
    WAITS,
    WEEK_S,
)
from flowsim.engines.compiled_engine.luck import luck, patience_of
from flowsim.engines.compiled_engine.views import jitted
from flowsim.engines.compiled_engine.waiting import over_in, precedes, take_out, wake, write


@jitted
def exit_patient(w, patient, target):
    """The patient leaves the pathway; `target` is -1 - how it ended."""
    if w.end[patient] != NEVER:
        return
    ended = -1 - (GONE if w.gone[patient] else target)
    if w.background[w.group[patient]]:
        ended = 6
    elif ended == 0 and w.elsewhere_at[patient] != NEVER:
        ended = 3
    w.end[patient], w.ended[patient] = w.g[NOW], ended


@jitted
def no_more_bookings(w, v):
    """The row of a booking that will not be made."""
    visit = w.visits[v]
    visit[REBOOK] = -1
    started, used, late = visit[STARTED], visit[USED], visit[OVERTIME]
    visit[STARTED], visit[USED], visit[OVERTIME] = NEVER, 0, 0
    write(w, visit, w.g[NOW], LEFT, visit[ATTEMPT] + 1)
    visit[STARTED], visit[USED], visit[OVERTIME] = started, used, late


@jitted
def pull_out(w, v, outcome):
    """Take a visit out of its queue and let its patient know."""
    visit = w.visits[v]
    take_out(w, v)
    wake(w, w.steps[visit[STEP], S_QUEUE])
    visit[OUTCOME] = outcome
    write(w, visit, w.g[NOW], outcome, visit[ATTEMPT])
    over_in(w, v, 0)


@jitted
def withdraw(w, v, outcome):
    """Take a visit out of its queue; who leaves one queue leaves all."""
    pull_out(w, v, outcome)
    if outcome == LEFT:
        leave_all(w, w.visits[v, PAT])


@jitted
def leave_all(w, patient):
    """Who leaves one queue leaves all; visits already started are finished first."""
    if not w.multi[patient]:
        return
    already = w.gone[patient]
    w.gone[patient] = 1
    v = -1 if already else w.alive[patient]
    while v >= 0:
        visit = w.visits[v]
        following = visit[NEXT]
        if visit[WAITS] == IN_QUEUE and visit[REMAINING] < 0:
            pull_out(w, v, LEFT)
        elif visit[REBOOK] >= 0 and visit[PROCESSED]:
            no_more_bookings(w, v)
        v = following
    end_if_idle(w, patient)


@jitted
def end_if_idle(w, patient):
    """Who has left ends when the last visit already started (or paused) is over, not when a delay is."""
    v = w.alive[patient]
    while v >= 0:
        visit = w.visits[v]
        if visit[REMAINING] >= 0:
            return
        going = visit[OUTCOME] == OPEN or visit[OUTCOME] == NO_SHOW
        if going and visit[WAITS] != IN_QUEUE and not visit[PROCESSED]:
            return
        v = visit[NEXT]
    exit_patient(w, patient, GONE)


@jitted
def watch(w, v, arrived):
    """On joining: the threshold of patience and the offer of treatment elsewhere are looked up."""
    visit = w.visits[v]
    step, patient = visit[STEP], visit[PAT]
    for k in range(w.steps[step, S_N_PATIENCE]):
        clock, number = visit[QUEUED], visit[NUM]
        if w.lists[w.steps[step, S_PATIENCE] + k]:
            number = 0
            if w.decision[patient] != NEVER:
                clock = w.decision[patient]
        seconds = patience_of(w, FURTHER + 2 * w.plan[W_CAUSES] + k, k, step, number, patient)
        if seconds != FOREVER:
            visit[LEAVE_AT] = min(visit[LEAVE_AT], clock + seconds)
    set_alarm(w, v)
    e = w.steps[step, S_ELSEWHERE]
    if e >= 0:
        standing = w.source[patient] == 1 and arrived
        if (not standing or w.terms[e, E_START_QUEUE]) and luck(w, ELSEWHERES, step, visit[NUM], patient):
            mark(w, v)


@jitted
def set_alarm(w, v):
    """Remember when the visit's patience ends."""
    visit = w.visits[v]
    if visit[LEAVE_AT] > w.g[NOW]:
        push(w, visit[LEAVE_AT], TIRED, v, visit[UID], 0)
    else:
        tire(w, v)


@jitted
def mark(w, v):
    """The patient takes the offer of treatment elsewhere, if the caps allow."""
    w.visits[v, MARKED] = 1
    w.fresh[w.g[FRESH], 0], w.fresh[w.g[FRESH], 1] = v, w.visits[v, UID]
    w.g[FRESH] += 1


@jitted
def waits_unstarted(w, v):
    """Still in a queue, and never started."""
    return w.visits[v, WAITS] == IN_QUEUE and w.visits[v, REMAINING] < 0


@jitted
def send(w, v):
    """Hand a marked patient over, if the caps allow."""
    visit = w.visits[v]
    terms = w.terms[w.steps[visit[STEP], S_ELSEWHERE]]
    week = (w.g[NOW] - w.plan[W_WEEK0]) // WEEK_S
    year = w.iso_year[week] if 0 <= week < w.iso_year.shape[0] else -1
    if terms[E_WEEK] != week:
        terms[E_WEEK], terms[E_SENT_WEEK] = week, 0
    if terms[E_YEAR] != year:
        terms[E_YEAR], terms[E_SENT_YEAR] = year, 0
    if 0 <= terms[E_WEEKLY] <= terms[E_SENT_WEEK] or 0 <= terms[E_YEARLY] <= terms[E_SENT_YEAR]:
        return False
    terms[E_SENT_WEEK] += 1
    terms[E_SENT_YEAR] += 1
    w.elsewhere_at[visit[PAT]] = w.g[NOW]
    visit[MARKED] = 0
    withdraw(w, v, ELSEWHERE)
    return True


@jitted
def send_list(w, table, n):
    """Hand over those of a list who still wait, in their queue's order."""
    m = 0
    for i in range(n):
        v = table[i, 0]
        if w.visits[v, UID] == table[i, 1] and w.visits[v, MARKED] and waits_unstarted(w, v):
            table[m, 0], table[m, 1] = v, table[i, 1]
            m += 1
    for i in range(1, m):
        v, uid, k = table[i, 0], table[i, 1], i
        while k > 0 and precedes(w, v, table[k - 1, 0]):
            table[k, 0], table[k, 1] = table[k - 1, 0], table[k - 1, 1]
            k -= 1
        table[k, 0], table[k, 1] = v, uid
    for i in range(m):
        send(w, table[i, 0])


@jitted
def new_week(w):
    """A new week's cap opens: marked patients leave in queue order."""
    n = 0
    fresh = w.g[FRESH]
    for v in range(w.g[VISITS]):
        if w.visits[v, UID] > 0 and w.visits[v, MARKED] and waits_unstarted(w, v):
            old = True
            for i in range(fresh):
                if w.fresh[i, 0] == v and w.fresh[i, 1] == w.visits[v, UID]:
                    old = False
            if old:
                w.late[n, 0], w.late[n, 1] = v, w.visits[v, UID]
                n += 1
    send_list(w, w.late, n)


@jitted
def impatient(w):
    """The next whose patience has ended and who still waits; -1 if none."""
    while w.g[TIRED_ONES]:
        pop_tired(w)
        v, uid = w.tired[w.g[TIRED_ONES], 4], w.tired[w.g[TIRED_ONES], 5]
        if w.visits[v, UID] == uid and w.visits[v, WAITS] == IN_QUEUE and w.visits[v, REMAINING] < 0:
            return v
    return -1


@jitted
def over_maximum(w):
    """Who joined last in a queue over its maximum; -1 if none."""
    if not w.plan[W_LIMITED]:
        return -1
    for q in range(w.queues.shape[0]):
        maximum = w.resources[w.queues[q, Q_RESOURCE], R_MAXIMUM]
        if maximum < 0 or w.queues[q, Q_LENGTH] <= maximum:
            continue
        found, v = -1, w.queues[q, Q_FIRST]
        while v >= 0:
            if w.visits[v, REMAINING] < 0 and (found < 0 or joined_later(w, v, found)):
                found = v
            v = w.visits[v, QNEXT]
        return found
    return -1


@jitted
def joined_later(w, a, b):
    """Joined later, or at the same second and later in the queue's order."""
    if w.visits[a, JOINED] != w.visits[b, JOINED]:
        return w.visits[a, JOINED] > w.visits[b, JOINED]
    return precedes(w, b, a)
