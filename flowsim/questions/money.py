"""What a candidate costs beside today, paired: cash cost over the year, counted from the same rows as the queues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import stdtrit

from flowsim.costs.kpp import load_unit_costs
from flowsim.costs.scenario_cost import scenario_cost
from flowsim.plan.model import Plan
from flowsim.questions.asked import Asked
from flowsim.questions.cases import Case
from flowsim.schema.unit_costs import UnitCosts
from flowsim.tables import Rows, frames

YEAR_WEEKS = 52


@lru_cache(maxsize=4)
def _costs(path: str) -> UnitCosts:
    return load_unit_costs(path)


@dataclass(frozen=True)
class Money:
    """Total cash cost in SEK, and operations, of one replication. `costs`: path of the unit cost file."""

    costs: str

    def __call__(self, rows: Rows, plan: Plan) -> np.ndarray:
        """[total_cash_sek, operations]."""
        told = scenario_cost(frames(rows, plan.setting, 0), _costs(self.costs)).iloc[0]
        return np.array([told["total_cash_sek"], told["operations"]], dtype=float)


@dataclass(frozen=True)
class Added:
    """Added cost (SEK) and operations gained against today, with the 95 % interval of their paired means."""

    sek: float
    sek_half: float
    operations: float
    operations_half: float
    n: int

    @property
    def per_operation(self) -> float:
        """SEK per operation gained (a ratio of sums); NaN where it may be none."""
        return self.sek / self.operations if self.operations > self.operations_half else np.nan


def added_cost(asked: Asked, case: Case, today: Case, replications: Sequence[int]) -> Added | None:
    """What a case costs more than today over the first year (or the horizon, if shorter); None without unit costs."""
    path = asked.base.scenario.unit_costs
    if path is None or not replications:
        return None
    weeks = min(YEAR_WEEKS, asked.base.scenario.model.horizon.weeks)
    both = [asked.runs.evaluate(one, Money(path), replications, weeks) for one in (case, today)]
    differences = both[0] - both[1]
    n = len(differences)
    mean = differences.mean(axis=0)
    half = stdtrit(n - 1, 0.975) * differences.std(axis=0, ddof=1) / np.sqrt(n) if n > 1 else np.full(2, np.inf)
    return Added(float(mean[0]), float(half[0]), float(mean[1]), float(half[1]), n)
