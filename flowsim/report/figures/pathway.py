"""Figure of the pathway: steps as boxes, flows as arrows, and above each box its queue, as thick as it is long."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.path import Path

from flowsim.report.figures import canvas
from flowsim.report.figures.layers import Layout, layout
from flowsim.report.quantities import quantity
from flowsim.report.reading import Reading
from flowsim.tables import ENDED

START = "start"
_ROW, _BOX, _QUEUE = 1.34, 0.56, 0.28
"""Inches: from layer to layer, a box's height, a queue's height."""
_CLEAR = {"facecolor": canvas.PAPER, "edgecolor": "none", "pad": 0.4}
_AMBER, _FLOW = "#e9a63a", "#9db4c8"


@dataclass(frozen=True)
class Ground:
    """Measures of the drawing: inches per box place, a box's width, the layers' heights."""

    layout: Layout
    column: float
    box: float

    def x(self, place: float) -> float:
        """Middle of a place."""
        return place * self.column

    def y(self, layer: int) -> float:
        """Middle of the boxes of a layer."""
        return (self.layout.layers - 1 - layer) * _ROW


def pathway(reading: Reading, scenario: str) -> Figure:
    """Mean queue per step, patients a week along each edge (`flow_steps`, `flow_edges`); dashed: the queue in A."""
    flows = _flows(reading, scenario)
    steps = steps_shown(reading, scenario)
    inner = {e: n for e, n in flows.items() if e[0] in steps and e[1] in steps}
    plan = layout(steps, list(inner))
    column = min(3.1, (canvas.WIDTH - 0.3) / max(1.0, plan.width))
    ground = Ground(plan, column, min(2.5, column * 0.86))
    with canvas.style():
        figure = canvas.sheet(plan.layers * _ROW + 0.35)
        panel = figure.subplots()
        panel.axis("off")
        both = (scenario, reading.baseline)
        longest = {k: np.nanmax([0.0, *(reading.one("flow_steps", scenario=s, step=k) for s in both)]) for k in steps}
        widest = max(inner.values(), default=1.0)
        for edge in plan.way:
            _arrow(panel, ground, edge, 0.8 + 6.0 * inner[edge] / widest, longest[edge[1]] >= 0.5)
        for step in steps:
            _queue(panel, ground, reading, scenario, step, max([1.0, *longest.values()]))
            _box(panel, ground, reading, step, {e: n for e, n in flows.items() if step in e})
        middle = ground.x(plan.width) / 2
        panel.set_xlim(middle - canvas.WIDTH / 2 + 0.1, middle + canvas.WIDTH / 2 - 0.1)
        panel.set_ylim(-0.55, (plan.layers - 1) * _ROW + 0.75)
        panel.set_aspect("equal")
        _key(figure, reading, scenario)
    return figure


def steps_shown(reading: Reading, scenario: str) -> list[str]:
    """Steps that own patients go through or wait at, in the plan's order; no stays, no other departments' work."""
    met = {step for edge in _flows(reading, scenario) for step in edge}
    met -= {START, *ENDED}
    steps = [info.name for info in reading.settings[scenario].steps if not info.stay_of]
    return [step for step in steps if step in met] or steps


def _flows(reading: Reading, scenario: str) -> dict[tuple[str, str], float]:
    """(from, to) -> patients a week, those under one in twenty weeks left out."""
    rows = reading.rows("flow_edges", scenario=scenario)
    weeks = max(1, reading.settings[scenario].weeks)
    found = {
        (str(a), str(b)): float(n) / weeks
        for a, b, n in zip(rows["from_step"], rows["to_step"], rows["mean"], strict=True)
    }
    return {edge: number for edge, number in found.items() if number >= 0.05}


def _arrow(panel: Axes, ground: Ground, edge: tuple[str, str], width: float, queued: bool) -> None:
    """A smooth line from one box to the next (or to the queue on it), passing between the boxes on its way."""
    points = [(ground.x(place), ground.y(layer)) for place, layer in ground.layout.way[edge]]
    (ax, ay), (bx, by) = points[0], points[-1]
    down = by < ay
    if down:
        points[0], points[-1] = (ax, ay - _BOX / 2), (bx, by + _BOX / 2 + 0.03 + (_QUEUE if queued else 0.0))
    else:
        points[0], points[-1] = (ax + ground.box / 2, ay), (bx + ground.box / 2, by)
    tip = f"-|>,head_length={2.5 + width * 0.35},head_width={1.5 + width * 0.3}"
    arrow = FancyArrowPatch(path=_curve(points, sideways=not down), arrowstyle=tip, joinstyle="miter", capstyle="butt")
    arrow.set(color=_FLOW, linewidth=width, zorder=1)
    panel.add_patch(arrow)


def _curve(points: list[tuple[float, float]], sideways: bool) -> Path:
    """Through the points, upright at each; sideways out of the first and into the last where asked."""
    path, codes, last = [points[0]], [Path.MOVETO], len(points) - 2
    for k, ((ax, ay), (bx, by)) in enumerate(pairwise(points)):
        middle = (ay + by) / 2
        out = (ax + 0.4, ay) if sideways and k == 0 else (ax, middle)
        into = (bx + 0.4, by) if sideways and k == last else (bx, middle)
        path += [out, into, (bx, by)]
        codes += [Path.CURVE4] * 3
    return Path(path, codes)


def _queue(panel: Axes, ground: Ground, reading: Reading, scenario: str, step: str, most: float) -> None:
    """The queue as a block on the box, as wide as it is long; dashed the baseline's; the number beside it."""
    x, layer = ground.layout.place[step]
    middle, foot = ground.x(x), ground.y(layer) + _BOX / 2
    mean, low, high = (reading.one("flow_steps", c, scenario=scenario, step=step) for c in ("mean", "low", "high"))
    if mean == mean and mean >= 0.5:
        wide = ground.box * mean / most
        panel.add_patch(
            Rectangle((middle - wide / 2, foot), wide, _QUEUE, facecolor=_AMBER, edgecolor="none", zorder=2)
        )
        said = quantity("queue").with_interval(reading.words, mean, low, high)
        inside = wide > 0.085 * len(said)
        panel.text(
            middle if inside else middle + wide / 2 + 0.06,
            foot + _QUEUE / 2,
            said,
            ha="center" if inside else "left",
            va="center_baseline",
            zorder=4,
        )
    if scenario != reading.baseline:
        base = ground.box * reading.one("flow_steps", scenario=reading.baseline, step=step) / most
        if not base > 0.01 * ground.box:
            return
        outline = Rectangle(
            (middle - base / 2, foot), base, _QUEUE, fill=False, edgecolor=canvas.INK, linestyle=(0, (3, 2)), zorder=3
        )
        panel.add_patch(outline)


