"""Service: what a visit takes when it starts, what it gives back, stays, and pauses."""

from __future__ import annotations

from flowsim.engines.compiled_engine.capacity import give_servers, take_places, take_servers, take_slots
from flowsim.engines.compiled_engine.heaps import push, put
from flowsim.engines.compiled_engine.layout import (
    ABSENT,
    ATTEMPT,
    BACK,
    BEFORE,
    BLOCKED,
    BLOCKED_SINCE,
    CANCELLED,
    CANCELS,
    DAY_S,
    DONE,
    DURATION,
    ERROR,
    FREE_TRIP,
    FURTHER,
    LENGTH,
    MISSED,
    NEVER,
    NO_SHOW,
    NO_SHOW_CAUSE,
    NO_SHOWS,
    NOW,
    NUM,
    ORDER,
    OUTCOME,
    PAT,
    PENDING,
    PLACES,
    R_FREE,
    R_INTERRUPTION,
    R_KIND,
    R_SEEKERS,
    R_SUSPEND,
    RANK,
    REBOOK,
    REBOOKS,
    REMAINING,
    RESTART,
    RESUMED,
    S_CANCEL,
    S_COUNTED,
    S_COUNTER,
    S_DISCHARGE,
    S_LEAD,
    S_N_CANCEL,
    S_N_NEEDS,
    S_N_UNTIL,
    S_NEEDS,
    S_NIGHTS,
    S_NO_SHOW,
    S_PLACE,
    S_QUEUE,
    S_REMOVE,
    S_SAME_DAY,
    S_SERVING,
    S_SOUGHT,
    S_STAY_OF,
    S_UNTIL,
    SEEKS,
    SERIAL,
    SERVERS,
    SERVING,
    SIDE,
    SLOTS,
    STARTED,
    STAY_TIME,
    STEP,
    T_JOIN,
    T_KIND,
    T_LEFT,
    T_PARENT,
    T_PATIENT,
    T_UNTIL,
    TOUCHED,
    TRIP,
    TRIPS,
    TRIPS_FULL,
    UID,
    USED,
    W_CAUSES,
    WAITS,
)
from flowsim.engines.compiled_engine.luck import luck
from flowsim.engines.compiled_engine.views import inlined, jitted
from flowsim.engines.compiled_engine.waiting import (
    bury,
    freed,
    line_up,
    mean_of,
    new_visit,
    over_in,
    take_out,
    to_do,
    wake,
    wake_pulled,
    write,
)


@inlined
def new_trip(w, patient, until, kind, parent):
    """A branch of a patient's way."""
    t = w.g[FREE_TRIP]
    if t < 0:
        t = w.g[TRIPS]
        if t >= w.trips.shape[0]:
            w.g[ERROR] = TRIPS_FULL
            return 0
        w.g[TRIPS] = t + 1
    else:
        w.g[FREE_TRIP] = w.trips[t, T_LEFT]
    w.trips[t, T_PATIENT], w.trips[t, T_UNTIL], w.trips[t, T_KIND], w.trips[t, T_PARENT] = patient, until, kind, parent
    w.trips[t, T_LEFT], w.trips[t, T_JOIN] = 0, 0
    return t


@jitted
def take_staff(w, v, doing):
    """Servers of every staff resource the step needs (of a no-show only the lead)."""
    visit = w.visits[v]
    step = visit[STEP]
    until = w.g[NOW] + mean_of(w, step, visit[PAT])
    first = w.steps[step, S_NEEDS]
    for i in range(first, first + (1 if doing == ABSENT else w.steps[step, S_N_NEEDS])):
        r = w.needs[i, 0]
        if w.resources[r, R_KIND] == SERVERS:
            untested = w.resources[r, R_SUSPEND] or visit[REMAINING] >= 0
            take_servers(w, r, v, w.needs[i, 1], NEVER if untested else until, doing)
    w.g[TOUCHED] = 1


@inlined
def run(w, v, seconds):
    """Let the visit run."""
    visit = w.visits[v]
    visit[RESUMED], visit[REMAINING], visit[LENGTH] = w.g[NOW], -1, seconds
    if w.steps[visit[STEP], S_COUNTED]:
        w.steps[visit[STEP], S_SERVING] += 1
    over_in(w, v, seconds)


