"""Figures of money: the total by term, and what a scenario costs against what it does to the queue. Never without operations."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from flowsim.report.figures import canvas
from flowsim.report.figures.bars import stack
from flowsim.report.quantities import MILLION, quantity
from flowsim.report.reading import Reading


def total_by_term(reading: Reading, table: str = "costs", key: str = "term") -> Figure:
    """Money over the whole period by term or component, one bar a scenario; at its end the total with interval and operations."""
    words, frame = reading.words, reading.table(table)
    named = frame[key].astype(object)
    weight = frame.groupby(named)["mean"].max()
    parts = [p for p in named.unique() if weight[p] > 1.0]
    with canvas.style():
        figure = canvas.sheet(0.46 * len(reading.scenarios) + 1.5)
        panel = figure.subplots()
        sizes = {p: (frame[named == p].set_index("scenario")["mean"] / MILLION).to_dict() for p in parts}
        stack(panel, sizes, reading.scenarios)
        _totals(panel, reading, "total_cash_sek")
        canvas.scenario_names(panel, reading, reading.scenarios, 40)
        canvas.number_axis(panel.xaxis, words)
        panel.set_xlabel(words("axis_money", year=reading.run.get("price_year", "")))
        marks = canvas.patches([words.first_upper(words.name(str(p))) for p in parts])
        figure.legend(*marks, loc="outside upper left", ncols=5, handlelength=1.2, columnspacing=1.4)
    return figure


def _totals(panel: Axes, reading: Reading, measure: str) -> None:
    """Beside each bar: the total with its interval (a dark stroke at the bar's end), and operations."""
    words, beside = reading.words, panel.get_yaxis_transform()
    panel.text(1.03, -0.75, words("unit_msek"), transform=beside, color=canvas.MUTED, va="bottom")
    panel.text(1.22, -0.75, words("unit_operations"), transform=beside, color=canvas.MUTED, va="bottom")
    for place, scenario in enumerate(reading.scenarios):
        mean, low, high = (reading.one("headline", c, scenario=scenario, measure=measure) for c in ("mean", "low", "high"))
        if mean == mean:
            panel.plot([low / MILLION, high / MILLION], [place, place], color=canvas.INK, linewidth=2.2, solid_capstyle="butt")
            text = f"{words.number(mean / MILLION, 1)} ± {words.number((high - low) / 2 / MILLION, 1)}"
            panel.text(1.03, place, text, transform=beside, va="center_baseline")
        done = reading.one("headline", scenario=scenario, measure="operations")
        panel.text(1.22, place, words.number(done), transform=beside, va="center_baseline")


def cost_against_queue(reading: Reading) -> Figure:
    """Added cost against the change of the queue at the end, both paired with 95 % intervals; beside it extra operations."""
    words = reading.words
    points = {s: (_paired(reading, s, "queue_end"), _paired(reading, s, "total_cash_sek", MILLION)) for s in reading.others}
    points = {s: p for s, p in points.items() if np.isfinite(p).all()}
    with canvas.style():
        figure = canvas.sheet(max(4.6, 0.52 * len(points) + 1.2))
        panel, key = figure.subplots(1, 2, width_ratios=(1.55, 1))
        for scenario, (queue, cost) in points.items():
            panel.plot(queue[1:], [cost[0]] * 2, color=canvas.SCENARIO, linewidth=1.4)
            panel.plot([queue[0]] * 2, cost[1:], color=canvas.SCENARIO, linewidth=1.4)
            panel.plot(queue[0], cost[0], "o", color=canvas.SCENARIO, markersize=5)
        panel.plot(0, 0, "o", color=canvas.BASELINE, markersize=7)
        panel.axhline(0, color="#aab3bc", linewidth=1, zorder=1)
        panel.axvline(0, color="#aab3bc", linewidth=1, zorder=1)
        panel.margins(0.1)
        canvas.number_axis(panel.xaxis, words, signed=True, most=7)
        canvas.number_axis(panel.yaxis, words, signed=True)
        panel.set_xlabel(words("axis_queue_change"))
        panel.set_ylabel(words("axis_added_cost", year=reading.run.get("price_year", "")))
        _letters(figure, panel, {reading.letter(s): (q[0], c[0]) for s, (q, c) in points.items()} | {reading.letter(reading.baseline): (0.0, 0.0)})
        _said_beside(key, reading, list(points))
    return figure


def _paired(reading: Reading, scenario: str, measure: str, scale: float = 1.0) -> tuple[float, float, float]:
    """Difference to the baseline, and its interval."""
    mean, low, high = (reading.one("headline", c, scenario=scenario, measure=measure) / scale for c in ("diff", "diff_low", "diff_high"))
    return mean, low, high


def _letters(figure: Figure, panel: Axes, points: dict[str, tuple[float, float]]) -> None:
    """A letter by each point, moved apart until none covers another or a point; a thin line leads back."""
    figure.draw_without_rendering()
    letters = list(points)
    own = panel.transData.transform(np.array([points[k] for k in letters]))
    apart = figure.dpi * 0.2
    place = _spread(own, apart)
    back = panel.transData.inverted().transform(place)
    for letter, (x, y), at, moved in zip(letters, back, own, place, strict=True):
        lead: dict[str, Any] = {"arrowstyle": "-", "color": "#aab3bc", "linewidth": 0.8, "shrinkA": 0, "shrinkB": 3}
        far = np.hypot(*(moved - at)) > 1.25 * apart
        panel.annotate(
            letter, points[letter], (x, y), ha="center", va="center", fontweight="bold", fontsize=10, arrowprops=lead if far else None
        )


def _spread(points: np.ndarray, apart: float) -> np.ndarray:
    """Places for labels near their points, at least `apart` from each other and from every point (pixels)."""
    gap = points[:, None, :] - points[None, :, :]
    near = (np.hypot(gap[..., 0], gap[..., 1]) < 4 * apart)[..., None]
    away = (gap * near).sum(axis=1) + 0.01 * np.array([1.0, 1.0])
    place = points + apart * away / np.hypot(away[:, :1], away[:, 1:])
    for _ in range(300):
        push = np.zeros_like(place)
        for others, want in ((place, 1.1 * apart), (points, 0.9 * apart)):
            gap = place[:, None, :] - others[None, :, :]
            length = np.maximum(np.hypot(gap[..., 0], gap[..., 1]), 1e-6)
            close = (length < want) & (length > 1e-5)
            push += (gap / length[..., None] * np.where(close, want - length, 0.0)[..., None]).sum(axis=1)
        place = place + 0.35 * push + 0.02 * (points - place)
    return place


def _said_beside(panel: Axes, reading: Reading, scenarios: list[str]) -> None:
    """Which letter is which scenario, and how many operations more or fewer."""
    words, rows = reading.words, [reading.baseline, *scenarios]
    panel.axis("off")
    panel.set_ylim(len(rows) - 0.4, -0.9)
    panel.set_xlim(0, 1)
    panel.text(0, -0.75, words("operations_to_baseline"), color=canvas.MUTED, va="center")
    for place, scenario in enumerate(rows):
        panel.text(0, place, reading.letter(scenario), fontweight="bold", va="center_baseline", fontsize=10)
        said = canvas.wrapped(reading.title(scenario), 50)
        if scenario != reading.baseline:
            diff, low, high = _paired(reading, scenario, "operations")
            said += "\n" + words("operations_beside", number=quantity("operations").diff_with_interval(words, diff, low, high))
        panel.text(0.06, place, said, va="center", linespacing=1.15)
