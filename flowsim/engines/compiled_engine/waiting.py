"""Waiting: visits among the living, the rows they leave, and the queues they stand in."""

from __future__ import annotations

from flowsim.engines.compiled_engine.heaps import push, put, take
from flowsim.engines.compiled_engine.layout import (
    AGENDA,
    AGENDA_FULL,
    BEFORE,
    BLOCKED,
    BLOCKED_CAUSE,
    BLOCKED_SINCE,
    CHILD,
    DAY_S,
    DEMOTED,
    DIRTY,
    DUE_FIRST,
    ERROR,
    FIRST_COME,
    FOREVER,
    FREE_VISIT,
    HEAP,
    IN_QUEUE,
    JOINED,
    LEAVE_AT,
    N_VISIT,
    NEVER,
    NEXT,
    NOW,
    NUM,
    OPEN,
    ORDER,
    OUTCOME,
    OVERTIME,
    PAT,
    PERIOD,
    PREV,
    Q_BY_GROUP,
    Q_DIRTY,
    Q_FIRST,
    Q_GROUPS,
    Q_HEAPS,
    Q_KINDS,
    Q_LENGTH,
    Q_LISTED,
    Q_NOTED,
    Q_WAITING,
    QNEXT,
    QPREV,
    QUEUED,
    R_ALWAYS,
    R_N_USERS,
    R_ORDER,
    R_USERS,
    RANK,
    REBOOK,
    REMAINING,
    RIGHT,
    ROW_ATTEMPT,
    ROW_BLOCKED,
    ROW_DUE,
    ROW_FINISHED,
    ROW_OUTCOME,
    ROW_OVERTIME,
    ROW_PATIENT,
    ROW_QUEUED,
    ROW_STARTED,
    ROW_STEP,
    ROW_USED,
    ROW_VISIT,
    ROWS,
    ROWS_FULL,
    S_COUNTED,
    S_COUNTER,
    S_DUE,
    S_DUE_DECISION,
    S_KLASS,
    S_LEAD,
    S_LINKED,
    S_N_WAKES,
    S_POSITION,
    S_QUEUE,
    S_QUEUED,
    S_WAKES,
    SERIAL,
    STARTED,
    STEP,
    TOUCHED,
    TRIP,
    UID,
    UIDS,
    UNLINKED,
    UP,
    USED,
    VISIT_OVER,
    VISITS,
    VISITS_FULL,
    W_BEGIN,
    W_END,
    W_SIDES,
    W_WEEK0,
    WAITS,
    WEEK_S,
)
from flowsim.engines.compiled_engine.views import inlined, jitted


@inlined
def new_visit(w, patient, step, number, queued, trip):
    """A visit among the living."""
    v = w.g[FREE_VISIT]
    if v < 0:
        v = w.g[VISITS]
        if v >= w.visits.shape[0]:
            w.g[ERROR] = VISITS_FULL
            return 0
        w.g[VISITS] = v + 1
    else:
        w.g[FREE_VISIT] = w.visits[v, NEXT]
    visit = w.visits[v]
    for k in range(N_VISIT):
        visit[k] = 0
    w.g[UIDS] += 1
    visit[PAT], visit[STEP], visit[NUM], visit[QUEUED], visit[JOINED] = patient, step, number, queued, w.g[NOW]
    visit[STARTED], visit[OUTCOME], visit[REBOOK], visit[LEAVE_AT] = NEVER, OPEN, -1, FOREVER
    visit[BLOCKED_SINCE], visit[BEFORE], visit[REMAINING], visit[TRIP], visit[UID] = NEVER, -1, -1, trip, w.g[UIDS]
    visit[CHILD], visit[RIGHT], visit[UP], visit[QNEXT], visit[QPREV] = -1, -1, -1, -1, -1
    if w.plan[W_SIDES]:
        visit[NEXT], visit[PREV] = w.alive[patient], -1
        if w.alive[patient] >= 0:
            w.visits[w.alive[patient], PREV] = v
        w.alive[patient] = v
    return v


@inlined
def bury(w, v):
    """A visit is no longer among the living; its place is used again."""
    visit = w.visits[v]
    if w.plan[W_SIDES]:
        if visit[PREV] >= 0:
            w.visits[visit[PREV], NEXT] = visit[NEXT]
        else:
            w.alive[visit[PAT]] = visit[NEXT]
        if visit[NEXT] >= 0:
            w.visits[visit[NEXT], PREV] = visit[PREV]
    visit[NEXT] = w.g[FREE_VISIT]
    visit[UID] = -1
    w.g[FREE_VISIT] = v


