"""From the scenario's resources to layouts: what calendar, season and level offer each day, before luck."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from flowsim.plan.calendar import EVERY_DAY, WEEKDAYS, by_weekday, season, within
from flowsim.plan.capacity import Layout, Part, spread_over_open
from flowsim.plan.frame import Frame, plain
from flowsim.plan.recipe import Law
from flowsim.schema import Season
from flowsim.tables import DAY_S


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
    versions: list[Any] = [model.resources[name] for model in frame.models]
    amounts = [_kept_total(frame, version, _regular_amount(frame, version)) for version in versions]
    return _part("regular", frame, versions, amounts, [_open_days(frame, version) for version in versions])


def _part(label: str, frame: Frame, versions: list[Any], amounts: list[np.ndarray], opened: list[np.ndarray]) -> Part:
    """A part from the arrays of each period."""
    hours = [_hours(version) for version in versions]
    each = np.ones_like(frame.grid.days)
    return Part(
        name=label,
        amount=_daily(frame, amounts),
        is_open=_daily(frame, opened),
        opens=_daily(frame, [opens * each for opens, _ in hours]),
        closes=_daily(frame, [closes * each for _, closes in hours]),
        part_days=getattr(versions[0], "part_days", False),
    )


def _kept_total(frame: Frame, model: Any, amount: np.ndarray) -> np.ndarray:
    """The amounts with a closed day's spread over its week, where the week's total is kept."""
    return spread_over_open(amount, _open_days(frame, model)) if getattr(model, "keep_week_total", False) else amount


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
    return by_weekday(frame.grid, [special.get(day, model.places or 0.0) for day in WEEKDAYS])


def _tranche(frame: Frame, name: str, label: str) -> Part:
    """Further capacity: its own numbers, season and dates; the resource's season only says when it is off."""
    resources: list[Any] = [model.resources[name] for model in frame.models]
    versions = [resource.tranches[label] for resource in resources]
    opened = []
    for resource, tranche in zip(resources, versions, strict=True):
        low = season(frame.grid, _factors(resource.season)) < tranche.not_when_season_below
        opened.append(_open_days(frame, tranche) & ~np.repeat(low, 7))
    return _part(label, frame, versions, [_tranche_amount(frame, tranche) for tranche in versions], opened)


def _tranche_amount(frame: Frame, tranche: Any) -> np.ndarray:
    """A day's number, between its dates."""
    weekly = season(frame.grid, _factors(tranche.season))
    return _number(frame, tranche) * np.repeat(weekly, 7) * within(frame.grid, tranche.from_, tranche.to)


def _daily(frame: Frame, versions: Sequence[np.ndarray]) -> np.ndarray:
    """Each day's value, from the array of its period."""
    out = versions[0]
    for period, version in enumerate(versions):
        out = np.where(frame.period_of_day == period, version, out)
    return out


def _weights(model: Any) -> Sequence[float]:
    """Weekday weights; places and what is always open know no weekdays."""
    return EVERY_DAY if getattr(model, "open", None) else getattr(model, "days", EVERY_DAY)


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
            tuple(luck_of(_regular_or(model.resources[name], label).luck) for model in frame.models)
            for label in ("", *resource.tranches)
        )
        for name, resource in frame.model.resources.items()
    )


def _regular_or(resource: Any, label: str) -> Any:
    """The resource itself, or its tranche."""
    return resource.tranches[label] if label else resource


def luck_of(luck: Any) -> Law | None:
    """A luck of the schema as plain data. (`scenario.load` has filled in what a calibration file says.)"""
    made: Law | None = plain(luck)
    return made
