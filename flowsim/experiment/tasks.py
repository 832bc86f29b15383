"""A task: a few replications of one plan, run in one place, and what comes home from them."""

from __future__ import annotations

import gc
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pandas as pd

from flowsim import engines, plan
from flowsim.plan.model import Plan
from flowsim.tables import Results, frames

Summarise = Callable[[Results], dict[str, pd.DataFrame]]
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


@dataclass
class Done:
    """One replication's harvest."""

    place: int
    replication: int
    summaries: dict[str, pd.DataFrame] = field(default_factory=dict)
    rows: Results | None = None
    failure: Failure | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Chunk:
    """A finished task: its replications' harvests, and the seconds it took where it ran."""

    place: int
    done: list[Done]
    seconds: float


def perform(task: Task) -> Chunk:
    """The task, done here."""
    began = time.perf_counter()
    done = list(one_by_one(task))
    return Chunk(task.place, done, time.perf_counter() - began)


def one_by_one(task: Task) -> Iterator[Done]:
    """The task's replications as they are finished; what breaks is reported, not raised."""
    for replication in task.replications:
        yield _one(task, replication)


def _one(task: Task, replication: int) -> Done:
    """One replication. Garbage collection waits until it is over."""
    done, job = Done(task.place, replication), task.job
    collecting, began = gc.isenabled(), time.perf_counter()
    gc.disable()
    try:
        draws = plan.draw(task.plan, job.seed, replication)
        results = frames(engines.run(task.plan, draws, job.engine), task.plan.setting, replication)
        if job.summarise is not None:
            done.summaries = job.summarise(results)
        if replication < job.keep_rows:
            done.rows = results
    except Exception as error:  # whatever it was, the other replications are worth keeping
        text = f"{type(error).__name__}: {error}"
        done = Done(task.place, replication)
        done.failure = Failure(task.plan.setting.scenario, replication, job.seed, text, traceback.format_exc())
    finally:
        if collecting:
            gc.enable()
    done.seconds = time.perf_counter() - began
    return done
