"""A history in plain figures: how weeks vary, how contacts and hours go together. Shown as raw, never used as luck."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Description:
    """Weeks of one resource: moments, extremes, and the correlation from one week to the next (lag1)."""

    weeks: int
    mean: float
    sd: float
    cv: float
    variance_to_mean: float
    median: float
    lowest: float
    highest: float
    lag1: float
    below_mean: int
    """Weeks under the mean: above half, planning on the mean promises too much in most weeks."""


@dataclass(frozen=True)
class ContactsAndHours:
    """How contacts and hours of the same weeks go together.

    `elasticity` b: hours rise as contacts to the power b (log h = a + b log c, least squares). The ratio hours per
    contact is no measure of it: its denominator alone makes it fall.
    """

    pearson: float
    pearson_interval: tuple[float, float]
    spearman: float
    normal_scores: float
    elasticity: float
    elasticity_interval: tuple[float, float]
    hours_per_contact_pooled: float
    hours_per_contact_mean: float


def describe(y: Floats, number: NDArray[np.int64] | None = None) -> Description:
    """The figures of weeks `y`; `number` their running numbers, so that gaps are not closed up."""
    mean, sd = float(y.mean()), float(y.std(ddof=1))
    return Description(
        weeks=len(y),
        mean=mean,
        sd=sd,
        cv=sd / mean if mean else 0.0,
        variance_to_mean=sd**2 / mean if mean else 0.0,
        median=float(np.median(y)),
        lowest=float(y.min()),
        highest=float(y.max()),
        lag1=float(lag1(y[None, :] - mean, np.arange(len(y)) if number is None else number)[0]),
        below_mean=int((y < mean).sum()),
    )


def lag1(deviations: Floats, number: NDArray[np.int64]) -> Floats:
    """r1 of each row of deviations (samples, weeks): products of neighbouring weeks over the sum of squares.

    Only pairs of weeks that follow each other count; with gaps the sum is scaled to as many pairs as weeks less one.
    """
    follows = np.diff(number) == 1
    pairs = (deviations[:, 1:] * deviations[:, :-1])[:, follows].sum(axis=1)
    scale = (len(number) - 1) / max(int(follows.sum()), 1)
    return np.asarray(scale * pairs / np.maximum((deviations**2).sum(axis=1), 1e-300))


def contacts_and_hours(contacts: Floats, hours: Floats | None) -> ContactsAndHours | None:
    """How the two go together; None without hours, fewer than 10 weeks with both above 0, or if one never varies."""
    if hours is None:
        return None
    both = (contacts > 0) & (hours > 0)
    c, h = contacts[both], hours[both]
    if len(c) < 10 or not (np.ptp(c) and np.ptp(h)):
        return None
    r = float(np.clip(pearson_correlation(c, h), -1 + 1e-12, 1 - 1e-12))
    half = 1.959964 / np.sqrt(len(c) - 3)
    power, half_slope = slope(np.log(c), np.log(h))
    return ContactsAndHours(
        pearson=r,
        pearson_interval=(float(np.tanh(np.arctanh(r) - half)), float(np.tanh(np.arctanh(r) + half))),
        spearman=pearson_correlation(_ranks(c), _ranks(h)),
        normal_scores=pearson_correlation(scores(c), scores(h)),
        elasticity=power,
        elasticity_interval=(power - half_slope, power + half_slope),
        hours_per_contact_pooled=float(h.sum() / c.sum()),
        hours_per_contact_mean=float((h / c).mean()),
    )


def pearson_correlation(a: Floats, b: Floats) -> float:
    """Pearson's r."""
    return float(np.corrcoef(a, b)[0, 1])


def _ranks(x: Floats) -> Floats:
    """Ranks from 1, ties shared."""
    _, where, how_many = np.unique(x, return_inverse=True, return_counts=True)
    last = np.cumsum(how_many)
    return np.asarray((last - (how_many - 1) / 2)[where], dtype=float)


def scores(x: Floats) -> Floats:
    """Normal scores: the normal quantile of (rank - 1/2) / n, ties shared."""
    from scipy.special import ndtri

    return np.asarray(ndtri((_ranks(x) - 0.5) / len(x)))


def slope(x: Floats, y: Floats) -> tuple[float, float]:
    """Least squares slope and half its 95 % interval."""
    from scipy.special import stdtrit

    dx, dy = x - x.mean(), y - y.mean()
    found = float(dx @ dy / (dx @ dx))
    left = dy - found * dx
    error = float(np.sqrt(left @ left / (len(x) - 2) / (dx @ dx)))
    return found, float(stdtrit(len(x) - 2, 0.975)) * error
