"""Stage 6: activities to care services at practical capacity, what was not used kept apart as idle capacity.

Activity of a centre: units used u (quantity x standard units of the services in it), practical capacity k. Step-fixed
and fixed cost has the rate C / k, and C (k - u) / k is idle; variable cost has C / u and no idle part. Over practical
capacity (u > k): C / u, with a warning. Not used at all: all of it idle. k not known: k = u, said. Idle up to the
declared acute readiness is readiness; only what is above it is unused capacity. Full absorption: idle on the same
services. Source: time-driven activity-based costing (Kaplan and Anderson 2004), practical, not theoretical, capacity.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from flowsim.costs.ledger.inputs import Inputs
from flowsim.costs.ledger.pools import Pools
from flowsim.costs.ledger.reconciliation import Aside, Stage, closed
from flowsim.costs.ledger.spreading import spread
from flowsim.costs.ledger.usage import ELSEWHERE, Activity, Usage
from flowsim.frames import pd

View = Literal["standard", "full"]
READINESS, UNUSED = "(readiness)", "(idle)"


@dataclass(frozen=True)
class Services:
    """What activities gave each care service, and unit costs."""

    amounts: pd.DataFrame
    """service (or `READINESS`, `UNUSED`, `ELSEWHERE`), cost_centre, activity, resource_kind, behaviour, ore."""
    rates: pd.DataFrame
    """service, cost_centre, activity, resource_kind, behaviour, unit_ore: exact öre per unit (Fraction)."""
    usage: Usage
    stage: Stage
    warnings: tuple[str, ...]

    @property
    def used(self) -> pd.DataFrame:
        """`amounts` of real services alone."""
        return self.amounts[~self.amounts["service"].isin((READINESS, UNUSED, ELSEWHERE))]


def costed_services(used: Usage, pools: Pools, view: View = "standard") -> Services:
    """Stage 6 for every activity, in the standard view (idle apart) or with full absorption."""
    lines: list[list[object]] = []
    rates: list[list[object]] = []
    for centre, name, kind, behaviour, ore in pools.activities.itertuples(index=False):
        activity = used.activity(str(centre), str(name))
        parts, rate = _split(activity, str(behaviour), int(ore), view)
        where = [centre, name, kind, behaviour]
        lines += [[service, *where, amount] for service, amount in parts]
        rates += [[service, *where, rate * units] for service, units in activity.standard if rate]
    columns = ["cost_centre", "activity", "resource_kind", "behaviour"]
    amounts = pd.DataFrame(lines, columns=["service", *columns, "ore"]).astype({"ore": "int64"})
    if view == "full":
        amounts = _absorbed(amounts)
    real = amounts[~amounts["service"].isin((READINESS, UNUSED, ELSEWHERE))]
    sums = amounts.groupby("service")["ore"].sum()
    asides = [Aside(_ASIDE[name], int(sums[name])) for name in _ASIDE if name in sums.index]
    stage = Stage(
        "6",
        f"activities -> services ({view})",
        int(pools.activities["ore"].sum()),
        int(real["ore"].sum()),
        tuple(asides),
    )
    frame = pd.DataFrame(rates, columns=["service", *columns, "unit_ore"])
    return Services(amounts, frame, used, closed(stage), tuple(_warnings(used)))


_ASIDE = {
    READINESS: "readiness: idle capacity up to what is declared",
    UNUSED: "idle capacity",
    ELSEWHERE: "services to contacts outside the period or the list",
}


def _split(activity: Activity, behaviour: str, ore: int, view: View) -> tuple[list[tuple[str, int]], Fraction]:
    """An activity's öre of one behaviour over services and idle, and its exact rate in öre per unit."""
    names, weights = [name for name, _ in activity.used], [units for _, units in activity.used]
    u, k = sum(weights), activity.capacity
    if not ore:
        return [], Fraction(0)
    if not u:
        return [(UNUSED, ore)], Fraction(0) if behaviour == "variable" or not k else Fraction(ore, k)
    idle = 0 if behaviour == "variable" or view == "full" else max(k - activity.measured, 0)
    if idle:
        ready = min(idle, int(activity.readiness * k / 100))
        scale = activity.measured
        weights = [units * scale for units in weights] + [ready * u, (idle - ready) * u]
        names = [*names, READINESS, UNUSED]
    parts = spread(ore, np.array(weights, dtype=object))
    divisor = activity.measured + idle
    rate = Fraction(ore, divisor) * Fraction(activity.measured, u)
    return [(name, int(part)) for name, part in zip(names, parts, strict=True) if part], rate


