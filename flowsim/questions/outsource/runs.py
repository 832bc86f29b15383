"""The runs behind buy or make: our own lists against today in blocks, inputs drawn, the frontier, the volume."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from flowsim.questions.asked import Asked
from flowsim.questions.outcome import Kept, Outcome, kept
from flowsim.questions.outsource.frontier import dominated, smallest_volume
from flowsim.questions.outsource.options import Own, Terms
from flowsim.questions.outsource.per_extra import PerExtra, per_extra
from flowsim.questions.ranges import Input, drawn
from flowsim.questions.uncertainty import Uncertainty, split
from flowsim.schema.ranges import PRICE, UNIT_COSTS

BLOCK, PRECISE, MONEY_DRAWS, LEAST_DRAWS = 100, 0.02, 200, 5


@dataclass(frozen=True)
class Sizes:
    """How many runs each part gets."""

    first: int = 100
    """Pairs of our own lists and today, at first; then blocks of 100."""
    most: int = 800
    point: int = 20
    """Of a point of the frontier, and of a step of the bisection."""
    outer: int = 60
    """Draws of the inputs, `inner` runs of each."""
    inner: int = 20
    most_per_week: int = 12
    """Extra operations a week up to which the break-even volume is looked for."""


@dataclass
class Bench:
    """The scenario, how long, and what is measured."""

    asked: Asked
    weeks: int
    measure: Outcome
    sizes: Sizes = Sizes()

    def time_for(self, part: float) -> bool:
        """Is more than this part of the time left?"""
        return self.asked.runs.left() > part * self.asked.runs.seconds

    def kept(self, name: str, changes: Sequence[Mapping[str, Any]], replications: range) -> Kept:
        """Runs of the scenario with some changes."""
        base = self.asked.base
        case = base.case(f"{base.scenario.name}_{name}", list(changes)) if changes else self.asked.today
        return kept(self.asked.runs, case, self.measure, replications, self.weeks)

    def pair(self, name: str, changes: Sequence[Mapping[str, Any]], replications: range) -> dict[str, np.ndarray]:
        """Differences to the scenario as it is, by replication."""
        today, changed = self.kept("", (), replications), self.kept(name, changes, replications)
        return {of: changed[of] - today[of] for of in ("total_cash_sek", "operations", "unused_capacity_sek",
                                                       "waiting_days", "bought", "full_cost_sek")}  # fmt: skip


def simulated(bench: Bench, own: Own) -> tuple[PerExtra, dict[str, np.ndarray], bool]:
    """Added cost per extra operation of our own lists; blocks of 100 until within 2 %, 800 are made, or time is up."""
    count = bench.sizes.first
    while True:
        pair = bench.pair("own_lists", own.raised, range(count))
        found = per_extra(pair["total_cash_sek"], pair["operations"], bench.asked.runs.seed)
        reached = found.relative <= PRECISE or not found.defined
        if reached or count >= bench.sizes.most or not bench.time_for(0.7):
            return found, pair, reached
        count = min(bench.sizes.most, count + BLOCK)


@dataclass(frozen=True)
class Unsure:
    """How sure buying is cheaper, and from how many draws of the inputs."""

    at_price: Mapping[float, Uncertainty]
    outer: int
    inner: int
    names: tuple[str, ...]


def unsure(
    bench: Bench, own: Own, inputs: Sequence[Input], prices: Sequence[float], stays: float, pairs: int = 20
) -> Unsure:
    """D = our own lists - the same operations bought, with all inputs drawn within their ranges, at each price.

    Every draw of the inputs gets the same luck. Prices and unit costs reuse the volumes: 200 draws each.
    """
    seed = bench.asked.runs.seed
    of_scenario = [one for one in inputs if not one.of_money]
    if not of_scenario:
        return _luck_alone(bench, own, inputs, prices, stays, pairs)
    values = drawn(of_scenario, bench.sizes.outer, seed)
    cost, extra = [], []
    for k, row in enumerate(values):
        if k >= LEAST_DRAWS and not bench.time_for(0.35):
            break
        scenario = bench.asked.base.scenario
        changes = [c for one, value in zip(of_scenario, row, strict=True) for c in one.changes(value, scenario)]
        today = bench.kept(f"input_{k}", changes, range(bench.sizes.inner))
        more = bench.kept(f"input_{k}_own", [*changes, *own.raised], range(bench.sizes.inner))
        cost.append(more["total_cash_sek"] - today["total_cash_sek"])
        extra.append(more["operations"] - today["operations"])
    found = _at_prices(np.array(cost), np.array(extra), inputs, prices, stays, seed)
    return Unsure(found, len(cost), bench.sizes.inner, tuple(one.name for one in inputs))


def _luck_alone(
    bench: Bench, own: Own, inputs: Sequence[Input], prices: Sequence[float], stays: float, pairs: int
) -> Unsure:
    """The same with the scenario's inputs as known: the pairs that the cost per extra operation is counted from."""
    pair = bench.pair("own_lists", own.raised, range(max(2, pairs)))
    cost, extra = (np.array([pair[of]] * 2) for of in ("total_cash_sek", "operations"))
    found = _at_prices(cost, extra, inputs, prices, stays, bench.asked.runs.seed)
    return Unsure(found, MONEY_DRAWS if inputs else 1, cost.shape[1], tuple(one.name for one in inputs))


