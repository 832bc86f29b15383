"""Has the level fallen? A whitened CUSUM whose limit the plan's own replications set, and how soon it would tell.

A weekly value is ranked among the plan's replications of that week (season, holidays and ramp-up drop out), made
normal, and freed of the memory from week to week: e_t = (z_t - phi z_{t-1}) / sqrt(1 - phi^2). The lower sum
S = max(0, S - e - k), k half the whitened shift that a loss of a tenth makes, alarms at h; h is such that the plan's
replications alarm with the chance asked. Delays by Siegmund (1985, Sequential Analysis): b = h + 1.166.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

OVERSHOOT = 1.166
"""Siegmund's correction for what a sum oversteps its limit by: 2 x 0.583."""
ALARM, WEEKS = 0.1, 26
"""Chance of a false alarm within so many weeks, unless others are asked for."""
SMALLEST_LOSS = 0.1
"""The loss that the chart is made for."""


@dataclass(frozen=True)
class Ranked:
    """The plan's replications of a weekly value, and the memory of their normal scores."""

    values: np.ndarray
    """(replications, weeks), each week sorted."""
    phi: float

    @classmethod
    def of(cls, planned: np.ndarray) -> Ranked:
        """From (replications, weeks) of the plan."""
        ordered = np.sort(planned, axis=0)
        z = _scores(ordered, planned)
        return cls(ordered, _lag_one(z))

    def scores(self, observed: np.ndarray) -> np.ndarray:
        """Normal scores z of values by week, (weeks,) or (paths, weeks)."""
        return _scores(self.values[:, : observed.shape[-1]], np.atleast_2d(observed)).reshape(observed.shape)

    def whitened(self, observed: np.ndarray) -> np.ndarray:
        """Independent scores e; the first week's is its z."""
        z = self.scores(observed)
        e = z.copy()
        e[..., 1:] = (z[..., 1:] - self.phi * z[..., :-1]) / math.sqrt(1 - self.phi**2)
        return e

    def whitened_shift(self, d: float) -> float:
        """What a shift of d normal scores is in e: d' = d (1 - phi) / sqrt(1 - phi^2)."""
        return d * (1 - self.phi) / math.sqrt(1 - self.phi**2)


def _scores(ordered: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Normal quantile of the mid-rank among each week's planned values."""
    n, weeks = ordered.shape
    u = np.empty(observed.shape)
    for week in range(weeks):
        below = np.searchsorted(ordered[:, week], observed[:, week], side="left")
        upto = np.searchsorted(ordered[:, week], observed[:, week], side="right")
        u[:, week] = ((below + upto) / 2 + 0.5) / (n + 1)
    return np.asarray(ndtri(u))


def _lag_one(z: np.ndarray) -> float:
    """Correlation of a week's score with the next one's, over all replications; weeks without spread left out."""
    a, b = z[:, :-1].ravel(), z[:, 1:].ravel()
    if not len(a) or a.std() < 1e-12 or b.std() < 1e-12:
        return 0.0
    return float(np.clip(np.corrcoef(a, b)[0, 1], -0.9, 0.9))


def lower_sums(e: np.ndarray, k: float) -> np.ndarray:
    """S_t = max(0, S_{t-1} - e_t - k), along the last axis."""
    out, total = np.empty(e.shape), np.zeros(e.shape[:-1])
    for week in range(e.shape[-1]):
        total = np.maximum(0.0, total - e[..., week] - k)
        out[..., week] = total
    return out


def limit_for(sums: np.ndarray, alarm: float = ALARM, weeks: int = WEEKS) -> float:
    """The limit that this share of the plan's replications reaches within so many weeks (or all there are)."""
    highest = sums[:, :weeks].max(axis=1)
    return float(np.quantile(highest, 1 - alarm))


def siegmund(drift: float, limit: float) -> float:
    """Mean weeks until the sum reaches the limit, of a drift per week in sd. Source: Siegmund 1985."""
    b = limit + OVERSHOOT
    if abs(drift) < 1e-9:
        return b * b
    return (math.exp(-2 * drift * b) + 2 * drift * b - 1) / (2 * drift * drift)


@dataclass(frozen=True)
class Chart:
    """A control chart on a weekly value: its limit, and what it would see how soon."""

    ranked: Ranked
    k: float
    limit: float
    shifts: tuple[tuple[float, float], ...] = ()
    """(loss as a share, shift of z it makes)."""

    def sums(self, observed: np.ndarray) -> np.ndarray:
        """The sum at each week's end."""
        return lower_sums(self.ranked.whitened(observed), self.k)

    def weeks_to_alarm(self, loss: float) -> float:
        """Mean weeks until a lasting loss would be seen."""
        d = dict(self.shifts)[loss]
        return siegmund(self.ranked.whitened_shift(d) - self.k, self.limit)

    @property
    def weeks_to_false_alarm(self) -> float:
        """Mean weeks until a false alarm."""
        return siegmund(-self.k, self.limit)


def chart(
    planned: np.ndarray, losses: dict[float, np.ndarray], alarm: float = ALARM, weeks: int = WEEKS
) -> Chart | None:
    """A chart from the plan's replications and the same replications with losses; None where a loss leaves no trace.

    Args:
        planned: (replications, weeks) of the plan.
        losses: loss as a share -> the same replications (or the first of them) with that loss all along.
        alarm: chance of a false alarm in `weeks`.
        weeks: over how many weeks.
    """
    ranked = Ranked.of(planned)
    shifts = tuple((loss, _shift(ranked, planned, with_loss)) for loss, with_loss in sorted(losses.items()))
    k = ranked.whitened_shift(shifts[0][1]) / 2
    if k <= 1e-3:
        return None
    own = lower_sums(ranked.whitened(planned), k)
    return Chart(ranked, k, limit_for(own, alarm, weeks), shifts)


def _shift(ranked: Ranked, planned: np.ndarray, lost: np.ndarray) -> float:
    """By how much a loss lowers the scores: paired, over replications and weeks in which the plan varies at all."""
    n, weeks = lost.shape
    told = planned[:, :weeks].std(axis=0) > 1e-9
    if not told.any():
        return 0.0
    return float((ranked.scores(planned[:n, :weeks]) - ranked.scores(lost))[:, told].mean())
