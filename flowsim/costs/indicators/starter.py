"""A starter of one's own: a workbook for monthly data, BUK and backlog, with made-up rows to be overwritten."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from flowsim.costs.indicators.actual import MONTHLY
from flowsim.frames import pd
from flowsim.sheets import write_book
from flowsim.sheets.forms import Form, framed
from flowsim.sheets.table import read_table

EXAMPLE = Path(__file__).parent / "example"


def write_starter(path: Path, lang: Literal["sv", "en"], more: tuple[Form, ...] = ()) -> list[Path]:
    """Writes the workbook (or folder of CSV files); `more`: forms beside the monthly one. Gives the files."""
    frames = {}
    for form in (MONTHLY, *more):
        frame = framed(read_table(EXAMPLE / f"{form.name}.csv"), form)
        swedish = lang == "sv"
        columns = {
            (column.also[0] if swedish and column.also else column.name): list(map(_cell, frame[column.name]))
            for column in form.columns
        }
        frames[form.also[0] if swedish and form.also else form.name] = pd.DataFrame(columns, dtype=object)
    return write_book(path, frames, lang)


def _cell(cell: Any) -> Any:
    return None if cell is None or cell == "" or cell != cell else cell
