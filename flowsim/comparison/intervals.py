"""A measure over replications: its mean with an interval, its band of chance, and how many replications it needs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from flowsim.comparison.cube import cube_of, stacked
from flowsim.comparison.spread import LEVEL, Spread, spread, student_t
from flowsim.errors import FlowsimError
from flowsim.frames import pd

MOST_REPLICATIONS = 10_000_000


def interval(
    frame: pd.DataFrame,
    by: Sequence[str] | None = None,
    value: str | None = None,
    *,
    level: float = LEVEL,
    fill: float | None = None,
) -> pd.DataFrame:
    """Mean over replications with its interval.

    Columns: scenario, *by, mean, low, high, half_width, sd, n (replications with a value); NaN ends where n < 2.
    """
    cube = cube_of(frame, by, value, fill)
    found = spread(cube.values, level)
    columns = {"mean": found.mean, "low": found.low, "high": found.high, "half_width": found.half_width}
    return stacked(cube, {**columns, "sd": found.sd, "n": found.n}, cube.listed)


def band(
    frame: pd.DataFrame,
    by: Sequence[str] | None = None,
    value: str | None = None,
    *,
    level: float = LEVEL,
    fill: float | None = None,
) -> pd.DataFrame:
    """The band of chance: quantiles over replications beside the mean and its interval (by week, if `by` has it).

    Columns: scenario, *by, mean, low, high, p05, p50, p95, n.
    """
    cube = cube_of(frame, by, value, fill)
    found, quantiles = spread(cube.values, level), _quantiles(cube.values, (0.05, 0.5, 0.95))
    columns = {"mean": found.mean, "low": found.low, "high": found.high}
    columns |= dict(zip(("p05", "p50", "p95"), quantiles, strict=True))
    return stacked(cube, {**columns, "n": found.n}, cube.listed)


def needed_replications(
    frame: pd.DataFrame,
    by: Sequence[str] | None = None,
    value: str | None = None,
    *,
    half_width: float | None = None,
    relative: float | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """How many replications in all make the interval as narrow as wanted, judged by the spread so far.

    Wanted: `half_width` in the value's unit, or `relative` to the mean (0.02 = 2 %). Columns: scenario, *by, mean, sd,
    n, half_width, relative_half_width, needed (NaN where n < 2, infinite beyond ten million).
    Source: the smallest n with t(n - 1) sd / sqrt(n) <= wanted (Law, Simulation Modeling and Analysis, section 9.4.1).
    """
    if (half_width is None) == (relative is None):
        raise FlowsimError("Say either the half-width wanted or the relative one.")
    cube = cube_of(frame, by, value, None)
    found = spread(cube.values, level)
    wanted = relative * np.abs(found.mean) if relative is not None else np.full(found.mean.shape, half_width)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = found.half_width / np.abs(found.mean)
    columns = {"mean": found.mean, "sd": found.sd, "n": found.n, "half_width": found.half_width}
    columns |= {"relative_half_width": share, "needed": _needed(found, wanted, level)}
    return stacked(cube, columns, cube.listed)


def _quantiles(values: np.ndarray, levels: tuple[float, ...]) -> np.ndarray:
    """Quantiles along the last axis, NaN left out (interpolated)."""
    out = np.full((len(levels), *values.shape[:-1]), np.nan)
    holes = np.isnan(values).any(axis=-1)
    if values.shape[-1]:
        out[:, ~holes] = np.quantile(values[~holes], levels, axis=-1)
    some = holes & ~np.isnan(values).all(axis=-1)
    if some.any():
        out[:, some] = np.nanquantile(values[some], levels, axis=-1)
    return out


def _needed(found: Spread, wanted: np.ndarray, level: float) -> np.ndarray:
    """The smallest n >= 2 that is enough, by bisection; what is enough stays enough with more."""
    low, high = np.full(wanted.shape, 1.0), np.full(wanted.shape, float(MOST_REPLICATIONS))

    def enough(n: np.ndarray) -> np.ndarray:
        return student_t(n, level) * found.sd / np.sqrt(n) <= wanted

    never = ~enough(high)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        good = enough(np.maximum(middle, 2.0))
        low, high = np.where(good, low, middle), np.where(good, middle, high)
    return np.where(found.n < 2, np.nan, np.where(never, np.inf, np.maximum(high, 2.0)))
