"""A file of rows as it came: headings and cells with their row numbers, from CSV, xlsx or parquet.

Refused before anything is read further: a file too large, an empty one, and any column that looks like Swedish
personal identity numbers. No cell's value is ever part of a message.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flowsim.errors import Fault, InputError
from flowsim.frames import pd
from flowsim.sheets.formulas import never_computed

MAX_BYTES, MAX_TEXT = 50_000_000, 200_000_000
"""Of a table alone; of one CSV file among the sheets of a book."""
MAX_WORKBOOK, MAX_UNPACKED, MAX_RATIO, MAX_MEMBERS, MAX_ROWS = 10_000_000, 50_000_000, 100, 200, 100_000
"""Of a workbook, before it is opened: its bytes, bytes declared inside, how much they are packed, parts; then rows."""
_MANY, _FEW = 30, 0.3
"""From so many ten-digit numbers on, a smaller share that passes the check is chance."""
_PERSONAL = re.compile(r"(?:\d{2})?(\d{2})(\d{2})(\d{2})[-+]?(\d{4})")


@dataclass(frozen=True)
class Table:
    """Headings, and rows as (number in the file, cells)."""

    file: str
    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Any, ...]], ...]
    note: str = ""
    """What is worth knowing of how it was read: its encoding, if it was not UTF-8."""

    def column(self, heading: str) -> list[tuple[int, Any]]:
        """(row number, cell) of one column, empty cells as None."""
        cells = self.cells(self.headings.index(heading))
        return [(number, cell) for (number, _), cell in zip(self.rows, cells, strict=True)]

    def cells(self, place: int) -> list[Any]:
        """The cells of the column at a place, empty ones as None."""
        return [cells[place] if place < len(cells) else None for _, cells in self.rows]


def read_table(path: str | Path, sheet: str = "") -> Table:
    """The file's table (of a workbook: the sheet named, else its first). InputError if it cannot be used."""
    path = Path(path)
    _refuse_size(path, MAX_BYTES, "keep the weekly sums only")
    kind = path.suffix.lower()
    readers = {".csv": _csv, ".txt": _csv, ".tsv": _csv, ".parquet": _parquet}
    if kind not in (*readers, ".xlsx"):
        raise refused(path.name, "the file", f"Its kind must be one of: {', '.join((*readers, '.xlsx'))}.")
    if kind != ".xlsx":
        refuse_sheet(path.name, sheet)
    table = _filled(path.name, guarded_xlsx(path, sheet) if kind == ".xlsx" else readers[kind](path))
    if not table.rows:
        where = f"Its sheet {sheet}" if sheet else "Its first sheet" if kind == ".xlsx" else "It"
        raise refused(path.name, "the file", f"{where} is empty: a line of headings and at least one row are needed.")
    faults = personal_faults(table, range(len(table.headings)))
    if faults:
        raise InputError(faults)
    return table


def read_text_table(path: Path) -> Table:
    """A CSV file as a table, UTF-8, else Windows-1252, which its note says. Columns not yet looked into for persons."""
    _refuse_size(path, MAX_TEXT, "keep the columns that are needed, or give counts by group instead of rows")
    try:
        path.read_bytes().decode("utf-8-sig")
        note = ""
    except UnicodeDecodeError:
        note = f"{path.name}: read as Windows-1252, since it is not UTF-8."
    return _filled(path.name, _csv(path), note)


def read_sheets(path: Path) -> dict[str, Table]:
    """Every sheet of a workbook that holds something, by name. Columns not yet looked into for persons."""
    _refuse_size(path, MAX_BYTES, "use a folder of CSV files")
    sheets = {name: _filled(f"{path.name}, {name}", rows) for name, rows in _guarded_sheets(path).items()}
    return {name: table for name, table in sheets.items() if table.headings}


def _filled(file: str, lines: list[tuple[int, list[Any]]], note: str = "") -> Table:
    """Headings and rows, without empty lines."""
    cleaned = [(number, _cells(row)) for number, row in lines]
    filled = [(number, row) for number, row in cleaned if row.count(None) < len(row)]
    headings = tuple(str(cell or "").strip() for cell in filled[0][1]) if filled else ()
    return Table(file, headings, tuple(filled[1:]), note)


def refused(file: str, key: str, message: str, row: int = 0) -> InputError:
    """One fault as an error."""
    return InputError([Fault(file, row, key, "", message)])


