"""`python benchmarks/region.py`: a region, one million episodes in three years, 20 replications on two cores.

1. The study of `region_scenario.py`, as `flowsim run` makes it: seconds, and the greatest memory of all its processes
   together, sampled ten times a second (Linux).
2. Growth: one replication (draws, simulation, measures), each in a process of its own, with more and more
   patients, and with longer and longer queues at the start; seconds and memory as a figure in `--out`.

Exit code 1 where the study takes more minutes than `MINUTES`, or time grows much faster than patients.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from measuring import ENGINES, HERE, built, machine, ours, seconds, verdict, warm
from memory import peak
from region_scenario import write

from flowsim import study, tables
from flowsim.study.measured import Measured

SCALES = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
WAITING_WEEKS = (0, 4, 8, 16, 32, 64)
QUEUE_SCALE = 0.2
MINUTES = 15.0
NEAR_LINEAR = 1.5
"""Times as much that a contact may cost with ten times the patients, or eight times the queue."""
Row = dict[str, float]


def one_replication(scale: float, waiting_weeks: float, engine: str, folder: Path) -> Row:
    """Seconds by part, patients, contacts and memory of one replication, in this process."""
    small = built(write(folder / "small.yaml", 0.005))
    Measured({})(tables.frames(ours(small, 0, engine), small.setting, 0))  # loads what it needs
    base = peak()
    made = built(write(folder / "region.yaml", scale, waiting_weeks=waiting_weeks))
    ours(made, 1, engine)  # finds the sizes of the kernel's tables, as a worker's first replication does
    kept: dict[str, Any] = {}
    simulated = seconds(lambda: kept.update(rows=ours(made, 0, engine)))
    kept["results"] = tables.frames(kept["rows"], made.setting, 0)
    measured = seconds(lambda: Measured({})(kept["results"]))
    patients, contacts = (len(kept["rows"][table]["patient"]) for table in ("patients", "contacts"))
    return {
        "scale": scale, "waiting_weeks": waiting_weeks, "patients": patients, "contacts": contacts,
        "simulated_s": simulated, "measured_s": measured, "bytes": peak() - base,
    }  # fmt: skip


def apart(scale: float, waiting_weeks: float, engine: str, folder: Path) -> Row:
    """One replication in a process of its own."""
    given = [str(scale), str(waiting_weeks), engine, str(folder)]
    command = [sys.executable, __file__, "--one", *given]
    row: Row = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    total = sum(row[part] for part in ("simulated_s", "measured_s"))
    print(f"{row['patients']:>10,.0f}{row['contacts']:>12,.0f}{waiting_weeks:>8g}", end="")
    print(f"{row['simulated_s']:>11.2f}{row['measured_s']:>9.2f}", end="")
    print(f"{1e6 * total / row['contacts']:>11.2f}{row['bytes'] / row['patients']:>11.0f}", flush=True)
    return row


def growth(engine: str, folder: Path) -> dict[str, list[Row]]:
    """Rows with more and more patients, and with longer and longer queues."""
    print(f"\nOne replication, {engine} engine: seconds, microseconds a contact, bytes a patient")
    heads = ("patients", "contacts", "weeks", "simulated", "measures", "us/contact", "bytes")
    print("{:>10}{:>12}{:>8}{:>11}{:>9}{:>11}{:>11}".format(*heads))
    by_size = [apart(scale, 4, engine, folder) for scale in SCALES]
    print()
    return {"patients": by_size, "queues": [apart(QUEUE_SCALE, weeks, engine, folder) for weeks in WAITING_WEEKS]}


def dearer(rows: list[Row]) -> float:
    """Seconds a contact, the largest of the last four over the smallest: 1 where time grows as work does."""
    first, last = (sum(row[p] for p in ("simulated_s", "measured_s")) / row["contacts"] for row in rows[-4::3])
    return last / first


def figure(found: dict[str, list[Row]], path: Path) -> None:
    """Seconds and memory against patients and against the queue at the start."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    drawn, axes = plt.subplots(2, 2, figsize=(10, 7), layout="constrained")
    for column, (rows, label) in enumerate([(found["patients"], "patients"), (found["queues"], "weeks waiting")]):
        x = [row["patients" if column == 0 else "waiting_weeks"] for row in rows]
        bottom = [0.0] * len(rows)
        for part, colour in (("simulated_s", "#1f5fa8"), ("measured_s", "#5a9e6f")):
            top = [b + row[part] for b, row in zip(bottom, rows, strict=True)]
            axes[0, column].fill_between(x, bottom, top, color=colour, label=part.removesuffix("_s"))
            bottom = top
        axes[0, column].set(xlabel=label, ylabel="seconds of one replication", xlim=(0, None), ylim=(0, None))
        axes[1, column].plot(x, [row["bytes"] / 1e9 for row in rows], marker="o", color="#1f5fa8")
        axes[1, column].set(xlabel=label, ylabel="memory, GB", xlim=(0, None), ylim=(0, None))
    axes[0, 0].legend(loc="upper left")
    drawn.suptitle("A region: time and memory against patients (left) and against the queue at the start (right)")
    drawn.savefig(path, dpi=120)
    print(f"\nFigure: {path}")