@jitted
def start(w, v, kept):
    """Start a visit whose turn it is and whose resources are free; or find that nobody comes."""
    take_out(w, v)
    visit = w.visits[v]
    step, patient = visit[STEP], visit[PAT]
    if visit[REMAINING] >= 0:
        take_staff(w, v, SERVING)
        run(w, v, visit[REMAINING])
        return
    if (w.steps[step, S_NO_SHOW] or w.steps[step, S_N_CANCEL]) and falls_through(w, v, kept):
        return
    visit[STARTED] = w.g[NOW]
    absent = visit[OUTCOME] == NO_SHOW
    first = w.steps[step, S_NEEDS]
    for i in range(first, first + (1 if absent else w.steps[step, S_N_NEEDS])):
        r, units = w.needs[i, 0], w.needs[i, 1]
        if w.resources[r, R_KIND] == SLOTS:
            take_slots(w, r, step, units, kept and i == first, NO_SHOW_CAUSE if absent else -1)
        elif w.resources[r, R_KIND] == PLACES:
            take_places(w, r, units)
    take_staff(w, v, ABSENT if absent else SERVING)
    if w.steps[step, S_PLACE] >= 0 and not absent:
        take_places(w, w.steps[step, S_PLACE], 1)
    run(w, v, luck(w, DURATION, step, visit[NUM], patient))


@jitted
def falls_through(w, v, kept):
    """A late cancellation: True, and nothing but the slot is touched. A no-show is marked, and goes on to start."""
    visit = w.visits[v]
    step, patient = visit[STEP], visit[PAT]
    booking = w.booked[w.booked_row[step], patient]
    w.booked[w.booked_row[step], patient] = booking + 1
    cause = luck(w, CANCELS, step, booking, patient) if w.steps[step, S_N_CANCEL] else -1
    if cause >= 0:
        at = w.steps[step, S_CANCEL] + 2 * cause
        i = w.steps[step, S_NEEDS]
        if w.resources[w.needs[i, 0], R_KIND] == SLOTS and not w.lists[at + 1]:
            take_slots(w, w.needs[i, 0], step, w.needs[i, 1], kept, w.lists[at])
        visit[OUTCOME] = CANCELLED
        if not luck(w, FURTHER + w.plan[W_CAUSES] + cause, step, booking, patient):
            visit[REBOOK] = luck(w, FURTHER + cause, step, booking, patient)
        over_in(w, v, 0)
        return True
    if w.steps[step, S_NO_SHOW] and luck(w, NO_SHOWS, step, booking, patient):
        visit[OUTCOME] = NO_SHOW
        visit[MISSED] += 1
        if w.steps[step, S_REMOVE] == 0 or visit[MISSED] < w.steps[step, S_REMOVE]:
            visit[REBOOK] = luck(w, REBOOKS, step, booking, patient)
    return False


@jitted
def release_staff(w, v):
    """Give back the servers a visit has."""
    visit = w.visits[v]
    step = visit[STEP]
    first = w.steps[step, S_NEEDS]
    for i in range(first, first + (1 if visit[OUTCOME] == NO_SHOW else w.steps[step, S_N_NEEDS])):
        r = w.needs[i, 0]
        if w.resources[r, R_KIND] == SERVERS:
            give_servers(w, r, v)
            freed(w, r)


@jitted
def release(w, v):
    """Staff and places of a visit are free again (a place reserved for the stay stays with the patient)."""
    visit = w.visits[v]
    step, now = visit[STEP], w.g[NOW]
    if w.steps[step, S_COUNTER] >= 0:
        end = visit[BLOCKED_SINCE] if visit[BLOCKED_SINCE] != NEVER else now
        visit[USED] = end - visit[STARTED]
        w.resources[w.steps[step, S_COUNTER], R_FREE] += 1
        wake(w, w.steps[step, S_QUEUE])
        return
    if w.steps[step, S_COUNTED]:
        w.steps[step, S_SERVING] -= 1
        wake_pulled(w, step)
    release_staff(w, v)
    first = w.steps[step, S_NEEDS]
    for i in range(first, first + (1 if visit[OUTCOME] == NO_SHOW else w.steps[step, S_N_NEEDS])):
        if w.resources[w.needs[i, 0], R_KIND] == PLACES:
            take_places(w, w.needs[i, 0], -w.needs[i, 1])
            freed(w, w.needs[i, 0])


