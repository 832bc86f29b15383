"""Figures of answers: points with whiskers, lines with bands, and lying bars, drawn from their description."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawn

from flowsim.questions.answer import Figure, Series
from flowsim.questions.wording import Said
from flowsim.report.figures import canvas
from flowsim.report.words import Words, plain

if TYPE_CHECKING:
    from flowsim.report.words import Language

_COLORS = (canvas.SCENARIO, *canvas.SERIES[1:])


def drawn(figure: Figure, lang: Language) -> Drawn:
    """The figure on one panel."""
    words = Words(lang)
    bars = max((len(one.x) for one in figure.series), default=0) if figure.kind == "bars" else 0
    with canvas.style():
        made = canvas.sheet(1.2 + 0.36 * bars if bars else 3.4)
        panel = made.subplots()
        for k, one in enumerate(figure.series):
            _SERIES[figure.kind](panel, one, k, figure, lang)
        _axes(panel, figure, words)
        _lines_across(panel, figure, lang)
        if len(figure.series) > 1:
            canvas.key(made, *panel.get_legend_handles_labels())
    return made


def _color(figure: Figure, k: int) -> str:
    """The palette in order; what is faint takes none of it."""
    return _COLORS[sum(not one.faint for one in figure.series[:k]) % len(_COLORS)]


def _whiskers(one: Series, y: np.ndarray) -> np.ndarray | None:
    """Lengths of the whiskers down and up."""
    if not len(one.low):
        return None
    ends = np.array([y - np.asarray(one.low, float), np.asarray(one.high, float) - y])
    return np.asarray(np.clip(np.nan_to_num(ends), 0, None))


def _points(panel: Axes, one: Series, k: int, figure: Figure, lang: Language) -> None:
    y, color = np.asarray(one.y, float), _COLORS[k % len(_COLORS)]
    panel.errorbar(
        np.asarray(one.x, float), y, yerr=_whiskers(one, y), fmt="o", color=color, markersize=7, capsize=4,
        markerfacecolor=canvas.PAPER if one.faint else color, label=plain(one.name(lang), 60),
    )  # fmt: skip
    said = [label(lang) for label in one.labels]
    if figure.percent and not one.faint and not said:
        said = [Words(lang).percent(value) for value in y]
    for x, value, text in zip(np.asarray(one.x, float), y, said, strict=bool(said)):
        if np.isfinite(value):
            panel.annotate(plain(text, 40), (float(x), value), xytext=(8, 5), textcoords="offset points")


def _lines(panel: Axes, one: Series, k: int, figure: Figure, lang: Language) -> None:
    x, color = np.asarray(one.x, float), canvas.BASELINE if one.faint else _color(figure, k)
    if len(one.low):
        panel.fill_between(x, one.low, one.high, color=color, alpha=0.16, linewidth=0)
    style = (0, (4, 2)) if one.faint else "-"
    panel.plot(x, one.y, color=color, linewidth=1.8, linestyle=style, label=plain(one.name(lang), 60))


def _bars(panel: Axes, one: Series, k: int, figure: Figure, lang: Language) -> None:
    size = 0.72 / len(figure.series)
    at = np.arange(len(one.x)) + (k - (len(figure.series) - 1) / 2) * size
    y, color = np.asarray(one.y, float), _COLORS[k % len(_COLORS)]
    panel.barh(at, y, height=size * 0.9, color=color, alpha=0.4 if one.faint else 0.9, label=plain(one.name(lang), 60))
    if len(one.low):
        panel.errorbar(y, at, xerr=_whiskers(one, y), fmt="none", ecolor=canvas.INK, capsize=3, linewidth=1.1)
    if k == 0:
        names = [label(lang) if isinstance(label, Said) else str(label) for label in one.x]
        panel.set_yticks(range(len(names)), [canvas.wrapped(plain(name), 34) for name in names])
        panel.set_ylim(len(names) - 0.45, -0.55)
        panel.tick_params(axis="y", labelcolor=canvas.INK)
        panel.grid(False, axis="y")
    if len(figure.series) == 1:
        _values(panel, one, y, at, figure, Words(lang))


def _values(panel: Axes, one: Series, y: np.ndarray, at: np.ndarray, figure: Figure, words: Words) -> None:
    """Each bar's value beyond its end and its whisker."""
    low, high = (np.nan_to_num(np.asarray(ends, float) if len(ends) else y) for ends in (one.low, one.high))
    digits = 1 if np.nanmax(np.abs(y), initial=0.0) < 20 and np.any(y != np.round(y)) else 0
    for value, place, left, right in zip(y, at, low, high, strict=True):
        if np.isfinite(value):
            text = words.percent(value) if figure.percent else words.number(value, digits)
            end, away, side = (left, -5, "right") if value < 0 else (right, 5, "left")
            panel.annotate(text, (float(end), place), xytext=(away, 0), textcoords="offset points", ha=side,
                           va="center")  # fmt: skip
    panel.margins(x=0.1)


_SERIES: dict[str, Any] = {"points": _points, "lines": _lines, "bars": _bars}


def _lines_across(panel: Axes, figure: Figure, lang: Language) -> None:
    """The level asked for, and the place along x worth naming."""
    lying = figure.kind == "bars"
    if figure.level is not None:
        value, name = figure.level
        (panel.axvline if lying else panel.axhline)(value, color=canvas.TARGET, linewidth=1.3, linestyle=(0, (5, 3)))
        place: dict[str, Any] = {"xy": (value, 1.0), "xycoords": ("data", "axes fraction"), "xytext": (4, -10)}
        if not lying:
            place = {"xy": (0.0, value), "xycoords": ("axes fraction", "data"), "xytext": (4, 4)}
        panel.annotate(plain(name(lang), 60), textcoords="offset points", color=canvas.TARGET, **place)
    if figure.mark is not None:
        x, name = figure.mark
        panel.axvline(x, color=canvas.MUTED, linewidth=1.0, linestyle=(0, (1, 2)))
        left, right = panel.get_xlim()
        away, side = (-5, "right") if x > left + 0.85 * (right - left) else (5, "left")
        low = figure.kind == "points"
        panel.annotate(
            plain(name(lang), 60), (x, 0.0 if low else 1.0), xycoords=("data", "axes fraction"),
            xytext=(away, 5 if low else -10), textcoords="offset points", color=canvas.MUTED, ha=side,
        )  # fmt: skip


def _axes(panel: Axes, figure: Figure, words: Words) -> None:
    """Names and numbers along the axes."""
    lying = figure.kind == "bars"
    across, along = (panel.xaxis, None) if lying else (panel.yaxis, panel.xaxis)
    canvas.number_axis(across, words, percent=figure.percent, most=6)
    if along is not None and not figure.start:
        canvas.number_axis(along, words, most=12)
    if figure.start:
        last = max((float(np.nanmax(np.asarray(one.x, float))) for one in figure.series if len(one.x)), default=1.0)
        canvas.date_axis(panel, words, date.fromisoformat(figure.start), int(np.ceil(last)) + 1)
    if figure.percent and not lying:
        panel.set_ylim(-0.02, 1.06)
    panel.set_xlabel(plain((figure.y_label if lying else figure.x_label)(words.lang)))
    panel.set_ylabel(plain((figure.x_label if lying else figure.y_label)(words.lang)))
