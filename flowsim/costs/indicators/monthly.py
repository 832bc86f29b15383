"""From monthly quantities to indicators: one value per indicator and month, empty with the reason where it has none."""

from __future__ import annotations

import calendar
import math
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from flowsim.costs.indicators.definitions import HOURS_PER_FTE, INDICATORS, KEYS, MAY_BE_0, Indicator
from flowsim.frames import pd

COLUMNS = ("number", "value", "reason", "spread", "outside")


def indicators(monthly: pd.DataFrame, hours_per_fte: float = HOURS_PER_FTE) -> pd.DataFrame:
    """The indicators of each row of monthly quantities (`definitions.quantities`, keys, `period` YYYY-MM, `days`).

    Columns: those of `monthly` that are no quantities (period, unit, scenario, replication ...), number, value (NaN
    where there is none), reason ("no hours" of a 0, "missing: ..." of nothing given), spread (printed, March 2017),
    outside ("above", "below" or ""). Indicators that no row has anything of are left out. `days` default: the month's.
    """
    names = {name.removesuffix("/fte") for one in INDICATORS for name in (*one.over, *one.under)}
    place = [column for column in monthly.columns if column not in names]
    known = [one for one in INDICATORS if any(_has(monthly, name) for name in (*one.over, *one.under) if _own(name))]
    rows = []
    for row in monthly.to_dict("records"):
        quantities = _filled(row)
        for one in known:
            value, reason = _value(one, quantities, hours_per_fte)
            rows.append(
                [*(row[column] for column in place), one.number, value, reason, _spread(one), _outside(one, value)]
            )
    return pd.DataFrame(rows, columns=[*place, *COLUMNS])


def days_of(period: str) -> int:
    """Days of a month YYYY-MM."""
    return calendar.monthrange(int(period[:4]), int(period[5:7]))[1]


def wide(found: pd.DataFrame, by: Sequence[str] = ("period",)) -> pd.DataFrame:
    """A row per month (and unit), a column per indicator's number."""
    order = [one.number for one in INDICATORS if (found["number"] == one.number).any()]
    table = found.set_index([*by, "number"])["value"].unstack(sort=False)
    return table.reindex(columns=order).reset_index().rename_axis(columns=None)


def definitions_table(numbers: Iterable[str], lang: Literal["sv", "en"], hours_per_fte: float) -> pd.DataFrame:
    """The definitions printed with the values: number, name, unit, formula, better, spread, parameter."""
    k = 1 if lang == "sv" else 0
    better = {"higher": ("higher", "högre"), "lower": ("lower", "lägre"), "": ("-", "-")}
    chosen = set(numbers)
    rows = [
        [one.number, one.name[k], one.unit[k], one.formula[k], better[one.better][k], _spread(one)]
        for one in INDICATORS
        if one.number in chosen
    ]
    frame = pd.DataFrame(rows, columns=["number", "name", "unit", "formula", "better", "spread"])
    frame["hours_per_fte"] = [
        hours_per_fte if any(name.endswith("/fte") for name in one.under) else math.nan
        for one in INDICATORS
        if one.number in chosen
    ]
    return frame


def _filled(row: dict[Any, Any]) -> dict[str, float]:
    """Numbers, with keys 1 and the month's days where they are not given."""
    found = {str(name): math.nan if value is None else value for name, value in row.items()}
    for key in KEYS:
        if _none(found.get(key)):
            found[key] = 1.0
    if _none(found.get("days")):
        found["days"] = float(days_of(str(row["period"])))
    return found


def _value(one: Indicator, row: dict[str, float], hours_per_fte: float) -> tuple[float, str]:
    """The indicator's value, or the reason why it has none."""
    over, under = [_quantity(row, name, hours_per_fte) for name in one.over], []
    missing = [name.removesuffix("/fte") for name in (*one.over, *one.under) if _none(_quantity(row, name, 1.0))]
    if missing:
        return math.nan, f"missing: {', '.join(missing)}"
    for name in one.under:
        value = _quantity(row, name, hours_per_fte)
        if value == 0:
            return math.nan, f"0: {name.removesuffix('/fte')}"
        under.append(value)
    if math.prod(over) == 0 and one.number not in MAY_BE_0:
        return math.nan, f"0: {one.over[0]}"
    return one.scale * math.prod(over) / math.prod(under), ""


def _quantity(row: dict[str, float], name: str, hours_per_fte: float) -> float:
    value = row.get(name.removesuffix("/fte"), math.nan)
    return float(value) / (hours_per_fte if name.endswith("/fte") else 1.0)


def _outside(one: Indicator, value: float) -> str:
    if one.spread is None or math.isnan(value):
        return ""
    return "below" if value < one.spread[0] else "above" if value > one.spread[1] else ""


def _spread(one: Indicator) -> str:
    return f"{one.spread[0]:g}–{one.spread[1]:g}" if one.spread else ""


def _own(name: str) -> bool:
    return name not in KEYS and name != "days"


def _has(frame: pd.DataFrame, name: str) -> bool:
    name = name.removesuffix("/fte")
    return name in frame and bool(frame[name].notna().any())


def _none(value: Any) -> bool:
    return value is None or value != value
