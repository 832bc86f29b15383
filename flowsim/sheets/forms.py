"""What a sheet must hold: its columns, their kinds and names in both languages; a table read by it becomes a frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal

from flowsim.errors import Fault, InputError
from flowsim.frames import pd
from flowsim.sheets import amounts
from flowsim.sheets.table import Table, personal_faults

Kind = Literal["text", "money", "decimal", "number", "whole", "date", "month", "choice"]
MOST = 20
"""Faults told of one column; the rest are counted."""
_READ: dict[str, Callable[[Any], Any]] = {
    "text": amounts.text,
    "money": amounts.ore,
    "decimal": amounts.number,
    "number": lambda cell: float(amounts.number(cell)),
    "whole": amounts.whole,
    "date": amounts.day,
    "month": amounts.month,
}
_CHECKED = ("text", "choice")
"""Kinds in which a personal identity number could hide."""
_HEADINGS: dict[str, dict[str, str]] = {}
"""See `headings_of`."""


@dataclass(frozen=True)
class Column:
    """One column of a sheet, and what its cells become.

    By kind: text str ("" if empty), money int öre, decimal Decimal, number float, whole int, date date, month
    "YYYY-MM", choice one of `allowed`'s values. An empty cell of a column not required: `empty`.
    """

    name: str
    kind: Kind = "text"
    also: tuple[str, ...] = ()
    """Other headings, read as the same: Swedish, short forms. Case and blanks do not matter."""
    required: bool = True
    empty: Any = None
    """What an empty cell, or a column that is not there, becomes. Text: "" unless said."""
    allowed: Mapping[str, str] = field(default_factory=dict)
    """Of a choice: what may be written -> our word ("hjälp" -> "supporting")."""
    least: float | None = None
    """The smallest number allowed."""

    @property
    def nothing(self) -> Any:
        """What an empty cell becomes."""
        return "" if self.empty is None and self.kind in ("text", "choice", "month") else self.empty


@dataclass(frozen=True)
class Form:
    """One sheet: its name, other names, columns, and the columns of which no two rows may be the same."""

    name: str
    columns: tuple[Column, ...]
    also: tuple[str, ...] = ()
    key: tuple[str, ...] = ()

    def is_called(self, name: str) -> bool:
        """Is this a name of the sheet?"""
        return squeezed(name) in {squeezed(one) for one in (self.name, *self.also)}


def squeezed(name: str) -> str:
    """A heading or sheet's name as compared: lower case, letters and digits alone."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def framed(table: Table, form: Form) -> pd.DataFrame:
    """The table's rows as a frame with the form's column names, and `row`, the row in the file (`attrs["file"]`).

    InputError with every fault: file, row, column, what was found, what is allowed. Columns the form does not know
    are left out; one that holds personal identity numbers stops the reading all the same, its values not shown.
    """
    found = _places(table, form)
    _HEADINGS[table.file] = {name: table.headings[place] for name, place in found.items()}
    numeric = {found[column.name] for column in form.columns if column.name in found and column.kind not in _CHECKED}
    faults = personal_faults(table, [k for k in range(len(table.headings)) if k not in numeric])
    if faults:
        raise InputError(faults)
    rows = [number for number, _ in table.rows]
    columns: dict[str, list[Any]] = {}
    for column in form.columns:
        cells = table.cells(found[column.name]) if column.name in found else [None] * len(rows)
        heading = table.headings[found[column.name]] if column.name in found else column.name
        columns[column.name], wrong = _values(column, cells)
        faults += _told(table.file, heading, rows, cells, wrong)
    if not faults:
        faults = _doubles(table, form, columns, rows)
    if faults:
        raise InputError(faults)
    frame = pd.DataFrame({"row": rows})
    frame.attrs["file"] = table.file
    for column in form.columns:
        frame[column.name] = pd.Series(columns[column.name], dtype=_dtype(column, columns[column.name]))
    return frame


