"""Staff: servers with opening hours. `Servers` knows each by number; `Counter` only counts, where that is enough."""

from __future__ import annotations

from flowsim.engines.simpy_engine.ledger import Ledger
from flowsim.engines.simpy_engine.visit import Visit
from flowsim.plan.model import FOREVER, Resource

IDLE, SERVING, BLOCKED, ABSENT = range(4)
"""What a server does: nothing, a visit, waiting with a blocked patient, an empty appointment (no-show)."""


class Counter:
    """Servers that never close and are needed one at a time by steps that need nothing else."""

    kind = "staff"

    def __init__(self, index: int, spec: Resource, servers: int) -> None:
        self.index = index
        self.spec = spec
        self.servers = servers
        self.free = FOREVER if spec.unlimited else servers

    def may_start(self) -> bool:
        """Whether anybody is free at all."""
        return self.free > 0


class Server:
    """One server: open or not, until when, and with whom."""

    def __init__(self, tranche: int, overtime_s: int) -> None:
        self.tranche = tranche
        self.overtime_s = overtime_s
        self.open = False
        self.close = 0
        self.since = 0
        self.visit: Visit | None = None
        self.doing = IDLE


class Servers:
    """A resource of staff: plain data and bookkeeping; the clinic decides who starts."""

    kind = "staff"

    def __init__(self, index: int, spec: Resource, ledger: Ledger, tranche_of: list[int], now: int) -> None:
        self.index = index
        self.spec = spec
        self.ledger = ledger
        self.unlimited = spec.unlimited
        self.servers = [Server(t, spec.tranches[t].overtime_s) for t in tranche_of]
        self.cause = 0
        self.since = now
        self.idle = [0] * len(spec.tranches)
        self.offering = [0] * len(spec.tranches)

    def free(self, until: int | None) -> list[int]:
        """Numbers of the servers that are open, idle, and may work until then (None: no closing test)."""
        return [
            k
            for k, s in enumerate(self.servers)
            if s.open and s.doing == IDLE and (until is None or until <= s.close + s.overtime_s)
        ]

    def fits(self, units: int, until: int | None) -> bool:
        """Whether so many servers can start now."""
        return self.unlimited or len(self.free(until)) >= units

    def may_start(self) -> bool:
        """Whether anybody is free at all, or can be freed."""
        return self.unlimited or any(self.idle) or self.spec.interruption != "none"

    def take(self, visit: Visit, units: int, until: int | None, now: int, doing: int = SERVING) -> tuple[int, ...]:
        """The lowest-numbered servers that can, now with this visit."""
        if self.unlimited:
            return ()
        self.book(now)
        taken = tuple(self.free(until)[:units])
        for k in taken:
            server = self.servers[k]
            server.visit, server.doing, server.since = visit, doing, now
            self.idle[server.tranche] -= 1
        return taken

    def give(self, servers: tuple[int, ...], now: int) -> None:
        """Servers leave their visit; who is still open is idle again."""
        self.book(now)
        for k in servers:
            server = self.servers[k]
            self.settle(server, now)
            server.visit, server.doing = None, IDLE
            self.idle[server.tranche] += server.open

    def block(self, servers: tuple[int, ...], now: int) -> None:
        """The visit is over, its patient has nowhere to go: the servers' time is lost from here on."""
        for k in servers:
            self.settle(self.servers[k], now)
            self.servers[k].doing = BLOCKED

    def settle(self, server: Server, now: int, blocked_cause: int = 3, no_show_cause: int = 2) -> None:
        """Book a busy server's time since the last booking, inside opening or as overtime."""
        seconds, server.since = now - server.since, now
        visit, ledger, week = server.visit, self.ledger, self.ledger.week(now - 1)
        if not seconds or visit is None:
            return
        if server.doing != BLOCKED or not server.open:
            visit.used += seconds
        if not server.open:
            visit.overtime += seconds
            ledger.add(ledger.overtime, self.index, server.tranche, week, seconds)
        elif server.doing == SERVING:
            ledger.add(ledger.used, self.index, server.tranche, week, seconds)
        else:
            cause = blocked_cause if server.doing == BLOCKED else no_show_cause
            ledger.lose(self.index, server.tranche, cause, week, seconds)

    def book(self, now: int) -> None:
        """Book open and idle time since the last change."""
        seconds, self.since = now - self.since, now
        if not seconds:
            return
        week = self.ledger.week(now - 1)
        for tranche, idle in enumerate(self.idle):
            self.ledger.add(self.ledger.offered, self.index, tranche, week, self.offering[tranche] * seconds)
            self.ledger.lose(self.index, tranche, self.cause, week, idle * seconds)

    def flush(self, now: int) -> None:
        """Book everything up to now, at a week's end."""
        self.book(now)
        for server in self.servers:
            self.settle(server, now)

    def start_shift(self, number: int, close: int, now: int) -> None:
        """A server opens until `close`; one still at work from before goes on inside opening."""
        self.book(now)
        server = self.servers[number]
        self.settle(server, now)
        server.open, server.close = True, close
        self.offering[server.tranche] += 1
        self.idle[server.tranche] += server.doing == IDLE

    def end_shift(self, number: int, now: int) -> Server:
        """A server closes; what it is doing goes on as overtime, unless the clinic decides otherwise."""
        self.book(now)
        server = self.servers[number]
        self.settle(server, now)
        server.open = False
        self.offering[server.tranche] -= 1
        self.idle[server.tranche] -= server.doing == IDLE
        return server

    def running(self) -> list[Visit]:
        """Visits in service in opening hours (never in overtime), each once."""
        at_work = [s for s in self.servers if s.visit is not None and s.doing == SERVING]
        late = {id(s.visit) for s in at_work if not s.open}
        found = {id(s.visit): s.visit for s in at_work if s.visit is not None and id(s.visit) not in late}
        return list(found.values())
