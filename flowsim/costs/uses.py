"""What one run used: units of each care service by contact and week, and units of each resource by week.

Units are whole numbers of 1/86,400 unit, so that a place-day is counted in seconds and nothing is rounded twice.
Only what happened inside the horizon [0, end) is counted; a stay is cut at its edges and split at week ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from flowsim.frames import pd
from flowsim.schema.unit_costs import UnitCosts
from flowsim.tables import DAY_S, WEEK_S, Setting, StepInfo

GRID = 86_400
"""Parts of a unit: a slot, server-hour, place-day or care service is so many."""
_HAPPENED = ("done", "open")


@dataclass(frozen=True)
class Horizon:
    """The reported weeks: ISO weeks from the one that holds the start, the first and last perhaps cut."""

    setting: Setting

    @cached_property
    def end_s(self) -> int:
        """Length in seconds."""
        return self.setting.weeks * WEEK_S

    @cached_property
    def lead_days(self) -> int:
        """Days of week 0 that lie before the start."""
        return self.setting.start.weekday()

    @cached_property
    def weeks(self) -> int:
        """Number of ISO weeks touched."""
        return self.setting.weeks + (1 if self.lead_days else 0)

    @cached_property
    def days(self) -> np.ndarray:
        """Days of each ISO week inside the horizon."""
        days = np.full(self.weeks, 7, dtype=np.int64)
        if self.lead_days:
            days[0], days[-1] = 7 - self.lead_days, self.lead_days
        return days

    def week(self, seconds: np.ndarray) -> np.ndarray:
        """ISO week of moments."""
        return (seconds + self.lead_days * DAY_S) // WEEK_S


class Visits:
    """One replication's contacts as plain arrays, codes by the setting's names. Times in seconds, NaN as -1."""

    def __init__(self, contacts: pd.DataFrame, setting: Setting) -> None:
        self.setting, self.horizon = setting, Horizon(setting)
        steps = [step.name for step in setting.steps]
        self.patient = contacts["patient"].to_numpy(dtype=np.int64)
        self.step = codes(contacts["step"], steps)
        started = contacts["started_day"].to_numpy()
        self.begun = ~np.isnan(started)
        self.started = _seconds(started)
        finished = contacts["finished_day"].to_numpy()
        self.finished = np.where(np.isnan(finished), self.horizon.end_s, _seconds(finished))
        self.used = _seconds(contacts["used_hours"].to_numpy() / 24)
        self.overtime = _seconds(contacts["overtime_hours"].to_numpy() / 24)
        self.blocked = _seconds(contacts["blocked_hours"].to_numpy() / 24)
        happened = codes(contacts["outcome"], _HAPPENED) >= 0
        at_home = codes(contacts["provider"], ["own"]) == 0
        background = codes(contacts["group"], setting.background) >= 0
        self.took_place = happened & self.begun & at_home
        self.own = self.took_place & ~background
        self.background = self.took_place & background
        self.bought = happened & self.begun & ~at_home & ~background & self.inside
        self.provider = codes(contacts["provider"], [provider.name for provider in setting.providers])

    @cached_property
    def inside(self) -> np.ndarray:
        """Began inside the horizon."""
        return self.begun & (self.started >= 0) & (self.started < self.horizon.end_s)

    @cached_property
    def week(self) -> np.ndarray:
        """ISO week of the start."""
        return self.horizon.week(self.started)

    def rows(self, step: int, of: np.ndarray) -> np.ndarray:
        """Rows of a step among those marked."""
        return np.flatnonzero((self.step == step) & of)

    def held(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(row, from, to) of the time from start to end and release, cut by the horizon, split at week ends."""
        begin = np.maximum(self.started[rows], 0)
        end = np.minimum(self.finished[rows] + self.blocked[rows], self.horizon.end_s)
        rows, begin, end = rows[end > begin], begin[end > begin], end[end > begin]
        lead = self.horizon.lead_days * DAY_S
        pieces = [(rows, begin, end)] if not len(rows) else []
        while len(rows):
            cut = np.minimum(end, ((begin + lead) // WEEK_S + 1) * WEEK_S - lead)
            pieces.append((rows, begin, cut))
            more = cut < end
            rows, begin, end = rows[more], cut[more], end[more]
        row, a, b = (np.concatenate(part) for part in zip(*pieces, strict=True))
        return row, a, b


def codes(column: pd.Series, names: list[str] | tuple[str, ...]) -> np.ndarray:
    """Position of each value in `names`, -1 if it is not there."""
    place = {name: k for k, name in enumerate(names)}
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column.map(place).fillna(-1).to_numpy(dtype=np.int64)
    table = np.array([*(place.get(name, -1) for name in column.cat.categories), -1], dtype=np.int64)
    return table[column.cat.codes.to_numpy()]


def _seconds(days: np.ndarray) -> np.ndarray:
    """Whole seconds of days; NaN as -1 second."""
    return np.where(np.isnan(days), -1, np.rint(np.nan_to_num(days) * DAY_S)).astype(np.int64)


@dataclass(frozen=True)
class Uses:
    """Care services used: one line per contact, service and week."""

    row: np.ndarray
    """Row of the contacts frame."""
    service: np.ndarray
    """Index in `UnitCosts.care_services`."""
    week: np.ndarray
    units: np.ndarray
    """In 1/86,400 of a unit."""


def care_service_uses(visits: Visits, costs: UnitCosts) -> Uses:
    """Units of care service in everything that took place, as the unit cost file's `contacts` says."""
    steps = {step.name: k for k, step in enumerate(visits.setting.steps)}
    services = {name: k for k, name in enumerate(costs.care_services)}
    found = [(np.zeros(0, np.int64),) * 4]
    for name, units in costs.contacts.items():
        if name not in steps or visits.setting.steps[steps[name]].kpp == "overhead":
            continue
        for service, amount in units.items():
            row, week, count = _amount(visits, steps[name], amount)
            found.append((row, np.full(len(row), services[service]), week, count))
    row, kind, week, count = (np.concatenate(part) for part in zip(*found, strict=True))
    some = count > 0
    return Uses(row[some], kind[some], week[some], count[some])


def _amount(visits: Visits, step: int, amount: float | str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(row, week, units) of one service at one step: a number of units, or what is measured."""
    info = visits.setting.steps[step]
    if amount in ("bed_days", "nights"):
        row, begin, end = visits.held(visits.rows(_stay(visits.setting, step), visits.own))
        units = end - begin if amount == "bed_days" else (end // DAY_S - begin // DAY_S) * GRID
        return row, visits.horizon.week(begin), units
    row = visits.rows(step, visits.own & visits.inside)
    if not isinstance(amount, str):
        return row, visits.week[row], np.full(len(row), round(amount * GRID), dtype=np.int64)
    staffed = _units_of_staff(visits.setting, info) > 0
    length = np.minimum(visits.finished[row], visits.horizon.end_s) - visits.started[row]
    seconds = np.maximum(visits.used[row], 0) if staffed else length
    return row, visits.week[row], seconds * (GRID // 60 if amount == "minutes" else GRID // 3600)


def _stay(setting: Setting, step: int) -> int:
    """The stay that follows a step; the step itself if none does."""
    name = setting.steps[step].name
    return next((k for k, info in enumerate(setting.steps) if info.stay_of == name), step)


def _units_of_staff(setting: Setting, info: StepInfo) -> int:
    kinds = {resource.name: resource.kind for resource in setting.resources}
    return sum(units for name, units in info.needs if kinds[name] == "staff")


def resource_use(visits: Visits, resource: int, of: np.ndarray) -> np.ndarray:
    """Units (1/86,400) of a resource used by the rows marked, by week: slots started, hours inside opening, places."""
    info = visits.setting.resources[resource]
    used = np.zeros(visits.horizon.weeks, dtype=np.int64)
    for step, needs in enumerate(visits.setting.steps):
        units = dict(needs.needs).get(info.name, 0)
        if units and info.kind == "places":
            row, begin, end = visits.held(visits.rows(step, of))
            _add(used, visits.horizon.week(begin), (end - begin) * units)
        elif units:
            row = visits.rows(step, of & visits.inside)
            _add(used, visits.week[row], _taken(visits, row, units, info.kind, needs))
    return used


def _taken(visits: Visits, row: np.ndarray, units: int, kind: str, step: StepInfo) -> np.ndarray:
    """Slots of each visit, or its part of the staff hours inside opening."""
    if kind == "slots":
        return np.full(len(row), units * GRID, dtype=np.int64)
    seconds = np.maximum(visits.used[row], 0) - np.maximum(visits.overtime[row], 0)
    return seconds * (GRID // 3600) * units // _units_of_staff(visits.setting, step)


def _add(total: np.ndarray, week: np.ndarray, units: np.ndarray) -> None:
    np.add.at(total, week, units)
