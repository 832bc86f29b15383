"""The small weekly queue model on which searches are tried: its truth is known to three decimals.

Q0 260; decisions a week negative binomial, mean 14.3, variance/mean 1.3; capacity floor(15 x lognormal luck, CV 0.28,
lag 0.25, + uniform) + N from the third of 25 weeks; target: as many operated as 260 + the decisions of 12 weeks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

TRUTH = (0.0376, 0.1405, 0.3639, 0.6575, 0.8815, 0.9763, 0.9976, 0.9998)
WEEKS, FIRST, WAITED = 25, 2, 12


@dataclass(frozen=True)
class Paths:
    """Luck of so many replications: decisions (n, weeks), capacity without extra (n, weeks)."""

    decisions: np.ndarray
    capacity: np.ndarray

    def reached(self, extra: int) -> np.ndarray:
        """Whether each path reaches the target with so many extra a week."""
        capacity = self.capacity.copy()
        capacity[:, FIRST:] += extra
        queue, done = np.full(len(capacity), 260), np.zeros(len(capacity), np.int64)
        for week in range(capacity.shape[1]):
            queue = queue + self.decisions[:, week]
            operated = np.minimum(queue, capacity[:, week])
            queue, done = queue - operated, done + operated
        return done >= 260 + self.decisions[:, :WAITED].sum(axis=1)


def paths(n: int, seed: int, level: float = 15.0, cv: float = 0.28, lag: float = 0.25) -> Paths:
    """Fresh paths."""
    random = np.random.default_rng(seed)
    mean, ratio = 14.3, 1.3
    decisions = random.negative_binomial(mean / (ratio - 1), 1 / ratio, (n, WEEKS))
    sigma = np.sqrt(np.log1p(cv * cv))
    phi = np.log1p(lag * cv * cv) / sigma**2
    z = np.empty((n, WEEKS))
    z[:, 0] = random.standard_normal(n)
    for week in range(1, WEEKS):
        z[:, week] = phi * z[:, week - 1] + np.sqrt(1 - phi**2) * random.standard_normal(n)
    luck = np.exp(sigma * z - sigma**2 / 2)
    return Paths(decisions, np.floor(level * luck + random.random((n, WEEKS))).astype(np.int64))
