"""Figure of the pathway: steps as boxes, flows as arrows, and above each box its queue, as thick as it is long."""

from __future__ import annotations

from dataclasses import dataclass

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
_ROW, _BOX, _QUEUE = 1.45, 0.56, 0.3
"""Inches: from layer to layer, a box's height, a queue's height."""
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
    """Mean queue per step and patients a week along each edge (tables `flow_steps`, `flow_edges`); dashed: the baseline's queue."""
    steps = [s for s in (i.name for i in reading.settings[scenario].steps) if len(reading.rows("flow_steps", scenario=scenario, step=s))]
    flows = _flows(reading, scenario)
    inner = {e: n for e, n in flows.items() if e[0] in steps and e[1] in steps}
    plan = layout(steps, list(inner))
    column = min(3.1, (canvas.WIDTH - 0.3) / max(1.0, plan.width))
    ground = Ground(plan, column, min(2.5, column * 0.86))
    with canvas.style():
        figure = canvas.sheet(plan.layers * _ROW + 0.55)
        panel = figure.subplots()
        panel.axis("off")
        most = max((reading.one("flow_steps", scenario=s, step=k) for s in (scenario, reading.baseline) for k in steps), default=1.0)
        widest = max(inner.values(), default=1.0)
        for edge in plan.way:
            _arrow(panel, ground, edge, 0.8 + 6.0 * inner[edge] / widest)
        for step in steps:
            _queue(panel, ground, reading, scenario, step, max(most, 1.0))
            _box(panel, ground, reading, step, {e: n for e, n in flows.items() if step in e})
        middle = ground.x(plan.width) / 2
        panel.set_xlim(middle - canvas.WIDTH / 2 + 0.1, middle + canvas.WIDTH / 2 - 0.1)
        panel.set_ylim(-0.55, (plan.layers - 1) * _ROW + 0.95)
        panel.set_aspect("equal")
        _key(panel, reading, scenario)
    return figure


def _flows(reading: Reading, scenario: str) -> dict[tuple[str, str], float]:
    """(from, to) -> patients a week, those under one in twenty weeks left out."""
    rows = reading.rows("flow_edges", scenario=scenario)
    weeks = max(1, reading.settings[scenario].weeks)
    found = {(str(a), str(b)): float(n) / weeks for a, b, n in zip(rows["from_step"], rows["to_step"], rows["mean"], strict=True)}
    return {edge: number for edge, number in found.items() if number >= 0.05}


def _arrow(panel: Axes, ground: Ground, edge: tuple[str, str], width: float) -> None:
    """A smooth line from under one box to the queue of the next, passing between the boxes on its way."""
    points = [(ground.x(px), ground.y(layer)) for px, layer in ground.layout.way[edge]]
    down = points[-1][1] < points[0][1]
    side = 0.0 if down else 0.32 * ground.box
    half, above = _BOX / 2, _BOX / 2 + _QUEUE + 0.03
    points[0] = (points[0][0] + side, points[0][1] - half if down else points[0][1] + half)
    points[-1] = (points[-1][0] + side, points[-1][1] + above if down else points[-1][1] - half)
    path, codes = [points[0]], [Path.MOVETO]
    for (ax, ay), (bx, by) in zip(points, points[1:], strict=False):
        path += [(ax, (ay + by) / 2), (bx, (ay + by) / 2), (bx, by)]
        codes += [Path.CURVE4] * 3
    tip = f"-|>,head_length={3 + width * 0.5},head_width={1.6 + width * 0.45}"
    panel.add_patch(FancyArrowPatch(path=Path(path, codes), arrowstyle=tip, color=_FLOW, linewidth=width, zorder=1, capstyle="butt"))


def _queue(panel: Axes, ground: Ground, reading: Reading, scenario: str, step: str, most: float) -> None:
    """The queue as a block on the box, as wide as it is long; the baseline's as a dashed outline; the number beside it."""
    x, layer = ground.layout.place[step]
    middle, foot = ground.x(x), ground.y(layer) + _BOX / 2
    mean, low, high = (reading.one("flow_steps", c, scenario=scenario, step=step) for c in ("mean", "low", "high"))
    if mean == mean and mean >= 0.5:
        wide = ground.box * mean / most
        panel.add_patch(Rectangle((middle - wide / 2, foot), wide, _QUEUE, facecolor=_AMBER, edgecolor="none", zorder=2))
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
        outline = Rectangle((middle - base / 2, foot), base, _QUEUE, fill=False, edgecolor=canvas.INK, linestyle=(0, (3, 2)), zorder=3)
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
    through = max(sum(n for (a, b), n in flows.items() if b == step), sum(n for (a, b), n in flows.items() if a == step))
    name = canvas.wrapped(words.first_upper(words.name(step)), int(ground.box * 11), 1)
    panel.text(middle, level + 0.11, name, ha="center", va="center", fontweight="bold", zorder=4)
    lines = words("flow_per_week", number=words.number(through, 1))
    panel.text(middle, level - 0.12, lines, ha="center", va="center", color=canvas.MUTED, zorder=4)
    gone = {b: n for (a, b), n in flows.items() if a == step and b in ENDED}
    again = flows.get((step, step), 0.0)
    notes = [f"{words.name(e)} {words.number(n, 1)}" for e, n in gone.items()]
    notes += [words("flow_again", number=words.number(again, 1))] if again else []
    below = canvas.wrapped(", ".join(notes), int(ground.box * 16), 2)
    panel.text(middle + 0.1, level - _BOX / 2 - 0.06, below, ha="left", va="top", fontsize=8.5, color=canvas.MUTED, zorder=4)


def _key(panel: Axes, reading: Reading, scenario: str) -> None:
    """What block, outline and arrow are."""
    words = reading.words
    marks = [Rectangle((0, 0), 1, 1, facecolor=_AMBER), Rectangle((0, 0), 1, 1, facecolor=_FLOW)]
    said = [words("key_queue_thick"), words("key_flow")]
    if scenario != reading.baseline:
        marks.insert(1, Rectangle((0, 0), 1, 1, fill=False, edgecolor=canvas.INK, linestyle=(0, (3, 2))))
        said.insert(1, canvas.wrapped(reading.label(reading.baseline), 40, 1))
    figure = panel.figure
    figure.legend(marks, said, loc="outside upper left", ncols=3, handlelength=1.4, columnspacing=1.4)
