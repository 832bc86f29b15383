"""Phase 3, economy: what the volumes and their capacity cost and earn, by cost centre, account and month.

    pay = FTE x monthly pay x 12 x revision x (1 + PO)     other = volume or fixed amount x index
    result = income - cost

Indexes are applied before rounding; whole öre are then shared within each cost type by largest remainder, so that the
indexed total of a type is fixed first. Months sum to the year, groups and accounts to the total, to the öre.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from flowsim.costs.apportion import apportioned, whole
from flowsim.costs.budget import forms
from flowsim.costs.budget.capacity import Need, needs
from flowsim.costs.budget.reading import Tables
from flowsim.costs.budget.volume import Line, Volumes
from flowsim.errors import InputError
from flowsim.frames import pd

MONTHS = tuple(range(1, 13))
_TWELFTH = (Fraction(1, 12),) * 12


@dataclass(frozen=True)
class Where:
    """Where an amount stands in the budget."""

    cost_centre: str
    account: str
    kind: Literal["cost", "income"]
    source: str
    """Resource, cost type or budget line."""
    group: str = ""
    driver: Literal["input", "capacity", "account", "income"] = "account"
    """How it is followed up: by volume and use, by capacity units, or as an amount."""


@dataclass(frozen=True)
class Cell:
    """One amount of the year in exact öre, and its months' shares; amounts of one pool are rounded together."""

    where: Where
    year: Fraction
    shares: tuple[Fraction, ...]
    pool: str

    @property
    def months(self) -> list[Fraction]:
        """Exact öre by month."""
        return [self.year * share for share in self.shares]


@dataclass(frozen=True)
class Budgeted:
    """A budget: volumes, capacity, and every amount in whole öre by month."""

    volumes: Volumes
    needs: list[Need]
    amounts: list[tuple[Where, list[int]]]
    """Where, and öre by month."""

    def total(self, kind: str) -> int:
        """Öre of the year, cost or income."""
        return sum(sum(months) for where, months in self.amounts if where.kind == kind)


def budgeted(tables: Tables, volumes: Volumes, lines: Iterable[Line] = ()) -> Budgeted:
    """The budget of some volumes; `lines` add their amounts (their volumes are in `volumes` already).

    InputError for a year without an index between price year and budget year.
    """
    found = needs(tables, volumes)
    return Budgeted(volumes, found, rounded(_cells(tables, volumes, found, lines)))


def totals(tables: Tables, volumes: Volumes, lines: Iterable[Line] = ()) -> dict[str, int]:
    """Öre of the year by kind, as `budgeted` gives them, without their parts."""
    pools: dict[tuple[str, str], Fraction] = {}
    for cell in _cells(tables, volumes, needs(tables, volumes), lines):
        key = (cell.where.kind, cell.pool)
        pools[key] = pools.get(key, Fraction(0)) + cell.year
    return {kind: sum(whole(exact) for (k, _), exact in pools.items() if k == kind) for kind in ("cost", "income")}


def _cells(tables: Tables, volumes: Volumes, found: list[Need], lines: Iterable[Line]) -> list[Cell]:
    by_group = _by_group(volumes)
    return [
        *_staff(tables, found),
        *_capacity(tables, found),
        *_costs(tables, by_group),
        *_incomes(tables, by_group),
        *_amounts(tables, lines),
    ]


def rounded(cells: Sequence[Cell]) -> list[tuple[Where, list[int]]]:
    """Whole öre of each cell by month: first the pool's years, then each year's months."""
    pools: dict[tuple[str, str], list[int]] = {}
    for k, cell in enumerate(cells):
        pools.setdefault((cell.where.kind, cell.pool), []).append(k)
    year = [0] * len(cells)
    for members in pools.values():
        for k, ore in zip(members, apportioned([cells[k].year for k in members]), strict=True):
            year[k] = ore
    return [(cell.where, apportioned(cell.months, ore)) for cell, ore in zip(cells, year, strict=True)]


def index_factor(tables: Tables, index: str, from_year: int) -> Fraction:
    """Product of (1 + percent / 100) over the years after `from_year` to the budget year; 1 for an index not listed.

    InputError if the index is listed, but not for each of those years.
    """
    percent = {int(row.year): Fraction(row.percent) for row in tables.rows(forms.INDEXES) if row.index == index}
    factor = Fraction(1)
    for year in range(from_year + 1, tables.year + 1) if percent else ():
        if year not in percent:
            row = next(row for row in tables.rows(forms.INDEXES) if row.index == index)
            raise InputError(
                [tables.fault(forms.INDEXES, row, "index", f"has no percent for {year}: each year needs one.")]
            )
        factor *= 1 + percent[year] / 100
    return factor


