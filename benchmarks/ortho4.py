"""`python benchmarks/ortho4.py`: flowsim's two engines against others on the same model. The same results? How fast?

1. Waits, queue lengths and visits per stage of `ortho4.yaml`, here and in plain SimPy, Ciw, salabim and C (peers/):
   each difference from plain SimPy within 4 standard errors.
2. Seconds per replication (draws + simulation, arrays out), in turn in this process, and their ratios. flowsim
   switches Python's garbage collection off inside a replication, as its workers do; the peers run as their manuals
   have them, and plain SimPy once more without collection.
3. Time per row on `ortho_calendar.yaml` (hours, holidays, slots, a team, a reserved bed, patience) against C's on
   ortho4: what the calendars cost.

Exit code 1 where a result differs or a goal is missed. Ciw and salabim: pip install "flowsim[benchmarks]"; C needs cc.
What is not there is left out, loudly.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from statistics import mean, median, stdev
from typing import Any

import numpy as np
from measuring import ENGINES, HERE, SPOKEN, built, machine, ours, ratio, seconds, timed, verdict, warm
from peers import in_c, model, simpy_plain

from flowsim import plan, tables

NEVER = tables.NEVER
PLAIN = "plain SimPy"
FAST_RUNS = 9
"""Runs of what takes hundredths of a second, for each one of what takes seconds."""
Run = Callable[[int], tuple[Any, ...]]
Summary = dict[str, float]


def peers() -> dict[str, Run]:
    """The peers that can run here, by name; a line for each that cannot."""
    found: dict[str, Run] = {PLAIN: simpy_plain.run}
    for name, library in (("Ciw", "ciw"), ("salabim", "salabim")):
        if find_spec(library) is None:
            print(f'NOT MEASURED: {name} is not installed: pip install "flowsim[benchmarks]"', file=sys.stderr)
        else:
            found[name] = import_module(f"peers.in_{library}").run
    if in_c.compiler() is None:
        print("NOT MEASURED: no C compiler here (cc, gcc or clang)", file=sys.stderr)
    else:
        in_c.kernel()
        found["C"] = in_c.run
    return found


def peer_summary(result: tuple[Any, ...]) -> Summary:
    """A peer's visits in numbers."""
    _, stage, queued, started, _, area = result
    waiting = dict(zip(model.CAPACITY, area, strict=True))
    return model.summary(np.array(stage), np.array(queued, float), np.array(started, float), waiting)


def our_summary(rows: tables.Rows, made: plan.Plan) -> Summary:
    """Flowsim's contacts as the peers' visits: an operation is over when its patient has the bed."""
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


def compare(plain: Sequence[Summary], others: dict[str, Sequence[Summary]]) -> bool:
    """Means, and how many standard errors each lies from plain SimPy's; whether all are within 4."""
    print(f"\nThe same results? Mean of {len(plain)} replications of plain SimPy; others: mean (standard errors apart)")
    print(f"{'':22}{PLAIN:>12}" + "".join(f"{f'{name} ({len(many)})':>20}" for name, many in others.items()))
    agree = True
    for what in plain[0]:
        a = [one[what] for one in plain]
        line = f"{what:22}{mean(a):12.4g}"
        for many in others.values():
            b = [one[what] for one in many]
            apart = abs(mean(a) - mean(b)) / (stdev(a) ** 2 / len(a) + stdev(b) ** 2 / len(b)) ** 0.5
            agree &= apart <= 4
            line += f"{mean(b):12.4g} ({apart:3.1f}) {' ' if apart <= 4 else '!'}"
        print(line)
    return agree


