"""The plan's own weeks: operations, slots offered and used, decisions and queue by week, and the queue's ages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flowsim.plan.model import Plan
from flowsim.questions.backlog import waits
from flowsim.tables import DAY_S, NEVER, OUTCOMES, SOURCES, WEEK_S, Rows

SERIES = ("operations", "offered", "used", "decisions", "queue")
AGE_BIN_DAYS, AGE_BINS = 15, 60
_DONE = (OUTCOMES.index("done"), OUTCOMES.index("open"))


@dataclass(frozen=True)
class Weekly:
    """Measure: `SERIES` by week of the run, one after the other. Queue: at the week's end."""

    step: str

    def __call__(self, rows: Rows, plan: Plan) -> np.ndarray:
        """(5 x weeks,)."""
        step = [one.name for one in plan.steps].index(self.step)
        lead, weeks = plan.steps[step].lead, -((plan.week0 - plan.end) // WEEK_S)
        c, p, capacity = rows["contacts"], rows["patients"], rows["capacity"]
        done = (c["step"] == step) & (c["provider"] == 0) & np.isin(c["outcome"], _DONE) & (c["started_s"] != NEVER)
        mine = (capacity["resource"] == lead) & (capacity["week"] >= 0)
        offered, used = (
            np.bincount(capacity["week"][mine], weights=capacity[name][mine], minlength=weeks)[:weeks]
            for name in ("offered", "used")
        )
        background = np.array(plan.background or [False] * len(plan.setting.groups), bool)
        decided = ~background[p["group"]] & (p["decision_s"] != NEVER) & (p["decision_s"] >= 0)
        decided &= p["source"] == SOURCES.index("arrivals")
        ends = np.minimum(plan.week0 + WEEK_S * np.arange(1, weeks + 1), plan.end)
        series = (
            _by_week(c["started_s"][done], plan, weeks),
            offered,
            used,
            _by_week(p["decision_s"][decided], plan, weeks),
            waits(rows, plan, step).at(ends),
        )
        return np.concatenate(series)


def _by_week(moments: np.ndarray, plan: Plan, weeks: int) -> np.ndarray:
    """How many moments fall in each week of the run."""
    inside = moments[(moments >= 0) & (moments < plan.end)].astype(np.int64)
    return np.bincount((inside - plan.week0) // WEEK_S, minlength=weeks)[:weeks].astype(float)


def series_of(numbers: np.ndarray) -> dict[str, np.ndarray]:
    """Each series as (replications, weeks), from the rows of `Runs.evaluate`."""
    return dict(zip(SERIES, np.split(numbers, len(SERIES), axis=1), strict=True))


@dataclass(frozen=True)
class Ages:
    """Measure: patients waiting for a step at a day's end, by how long they have waited, in bins of 15 days."""

    step: str
    day: int

    def __call__(self, rows: Rows, plan: Plan) -> np.ndarray:
        """(60,): the last bin holds all beyond."""
        step = [one.name for one in plan.steps].index(self.step)
        found, now = waits(rows, plan, step), (self.day + 1) * DAY_S
        inside = (found.enter < now) & (found.leave >= now)
        bins = (now - found.clock[inside]) // (AGE_BIN_DAYS * DAY_S)
        return np.bincount(np.minimum(bins, AGE_BINS - 1), minlength=AGE_BINS).astype(float)
