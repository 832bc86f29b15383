"""Shapes: the mathematics of each law, from plain numbers. What a law in a scenario means is said in `laws`.

A shape is drawn by inversion from its upper end: `upper(s)` is the value that a share s of all exceeds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Shape:
    """A law ready for use: its inverse survival function, survival function P(X > x), mean and sd."""

    upper: Callable[[Floats], Floats]
    survival: Callable[[Floats], Floats]
    mean: float
    sd: float
    parts: tuple[tuple[float, Shape], ...] = ()
    """(share, shape) of a mixture."""

    def quantile(self, u: Floats) -> Floats:
        """Values at uniforms `u`."""
        return _by_part(self, u, np.full(u.shape, -np.inf)) if self.parts else self.upper(1.0 - u)

    def exceeding(self, u: Floats, age: Floats) -> Floats:
        """Values at `u` given that they exceed `age`; `age` itself where the law has no larger value."""
        left = self.survival(age)
        possible = left > 0
        if self.parts:
            later = _by_part(self, u, age)
        else:
            later = self.upper(np.where(possible, left, 0.5) * (1.0 - u))
        return np.where(possible, np.maximum(later, age), age)


def special() -> Any:
    """scipy.special, fetched when a value is first needed (means and sds need none of it)."""
    import scipy.special

    return scipy.special


def exponential(mean: float) -> Shape:
    """Without memory."""
    if mean <= 0:
        return discrete([0.0], [1.0])
    return Shape(lambda s: -mean * np.log(s), lambda x: np.exp(-np.maximum(x, 0) / mean), mean, mean)


def lognormal(mean: float, sd: float) -> Shape:
    """Exp of a normal with this mean and sd."""
    sigma = math.sqrt(math.log1p((sd / mean) ** 2))
    mu = math.log(mean) - sigma**2 / 2

    def above(x: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            return np.asarray(special().ndtr((mu - np.log(np.maximum(x, 0))) / sigma))

    return Shape(lambda s: np.exp(mu - sigma * special().ndtri(s)), above, mean, sd)


def gamma(mean: float, sd: float) -> Shape:
    """Gamma of this mean and sd; Erlang if (mean / sd)^2 is whole."""
    k = (mean / sd) ** 2
    return Shape(
        lambda s: special().gammainccinv(k, s) * (mean / k),
        lambda x: special().gammaincc(k, np.maximum(x, 0) * (k / mean)),
        mean,
        sd,
    )


def weibull(mean: float, sd: float) -> Shape:
    """Weibull of this mean and sd."""
    k = weibull_power(sd / mean)
    scale = mean / math.gamma(1 + 1 / k)
    return Shape(
        lambda s: scale * (-np.log(s)) ** (1 / k), lambda x: np.exp(-((np.maximum(x, 0) / scale) ** k)), mean, sd
    )


def normal(mean: float, sd: float) -> Shape:
    """max(0, Z): what lies below 0 is 0; Z is chosen so that mean and sd after the cut are those given."""
    centre, sigma = uncut_normal(mean, sd)
    return Shape(
        lambda s: np.maximum(centre - sigma * special().ndtri(s), 0.0),
        lambda x: np.where(x < 0, 1.0, special().ndtr((centre - x) / sigma)),
        mean,
        sd,
    )


BY_MOMENTS: dict[str, Callable[[float, float], Shape]] = {
    "lognormal": lognormal,
    "gamma": gamma,
    "weibull": weibull,
    "normal": normal,
}


def by_moments(name: str, mean: float, sd: float) -> Shape:
    """The lognormal, gamma, weibull or normal shape of this mean and sd; always the mean if sd is 0."""
    return BY_MOMENTS[name](mean, sd) if sd > 0 and mean > 0 else discrete([mean], [1.0])


def triangular(low: float, mode: float, high: float) -> Shape:
    """Density rising from `low` to `mode`, falling to `high`."""
    width = high - low
    if width <= 0:
        return discrete([low], [1.0])
    right = (high - mode) / width

    def upper(s: Floats) -> Floats:
        falling = high - np.sqrt(s * width * (high - mode))
        return np.where(s <= right, falling, low + np.sqrt((1 - s) * width * (mode - low)))

    def above(x: Floats) -> Floats:
        x = np.clip(x, low, high)
        with np.errstate(divide="ignore", invalid="ignore"):
            rising = 1 - (x - low) ** 2 / (width * (mode - low))
            falling = (high - x) ** 2 / (width * (high - mode))
        return np.where(x < mode, rising, np.where(high > mode, falling, (x < high).astype(float)))

    var = (low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18
    return Shape(upper, above, (low + mode + high) / 3, math.sqrt(var))


def discrete(values: Sequence[float], weights: Sequence[float]) -> Shape:
    """Ascending values with weights."""
    at, share = np.array(values, dtype=float), np.array(weights) / np.sum(weights)
    left = np.append(np.maximum(1.0 - np.cumsum(share)[:-1], 0.0), 0.0)
    padded = np.append(1.0, left)
    mean = float(share @ at)
    return Shape(
        lambda s: at[np.searchsorted(-left, -np.asarray(s))],
        lambda x: padded[np.searchsorted(at, x, side="right")],
        mean,
        math.sqrt(max(float(share @ (at - mean) ** 2), 0.0)),
    )


def steps(ends: Sequence[float], weights: Sequence[float]) -> Shape:
    """Uniform inside each bin between ascending `ends`."""
    at, share = np.array(ends, dtype=float), np.array(weights) / np.sum(weights)
    left = np.append(np.maximum(1.0 - np.concatenate(([0.0], np.cumsum(share)[:-1])), 0.0), 0.0)
    middle, width = (at[1:] + at[:-1]) / 2, np.diff(at)
    mean = float(share @ middle)
    var = float(share @ (width**2 / 12 + (middle - mean) ** 2))
    return Shape(
        lambda s: np.interp(-s, -left, at), lambda x: np.interp(x, at, left, left=1.0, right=0.0), mean, math.sqrt(var)
    )


def mixture(shares: Sequence[float], shapes: Sequence[Shape]) -> Shape:
    """Each shape for its share. Drawn by part: not monotone in u, but a change of one part moves nobody in another."""
    weights = np.array(shares, dtype=float) / np.sum(shares)
    parts = tuple((float(w), one) for w, one in zip(weights, shapes, strict=True))
    mean = sum(w * one.mean for w, one in parts)
    second = sum(w * (one.sd**2 + one.mean**2) for w, one in parts)

    def upper(s: Floats) -> Floats:
        raise NotImplementedError("a mixture is drawn by part")

    def above(x: Floats) -> Floats:
        return np.asarray(sum(w * one.survival(x) for w, one in parts))

    return Shape(upper, above, mean, math.sqrt(max(second - mean * mean, 0.0)), parts)


def _by_part(whole: Shape, u: Floats, age: Floats) -> Floats:
    """One uniform chooses the part (by its share among those who exceed `age`), then the value within it."""
    weights = np.stack([share * part.survival(age) for share, part in whole.parts])
    total = weights.sum(axis=0)
    ends = np.cumsum(weights / np.where(total > 0, total, 1.0), axis=0)
    chosen = np.minimum((ends < u).sum(axis=0), len(whole.parts) - 1)
    begins = np.concatenate([np.zeros((1, *u.shape)), ends[:-1]])
    out = np.empty(u.shape)
    for k, (_, part) in enumerate(whole.parts):
        mine = chosen == k
        width = np.maximum(ends[k][mine] - begins[k][mine], np.finfo(float).tiny)
        within = np.clip((u[mine] - begins[k][mine]) / width, 2.0**-53, 1 - 2.0**-53)
        out[mine] = part.exceeding(within, age[mine])
    return out


@lru_cache(maxsize=1024)
def weibull_power(cv: float) -> float:
    """The Weibull power whose coefficient of variation is `cv`."""

    def excess(k: float) -> float:
        return math.lgamma(1 + 2 / k) - 2 * math.lgamma(1 + 1 / k) - math.log1p(cv * cv)

    return _root(excess, 0.02, 1e4)


@lru_cache(maxsize=1024)
def uncut_normal(mean: float, sd: float) -> tuple[float, float]:
    """(centre, sigma) of the normal Z for which max(0, Z) has this mean and sd."""

    def moments(a: float) -> tuple[float, float]:
        tail, density = 0.5 * math.erfc(-a / math.sqrt(2)), math.exp(-a * a / 2) / math.sqrt(2 * math.pi)
        first = a * tail + density
        return first, (a * a + 1) * tail + a * density - first * first

    def excess(a: float) -> float:
        first, variance = moments(a)
        return math.sqrt(variance) / first - sd / mean

    a = mean / sd if sd < mean / 9 else _root(excess, -6.0, 10.0)
    sigma = mean / moments(a)[0]
    return a * sigma, sigma


def _root(falling: Callable[[float], float], low: float, high: float) -> float:
    """Where a falling function crosses 0, by halving."""
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return (low + high) / 2