def _absorbed(amounts: pd.DataFrame) -> pd.DataFrame:
    """What no service used, on the services of the same centre by their cost; of a centre without any, on all."""
    idle = amounts["service"].isin((READINESS, UNUSED))
    real = amounts[~idle & (amounts["service"] != ELSEWHERE) & (amounts["ore"] > 0)]
    kept = [amounts[~idle]]
    for row in amounts[idle].itertuples():
        near = real[real["cost_centre"] == row.cost_centre]
        base = (near if len(near) else real).groupby("service", sort=True)["ore"].sum()
        if not len(base):
            kept.append(amounts.loc[[row.Index]])
            continue
        parts = spread(int(row.ore), base.to_numpy())
        where = {name: getattr(row, name) for name in ("cost_centre", "activity", "resource_kind", "behaviour")}
        kept.append(pd.DataFrame({"service": base.index, **where, "ore": parts})[list(amounts.columns)])
    return pd.concat(kept, ignore_index=True)


def _warnings(used: Usage) -> Iterator[str]:
    """What is odd about capacity, in words."""
    for activity in used.activities:
        name = f"{activity.cost_centre} {activity.name}"
        if activity.capacity and activity.measured > activity.capacity:
            over = activity.measured / activity.capacity - 1
            yield f"{name}: over practical capacity by {over:.1%}: standard times or capacity are wrong."
        if activity.assumed and activity.used:
            yield f"{name}: no practical capacity is given; what was used is taken as capacity, and nothing as idle."
        if not activity.used:
            yield f"{name}: no care service used it; all its cost is idle."
    yield from used.warnings


def unit_costs(services: Services, inputs: Inputs) -> pd.DataFrame:
    """Cost per unit of each care service, shown with two decimals (kept exact in `Services.rates`).

    Columns: service, name, unit, quantity, variable_unit_sek, full_cost_step_fixed_sek, full_cost_fixed_sek,
    full_cost_sek (per unit), full_cost_used_sek (all units).
    """
    sums: dict[str, dict[str, Fraction]] = {}
    for service, behaviour, ore in services.rates[["service", "behaviour", "unit_ore"]].itertuples(index=False):
        one = sums.setdefault(service, dict.fromkeys(("variable", "step_fixed", "fixed"), Fraction(0)))
        one[behaviour] += ore
    totals = services.used.groupby("service")["ore"].sum()
    lines: list[Sequence[object]] = []
    for service, rows in inputs["care_services"].groupby("service", sort=False):
        one = sums.get(str(service), dict.fromkeys(("variable", "step_fixed", "fixed"), Fraction(0)))
        parts = [shown(one[behaviour]) for behaviour in ("variable", "step_fixed", "fixed")]
        first = rows.iloc[0]
        used = float(services.usage.quantity.get(str(service), 0)) / 10**4
        total = shown(sum(one.values(), Fraction(0)))
        lines.append(
            [service, first["name"] or service, first["unit"], used, *parts, total, totals.get(service, 0) / 100]
        )
    columns = ["service", "name", "unit", "quantity", *_PARTS, "full_cost_sek", "full_cost_used_sek"]
    return pd.DataFrame(lines, columns=columns)


_PARTS = ("variable_unit_sek", "full_cost_step_fixed_sek", "full_cost_fixed_sek")


def shown(ore: Fraction) -> float:
    """Exact öre as SEK with two decimals, half away from zero."""
    whole = (2 * abs(ore.numerator) + ore.denominator) // (2 * ore.denominator)
    return (whole if ore >= 0 else -whole) / 100
