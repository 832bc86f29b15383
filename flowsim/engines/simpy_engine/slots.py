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
        self.week = 0
        self.cause = 0
        self.kept_cause = 0

    def serves(self, step: int) -> bool:
        """Whether this step may use the tranche."""
        return not self.only or step in self.only


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

    def take(self, step: int, units: int, *, kept: bool = False) -> int:
        """Use slots of the first tranches that have them; gives the tranche of the first slot."""
        if self.unlimited:
            return 0
        first = -1
        for k, tranche in enumerate(self.tranches):
            have = tranche.kept if kept else tranche.free
            used = min(units, have) if tranche.serves(step) else 0
            if not used:
                continue
            if kept:
                tranche.kept -= used
            else:
                tranche.free -= used
            self.ledger.add(self.ledger.used, self.index, k, tranche.week, used)
            first = k if first < 0 else first
            units -= used
        return first

    def waste(self, tranche: int, units: int, cause: int) -> None:
        """Book slots just taken as lost for a cause (a no-show, a cancellation) instead of used."""
        if self.unlimited:
            return
        week = self.tranches[tranche].week
        self.ledger.add(self.ledger.used, self.index, tranche, week, -units)
        self.ledger.lose(self.index, tranche, cause, week, units)

    def appear(self, tranche: int, now: int, *, kept: bool) -> None:
        """One more slot."""
        part = self.tranches[tranche]
        part.week = self.ledger.week(now)
        part.kept += kept
        part.free += not kept
        self.ledger.add(self.ledger.offered, self.index, tranche, part.week, 1)

    def release_kept(self, tranche: int) -> None:
        """The last usable instant: what was kept may be used by anybody."""
        part = self.tranches[tranche]
        part.free, part.kept = part.free + part.kept, 0

    def expire(self, tranche: int) -> None:
        """What nobody used by closing is lost, for the cause found at the last dispatch."""
        part = self.tranches[tranche]
        self.ledger.lose(self.index, tranche, part.cause, part.week, part.free)
        self.ledger.lose(self.index, tranche, part.kept_cause, part.week, part.kept)
        part.free = part.kept = 0
