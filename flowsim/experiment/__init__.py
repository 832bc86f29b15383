"""Many replications of many scenarios, on one processor, several or a cluster: the same rows every time.

Between the plan and the study. A task is (plan, seed, a few replications); it draws the luck, runs the engine and
hands the rows to `summarise`, in the process where they were made, so that small tables travel instead of patients.

    with experiment.workers(2, "compiled") as executor:  # for many runs after each other
        experiment.run(plans, 20, seed=1, engine="compiled", summarise=mine, executor=executor)
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing

from flowsim import engines
from flowsim.errors import RunError
from flowsim.experiment.chunks import Portions
from flowsim.experiment.harvest import Harvest, Outcome, Summaries, joined
from flowsim.experiment.pools import processes, workers
from flowsim.experiment.tasks import Chunk, Failure, Job, Summarise, Task, perform
from flowsim.plan.model import Plan

__all__ = ["Failure", "Outcome", "Summaries", "Summarise", "joined", "run", "workers"]

START_S = 2.0
"""About what new processes cost: a job smaller than this is sooner done here."""
AHEAD = 2
"""Tasks handed out for each worker: one at work, one waiting."""


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
    `progress(done, total)` is called in this process. `executor`: workers that were there before (see `workers`), or
    any other concurrent.futures executor; the caller shuts it down.

    Raises:
        RunError: no replication of a plan succeeded, or a worker process died.
    """
    job = Job(seed, engine, summarise, keep_rows)
    portions = Portions(plans, [range(first, first + replications)] * len(plans), job)
    total, done, harvest = len(plans) * replications, 0, Harvest(plans)
    with closing(_finished(portions, workers, executor)) as finished:
        for chunk in finished:
            harvest.add(chunk)
            done += chunk.size
            if progress is not None:
                progress(done, total)
    return harvest.outcome()


def _finished(portions: Portions, number: int, executor: Executor | None) -> Generator[Chunk, None, None]:
    """Chunks as they come in, from here, from the executor, or from processes of our own if the job is worth it."""
    if executor is None and number > 1:
        yield from _tried(portions)
        if portions.left * (portions.pace or 1.0) > START_S:
            with processes(min(number, portions.left)) as pool:
                yield from _collected(portions, pool, number)
    if executor is not None:
        yield from _collected(portions, executor, getattr(executor, "_max_workers", max(2, number)))
    while (task := portions.take(1)) is not None:
        yield _here(task, portions)


def _tried(portions: Portions) -> Generator[Chunk, None, None]:
    """The first replication of a compiled job: done here it compiles or loads the kernel, and tells the pace."""
    if portions.job.engine == "compiled" and (portions.pace is None or engines.must_compile("compiled")):
        task = portions.take(portions.left)
        if task is not None:
            yield _here(task, portions)


def _here(task: Task, portions: Portions) -> Chunk:
    """A task done in this process."""
    chunk = perform(task)
    portions.learn(chunk.seconds, chunk.size)
    return chunk


def _collected(portions: Portions, executor: Executor, number: int) -> Generator[Chunk, None, None]:
    """The portions done by the executor, a few handed out ahead; those not begun are withdrawn if we end early."""
    at_work: set[Future[Chunk]] = set()
    try:
        while True:
            while len(at_work) < AHEAD * number and (task := portions.take(number)) is not None:
                at_work.add(executor.submit(perform, task))
            if not at_work:
                return
            finished, at_work = wait(at_work, return_when=FIRST_COMPLETED)
            for future in finished:
                chunk = future.result()
                portions.learn(chunk.seconds, chunk.size)
                yield chunk
    except BrokenProcessPool as broken:
        raise RunError(
            "A worker process died (out of memory, or ended from outside). Try fewer workers: --workers 1"
        ) from broken
    finally:
        for future in at_work:
            future.cancel()
