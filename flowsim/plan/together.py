"""Luck that goes together: from the scenario's pairs to what each resource's weekly luck is made of."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from flowsim import chance
from flowsim.errors import Fault, InputError
from flowsim.schema import ScenarioModel

Shared = Mapping[str, Mapping[str, float]]
"""Resource -> whose normal scores its own is the loaded sum of (`chance.weekly_luck`); its own alone: left out."""

MOST = 0.999
"""Correlation of weekly scores at most."""


def shared(model: ScenarioModel, file: str) -> Shared:
    """The loadings of every resource of `luck_together`.

    Raises:
        InputError: correlations that contradict each other.
    """
    named = {name for one in model.luck_together if one.correlation is not None for name in one.resources}
    names = [name for name in model.resources if name in named]
    try:
        rows: dict[str, Mapping[str, float]] = dict(chance.loadings(names, _matrix(model, names))) if names else {}
    except ValueError:
        message = "these correlations contradict each other: no weeks can go together so."
        raise InputError([Fault(file, 0, "luck_together", "", message)]) from None
    for one in model.luck_together:
        if one.same_weeks:
            first, *others = one.resources
            rows |= {name: rows.get(first, {first: 1.0}) for name in others}
    return rows


def _matrix(model: ScenarioModel, names: list[str]) -> np.ndarray:
    matrix = np.eye(len(names))
    for one in model.luck_together:
        if one.correlation is not None:
            i, j = (names.index(name) for name in one.resources)
            matrix[i, j] = matrix[j, i] = _of_scores(one.correlation, *(_lag1(model, name) for name in one.resources))
    return matrix


def _of_scores(correlation: float, first: float, second: float) -> float:
    """The correlation of weekly scores that gives this one to two sums of them, with these autocorrelations.

    z = sqrt(1 - r^2) sum r^j e_(w-j): corr(z1, z2) = corr(e1, e2) sqrt((1 - r1^2)(1 - r2^2)) / (1 - r1 r2).
    """
    needed = correlation * (1 - first * second) / math.sqrt((1 - first**2) * (1 - second**2))
    return min(max(needed, -MOST), MOST)


def _lag1(model: ScenarioModel, name: str) -> float:
    return float(getattr(model.resources[name].luck, "lag1", 0.0) or 0.0)
