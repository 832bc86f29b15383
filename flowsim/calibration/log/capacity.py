"""Capacity offered, from what was used: weeks in which the queue touched zero say only "at least so much".

Censored maximum likelihood of a lognormal week (Tobit on the logarithm) around a mean with season. The mean of used
capacity is 8 % too low at load 0.92, and so is that of full weeks only: weeks get full because they are poor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flowsim.calibration.log.estimators import Estimate, Z

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Offered:
    """Mean week offered, CV of its luck, its autocorrelation, and the logs of the design's columns."""

    mean: Estimate
    cv: Estimate
    lag1: Estimate
    logs: tuple[tuple[float, float], ...]
    """(coefficient, standard error) of each column on the log scale; the first is the median of a plain week."""


def offered(used: Floats, full: Bools, design: Floats | None = None) -> Offered:
    """From weekly sums used and whether the queue never touched zero; `design`: a column of ones, then 0-1 columns."""
    x = np.ones((len(used), 1)) if design is None else design
    y = np.log(np.maximum(used, 0.5))
    b, log_sigma, covariance = _fitted(y, full, x)
    sigma = float(np.exp(log_sigma))
    follows = _following((y - x @ b) / sigma, full)
    rho = follows.value
    widened = np.sqrt((1 + rho) / (1 - rho))
    weight = np.exp(x @ b)
    slope = np.append((weight[:, None] * x).sum(axis=0) / weight.sum(), sigma**2)
    error = float(np.sqrt(slope @ covariance @ slope)) * widened
    value = float(weight.mean() * np.exp(sigma**2 / 2))
    cv_error = float(np.sqrt(covariance[-1, -1]))
    cv = float(np.sqrt(np.expm1(sigma**2)))
    return Offered(
        Estimate(value, value * float(np.exp(-Z * error)), value * float(np.exp(Z * error)), len(used)),
        Estimate(cv, cv * float(np.exp(-Z * cv_error)), cv * float(np.exp(Z * cv_error)), int(full.sum())),
        follows,
        tuple(zip(map(float, b), map(float, widened * np.sqrt(np.diag(covariance)[:-1])), strict=True)),
    )


def _fitted(y: Floats, full: Bools, x: Floats) -> tuple[Floats, float, Floats]:
    """(coefficients, log sigma, their covariance)."""
    from scipy.optimize import minimize

    def loss(at: Floats) -> float:
        return -_log_likelihood(at, y, full, x)

    start = np.append(np.linalg.lstsq(x, y, rcond=None)[0], np.log(max(float(y.std()), 0.02)))
    found = minimize(loss, start, method="BFGS", options={"gtol": 1e-5})
    at = np.asarray(found.x, dtype=float)
    return np.asarray(at[:-1], dtype=float), float(at[-1]), np.asarray(np.linalg.pinv(curvature(loss, at)))


def _log_likelihood(at: Floats, y: Floats, full: Bools, x: Floats) -> float:
    from scipy.special import log_ndtr

    log_sigma = float(np.clip(at[-1], -6, 3))
    z = (y - x @ at[:-1]) * np.exp(-log_sigma)
    return float(np.where(full, -0.5 * z**2 - log_sigma, log_ndtr(-z)).sum())


def curvature(f: Callable[[Floats], float], at: Floats, h: float = 1e-3) -> Floats:
    """Hessian of a function at a place, by central differences."""
    q, steps = len(at), np.eye(len(at)) * h
    out = np.empty((q, q))
    for i in range(q):
        for j in range(i, q):
            a, b = steps[i], steps[j]
            out[i, j] = out[j, i] = (f(at + a + b) - f(at + a - b) - f(at - a + b) + f(at - a - b)) / (4 * h * h)
    return out


def _following(z: Floats, full: Bools) -> Estimate:
    """Correlation of one week's normal score with the next, from all pairs by likelihood; interval by its drop of 1.92.

    A censored week says "at least so much": leaving such pairs out would keep poor weeks only, which follow each other
    less (0.18 for a true 0.25).
    """
    from scipy.special import log_ndtr, ndtr, ndtri

    rho = np.arange(0.0, 0.951, 0.01)
    s, r = np.sqrt(1 - rho**2)[:, None], rho[:, None]
    a, b, first, second = z[:-1], z[1:], full[:-1], full[1:]
    known = first & second
    total = (-np.log(s) - (a[known] ** 2 - 2 * r * a[known] * b[known] + b[known] ** 2) / (2 * s**2)).sum(axis=1)
    for one in (first & ~second, ~first & second):
        exact, least = (a, b) if (one & first).any() else (b, a)
        total = total + log_ndtr((r * exact[one] - least[one]) / s).sum(axis=1)
    neither = ~first & ~second
    if neither.any():
        above = ndtr(-a[neither])[:, None] * (np.arange(40) + 0.5) / 40
        beyond = -ndtri(np.maximum(above, 1e-12))
        inner = ndtr((rho[:, None, None] * beyond - b[neither][:, None]) / s[:, :, None])
        total = total + np.log(np.maximum(inner.mean(axis=2), 1e-300)).sum(axis=1)
    likely = rho[total >= total.max() - 1.92]
    return Estimate(float(rho[total.argmax()]), float(likely[0]), float(likely[-1]), len(a))
