"""KN: the best of several designs, or one as good within a stated difference, with a stated certainty, in few runs.

Every design is run a few times under common luck; a design is dropped when its mean lies further behind another's
than luck explains, given how much the two differ from pair to pair. What is left at the end is the best, or within
delta of the best, with at least the certainty asked for. Common luck makes the pairs alike, so that designs drop out
soon: that is the saving.

Source: Kim & Nelson (2001), A fully sequential procedure for indifference-zone selection in simulation, ACM TOMACS
11(3), 251-273, with c = 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

FIRST, MOST, CERTAINTY = 20, 400, 0.95
"""Runs of each design before any is dropped; runs of each at most; the certainty asked for."""
Values = Callable[[Sequence[int], int, int], np.ndarray]
"""(designs, first replication, how many) -> values, (designs, replications); replication r is the same luck for all."""


@dataclass(frozen=True)
class Selection:
    """What came of it."""

    chosen: int
    survivors: tuple[int, ...]
    """Designs not dropped when the procedure ended, the chosen first, by mean."""
    means: np.ndarray
    """Of every design, over the runs it was given."""
    runs: np.ndarray
    """Of every design."""
    reached: bool
    """One was left, or enough runs were made for the guarantee; False: it was cut at the most runs allowed."""

    @property
    def total(self) -> int:
        """Runs in all."""
        return int(self.runs.sum())


def select(
    values: Values,
    designs: int,
    delta: float,
    *,
    alpha: float = 1 - CERTAINTY,
    first: int = FIRST,
    most: int = MOST,
    step: int = 1,
    largest: bool = True,
) -> Selection:
    """The design of the largest (or smallest) mean, or one within `delta` of it, with at least 1 - alpha.

    `step`: runs added to each survivor between two screenings; more at a time is as safe, and uses a few more runs.
    ValueError if there is no design, or delta is not positive.
    """
    if designs < 1 or not delta > 0:
        raise ValueError("KN needs at least one design, and a difference above 0 that would be acted on")
    sign = 1.0 if largest else -1.0
    alive = list(range(designs))
    seen = dict(enumerate(sign * values(alive, 0, first)))
    h_squared = _h_squared(designs, first, alpha)
    spread = _pair_variances(np.array([seen[k] for k in alive]))
    needed = int(np.floor(h_squared * spread.max() / delta**2)) + 1 if designs > 1 else first
    runs = first
    while True:
        alive = _screened(alive, seen, runs, spread, h_squared, delta)
        if len(alive) == 1 or runs >= min(needed, most):
            break
        more = min(step, min(needed, most) - runs)
        for k, row in zip(alive, sign * values(alive, runs, more), strict=True):
            seen[k] = np.concatenate([seen[k], row])
        runs += more
    means = np.array([seen[k].mean() for k in range(designs)])
    order = sorted(alive, key=lambda k: -means[k])
    reached = len(alive) == 1 or runs >= needed
    counts = np.array([len(seen[k]) for k in range(designs)])
    return Selection(order[0], tuple(order), sign * means, counts, reached)


def _h_squared(designs: int, first: int, alpha: float) -> float:
    """h^2 = 2 eta (n0 - 1), eta = ((2 alpha / (k - 1))^(-2 / (n0 - 1)) - 1) / 2."""
    if designs == 1:
        return 0.0
    eta = 0.5 * ((2 * alpha / (designs - 1)) ** (-2 / (first - 1)) - 1)
    return float(2 * eta * (first - 1))


def _pair_variances(first: np.ndarray) -> np.ndarray:
    """Sample variance of every pair's differences over the first runs."""
    differences = first[:, None, :] - first[None, :, :]
    return np.asarray(differences.var(axis=-1, ddof=1))


def _screened(
    alive: list[int], seen: dict[int, np.ndarray], runs: int, spread: np.ndarray, h_squared: float, delta: float
) -> list[int]:
    """Designs whose mean is not behind any other's by more than luck explains."""
    mean = np.array([seen[k].mean() for k in alive])
    pairs = spread[np.ix_(alive, alive)]
    room = np.maximum(0.0, delta / (2 * runs) * (h_squared * pairs / delta**2 - runs))
    keeps = np.all(mean[:, None] >= mean[None, :] - room, axis=1).tolist()
    return [k for k, kept in zip(alive, keeps, strict=True) if kept]