def resident(process: int) -> int:
    """Bytes of resident memory of a process and its descendants (Linux)."""
    children: dict[int, list[int]] = {}
    sizes: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        own = int(stat.parent.name)
        children.setdefault(int(fields[1]), []).append(own)
        sizes[own] = 4096 * int(fields[21])
    family, total = [process], 0
    while family:
        one = family.pop()
        total += sizes.get(one, 0)
        family += children.get(one, [])
    return total


def whole_study(engine: str, replications: int, scale: float, folder: Path) -> tuple[float, float, float]:
    """Seconds of the study, processor seconds, and the greatest memory in GB of its processes together."""
    path = write(folder / "region.yaml", scale)
    given = [str(path), str(replications), engine, str(folder / "study")]
    begin, before = time.perf_counter(), os.times()
    process = subprocess.Popen([sys.executable, __file__, "--study", *given])
    most, over = [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            most[0] = max(most[0], resident(process.pid))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    code = process.wait()
    over.set()
    watcher.join()
    if code:
        raise SystemExit(f"The study ended with {code}")
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - begin, used, most[0] / 1e9


def _study(path: str, replications: str, engine: str, out: str) -> None:
    """What `flowsim run` does, without its report."""
    design = study.Design(replications=int(replications), workers=2, engine=engine)
    made = study.run([Path(path)], design, Path(out))
    print(f"{len(made.tables)} tables, {sum(map(len, made.tables.values())):,} rows")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--replications", type=int, default=20)
    parser.add_argument("--scale", type=float, default=1.0, help="of the study")
    parser.add_argument("--engine", default=ENGINES[-1])
    parser.add_argument("--out", type=Path, default=HERE.parent / "outputs" / "region")
    parser.add_argument("--no-study", action="store_true", help="the growth only")
    parser.add_argument("--no-growth", action="store_true", help="the study only")
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    parser.add_argument("--study", nargs=4, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        scale, waiting, engine, folder = asked.one
        print(json.dumps(one_replication(float(scale), float(waiting), engine, Path(folder))))
        return 0
    if asked.study:
        _study(*asked.study)
        return 0
    print(machine("pandas"))
    asked.out.mkdir(parents=True, exist_ok=True)
    warm(built(write(asked.out / "small.yaml", 0.005)), asked.engine)
    reached: list[tuple[bool | None, str]] = []
    if not asked.no_study:
        took, used, memory = whole_study(asked.engine, asked.replications, asked.scale, asked.out)
        print(f"\n{asked.replications} replications on 2 cores, {asked.engine}: {took / 60:.1f} minutes", end="")
        print(f" ({used / 60:.1f} of the processors, all told), {memory:.1f} GB")
        reached.append((took <= 60 * MINUTES, f"in minutes: {took / 60:.1f} of {MINUTES:g}"))
    if not asked.no_growth:
        found = growth(asked.engine, asked.out)
        figure(found, asked.out / "growth.png")
        for what, rows in found.items():
            times = dearer(rows)
            reached.append((times <= NEAR_LINEAR, f"a contact costs {times:.2f} times as much at the top ({what})"))
    return verdict(reached)


if __name__ == "__main__":
    sys.exit(main())