def headings_of(file: str) -> Mapping[str, str]:
    """Our column name -> the heading as it stands in a table (file, or book and sheet) read in this process."""
    return _HEADINGS.get(file, {})


def _dtype(column: Column, values: Sequence[Any]) -> str:
    if column.kind == "number":
        return "float64"
    return "int64" if column.kind in ("money", "whole") and None not in values else "object"


def _places(table: Table, form: Form) -> dict[str, int]:
    """Our column name -> its place. InputError for a required one that is missing or one that is there twice."""
    headings = [squeezed(heading) for heading in table.headings]
    found: dict[str, int] = {}
    faults = []
    for column in form.columns:
        names = {squeezed(name) for name in (column.name, *column.also)}
        places = [k for k, heading in enumerate(headings) if heading in names]
        if len(places) > 1:
            both = " and ".join(f'"{table.headings[k]}"' for k in places[:2])
            faults.append(Fault(table.file, 1, column.name, "", f"Two columns mean the same: {both}. Keep one."))
        elif places:
            found[column.name] = places[0]
        elif column.required:
            faults.append(_missing(table, column))
    if faults:
        raise InputError(faults)
    return found


def _missing(table: Table, column: Column) -> Fault:
    names = ", ".join((column.name, *column.also))
    near = get_close_matches(column.name, table.headings, 1, 0.75) or [
        heading for other in column.also for heading in get_close_matches(other, table.headings, 1, 0.75)
    ]
    hint = f' Is it "{near[0]}"?' if near else ""
    return Fault(table.file, 1, "the headings", "", f"There is no column {names}: it is needed.{hint}")


def _values(column: Column, cells: Sequence[Any]) -> tuple[list[Any], dict[int, str]]:
    """The column's values, and the faults by place. Each distinct cell is read once."""
    empty = ValueError("It is empty: a value is needed.") if column.required else column.nothing
    kinds = [(type(cell), cell) for cell in cells]
    seen = {kind: empty if kind[1] is None else _value(column, kind[1]) for kind in set(kinds)}
    values = [seen[kind] for kind in kinds]
    if not any(isinstance(value, ValueError) for value in seen.values()):
        return values, {}
    return values, {k: str(value) for k, value in enumerate(values) if isinstance(value, ValueError)}


def _value(column: Column, cell: Any) -> Any:
    """A cell's value, or the fault it is."""
    if column.kind == "choice":
        known = {squeezed(said): ours for said, ours in column.allowed.items()}
        said = squeezed(amounts.text(cell))
        return known.get(said, ValueError(f"Allowed: {', '.join(column.allowed)}."))
    try:
        value = _READ[column.kind](cell)
    except ValueError as fault:
        return fault
    if column.least is not None and value < column.least:
        return ValueError(f"Allowed: {column.least:g} or more.")
    return value


def _told(file: str, heading: str, rows: Sequence[int], cells: Sequence[Any], wrong: Mapping[int, str]) -> list[Fault]:
    faults = [Fault(file, rows[k], heading, str(cells[k] or "")[:60], words) for k, words in wrong.items()]
    if len(faults) > MOST:
        more = f"{len(faults) - MOST} more rows of this column cannot be read."
        faults = [*faults[:MOST], Fault(file, faults[MOST].line, heading, "", more)]
    return faults


def _doubles(table: Table, form: Form, columns: Mapping[str, Sequence[Any]], rows: Sequence[int]) -> list[Fault]:
    """Rows whose key was there before."""
    first: dict[tuple[Any, ...], int] = {}
    faults = []
    for k, row in enumerate(rows if form.key else []):
        key = tuple(columns[name][k] for name in form.key)
        if key in first:
            found = ", ".join(str(part) for part in key)
            words = f"The same as in line {first[key]}: no two rows may have the same {' and '.join(form.key)}."
            faults.append(Fault(table.file, row, ", ".join(form.key), found, words))
        first.setdefault(key, row)
    return faults[:MOST]
