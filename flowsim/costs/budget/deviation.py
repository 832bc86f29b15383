"""Outcome against budget, split into volume, mix, efficiency, price and capacity that add up to the öre.

    B = [Q0_g, a0, p0] -> [Q1 x Q0_g/Q0, a0, p0] -> [Q1_g, a0, p0] -> [Q1_g, a1, p0] -> [Q1_g, a1, p1] = A
             volume            mix                efficiency          price

Q volume, a input per contact, p price; 0 budget, 1 outcome; g group. Each of the five totals is the öre-rounded value
of a flexed budget and the deviations are their differences, in this order: efficiency at budget price, price at actual
quantity. Capacity (K units at f each): (K1 - K0) f0 = capacity, K1 (f1 - f0) = price. Only amounts known: price by the
index, the rest efficiency and other. For cost a plus is unfavourable, for income it is favourable.

Special cases: budget volume 0 in all: all is volume, mix 0. A new group without budgeted unit cost: its whole cost is
mix, named new group. An input without budget price: budget price := actual price, all of it efficiency. Outcome volume
0 in all: mix, efficiency and price 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from flowsim.costs.apportion import apportioned
from flowsim.frames import pd

PARTS = ("volume", "mix", "efficiency", "price", "capacity")
ORDER = "volume, mix, efficiency, price: efficiency at budget price, price at actual quantity"
Driver = Literal["input", "income", "capacity", "account", "grant"]
INCOME = ("income", "grant")
"""Drivers whose money is income: points x price, and grants."""


@dataclass(frozen=True)
class Row:
    """One row of the follow-up: a group's use of one input, a capacity, or an account. Prices and amounts in öre."""

    driver: Driver
    cost_centre: str
    account: str
    group: str
    input: str
    volume: tuple[Fraction, Fraction]
    """Budget, outcome: contacts (input, income) or units (capacity)."""
    per_contact: tuple[Fraction | None, Fraction | None]
    price: tuple[Fraction | None, Fraction | None]
    amount: tuple[Fraction, Fraction]
    """Budget, outcome: öre of an account."""
    index: Fraction
    """Price factor of an account: outcome year's prices over the budget's."""


@dataclass(frozen=True)
class Steps:
    """A row's exact öre in the five flexed budgets."""

    totals: tuple[Fraction, Fraction, Fraction, Fraction, Fraction]
    special: str = ""
    """new group, no budget price, or nothing."""
    parts: tuple[str, str, str, str] = ("volume", "mix", "efficiency", "price")
    """What each step is called."""


def deviations(rows: Sequence[Row]) -> pd.DataFrame:
    """One row per row of the follow-up, every deviation in whole öre.

    Columns: kind (cost or income), cost_centre, account, group, input, budget_sek, budget_volume_sek, budget_mix_sek,
    budget_efficiency_sek, budget_price_sek, budget_capacity_sek (the deviations), budget_outcome_sek,
    budget_deviation_sek (their sum = outcome - budget), special. Sums over any rows add up, since every row does.
    """
    stages = [_steps(row, *_totals(rows)) for row in rows]
    money = _whole([row.driver in INCOME for row in rows], stages)
    out = []
    for row, stage, ore in zip(rows, stages, money, strict=True):
        parts = dict.fromkeys(PARTS, 0)
        for name, before, after in zip(stage.parts, ore, ore[1:], strict=False):
            parts[name] += after - before
        kind = "income" if row.driver in INCOME else "cost"
        named = {f"budget_{part}_sek": value / 100 for part, value in parts.items()}
        ends = {"budget_outcome_sek": ore[-1] / 100, "budget_deviation_sek": (ore[-1] - ore[0]) / 100}
        place = {"cost_centre": row.cost_centre, "account": row.account, "group": row.group, "input": row.input}
        out.append({"kind": kind, **place, "budget_sek": ore[0] / 100, **named, **ends, "special": stage.special})
    return pd.DataFrame(out, columns=COLUMNS)