def _box(panel: Axes, ground: Ground, reading: Reading, step: str, flows: dict[tuple[str, str], float]) -> None:
    """Name, patients a week, and how many of them leave the pathway here."""
    words = reading.words
    x, layer = ground.layout.place[step]
    middle, level = ground.x(x), ground.y(layer)
    frame = FancyBboxPatch(
        (middle - ground.box / 2 + 0.04, level - _BOX / 2 + 0.04),
        ground.box - 0.08,
        _BOX - 0.08,
        boxstyle="round,pad=0.04,rounding_size=0.07",
        facecolor="#f2f7fc",
        edgecolor=canvas.SCENARIO,
        linewidth=1.2,
        zorder=3,
    )
    panel.add_patch(frame)
    through = max(
        sum(n for (a, b), n in flows.items() if b == step), sum(n for (a, b), n in flows.items() if a == step)
    )
    name = canvas.wrapped(words.first_upper(words.name(step)), int(ground.box * 11), 1)
    panel.text(middle, level + 0.11, name, ha="center", va="center", fontweight="bold", zorder=4)
    lines = words("flow_per_week", number=words.number(through, 1))
    panel.text(middle, level - 0.12, lines, ha="center", va="center", color=canvas.MUTED, zorder=4)
    _gone(panel, ground, reading, step, flows)


def _gone(panel: Axes, ground: Ground, reading: Reading, step: str, flows: dict[tuple[str, str], float]) -> None:
    """Below the box, on the side where fewer go on: how many leave the pathway here a week, or come again."""
    words, (x, layer) = reading.words, ground.layout.place[step]
    gone = {b: n for (a, b), n in flows.items() if a == step and b in ENDED and b != "inside"}
    again = flows.get((step, step), 0.0)
    notes = [f"{words.name(e)} {words.number(n, 1)}" for e, n in gone.items()]
    notes += [words("flow_again", number=words.number(again, 1))] if again else []
    onwards = [(way[1][0] - x, flows[e]) for e, way in ground.layout.way.items() if e[0] == step and e in flows]
    side = -1 if sum(n * (1 if lean > 0.1 else -1 if lean < -0.1 else 0) for lean, n in onwards) > 0 else 1
    place = (ground.x(x) + 0.1 * side, ground.y(layer) - _BOX / 2 - 0.06)
    text = canvas.wrapped(", ".join(notes), int(ground.box * 16), 2)
    aligned = "left" if side > 0 else "right"
    panel.text(*place, text, ha=aligned, va="top", fontsize=8.5, color=canvas.MUTED, zorder=4, bbox=_CLEAR)


def _key(figure: Figure, reading: Reading, scenario: str) -> None:
    """What block, outline and arrow are."""
    words = reading.words
    marks = [Rectangle((0, 0), 1, 1, facecolor=_AMBER), Rectangle((0, 0), 1, 1, facecolor=_FLOW)]
    said = [words("key_queue_thick"), words("key_flow")]
    if scenario != reading.baseline:
        marks.insert(1, Rectangle((0, 0), 1, 1, fill=False, edgecolor=canvas.INK, linestyle=(0, (3, 2))))
        said.insert(1, canvas.wrapped(reading.label(reading.baseline), 40, 1))
    canvas.key(figure, marks, said)
