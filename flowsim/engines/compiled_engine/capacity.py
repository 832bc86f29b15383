"""Capacity: slots, servers and places; what is taken and given back, and what is booked where."""

from __future__ import annotations

from flowsim.engines.compiled_engine.layout import (
    BLOCKED_CAUSE,
    IDLE,
    K_CAUSE,
    K_FREE,
    K_IDLE,
    K_KEPT,
    K_KEPT_CAUSE,
    K_LEFT_A,
    K_LEFT_B,
    K_N_ONLY,
    K_NUMBER,
    K_OFFERED,
    K_OFFERING,
    K_ONLY,
    K_USED,
    K_WEEK_A,
    K_WEEK_B,
    NEVER,
    NO_INTERRUPTION,
    NO_SHOW_CAUSE,
    NOW,
    OVERTIME,
    PLACES,
    R_CAUSE,
    R_FREE,
    R_IN_USE,
    R_INTERRUPTION,
    R_KIND,
    R_N_SERVERS,
    R_NUMBER,
    R_OVER,
    R_SERVERS,
    R_SINCE,
    R_SPECIAL,
    R_TRANCHES,
    R_UNLIMITED,
    SERVERS,
    SERVING,
    STANDING,
    USED,
    V_CLOSE,
    V_DOING,
    V_OPEN,
    V_OVERTIME,
    V_SINCE,
    V_TRANCHE,
    V_VISIT,
    W_RESOURCES,
    W_WEEK0,
    WEEK_S,
)
from flowsim.engines.compiled_engine.views import inlined, jitted


@inlined
def week_of(w, second):
    """The ISO week of a second; -1 in the warm-up."""
    return (second - w.plan[W_WEEK0]) // WEEK_S if second >= 0 else -1


@inlined
def add(table, r, t, week, amount):
    """Book an amount in a week of the horizon."""
    if 0 <= week < table.shape[2]:
        table[r, t, week] += amount


@inlined
def lose(w, r, t, cause, week, amount):
    """Book offered capacity that nobody used, under its one cause."""
    if 0 <= week < w.lost.shape[3]:
        w.lost[r, t, cause, week] += amount


# --- slots ------------------------------------------------------------------------------------------------------------


@jitted
def serves(w, r, t, step):
    """Whether a step may use a tranche."""
    k = w.tranches[r, t]
    if k[K_N_ONLY] == 0:
        return True
    for i in range(k[K_ONLY], k[K_ONLY] + k[K_N_ONLY]):
        if w.lists[i] == step:
            return True
    return False


@jitted
def slots_free(w, r, step):
    """Slots nobody has a prior claim on that a step may use."""
    if not w.resources[r, R_SPECIAL]:
        return w.resources[r, R_FREE]
    n = 0
    for t in range(w.resources[r, R_TRANCHES]):
        if serves(w, r, t, step):
            n += w.tranches[r, t, K_FREE]
    return n


@jitted
def oldest_slot(w, r, t):
    """Take one slot of a tranche, the oldest; gives its week."""
    k = w.tranches[r, t]
    if k[K_LEFT_A] == 0:
        k[K_WEEK_A], k[K_LEFT_A] = k[K_WEEK_B], k[K_LEFT_B]
        k[K_LEFT_B] = 0
    k[K_LEFT_A] -= 1
    return k[K_WEEK_A]


@jitted
def take_slots(w, r, step, units, kept, lost_to):
    """Use slots of the first tranches that have them, or lose them to a cause."""
    if w.resources[r, R_UNLIMITED]:
        return
    for t in range(w.resources[r, R_TRANCHES]):
        k = w.tranches[r, t]
        have = k[K_KEPT] if kept else k[K_FREE]
        taken = min(units, have) if serves(w, r, t, step) else 0
        if kept:
            k[K_KEPT] -= taken
        else:
            k[K_FREE] -= taken
            w.resources[r, R_FREE] -= taken
        for _ in range(taken):
            week = oldest_slot(w, r, t)
            if lost_to < 0:
                add(w.used, r, t, week, 1)
            else:
                lose(w, r, t, lost_to, week, 1)
        units -= taken


