"""Exact amounts to whole öre without losing one: largest remainder on fractions (Hamilton's method)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor

from flowsim.costs.money import rounded


def whole(amount: Fraction | int) -> int:
    """Whole öre, half away from zero."""
    found = Fraction(amount)
    return rounded(found.numerator, found.denominator)


def apportioned(exact: Sequence[Fraction], total: int | None = None) -> list[int]:
    """Whole öre for exact amounts of any sign, each within 1 öre of its own; they sum to the rounded exact sum.

    The öre left over by rounding down go to the largest remainders, the first of equal ones. `total`: the exact sum
    rounded another way, when it is itself a part of a larger sum (within 1 öre of it).
    """
    parts = [floor(one) for one in exact]
    left = (whole(sum(exact, Fraction(0))) if total is None else total) - sum(parts)
    order = sorted(range(len(parts)), key=lambda k: parts[k] - exact[k])
    for k in order[:left]:
        parts[k] += 1
    return parts


def shared(amount: int, weights: Sequence[Fraction | int]) -> list[int]:
    """An amount in öre by weights, 0 or more: parts sum to it exactly, -amount gives the negative, a weight 0 nothing.

    Nothing to nobody where all weights are 0.
    """
    total = sum(weights, Fraction(0))
    if not total:
        return [0] * len(weights)
    sign = 1 if amount >= 0 else -1
    return [sign * ore for ore in apportioned([abs(amount) * Fraction(weight) / total for weight in weights])]
