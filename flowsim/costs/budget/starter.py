"""A starter of one's own: the made-up budget as a file to edit and a workbook to overwrite, in Swedish or English."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from flowsim.costs.budget import forms
from flowsim.costs.budget.words import CELLS, Lang
from flowsim.sheets import write_book
from flowsim.sheets.forms import Column, Form, framed
from flowsim.sheets.table import read_table

EXAMPLE = Path(__file__).parent / "example"
BOOK = {"sv": "budgettabeller.xlsx", "en": "budget_tables.xlsx"}
UNITS = {"minutes": "minuter", "days": "vårddygn"}


def write_starter(folder: Path, lang: Lang) -> list[Path]:
    """Writes budget.yaml and its workbook into a folder; gives the files. FlowsimError if it cannot be written."""
    frames = {}
    for form in (*forms.NEEDED, *forms.WELCOME):
        frame = framed(read_table(EXAMPLE / "tables" / f"{form.name}.csv"), form)
        name = form.also[0] if lang == "sv" and form.also else form.name
        frames[name] = _as_written(frame, form, lang)
    files = write_book(folder / BOOK[lang], frames, lang)
    text = (EXAMPLE / "budget.yaml").read_text(encoding="utf-8")
    path = folder / "budget.yaml"
    path.write_text(text.replace("tables: tables  ", f"tables: {BOOK[lang]}  "), encoding="utf-8")
    return [path, *files]


def _as_written(frame: pd.DataFrame, form: Form, lang: Lang) -> pd.DataFrame:
    """The sheet with headings and words of a language, money in SEK."""
    out = {}
    for column in form.columns:
        heading = column.also[0] if lang == "sv" and column.also else column.name
        out[heading] = [_cell(cell, column, lang) for cell in frame[column.name]]
    return pd.DataFrame(out, dtype=object)


def _cell(cell: Any, column: Column, lang: Lang) -> Any:
    if cell is None or cell == "" or cell != cell:
        return None
    if column.kind == "money":
        return cell / 100 if cell else None
    if column.kind == "choice" and lang == "sv":
        return UNITS.get(cell, CELLS.get(cell, cell))
    return float(cell) if isinstance(cell, Decimal) else cell
