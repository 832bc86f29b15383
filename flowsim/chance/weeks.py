"""A week's luck: by what factor a resource's capacity differs from its plan in one ISO week.

A function of (seed, replication, resource, week) only: a longer horizon, a warm-up or a further resource moves no
week of any other. Weeks are counted from Monday 1 January of year 1 (`week_number`).
Source: flowsim's calibration notes, section 8 (moving sum with geometric weights, Gaussian copula).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from flowsim.chance.laws import field
from flowsim.chance.shapes import by_moments
from flowsim.chance.streams import uniform

Floats = NDArray[np.float64]


def week_number(day: date) -> int:
    """The ISO week of a date as one running number (Monday 0001-01-01 begins week 0)."""
    return (day.toordinal() - 1) // 7


def weekly_luck(
    spec: Any, seed: int, replication: int, resource: str, weeks: ArrayLike, shared: Mapping[str, float] | None = None
) -> Floats:
    """Luck of `resource` in each week (running numbers), mean 1 unless `lowest` raises it.

    `spec` is the scenario's `luck` (attributes or mapping): `law` lognormal, gamma, normal or weibull with `cv` and
    `lag1`; or bootstrap with `values` and `block_weeks`; or classes with `classes` (name: share and factor) and
    perhaps `transition` (name: next name: probability). `level_out` s gives 1 + s (luck - 1), then `lowest` m gives
    max(luck, m). `shared`: this resource's row of `loadings`; past weeks and classes are drawn as those of the one
    resource it names, if it is one. None as `spec` is no luck: 1.
    """
    weeks = np.atleast_1d(np.asarray(weeks, dtype=np.int64))
    if spec is None:
        return np.ones(len(weeks))
    name = str(field(spec, "law"))
    drawn_as = next(iter(shared)) if shared and len(shared) == 1 else resource
    if name == "bootstrap":
        luck = _bootstrapped(spec, seed, replication, drawn_as, weeks)
    elif name == "classes":
        luck = _by_class(spec, seed, replication, drawn_as, weeks)
    else:
        lag1 = float(field(spec, "lag1") or 0.0)
        u = weekly_uniforms(seed, replication, resource, weeks, lag1, shared)
        luck = by_moments(name, 1.0, float(field(spec, "cv"))).quantile(u)
    return _levelled(spec, luck)


def weekly_uniforms(
    seed: int,
    replication: int,
    resource: str,
    weeks: ArrayLike,
    lag1: float = 0.0,
    shared: Mapping[str, float] | None = None,
) -> Floats:
    """Phi(z_w): uniforms of weeks whose normal scores have autocorrelation lag1**k. Strictly between 0 and 1."""
    from scipy.special import ndtr

    u = ndtr(weekly_normals(seed, replication, resource, weeks, lag1, shared))
    return np.clip(u, 2.0**-53, 1 - 2.0**-53)


def weekly_normals(
    seed: int,
    replication: int,
    resource: str,
    weeks: ArrayLike,
    lag1: float = 0.0,
    shared: Mapping[str, float] | None = None,
) -> Floats:
    """z_w = c sum_{j=0..J} rho**j e_{w-j}, standard normal; J where rho**J < 1e-6; negative rho counts as 0.

    e_w is the resource's own normal score of week w, or with `shared` the loaded sum of several resources' scores.
    """
    weeks = np.atleast_1d(np.asarray(weeks, dtype=np.int64))
    if not len(weeks):
        return np.zeros(0)
    back = math.ceil(math.log(1e-6) / math.log(lag1)) if lag1 > 0 else 0
    rho = max(lag1, 0.0)
    first = int(weeks.min()) - back
    scores = _scores(seed, replication, shared or {resource: 1.0}, np.arange(first, int(weeks.max()) + 1))
    scale = math.sqrt((1 - rho**2) / (1 - rho ** (2 * back + 2)))
    summed = scores[weeks - first]
    for j in range(1, back + 1):
        summed = summed + rho**j * scores[weeks - first - j]
    return scale * summed


def loadings(names: Sequence[str], correlation: ArrayLike) -> dict[str, dict[str, float]]:
    """Rows of the Cholesky factor of a correlation matrix in file order: what `shared` wants, by resource.

    A resource added last moves no other. ValueError if the matrix is not a correlation matrix.
    """
    matrix = np.asarray(correlation, dtype=float)
    if matrix.shape != (len(names), len(names)) or not np.allclose(np.diag(matrix), 1):
        raise ValueError("a correlation matrix has one row and column for each resource, and 1 on its diagonal")
    try:
        lower = np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        raise ValueError("these correlations contradict each other: the matrix is not positive definite") from None
    return {name: {names[k]: float(lower[i, k]) for k in range(i + 1)} for i, name in enumerate(names)}


def stationary(transition: ArrayLike) -> Floats:
    """Long-run shares of classes whose weeks follow each other by `transition` (rows sum to 1)."""
    rows = np.asarray(transition, dtype=float)
    n = len(rows)
    system = np.vstack([rows.T - np.eye(n), np.ones(n)])
    return np.asarray(np.linalg.lstsq(system, np.append(np.zeros(n), 1.0), rcond=None)[0])


def _scores(seed: int, replication: int, shared: Mapping[str, float], weeks: NDArray[np.int64]) -> Floats:
    from scipy.special import ndtri

    total = np.zeros(len(weeks))
    for name, loading in shared.items():
        if loading:
            total += loading * ndtri(uniform(seed, replication, f"luck:{name}", weeks))
    return total


def _bootstrapped(spec: Any, seed: int, replication: int, resource: str, weeks: NDArray[np.int64]) -> Floats:
    """Blocks of history: block floor(w / b) starts at a drawn week of the history and goes round it, as a circle."""
    values = np.array([float(v) for v in field(spec, "values")])
    length = int(field(spec, "block_weeks") or 4)
    u = uniform(seed, replication, f"luck:{resource}", weeks // length)
    start = np.floor(len(values) * u).astype(np.int64)
    return np.asarray(values[(start + weeks % length) % len(values)])


def _by_class(spec: Any, seed: int, replication: int, resource: str, weeks: NDArray[np.int64]) -> Floats:
    """Low, mid and high weeks: each week's class by shares, or by the row of the week before."""
    classes, rows = dict(field(spec, "classes")), field(spec, "transition")
    factor = np.array([float(field(one, "factor")) for one in classes.values()])
    if rows is None:
        share = np.cumsum([float(field(one, "share")) for one in classes.values()])
        u = uniform(seed, replication, f"luck:{resource}", weeks)
        return np.asarray(factor[np.minimum(np.searchsorted(share, u), len(factor) - 1)])
    ends = np.cumsum([[float(rows[one].get(other, 0.0)) for other in classes] for one in classes], axis=1)
    return np.asarray(factor[_chain_of_classes(ends, seed, replication, f"luck:{resource}", weeks)])


