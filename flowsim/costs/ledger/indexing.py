"""Price level: amounts moved to another year's prices by each cost type's index, the total first, then öre by öre."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from flowsim.costs.ledger.inputs import Inputs
from flowsim.costs.ledger.reconciliation import Aside, Stage, closed
from flowsim.costs.ledger.spreading import spread
from flowsim.costs.money import rounded
from flowsim.errors import Fault, InputError
from flowsim.frames import pd


@dataclass(frozen=True)
class Indexed:
    """Cells and lifted patient costs in the prices wanted."""

    cells: pd.DataFrame
    lifted: pd.DataFrame
    stage: Stage | None
    """None where the price year is the year costed."""
    warnings: tuple[str, ...] = ()


def factor(percents: list[Decimal]) -> Fraction:
    """The product of (1 + percent/100), exactly."""
    out = Fraction(1)
    for percent in percents:
        out *= 1 + Fraction(percent) / 100
    return out


def indexed_amounts(ore: np.ndarray, by: Fraction) -> np.ndarray:
    """Amounts of one cost type (whole öre) times a factor: their total is rounded first, then split by the amounts."""
    total = int(ore.sum())
    target = rounded(total * by.numerator, by.denominator)
    if total:
        return spread(target, ore)
    each = [rounded(int(one) * by.numerator, by.denominator) for one in ore]
    return np.array(each, dtype=np.int64)


def at_prices(inputs: Inputs, cells: pd.DataFrame, lifted: pd.DataFrame) -> Indexed:
    """Both tables in prices of `price_year`; indexing comes before allocation. InputError if an index lacks a year."""
    settings = inputs.settings
    wanted = settings.price_year or settings.year
    if wanted == settings.year:
        return Indexed(cells, lifted, None)
    types = _factors(inputs, settings.year, wanted)
    of_account = dict(zip(inputs["accounts"]["account"], inputs["accounts"]["cost_type"], strict=True))
    both = pd.concat([cells.assign(part=0), lifted.assign(part=1)], ignore_index=True)
    cost_type = both["account"].map(of_account)
    ore = both["ore"].to_numpy(dtype=np.int64).copy()
    asides = []
    for name, rows in both.groupby(cost_type, sort=True):
        before = ore[rows.index]
        ore[rows.index] = indexed_amounts(before, types[str(name)])
        asides.append(Aside(f"index {settings.year} -> {wanted}: {name}", int(before.sum() - ore[rows.index].sum())))
    new = both.assign(ore=ore)
    stage = Stage("2b", "price level", int(both["ore"].sum()), int(ore.sum()), tuple(asides))
    columns = list(lifted.columns)
    parts = (new.loc[new["part"] == 0, list(cells.columns)], new.loc[new["part"] == 1, columns])
    plain = sorted({str(name) for name in cost_type} & _without_index(inputs))
    kept = f"cost types without an index are kept at prices of {settings.year}: {', '.join(plain)}."
    return Indexed(*parts, closed(stage), (kept,) if plain else ())


def _without_index(inputs: Inputs) -> set[str]:
    types = inputs["cost_types"]
    return set(types.loc[types["index"] == "", "cost_type"])


def _factors(inputs: Inputs, year: int, wanted: int) -> dict[str, Fraction]:
    """Cost type -> factor from the year costed to the year wanted; backwards it is the inverse."""
    sheet = inputs["indexes"]
    rows = zip(sheet["index"], sheet["year"], sheet["percent"], strict=True)
    percents = {(str(name), int(of)): percent for name, of, percent in rows}
    years = range(min(year, wanted) + 1, max(year, wanted) + 1)
    out, faults = {}, []
    for cost_type, name in zip(inputs["cost_types"]["cost_type"], inputs["cost_types"]["index"], strict=True):
        missing = [of for of in years if name and (name, of) not in percents]
        if missing:
            words = f"The index has no percent for {', '.join(map(str, missing))}, which prices of {wanted} need."
            faults.append(Fault(inputs.file("indexes"), 0, f"index of cost type {cost_type}", name, words))
            continue
        by = factor([percents[name, of] for of in years]) if name else Fraction(1)
        out[str(cost_type)] = by if wanted > year else 1 / by
    if faults:
        raise InputError(faults)
    return out
