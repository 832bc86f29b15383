"""From the scenario's resources to layouts: what calendar, season and level offer each day, before luck."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from flowsim.plan.calendar import by_weekday, season, within
from flowsim.plan.capacity import Layout, Part, spread_over_open
from flowsim.plan.frame import Frame, plain
from flowsim.plan.recipe import Law
from flowsim.schema import ClassLuck, Season
from flowsim.tables import DAY_S

_WEEKDAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ORIGIN = "2001-W01"
"""Week in which chains of week classes begin, so that a longer run has the same classes."""
_EACH_DAY = (1.0,) * 7


def layouts(frame: Frame) -> tuple[Layout, ...]:
    """Each resource's planned capacity."""
    return tuple(_layout(frame, name) for name in frame.model.resources)


def _layout(frame: Frame, name: str) -> Layout:
    """A resource: the regular part, then its tranches."""
    model: Any = frame.model.resources[name]
    kept = getattr(model, "kept", None)
    further = (_tranche(frame, name, label) for label in model.tranches)
    return Layout(
        name=name,
        kind=model.kind,
        parts=(_regular(frame, name), *further),
        kept_share=kept.share if kept else 0.0,
        unlimited=getattr(model, "unlimited", False),
    )


def _regular(frame: Frame, name: str) -> Part:
    """The regular capacity, per day and period."""
    amount = _daily(frame, lambda period: _regular_amount(frame, frame.models[period].resources[name]))
    model: Any = frame.model.resources[name]
    is_open = _open_days(frame, model)
    if getattr(model, "keep_week_total", False):
        amount = spread_over_open(amount, is_open)
    opens, closes = _hours(model)
    return Part("regular", amount, is_open, opens, closes, getattr(model, "part_days", False))


def _regular_amount(frame: Frame, model: Any) -> np.ndarray:
    """A day's share of the week (slots), or the number at work or in place (staff, places) x season x level."""
    weekly = season(frame.grid, _factors(model.season)) * model.level
    return _number(frame, model) * np.repeat(weekly, 7)


def _number(frame: Frame, model: Any) -> np.ndarray:
    """Per day, in a normal week: slots by the weekdays' weights; servers x weight; places, by weekday if said so."""
    weights = _weights(model)
    if hasattr(model, "slots_per_week"):
        return by_weekday(frame.grid, [model.slots_per_week * w / sum(weights) for w in weights])
    if hasattr(model, "servers"):
        return by_weekday(frame.grid, [(model.servers or 0.0) * w for w in weights])
    special = getattr(model, "by_weekday", {})
    return by_weekday(frame.grid, [special.get(day, model.places or 0.0) for day in _WEEKDAY])


def _tranche(frame: Frame, name: str, label: str) -> Part:
    """Further capacity: its own numbers, season and dates; the resource's season only says when it is off."""
    amount = _daily(frame, lambda period: _tranche_amount(frame, frame.models[period].resources[name].tranches[label]))
    resource: Any = frame.model.resources[name]
    tranche: Any = resource.tranches[label]
    low = season(frame.grid, _factors(resource.season)) < tranche.not_when_season_below
    is_open = _open_days(frame, tranche) & ~np.repeat(low, 7)
    opens, closes = _hours(tranche)
    return Part(label, amount, is_open, opens, closes, getattr(resource, "part_days", False))


def _tranche_amount(frame: Frame, tranche: Any) -> np.ndarray:
    """A day's number, between its dates."""
    weekly = season(frame.grid, _factors(tranche.season))
    return _number(frame, tranche) * np.repeat(weekly, 7) * within(frame.grid, tranche.from_, tranche.to)


def _daily(frame: Frame, of_period: Callable[[int], np.ndarray]) -> np.ndarray:
    """Each day's value, from the array of its period."""
    out = of_period(0)
    for period in range(1, len(frame.models)):
        out = np.where(frame.period_of_day == period, of_period(period), out)
    return out


def _weights(model: Any) -> Sequence[float]:
    """Weekday weights; places and what is always open know no weekdays."""
    return _EACH_DAY if getattr(model, "open", None) else getattr(model, "days", _EACH_DAY)


def _hours(model: Any) -> tuple[int, int]:
    """Opening hours; places and what is always open go round the clock."""
    return (0, DAY_S) if getattr(model, "open", None) else getattr(model, "hours", (0, DAY_S))


def _open_days(frame: Frame, model: Any) -> np.ndarray:
    """Days not closed. Places, and what is always open or open on holidays, know no closed days."""
    heeds = getattr(model, "holidays", "open") == "closed" and not getattr(model, "open", None)
    return ~frame.closed if heeds else np.ones_like(frame.closed)


def _factors(rules: Sequence[Season]) -> list[tuple[frozenset[int], float]]:
    """Season rules as (weeks, factor)."""
    return [(rule.weeks, rule.factor) for rule in rules]


def lucks(frame: Frame) -> tuple[tuple[tuple[Law | None, ...], ...], ...]:
    """Weekly luck by resource, tranche and period."""
    return tuple(
        tuple(
            tuple(luck_of(_part(model.resources[name], label).luck) for model in frame.models)
            for label in ("", *resource.tranches)
        )
        for name, resource in frame.model.resources.items()
    )


def _part(resource: Any, label: str) -> Any:
    """The resource itself, or its tranche."""
    return resource.tranches[label] if label else resource


def luck_of(luck: Any) -> Law | None:
    """A luck of the schema as plain data."""
    if luck is None:
        return None
    made: dict[str, Any] = plain(luck)
    if isinstance(luck, ClassLuck):
        made["classes"] = [{"share": one.share, "values": [one.factor]} for one in luck.classes.values()]
        rows = luck.transition
        if rows is not None:
            made["transition"] = [[rows[a].get(b, 0.0) for b in luck.classes] for a in luck.classes]
            made["origin"] = _ORIGIN
    if "law" not in made:
        raise ValueError("a calibrated luck must have been read from its file by scenario.load")
    return made
