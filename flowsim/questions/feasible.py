"""Can it be done at all? The run without limit, what stands in the way, and the smallest relief that is enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations

import numpy as np

from flowsim import arithmetic
from flowsim.questions.candidates import Candidates, Relief
from flowsim.questions.cases import Case
from flowsim.questions.extra import prices_of
from flowsim.questions.search import Chance, Rule, Search, Smallest, wilson

PROOF, PROOF_BLOCK, REASONS = 300, 60, 60
"""Replications at most of the run without limit, how many at a time, and of each run with one resource unlimited."""
LEAST = 20
"""Replications with which a proof begins, and fewest that a reason is judged by."""
LATER_WEEKS = 4
"""Steps in which a later date is sought."""
FOR_REASONS = 0.25
"""Share of the time left that finding reasons may take."""
WEEKS_FOR_ALL = 4
"""The run without limit could operate the whole queue in so many weeks."""


@dataclass(frozen=True)
class Proof:
    """The chance with the step, its beds and its staff without limit."""

    chance: Chance
    level: float

    @property
    def infeasible(self) -> bool:
        """Is even that surely too little?"""
        return self.chance.high < self.level


@dataclass(frozen=True)
class Way:
    """The smallest relief of one resource, and the search for operations that it was found at."""

    relief: Relief
    operations: int
    """Number of extra operations (in units) at which it was sought."""
    tried: tuple[Chance, ...]
    """Chance by amount of relief, in its units."""


def chance_of(reached: np.ndarray, number: int = 0) -> Chance:
    """A share with its Wilson limits."""
    n, yes = len(reached), int(reached.sum())
    return Chance(number, yes / n if n else np.nan, *wilson(yes, n), n)


def proof(of: Candidates, replications: int = PROOF) -> Proof:
    """Step 1: the run without limit, until its interval lies above or below the level."""
    case = _unlimited(of)
    for n in (LEAST, *range(PROOF_BLOCK, replications + 1, PROOF_BLOCK)):
        found = chance_of(of.yes(case, range(n)))
        if found.low > of.goal.level or found.high < of.goal.level:
            break
    return Proof(found, of.goal.level)


def _unlimited(of: Candidates) -> Case:
    """The step, its staff and its beds with more than they can use."""
    much = max(50.0, float(round(_queue(of) / WEEKS_FOR_ALL)))
    return of.made("without_limit", of.lists.unlimited(much), much)


def _without_limit(of: Candidates, replications: int) -> Chance:
    return chance_of(of.yes(_unlimited(of), range(replications)))


def _queue(of: Candidates) -> float:
    listed = of.asked.today.plan.recipe
    return float(sum(start.patients for start in listed.starts if start.kind == "queue")) if listed else 0.0


def others(of: Candidates) -> list[Relief]:
    """Resources that may stand in the way: all but the step's own."""
    made = of.asked.today.plan
    names = [step.name for step in made.steps]
    lead = made.steps[names.index(of.goal.step)].lead
    prices = prices_of(of.asked)
    planned = arithmetic.planned_per_week(made)
    found = []
    for k, one in enumerate(made.resources):
        if k != lead and not one.unlimited and planned[k] > 0:
            weekly = float(planned[k]) if one.kind == "slots" else 0.0
            unit, plenty = float(max(1, round(0.03 * weekly))), max(2.0 * weekly, 100.0)
            found.append(Relief(one.name, one.kind, 0.0, prices.get(one.name, 0.0), unit, plenty))
    return found


def reasons(of: Candidates, at: int, replications: int = REASONS) -> list[tuple[Relief | None, Chance]]:
    """The chance at a number with one other resource unlimited at a time; None: with nothing unlimited. Best first."""
    found: list[tuple[Relief | None, Chance]] = []
    each = (None, *others(of))
    replications = min(replications, max(LEAST, of.asked.runs.affordable(FOR_REASONS) // len(each)))
    for one in each:
        case = _with(of, one and replace(one, amount=one.plenty)).case(at)
        found.append((one, chance_of(of.yes(case, range(replications)))))
    return sorted(found, key=lambda pair: -pair[1].share)


def _with(of: Candidates, relief: Relief | None) -> Candidates:
    if relief is None:
        return of
    item = of.lists.relieved(relief.resource, relief.kind, relief.amount, relief.price)
    before = tuple(one for one in of.further if one.get("extra_capacity", {}).get("resource") != relief.resource)
    suffix = f"{of.suffix}_{relief.resource}_{relief.amount:g}"
    return replace(of, further=(*before, item), suffix=suffix)


def relieved(of: Candidates, relief: Relief) -> Candidates:
    """The candidates with that much relief."""
    return _with(of, relief)


def smallest_relief(
    of: Candidates, relief: Relief, largest: int, rule: Rule, in_time: Callable[[], bool]
) -> Way | None:
    """The number needed with plenty of the resource, then the smallest relief at one more; None if none does it.

    One more, since at the number itself plenty is only just enough: whether a relief were as good would turn on one
    replication in fifty, and the search could run off to far too much. What it is enough for is searched afterwards.
    """
    plenty = relieved(of, replace(relief, amount=relief.plenty))
    operations = Search(plenty.reached, largest, rule, in_time).find([of.goal.level])[of.goal.level].number
    if operations is None:
        return None
    operations = min(operations + 1, largest)

    def oracle(number: int, replications: np.ndarray) -> np.ndarray:
        amount = replace(relief, amount=number * relief.unit)
        case = (relieved(of, amount) if number else of).case(operations)
        return of.yes(case, replications)

    search = Search(oracle, 16, rule, in_time)
    found: Smallest = search.find([of.goal.level])[of.goal.level]
    if found.advised is None or found.number is None:
        return None
    number = min(found.advised, 16)
    return Way(replace(relief, amount=number * relief.unit), operations, tuple(search.curve()))


def pair_of(
    of: Candidates, ranked: Sequence[Relief], replications: int = REASONS
) -> tuple[Relief, Relief, Chance] | None:
    """The first two resources that, both unlimited, make it possible without limit on operations; None if none do."""
    for first, second in combinations(ranked, 2):
        both = relieved(relieved(of, replace(first, amount=first.plenty)), replace(second, amount=second.plenty))
        chance = _without_limit(both, replications)
        if chance.share >= of.goal.level:
            return first, second, chance
    return None


def earliest(of: Candidates, replications: int = REASONS) -> tuple[date, Chance] | None:
    """The first date, in steps of four weeks, at which it is possible without limit; None inside the horizon."""
    last = of.asked.base.scenario.model.horizon.last
    for weeks in range(LATER_WEEKS, 53, LATER_WEEKS):
        by = of.goal.by + timedelta(weeks=weeks)
        if by > last:
            return None
        lists = replace(of.lists, ends=of.lists.ends + timedelta(weeks=weeks))
        later = replace(of, goal=replace(of.goal, by=by), lists=lists, suffix=f"{of.suffix}_{weeks}_weeks_later")
        chance = _without_limit(later, replications)
        if chance.share >= of.goal.level:
            return by, chance
    return None
