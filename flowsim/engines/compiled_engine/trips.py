"""Trips: a patient's way from step to step, with its branches, as the SimPy engine's journey."""

from __future__ import annotations

from flowsim.engines.compiled_engine.capacity import settle_server
from flowsim.engines.compiled_engine.heaps import push
from flowsim.engines.compiled_engine.layout import (
    ARRIVED,
    ATTEMPT,
    BLOCKED_SINCE,
    BOOKED_AGAIN,
    BRANCH,
    CANCELLED,
    COMPLICATION,
    DELAY,
    DELAYED,
    DEMOTED,
    DONE,
    E_COMPLICATION,
    E_STEP,
    E_THEN,
    ELSEWHERE,
    ERROR,
    FREE_TRIP,
    GOES_HOME,
    GONE,
    JOINED,
    JOINS,
    LEAD_TIME,
    MAIN,
    MARKED,
    NEVER,
    NO_SHOW,
    NOW,
    NUM,
    OPEN,
    OUTCOME,
    OVERFLOW,
    OVERTIME,
    PAT,
    PENDING,
    PROCESSED,
    R_KIND,
    R_N_SERVERS,
    R_SERVERS,
    REBOOK,
    REWORK,
    ROUTE,
    ROUTE_CAPPED,
    S_CAP,
    S_DECISION,
    S_DELAY,
    S_ELSEWHERE,
    S_N_NEEDS,
    S_NEEDS,
    S_OVERFLOW,
    S_PROVIDER,
    S_QUEUE,
    S_REWORK,
    S_SOUGHT,
    S_STAY,
    S_STAY_OF,
    S_WATCHED,
    SERIAL,
    SERVERS,
    STANDING,
    STARTED,
    STEP,
    T_JOIN,
    T_KIND,
    T_LEFT,
    T_PARENT,
    T_PATIENT,
    T_UNTIL,
    TRIP,
    UID,
    UIDS,
    USED,
    V_CLOSE,
    V_DOING,
    V_OPEN,
    V_OVERTIME,
    V_VISIT,
    W_STEPS,
)
from flowsim.engines.compiled_engine.leaving import (
    end_if_idle,
    exit_patient,
    leave_all,
    mark,
    no_more_bookings,
    set_alarm,
    watch,
)
from flowsim.engines.compiled_engine.luck import luck
from flowsim.engines.compiled_engine.service import begin_without_queue, new_trip, release
from flowsim.engines.compiled_engine.views import inlined, jitted
from flowsim.engines.compiled_engine.waiting import bury, line_up, new_visit, over_in, to_do, write


@jitted
def stay_waits_less(w, v):
    """One of what a stay waits for is done."""
    w.visits[v, PENDING] -= 1
    if w.visits[v, PENDING] == 0:
        over_in(w, v, 0)


@jitted
def end_trip(w, t, step):
    """A way ends: the patient leaves, or a branch has come to where it meets the others."""
    trip = w.trips[t]
    kind, parent, patient = trip[T_KIND], trip[T_PARENT], trip[T_PATIENT]
    trip[T_LEFT] = w.g[FREE_TRIP]
    w.g[FREE_TRIP] = t
    if kind == MAIN:
        exit_patient(w, patient, step)
    elif kind == BRANCH:
        w.trips[parent, T_LEFT] -= 1
        if w.trips[parent, T_LEFT] == 0:
            to_do(w, parent, GONE if w.gone[patient] else w.trips[parent, T_JOIN], 0)
    else:
        stay_waits_less(w, parent)


@inlined
def announce(w, patient, step):
    """On the way to a step: the decision is made where the step says so. Gives the planned delay."""
    if w.steps[step, S_DECISION] and w.decision[patient] == NEVER:
        w.decision[patient] = w.g[NOW]
    if w.steps[step, S_PROVIDER]:
        return luck(w, LEAD_TIME, step, w.visited[patient, step], patient)
    if w.steps[step, S_DELAY]:
        return luck(w, DELAY, step, w.visited[patient, step], patient)
    return 0


@inlined
def join(w, t, patient, step, arrived):
    """A new visit: the patient joins the step's queue, or starts at once where there is none."""
    number = w.visited[patient, step]
    w.visited[patient, step] = number + 1
    v = new_visit(w, patient, step, number, w.joined[patient] if arrived == ARRIVED else w.g[NOW], t)
    if w.g[ERROR]:
        return
    if w.steps[step, S_QUEUE] < 0:
        begin_without_queue(w, v)
        return
    if w.steps[step, S_WATCHED]:
        watch(w, v, arrived == ARRIVED)
    line_up(w, v)


@jitted
def split_up(w, t, patient, split):
    """The branches of a split, each with a way of its own."""
    w.multi[patient] = 1
    w.trips[t, T_LEFT], w.trips[t, T_JOIN] = split[1], split[0]
    for k in range(split[1] - 1, -1, -1):
        to_do(w, new_trip(w, patient, split[0], BRANCH, t), split[2 + k], 0)


@inlined
def go_to(w, t, step, arrived):
    """From here on to a step: ends, splits, delays, then joining."""
    if step < 0 or step == w.trips[t, T_UNTIL]:
        end_trip(w, t, step)
        return
    patient = w.trips[t, T_PATIENT]
    if arrived != ARRIVED:
        if step >= w.plan[W_STEPS]:
            split_up(w, t, patient, w.splits[step - w.plan[W_STEPS]])
            return
        delay = 0 if arrived == DELAYED else announce(w, patient, step)
        if delay:
            push(w, w.g[NOW] + delay, JOINS, t, step, 0)
            return
        if w.gone[patient] and w.steps[step, S_STAY_OF] < 0:
            end_trip(w, t, GONE)
            return
    join(w, t, patient, step, arrived)


