"""Figures of differences: every scenario against the baseline, paired, as dots with whiskers about a line at zero."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from flowsim.report.figures import canvas
from flowsim.report.quantities import Quantity, quantity
from flowsim.report.reading import Reading

_BACK = {"facecolor": canvas.PAPER, "edgecolor": "none", "pad": 0.6}
Reach = tuple[float, float, float]
"""Mean, low and high."""


def differences(reading: Reading, measures: list[str]) -> Figure:
    """Paired differences to the baseline with 95 % intervals: a panel a measure, a row a scenario."""
    words = reading.words
    with canvas.style():
        figure = canvas.sheet(0.46 * len(reading.others) + 1.6)
        panels = figure.subplots(1, len(measures), squeeze=False, sharey=True)[0]
        for panel, measure in zip(panels, measures, strict=True):
            found = {s: _difference(reading, s, measure) for s in reading.others}
            largest = max((abs(v) for reach in found.values() for v in reach if v == v), default=0.0)
            told = quantity(measure, largest)
            _dots(panel, reading, list(found.values()), told)
            panel.set_title(canvas.wrapped(words.first_upper(words.measure(measure)), 24, 3), fontsize=9)
            panel.set_xlabel(words("unit_points" if told.unit == "share" else "unit_" + told.unit))
        canvas.scenario_names(panels[0], reading, reading.others, 36)
        marks = [
            Line2D([], [], color=canvas.SCENARIO, marker="o"),
            Line2D([], [], color=canvas.BASELINE, marker="o", markerfacecolor="white"),
        ]
        said = [words("key_clear_of_zero"), words("key_not_clear")]
        canvas.key(figure, marks, said)
    return figure


def effects(reading: Reading, measure: str) -> Figure:
    """What each change of each scenario did, added in order (table `steps`), with 95 % intervals."""
    words, frame = reading.words, reading.rows("steps", measure=measure)
    rows = [
        (str(s), str(c), (float(m), float(lo), float(hi)))
        for s, c, m, lo, hi in zip(*(frame[k] for k in ("scenario", "change", "mean", "low", "high")), strict=True)
    ]
    with canvas.style():
        figure = canvas.sheet(0.42 * len(rows) + 1.2)
        panel = figure.subplots()
        told = quantity(measure, max((abs(v) for _, _, reach in rows for v in reach), default=0.0))
        _dots(panel, reading, [reach for _, _, reach in rows], told)
        panel.set_yticks(
            range(len(rows)), [canvas.wrapped(f"{reading.letter(s)}  {words.change(c)}", 60) for s, c, _ in rows]
        )
        panel.set_ylim(len(rows) - 0.45, -0.55)
        panel.tick_params(axis="y", labelcolor=canvas.INK)
        panel.set_xlabel(words("unit_" + told.unit))
    return figure


def _difference(reading: Reading, scenario: str, measure: str) -> Reach:
    low_to_high = (
        reading.one("headline", c, scenario=scenario, measure=measure) for c in ("diff", "diff_low", "diff_high")
    )
    mean, low, high = low_to_high
    return mean, low, high


def _dots(panel: Axes, reading: Reading, reaches: list[Reach], told: Quantity) -> None:
    """A dot and its whisker a row: filled where the interval is clear of zero; the number above."""
    panel.axvline(0, color=canvas.INK, linewidth=1)
    panel.grid(False, axis="y")
    for place, (mean, low, high) in enumerate(reaches):
        if mean != mean:
            panel.text(0, place, reading.words("no_value"), ha="center", va="bottom", color=canvas.MUTED)
            continue
        clear = low > 0 or high < 0
        color = canvas.SCENARIO if clear else canvas.BASELINE
        panel.plot([low, high], [place, place], color=color, linewidth=1.6, marker="|", markersize=8)
        panel.plot(
            mean,
            place,
            "o",
            color=color,
            markersize=4.5,
            markerfacecolor=color if clear else "white",
            markeredgewidth=1.3,
        )
        half = (high - low) / 2
        text = f"{told.difference(reading.words, mean, half)} ± {told.value(reading.words, half, half)}"
        panel.annotate(text, (mean, place), (0, 6), textcoords="offset points", ha="center", va="bottom", bbox=_BACK)
    canvas.number_axis(panel.xaxis, reading.words, told.scale, most=4, signed=True)
    panel.spines["left"].set_visible(False)
    panel.margins(x=0.3)
