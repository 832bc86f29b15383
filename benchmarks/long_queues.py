"""`python benchmarks/long_queues.py`: seconds with 50,000 waiting for surgery against 500, both engines.

As ortho4 is; where the next who fits is taken (`skip`); with a bed reserved before the operation and far too few
beds; and with a theatre that is open too short for most starts: there nobody, or hardly anybody, of those waiting
can start, which costs a queue dearly that is searched through. Exit code 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from statistics import median

from measuring import ENGINES, HERE, SPOKEN, built, machine, ours, ratio, seconds, verdict, warm

from flowsim import plan

SITUATIONS = ("ortho4", "ortho4_skip", "ortho4_full_ward", "ortho4_near_closing")
FEW, MANY = 500, 50_000
MOST = {"simpy": 4.0, "compiled": 3.0}
"""Goals: times the engine's own time with 500."""


def plans(patients: int, folder: Path) -> dict[str, plan.Plan]:
    """The situations with so many waiting at the start."""
    for name in SITUATIONS:
        text = (HERE / f"{name}.yaml").read_text()
        (folder / f"{name}.yaml").write_text(text.replace(f"patients: {FEW},", f"patients: {patients},"))
    return {name: built(folder / f"{name}.yaml") for name in SITUATIONS}


def compared(few: plan.Plan, many: plan.Plan, engine: str, times: int) -> tuple[list[float], list[float]]:
    """Seconds with few and with many waiting, in turn."""
    warm(few, engine)
    warm(many, engine)
    pairs = [[seconds(lambda p=made, s=seed: ours(p, s, engine)) for made in (few, many)] for seed in range(times)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=3)
    asked = parser.parse_args()
    print(machine())
    reached: list[tuple[bool | None, str]] = []
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        few, many = plans(FEW, Path(one)), plans(MANY, Path(other))
    for engine in ENGINES:
        print(f"\n{SPOKEN[engine]}: seconds with {FEW} waiting, with {MANY:,}, ratio (median of {asked.times})")
        for name in SITUATIONS:
            times = asked.times if engine == "simpy" else 4 * asked.times
            short, long = compared(few[name], many[name], engine, times)
            slower = ratio(long, short)
            print(f"{name:24}{median(short):9.4f}{median(long):9.4f}{slower:8.2f} x", flush=True)
            reached.append((slower <= MOST[engine], f"{engine}, {name}: {slower:.2f} times, at most {MOST[engine]:g}"))
    return verdict(reached)


if __name__ == "__main__":
    sys.exit(main())
