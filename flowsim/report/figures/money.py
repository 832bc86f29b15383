"""Figures of money: totals by term, and added cost against what it does to the queue. Never without operations."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from flowsim.frames import pd
from flowsim.report.figures import canvas
from flowsim.report.figures.bars import stack
from flowsim.report.quantities import MILLION, quantity
from flowsim.report.reading import Reading

_NOT_TERMS = ("total_cash_sek", "full_cost_sek", "unused_capacity_sek", "capacity_rate_deviation_sek", "added_cost_sek")
"""Sums, and the other side of the identity: never laid end to end with the terms they contain."""
Point = tuple[tuple[float, float, float], tuple[float, float, float]]


def total_by_term(reading: Reading) -> Figure:
    """Total cash over the whole period by term (table `costs`), one bar a scenario; beside it total and operations."""
    return _stacked(reading, "costs", "term", "total_cash_sek")


def full_by_component(reading: Reading) -> Figure:
    """Full cost of the contacts by component (table `contact_costs`), one bar a scenario; beside it operations."""
    return _stacked(reading, "contact_costs", "component", "full_cost_sek")


def parts_of(frame: pd.DataFrame, key: str) -> list[str]:
    """Terms or components in the table's order, those that are nowhere a krona left out."""
    named = frame[key]
    weight = frame["mean"].abs().groupby(named).max()
    return [str(p) for p in named.unique() if weight[p] > 1.0 and p not in _NOT_TERMS]


def _stacked(reading: Reading, table: str, key: str, total: str) -> Figure:
    sizes = _sizes(reading.table(table), key)
    with canvas.style():
        figure = canvas.sheet(0.46 * len(reading.scenarios) + 1.5)
        panel = figure.subplots()
        stack(panel, sizes, reading.scenarios)
        _totals(panel, reading, total, sizes)
        canvas.key(figure, *canvas.patches(_said(reading, list(sizes))))
        _axes(panel, reading, reading.scenarios)
    return figure


def _sizes(frame: pd.DataFrame, key: str) -> dict[str, dict[str, float]]:
    """MSEK by part and scenario, in the table's order; beyond as many as there are colours the smallest in one."""
    parts = parts_of(frame, key)
    weight = frame["mean"].groupby(frame[key]).max()
    large = (
        sorted(parts, key=lambda p: -weight[p])[: len(canvas.SERIES) - 1] if len(parts) > len(canvas.SERIES) else parts
    )
    shown = frame.assign(part=frame[key].where(frame[key].isin(large), "other"))[frame[key].isin(parts)]
    sums = shown.groupby(["part", "scenario"], sort=False)["mean"].sum() / MILLION
    order = [p for p in (large if key == "component" else parts) if p in large] + (
        ["other"] if len(large) < len(parts) else []
    )
    return {p: sums[p].to_dict() for p in order}


def added_by_term(reading: Reading) -> Figure:
    """Added cost against the baseline by term, growth right of zero and fall left; sum and operations beside."""
    colors = {p: canvas.SERIES[k % len(canvas.SERIES)] for k, p in enumerate(parts_of(reading.table("costs"), "term"))}
    sizes = {p: {s: added(reading, s, p) / MILLION for s in reading.others} for p in colors}
    sizes = {p: by for p, by in sizes.items() if any(abs(v) >= 0.005 for v in by.values())}
    with canvas.style():
        figure = canvas.sheet(0.46 * len(reading.others) + 1.5)
        panel = figure.subplots()
        for sign in (1, -1):
            one_way = {p: {s: v if v * sign > 0 else 0.0 for s, v in by.items()} for p, by in sizes.items()}
            stack(panel, one_way, reading.others, colors)
        panel.axvline(0, color=canvas.INK, linewidth=1)
        _differences_beside(panel, reading)
        canvas.key(figure, *canvas.patches(_said(reading, list(sizes)), [colors[p] for p in sizes]))
        _axes(panel, reading, reading.others, signed=True)
    return figure


def added(reading: Reading, scenario: str, term: str) -> float:
    """A term's mean less the baseline's, SEK (the mean of paired differences)."""
    mine, base = (reading.one("costs", scenario=s, term=term) for s in (scenario, reading.baseline))
    return (0.0 if mine != mine else mine) - (0.0 if base != base else base)


def _said(reading: Reading, parts: list[str]) -> list[str]:
    return [reading.words.first_upper(reading.words.name(p)) for p in parts]


def _axes(panel: Axes, reading: Reading, scenarios: list[str], signed: bool = False) -> None:
    """Names down the side, money along the bottom."""
    canvas.scenario_names(panel, reading, scenarios, 38)
    canvas.number_axis(panel.xaxis, reading.words, signed=signed)
    panel.set_xlabel(reading.words("axis_money", year=reading.price_year))


def _beside(panel: Axes, reading: Reading, place: float, texts: tuple[str, str], muted: bool = False) -> None:
    """Two columns of text to the right of the bars: money and operations."""
    for points_right, text in zip((12, 104), texts, strict=True):
        panel.annotate(
            text,
            (1, place),
            (points_right, 0),
            xycoords=panel.get_yaxis_transform(),
            textcoords="offset points",
            color=canvas.MUTED if muted else canvas.INK,
            va="bottom" if muted else "center_baseline",
            annotation_clip=False,
        )


