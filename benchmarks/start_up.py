"""`python benchmarks/start_up.py`: how long flowsim takes before it does anything.

Milliseconds over `python -c pass`, in turn, by the clock and of the processor: `flowsim --help`; `flowsim check` of
the shipped clinic; and, with the kernel compiled before, from the start of the process until the kernel of
`flowsim run --engine compiled` is running its first replication (its first run less a second one, which has nothing
left to load). Byte code is kept between runs, as Python does unless told not to, and each has run once before it is
measured. With --compile, a copy of flowsim without a compiled kernel runs once: it must say what it is doing.

Exit code 1 where a goal is missed. On a machine busier than it has cores the processor's time is judged, and said:
there the clock measures the others.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from measuring import ENGINES, HERE, built, machine, verdict, warm

TODAY = HERE.parent / "scenarios" / "ortho_today.yaml"
PASS = [sys.executable, "-c", "pass"]
FLOWSIM = [sys.executable, "-c", "from flowsim.cli import main; main()"]
RUN = ["run", str(TODAY), "--replications", "1", "--engine", "compiled", "--no-report"]
AS_AT_HOME = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": ""}
"""numpy starts threads on import, which nobody here uses and whose processor time would count; byte code is kept."""
HELP_MS, CHECK_MS, RUN_MS = 80, 400, 600
FIRST_RUN = f"""
import os, sys, time
from flowsim import engines
real = engines.run
def first(*given):
    real(*given)
    loaded, used = time.time(), time.process_time()
    real(*given)
    began = 2 * loaded - time.time() - float(os.environ["BEGAN"])
    os.write(1, b"%.4f %.4f" % (began, 2 * used - time.process_time()))
    os._exit(0)
engines.run = first
sys.argv[1:] = {RUN!r} + ["--out", sys.argv[1]]
from flowsim.cli import main
main()
"""
"""The command line's own run, stopped when the first replication has been run twice."""


Cost = tuple[float, float]
"""Milliseconds by the clock, and of the processor."""


def cost(command: Sequence[str]) -> Cost:
    """What a process takes."""
    before, begin = os.times(), time.perf_counter()
    subprocess.run(command, check=True, env=AS_AT_HOME, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall, after = time.perf_counter() - begin, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return 1000 * wall, 1000 * used


def first_run(folder: str) -> Cost:
    """What it takes until the compiled kernel runs its first replication."""
    where = {**AS_AT_HOME, "BEGAN": repr(time.time())}
    command = [sys.executable, "-c", FIRST_RUN, folder]
    done = subprocess.run(command, check=True, env=where, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    wall, used = map(float, done.stdout.split())
    return 1000 * wall, 1000 * used


def compiling(folder: Path) -> tuple[float, str]:
    """Seconds of a first run of a copy of flowsim that has no compiled kernel yet, and what it said on stderr."""
    shutil.copytree(HERE.parent / "flowsim", folder / "flowsim", ignore=shutil.ignore_patterns("__pycache__"))
    command = [*FLOWSIM, *RUN, "--out", str(folder / "study")]
    where: dict[str, Any] = {"cwd": folder, "env": {**os.environ, "PYTHONPATH": str(folder)}}
    begin = time.perf_counter()
    done = subprocess.run(command, check=True, **where, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return time.perf_counter() - begin, done.stderr


def over_bare(times: int, busy: bool) -> dict[str, float]:
    """Medians of each over bare Python beside it: by the clock, or of the processor where the machine is busy."""
    what = {"flowsim --help": [*FLOWSIM, "--help"], "flowsim check": [*FLOWSIM, "check", str(TODAY)]}
    costs: dict[str, list[Cost]] = {"python -c pass": [], **{name: [] for name in what}}
    if "compiled" in ENGINES:
        warm(built(TODAY), "compiled")
        costs["first compiled run"] = []
    for command in what.values():
        cost(command)
    with tempfile.TemporaryDirectory() as folder:
        if "first compiled run" in costs:
            first_run(f"{folder}/unmeasured")
        for k in range(times):
            costs["python -c pass"].append(cost(PASS))
            for name, command in what.items():
                costs[name].append(cost(command))
            if "first compiled run" in costs:
                costs["first compiled run"].append(first_run(f"{folder}/{k}"))
    bare = costs["python -c pass"]
    print(f"\nMilliseconds (median of {times}, in turn), over bare Python, times it: by the clock; of the processor")
    over = {}
    for name, many in costs.items():
        print(f"{name:24}", end="")
        for kind in (0, 1):
            apart = median(a[kind] - b[kind] for a, b in zip(many, bare, strict=True))
            bares = median(a[kind] / b[kind] for a, b in zip(many, bare, strict=True))
            print(f"{median(one[kind] for one in many):8.0f}{apart:8.0f}{bares:7.1f} x", end="   ")
            if kind == int(busy):
                over[name] = apart
        print()
    return over


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=9)
    parser.add_argument("--compile", action="store_true", help="compile the kernel anew, in a folder of its own")
    asked = parser.parse_args()
    print(machine("typer", "pydantic", "pandas"))
    busy = hasattr(os, "getloadavg") and os.getloadavg()[0] > (os.cpu_count() or 1)
    over = over_bare(asked.times, busy)
    if busy:
        print("The machine is busy: judged by the processor's time.")
    run = over.get("first compiled run")
    reached: list[tuple[bool | None, str]] = [
        (over["flowsim --help"] <= HELP_MS, f"flowsim --help within {HELP_MS} ms: {over['flowsim --help']:.0f}"),
        (over["flowsim check"] <= CHECK_MS, f"flowsim check within {CHECK_MS} ms: {over['flowsim check']:.0f}"),
        (None if run is None else run <= RUN_MS, f"a compiled run begins within {RUN_MS} ms: {run or 0:.0f}"),
    ]
    if asked.compile and "compiled" in ENGINES:
        with tempfile.TemporaryDirectory() as folder:
            took, said = compiling(Path(folder))
        print(f"\nA first run that compiles: {took:.0f} s. It says:\n{said}")
        reached.append(("compil" in said.lower(), "the first compilation says what it is doing"))
    return verdict(reached)


if __name__ == "__main__":
    sys.exit(main())