@jitted
def slot_appears(w, r, t, kept):
    """One more slot."""
    k, week = w.tranches[r, t], week_of(w, w.g[NOW])
    if k[K_LEFT_B] == 0 and (k[K_LEFT_A] == 0 or k[K_WEEK_A] == week):
        k[K_WEEK_A] = week
        k[K_LEFT_A] += 1
    else:
        k[K_WEEK_B] = week
        k[K_LEFT_B] += 1
    k[K_KEPT] += kept
    k[K_FREE] += 1 - kept
    w.resources[r, R_FREE] += 1 - kept
    add(w.offered, r, t, week, 1)


@jitted
def slots_expire(w, r, t):
    """What nobody used by closing is lost, for the cause found at the last dispatch."""
    k = w.tranches[r, t]
    for _ in range(k[K_FREE]):
        lose(w, r, t, k[K_CAUSE], oldest_slot(w, r, t), 1)
    for _ in range(k[K_KEPT]):
        lose(w, r, t, k[K_KEPT_CAUSE], oldest_slot(w, r, t), 1)
    w.resources[r, R_FREE] -= k[K_FREE]
    k[K_FREE] = 0
    k[K_KEPT] = 0


# --- places -----------------------------------------------------------------------------------------------------------


@jitted
def count_places(w, r):
    """Count the time since the last change."""
    resource = w.resources[r]
    elapsed = w.g[NOW] - resource[R_SINCE]
    resource[R_SINCE] = w.g[NOW]
    if elapsed == 0:
        return
    left = resource[R_IN_USE]
    if resource[R_UNLIMITED]:
        w.tranches[r, 0, K_USED] += left * elapsed
        w.tranches[r, 0, K_OFFERED] += left * elapsed
        return
    for t in range(resource[R_TRANCHES]):
        k = w.tranches[r, t]
        here = min(left, k[K_NUMBER])
        left -= here
        k[K_OFFERED] += k[K_NUMBER] * elapsed
        k[K_USED] += here * elapsed
    resource[R_OVER] += left * elapsed


@jitted
def take_places(w, r, units):
    """Take places (or give back, if negative)."""
    count_places(w, r)
    w.resources[r, R_IN_USE] += units


@jitted
def book_places(w, r):
    """Write what was counted up to now in the ledger."""
    resource = w.resources[r]
    week = week_of(w, w.g[NOW] - 1)
    for t in range(resource[R_TRANCHES]):
        k = w.tranches[r, t]
        add(w.offered, r, t, week, k[K_OFFERED])
        add(w.used, r, t, week, k[K_USED] + (resource[R_OVER] if t == 0 else 0))
        lose(w, r, t, resource[R_CAUSE], week, k[K_OFFERED] - k[K_USED])
        k[K_OFFERED] = 0
        k[K_USED] = 0
    add(w.over, r, 0, week, resource[R_OVER])
    resource[R_OVER] = 0


# --- staff ------------------------------------------------------------------------------------------------------------


@inlined
def idle(w, r, t, servers):
    """So many more servers of a tranche are open and idle (or fewer, if negative)."""
    w.tranches[r, t, K_IDLE] += servers
    w.resources[r, R_FREE] += servers


@inlined
def able(server, until):
    """Whether an open server may work until then (NEVER: no closing test)."""
    return until == NEVER or until <= server[V_CLOSE] + server[V_OVERTIME]


@jitted
def servers_free(w, r, until):
    """Servers that are open, idle, and may work until then."""
    n = 0
    first = w.resources[r, R_SERVERS]
    for s in range(first, first + w.resources[r, R_N_SERVERS]):
        server = w.servers[s]
        if server[V_OPEN] and server[V_DOING] == IDLE and able(server, until):
            n += 1
    return n


@jitted
def servers_fit(w, r, units, until):
    """Whether so many servers can start now."""
    resource = w.resources[r]
    if resource[R_UNLIMITED]:
        return True
    return resource[R_FREE] >= units and (until == NEVER or servers_free(w, r, until) >= units)


@jitted
def book_staff(w, r):
    """Book open and idle time since the last change."""
    resource = w.resources[r]
    seconds = w.g[NOW] - resource[R_SINCE]
    resource[R_SINCE] = w.g[NOW]
    if seconds == 0:
        return
    week = week_of(w, w.g[NOW] - 1)
    for t in range(resource[R_TRANCHES]):
        k = w.tranches[r, t]
        add(w.offered, r, t, week, k[K_OFFERING] * seconds)
        lose(w, r, t, resource[R_CAUSE], week, k[K_IDLE] * seconds)


