"""What must stand beside the money: caps and when they bind, who is left, what is freed, what the hospital is paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from flowsim.costs.payment.titles import title
from flowsim.plan.model import Plan
from flowsim.questions.outcome import Kept
from flowsim.questions.outsource.options import Terms
from flowsim.questions.outsource.runs import Bench
from flowsim.questions.wording import Said
from flowsim.tables import Results, Rows, frames

if TYPE_CHECKING:
    from flowsim.schema.unit_costs import UnitCosts
    from flowsim.study.incomes import Paid


@dataclass(frozen=True)
class CapWeeks:
    """The measure: first week in which the weekly and the yearly cap were full (NaN: never), and mean lead in days."""

    weekly_cap: int | None = None
    yearly_cap: int | None = None

    def __call__(self, rows: Rows, plan: Plan) -> np.ndarray:
        """Of one replication."""
        patients = frames(rows, plan.setting, 0).patients
        day = patients["elsewhere_day"].dropna().to_numpy()
        week = np.sort(((day[day >= 0] + plan.setting.start.weekday()) // 7).astype(np.int64))
        years = np.array([plan.iso_year[k] if k < len(plan.iso_year) else 0 for k in week])
        full_week = _first(np.bincount(week), self.weekly_cap) if len(week) else np.nan
        full_year = np.nan
        if self.yearly_cap and len(week):
            for year in np.unique(years):
                mine = week[years == year]
                if len(mine) >= self.yearly_cap:
                    full_year = float(mine[self.yearly_cap - 1])
                    break
        return np.array([full_week, full_year])


def _first(counts: np.ndarray, cap: int | None) -> float:
    full = np.flatnonzero(counts >= cap) if cap else np.zeros(0)
    return float(full[0]) if len(full) else float("nan")


@dataclass(frozen=True)
class Beside:
    """Of buying for one share of those who may go, means a year."""

    share: float
    bought: float
    own_operations: float
    """Change of our own."""
    used: float
    """Slots freed that went to others: bought less what we did fewer ourselves."""
    idle_sek: float
    """Capacity that stands unused beside today's, at the reference rate: its cost stays."""
    waiting_days: float
    cost_per_own: float
    """Full cost per patient operated by us."""
    cost_per_own_today: float
    cap_week: float
    cap_year_week: float


def beside(bench: Bench, terms: Terms, share: float) -> Beside:
    """What buying does to those who stay, to capacity and to the queue; 20 runs."""
    reach = range(bench.sizes.point)
    changes = terms.changes(share)
    name = f"bought_{round(100 * share)}_{'_'.join(terms.groups)}"
    pair, runs, today = bench.pair(name, changes, reach), bench.kept(name, changes, reach), bench.kept("", (), reach)
    base = bench.asked.base
    caps = np.full((1, 2), np.nan)
    if terms.weekly_cap or terms.yearly_cap:
        case = base.case(f"{base.scenario.name}_{name}", changes)
        measure = CapWeeks(terms.weekly_cap, terms.yearly_cap)
        caps = bench.asked.runs.evaluate(case, measure, reach, bench.weeks)
    weeks = [float(np.median(column[~np.isnan(column)])) if (~np.isnan(column)).any() else np.nan for column in caps.T]
    bought, own = float(runs["bought"].mean()), float(pair["operations"].mean())
    return Beside(
        share, bought, own, bought + own, float(pair["unused_capacity_sek"].mean()), float(pair["waiting_days"].mean()),
        _per(runs), _per(today), *weeks,
    )  # fmt: skip


def _per(runs: Kept) -> float:
    return float(runs["full_cost_sek"].sum() / runs["operations"].sum())


@dataclass(frozen=True)
class Incomes:
    """The measure: what the hospital is paid under each payment model of the scenario's payments file, SEK."""

    payments: str
    unit_costs: str | None
    drg: tuple[tuple[str, str], ...]
    models: tuple[str, ...]

    def __call__(self, rows: Rows, plan: Plan) -> np.ndarray:
        """Of one replication, in the order of `models`."""
        results: Results = frames(rows, plan.setting, 0)
        paid = _paid(self.payments, self.drg)
        lines = paid.by_run(results, _costs(self.unit_costs))
        hospital = paid.payments.hospital
        mine = lines[lines["hospital"].astype(str) == str(hospital)] if hospital else lines
        sums = mine.groupby(mine["payment"].astype(str))["value"].sum()
        return np.array([float(sums.get(model, 0.0)) for model in self.models])


@lru_cache(maxsize=4)
def _paid(path: str, drg: tuple[tuple[str, str], ...]) -> Paid:
    from flowsim.costs import payment
    from flowsim.study.incomes import Paid

    return Paid(payment.load_payments(path), dict(drg))


@lru_cache(maxsize=4)
def _costs(path: str | None) -> UnitCosts | None:
    from flowsim.costs.kpp import load_unit_costs

    return load_unit_costs(path) if path else None


def incomes(
    bench: Bench, ways: Mapping[str, Sequence[Mapping[str, Any]]]
) -> tuple[tuple[Said, ...], dict[str, np.ndarray]]:
    """Mean income by payment model, SEK over the run: the models' titles, and a row for each way; 20 runs each.

    Nothing where the scenario names no payments file.
    """
    base = bench.asked.base
    scenario = base.scenario
    if scenario.payments is None:
        return (), {}
    drg = tuple((name, group.drg) for name, group in scenario.model.groups.items() if group.drg)
    models = tuple(_paid(scenario.payments, drg).payments.payments)
    measure = Incomes(scenario.payments, scenario.unit_costs, drg, models)
    found = {}
    for name, changes in ways.items():
        case = base.case(f"{scenario.name}_{name}", list(changes)) if changes else bench.asked.today
        found[name] = bench.asked.runs.evaluate(case, measure, range(bench.sizes.point), bench.weeks).mean(axis=0)
    payments = _paid(scenario.payments, drg).payments.payments
    return tuple(Said(title(payments[name], "sv"), title(payments[name], "en")) for name in models), found
