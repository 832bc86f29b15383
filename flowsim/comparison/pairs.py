"""Scenario against scenario, paired by replication: differences with intervals, and what each change did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from flowsim.comparison.cube import Cube, cube_of, stacked
from flowsim.comparison.spread import LEVEL, spread
from flowsim.errors import FlowsimError
from flowsim.frames import pd


def paired(
    frame: pd.DataFrame,
    baseline: str,
    by: Sequence[str] | None = None,
    value: str | None = None,
    *,
    level: float = LEVEL,
    fill: float | None = None,
) -> pd.DataFrame:
    """Every other scenario less the baseline, replication by replication.

    Columns: scenario, *by, baseline_mean, mean (both over the pairs), diff, diff_low, diff_high, diff_half_width,
    diff_sd, n (pairs), clear (the interval excludes 0).
    """
    cube = cube_of(frame, by, value, fill)
    base = cube.place(baseline)
    parts = [_pair(cube, place, base, level) for place in range(len(cube.scenarios)) if place != base]
    return pd.concat(parts, ignore_index=True) if parts else _pair(cube, base, base, level).iloc[:0]


def compared(
    frame: pd.DataFrame,
    baseline: str,
    by: Sequence[str] | None = None,
    value: str | None = None,
    *,
    level: float = LEVEL,
    fill: float | None = None,
) -> pd.DataFrame:
    """`interval` of every scenario with its `paired` difference beside it; NaN and not clear for the baseline.

    Columns: scenario, *by, mean, low, high, n, diff, diff_low, diff_high, clear.
    """
    cube = cube_of(frame, by, value, fill)
    found, diff = spread(cube.values, level), spread(cube.values - cube.values[cube.place(baseline)], level)
    other = np.array([name != baseline for name in cube.scenarios])[:, None]
    columns = {"mean": found.mean, "low": found.low, "high": found.high, "n": found.n}
    ends = {"diff": diff.mean, "diff_low": diff.low, "diff_high": diff.high}
    columns |= {name: np.where(other, end, np.nan) for name, end in ends.items()}
    return stacked(cube, {**columns, "clear": other & diff.clear}, cube.listed)


def step_table(
    frame: pd.DataFrame,
    scenarios: Sequence[str],
    by: Sequence[str] | None = None,
    value: str | None = None,
    *,
    changes: Mapping[str, str] | None = None,
    level: float = LEVEL,
    fill: float | None = None,
) -> pd.DataFrame:
    """What each change did: scenarios that add one change after another, each against the one before it.

    `scenarios` in that order, the unchanged one first; `changes`: what each added, in words. The last rows (`whole`)
    compare the last with the first; where every replication has every value the steps add up to the whole.
    Columns: part (step, whole), order (1, 2, ...), change, scenario, after (the scenario compared with), *by,
    baseline_mean, mean, diff, diff_low, diff_high, diff_half_width, diff_sd, n, clear.
    """
    if len(scenarios) < 2:
        raise FlowsimError("A step table needs at least two scenarios: the unchanged one, and one with a change.")
    cube = cube_of(frame, by, value, fill)
    pairs = [("step", *pair) for pair in pairwise(scenarios)]
    parts = []
    for order, (part, before, name) in enumerate([*pairs, ("whole", scenarios[0], scenarios[-1])], start=1):
        made = _pair(cube, cube.place(name), cube.place(before), level)
        said = (changes or {}).get(name, name) if part == "step" else ""
        for column, what in (("after", before), ("change", said), ("order", order), ("part", part)):
            made.insert(1 if column == "after" else 0, column, what)
        parts.append(made)
    return pd.concat(parts, ignore_index=True)


def _pair(cube: Cube, place: int, base: int, level: float) -> pd.DataFrame:
    """One scenario less another, by cell."""
    mine, theirs = cube.values[place], cube.values[base]
    diff = spread(mine - theirs, level)
    both = ~np.isnan(mine - theirs)
    means = [spread(np.where(both, side, np.nan), level).mean for side in (theirs, mine)]
    made = cube.labels.copy()
    made.insert(0, "scenario", cube.scenarios[place])
    columns = {"baseline_mean": means[0], "mean": means[1], "diff": diff.mean, "diff_low": diff.low}
    columns |= {"diff_high": diff.high, "diff_half_width": diff.half_width, "diff_sd": diff.sd}
    for name, column in {**columns, "n": diff.n, "clear": diff.clear}.items():
        made[name] = column
    return made[cube.listed[place] | cube.listed[base]].reset_index(drop=True)
