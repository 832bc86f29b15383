"""Is a smaller share of the offered slots used than planned? A CUSUM given how many slots each week offered.

What a week offers is known, so it is no part of what chance must explain. But the share used depends on it: in a week
that offers half as many again, beds and ready patients run out, and the share falls without anything being wrong. From
the plan's replications: the share unused by how many slots were offered against that week's mean (twentieths of all
weeks), times a factor for the week (season, holidays, ramp-up), and how alike a week's slots are (beds are lacking for
several or none). Steps are log-likelihood ratios of that beta-binomial with the share lowered by a tenth, against it
as planned; the limit is the one that the plan's own replications reach as seldom as asked.

Source: Page 1954 (likelihood steps), Skellam 1948 (beta-binomial).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln

from flowsim.questions.follow_up.chart import ALARM, SMALLEST_LOSS, WEEKS, limit_for, lower_sums

BINS = 20
LEAST, MOST = 0.02, 0.995
"""The planned share is kept within these."""
ALIKE = (1e-4, 0.9)
"""And how alike slots are, within these."""
SURE = float(np.log(1 / (ALARM / 2)))
"""The least limit: where the plan leaves no slot unused, the first few that are tell."""
ROUNDS = 4
"""A delay is followed so many times over the plan's weeks."""


@dataclass(frozen=True)
class Planned:
    """What share of so many offered slots the plan uses, week by week."""

    mean: np.ndarray
    """Slots offered, by week."""
    edges: np.ndarray
    """Of offered / mean, between the bins."""
    unused: np.ndarray
    """Share unused, by bin."""
    week: np.ndarray
    """Factor on that, by week."""
    alike: np.ndarray
    """Correlation between two slots of a week, by bin."""

    @classmethod
    def of(cls, used: np.ndarray, offered: np.ndarray) -> Planned:
        """From (replications, weeks) of the plan."""
        mean = np.maximum(offered.mean(axis=0), 1e-9)
        cuts = np.quantile(offered / mean, np.linspace(0, 1, BINS + 1)[1:-1])
        edges = np.unique(cuts)
        at = np.searchsorted(edges, offered / mean, side="left")
        many = len(edges) + 1
        idle = offered - used
        unused = _ratio(_sum(at, idle, many), _sum(at, offered, many))
        week = _ratio(idle.sum(axis=0), (offered * unused[at]).sum(axis=0), 1.0)
        share = _within(1 - unused[at] * week)
        plain = offered * share * (1 - share)
        beyond = _sum(at, (used - offered * share) ** 2 - plain, many)
        alike = _ratio(beyond, _sum(at, plain * np.maximum(offered - 1, 0), many))
        return cls(mean, edges, unused, week, np.clip(alike, *ALIKE))

    def steps(self, used: np.ndarray, offered: np.ndarray, loss: float) -> np.ndarray:
        """Log-likelihood of a share lowered by `loss` against the planned one, by week (the last axis)."""
        weeks = offered.shape[-1]
        at = np.searchsorted(self.edges, offered / self.mean[:weeks], side="left")
        share = _within(1 - self.unused[at] * self.week[:weeks])
        size = 1 / self.alike[at] - 1
        return _log_likelihood(used, offered, share * (1 - loss), size) - _log_likelihood(used, offered, share, size)


def _within(share: np.ndarray) -> np.ndarray:
    return np.clip(share, LEAST, MOST)


def _sum(at: np.ndarray, values: np.ndarray, many: int) -> np.ndarray:
    """Of each bin."""
    return np.bincount(at.ravel(), weights=values.ravel(), minlength=many)


def _ratio(above: np.ndarray, below: np.ndarray, without: float = 0.0) -> np.ndarray:
    """Element by element; `without` where there is nothing to divide by."""
    return np.where(below > 0, above / np.where(below > 0, below, 1.0), without)


def _log_likelihood(used: np.ndarray, offered: np.ndarray, share: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Beta-binomial, but for the coefficient that does not depend on the share."""
    a, b = share * size, (1 - share) * size
    return np.asarray(betaln(used + a, offered - used + b) - betaln(a, b))


@dataclass(frozen=True)
class ShareChart:
    """The chart: what the plan uses, the loss it is made for, and its limit."""

    planned: Planned
    loss: float
    limit: float

    def sums(self, used: np.ndarray, offered: np.ndarray) -> np.ndarray:
        """The sum at each week's end, along the last axis. More used than offered counts as all."""
        return lower_sums(-self.planned.steps(np.minimum(used, offered), offered, self.loss), 0.0)


def share_chart(
    used: np.ndarray, offered: np.ndarray, loss: float = SMALLEST_LOSS, alarm: float = ALARM / 2, weeks: int = WEEKS
) -> ShareChart:
    """From the plan's replications, (replications, weeks) of slots used and offered."""
    planned = Planned.of(np.minimum(used, offered), offered)
    made = ShareChart(planned, loss, 0.0)
    return ShareChart(planned, loss, max(SURE, limit_for(made.sums(used, offered), alarm, weeks)))


def share_delay(made: ShareChart, used: np.ndarray, offered: np.ndarray, loss: float, seed: int = 1) -> float:
    """Mean weeks until a lasting loss of used slots is seen, from the plan's first week on; the loss is by chance.

    The plan's weeks with used slots thinned; who has not been seen at their end goes on in another replication's
    weeks, `ROUNDS` times in all.
    """
    random = np.random.default_rng(seed)
    lost = random.binomial(np.rint(np.minimum(used, offered)).astype(np.int64), 1 - loss)
    steps = made.planned.steps(lost, offered, made.loss)
    rounds = [steps, *(steps[random.permutation(len(steps))] for _ in range(ROUNDS - 1))]
    seen = lower_sums(-np.concatenate(rounds, axis=1), 0.0) >= made.limit
    return float(np.where(seen.any(axis=1), seen.argmax(axis=1) + 1, seen.shape[1]).mean())
