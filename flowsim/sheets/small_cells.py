"""Small cells: tables of observed patients with counts of 1 to 4 hidden, and enough more that none comes back.

A hidden cell could be told from its row's or column's total and the other cells. So each hidden cell is made a corner
of a rectangle of hidden cells (totals are cells too) around which a patient more could be moved without any number
that is shown changing: what is hidden then has at least two values that fit. Source: secondary suppression as
Statistics Sweden describes it; the limit of 5 is a convention and a setting, not a rule of law.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flowsim.frames import pd

MIN_CELL = 5
"""Counts from 1 to one below this are hidden; a setting of the user's."""
HIDDEN, TOTAL = "..", "total"
Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]


def with_totals(inner: Counts) -> Counts:
    """The counts with a column of row totals and a row of column totals."""
    wide = np.column_stack([inner, inner.sum(axis=1)])
    return np.vstack([wide, wide.sum(axis=0)])


def hidden(inner: Counts, min_cell: int = MIN_CELL) -> Mask:
    """Which cells of `with_totals(inner)` are to be hidden."""
    table = with_totals(np.asarray(inner, dtype=np.int64))
    mask = (table >= 1) & (table < min_cell)
    for i, j in np.argwhere(mask):
        corners = min(_rectangles(table, mask, int(i), int(j)), key=lambda one: one[0])[1]
        for at in corners:
            mask[at] = True
    return mask


def _rectangles(table: Counts, mask: Mask, i: int, j: int) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """(what hiding it costs, its corners) of every rectangle round a cell along which a patient could be moved."""
    for k in range(table.shape[0]):
        for m in range(table.shape[1]):
            corners = [(i, j), (i, m), (k, j), (k, m)]
            if k == i or m == j or not _movable(table, corners):
                continue
            new = [at for at in corners if not mask[at]]
            yield sum(1 + int(table[at]) for at in new), corners


def _movable(table: Counts, corners: list[tuple[int, int]]) -> bool:
    """Whether one patient more in the first corner and one less where sums ask for it leaves no count below 0."""
    last = table.shape[0] - 1, table.shape[1] - 1
    (i, j), (k, m) = corners[0], corners[3]
    row, column = (-1 if last[1] not in (j, m) else 1), (-1 if last[0] not in (i, k) else 1)
    steps = np.array([1, row, column, row * column])
    values = np.array([table[at] for at in corners])
    return bool((values + steps >= 0).all() or (values - steps >= 0).all())


def shown(frame: pd.DataFrame, min_cell: int = MIN_CELL) -> pd.DataFrame:
    """A table of counts (index and columns named) with totals, as texts, small cells as `..`; as it is if 1 or less."""
    inner = frame.to_numpy(dtype=np.int64)
    mask = hidden(inner, min_cell)
    cells: Any = np.where(mask, HIDDEN, with_totals(inner).astype(str))
    return pd.DataFrame(cells, index=[*frame.index, TOTAL], columns=[*frame.columns, TOTAL])