def month_weights(tables: Tables) -> tuple[Fraction, ...]:
    """Share of the year's production in each month: the file's, else by days."""
    said = tables.file.economy.months
    weights = said or tuple(Fraction(calendar.monthrange(tables.year, month)[1]) for month in MONTHS)
    return tuple(weight / sum(weights, Fraction(0)) for weight in weights)


def amounts_table(found: Budgeted) -> pd.DataFrame:
    """Every amount: cost_centre, account, kind, source, group, month_1 .. month_12 (öre as SEK), budget_sek."""
    rows = [
        [where.cost_centre, where.account, where.kind, where.source, where.group]
        + [ore / 100 for ore in months]
        + [sum(months) / 100]
        for where, months in found.amounts
    ]
    heads = ["cost_centre", "account", "kind", "source", "group"]
    return pd.DataFrame(rows, columns=[*heads, *(f"budget_month_{m}_sek" for m in MONTHS), "budget_sek"])


def _by_group(volumes: Volumes) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for (_, group), volume in volumes.items():
        found[group] = found.get(group, Fraction(0)) + max(volume, Fraction(0))
    return found


def _staff(tables: Tables, found: Iterable[Need]) -> Iterator[Cell]:
    """Pay by profession, group and month; the payroll add-on on its own account if it has one."""
    economy = tables.file.economy
    revised = [economy.pay_revision.in_month(m) if economy.pay_revision else Fraction(1) for m in MONTHS]
    paid_months = sum(revised, Fraction(0))
    shares = tuple(month / paid_months for month in revised)
    addon = economy.payroll_addon
    accounts = {economy.payroll_addon_account: addon} if economy.payroll_addon_account else {}
    for need in (one for one in found if one.kind == "staff" and one.asked):
        pay = need.row.monthly_pay_sek * index_factor(tables, need.row.index, tables.base_year) * paid_months
        for group, asked in need.by_group.items():
            year = need.kept * asked / need.asked * pay
            for account, factor in {need.account: 1 if accounts else 1 + addon, **accounts}.items():
                where = Where(need.cost_centre, account, "cost", need.resource, group, "input")
                yield Cell(where, year * factor, shares, "pay")


def _capacity(tables: Tables, found: Iterable[Need]) -> Iterator[Cell]:
    """Rooms and beds kept, used or not."""
    for need in found:
        if need.kind != "staff" and need.row.sek_per_unit:
            ore = need.kept * need.row.sek_per_unit * index_factor(tables, need.row.index, tables.base_year)
            where = Where(need.cost_centre, need.account, "cost", need.resource, "", "capacity")
            yield Cell(where, ore, _TWELFTH, "capacity")


def _costs(tables: Tables, volumes: dict[str, Fraction]) -> Iterator[Cell]:
    """Other costs: per contact of a group (of all groups if none is named), and fixed."""
    weights = month_weights(tables)
    for row in tables.rows(forms.COSTS):
        price_year = tables.base_year if pd.isna(row.price_year) else int(row.price_year)
        factor = index_factor(tables, row.cost_type, price_year)
        for group in ([row.group] if row.group else list(volumes)) if row.sek_per_contact else ():
            where = Where(row.cost_centre, row.account, "cost", row.cost_type, group, "input")
            ore = volumes.get(group, Fraction(0)) * int(row.sek_per_contact) * factor
            yield Cell(where, ore, weights, row.cost_type)
        if row.fixed_sek:
            where = Where(row.cost_centre, row.account, "cost", row.cost_type, row.group)
            yield Cell(where, row.fixed_sek * factor, _TWELFTH, row.cost_type)


def _incomes(tables: Tables, volumes: dict[str, Fraction]) -> Iterator[Cell]:
    """Income: points x price per contact of a group, and fixed amounts."""
    weights = month_weights(tables)
    for row in tables.rows(forms.INCOMES):
        if row.price_sek and row.group:
            points = Fraction(1) if row.points is None or pd.isna(row.points) else Fraction(row.points)
            where = Where(row.cost_centre, row.account, "income", "points", row.group, "income")
            ore = volumes.get(row.group, Fraction(0)) * points * row.price_sek
            yield Cell(where, ore, weights, "income")
        if row.fixed_sek:
            where = Where(row.cost_centre, row.account, "income", "fixed", row.group)
            yield Cell(where, Fraction(int(row.fixed_sek)), _TWELFTH, "income")


def _amounts(tables: Tables, lines: Iterable[Line]) -> Iterator[Cell]:
    """Amounts that budget lines put on accounts; an account of the sheet incomes is income."""
    earning = {row.account for row in tables.rows(forms.INCOMES)}
    for line in lines:
        for (centre, account, month), ore in line.amounts.items():
            where = Where(centre, account, "income" if account in earning else "cost", line.name)
            alone = tuple(Fraction(m == month) for m in MONTHS)
            yield Cell(where, Fraction(ore), alone if month else _TWELFTH, f"line {line.name}")
