"""How the bottleneck moves: relieve the first by a useful chunk, rank again, until nothing gains a per cent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from flowsim.questions.asked import Asked
from flowsim.questions.bottleneck.gains import Gains, case_of, gains
from flowsim.questions.bottleneck.resources import More
from flowsim.questions.outcome import Outcome, kept

LEAST = 0.01
"""Share of the operations below which a chunk is not worth relieving by."""
STAGES, PAIRS = 7, 60


@dataclass(frozen=True)
class Stage:
    """One state of the clinic, and what a chunk of each resource would give from there."""

    relieved: tuple[tuple[str, float], ...]
    """What has been added so far: resource, how much in all."""
    gains: Gains

    @property
    def leader(self) -> int:
        """The resource whose chunk gives most operations."""
        return self.gains.by_operations.leader

    @property
    def operations(self) -> float:
        """Mean operations before the chunk."""
        return float(self.gains.base["operations"].mean())

    @property
    def worth(self) -> bool:
        """Does the leader's chunk gain at least a per cent?"""
        return self.gains.gains[self.leader].mean("operations")[0] >= LEAST * self.operations


def shifting(
    asked: Asked, resources: Sequence[More], *, pairs: int = PAIRS, stages: int = STAGES, weeks: int = 52
) -> list[Stage]:
    """Stage by stage; the last is where no chunk gains a per cent of operations, time is up or `stages` are made."""
    done: list[Stage] = []
    added: dict[str, float] = {}
    while True:
        on = changes_of(resources, added)
        chunks = [more.chunk for more in resources]
        found = gains(asked, resources, chunks, on=on, first=pairs, most=pairs, weeks=weeks)
        done.append(Stage(tuple(added.items()), found))
        if not done[-1].worth or len(done) >= stages or not asked.runs.in_time:
            return done
        first = resources[done[-1].leader]
        added[first.name] = added.get(first.name, 0) + first.chunk


def changes_of(resources: Sequence[More], added: Mapping[str, float]) -> list[dict[str, Any]]:
    """The changes that add so much of each resource."""
    return [more.change(added[more.name]) for more in resources if more.name in added]


@dataclass(frozen=True)
class Enough:
    """How much of a resource is enough for a goal."""

    more: More
    amount: int
    reached: float
    """Of the goal, at that amount: operations, or days of wait."""
    goal: float
    unlimited: float
    """With as much as could be used."""
    today: float
    tried: tuple[tuple[int, float], ...]


def enough(
    asked: Asked,
    more: More,
    share: float = 0.95,
    *,
    on: Sequence[dict[str, Any]] = (),
    pairs: int = PAIRS,
    weeks: int = 52,
) -> Enough | None:
    """The smallest addition that gives `share` of the operations an unlimited one would; None where it gives nothing.

    From the state that the changes `on` make. By bisection; the gain is taken to grow with the addition. Unlimited is
    three times what there is.
    """
    measure = Outcome(None, (), full=False)

    def operations(amount: int) -> np.ndarray:
        changes = [*on, *([more.change(amount)] if amount else [])]
        return kept(asked.runs, case_of(asked, changes), measure, range(pairs), weeks)["operations"]

    today = operations(0)
    most = int(np.ceil(2 * more.there))
    whole = operations(most) - today
    half = 1.96 * whole.std(ddof=1) / np.sqrt(pairs)
    if whole.mean() - half <= 0:
        return None
    goal, low, high = share * whole.mean(), 0, most
    tried = {0: 0.0, most: float(whole.mean())}
    while high - low > 1:
        middle = (low + high) // 2
        tried[middle] = float((operations(middle) - today).mean())
        low, high = (low, middle) if tried[middle] >= goal else (middle, high)
    mean = float(today.mean())
    return Enough(more, high, tried[high], float(goal), tried[most], mean, tuple(sorted(tried.items())))
