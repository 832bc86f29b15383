"""The follow-up sheet: the budget's side written from a computed budget, the outcome's filled in and read back.

Prices are per unit of input: kronor an hour, a point, a contact. Money of a part of the year is the months' budget; a
volume is the part's share of the year's production, so that the deviations of five months are those of five months.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from flowsim.costs.budget.deviation import Row
from flowsim.costs.budget.economy import Budgeted, Where, month_weights
from flowsim.costs.budget.forms import FOLLOW_UP
from flowsim.costs.budget.reading import Tables
from flowsim.errors import Fault, InputError
from flowsim.frames import pd
from flowsim.sheets import read_book
from flowsim.sheets.forms import framed
from flowsim.sheets.table import read_table

COLUMNS = [column.name for column in FOLLOW_UP.columns]
MOST = 20
"""Faults told of a sheet; the rest are counted."""


def follow_up_sheet(tables: Tables, budget: Budgeted, through: int = 12) -> pd.DataFrame:
    """The sheet with the budget's side of January to `through`; the outcome's columns are empty, to be filled in.

    Columns: those of the form follow_up. Volumes in contacts, per_contact in hours (staff), 1 (costs per contact) or
    points (income), prices in SEK per hour, contact or point, or a year's part of a room or bed.
    """
    part = sum(month_weights(tables)[:through], Fraction(0))
    by_group: dict[str, Fraction] = {}
    for (_, group), volume in budget.volumes.items():
        by_group[group] = by_group.get(group, Fraction(0)) + max(volume, Fraction(0))
    rows = [_row(where, sum(months[:through]), by_group, part, budget, tables) for where, months in budget.amounts]
    frame = pd.DataFrame(rows).reindex(columns=COLUMNS)
    texts = ["kind", "cost_centre", "account", "group", "input"]
    frame[texts] = frame[texts].fillna("")
    return frame


def read_follow_up(path: Path | str) -> list[Row]:
    """A filled-in follow-up sheet (a workbook with it, or a CSV file of its own). InputError with every fault."""
    path = Path(path)
    if path.suffix.lower() == ".xlsx" or path.is_dir():
        book = read_book(path)
        called = next((name for name in book.names if FOLLOW_UP.is_called(name)), FOLLOW_UP.name)
        frame, file = book.read(FOLLOW_UP), f"{book.name}, {called}"
    else:
        frame, file = framed(read_table(path), FOLLOW_UP), path.name
    faults = [*_incomplete(file, frame), *_volumes_differ(file, frame), *_budget_differs(file, frame)]
    if len(faults) > MOST:
        more = Fault(file, 0, "the sheet", "", f"{len(faults) - MOST} more cells are empty or do not agree.")
        faults = [*faults[:MOST], more]
    if faults:
        raise InputError(faults)
    return [_read(one) for one in frame.itertuples(index=False)]


def _row(
    where: Where, ore: int, volumes: dict[str, Fraction], part: Fraction, budget: Budgeted, tables: Tables
) -> dict[str, object]:
    """One amount of the budget as a row of the sheet."""
    place = {"cost_centre": where.cost_centre, "account": where.account, "group": where.group, "input": where.source}
    volume = volumes.get(where.group, Fraction(0)) * part
    if where.driver == "capacity":
        (need,) = (one for one in budget.needs if one.resource == where.source)
        price = Fraction(ore) / need.kept if need.kept else Fraction(0)
        money = {"budget_price_sek": float(price) / 100, "budget_sek": ore / 100}
        return {"kind": "capacity", **place, "budget_volume": float(need.kept), **money}
    if where.driver in ("input", "income") and volume:
        each = _per_contact(where, volumes, budget, tables)
        sek = float(Fraction(ore) / volume / each / 100)
        known = {"budget_per_contact": float(each), "budget_price_sek": sek, "budget_sek": ore / 100}
        return {"kind": where.driver, **place, "budget_volume": float(volume), **known}
    return {"kind": "grant" if where.kind == "income" else "account", **place, "budget_sek": ore / 100}


def _per_contact(where: Where, volumes: dict[str, Fraction], budget: Budgeted, tables: Tables) -> Fraction:
    """Hours of a profession per contact, points per contact, or 1."""
    if where.driver == "income":
        from flowsim.costs.budget import forms

        for row in tables.rows(forms.INCOMES):
            if (row.cost_centre, row.account, row.group) == (where.cost_centre, where.account, where.group):
                return Fraction(1) if row.points is None or pd.isna(row.points) else Fraction(row.points) or Fraction(1)
    for need in budget.needs:
        if need.resource == where.source and need.by_group.get(where.group):
            return need.by_group[where.group] / volumes[where.group]
    return Fraction(1)


def _incomplete(file: str, frame: pd.DataFrame) -> Iterable[Fault]:
    """What each kind of row must have for its outcome."""
    needed = {
        "input": ("group", "budget_volume", "outcome_volume"),
        "income": ("group", "budget_volume", "outcome_volume"),
        "capacity": ("input", "budget_volume", "outcome_volume", "outcome_price_sek"),
        "account": ("account", "outcome_sek"),
        "grant": ("account", "outcome_sek"),
    }
    empty: dict[str, list[int]] = {}
    for row in frame.itertuples(index=False):
        missing = [name for name in needed[row.kind] if _nothing(getattr(row, name))]
        if row.kind in ("input", "income") and not missing and row.outcome_volume:
            missing = [n for n in ("outcome_per_contact", "outcome_price_sek") if _nothing(getattr(row, n))]
        for name in missing:
            empty.setdefault(name, []).append(int(row.row))
    swedish = {column.name: column.also[0] for column in FOLLOW_UP.columns}
    for name, rows in empty.items():
        more = f" (and {len(rows) - 1} rows more)" if len(rows) > 1 else ""
        words = f"is empty{more}: the deviation needs it. What did not happen is 0, not empty."
        yield Fault(file, rows[0], f"{name} ({swedish[name]})", "", words)


def _budget_differs(file: str, frame: pd.DataFrame) -> Iterable[Fault]:
    """A budget amount written beside volume, use and price is their product."""
    for row in frame[frame["kind"].isin(("input", "income", "capacity")) & (frame["budget_sek"] != 0)].itertuples():
        parts = (row.budget_volume, 1 if row.kind == "capacity" else row.budget_per_contact, row.budget_price_sek)
        if any(_nothing(part) for part in parts):
            continue
        product = parts[0] * parts[1] * parts[2]
        said = Decimal(int(row.budget_sek)) / 100
        if abs(product - said) > max(Decimal(1), abs(said) / 1000):
            words = f"is not volume x per contact x price, which is {product:,.2f}: the deviation starts from those."
            yield Fault(file, int(row.row), "budget_sek", f"{said:,.2f}", words)


def _volumes_differ(file: str, frame: pd.DataFrame) -> Iterable[Fault]:
    """A group has one volume, however many inputs it uses."""
    first: dict[str, Any] = {}
    for row in frame.itertuples(index=False):
        if row.kind in ("input", "income"):
            known = first.setdefault(row.group, row)
            if (known.budget_volume, known.outcome_volume) != (row.budget_volume, row.outcome_volume):
                words = f"{row.group} has another volume in row {known.row}: a group has one volume in all its rows."
                found = f"{row.budget_volume}, {row.outcome_volume}"
                yield Fault(file, int(row.row), "budget_volume, outcome_volume", found, words)


def _read(row: Any) -> Row:
    percent = Fraction(0) if _nothing(row.index_percent) else Fraction(row.index_percent)
    return Row(
        driver=row.kind,
        cost_centre=row.cost_centre,
        account=row.account,
        group=row.group,
        input=row.input,
        volume=(_exact(row.budget_volume) or Fraction(0), _exact(row.outcome_volume) or Fraction(0)),
        per_contact=(_exact(row.budget_per_contact), _exact(row.outcome_per_contact)),
        price=(_ore(row.budget_price_sek), _ore(row.outcome_price_sek)),
        amount=(Fraction(int(row.budget_sek or 0)), Fraction(0 if _nothing(row.outcome_sek) else int(row.outcome_sek))),
        index=1 + percent / 100,
    )


def _exact(value: Any) -> Fraction | None:
    return None if _nothing(value) else Fraction(value)


def _ore(value: Any) -> Fraction | None:
    return None if _nothing(value) else Fraction(value) * 100


def _nothing(value: Any) -> bool:
    return value is None or value == "" or value != value
