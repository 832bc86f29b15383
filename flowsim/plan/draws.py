"""The draws: all luck of one replication, each value a function of its keys, each column made when first asked for.

A value is drawn from the uniform of (seed, replication, stream, patient key, visit or attempt). A stream is named by
what is drawn and the step's name, so a further step, group or patient moves nobody. One uniform serves all periods:
a change by date changes the law, not the luck.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from flowsim import chance
from flowsim.plan import capacity
from flowsim.plan.arrivals import patients
from flowsim.plan.model import FOREVER, Plan
from flowsim.plan.recipe import Law, Laws, Recipe, Routing, StepLuck
from flowsim.tables import NEVER

_ZERO_LAWS = ("fixed", "list", "empirical")
"""Laws that can declare a length of 0; all others last at least a second."""
_KEPT_UNIFORMS = 16


def draw(plan: Plan, seed: int, replication: int) -> LuckOf:
    """All luck of one replication of a plan.

    Args:
        plan: as `build` made it.
        seed: the study's seed.
        replication: its number, from 0.
    """
    return LuckOf(plan, seed, replication)


class LuckOf:
    """The draws of one replication (see `flowsim.plan.model.Draws`): patient columns, capacity, and columns by name."""

    def __init__(self, plan: Plan, seed: int, replication: int) -> None:
        if plan.recipe is None:
            raise ValueError("this plan has no recipe to draw from: make it with flowsim.plan.build")
        self._recipe = plan.recipe
        self._run = (seed, replication)
        self._lists: dict[tuple[str, int, int, int], list[int]] = {}
        self._uniforms: dict[tuple[str, int], np.ndarray] = {}
        self._members: list[np.ndarray] = []
        self._begin = plan.begin
        came = self._patients = patients(plan.recipe, seed, replication)
        self.n = len(came.key)
        self.key: np.ndarray = came.key
        self.group: list[int] = came.group.tolist()
        self.klass: list[int] = came.klass.tolist()
        self.source: list[int] = came.source.tolist()
        self.arrives: list[int] = came.arrives.tolist()
        self.joined: list[int] = came.joined.tolist()
        self.referral: list[int] = came.referral.tolist()
        self.decision: list[int] = came.decision.tolist()
        self.step: list[int] = came.step.tolist()
        self.remaining: list[int] = came.remaining.tolist()
        offered = _offered(plan.recipe, seed, replication)
        self.slots: Sequence[np.ndarray] = [o if r.kind == "slots" else _none(4) for r, o in offered]
        self.shifts: Sequence[np.ndarray] = [o if r.kind == "staff" else _none(4) for r, o in offered]
        places = [o if r.kind == "places" else _none(1 + len(r.parts)) for r, o in offered]
        self.places: Sequence[np.ndarray] = [np.column_stack([o[:, 0], o[:, 1:].sum(axis=1)]) for o in places]
        self.place_tranches: Sequence[np.ndarray] = [o[:, 1:] for o in places]
        self.planned: Sequence[np.ndarray] = [capacity.planned(r, plan.recipe.grid) for r, _ in offered]

    def values(self, what: str, step: int, number: int, period: int) -> list[int]:
        """One drawn column as a list over patients, made when first asked for."""
        asked = (what, step, number, period)
        if asked not in self._lists:
            self._lists[asked] = self.array(what, step, number, period).tolist()
        return self._lists[asked]

    def array(self, what: str, step: int, number: int, period: int) -> np.ndarray:
        """The same column as an array."""
        kind, _, rule = what.partition(":")
        if kind == "patience":
            return self._patience(step, number, period, int(rule))
        return _COLUMNS[kind](self, step, number, period)

    def _uniform(self, stream: str, number: int) -> np.ndarray:
        """One uniform a patient; the latest few are kept, since one uniform serves several columns."""
        asked = (stream, number)
        if asked not in self._uniforms:
            if len(self._uniforms) >= _KEPT_UNIFORMS:
                self._uniforms.pop(next(iter(self._uniforms)))
            self._uniforms[asked] = chance.uniform(*self._run, stream, self._patients.key, number)
        return self._uniforms[asked]

    def _luck(self, step: int, period: int) -> StepLuck:
        return self._recipe.steps[period][step]

    def _each_group(self, step: int) -> list[tuple[int, np.ndarray]]:
        """Groups that can be at the step, with their patients' numbers."""
        if not self._members:
            self._members = [np.flatnonzero(self._patients.group == g) for g in range(len(self._recipe.groups))]
        reach = self._recipe.keys[step].groups
        return [(g, who) for g, who in enumerate(self._members) if reach[g]]

    def _by_law(self, step: int, laws: Laws, u: np.ndarray) -> np.ndarray:
        """Values by each group's law; 0 for those who cannot be at the step."""
        reach = self._recipe.keys[step].groups
        asked = [g for g, can in enumerate(reach) if can]
        if not laws or not asked:
            return np.zeros(self.n)
        if all(laws[g] is laws[asked[0]] or laws[g] == laws[asked[0]] for g in asked) and len(asked) == len(reach):
            return np.asarray(chance.quantile(laws[asked[0]], u))
        out = np.zeros(self.n)
        for g, who in self._each_group(step):
            out[who] = chance.quantile(laws[g], u[who])
        return out

    def _duration(self, step: int, number: int, period: int) -> np.ndarray:
        key, laws = self._recipe.keys[step], self._luck(step, period).duration
        value = self._by_law(step, laws, self._uniform(f"duration:{key.name}", number))
        return _whole(value) if key.nights else _seconds(value, laws, self._patients.group)

    def _delay(self, step: int, number: int, period: int) -> np.ndarray:
        key = self._recipe.keys[step]
        return _whole(self._by_law(step, self._luck(step, period).delay, self._uniform(f"delay:{key.name}", number)))

    def _rework(self, step: int, number: int, period: int) -> np.ndarray:
        key = self._recipe.keys[step]
        u = self._uniform(f"route:{key.routed_as}", number)
        return (u < self._luck(step, period).rework_share).astype(np.int64)

    def _route(self, step: int, number: int, period: int) -> np.ndarray:
        """Of those not sent back: their uniform rescaled on what the rework share left."""
        key = self._recipe.keys[step]
        share = self._luck(step, period).rework_share
        u = self._uniform(f"route:{key.routed_as}", number)
        left = np.clip((u - share) / (1 - share), 0.0, None) if 0 < share < 1 else u
        return self._routed(step, period, left)

    def _route_capped(self, step: int, number: int, period: int) -> np.ndarray:
        key = self._recipe.keys[step]
        return self._routed(step, period, self._uniform(f"route:{key.routed_as}", number))

    def _routed(self, step: int, period: int, u: np.ndarray) -> np.ndarray:
        routing = self._luck(step, period).routing
        if all(r == routing[0] for r in routing):
            return _target(routing[0], u)
        out = np.zeros(self.n, dtype=np.int64)
        for g, who in self._each_group(step):
            out[who] = _target(routing[g], u[who])
        return out

    def _no_show(self, step: int, number: int, period: int) -> np.ndarray:
        shares = self._luck(step, period).no_show
        if not shares:
            return np.zeros(self.n, dtype=np.int64)
        u = self._uniform(f"no_show:{self._recipe.keys[step].name}", number)
        return (u < np.array(shares)[self._patients.group]).astype(np.int64)

    def _rebook(self, step: int, number: int, period: int) -> np.ndarray:
        name = self._recipe.keys[step].name
        return _whole(self._by_law(step, self._luck(step, period).rebook, self._uniform(f"rebook:{name}", number)))

    def _cancel(self, step: int, number: int, period: int) -> np.ndarray:
        causes = self._luck(step, period).cancellations
        if not causes:
            return np.full(self.n, -1)
        u = self._uniform(f"cancel:{self._recipe.keys[step].name}", number)
        cause = np.searchsorted(np.cumsum([c.share for c in causes]), u, side="right")
        return np.where(cause < len(causes), cause, -1)

    def _cancel_rebook(self, step: int, number: int, period: int) -> np.ndarray:
        u = self._uniform(f"cancel_rebook:{self._recipe.keys[step].name}", number)
        return self._by_cause(step, number, period, lambda k: _whole(self._by_law(step, k.rebook, u)))

    def _cancel_leaves(self, step: int, number: int, period: int) -> np.ndarray:
        u = self._uniform(f"cancel_leaves:{self._recipe.keys[step].name}", number)
        return self._by_cause(step, number, period, lambda k: (u < k.leave_share).astype(np.int64))

    def _by_cause(self, step: int, number: int, period: int, column: Callable[..., np.ndarray]) -> np.ndarray:
        """A column whose law depends on the cause drawn; 0 for those not cancelled."""
        cause = self._cancel(step, number, period)
        out = np.zeros(self.n, dtype=np.int64)
        for k, one in enumerate(self._luck(step, period).cancellations):
            out[cause == k] = column(one)[cause == k]
        return out

    def _patience(self, step: int, number: int, period: int, rule: int) -> np.ndarray:
        """Seconds until leaving; of those in the queue at start, given that they had not left yet.

        Patience from the decision is one draw a patient, whatever the step and visit: who outlasted one queue is not
        asked again in the next.
        """
        key, laws = self._recipe.keys[step], self._luck(step, period).patience[rule]
        since = self._patients.decision if key.patience_from_decision[rule] else self._patients.joined
        if key.patience_from_decision[rule]:
            nth = sum(key.patience_from_decision[:rule])
            u = self._uniform(f"patience:decision:{nth}", 0)
            old = since != NEVER
        else:
            nth = rule - sum(key.patience_from_decision[:rule])
            u = self._uniform(f"patience:{key.name}:{nth}", number)
            old = (self._patients.step == step) & (since < self._patients.arrives) & (number == 0)
        value = self._by_law(step, laws, u)
        for g, who in self._each_group(step):
            asked = who[old[who]]
            value[asked] = chance.quantile_exceeding(laws[g], u[asked], self._begin - since[asked])
        return np.asarray(np.where(value < FOREVER, np.maximum(_whole(np.minimum(value, FOREVER)), 1), FOREVER))

    def _elsewhere(self, step: int, number: int, period: int) -> np.ndarray:
        luck = self._luck(step, period).elsewhere
        if luck is None:
            return np.zeros(self.n, dtype=np.int64)
        u = self._uniform(f"elsewhere:{self._recipe.keys[step].name}", number)
        marked = u < np.array(luck.shares)[self._patients.group]
        if luck.classes:
            marked &= np.isin(self._patients.klass, luck.classes)
        return marked.astype(np.int64)

    def _lead_time(self, step: int, number: int, period: int) -> np.ndarray:
        luck = self._luck(step, period).elsewhere
        if luck is None:
            return np.zeros(self.n, dtype=np.int64)
        u = self._uniform(f"lead_time:{self._recipe.keys[step].name}", number)
        return _whole(chance.quantile(luck.lead_time, u))

    def _complication(self, step: int, number: int, period: int) -> np.ndarray:
        luck = self._luck(step, period).elsewhere
        share = luck.complication_share if luck else 0.0
        return (self._uniform(f"complication:{self._recipe.keys[step].name}", number) < share).astype(np.int64)


