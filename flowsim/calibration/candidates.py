"""Candidate laws of a week's luck around its mean, all on one measure: the probability of the whole number seen.

A continuous law gives a count k the interval from k - 1/2 to k + 1/2 (0 from minus infinity); otherwise AIC would
compare a density with a probability. Each law has one spread parameter `theta` (Poisson none): the logarithm of
D - 1 (negative_binomial), of the shared variance (negative_binomial_2), of sigma (lognormal), of the CV (gamma,
normal) or of the power (weibull). Means have the shape (samples, weeks), `theta` (samples, 1).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flowsim import chance
from flowsim.calibration.likelihood import Problem, maximise, unpacked

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Candidate:
    """One law by its tails, its start, and the CV of a week whose mean is given."""

    name: str
    tail: Callable[[Floats, Floats, Floats, Bools], Floats]
    """Of (x, mean, theta, upper): P(X > x) where `upper`, else P(X <= x); each exact where it is small."""
    start: Callable[[float, float], float]
    """theta to begin with, from a mean and a CV."""
    cv: Callable[[float, float], float]
    """CV from (theta, mean)."""
    size: Callable[[Floats, Floats], Floats] | None = None
    """Of a law of whole numbers: the negative binomial's size from (mean, theta); Poisson is of infinite size."""
    spread: bool = True

    @property
    def shift(self) -> float:
        """A law of whole numbers steps at k, a continuous one at k + 1/2."""
        return 0.0 if self.size else 0.5


def log_probability(law: Candidate, y: Floats, mean: Floats, theta: Floats) -> Floats:
    """Log P(the whole number y), from the nearer tail; at least log 1e-300."""
    if law.size:
        return _log_whole(y, mean, law.size(mean, theta))
    upper = y > mean
    near, far = law.tail(y - 0.5, mean, theta, upper), law.tail(y + 0.5, mean, theta, upper)
    first = y <= 0
    p = np.where(upper, np.where(first, 1.0, near) - far, far - np.where(first, 0.0, near))
    return np.asarray(np.log(np.maximum(p, 1e-300)))


def middle(law: Candidate, y: Floats, mean: Floats, theta: Floats) -> Floats:
    """P(less than y) + P(y) / 2, which is uniform from 0 to 1 if the law is true."""
    at_most = law.tail(y + law.shift, mean, theta, np.zeros(y.shape, dtype=bool))
    p = np.exp(log_probability(law, y, mean, theta))
    return np.asarray(np.clip(at_most - p / 2, 1e-9, 1 - 1e-9))


def drawn(law: Candidate, u: Floats, mean: Floats, theta: Any) -> Floats:
    """Whole numbers by inversion of uniforms `u`, of the shape of `u` and `mean` broadcast.

    `theta` may be one for each row where the law is of whole numbers.
    """
    from scipy.special import ndtri

    if law.size:
        ratio = 1.0 + mean / law.size(mean, np.array(theta))
        return chance.counts(u, mean, ratio).astype(float)
    if law.name == "normal":
        luck = 1.0 + math.exp(theta) * ndtri(u)
    else:
        luck = chance.quantile({"law": law.name, "mean": 1.0, "cv": law.cv(theta, 1.0)}, u)
    return np.maximum(np.floor(luck * mean + 0.5), 0.0)


def maximum_likelihood(
    law: Candidate, y: Floats, design: Floats, start: Floats | None = None, gain: float = 1e-6
) -> tuple[Floats, Floats]:
    """(parameters, log-likelihood) of each row of whole numbers `y` (samples, weeks), means exp(design @ b).

    Parameters are b, then theta if the law has a spread. `start`: parameters to begin with (one row for all).
    """

    def likelihood(rows: NDArray[np.int64], eta: Floats, theta: Floats) -> Floats:
        return log_probability(law, y[rows], np.exp(eta), theta)

    first = _start(law, y, design) if start is None else np.broadcast_to(start, (len(y), start.shape[1]))
    return maximise(Problem(likelihood, design, law.spread), first, gain)


def fitted(law: Candidate, at: Floats, design: Floats) -> tuple[Floats, Floats]:
    """(means (samples, weeks), theta (samples, 1)) of parameters."""
    eta, theta = unpacked(at, design, law.spread)
    return np.exp(eta), theta


def _start(law: Candidate, y: Floats, design: Floats) -> Floats:
    q = design.shape[1]
    start = np.zeros((len(y), q + law.spread))
    level = np.maximum(y.mean(axis=1), 0.1)
    start[:, 0] = np.log(level)
    if law.spread:
        start[:, q] = law.start(float(level.mean()), max(float((y.std(axis=1) / level).mean()), 0.05))
    return start


