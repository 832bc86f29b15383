"""Laws: what a distribution in the scenario means, and how one uniform becomes one value of it.

A law is any object with the attributes of the scenario language (`law`, `mean`, `sd` or `cv`, `low`, ...), or a
mapping of them. Values come out in the law's own unit. Every law is drawn by inversion: a higher uniform never
gives a lower value (of a mixture: within its part, so that a change of one part moves nobody in another).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
_LONGEST_S = 2**31 - 1


@dataclass(frozen=True)
class Shape:
    """A law ready for use: its inverse survival function, survival function P(X > x), mean and sd."""

    upper: Callable[[Floats], Floats]
    survival: Callable[[Floats], Floats]
    mean: float
    sd: float
    parts: tuple[tuple[float, Shape], ...] = ()


def quantile(law: Any, u: ArrayLike) -> Floats:
    """The value of `law` at each uniform `u` (0 < u < 1)."""
    return _quantile(shape(law), np.asarray(u, dtype=float))


def quantile_exceeding(law: Any, u: ArrayLike, age: ArrayLike) -> Floats:
    """The value at `u` given that it exceeds `age` (same unit); `age` itself where no value of the law is larger."""
    u, age = np.broadcast_arrays(np.asarray(u, dtype=float), np.asarray(age, dtype=float))
    return _exceeding(shape(law), u, age)


def mean(law: Any) -> float:
    """The law's mean."""
    return shape(law).mean


def sd(law: Any) -> float:
    """The law's standard deviation."""
    return shape(law).sd


def survival(law: Any, x: ArrayLike) -> Floats:
    """P(X > x)."""
    return shape(law).survival(np.asarray(x, dtype=float))


def cdf(law: Any, x: ArrayLike) -> Floats:
    """P(X <= x)."""
    return np.asarray(1.0 - survival(law, x))


def to_seconds(x: ArrayLike, zero: bool = False) -> NDArray[np.int64]:
    """Whole seconds: floor(x + 0.5), at least 1 unless `zero` (the law was declared as 0), at most 2**31 - 1."""
    rounded = np.floor(np.asarray(x, dtype=float) + 0.5)
    return np.clip(rounded, 0 if zero else 1, _LONGEST_S).astype(np.int64)


def shape(law: Any) -> Shape:
    """The law's `Shape`. ValueError if there is no such law."""
    name = str(_field(law, "law"))
    if name not in LAWS:
        raise ValueError(f"there is no law {name!r}; there are {', '.join(LAWS)}")
    return LAWS[name](law)


def by_moments(name: str, mean: float, sd: float) -> Shape:
    """The lognormal, gamma, weibull or normal law of this mean and standard deviation."""
    if sd <= 0:
        return _discrete([mean], [1.0])
    return _BY_MOMENTS[name](mean, sd)


def _quantile(law: Shape, u: Floats) -> Floats:
    if law.parts:
        return _by_part(law, u, np.full(u.shape, -np.inf))
    return law.upper(1.0 - u)


def _exceeding(law: Shape, u: Floats, age: Floats) -> Floats:
    left = law.survival(age)
    possible = left > 0
    target = np.where(possible, left, 0.5) * (1.0 - u)
    later = _by_part(law, u, age) if law.parts else law.upper(target)
    return np.where(possible, np.maximum(later, age), age)


def _by_part(law: Shape, u: Floats, age: Floats) -> Floats:
    """One uniform chooses the part (by its share among those who exceed `age`) and the value within it."""
    weights = np.stack([share * part.survival(age) for share, part in law.parts])
    total = weights.sum(axis=0)
    ends = np.cumsum(weights / np.where(total > 0, total, 1.0), axis=0)
    chosen = np.minimum((ends < u).sum(axis=0), len(law.parts) - 1)
    begins = np.vstack([np.zeros((1, *u.shape)), ends[:-1]])
    out = np.empty(u.shape)
    for k, (_, part) in enumerate(law.parts):
        mine = chosen == k
        width = np.maximum(ends[k][mine] - begins[k][mine], np.finfo(float).tiny)
        within = np.clip((u[mine] - begins[k][mine]) / width, 2.0**-53, 1 - 2.0**-53)
        out[mine] = _exceeding(part, within, age[mine]) if part.parts or age.max() > -np.inf else part.upper(1 - within)
    return out


