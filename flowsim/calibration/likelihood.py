"""Maximum likelihood of many histories at once: a damped Newton climb on all of them together.

A bootstrap with refit fits the same few parameters a hundred times over; here the hundred are rows of one array.
A history's log-likelihood is a sum over weeks, each week's a function of its linear predictor (eta = design @ b)
and of one spread parameter theta common to all weeks. So six evaluations give all derivatives.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
WeekLikelihood = Callable[[NDArray[np.int64], Floats, Floats], Floats]
"""Of (rows of the sample that are asked for, eta (rows, weeks), theta (rows, 1)): log-likelihood by row and week."""
_STEP = 1e-4


def maximise(
    likelihood: WeekLikelihood, design: Floats, start: Floats, spread: bool, gain: float = 1e-6, rounds: int = 40
) -> tuple[Floats, Floats]:
    """(parameters, log-likelihood) at the top reached from `start` (samples, parameters): b, then theta if `spread`.

    A sample whose last step won less than `gain` is left in peace.
    """
    at = start.astype(float)
    value = _total(likelihood, np.arange(len(at)), at, design, spread)
    open_ = np.arange(len(at))
    for _ in range(rounds):
        step = _direction(likelihood, open_, at[open_], design, spread)
        at[open_], better = _climbed(likelihood, open_, at[open_], value[open_], step, design, spread)
        won = better - value[open_]
        value[open_] = better
        open_ = open_[won >= gain]
        if not len(open_):
            break
    return at, value


def unpacked(at: Floats, design: Floats, spread: bool) -> tuple[Floats, Floats]:
    """(eta (samples, weeks), theta (samples, 1)) of parameters, both within what can be computed."""
    q = design.shape[1]
    theta = np.clip(at[:, q:], -9.0, 9.0) if spread else np.zeros((len(at), 1))
    return np.clip(at[:, :q] @ design.T, -30, 30), theta


def _total(likelihood: WeekLikelihood, rows: NDArray[np.int64], at: Floats, design: Floats, spread: bool) -> Floats:
    return np.asarray(likelihood(rows, *unpacked(at, design, spread)).sum(axis=1))


def _direction(likelihood: WeekLikelihood, rows: NDArray[np.int64], at: Floats, design: Floats, spread: bool) -> Floats:
    """Newton's step with the curvature made negative, at most 1 long in any parameter."""
    slope, curvature = _derivatives(likelihood, rows, at, design, spread)
    sizes, axes = np.linalg.eigh(curvature)
    along = np.einsum("bij,bi->bj", axes, slope) / np.maximum(np.abs(sizes), 1e-6)
    step = np.einsum("bij,bj->bi", axes, along)
    return np.asarray(step / np.maximum(np.abs(step).max(axis=1, keepdims=True), 1.0))


def _climbed(
    likelihood: WeekLikelihood,
    rows: NDArray[np.int64],
    at: Floats,
    value: Floats,
    step: Floats,
    design: Floats,
    spread: bool,
) -> tuple[Floats, Floats]:
    """The longest of the step, its half, quarter, ... that is no worse, sample by sample."""
    at, value, left = at.copy(), value.copy(), np.arange(len(at))
    for halving in range(12):
        tried = at[left] + step[left] * 0.5**halving
        found = _total(likelihood, rows[left], tried, design, spread)
        takes = found >= value[left]
        at[left[takes]], value[left[takes]] = tried[takes], found[takes]
        left = left[~takes]
        if not len(left):
            break
    return at, value


def _derivatives(
    likelihood: WeekLikelihood, rows: NDArray[np.int64], at: Floats, design: Floats, spread: bool
) -> tuple[Floats, Floats]:
    """Gradient (samples, q) and Hessian (samples, q, q), by central differences week by week."""
    eta, theta = unpacked(at, design, spread)
    here, h = likelihood(rows, eta, theta), _STEP
    up, down = likelihood(rows, eta + h, theta), likelihood(rows, eta - h, theta)
    slope = (up - down) / (2 * h) @ design
    curvature = np.einsum("bn,ni,nj->bij", (up + down - 2 * here) / h**2, design, design, optimize=True)
    if not spread:
        return slope, curvature
    more, less = likelihood(rows, eta, theta + h), likelihood(rows, eta, theta - h)
    both = likelihood(rows, eta + h, theta + h)
    mixed = ((both - up - more + here) / h**2) @ design
    own = ((more + less - 2 * here) / h**2).sum(axis=1)
    slope = np.column_stack([slope, ((more - less) / (2 * h)).sum(axis=1)])
    corner = np.concatenate([mixed, own[:, None]], axis=1)
    curvature = np.concatenate([curvature, mixed[:, None, :]], axis=1)
    return slope, np.concatenate([curvature, corner[:, :, None]], axis=2)
