"""Figure of bed occupancy: patients in places at 06.00 by weekday, with the band of chance and the places available."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from flowsim.frames import pd
from flowsim.report.figures import canvas
from flowsim.report.reading import Reading


def occupancy_by_weekday(reading: Reading, resource: str) -> Figure:
    """Mean and band (p05 to p95) of occupied places at 06.00, a panel a scenario; dashed: places available."""
    words, frame = reading.words, reading.rows("occupancy", resource=resource)
    shown = [s for s in reading.scenarios if (frame["scenario"] == s).any()]
    with canvas.style():
        figure, panels = canvas.multiples(len(shown), panel_height=2.0 if len(shown) > 3 else 3.0)
        for place, (panel, scenario) in enumerate(zip(panels, shown, strict=True)):
            rows = frame[frame["scenario"] == scenario].sort_values("weekday")
            _week(panel, rows, canvas.BASELINE if scenario == reading.baseline else canvas.SCENARIO)
            panel.set_xticks(range(7), [words.weekday(d) for d in range(7)])
            panel.set_title(canvas.wrapped(reading.label(scenario), 41 if len(shown) > 2 else 60))
            if place % 3 == 0:
                panel.set_ylabel(words("axis_places"))
        panels[0].set_ylim(0, float(frame[["p95", "available"]].to_numpy().max()) * 1.08)
        panels[0].set_xlim(-0.6, 6.6)
        canvas.number_axis(panels[0].yaxis, words)
        own = canvas.SCENARIO if len(shown) > 1 else canvas.BASELINE
        marks: list[Any] = [
            Line2D([], [], color=own, marker="o", linewidth=0),
            Patch(color=own, alpha=0.25),
            Line2D([], [], color=canvas.TARGET, linewidth=1.4, linestyle=(0, (4, 2))),
        ]
        said = [words("key_mean"), words("key_band_days"), words("key_available")]
        canvas.key(figure, marks, said)
    return figure


def _week(panel: Any, rows: pd.DataFrame, color: str) -> None:
    """Seven bars of chance with their means, and the places available as steps."""
    day = rows["weekday"]
    panel.bar(day, rows["p95"] - rows["p05"], 0.6, rows["p05"], color=color, alpha=0.25, linewidth=0)
    panel.plot(day, rows["mean"], color=color, marker="o", markersize=5, linewidth=0)
    for d, places in zip(day, rows["available"], strict=True):
        panel.plot([d - 0.45, d + 0.45], [places, places], color=canvas.TARGET, linewidth=1.4, linestyle=(0, (4, 2)))
    panel.grid(False, axis="x")