def _totals(panel: Axes, reading: Reading, measure: str, sizes: dict[str, dict[str, float]]) -> None:
    """Beside each bar: the total with its interval (a dark stroke at the bar's end), and operations with theirs."""
    words = reading.words
    _beside(panel, reading, -0.62, (words("unit_msek"), words("unit_operations")), muted=True)
    for place, scenario in enumerate(reading.scenarios):
        mean, low, high = (
            reading.one("headline", c, scenario=scenario, measure=measure) for c in ("mean", "low", "high")
        )
        text = words.number(sum(by.get(scenario, 0.0) for by in sizes.values()), 1)
        if mean == mean:
            panel.plot(
                [low / MILLION, high / MILLION], [place, place], color=canvas.INK, linewidth=2.2, solid_capstyle="butt"
            )
            text = f"{words.number(mean / MILLION, 1)} ± {words.number((high - low) / 2 / MILLION, 1)}"
        done, few, many = (
            reading.one("headline", c, scenario=scenario, measure="operations") for c in ("mean", "low", "high")
        )
        operations = f"{words.number(done)} ± {words.number((many - few) / 2)}" if done == done else ""
        _beside(panel, reading, place, (text, operations))


def _differences_beside(panel: Axes, reading: Reading) -> None:
    """Beside each bar: added cost with its interval (a dark stroke below the bar's middle), and extra operations."""
    words = reading.words
    _beside(panel, reading, -0.62, (words("unit_msek"), words("unit_operations")), muted=True)
    for place, scenario in enumerate(reading.others):
        cost, done = _paired(reading, scenario, "total_cash_sek", MILLION), _paired(reading, scenario, "operations")
        if cost[0] == cost[0]:
            panel.plot(cost[1:], [place, place], color=canvas.INK, linewidth=1.6, marker="|", markersize=7)
            panel.plot(cost[0], place, "o", color=canvas.PAPER, markeredgecolor=canvas.INK, markersize=5)
        texts = [
            f"{words.signed(mean, digits)} ± {words.number((high - low) / 2, digits)}" if mean == mean else ""
            for (mean, low, high), digits in ((cost, 1), (done, 0))
        ]
        _beside(panel, reading, place, (texts[0], texts[1]))


def points(reading: Reading) -> dict[str, Point]:
    """By scenario the difference of the queue at the end and of total cash (MSEK), where both are known."""
    found = {
        s: (_paired(reading, s, "queue_end"), _paired(reading, s, "total_cash_sek", MILLION)) for s in reading.others
    }
    return {s: p for s, p in found.items() if np.isfinite(p).all()}


def cost_against_queue(reading: Reading) -> Figure:
    """Added cost against the change of the queue at the end, with intervals; beside it extra operations."""
    words, found = reading.words, points(reading)
    with canvas.style():
        figure = canvas.sheet(max(4.6, 0.52 * len(found) + 1.2))
        panel, key = figure.subplots(1, 2, width_ratios=(1.55, 1))
        for queue, cost in found.values():
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
        panel.set_ylabel(words("axis_added_cost", year=reading.price_year))
        _letters(
            figure,
            panel,
            {reading.letter(s): (q[0], c[0]) for s, (q, c) in found.items()}
            | {reading.letter(reading.baseline): (0.0, 0.0)},
        )
        _said_beside(key, reading, list(found))
    return figure


def _paired(reading: Reading, scenario: str, measure: str, scale: float = 1.0) -> tuple[float, float, float]:
    """Difference to the baseline, and its interval."""
    mean, low, high = (
        reading.one("headline", c, scenario=scenario, measure=measure) / scale
        for c in ("diff", "diff_low", "diff_high")
    )
    return mean, low, high


def _letters(figure: Figure, panel: Axes, points: dict[str, tuple[float, float]]) -> None:
    """A letter by each point, moved apart until none covers another or a point; a thin line leads back."""
    figure.draw_without_rendering()
    letters = list(points)
    own = panel.transData.transform(np.array([points[k] for k in letters]))
    apart = figure.dpi * 0.2
    place = spread(own, apart)
    back = panel.transData.inverted().transform(place)
    for letter, (x, y), at, moved in zip(letters, back, own, place, strict=True):
        lead: dict[str, Any] = {"arrowstyle": "-", "color": "#aab3bc", "linewidth": 0.8, "shrinkA": 0, "shrinkB": 3}
        far = np.hypot(*(moved - at)) > 1.25 * apart
        panel.annotate(
            letter,
            points[letter],
            (x, y),
            ha="center",
            va="center",
            fontweight="bold",
            fontsize=10,
            arrowprops=lead if far else None,
        )


def spread(points: np.ndarray, apart: float) -> np.ndarray:
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
    panel.set_ylim(max(len(rows), 8) - 0.4, -0.9)
    panel.set_xlim(0, 1)
    panel.text(0, -0.75, words("operations_to_baseline"), color=canvas.MUTED, va="center")
    for place, scenario in enumerate(rows):
        panel.text(0, place, reading.letter(scenario), fontweight="bold", va="center_baseline", fontsize=10)
        said = canvas.wrapped(reading.title(scenario), 50)
        if scenario != reading.baseline:
            diff, low, high = _paired(reading, scenario, "operations")
            said += "\n" + words(
                "operations_beside", number=quantity("operations").diff_with_interval(words, diff, low, high)
            )
        panel.text(0.06, place, said, va="center", linespacing=1.15)
