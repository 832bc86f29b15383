"""Where boxes of a pathway stand: steps in layers from top to bottom, edges led between the boxes they pass.

The layered drawing of Sugiyama, Tagawa and Toda (1981), small: layers by longest way, an empty place for an edge in
every layer it passes, order by the mean of the neighbours, then places pulled straight. No drawing here.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

Node = str | tuple[str, str, int]
"""A step, or the empty place of an edge (from, to, layer)."""
Edge = tuple[str, str]

_NARROW = 0.3
"""Room for an edge that passes, in boxes."""


@dataclass(frozen=True)
class Layout:
    """`place`: step -> (x in box widths, layer). `way`: edge -> points from its beginning to its end."""

    place: dict[str, tuple[float, int]]
    way: dict[Edge, list[tuple[float, int]]]
    width: float
    layers: int


def layout(steps: list[str], edges: list[Edge]) -> Layout:
    """Places for steps (in the plan's order) and edges. An edge against the order is led as if it went along it."""
    order = {step: k for k, step in enumerate(steps)}
    along = sorted(
        {(a, b) if order[a] < order[b] else (b, a) for a, b in edges if a != b},
        key=lambda e: (order[e[0]], order[e[1]]),
    )
    layer = _layers(steps, along)
    rows, links = _rows(steps, along, layer)
    for sweep in range(8):
        _sort(rows, links, downwards=sweep % 2 == 0)
    x = _straightened(rows, links)
    left = min((x[n] - _room(n) / 2 for row in rows for n in row), default=0.0)
    width = max((x[n] + _room(n) / 2 for row in rows for n in row), default=1.0) - left
    place = {s: (x[s] - left, layer[s]) for s in steps}
    return Layout(place, {e: _way(e, order, layer, x, left) for e in edges if e[0] != e[1]}, width, len(rows))


def _layers(steps: list[str], along: list[Edge]) -> dict[str, int]:
    """The longest way to each step; a step without predecessors stands just above its first follower."""
    layer = dict.fromkeys(steps, 0)
    for step in steps:
        layer[step] = max((layer[a] + 1 for a, b in along if b == step), default=0)
    for step in reversed(steps):
        after = [layer[b] for a, b in along if a == step]
        if after and not any(b == step for _, b in along):
            layer[step] = max(0, min(after) - 1)
    return layer


def _rows(
    steps: list[str], along: list[Edge], layer: dict[str, int]
) -> tuple[list[list[Node]], list[tuple[Node, Node]]]:
    """Layers with steps and empty places, and the links between neighbouring layers."""
    rows: list[list[Node]] = [[] for _ in range(max(layer.values(), default=0) + 1)]
    links: list[tuple[Node, Node]] = []
    for step in steps:
        rows[layer[step]].append(step)
    for a, b in along:
        chain: list[Node] = [a, *((a, b, k) for k in range(layer[a] + 1, layer[b])), b]
        for k, node in enumerate(chain[1:-1], start=layer[a] + 1):
            rows[k].append(node)
        links += list(pairwise(chain))
    return rows, links


def _sort(rows: list[list[Node]], links: list[tuple[Node, Node]], downwards: bool) -> None:
    """Each layer ordered by the mean place of its neighbours in the layer before."""
    for k in range(1, len(rows)) if downwards else range(len(rows) - 2, -1, -1):
        before = rows[k - 1 if downwards else k + 1]
        fixed = {node: (p + 0.5) / len(before) for p, node in enumerate(before)}
        wanted: dict[Node, float] = {}
        for p, node in enumerate(rows[k]):
            mean = _mean([fixed[other] for other in _neighbours(node, links) if other in fixed])
            wanted[node] = (p + 0.5) / len(rows[k]) if mean is None else mean
        rows[k].sort(key=wanted.__getitem__)


def _straightened(rows: list[list[Node]], links: list[tuple[Node, Node]]) -> dict[Node, float]:
    """Places across: each pulled to the mean of its neighbours, kept apart and in order."""
    x: dict[Node, float] = {}
    for row in rows:
        reach = 0.0
        for node in row:
            x[node] = reach + _room(node) / 2
            reach += _room(node)
        for node in row:
            x[node] -= reach / 2
    for sweep in range(24):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wanted = [_mean([x[o] for o in _neighbours(n, links)]) for n in row]
            x |= dict(
                zip(row, _apart(row, [x[n] if w is None else w for n, w in zip(row, wanted, strict=True)]), strict=True)
            )
    return x


def _apart(row: list[Node], wanted: list[float]) -> list[float]:
    """The wanted places moved as little as needed for everyone's room: the mean of pushing right and pushing left."""
    right, left = wanted[:], wanted[:]
    for k in range(1, len(row)):
        right[k] = max(right[k], right[k - 1] + (_room(row[k]) + _room(row[k - 1])) / 2)
    for k in range(len(row) - 2, -1, -1):
        left[k] = min(left[k], left[k + 1] - (_room(row[k]) + _room(row[k + 1])) / 2)
    return [(a + b) / 2 for a, b in zip(right, left, strict=True)]


def _room(node: Node) -> float:
    return 1.0 if isinstance(node, str) else _NARROW


def _neighbours(node: Node, links: list[tuple[Node, Node]]) -> list[Node]:
    return [b if a == node else a for a, b in links if node in (a, b)]


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _way(
    edge: Edge, order: dict[str, int], layer: dict[str, int], x: dict[Node, float], left: float
) -> list[tuple[float, int]]:
    """The edge's points from its beginning to its end, also when it goes upwards."""
    a, b = edge if order[edge[0]] < order[edge[1]] else edge[::-1]
    chain: list[Node] = [a, *((a, b, k) for k in range(layer[a] + 1, layer[b])), b]
    points = [(x[node] - left, layer[a] + k) for k, node in enumerate(chain)]
    return points if edge == (a, b) else points[::-1]
