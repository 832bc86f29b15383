"""follow-up: is the plan holding, and what brings it back?

Two questions, two tools: a control chart says whether the level has changed; a forecast from today's queue says
whether the target will still be reached. Neither answers the other.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from flowsim import scenario
from flowsim.errors import Fault, FlowsimError, InputError
from flowsim.questions.answer import Answer
from flowsim.questions.asked import Asked
from flowsim.questions.candidates import Candidates
from flowsim.questions.cases import Base, Case
from flowsim.questions.extra import lists_for
from flowsim.questions.feasible import chance_of
from flowsim.questions.follow_up import chart, slots_used, today
from flowsim.questions.follow_up.actual import Outcome, read_outcome, read_waiting
from flowsim.questions.follow_up.planned import Ages, Weekly, series_of
from flowsim.questions.goal import Goal, day_of, share_of
from flowsim.questions.runs import Runs
from flowsim.questions.search import Chance, Search, Smallest
from flowsim.study import manifest

PLAN_RUNS, LOSS_RUNS, AGE_RUNS = 1200, 60, 60
"""Of the plan so many that its limits are known to about a point of false alarms."""
LOSSES = (0.1, 0.2, 0.3)
FORECAST = 1600
"""Replications at most of each number of the forecast."""
ADJUSTED = 3
"""Numbers of further operations shown: 0, 1, 2."""
NAME = "adjustment"
_SIGNS = {"operations": 1.0, "decisions": -1.0, "queue": -1.0}
"""A loss lowers the one and raises the others."""
_COMMON = ("seed", "engine", "workers", "seconds", "told")


@dataclass
class Followed:
    """All that the sheet says."""

    goal: Goal
    start: date
    outcome: Outcome
    planned: dict[str, np.ndarray]
    """Series of the plan's replications, over the weeks that have been and those to come."""
    alarm: float = chart.ALARM
    """Chance of a false alarm on the operations asked for, within so many weeks."""
    within: int = chart.WEEKS
    charts: dict[str, chart.Chart | None] = field(default_factory=dict)
    share: slots_used.ShareChart | None = None
    share_delays: dict[float, float] = field(default_factory=dict)
    level: float = 1.0
    """Observed operations over planned ones."""
    believed: float = 1.0
    """The same, shrunk towards the plan."""
    chances: dict[str, list[Chance]] = field(default_factory=dict)
    """planned, observed -> the chance with 0, 1, 2 further operations a week."""
    smallest: dict[str, Smallest] = field(default_factory=dict)
    candidates: dict[str, Candidates] = field(default_factory=dict)
    waiting: int = 0
    effort: Any = None

    @property
    def behind(self) -> float:
        """Operations short of the plan so far."""
        return float(
            self.planned["operations"][:, : self.outcome.weeks].mean(axis=0).sum() - self.outcome.operations.sum()
        )

    @property
    def sum_now(self) -> float:
        """Where the chart of operations stands."""
        made = self.charts.get("operations")
        return float(made.sums(self.outcome.operations)[-1]) if made else 0.0

    @property
    def alarms(self) -> list[str]:
        """Charts that have alarmed in any week so far."""
        return [name for name, sums, limit in self.series() if len(sums) and sums.max() >= limit]

    @property
    def any_false(self) -> float:
        """Share of plans that hold in which at least one of the charts shown alarms nevertheless."""
        alarms = [self._own_highest(name) >= limit for name, _, limit in self.series()]
        return float(np.any(alarms, axis=0).mean()) if alarms else 0.0

    def _own_highest(self, name: str) -> np.ndarray:
        """Of each of the plan's replications, how high its sum comes within the weeks of the promise."""
        own = {of: values[:, : self.within] for of, values in self.planned.items()}
        return np.asarray(self._sums(name, own).max(axis=1))

    def _sums(self, name: str, seen: Mapping[str, np.ndarray]) -> np.ndarray:
        """A chart's sums of values by week."""
        if name == "share" and self.share is not None:
            return self.share.sums(seen["used"], seen["offered"])
        made = self.charts.get(name)
        return np.zeros_like(seen["offered"]) if made is None else made.sums(_SIGNS[name] * seen[name])

    def series(self) -> Iterator[tuple[str, np.ndarray, float]]:
        """Each chart's sums so far, and its limit."""
        one = self.outcome
        used = np.where(np.isnan(one.used), one.operations, one.used)
        seen = {"operations": one.operations, "decisions": one.decisions, "queue": one.queue}
        seen |= {"used": used, "offered": one.offered}
        for name, made in self.charts.items():
            if made is not None and not np.isnan(seen[name]).any():
                yield name, self._sums(name, seen), made.limit
        if self.share is not None and not np.isnan(one.offered).any():
            yield "share", self._sums("share", seen), self.share.limit


