"""Figures by week: queue, throughput, share inside the care guarantee; a panel a scenario, the baseline in grey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from flowsim.frames import pd
from flowsim.report.figures import canvas
from flowsim.report.reading import Reading


@dataclass(frozen=True)
class Course:
    """How a weekly figure is labelled: its axis, and a line to compare with (a level, or one by scenario)."""

    axis: str
    level: float = float("nan")
    level_said: str = ""
    percent: bool = False
    floor: float = 0.0


def queue_by_week(reading: Reading, span: str, target: float = float("nan")) -> Figure:
    """Patients in a span's queue at week's end, with the band of chance; `target`: the accepted queue, patients."""
    words = reading.words
    course = Course(words("axis_queue"), target, words("target_queue"))
    return by_week(reading, reading.rows("weekly_queue", span=span), course)


def throughput_by_week(reading: Reading, step: str) -> Figure:
    """Patients starting a step each week, with the band of chance."""
    course = Course(reading.words("axis_throughput"))
    return by_week(reading, reading.rows("weekly_throughput", step=step), course)


def guarantee_by_week(reading: Reading, name: str) -> Figure:
    """Share of the waiting who are inside the guarantee at each week's end, with the band of chance."""
    course = Course(reading.words("axis_inside_guarantee"), percent=True)
    return by_week(reading, reading.rows("weekly_guarantee", guarantee=name), course)


def by_week(reading: Reading, frame: pd.DataFrame, course: Course) -> Figure:
    """One panel a scenario: mean and band (p05 to p95 over replications), the baseline's mean in grey behind."""
    shown = [s for s in reading.scenarios if (frame["scenario"] == s).any()]
    with canvas.style():
        figure, panels = canvas.multiples(len(shown), panel_height=2.15 if len(shown) > 3 else 3.0)
        base = _of(frame, reading.baseline)
        for place, (panel, scenario) in enumerate(zip(panels, shown, strict=True)):
            _panel(panel, reading, _of(frame, scenario), base, course)
            panel.set_title(canvas.wrapped(reading.label(scenario), 41 if len(shown) > 2 else 60))
            if place % 3 == 0:
                panel.set_ylabel(course.axis)
        _scales(reading, frame, panels[0], course)
        _key(reading, figure, course, len(shown) > 1)
    return figure


def _of(frame: pd.DataFrame, scenario: str) -> pd.DataFrame:
    rows = frame[(frame["scenario"] == scenario) & (frame["week"] >= 0)]
    return rows.sort_values("week")


def _panel(panel: Axes, reading: Reading, rows: pd.DataFrame, base: pd.DataFrame, course: Course) -> None:
    """Band, line, baseline and the line to compare with."""
    own = canvas.BASELINE if rows is base or rows["scenario"].iloc[0] == reading.baseline else canvas.SCENARIO
    week = rows["week"] + 1
    panel.fill_between(week, rows["p05"], rows["p95"], color=own, alpha=0.2, linewidth=0)
    if own != canvas.BASELINE and len(base):
        panel.plot(base["week"] + 1, base["mean"], color=canvas.BASELINE, linewidth=1.3)
    panel.plot(week, rows["mean"], color=own, linewidth=2)
    if course.level == course.level:
        panel.axhline(course.level, color=canvas.TARGET, linewidth=1.3, linestyle=(0, (4, 2)))


def _scales(reading: Reading, frame: pd.DataFrame, panel: Axes, course: Course) -> None:
    """The common upright scale: from zero, per cent up to 100."""
    top = (
        1.0
        if course.percent
        else max(float(frame["p95"].max()), course.level if course.level == course.level else 0.0) * 1.04
    )
    panel.set_ylim(course.floor, max(top, 1e-9) if not course.percent else 1.02)
    canvas.number_axis(panel.yaxis, reading.words, percent=course.percent)
    canvas.date_axis(panel, reading.words, reading.setting.start, reading.setting.weeks)


def _key(reading: Reading, figure: Figure, course: Course, several: bool) -> None:
    """What line, band, grey and dashes are; above the panels."""
    words = reading.words
    own = canvas.SCENARIO if several else canvas.BASELINE
    marks: list[Any] = [Line2D([], [], color=own, linewidth=2), Patch(color=own, alpha=0.2, linewidth=0)]
    said = [words("key_mean"), words("key_band")]
    if several:
        marks.append(Line2D([], [], color=canvas.BASELINE, linewidth=1.6))
        said.append(canvas.wrapped(reading.label(reading.baseline), 40, 1))
    if course.level == course.level:
        marks.append(Line2D([], [], color=canvas.TARGET, linewidth=1.3, linestyle=(0, (4, 2))))
        said.append(f"{course.level_said} ({words.number(course.level)})")
    canvas.key(figure, marks, said)
