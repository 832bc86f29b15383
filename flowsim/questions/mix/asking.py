"""The question itself: the best spread of a budget, with what certainty, and which other spreads are as good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from flowsim.questions.answer import Answer
from flowsim.questions.asked import Asked
from flowsim.questions.bottleneck.resources import raisable
from flowsim.questions.cases import Case
from flowsim.questions.mix import sheet
from flowsim.questions.mix.levers import Design, Lever, designs_of, of_buying, of_capacity, of_file
from flowsim.questions.mix.selection import CERTAINTY, FIRST, MOST, Selection, select
from flowsim.questions.mix.shortlist import added_up, held, may_hold, shortlist
from flowsim.questions.outcome import Kept, Outcome, kept
from flowsim.questions.refusing import check_names, check_treatment, refused

YEAR_WEEKS = 52
BLOCK = 10
"""Runs added to each survivor between two screenings."""
CHECKED = 200
"""Years in which the chosen mix's budget is looked at: few would let through what was kept by luck."""
GOALS = {"waiting": ("waiting_days", -1.0), "operations": ("operations", 1.0)}
"""What may be asked for, and the sign of a gain in it."""


@dataclass
class Tried:
    """Designs' runs against the scenario as it is."""

    asked: Asked
    designs: Sequence[Design]
    goal: str
    weeks: int
    measure: Outcome
    cases: dict[int, Case] = field(default_factory=dict)
    checked: dict[int, int] = field(default_factory=dict)
    """Designs whose budget was looked at, and in how many years."""

    def kept(self, design: int, replications: range) -> Kept:
        """Runs of one design."""
        if design not in self.cases:
            one = self.designs[design]
            base = self.asked.base
            name = f"{base.scenario.name}_{one.key}"
            changes = list(one.changes)
            self.cases[design] = base.case(name, changes, one.label.en, one.label.sv) if changes else self.asked.today
        return kept(self.asked.runs, self.cases[design], self.measure, replications, self.weeks)

    def change(self, design: int, of: str, replications: range) -> np.ndarray:
        """Difference to the scenario as it is, by replication."""
        return self.kept(design, replications)[of] - self.kept(0, replications)[of]

    def gains(self, designs: Sequence[int], first: int, count: int) -> np.ndarray:
        """Gain in the goal, (designs, replications)."""
        name, sign = GOALS[self.goal]
        reach = range(first, first + count)
        return np.array([sign * self.change(k, name, reach) for k in designs])


def ask(
    asked: Asked,
    budget: float,
    goal: str = "waiting",
    delta: float | None = None,
    confidence: float = 0.9,
    levers: Sequence[str] = (),
    options: Sequence[str | Path] = (),
    prices: Mapping[str, float] | None = None,
    buy_price: float | None = None,
    buy_shares: Sequence[float] = (0.06, 0.12),
    stays_at_home: float = 1500.0,
    most: int = MOST,
) -> Answer:
    """The best use of a budget in a year: a step or two more of some resources, care bought, changes made.

    Args:
        asked: the scenario and its runs; it must name a unit cost file.
        budget: SEK in the first 52 weeks, added cash cost: capacity, variable costs of more patients, care bought.
        goal: waiting (patient-days in all queues) or operations.
        delta: the smallest difference in the goal that would be acted on; default 1 % of what it is today.
        confidence: the share of years in which the budget must hold.
        levers: resources that may be raised; default every limited one with a price.
        options: files of changes, each done or not (a shorter stay).
        prices: SEK per unit offered by resource; default the unit costs' reference rates.
        buy_price: SEK per patient treated by another provider; None: nothing is bought.
        buy_shares: shares of the patients offered it.
        stays_at_home: SEK per bought patient that stays with us.
        most: runs of a design at most.

    Raises:
        InputError: an unknown goal or lever, no unit costs, or nothing to spend on.
    """
    check_names(asked.base.path, "--goal", "goal", [goal], list(GOALS))
    check_treatment(asked.base.path, asked.today.plan.setting)
    found = _levers(asked, levers, options, prices or {}, buy_price, buy_shares, stays_at_home)
    weeks = min(YEAR_WEEKS, asked.base.scenario.model.horizon.weeks)
    measure = Outcome(asked.base.scenario.unit_costs)
    designs = _worth_running(asked, found, budget, goal, weeks, measure)
    tried = Tried(asked, designs, goal, weeks, measure)
    today = tried.kept(0, range(FIRST))[GOALS[goal][0]]
    least = delta or 0.01 * abs(float(today.mean()))
    affordable = [k for k in range(len(designs)) if k == 0 or _may(tried, k, budget, confidence)]
    selection, affordable = _selected(tried, affordable, least, budget, confidence, most)
    return sheet.answer(asked, tried, selection, affordable, budget, least, confidence)


