"""Who is first, and how sure that is: ranks over paired gains, with ties where they cannot be told apart.

Source: bootstrap over replications (Efron 1979); all resources of one resample share its replications, as they share
their luck.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RESAMPLES = 2000
SURE = 0.95


@dataclass(frozen=True)
class Ranking:
    """Of gains by candidate."""

    rank: tuple[int, ...]
    """1 is the largest; candidates that cannot be told apart share one."""
    first: tuple[float, ...]
    """Chance of each to be the first."""
    order: tuple[int, ...]
    """Candidates by mean gain."""

    @property
    def leader(self) -> int:
        """The candidate with the largest mean."""
        return self.order[0]

    @property
    def sure(self) -> bool:
        """Is it known who is first?"""
        return self.first[self.leader] >= SURE


def ranked(gains: np.ndarray, seed: int = 1) -> Ranking:
    """Of gains, (candidates, replications), paired. A candidate's rank is one more than the number surely better.

    Surely: better in 95 % of the resamples. ValueError with fewer than two replications.
    """
    values = np.asarray(gains, dtype=float)
    if values.ndim != 2 or values.shape[1] < 2:
        raise ValueError("ranking needs at least two replications")
    count, n = values.shape
    picks = np.random.default_rng(seed).integers(0, n, size=(RESAMPLES, n))
    means = np.stack([row[picks].mean(axis=1) for row in values])
    tops = np.bincount(means.argmax(axis=0), minlength=count) / RESAMPLES
    better = (means[:, None, :] > means[None, :, :]).mean(axis=-1) >= SURE
    ranks = 1 + better.sum(axis=0)
    return Ranking(
        rank=tuple(int(k) for k in ranks),
        first=tuple(float(share) for share in tops),
        order=tuple(int(k) for k in np.argsort(-values.mean(axis=1), kind="stable")),
    )
