"""What each change of a scenario did: its changes made one after the other, each against the one before.

A scenario with one change needs no further runs: its difference to the baseline is that change's effect. One with
several is run with the first, the first two, ... in a few replications, sharing their luck with the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from flowsim import comparison, plan, scenario
from flowsim.frames import pd

if TYPE_CHECKING:
    from flowsim.plan.model import Plan
    from flowsim.scenario import Scenario


@dataclass(frozen=True)
class Ladder:
    """A scenario's way from the baseline: the names run, in order, and what each added."""

    scenario: str
    rungs: tuple[str, ...]
    """Baseline, with the first change, with the first two, ..., the scenario itself."""
    changes: Mapping[str, str]
    """Rung -> the change it added, in words."""


def ladders(scenarios: Sequence[Scenario]) -> list[Ladder]:
    """The ladder of every scenario that is based on the first one and changes it."""
    base, *others = scenarios
    mine = Path(base.path).resolve()
    found = []
    for one in others:
        added = one.items[len(base.items) :]
        if added and mine in [Path(path).resolve() for path in one.based_on]:
            rungs = (*(f"{one.name}#{k}" for k in range(1, len(added))), one.name)
            found.append(Ladder(one.name, (base.name, *rungs), dict(zip(rungs, added, strict=True))))
    return found


def between(scenarios: Sequence[Scenario], input_uncertainty: bool = False) -> dict[str, tuple[str, Plan]]:
    """Plans of the rungs between baseline and scenario: rung -> (scenario, plan)."""
    number = 0 if input_uncertainty else None
    by_name, base = {one.name: one for one in scenarios}, len(scenarios[0].items)
    made = {}
    for ladder in ladders(scenarios):
        for k, rung in enumerate(ladder.rungs[1:-1], start=1):
            whole = by_name[ladder.scenario]
            part = plan.build(
                scenario.load(whole.path, items=base + k, set_number=number, warm_up_weeks=whole.warm_up_weeks)
            )
            made[rung] = (ladder.scenario, replace(part, setting=replace(part.setting, scenario=rung)))
    return made


def table(numbers: pd.DataFrame, found: Sequence[Ladder]) -> pd.DataFrame:
    """The effect of each change, in order: it and those before it against those before it.

    Takes headline numbers by replication, rungs included. Columns: scenario, order, change, measure, mean, low, high
    (paired difference with its 95 % interval), n.
    """
    parts = []
    for ladder in found:
        steps = comparison.step_table(numbers, ladder.rungs, ["measure"], "value", changes=ladder.changes)
        steps = steps[steps["part"] == "step"]
        kept = steps[["order", "change", "measure", "diff", "diff_low", "diff_high", "n"]].copy()
        kept.insert(0, "scenario", ladder.scenario)
        parts.append(kept.rename(columns={"diff": "mean", "diff_low": "low", "diff_high": "high"}))
    if not parts:
        return pd.DataFrame(columns=["scenario", "order", "change", "measure", "mean", "low", "high", "n"])
    return pd.concat(parts, ignore_index=True)
