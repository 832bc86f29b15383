"""What can be worked out by hand: expected visits, the load of each resource, and five numbers of a waiting list.

Beside the simulation, never instead of it: no luck, no queue that runs dry, nobody who leaves because of the wait,
every week the average one. Expected visits solve one linear equation per group and period: visits = arrivals from
outside + visits x routes. Where these numbers and the simulated ones differ much, the difference is luck, season or
the next bottleneck.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from flowsim import chance
from flowsim.plan import capacity
from flowsim.plan.model import BACK, Plan
from flowsim.plan.recipe import DatedSource, Recipe, StepLuck
from flowsim.tables import DAY_S, WEEK_S

RELIEF_WEEKS = 26
"""Weeks in which a queue that is too long is to be worked off, unless another number is given."""
MEAN_OF_TARGET = 0.25
"""A mean wait of a quarter of the target leaves about 2 % over it, if waits are exponential.

Source: Fong et al. 2022, Simple rules for waiting list management (medRxiv 2022.08.23.22279117).
"""


@dataclass(frozen=True)
class WaitingList:
    """Five numbers of a waiting list: what comes in, what can be done, what waits, and for how long it should.

    Patients, per week. Source: Fong et al. 2022; weekly pace (veckotakt) as Region Skåne used it after the pandemic.
    """

    inflow: float
    capacity: float
    queue: float
    target_wait_weeks: float
    relief_weeks: float = RELIEF_WEEKS

    @property
    def load(self) -> float:
        """Inflow over capacity."""
        return self.inflow / self.capacity if self.capacity else float("inf") if self.inflow else 0.0

    @property
    def growth_per_week(self) -> float:
        """Patients the queue grows by in a week; negative when it shrinks."""
        return self.inflow - self.capacity

    @property
    def target_queue(self) -> float:
        """The queue that gives the target as a rule: inflow x a quarter of the target wait."""
        return self.inflow * self.target_wait_weeks * MEAN_OF_TARGET

    @property
    def queue_ratio(self) -> float:
        """Queue over target queue."""
        return self.queue / self.target_queue if self.target_queue else float("inf") if self.queue else 0.0

    @property
    def relief_capacity(self) -> float:
        """Operations a week that bring the queue to its target in `relief_weeks`; never below the even pace."""
        return self.inflow + max(0.0, self.queue - self.target_queue) / self.relief_weeks

    @property
    def weekly_pace(self) -> float:
        """Operations a week that keep even with the inflow (veckotakt)."""
        return self.inflow

    def queue_after(self, weeks: float) -> float:
        """The queue after so many weeks at this capacity; not below 0."""
        return max(0.0, self.queue + self.growth_per_week * weeks)


@dataclass(frozen=True)
class Load:
    """One resource: what is asked of it in an average week, and what is planned (slots, server-hours, place-days)."""

    resource: str
    unit: str
    asked_per_week: float
    planned_per_week: float

    @property
    def load(self) -> float:
        """Asked over planned; infinite where nothing is planned, 0 where it is unlimited."""
        if self.planned_per_week == 0:
            return float("inf") if self.asked_per_week else 0.0
        return self.asked_per_week / self.planned_per_week


@dataclass(frozen=True)
class Expected:
    """Averages over the reported horizon, per week; rows of arrays are steps, columns groups."""

    arrivals: np.ndarray
    visits: np.ndarray
    """Patients who join the step, whether or not they come at once, first bookings only."""
    attempts: np.ndarray
    """Bookings, with those after a no-show or a late cancellation."""
    done: np.ndarray
    """Visits that take place."""
    asked: np.ndarray
    """(resource, step): units asked of each resource by each step."""


def loads(plan: Plan) -> list[Load]:
    """Each resource's load in an average week of the horizon, in plan order."""
    expected = expect(plan)
    planned = planned_per_week(plan)
    return [
        Load(info.name, info.unit, float(expected.asked[k].sum()), float(planned[k]))
        for k, info in enumerate(plan.setting.resources)
    ]