@jitted
def give_up(w, v):
    """A booking that came to nothing: its row, and what it used."""
    visit = w.visits[v]
    if visit[OUTCOME] == NO_SHOW:
        release(w, v)
    write(w, visit, w.g[NOW], visit[OUTCOME], visit[ATTEMPT])
    if visit[REBOOK] >= 0 and w.gone[visit[PAT]]:
        no_more_bookings(w, v)
        end_if_idle(w, visit[PAT])


@inlined
def into_stay(w, v):
    """The stay begins: staff leave now if its place is reserved, else wait with the patient until there is one."""
    visit = w.visits[v]
    step = visit[STEP]
    stay = w.steps[step, S_STAY]
    if not w.steps[stay, S_SOUGHT]:
        release(w, v)
        write(w, visit, w.g[NOW], DONE, visit[ATTEMPT])
        bury(w, v)
        return stay
    visit[BLOCKED_SINCE] = w.g[NOW]
    w.trips[visit[TRIP], T_JOIN] = v + 1
    for i in range(w.steps[step, S_NEEDS], w.steps[step, S_NEEDS] + w.steps[step, S_N_NEEDS]):
        r = w.needs[i, 0]
        if w.resources[r, R_KIND] == SERVERS:
            for s in range(w.resources[r, R_SERVERS], w.resources[r, R_SERVERS] + w.resources[r, R_N_SERVERS]):
                if w.servers[s, V_VISIT] == v:
                    settle_server(w, r, s)
                    w.servers[s, V_DOING] = STANDING
                    if not w.servers[s, V_OPEN]:
                        leaves_later(w, s)
    return stay


@jitted
def leaves_later(w, s):
    """A server blocked after closing stays for the overtime allowed and no longer."""
    seconds = max(0, w.servers[s, V_CLOSE] + w.servers[s, V_OVERTIME] - w.g[NOW])
    v = w.servers[s, V_VISIT]
    push(w, w.g[NOW] + seconds, GOES_HOME, s, w.visits[v, UID], 0)


@jitted
def came_to_nothing(w, v):
    """Treated elsewhere, turned away, cancelled or missed for good, or tired of waiting."""
    visit = w.visits[v]
    step, outcome = visit[STEP], visit[OUTCOME]
    if outcome == NO_SHOW or outcome == CANCELLED:
        give_up(w, v)
        no_more_bookings(w, v)
        patient = visit[PAT]
        bury(w, v)
        leave_all(w, patient)
        return GONE
    bury(w, v)
    if outcome == ELSEWHERE:
        return w.terms[w.steps[step, S_ELSEWHERE], E_STEP]
    if outcome == OVERFLOW:
        return w.steps[step, S_OVERFLOW]
    return GONE


@inlined
def next_step(w, step, patient, number):
    """The route after a visit: rework first, up to its cap, else as drawn."""
    if w.steps[step, S_REWORK] >= 0 and luck(w, REWORK, step, number, patient):
        row = w.returned_row[step]
        if w.returned[row, patient] >= w.steps[step, S_CAP]:
            return luck(w, ROUTE_CAPPED, step, number, patient)
        w.returned[row, patient] += 1
        return w.steps[step, S_REWORK]
    if w.steps[step, S_PROVIDER]:
        for e in range(w.terms.shape[0]):
            if w.terms[e, E_STEP] == step:
                home = w.terms[e, E_COMPLICATION]
                if home >= 0 and luck(w, COMPLICATION, step, number, patient):
                    return home
                return w.terms[e, E_THEN]
    return luck(w, ROUTE, step, number, patient)


@inlined
def go_on(w, v):
    """Give back what the visit used, and say where the patient goes."""
    visit = w.visits[v]
    step, patient = visit[STEP], visit[PAT]
    if visit[OUTCOME] != OPEN:
        return came_to_nothing(w, v)
    if w.steps[step, S_STAY] >= 0:
        return into_stay(w, v)
    visit[OUTCOME] = DONE
    if w.steps[step, S_N_NEEDS]:
        release(w, v)
    write(w, visit, w.g[NOW], DONE, visit[ATTEMPT])
    number = visit[NUM]
    bury(w, v)
    if w.gone[patient]:
        end_if_idle(w, patient)
        return GONE
    return next_step(w, step, patient, number)


@inlined
def visit_over(w, v):
    """The visit is over, one way or another: the patient goes on, is booked again, or leaves."""
    visit = w.visits[v]
    visit[PROCESSED] = 1
    t = visit[TRIP]
    if visit[REBOOK] >= 0:
        give_up(w, v)
        if visit[REBOOK] >= 0:
            push(w, w.g[NOW] + visit[REBOOK], BOOKED_AGAIN, v, visit[UID], 0)
        else:
            bury(w, v)
            to_do(w, t, GONE, 0)
        return
    to_do(w, t, go_on(w, v), 0)


@jitted
def booked_again(w, v):
    """The same visit booked anew, with its first joining and its patience kept."""
    visit = w.visits[v]
    t, patient = visit[TRIP], visit[PAT]
    if w.gone[patient]:
        bury(w, v)
        to_do(w, t, GONE, 0)
        return
    w.g[UIDS] += 1
    visit[UID], visit[JOINED], visit[REBOOK], visit[PROCESSED], visit[OUTCOME] = w.g[UIDS], w.g[NOW], -1, 0, OPEN
    visit[ATTEMPT] += 1
    visit[STARTED], visit[USED], visit[OVERTIME], visit[DEMOTED], visit[SERIAL] = NEVER, 0, 0, 0, 0
    set_alarm(w, v)
    if visit[MARKED]:
        mark(w, v)
    line_up(w, v)
