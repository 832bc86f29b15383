"""What goes together: the luck of two resources in the same weeks, and the contacts and hours of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flowsim import chance
from flowsim.calibration.candidates import CANDIDATES, fitted, maximum_likelihood
from flowsim.calibration.describe import lag1, pearson_correlation, scores, slope
from flowsim.calibration.evidence import Evidence
from flowsim.calibration.luck import CONTINUOUS, ordinary_ratios
from flowsim.calibration.mean_model import MeanModel, with_terms
from flowsim.calibration.production_plan import classes
from flowsim.calibration.series import Series

Floats = NDArray[np.float64]
FEWEST_SHARED = 40
SAMPLES = 999
SURE = 1.645
"""Standard errors, 1 / sqrt(weeks), that an autocorrelation must exceed to be kept."""


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
    luck: dict[str, Any] = field(default_factory=dict)
    """As the scenario language writes it; past weeks, the same as the contacts', where those are drawn from."""


def correlations(found: list[Evidence], seed: int) -> tuple[Together, ...]:
    """Every pair of resources with at least 40 weeks in common."""
    pairs = (_together(a, b, seed) for a, b in combinations(found, 2))
    return tuple(one for one in pairs if one is not None)


def hours_luck(evidence: Evidence, luck: dict[str, Any]) -> HoursLuck | None:
    """How hours vary and follow contacts, whose `luck` is given.

    None without hours, for fewer than 26 weeks, or where one of the two never varies.
    """
    series = evidence.series
    if series.hours is None or len(series.y) < 26 or not (np.ptp(series.hours) and np.ptp(series.y)):
        return None
    hours = Series(**{**vars(series), "y": series.hours, "hours": None})
    model = with_terms(hours, evidence.model.terms)
    contacts, worked = series.y / evidence.model.mean, series.hours / model.mean
    both = (contacts > 0) & (worked > 0)
    log_c, log_h = np.log(contacts[both]), np.log(worked[both])
    factors = model.season()
    following = float(lag1((log_h - log_h.mean())[None, :], series.number[both])[0])
    return HoursLuck(
        level=model.level()[0],
        season=tuple((weeks, round(float(factors[first]), 4)) for weeks, first in model.season_runs()),
        cv=float(worked.std(ddof=1)),
        lag1=following,
        pearson=pearson_correlation(contacts, worked),
        correlation=pearson_correlation(scores(contacts), scores(worked)),
        elasticity=slope(log_c, log_h)[0],
        luck=_luck_of_hours(hours, model, luck, contacts, following),
    )


def _luck_of_hours(
    hours: Series, model: MeanModel, contacts: dict[str, Any], ratios: Floats, following: float
) -> dict[str, Any]:
    """Past weeks or classes where the contacts' luck (`ratios`: seen over expected) is such, else a law.

    The law is that of lowest AIC; lag1 is kept if chance rarely gives so much.
    """
    if contacts["law"] == "bootstrap":
        return {**contacts, "values": ordinary_ratios(hours, model)}
    if contacts["law"] == "classes":
        return {**contacts, "classes": _hours_by_class(hours.y / model.mean, ratios, contacts["classes"])}
    y, found = np.floor(hours.y + 0.5)[None, :], []
    for law in CANDIDATES:
        if law.name in CONTINUOUS:
            at, value = maximum_likelihood(law, y, model.design)
            mean, theta = fitted(law, at, model.design)
            found.append((-float(value[0]), law.name, law.cv(float(theta[0, 0]), float(mean.mean()))))
    _, name, cv = min(found)
    real = following > SURE / np.sqrt(y.shape[1])
    return {"law": name, "cv": round(cv, 4), "lag1": round(following, 3) if real else 0.0}


def _hours_by_class(worked: Floats, ratios: Floats, named: dict[str, Any]) -> dict[str, Any]:
    """Each class of weeks by contacts with the hours those weeks took, mean 1."""
    kind, _ = classes(ratios * 1000)
    mean = [float(worked[kind == one].mean()) for one in np.unique(kind)]
    whole = sum(one["share"] * hours for one, hours in zip(named.values(), mean, strict=True))
    pairs = zip(named.items(), mean, strict=True)
    return {name: {**one, "factor": round(hours / whole, 5)} for (name, one), hours in pairs}


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
