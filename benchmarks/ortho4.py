"""`python benchmarks/ortho4.py`: flowsim against plain SimPy on the same model. The same results? How fast?

1. Waits, queue lengths and visits per stage of `ortho4.yaml` against peers/simpy_plain.py, over replications: each
   difference within 4 standard errors.
2. Seconds per replication (draws + simulation, arrays out), the two in turn in this process, median ratio. As its
   `experiment` room does, flowsim switches Python's garbage collection off inside a replication; the peer runs as its
   manual has it, and once more without collection for comparison.
3. Seconds with 50,000 waiting against 500: as it is, and where nobody (or hardly anybody) in the queue can start.

Exit code 1 where a result differs or a goal is missed. Needs nothing but flowsim's own libraries.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import mean, median, stdev

import numpy as np
from peers import model, simpy_plain

from flowsim import engines, plan, scenario, tables

HERE = Path(__file__).parent
FASTER_THAN_PEER = 1.8
SLOWER_WITH_BACKLOG = 4.0
BACKLOGS = ("ortho4", "ortho4_skip", "ortho4_full_ward", "ortho4_near_closing")
NEVER = tables.NEVER


def timed(run: Callable[[], object], collect: bool = True) -> tuple[float, object]:
    """Seconds and result of one call, with or without garbage collection inside it."""
    gc.collect()
    if not collect:
        gc.disable()
    try:
        begin = time.perf_counter()
        result = run()
        return time.perf_counter() - begin, result
    finally:
        gc.enable()


def ours(made: plan.Plan, seed: int, engine: str) -> tables.Rows:
    """One replication of flowsim: draws and simulation."""
    return engines.run(made, plan.draw(made, 1, seed), engine)


def peer_summary(result: tuple[tuple[float, ...], ...]) -> dict[str, float]:
    """The peer's visits in numbers."""
    _, stage, queued, started, _, area = result
    waiting = dict(zip(model.CAPACITY, area, strict=True))
    return model.summary(np.array(stage), np.array(queued), np.array(started), waiting)


def our_summary(rows: tables.Rows, made: plan.Plan) -> dict[str, float]:
    """Flowsim's contacts as the peer's visits: an operation is over when its patient has the bed."""
    contacts = rows["contacts"]
    names = [step.name for step in made.steps]
    code = np.array([model.STAGES.index(name) for name in names])[contacts["step"]]
    queued, started, over = (contacts[f"{column}_s"].copy() for column in ("queued", "started", "finished"))
    bed = {int(p) * 9 + int(v): s for p, v, s in _of(contacts, names, "surgery_stay", "started_s")}
    for row in np.flatnonzero(contacts["step"] == names.index("surgery")):
        over[row] = bed.get(int(contacts["patient"][row]) * 9 + int(contacts["visit"][row]), NEVER)
    waiting = dict.fromkeys(model.CAPACITY, 0.0)
    until = np.where(started == NEVER, made.end, started)
    for k, step in enumerate(made.steps):
        if step.needs or step.stay_of >= 0:
            name = made.resources[step.lead].name
            mine = contacts["step"] == k
            waiting[name] += float((until[mine] - queued[mine]).sum()) / tables.DAY_S
    done = over != NEVER
    return model.summary(code[done], queued[done] / tables.DAY_S, started[done] / tables.DAY_S, waiting)


def _of(contacts: dict[str, np.ndarray], names: list[str], step: str, column: str) -> zip[tuple[int, ...]]:
    """Patient, visit and one column of a step's contacts."""
    mine = contacts["step"] == names.index(step)
    return zip(contacts["patient"][mine], contacts["visit"][mine], contacts[column][mine], strict=True)


