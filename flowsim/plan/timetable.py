"""Arrivals by a timetable: a CSV file of dates, or a week's table in the scenario, as rows on their days.

Columns of the file: `date, group, count`, and where wanted `time` (HH:MM; else spread over the source's hours),
`set`, `alternative`, `probability`. Rows of one date and set that name alternatives are a choice: one alternative
comes true, with its rows. A row without group or with count 0 says only that the timetable covers its date.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from flowsim.errors import Fault, InputError
from flowsim.plan.calendar import WEEKDAYS
from flowsim.plan.frame import Frame
from flowsim.plan.recipe import DatedSource
from flowsim.schema import Arrivals
from flowsim.schema.values import time_of_day
from flowsim.tables import DAY_S

if TYPE_CHECKING:
    from flowsim.scenario import Scenario

KNOWN = ("date", "time", "set", "group", "count", "alternative", "probability")


@dataclass(frozen=True)
class Row:
    """Patients of one group on one day."""

    day: int
    """Day number; of a week's table the weekday."""
    set: str
    alternative: str
    """'' = certain."""
    probability: float
    group: str
    count: int
    time: int | None


@dataclass
class _Rows:
    """Columns of a `DatedSource` while they are gathered."""

    start: list[int] = field(default_factory=list)
    length: list[int] = field(default_factory=list)
    group: list[int] = field(default_factory=list)
    count: list[int] = field(default_factory=list)
    choice: list[int] = field(default_factory=list)
    alternative: list[int] = field(default_factory=list)
    keys: list[tuple[int, int]] = field(default_factory=list)
    shares: list[list[float]] = field(default_factory=list)


def read_timetable(scenario: Scenario, frame: Frame, name: str) -> DatedSource:
    """A source's timetable as rows within the grid's days.

    Raises:
        InputError: the file cannot be read, names no known group, or ends before the horizon without `repeats: true`.
    """
    source = frame.model.arrivals[name]
    if isinstance(source.timetable, str):
        rows = _from_file(scenario, frame, name, source)
    else:
        rows = list(_week_rows(source))
        rows = [_moved(row, int(monday)) for monday in frame.grid.days[::7] for row in rows]
    return _source(frame, name, source, rows)


def _moved(row: Row, days: int) -> Row:
    """The same row some days later."""
    return Row(row.day + days, row.set, row.alternative, row.probability, row.group, row.count, row.time)


def _week_rows(source: Arrivals) -> Iterable[Row]:
    """Rows of a week's table."""
    table = source.timetable if isinstance(source.timetable, dict) else {}
    for weekday, sets in table.items():
        for k, one in enumerate(sets):
            for a, alternative in enumerate(one.alternatives):
                groups = alternative.groups.items() or [("", 0)]
                for group, count in groups:
                    day = WEEKDAYS.index(weekday)
                    yield Row(day, str(k), str(a), alternative.probability, group, count, one.time)


def _from_file(scenario: Scenario, frame: Frame, name: str, source: Arrivals) -> list[Row]:
    """Rows of a file, checked, repeated if it says so, cut to the grid."""
    path = str(source.timetable)
    rows, faults = _parsed(path, scenario.texts[path], frame)
    last = frame.grid.end_day - 1
    if rows and not source.repeats and max(row.day for row in rows) < last:
        end = frame.grid.date_of(max(row.day for row in rows))
        key = f"arrivals.{name}.timetable"
        way_out = (
            f"{path} ends on {end}, before the horizon's last day {frame.grid.date_of(last)}. Continue the file, "
            f"shorten the horizon, or write repeats: true."
        )
        faults.append(Fault(str(scenario.path), 0, key, path, way_out))
    if not rows and not faults:
        faults.append(Fault(path, 1, "", "", "holds no rows."))
    if faults:
        raise InputError(faults)
    return _repeated(rows, frame) if source.repeats else rows


