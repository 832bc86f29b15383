"""What a scenario costs: total cash cost T, the full cost of its contacts, and the identity that ties them.

    T = fixed + steps + variable + overtime + tranches + bought
      = full cost of contacts + overtime + tranches + bought + unused capacity + capacity-rate deviation

Both hold to the öre in every replication and week. The choices made:

- **Steps** (lists, bed modules) follow the plan, calendar x season x level, not the week's luck: regular capacity
  planned in a week, rounded up to whole steps, never below any of the `release_weeks` weeks before (down only after
  notice). Before the start the steps stood at practical capacity. A week cut by the horizon counts by its days and
  takes the steps of the whole week beside it.
- **A tranche with a price** is no step: its price is per unit offered, used or not. One without is regular capacity.
- **Unused** capacity is what was offered and neither used by our contacts that took place nor by other departments, at
  the reference rate; a slot lost to a no-show is unused. Use beyond what was offered (`over`) needs no step and is not
  unused.
- **Other departments** (`setting.background`) cost us nothing: of the resource's fixed, step and overtime money we
  carry `own_share`, fixed in the unit cost file, so that their luck never moves our money.
- **A resource the scenario does not model** (physiotherapy) but whose services its contacts use offers its practical
  capacity every week; without one it offers just what is used.

Source: time-driven costing at practical capacity; costs by behaviour (variable, step-fixed, fixed) from the KPP file.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flowsim.costs.kpp import Run, Source, bought_ore, each_run
from flowsim.costs.money import largest_remainder, rounded, sek
from flowsim.costs.uses import GRID, Horizon, Uses, Visits, codes, resource_use
from flowsim.frames import pd
from flowsim.schema.unit_costs import ResourceCost, UnitCosts
from flowsim.tables import Results

_RUN = ["scenario", "replication"]
_CASH = tuple(f"total_cash_{part}_sek" for part in ("fixed", "step", "variable", "overtime", "tranche"))
_IDENTITY = ("bought_sek", "full_cost_sek", "unused_capacity_sek", "capacity_rate_deviation_sek")
TERMS = ("total_cash_sek", *_CASH, *_IDENTITY)
"""T, its terms, and the other side of the identity. T = the five `total_cash_*_sek` + bought."""
_UNLIMITED = 2**52


def scenario_cost(results: Source, costs: UnitCosts) -> pd.DataFrame:
    """One row per scenario and replication: T with all its terms, SEK of the price year over the horizon.

    Columns: scenario, replication, `TERMS`, operations (own, at the guarantee's treatment step; NaN without one),
    bought (treated elsewhere and paid for inside the horizon), full_cost_sek_per_operated,
    total_cash_sek_per_operated (over all contacts; NaN where nobody was operated).
    """
    lines: list[dict[str, object]] = []
    for run in each_run(results):
        ledger = _Ledger(run, costs)
        totals = {name: int(weekly.sum()) for name, weekly in ledger.terms().items()}
        money = {name: totals[name] / 100 for name in TERMS}
        operations = _operations(ledger.visits)
        per = {
            f"{name}_per_operated": money[name] / operations if operations else np.nan
            for name in ("full_cost_sek", "total_cash_sek")
        }
        where = {"scenario": run.scenario, "replication": run.replication}
        bought = int(ledger.visits.bought.sum())
        lines.append({**where, **money, "operations": operations, "bought": bought, **per})
    return pd.DataFrame(lines, columns=[*_RUN, *TERMS, "operations", "bought", *_PER_OPERATED])


_PER_OPERATED = ("full_cost_sek_per_operated", "total_cash_sek_per_operated")


def weekly_cost(results: Results, costs: UnitCosts) -> pd.DataFrame:
    """One row per scenario, replication and ISO week of the horizon: scenario, replication, week, days, `TERMS`."""
    frames = []
    for run in each_run(results):
        ledger = _Ledger(run, costs)
        days = ledger.horizon.days
        where = {"scenario": run.scenario, "replication": run.replication, "week": np.arange(len(days)), "days": days}
        terms = ledger.terms()
        frames.append(pd.DataFrame({**where, **{name: sek(terms[name]) for name in TERMS}}))
    return pd.concat(frames, ignore_index=True)


def capacity_cost(results: Results, costs: UnitCosts) -> pd.DataFrame:
    """One row per scenario, replication and priced resource.

    Columns: scenario, replication, resource, total_cash_fixed_sek, total_cash_step_sek, total_cash_overtime_sek,
    total_cash_tranche_sek, full_cost_capacity_sek (contacts' step-fixed and fixed part), unused_capacity_sek,
    capacity_rate_deviation_sek, steps_mean (steps kept, mean over the horizon's days).
    """
    lines = []
    for run in each_run(results):
        ledger = _Ledger(run, costs)
        for name, capacity in ledger.capacity.items():
            money = {term: int(weekly.sum()) / 100 for term, weekly in capacity.terms().items()}
            steps = float(np.average(capacity.steps, weights=ledger.horizon.days))
            where = {"scenario": run.scenario, "replication": run.replication, "resource": name}
            lines.append({**where, **money, "steps_mean": steps})
    return pd.DataFrame(lines)


@dataclass(frozen=True)
class _Capacity:
    """One resource's money by week, öre."""

    fixed: np.ndarray
    step: np.ndarray
    overtime: np.ndarray
    tranche: np.ndarray
    charged: np.ndarray
    """In the contacts' full cost, at reference rates."""
    unused: np.ndarray
    steps: np.ndarray
    """Number of steps kept."""

    @property
    def deviation(self) -> np.ndarray:
        """Actual capacity cost less what contacts carry and what stood unused, at reference rates."""
        return self.fixed + self.step - self.charged - self.unused

    def terms(self) -> dict[str, np.ndarray]:
        """Columns of `capacity_cost`."""
        return {
            "total_cash_fixed_sek": self.fixed,
            "total_cash_step_sek": self.step,
            "total_cash_overtime_sek": self.overtime,
            "total_cash_tranche_sek": self.tranche,
            "full_cost_capacity_sek": self.charged,
            "unused_capacity_sek": self.unused,
            "capacity_rate_deviation_sek": self.deviation,
        }


class _Ledger:
    """All of one run's money by week, öre."""

    def __init__(self, run: Run, costs: UnitCosts) -> None:
        self.run, self.costs = run, costs
        self.horizon = Horizon(run.setting)
        self.visits, (uses, pooled) = run.visits, run.used(costs)
        self.variable = self.zeros()
        self.charged = {name: self.zeros() for name in costs.resources}
        services = list(costs.care_services.values())
        for pool in pooled:
            resource = services[pool.service].resource
            account = self.charged[resource] if pool.behaviour and resource else self.variable
            np.add.at(account, uses.week[pool.line], pool.ore)
        self.capacity = {name: self._capacity(name, uses) for name in self._resources(uses)}

    def zeros(self) -> np.ndarray:
        """Nothing, week by week."""
        return np.zeros(self.horizon.weeks, dtype=np.int64)

    def terms(self) -> dict[str, np.ndarray]:
        """`TERMS` by week."""
        parts = [capacity.terms() for capacity in self.capacity.values()]
        out = {name: sum((part[name] for part in parts), self.zeros()) for name in _CASH if name in _RESOURCE_TERMS}
        out["total_cash_variable_sek"] = self.variable
        out["bought_sek"] = self._bought()
        out["total_cash_sek"] = sum(out.values(), self.zeros())
        out["full_cost_sek"] = self.variable + sum((p["full_cost_capacity_sek"] for p in parts), self.zeros())
        for name in ("unused_capacity_sek", "capacity_rate_deviation_sek"):
            out[name] = sum((part[name] for part in parts), self.zeros())
        return out

    def _bought(self) -> np.ndarray:
        """Öre to other providers, in the week of the treatment."""
        out, ore = self.zeros(), bought_ore(self.visits)
        rows = np.flatnonzero(ore)
        np.add.at(out, self.visits.week[rows], ore[rows])
        return out

    def _resources(self, uses: Uses) -> list[str]:
        """The scenario's resources, and those outside it whose services its contacts use or could use."""
        inside = [info.name for info in self.run.setting.resources]
        steps = {info.name for info in self.run.setting.steps}
        asked = {service for step, units in self.costs.contacts.items() if step in steps for service in units}
        outside = {self.costs.care_services[service].resource for service in asked} - {None}
        return [*inside, *(name for name in self.costs.resources if name in outside and name not in inside)]

    def _capacity(self, name: str, uses: Uses) -> _Capacity:
        price = self.costs.resources.get(name, ResourceCost())
        inside = [info.name for info in self.run.setting.resources]
        charged = self.charged.get(name, self.zeros())
        if name not in inside:
            return self._outside(price, charged, self._service_units(name, uses))
        number = inside.index(name)
        frame = _weekly(self.run.capacity, inside, number, self.horizon)
        premium = np.array(self.run.setting.resources[number].price_sek_per_unit)
        regular = premium[frame.tranche] == 0
        planned = frame.by_week(frame.planned * regular)
        used = resource_use(self.visits, number, self.visits.own | self.visits.background)
        free = np.maximum(frame.by_week(frame.offered + frame.over) - used, 0)
        steps = _steps(price, planned / GRID, self.horizon)
        overtime = frame.by_week(frame.overtime)
        return _Capacity(
            fixed=_fixed(price, self.horizon),
            step=_step_money(price, steps, self.horizon),
            overtime=np.rint(overtime / GRID * price.overtime_sek_per_hour * price.own_share).astype(np.int64),
            tranche=frame.by_week(np.rint(frame.offered / GRID * premium[frame.tranche] * 100).astype(np.int64)),
            charged=charged,
            unused=_at(free, price.reference_sek_per_unit),
            steps=steps,
        )

    def _service_units(self, resource: str, uses: Uses) -> np.ndarray:
        """Units of a resource's care services used, by week."""
        mine = [k for k, service in enumerate(self.costs.care_services.values()) if service.resource == resource]
        line = np.isin(uses.service, mine)
        out = self.zeros()
        np.add.at(out, uses.week[line], uses.units[line])
        return out

    def _outside(self, price: ResourceCost, charged: np.ndarray, used: np.ndarray) -> _Capacity:
        """Capacity of a resource the scenario does not model."""
        nothing = self.zeros()
        if price.practical_capacity_per_week is None:
            return _Capacity(charged, nothing, nothing, nothing, charged, nothing, nothing)
        offered = np.full(len(used), price.practical_capacity_per_week) * self.horizon.days / 7
        free = np.maximum(np.rint(offered * GRID).astype(np.int64) - used, 0)
        steps = _steps(price, offered, self.horizon)
        money = _step_money(price, steps, self.horizon)
        unused = _at(free, price.reference_sek_per_unit)
        return _Capacity(_fixed(price, self.horizon), money, nothing, nothing, charged, unused, steps)


_RESOURCE_TERMS = ("total_cash_fixed_sek", "total_cash_step_sek", "total_cash_overtime_sek", "total_cash_tranche_sek")


@dataclass(frozen=True)
class _Weekly:
    """One resource's rows of the capacity table inside the horizon; amounts in 1/86,400 unit."""

    weeks: int
    week: np.ndarray
    tranche: np.ndarray
    planned: np.ndarray
    offered: np.ndarray
    overtime: np.ndarray
    over: np.ndarray

    def by_week(self, amount: np.ndarray) -> np.ndarray:
        """Sum over tranches."""
        out = np.zeros(self.weeks, dtype=np.int64)
        np.add.at(out, self.week, amount)
        return out


def _weekly(capacity: pd.DataFrame, names: list[str], number: int, horizon: Horizon) -> _Weekly:
    week = capacity["week"].to_numpy(dtype=np.int64)
    mine = (codes(capacity["resource"], names) == number) & (week >= 0) & (week < horizon.weeks)
    frame = capacity[mine]
    amounts = {
        name: np.rint(np.clip(frame[name].to_numpy(dtype=float), 0, _UNLIMITED / GRID) * GRID).astype(np.int64)
        for name in ("planned", "offered", "overtime", "over")
    }
    tranche = codes(frame["tranche"], horizon.setting.resources[number].tranches)
    return _Weekly(horizon.weeks, week[mine], tranche, **amounts)


def _steps(price: ResourceCost, planned: np.ndarray, horizon: Horizon) -> np.ndarray:
    """Whole steps kept each week: the plan rounded up, never below a week within the notice."""
    if price.step is None:
        return np.zeros(len(planned), dtype=np.int64)
    wanted = np.ceil(planned / price.step.size - 1e-9).astype(np.int64)
    for cut in np.flatnonzero(horizon.days < 7):
        wanted[cut] = wanted[1 if cut == 0 else cut - 1] if len(wanted) > 1 else wanted[cut]
    before = np.ceil((price.practical_capacity_per_week or 0) / price.step.size - 1e-9).astype(np.int64)
    notice = price.step.release_weeks
    padded = np.concatenate([np.full(notice, before), wanted])
    return np.lib.stride_tricks.sliding_window_view(padded, notice + 1).max(axis=1)


def _step_money(price: ResourceCost, steps: np.ndarray, horizon: Horizon) -> np.ndarray:
    """Öre of the steps kept, by week, our part."""
    rate = price.step.sek_per_step if price.step else 0
    return np.rint(steps * rate * horizon.days / 7 * price.own_share).astype(np.int64)


def _fixed(price: ResourceCost, horizon: Horizon) -> np.ndarray:
    """Öre of the calendar, by week, our part: the horizon's total split by days."""
    days = int(horizon.days.sum())
    share = round(price.own_share * 10**6)
    return largest_remainder(rounded(price.fixed_sek_per_week * days * share, 7 * 10**6), horizon.days)


def _at(units: np.ndarray, rate: int) -> np.ndarray:
    """Öre of units (1/86,400) at öre per unit."""
    whole, part = np.divmod(units, GRID)
    return whole * rate + (part * rate + GRID // 2) // GRID


def _operations(visits: Visits) -> float:
    """Own treatments begun inside the horizon; NaN where no step is the guarantee's treatment."""
    names = [info.name for info in visits.setting.steps]
    steps = [names.index(step) for name, step, _ in visits.setting.guarantee if name == "treatment"]
    if not steps:
        return float("nan")
    return float((visits.own & visits.inside & np.isin(visits.step, steps)).sum())
