"""Many replications of many scenarios, on one processor, several or a cluster: the same rows every time.

Between the plan and the study. A task is (plan, seed, a few replications); it draws the luck, runs the engine and
hands the rows to `summarise`, in the process where they were made, so that small tables travel instead of patients.

    with experiment.workers(2, "compiled") as executor:  # for many runs after each other
        experiment.run(plans, 20, seed=1, engine="compiled", summarise=mine, executor=executor)
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, closing

from flowsim import engines
from flowsim.errors import RunError
from flowsim.experiment import pools
from flowsim.experiment.chunks import Portions
from flowsim.experiment.harvest import Harvest, Outcome, Summaries, joined
from flowsim.experiment.pools import Processes, workers
from flowsim.experiment.sharing import Shared
from flowsim.experiment.tasks import (
    Chunk,
    Failure,
    Job,
    Keeper,
    Summarise,
    Task,
    interruptible,
    perform,
    perform_afar,
)
from flowsim.plan.model import Plan

__all__ = ["Failure", "Keeper", "Outcome", "Summaries", "Summarise", "joined", "run", "workers"]

AHEAD = 2
"""Tasks handed out for each worker of somebody else's executor: one at work, one on its way."""
LONG_S = 2.0
"""A replication that takes longer is done where Ctrl-C is heard."""


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
    keeper: Keeper | None = None,
) -> Outcome:
    """Run replications `first`, `first` + 1, ... of every plan.

    Replication r depends on (plan, seed, r) alone: not on how many are run, nor where. `summarise` must be importable
    by name (it runs inside the workers). `keep_rows`: rows of replications below this number are kept.
    `progress(done, total)` is called in this process. `executor`: workers that were there before (see `workers`), or
    any other concurrent.futures executor; the caller shuts it down. `keeper`: keeps every finished chunk, and has
    those of an earlier run that was interrupted.

    Raises:
        RunError: no replication of a plan succeeded, or a worker process died.
    """
    job, harvest = Job(seed, engine, summarise, keep_rows), Harvest(plans)
    wanted = range(first, first + replications)
    missing = [list(wanted) for _ in plans]
    if keeper is not None:
        without_rows = range(min(max(first, keep_rows), wanted.stop), wanted.stop)
        missing = [
            [*range(first, without_rows.start), *_taken_over(keeper, harvest, place, one, without_rows)]
            for place, one in enumerate(plans)
        ]
    total = len(plans) * replications
    done = total - sum(map(len, missing))
    with ExitStack() as stack:
        crew = stack.enter_context(pools.workers(workers, engine)) if executor is None else executor
        finished = stack.enter_context(closing(_finished(Portions(plans, missing, job), crew, workers)))
        for chunk in finished:
            if keeper is not None:
                keeper.keep(chunk)
            harvest.add(chunk)
            done += chunk.size
            if progress is not None:
                progress(done, total)
    return harvest.outcome()


def _taken_over(keeper: Keeper, harvest: Harvest, place: int, one: Plan, wanted: range) -> list[int]:
    """Replications of a plan still to be done; those done before are harvested."""
    missing = dict.fromkeys(wanted)
    for chunk in keeper.kept(one.setting.scenario, place):
        if mine := [number for number in chunk.good if number in missing]:
            harvest.add(chunk.only(mine))
            for number in mine:
                del missing[number]
    return list(missing)


def _finished(portions: Portions, executor: Executor | None, number: int) -> Generator[Chunk, None, None]:
    """Chunks as they come in, from here, or from the executor too if the job is worth its start."""
    if not isinstance(executor, Processes):
        if executor is not None:
            number = getattr(executor, "_max_workers", max(2, number))
            yield from _shared(portions, executor, number, AHEAD * number, None)
        yield from _here(portions, None, portions.left)
        return
    if portions.job.engine == "compiled" and (portions.pace is None or engines.must_compile("compiled")):
        yield from _here(portions, executor, 1)  # compiles or loads the kernel, and tells the pace
    if portions.pace is not None and not executor.worth_it(portions.left * portions.pace):
        yield from _here(portions, executor, portions.left)
    executor.started = executor.started or portions.left > 0
    yield from _shared(portions, executor, executor.number, executor.number - 1, _perform_here(portions))


def _here(portions: Portions, executor: Processes | None, most: int) -> Generator[Chunk, None, None]:
    """At most so many replications done in this process."""
    done = _perform_here(portions)
    while most > 0 and (task := portions.take(1, most)) is not None:
        chunk = done(task)
        portions.learn(chunk.seconds, chunk.size)
        most -= chunk.size
        if executor is not None:
            executor.spared_s += chunk.seconds
        yield chunk


def _perform_here(portions: Portions) -> Callable[[Task], Chunk]:
    """What this process does with a task; one of long replications in a way that lets Ctrl-C through."""

    def done(task: Task) -> Chunk:
        return interruptible(task) if (portions.pace or 0.0) > LONG_S else perform(task)

    return done


def _shared(
    portions: Portions, executor: Executor, number: int, ahead: int, here: Callable[[Task], Chunk] | None
) -> Generator[Chunk, None, None]:
    """The portions done by the executor, and `here` in the meantime."""
    tasks = iter(lambda: portions.take(number), None)
    try:
        with closing(Shared(tasks, executor, ahead, perform_afar).results(here)) as chunks:
            for chunk in chunks:
                portions.learn(chunk.seconds, chunk.size)
                yield chunk
    except BrokenProcessPool as broken:
        raise RunError(
            "A worker process died (out of memory, or ended from outside). Try fewer workers: --workers 1"
        ) from broken