def _levers(
    asked: Asked, names: Sequence[str], options: Sequence[str | Path], prices: Mapping[str, float],
    buy_price: float | None, buy_shares: Sequence[float], stays_at_home: float,
) -> list[Lever]:  # fmt: skip
    scenario = asked.base.scenario
    if scenario.unit_costs is None:
        raise refused(asked.base.path, "unit_costs", "names no unit cost file, so no budget can be counted.")
    known = list(scenario.model.resources)
    check_names(asked.base.path, "--lever", "resource", names, known)
    check_names(asked.base.path, "--price", "resource", prices, known)
    made = []
    for more in raisable(scenario.model, asked.today.plan, asked.unit_costs, prices, names):
        if more.sek_per_unit > 0 or names:
            made.append(of_capacity(more, {}, bool(getattr(scenario.model.resources[more.name], "season", ()))))
    made += [of_file(Path(one)) for one in options]
    if buy_price is not None:
        made.append(of_buying(scenario, buy_price, buy_shares, stays_at_home))
    if not made:
        raise refused(asked.base.path, "--lever", "there is nothing to spend on: no limited resource has a price.")
    return made


def _worth_running(
    asked: Asked, levers: Sequence[Lever], budget: float, goal: str, weeks: int, measure: Outcome
) -> list[Design]:
    """The designs to run: each lever's first levels alone, added up, and the shortlist of all mixes."""
    every = designs_of(levers)
    alone = {design.picks: k for k, design in enumerate(every)}
    tried = Tried(asked, every, goal, weeks, measure)
    name, sign = GOALS[goal]
    cash, gain = [], []
    for k, lever in enumerate(levers):
        places = [
            alone[tuple(level if j == k else 0 for j in range(len(levers)))] for level in range(len(lever.levels))
        ]
        cash.append([float(tried.change(place, "total_cash_sek", range(FIRST)).mean()) for place in places])
        gain.append([sign * float(tried.change(place, name, range(FIRST)).mean()) for place in places])
    chosen = shortlist(added_up([design.picks for design in every], cash, gain), budget)
    return [every[k] for k in sorted(chosen)]


def _may(tried: Tried, design: int, budget: float, confidence: float) -> bool:
    return may_hold(tried.change(design, "total_cash_sek", range(FIRST)), budget, confidence)


def _selected(
    tried: Tried, affordable: list[int], delta: float, budget: float, confidence: float, most: int
) -> tuple[Selection, list[int]]:
    """KN among those that may be afforded; a winner that breaks the budget in too many of its years is put aside."""
    while True:
        standing = list(affordable)

        def values(picked: Sequence[int], first: int, count: int, standing: list[int] = standing) -> np.ndarray:
            return tried.gains([standing[k] for k in picked], first, count)

        selection = select(values, len(standing), delta, alpha=1 - CERTAINTY, most=most, step=BLOCK)
        chosen, made = standing[selection.chosen], int(selection.runs[selection.chosen])
        years = max(made, min(CHECKED, most) if tried.asked.runs.in_time else 0)
        tried.checked[chosen] = years
        if chosen == 0 or held(tried.change(chosen, "total_cash_sek", range(years)), budget) >= confidence:
            return selection, standing
        affordable = [k for k in standing if k != chosen]