def follow_up(
    study: str | Path, actual: str | Path, *, waiting: str | Path | None = None, scenario_name: str = "",
    step: str = "", by: str | date = "", confidence: str | float = "", over: int | None = None,
    queue: int | None = None, alarm: str | float = chart.ALARM, weeks: int = chart.WEEKS,
    **common: Any,
) -> Answer:  # fmt: skip
    """Outcome so far against the plan, and the forecast redone from today's queue.

    Args:
        study: a study's folder, or an answer's (its scenario is the plan, its goal the goal).
        actual: table of the weeks that have been (see `read_outcome`).
        waiting: table of those who wait today, by days waited; without it their ages are as the plan expects them.
        scenario_name: which of the study's scenarios is the plan; default the only one that is not the baseline.
        step: the step waited for; as by, confidence, over and queue: default the answer's goal.
        by: the date.
        confidence: the chance asked for.
        over: nobody over so many days.
        queue: at most so many wait.
        alarm: chance of a false alarm within `weeks`.
        weeks: see there.
        common: seed, engine, workers, seconds, told.

    Raises:
        InputError: the outcome does not fit the plan, or no goal is known.
        FlowsimError: the folder is neither study nor answer.
    """
    from flowsim.questions.follow_up.sheet import sheet

    with _plan_of(Path(study), scenario_name) as (path, known):
        asked = Asked(Base(path, bare=path), Runs(**{k: v for k, v in common.items() if k in _COMMON}))
        with asked:
            goal = _goal(known, step, by, confidence, over, queue, asked)
            outcome = read_outcome(
                actual, asked.base.scenario.model.horizon.start, asked.base.scenario.model.horizon.weeks
            )
            ages = None if waiting is None else read_waiting(waiting)
            return sheet(_followed(asked, goal, outcome, ages, share_of(alarm, "--alarm"), weeks))


