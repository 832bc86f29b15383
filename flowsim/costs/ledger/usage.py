"""What was used of each activity, by care service, against its practical capacity. Whole numbers, nothing rounded.

Quantities and standard units are counted in 1/10,000; their products, and capacity, in 1/100,000,000 of a unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np

from flowsim.costs.ledger.inputs import Inputs
from flowsim.frames import pd

FOUR = 10**4
UNIT = FOUR * FOUR
"""Parts of one unit of an activity."""
ELSEWHERE = "(other contacts)"


@dataclass(frozen=True)
class Activity:
    """One activity of a final centre: its use by service and its capacity, in 1/`UNIT`."""

    cost_centre: str
    name: str
    standard: tuple[tuple[str, int], ...]
    """Per care service: units of the activity in one of it (in 1/`UNIT`)."""
    used: tuple[tuple[str, int], ...]
    """Per care service with any: units, at standard time. `ELSEWHERE`: contacts outside the period or list."""
    capacity: int
    """Practical capacity; what was used, where `assumed`."""
    assumed: bool
    measured: int
    """Units measured, where they are; else units at standard time."""
    readiness: Decimal
    """Percent of capacity kept free for acute care."""
    unit: str = ""

    @property
    def at_standard(self) -> int:
        """Units used at standard time."""
        return sum(units for _, units in self.used)


@dataclass(frozen=True)
class Usage:
    """All activities, and how many of each service were given."""

    activities: tuple[Activity, ...]
    quantity: Mapping[str, int]
    """Per service, in 1/`FOUR`: to contacts of the list and period."""
    lines: pd.DataFrame
    """contact, service, quantity (1/`FOUR`, int): services inside the period to contacts of the list and period."""
    warnings: tuple[str, ...]

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], Activity]:
        return {(one.cost_centre, one.name): one for one in self.activities}

    def activity(self, centre: str, name: str) -> Activity:
        """One activity."""
        return self._by_name[centre, name]


def usage(inputs: Inputs) -> Usage:
    """The use of every activity that has a share of some cost."""
    lines, other, warnings = _counted(inputs)
    quantity = {str(name): int(one) for name, one in lines.groupby("service")["quantity"].sum().items()}
    elsewhere = {str(name): int(one) for name, one in other.groupby("service")["quantity"].sum().items()}
    standard: dict[tuple[str, str], list[tuple[str, int]]] = {}
    unit: dict[tuple[str, str], str] = {}
    for row in inputs["care_services"].itertuples():
        pair = (row.cost_centre, row.activity)
        standard.setdefault(pair, []).append((row.service, int(row.standard_units * FOUR)))
        unit.setdefault(pair, row.unit)
    capacity = _capacity(inputs)
    found = []
    for centre, name in dict.fromkeys(
        zip(inputs["activities"]["cost_centre"], inputs["activities"]["activity"], strict=True)
    ):
        services = standard.get((centre, name), [])
        used = [(service, quantity.get(service, 0) * units) for service, units in services]
        used.append((ELSEWHERE, sum(elsewhere.get(service, 0) * units for service, units in services)))
        used = [(service, units) for service, units in used if units]
        total = sum(units for _, units in used)
        given = capacity.get((centre, name)) or capacity.get((centre, ""))
        practical = given.practical if given and given.practical else total
        measured = given.measured if given and given.measured and total else total
        standards = tuple((service, units * FOUR) for service, units in services)
        ready = given.readiness if given else Decimal(0)
        what = given.unit if given else ""
        found.append(Activity(centre, name, standards, tuple(used), practical, not given, measured, ready, what))
    return Usage(tuple(found), quantity, lines, tuple(warnings))


def _counted(inputs: Inputs) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Services of the period to its contacts, and those to others; with what was left out, in words."""
    settings = inputs.settings
    frame = inputs["contact_services"]
    months = months_of(frame["date"])
    inside = (months >= settings.first_month) & (months <= settings.last_month)
    contacts = inputs["contacts"]
    started, ended = months_of(contacts["start"]), months_of(contacts["end"])
    ours = set(contacts.loc[(started <= settings.last_month) & (ended >= settings.first_month), "contact"])
    mine = frame["contact"].isin(ours)
    count = {value: int(value * FOUR) for value in frame["quantity"].unique()}
    frame = frame.assign(quantity=np.array([count[value] for value in frame["quantity"]], dtype=np.int64))
    warnings = []
    if not inside.all():
        warnings.append(f"{int((~inside).sum())} rows of care services lie outside the period and are not counted.")
    if (inside & ~mine).any():
        rows = int((inside & ~mine).sum())
        warnings.append(f"{rows} rows of care services are of contacts outside the period or the list: set aside.")
    by = ["contact", "service"]
    lines = frame[inside & mine].groupby(by, sort=False)["quantity"].sum().reset_index()
    return lines, frame[inside & ~mine], warnings


def months_of(days: pd.Series) -> pd.Series:
    """The month of each date as YYYY-MM; of none, one that never comes (the contact is ongoing)."""
    known = {day: f"{day:%Y-%m}" for day in set(days) if day is not None}
    return pd.Series([known.get(day, "9999-12") for day in days], index=days.index, dtype=object)


@dataclass(frozen=True)
class _Given:
    practical: int
    measured: int
    readiness: Decimal
    unit: str


def _capacity(inputs: Inputs) -> dict[tuple[str, str], _Given]:
    """Capacity of the period by (centre, activity); activity "" holds for all its activities."""
    settings, frame = inputs.settings, inputs["capacity"]
    inside = frame[(frame["period"] >= settings.first_month) & (frame["period"] <= settings.last_month)]
    out = {}
    for (centre, activity), rows in inside.groupby(["cost_centre", "activity"], sort=False):
        practical = int(sum(rows["practical"]) * UNIT)
        measured = [one for one in rows["measured"] if one is not None]
        percent = [one * part for one, part in zip(rows["readiness_percent"], rows["practical"], strict=True)]
        readiness = Decimal(sum(percent)) / sum(rows["practical"]) if practical else Decimal(0)
        out[str(centre), str(activity)] = _Given(practical, int(sum(measured) * UNIT), readiness, rows["unit"].iloc[0])
    return out


def deviations(used: Usage, rates: pd.DataFrame) -> pd.DataFrame:
    """Measured against standard: cost_centre, activity, standard_units, measured_units, ledger_deviation_sek.

    The deviation is (measured - standard) x the activity's rate; it is spread on the services by their standard time.
    """
    rows = []
    for one in used.activities:
        if one.measured != one.at_standard and one.used:
            mine = rates[(rates["cost_centre"] == one.cost_centre) & (rates["activity"] == one.name)]
            service, units = next(iter(one.standard))
            rate = sum(mine.loc[mine["service"] == service, "unit_ore"]) / units * one.at_standard / one.measured
            ore = float(rate * (one.measured - one.at_standard))
            rows.append([one.cost_centre, one.name, one.at_standard / UNIT, one.measured / UNIT, round(ore / 100, 2)])
    columns = ["cost_centre", "activity", "standard_units", "measured_units", "ledger_deviation_sek"]
    return pd.DataFrame(rows, columns=columns)
