"""Maximum likelihood of many histories at once: a damped Newton climb on all of them together.

A bootstrap with refit fits the same few parameters a hundred times over; here the hundred are rows of one array.
A history's log-likelihood is a sum over weeks, each week's a function of its linear predictor (eta = design @ b)
and of one spread parameter theta common to all weeks. So six evaluations give all derivatives.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
_STEP = 1e-4


@dataclass(frozen=True)
class Problem:
    """What is to be maximised, for every history (row) of a sample; parameters are b, then theta if `spread`."""

    by_week: Callable[[Rows, Floats, Floats], Floats]
    """Of (rows asked for, eta (rows, weeks), theta (rows, 1)): log-likelihood by row and week."""
    design: Floats
    spread: bool

    def total(self, rows: Rows, at: Floats) -> Floats:
        """Log-likelihood of each of the rows at its parameters."""
        return np.asarray(self.by_week(rows, *unpacked(at, self.design, self.spread)).sum(axis=1))


def unpacked(at: Floats, design: Floats, spread: bool) -> tuple[Floats, Floats]:
    """(eta (samples, weeks), theta (samples, 1)) of parameters, both within what can be computed."""
    q = design.shape[1]
    theta = np.clip(at[:, q:], -9.0, 9.0) if spread else np.zeros((len(at), 1))
    return np.clip(at[:, :q] @ design.T, -30, 30), theta


def maximise(problem: Problem, start: Floats, gain: float = 1e-6, rounds: int = 40) -> tuple[Floats, Floats]:
    """(parameters, log-likelihood) at the top reached from `start` (samples, parameters).

    A sample whose last step won less than `gain` is left in peace.
    """
    at, left = start.astype(float), np.arange(len(start))
    value = problem.total(left, at)
    for _ in range(rounds):
        step = _direction(problem, left, at[left])
        at[left], better = _climbed(problem, left, at[left], value[left], step)
        won, value[left] = better - value[left], better
        left = left[won >= gain]
        if not len(left):
            break
    return at, value


def _direction(problem: Problem, rows: Rows, at: Floats) -> Floats:
    """Newton's step with the curvature made negative, at most 1 long in any parameter."""
    slope, curvature = _derivatives(problem, rows, at)
    sizes, axes = np.linalg.eigh(curvature)
    along = np.einsum("bij,bi->bj", axes, slope) / np.maximum(np.abs(sizes), 1e-6)
    step = np.einsum("bij,bj->bi", axes, along)
    return np.asarray(step / np.maximum(np.abs(step).max(axis=1, keepdims=True), 1.0))


def _climbed(problem: Problem, rows: Rows, at: Floats, value: Floats, step: Floats) -> tuple[Floats, Floats]:
    """The longest of the step, its half, quarter, ... that is no worse, sample by sample."""
    at, value, left = at.copy(), value.copy(), np.arange(len(at))
    for halving in range(12):
        tried = at[left] + step[left] * 0.5**halving
        found = problem.total(rows[left], tried)
        takes = found >= value[left]
        at[left[takes]], value[left[takes]] = tried[takes], found[takes]
        left = left[~takes]
        if not len(left):
            break
    return at, value


def _derivatives(problem: Problem, rows: Rows, at: Floats) -> tuple[Floats, Floats]:
    """Gradient (samples, q) and Hessian (samples, q, q), by central differences week by week."""
    f, design, h = problem.by_week, problem.design, _STEP
    eta, theta = unpacked(at, design, problem.spread)
    here, up, down = f(rows, eta, theta), f(rows, eta + h, theta), f(rows, eta - h, theta)
    slope = (up - down) / (2 * h) @ design
    curvature = np.einsum("bn,ni,nj->bij", (up + down - 2 * here) / h**2, design, design, optimize=True)
    if not problem.spread:
        return slope, curvature
    more, less, both = f(rows, eta, theta + h), f(rows, eta, theta - h), f(rows, eta + h, theta + h)
    mixed = ((both - up - more + here) / h**2) @ design
    own = ((more + less - 2 * here) / h**2).sum(axis=1)
    slope = np.column_stack([slope, ((more - less) / (2 * h)).sum(axis=1)])
    corner = np.concatenate([mixed, own[:, None]], axis=1)
    curvature = np.concatenate([curvature, mixed[:, None, :]], axis=1)
    return slope, np.concatenate([curvature, corner[:, :, None]], axis=2)
