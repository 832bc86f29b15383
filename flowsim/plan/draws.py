"""The draws: all luck of one replication, each value a function of its keys, each column made when first asked for.

A value is looked up (`odds`) by the lot of (seed, replication, stream, patient key, visit or attempt). A stream is
named by what is drawn and the step's name, so a further step, group or patient moves nobody. One lot serves all
periods: a change by date changes the law, not the luck.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import cast

import numpy as np

from flowsim import chance
from flowsim.chance import inversion
from flowsim.plan import capacity
from flowsim.plan.arrivals import Patients, patients
from flowsim.plan.model import FOREVER, Plan
from flowsim.plan.odds import Odds, odds
from flowsim.plan.once import once
from flowsim.plan.recipe import Law, Recipe
from flowsim.tables import NEVER, SOURCES

_KEPT_LOTS = 16


def draw(plan: Plan, seed: int, replication: int) -> LuckOf:
    """All luck of one replication of a plan.

    Args:
        plan: as `build` made it.
        seed: the study's seed.
        replication: its number, from 0.
    """
    return LuckOf(plan, seed, replication)


class LuckOf:
    """The draws of one replication (see `flowsim.plan.model.Draws`): patient columns, capacity, and columns by name.

    `patients` and `odds` say the same as arrays and tables, for an engine that looks luck up itself.
    """

    def __init__(self, plan: Plan, seed: int, replication: int) -> None:
        if plan.recipe is None:
            raise ValueError("this plan has no recipe to draw from: make it with flowsim.plan.build")
        self._recipe = plan.recipe
        self.run = (seed, replication)
        self._lists: dict[tuple[str, int, int, int], list[int]] = {}
        self._lots: dict[tuple[str, int], np.ndarray] = {}
        self._begin = plan.begin
        self.odds: Odds = odds(plan.recipe)
        self.patients: Patients = patients(plan.recipe, seed, replication)
        self.n = len(self.patients.key)
        self.key: np.ndarray = self.patients.key
        offered = _offered(plan.recipe, seed, replication)
        self.slots: Sequence[np.ndarray] = [o if r.kind == "slots" else _none(4) for r, o in offered]
        self.shifts: Sequence[np.ndarray] = [o if r.kind == "staff" else _none(4) for r, o in offered]
        places = [o if r.kind == "places" else _none(1 + len(r.parts)) for r, o in offered]
        self.places: Sequence[np.ndarray] = [np.column_stack([o[:, 0], o[:, 1:].sum(axis=1)]) for o in places]
        self.place_tranches: Sequence[np.ndarray] = [o[:, 1:] for o in places]
        self.planned: Sequence[np.ndarray] = _planned(plan.recipe)

    group = cached_property(lambda self: cast(list[int], self.patients.group.tolist()))
    klass = cached_property(lambda self: cast(list[int], self.patients.klass.tolist()))
    source = cached_property(lambda self: cast(list[int], self.patients.source.tolist()))
    arrives = cached_property(lambda self: cast(list[int], self.patients.arrives.tolist()))
    joined = cached_property(lambda self: cast(list[int], self.patients.joined.tolist()))
    referral = cached_property(lambda self: cast(list[int], self.patients.referral.tolist()))
    decision = cached_property(lambda self: cast(list[int], self.patients.decision.tolist()))
    step = cached_property(lambda self: cast(list[int], self.patients.step.tolist()))
    remaining = cached_property(lambda self: cast(list[int], self.patients.remaining.tolist()))

    @cached_property
    def profile(self) -> np.ndarray:
        """Each patient's profile (see `Odds`)."""
        return self.odds.profile(self.patients.group, self.patients.klass)

    def values(self, what: str, step: int, number: int, period: int) -> list[int]:
        """One drawn column as a list over patients, made when first asked for."""
        asked = (what, step, number, period)
        if asked not in self._lists:
            self._lists[asked] = self.array(what, step, number, period).tolist()
        return self._lists[asked]

    def array(self, what: str, step: int, number: int, period: int) -> np.ndarray:
        """The same column as an array."""
        kind, _, rule = what.partition(":")
        if kind in ("cancel_rebook", "cancel_leaves"):
            return self._by_cause(kind, step, number, period)
        if kind != "patience":
            return self._column(what, step, number, period)
        since = self._recipe.keys[step].patience_from_decision[int(rule)]
        column = self._column(what, step, 0 if since else number, period)
        if since or number == 0:
            who, seconds = self.standing(int(rule), step, period)
            column[who] = seconds
        return column

    def _column(self, what: str, step: int, number: int, period: int) -> np.ndarray:
        """A column by each patient's law."""
        row = self.odds.whats.index(what)
        laws = self.odds.law_of[row, step, period]
        lots = self._lots_of(self.odds.streams[row][step], number)
        if (laws == laws[0]).all():
            return self.odds.inversions.values(int(laws[0]), lots)
        mine, out = laws[self.profile], np.zeros(self.n, np.int64)
        for law in np.unique(laws):
            who = mine == law
            out[who] = self.odds.inversions.values(int(law), lots[who])
        return out

    def _lots_of(self, stream: str, number: int) -> np.ndarray:
        """One lot a patient; the latest few are kept, since one lot serves several columns."""
        asked = (stream, number)
        if asked not in self._lots:
            if len(self._lots) >= _KEPT_LOTS:
                self._lots.pop(next(iter(self._lots)))
            self._lots[asked] = inversion.lots(*self.run, stream, self.key, number)
        return self._lots[asked]

    def _by_cause(self, kind: str, step: int, number: int, period: int) -> np.ndarray:
        """A column whose law depends on the cause drawn; 0 for those not cancelled."""
        cause = self._column("cancel", step, number, period)
        out = np.zeros(self.n, np.int64)
        for k in range(len(self._recipe.steps[period][step].cancellations)):
            column = self._column(f"{kind}:{k}", step, number, period)
            out[cause == k] = column[cause == k]
        return out

    def standing(self, rule: int, step: int, period: int) -> tuple[np.ndarray, np.ndarray]:
        """Those whose patience runs since before the run, and their seconds, given that they had not left by then.

        Patience from the decision is one draw a patient, whatever the step and visit: who outlasted one queue is not
        asked again in the next.
        """
        who, since = self._waiting_before(rule, step)
        laws = self._recipe.steps[period][step].patience[rule]
        seconds = np.zeros(len(who))
        if not len(who):
            return who, seconds.astype(np.int64)
        stream = self.odds.streams[self.odds.whats.index(f"patience:{rule}")][step]
        u = chance.uniform(*self.run, stream, self.key[who], 0)
        group = self.patients.group[who]
        for g in np.unique(group):
            mine = group == g
            seconds[mine] = chance.quantile_exceeding(laws[g], u[mine], self._begin - since[mine].astype(np.int64))
        return who, np.maximum(np.floor(np.minimum(seconds, FOREVER) + 0.5), 1).astype(np.int64)

    def _waiting_before(self, rule: int, step: int) -> tuple[np.ndarray, np.ndarray]:
        """Of the queue at start, patients whose patience by this rule has begun, and since when."""
        key, came = self._recipe.keys[step], self.patients
        first = np.searchsorted(came.arrives, self._begin, side="right")
        queued = came.source[:first] == SOURCES.index("queue")
        if key.patience_from_decision[rule]:
            since = came.decision[:first]
            who = np.flatnonzero(queued & (since != NEVER))
        else:
            since = came.joined[:first]
            who = np.flatnonzero(queued & (came.step[:first] == step) & (since < came.arrives[:first]))
        reach = np.array(key.groups, bool)[came.group[who]]
        return who[reach], since[who[reach]]


