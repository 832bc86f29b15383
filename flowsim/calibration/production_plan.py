"""The production plan: low, mid and high weeks of a history, each with its target. A target, not the capacity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
NAMES = ("low", "mid", "high")
METHODS = ("equal_width", "tertiles", "k_means")


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
    fte: float | None = None
    """Those hours over the user's hours per full-time equivalent and week."""


def production_plan(
    y: Floats, hours: Floats | None = None, method: str = "equal_width", hours_per_fte_week: float | None = None
) -> tuple[PlannedWeeks, ...]:
    """Three classes of weeks.

    equal_width: from half a count below the lowest week to half above the highest, in three (the half counts keep a
    week that lies on an edge out of doubt); tertiles: as many weeks in each; k_means: least spread inside classes.
    """
    kind, edges = classes(y, method)
    made = []
    for k, name in enumerate(NAMES):
        mine = kind == k
        some = bool(mine.any())
        low, high = (edges[k], edges[k + 1]) if edges is not None else _bounds(y[mine])
        worked = float(hours[mine].mean()) if hours is not None and some else None
        made.append(
            PlannedWeeks(
                name=name,
                at_least=float(np.ceil(low)) + 0.0,
                at_most=float(np.ceil(high) - 1),
                weeks=int(mine.sum()),
                target=float(y[mine].mean()) if some else float((low + high) / 2),
                hours=worked,
                fte=worked / hours_per_fte_week if worked is not None and hours_per_fte_week else None,
            )
        )
    return tuple(made)


def classes(y: Floats, method: str = "equal_width") -> tuple[Whole, Floats | None]:
    """(0, 1 or 2 for each week, edges if the classes have any)."""
    if method == "equal_width":
        low, high = float(y.min()), float(y.max())
        edges = low - 0.5 + np.arange(4) * (high - low + 1) / 3
        return np.asarray(np.searchsorted(edges[1:3], y, side="right"), dtype=np.int64), edges
    order = np.argsort(y, kind="stable")
    kind = np.empty(len(y), dtype=np.int64)
    sizes = [len(part) for part in np.array_split(order, 3)] if method == "tertiles" else _k_means(y[order])
    kind[order] = np.repeat(np.arange(3), sizes)
    return kind, None


def placement(kind: Whole, y: Floats, iso_week: Whole, season: Floats) -> dict[str, tuple[int, ...]]:
    """Class -> its ISO weeks of a year of 52.

    Weeks are ranked by season factor, equal factors by the week's own class (then its mean count) in history; the
    lowest get low, and so on, as many of each as history's shares of 52.
    """
    own = np.array([kind[iso_week == w].mean() if (iso_week == w).any() else 1.0 for w in range(1, 53)])
    seen = np.array([y[iso_week == w].mean() if (iso_week == w).any() else y.mean() for w in range(1, 53)])
    ranked = np.lexsort((seen, own, np.round(season, 4))) + 1
    ends = np.floor(np.cumsum([52 * (kind == k).mean() for k in range(3)]) + 0.5).astype(int)
    starts = (0, *ends[:2])
    return {
        name: tuple(sorted(int(w) for w in ranked[a:b]))
        for name, a, b in zip(NAMES, starts, (*ends[:2], 52), strict=True)
    }


def _bounds(y: Floats) -> tuple[float, float]:
    """Lowest week, and half above the highest."""
    return (float(y.min()), float(y.max()) + 0.5) if len(y) else (0.0, 0.0)


def _k_means(ordered: Floats) -> list[int]:
    """Sizes of the three runs of ordered weeks with the least sum of squares around their means: exact."""
    n = len(ordered)
    one, two = np.append(0, np.cumsum(ordered)), np.append(0, np.cumsum(ordered**2))

    def spread(a: Whole, b: Whole) -> Floats:
        many = np.maximum(b - a, 1)
        return np.asarray(two[b] - two[a] - (one[b] - one[a]) ** 2 / many)

    first, second = (grid.ravel() for grid in np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij"))
    first, second = first[first <= second], second[first <= second]
    total = spread(0 * first, first) + spread(first, second) + spread(second, 0 * second + n)
    best = int(total.argmin())
    return [int(first[best]), int(second[best] - first[best]), int(n - second[best])]
