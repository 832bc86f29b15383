"""The frontier: what a share and choice of patients bought costs, against the date the queue is cleared.

And two things asked of it: which points are worth looking at (no other is both cheaper and sooner), and the smallest
share at which buying costs less than doing it ourselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

SHARE_STEP = 0.01
"""How finely the break-even share is looked for."""


def dominated(cost: Sequence[float], day: Sequence[float]) -> list[bool]:
    """Per point: is another at least as cheap and at least as soon, and better in one? A day never reached is inf."""
    points = list(zip(cost, day, strict=True))
    return [
        any(c <= mine_c and d <= mine_d and (c < mine_c or d < mine_d) for c, d in points) for mine_c, mine_d in points
    ]


def smallest_share(gain: Callable[[float], float], low: float = 0.0, high: float = 1.0) -> float | None:
    """The smallest share, in steps of `SHARE_STEP`, with gain (D) above 0, by bisection; None if there is none.

    The gain is taken to change sign once between `low` and `high`.
    """
    if gain(high) <= 0:
        return None
    if gain(low) > 0:
        return low
    below, above = round(low / SHARE_STEP), round(high / SHARE_STEP)
    while above - below > 1:
        middle = (below + above) // 2
        if gain(middle * SHARE_STEP) > 0:
            above = middle
        else:
            below = middle
    return above * SHARE_STEP
