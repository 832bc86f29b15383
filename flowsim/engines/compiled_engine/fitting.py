"""Fitting: what a visit lacks to start now, and whom an urgent one may interrupt."""

from __future__ import annotations

from flowsim.engines.compiled_engine.capacity import servers_fit, servers_free, serves, slots_free
from flowsim.engines.compiled_engine.layout import (
    FITS,
    K_FREE,
    K_KEPT,
    K_N_ONLY,
    NEVER,
    NO_INTERRUPTION,
    NOW,
    PAT,
    PERIOD,
    PLACES,
    PULLED,
    R_FREE,
    R_IN_USE,
    R_INTERRUPTION,
    R_KIND,
    R_N_SERVERS,
    R_NUMBER,
    R_SERVERS,
    R_SPECIAL,
    R_SUSPEND,
    R_TRANCHES,
    R_UNLIMITED,
    REMAINING,
    RESUMED,
    S_N_NEEDS,
    S_NEEDS,
    S_PLACE,
    S_PULL,
    S_QUEUED,
    S_SERVING,
    SERVERS,
    SERVING,
    STEP,
    V_CLOSE,
    V_DOING,
    V_OPEN,
    V_OVERTIME,
    V_VISIT,
)
from flowsim.engines.compiled_engine.service import pause
from flowsim.engines.compiled_engine.views import inlined, jitted
from flowsim.engines.compiled_engine.waiting import class_at, mean_of


@jitted
def slot_fits(w, r, step, units, lane):
    """Whether a lane has slots: -1 the open ones, -2 the kept ones, else one restricted tranche."""
    if lane >= 0:
        return w.tranches[r, lane, K_FREE] >= units
    n = 0
    for t in range(w.resources[r, R_TRANCHES]):
        k = w.tranches[r, t]
        if lane == -2:
            n += k[K_KEPT] if serves(w, r, t, step) else 0
        elif k[K_N_ONLY] == 0:
            n += k[K_FREE]
    return n >= units


@inlined
def fits(w, r, step, units, until, lane, first):
    """Whether one need of a step can be met now."""
    resource = w.resources[r]
    if resource[R_UNLIMITED]:
        return True
    if resource[R_KIND] == PLACES:
        return resource[R_NUMBER] - resource[R_IN_USE] >= units
    if resource[R_SPECIAL]:
        return slot_fits(w, r, step, units, lane) if first else slots_free(w, r, step) >= units
    if resource[R_FREE] < units:
        return False
    return resource[R_KIND] != SERVERS or resource[R_SUSPEND] != 0 or servers_free(w, r, until) >= units


@jitted
def missing(w, v, lane):
    """The first resource in step order that a visit lacks to start now; PULLED; or FITS."""
    visit = w.visits[v]
    step = visit[STEP]
    first = w.steps[step, S_NEEDS]
    if visit[REMAINING] >= 0:
        for i in range(first, first + w.steps[step, S_N_NEEDS]):
            r = w.needs[i, 0]
            if w.resources[r, R_KIND] == SERVERS and not servers_fit(w, r, w.needs[i, 1], NEVER):
                return r
        return FITS
    watched = w.steps[step, S_PULL]
    if watched >= 0 and w.steps[watched, S_QUEUED] + w.steps[step, S_SERVING] >= w.pull[step, w.g[PERIOD]]:
        return PULLED
    until = w.g[NOW] + mean_of(w, step, visit[PAT])
    for i in range(first, first + w.steps[step, S_N_NEEDS]):
        if not fits(w, w.needs[i, 0], step, w.needs[i, 1], until, lane, i == first):
            return w.needs[i, 0]
    place = w.steps[step, S_PLACE]
    if place >= 0 and not fits(w, place, step, 1, until, lane, False):
        return place
    return FITS


@inlined
def klass_of(rank):
    """The class of a rank; -1 while linked."""
    return rank >> 1


@jitted
def in_overtime(w, r, v):
    """Whether any server of a visit has closed."""
    first = w.resources[r, R_SERVERS]
    for s in range(first, first + w.resources[r, R_N_SERVERS]):
        if w.servers[s, V_VISIT] == v and not w.servers[s, V_OPEN]:
            return True
    return False


@jitted
def sooner_victim(w, a, b):
    """The least urgent, then the latest started, then the highest patient number."""
    x, y = w.visits[a], w.visits[b]
    p, q = class_at(w, x), class_at(w, y)
    if p != q:
        return p > q
    if x[RESUMED] != y[RESUMED]:
        return x[RESUMED] > y[RESUMED]
    return x[PAT] > y[PAT]


@jitted
def would_fit(w, v, victim):
    """Whether a visit could start with the victim's servers free."""
    visit = w.visits[v]
    step, paused = visit[STEP], visit[REMAINING] >= 0
    until = w.g[NOW] + mean_of(w, step, visit[PAT])
    first = w.steps[step, S_NEEDS]
    for i in range(first, first + w.steps[step, S_N_NEEDS]):
        r, units = w.needs[i, 0], w.needs[i, 1]
        if w.resources[r, R_KIND] == SERVERS:
            limit = NEVER if w.resources[r, R_SUSPEND] or paused else until
            able = servers_free(w, r, limit)
            for s in range(w.resources[r, R_SERVERS], w.resources[r, R_SERVERS] + w.resources[r, R_N_SERVERS]):
                server = w.servers[s]
                if server[V_VISIT] == victim and server[V_OPEN]:
                    able += limit == NEVER or limit <= server[V_CLOSE] + server[V_OVERTIME]
            if not w.resources[r, R_UNLIMITED] and able < units:
                return False
        elif not paused and not fits(w, r, step, units, until, -3, False):
            return False
    place = w.steps[step, S_PLACE]
    return paused or place < 0 or fits(w, place, step, 1, until, -1, False)


@jitted
def interrupts(w, v):
    """Interrupt one less urgent visit at the lead, if that lets this one start at once with all it needs."""
    visit = w.visits[v]
    lead = w.needs[w.steps[visit[STEP], S_NEEDS], 0]
    if w.resources[lead, R_KIND] != SERVERS or w.resources[lead, R_INTERRUPTION] == NO_INTERRUPTION:
        return False
    klass, victim = class_at(w, visit), -1
    first = w.resources[lead, R_SERVERS]
    for s in range(first, first + w.resources[lead, R_N_SERVERS]):
        other = w.servers[s, V_VISIT]
        if other < 0 or w.servers[s, V_DOING] != SERVING or class_at(w, w.visits[other]) <= klass:
            continue
        if in_overtime(w, lead, other):
            continue
        if victim < 0 or sooner_victim(w, other, victim):
            victim = other
    if victim < 0 or not would_fit(w, v, victim):
        return False
    pause(w, victim)
    return True
