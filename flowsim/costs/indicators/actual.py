"""Actual data for the indicators: a table of monthly quantities, and a table of contacts by type if there is one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from flowsim.costs.indicators.definitions import CONTACT_TYPES, KEYS, quantities
from flowsim.errors import Fault, InputError
from flowsim.frames import pd
from flowsim.sheets import read_book
from flowsim.sheets.forms import Column, Form, framed
from flowsim.sheets.table import read_table

SWEDISH = {
    "operation_minutes": "Operationsminuter",
    "rooms": "Operationssalar",
    "open_room_hours": "Öppna salstimmar",
    "operations": "Operationer",
    "inpatient_hours_somatic": "Timmar slutenvård somatik",
    "bed_days_somatic": "Vårddygn somatik",
    "inpatient_hours_psychiatric": "Timmar slutenvård psykiatri",
    "bed_days_psychiatric": "Vårddygn psykiatri",
    "contacts_somatic": "Vårdkontakter somatik",
    "outpatient_hours_somatic": "Timmar öppenvård somatik",
    "contacts_psychiatric": "Vårdkontakter psykiatri",
    "outpatient_hours_psychiatric": "Timmar öppenvård psykiatri",
    "doctor_treatments": "Läkarbesök med KVÅ",
    "doctor_hours_somatic": "Läkartimmar somatik",
    "doctor_visits": "Läkarbesök",
    "emergency_hours": "Timmar akuten utom läkare",
    "emergency_visits": "Akutbesök",
    "emergency_doctor_visits": "Akutbesök läkare",
    "emergency_doctor_hours": "Läkartimmar akuten",
    "full_cost_inliers_sek": "Fullkostnad utan ytterfall",
    "points_inliers": "DRG-poäng utan ytterfall",
    "inpatient_key_somatic": "Nyckel slutenvård somatik",
    "inpatient_key_psychiatric": "Nyckel slutenvård psykiatri",
    "outpatient_key_somatic": "Nyckel öppenvård somatik",
    "outpatient_key_psychiatric": "Nyckel öppenvård psykiatri",
    "doctor_key_somatic": "Nyckel läkare somatik",
    "emergency_key": "Nyckel akuten",
    "emergency_doctor_key": "Nyckel läkare akuten",
}
"""Quantity -> its Swedish heading."""
MONTHLY = Form(
    "monthly",
    (
        Column("period", "month", also=("Period", "Månad")),
        Column("unit", required=False, also=("Enhet", "Förvaltning")),
        Column("days", "number", required=False, also=("Dagar",), least=0),
        *(Column(name, "number", required=False, also=(SWEDISH[name],), least=0) for name in (*quantities(), *KEYS)),
    ),
    also=("Månader", "Månadsvärden"),
    key=("period", "unit"),
)
AREAS = {
    "somatic": "somatic", "somatik": "somatic", "psychiatric": "psychiatric", "psykiatri": "psychiatric",
    "emergency": "emergency", "akuten": "emergency",
}  # fmt: skip
YES = {"yes": "yes", "ja": "yes", "no": "no", "nej": "no"}
CONTACTS = Form(
    "contacts_by_type",
    (
        Column("period", "month", also=("Period", "Månad")),
        Column("unit", required=False, also=("Enhet", "Förvaltning")),
        Column("area", "choice", also=("Område",), allowed=AREAS),
        Column("contact_type", also=("Kontakttyp",)),
        Column("doctor", "choice", also=("Läkare",), allowed=YES),
        Column("count", "number", also=("Antal",), least=0),
        Column("with_code", "number", required=False, also=("Med KVÅ-kod",), least=0),
    ),
    also=("Vårdkontakter per typ",),
)


def read_monthly(path: Path | str) -> tuple[pd.DataFrame, list[tuple[str, float]]]:
    """Monthly quantities as `monthly.indicators` takes them, and contact types left out with how many they were.

    A CSV file with the monthly table, or a workbook or folder that may hold contacts by type beside it: those fill the
    contact quantities that the monthly table does not have. InputError with every fault.
    """
    path = Path(path)
    if path.suffix.lower() != ".xlsx" and not path.is_dir():
        frame = framed(read_table(path), MONTHLY)
        return _checked(path.name, frame), []
    book = read_book(path)
    frame = _checked(book.name, book.read(MONTHLY))
    if not book.has(CONTACTS):
        return frame, []
    contacts = book.read(CONTACTS)
    return _with_contacts(frame, contacts), _left_out(contacts)


def _checked(file: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Keys are shares."""
    faults = [
        Fault(file, int(row), key, f"{value:g}", "A key is a share of the hours, 0 to 1.")
        for key in KEYS
        for row, value in zip(frame["row"], frame[key], strict=True)
        if value > 1
    ]
    if faults:
        raise InputError(faults)
    return frame.drop(columns="row")


def _with_contacts(frame: pd.DataFrame, contacts: pd.DataFrame) -> pd.DataFrame:
    """Fills what the monthly table leaves empty from the contacts by type."""
    out = frame.copy()
    counted = contacts[contacts["contact_type"].str.upper().isin(CONTACT_TYPES)]
    for name, rows, column in _sums(counted):
        sums = rows.groupby(["period", "unit"])[column].sum()
        found = [sums.get(key, 0.0) for key in zip(out["period"], out["unit"], strict=True)]
        out[name] = out[name].where(out[name].notna(), found) if len(rows) else out[name]
    return out


def _sums(counted: pd.DataFrame) -> Iterable[tuple[str, pd.DataFrame, str]]:
    """Quantity, its rows, and the column that is summed."""
    area, doctor = counted["area"], counted["doctor"] == "yes"
    somatic = doctor & (area != "psychiatric")
    yield "contacts_somatic", counted[area == "somatic"], "count"
    yield "contacts_psychiatric", counted[area == "psychiatric"], "count"
    yield "doctor_visits", counted[somatic], "count"
    if counted["with_code"].notna().any():
        yield "doctor_treatments", counted[somatic], "with_code"
    yield "emergency_visits", counted[area == "emergency"], "count"
    yield "emergency_doctor_visits", counted[doctor & (area == "emergency")], "count"


def _left_out(contacts: pd.DataFrame) -> list[tuple[str, float]]:
    """Contact types that do not count, and how many contacts they have."""
    other = contacts[~contacts["contact_type"].str.upper().isin(CONTACT_TYPES)]
    return [(str(kind), float(count)) for kind, count in other.groupby("contact_type")["count"].sum().items()]
