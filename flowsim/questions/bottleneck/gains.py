"""What one step more of each resource gives, in pairs under common luck, and more pairs until the first is sure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from flowsim.comparison.spread import spread
from flowsim.questions.asked import Asked
from flowsim.questions.bottleneck.ranking import Ranking, ranked
from flowsim.questions.bottleneck.resources import More
from flowsim.questions.cases import Case
from flowsim.questions.outcome import Kept, Outcome, kept

FIRST, BLOCK, MOST = 100, 100, 800


@dataclass(frozen=True)
class Gain:
    """One resource's step: paired gains by replication."""

    more: More
    amount: float
    operations: np.ndarray
    days_saved: np.ndarray
    by_queue: Mapping[str, float]
    """Mean change of the waiting days in each step's queue."""

    def mean(self, of: str) -> tuple[float, float]:
        """Mean and half of its 95 % interval, of `operations` or `days_saved`."""
        found = spread(np.asarray(getattr(self, of), dtype=float))
        return float(found.mean), float(found.half_width)

    @property
    def sek_per_day(self) -> float:
        """SEK of capacity in the year per waiting day saved; NaN where the interval of days holds 0 or is below."""
        mean, half = self.mean("days_saved")
        return self.more.year_sek(self.amount) / mean if mean - half > 0 else float("nan")


@dataclass(frozen=True)
class Gains:
    """All resources' steps from one base."""

    gains: tuple[Gain, ...]
    base: Kept
    by_operations: Ranking
    by_days: Ranking

    @property
    def pairs(self) -> int:
        """Replications of each."""
        return len(self.base)

    @property
    def sure(self) -> bool:
        """Is the first of both rankings known?"""
        return self.by_operations.sure and self.by_days.sure


def gains(
    asked: Asked,
    resources: Sequence[More],
    amounts: Sequence[float],
    *,
    on: Sequence[dict[str, Any]] = (),
    first: int = FIRST,
    most: int = MOST,
    weeks: int = 52,
) -> Gains:
    """Each resource raised by its amount, on top of changes already made (`on`), against the same without.

    100 pairs each, then blocks of 100 until both leaders are first in 95 % of resamples, at most `most`, or time is up.
    """
    count = first
    while True:
        found = _found(asked, resources, amounts, on, count, weeks)
        if found.sure or count >= most or not asked.runs.in_time:
            return found
        count = min(most, count + BLOCK)


def _found(
    asked: Asked,
    resources: Sequence[More],
    amounts: Sequence[float],
    on: Sequence[dict[str, Any]],
    count: int,
    weeks: int,
) -> Gains:
    steps = tuple(name for name, step in asked.base.scenario.model.pathway.items() if step.needs)
    measure = Outcome(None, steps, full=False)
    base = kept(asked.runs, case_of(asked, list(on)), measure, range(count), weeks)
    made = []
    for more, amount in zip(resources, amounts, strict=True):
        raised = kept(asked.runs, case_of(asked, [*on, more.change(amount)]), measure, range(count), weeks)
        made.append(paired(more, amount, base, raised))
    by_operations = ranked(np.array([gain.operations for gain in made]), asked.runs.seed)
    by_days = ranked(np.array([gain.days_saved for gain in made]), asked.runs.seed)
    return Gains(tuple(made), base, by_operations, by_days)


def paired(more: More, amount: float, base: Kept, raised: Kept) -> Gain:
    """The pair's differences."""
    return Gain(
        more,
        amount,
        raised["operations"] - base["operations"],
        base["waiting_days"] - raised["waiting_days"],
        {step: float((raised[step] - base[step]).mean()) for step in base.steps},
    )


def case_of(asked: Asked, changes: Sequence[dict[str, Any]]) -> Case:
    """The asked scenario with changes; its name says which."""
    if not changes:
        return asked.today
    name = asked.base.scenario.name + "".join(f"_{_short(change)}" for change in changes)
    return asked.base.case(name, list(changes))


def _short(change: Mapping[str, Any]) -> str:
    where = str(change.get("where", "change")).split(".")
    dates = "".join(str(change[key]).replace("-", "")[2:] for key in ("from", "to") if key in change)
    return f"{where[1] if len(where) > 1 else where[0]}_{change.get('add', '')}{dates}".replace(".", "_")
