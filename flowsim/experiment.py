"""Many replications of many scenarios, on one processor, several or a cluster: the same rows every time.

Between the plan and the study. A task is (plan, seed, a few replications); it draws the luck, runs the engine and
hands the rows to `summarise`, in the process where they were made, so that small tables travel instead of patients.
"""

from __future__ import annotations

import gc
import math
import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import pandas as pd

from flowsim import engines, plan
from flowsim.errors import RunError
from flowsim.plan.model import Plan
from flowsim.tables import TABLES, Results, frames

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
class Outcome:
    """What came of it: named frames in the order of scenario and replication, rows if asked for, what failed."""

    summaries: dict[str, pd.DataFrame]
    rows: Results | None = None
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True)
class _Task:
    """A few replications of one plan; `place` is the plan's number, for the order of rows."""

    place: int
    plan: Plan
    replications: tuple[int, ...]
    seed: int
    engine: str
    summarise: Summarise | None
    keep_rows: int


@dataclass
class _Done:
    """One replication's harvest."""

    place: int
    replication: int
    summaries: dict[str, pd.DataFrame] = field(default_factory=dict)
    rows: Results | None = None
    failure: Failure | None = None


def run(
    plans: Sequence[Plan],
    replications: int,
    seed: int,
    *,
    workers: int = 1,
    first: int = 0,
    engine: str = "simpy",
    summarise: Summarise | None = None,
    keep_rows: int = 0,
    progress: Callable[[int, int], None] | None = None,
    executor: Executor | None = None,
) -> Outcome:
    """Run replications `first`, `first` + 1, ... of every plan.

    Replication r depends on (plan, seed, r) alone: not on how many are run, nor where. `summarise` must be importable
    by name (it runs inside the workers). `keep_rows`: rows of replications below this number are kept.
    `progress(done, total)` is called in this process. `executor`: any concurrent.futures executor (a cluster's, say)
    instead of our own processes; the caller shuts it down.

    Raises:
        RunError: no replication of a plan succeeded, or a worker process died.
    """
    if workers > 1 and executor is None and engines.must_compile(engine):
        engines.run(plans[0], plan.draw(plans[0], seed, first), engine)  # once here, not once in every worker
    tasks = list(_tasks(plans, range(first, first + replications), seed, engine, summarise, keep_rows, workers))
    total, count = len(plans) * replications, 0
    harvest: list[_Done] = []
    with closing(_finished(tasks, workers, executor)) as finished:
        for done in finished:
            harvest += done
            count += len(done)
            if progress is not None:
                progress(count, total)
    harvest.sort(key=lambda one: (one.place, one.replication))
    return _outcome(harvest, plans)


def joined(parts: Sequence[Outcome]) -> Outcome:
    """Outcomes of further replications of the same plans as one, as if run at once."""
    names = {name: None for part in parts for name in part.summaries}
    summaries = {name: _in_order([p.summaries[name] for p in parts if name in p.summaries]) for name in names}
    kept = [part.rows for part in parts if part.rows is not None]
    return Outcome(summaries, _merged(kept), tuple(failure for part in parts for failure in part.failures))


def _tasks(
    plans: Sequence[Plan],
    replications: range,
    seed: int,
    engine: str,
    summarise: Summarise | None,
    keep_rows: int,
    workers: int,
) -> Iterator[_Task]:
    """Chunks small enough that no worker waits long for the last, large enough that a plan is not sent for each."""
    size = max(1, min(8, math.ceil(len(plans) * len(replications) / (8 * max(1, workers)))))
    for start in range(0, len(replications), size):
        chunk = tuple(replications[start : start + size])
        for place, one in enumerate(plans):
            yield _Task(place, one, chunk, seed, engine, summarise, keep_rows)


def _finished(tasks: Sequence[_Task], workers: int, executor: Executor | None) -> Generator[list[_Done], None, None]:
    """The tasks' harvests as they come in; order is restored afterwards."""
    if executor is None and workers <= 1:
        for task in tasks:
            yield [done for replication in task.replications for done in [_one(task, replication)]]
    elif executor is not None:
        yield from _collected(tasks, executor)
    else:
        with _processes(min(workers, len(tasks))) as pool:
            yield from _collected(tasks, pool)


