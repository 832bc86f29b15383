"""How the benchmarks measure: on what machine, the seconds of one call, the memory of one process, what was reached.

Seconds differ between machines, and between minutes on a shared one. So what is compared runs in turn, in one
process, and ratios are quoted: the median of the ratios of runs next to each other. What runs on one core is measured
in processor seconds, which others' work on the same machine disturbs less; what runs on two, by the clock.
"""

from __future__ import annotations

import gc
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from flowsim import engines, plan, tables

HERE = Path(__file__).parent
ENGINES = ("simpy", "compiled") if find_spec("numba") else ("simpy",)
Clock = Callable[[], float]
SPOKEN = {"simpy": "flowsim, SimPy engine", "compiled": "flowsim, compiled engine"}


def machine(*libraries: str) -> str:
    """Where and with what this was measured, and how busy it was."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
    known = ", ".join(filter(None, (_version(library) for library in ("simpy", "numpy", "numba", *libraries))))
    with_what = f"{time.strftime('%Y-%m-%d')}, Python {platform.python_version()}, {known}"
    busy = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{with_what}; {platform.system()}, {name}, {os.cpu_count()} cores{busy}"


def _version(library: str) -> str:
    try:
        return f"{library} {version(library)}"
    except PackageNotFoundError:
        return ""


def built(path: Path) -> plan.Plan:
    """The plan of a scenario file."""
    from flowsim import scenario  # here: workers import this module too, and need no scenario language

    return plan.build(scenario.load(path))


def ours(made: plan.Plan, seed: int, engine: str) -> tables.Rows:
    """One replication of flowsim: draws and simulation."""
    return engines.run(made, plan.draw(made, 1, seed), engine)


def warm(made: plan.Plan, engine: str) -> None:
    """The first run, which no benchmark counts: it compiles where that is needed, and finds the sizes of tables."""
    if engines.must_compile(engine):
        print("Compiling the kernel (once, about a minute) ...", file=sys.stderr, flush=True)
    ours(made, 0, engine)


def timed(run: Callable[[], object], collect: bool = False, clock: Clock = time.process_time) -> tuple[float, object]:
    """Seconds and result of one call, without garbage collection inside it (as flowsim's workers do) or with."""
    gc.collect()
    if not collect:
        gc.disable()
    try:
        begin = clock()
        result = run()
        return clock() - begin, result
    finally:
        gc.enable()


def seconds(run: Callable[[], object], collect: bool = False, clock: Clock = time.process_time) -> float:
    """Seconds of one call."""
    return timed(run, collect, clock)[0]


def ratio(above: Iterable[float], below: Iterable[float]) -> float:
    """Median of the ratios of runs next to each other."""
    return median(a / b for a, b in zip(above, below, strict=True))


def verdict(reached: Sequence[tuple[bool | None, str]]) -> int:
    """What was reached, line by line; None: could not be measured here. Exit code: 1 where something was missed."""
    print()
    for good, what in reached:
        print(f"{'?' if good is None else 'yes' if good else 'NO':4}{what}{' (not measured)' if good is None else ''}")
    return 1 if any(good is False for good, _ in reached) else 0