def waiting_list(plan: Plan, relief_weeks: float = RELIEF_WEEKS) -> WaitingList | None:
    """The waiting list for treatment (the guarantee's step); None where no treatment is named or nothing limits it.

    Capacity is what the step's lead resource has left after its other work, less what no-shows and late
    cancellations take. The queue is everybody at the start whose wait counts from the decision.
    """
    found = next(((step, days) for step, days, decision in plan.due_days if decision), None)
    if found is None or plan.steps[found[0]].lead < 0 or plan.resources[plan.steps[found[0]].lead].unlimited:
        return None
    step, days = found
    lead = plan.steps[step].lead
    expected, recipe = expect(plan), _recipe(plan)
    others = expected.asked[lead].sum() - expected.asked[lead, step]
    per_done = expected.asked[lead, step] / expected.done[step].sum() if expected.done[step].sum() else 1.0
    queue = sum(start.patients for start in recipe.starts if start.kind == "queue" and start.decision)
    return WaitingList(
        inflow=float(expected.done[step].sum()),
        capacity=float(max(0.0, planned_per_week(plan)[lead] - others) / per_done),
        queue=float(queue),
        target_wait_weeks=days / 7,
        relief_weeks=relief_weeks,
    )


def planned_per_week(plan: Plan) -> np.ndarray:
    """Slots, server-hours, place-days planned in an average week, by resource, all tranches; infinite if unlimited."""
    recipe = _recipe(plan)
    unit = {"slots": 1.0, "staff": 3600.0, "places": float(DAY_S)}
    weeks = (plan.end / WEEK_S) if plan.end else 1.0
    return np.array(
        [
            np.inf if r.unlimited else capacity.planned(layout, recipe.grid).sum() / unit[r.kind] / weeks
            for r, layout in zip(plan.resources, recipe.layouts, strict=True)
        ]
    )


def expect(plan: Plan) -> Expected:
    """Expected arrivals, visits and work per week, averaged over the horizon's periods by their length."""
    recipe = _recipe(plan)
    shape = (len(plan.steps), len(recipe.groups))
    total = {name: np.zeros(shape) for name in ("arrivals", "visits", "attempts", "done")}
    asked = np.zeros((len(plan.resources), len(plan.steps)))
    for period, days in enumerate(_days(plan)):
        if not days:
            continue
        weight = 7.0 * days / (plan.end / DAY_S)
        arrivals = _arrivals(plan, recipe, period) / days
        visits, attempts, done = _visits(plan, recipe.steps[period], arrivals)
        for name, part in (("arrivals", arrivals), ("visits", visits), ("attempts", attempts), ("done", done)):
            total[name] += weight * part
        asked += weight * _asked(plan, recipe, period, attempts, done)
    return Expected(**total, asked=asked)


def _recipe(plan: Plan) -> Recipe:
    if plan.recipe is None:
        raise ValueError("this plan has no recipe to reckon with: make it with flowsim.plan.build")
    return plan.recipe


