"""Breaks: where a history's level changed for good, and shocks: short spells after which it came back.

Exact segmentation by dynamic programming on the weeks that hold no Christmas or New Year: each segment has its own
level, all share one trend (without it a history that falls 8 % a year is "broken" nine times of ten). They are shown
and proposed for exclusion; nothing is left out unasked.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from flowsim.calibration.mean_model import MeanModel
from flowsim.calibration.series import Series

Floats = NDArray[np.float64]
Cut = tuple[int, int]
"""First week of a segment and the first after it."""
PENALTY = 20.0
"""What one more segment must lower deviance / phi by."""
SHORTEST = 4
LONGEST_SHOCK = 26
SUNK = 0.70
"""A shock's level is below this share of both neighbours', or above its inverse."""
FEWEST_WEEKS = 52
TRIMMED = 0.623
"""Mean square of the smallest nine tenths of normal differences, over their variance."""
TRENDS = np.log1p(np.linspace(-0.20, 0.10, 31))


@dataclass(frozen=True)
class Weeks:
    """The counted weeks of a series: numbers, years since the first, and what season alone makes of each."""

    at: NDArray[np.int64]
    """Places in the series."""
    y: Floats
    years: Floats
    season: Floats

    def without(self, left_out: NDArray[np.bool_]) -> Weeks:
        """The others."""
        return Weeks(self.at[~left_out], self.y[~left_out], self.years[~left_out], self.season[~left_out])

    @property
    def phi(self) -> float:
        """Dispersion from differences of neighbouring weeks, which a change of level hardly touches; at least 1.3.

        The larger of the median's and of the mean square without the largest tenth: the median alone calls weeks with
        a long tail calm (doctor contacts 5.5 where the truth is near 18), and finds breaks in them.
        """
        steps = np.abs(np.diff(self.y))
        kept = np.sort(steps)[: max(int(0.9 * len(steps)), 1)]
        by_median = (1.4826 * float(np.median(steps))) ** 2 / (2 * max(float(np.median(self.y)), 1e-9))
        return max(1.3, by_median, float((kept**2).mean()) / TRIMMED / (2 * max(float(self.y.mean()), 1e-9)))


@dataclass(frozen=True)
class Change:
    """A break: the first week of the new level, and the new level over the old one, the trend apart."""

    week: str
    factor: float


@dataclass(frozen=True)
class Spell:
    """A shock or episode: its first and last week, how many of them are counted, what they gave of the expected."""

    first: str
    last: str
    weeks: int
    factor: float
    statistic: float | None = None
    """Likelihood ratio of the episode scan, and its p; None if the segments show it already."""
    p: float | None = None


def counted(series: Series, model: MeanModel) -> Weeks:
    """The weeks without Christmas and New Year, with the season the mean model found."""
    season = np.zeros(len(series.y))
    for name, columns in model.at.items():
        if name == "trend" or name in model.holidays:
            continue
        season = season + model.design[:, columns] @ model.coefficients[columns]
    if series.mondays:
        holiday = (series.holding(12, 25) + series.holding(1, 1)) > 0
    else:
        holiday = np.isin(series.iso_week, (52, 53, 1))
    every = Weeks(np.arange(len(series.y)), series.y, series.years, np.exp(season))
    return every.without(holiday)


def segments(weeks: Weeks, phi: float) -> tuple[float, list[Cut]]:
    """(common trend a year on the log scale, segments) of least deviance / phi + penalty."""
    costs, trends = _Costs(weeks, phi), np.arange(len(TRENDS))
    n = len(weeks.y)
    best = np.full((len(TRENDS), n + 1), np.inf)
    best[:, 0] = -PENALTY
    begun = np.zeros((len(TRENDS), n + 1), dtype=np.int64)
    for end in range(SHORTEST, n + 1):
        total = best[:, : end - SHORTEST + 1] + costs.until(end) + PENALTY
        begun[:, end] = total.argmin(axis=1)
        best[:, end] = total[trends, begun[:, end]]
    chosen = int(best[:, n].argmin())
    cuts, end = [], n
    while end > 0:
        cuts.append((int(begun[chosen, end]), end))
        end = cuts[-1][0]
    return float(TRENDS[chosen]), cuts[::-1]


class _Costs:
    """Poisson deviance / phi of any stretch of weeks at its own level, for every trend, by running sums."""

    def __init__(self, weeks: Weeks, phi: float) -> None:
        expected = np.exp(TRENDS[:, None] * weeks.years) * weeks.season
        logs = np.log(np.where(weeks.y > 0, weeks.y, 1.0)) - np.log(expected)
        self.phi, self.y = phi, _running(weeks.y[None, :])[0]
        self.expected, self.own = _running(expected), _running(weeks.y * logs)

    def until(self, end: int) -> Floats:
        """(trends, first weeks 0 .. end - SHORTEST)."""
        first = slice(0, end - SHORTEST + 1)
        seen = self.y[end] - self.y[first]
        ratio = np.where(seen > 0, seen, 1.0) / (self.expected[:, [end]] - self.expected[:, first])
        return np.asarray(2 / self.phi * (self.own[:, [end]] - self.own[:, first] - seen * np.log(ratio)))


def _running(x: Floats) -> Floats:
    return np.concatenate([np.zeros((len(x), 1)), np.cumsum(x, axis=1)], axis=1)


def levels(weeks: Weeks, trend: float, cuts: list[Cut]) -> list[float]:
    """Each segment's level at the first week, trend and season apart."""
    expected = np.exp(trend * weeks.years) * weeks.season
    return [float(weeks.y[a:b].sum() / expected[a:b].sum()) for a, b in cuts]


def shock(weeks: Weeks, trend: float, cuts: list[Cut]) -> tuple[Cut, float] | None:
    """(segment, factor) of the deepest that is short, far from both neighbours, and after which the level came back."""
    found: list[tuple[Cut, float]] = []
    level = levels(weeks, trend, cuts)
    for k in range(1, len(cuts) - 1):
        (a, b), before, here, after = cuts[k], *level[k - 1 : k + 2]
        far = here < SUNK * min(before, after) or here > max(before, after) / SUNK
        back = min(before, after) >= SUNK * max(before, after)
        if b - a <= LONGEST_SHOCK and far and back:
            found.append(((a, b), here / ((before + after) / 2)))
    return max(found, key=lambda one: abs(np.log(max(one[1], 1e-9))), default=None)


def changes(weeks: Weeks, trend: float, cuts: list[Cut]) -> list[tuple[int, float]]:
    """(place in the series, new level over old) of every border between segments."""
    level = levels(weeks, trend, cuts)
    return [(int(weeks.at[cuts[k + 1][0]]), new / max(old, 1e-9)) for k, (old, new) in enumerate(pairwise(level))]
