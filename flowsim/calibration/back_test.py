"""Back-test: weeks the model never saw, against what it promised of them; and the way the trend should go on.

The way is chosen on inner origins only: every whole year of the training weeks after the first two, forecast from
what lies before it. The held-out weeks judge, they do not choose.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flowsim.calibration.forecast import WAYS, YEAR, Ask, covered, crps, forecast, seasonal_naive
from flowsim.calibration.mean_model import fit_mean
from flowsim.calibration.series import Series

Floats = NDArray[np.float64]
SAFE = "damped"
FEWEST_WEEKS = 3 * YEAR
"""Two years to fit a trend and one to try it on: below that no way can be chosen."""
LEVELS = (0.5, 0.8, 0.95)


@dataclass(frozen=True)
class Score:
    """One way on the held-out weeks: intervals, CRPS, mean forecast, and its CRPS on the inner origins (None if none).

    `covered_50`, `covered_80`, `covered_95`: weeks inside the central interval.
    """

    way: str
    covered_50: int
    covered_80: int
    covered_95: int
    crps: float
    mean: float
    inner: float | None = None


@dataclass(frozen=True)
class BackTest:
    """What was trained on, what was held out, the way chosen without looking, and every way's score."""

    trained: tuple[str, str]
    held_out: tuple[str, str]
    weeks: int
    seen_mean: float
    way: str
    told_apart: bool
    """Whether any other way of the trend differs from the chosen by more than two paired standard errors."""
    allowed_80: tuple[int, int]
    """How many of the weeks chance lets an exact 80 % interval cover, 19 times of 20, weeks independent."""
    ways: tuple[Score, ...]
    naive: Score

    @property
    def chosen(self) -> Score:
        """The chosen way's score."""
        return next(score for score in self.ways if score.way == self.way)


@dataclass(frozen=True)
class Draw:
    """Autocorrelation, number of courses and seed of every forecast."""

    lag1: float = 0.0
    paths: int = 2000
    seed: int = 1

    def ask(self, way: str) -> Ask:
        """The same, for one way."""
        return Ask(way, self.lag1, self.paths, self.seed)


def back_test(train: Series, held: Series, draw: Draw) -> BackTest:
    """Trained on `train` alone, judged on `held`."""
    terms = fit_mean(train).terms
    ways = WAYS if "trend" in terms else ("all_years",)
    way, inner = way_of(train, terms, draw)
    courses = {one: forecast(train, terms, held, draw.ask(one)) for one in ways}
    scores = {one: crps(paths, held.y) for one, paths in courses.items()}
    naive = seasonal_naive(train, held, draw.paths, draw.seed)
    others = [scores[one] - scores[way] for one in ways if one not in (way, "all_years")]
    return BackTest(
        trained=(train.label(0), train.label(-1)),
        held_out=(held.label(0), held.label(-1)),
        weeks=len(held.y),
        seen_mean=float(held.y.mean()),
        way=way,
        told_apart=any(abs(gap.mean()) > 2 * _error(gap) for gap in others),
        allowed_80=_allowed(len(held.y), 0.8),
        ways=tuple(_score(one, paths, held.y, inner.get(one)) for one, paths in courses.items()),
        naive=_score("seasonal_naive", naive, held.y, inner.get("seasonal_naive")),
    )


def way_of(series: Series, terms: tuple[str, ...], draw: Draw) -> tuple[str, dict[str, float]]:
    """(way the trend goes on, mean CRPS of each way over the inner origins).

    The lowest, or `damped` if it is within one paired standard error of it. No trend: `all_years`. No inner origin:
    `damped` unasked.
    """
    if "trend" not in terms:
        return "all_years", {}
    origins = _origins(series)
    if not origins:
        return SAFE, {}
    found: dict[str, list[Floats]] = {way: [] for way in (*WAYS, "seasonal_naive")}
    for past, year in origins:
        for way in WAYS:
            found[way].append(crps(forecast(past, terms, year, draw.ask(way)), year.y))
        found["seasonal_naive"].append(crps(seasonal_naive(past, year, draw.paths, draw.seed), year.y))
    scores = {way: np.concatenate(parts) for way, parts in found.items()}
    best = min(WAYS, key=lambda way: float(scores[way].mean()))
    gap = scores[SAFE] - scores[best]
    return (SAFE if gap.mean() <= _error(gap) else best), {way: float(one.mean()) for way, one in scores.items()}


def split(series: Series) -> tuple[Series, Series] | None:
    """(all but the last 52 weeks, the last 52); None if fewer than three years are there."""
    if len(series.y) < FEWEST_WEEKS:
        return None
    last = series.number > series.number[-1] - YEAR
    return series.part(~last), series.part(last)


def _origins(series: Series) -> list[tuple[Series, Series]]:
    """(what lies before, the year after) for every whole year after the first two, counted from the end."""
    pairs, end = [], int(series.number[-1])
    while end - YEAR - int(series.number[0]) + 1 >= 2 * YEAR:
        before, year = series.number <= end - YEAR, (series.number > end - YEAR) & (series.number <= end)
        if year.any() and before.any():
            pairs.append((series.part(before), series.part(year)))
        end -= YEAR
    return pairs


def _score(way: str, paths: Floats, seen: Floats, inner: float | None) -> Score:
    half, most, nearly_all = (covered(paths, seen, level) for level in LEVELS)
    return Score(way, half, most, nearly_all, float(crps(paths, seen).mean()), float(paths.mean()), inner)


def _error(gap: Floats) -> float:
    return float(gap.std(ddof=1) / np.sqrt(len(gap)))


def _allowed(n: int, share: float) -> tuple[int, int]:
    """The central 95 % of a binomial."""
    from scipy.special import bdtr

    below = bdtr(np.arange(n + 1), n, share)
    return int(np.searchsorted(below, 0.025)), int(np.searchsorted(below, 0.975))
