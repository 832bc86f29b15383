"""The question itself: buy or make, at what price and volume, how sure, and what stays behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from flowsim.measures.runs import treatment_step
from flowsim.questions.answer import Answer
from flowsim.questions.asked import Asked
from flowsim.questions.outcome import Outcome
from flowsim.questions.outsource import sheet
from flowsim.questions.outsource.alternatives import Alternative, alternatives
from flowsim.questions.outsource.beside import Beside, beside, incomes
from flowsim.questions.outsource.options import PER_WEEK, Own, Terms, own_lists, terms_of
from flowsim.questions.outsource.own_costs import OwnCosts, PerPatient, per_patient
from flowsim.questions.outsource.per_extra import PerExtra
from flowsim.questions.outsource.runs import (
    Bench,
    Point,
    Sizes,
    Unsure,
    Volume,
    break_even_volume,
    frontier,
    simulated,
    unsure,
)
from flowsim.questions.ranges import Input, drawn, load_ranges
from flowsim.questions.refusing import refused
from flowsim.questions.wording import Said
from flowsim.schema import ScenarioModel, Split
from flowsim.schema.ranges import UNIT_COSTS

YEAR_WEEKS = 52
BESIDE_SHARE = 0.3


@dataclass(frozen=True)
class Found:
    """All that was found."""

    terms: Terms
    own: Own
    cost: PerPatient
    stays: float
    """SEK per bought patient that stays with us, variable."""
    four: tuple[Alternative, ...]
    simulated: PerExtra
    reached: bool
    unsure: Unsure
    points: tuple[Point, ...]
    volume: Volume
    beside: Beside
    income: tuple[tuple[Said, ...], dict[str, np.ndarray]]
    inputs: tuple[Input, ...]
    weeks: int

    @property
    def bought_sek(self) -> float:
        """SEK per bought patient, with what stays with us."""
        return self.terms.price_sek + self.stays

    @property
    def break_even(self) -> float:
        """The price at which the simulated lists and buying cost the same."""
        return self.simulated.sek - self.stays


def ask(
    asked: Asked,
    price: float,
    step: str = "",
    shares: Sequence[float] = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
    groups: Sequence[str] = (),
    own: str | Path | None = None,
    per_week: float = PER_WEEK,
    ranges: str | Path | None = None,
    stays_at_home: float | None = None,
    lead_time: str = "6 weeks",
    weekly_cap: int | None = None,
    yearly_cap: int | None = None,
    sizes: Sizes | None = None,
) -> Answer:
    """Buy or make more operations, the first year, to the region.

    Args:
        asked: the scenario and its runs; it must name a unit cost file.
        price: SEK per bought patient.
        step: the step to be bought; default the guarantee's treatment.
        shares: shares of those who may go, for the frontier.
        groups: those who may go; default all of our own, never the urgent.
        own: file with our own lists (extra_operations, with what they need); default `per_week` evening lists.
        per_week: extra operations a week of our own, where no file says.
        ranges: file of inputs that are not known exactly (see `flowsim.schema.ranges`).
        stays_at_home: SEK per bought patient that stays with us; default what contacts after the treatment cost.
        lead_time, weekly_cap, yearly_cap: the provider's.
        sizes: how many runs each part gets.

    Raises:
        InputError: a faulty file, an unknown group, no unit costs, no treatment to buy.
    """
    scenario = asked.base.scenario
    if scenario.unit_costs is None:
        raise refused(asked.base.path, "unit_costs", "names no unit cost file: own costs cannot be counted.")
    treatment = step or treatment_step(asked.today.plan.setting)
    if treatment not in scenario.model.pathway:
        message = "there is no such step; without it the guarantee's treatment is meant, if there is one."
        raise refused(asked.base.path, "--step", message)
    terms = terms_of(asked, treatment, price, groups, lead_time=lead_time, weekly_cap=weekly_cap, yearly_cap=yearly_cap)
    lists = own_lists(asked, treatment, own, per_week)
    weeks = min(YEAR_WEEKS, scenario.model.horizon.weeks)
    bench = Bench(asked, weeks, Outcome(scenario.unit_costs), sizes or Sizes())
    inputs = load_ranges(ranges) if ranges is not None else ()
    cost = _own_costs(asked, treatment, terms, lists, bench.sizes.point)
    stays = cost.after_variable if stays_at_home is None else stays_at_home
    found = _found(bench, terms, lists, cost, stays, stays_at_home, inputs, shares)
    return sheet.answer(asked, bench, found)


def _found(
    bench: Bench, terms: Terms, own: Own, cost: PerPatient, stays: float, stays_said: float | None,
    inputs: tuple[Input, ...], shares: Sequence[float],
) -> Found:  # fmt: skip
    """Everything, the simulated cost per extra operation first."""
    simulated_, _, reached = simulated(bench, own)
    four = alternatives(cost, stays_said, _factors(inputs, bench.asked.runs.seed))
    prices = [terms.price_sek, *([simulated_.sek - stays] if simulated_.defined else [])]
    unsure_ = unsure(bench, own, inputs, prices, stays, simulated_.pairs)
    volume = break_even_volume(bench, own, terms.price_sek, stays)
    kinds = [terms.groups, *([(one,) for one in terms.groups] if 1 < len(terms.groups) <= 2 else [])]
    points = frontier(bench, own, terms, shares, kinds)
    ways: dict[str, Sequence[Mapping[str, Any]]] = {"": [], "own_lists": list(own.raised)}
    ways[f"bought_{round(100 * BESIDE_SHARE)}"] = terms.changes(BESIDE_SHARE)
    return Found(
        terms, own, cost, stays, tuple(four), simulated_, reached, unsure_, tuple(points), volume,
        beside(bench, terms, BESIDE_SHARE), incomes(bench, ways), inputs, bench.weeks,
    )  # fmt: skip


def _factors(inputs: Sequence[Input], seed: int) -> list[float]:
    """Draws of the factor on our own unit costs, none where it is taken as known."""
    mine = [one for one in inputs if one.range.where == UNIT_COSTS]
    return [float(value) for value in drawn(mine[:1], 200, seed)[:, 0]] if mine else []


def _own_costs(asked: Asked, treatment: str, terms: Terms, own: Own, count: int) -> PerPatient:
    """What a patient costs us by part of the way, and what the lists cost per slot."""
    model = asked.base.scenario.model
    ahead = _ahead(model, treatment)
    lead = model.pathway[treatment].needs[0][0]
    sides = {side for step in model.pathway.values() if step.stay for side in step.stay.until}
    theirs = {name for name in ahead if model.pathway[name].needs and model.pathway[name].needs[0][0] == lead}
    after = tuple(name for name in model.pathway if name in ahead - theirs - sides - {treatment})
    others = {*after, treatment}
    before = tuple(
        name for name in model.pathway if name in _ahead(model, terms.at) | {terms.at} and name not in others
    )
    measure = OwnCosts(str(asked.base.scenario.unit_costs), treatment, before, after, terms.groups)
    lists = asked.base.case(f"{asked.base.scenario.name}_own_lists", list(own.raised))
    today, raised = (asked.runs.evaluate(case, measure, range(count)) for case in (asked.today, lists))
    return per_patient(today, raised)


def _ahead(model: ScenarioModel, name: str) -> set[str]:
    """All steps that may come after one, side steps of its stay too."""
    seen: set[str] = set()
    todo = [name]
    while todo:
        step = model.pathway[todo.pop()]
        then = step.then
        targets: set[str] = set(step.stay.until) if step.stay else set()
        if isinstance(then, Split):
            targets |= {*then.branches, then.join}
        elif then is not None:
            targets |= {target for group in model.groups for target, share in then.targets(group) if share}
        fresh = {one for one in targets if one in model.pathway} - seen
        seen |= fresh
        todo += sorted(fresh)
    return seen
