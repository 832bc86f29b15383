"""The candidates of clear-backlog: so many extra operations a week, run to the date, with what was relieved before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from flowsim.questions.asked import Asked
from flowsim.questions.backlog import Course, Told
from flowsim.questions.cases import Case, weeks_until
from flowsim.questions.extra import Lists
from flowsim.questions.goal import Goal
from flowsim.questions.search import Rule

AMPLE, LEAST_PILOT = 1500, 10
"""Runs that suffice for a full pilot, and replications of the smallest one."""


@dataclass(frozen=True)
class Candidates:
    """Numbers of extra operations, in units of `unit` (1, or 0.5), laid upon `further` changes."""

    asked: Asked
    goal: Goal
    lists: Lists
    unit: float = 1.0
    further: tuple[dict[str, Any], ...] = ()
    suffix: str = ""
    """Tells cases with other further changes apart."""

    @property
    def start(self) -> date:
        """The run's first day."""
        return self.asked.base.scenario.model.horizon.start

    @property
    def weeks(self) -> int:
        """Weeks run for a yes or no at the date."""
        return weeks_until(self.start, self.goal.by)

    @property
    def day(self) -> int:
        """The date, as a day of the run."""
        return (self.goal.by - self.start).days

    @property
    def course(self) -> Course:
        """What is kept of each run."""
        return Course(self.goal.step, self.goal.over_days, self.lists.name)

    def operations(self, number: int) -> float:
        """Extra operations a week."""
        return number * self.unit

    def case(self, number: int) -> Case:
        """The scenario with so many."""
        return self.made(f"{number}", self.lists.changes(self.operations(number)), self.operations(number))

    def made(self, name: str, changes: Sequence[dict[str, Any]], operations: float = 0.0) -> Case:
        """A scenario with these changes, and the further ones."""
        much = f"{operations:g}"
        title, title_sv = f"{much} more operations a week", f"{much} operationer till i veckan"
        full = f"{self.asked.base.scenario.name}_plus_{name}{self.suffix}".replace(".", "_")
        return self.asked.base.case(full, [*self.further, *changes], title, title_sv)

    def told(self, case: Case, replications: Iterable[int], weeks: int | None = None) -> Told:
        """A case's courses."""
        weeks = min(weeks or self.weeks, self.asked.base.scenario.model.horizon.weeks)
        return Told.of(self.asked.runs.evaluate(case, self.course, replications, weeks), weeks)

    def reached(self, number: int, replications: np.ndarray) -> np.ndarray:
        """Whether the goal is reached at the date: the search's oracle."""
        return self.yes(self.case(number), replications)

    def yes(self, case: Case, replications: Iterable[int], on: date | None = None) -> np.ndarray:
        """Whether a case reaches the goal at the date, or on another."""
        on = on or self.goal.by
        told = self.told(case, replications, weeks_until(self.start, on))
        return np.asarray(self.goal.holds(told)[:, (on - self.start).days])

    def rule(self, share: float, most: int = Rule.most) -> Rule:
        """How far to search in this share of the time left: small pilot and blocks where a run is slow."""
        affordable = self.asked.runs.affordable(share)
        if affordable >= AMPLE:
            return Rule(most=most)
        size = int(np.clip(affordable // 12, LEAST_PILOT, 100))
        return Rule(most=most, pilot=min(size, most), block=size)

    @property
    def list_weeks(self) -> list[int]:
        """Weeks of the run that have extra lists (weeks of low season apart)."""
        case = self.case(round(1 / self.unit))
        made = case.plan_to(self.weeks)
        lead = made.steps[[s.name for s in made.steps].index(self.goal.step)].lead
        tranche = [t.name for t in made.resources[lead].tranches].index(self.lists.name)
        recipe = made.recipe
        if recipe is None:
            return []
        part = recipe.layouts[lead].parts[tranche]
        by_week = (part.amount * part.is_open).reshape(-1, 7).sum(axis=1)[-recipe.grid.weeks :]
        return [int(week) for week in np.flatnonzero(by_week > 0)]

    def after_summer(self) -> date | None:
        """The last of August after the date, if it is near and inside the horizon."""
        on = date(self.goal.by.year, 8, 31)
        last = self.start + timedelta(weeks=self.asked.base.scenario.model.horizon.weeks, days=-1)
        return on if 0 < (on - self.goal.by).days <= 150 and on <= last else None


@dataclass(frozen=True)
class Relief:
    """One resource's further capacity: its name, kind and how much."""

    resource: str
    kind: str
    amount: float = 0.0
    price: float = 0.0
    unit: float = 1.0
    """What it is raised by at a time."""
    plenty: float = 1000.0
    """So much that it never binds."""
