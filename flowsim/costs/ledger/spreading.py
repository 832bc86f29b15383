"""Whole öre spread by shares: one amount by weights of any sign, many amounts by a matrix, none lost.

Source: largest remainder (Hamilton's method); ties go to the first.
"""

from __future__ import annotations

import numpy as np

WHOLE = 10**15
"""Parts a row of shares is counted in."""


def on_grid(shares: np.ndarray) -> np.ndarray:
    """Each row of shares (>= 0) as whole parts of its sum, together exactly `WHOLE`; a row of zeros stays so."""
    sums = shares.sum(axis=1, keepdims=True)
    exact = np.divide(shares, sums, out=np.zeros_like(shares, dtype=float), where=sums > 0) * WHOLE
    parts = np.floor(exact).astype(np.int64)
    for row in np.flatnonzero(sums[:, 0] > 0):
        left = WHOLE - int(parts[row].sum())
        order = np.argsort(-(exact[row] - parts[row]), kind="stable")
        order = order[shares[row, order] > 0]
        step = 1 if left > 0 else -1
        for k in range(abs(left)):
            parts[row, order[k % len(order)]] += step
    return parts


def spread_rows(amounts: np.ndarray, parts: np.ndarray) -> np.ndarray:
    """Each amount (öre) by its row of parts (sum `WHOLE`): whole öre, each row's sum the amount exactly."""
    size = np.abs(amounts).astype(object)
    products = size[:, None] * parts.astype(object)
    quotients = products // WHOLE
    remainders = (products - quotients * WHOLE).astype(np.int64)
    whole = quotients.astype(np.int64)
    left = np.abs(amounts) - whole.sum(axis=1)
    rank = np.empty_like(remainders)
    order = np.argsort(-remainders, axis=1, kind="stable")
    np.put_along_axis(rank, order, np.arange(parts.shape[1])[None, :], axis=1)
    whole += rank < left[:, None]
    return whole * np.sign(amounts)[:, None]


def spread(amount: int, weights: np.ndarray) -> np.ndarray:
    """The amount (öre) by whole weights of any sign, their sum not 0: parts sum to it, each within 1 öre of exact."""
    size = weights.astype(object)
    total = int(size.sum())
    if not total:
        raise ValueError("nothing to split by: the weights sum to 0")
    if total < 0:
        total, size = -total, -size
    products = size * abs(amount)
    parts = products // total
    left = abs(amount) - int(parts.sum())
    if left:
        remainders = (products - parts * total).tolist()
        largest = sorted(range(len(remainders)), key=lambda k: -remainders[k])
        parts[largest[:left]] += 1
    return parts.astype(np.int64) * (1 if amount >= 0 else -1)


def spread_pairs(amounts: np.ndarray, first: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """The first of two parts of each amount (öre), `first` of `whole` (whole numbers, 0 <= first <= whole)."""
    size = np.abs(amounts).astype(object)
    divisor = np.where(whole > 0, whole, 1).astype(object)
    products = size * first.astype(object)
    parts = products // divisor
    remainders = products - parts * divisor
    parts = parts + (2 * remainders >= divisor) * (remainders > 0)
    return parts.astype(np.int64) * np.sign(amounts)