def results(found: dict[str, Run], made: plan.Plan, engine: str, replications: int) -> bool:
    """Everybody's replications, compared; the slow peers make fewer."""
    few = max(4, replications * 3 // 5)
    others = {
        name: [peer_summary(run(seed)) for seed in range(replications if name == "C" else few)]
        for name, run in found.items()
        if name != PLAIN
    }
    mine = {"flowsim": [our_summary(ours(made, seed, engine), made) for seed in range(replications)]}
    return compare([peer_summary(simpy_plain.run(seed)) for seed in range(replications)], mine | others)


def speed(found: dict[str, Run], made: plan.Plan, times: int) -> dict[str, list[float]]:
    """Seconds of each, in turn; of what is fast the median of several for each round."""
    walls: dict[str, list[float]] = {name: [] for name in (*found, "plain SimPy, no collection", *SPOKEN.values())}
    for seed in range(times):
        for name in [name for name in found if name != "C"]:
            walls[name].append(seconds(lambda n=name, s=seed: found[n](s), collect=True))
        walls["plain SimPy, no collection"].append(seconds(lambda s=seed: simpy_plain.run(s)))
        walls[SPOKEN["simpy"]].append(seconds(lambda s=seed: ours(made, s, "simpy")))
        fast: dict[str, Run] = {"C": found["C"]} if "C" in found else {}
        if "compiled" in ENGINES:
            fast[SPOKEN["compiled"]] = lambda s: ours(made, s, "compiled")
        for name, many in _in_turn(fast, range(FAST_RUNS * seed, FAST_RUNS * (seed + 1))).items():
            walls[name].append(median(many))
    walls = {name: many for name, many in walls.items() if many}
    print(f"\nHow fast? One replication, draws and simulation (median of {times}, in turn)")
    for name, many in walls.items():
        print(f"{name:30}{median(many):9.4f} s{ratio(walls[PLAIN], many):9.2f} x {PLAIN}")
    return walls


def _in_turn(runs: dict[str, Run], seeds: range) -> dict[str, list[float]]:
    walls: dict[str, list[float]] = {name: [] for name in runs}
    for seed in seeds:
        for name, run in runs.items():
            walls[name].append(seconds(lambda r=run, s=seed: r(s)))
    return walls


def per_row(times: int) -> float:
    """The compiled engine's time per row on ortho_calendar over C's on ortho4."""
    calendar = built(HERE / "ortho_calendar.yaml")
    warm(calendar, "compiled")
    ours_ns, theirs_ns, rows = [], [], 0
    for seed in range(times * FAST_RUNS):
        wall, made = timed(lambda s=seed: ours(calendar, s, "compiled"))
        rows = len(made["contacts"]["patient"])  # type: ignore[index]
        ours_ns.append(1e9 * wall / rows)
        wall, visits = timed(lambda s=seed: in_c.run(s))
        theirs_ns.append(1e9 * wall / len(visits[0]))  # type: ignore[index]
    times_c = ratio(ours_ns, theirs_ns)
    print(f"\nWith a clinic's calendar (ortho_calendar, {rows:,} rows): {median(ours_ns):.0f} ns a row,", end=" ")
    print(f"C on ortho4 {median(theirs_ns):.0f} ns a row: {times_c:.2f} x")
    return times_c


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--replications", type=int, default=20, help="for the comparison of results")
    parser.add_argument("--times", type=int, default=5, help="for the comparison of speed")
    asked = parser.parse_args()
    print(machine("ciw", "salabim"))
    found, made = peers(), built(HERE / "ortho4.yaml")
    for engine in ENGINES:
        warm(made, engine)
    same = results(found, made, ENGINES[-1], asked.replications)
    walls = speed(found, made, asked.times)
    compiled, simpy = (walls.get(SPOKEN[engine]) for engine in ("compiled", "simpy"))
    over = {name: ratio(walls[name], compiled) for name in walls} if compiled else {}
    calendar = per_row(asked.times) if compiled and "C" in found else None
    reached = [
        (same, "the same results within 4 standard errors"),
        (ratio(walls[PLAIN], simpy) >= 1.8, "SimPy engine at least 1.8 times plain SimPy"),
        _goal(over.get(PLAIN), 45, "compiled engine at least 45 times plain SimPy: {:.0f}"),
        _goal(over.get("Ciw"), 100, "compiled engine at least 100 times Ciw: {:.0f}"),
        _goal(over.get("salabim"), 0, "compiled engine against salabim: {:.0f} times"),
        _goal(over.get("C") and -1 / over["C"], -2.0, "compiled engine within 2.0 times C: {:.2f}"),
        _goal(
            calendar and -calendar, -4.0, "compiled engine on ortho_calendar within 4 times C's time per row: {:.2f}"
        ),
    ]
    return verdict(reached)


def _goal(value: float | None, least: float, what: str) -> tuple[bool | None, str]:
    """Whether a ratio is reached; one that may be so much at most is given as its negative."""
    if value is None:
        return None, what.partition(":")[0]
    return value >= least, what.format(abs(value))


if __name__ == "__main__":
    sys.exit(main())