def _days(plan: Plan) -> list[int]:
    """Days of the reported horizon in each period."""
    edges = [max(0, start) // DAY_S for start in plan.periods] + [plan.end // DAY_S]
    return [max(0, b - a) for a, b in pairwise(edges)]


def _arrivals(plan: Plan, recipe: Recipe, period: int) -> np.ndarray:
    """Expected arrivals inside the horizon in one period, (step, group)."""
    out = np.zeros((len(plan.steps), len(recipe.groups)))
    days = recipe.grid.days
    inside = (days >= 0) & (days < plan.end // DAY_S) & (recipe.period_of_day == period)
    for rate in recipe.rates:
        per_day = [rate.per_day(group, recipe.period_of_day).reshape(-1) for group in range(len(recipe.groups))]
        out[rate.step] += np.stack(per_day)[:, inside].sum(axis=1)
    for dated in recipe.dated:
        begins = max(0, plan.periods[period])
        ends = plan.periods[period + 1] if period + 1 < len(plan.periods) else plan.end
        met = (dated.start >= begins) & (dated.start < ends)
        np.add.at(out[dated.step], dated.group, _of_timetable(dated) * met)
    return out


def _of_timetable(dated: DatedSource) -> np.ndarray:
    """Each row's expected patients: its count x the chance of its alternative."""
    chances = np.diff(dated.choice_cumulative, axis=1, prepend=0.0) if len(dated.choice_cumulative) else None
    certain = dated.choice < 0
    if chances is None:
        return np.asarray(dated.count, dtype=float)
    picked = chances[np.maximum(dated.choice, 0), dated.alternative * ~certain]
    return np.asarray(dated.count * np.where(certain, 1.0, picked))


def _visits(plan: Plan, lucks: tuple[StepLuck, ...], arrivals: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Joinings, bookings and visits done, (step, group), by solving joined = arrivals + joined x routes."""
    size, groups = arrivals.shape
    joined, attempts, done = (np.zeros((size, groups)) for _ in range(3))
    for group in range(groups):
        bookings, through, away = _at_step(lucks, group, size)
        routes = _routes(plan, lucks, group, through, away)
        joined[:, group] = np.maximum(np.linalg.solve(np.eye(size) - routes.T, arrivals[:, group]), 0.0)
        stays = joined[:, group] * (1 - away)
        attempts[:, group], done[:, group] = stays * bookings, stays * through
    return joined, attempts, done


def _at_step(lucks: tuple[StepLuck, ...], group: int, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per step: bookings per patient, share whose visit takes place in the end, share marked for another provider."""
    bookings, through, away = np.ones(size), np.ones(size), np.zeros(size)
    for k, luck in enumerate(lucks):
        missed = luck.no_show[group] if luck.no_show else 0.0
        cancelled = sum(one.share for one in luck.cancellations)
        again = cancelled - sum(one.share * one.leave_share for one in luck.cancellations)
        came = 1 - cancelled
        bookings[k] = 1 / max(1e-9, 1 - again - came * missed)
        through[k] = min(1.0, bookings[k] * came * (1 - missed))
        away[k] = luck.elsewhere.shares[group] if luck.elsewhere else 0.0
    return bookings, through, away


def _routes(plan: Plan, lucks: tuple[StepLuck, ...], group: int, through: np.ndarray, away: np.ndarray) -> np.ndarray:
    """Chance of joining step j next after joining step i, (i, j); side steps and branches add to their step's row."""
    size = len(plan.steps)
    routes = np.zeros((size, size))
    for k, (step, luck) in enumerate(zip(plan.steps, lucks, strict=True)):
        here = (1 - away[k]) * through[k]
        for side in step.until:
            routes[k, side] += here
        if step.stay >= 0:
            routes[k, step.stay] += here
        else:
            rework = luck.rework_share if step.rework_to >= 0 else 0.0
            if rework:
                routes[k, step.rework_to] += here * rework
            _follow(plan, routes[k], luck, group, here * (1 - rework))
        if step.elsewhere >= 0 and away[k]:
            terms = plan.elsewhere[step.elsewhere]
            routes[k, terms.step] += away[k]
            if terms.then >= 0:
                routes[terms.step, terms.then] = 1.0
            if terms.complication_step >= 0 and luck.elsewhere:
                routes[terms.step, terms.complication_step] += luck.elsewhere.complication_share
    return routes


def _follow(plan: Plan, row: np.ndarray, luck: StepLuck, group: int, share: float) -> None:
    """Adds the declared routes of a step to its row: steps, and the branches of a split with their one join."""
    if group >= len(luck.routing):
        return
    routing = luck.routing[group]
    shares = np.diff(routing.cumulative, prepend=0.0)
    for target, part in zip(routing.targets, shares, strict=True):
        if target == BACK or target < 0:
            continue
        if target < len(plan.steps):
            row[target] += share * part
            continue
        split = plan.splits[target - len(plan.steps)]
        for branch in split.branches:
            row[branch] += share * part
        row[split.join] -= share * part * (len(split.branches) - 1)


def _asked(plan: Plan, recipe: Recipe, period: int, attempts: np.ndarray, done: np.ndarray) -> np.ndarray:
    """Units asked of each resource by each step: slots by booking; hours and days by the mean length."""
    asked = np.zeros((len(plan.resources), len(plan.steps)))
    for k, step in enumerate(plan.steps):
        laws = recipe.steps[period][k].duration
        for place, (resource, units) in enumerate(step.needs):
            kind = plan.resources[resource].kind
            times = attempts[k] if place == 0 and not step.stay_of >= 0 else done[k]
            asked[resource, k] += units * float(times @ _length(kind, laws, recipe.keys[k].nights, len(times)))
        if step.stay >= 0 and not plan.steps[step.stay].sought:
            _reserved(plan, asked, recipe, period, k, done[k])
    return asked


def _reserved(plan: Plan, asked: np.ndarray, recipe: Recipe, period: int, step: int, done: np.ndarray) -> None:
    """A bed reserved before the visit is held through it."""
    laws = recipe.steps[period][step].duration
    stay = plan.steps[step].stay
    for resource, units in plan.steps[stay].needs:
        asked[resource, stay] += units * float(done @ _length("places", laws, False, len(done)))


def _length(kind: str, laws: tuple[object, ...], nights: bool, groups: int) -> np.ndarray:
    """Mean units of one visit by group: 1 slot, or hours of staff, or days of a place."""
    if kind == "slots":
        return np.ones(groups)
    if not laws:
        return np.zeros(groups)
    means = np.array([chance.mean(law) for law in laws])
    if nights:
        return means
    return means / (3600.0 if kind == "staff" else DAY_S)