@contextmanager
def _plan_of(folder: Path, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The plan's scenario file, and the goal known with it."""
    answer = folder / "answer.json"
    if answer.is_file():
        told = json.loads(answer.read_text(encoding="utf-8"))
        if not told.get("scenario_file"):
            raise FlowsimError(f'"{folder}" holds an answer without a scenario: there is no plan to follow up.')
        yield (folder / told["scenario_file"]).as_posix(), told.get("numbers", {}).get("goal", {})
        return
    if not (folder / "run.json").is_file():
        raise FlowsimError(f'"{folder}" is neither a study nor an answer (it has no run.json, no answer.json).')
    record = manifest.read(folder / "run.json")
    with tempfile.TemporaryDirectory(prefix="flowsim-") as temporary:
        paths = manifest.unpacked(record, Path(temporary))
        names = [one["scenario"] for one in record["scenarios"]]
        yield paths[names.index(_chosen(names, record["baseline"], name, folder))].as_posix(), {}


def _chosen(names: list[str], baseline: str, name: str, folder: Path) -> str:
    """Which scenario of a study is the plan."""
    others = [one for one in names if one != baseline]
    if name and name not in names:
        raise InputError([Fault(folder.as_posix(), 0, "--scenario", name, f"is not in the study: {', '.join(names)}.")])
    if not name and len(others) > 1:
        message = f"say which of them is the plan: {', '.join(names)}."
        raise InputError([Fault(folder.as_posix(), 0, "--scenario", "", message)])
    return name or (others[0] if others else names[0])


def _goal(
    known: Mapping[str, Any], step: str, by: str | date, confidence: str | float, over: int | None, queue: int | None,
    asked: Asked,
) -> Goal:  # fmt: skip
    """The goal as asked for, else as it was in the answer followed up."""
    horizon = asked.base.scenario.model.horizon
    when = day_of(by or known.get("by", ""), "--by")
    if not horizon.start < when <= horizon.last:
        message = f"lies outside the plan's run, {horizon.start} to {horizon.last}."
        raise InputError([Fault(asked.base.path, 0, "--by", when.isoformat(), message)])
    level = share_of(confidence or known.get("level", 0.9), "--confidence")
    at_most = queue if queue is not None or over is not None else known.get("at_most")
    limit = over if over is not None else int(known.get("over_days", 90))
    return Goal(step or str(known.get("step", "surgery")), when, level, limit, at_most)


def _followed(
    asked: Asked, goal: Goal, outcome: Outcome, ages: list[float] | None, alarm: float, weeks: int
) -> Followed:
    """Charts first, then the forecast."""
    start = asked.base.scenario.model.horizon.start
    plan_case = asked.today
    span = min(asked.base.scenario.model.horizon.weeks, max(outcome.weeks, weeks))
    planned = series_of(asked.runs.evaluate(plan_case, Weekly(goal.step), range(PLAN_RUNS), span))
    found = Followed(goal, start, outcome, planned, alarm, weeks)
    _charts(found, asked, plan_case, span)
    _level(found)
    if (goal.by - start).days // 7 >= outcome.weeks:
        _forecast(found, asked, ages)
    runs = asked.runs
    found.effort = asked.effort(_rule(), runs.in_time)
    return found


def _rule() -> Any:
    from flowsim.questions.wording import Said

    return Said(
        f"{PLAN_RUNS} av planen, högst {FORECAST} för varje antal i prognosen",
        f"{PLAN_RUNS} of the plan, {FORECAST} at most for each number of the forecast",
    )


def _charts(found: Followed, asked: Asked, plan_case: Case, span: int) -> None:
    """A chart for each series; a loss is one of the step's slots."""
    step, alarm, weeks = found.goal.step, found.alarm, found.within
    made = plan_case.plan
    lead = made.resources[made.steps[[s.name for s in made.steps].index(step)].lead].name
    tranches = asked.base.scenario.data["resources"][lead].get("tranches") or {}
    losses: dict[str, dict[float, np.ndarray]] = {name: {} for name in ("operations", "queue")}
    for loss in LOSSES:
        changes: list[dict[str, Any]] = [{"where": f"resources.{lead}.level", "scale": 1 - loss}]
        for name in tranches:
            changes.append({"where": f"resources.{lead}.tranches.{name}.slots_per_week", "scale": 1 - loss})
        lost = asked.base.case(f"{asked.base.scenario.name}_less_{loss * 100:.0f}", changes)
        told = series_of(asked.runs.evaluate(lost, Weekly(step), range(LOSS_RUNS), span))
        losses["operations"][loss], losses["queue"][loss] = told["operations"], -told["queue"]
    found.charts["operations"] = chart.chart(found.planned["operations"], losses["operations"], alarm, weeks)
    found.charts["queue"] = chart.chart(-found.planned["queue"], losses["queue"], alarm, weeks)
    more = {loss: -found.planned["decisions"] * (1 + loss) for loss in LOSSES}
    found.charts["decisions"] = chart.chart(-found.planned["decisions"], more, alarm, weeks)
    used, offered = found.planned["used"], found.planned["offered"]
    found.share = slots_used.share_chart(used, offered, alarm=alarm / 2, weeks=weeks)
    found.share_delays = {loss: slots_used.share_delay(found.share, used, offered, loss) for loss in LOSSES}


def _level(found: Followed) -> None:
    """The observed level, and what to believe of it."""
    n = found.outcome.weeks
    expected = found.planned["operations"][:, :n].mean(axis=0)
    if expected.sum() <= 0:
        return
    found.level = float(found.outcome.operations.sum() / expected.sum())
    ratio = found.planned["operations"][:, :n] / np.maximum(expected, 1e-9)
    made = found.charts.get("operations")
    found.believed = today.shrunk(found.level, 1.0, n, float(ratio.std()), made.ranked.phi if made else 0.0)


def _forecast(found: Followed, asked: Asked, ages: list[float] | None) -> None:
    """From today's queue: the chance at the planned level and at the believed one, and the smallest adjustment."""
    goal, outcome = found.goal, found.outcome
    now = found.start - timedelta(days=found.start.weekday()) + timedelta(weeks=outcome.weeks)
    if ages is None:
        ages = _ages(found, asked, (now - found.start).days - 1)
    found.waiting = len(ages)
    one = scenario.load(asked.base.path)
    for name, level in (("planned", 1.0), ("observed", found.believed)):
        base = today.begun_today(one, asked.today.plan, goal.step, now, ages, level)
        again = Asked(base, asked.runs)
        begins = now + timedelta(weeks=1) if (goal.by - now).days > 13 else now
        lists = lists_for(again, goal.step, goal.by, begins, None, "mon-thu", "17:00-21:00", None, False)
        of = Candidates(again, goal, replace(lists, name=NAME))
        search = Search(of.reached, 12, of.rule(0.4, FORECAST), _until(asked.runs, 0.6 if name == "planned" else 0.95))
        found.smallest[name] = search.find([goal.level])[goal.level]
        n = max(60, min(search.replications, FORECAST))
        found.chances[name] = [chance_of(of.reached(k, np.arange(n)), k) for k in range(ADJUSTED)]
        found.candidates[name] = of


def _until(runs: Runs, share: float) -> Callable[[], bool]:
    """Whether less than this share of the time has passed."""
    return lambda: runs.left() > (1 - share) * runs.seconds


def _ages(found: Followed, asked: Asked, day: int) -> list[float]:
    """Ages of today's queue as the plan expects them, as many as wait (or as the plan expects)."""
    like = asked.runs.evaluate(asked.today, Ages(found.goal.step, day), range(AGE_RUNS), day // 7 + 1).mean(axis=0)
    seen = found.outcome.queue[-1]
    return today.ages_like(like, round(float(like.sum()) if np.isnan(seen) else float(seen)))
