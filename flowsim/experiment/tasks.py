"""A task: a few replications of one plan, run in one place, and what comes home from them."""

from __future__ import annotations

import gc
import threading
import time
import traceback
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol

from flowsim import engines, plan
from flowsim.experiment.packing import Block, only, packed
from flowsim.frames import pd
from flowsim.plan.model import Plan
from flowsim.tables import Results, frames

Summarise = Callable[[Results], "dict[str, pd.DataFrame]"]
"""One replication's rows to small named frames, each beginning with `scenario` and `replication`."""


@dataclass(frozen=True)
class Failure:
    """A replication that broke: which, with what seed, and why. The others are kept."""

    scenario: str
    replication: int
    seed: int
    error: str
    trace: str = ""

    def __str__(self) -> str:
        """One line for the user."""
        return f"{self.scenario}, replication {self.replication}, seed {self.seed}: {self.error}"


@dataclass(frozen=True)
class Job:
    """What all tasks of a run have in common: the plan by number, the luck, the engine, what is kept."""

    seed: int
    engine: str = "simpy"
    summarise: Summarise | None = None
    keep_rows: int = 0


@dataclass(frozen=True)
class Task:
    """A few replications of one plan; `place` is the plan's number, for the order of rows."""

    place: int
    plan: Plan
    replications: tuple[int, ...]
    job: Job
    mark: str = ""
    """The same in all tasks of one plan in one run."""


@dataclass
class Chunk:
    """A finished task: what is kept of its replications, and the seconds it took where it ran."""

    place: int
    scenario: str
    good: tuple[int, ...] = ()
    """Replications that succeeded."""
    packs: dict[str, list[Block]] = field(default_factory=dict)
    rows: list[tuple[int, Results]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def size(self) -> int:
        """Replications, failed ones too."""
        return len(self.good) + len(self.failures)

    def only(self, wanted: Collection[int]) -> Chunk:
        """The chunk with some of its good replications."""
        packs = {name: [part for b in blocks if (part := only(b, wanted)).parts] for name, blocks in self.packs.items()}
        return replace(self, good=tuple(number for number in self.good if number in wanted), packs=packs)


class Keeper(Protocol):
    """Who keeps finished chunks over an interruption."""

    def kept(self, scenario: str, place: int) -> Iterable[Chunk]:
        """Chunks of a scenario that were finished before."""

    def keep(self, chunk: Chunk) -> None:
        """One chunk more."""


def perform(task: Task) -> Chunk:
    """The task, done here; what breaks is reported, not raised."""
    began, chunk = time.perf_counter(), Chunk(task.place, task.plan.setting.scenario)
    made: dict[str, list[tuple[int, pd.DataFrame]]] = {}
    good = []
    for replication in task.replications:
        try:
            results = _rows(task, replication)
            kept = {} if task.job.summarise is None else task.job.summarise(results)
        except Exception as error:  # whatever it was, the other replications are worth keeping
            text = f"{type(error).__name__}: {error}"
            chunk.failures.append(Failure(chunk.scenario, replication, task.job.seed, text, traceback.format_exc()))
            continue
        good.append(replication)
        for name, frame in kept.items():
            made.setdefault(name, []).append((replication, frame))
        if replication < task.job.keep_rows:
            chunk.rows.append((replication, results))
    chunk.good = tuple(good)
    chunk.packs = {name: packed(frames) for name, frames in made.items()}
    chunk.seconds = time.perf_counter() - began
    return chunk


def perform_afar(task: Task) -> Chunk:
    """The task, done in a worker: with the plan that came with the first of its kind, which the engine knows by now."""
    known = _PLANS.setdefault(task.mark, task.plan)
    while len(_PLANS) > PLANS_KEPT:
        _PLANS.pop(next(iter(_PLANS)), None)
    return perform(replace(task, plan=known))


PLANS_KEPT = 64
_PLANS: dict[str, Plan] = {}


def interruptible(task: Task) -> Chunk:
    """The task, done in a thread of its own, so that Ctrl-C need not wait until a long kernel has finished."""
    made: list[Chunk | BaseException] = []

    def work() -> None:
        try:
            made.append(perform(task))
        except BaseException as error:
            made.append(error)

    thread = threading.Thread(target=work, name="replications", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.2)
    if isinstance(made[0], BaseException):
        raise made[0]
    return made[0]


def _rows(task: Task, replication: int) -> Results:
    """One replication as frames. Garbage collection waits until it is over."""
    collecting, job = gc.isenabled(), task.job
    gc.disable()
    try:
        made = task.plan.of(replication)
        draws = plan.draw(made, job.seed, replication)
        return frames(engines.run(made, draws, job.engine), made.setting, replication)
    finally:
        if collecting:
            gc.enable()
