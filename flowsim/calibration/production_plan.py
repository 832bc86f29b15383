"""The production plan: low, mid and high weeks of a history, each with its target. A target, not the capacity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NAMES = ("low", "mid", "high")


@dataclass(frozen=True)
class PlannedWeeks:
    """One class of weeks: its bounds (contacts), how many of the history's weeks, target and staff hours a week."""

    name: str
    at_least: float
    at_most: float
    weeks: int
    target: float
    hours: float | None
    """Mean hours of the class's own weeks (not contacts times hours per contact)."""


def production_plan(y: Floats, hours: Floats | None = None) -> tuple[PlannedWeeks, ...]:
    """Three classes of equal width, from half a count below the lowest week to half above the highest.

    The half counts keep a week that lies on an edge out of doubt.
    """
    low, high = float(y.min()), float(y.max())
    edges = low - 0.5 + np.arange(4) * (high - low + 1) / 3
    return tuple(_class(name, edges[k], edges[k + 1], y, hours) for k, name in enumerate(NAMES))


def _class(name: str, low: float, high: float, y: Floats, hours: Floats | None) -> PlannedWeeks:
    mine = (y >= low) & (y < high)
    some = bool(mine.any())
    return PlannedWeeks(
        name=name,
        at_least=float(np.ceil(low)),
        at_most=float(np.ceil(high) - 1),
        weeks=int(mine.sum()),
        target=float(y[mine].mean()) if some else float((low + high) / 2),
        hours=float(hours[mine].mean()) if hours is not None and some else None,
    )