def _at_prices(
    cost: np.ndarray, extra: np.ndarray, inputs: Sequence[Input], prices: Sequence[float], stays: float, seed: int
) -> dict[float, Uncertainty]:
    """D at each price from cost and operations (rows inputs, columns years), prices and unit costs drawn."""
    scales, premiums = (_money(inputs, of, seed) for of in (UNIT_COSTS, PRICE))
    if not inputs:
        scales, premiums = scales[:1], premiums[:1]
    found = {}
    for price in prices:
        draws = zip(scales, price + premiums, strict=True)
        found[price] = split(np.concatenate([scale * cost - extra * (one + stays) for scale, one in draws]))
    return found


def _money(inputs: Sequence[Input], of: str, seed: int) -> np.ndarray:
    """Draws of a price input: factors of our unit costs, or SEK to lay on the price asked about."""
    found = [one for one in inputs if one.range.where == of]
    neutral = 1.0 if of == UNIT_COSTS else 0.0
    if not found:
        return np.full(MONEY_DRAWS, neutral)
    values = drawn(found[:1], MONEY_DRAWS, seed)[:, 0]
    return values if of == UNIT_COSTS else values - found[0].middle


@dataclass(frozen=True)
class Point:
    """One way to clear the queue: what share of whom is bought, our own lists or not, cost and date."""

    share: float
    groups: tuple[str, ...]
    own: bool
    added_cost_sek: float
    day: float
    """Median of the day on which nobody waits too long; infinite where most runs never reach it."""
    reached: float
    """Share of the runs that do."""
    own_operations: float
    bought: float
    dominated: bool = False


def frontier(
    bench: Bench, own: Own, terms: Terms, shares: Sequence[float], groups: Sequence[tuple[str, ...]]
) -> list[Point]:
    """Every share x groups, with and without our own lists, 20 runs each; which points another beats is marked."""
    made = []
    for with_own in (False, True):
        for kinds in groups:
            for share in shares:
                needed = kinds == groups[0] and share in (shares[0], shares[-1])
                if (share == 0 and kinds != groups[0]) or not (needed or bench.asked.runs.in_time):
                    continue
                made.append(_point(bench, own, terms, share, kinds, with_own))
    beaten = dominated([one.added_cost_sek for one in made], [one.day for one in made])
    return [Point(**{**vars(one), "dominated": lost}) for one, lost in zip(made, beaten, strict=True)]


def _point(bench: Bench, own: Own, terms: Terms, share: float, kinds: tuple[str, ...], with_own: bool) -> Point:
    changes = [*terms.changes(share, kinds), *(own.raised if with_own else ())]
    name = f"bought_{round(100 * share)}_{'_'.join(kinds)}{'_own' if with_own else ''}"
    reach = range(bench.sizes.point)
    pair, runs = bench.pair(name, changes, reach), bench.kept(name, changes, reach)
    days = np.where(np.isnan(runs["cleared_day"]), np.inf, runs["cleared_day"])
    finite = np.isfinite(days)
    day = float(np.median(days)) if finite.mean() > 0.5 else float("inf")
    return Point(share, kinds, with_own, float(pair["total_cash_sek"].mean()), day, float(finite.mean()),
                 float(pair["operations"].mean()), float(pair["bought"].mean()))  # fmt: skip


@dataclass(frozen=True)
class Volume:
    """From how many operations a week on buying costs less than lists of our own in the capacity there is."""

    per_week: float | None
    """None: not within what was looked at."""
    most: float
    tried: tuple[tuple[float, float], ...]
    """(operations a week, our added cost per extra operation)."""


def break_even_volume(bench: Bench, own: Own, price: float, stays: float) -> Volume:
    """The smallest whole number a week at which D > 0, by bisection, 20 runs of each."""
    most = bench.sizes.most_per_week
    tried: dict[float, float] = {}

    def gain(per_week: int) -> float:
        pair = bench.pair(f"lists_{per_week}", own.alone(per_week), range(bench.sizes.point))
        extra = float(pair["operations"].sum())
        tried[per_week] = float(pair["total_cash_sek"].sum()) / extra if extra > 0 else float("inf")
        return tried[per_week] - stays - price

    found = smallest_volume(gain, most)
    return Volume(None if found is None else float(found), float(most), tuple(sorted(tried.items())))
