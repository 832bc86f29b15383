"""Forecasts: many possible courses of weeks after a history, with parameters drawn from their sampling law.

Ways the trend may go on: `carried_on` as it was, `damped` (its slope loses 2 % a week, half in 34 weeks),
`last_year` (no further change: the level of the last 52 weeks), `all_years` (no trend at all).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flowsim import chance
from flowsim.calibration import terms as t
from flowsim.calibration.candidates import NEGATIVE_BINOMIAL, drawn
from flowsim.calibration.courses import courses
from flowsim.calibration.mean_model import dispersion, quasi_poisson
from flowsim.calibration.series import YEAR_WEEKS, Series

Floats = NDArray[np.float64]
WAYS = ("carried_on", "damped", "last_year", "all_years")
DAMPING = 0.98
YEAR = 52


@dataclass(frozen=True)
class Ask:
    """How a forecast is drawn: the way the trend goes on, autocorrelation, number of courses, seed."""

    way: str
    lag1: float = 0.0
    paths: int = 4000
    seed: int = 1


def forecast(train: Series, terms: tuple[str, ...], later: Series, ask: Ask) -> Floats:
    """(paths, weeks of `later`): negative binomial weeks around a mean of these terms, carried beyond its history."""
    names = tuple(name for name in terms if not (name == "trend" and ask.way in ("last_year", "all_years")))
    past = t.design(names, train, train.years)
    future = t.design(names, later, _years(train, later, ask.way))
    coefficients, mean = quasi_poisson(past, train.y[None, :])
    phi = float(dispersion(train.y[None, :], mean, past.shape[1])[0])
    spread = np.linalg.cholesky(np.linalg.inv((past.T * mean[0]) @ past) * max(phi, 1.0))
    logs = (coefficients + _normal(ask, "coefficients", past.shape[1]) @ spread.T) @ future.T
    if ask.way == "last_year":
        logs = logs + _last_year(train, mean[0], phi, ask)
    means = np.exp(np.clip(logs, -30, 30))
    theta = np.log(np.maximum(_phis(phi, len(train.y) - past.shape[1], ask) - 1, 1e-4))
    return drawn(
        NEGATIVE_BINOMIAL, courses(ask.seed, "forecast:weeks", later.number, ask.lag1, ask.paths), means, theta
    )


def seasonal_naive(train: Series, later: Series, paths: int = 4000, seed: int = 1) -> Floats:
    """(paths, weeks): the value 52 weeks before, and one of all differences over 52 weeks, at least 0."""
    value = dict(zip(train.number.tolist(), train.y.tolist(), strict=True))
    steps = np.array([y - value[n - YEAR] for n, y in value.items() if n - YEAR in value])
    before = np.array([value.get(n - YEAR, train.y[-YEAR:].mean()) for n in later.number.tolist()])
    u = chance.uniform(seed, 0, "naive", np.arange(paths * len(before))).reshape(paths, -1)
    return np.maximum(before + steps[np.floor(len(steps) * u).astype(int)], 0.0)


def crps(paths: Floats, seen: Floats) -> Floats:
    """Continuous ranked probability score by week: mean |X - y| - mean |X - X'| / 2, in the unit of the weeks."""
    ordered, m = np.sort(paths, axis=0), len(paths)
    weight = (2 * np.arange(1, m + 1) - m - 1)[:, None]
    half_apart = (weight * ordered).sum(axis=0) / m**2
    return np.asarray(np.abs(ordered - seen).mean(axis=0) - half_apart)


def covered(paths: Floats, seen: Floats, level: float) -> int:
    """How many weeks lie inside the central interval; its ends count as inside."""
    low, high = np.quantile(paths, [(1 - level) / 2, (1 + level) / 2], axis=0, method="inverted_cdf")
    return int(((seen >= low) & (seen <= high)).sum())


def _years(train: Series, later: Series, way: str) -> Floats:
    """Where the trend has come to in each later week, in years since the first."""
    end = train.number[-1]
    beyond = np.asarray(later.number - end, dtype=float)
    if way == "damped":
        beyond = DAMPING * (1 - DAMPING**beyond) / (1 - DAMPING)
    return np.asarray((end - train.number[0] + beyond) / YEAR_WEEKS)


def _last_year(train: Series, mean: Floats, phi: float, ask: Ask) -> Floats:
    """(paths, 1): by how much the last 52 weeks differ from all years, on the log scale, with its error."""
    last = train.number > train.number[-1] - YEAR
    seen = max(float(train.y[last].sum()), 1.0)
    error = np.sqrt(max(phi, 1.0) / seen)
    return np.asarray(np.log(seen / mean[last].sum()) + error * _normal(ask, "last year", 1))


def _normal(ask: Ask, what: str, columns: int) -> Floats:
    from scipy.special import ndtri

    u = chance.uniform(ask.seed, 0, f"forecast:{what}", np.arange(ask.paths * columns))
    return np.asarray(ndtri(u).reshape(ask.paths, columns))


def _phis(phi: float, free: int, ask: Ask) -> Floats:
    """Dispersions: phi times free over a chi-square of so many degrees."""
    from scipy.special import chdtri

    u = chance.uniform(ask.seed, 0, "forecast:phi", np.arange(ask.paths))
    return np.asarray(phi * free / chdtri(free, u))[:, None]
