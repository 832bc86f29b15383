"""Slots: so many starts a week, each usable from its appearance until its day's closing, else lost and counted."""

from __future__ import annotations

from flowsim.engines.simpy_engine.ledger import Ledger
from flowsim.plan.model import Resource


class SlotTranche:
    """The slots of one tranche that have appeared and are neither used nor expired."""

    def __init__(self, only: tuple[int, ...]) -> None:
        self.only = only
        self.free = 0
        self.kept = 0
        self.weeks: list[list[int]] = []
        """[week of appearing, slots left], oldest first: a window over a week's turn holds slots of two weeks."""
        self.cause = 0
        self.kept_cause = 0

    def serves(self, step: int) -> bool:
        """Whether this step may use the tranche."""
        return not self.only or step in self.only

    def add(self, week: int) -> None:
        """One slot more, of this week."""
        if not self.weeks or self.weeks[-1][0] != week:
            self.weeks.append([week, 0])
        self.weeks[-1][1] += 1

    def oldest(self) -> int:
        """Take one slot, the oldest; gives its week."""
        first = self.weeks[0]
        first[1] -= 1
        if not first[1]:
            self.weeks.pop(0)
        return first[0]


class Slots:
    """A resource of slots: plain data and bookkeeping; the clinic decides who starts."""

    kind = "slots"

    def __init__(self, index: int, spec: Resource, ledger: Ledger) -> None:
        self.index = index
        self.spec = spec
        self.ledger = ledger
        self.unlimited = spec.unlimited
        self.tranches = [SlotTranche(t.only) for t in spec.tranches]
        self.special = spec.kept_class > -2 or any(t.only for t in self.tranches)

    def fits(self, step: int, units: int) -> bool:
        """Whether so many slots that nobody has a prior claim on are free for this step."""
        if self.unlimited:
            return True
        return sum(t.free for t in self.tranches if t.serves(step)) >= units

    def may_start(self) -> bool:
        """Whether any slot is free at all."""
        return self.unlimited or any(t.free or t.kept for t in self.tranches)

    def take(self, step: int, units: int, *, kept: bool = False, lost_to: int = -1) -> None:
        """Use slots of the first tranches that have them, or lose them to a cause (a no-show, a cancellation)."""
        for k, tranche in enumerate(self.tranches if not self.unlimited else ()):
            have = tranche.kept if kept else tranche.free
            taken = min(units, have) if tranche.serves(step) else 0
            tranche.kept -= taken if kept else 0
            tranche.free -= 0 if kept else taken
            for _ in range(taken):
                self._book(k, tranche.oldest(), lost_to)
            units -= taken

    def _book(self, tranche: int, week: int, lost_to: int) -> None:
        if lost_to < 0:
            self.ledger.add(self.ledger.used, self.index, tranche, week, 1)
        else:
            self.ledger.lose(self.index, tranche, lost_to, week, 1)

    def appear(self, tranche: int, now: int, *, kept: bool) -> None:
        """One more slot."""
        part, week = self.tranches[tranche], self.ledger.week(now)
        part.add(week)
        part.kept += kept
        part.free += not kept
        self.ledger.add(self.ledger.offered, self.index, tranche, week, 1)

    def release_kept(self, tranche: int) -> None:
        """The last usable instant: what was kept may be used by anybody."""
        part = self.tranches[tranche]
        part.free, part.kept = part.free + part.kept, 0

    def nobody_waits(self, tranche: int) -> None:
        """No dispatch is needed, or if it is, it says why the slots are idle."""
        self.tranches[tranche].cause = self.tranches[tranche].kept_cause = 0

    def expire(self, tranche: int) -> None:
        """What nobody used by closing is lost, for the cause found at the last dispatch."""
        part = self.tranches[tranche]
        for cause, number in ((part.cause, part.free), (part.kept_cause, part.kept)):
            for _ in range(number):
                self._book(tranche, part.oldest(), cause)
        part.free = part.kept = 0
