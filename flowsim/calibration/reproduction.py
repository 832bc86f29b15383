"""Reproduction: do years simulated from the calibration look like the history it was made from?

Twelve statistics of 1,000 simulated histories of the same weeks. Passing is necessary, not proof: the same weeks
chose the parameters. One statistic in twelve outside 95 % means nothing (a true model has that in every third case).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flowsim.calibration.describe import lag1
from flowsim.calibration.evidence import Evidence
from flowsim.calibration.simulate import histories

Floats = NDArray[np.float64]
Weeks = NDArray[np.int64]
SIMULATED = 1000
UNLIKELY = 0.01


@dataclass(frozen=True)
class Statistic:
    """One statistic of history, the central 95 % of the simulated ones, and its two-sided rank p."""

    name: str
    seen: float
    band: tuple[float, float]
    p: float


@dataclass(frozen=True)
class Reproduction:
    """The verdict ("reproduces history", or what it does not reproduce) and the twelve."""

    verdict: str
    statistics: tuple[Statistic, ...]

    @property
    def missed(self) -> tuple[str, ...]:
        """Those with p under 0.01."""
        return tuple(one.name for one in self.statistics if one.p < UNLIKELY)


def reproduction(evidence: Evidence, luck: dict[str, Any], seed: int, simulated: int = SIMULATED) -> Reproduction:
    """The verdict on a luck, with so many simulated histories."""
    series = evidence.series
    drawn = twelve(histories(evidence, luck, simulated, seed, "reproduce"), series.number)
    seen = twelve(series.y[None, :], series.number)
    found = tuple(_statistic(name, float(seen[name][0]), drawn[name]) for name in seen)
    missed = [one.name for one in found if one.p < UNLIKELY]
    return Reproduction(f"does not reproduce: {', '.join(missed)}" if missed else "reproduces history", found)


def twelve(y: Floats, number: Weeks) -> dict[str, Floats]:
    """The statistics of each row of weeks (samples, weeks); runs of weeks only where none is missing."""
    mean = y.mean(axis=1)
    off = y - mean[:, None]
    tenth, nine_tenths = np.quantile(y, [0.1, 0.9], axis=1)
    fours, eights = _runs(y, number, 4), _runs(y, number, 8)
    return {
        "mean": mean,
        "variance_to_mean": y.var(axis=1, ddof=1) / np.maximum(mean, 1e-9),
        "lag1": lag1(off, number),
        "lag2": _lag2(off, number),
        "lowest": y.min(axis=1),
        "highest": y.max(axis=1),
        "p10": tenth,
        "p90": nine_tenths,
        "weeks_under_a_third": (y <= mean[:, None] / 3).sum(axis=1).astype(float),
        "worst_4_weeks": fours.min(axis=1),
        "worst_8_weeks": eights.min(axis=1),
        "best_4_weeks": fours.max(axis=1),
    }


def _statistic(name: str, seen: float, drawn: Floats) -> Statistic:
    n = len(drawn)
    below, above = (1 + (drawn <= seen).sum()) / (n + 1), (1 + (drawn >= seen).sum()) / (n + 1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Statistic(name, seen, (float(low), float(high)), float(min(1.0, 2 * min(below, above))))


def _lag2(off: Floats, number: Weeks) -> Floats:
    follows = number[2:] - number[:-2] == 2
    pairs = (off[:, 2:] * off[:, :-2])[:, follows].sum(axis=1)
    scale = (len(number) - 2) / max(int(follows.sum()), 1)
    return np.asarray(scale * pairs / np.maximum((off**2).sum(axis=1), 1e-300))


def _runs(y: Floats, number: Weeks, weeks: int) -> Floats:
    """Sums of so many weeks in a row; all weeks together where no run is whole."""
    running = np.concatenate([np.zeros((len(y), 1)), np.cumsum(y, axis=1)], axis=1)
    sums = running[:, weeks:] - running[:, :-weeks]
    whole = number[weeks - 1 :] - number[: len(number) - weeks + 1] == weeks - 1
    return sums[:, whole] if whole.any() else running[:, -1:]
