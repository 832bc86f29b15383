"""Money in whole öre: split without losing one, and shown in SEK under names that cannot be confused."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

MONEY_COLUMNS = (
    "full_cost",
    "total_cash",
    "added_cost",
    "bought",
    "unused_capacity",
    "capacity_rate_deviation",
    "variable_unit",
    "avoidable_cost",
    "income",
    "budget",
    "ledger",
)
"""What a money column of a result table may begin with; `_sek` follows, then what it is divided by."""
_BARE = ("cost", "price", "kostnad")
_SAFE = 2**62


def refuse_bare_money(columns: Iterable[str]) -> None:
    """ValueError if a money column does not say which money it is: `cost`, `marginal_cost`, `cost_sek`."""
    for column in columns:
        words = column.split("_")
        if ("sek" in words or any(word in _BARE for word in words)) and not _is_named(column):
            known = ", ".join(MONEY_COLUMNS)
            raise ValueError(f"column {column!r} does not say which money it is; use one of: {known}")


def _is_named(column: str) -> bool:
    return "_sek" in column and column.startswith(MONEY_COLUMNS)


def sek(ore: np.ndarray) -> np.ndarray:
    """SEK of whole öre."""
    return np.asarray(ore) / 100.0


def rounded(numerator: int, divisor: int) -> int:
    """A quotient to a whole number, half away from zero. The divisor is positive."""
    whole = (2 * abs(numerator) + divisor) // (2 * divisor)
    return whole if numerator >= 0 else -whole


def largest_remainder(amount: int, weights: np.ndarray) -> np.ndarray:
    """The amount (öre) in whole öre by weight (integers >= 0, not all 0): parts sum to the amount exactly.

    Each part is within 1 öre of exact; a weight 0 gets none; left-over öre go to the largest remainders, the first
    of equal ones. Source: Hamilton's method.
    """
    weights = np.asarray(weights, dtype=np.int64)
    total = int(weights.sum())
    if total <= 0:
        raise ValueError("nothing to split by: the weights sum to 0")
    size = abs(int(amount))
    exact = size * int(weights.max()) < _SAFE
    products = weights * size if exact else weights.astype(object) * size
    parts = products // total
    left = size - int(parts.sum())
    if left:
        remainders = products - parts * total
        parts[np.argsort(-remainders, kind="stable")[:left]] += 1
    return parts.astype(np.int64) if amount >= 0 else -parts.astype(np.int64)