@jitted
def pause(w, v):
    """An interrupted or suspended visit gives back its staff and waits first in its class."""
    visit = w.visits[v]
    step = visit[STEP]
    visit[SERIAL] += 1
    restarts = w.resources[w.steps[step, S_LEAD], R_INTERRUPTION] == RESTART
    visit[REMAINING] = visit[LENGTH] - (0 if restarts else w.g[NOW] - visit[RESUMED])
    if w.steps[step, S_COUNTED]:
        w.steps[step, S_SERVING] -= 1
    release_staff(w, v)
    line_up(w, v)


@jitted
def leave_behind(w, v):
    """A place is found: the patient leaves the theatre or room that was blocked."""
    visit = w.visits[v]
    visit[OUTCOME], visit[BLOCKED] = DONE, w.g[NOW] - visit[BLOCKED_SINCE]
    release(w, v)
    write(w, visit, w.g[NOW], DONE, visit[ATTEMPT])
    bury(w, v)


@jitted
def begin_stay(w, v):
    """A stay begins: in the place reserved, or in the one just found, leaving what was blocked."""
    visit = w.visits[v]
    step, now = visit[STEP], w.g[NOW]
    visit[STARTED] = now
    visit[WAITS] = 0
    seconds = luck(w, DURATION, step, visit[NUM], visit[PAT])
    if w.steps[step, S_NIGHTS]:
        hour = w.steps[step, S_DISCHARGE] if seconds else w.steps[step, S_SAME_DAY]
        seconds = max(1, (now // DAY_S + seconds) * DAY_S + hour - now)
    if visit[BEFORE] >= 0:
        leave_behind(w, visit[BEFORE])
        visit[BEFORE] = -1
    if w.steps[step, S_N_UNTIL] == 0:
        over_in(w, v, seconds)
        return
    w.multi[visit[PAT]] = 1
    visit[PENDING] = 1 + w.steps[step, S_N_UNTIL]
    push(w, now + seconds, STAY_TIME, v, visit[UID], 0)
    for i in range(w.steps[step, S_UNTIL], w.steps[step, S_UNTIL] + w.steps[step, S_N_UNTIL]):
        to_do(w, new_trip(w, visit[PAT], BACK, SIDE, v), w.lists[i], 0)


@inlined
def begin_without_queue(w, v):
    """A step without resources starts at once; a stay begins in the place reserved, or seeks one."""
    visit = w.visits[v]
    step = visit[STEP]
    if w.steps[step, S_STAY_OF] < 0:
        visit[STARTED] = w.g[NOW]
        over_in(w, v, luck(w, DURATION, step, visit[NUM], visit[PAT]))
        return
    visit[BEFORE] = w.trips[visit[TRIP], T_JOIN] - 1 if w.steps[step, S_SOUGHT] else -1
    if w.steps[step, S_SOUGHT]:
        r = w.steps[step, S_LEAD]
        visit[RANK], visit[ORDER], visit[WAITS] = 0, w.g[NOW], SEEKS
        w.resources[r, R_SEEKERS] = put(w.visits, w.resources[r, R_SEEKERS], v)
        w.g[TOUCHED] = 1
    else:
        begin_stay(w, v)


@jitted
def already_in(w, t, patient, step):
    """Somebody in a bed when the run begins."""
    v = new_visit(w, patient, step, 0, w.g[NOW], t)
    w.visited[patient, step] = 1
    w.visits[v, STARTED] = w.g[NOW]
    for i in range(w.steps[step, S_NEEDS], w.steps[step, S_NEEDS] + w.steps[step, S_N_NEEDS]):
        if w.resources[w.needs[i, 0], R_KIND] == PLACES:
            take_places(w, w.needs[i, 0], w.needs[i, 1])
    over_in(w, v, w.remaining[patient])