def _field(law: Any, name: str, default: Any = None) -> Any:
    """An attribute of a law, or an entry if it is a mapping."""
    if isinstance(law, Mapping):
        return law.get(name, default)
    return getattr(law, name, default)


def _spread(law: Any) -> float:
    """The declared standard deviation: `sd`, or `cv` times the mean."""
    declared = _field(law, "sd")
    return float(declared) if declared is not None else float(_field(law, "cv")) * float(_field(law, "mean"))


def _fixed(law: Any) -> Shape:
    return _discrete([float(_field(law, "value"))], [1.0])


def _exponential(law: Any) -> Shape:
    m = float(_field(law, "mean"))
    if m <= 0:
        return _discrete([0.0], [1.0])
    return Shape(lambda s: -m * np.log(s), lambda x: np.exp(-np.maximum(x, 0) / m), m, m)


def _lognormal(m: float, spread: float) -> Shape:
    from scipy.special import ndtr, ndtri

    sigma = math.sqrt(math.log1p((spread / m) ** 2))
    mu = math.log(m) - sigma**2 / 2

    def above(x: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            return np.asarray(ndtr((mu - np.log(np.maximum(x, 0))) / sigma))

    return Shape(lambda s: np.exp(mu - sigma * ndtri(s)), above, m, spread)


def _gamma(m: float, spread: float) -> Shape:
    from scipy.special import gammaincc, gammainccinv

    k = (m / spread) ** 2
    return Shape(lambda s: gammainccinv(k, s) * (m / k), lambda x: gammaincc(k, np.maximum(x, 0) * (k / m)), m, spread)


def _weibull(m: float, spread: float) -> Shape:
    k = weibull_power(spread / m)
    scale = m / math.gamma(1 + 1 / k)
    return Shape(
        lambda s: scale * (-np.log(s)) ** (1 / k), lambda x: np.exp(-((np.maximum(x, 0) / scale) ** k)), m, spread
    )


def _normal(m: float, spread: float) -> Shape:
    """max(0, Z): what lies below 0 is 0; Z is chosen so that mean and sd after the cut are those declared."""
    from scipy.special import ndtr, ndtri

    centre, sigma = uncut_normal(m, spread)
    return Shape(
        lambda s: np.maximum(centre - sigma * ndtri(s), 0.0),
        lambda x: np.where(x < 0, 1.0, ndtr((centre - x) / sigma)),
        m,
        spread,
    )


def _uniform(law: Any) -> Shape:
    low, high = float(_field(law, "low")), float(_field(law, "high"))
    return _steps([low, high], [1.0])


def _triangular(law: Any) -> Shape:
    low, mode, high = (float(_field(law, name)) for name in ("low", "mode", "high"))
    width = high - low
    if width <= 0:
        return _discrete([low], [1.0])
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


def _erlang(law: Any) -> Shape:
    m, k = float(_field(law, "mean")), float(_field(law, "k"))
    return by_moments("gamma", m, m / math.sqrt(k))


def _list(law: Any) -> Shape:
    values = _field(law, "values")
    pairs = values.items() if isinstance(values, Mapping) else values
    listed = sorted((float(value), float(share)) for value, share in pairs)
    return _discrete([v for v, _ in listed], [share for _, share in listed])


def _empirical(law: Any) -> Shape:
    values = sorted(float(v) for v in _field(law, "values"))
    return _discrete(values, [1.0] * len(values))


def _histogram(law: Any) -> Shape:
    bins = list(_field(law, "bins"))
    ends = [0.0, *(float(_field(b, "to")) for b in bins)]
    return _steps(ends, [float(_field(b, "share")) for b in bins])


def _mixture(law: Any) -> Shape:
    shares = np.array([float(_field(part, "share")) for part in _field(law, "parts")])
    shares /= shares.sum()
    shapes = [shape(_field(part, "of", part)) for part in _field(law, "parts")]
    m = float(sum(w * s.mean for w, s in zip(shares, shapes, strict=True)))
    second = float(sum(w * (s.sd**2 + s.mean**2) for w, s in zip(shares, shapes, strict=True)))
    parts = tuple((float(w), s) for w, s in zip(shares, shapes, strict=True))

    def above(x: Floats) -> Floats:
        return np.asarray(sum(w * s.survival(x) for w, s in parts))

    def upper(s: Floats) -> Floats:
        raise NotImplementedError("a mixture is drawn by part")

    return Shape(upper, above, m, math.sqrt(max(second - m * m, 0.0)), parts)


def _discrete(values: list[float], weights: list[float]) -> Shape:
    """Ascending values with weights."""
    at, share = np.array(values), np.array(weights) / np.sum(weights)
    left = np.append(np.maximum(1.0 - np.cumsum(share)[:-1], 0.0), 0.0)
    padded = np.append(1.0, left)
    m = float(share @ at)
    return Shape(
        lambda s: at[np.searchsorted(-left, -np.asarray(s))],
        lambda x: padded[np.searchsorted(at, x, side="right")],
        m,
        math.sqrt(max(float(share @ (at - m) ** 2), 0.0)),
    )


def _steps(ends: list[float], weights: list[float]) -> Shape:
    """Uniform inside each bin between ascending `ends`."""
    at, share = np.array(ends), np.array(weights) / np.sum(weights)
    left = np.append(np.maximum(1.0 - np.concatenate(([0.0], np.cumsum(share)[:-1])), 0.0), 0.0)
    middle, width = (at[1:] + at[:-1]) / 2, np.diff(at)
    m = float(share @ middle)
    var = float(share @ (width**2 / 12 + (middle - m) ** 2))
    return Shape(
        lambda s: np.interp(-s, -left, at), lambda x: np.interp(x, at, left, left=1.0, right=0.0), m, math.sqrt(var)
    )


@lru_cache(maxsize=1024)
def weibull_power(cv: float) -> float:
    """The Weibull shape whose coefficient of variation is `cv`, by bisection."""

    def excess(k: float) -> float:
        return math.lgamma(1 + 2 / k) - 2 * math.lgamma(1 + 1 / k) - math.log1p(cv * cv)

    return _bisected(excess, 0.02, 1e4)


@lru_cache(maxsize=1024)
def uncut_normal(mean: float, sd: float) -> tuple[float, float]:
    """(centre, sigma) of the normal Z for which max(0, Z) has this mean and standard deviation."""

    def moments(a: float) -> tuple[float, float]:
        tail, density = 0.5 * math.erfc(-a / math.sqrt(2)), math.exp(-a * a / 2) / math.sqrt(2 * math.pi)
        first = a * tail + density
        return first, (a * a + 1) * tail + a * density - first * first

    def excess(a: float) -> float:
        first, variance = moments(a)
        return math.sqrt(variance) / first - sd / mean

    a = mean / sd if sd < mean / 9 else _bisected(excess, -6.0, 10.0)
    sigma = mean / moments(a)[0]
    return a * sigma, sigma


def _bisected(falling: Callable[[float], float], low: float, high: float) -> float:
    """Where a falling function crosses 0, to the last bit."""
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return (low + high) / 2


def _moment_law(name: str) -> Callable[[Any], Shape]:
    def made(law: Any) -> Shape:
        return by_moments(name, float(_field(law, "mean")), _spread(law))

    return made


def _names(names: Iterable[str]) -> dict[str, Callable[[Any], Shape]]:
    return {name: _moment_law(name) for name in names}


_BY_MOMENTS: dict[str, Callable[[float, float], Shape]] = {
    "lognormal": _lognormal,
    "gamma": _gamma,
    "weibull": _weibull,
    "normal": _normal,
}
LAWS: dict[str, Callable[[Any], Shape]] = {
    "fixed": _fixed,
    "exponential": _exponential,
    **_names(_BY_MOMENTS),
    "uniform": _uniform,
    "triangular": _triangular,
    "erlang": _erlang,
    "list": _list,
    "empirical": _empirical,
    "histogram": _histogram,
    "mixture": _mixture,
}
"""Every law of the scenario language and how it becomes a `Shape`."""
