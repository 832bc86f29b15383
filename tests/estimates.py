"""Replications of a scenario file through the public door, and what they say with its standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from flowsim import engines, plan, scenario, tables
from flowsim.tables import Results

SCENARIOS = Path(__file__).parent / "scenarios"
Numbers = dict[str, float | tuple[float, float]]
"""What one replication says: a number, or a (numerator, denominator) of a ratio."""


@dataclass(frozen=True)
class Estimate:
    """A mean over replications and its standard error."""

    mean: float
    error: float

    @property
    def relative(self) -> float:
        """Standard error as a share of the mean."""
        return self.error / abs(self.mean)

    def agrees(self, exact: float, errors: float = 4.0) -> bool:
        """Within so many standard errors of the exact value."""
        return abs(self.mean - exact) <= errors * self.error

    def __str__(self) -> str:
        return f"{self.mean:.4f} (se {self.error:.4f})"


FAST = engines.chosen("auto", 1_000_000)
"""The compiled engine where it is installed: its rows are SimPy's own (test_engines_agree), in a tenth of the time."""


def runs(name: str, replications: int, seed: int = 1, engine: str = FAST) -> Iterator[Results]:
    """The results of one scenario file (a name in tests/scenarios, or a path), replication by replication."""
    path = Path(name) if name.endswith(".yaml") else SCENARIOS / f"{name}.yaml"
    made = plan.build(scenario.load(path))
    for replication in range(replications):
        rows = engines.run(made, plan.draw(made, seed, replication), engine)
        yield tables.frames(rows, made.setting, replication)


def estimate(name: str, replications: int, say: Callable[[Results], Numbers], seed: int = 1) -> dict[str, Estimate]:
    """Each number of `say`: means of numbers, ratios of sums (error by the delta method)."""
    said = [say(results) for results in runs(name, replications, seed)]
    return {key: of([one[key] for one in said]) for key in said[0]}


def of(values: list[float | tuple[float, float]]) -> Estimate:
    """The estimate of one number (or ratio) from its replications."""
    n = len(values)
    if not isinstance(values[0], tuple):
        return Estimate(float(np.mean(values)), float(np.std(values, ddof=1) / np.sqrt(n)))
    top, bottom = np.array(values, dtype=float).T
    ratio = top.sum() / bottom.sum()
    return Estimate(float(ratio), float(np.std((top - ratio * bottom) / bottom.mean(), ddof=1) / np.sqrt(n)))


def total(values: pd.Series) -> tuple[float, float]:
    """Sum and count: a mean over everybody, as a ratio."""
    return float(values.sum()), float(len(values))


def joined(results: Results, step: str, margin_days: float) -> pd.DataFrame:
    """Contacts of a step that joined from the start until `margin_days` before the end, so that all are finished."""
    end = results.setting.end_day
    contacts = results.contacts
    mine = contacts[(contacts["step"] == step) & contacts["queued_day"].between(0, end - margin_days)]
    assert mine["finished_day"].notna().all(), "the margin is too short: somebody is not done"
    return mine


def waiting(contacts: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """From joining to the start of the visit, or to leaving without one."""
    return contacts["queued_day"], contacts["started_day"].fillna(contacts["finished_day"])


def occupancy(begin: pd.Series, end: pd.Series, horizon: float) -> np.ndarray:
    """Share of [0, horizon] with 0, 1, 2, ... inside."""
    begins = begin.dropna().clip(0, horizon).to_numpy()
    ends = end[begin.notna()].fillna(horizon).clip(0, horizon).to_numpy()
    times = np.concatenate([begins, ends, [0.0, horizon]])
    steps = np.concatenate([np.ones(len(begins)), -np.ones(len(ends)), [0, 0]])
    order = np.argsort(times, kind="stable")
    inside = np.cumsum(steps[order])[:-1].astype(int)
    lengths = np.diff(times[order])
    return np.bincount(np.maximum(inside, 0), weights=lengths) / horizon