def compare(peers: list[dict[str, float]], mine: list[dict[str, float]]) -> bool:
    """A line for each number; whether all agree within 4 standard errors of the difference."""
    print(f"\nThe same results? ({len(mine)} replications each)")
    print(f"{'':24}{'plain SimPy':>12}{'flowsim':>12}{'errors apart':>14}")
    agree = True
    for name in peers[0]:
        a, b = ([one[name] for one in many] for many in (peers, mine))
        error = ((stdev(a) ** 2 + stdev(b) ** 2) / len(a)) ** 0.5
        apart = abs(mean(a) - mean(b)) / error
        agree &= apart <= 4
        print(f"{name:24}{mean(a):12.4g}{mean(b):12.4g}{apart:14.1f}{'' if apart <= 4 else '   DIFFERS'}")
    return agree


def speed(made: plan.Plan, engine: str, times: int) -> bool:
    """Interleaved timing against the peer; whether the goal is met."""
    walls: dict[str, list[float]] = {"plain SimPy": [], "plain SimPy, no collection": [], "flowsim": []}
    visits = 0
    for seed in range(times):
        walls["plain SimPy"].append(timed(lambda s=seed: simpy_plain.run(s))[0])
        walls["plain SimPy, no collection"].append(timed(lambda s=seed: simpy_plain.run(s), collect=False)[0])
        wall, rows = timed(lambda s=seed: ours(made, s, engine), collect=False)
        walls["flowsim"].append(wall)
        visits = len(rows["contacts"]["patient"])
    print(f"\nHow fast? (median of {times}, in turn; {visits:,} contacts)")
    for name, seconds in walls.items():
        ratio = median(p / s for p, s in zip(walls["plain SimPy"], seconds, strict=True))
        print(f"{name:30}{median(seconds):8.3f} s{ratio:8.2f} x plain SimPy")
    reached = median(p / s for p, s in zip(walls["plain SimPy"], walls["flowsim"], strict=True))
    return reached >= FASTER_THAN_PEER


def backlog(engine: str, times: int) -> bool:
    """Time with 50,000 waiting against 500 in four situations; whether each is within the goal."""
    print("\nWith 50,000 waiting against 500:")
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for name in BACKLOGS:
            text = (HERE / f"{name}.yaml").read_text()
            (Path(folder) / f"{name}.yaml").write_text(text.replace("patients: 500,", "patients: 50000,"))
        for name in BACKLOGS:
            few, many = (plan.build(scenario.load(home / f"{name}.yaml")) for home in (HERE, Path(folder)))
            pairs = [(_seconds(few, k, engine), _seconds(many, k, engine)) for k in range(times)]
            ratio = median(b / a for a, b in pairs)
            good &= ratio <= SLOWER_WITH_BACKLOG
            a, b = (median(column) for column in zip(*pairs, strict=True))
            print(f"{name:24}{a:8.3f} s{b:8.3f} s{ratio:8.2f} x")
    return good


def _seconds(made: plan.Plan, seed: int, engine: str) -> float:
    return timed(lambda: ours(made, seed, engine), collect=False)[0]


def machine() -> str:
    """Where and with what this was measured, and how busy it was."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
    libraries = ", ".join(f"{library} {version(library)}" for library in ("simpy", "numpy"))
    busy = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"Python {platform.python_version()}, {libraries}; {platform.system()}, {name}, {os.cpu_count()} cores{busy}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--replications", type=int, default=20, help="for the comparison of results")
    parser.add_argument("--times", type=int, default=7, help="for the comparison of speed")
    parser.add_argument("--engine", default="simpy")
    asked = parser.parse_args()
    print(machine())
    made = plan.build(scenario.load(HERE / "ortho4.yaml"))
    peers = [peer_summary(simpy_plain.run(seed)) for seed in range(asked.replications)]
    mine = [our_summary(ours(made, seed, asked.engine), made) for seed in range(asked.replications)]
    checks = {
        "the same results within 4 standard errors": compare(peers, mine),
        f"at least {FASTER_THAN_PEER} x plain SimPy": speed(made, asked.engine, asked.times),
        f"50,000 waiting at most {SLOWER_WITH_BACKLOG:g} x 500": backlog(asked.engine, max(1, asked.times // 2)),
    }
    print()
    for what, good in checks.items():
        print(f"{'yes' if good else 'NO ':4}{what}")
    return 0 if all(checks.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
