"""A made week of operations as tables: the worked week of costs, built row by row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from flowsim.tables import CAPACITY, CONTACTS, OUTCOMES, ProviderInfo, ResourceInfo, Results, Setting, StepInfo

WORKED_WEEK = """
price_year: 2023
source: a worked week
care_services:
  operation: {resource: theatre, step_fixed_sek: 14000, fixed_sek: 4000}
  bed_day:   {resource: ward, variable_sek: 600, step_fixed_sek: 1785.71, fixed_sek: 1214.29}
  patient:   {variable_sek: 23400}
resources:
  theatre:
    fixed_sek_per_week: 60000
    step: {name: list, size: 3, sek_per_step: 42000, release_weeks: 0}
    practical_capacity_per_week: 15
    reference_sek_per_unit: 18000
    overtime_sek_per_hour: 6000
  ward:
    fixed_sek_per_week: 51000
    step: {name: module of 6 beds, size: 42, sek_per_step: 75000, release_weeks: 13}
    practical_capacity_per_week: 42
    reference_sek_per_unit: 3000
contacts:
  surgery: {operation: 1, bed_day: bed_days, patient: 1}
"""
SETTING = Setting(
    scenario="today",
    title="",
    start=date(2027, 1, 4),
    weeks=1,
    groups=("hip", "other"),
    background=("other",),
    steps=(
        StepInfo("surgery", lead="theatre", needs=(("theatre", 1),)),
        StepInfo("surgery_stay", lead="ward", needs=(("ward", 1),), stay_of="surgery"),
        StepInfo("film", kpp="service"),
    ),
    resources=(
        ResourceInfo("theatre", "slots", ("regular", "agency"), (0.0, 95_000 / 3)),
        ResourceInfo("ward", "places"),
    ),
    causes=(),
    providers=(ProviderInfo("private", 65_000, 1_500, 0.1, 20_000),),
    guarantee=(("treatment", "surgery", 90.0),),
)


def contact(patient: int, step: str, start: float, end: float, **other: object) -> dict[str, object]:
    """One contact row."""
    row = dict.fromkeys(CONTACTS, 0) | {"patient": patient, "group": "hip", "step": step, "provider": "own"}
    return row | {"queued_day": 0.0, "started_day": start, "finished_day": end, "outcome": "done"} | other


def operated(number: int, first: int = 0) -> list[dict[str, object]]:
    """Operations of two bed days each."""
    rows = []
    for k in range(first, first + number):
        rows += [contact(k, "surgery", k % 5 + 0.4, k % 5 + 0.4), contact(k, "surgery_stay", k % 5 + 0.4, k % 5 + 2.4)]
    return rows


def capacity(
    resource: str, planned: float, tranche: str = "regular", week: int = 0, **other: float
) -> dict[str, object]:
    """One capacity row, all offered as planned."""
    row = dict.fromkeys(CAPACITY, 0.0) | {"resource": resource, "tranche": tranche, "week": week}
    return row | {"planned": planned, "offered": planned} | other


def results(
    contacts: Sequence[dict[str, object]],
    rows: Sequence[dict[str, object]],
    setting: Setting = SETTING,
    replication: int = 0,
) -> Results:
    """Results of one replication from rows."""
    names = {
        "group": setting.groups,
        "step": tuple(step.name for step in setting.steps),
        "provider": ("own", *(provider.name for provider in setting.providers)),
        "outcome": OUTCOMES,
    }
    frame = pd.DataFrame(list(contacts), columns=list(CONTACTS))
    for name, values in names.items():
        frame[name] = pd.Categorical(frame[name], categories=list(values))
    for name in ("started_day", "finished_day", "used_hours", "overtime_hours", "blocked_hours"):
        frame[name] = frame[name].astype(float)
    where = {"scenario": setting.scenario, "replication": np.int32(replication)}
    empty = pd.DataFrame()
    return Results(
        empty,
        frame.assign(**where)[[*where, *CONTACTS]],
        pd.DataFrame(list(rows), columns=list(CAPACITY)).assign(**where),
        empty,
        {setting.scenario: setting},
    )


def week(lists: int, operations: int, overtime_minutes: int, *, agency: int = 0) -> Results:
    """The worked week with so many lists, operations and minutes of overtime."""
    rows = [capacity("theatre", 3.0 * lists, overtime=overtime_minutes / 60), capacity("ward", 42.0)]
    return results(operated(operations), [*rows, *([capacity("theatre", 3.0 * agency, "agency")] if agency else [])])