def _chain_of_classes(
    ends: Floats, seed: int, replication: int, stream: str, weeks: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The class of each week of a chain without beginning.

    Begun in every class at once, so long before the first week that all have met by then (coupling from the past):
    exactly stationary, and the same whatever week is asked for first. At most 4,096 weeks back.
    """
    first, last, back = int(weeks.min()), int(weeks.max()), 32
    while True:
        u = uniform(seed, replication, stream, np.arange(first - back, last + 1))
        follows = np.minimum((ends[None, :, :] < u[:, None, None]).sum(axis=2), len(ends) - 1)
        state = np.arange(len(ends))
        for row in follows[:back]:
            state = row[state]
        if back >= 4096 or (state == state[0]).all():
            break
        back *= 4
    chain = np.empty(last - first + 1, dtype=np.int64)
    chain[0] = now = follows[back][state[0]]
    for i, row in enumerate(follows[back + 1 :], start=1):
        chain[i] = now = row[now]
    return np.asarray(chain[weeks - first])


def _levelled(spec: Any, luck: Floats) -> Floats:
    level_out, lowest = field(spec, "level_out"), field(spec, "lowest")
    if level_out is not None:
        luck = 1.0 + float(level_out) * (luck - 1.0)
    return np.maximum(luck, float(lowest)) if lowest is not None else luck
