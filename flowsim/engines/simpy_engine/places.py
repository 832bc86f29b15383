"""Places: beds or rooms, held day and night from admission to discharge; nobody is put out when their number falls."""

from __future__ import annotations

from heapq import heappop, heappush

from flowsim.engines.simpy_engine.ledger import Ledger
from flowsim.engines.simpy_engine.visit import Visit
from flowsim.plan.model import Resource

Seeker = tuple[int, int, int, int, Visit]
"""(blocked since, patient, step, visit, the stay that seeks a place)."""


class Places:
    """A resource of places: how many there are, how many are taken, and who waits for one while holding something."""

    kind = "places"

    def __init__(self, index: int, spec: Resource, ledger: Ledger, now: int) -> None:
        self.index = index
        self.spec = spec
        self.ledger = ledger
        self.unlimited = spec.unlimited
        self.number = 0
        self.in_use = 0
        self.cause = 0
        self.since = now
        self.numbers = [0] * len(spec.tranches)
        self.used = [0] * len(spec.tranches)
        self.offered = [0] * len(spec.tranches)
        self.over = 0
        """Place-seconds by tranche, the regular filled first, since the last change of week or of the idle's cause."""
        self.seekers: list[Seeker] = []

    def fits(self, step: int, units: int) -> bool:
        """Whether so many places are free."""
        return self.unlimited or self.number - self.in_use >= units

    def may_start(self) -> bool:
        """Whether any place is free at all."""
        return self.unlimited or self.number > self.in_use

    def change(self, now: int, *, taken: int = 0, numbers: list[int] | None = None, cause: int | None = None) -> None:
        """Count the time since the last change, then take or free places, set their number or the cause of idleness."""
        elapsed, self.since = now - self.since, now
        if elapsed:
            self._count(elapsed)
        self.in_use += taken
        if numbers is not None:
            self.numbers, self.number = numbers, sum(numbers)
        if cause is not None:
            self.book(now)
            self.cause = cause

    def _count(self, elapsed: int) -> None:
        left = self.in_use
        if self.unlimited:
            self.used[0] += left * elapsed
            self.offered[0] += left * elapsed
            return
        for k, number in enumerate(self.numbers):
            here = min(left, number)
            left -= here
            self.offered[k] += number * elapsed
            self.used[k] += here * elapsed
        self.over += left * elapsed

    def book(self, now: int) -> None:
        """Write what was counted up to now in the ledger: at a week's end, or before the cause changes."""
        ledger, week = self.ledger, self.ledger.week(now - 1)
        for k, (offered, used) in enumerate(zip(self.offered, self.used, strict=True)):
            ledger.add(ledger.offered, self.index, k, week, offered)
            ledger.add(ledger.used, self.index, k, week, used + (0 if k else self.over))
            ledger.lose(self.index, k, self.cause, week, offered - used)
        ledger.add(ledger.over, self.index, 0, week, self.over)
        self.used, self.offered, self.over = [0] * len(self.used), [0] * len(self.offered), 0

    def seek(self, visit: Visit, since: int) -> None:
        """Let a stay wait for a place, while its patient holds on to the step before."""
        heappush(self.seekers, (since, visit.patient, visit.step, visit.number, visit))

    def next_seeker(self) -> Visit | None:
        """Who became blocked first, if there is a place; taken off the list."""
        if self.seekers and self.fits(0, 1):
            return heappop(self.seekers)[4]
        return None
