"""Figures of waiting times: how long those treated had waited, one panel a scenario, with the guarantee's line."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from flowsim.frames import pd
from flowsim.report.figures import canvas
from flowsim.report.reading import Reading


def waiting_times(reading: Reading, span: str, limit_days: float = float("nan")) -> Figure:
    """Share of patients by waiting time (bins of `waits`), with the interval of each bin and the limit's line."""
    words, frame = reading.words, reading.rows("waits", span=span)
    shown = [s for s in reading.scenarios if (frame["scenario"] == s).any()]
    with canvas.style():
        figure, panels = canvas.multiples(len(shown), panel_height=2.05 if len(shown) > 3 else 3.0)
        base = _of(frame, reading.baseline)
        for place, (panel, scenario) in enumerate(zip(panels, shown, strict=True)):
            rows = _of(frame, scenario)
            own = canvas.BASELINE if scenario == reading.baseline else canvas.SCENARIO
            _bins(panel, rows, own)
            if scenario != reading.baseline:
                panel.stairs(base["mean"], _edges(base), color=canvas.BASELINE, linewidth=1.3)
            panel.set_title(canvas.wrapped(reading.label(scenario), 41 if len(shown) > 2 else 60))
            if place % 3 == 0:
                panel.set_ylabel(words("axis_share_of_treated"))
            if place >= len(shown) - 3:
                panel.set_xlabel(words("axis_waited_days"))
        _scales(reading, frame, panels[0])
        for panel in panels:
            _limit(panel, reading, limit_days)
        _key(reading, figure, limit_days, len(shown) > 1)
    return figure


def _of(frame: pd.DataFrame, scenario: str) -> pd.DataFrame:
    return frame[frame["scenario"] == scenario].sort_values("from_days")


def _edges(rows: pd.DataFrame) -> np.ndarray:
    return np.append(rows["from_days"].to_numpy(float), rows["to_days"].to_numpy(float)[-1:])


def _bins(panel: Axes, rows: pd.DataFrame, color: str) -> None:
    """Filled steps and, over each bin, its 95 % interval."""
    edges = _edges(rows)
    panel.stairs(rows["mean"], edges, fill=True, color=color, alpha=0.28)
    panel.stairs(rows["mean"], edges, color=color, linewidth=1.6)
    middle = (edges[:-1] + edges[1:]) / 2
    panel.vlines(middle, rows["low"], rows["high"], color=color, linewidth=1.2)


def _scales(reading: Reading, frame: pd.DataFrame, panel: Axes) -> None:
    """From zero to the last bin that holds anybody."""
    filled = frame[frame["mean"] > 0.0005]
    last = float((filled if len(filled) else frame)["to_days"].replace(np.inf, np.nan).max())
    panel.set_xlim(0, last)
    panel.set_ylim(0, min(float(frame["high"].max()), 1.6 * float(frame["mean"].max())) * 1.06)
    canvas.number_axis(panel.yaxis, reading.words, percent=True)
    canvas.number_axis(panel.xaxis, reading.words, most=6)


def _limit(panel: Axes, reading: Reading, limit_days: float) -> None:
    if limit_days == limit_days:
        panel.axvline(limit_days, color=canvas.TARGET, linewidth=1.3, linestyle=(0, (4, 2)))


def _key(reading: Reading, figure: Figure, limit_days: float, several: bool) -> None:
    """What steps, strokes, grey and dashes are."""
    words = reading.words
    own = canvas.SCENARIO if several else canvas.BASELINE
    marks: list[Any] = [
        Patch(facecolor=own, alpha=0.4),
        Line2D([], [], color=own, linewidth=1.2, marker="|", markersize=9, linestyle=""),
    ]
    said = [words("key_share_of_bin"), words("key_interval")]
    if several:
        marks.append(Line2D([], [], color=canvas.BASELINE, linewidth=1.6))
        said.append(canvas.wrapped(reading.label(reading.baseline), 40, 1))
    if limit_days == limit_days:
        marks.append(Line2D([], [], color=canvas.TARGET, linewidth=1.3, linestyle=(0, (4, 2))))
        said.append(words("key_limit", days=words.number(limit_days)))
    canvas.key(figure, marks, said)
