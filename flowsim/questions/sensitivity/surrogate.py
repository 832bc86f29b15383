"""Shares of the spread from a smooth surface fitted to draws of all inputs that were run anyway: polynomial chaos.

The answer, against the same luck with the inputs as they are, is fitted by polynomials that are orthonormal under each
input's law (Legendre for uniform, Hermite for normal): straight, bent, or with products of two, whichever foretells
draws left out best. An input's own share is then the sum of its squared coefficients over all, exactly; with
interaction, of all terms it is in. The squares are freed of what chance adds to them.

The intervals hold both what the replications and what the fit leave open: replications drawn again within each block
of common luck, and the fit's residuals among the draws.

Source: Sudret 2008 (shares from polynomial chaos); Allen 1974 (draws left out, by the hat matrix).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from flowsim.questions.ranges import Input
from flowsim.questions.sensitivity.shares import Shares

BOOTSTRAPS = 500
ROOM = 1.5
"""So many draws at least for every term of a surface."""
WELL = 0.8
"""Of the draws' variance, so much must be foretold of draws left out for the surface to be used."""


@dataclass(frozen=True)
class Surface:
    """Terms of a polynomial: of each the inputs it is made of, and its values at the draws."""

    parts: tuple[frozenset[int], ...]
    columns: np.ndarray
    """(draws, 1 + terms), the constant first."""

    @property
    def hat(self) -> np.ndarray:
        """Draws' values -> fitted values."""
        return np.asarray(self.columns @ np.linalg.pinv(self.columns))

    def left_out(self, values: np.ndarray) -> float:
        """Of the variance, what is foretold of each draw by a fit to the others (below 0: worse than the mean)."""
        hat = self.hat
        errors = (values - hat @ values) / np.maximum(1 - np.diag(hat), 1e-9)
        whole = float(((values - values.mean()) ** 2).sum())
        return 1 - float((errors**2).sum()) / whole if whole > 0 else float("nan")


@dataclass(frozen=True)
class Draws:
    """Draws of all inputs, and the answer under each."""

    values: np.ndarray
    """Of the inputs, (draws, inputs)."""
    answers: np.ndarray
    """(draws, replications)."""
    today: np.ndarray
    """The same replications with the inputs as they are."""
    luck: tuple[int, ...]
    """Of each draw which block of replications it had: draws of one block share their luck."""

    @property
    def moved(self) -> np.ndarray:
        """What the inputs did, (draws, replications)."""
        return self.answers - self.today


def shares(inputs: Sequence[Input], draws: Draws, seed: int = 1) -> Shares | None:
    """Shares of the inputs; None where there are too few draws, or nothing moves. `seed`: of drawing again."""
    means = draws.moved.mean(axis=1) if draws.moved.size else np.zeros(0)
    known = [one for one in surfaces(standard(inputs, draws.values)) if len(means) >= ROOM * one.columns.shape[1]]
    if len(inputs) < 2 or not known or means.std() < 1e-9:
        return None
    best = max(known, key=lambda one: one.left_out(means))
    again = np.random.default_rng([seed, len(means)])
    least = np.linalg.pinv(best.columns)
    found = (least @ means)[1:]
    many = np.array([(least @ one)[1:] for one in _again(best, draws, again)])
    squares = np.maximum(0.0, found**2 - many.var(axis=0))
    if squares.sum() == 0:
        return None
    own, total = _of(best, squares, len(inputs))
    spread_own = np.array([_of(best, row**2, len(inputs))[0] for row in many])
    return Shares(
        tuple(own.tolist()), tuple(total.tolist()), tuple((1.96 * spread_own.std(axis=0)).tolist()), len(means),
        "surface", best.left_out(means),
    )  # fmt: skip


def standard(inputs: Sequence[Input], drawn: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Of each input its polynomials of first and second degree, with mean 0 and variance 1 under its law."""
    made = []
    for one, values in zip(inputs, np.asarray(drawn, dtype=float).T, strict=True):
        half = (one.range.high - one.range.low) / 2
        t = (values - one.middle) / half
        if one.range.law == "uniform":
            made.append((np.sqrt(3) * t, np.sqrt(5) * (3 * t**2 - 1) / 2))
        else:
            z = 1.959963984540054 * t
            made.append((z, (z**2 - 1) / np.sqrt(2)))
    return made


def surfaces(terms: Sequence[tuple[np.ndarray, np.ndarray]]) -> list[Surface]:
    """Straight; bent; bent with every product of two."""
    one, parts = [np.ones_like(terms[0][0])], [frozenset[int]()]
    straight = [(frozenset([k]), first) for k, (first, _) in enumerate(terms)]
    bent = [(frozenset([k]), second) for k, (_, second) in enumerate(terms)]
    products = [(frozenset([i, j]), terms[i][0] * terms[j][0]) for i, j in combinations(range(len(terms)), 2)]
    made = []
    for more in (straight, bent, products):
        one, parts = [*one, *(column for _, column in more)], [*parts, *(part for part, _ in more)]
        made.append(Surface(tuple(parts[1:]), np.column_stack(one)))
    return made


def _of(surface: Surface, squares: np.ndarray, many: int) -> tuple[np.ndarray, np.ndarray]:
    """Own and total share of each input from the squared coefficients."""
    whole = float(squares.sum()) or 1.0
    own = [sum(s for part, s in zip(surface.parts, squares, strict=True) if part == {k}) for k in range(many)]
    total = [sum(s for part, s in zip(surface.parts, squares, strict=True) if k in part) for k in range(many)]
    return np.array(own) / whole, np.array(total) / whole


def _again(surface: Surface, draws: Draws, random: np.random.Generator) -> list[np.ndarray]:
    """The draws' means as they might have been: each block's replications drawn again, and the fit's residuals."""
    moved, luck = draws.moved, np.array(draws.luck)
    means, replications = moved.mean(axis=1), moved.shape[1]
    fitted = surface.hat @ means
    residuals = (means - fitted) * np.sqrt(len(means) / max(1, len(means) - surface.columns.shape[1]))
    made = []
    for _ in range(BOOTSTRAPS):
        picked = random.integers(0, replications, (luck.max() + 1, replications))[luck]
        other = np.take_along_axis(moved, picked, axis=1).mean(axis=1) - means
        made.append(fitted + random.choice(residuals, len(means)) + other)
    return made
