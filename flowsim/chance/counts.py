"""Whole numbers by inversion: how many arrivals a week, Poisson or negative binomial."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def counts(u: ArrayLike, mean: ArrayLike, variance_to_mean: ArrayLike = 1.0) -> NDArray[np.int64]:
    """The smallest k with P(count <= k) >= u: exact, and never falling when `u` or `mean` rises.

    `variance_to_mean`: 1 gives Poisson, above 1 the negative binomial with that variance over its mean (NB1), below 1
    raises ValueError. All arguments broadcast; a mean of 0 gives 0.
    """
    u, mu, d = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in (u, mean, variance_to_mean)))
    if np.any(d < 1) or np.any(mu < 0):
        raise ValueError("a count needs a mean of at least 0 and a variance-to-mean ratio of at least 1")
    low, high = np.full(u.shape, -1.0), np.ceil(mu + 10 * np.sqrt(mu * d) + 10 * d)
    while np.any(short := _cdf(high, mu, d) < u):
        low, high = np.where(short, high, low), np.where(short, 2 * high, high)
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        enough = _cdf(middle, mu, d) >= u
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.where(mu > 0, high, 0.0).astype(np.int64)


class CountTable:
    """`counts` for means that stay the same, run after run: what the uniforms are compared with, made once."""

    _LARGEST = 4_000_000

    def __init__(self, mean: ArrayLike, variance_to_mean: float = 1.0) -> None:
        self._mean, self._ratio = np.asarray(mean, dtype=float), variance_to_mean
        least, most = (counts(u, self._mean, variance_to_mean) for u in (2.0**-53, 1 - 2.0**-53))
        self._least = int(least.min()) if least.size else 0
        width = int(most.max()) - self._least if most.size else 0
        self._below: Floats | None = None
        if width * self._mean.size <= self._LARGEST:
            each = self._least + np.arange(width)
            self._below = np.where(self._mean[:, None] > 0, _cdf(*np.broadcast_arrays(
                each.astype(float), self._mean[:, None], variance_to_mean)), 1.0)  # fmt: skip

    def counts(self, u: Floats) -> NDArray[np.int64]:
        """One count for each mean, as `counts` gives it."""
        if self._below is None:
            return counts(u, self._mean, self._ratio)
        return self._least + (self._below < u[:, None]).sum(axis=1)


def poisson_cdf(k: ArrayLike, mean: ArrayLike) -> Floats:
    """P(count <= k) for Poisson."""
    return _cdf(*np.broadcast_arrays(np.asarray(k, dtype=float), np.asarray(mean, dtype=float), 1.0))


def negative_binomial_cdf(k: ArrayLike, mean: ArrayLike, variance_to_mean: ArrayLike) -> Floats:
    """P(count <= k) for the negative binomial with this mean and variance over mean (> 1)."""
    return _cdf(*np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in (k, mean, variance_to_mean))))


def _cdf(k: Floats, mu: Floats, d: Floats) -> Floats:
    """P(count <= k); d = 1 is Poisson, otherwise size mu / (d - 1) and probability 1 / d."""
    from scipy.special import betainc, gammaincc

    mu, d = np.maximum(mu, 1e-300), np.asarray(d)
    whole = np.maximum(np.floor(k), 0)
    plain = d - 1 < 1e-9
    size = mu / np.where(plain, 1.0, d - 1)
    below = np.where(plain, gammaincc(whole + 1, mu), betainc(size, whole + 1, 1 / d))
    return np.where(k < 0, 0.0, below)
