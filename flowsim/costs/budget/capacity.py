"""Phase 2, capacity: hours, full-time equivalents by profession, rooms and beds that the volumes ask for.

hours = sum of N x standard minutes / 60         FTE = hours / hours per FTE / (1 - idle target)
rooms, beds = what is asked / what one can do a year, rounded up to whole steps
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from flowsim.costs.budget import forms
from flowsim.costs.budget.reading import Tables
from flowsim.costs.budget.volume import Volumes
from flowsim.frames import pd

MINUTES = 60


@dataclass(frozen=True)
class Need:
    """What is asked of one resource, and what that takes."""

    resource: str
    kind: str
    """staff, room or bed."""
    cost_centre: str
    account: str
    by_group: dict[str, Fraction]
    """Hours (staff, room) or days (bed) by group."""
    units: Fraction
    """FTE, rooms or beds that would just do."""
    kept: Fraction
    """FTE as they are; rooms and beds rounded up to steps."""
    row: Any

    @property
    def asked(self) -> Fraction:
        """Hours or days in all."""
        return sum(self.by_group.values(), Fraction(0))


def needs(tables: Tables, volumes: Volumes) -> list[Need]:
    """Every resource's need, in the order of the sheet; negative volumes ask for nothing."""
    by_group: dict[str, Fraction] = {}
    for (_, group), volume in volumes.items():
        by_group[group] = by_group.get(group, Fraction(0)) + max(volume, Fraction(0))
    per_contact: dict[str, dict[str, Fraction]] = {}
    for row in tables.rows(forms.STANDARDS):
        each = Fraction(row.per_contact) / (MINUTES if row.unit == "minutes" else 1)
        per_contact.setdefault(row.resource, {})[row.group] = each
    return [_need(tables, row, by_group, per_contact.get(row.resource, {})) for row in tables.rows(forms.RESOURCES)]


def capacity_table(found: list[Need]) -> pd.DataFrame:
    """A row per resource: resource, kind, cost_centre, asked, asked_unit, units, kept, kept_unit, free_percent.

    `units` is what would just do, `kept` what is budgeted; free_percent is what of it is not asked for.
    """
    names = {"staff": ("hours", "FTE"), "room": ("hours", "rooms"), "bed": ("days", "beds")}
    rows = []
    for one in found:
        asked_unit, kept_unit = names[one.kind]
        free = float(100 * (1 - one.units / one.kept)) if one.kept and one.kind != "staff" else 0.0
        amounts = (float(one.asked), asked_unit, float(one.units), float(one.kept), kept_unit, free)
        rows.append([one.resource, one.kind, one.cost_centre, *amounts])
    columns = ["resource", "kind", "cost_centre", "asked", "asked_unit", "units", "kept", "kept_unit", "free_percent"]
    return pd.DataFrame(rows, columns=columns)


def _need(tables: Tables, row: Any, volumes: dict[str, Fraction], each: dict[str, Fraction]) -> Need:
    asked = {group: volumes[group] * per for group, per in each.items() if group in volumes}
    total = sum(asked.values(), Fraction(0))
    capacity = tables.file.capacity
    own = Fraction(row.capacity_per_unit) if row.capacity_per_unit else Fraction(0)
    if row.kind == "staff":
        units = kept = total / (own or capacity.hours_per_fte) / (1 - Fraction(str(capacity.idle_target)))
    else:
        step = Fraction(row.step) if row.step else Fraction(1)
        units = total / own
        kept = ceil(units / step) * step
    return Need(row.resource, row.kind, row.cost_centre, row.account, asked, units, kept, row)