_COLUMNS: dict[str, Callable[[LuckOf, int, int, int], np.ndarray]] = {
    "duration": LuckOf._duration,
    "delay": LuckOf._delay,
    "rework": LuckOf._rework,
    "route": LuckOf._route,
    "route_capped": LuckOf._route_capped,
    "no_show": LuckOf._no_show,
    "rebook": LuckOf._rebook,
    "cancel": LuckOf._cancel,
    "cancel_rebook": LuckOf._cancel_rebook,
    "cancel_leaves": LuckOf._cancel_leaves,
    "elsewhere": LuckOf._elsewhere,
    "lead_time": LuckOf._lead_time,
    "complication": LuckOf._complication,
}


def _target(routing: Routing, u: np.ndarray) -> np.ndarray:
    """Target codes by inversion of the shares."""
    if len(routing.targets) == 1:
        return np.full(len(u), routing.targets[0], dtype=np.int64)
    place = np.searchsorted(routing.cumulative, u, side="right")
    return np.array(routing.targets, dtype=np.int64)[np.minimum(place, len(routing.targets) - 1)]


def _whole(value: np.ndarray) -> np.ndarray:
    """floor(x + 0.5), as whole numbers."""
    return np.floor(value + 0.5).astype(np.int64)


def _seconds(value: np.ndarray, laws: Laws, group: np.ndarray) -> np.ndarray:
    """Whole seconds, at least 1 unless 0 was declared."""
    least = np.array([0 if _may_be_zero(law) else 1 for law in laws])[group]
    return np.where(value > 0, np.clip(_whole(value), 1, FOREVER), least)


def _may_be_zero(law: Law) -> bool:
    """Whether a length of exactly 0 is declared by the law."""
    if law["law"] == "mixture":
        return any(_may_be_zero(part["of"]) for part in law["parts"])
    return law["law"] in _ZERO_LAWS


def _none(columns: int) -> np.ndarray:
    """An empty table."""
    return np.zeros((0, columns), dtype=np.int64)


def _offered(recipe: Recipe, seed: int, replication: int) -> list[tuple[capacity.Layout, np.ndarray]]:
    """Each resource's slots, shifts or places with the luck of its weeks."""
    lay = {"slots": capacity.slots, "staff": capacity.shifts, "places": capacity.places}
    out = []
    for layout, lucks in zip(recipe.layouts, recipe.luck, strict=True):
        names = (layout.name, *(f"{layout.name}.{part.name}" for part in layout.parts[1:]))
        run = (seed, replication)
        daily = [_daily_luck(recipe, name, laws, run) for name, laws in zip(names, lucks, strict=True)]
        out.append((layout, lay[layout.kind](layout, daily, recipe.grid)))
    return out


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
