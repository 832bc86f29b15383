"""A warning, not silence: what in a study must be read with care, in sentences.

Said when a resource is asked for more than it has, a queue is still moving at the end, a rework cap was reached,
sampled durations differ from declared ones, something has no price, an interval is too wide to choose, or a
replication failed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from flowsim import arithmetic, chance, plan
from flowsim.experiment import Outcome
from flowsim.plan import Plan
from flowsim.study.measured import ALL_QUEUES

ERRORS = 4.0
"""Standard errors by which a sampled mean may differ from the declared one."""
DRIFT_WEEKS = 26
DRIFT_SHARE = 0.1
"""A queue whose mean of the last `DRIFT_WEEKS` differs by more than this from a year before is still moving."""
CHOOSE_BY = ("queue_end", "operations", "operations_per_week")


def of(
    plans: Sequence[Plan],
    outcome: Outcome,
    made: Mapping[str, pd.DataFrame],
    costs: Mapping[str, Any],
    seed: int,
) -> list[str]:
    """All warnings of a study, each beginning with the scenario it is about."""
    found = [f"{failure} (left out of all tables)" for failure in outcome.failures]
    for one in plans:
        name = one.setting.scenario
        found += [f"{name}: {text}" for rule in (_overloaded, _sampled) for text in rule(one, seed)]
        found += [f"{name}: {text}" for text in _drift(made["weekly_queue"], name)]
        found += [f"{name}: {text}" for text in _reworked(one, made["numbers"], name)]
        if name not in costs:
            found.append(f"{name}: names no unit costs file, so nothing is said of its cost.")
    found += _unpriced(outcome.summaries)
    return found + list(_undecided(made["headline"], plans))


def _overloaded(one: Plan, seed: int) -> Iterator[str]:
    for load in arithmetic.loads(one):
        if load.load > 1:
            yield f"{load.resource} is asked for {load.load:.1%} of what it has: its queue grows while this lasts."


def _sampled(one: Plan, seed: int) -> Iterator[str]:
    """Durations of the first replication whose mean is off the declared mean."""
    draws, recipe = plan.draw(one, seed, 0), one.recipe
    group = np.array(draws.group)
    for k, step in enumerate(one.steps):
        if recipe is None or not len(recipe.steps[0][k].duration):
            continue
        sampled = np.array(draws.values("duration", k, 0, 0), dtype=float)
        for g, law in enumerate(recipe.steps[0][k].duration):
            mine = sampled[(group == g)] if recipe.keys[k].groups[g] else sampled[:0]
            declared, spread = chance.mean(law), chance.sd(law)
            if len(mine) < 2 or not np.isfinite(spread):
                continue
            off = abs(mine.mean() - declared)
            if off > ERRORS * spread / np.sqrt(len(mine)) + 1.0:
                means = f"{mine.mean():.0f} s, not {declared:.0f} s"
                yield f"{step.name}: the sampled mean duration differs from the declared one ({means})."


def _drift(queues: pd.DataFrame, scenario: str) -> Iterator[str]:
    """Too short a run: the sum of queues is still moving at its end."""
    mine = queues[(queues["scenario"] == scenario) & (queues["span"] == ALL_QUEUES)].sort_values("week")
    if len(mine) < 2 * DRIFT_WEEKS:
        return
    mean, back = mine["mean"].to_numpy(), 52 if len(mine) >= 52 + DRIFT_WEEKS else DRIFT_WEEKS
    before, now = mean[-DRIFT_WEEKS - back : len(mean) - back].mean(), mean[-DRIFT_WEEKS:].mean()
    if abs(now - before) > DRIFT_SHARE * max(before, 20.0):
        yield (
            f"the queues are still moving at the end ({before:.0f} -> {now:.0f} patients):"
            " read the results as of this horizon, not as a lasting state."
        )


def _reworked(one: Plan, numbers: pd.DataFrame, scenario: str) -> Iterator[str]:
    """Steps whose rework is capped while the declared share would reach the cap now and then."""
    visits = numbers[(numbers["scenario"] == scenario) & (numbers["measure"].astype(str) == "visits")]
    by_step = dict(zip(visits["step_or_resource"].astype(str), visits["mean"], strict=True))
    for k, step in enumerate(one.steps):
        if step.rework_to < 0 or one.recipe is None:
            continue
        share = max(period[k].rework_share for period in one.recipe.steps)
        hits = by_step.get(step.name, 0.0) * share ** (step.rework_cap + 1)
        if hits >= 1:
            yield (
                f"{step.name}: about {hits:.0f} patients a run reach the rework cap ({step.rework_cap});"
                " they go on instead of being sent back again."
            )


def _unpriced(kept: Mapping[str, pd.DataFrame]) -> list[str]:
    """What happened and has no price, once for each scenario."""
    if "unpriced" not in kept:
        return []
    pairs = zip(kept["unpriced"]["scenario"].astype(str), kept["unpriced"]["text"].astype(str), strict=True)
    return list(dict.fromkeys(f"{scenario}: {text}" for scenario, text in pairs))


def _undecided(headline: pd.DataFrame, plans: Sequence[Plan]) -> Iterator[str]:
    """Scenarios that this many replications cannot tell from the baseline."""
    for one in plans[1:]:
        mine = headline[(headline["scenario"] == one.setting.scenario) & headline["measure"].isin(CHOOSE_BY)]
        mine = mine[mine["diff"].notna()]
        same = mine[(mine["diff_low"] <= 0) & (mine["diff_high"] >= 0)]
        if len(mine) and len(same) == len(mine):
            n = int(mine["n"].iloc[0])
            yield (
                f"{one.setting.scenario}: {n} replications cannot tell it from {plans[0].setting.scenario}"
                f" in {', '.join(same['measure'])}; more are needed to choose by these."
            )