@inlined
def due_at(w, step, patient):
    """The guarantee date at a step, or NEVER."""
    if w.steps[step, S_DUE] < 0:
        return NEVER
    clock = w.decision[patient] if w.steps[step, S_DUE_DECISION] else w.referral[patient]
    return clock + w.steps[step, S_DUE] if clock != NEVER else NEVER


@inlined
def book(w, weeks, begin, end):
    """Book the seconds from begin to end in the weeks of the horizon they fall in."""
    begin, end = max(begin, 0), min(end, w.plan[W_END])
    while begin < end:
        week = (begin - w.plan[W_WEEK0]) // WEEK_S
        until = min(end, w.plan[W_WEEK0] + (week + 1) * WEEK_S)
        weeks[week] += until - begin
        begin = until


@inlined
def book_counted(w, visit, until, blocked):
    """Book what a visit used of staff that is merely counted, and how long it blocked it."""
    r = w.steps[visit[STEP], S_COUNTER]
    if r >= 0 and visit[STARTED] != NEVER:
        book(w, w.used[r, 0], visit[STARTED], until - blocked)
        book(w, w.lost[r, 0, BLOCKED_CAUSE], until - blocked, until)


@jitted
def write(w, visit, finished, outcome, attempt):
    """One contact row."""
    n = w.g[ROWS]
    if n >= w.rows.shape[1]:
        w.g[ERROR] = ROWS_FULL
        return
    w.g[ROWS] = n + 1
    step = visit[STEP]
    w.rows[ROW_PATIENT, n], w.rows[ROW_STEP, n], w.rows[ROW_VISIT, n] = visit[PAT], step, visit[NUM]
    w.rows[ROW_QUEUED, n], w.rows[ROW_STARTED, n] = visit[QUEUED], visit[STARTED]
    w.rows[ROW_FINISHED, n], w.rows[ROW_OUTCOME, n], w.rows[ROW_USED, n] = finished, outcome, visit[USED]
    if w.written[ROW_ATTEMPT, 0]:
        w.rows[ROW_ATTEMPT, n] = attempt
    if w.written[ROW_DUE, 0]:
        w.rows[ROW_DUE, n] = due_at(w, step, visit[PAT])
    if w.written[ROW_OVERTIME, 0]:
        w.rows[ROW_OVERTIME, n] = visit[OVERTIME]
    if w.written[ROW_BLOCKED, 0]:
        w.rows[ROW_BLOCKED, n] = visit[BLOCKED]
    if finished != NEVER:
        book_counted(w, visit, finished, visit[BLOCKED])


@inlined
def over_in(w, v, seconds):
    """Let the visit end in so many seconds."""
    push(w, w.g[NOW] + seconds, VISIT_OVER, v, w.visits[v, UID], w.visits[v, SERIAL])


@inlined
def to_do(w, trip, step, arrived):
    """Let a trip go on to a step, in this instant."""
    n = w.g[AGENDA]
    if n >= w.agenda.shape[0]:
        w.g[ERROR] = AGENDA_FULL
        return
    w.agenda[n, 0], w.agenda[n, 1], w.agenda[n, 2] = trip, step, arrived
    w.g[AGENDA] = n + 1


@inlined
def wake(w, q):
    """Something changed for a queue: try it at the next dispatch."""
    w.queues[q, Q_NOTED] = 0
    if w.queues[q, Q_DIRTY] == 0:
        w.queues[q, Q_DIRTY] = 1
        w.dirty[w.g[DIRTY]] = q
        w.g[DIRTY] += 1


@jitted
def anybody_waits(w, r):
    """Whether anybody waits in a queue whose steps may want a resource."""
    for i in range(w.resources[r, R_USERS], w.resources[r, R_USERS] + w.resources[r, R_N_USERS]):
        if w.queues[w.lists[i], Q_WAITING]:
            return True
    return False


@jitted
def freed(w, r):
    """Something of a resource is free again: wake every queue whose steps may want it."""
    w.g[TOUCHED] = 1
    for i in range(w.resources[r, R_USERS], w.resources[r, R_USERS] + w.resources[r, R_N_USERS]):
        wake(w, w.lists[i])


@jitted
def wake_pulled(w, step):
    """Wake the queues that watch a step."""
    for i in range(w.steps[step, S_WAKES], w.steps[step, S_WAKES] + w.steps[step, S_N_WAKES]):
        wake(w, w.lists[i])


