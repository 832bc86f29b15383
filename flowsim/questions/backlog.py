"""Who waits at each day's end, and for how long: counted from a run's rows as they are, for thousands of runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flowsim.plan.model import FOREVER, Plan
from flowsim.tables import DAY_S, NEVER, OUTCOMES, SOURCES, Rows

_DONE = (OUTCOMES.index("done"), OUTCOMES.index("open"))
_ATTEMPTS = (OUTCOMES.index("no_show"), OUTCOMES.index("cancelled"))
_NEW = (SOURCES.index("arrivals"), SOURCES.index("queue"))
_CAUSE_IDLE = ("nobody_waiting", "pull", "kept")


@dataclass(frozen=True)
class Waits:
    """Every wait for a step: its clock, when it begins in the run and when it ends (seconds; FOREVER: not yet)."""

    clock: np.ndarray
    enter: np.ndarray
    leave: np.ndarray

    def at(self, moments: np.ndarray) -> np.ndarray:
        """Waiting just before each moment."""
        return _before(self.enter, moments) - _before(self.leave, moments)

    def over(self, moments: np.ndarray, limit: int) -> np.ndarray:
        """Of them, those whose clock is more than `limit` seconds back."""
        passed = np.maximum(self.enter, self.clock + limit)
        late = self.leave > passed
        return _before(passed[late], moments) - _before(self.leave[late], moments)


def _before(times: np.ndarray, moments: np.ndarray) -> np.ndarray:
    return np.searchsorted(np.sort(times), moments, side="left")


def counts_from_decision(plan: Plan) -> bool:
    """Whether waiting for treatment is counted from a decision: some step sets it, or some start queue has it."""
    known = plan.recipe is not None and any(start.decision for start in plan.recipe.starts)
    return known or any(step.decision for step in plan.steps)


def waits(rows: Rows, plan: Plan, step: int) -> Waits:
    """Waits for a step: from the decision (where decisions are made), else from joining its queue.

    Own patients only. As `measures.spells` counts them.
    """
    if counts_from_decision(plan):
        return _from_decision(rows, plan, step)
    c = rows["contacts"]
    mine = (c["step"] == step) & (c["provider"] == 0) & ~np.isin(c["outcome"], _ATTEMPTS)
    mine &= _own(rows, plan)[c["patient"]]
    queued, started, finished = (c[name][mine].astype(np.int64) for name in ("queued_s", "started_s", "finished_s"))
    began = np.isin(c["outcome"][mine], _DONE) & (started != NEVER)
    leave = np.where(began, started, np.where(finished == NEVER, FOREVER, finished))
    return Waits(queued, np.maximum(queued, rows["patients"]["arrived_s"][c["patient"][mine]]), leave)


def _own(rows: Rows, plan: Plan) -> np.ndarray:
    background = np.array(plan.background or [False] * len(plan.setting.groups), bool)
    return ~background[rows["patients"]["group"]]


def _from_decision(rows: Rows, plan: Plan, step: int) -> Waits:
    p, c = rows["patients"], rows["contacts"]
    decision, arrived = p["decision_s"].astype(np.int64), p["arrived_s"].astype(np.int64)
    started = np.full(len(decision), FOREVER, np.int64)
    mine = (c["step"] == step) & (c["provider"] == 0) & np.isin(c["outcome"], _DONE) & (c["started_s"] != NEVER)
    mine &= c["started_s"] >= decision[c["patient"]]
    np.minimum.at(started, c["patient"][mine], c["started_s"][mine])
    who = _own(rows, plan) & (decision != NEVER) & (np.isin(p["source"], _NEW) | (decision >= arrived))
    gone = [np.where(p[name] == NEVER, FOREVER, p[name]).astype(np.int64) for name in ("end_s", "elsewhere_s")]
    leave = np.minimum(np.minimum(*gone), started)
    return Waits(decision[who], np.maximum(decision, arrived)[who], leave[who])


@dataclass(frozen=True)
class Course:
    """A run's course, as one array: see `Told` for what is where.

    `step`: what is waited for; `limit_days`: over how many days counts; `tranche`: the extra slots' name.
    """

    step: str
    limit_days: int
    tranche: str = "extra"

    def __call__(self, rows: Rows, plan: Plan) -> np.ndarray:
        """Waiting and over the limit at each day's end; operations, offered and idle extra slots by week."""
        step = [one.name for one in plan.steps].index(self.step)
        found = waits(rows, plan, step)
        ends = np.arange(1, plan.end // DAY_S + 1) * DAY_S
        c = rows["contacts"]
        done = (c["step"] == step) & (c["provider"] == 0) & np.isin(c["outcome"], _DONE) & (c["started_s"] >= 0)
        weeks = -(-plan.end // (7 * DAY_S))
        operated = np.bincount(c["started_s"][done] // (7 * DAY_S), minlength=weeks)[:weeks]
        return np.concatenate(
            [found.at(ends), found.over(ends, self.limit_days * DAY_S), operated, *self._extra(rows, plan, step, weeks)]
        )

    def _extra(self, rows: Rows, plan: Plan, step: int, weeks: int) -> tuple[np.ndarray, np.ndarray]:
        """Extra slots offered, and left without anybody ready, by week."""
        lead = plan.steps[step].lead
        names = [tranche.name for tranche in plan.resources[lead].tranches]
        offered, idle = np.zeros(weeks), np.zeros(weeks)
        if self.tranche not in names:
            return offered, idle
        number = names.index(self.tranche)
        idle_causes = [k for k, cause in enumerate(plan.setting.causes) if cause in _CAUSE_IDLE]
        for table, column, out in (("capacity", "offered", offered), ("losses", "lost", idle)):
            part = rows[table]
            mine = (part["resource"] == lead) & (part["tranche"] == number) & (part["week"] < weeks)
            if table == "losses":
                mine &= np.isin(part["cause"], idle_causes)
            np.add.at(out, part["week"][mine], part[column][mine])
        return offered, idle


@dataclass(frozen=True)
class Told:
    """What `Course` tells of several replications: rows are replications."""

    waiting: np.ndarray
    """By day of the run, at its end."""
    over: np.ndarray
    operations: np.ndarray
    """By week of the run."""
    offered: np.ndarray
    idle: np.ndarray

    @classmethod
    def of(cls, numbers: np.ndarray, weeks: int) -> Told:
        """From the rows of `Runs.evaluate`, of runs of so many weeks."""
        cuts = np.cumsum([7 * weeks, 7 * weeks, weeks, weeks])
        return cls(*np.split(numbers, cuts, axis=1))
