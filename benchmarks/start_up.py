"""`python benchmarks/start_up.py`: how long flowsim takes before it does anything.

Milliseconds over `python -c pass`, in turn: `flowsim --help`; `flowsim check` of the shipped clinic; and, with the
kernel compiled before, from the start of the process until the kernel of `flowsim run --engine compiled` is running
its first replication (its first run less a second one, which has nothing left to load). On a folder without a
compiled kernel, the first run must say that it compiles. The time until then is printed, for it happens once.

Exit code 1 where a goal is missed.
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

from measuring import ENGINES, HERE, built, machine, verdict, warm

TODAY = HERE.parent / "scenarios" / "ortho_today.yaml"
PASS = [sys.executable, "-c", "pass"]
FLOWSIM = [sys.executable, "-c", "from flowsim.cli import main; main()"]
RUN = ["run", str(TODAY), "--replications", "1", "--engine", "compiled", "--no-report"]
HELP_MS, CHECK_MS, RUN_MS = 80, 400, 600
FIRST_RUN = f"""
import os, sys, time
from flowsim import engines
real = engines.run
def first(*given):
    real(*given)
    loaded = time.time()
    real(*given)
    began = 2 * loaded - time.time() - float(os.environ["BEGAN"])
    os.write(1, b"%.4f" % began)
    os._exit(0)
engines.run = first
sys.argv[1:] = {RUN!r} + ["--out", sys.argv[1]]
from flowsim.cli import main
main()
"""
"""The command line's own run, stopped when the first replication has been run twice."""


def wall_ms(command: Sequence[str]) -> float:
    """Milliseconds of a process."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return 1000 * (time.perf_counter() - begin)


def first_run_ms(folder: str) -> float:
    """Milliseconds until the compiled kernel runs its first replication."""
    where = {**os.environ, "BEGAN": repr(time.time())}
    command = [sys.executable, "-c", FIRST_RUN, folder]
    done = subprocess.run(command, check=True, env=where, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return 1000 * float(done.stdout)


def compiling(folder: Path) -> tuple[float, str]:
    """Seconds of a first run of a copy of flowsim that has no compiled kernel yet, and what it said on stderr."""
    shutil.copytree(HERE.parent / "flowsim", folder / "flowsim", ignore=shutil.ignore_patterns("__pycache__"))
    command = [*FLOWSIM, *RUN, "--out", str(folder / "study")]
    where = {**os.environ, "PYTHONPATH": str(folder)}
    begin = time.perf_counter()
    done = subprocess.run(command, check=True, env=where, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return time.perf_counter() - begin, done.stderr


def over_bare(times: int) -> dict[str, float]:
    """Medians of each over bare Python beside it."""
    what = {"flowsim --help": [*FLOWSIM, "--help"], "flowsim check": [*FLOWSIM, "check", str(TODAY)]}
    walls: dict[str, list[float]] = {"python -c pass": [], **{name: [] for name in what}}
    if "compiled" in ENGINES:
        warm(built(TODAY), "compiled")
        walls["first compiled run"] = []
    with tempfile.TemporaryDirectory() as folder:
        for k in range(times):
            walls["python -c pass"].append(wall_ms(PASS))
            for name, command in what.items():
                walls[name].append(wall_ms(command))
            if "first compiled run" in walls:
                walls["first compiled run"].append(first_run_ms(f"{folder}/{k}"))
    bare = walls["python -c pass"]
    print(f"\nMilliseconds (median of {times}, in turn), and over bare Python")
    for name, many in walls.items():
        apart = median(a - b for a, b in zip(many, bare, strict=True))
        times_bare = median(a / b for a, b in zip(many, bare, strict=True))
        print(f"{name:24}{median(many):8.0f}{apart:8.0f}{times_bare:8.1f} x")
    return {name: median(a - b for a, b in zip(many, bare, strict=True)) for name, many in walls.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=9)
    parser.add_argument("--compile", action="store_true", help="compile the kernel anew, in a folder of its own")
    asked = parser.parse_args()
    print(machine("typer", "pydantic", "pandas"))
    over = over_bare(asked.times)
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
