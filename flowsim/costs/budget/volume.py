"""Phase 1, volume: contacts by cost centre and group, from history, demography by age group, trend and budget lines.

    N(group, centre, y) = sum over ages of population(age, y) x rate(age, group) x (1 + trend)^(y - base year) + lines

A group without rates starts from its volume in the base year. Where both are known the rates give the size and history
the split over cost centres, and the difference between them is shown, not levelled.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from flowsim.costs.budget import forms
from flowsim.costs.budget.reading import Tables
from flowsim.frames import pd

Volumes = dict[tuple[str, str], Fraction]
"""(cost centre, group) -> contacts a year."""
Level = Literal["region", "department"]
FITTED_FROM = 3
"""Years of history a trend is fitted from at least."""
BASIS, DEMOGRAPHY, TREND = "basis", "demography", "trend"


@dataclass(frozen=True)
class Line:
    """One budget line: what it adds to volumes (contacts) and accounts (öre)."""

    name: str
    kind: str
    """basis, trend, portfolio or scenario."""
    level: str
    """region, department, or "" for both."""
    volumes: Volumes
    amounts: dict[tuple[str, str, int], int]
    """(cost centre, account, month; 0 = all of the year) -> öre."""


def basis(tables: Tables) -> Volumes:
    """Volumes of the base year: population x rates where there are rates, else history."""
    return _sized(tables, tables.base_year)


def with_demography(tables: Tables) -> Volumes:
    """Basis volumes with the budget year's population."""
    return _sized(tables, tables.year)


def with_trend(tables: Tables) -> Volumes:
    """With demography and trend: (1 + trend) to the power of the years between."""
    years, rates = tables.year - tables.base_year, trends(tables)
    return {
        (centre, group): volume * (1 + rates[group]["trend"]) ** years if group in rates else volume
        for (centre, group), volume in with_demography(tables).items()
    }


def trends(tables: Tables) -> dict[str, dict[str, Any]]:
    """Trend per year by group: `trend` exact, `how` "given" or "fitted to n years" (log-linear), `source`.

    A group whose percentage is left empty is fitted to its history; with fewer than three years it has no trend.
    """
    found: dict[str, dict[str, Any]] = {}
    for row in tables.rows(forms.TRENDS):
        if row.percent_per_year is not None and not pd.isna(row.percent_per_year):
            found[row.group] = {"trend": Fraction(row.percent_per_year) / 100, "how": "given", "source": row.source}
            continue
        sums: dict[int, Fraction] = {}
        for one in tables.rows(forms.HISTORY):
            if one.group == row.group and one.year <= tables.base_year:
                sums[one.year] = sums.get(one.year, Fraction(0)) + Fraction(one.volume)
        rate = _fitted(sums)
        how = f"fitted to {len(sums)} years" if rate is not None else f"none: {len(sums)} years are too few"
        found[row.group] = {"trend": rate or Fraction(0), "how": how, "source": row.source}
    return found


def lines(tables: Tables, level: Level | None = None) -> list[Line]:
    """Budget lines by name, basis first, then trend, portfolio, scenario; of one level (and of both), or all."""
    found: dict[tuple[str, str, str], Line] = {}
    for row in tables.rows(forms.LINES):
        if level is not None and row.level not in ("", level):
            continue
        key = (row.kind, row.line, row.level)
        line = found.setdefault(key, Line(row.line, row.kind, row.level, {}, {}))
        if not pd.isna(row.volume):
            _add(line.volumes, (row.cost_centre, row.group), Fraction(row.volume))
        if row.amount_sek:
            account = (row.cost_centre, row.account, int(row.period[5:]) if row.period else 0)
            line.amounts[account] = line.amounts.get(account, 0) + int(row.amount_sek)
    order = ("basis", "trend", "portfolio", "scenario")
    return sorted(found.values(), key=lambda one: order.index(one.kind))


def added(volumes: Volumes, more: Iterable[Line]) -> Volumes:
    """Volumes with the lines' on top; a sum below 0 is kept, and told by `below_zero`."""
    total = dict(volumes)
    for line in more:
        for key, volume in line.volumes.items():
            _add(total, key, volume)
    return total


def below_zero(volumes: Volumes) -> list[tuple[str, str]]:
    """Cost centres and groups whose lines take away more than there is."""
    return [key for key, volume in volumes.items() if volume < 0]


