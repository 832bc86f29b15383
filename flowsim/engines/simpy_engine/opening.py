"""Opening hours: when slots appear and expire, servers come and go, places change in number, and weeks turn.

One SimPy process stops the clock at each such second; what happens there takes effect in phase 2, after everything
that ends at that second has ended: closings first, then openings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from flowsim.engines.simpy_engine.places import Places
from flowsim.engines.simpy_engine.service import pause
from flowsim.engines.simpy_engine.slots import Slots
from flowsim.engines.simpy_engine.staff import BLOCKED, SERVING, Server, Servers
from flowsim.plan.model import FOREVER
from flowsim.tables import DAY_S, NEVER, WEEK_S

if TYPE_CHECKING:
    from flowsim.engines.simpy_engine.clinic import Clinic
    from flowsim.engines.simpy_engine.stops import Stop
    from flowsim.engines.simpy_engine.visit import Visit

EXPIRE, CLOSE, APPEAR, KEPT_FREE, OPEN_SHIFT, NUMBER, NEW_WEEK, FLUSH = range(8)
"""Kinds of change, closings first: at one second they take effect in this order."""
Change = tuple[int, int, int, int]
"""(kind, resource, tranche or server or row of Draws.places, closing or kept)."""


class Calendar:
    """All changes of capacity of one run, by second."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.due: list[Change] = []
        self.unlinked: list[Visit] = []
        self.late: list[tuple[Servers, int, Visit]] = []
        self.changes: dict[int, set[Change]] = defaultdict(set)
        self.repeated: dict[tuple[int, Change], int] = defaultdict(int)
        self.closing_of_day: list[dict[int, int]] = [{} for _ in clinic.resources]
        plan = clinic.plan
        for r, resource in enumerate(clinic.resources):
            if isinstance(resource, Slots):
                self._slots(r)
            elif isinstance(resource, Servers):
                self._shifts(r)
            elif isinstance(resource, Places):
                for k, at in enumerate(clinic.draws.places[r][:, 0].tolist()):
                    self._at(at, (NUMBER, r, k, 0))
        for monday in range(plan.week0 + WEEK_S * ((plan.begin - plan.week0) // WEEK_S + 1), plan.end, WEEK_S):
            self._at(monday, (NEW_WEEK, 0, 0, 0))
        if plan.begin < 0:
            self._at(0, (FLUSH, 0, 0, 0))

    def _at(self, second: int, change: Change) -> None:
        plan = self.clinic.plan
        if second < plan.end:
            second = max(second, plan.begin)
            self.repeated[second, change] += 1
            self.changes[second].add(change)

    def _slots(self, r: int) -> None:
        days = self.closing_of_day[r]
        for appear, expire, tranche, kept in self.clinic.draws.slots[r].tolist():
            self._at(appear, (APPEAR, r, tranche, kept))
            days[appear // DAY_S] = max(days.get(appear // DAY_S, NEVER), expire)
            if expire != FOREVER:
                self.changes[expire].add((EXPIRE, r, tranche, 0))
                if kept:
                    self.changes[max(expire - 1, appear)].add((KEPT_FREE, r, tranche, 0))

    def _shifts(self, r: int) -> None:
        days = self.closing_of_day[r]
        for opens, closes, server, _ in self.clinic.draws.shifts[r].tolist():
            self._at(opens, (OPEN_SHIFT, r, server, closes))
            days[opens // DAY_S] = max(days.get(opens // DAY_S, NEVER), closes)
            if closes != FOREVER:
                self._at(closes, (CLOSE, r, server, 0))

    def process(self) -> Generator[Any, Any, None]:
        """Stop the clock at every second at which capacity changes."""
        env, end = self.clinic.env, self.clinic.plan.end
        for second in sorted(self.changes):
            if second < end:
                yield env.timeout(second - env.now)
                self.due, self.clinic.changing = sorted(self.changes.pop(second)), True

    def take_effect(self) -> None:
        """Phase 2."""
        self.clinic.changing = False
        clinic, now = self.clinic, self.clinic.now
        clinic.touched = clinic.touched or bool(self.late or self.unlinked)
        late, self.late = self.late, []
        for servers, number, visit in late:
            self._go_home(servers, number, visit)
        unlinked, self.unlinked = self.unlinked, []
        for visit in unlinked:
            self._demote(visit)
        changes, self.due = self.due, []
        for change in changes:
            for _ in range(self.repeated.pop((now, change), 1)):
                self._apply(change, now)

    def _apply(self, change: Change, now: int) -> None:
        kind, r, what, extra = change
        clinic, resource = self.clinic, self.clinic.resources[r] if self.clinic.resources else None
        if kind in (NEW_WEEK, FLUSH):
            clinic.touched = True
            self.flush(now)
            if kind == NEW_WEEK:
                clinic.leaving.new_week()
            return
        if isinstance(resource, Slots):
            if kind == APPEAR:
                resource.appear(what, now, kept=bool(extra))
            elif kind == EXPIRE:
                resource.expire(what)
            else:
                resource.release_kept(what)
        elif isinstance(resource, Servers):
            if kind == OPEN_SHIFT:
                resource.start_shift(what, extra, now)
            else:
                self._closing(resource, what, now)
        elif isinstance(resource, Places):
            resource.change(now, numbers=clinic.draws.place_tranches[r][what].tolist())
        if kind in (APPEAR, KEPT_FREE) and isinstance(resource, Slots) and not clinic.anybody_waits(resource):
            resource.nobody_waits(what)
        elif kind in (EXPIRE, CLOSE):
            clinic.touched = True
        elif resource is not None:
            clinic.freed(resource)

    def _closing(self, resource: Servers, number: int, now: int) -> None:
        """A server's day is over: a visit goes on as overtime, is paused, or is left blocked after the overtime."""
        server = resource.end_shift(number, now)
        visit = server.visit
        if visit is None:
            return
        if server.doing == SERVING and resource.spec.suspend:
            pause(self.clinic, visit)
        elif server.doing == BLOCKED:
            self._leave_later(resource, number, server, visit, now)

    def send_home_late(self, resource: Servers, servers: tuple[int, ...], now: int) -> None:
        """Servers blocked after closing stay for the overtime allowed and no longer."""
        for number in servers:
            server = resource.servers[number]
            if not server.open and server.visit is not None:
                self._leave_later(resource, number, server, server.visit, now)

    def _leave_later(self, resource: Servers, number: int, server: Server, visit: Visit, now: int) -> None:
        seconds = max(0, server.close + server.overtime_s - now)
        timer = self.clinic.env.timeout(seconds)
        timer.callbacks.append(lambda _: self._note(self.late, (resource, number, visit)))

    def _note(self, where: list[Any], what: Any) -> None:
        """Something to do in phase 2 of this instant."""
        where.append(what)
        self.clinic.changing = True

    def _go_home(self, resource: Servers, number: int, visit: Visit) -> None:
        server = resource.servers[number]
        if server.visit is not visit or server.doing != BLOCKED or server.open:
            return
        resource.give((number,), self.clinic.now)
        visit.servers[resource.index] = tuple(k for k in visit.servers[resource.index] if k != number)

    def link(self, stop: Stop, visit: Visit) -> bool:
        """Whether a linked visit may go ahead of all today: until the closing of the lead resource's day."""
        now = self.clinic.now
        midnight = (now // DAY_S + 1) * DAY_S
        closing = self.closing_of_day[stop.step.lead].get(now // DAY_S, now)
        resource = self.clinic.resources[stop.step.lead]
        if isinstance(resource, Places) or self._always(stop.step.lead):
            closing = midnight
        if closing <= now:
            return False
        timer = self.clinic.env.timeout(closing - now)
        timer.callbacks.append(lambda _: self._note(self.unlinked, visit))
        return True

    def _always(self, r: int) -> bool:
        days = self.closing_of_day[r]
        return not days or FOREVER in days.values()

    def _demote(self, visit: Visit) -> None:
        """A linked visit was not started on its day: it waits in normal order from now on."""
        if visit.entry is not None and visit.remaining < 0:
            stop = self.clinic.stops[visit.step]
            visit.demoted = True
            self.clinic.take_out(stop, visit)
            self.clinic.line_up(stop, visit)

    def flush(self, now: int) -> None:
        """Book all capacity up to now."""
        for resource in self.clinic.resources:
            if isinstance(resource, Servers):
                resource.flush(now)
            elif isinstance(resource, Places):
                resource.change(now)
                resource.book(now)
