"""The paper figures are drawn on: one style, one palette, small multiples, dates below, and the two ways out.

Figures are made without pyplot, so no state is kept. Names come from planners' files: they are drawn as plain text
(no formulas), cut to size, and end in the SVG as shapes of letters, never as markup.
"""

from __future__ import annotations

import io
import math
import re
import textwrap
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imsave
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from flowsim.report.reading import Reading
from flowsim.report.words import Words

WIDTH = 10.5
"""Inches: 1008 px at the size it was made for, so 9 points are 12 px."""
_DPI = 150
INK, MUTED, GRID, PAPER = "#1d2731", "#56626e", "#e2e7ec", "#ffffff"
BASELINE, SCENARIO, TARGET = "#7d8793", "#0a6ebd", "#c2410c"
USED = "#0a6ebd"
SERIES = ("#0a6ebd", "#e08e00", "#14795a", "#b5338a", "#7fb8e6", "#8a5a00", "#8c8c8c", "#d9534f", "#4b3f9e", "#b8c24a")
"""Told apart also without red-green vision and by lightness (after Okabe and Ito 2008)."""
HATCHES = ("", "", "", "", "", "", "", "////", "....", "xxxx")

_STYLE: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": "#aab3bc",
    "axes.labelcolor": MUTED,
    "axes.labelsize": 9,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "hatch.linewidth": 0.6,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "lines.solid_capstyle": "round",
    "figure.facecolor": PAPER,
    "svg.fonttype": "path",
    "svg.hashsalt": "flowsim",
}


@contextmanager
def style() -> Iterator[None]:
    """The report's style, for drawing and saving; missing letters of rare alphabets are no fault."""
    with rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        warnings.filterwarnings("ignore", message="constrained_layout not applied")
        yield


def sheet(height: float, width: float = WIDTH) -> Figure:
    """An empty figure, laid out so that nothing overlaps."""
    return Figure(
        figsize=(width, height), layout=ConstrainedLayoutEngine(h_pad=0.06, w_pad=0.06, hspace=0.04, wspace=0.03)
    )


def multiples(
    number: int, panel_height: float = 2.15, columns: int = 3, same_scale: bool = True
) -> tuple[Figure, list[Axes]]:
    """A figure of `number` panels, filled row by row, on one scale unless said otherwise."""
    columns = max(1, min(columns, number))
    rows = math.ceil(number / columns)
    figure = sheet(rows * panel_height + 0.75)
    grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=same_scale)
    panels = list(grid.flat)
    for spare in panels[number:]:
        spare.remove()
    for above in range(max(0, number - columns), number):
        panels[above].tick_params(labelbottom=True)
    return figure, panels[:number]


def wrapped(text: str, width: int, lines: int = 2) -> str:
    """The text on at most `lines` lines of about `width` letters, its end cut with an ellipsis."""
    made = textwrap.wrap(text, width, break_long_words=True) or [""]
    if len(made) > lines:
        made = made[:lines]
        made[-1] = made[-1][: width - 1].rstrip() + "…"
    return "\n".join(made)


def number_axis(
    axis: Any, words: Words, scale: float = 1.0, most: int = 5, percent: bool = False, signed: bool = False
) -> None:
    """Numbers along an axis in the language's way (`scale`: what they are divided by)."""
    say = words.signed if signed else words.number

    def shown(value: float, _: object = None) -> str:
        if percent:
            return words.percent(value)
        value = value / scale
        return say(value, 0 if abs(value - round(value)) < 1e-6 else 1)

    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 2.5, 5, 10], integer=not percent and scale == 1.0))
    axis.set_major_formatter(FuncFormatter(shown))


def date_axis(panel: Axes, words: Words, start: date, weeks: int) -> None:
    """Dates along an axis counted in ISO weeks from the one that holds `start`; the year at its first month."""
    start = start - timedelta(days=start.weekday())
    every = 3 if weeks > 40 else 1
    ticks, labels, year = [], [], 0
    month = date(start.year, start.month, 1)
    last = start + timedelta(weeks=weeks)
    while month <= last:
        place = (month - start).days / 7
        if -2 < place < weeks - 2 and (month.month - 1) % every == 0:
            named = words.month(month)
            ticks.append(max(0.0, place))
            labels.append(f"{named}\n{month.year}" if month.year != year else named)
            year = month.year
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    panel.set_xticks(ticks, labels)
    panel.set_xlim(0, weeks)


def scenario_names(panel: Axes, reading: Reading, scenarios: list[str], width: int) -> None:
    """Scenarios down the side, the first at the top."""
    panel.set_yticks(range(len(scenarios)), [wrapped(reading.label(s), width) for s in scenarios])
    panel.set_ylim(len(scenarios) - 0.45, -0.55)
    panel.tick_params(axis="y", labelcolor=INK)
    panel.grid(False, axis="y")


def patches(said: list[str], colors: list[str] | None = None) -> tuple[list[Any], list[str]]:
    """Marks of a legend for parts laid end to end, in the palette's order."""
    used = colors or [SERIES[k % len(SERIES)] for k in range(len(said))]
    hatches = [""] * len(said) if colors else [HATCHES[k % len(HATCHES)] for k in range(len(said))]
    return [Patch(facecolor=c, hatch=h, edgecolor="white") for c, h in zip(used, hatches, strict=True)], said


def key(figure: Figure, marks: list[Any], said: list[str]) -> None:
    """What the marks mean, above the panels, in as many columns as there is room for."""
    room = figure.get_size_inches()[0] - 0.3
    for columns in range(len(said), 0, -1):
        widest = [max(len(text) for text in column) for column in _filled(said, columns)]
        if sum(0.52 + 0.084 * letters for letters in widest) <= room:
            break
    figure.legend(marks, said, loc="outside upper left", ncols=columns, handlelength=1.5, columnspacing=1.4)


def _filled(said: list[str], columns: int) -> list[list[str]]:
    """How a legend fills its columns: one after the other, the first ones longer by one if they cannot be equal."""
    rows, longer = divmod(len(said), columns)
    ends = [k * rows + min(k, longer) for k in range(columns + 1)]
    return [said[a:b] for a, b in pairwise(ends)]


def svg(figure: Figure) -> str:
    """The figure as SVG text, the same bytes every time; tenths of a point are enough for a line."""
    out = io.StringIO()
    with style():
        _settle(figure)
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": "flowsim"})
    text = re.sub(r' d="[^"]*"', lambda drawn: re.sub(r"(\.\d)\d+", r"\1", drawn.group()), out.getvalue())
    return re.sub(r"\n\s*", " ", text)


def png(figure: Figure, title: str) -> bytes:
    """The figure as PNG with its title above, for slides and documents."""
    out = io.BytesIO()
    with style():
        _settle(figure)
        lines = wrapped(title, 92, 3)
        head = Figure(figsize=(figure.get_size_inches()[0], 0.16 + 0.24 * len(lines.splitlines())))
        head.text(0.012, 0.3, lines, fontsize=12, fontweight="bold", va="bottom")
        imsave(
            out, np.vstack([_pixels(head), _pixels(figure)]), format="png", dpi=_DPI, metadata={"Software": "flowsim"}
        )
    return out.getvalue()


def _settle(figure: Figure) -> None:
    """Everything put in its place once, so that no later drawing has to find it again."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
        figure.set_layout_engine(None)


def _pixels(figure: Figure) -> np.ndarray:
    """The figure as an array, height x width x RGBA."""
    figure.set_dpi(_DPI)
    drawn = FigureCanvasAgg(figure)
    drawn.draw()
    return np.asarray(drawn.buffer_rgba())
