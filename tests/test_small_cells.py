"""P-PRIV-4: small cells of observed patients are hidden, and no total gives them back."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from flowsim.sheets.small_cells import HIDDEN, hidden, shown, with_totals

TABLES = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.sampled_from([0, 0, 1, 2, 4, 5, 9, 40]))
)


def possible(inner: np.ndarray, mask: np.ndarray, at: tuple[int, int]) -> tuple[float, float]:
    """Least and most a hidden cell can be, by all that is shown: linear programming over what is hidden."""
    table = with_totals(inner)
    rows, columns = table.shape
    equations, sums = [], []
    for line in [*(np.s_[r, :] for r in range(rows)), *(np.s_[:, c] for c in range(columns))]:
        sign = np.zeros(table.shape)
        sign[line] = 1
        total = (line[0], columns - 1) if isinstance(line[0], int) else (rows - 1, line[1])
        sign[total] = -1
        equations.append(sign.ravel())
        sums.append(0.0)
    bounds = [(0, None) if hide else (value, value) for hide, value in zip(mask.ravel(), table.ravel(), strict=True)]
    goal = np.zeros(table.size)
    goal[at[0] * columns + at[1]] = 1
    ends = [linprog(s * goal, A_eq=np.array(equations), b_eq=sums, bounds=bounds) for s in (1, -1)]
    assert ends[0].status == 0
    return float(ends[0].fun), float(np.inf if ends[1].status == 3 else -ends[1].fun)


@given(TABLES)
@settings(max_examples=40, deadline=None)
def test_p_priv_4_no_hidden_cell_is_recoverable(inner: np.ndarray) -> None:
    mask, table = hidden(inner), with_totals(inner)
    assert mask[(table >= 1) & (table < 5)].all()
    for at in np.argwhere(mask):
        low, high = possible(inner, mask, tuple(at))
        assert high - low >= 1 - 1e-6


def test_what_need_not_be_hidden_is_not() -> None:
    assert not hidden(np.array([[5, 0], [9, 40]])).any()
    assert not hidden(np.array([[3, 2], [9, 40]]), min_cell=1).any()
    assert hidden(np.array([[3, 9, 9], [9, 8, 9], [50, 60, 70]])).sum() == 4


def test_shown_as_a_table() -> None:
    counts = pd.DataFrame([[3, 20], [30, 6], [500, 600]], index=["a", "b", "c"], columns=["done", "left"])
    table = shown(counts)
    assert table.loc["a"].tolist() == [HIDDEN, HIDDEN, "23"]
    assert table.loc["b"].tolist() == [HIDDEN, HIDDEN, "36"]
    assert table.loc["c"].tolist() == ["500", "600", "1100"]
    assert table.loc["total"].tolist() == ["533", "626", "1159"]


@pytest.mark.parametrize("inner", [[[3]], [[3, 0, 0]], [[1], [0], [0]]])
def test_tables_of_one_line_hide_their_totals_too(inner: list[list[int]]) -> None:
    mask = hidden(np.array(inner))
    assert mask[-1, -1]
    assert mask.sum() == 4
