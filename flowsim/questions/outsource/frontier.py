"""The frontier: what a share and choice of patients bought costs, against the date the queue is cleared.

And two things asked of it: which points are worth looking at (no other is both cheaper and sooner), and the smallest
volume from which buying costs less than doing it ourselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence


def dominated(cost: Sequence[float], day: Sequence[float]) -> list[bool]:
    """Per point: is another at least as cheap and at least as soon, and better in one? A day never reached is inf."""
    points = list(zip(cost, day, strict=True))
    return [
        any(c <= mine_c and d <= mine_d and (c < mine_c or d < mine_d) for c, d in points) for mine_c, mine_d in points
    ]


def smallest_volume(gain: Callable[[int], float], most: int) -> int | None:
    """The smallest whole number a week, 1 to `most`, at which buying gains (D > 0), by bisection; None if none does.

    The gain is taken to change sign once: the more lists, the dearer each operation they win.
    """
    if gain(most) <= 0:
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if gain(middle) > 0 else (middle, high)
    return high
