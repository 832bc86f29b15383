"""Added cost per extra operation: a ratio of sums with its interval, and the prices at which buying costs as much.

Never a mean of ratios: years with few extra operations would weigh too much. Where the interval of the extra
operations holds 0 there is no cost per extra operation, and the reason is said instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flowsim.comparison.spread import student_t

RESAMPLES = 2000


@dataclass(frozen=True)
class PerExtra:
    """SEK per extra operation."""

    added_cost_sek: float
    """Mean over replications."""
    extra_operations: float
    extra_low: float
    extra_high: float
    sek: float
    """Sum over sum; NaN where the extra operations are not clear of 0."""
    low: float
    high: float
    """Delta method, 95 %."""
    bootstrap_low: float
    bootstrap_high: float
    """Paired bootstrap beside it."""
    pairs: int

    @property
    def defined(self) -> bool:
        """Is there a cost per extra operation at all?"""
        return bool(np.isfinite(self.sek))

    @property
    def relative(self) -> float:
        """Half the interval's width over the value: precision."""
        return (self.high - self.low) / 2 / abs(self.sek) if self.defined and self.sek else float("inf")


def per_extra(added_cost_sek: np.ndarray, extra_operations: np.ndarray, seed: int = 1) -> PerExtra:
    """Sum of added cost over sum of extra operations; arrays by replication, paired. ValueError with fewer than two.

    Source: ratio estimator with the delta method (Cochran, Sampling Techniques, section 6.3); paired percentile
    bootstrap (Efron 1979).
    """
    money, extra = np.asarray(added_cost_sek, dtype=float), np.asarray(extra_operations, dtype=float)
    n = len(money)
    if n < 2:
        raise ValueError("one replication gives no interval")
    t = float(student_t(np.array(n), 0.95))
    half = t * extra.std(ddof=1) / np.sqrt(n)
    low, high = extra.mean() - half, extra.mean() + half
    none = (float("nan"),) * 5
    ratio = none if low <= 0 <= high else _ratio(money, extra, t, seed)
    return PerExtra(money.mean(), extra.mean(), low, high, *ratio, pairs=n)


def _ratio(money: np.ndarray, extra: np.ndarray, t: float, seed: int) -> tuple[float, float, float, float, float]:
    """Value, delta-method ends, bootstrap ends."""
    n, value = len(money), money.sum() / extra.sum()
    half = t * (money - value * extra).std(ddof=1) / np.sqrt(n) / abs(extra.mean())
    picks = np.random.default_rng(seed).integers(0, n, size=(RESAMPLES, n))
    ratios = money[picks].sum(axis=1) / extra[picks].sum(axis=1)
    ends = np.quantile(ratios, [0.025, 0.975])
    return float(value), float(value - half), float(value + half), float(ends[0]), float(ends[1])


def break_even_price(own_sek: float, stays_at_home_sek: float) -> float:
    """The price at which buying costs as much as doing it ourselves: own cost less what stays at home per bought."""
    return own_sek - stays_at_home_sek


def difference(
    extra_operations: np.ndarray, added_cost_sek: np.ndarray, price_sek: float, stays_at_home_sek: float
) -> np.ndarray:
    """D = T(in-house) - T(bought) by replication: the extra operations done, against the same number bought."""
    return np.asarray(added_cost_sek - extra_operations * (price_sek + stays_at_home_sek))