MONEY = ("budget_sek", *(f"budget_{part}_sek" for part in PARTS), "budget_outcome_sek", "budget_deviation_sek")
COLUMNS = ["kind", "cost_centre", "account", "group", "input", *MONEY, "special"]


def summed(frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Rows of `deviations` summed by columns, to the öre, with `judged`: favourable, unfavourable or as budget."""
    sums = frame.groupby(list(by), sort=False)[list(MONEY)].sum().round(2).reset_index()
    income = sums["kind"] == "income" if "kind" in sums else pd.Series(False, index=sums.index)
    sums["judged"] = [
        judged(value, is_income) for value, is_income in zip(sums["budget_deviation_sek"], income, strict=True)
    ]
    return sums


def with_result(by_kind: pd.DataFrame) -> pd.DataFrame:
    """The sums by kind with the row "result" = income - cost below them; more result is favourable."""
    signs = by_kind["kind"].map({"income": 1, "cost": -1})
    result = by_kind[list(MONEY)].mul(signs, axis=0).sum().round(2)
    row = {"kind": "result", **result, "judged": judged(result["budget_deviation_sek"], income=True)}
    return pd.concat([by_kind, pd.DataFrame([row])], ignore_index=True)


def judged(deviation: float, income: bool) -> str:
    """A deviation in words: more cost is unfavourable, more income (or result) favourable."""
    if not round(100 * deviation):
        return "as budget"
    return "favourable" if (deviation > 0) == income else "unfavourable"


def _totals(rows: Sequence[Row]) -> tuple[Fraction, Fraction]:
    """Q0 and Q1: every group's volume once."""
    seen: dict[str, tuple[Fraction, Fraction]] = {}
    for row in rows:
        if row.driver in ("input", "income"):
            seen.setdefault(row.group, row.volume)
    return sum((v[0] for v in seen.values()), Fraction(0)), sum((v[1] for v in seen.values()), Fraction(0))


def _steps(row: Row, q0: Fraction, q1: Fraction) -> Steps:
    """The five flexed budgets of a row."""
    if row.driver in ("account", "grant"):
        budget, outcome = row.amount
        at_old_prices = outcome / row.index if row.index else outcome
        return Steps((budget, budget, budget, at_old_prices, outcome))
    if row.driver == "capacity":
        return _capacity(row)
    return _flexed(row, q0, q1)


def _capacity(row: Row) -> Steps:
    k0, k1 = row.volume
    f1 = row.price[1] or Fraction(0)
    f0 = f1 if row.price[0] is None else row.price[0]
    special = "no budget price" if row.price[0] is None and k1 else ""
    return Steps((k0 * f0, k0 * f0, k0 * f0, k1 * f0, k1 * f1), special, ("volume", "mix", "capacity", "price"))


def _flexed(row: Row, q0: Fraction, q1: Fraction) -> Steps:
    v0, v1 = row.volume
    a1, p1 = (value or Fraction(0) for value in (row.per_contact[1], row.price[1]))
    outcome = v1 * a1 * p1
    if not v0 and v1 and (row.per_contact[0] is None or row.price[0] is None):
        zero = Fraction(0)
        return Steps((zero, zero, outcome, outcome, outcome), "new group")
    p0 = p1 if row.price[0] is None else row.price[0]
    a0 = row.per_contact[0] or Fraction(0)
    at_mix = v1 * a0 * p0
    at_volume = q1 * v0 / q0 * a0 * p0 if q0 else at_mix
    special = "no budget price" if row.price[0] is None and v1 else ""
    return Steps((v0 * a0 * p0, at_volume, at_mix, v1 * a1 * p0, outcome), special)


def _whole(income: Sequence[bool], stages: Sequence[Steps]) -> list[list[int]]:
    """Öre of each row at each step: the totals of cost and of income are rounded, and shared over their rows."""
    found = [[0] * 5 for _ in stages]
    for side in (False, True):
        mine = [k for k, is_income in enumerate(income) if is_income == side]
        for step in range(5):
            for k, ore in zip(mine, apportioned([stages[k].totals[step] for k in mine]), strict=True):
                found[k][step] = ore
    return found