def _collected(tasks: Sequence[_Task], executor: Executor) -> Generator[list[_Done], None, None]:
    futures: list[Future[list[_Done]]] = [executor.submit(_chunk, task) for task in tasks]
    try:
        for future in as_completed(futures):
            yield future.result()
    except BrokenProcessPool as broken:
        raise RunError(
            "A worker process died (out of memory, or ended from outside). Try fewer workers: --workers 1"
        ) from broken
    finally:
        for future in futures:
            future.cancel()


@contextmanager
def _processes(workers: int) -> Iterator[Executor]:
    """Fresh processes that end with us, however we end: each holds the reading end of a pipe only we can write to."""
    reading, writing = multiprocessing.Pipe(duplex=False)
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin_worker, initargs=(reading,))
    try:
        yield pool
    except BaseException:
        writing.close()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        writing.close()
        reading.close()


def _begin_worker(parent: Connection) -> None:
    """Leave Ctrl-C to the parent, and end when the parent has closed its end of the pipe or died."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        try:
            parent.recv()
        except (EOFError, OSError):
            os._exit(1)

    threading.Thread(target=watch, name="watchdog", daemon=True).start()


def _chunk(task: _Task) -> list[_Done]:
    return [_one(task, replication) for replication in task.replications]


def _one(task: _Task, replication: int) -> _Done:
    """One replication; what breaks is reported, not raised. Garbage collection waits until it is over."""
    done = _Done(task.place, replication)
    collecting = gc.isenabled()
    gc.disable()
    try:
        draws = plan.draw(task.plan, task.seed, replication)
        results = frames(engines.run(task.plan, draws, task.engine), task.plan.setting, replication)
        if task.summarise is not None:
            done.summaries = task.summarise(results)
        if replication < task.keep_rows:
            done.rows = results
    except Exception as error:  # whatever it was, the other replications are worth keeping
        text = f"{type(error).__name__}: {error}"
        done = _Done(task.place, replication)
        done.failure = Failure(task.plan.setting.scenario, replication, task.seed, text, traceback.format_exc())
    finally:
        if collecting:
            gc.enable()
    return done


def _outcome(harvest: Sequence[_Done], plans: Sequence[Plan]) -> Outcome:
    failures = tuple(done.failure for done in harvest if done.failure is not None)
    good = [done for done in harvest if done.failure is None]
    for place, one in enumerate(plans):
        if harvest and not any(done.place == place for done in good):
            reason = next(f for f in failures if f.scenario == one.setting.scenario)
            raise RunError(f"Every replication failed; the first: {reason}\n{reason.trace}")
    names = {name: None for done in good for name in done.summaries}
    summaries = {name: _stacked([d.summaries[name] for d in good if name in d.summaries]) for name in names}
    return Outcome(summaries, _merged([done.rows for done in good if done.rows is not None]), failures)


def _merged(parts: Sequence[Results]) -> Results | None:
    if not parts:
        return None
    settings = {name: setting for part in parts for name, setting in part.settings.items()}
    made: dict[str, Any] = {table: _stacked([getattr(part, table) for part in parts]) for table in TABLES}
    return Results(**made, settings=settings)


def _stacked(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Frames under each other; the categories of a column are those of all of them, in order of appearance."""
    filled = [part for part in parts if len(part)] or list(parts[:1])
    if len(filled) == 1:
        return filled[0].reset_index(drop=True)
    shared = {}
    for column in filled[0].columns:
        if all(isinstance(part[column].dtype, pd.CategoricalDtype) for part in filled):
            known = {name: None for part in filled for name in part[column].cat.categories}
            shared[column] = pd.CategoricalDtype(list(known))
    return pd.concat([part.astype(shared) for part in filled], ignore_index=True)


def _in_order(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Frames of the same scenarios: scenario by scenario as first met, then by replication, else as they were."""
    frame = _stacked(parts)
    scenario, _ = pd.factorize(frame["scenario"])
    order = np.lexsort((frame["replication"].to_numpy(dtype=float), scenario))
    return frame.iloc[order].reset_index(drop=True)
