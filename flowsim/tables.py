"""What a run leaves behind: every table between rooms, its columns, types, units and meaning.

An engine returns `Rows` (plain integer columns, seconds). `frames` turns one replication's rows into `Results`
(pandas frames, days and hours), which `measures`, `costs` and `comparison` read. Parquet and CSV are read and
written here and nowhere else.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import numpy as np

from flowsim.frames import pd

NEVER = -(2**31)
"""The null of integer time columns inside engines; NaN in frames."""
DAY_S = 86_400
WEEK_S = 7 * DAY_S

ENDED = ("treated", "discharged", "left", "elsewhere", "died", "inside", "other")
"""How a patient ended; `other` = a background group's end, left out of patient totals."""
OUTCOMES = ("done", "no_show", "cancelled", "left", "elsewhere", "open", "overflow")
"""How a contact ended. `no_show` and `cancelled` are attempts; every visit has exactly one row of another outcome."""
SOURCES = ("arrivals", "queue", "beds", "due")
"""Where a patient comes from: referred in the run, in the queue, in a bed, or due at its start."""

PATIENTS = {
    "patient": "number in the replication, by arrival",
    "group": "case mix group",
    "source": "arrivals, queue, beds or due",
    "class": "0 is served first",
    "arrived_day": "day the patient enters the run",
    "referral_day": "day of the referral; NaN where the queue at start knows it not",
    "decision_day": "day of the decision for treatment; NaN if none",
    "end_day": "day the patient left the pathway; NaN if inside at the end",
    "ended": "treated, discharged, left, elsewhere, died, inside, other",
    "elsewhere_day": "day the patient was handed to another provider; NaN if never",
}
CONTACTS = {
    "patient": "number in the replication",
    "group": "case mix group",
    "step": "step of the pathway",
    "visit": "0 for the first time at this step",
    "attempt": "0 for the first booking of this visit",
    "provider": "own, or the provider's name",
    "queued_day": "day of first joining the queue (kept through rebooking)",
    "due_day": "guarantee date, NaN if none",
    "started_day": "day the visit first started, NaN if it never did",
    "finished_day": "day it ended or was given up, NaN if open",
    "outcome": "done, no_show, cancelled, left, elsewhere, open, overflow",
    "used_hours": "hours of staff used (all servers together), overtime included",
    "overtime_hours": "of them after closing",
    "blocked_hours": "hours after the visit spent waiting for a place, in what it was in",
}
CAPACITY = {
    "resource": "resource",
    "tranche": "regular, or the tranche's name",
    "week": "ISO weeks from the week of the start, 0 first",
    "planned": "calendar x season x level, before luck (slots, server-hours or place-days)",
    "offered": "slots appeared, server-hours open, place-days available",
    "used": "slots used, server-hours worked inside opening, place-days occupied",
    "overtime": "server-hours worked after closing",
    "over": "place-days occupied beyond what was offered",
}
LOSSES = {
    "resource": "resource",
    "tranche": "regular, or the tranche's name",
    "week": "ISO weeks from the week of the start",
    "cause": "nobody_waiting, closing, no_show, blocked, pull, cancelled:<cause>, missing:<resource>",
    "lost": "slots, server-hours or place-days offered and not used, for this one cause",
}
TABLES: dict[str, dict[str, str]] = {
    "patients": PATIENTS,
    "contacts": CONTACTS,
    "capacity": CAPACITY,
    "losses": LOSSES,
}

Rows = dict[str, dict[str, np.ndarray]]
"""table -> column -> array, as engines return it (integers; codes into the plan's names; seconds):
patients: patient, group, source, class, arrived_s, referral_s, decision_s, end_s, ended, elsewhere_s.
contacts: patient, step, visit, attempt, provider (0 own, k+1 = setting.providers[k]), queued_s, due_s, started_s,
finished_s, outcome, used_s, overtime_s, blocked_s; sorted by patient, queued, step, visit, attempt.
capacity: resource, tranche, week, planned, offered, used, overtime, over (slots, server-seconds or place-seconds).
losses: resource, tranche, week, cause (index of setting.causes), lost."""


