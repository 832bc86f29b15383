"""`python benchmarks/parallel.py`: threads or processes, what a second worker gives, and the memory of a large job.

1. ortho4 by the compiled engine with all that a study measures of each replication (which holds Python's lock) and
   with nothing measured: one worker, two threads, two processes, in turn; SimPy's engine with one and two processes.
   The workers are there before; what starting them costs is told apart. Beside the time by the clock stands that of
   the processors: where others use them too, only this tells what a second worker would give.
2. The peak memory of the process that gathers a job of 20 scenarios and makes its tables, and of its workers.

Exit code 1 where two processes give less than 1.7 times one worker.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from statistics import median

from measuring import ENGINES, HERE, SPOKEN, built, machine, ratio, seconds, verdict, warm
from memory import peak

from flowsim import experiment, plan
from flowsim.study import sheets
from flowsim.study.measured import Measured

FASTER = 1.7
MEASURED, NOTHING = "all that a study measures", "nothing measured"


def run(
    made: plan.Plan, engine: str, many: int, measured: Measured | None, executor: Executor | None
) -> tuple[float, float]:
    """Seconds of an experiment, and seconds of processor it took here and in its workers."""
    before = processor_seconds(executor)
    wall = seconds(
        lambda: experiment.run([made], many, 1, engine=engine, summarise=measured, executor=executor),
        collect=True,
        clock=time.perf_counter,
    )
    return wall, processor_seconds(executor) - before


def processor_seconds(executor: Executor | None) -> float:
    """Of this process and of the workers so far."""
    workers = [] if executor is None else [executor.submit(who_and_processor_seconds) for _ in range(12)]
    by_process = dict(future.result() for future in workers)
    return sum({**by_process, os.getpid(): time.process_time()}.values())


def who_and_processor_seconds() -> tuple[int, float]:
    """This process, and the seconds it has used; slow enough that every worker is asked."""
    time.sleep(0.02)
    return os.getpid(), time.process_time()


def in_turn(made: plan.Plan, engine: str, many: int, measured: Measured | None, times: int) -> dict[str, float]:
    """How many times sooner than one worker, by kind of workers."""
    with ExitStack() as stack:
        processes = stack.enter_context(experiment.workers(2, engine))
        crews: dict[str, Executor | None] = {"one worker": None, "two processes": processes}
        if engine == "compiled":
            crews["two threads"] = stack.enter_context(ThreadPoolExecutor(2))
        started = time.perf_counter()
        run(made, engine, 8, measured, processes)
        started = time.perf_counter() - started
        walls: dict[str, list[tuple[float, float]]] = {name: [] for name in crews}
        for _ in range(times):
            for name, crew in crews.items():
                walls[name].append(run(made, engine, many, measured, crew))
    what = MEASURED if measured else NOTHING
    print(f"\n{SPOKEN[engine]}, {many} replications, {what} (processes were ready after {started:.1f} s)")
    alone = [wall for wall, _ in walls["one worker"]]
    for name, both in walls.items():
        wall, used = ([one[k] for one in both] for k in (0, 1))
        print(
            f"{name:16}{1000 * median(wall) / many:8.1f} ms each,{1000 * median(used) / many:8.1f} of processor"
            f"{ratio(alone, wall):8.2f} x",
            flush=True,
        )
    return {name: ratio(alone, [wall for wall, _ in both]) for name, both in walls.items()}


def large_job(scenarios: int, replications: int) -> None:
    """A job and its tables in this process and two workers; prints the peaks, in megabytes."""
    made = built(HERE / "ortho4.yaml")
    plans = [replace(made, setting=replace(made.setting, scenario=f"ortho4_{k}")) for k in range(scenarios)]
    engine = ENGINES[-1]
    with experiment.workers(2, engine) as executor:
        before = peak()
        outcome = experiment.run(plans, replications, 1, engine=engine, summarise=Measured({}), executor=executor)
        gathered = peak()
        found = sheets.tables(outcome.summaries, {one.setting.scenario: one.setting for one in plans})
        workers = dict(executor.submit(who_and_peak).result() for _ in range(20)) if executor else {}
    mb = 2.0**20
    print(
        f"{scenarios} scenarios x {replications} replications, {len(found)} tables with weekly bands, no rows kept:\n"
        f"  gathering process {peak() / mb:.0f} MB at its peak (libraries and plans {before / mb:.0f}, + replications "
        f"{(gathered - before) / mb:.0f}, + tables {(peak() - gathered) / mb:.0f});\n"
        f"  a worker {max(workers.values()) / mb:.0f} MB",
        flush=True,
    )


def who_and_peak() -> tuple[int, int]:
    """This process and its peak memory."""
    return os.getpid(), peak()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--replications", type=int, default=100, help="of the compiled engine; SimPy's: a tenth")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--scenarios", type=int, default=20, help="of the large job")
    parser.add_argument("--each", type=int, default=1000, help="replications of each in the large job; 0: leave it out")
    parser.add_argument("--only-memory", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only_memory:
        large_job(asked.scenarios, asked.each)
        return 0
    print(machine())
    made, reached = built(HERE / "ortho4.yaml"), []
    for engine in ENGINES:
        warm(made, engine)
        for measured in (Measured({}), None) if engine == "compiled" else (Measured({}),):
            many = asked.replications if engine == "compiled" else max(8, asked.replications // 10)
            gain = in_turn(made, engine, many, measured, asked.times)["two processes"]
            words = (
                f"{engine}, {MEASURED if measured else NOTHING}: two processes at least {FASTER} times one: {gain:.2f}"
            )
            reached.append((gain >= FASTER, words))
    if asked.each:
        size = ["--scenarios", str(asked.scenarios), "--each", str(asked.each)]
        print()
        subprocess.run([sys.executable, __file__, "--only-memory", *size], check=True)
    return verdict(reached)


if __name__ == "__main__":
    sys.exit(main())
