"""A small costing to begin from: two supporting and three final cost centres, in a workbook to be overwritten.

Premises and personnel serve a theatre, a ward and a clinic; contacts are given as counts by group. It can be checked by
hand: the theatre ends at 21,200,000 SEK without its implants, 500 SEK a minute used; the ward at 16,200,000 SEK.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from flowsim.costs.ledger import forms
from flowsim.frames import pd
from flowsim.schema.costing import CostingSettings
from flowsim.sheets import write_book
from flowsim.sheets.forms import Form

Rows = Sequence[Sequence[object]]


def write_starter(path: Path, lang: Literal["sv", "en"]) -> list[Path]:
    """The starter as a workbook (.xlsx) or a folder of CSV files, headings and words in a language. Gives the files."""
    frames: dict[str, pd.DataFrame] = {}
    headings: dict[str, tuple[str, str]] = {}
    for form, columns, rows in _sheets(lang == "sv"):
        names = {
            column.name: column.also[0] if lang == "sv" and column.also else column.name for column in form.columns
        }
        frame = pd.DataFrame([list(row) for row in rows], columns=[names[name] for name in columns])
        headings |= {name: (name, name) for name in frame.columns}
        frames[form.also[0] if lang == "sv" and form.also else form.name] = frame
    frames["Kolumner" if lang == "sv" else "columns"] = columns_told()
    return write_book(path, frames, lang, headings)


def columns_told() -> pd.DataFrame:
    """Every sheet and column a costing reads: names in both languages, what is read, whether it is needed, words."""
    rows = []
    for form in (*forms.NEEDED, *forms.WELCOME):
        for column in form.columns:
            allowed = ", ".join(column.allowed) or _KINDS.get(column.kind, "")
            if column.name == "setting":
                allowed = ", ".join(CostingSettings.keys())
            needed = "x" if column.required and form in forms.NEEDED else "x *" if column.required else ""
            rows.append([form.name, form.also[0], column.name, ", ".join(column.also), needed, allowed])
    return pd.DataFrame(
        rows, columns=["sheet", "blad", "column", "kolumn", "needed (* if the sheet is there)", "allowed"]
    )


_KINDS = {
    "money": "SEK: 1234.50 or 1 234,50",
    "decimal": "number: 12.5 or 12,5",
    "whole": "whole number",
    "date": "2023-01-31",
    "month": "2023-01",
}


Sheet = tuple[Form, list[str], Rows]


def _sheets(sv: bool) -> list[Sheet]:
    """Every sheet: its form, columns and rows."""
    return [*_books(sv), *_spread(sv), *_care(sv), *_simulation(sv)]


def _books(sv: bool) -> list[Sheet]:
    """Settings, ledger, cost centres, accounts, cost types."""
    inside = _t(sv, "med", "in")
    return [
        (forms.SETTINGS, ["setting", "value"], [
            [_t(sv, "titel", "title"), _t(sv, "Vår klinik", "Our clinic")], [_t(sv, "år", "year"), 2023],
        ]),
        (forms.LEDGER, ["period", "cost_centre", "account", "amount_sek"], _ledger()),
        (forms.COST_CENTRES, ["cost_centre", "name", "kind", "key"], [
            ["1010", _t(sv, "Lokaler", "Premises"), _t(sv, "hjälp", "supporting"), "m2"],
            ["1030", _t(sv, "Personal och IT", "Personnel and IT"), _t(sv, "hjälp", "supporting"), "fte"],
            ["3010", _t(sv, "Operation", "Theatre"), _t(sv, "slut", "final"), None],
            ["3040", _t(sv, "Vårdavdelning", "Ward"), _t(sv, "slut", "final"), None],
            ["3050", _t(sv, "Mottagning", "Clinic"), _t(sv, "slut", "final"), None],
        ]),
        (forms.ACCOUNTS, ["account", "name", "cost_type", "scope", "reason"], [
            ["4010", _t(sv, "Lön", "Pay"), _t(sv, "lön", "pay"), inside, None],
            ["5010", _t(sv, "Sjukvårdsmaterial", "Material"), "material", inside, None],
            ["5210", _t(sv, "Implantat", "Implants"), _t(sv, "implantat", "implants"), inside, None],
            ["6010", _t(sv, "Hyra", "Rent"), _t(sv, "hyra", "rent"), inside, None],
            ["3010", _t(sv, "Patientavgifter", "Patient fees"), None, _t(sv, "utanför", "outside"),
             _t(sv, "intäkt", "income")],
        ]),
        (forms.COST_TYPES, ["cost_type", "behaviour", "resource_kind", "release_weeks"], [
            [_t(sv, "lön", "pay"), _t(sv, "halvfast", "step_fixed"), _t(sv, "personal", "staff"), 13],
            ["material", _t(sv, "rörlig", "variable"), "material", 0],
            [_t(sv, "implantat", "implants"), _t(sv, "rörlig", "variable"), _t(sv, "särkostnad", "patient"), 0],
            [_t(sv, "hyra", "rent"), _t(sv, "fast", "fixed"), _t(sv, "lokal", "room"), 52],
        ]),
    ]  # fmt: skip


def _spread(sv: bool) -> list[Sheet]:
    """Keys, activities, care services, capacity."""
    activities = (("3010", "operation"), ("3040", "bed_day"), ("3050", "visit"))
    return [
        (forms.KEYS, ["key", "to_cost_centre", "value", "form", "kind", "unit"], _keys(sv)),
        (forms.ACTIVITIES, ["cost_centre", "resource_kind", "activity", "share_percent"], [
            [centre, _t(sv, "alla", "all"), activity, 100] for centre, activity in activities
        ]),
        (forms.CARE_SERVICES, ["service", "name", "cost_centre", "unit", "activity", "standard_units"], [
            ["theatre_minute", _t(sv, "Operationsminut", "Theatre minute"), "3010", "minute", "operation", 1],
            ["bed_day", _t(sv, "Vårddygn", "Bed day"), "3040", "bed_day", "bed_day", 1],
            ["visit", _t(sv, "Besök", "Visit"), "3050", "visit", "visit", 40],
        ]),
        (forms.CAPACITY, ["cost_centre", "period", "unit", "practical"], [
            ["3010", "2023-01", "minute", 53_000], ["3040", "2023-01", "bed_day", 1620],
            ["3050", "2023-01", "minute", 65_000],
        ]),
    ]  # fmt: skip


def _care(sv: bool) -> list[Sheet]:
    """Contacts, as counts by group, what they used, and their implants."""
    inpatient = _t(sv, "slutenvård", "inpatient")
    first, last, middle = "2023-01-02", "2023-12-29", "2023-06-30"
    return [
        (forms.CONTACTS, ["contact", "start", "end", "care_form", "group", "drg", "drg_weight", "number"], [
            ["hip", first, last, inpatient, "hip", "H02E", 2.05, 200],
            ["knee", first, last, inpatient, "knee", "H04E", 2.02, 200],
            ["visits", first, last, _t(sv, "öppenvård", "outpatient"), "visits", None, None, 1400],
        ]),
        (forms.CONTACT_SERVICES, ["contact", "service", "quantity", "date"], [
            ["hip", "theatre_minute", 21_600, middle], ["hip", "bed_day", 738, middle],
            ["knee", "theatre_minute", 20_800, middle], ["knee", "bed_day", 720, middle],
            ["visits", "visit", 1400, middle],
        ]),
        (forms.PATIENT_COSTS, ["contact", "cost_centre", "account", "amount_sek"], [
            ["hip", "3010", "5210", 4_200_000], ["knee", "3010", "5210", 3_800_000],
        ]),
    ]  # fmt: skip


def _simulation(sv: bool) -> list[Sheet]:
    """What the resources and steps of the starter's scenarios stand for."""
    columns = ["resource", "cost_centre", "activity", "units", "capacity_per_week", "step_name", "step_size", "steps"]
    return [
        (forms.SIMULATION_RESOURCES, columns, [
            ["theatre", "3010", "operation", 106, 9.6, _t(sv, "lista om 3", "list of 3"), 3, 4],
            ["ward", "3040", "bed_day", 1, 31, _t(sv, "modul om 6 platser", "module of 6 beds"), 42, 1],
            ["clinic", "3050", "visit", 40, 31, _t(sv, "pass om 6", "session of 6"), 6, 6],
        ]),
        (forms.SIMULATION_CONTACTS, ["step", "service", "quantity", "group"], [
            ["first_visit", "visit", "1", None],
            ["surgery", "theatre_minute", "106", None], ["surgery", "bed_day", "bed_days", None],
            ["surgery", "patient_costs", "1", "hip, knee"], ["follow_up", "visit", "1", None],
        ]),
    ]  # fmt: skip


def _t(sv: bool, swedish: str, english: str) -> str:
    return swedish if sv else english


def _ledger() -> Rows:
    """Own cost: premises 7, personnel and IT 2.4, theatre 16 and implants, ward 12, clinic 1.9 MSEK; fees outside."""
    lines = [
        ("1010", "6010", 7_000_000), ("1030", "4010", 2_400_000), ("3010", "4010", 12_000_000),
        ("3010", "5010", 4_000_000), ("3010", "5210", 8_000_000), ("3040", "4010", 10_400_000),
        ("3040", "5010", 1_600_000), ("3050", "4010", 1_600_000), ("3050", "5010", 300_000), ("3050", "3010", -390_000),
    ]  # fmt: skip
    return [["2023-01", centre, account, amount] for centre, account, amount in lines]


def _keys(sv: bool) -> Rows:
    quantity = _t(sv, "mängd", "quantity")
    shares = (("m2", {"1030": 400, "3010": 1000, "3040": 600}), ("fte", {"1010": 10, "3010": 12, "3040": 18}))
    kinds = {"m2": _t(sv, "kapacitet", "capacity"), "fte": _t(sv, "volym", "volume")}
    return [[key, to, value, quantity, kinds[key], key] for key, values in shares for to, value in values.items()]