@dataclass(frozen=True)
class StepInfo:
    """What a reader of the tables must know of a step."""

    name: str
    lead: str = ""
    needs: tuple[tuple[str, int], ...] = ()
    kpp: str = "contact"
    stay_of: str = ""
    """The step this stay belongs to ('' if it is no stay)."""
    value_adding: bool = True
    waste: str = ""


@dataclass(frozen=True)
class ResourceInfo:
    """What a reader of the tables must know of a resource."""

    name: str
    kind: str
    tranches: tuple[str, ...] = ("regular",)
    price_sek_per_unit: tuple[float, ...] = (0.0,)
    """SEK per unit offered, by tranche (unit: slot, server-hour, place-day); 0 for regular capacity."""

    @property
    def unit(self) -> str:
        """slots, hours or place-days."""
        return {"slots": "slots", "staff": "hours", "places": "place-days"}[self.kind]


@dataclass(frozen=True)
class ProviderInfo:
    """Another provider's terms, for patients treated elsewhere."""

    name: str
    price_sek: float = 0.0
    own_follow_up_sek: float = 0.0
    complication_share: float = 0.0
    complication_sek: float = 0.0


@dataclass(frozen=True)
class Setting:
    """What a scenario's tables are about: the names and terms that measures, costs and reports need."""

    scenario: str
    title: str
    start: date
    weeks: int
    groups: tuple[str, ...]
    steps: tuple[StepInfo, ...]
    resources: tuple[ResourceInfo, ...]
    causes: tuple[str, ...]
    title_sv: str = ""
    background: tuple[str, ...] = ()
    providers: tuple[ProviderInfo, ...] = ()
    spans: tuple[tuple[str, str, str], ...] = ()
    """(name, from, to): from = decision, referral or a step joined; to = a step started."""
    guarantee: tuple[tuple[str, str, float], ...] = ()
    """(name, step, days): first_visit counts from referral, treatment from decision."""
    assumed: tuple[str, ...] = ()

    @property
    def end_day(self) -> float:
        """Length of the reported horizon in days."""
        return self.weeks * 7.0


@dataclass(frozen=True)
class Results:
    """One or more runs as frames. Every frame begins with `scenario` and `replication`."""

    patients: pd.DataFrame
    contacts: pd.DataFrame
    capacity: pd.DataFrame
    losses: pd.DataFrame
    settings: dict[str, Setting] = field(default_factory=dict)

    @property
    def setting(self) -> Setting:
        """The only scenario's setting (ValueError if there are several)."""
        (only,) = self.settings.values()
        return only


MOMENTS = ("arrived", "referral", "decision", "end", "elsewhere", "queued", "due", "started", "finished")
"""What rows hold as `<name>_s` is a day of a frame (`<name>_day`); other `_s` are lengths, hours of a frame."""
_AMOUNTS = ("planned", "offered", "used", "overtime", "over", "lost")
_PER_UNIT = {"slots": 1.0, "staff": 3600.0, "places": float(DAY_S)}


class Replication(Results):
    """One replication's rows; a frame is made of them when somebody asks for it."""

    rows: Rows
    number: int

    def __init__(self, rows: Rows, setting: Setting, number: int) -> None:
        vars(self).update(rows=rows, number=number, settings={setting.scenario: setting})

    @cached_property
    def patients(self) -> pd.DataFrame:
        """See `PATIENTS`."""
        return self._frame("patients")

    @cached_property
    def contacts(self) -> pd.DataFrame:
        """See `CONTACTS`."""
        return self._frame("contacts")

    @cached_property
    def capacity(self) -> pd.DataFrame:
        """See `CAPACITY`."""
        return self._frame("capacity")

    @cached_property
    def losses(self) -> pd.DataFrame:
        """See `LOSSES`."""
        return self._frame("losses")

    def _frame(self, table: str) -> pd.DataFrame:
        setting, names = self.setting, labels(self.setting)
        columns: dict[str, Any] = {"scenario": setting.scenario, "replication": np.int32(self.number)}
        for name in TABLES[table]:
            values = column(self.rows, setting, table, name)
            columns[name] = pd.Categorical.from_codes(values, list(names[name])) if name in names else values
        return pd.DataFrame(columns, index=range(len(next(iter(self.rows[table].values())))), copy=False)


