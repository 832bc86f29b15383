"""Tables to a workbook or a folder of CSV files: text never becomes a formula, numbers stay numbers, units in headings.

Source: CWE-1236; OWASP ASVS 5.0, 1.2.10 (leading = + - @ and tab get a ' before them in CSV).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from flowsim.errors import FlowsimError
from flowsim.frames import pd
from flowsim.sheets.headings import HEADINGS, heading

Lang = Literal["sv", "en"]
Headings = Mapping[str, tuple[str, str]]
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"-?[0-9]+([.,][0-9]+)?$")
_FORMATS = (("_sek", "#,##0.00"), ("_share", "0.0000"), ("_percent", "0.00"))
_DECIMAL = "#,##0.0##"
"""Of other columns with decimals."""


def write_book(
    path: str | Path, frames: Mapping[str, pd.DataFrame], lang: Lang = "en", headings: Headings | None = None
) -> list[Path]:
    """Writes frames to `path`: a workbook if it ends in .xlsx, else a folder with a CSV file for each. Gives the files.

    Headings are `headings` (column -> English, Swedish), else those known here, else the column's name. Swedish CSV has
    semicolons and decimal commas, as Excel with Swedish settings opens it. FlowsimError if it cannot be written.
    """
    path, known = Path(path), {**HEADINGS, **(headings or {})}
    try:
        if path.suffix.lower() == ".xlsx":
            path.parent.mkdir(parents=True, exist_ok=True)
            _workbook(path, frames, lang, known)
            return [path]
        path.mkdir(parents=True, exist_ok=True)
        return [_csv(path / f"{name}.csv", frame, lang, known) for name, frame in frames.items()]
    except OSError as error:
        raise FlowsimError(f'Could not write "{path.as_posix()}": {error.strerror or error}.') from error


def safe_text(cell: str) -> str:
    """A text cell for CSV: one that a spreadsheet would take for a formula gets a leading apostrophe."""
    return f"'{cell}" if cell.startswith(_DANGEROUS) else cell


def write_rows(path: Path, headings: list[str], rows: list[list[Any]]) -> Path:
    """Headings and rows as one CSV file (UTF-8, commas). Gives its path."""
    import csv

    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(headings)
        writer.writerows([_guarded(cell) for cell in row] for row in rows)
    return path


def _guarded(cell: Any) -> Any:
    """A cell of a row: text that would be a formula gets its apostrophe, a number in text does not."""
    if isinstance(cell, str) and cell[:1] in _DANGEROUS and cell and not _NUMBER.match(cell):
        return safe_text(cell)
    return cell


def _csv(path: Path, frame: pd.DataFrame, lang: Lang, known: Headings) -> Path:
    import csv

    sv = lang == "sv"
    with path.open("w", encoding="utf-8-sig" if sv else "utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";" if sv else ",", lineterminator="\n")
        writer.writerow([heading(str(column), lang, known) for column in frame.columns])
        columns = [[_written(cell, sv) for cell in frame[column].tolist()] for column in frame.columns]
        writer.writerows(zip(*columns, strict=True))
    return path


def _written(cell: Any, comma: bool) -> str:
    """A cell as CSV text: numbers untouched but for the decimal sign, nothing for nothing."""
    if _is_empty(cell):
        return ""
    if isinstance(cell, str):
        return safe_text(cell)
    if isinstance(cell, bool | date):
        return str(cell)
    said = repr(float(cell)).removesuffix(".0") if isinstance(cell, float) else str(cell)
    return said.replace(".", ",") if comma else said


def _is_empty(cell: Any) -> bool:
    return cell is None or (isinstance(cell, float) and not math.isfinite(cell)) or type(cell).__name__ == "NAType"


def _workbook(path: Path, frames: Mapping[str, pd.DataFrame], lang: Lang, known: Headings) -> None:
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})
        formats = {form: book.add_format({"num_format": form}) for _, form in _FORMATS}
        formats |= {"head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})}
        formats |= {_DECIMAL: book.add_format({"num_format": _DECIMAL})}
        formats |= {"day": book.add_format({"num_format": "yyyy-mm-dd"})}
        taken: set[str] = set()
        for name, frame in frames.items():
            _sheet(book.add_worksheet(_sheet_name(name, taken)), frame, lang, known, formats)


def _sheet(sheet: Any, frame: pd.DataFrame, lang: Lang, known: Headings, formats: Mapping[str, Any]) -> None:
    for k, column in enumerate(frame.columns):
        title = heading(str(column), lang, known)
        form = next((formats[form] for end, form in _FORMATS if end in str(column)), None)
        cells = frame[column].tolist()
        if form is None and any(isinstance(cell, float) for cell in cells):
            form = formats[_DECIMAL]
        sheet.write_string(0, k, title, formats["head"])
        for row, cell in enumerate(cells, start=1):
            _cell(sheet, row, k, cell, form, formats["day"])
        longest = max([len(str(cell)) for cell in cells[:200] if not _is_empty(cell)] + [min(len(title), 18), 6])
        sheet.set_column(k, k, min(longest + 2, 60))
    sheet.freeze_panes(1, 0)
    if len(frame.columns) and len(frame):
        sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)


def _cell(sheet: Any, row: int, k: int, cell: Any, form: Any, day: Any) -> None:
    if _is_empty(cell):
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, k, cell)
    elif isinstance(cell, date):
        sheet.write_datetime(row, k, datetime(cell.year, cell.month, cell.day), day)
    elif isinstance(cell, str):
        sheet.write_string(row, k, cell[:32_767])
    else:
        sheet.write_number(row, k, float(cell), form)


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name Excel takes: at most 31 letters, no brackets, colons or slashes, no two the same."""
    short = re.sub(r"[\[\]:*?/\\]", " ", name).strip("' ")[:31] or "sheet"
    number = 1
    while short.casefold() in taken:
        number += 1
        short = f"{short[: 30 - len(str(number))]} {number}"
    taken.add(short.casefold())
    return short