def looks_personal(text: str) -> bool:
    """A Swedish personal identity or coordination number: a date, four digits, and the right last digit (Luhn)."""
    match = _PERSONAL.fullmatch(text.strip())
    if not match:
        return False
    year, month, day, last = match.groups()
    if not (1 <= int(month) <= 12 and (1 <= int(day) <= 31 or 61 <= int(day) <= 91)):
        return False
    doubled = (int(d) * (2 - k % 2) for k, d in enumerate(year + month + day + last))
    return sum(n // 10 + n % 10 for n in doubled) % 10 == 0


def _refuse_size(path: Path, most: int, instead: str) -> None:
    try:
        size = path.stat().st_size
    except OSError:
        raise refused(path.name, "the file", "There is no such file, or it cannot be read.") from None
    if size > most:
        raise refused(path.name, "the file", f"It is larger than {most // 1_000_000} MB: {instead}.")


def personal_faults(table: Table, places: Iterable[int]) -> list[Fault]:
    """A fault for each column, of those at the places, that looks like personal identity numbers; no value is shown."""
    faults = []
    for place in places:
        cells = table.cells(place)
        some = _persons({cell for cell in cells if cell is not None})
        if some:
            row = next(number for (number, _), cell in zip(table.rows, cells, strict=True) if cell in some)
            words = "This column looks like personal identity numbers (personnummer). Remove it and try again."
            faults.append(Fault(table.file, row, table.headings[place], "", words))
    return faults


def _persons(cells: set[Any]) -> set[Any]:
    """Of a column's distinct cells, those that look like identity numbers.

    Running numbers that begin with a date (vouchers) pass the check of the last digit one time in ten: a column of
    many such without hyphens, of which few pass, holds no persons.
    """
    shaped = {cell: text for cell in cells if _PERSONAL.fullmatch(text := _digits(cell).strip())}
    some = {cell for cell, text in shaped.items() if looks_personal(text)}
    plain = not any("-" in shaped[cell] or "+" in shaped[cell] for cell in some)
    return set() if plain and len(shaped) >= _MANY and len(some) < _FEW * len(shaped) else some


def _digits(cell: Any) -> str:
    """A cell as text; a whole number without its decimals, with the zeros a spreadsheet drops."""
    if isinstance(cell, int | float) and float(cell).is_integer():
        return f"{int(cell):010d}"
    return "" if cell is None or isinstance(cell, date) else str(cell)


def _cells(row: list[Any]) -> tuple[Any, ...]:
    """A row's cells, text stripped, nothing as None."""
    return tuple([(cell.strip() or None) if type(cell) is str else None if cell != cell else cell for cell in row])


def _csv(path: Path) -> list[tuple[int, list[Any]]]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    delimiter = max(";\t,", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        return [(reader.line_num, row) for row in reader if not (row and row[0].startswith("#"))]
    except csv.Error:
        raise refused(path.name, "the file", "It is not a table of text.", reader.line_num) from None


def refuse_sheet(file: str, sheet: str) -> None:
    """InputError if a sheet is named of a file that has none."""
    if sheet:
        raise refused(file, sheet, "Only a workbook or a database has tables to choose from.")


def guarded_xlsx(path: Path, sheet: str = "") -> list[tuple[int, list[Any]]]:
    """(row number, cells) of the workbook's sheet of that name, else of its first; no bomb is opened."""
    return next(iter(_guarded_sheets(path, lambda names: [sheet] if sheet else names[:1]).values()))


def _guarded_sheets(
    path: Path, chosen: Callable[[list[str]], list[str]] = lambda names: names
) -> dict[str, list[tuple[int, list[Any]]]]:
    """(row number, cells) of the chosen sheets of a workbook by name."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        _refuse_bomb(path)
        book = CalamineWorkbook.from_path(str(path))
        names = chosen(book.sheet_names)
        for name in names:
            if name not in book.sheet_names:
                raise refused(path.name, name, f"There is no such sheet; there are: {', '.join(book.sheet_names)}.")
            _refuse_formulas(path, name, book.sheet_names.index(name))
        sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}
    except (CalamineError, zipfile.BadZipFile, KeyError):
        raise refused(path.name, "the file", "It is not a workbook (.xlsx) that can be read.") from None
    for name, rows in sheets.items():
        if len(rows) > MAX_ROWS:
            file = path.name if len(names) == 1 else f"{path.name}, {name}"
            raise refused(file, "the file", f"It has more than {MAX_ROWS:,} rows: use CSV or parquet.")
    return {name: [(k + 1, row) for k, row in enumerate(rows)] for name, rows in sheets.items()}


def _refuse_formulas(path: Path, name: str, place: int) -> None:
    if row := never_computed(path, place):
        words = "This cell is a formula that was never computed: open the workbook in Excel, save it and try again."
        raise refused(path.name, name, words, row)


def _refuse_bomb(path: Path) -> None:
    with zipfile.ZipFile(path) as packed:
        sizes = [(one.file_size, one.compress_size) for one in packed.infolist()]
    total = sum(size for size, _ in sizes)
    ratio = total / max(sum(small for _, small in sizes), 1)
    if (
        path.stat().st_size > MAX_WORKBOOK
        or total > MAX_UNPACKED
        or len(sizes) > MAX_MEMBERS
        or (ratio > MAX_RATIO and total > 1_000_000)
    ):
        raise refused(path.name, "the file", "Unpacked it is far larger than a table should be: not opened.")


def _parquet(path: Path) -> list[tuple[int, list[Any]]]:
    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError):
        raise refused(path.name, "the file", "It is not a parquet file that can be read.") from None
    frame = frame.reset_index() if frame.index.name else frame
    rows = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
    return [(1, list(frame.columns)), *((k + 2, row) for k, row in enumerate(rows))]