@inlined
def class_at(w, visit):
    """The class of a patient at a step."""
    klass = w.steps[visit[STEP], S_KLASS]
    return klass if klass >= 0 else w.klass[visit[PAT]]


@inlined
def mean_of(w, step, patient):
    """The declared mean: the closing test."""
    return w.mean[step, w.g[PERIOD], w.group[patient]]


@inlined
def order_value(w, visit):
    """Joining, referral or decision, or the guarantee date, as the lead's queue is ordered."""
    order = w.resources[w.steps[visit[STEP], S_LEAD], R_ORDER]
    if order == FIRST_COME:
        return visit[QUEUED]
    if order == DUE_FIRST:
        due = due_at(w, visit[STEP], visit[PAT])
        return due if due != NEVER else FOREVER
    if w.decision[visit[PAT]] != NEVER:
        return w.decision[visit[PAT]]
    if w.referral[visit[PAT]] != NEVER:
        return w.referral[visit[PAT]]
    return visit[QUEUED]


@jitted
def link(w, v):
    """Whether a linked visit may go ahead of all today; then its time is set."""
    lead, now = w.steps[w.visits[v, STEP], S_LEAD], w.g[NOW]
    today = now // DAY_S
    closing = w.closing[lead, today - w.plan[W_BEGIN] // DAY_S]
    if w.resources[lead, R_ALWAYS]:
        closing = (today + 1) * DAY_S
    if closing <= now:
        return False
    push(w, closing, UNLINKED, v, w.visits[v, UID], 0)
    return True


@jitted
def line_up(w, v):
    """Put a visit in its queue, in the order fixed now."""
    visit = w.visits[v]
    step = visit[STEP]
    q = w.steps[step, S_QUEUE]
    rank = 2 * class_at(w, visit) + 1
    visit[ORDER] = visit[QUEUED]
    if visit[REMAINING] >= 0:
        rank -= 1
    else:
        if w.steps[step, S_LINKED] and not visit[DEMOTED] and link(w, v):
            rank = -1
        visit[ORDER] = order_value(w, visit)
    visit[RANK] = rank
    queue = w.queues[q]
    heap = queue[Q_HEAPS]
    if queue[Q_KINDS]:
        group = w.group[visit[PAT]] if queue[Q_BY_GROUP] else 0
        heap += (w.steps[step, S_POSITION] * queue[Q_GROUPS] + group) * w.rank_of[0] + w.rank_of[rank + 2]
    visit[HEAP] = heap
    visit[WAITS] = IN_QUEUE
    w.heads[heap] = put(w.visits, w.heads[heap], v)
    queue[Q_WAITING] += 1
    if visit[REMAINING] < 0:
        queue[Q_LENGTH] += 1
    if queue[Q_LISTED]:
        visit[QNEXT], visit[QPREV] = queue[Q_FIRST], -1
        if queue[Q_FIRST] >= 0:
            w.visits[queue[Q_FIRST], QPREV] = v
        queue[Q_FIRST] = v
    if w.steps[step, S_COUNTED]:
        w.steps[step, S_QUEUED] += 1
    wake(w, q)


@jitted
def take_out(w, v):
    """The visit no longer waits in its queue."""
    visit = w.visits[v]
    step = visit[STEP]
    queue = w.queues[w.steps[step, S_QUEUE]]
    w.heads[visit[HEAP]] = take(w.visits, w.heads[visit[HEAP]], v)
    visit[WAITS] = 0
    queue[Q_WAITING] -= 1
    queue[Q_NOTED] = 0
    if visit[REMAINING] < 0:
        queue[Q_LENGTH] -= 1
    if queue[Q_LISTED]:
        if visit[QPREV] >= 0:
            w.visits[visit[QPREV], QNEXT] = visit[QNEXT]
        else:
            queue[Q_FIRST] = visit[QNEXT]
        if visit[QNEXT] >= 0:
            w.visits[visit[QNEXT], QPREV] = visit[QPREV]
    if w.steps[step, S_COUNTED]:
        w.steps[step, S_QUEUED] -= 1
        wake_pulled(w, step)


@jitted
def precedes(w, a, b):
    """Queue order of two waiting visits."""
    x, y = w.visits[a], w.visits[b]
    for k in (RANK, ORDER, PAT, STEP, NUM):
        if x[k] != y[k]:
            return x[k] < y[k]
    return False


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
