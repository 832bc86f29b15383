"""Odds: a recipe's laws and shares as the tables that luck is looked up in, and the names its uniforms go by.

Made once for a plan. Every quantity of a visit is a law of whole numbers (a share is one of 0 and 1, a route one of
target codes), found by (what, step, period, profile of the patient); its lot by (what, step), patient and number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from flowsim import chance
from flowsim.chance.inversion import Inversions
from flowsim.plan.once import once
from flowsim.plan.recipe import Laws, Recipe, StepKey, StepLuck

WHATS = (
    "duration", "delay", "rework", "route", "route_capped", "no_show", "rebook", "cancel", "elsewhere", "lead_time",
    "complication",
)  # fmt: skip
"""What every step may draw; then come `cancel_rebook:k` and `cancel_leaves:k` by cause, and `patience:k` by rule."""
NOT_CANCELLED = -1


@dataclass(frozen=True)
class Odds:
    """What luck is looked up in."""

    whats: tuple[str, ...]
    causes: int
    """Most causes of cancellation of any step."""
    inversions: Inversions
    law_of: np.ndarray
    """[what, step, period, profile]: number of the law."""
    streams: tuple[tuple[str, ...], ...]
    """[what][step]: the uniform's stream."""
    classes: np.ndarray
    """Classes that patients may have, ascending; a profile is group x classes + place of the class."""

    def profile(self, group: np.ndarray, klass: np.ndarray) -> np.ndarray:
        """Each patient's profile."""
        place = np.zeros(int(self.classes[-1]) + 1, np.int32)
        place[self.classes] = np.arange(len(self.classes))
        return np.asarray(group * np.int32(len(self.classes)) + place[klass])

    def starts(self, seed: int, replication: int) -> np.ndarray:
        """[what, step]: the word a patient's key is hashed with (see `chance.streams`)."""
        return chance.starts(seed, replication, self.stream_keys)

    @cached_property
    def stream_keys(self) -> np.ndarray:
        """[what, step]: the number of the uniform's stream."""
        keys = [[chance.stream_key(name) for name in row] for row in self.streams]
        return np.array(keys, np.uint64).reshape(len(self.whats), -1)


@once
def odds(recipe: Recipe) -> Odds:
    """The recipe's odds; made when first asked for, kept as long as the recipe."""
    causes = max((len(luck.cancellations) for period in recipe.steps for luck in period), default=0)
    rules = max((len(key.patience_from_decision) for key in recipe.keys), default=0)
    whats = (
        *WHATS,
        *(f"cancel_rebook:{k}" for k in range(causes)),
        *(f"cancel_leaves:{k}" for k in range(causes)),
        *(f"patience:{k}" for k in range(rules)),
    )
    classes = np.unique([*recipe.klass, *recipe.urgent_class]) if recipe.klass else np.zeros(1, np.int64)
    inversions = Inversions()
    never = inversions.constant(0)
    shape = (len(whats), len(recipe.keys), len(recipe.steps), len(recipe.groups) * len(classes))
    law_of = np.full(shape, never, np.int64)
    for period, lucks in enumerate(recipe.steps):
        for step, luck in enumerate(lucks):
            for what, by_group in _laws(inversions, recipe.keys[step], luck, len(recipe.groups)):
                law_of[whats.index(what), step, period] = np.repeat(by_group, len(classes))
            if luck.elsewhere and luck.elsewhere.classes:
                others = ~np.isin(np.tile(classes, len(recipe.groups)), luck.elsewhere.classes)
                law_of[whats.index("elsewhere"), step, period, others] = never
    streams = tuple(tuple(_stream(what, key) for key in recipe.keys) for what in whats)
    return Odds(whats, causes, inversions.close(), law_of, streams, classes)


def _laws(tables: Inversions, key: StepKey, luck: StepLuck, groups: int) -> Iterator[tuple[str, list[int]]]:
    """What a step draws in one period, with the law of each group (that can be there)."""

    def each(laws: Laws, least: int = 0) -> list[int]:
        made: dict[int, int] = {}
        for g, law in enumerate(laws):
            if key.groups[g] and id(law) not in made:
                made[id(law)] = tables.law(law, least)
        return [made.get(id(law), 0) for law in laws]

    def same(number: int) -> list[int]:
        return [number] * groups

    yield "duration", each(luck.duration, 0 if key.nights else 1)
    if luck.delay:
        yield "delay", each(luck.delay)
    yield "rework", same(tables.share(luck.rework_share))
    yield "route", [_route(tables, r.targets, r.cumulative, luck.rework_share) for r in luck.routing]
    yield "route_capped", [_route(tables, r.targets, r.cumulative, 0.0) for r in luck.routing]
    if luck.no_show:
        yield "no_show", [tables.share(share) for share in luck.no_show]
    if luck.rebook:
        yield "rebook", each(luck.rebook)
    yield from _cancellations(tables, luck, each, groups)
    for k, laws in enumerate(luck.patience):
        yield f"patience:{k}", each(laws, 1)
    if luck.elsewhere:
        yield "elsewhere", [tables.share(share) for share in luck.elsewhere.shares]
        yield "lead_time", same(tables.law(luck.elsewhere.lead_time))
        yield "complication", same(tables.share(luck.elsewhere.complication_share))


def _cancellations(
    tables: Inversions, luck: StepLuck, each: Callable[[Laws], list[int]], groups: int
) -> Iterator[tuple[str, list[int]]]:
    """Which cause, if any; of each, when they come again and who leaves."""
    causes = luck.cancellations
    if not causes:
        which = tables.constant(NOT_CANCELLED)
    else:
        ends = np.cumsum([c.share for c in causes])
        which = tables.choice((*range(len(causes)), NOT_CANCELLED), (*ends.tolist(), 1.0))
    yield "cancel", [which] * groups
    for k, cause in enumerate(causes):
        yield f"cancel_rebook:{k}", each(cause.rebook)
        yield f"cancel_leaves:{k}", [tables.share(cause.leave_share)] * groups


def _route(tables: Inversions, targets: Sequence[int], cumulative: Sequence[float], rework: float) -> int:
    """Targets on what the rework share leaves of the uniform."""
    left = rework if rework < 1 else 0.0
    return tables.choice(targets, [left + c * (1 - left) for c in cumulative])


def _stream(what: str, key: StepKey) -> str:
    """The name of a step's uniform. Patience from the decision is one draw a patient, whatever the step."""
    kind, _, number = what.partition(":")
    if kind in ("rework", "route", "route_capped"):
        return f"route:{key.routed_as}"
    if kind != "patience":
        return f"{kind}:{key.name}"
    rule, rules = int(number), key.patience_from_decision
    before = sum(rules[:rule])
    if rule < len(rules) and rules[rule]:
        return f"patience:decision:{before}"
    return f"patience:{key.name}:{rule - before}"
