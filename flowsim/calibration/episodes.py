"""Episodes: the search for whole breaks, shocks, and short dips that pay no penalty of their own.

The scan: over all windows of 3 to 26 weeks the likelihood ratio of what was seen against what level and trend expect;
the largest is tested against histories without any, accepted, taken out, and sought again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flowsim import chance
from flowsim.calibration.breaks import (
    FEWEST_WEEKS,
    Change,
    Cut,
    Spell,
    Weeks,
    changes,
    counted,
    segments,
    shock,
)
from flowsim.calibration.courses import courses
from flowsim.calibration.mean_model import MeanModel, quasi_poisson
from flowsim.calibration.series import Series

Floats = NDArray[np.float64]
WIDTHS = range(3, 27)
ACCEPTED = 0.01
SCANS = 199
RHO = 0.2
"""Autocorrelation of the histories an episode is tested against: milder chance would cry wolf."""


@dataclass(frozen=True)
class Stability:
    """Whether a history is of one piece: breaks, and spells that may be left out."""

    tried: bool
    breaks: tuple[Change, ...] = ()
    spells: tuple[Spell, ...] = ()


def stability(series: Series, model: MeanModel, seed: int, scans: int = SCANS) -> Stability:
    """The breaks, shocks and episodes of a series; below 52 weeks none are sought."""
    if len(series.y) < FEWEST_WEEKS:
        return Stability(False)
    weeks, spells = counted(series, model), []
    phi = weeks.phi
    trend, cuts = segments(weeks, phi)
    while (sunk := shock(weeks, trend, cuts)) is not None:
        (a, b), factor = sunk
        spells.append(_spell(series, weeks.at[a:b], factor))
        weeks = weeks.without(_between(a, b, len(weeks.y)))
        trend, cuts = segments(weeks, phi)
    found = tuple(Change(series.label(k), factor) for k, factor in changes(weeks, trend, cuts))
    return Stability(True, found, tuple(sorted(_tested(series, weeks, cuts, spells, phi, (seed, scans)), key=_first)))


def _between(a: int, b: int, n: int) -> NDArray[np.bool_]:
    return (np.arange(n) >= a) & (np.arange(n) < b)


def _first(spell: Spell) -> str:
    return spell.first


def _tested(
    series: Series, weeks: Weeks, cuts: list[Cut], spells: list[Spell], phi: float, draws: tuple[int, int]
) -> list[Spell]:
    """The shocks, and the episodes that the scan accepts between the breaks."""
    stretch = np.repeat(np.arange(len(cuts)), [b - a for a, b in cuts])
    found = list(spells)
    while len(weeks.y) >= FEWEST_WEEKS // 2:
        scan = _Scan(weeks, stretch, phi)
        a, b, statistic, factor = scan.largest()
        p = scan.p(statistic, series, *draws)
        if p > ACCEPTED:
            break
        found.append(_spell(series, weeks.at[a:b], factor, statistic, p))
        out = _between(a, b, len(weeks.y))
        weeks, stretch = weeks.without(out), stretch[~out]
    return found


class _Scan:
    """All windows of one history, and of histories simulated like it."""

    def __init__(self, weeks: Weeks, stretch: NDArray[np.int64], phi: float) -> None:
        own = [(stretch == k).astype(float) for k in np.unique(stretch)[1:]]
        self.design = np.column_stack([np.ones(len(weeks.y)), weeks.years, *own])
        self.weeks, self.phi = weeks, phi
        self.mean = self._expected(weeks.y[None, :])[0]

    def _expected(self, y: Floats) -> Floats:
        return quasi_poisson(self.design, y, offset=np.log(self.weeks.season))[1]

    def largest(self) -> tuple[int, int, float, float]:
        """(first week, first after it, statistic, seen over expected) of the most unlikely window."""
        seen, expected = self.weeks.y, self.mean
        rows = [(*_best(seen[None, :], expected[None, :], w, self.phi), w) for w in WIDTHS if w < len(seen)]
        statistic, a, w = max((float(value[0]), int(at[0]), w) for value, at, w in rows)
        return a, a + w, statistic, float(seen[a : a + w].sum() / expected[a : a + w].sum())

    def p(self, statistic: float, series: Series, seed: int, scans: int) -> float:
        """How often chance alone, one week following the other a little, gives as unlikely a window."""
        number = series.number[self.weeks.at]
        u = courses(seed, f"scan:{series.resource}", number, RHO, scans)
        drawn = chance.counts(u, self.mean, self.phi).astype(float)
        expected = self._expected(drawn)
        widths = [w for w in WIDTHS if w < drawn.shape[1]]
        most = np.max([_best(drawn, expected, w, self.phi)[0] for w in widths], axis=0)
        return float((1 + (most >= statistic).sum()) / (scans + 1))


def _best(seen: Floats, expected: Floats, width: int, phi: float) -> tuple[Floats, NDArray[np.int64]]:
    """(largest 2 (O ln(O / E) - O + E) / phi, where) of each row over windows of one width."""
    o, e = _windows(seen, width), _windows(expected, width)
    ratio = 2 / phi * (o * np.log(np.where(o > 0, o, 1.0) / e) - o + e)
    return ratio.max(axis=1), ratio.argmax(axis=1)


def _windows(x: Floats, width: int) -> Floats:
    running = np.concatenate([np.zeros((len(x), 1)), np.cumsum(x, axis=1)], axis=1)
    return running[:, width:] - running[:, :-width]


def _spell(
    series: Series, at: NDArray[np.int64], factor: float, statistic: float | None = None, p: float | None = None
) -> Spell:
    return Spell(series.label(int(at[0])), series.label(int(at[-1])), len(at), factor, statistic, p)