def against_history(tables: Tables) -> pd.DataFrame:
    """Group by group what rates give for the base year beside what history says.

    Columns: group, volume_history, volume_rates, difference_percent (NaN without history). Empty without rates.
    """
    by_rates = _by_rates(tables, tables.base_year)
    rows = []
    for group, volume in by_rates.items():
        past = sum(_shares(tables, group).values(), Fraction(0))
        percent = float(100 * (volume / past - 1)) if past else math.nan
        rows.append([group, float(past), float(volume), percent])
    return pd.DataFrame(rows, columns=["group", "volume_history", "volume_rates", "difference_percent"])


def volume_table(tables: Tables, final: Volumes) -> pd.DataFrame:
    """The way from history to budget, a row per cost centre and group.

    Columns: cost_centre, group, history_<year> (as many as there are), volume_basis, volume_demography, volume_trend,
    volume_lines (what each adds), volume_budget (their sum), change_percent (budget against basis; NaN without).
    """
    start, middle, end = basis(tables), with_demography(tables), with_trend(tables)
    past: dict[int, Volumes] = {}
    for row in tables.rows(forms.HISTORY):
        _add(past.setdefault(int(row.year), {}), (row.cost_centre, row.group), Fraction(row.volume))
    rows = []
    for key in dict.fromkeys([*start, *final]):
        a, b, c, z = (stage.get(key, Fraction(0)) for stage in (start, middle, end, final))
        years = {f"history_{year}": float(past[year].get(key, Fraction(0))) for year in sorted(past)}
        parts = {"volume_basis": a, "volume_demography": b - a, "volume_trend": c - b, "volume_lines": z - c}
        rows.append(
            {"cost_centre": key[0], "group": key[1], **years, **{name: float(v) for name, v in parts.items()}}
            | {"volume_budget": float(z), "change_percent": float(100 * (z / a - 1)) if a else math.nan}
        )
    return pd.DataFrame(rows)


def _sized(tables: Tables, year: int) -> Volumes:
    """Volumes at a year's population; groups without rates as in the base year's history."""
    by_rates = _by_rates(tables, year)
    found: Volumes = {}
    for group in dict.fromkeys(row.group for row in tables.rows(forms.HISTORY)):
        split = _shares(tables, group)
        total = sum(split.values(), Fraction(0))
        for centre, volume in split.items():
            share = volume / total if total else Fraction(1, len(split))
            found[(centre, group)] = by_rates[group] * share if group in by_rates else volume
    return found


def _by_rates(tables: Tables, year: int) -> dict[str, Fraction]:
    """Group -> sum over ages of population x rate."""
    persons: dict[str, Fraction] = {}
    for row in tables.rows(forms.POPULATION):
        if row.year == year:
            persons[row.age_group] = persons.get(row.age_group, Fraction(0)) + Fraction(row.persons)
    found: dict[str, Fraction] = {}
    for row in tables.rows(forms.RATES):
        rate = Fraction(row.contacts_per_1000) / 1000
        found[row.group] = found.get(row.group, Fraction(0)) + persons[row.age_group] * rate
    return found


def _shares(tables: Tables, group: str) -> dict[str, Fraction]:
    """A group's volume in the base year by cost centre."""
    found: dict[str, Fraction] = {}
    for row in tables.rows(forms.HISTORY):
        if row.group == group and row.year == tables.base_year:
            found[row.cost_centre] = found.get(row.cost_centre, Fraction(0)) + Fraction(row.volume)
    return found


def _fitted(sums: dict[int, Fraction]) -> Fraction | None:
    """Yearly growth from a straight line through log volumes, to six decimals; None with too few years or a 0."""
    if len(sums) < FITTED_FROM or any(volume <= 0 for volume in sums.values()):
        return None
    years = list(sums)
    logs = [math.log(float(sums[year])) for year in years]
    mean_year, mean_log = sum(years) / len(years), sum(logs) / len(logs)
    spread = sum((year - mean_year) ** 2 for year in years)
    slope = sum((year - mean_year) * (log - mean_log) for year, log in zip(years, logs, strict=True)) / spread
    return Fraction(round(math.expm1(slope) * 10**6), 10**6)


def _add(volumes: Volumes, key: tuple[str, str], volume: Fraction) -> None:
    volumes[key] = volumes.get(key, Fraction(0)) + volume
