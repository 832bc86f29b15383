"""`python benchmarks/many.py`: 20 scenarios x 100 replications of ortho4 on two cores, and what the second core gives.

1. The experiment, summaries returned and no rows kept, compiled engine, against plain SimPy's time for the same: that
   one is measured on a few replications in the same minute, and multiplied; nobody waits an hour for it.
2. Two workers against one, both engines, in turn.

Exit code 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from statistics import mean, median

import pandas as pd
from measuring import ENGINES, HERE, SPOKEN, built, machine, ratio, seconds, verdict, warm
from peers import simpy_plain

from flowsim import experiment, measures, plan, tables

SCENARIOS, REPLICATIONS = 20, 100
SHARE, FASTER = 100, 1.7


def scenarios(number: int) -> list[plan.Plan]:
    """ortho4 with 100, 100.1, 100.2, ... referrals a week: different scenarios of the same size."""
    text = (HERE / "ortho4.yaml").read_text()
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"ortho4_{k}.yaml" for k in range(number)]
        for k, path in enumerate(paths):
            changed = text.replace("per_week: 100", f"per_week: {100 + k / 10:g}")
            path.write_text(changed.replace("scenario: ortho4", f"scenario: ortho4_{k}"))
        return [built(path) for path in paths]


def summary(results: tables.Results) -> dict[str, pd.DataFrame]:
    """Waits by step and the weekly queues: what a study would ask of each replication."""
    runs = measures.prepare(results)
    return {"waits": measures.waiting_time(runs), "queues": measures.queue_length(runs)}


def run(plans: list[plan.Plan], replications: int, engine: str, workers: int) -> float:
    """Seconds of an experiment, by the clock."""
    return seconds(
        lambda: experiment.run(plans, replications, 1, workers=workers, engine=engine, summarise=summary),
        collect=True,
        clock=time.perf_counter,
    )


def against_plain(plans: list[plan.Plan], replications: int, times: int) -> float:
    """Plain SimPy's seconds for the whole over ours."""
    before = [
        seconds(lambda s=seed: simpy_plain.run(s), collect=True, clock=time.perf_counter) for seed in range(times)
    ]
    took = run(plans, replications, "compiled", 2)
    after = [
        seconds(lambda s=seed: simpy_plain.run(s), collect=True, clock=time.perf_counter)
        for seed in range(times, 2 * times)
    ]
    plain = mean(before + after) * len(plans) * replications
    print(f"\n{len(plans)} scenarios x {replications} replications, compiled engine, 2 workers: {took:.1f} s,")
    print(
        f"{1000 * took / len(plans) / replications:.1f} ms each with its summary. Plain SimPy, from {2 * times}", end=""
    )
    print(f" replications ({mean(before + after):.2f} s each): {plain:.0f} s. {plain / took:.0f} x")
    return plain / took


def second_core(plans: list[plan.Plan], engine: str, replications: int, times: int) -> float:
    """One worker's seconds over two workers'."""
    pairs = [(run(plans, replications, engine, 1), run(plans, replications, engine, 2)) for _ in range(times)]
    one, two = ([pair[k] for pair in pairs] for k in (0, 1))
    gain = ratio(one, two)
    print(f"{SPOKEN[engine]:28}{median(one):8.2f} s{median(two):8.2f} s{gain:7.2f} x", flush=True)
    return gain


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scenarios", type=int, default=SCENARIOS)
    parser.add_argument("--replications", type=int, default=REPLICATIONS)
    parser.add_argument("--times", type=int, default=3, help="runs of the comparison of workers, and of plain SimPy")
    asked = parser.parse_args()
    print(machine())
    plans = scenarios(asked.scenarios)
    for engine in ENGINES:
        warm(plans[0], engine)
    whole = against_plain(plans, asked.replications, asked.times) if "compiled" in ENGINES else None
    goal = f"20 scenarios x 100 replications in 1/{SHARE} of plain SimPy's time"
    reached = [(None if whole is None else whole >= SHARE, f"{goal}: 1/{whole or 0:.0f}")]
    print(f"\nOne worker, two workers, ratio (median of {asked.times}, in turn)")
    for engine in ENGINES:
        few = plans[:4] if engine == "simpy" else plans
        gain = second_core(few, engine, 5 if engine == "simpy" else max(5, asked.replications // 4), asked.times)
        reached.append((gain >= FASTER, f"{engine}: two workers at least {FASTER} times one: {gain:.2f}"))
    return verdict(reached)


if __name__ == "__main__":
    sys.exit(main())