def _log_whole(y: Floats, mean: Floats, size: Floats) -> Floats:
    """Log P(y) of the negative binomial; Poisson where the size is infinite."""
    from scipy.special import gammaln, xlogy

    if np.all(np.isinf(size)):
        return np.asarray(xlogy(y, mean) - mean - gammaln(y + 1))
    chosen = gammaln(y + size) - gammaln(size) - gammaln(y + 1)
    return np.asarray(chosen - size * np.log1p(mean / size) + xlogy(y, mean / (size + mean)))


def _poisson(x: Floats, mean: Floats, theta: Floats, upper: Bools) -> Floats:
    from scipy.special import gammainc, gammaincc

    k = np.maximum(np.floor(x) + 1, 1e-9)
    return np.where(x < 0, upper, np.where(upper, gammainc(k, mean), gammaincc(k, mean)))


def _negative_binomial(x: Floats, mean: Floats, size: Floats, upper: Bools) -> Floats:
    from scipy.special import betainc

    k, p = np.maximum(np.floor(x) + 1, 1e-9), size / (size + mean)
    inside = betainc(np.where(upper, k, size), np.where(upper, size, k), np.where(upper, 1 - p, p))
    return np.where(x < 0, upper, inside)


def _lognormal(x: Floats, mean: Floats, theta: Floats, upper: Bools) -> Floats:
    from scipy.special import ndtr

    sigma = np.exp(theta)
    with np.errstate(divide="ignore"):
        z = np.log(np.maximum(x, 0) / mean) / sigma + sigma / 2
    return np.asarray(ndtr(np.where(upper, -z, z)))


def _gamma(x: Floats, mean: Floats, theta: Floats, upper: Bools) -> Floats:
    from scipy.special import gammainc, gammaincc

    k = np.broadcast_to(np.exp(-2 * theta), x.shape)
    x = np.maximum(x, 0) * k / mean
    out = np.empty(x.shape)
    out[upper], out[~upper] = gammaincc(k[upper], x[upper]), gammainc(k[~upper], x[~upper])
    return out


def _weibull(x: Floats, mean: Floats, theta: Floats, upper: Bools) -> Floats:
    from scipy.special import gammaln

    k = np.exp(theta)
    exponent = (np.maximum(x, 0) / mean * np.exp(gammaln(1 + 1 / k))) ** k
    return np.where(upper, np.exp(-exponent), -np.expm1(-exponent))


def _normal(x: Floats, mean: Floats, theta: Floats, upper: Bools) -> Floats:
    from scipy.special import ndtr

    z = (x / mean - 1) * np.exp(-theta)
    return np.asarray(ndtr(np.where(upper, -z, z)))


def _ratio(mean: float, cv: float) -> float:
    """Variance over mean, less 1; at least 0.02."""
    return max(cv * cv * mean - 1, 0.02)


def _weibull_cv(theta: float, mean: float) -> float:
    k = math.exp(theta)
    return math.sqrt(math.expm1(math.lgamma(1 + 2 / k) - 2 * math.lgamma(1 + 1 / k)))


POISSON = Candidate(
    "poisson",
    _poisson,
    start=lambda mean, cv: 0.0,
    cv=lambda theta, mean: 1 / math.sqrt(mean),
    size=lambda mean, theta: np.full(np.shape(mean), np.inf),
    spread=False,
)
NEGATIVE_BINOMIAL = Candidate(
    "negative_binomial",
    lambda x, mean, theta, upper: _negative_binomial(x, mean, mean * np.exp(-theta), upper),
    start=lambda mean, cv: math.log(_ratio(mean, cv)),
    cv=lambda theta, mean: math.sqrt((1 + math.exp(theta)) / mean),
    size=lambda mean, theta: mean * np.exp(-theta),
)
NEGATIVE_BINOMIAL_2 = Candidate(
    "negative_binomial_2",
    lambda x, mean, theta, upper: _negative_binomial(x, mean, np.exp(-theta) + 0 * mean, upper),
    start=lambda mean, cv: math.log(_ratio(mean, cv) / mean),
    cv=lambda theta, mean: math.sqrt(1 / mean + math.exp(theta)),
    size=lambda mean, theta: np.exp(-theta) + 0 * mean,
)
GAMMA = Candidate("gamma", _gamma, start=lambda mean, cv: math.log(cv), cv=lambda theta, mean: math.exp(theta))
LOGNORMAL = Candidate(
    "lognormal",
    _lognormal,
    start=lambda mean, cv: math.log(math.log1p(cv * cv)) / 2,
    cv=lambda theta, mean: math.sqrt(math.expm1(math.exp(2 * theta))),
)
WEIBULL = Candidate("weibull", _weibull, start=lambda mean, cv: math.log(chance.weibull_power(cv)), cv=_weibull_cv)
NORMAL = Candidate("normal", _normal, start=lambda mean, cv: math.log(cv), cv=lambda theta, mean: math.exp(theta))

CANDIDATES = (POISSON, NEGATIVE_BINOMIAL, NEGATIVE_BINOMIAL_2, GAMMA, LOGNORMAL, WEIBULL, NORMAL)
"""In the order in which ties are broken (after the number of parameters)."""
