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
