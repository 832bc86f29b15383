"""Laws: what a distribution in the scenario means, and how one uniform becomes one value of it.

A law is any object with the attributes of the scenario language (`law`, `mean`, `sd` or `cv`, `low`, ...), or a
mapping of them. Values come out in the law's own unit. A higher uniform never gives a lower value (of a mixture:
within its part).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from flowsim.chance import shapes
from flowsim.chance.shapes import Shape

Floats = NDArray[np.float64]
_LONGEST_S = 2**31 - 1


def quantile(law: Any, u: ArrayLike) -> Floats:
    """The value of `law` at each uniform `u` (0 < u < 1)."""
    return shape(law).quantile(np.asarray(u, dtype=float))


def quantile_exceeding(law: Any, u: ArrayLike, age: ArrayLike) -> Floats:
    """The value at `u` given that it exceeds `age` (same unit); `age` itself where no value of the law is larger."""
    u, age = np.broadcast_arrays(np.asarray(u, dtype=float), np.asarray(age, dtype=float))
    return shape(law).exceeding(u, age)


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
    name = str(field(law, "law"))
    if name not in LAWS:
        raise ValueError(f"there is no law {name!r}; there are {', '.join(LAWS)}")
    return LAWS[name](law)


def field(law: Any, name: str, default: Any = None) -> Any:
    """An attribute of a law, or an entry if it is a mapping."""
    if isinstance(law, Mapping):
        return law.get(name, default)
    return getattr(law, name, default)


def _number(law: Any, name: str) -> float:
    return float(field(law, name))


def _moments(name: str) -> Callable[[Any], Shape]:
    """A law declared by its mean and its `sd`, or `cv` (sd over mean)."""

    def made(law: Any) -> Shape:
        m, spread = _number(law, "mean"), field(law, "sd")
        return shapes.by_moments(name, m, float(spread) if spread is not None else m * _number(law, "cv"))

    return made


def _erlang(law: Any) -> Shape:
    m = _number(law, "mean")
    return shapes.by_moments("gamma", m, m / math.sqrt(_number(law, "k")))


def _list(law: Any) -> Shape:
    values = field(law, "values")
    pairs = values.items() if isinstance(values, Mapping) else values
    listed = sorted((float(value), float(share)) for value, share in pairs)
    return shapes.discrete([value for value, _ in listed], [share for _, share in listed])


def _empirical(law: Any) -> Shape:
    values = sorted(float(value) for value in field(law, "values"))
    return shapes.discrete(values, [1.0] * len(values))


def _histogram(law: Any) -> Shape:
    bins = list(field(law, "bins"))
    return shapes.steps([0.0, *(_number(one, "to") for one in bins)], [_number(one, "share") for one in bins])


def _mixture(law: Any) -> Shape:
    parts = list(field(law, "parts"))
    return shapes.mixture([_number(one, "share") for one in parts], [shape(field(one, "of", one)) for one in parts])


LAWS: dict[str, Callable[[Any], Shape]] = {
    "fixed": lambda law: shapes.discrete([_number(law, "value")], [1.0]),
    "exponential": lambda law: shapes.exponential(_number(law, "mean")),
    **{name: _moments(name) for name in shapes.BY_MOMENTS},
    "uniform": lambda law: shapes.steps([_number(law, "low"), _number(law, "high")], [1.0]),
    "triangular": lambda law: shapes.triangular(*(_number(law, name) for name in ("low", "mode", "high"))),
    "erlang": _erlang,
    "list": _list,
    "empirical": _empirical,
    "histogram": _histogram,
    "mixture": _mixture,
}
"""Every law of the scenario language and how it becomes a `Shape`."""
