"""At most two dozen designs worth running: those a budget has room for, and none that another is likely to beat.

Each lever's first levels are run alone; of a mix the effects are taken to add up. That is only for choosing whom to
run: where levers help each other (a list needs films), a mix that looks beaten by little is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MOST_DESIGNS = 24


@dataclass(frozen=True)
class Expected:
    """Of one design, by adding up: SEK in the year, and gain in the goal."""

    cash: float
    gain: float


def added_up(
    picks: Sequence[Sequence[int]], cash: Sequence[Sequence[float]], gain: Sequence[Sequence[float]]
) -> list[Expected]:
    """Expected cash and gain of each design; `cash[lever][level]` and `gain[lever][level]` of the levels alone."""
    return [
        Expected(
            sum(cash[lever][level] for lever, level in enumerate(design)),
            sum(gain[lever][level] for lever, level in enumerate(design)),
        )
        for design in picks
    ]


def shortlist(expected: Sequence[Expected], budget: float, most: int = MOST_DESIGNS) -> list[int]:
    """Designs within a quarter over the budget, the least beaten first, at most `most`; nothing at all is always one.

    A design is beaten by every other that costs no more and gains no less. Equally beaten: the larger gain first.
    """
    within = [k for k, one in enumerate(expected) if one.cash <= 1.25 * budget]
    cash = np.array([expected[k].cash for k in within])
    gain = np.array([expected[k].gain for k in within])
    no_worse = (cash[None, :] <= cash[:, None]) & (gain[None, :] >= gain[:, None])
    better = (cash[None, :] < cash[:, None]) | (gain[None, :] > gain[:, None])
    beaten = (no_worse & better).sum(axis=1)
    order = sorted(range(len(within)), key=lambda k: (beaten[k], -gain[k], cash[k]))
    chosen = [within[k] for k in order[:most]]
    return chosen if 0 in chosen else [0, *chosen[: most - 1]]


def held(added_cash: np.ndarray, budget: float) -> float:
    """Share of the years in which the budget holds."""
    return float((np.asarray(added_cash) <= budget).mean())


def may_hold(added_cash: np.ndarray, budget: float, probability: float) -> bool:
    """From few years: could the budget hold with the probability? A normal quantile of the years, its lower limit.

    What could not is dropped before the runs that cost; what was kept by luck falls when its own years are counted.
    """
    from scipy.stats import norm

    values = np.asarray(added_cash, dtype=float)
    z = float(norm.ppf(probability))
    spread = values.std(ddof=1) * np.sqrt((1 + z * z / 2) / len(values))
    return bool(values.mean() + z * values.std(ddof=1) - 1.645 * spread <= budget)
