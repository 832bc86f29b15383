"""How many replications go into one task: by the time they take, so that nobody waits long for the last."""

from __future__ import annotations

import math
from collections.abc import Sequence
from uuid import uuid4

from flowsim.experiment.tasks import Job, Task
from flowsim.plan.model import Plan

SECONDS = 1.0
"""About as long as a task should last: sending it costs little beside, and an interruption loses little."""
SHARES = 3
"""No task may be more than this part of a worker's share of what is left, so that all end at about the same time."""
LARGEST = 1_000

_PACE: dict[str, float] = {}
"""Seconds a replication took lately, by what was done: the next run's first tasks know it."""


class Portions:
    """What is left to be done, handed out in tasks. Results depend on the replications alone, never on the tasks."""

    def __init__(self, plans: Sequence[Plan], missing: Sequence[Sequence[int]], job: Job) -> None:
        self._plans, self.job = plans, job
        self._mark = uuid4().hex
        self._left = [list(reversed(numbers)) for numbers in missing]
        kind = getattr(job.summarise, "__name__", type(job.summarise).__name__)
        size = max((len(plan.steps) * plan.setting.weeks for plan in plans), default=0)
        self._what = f"{job.engine} {kind} {size}"

    @property
    def left(self) -> int:
        """Replications not handed out yet."""
        return sum(map(len, self._left))

    @property
    def pace(self) -> float | None:
        """Seconds a replication takes; None if nothing like it was run before."""
        return _PACE.get(self._what)

    def learn(self, seconds: float, replications: int) -> None:
        """What a task took."""
        latest, known = seconds / max(1, replications), self.pace
        _PACE[self._what] = latest if known is None or latest < known else (known + latest) / 2

    def take(self, workers: int, most: int = LARGEST) -> Task | None:
        """The next task, of the plan that has most left; None when all is handed out."""
        place = max(range(len(self._left)), key=lambda k: (len(self._left[k]), -k), default=0)
        if not self.left:
            return None
        mine = self._left[place]
        size = min(self._size(workers), len(mine), most)
        taken = tuple(mine.pop() for _ in range(size))
        return Task(place, self._plans[place], taken, self.job, f"{self._mark}-{place}")

    def _size(self, workers: int) -> int:
        if self.pace is None:
            return 1
        fair = math.ceil(self.left / (SHARES * max(1, workers)))
        return max(1, min(fair, int(SECONDS / max(self.pace, 1e-6))))
