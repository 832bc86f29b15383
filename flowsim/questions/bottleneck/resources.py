"""More of a resource, as a change of the scenario: one step of it, a useful chunk, and what the step costs.

A step is about a thirtieth of what there is, a chunk about an eighth, whole units of both, at least one. Capacity
added is of the same make as what is there: same days, same season, same luck.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from flowsim import arithmetic
from flowsim.plan.model import Plan
from flowsim.schema import ScenarioModel
from flowsim.schema.unit_costs import UnitCosts

KEYS = {"slots": "slots_per_week", "staff": "servers", "places": "places"}
STEP_SHARE, CHUNK_SHARE = 1 / 30, 1 / 8
SUMMER = (6, 8)
"""First and last month of the season."""


@dataclass(frozen=True)
class More:
    """A resource that could be raised."""

    name: str
    kind: str
    there: float
    """Slots a normal week, servers or places."""
    step: int
    chunk: int
    sek_per_unit: float
    """SEK of a slot, server-hour or place-day; NaN where nothing says."""
    units_per_year: float
    """Units (slots, server-hours, place-days) planned in 52 weeks for one more slot a week, server or place."""

    def change(self, amount: float, first: date | None = None, last: date | None = None) -> dict[str, Any]:
        """The item of `change:` that adds so many."""
        made: dict[str, Any] = {"where": f"resources.{self.name}.{KEYS[self.kind]}", "add": amount}
        made |= {"from": first.isoformat()} if first else {}
        return made | ({"to": last.isoformat()} if last else {})

    def year_sek(self, amount: float) -> float:
        """What so many more cost in a year, used or not."""
        return amount * self.units_per_year * self.sek_per_unit


def raisable(
    model: ScenarioModel, plan: Plan, costs: UnitCosts | None, prices: Mapping[str, float], only: Sequence[str] = ()
) -> list[More]:
    """Every limited resource that somebody of the scenario's own groups may need, in its order.

    Price of a unit: as given, else what a further one costs by the unit cost file, else its reference rate.
    """
    planned = arithmetic.planned_per_week(plan)
    names = [info.name for info in plan.setting.resources]
    found = []
    for name, resource in model.resources.items():
        there = getattr(resource, KEYS[resource.kind], None)
        if there is None or (only and name not in only) or not np.isfinite(planned[names.index(name)]):
            continue
        size = float(there)
        per_unit = float(planned[names.index(name)]) / size * 52 if size else 0.0
        found.append(
            More(name, resource.kind, size, _whole(size * STEP_SHARE), _whole(size * CHUNK_SHARE),
                 _price(name, costs, prices), per_unit)
        )  # fmt: skip
    return found


def _whole(amount: float) -> int:
    return max(1, round(amount))


def _price(name: str, costs: UnitCosts | None, prices: Mapping[str, float]) -> float:
    if name in prices:
        return float(prices[name])
    found = costs.resources.get(name) if costs else None
    if found is None:
        return float("nan")
    return (found.extra_sek_per_unit or found.reference_sek_per_unit) / 100


def in_summer(more: More, amount: float, start: date, weeks: int) -> list[dict[str, Any]]:
    """The step from June to August alone, of every summer of the run."""
    return [more.change(amount, *stretch) for stretch in _summers(start, weeks)]


def outside_summer(more: More, amount: float, start: date, weeks: int) -> list[dict[str, Any]]:
    """The step in the rest of the year alone."""
    changes, since = [], start
    last = start + timedelta(weeks=weeks, days=-1)
    for begins, ends in _summers(start, weeks):
        if begins > since:
            changes.append(more.change(amount, since, begins - timedelta(days=1)))
        since = ends + timedelta(days=1)
    return [*changes, *([more.change(amount, since, last)] if since <= last else [])]


def _summers(start: date, weeks: int) -> Iterator[tuple[date, date]]:
    """First and last day of each summer inside the run."""
    last = start + timedelta(weeks=weeks, days=-1)
    for year in range(start.year, last.year + 1):
        begins = max(start, date(year, SUMMER[0], 1))
        ends = min(last, date(year, SUMMER[1] + 1, 1) - timedelta(days=1))
        if begins <= ends:
            yield begins, ends
