"""A starter of one's own: the made-up budget as a file to edit and a workbook to overwrite, in Swedish or English."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from flowsim.costs.budget import forms
from flowsim.costs.budget.words import CELLS, Lang
from flowsim.frames import pd
from flowsim.sheets import write_book
from flowsim.sheets.forms import Column, Form, framed
from flowsim.sheets.table import read_table

EXAMPLE = Path(__file__).parent / "example"
BOOK = {"sv": "budgettabeller.xlsx", "en": "budget_tables.xlsx"}
FILE = {"sv": "budget_sv.yaml", "en": "budget.yaml"}
SWEDISH = {
    "minutes": "minuter",
    "days": "vårddygn",
    "Orthopaedic clinic": "Ortopedmottagning",
    "Operating theatre": "Operation",
    "Orthopaedic ward": "Ortopedavdelning",
    "X-ray": "Röntgen",
    "Income, DRG points": "Intäkter, DRG-poäng",
    "Income, grant for mission": "Intäkter, anslag för uppdrag",
    "Pay doctors": "Löner läkare",
    "Pay nurses and assistant nurses": "Löner sjuksköterskor och undersköterskor",
    "Pay, other": "Löner, övriga",
    "Payroll add-on": "Personalomkostnadspålägg",
    "Bought care": "Köpt vård",
    "Premises": "Lokaler",
    "Implants": "Implantat",
    "Drugs, consumables": "Läkemedel och förbrukningsmaterial",
    "Medical services": "Medicinska tjänster",
    "Anaesthesia, laboratory, physiotherapy": "Anestesi, laboratorium, fysioterapi",
    "Overhead": "Gemensamma kostnader",
    "hip": "höft",
    "knee": "knä",
    "revision": "revision",
    "first_visit": "nybesök",
    "follow_up": "återbesök",
    "doctor": "läkare",
    "clinic_nurse": "mottagningssköterska",
    "theatre_nurse": "operationssköterska",
    "ward_nurse": "avdelningssköterska",
    "theatre": "operationssal",
    "ward": "vårdplats",
    "xray": "röntgensal",
    "implants": "implantat",
    "drugs": "läkemedel",
    "premises": "lokaler",
    "services": "tjänster",
    "overhead": "gemensamt",
    "Postponed operations": "Uppskjutna operationer",
    "More operations by day surgery": "Fler operationer genom dagkirurgi",
    "Robot-assisted knees, licence": "Robotassisterade knän, licens",
    "Two evening operations a week": "Två kvällsoperationer i veckan",
    "Bought hip operations": "Köpta höftoperationer",
    "assumed": "antaget",
    "assumed: more operated at the same age": "antaget: fler opereras vid samma ålder",
    "fitted to history": "anpassad till historiken",
}
"""A word of the example -> Swedish."""


def write_starter(folder: Path, lang: Lang) -> list[Path]:
    """Writes budget.yaml and its workbook into a folder; gives the files. FlowsimError if it cannot be written."""
    frames = {}
    for form in (*forms.NEEDED, *forms.WELCOME):
        frame = framed(read_table(EXAMPLE / "tables" / f"{form.name}.csv"), form)
        name = form.also[0] if lang == "sv" and form.also else form.name
        frames[name] = _as_written(frame, form, lang)
    files = write_book(folder / BOOK[lang], frames, lang)
    text = (EXAMPLE / FILE[lang]).read_text(encoding="utf-8")
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
    if lang == "sv" and isinstance(cell, str):
        return SWEDISH.get(cell, CELLS.get(cell, cell) if column.kind == "choice" else cell)
    return float(cell) if isinstance(cell, Decimal) else cell