def _none(columns: int) -> np.ndarray:
    """An empty table."""
    return np.zeros((0, columns), dtype=np.int64)


@once
def _planned(recipe: Recipe) -> list[np.ndarray]:
    """What each resource offers without luck."""
    return [capacity.planned(layout, recipe.grid) for layout in recipe.layouts]


@once
def _even(recipe: Recipe) -> list[np.ndarray | None]:
    """What resources without luck offer, run after run; None for the others."""
    return [
        None if any(law is not None for laws in lucks for law in laws) else _laid_out(recipe, r, (0, 0))
        for r, lucks in enumerate(recipe.luck)
    ]


def _offered(recipe: Recipe, seed: int, replication: int) -> list[tuple[capacity.Layout, np.ndarray]]:
    """Each resource's slots, shifts or places with the luck of its weeks."""
    made = [_laid_out(recipe, r, (seed, replication)) if e is None else e for r, e in enumerate(_even(recipe))]
    return list(zip(recipe.layouts, made, strict=True))


def _laid_out(recipe: Recipe, r: int, run: tuple[int, int]) -> np.ndarray:
    """One resource's slots, shifts or places."""
    lay = {"slots": capacity.slots, "staff": capacity.shifts, "places": capacity.places}
    layout = recipe.layouts[r]
    names = (layout.name, *(f"{layout.name}.{part.name}" for part in layout.parts[1:]))
    daily = [_daily_luck(recipe, name, laws, run) for name, laws in zip(names, recipe.luck[r], strict=True)]
    return lay[layout.kind](layout, daily, recipe.grid)


def _daily_luck(recipe: Recipe, name: str, laws: tuple[Law | None, ...], run: tuple[int, int]) -> np.ndarray:
    """Luck per day of a resource or tranche: its week's, by the law of the day's period."""
    grid = recipe.grid
    weeks = grid.absolute_week + np.arange(grid.weeks)
    out = np.ones(7 * grid.weeks)
    for period, law in enumerate(laws):
        if law is not None:
            mine = recipe.period_of_day == period
            luck = chance.weekly_luck(law, *run, name, weeks, recipe.together.get(name))
            out[mine] = np.repeat(luck, 7)[mine]
    return out
