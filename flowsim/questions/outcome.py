"""What the questions of money and capacity keep of a replication: operations, waiting, cash, and when it is cleared."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from flowsim.measures.queues import limits, step_queues, waiting_and_over
from flowsim.measures.runs import Run, runs
from flowsim.measures.spells import spells
from flowsim.measures.waits import inside_horizon
from flowsim.plan.model import Plan
from flowsim.questions.cases import Case
from flowsim.questions.runs import Runs
from flowsim.schema.unit_costs import UnitCosts
from flowsim.tables import DAY_S, Results, Rows, frames

NUMBERS = (
    "operations", "bought", "waiting_days", "total_cash_sek", "bought_sek", "full_cost_sek", "unused_capacity_sek",
    "total_cash_variable_sek", "total_cash_tranche_sek", "cleared_day", "over_end",
)  # fmt: skip
"""Kept of every replication, then the waiting days of each of `steps`.

operations: own, at the guarantee's treatment. waiting_days: patient-days in the queues of all steps, other
departments' patients too. cleared_day: the first day at whose end nobody is over the treatment guarantee's days, NaN
if there is none. over_end: how many are, at the end. Cash from the first day to the end of the run.
"""
MONEY = ("total_cash_sek", "bought_sek", "full_cost_sek", "unused_capacity_sek", "total_cash_variable_sek",
         "total_cash_tranche_sek")  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """The measure (see `NUMBERS`); without unit costs all money is NaN."""

    unit_costs: str | None = None
    steps: tuple[str, ...] = ()
    """Steps whose queues are kept one by one."""
    full: bool = True
    """Money too; False leaves it out (NaN), which is quicker."""

    def __call__(self, rows: Rows, plan: Plan) -> np.ndarray:
        """The numbers of one replication, waiting days by step last."""
        results = frames(rows, plan.setting, 0)
        (run,) = runs(results)
        found = _counted(run) | (self._money(results) if self.full and self.unit_costs else {})
        queues = step_queues(run, background=True)
        days = dict(zip(queues.names, queues.mean(run.end_s) * run.end, strict=True))
        found["waiting_days"] = float(sum(days.values()))
        kept = [found.get(name, np.nan) for name in NUMBERS]
        return np.array([*kept, *(days.get(step, 0.0) for step in self.steps)])

    def _money(self, results: Results) -> dict[str, float]:
        from flowsim.costs.scenario_cost import scenario_cost

        line: Any = scenario_cost(results, _costs(str(self.unit_costs))).iloc[0]
        return {name: float(line[name]) for name in MONEY}


@lru_cache(maxsize=4)
def _costs(path: str) -> UnitCosts:
    from flowsim.costs.kpp import load_unit_costs

    return load_unit_costs(path)


def _counted(run: Run) -> dict[str, float]:
    """Operations, bought, and the guarantee's treatment over time."""
    from flowsim.measures.patients import started_before

    names = [step.name for step in run.setting.steps]
    treatment = next(
        (limit for limit in limits(run.setting) if limit.kind == "guarantee" and limit.name == "treatment"), None
    )
    bought = run.own_patients & inside_horizon(run, run.patients["elsewhere_s"])
    found = {"bought": float(bought.sum())}
    if treatment is None:
        return found
    evenings = DAY_S * np.arange(1, int(run.end) + 1)
    _, over = waiting_and_over(spells(run, treatment.begins, treatment.to), treatment.days, evenings)
    clear = np.flatnonzero(over == 0)
    found["operations"] = float(started_before(run, run.end_s)[names.index(treatment.to)])
    found["cleared_day"] = float(clear[0]) if len(clear) else np.nan
    found["over_end"] = float(over[-1])
    return found


@dataclass(frozen=True)
class Kept:
    """The numbers of several replications of one case, by name."""

    values: np.ndarray
    """A row for each replication."""
    steps: tuple[str, ...] = ()
    case: Case | None = field(default=None, repr=False)

    def __getitem__(self, name: str) -> np.ndarray:
        """One number, by replication: of `NUMBERS`, or the waiting days of a step."""
        return np.asarray(self.values[:, [*NUMBERS, *self.steps].index(name)])

    def __len__(self) -> int:
        return len(self.values)


def kept(runs: Runs, case: Case, measure: Outcome, replications: range, weeks: int | None = None) -> Kept:
    """Runs of a case and what is kept of them."""
    return Kept(runs.evaluate(case, measure, replications, weeks), measure.steps, case)
