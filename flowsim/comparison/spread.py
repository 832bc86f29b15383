"""Mean, spread and Student's t interval over replications."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEVEL = 0.95


@dataclass(frozen=True)
class Spread:
    """Mean, standard deviation and t interval along the last axis, NaN left out."""

    mean: np.ndarray
    sd: np.ndarray
    n: np.ndarray
    half_width: np.ndarray

    @property
    def low(self) -> np.ndarray:
        """Lower end of the interval."""
        return self.mean - self.half_width

    @property
    def high(self) -> np.ndarray:
        """Upper end of the interval."""
        return self.mean + self.half_width

    @property
    def clear(self) -> np.ndarray:
        """Whether the interval excludes 0."""
        return (self.low > 0) | (self.high < 0)


def spread(values: np.ndarray, level: float = LEVEL) -> Spread:
    """Mean, sd and t interval along the last axis; NaN is left out, and is the answer of nothing."""
    there = ~np.isnan(values)
    n = there.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(there, values, 0.0).sum(axis=-1) / n
        off = np.where(there, values - mean[..., None], 0.0)
        sd = np.where(n > 1, np.sqrt((off**2).sum(axis=-1) / (n - 1)), np.nan)
        half_width = student_t(n, level) * sd / np.sqrt(n)
    return Spread(mean, sd, n, half_width)


def student_t(n: np.ndarray, level: float) -> np.ndarray:
    """Two-sided Student t quantile with n - 1 degrees of freedom; NaN where n < 2."""
    from scipy.special import stdtrit

    freedom = np.where(n > 1, n - 1.0, np.nan)
    found: np.ndarray = stdtrit(freedom, (1.0 + level) / 2.0)
    return found