def frames(rows: Rows, setting: Setting, replication: int) -> Replication:
    """One replication's rows as frames: days and hours instead of seconds, names instead of codes."""
    return Replication(rows, setting, replication)


def labels(setting: Setting) -> dict[str, tuple[str, ...]]:
    """Columns of names: what their codes stand for."""
    return {
        "group": setting.groups,
        "source": SOURCES,
        "ended": ENDED,
        "step": tuple(step.name for step in setting.steps),
        "provider": ("own", *(provider.name for provider in setting.providers)),
        "outcome": OUTCOMES,
        "resource": tuple(resource.name for resource in setting.resources),
        "tranche": tuple(sorted({tranche for resource in setting.resources for tranche in resource.tranches})),
        "cause": setting.causes,
    }


def column(rows: Rows, setting: Setting, table: str, name: str) -> np.ndarray:
    """A frame's column from the rows: days with NaN for never, hours, amounts in units, names as codes of `labels`."""
    columns = rows[table]
    if name.endswith("_day"):
        moments = columns[f"{name[:-4]}_s"]
        days = moments / DAY_S
        days[moments == NEVER] = np.nan
        return days
    if name.endswith("_hours"):
        return columns[f"{name[:-6]}_s"] / 3600
    if table == "contacts" and name == "group":
        return rows["patients"]["group"][columns["patient"]]
    if table in ("capacity", "losses") and name in _AMOUNTS:
        per_unit = np.array([_PER_UNIT[resource.kind] for resource in setting.resources])
        return columns[name] / per_unit[columns["resource"]]
    if name == "tranche":
        return _tranche_codes(setting)[columns["resource"], columns["tranche"]]
    return columns[name]


def _tranche_codes(setting: Setting) -> np.ndarray:
    """Code of each resource's tranches, by their numbers."""
    names = labels(setting)["tranche"]
    widest = max((len(resource.tranches) for resource in setting.resources), default=1)
    table = np.zeros((len(setting.resources), widest), dtype=np.int64)
    for k, resource in enumerate(setting.resources):
        table[k, : len(resource.tranches)] = [names.index(tranche) for tranche in resource.tranches]
    return table


_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_text(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with texts (cells, headings) that a spreadsheet would run as a formula led by an apostrophe.

    Numbers are left as they are: -5 stays a number. Source: CWE-1236, OWASP ASVS 1.2.10.
    """
    kinds, safe = pd.api.types, frame.copy()
    for column in safe.columns:
        kind = safe[column].dtype
        if not (kinds.is_numeric_dtype(kind) or kinds.is_bool_dtype(kind) or kinds.is_datetime64_any_dtype(kind)):
            safe[column] = [_guarded(cell) for cell in safe[column]]
    return safe.set_axis([_guarded(name) for name in safe.columns], axis=1)


def _guarded(cell: Any) -> Any:
    """A text made safe; a carriage return, which is not quoted and would begin a row, as a line feed, which is."""
    if not isinstance(cell, str):
        return cell
    return (f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell).replace("\r\n", "\n").replace("\r", "\n")


def write(frame: pd.DataFrame, folder: Path, name: str, csv: bool = True) -> None:
    """`name`.parquet (as it is) and `name`.csv (formula-safe, UTF-8, full precision), both on the disk when done."""
    with open(folder / f"{name}.parquet", "wb") as file:
        frame.to_parquet(file, index=False)
        _on_disk(file)
    if csv:
        with open(folder / f"{name}.csv", "wb") as file:
            file.write(safe_text(frame).to_csv(index=False, lineterminator="\n").encode())
            _on_disk(file)


def read(folder: Path) -> dict[str, pd.DataFrame]:
    """Every table written to a folder, by name."""
    return {path.stem: pd.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}


def headings(path: Path) -> list[str]:
    """The names of a parquet file's columns. ValueError or OSError if it is none."""
    import pyarrow.parquet

    return [str(name) for name in pyarrow.parquet.read_schema(path).names]


def _on_disk(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
