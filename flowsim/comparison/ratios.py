"""Ratios of sums over replications (SEK per operated patient), never means of ratios, with jackknife intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from flowsim.comparison.cube import cube_of, stacked
from flowsim.comparison.spread import LEVEL, spread
from flowsim.frames import pd


def ratio(
    frame: pd.DataFrame,
    numerator: str,
    denominator: str,
    by: Sequence[str] = (),
    *,
    level: float = LEVEL,
    fill: float | None = None,
) -> pd.DataFrame:
    """Sum over replications of one column by the sum of another (SEK per operated patient), with an interval.

    Never a mean of ratios. Columns: scenario, *by, ratio, low, high, half_width, n; NaN where the sum below is 0.
    Source: jackknife of a ratio (Quenouille 1956, Miller 1974), t with n - 1 degrees of freedom, centred on the ratio.
    """
    over, under = cube_of(frame, by, numerator, fill), cube_of(frame, by, denominator, fill)
    value, pseudo = jackknife(over.values, under.values)
    half = spread(pseudo, level)
    width = half.half_width
    columns = {"ratio": value, "low": value - width, "high": value + width, "half_width": width, "n": half.n}
    return stacked(over, columns, over.listed)


def paired_ratio(
    frame: pd.DataFrame,
    baseline: str,
    numerator: str,
    denominator: str,
    by: Sequence[str] = (),
    *,
    level: float = LEVEL,
    fill: float | None = None,
) -> pd.DataFrame:
    """Difference of two ratios of sums, every other scenario's less the baseline's, jackknifed over the pairs.

    Columns: scenario, *by, baseline_ratio, ratio, diff, diff_low, diff_high, n, clear.
    """
    over, under = cube_of(frame, by, numerator, fill), cube_of(frame, by, denominator, fill)
    value, pseudo = jackknife(over.values, under.values)
    base = over.place(baseline)
    diff, width = value - value[base], spread(pseudo - pseudo[base], level)
    low, high = diff - width.half_width, diff + width.half_width
    columns = {"baseline_ratio": np.broadcast_to(value[base], value.shape), "ratio": value, "diff": diff}
    columns |= {"diff_low": low, "diff_high": high, "n": width.n, "clear": (low > 0) | (high < 0)}
    others = np.arange(len(over.scenarios)) != base
    return stacked(over, columns, over.listed & others[:, None])


def ratio_of_differences(
    frame: pd.DataFrame,
    baseline: str,
    numerator: str,
    denominator: str,
    by: Sequence[str] = (),
    *,
    level: float = LEVEL,
    fill: float | None = None,
) -> pd.DataFrame:
    """Difference in one column per difference in another (SEK per operation gained), by the sums over the pairs.

    Columns: scenario, *by, ratio, low, high, n, defined: False, and the ratio NaN, where the interval of the
    difference below holds 0 (a cost per operation gained means nothing unless operations were gained).
    """
    over, under = cube_of(frame, by, numerator, fill), cube_of(frame, by, denominator, fill)
    base = over.place(baseline)
    above, below = over.values - over.values[base], under.values - under.values[base]
    defined = spread(below, level).clear
    value, pseudo = jackknife(above, below)
    width = spread(pseudo, level)
    ends = {"ratio": value, "low": value - width.half_width, "high": value + width.half_width}
    columns = {name: np.where(defined, end, np.nan) for name, end in ends.items()}
    others = np.arange(len(over.scenarios)) != base
    return stacked(over, {**columns, "n": width.n, "defined": defined}, over.listed & others[:, None])


def jackknife(over: np.ndarray, under: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ratio of the sums along the last axis, and each replication's pseudo-value of it; NaN where undefined."""
    there = ~(np.isnan(over) | np.isnan(under))
    above, below = np.where(there, over, 0.0), np.where(there, under, 0.0)
    n = there.sum(axis=-1, keepdims=True)
    total_above, total_below = above.sum(axis=-1, keepdims=True), below.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(total_below != 0, total_above / total_below, np.nan)
        without = np.where(total_below != below, (total_above - above) / (total_below - below), np.nan)
    return value[..., 0], np.where(there, n * value - (n - 1) * without, np.nan)
