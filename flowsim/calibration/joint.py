"""What goes together: the luck of two resources in the same weeks, and the contacts and hours of one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from flowsim import chance
from flowsim.calibration.describe import lag1, pearson_correlation, scores, slope
from flowsim.calibration.evidence import Evidence
from flowsim.calibration.mean_model import with_terms
from flowsim.calibration.series import Series

Floats = NDArray[np.float64]
FEWEST_SHARED = 40
SAMPLES = 999


@dataclass(frozen=True)
class Together:
    """Correlation of normal scores of two resources' luck, its 90 % bootstrap interval; kept if that excludes 0."""

    first: str
    second: str
    correlation: float
    interval: tuple[float, float]
    weeks: int
    kept: bool


@dataclass(frozen=True)
class HoursLuck:
    """Hours of the same weeks once each has its own season taken out.

    `elasticity`: hours' luck rises as contacts' luck to this power. `correlation`: of normal scores, for a Gaussian
    copula of the two laws; whole pairs of weeks are drawn where history itself is used.
    """

    level: float
    season: tuple[tuple[str, float], ...]
    cv: float
    lag1: float
    pearson: float
    correlation: float
    elasticity: float


def correlations(found: list[Evidence], seed: int) -> tuple[Together, ...]:
    """Every pair of resources with at least 40 weeks in common."""
    pairs = (_together(a, b, seed) for a, b in combinations(found, 2))
    return tuple(one for one in pairs if one is not None)


def hours_luck(evidence: Evidence) -> HoursLuck | None:
    """How hours vary and follow contacts; None without hours or for fewer than 26 weeks."""
    series = evidence.series
    if series.hours is None or len(series.y) < 26 or not (series.hours > 0).any():
        return None
    hours = Series(**{**vars(series), "y": series.hours, "hours": None})
    model = with_terms(hours, evidence.model.terms)
    contacts, worked = series.y / evidence.model.mean, series.hours / model.mean
    both = (contacts > 0) & (worked > 0)
    log_c, log_h = np.log(contacts[both]), np.log(worked[both])
    factors = model.season()
    return HoursLuck(
        level=model.level()[0],
        season=tuple((weeks, round(float(factors[first]), 4)) for weeks, first in model.season_runs()),
        cv=float(worked.std(ddof=1)),
        lag1=float(lag1((log_h - log_h.mean())[None, :], series.number[both])[0]),
        pearson=pearson_correlation(contacts, worked),
        correlation=pearson_correlation(scores(contacts), scores(worked)),
        elasticity=slope(log_c, log_h)[0],
    )


def _together(a: Evidence, b: Evidence, seed: int) -> Together | None:
    shared, first, second = np.intersect1d(a.series.number, b.series.number, return_indices=True)
    if len(shared) < FEWEST_SHARED:
        return None
    x, y = (a.series.y / a.model.mean)[first], (b.series.y / b.model.mean)[second]
    x, y = scores(x), scores(y)
    n = len(shared)
    stream = f"together:{a.series.resource}:{b.series.resource}"
    at = np.floor(n * chance.uniform(seed, 0, stream, np.arange(SAMPLES * n))).astype(int).reshape(SAMPLES, n)
    low, high = np.quantile(_rows(x[at], y[at]), [0.05, 0.95])
    names = a.series.resource, b.series.resource
    return Together(*names, pearson_correlation(x, y), (float(low), float(high)), n, bool(low > 0 or high < 0))


def _rows(x: Floats, y: Floats) -> Floats:
    """Correlation of each row."""
    dx, dy = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    return np.asarray((dx * dy).sum(axis=1) / np.sqrt((dx**2).sum(axis=1) * (dy**2).sum(axis=1)))