@jitted
def settle_server(w, r, s):
    """Book a busy server's time since the last booking, inside opening or as overtime."""
    server = w.servers[s]
    seconds = w.g[NOW] - server[V_SINCE]
    server[V_SINCE] = w.g[NOW]
    if seconds == 0 or server[V_VISIT] < 0:
        return
    visit, t, week = w.visits[server[V_VISIT]], server[V_TRANCHE], week_of(w, w.g[NOW] - 1)
    if server[V_DOING] != STANDING or not server[V_OPEN]:
        visit[USED] += seconds
    if not server[V_OPEN]:
        visit[OVERTIME] += seconds
        add(w.overtime, r, t, week, seconds)
    elif server[V_DOING] == SERVING:
        add(w.used, r, t, week, seconds)
    else:
        lose(w, r, t, BLOCKED_CAUSE if server[V_DOING] == STANDING else NO_SHOW_CAUSE, week, seconds)


@jitted
def take_servers(w, r, visit, units, until, doing):
    """The lowest-numbered servers that can, now with this visit."""
    if w.resources[r, R_UNLIMITED]:
        return
    book_staff(w, r)
    first = w.resources[r, R_SERVERS]
    for s in range(first, first + w.resources[r, R_N_SERVERS]):
        if units == 0:
            return
        server = w.servers[s]
        if server[V_OPEN] and server[V_DOING] == IDLE and able(server, until):
            server[V_VISIT] = visit
            server[V_DOING] = doing
            server[V_SINCE] = w.g[NOW]
            idle(w, r, server[V_TRANCHE], -1)
            units -= 1


@jitted
def give_server(w, r, s):
    """A server leaves its visit; if still open it is idle again."""
    server = w.servers[s]
    settle_server(w, r, s)
    server[V_VISIT] = -1
    server[V_DOING] = IDLE
    idle(w, r, server[V_TRANCHE], server[V_OPEN])


@jitted
def give_servers(w, r, visit):
    """All servers of a resource leave a visit."""
    book_staff(w, r)
    first = w.resources[r, R_SERVERS]
    for s in range(first, first + w.resources[r, R_N_SERVERS]):
        if w.servers[s, V_VISIT] == visit:
            give_server(w, r, s)


@jitted
def start_shift(w, r, number, close):
    """A server opens; one still at work from before goes on inside opening."""
    book_staff(w, r)
    s = w.resources[r, R_SERVERS] + number
    server = w.servers[s]
    settle_server(w, r, s)
    server[V_OPEN] = 1
    server[V_CLOSE] = close
    w.tranches[r, server[V_TRANCHE], K_OFFERING] += 1
    if server[V_DOING] == IDLE:
        idle(w, r, server[V_TRANCHE], 1)


@jitted
def end_shift(w, r, number):
    """A server closes; what it is doing goes on as overtime, unless it is paused."""
    book_staff(w, r)
    s = w.resources[r, R_SERVERS] + number
    server = w.servers[s]
    settle_server(w, r, s)
    server[V_OPEN] = 0
    w.tranches[r, server[V_TRANCHE], K_OFFERING] -= 1
    if server[V_DOING] == IDLE:
        idle(w, r, server[V_TRANCHE], -1)
    return s


@jitted
def flush(w):
    """Book all capacity up to now."""
    for r in range(w.plan[W_RESOURCES]):
        if w.resources[r, R_KIND] == SERVERS:
            book_staff(w, r)
            first = w.resources[r, R_SERVERS]
            for s in range(first, first + w.resources[r, R_N_SERVERS]):
                settle_server(w, r, s)
        elif w.resources[r, R_KIND] == PLACES:
            count_places(w, r)
            book_places(w, r)


@jitted
def may_start(w, r):
    """Whether anything of a resource is free at all, or can be freed."""
    resource = w.resources[r]
    if resource[R_UNLIMITED] or resource[R_FREE] > 0:
        return True
    if resource[R_KIND] == PLACES:
        return resource[R_NUMBER] > resource[R_IN_USE]
    if resource[R_KIND] == SERVERS:
        return resource[R_INTERRUPTION] != NO_INTERRUPTION
    if resource[R_SPECIAL]:
        for t in range(resource[R_TRANCHES]):
            if w.tranches[r, t, K_KEPT]:
                return True
    return False
