"""A frame's values with replications beside each other, and frames made back from such: what comparisons work on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from flowsim.errors import FlowsimError
from flowsim.frames import pd

KEYS = ("scenario", "replication")


@dataclass(frozen=True)
class Cube:
    """Values by scenario, cell (one combination of the `by` columns) and replication; NaN where there is none."""

    scenarios: tuple[str, ...]
    labels: pd.DataFrame
    values: np.ndarray
    listed: np.ndarray
    """(scenarios, cells): whether the scenario has the cell at all."""

    def place(self, scenario: str) -> int:
        """The scenario's index (FlowsimError if it is not there)."""
        if scenario not in self.scenarios:
            raise FlowsimError(f'There is no scenario "{scenario}" to compare. There are: {", ".join(self.scenarios)}.')
        return self.scenarios.index(scenario)


def cube_of(frame: pd.DataFrame, by: Sequence[str] | None, value: str | None, fill: float | None) -> Cube:
    """The frame's values, replications beside each other."""
    what = str(frame.columns[-1]) if value is None else value
    keys = [c for c in frame.columns if c not in (*KEYS, what)] if by is None else [c for c in by if c != "scenario"]
    missing = [c for c in (*KEYS, *keys, what) if c not in frame.columns]
    if missing:
        raise FlowsimError(f"The table has no column {', '.join(missing)}. It has: {', '.join(frame.columns)}.")
    scenario, names = pd.factorize(frame["scenario"])
    replication, numbers = pd.factorize(frame["replication"].to_numpy(), sort=True)
    cell = frame.groupby(keys, observed=True, sort=False, dropna=False).ngroup().to_numpy() if keys else scenario * 0
    found, first = np.unique(cell, return_index=True)
    shape = (len(names), len(found), len(numbers))
    index = np.ravel_multi_index((scenario, cell, replication), shape)
    times = np.bincount(index, minlength=int(np.prod(shape))).reshape(shape)
    if (times > 1).any():
        raise FlowsimError(f"Columns {', '.join(keys)} do not tell the rows of a replication apart: add to `by`.")
    values = np.full(shape, np.nan)
    values.ravel()[index] = frame[what].to_numpy(dtype=float)
    listed = times.sum(axis=2) > 0
    if fill is not None:
        values[(times == 0) & (times.sum(axis=1) > 0)[:, None, :]] = fill
        listed = np.ones_like(listed)
    return Cube(tuple(str(n) for n in names), frame[keys].iloc[first].reset_index(drop=True), values, listed)


def stacked(cube: Cube, columns: Mapping[str, np.ndarray], keep: np.ndarray) -> pd.DataFrame:
    """Kept cells of every scenario with their columns (each of shape (scenarios, cells))."""
    scenario, cell = np.nonzero(keep)
    made = cube.labels.iloc[cell].reset_index(drop=True)
    made.insert(0, "scenario", np.array(cube.scenarios, dtype=object)[scenario])
    for name, column in columns.items():
        made[name] = column[keep]
    return made