def _parsed(path: str, text: str, frame: Frame) -> tuple[list[Row], list[Fault]]:
    """Rows of a CSV text, and every fault in it."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    header = [column.strip().lower() for column in reader.fieldnames or ()]
    reader.fieldnames = header
    lacking = [column for column in ("date", "group", "count") if column not in header]
    unknown = [column for column in header if column not in KNOWN]
    if lacking or unknown:
        wrong = ", ".join(lacking or unknown)
        said = "is missing a column" if lacking else "has an unknown column"
        return [], [Fault(path, 1, wrong, "", f"{said}; the columns are: {', '.join(KNOWN)}.")]
    rows: list[Row] = []
    faults: list[Fault] = []
    for line, values in enumerate(reader, 2):
        try:
            rows.append(_row({key: (value or "").strip() for key, value in values.items() if key}, frame))
        except Exception as error:  # of any kind: it names what is wrong with this line
            faults.append(Fault(path, line, "", "", str(error)))
    return rows, faults or _not_whole(path, rows, frame)


def _row(values: dict[str, str], frame: Frame) -> Row:
    """One line of the file. ValueError says what is wrong with it."""
    group, count = values["group"], int(values["count"] or 0)
    if count < 0:
        raise ValueError(f"count is {count}; it must be 0 or more.")
    if group and group not in frame.groups:
        raise ValueError(f'there is no group "{group}". There are: {", ".join(frame.groups)}.')
    if count and not group:
        raise ValueError("has a count but no group.")
    return Row(
        day=frame.grid.day_of(date.fromisoformat(values["date"])),
        set=values.get("set", ""),
        alternative=values.get("alternative", ""),
        probability=float(values.get("probability") or 1.0),
        group=group,
        count=count,
        time=time_of_day(values["time"]) if values.get("time") else None,
    )


def _not_whole(path: str, rows: list[Row], frame: Frame) -> list[Fault]:
    """Choices whose alternatives' probabilities do not add up to 1."""
    choices: dict[tuple[int, str], dict[str, float]] = {}
    for row in rows:
        if row.alternative:
            choices.setdefault((row.day, row.set), {})[row.alternative] = row.probability
    return [
        Fault(
            path, 0, f"date {frame.grid.date_of(day)}", f"{sum(shares.values()):g}", "probabilities must add up to 1."
        )
        for (day, _), shares in choices.items()
        if abs(sum(shares.values()) - 1) > 1e-6
    ]


def _repeated(rows: list[Row], frame: Frame) -> list[Row]:
    """The file's whole weeks, over and over, before and after."""
    grid = frame.grid
    monday = min(row.day for row in rows) - grid.date_of(min(row.day for row in rows)).weekday()
    length = 7 * (-(-(max(row.day for row in rows) + 1 - monday) // 7))
    first = (grid.first_day - monday) // length
    last = (grid.first_day + 7 * grid.weeks - monday) // length
    return [_moved(row, k * length) for k in range(first, last + 1) for row in rows]


def _source(frame: Frame, name: str, source: Arrivals, rows: list[Row]) -> DatedSource:
    """The rows within the grid as columns, by day; choices with their keys and cumulative probabilities."""
    low, high = frame.grid.first_day, frame.grid.first_day + 7 * frame.grid.weeks
    out = _Rows()
    number = {group: g for g, group in enumerate(frame.groups)}
    choices: dict[tuple[int, str], tuple[int, dict[str, int]]] = {}
    on_day: dict[int, int] = {}
    for row in sorted((row for row in rows if low <= row.day < high), key=lambda row: row.day):
        choice, alternative = -1, 0
        if row.alternative:
            choice, alternative = _choice(frame, row, choices, on_day, out)
        opens, closes = source.hours
        out.start.append(row.day * DAY_S + (opens if row.time is None else row.time))
        out.length.append(closes - opens if row.time is None else 0)
        out.group.append(number.get(row.group, 0))
        out.count.append(row.count)
        out.choice.append(choice)
        out.alternative.append(alternative)
    widest = max((len(shares) for shares in out.shares), default=1)
    cumulative = np.ones((len(out.shares), widest))
    for k, shares in enumerate(out.shares):
        cumulative[k, : len(shares) - 1] = np.cumsum(shares)[:-1]
    return DatedSource(
        name=name,
        step=frame.step[source.step],
        start=np.array(out.start, dtype=np.int64),
        length=np.array(out.length, dtype=np.int64),
        group=np.array(out.group, dtype=np.int64),
        count=np.array(out.count, dtype=np.int64),
        choice=np.array(out.choice, dtype=np.int64),
        alternative=np.array(out.alternative, dtype=np.int64),
        choice_key=np.array(out.keys, dtype=np.int64).reshape(-1, 2),
        choice_cumulative=cumulative,
    )


def _choice(
    frame: Frame,
    row: Row,
    choices: dict[tuple[int, str], tuple[int, dict[str, int]]],
    on_day: dict[int, int],
    out: _Rows,
) -> tuple[int, int]:
    """Numbers of the row's choice and alternative; a new choice gets a key (date, number on that date)."""
    if (row.day, row.set) not in choices:
        nth = on_day.get(row.day, 0)
        on_day[row.day] = nth + 1
        choices[row.day, row.set] = (len(out.keys), {})
        out.keys.append((frame.grid.date_of(row.day).toordinal(), nth))
        out.shares.append([])
    choice, known = choices[row.day, row.set]
    if row.alternative not in known:
        known[row.alternative] = len(known)
        out.shares[choice].append(row.probability)
    return choice, known[row.alternative]
