"""From the scenario's arrivals and starting state to sources: how many of each group to expect, when, and where.

Ways to say a rate, all Poisson but `per_week`: `per_week` in a normal week; `per_day` on each of its days;
`per_hour` and `mean_gap` while its hours last; `per_hour_by_weekday` hour by hour. Patients come within `days` and
`hours`; holidays do not stop them (say so by `season`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from flowsim.plan.calendar import WEEKDAYS, season
from flowsim.plan.frame import Frame, law_of
from flowsim.plan.layouts import luck_of
from flowsim.plan.recipe import DatedSource, RateSource, StartSource
from flowsim.plan.timetable import read_timetable
from flowsim.schema import Arrivals, Due, InBeds, InQueue, Nights, Routes, Split

if TYPE_CHECKING:
    from flowsim.scenario import Scenario


def rate_sources(frame: Frame) -> tuple[RateSource, ...]:
    """Sources that come by a rate."""
    return tuple(_rate(frame, name) for name, source in frame.model.arrivals.items() if source.timetable is None)


def _rate(frame: Frame, name: str) -> RateSource:
    """Expected arrivals, and the week's windows."""
    versions = [model.arrivals[name] for model in frame.models]
    source = versions[0]
    day, first, length, share = _windows(source)
    return RateSource(
        name=name,
        step=frame.step[source.step],
        law=source.law,
        variance_to_mean=source.variance_to_mean or 1.0,
        normal_week=np.stack([_normal_week(version) for version in versions]),
        weekly=np.stack([_weekly(frame, version) for version in versions]),
        shares=np.array([group_shares(frame, version.groups, period) for period, version in enumerate(versions)]),
        window_day=day,
        window_from=first,
        window_length=length,
        window_share=share,
        luck=luck_of(source.luck),
    )


def _weekly(frame: Frame, source: Arrivals) -> np.ndarray:
    """Season x growth of each week."""
    factor = season(frame.grid, [(rule.weeks, rule.factor) for rule in source.season])
    mondays = frame.grid.days[::7]
    return np.asarray(factor * (1.0 + source.growth_per_year) ** (mondays / 365.25))


def _normal_week(source: Arrivals) -> np.ndarray:
    """Expected arrivals on the seven days of a normal week, Monday first."""
    weights = np.array(source.days)
    open_hours = (source.hours[1] - source.hours[0]) / 3600
    if source.per_week is not None:
        return np.asarray(source.per_week * weights / weights.sum())
    if source.per_day is not None:
        return source.per_day * weights
    if source.per_hour is not None:
        return source.per_hour * open_hours * weights
    if source.mean_gap is not None:
        return np.asarray(open_hours * 3600 / source.mean_gap * weights)
    rates = source.per_hour_by_weekday or {}
    return np.array([sum(rates.get(day, ())) for day in WEEKDAYS])


def _windows(source: Arrivals) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The week's windows: weekday, first second of the day, seconds, share of the day's arrivals."""
    if source.per_hour_by_weekday is None:
        ones = np.ones(7, dtype=np.int64)
        opens, closes = source.hours
        return np.arange(7), opens * ones, (closes - opens) * ones, np.ones(7)
    rates = np.array([source.per_hour_by_weekday.get(day, (0.0,) * 24) for day in WEEKDAYS])
    total = rates.sum(axis=1, keepdims=True)
    share = np.divide(rates, total, out=np.zeros_like(rates), where=total > 0)
    return np.repeat(np.arange(7), 24), np.tile(np.arange(24) * 3600, 7), np.full(168, 3600), share.reshape(-1)


def group_shares(frame: Frame, named: Mapping[str, float] | None, period: int = 0) -> list[float]:
    """Each group's share: as named, else the groups' own shares, taken as shares of their sum."""
    if named is None:
        groups = frame.models[period].groups
        total = sum(group.share or 0.0 for group in groups.values())
        if len(groups) == 1:
            return [1.0]
        return [(group.share or 0.0) / (total or 1.0) for group in groups.values()]
    return [named.get(name, 0.0) for name in frame.groups]


def dated_sources(scenario: Scenario, frame: Frame) -> tuple[DatedSource, ...]:
    """Sources that come by a timetable."""
    return tuple(
        read_timetable(scenario, frame, name)
        for name, source in frame.model.arrivals.items()
        if source.timetable is not None
    )


def start_sources(frame: Frame) -> tuple[StartSource, ...]:
    """Queues, beds and due dates at the start, in this order."""
    model = frame.model
    return (
        *(_queue(frame, entry) for entry in model.queue_at_start),
        *(_beds(frame, entry) for entry in model.in_beds_at_start),
        *(_due(frame, entry) for entry in model.due_at_start),
    )


def _cumulative(frame: Frame, named: Mapping[str, float] | None) -> tuple[float, ...]:
    """Cumulative shares of the groups."""
    shares = np.cumsum(group_shares(frame, named))
    return tuple((shares / (shares[-1] or 1.0)).tolist())


def _queue(frame: Frame, entry: InQueue) -> StartSource:
    """A queue with the times waited."""
    listed = entry.waited if isinstance(entry.waited, tuple) else ()
    return StartSource(
        name=entry.label,
        kind="queue",
        step=frame.step[entry.step],
        patients=entry.patients,
        group_cumulative=_cumulative(frame, entry.groups),
        law=None if listed else law_of(entry.waited),
        listed=listed,
        decision=_clock(frame, entry) == "decision",
    )


def _clock(frame: Frame, entry: InQueue) -> str:
    """What the time waited counts from: as declared, else the decision if everybody at the step has one."""
    if "clock" in entry.model_fields_set:
        return entry.clock
    return "referral" if entry.step in undecided(frame) else "decision"


def undecided(frame: Frame) -> set[str]:
    """Steps that patients can come to from an arrival without passing a step that sets the decision."""
    pathway = frame.model.pathway
    left = [source.step for source in frame.model.arrivals.values()]
    found: set[str] = set()
    while left:
        name = left.pop()
        if name in found or name not in pathway or pathway[name].decision:
            continue
        found.add(name)
        step = pathway[name]
        if isinstance(step.then, Split):
            left += [*step.then.branches, step.then.join]
        elif isinstance(step.then, Routes):
            left += [to for table in step.then.by_group.values() for to in table.to]
        left += list(step.stay.until) if step.stay else []
        left += [step.overflow] if step.overflow else []
    return found


def _beds(frame: Frame, entry: InBeds) -> StartSource:
    """Beds taken, with what is left of the stays. A step with a stay means its stay."""
    stay = frame.model.pathway[entry.step].stay if entry.step in frame.model.pathway else None
    nights = isinstance(entry.remaining, Nights)
    return StartSource(
        name=entry.label,
        kind="beds",
        step=frame.step[frame.stay_name(entry.step) if stay else entry.step],
        patients=entry.patients,
        group_cumulative=_cumulative(frame, entry.groups),
        law=law_of(entry.remaining),
        nights=nights,
        discharge_s=stay.discharge_time if stay else 11 * 3600,
    )


def _due(frame: Frame, entry: Due) -> StartSource:
    """Those already treated, with the time until their next step is due."""
    return StartSource(
        name=entry.label,
        kind="due",
        step=frame.step[entry.step],
        patients=entry.patients,
        group_cumulative=_cumulative(frame, entry.groups),
        law=law_of(entry.due),
    )
