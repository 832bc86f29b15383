"""Weekly history: one row for each resource and ISO week, whatever the file called its columns.

A week without a row is missing, a row with 0 is zero, a row marked closed is a closure: three different things.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flowsim import chance
from flowsim.calibration.databases import is_address, named, rows_of
from flowsim.errors import Fault, InputError
from flowsim.frames import pd
from flowsim.sheets.table import MAX_ROWS, Table, personal_faults, read_table, refused

HEADINGS = {
    "week_monday": ("week_monday", "monday", "date", "måndag", "veckans_måndag", "datum"),
    "week": ("week", "iso_week", "vecka", "veckonummer"),
    "year": ("year", "iso_year", "år"),
    "resource": ("resource", "group", "resurs", "grupp"),
    "count": (
        "count",
        "contacts",
        "operations",
        "total",
        "antal",
        "antal_kontakter",
        "kontakter",
        "operationer",
        "totalt",
    ),
    "hours": ("hours", "timmar", "utförd_tid"),
    "offered": ("offered", "utbud"),
    "closed": ("closed", "stängt", "stängd"),
}
"""What a column may be called (case, spaces and hyphens do not matter)."""
COLUMNS = ("resource", "number", "week", "iso_week", "monday", "count", "hours", "offered", "closed")
"""The normal form: `number` runs with the weeks, `week` is 2016-W01 (W01 where no year is printed), `monday` a date."""
_ISO_WEEK = re.compile(r"(\d{4})\s*[-_ ]?[wWvV]?(\d{2})")
DAY_FIRST = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{4}")
_EMPTY = "The cell is empty: write 0, mark the week closed or leave the row out."
_YES = {"1", "yes", "ja", "true", "x", "closed", "stängt", "stängd"}
_NO = {"", "0", "no", "nej", "false"}


def read_weekly(
    path: str | Path,
    columns: Mapping[str, str] | None = None,
    resource: str = "",
    parts: bool = False,
    table: str = "",
) -> pd.DataFrame:
    """A weekly table as a frame with the columns `COLUMNS`, one row per resource and week, in order.

    `path`: a file (CSV, xlsx, parquet), or a database's address. `table`: which sheet of a workbook (its first, unless
    named) or table of a database (weekly). `columns` maps our names
    (`HEADINGS`) to the file's headings where they are not recognised; `resource` names what a file without such a
    column is about (default: the file's own name). A file without a column of counts, or any file with `parts`, is
    read as one resource per column of numbers. InputError names every bad row.
    """
    source = _from_database(str(path), table or "weekly") if is_address(path) else read_table(path, table)
    found = _recognised(source, columns or {})
    weeks, faults = _weeks(source, found)
    name = resource or re.sub(r"\W+", "_", (table or "weekly").lower() if is_address(path) else Path(path).stem.lower())
    if "count" in found and not parts:
        rows = _long(source, found, weeks, name, faults)
    else:
        rows = _wide(source, found, weeks, faults)
    faults.extend(_doubles(rows, source.file))
    if faults:
        raise InputError(sorted(dict.fromkeys(faults), key=lambda fault: fault.line))
    return _framed(rows)


def _from_database(address: str, table: str) -> Table:
    """A database's table as a file's would be; rows are numbered from 1."""
    pieces = [piece for piece, _ in rows_of(address, table, MAX_ROWS)]
    frame = pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame()
    if not len(frame) or len(frame) > MAX_ROWS:
        words = "It is empty." if not len(frame) else f"It has more than {MAX_ROWS:,} rows: that is no weekly table."
        raise refused(named(address), table, words)
    cells = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
    found = Table(named(address), tuple(map(str, frame.columns)), tuple((k + 1, tuple(r)) for k, r in enumerate(cells)))
    if faults := personal_faults(found, range(len(found.headings))):
        raise InputError(faults)
    return found


def _recognised(table: Table, columns: Mapping[str, str]) -> dict[str, str]:
    """Our name -> the file's heading."""
    plain = {re.sub(r"[\s\-]+", "_", heading.lower()): heading for heading in table.headings if heading}
    found = {ours: plain[name] for ours, names in HEADINGS.items() for name in reversed(names) if name in plain}
    for ours, heading in columns.items():
        if ours not in HEADINGS or heading not in table.headings:
            raise refused(table.file, heading, f"There is no such column; there are: {', '.join(table.headings)}.")
        found[ours] = heading
    if "count" not in found and "offered" in found:
        found["count"] = found["offered"]
    if "week" not in found and "week_monday" not in found:
        known = ", ".join((*HEADINGS["week"], *HEADINGS["week_monday"]))
        raise refused(
            table.file,
            "the headings",
            f"A column that says which week is needed, called one of: {known}.{_sheet(table)}",
        )
    return found


def _sheet(table: Table) -> str:
    """How to read another sheet, of a workbook."""
    is_book = table.file.lower().endswith(".xlsx")
    return " Of a workbook the first sheet is read, unless --table names another." if is_book else ""


def _weeks(table: Table, found: dict[str, str]) -> tuple[dict[int, tuple[int, int, date | None]], list[Fault]]:
    """Row number -> (running number, ISO week, Monday)."""
    weeks: dict[int, tuple[int, int, date | None]] = {}
    faults: list[Fault] = []
    heading = found.get("week_monday") or found["week"]
    faults += _two_formats(table, heading)
    years: dict[int, Any] = dict(table.column(found["year"])) if "year" in found else {}
    for row, cell in table.column(heading):
        try:
            monday, week = _week(cell, years.get(row))
        except ValueError as error:
            faults.append(Fault(table.file, row, heading, "", str(error)))
            continue
        weeks[row] = (chance.week_number(monday) if monday else week, week, monday)
    if len({monday is None for _, _, monday in weeks.values()}) > 1:
        faults.append(
            Fault(table.file, 0, heading, "", "Some weeks have a year and some have none: use one way for all.")
        )
    return weeks, faults


def _week(cell: Any, year: Any) -> tuple[date | None, int]:
    """(Monday, ISO week); no Monday where only a week number is printed."""
    if isinstance(cell, datetime):
        cell = cell.date()
    text = "" if cell is None else str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    day = cell if isinstance(cell, date) else _date(text)
    if day is not None:
        iso = day.isocalendar()
        return date.fromisocalendar(iso.year, iso.week, 1), iso.week
    match = _ISO_WEEK.fullmatch(text)
    if match:
        return date.fromisocalendar(int(match[1]), int(match[2]), 1), int(match[2])
    if re.fullmatch(r"[wWvV]?\d{1,2}", text) and 1 <= int(text.lstrip("wWvV")) <= 53:
        week = int(text.lstrip("wWvV"))
        return (date.fromisocalendar(int(float(str(year))), week, 1), week) if year is not None else (None, week)
    raise ValueError("A week is a date such as 2027-01-04, 2027-W01, or a number from 1 to 53.")


def _date(text: str) -> date | None:
    """2027-01-04, or day first: 4.1.2027, 04/01/2027."""
    day_first = DAY_FIRST.match(text)
    try:
        if day_first:
            return date(*(int(part) for part in reversed(re.split(r"[./]", day_first[0]))))
        return date.fromisoformat(text[:10]) if re.match(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        raise ValueError("This is not a day of the calendar.") from None


def _two_formats(table: Table, heading: str) -> list[Fault]:
    """The first date written another way than those above it."""
    firsts: dict[bool, int] = {}
    for row, cell in table.column(heading):
        if isinstance(cell, str) and re.match(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{4}", cell):
            firsts.setdefault(bool(DAY_FIRST.match(cell)), row)
    if len(firsts) < 2:
        return []
    words = "This date is written another way than those above it: use one format in a column (2027-01-04)."
    return [Fault(table.file, max(firsts.values()), heading, "", words)]


def _long(
    table: Table, found: dict[str, str], weeks: dict[int, tuple[int, int, date | None]], name: str, faults: list[Fault]
) -> list[dict[str, Any]]:
    """One row of the file, one row of the history."""
    numbers = [ours for ours in ("count", "hours", "offered") if ours in found]
    values = {ours: _read(table, found[ours], number_in, faults) for ours in numbers}
    faults.extend(fault for ours in numbers for fault in _two_marks(table, found[ours]))
    closed = _read(table, found["closed"], _yes, faults) if "closed" in found else {}
    names: dict[int, Any] = dict(table.column(found["resource"])) if "resource" in found else {}
    named, rows = {fault.line for fault in faults}, []
    for row, week in weeks.items():
        one = {ours: column.get(row) for ours, column in values.items()}
        shut = bool(closed.get(row))
        if one.get("count") is None and not shut and row not in named:
            faults.append(Fault(table.file, row, found["count"], "", _EMPTY))
        rows.append(_row(row, str(names.get(row) or name), week, closed=shut, **one))
    return rows


def _wide(
    table: Table, found: dict[str, str], weeks: dict[int, tuple[int, int, date | None]], faults: list[Fault]
) -> list[dict[str, Any]]:
    """Each column of numbers is a resource; columns of text are left out."""
    rows = []
    for heading in table.headings:
        cells = [cell for _, cell in table.column(heading) if cell is not None]
        if heading in found.values() or not heading or not any(isinstance(_tried(cell), float) for cell in cells):
            continue
        values = _read(table, heading, number_in, faults)
        rows += [
            _row(row, heading, week, count=values[row]) for row, week in weeks.items() if values.get(row) is not None
        ]
    if not rows:
        known = ", ".join(HEADINGS["count"])
        raise refused(
            table.file, "the headings", f"A column of counts is needed, called one of: {known}.{_sheet(table)}"
        )
    return rows


def _row(row: int, resource: str, week: tuple[int, int, date | None], **values: Any) -> dict[str, Any]:
    number, iso, monday = week
    base = {"row": row, "resource": resource, "number": number, "iso_week": iso, "monday": monday, "closed": False}
    return {**base, **values}


def _tried(cell: Any) -> float | None:
    try:
        return number_in(cell)
    except ValueError:
        return None


def _read(table: Table, heading: str, reader: Callable[[Any], Any], faults: list[Fault]) -> dict[int, Any]:
    """Row number -> value of one column; a fault for each cell that is none."""
    values = {}
    for row, cell in table.column(heading):
        try:
            values[row] = reader(cell)
        except ValueError as error:
            faults.append(Fault(table.file, row, heading, "", str(error)))
    return values


def number_in(cell: Any) -> float | None:
    """A number, 0 or more, with a decimal point or a decimal comma; None for an empty cell."""
    if cell is None:
        return None
    text = re.sub(r"[\s\u00a0\u202f]", "", str(cell))
    if re.fullmatch(r"\d{1,3}(,\d{3})+", text):
        raise ValueError("The comma may mean thousands or decimals: write the number without it.")
    if not re.fullmatch(r"[-−]?\d+([.,]\d+)?([eE][+-]?\d+)?", text) or isinstance(cell, bool):
        raise ValueError("This is not a number.")
    if text[0] in "-−":
        raise ValueError("This is negative; a week has 0 or more.")
    return float(text.replace(",", "."))


def _two_marks(table: Table, heading: str) -> list[Fault]:
    """The first cell whose decimal mark is another than those above it."""
    marks: dict[str, int] = {}
    for row, cell in table.column(heading):
        match = re.fullmatch(r"\s*\d+([.,])\d+\s*", cell) if isinstance(cell, str) else None
        if match:
            marks.setdefault(match[1], row)
    if len(marks) < 2:
        return []
    words = "Its decimal mark is another than those above it: use one in a column, a point or a comma."
    return [Fault(table.file, max(marks.values()), heading, "", words)]


def _yes(cell: Any) -> bool:
    word = "" if cell is None else str(cell).lower().removesuffix(".0")
    if word not in _YES | _NO:
        raise ValueError("Closed is said by yes or no (ja, nej, 1, 0).")
    return word in _YES


def _doubles(rows: list[dict[str, Any]], file: str) -> list[Fault]:
    """A week that is there twice."""
    first: dict[tuple[str, int], int] = {}
    faults = []
    for one in rows:
        key = (one["resource"], one["number"])
        if key in first:
            faults.append(Fault(file, one["row"], "week", "", f"This week is there twice, first in row {first[key]}."))
        first.setdefault(key, one["row"])
    return faults


def _framed(rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows).reindex(columns=[*COLUMNS])
    frame["week"] = [
        f"{monday.isocalendar().year}-W{week:02d}" if isinstance(monday, date) else f"W{week:02d}"
        for monday, week in zip(frame["monday"], frame["iso_week"], strict=True)
    ]
    for column in ("count", "hours", "offered"):
        frame[column] = frame[column].astype(float)
    return frame.sort_values(["resource", "number"], kind="stable", ignore_index=True)
