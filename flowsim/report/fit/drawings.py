"""Figures of the fit report: what was seen beside what the calibration makes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from flowsim.report.figures import canvas
from flowsim.report.fit.sentences import PASSES, Saying

Draw = Callable[[Saying, Axes], None]


def figure(saying: Saying, draw: Draw, height: float = 3.2) -> Figure:
    """One panel, drawn by `draw`."""
    with canvas.style():
        made = canvas.sheet(height)
        draw(saying, made.subplots())
    return made


def weeks(saying: Saying, panel: Axes) -> None:
    """Every week, what was expected of it, breaks, spells, and what was left out in grey."""
    seen = saying.one.seen
    at = np.arange(len(seen)) if seen["monday"].isna().any() else seen["number"].to_numpy()
    panel.plot(at, seen["seen"], ".", color=canvas.BASELINE, markersize=4, label=saying.tell("mark_seen"))
    panel.plot(at, seen["expected"], color=canvas.SCENARIO, linewidth=1.6, label=saying.tell("mark_expected"))
    place = dict(zip(seen["week"], at, strict=True))
    for spell in saying.one.stability.spells:
        panel.axvspan(place[spell.first], place[spell.last] + 1, color=canvas.TARGET, alpha=0.15, linewidth=0)
    for change in saying.one.stability.breaks:
        panel.axvline(place[change.week], color=canvas.TARGET, linewidth=1.4)
    for left in saying.excluded:
        first, last = ((day.toordinal() - 1) // 7 for day in (left.first, left.last))
        panel.axvspan(first, last + 1, color=canvas.GRID, linewidth=0)
    ticks = np.linspace(0, len(seen) - 1, 8).astype(int)
    panel.set_xticks(at[ticks], [saying.week(seen["week"].iloc[k]) for k in ticks])
    panel.set_ylim(0, 1.2 * float(seen["seen"].max()))
    panel.set_ylabel(saying.tell("axis_week"))
    canvas.number_axis(panel.yaxis, saying.words)
    panel.legend(loc="upper right", ncols=2)


def distribution(saying: Saying, panel: Axes) -> None:
    """Weeks by size, with median and mean."""
    seen, found = saying.one.seen["seen"], saying.one.described
    panel.hist(seen, bins=min(24, max(8, len(seen) // 5)), color=canvas.SCENARIO, alpha=0.75, edgecolor="white")
    panel.axvline(found.median, color=canvas.INK, linewidth=1.6, label=saying.tell("mark_median"))
    panel.axvline(found.mean, color=canvas.TARGET, linewidth=1.6, linestyle=(0, (4, 2)), label=saying.tell("mark_mean"))
    panel.set_xlabel(saying.tell("axis_week"))
    panel.set_ylabel(saying.tell("axis_weeks"))
    canvas.number_axis(panel.yaxis, saying.words)
    canvas.number_axis(panel.xaxis, saying.words, most=9)
    panel.legend()


def candidates(saying: Saying, panel: Axes) -> None:
    """AIC above the lowest, in blue those that fit; p beside."""
    fits = sorted(saying.one.fits, key=lambda fit: fit.aic)
    lowest = fits[0].aic
    tops = [min(fit.aic - lowest, 60.0) for fit in fits]
    colors = [canvas.SCENARIO if fit.p >= PASSES else canvas.BASELINE for fit in fits]
    panel.barh(range(len(fits)), [max(top, 0.4) for top in tops], color=colors)
    for k, (fit, top) in enumerate(zip(fits, tops, strict=True)):
        more = f"+{saying.words.number(fit.aic - lowest)}  " if fit.aic - lowest > 60 else ""
        said = f"{more}p {saying.words.number(fit.p, 3 if fit.p < 0.01 else 2)}"
        panel.text(max(top, 0.4) + 0.6, k, said, va="center", color=canvas.MUTED)
    _names(panel, [saying.tell(fit.law) for fit in fits])
    panel.set_xlim(0, 72)
    panel.set_xlabel(saying.tell("axis_aic"))
    canvas.number_axis(panel.xaxis, saying.words)


def season(saying: Saying, panel: Axes) -> None:
    """The factor of each ISO week."""
    factors = np.ones(53)
    for run, factor in saying.one.season:
        first, _, last = run.partition("-")
        a, b = int(first), int(last or first)
        factors[[w for w in range(1, 53) if (a <= w <= b if a <= b else w >= a or w <= b)]] = factor
    panel.step(np.arange(1, 53), factors[1:], where="mid", color=canvas.SCENARIO, linewidth=2)
    panel.axhline(1, color=canvas.BASELINE, linewidth=1)
    for name, factor in saying.one.holidays.items():
        week = {"christmas_week": 52, "new_year_week": 1}.get(name)
        if week:
            panel.plot([week], [factor], "o", color=canvas.TARGET)
    panel.set_xlim(0.5, 52.5)
    panel.set_ylim(0, None)
    panel.set_xlabel(saying.tell("axis_iso"))
    panel.set_ylabel(saying.tell("axis_share"))
    canvas.number_axis(panel.yaxis, saying.words, percent=True)


def lag(saying: Saying, panel: Axes) -> None:
    """Each week over its expected against the next."""
    seen = saying.one.seen
    ratio, follows = (seen["seen"] / seen["expected"]).to_numpy(), np.diff(seen["number"].to_numpy()) == 1
    panel.plot(ratio[:-1][follows], ratio[1:][follows], ".", color=canvas.SCENARIO, markersize=5, alpha=0.7)
    for line in (panel.axhline, panel.axvline):
        line(1, color=canvas.BASELINE, linewidth=1)
    panel.set_xlabel(saying.tell("axis_this"))
    panel.set_ylabel(saying.tell("axis_next"))
    for axis in (panel.xaxis, panel.yaxis):
        canvas.number_axis(axis, saying.words, percent=True)


def hours(saying: Saying, panel: Axes) -> None:
    """Contacts and hours of each week, with the line of the elasticity."""
    both, seen = saying.one.contacts_and_hours, saying.one.seen
    kept = seen[(seen["seen"] > 0) & (seen["hours"] > 0)]
    x, y = kept["seen"].to_numpy(), kept["hours"].to_numpy()
    panel.plot(x, y, ".", color=canvas.SCENARIO, markersize=6)
    grid = np.linspace(x.min(), x.max(), 100)
    power = both.elasticity if both else 0.0
    middle = np.exp(np.log(y).mean() - power * np.log(x).mean())
    panel.plot(grid, middle * grid**power, color=canvas.TARGET, linewidth=1.6)
    panel.set_xlim(0, None)
    panel.set_ylim(0, None)
    panel.set_xlabel(saying.tell("axis_week"))
    panel.set_ylabel(saying.tell("axis_hours"))
    for axis in (panel.xaxis, panel.yaxis):
        canvas.number_axis(axis, saying.words)


def years(saying: Saying, panel: Axes) -> None:
    """Where history lies in the band of the simulated years, each band drawn from 0 to 1."""
    found = saying.one.reproduction.statistics
    for k, one in enumerate(found):
        low, high = one.band
        width = max(high - low, 1e-9)
        panel.barh(k, 1, left=0, height=0.55, color=canvas.SCENARIO, alpha=0.2)
        at = float(np.clip((one.seen - low) / width, -0.35, 1.35))
        panel.plot([at], [k], "o", color=canvas.TARGET if one.p < 0.01 else canvas.SCENARIO)
        digits = 0 if abs(high) >= 10 or float(one.seen).is_integer() else 2
        said = f"{saying.words.number(one.seen, digits)} ({saying.words.interval(low, high, digits)})"
        panel.text(1.42, k, said, va="center", color=canvas.MUTED)
    _names(panel, [saying.tell(one.name) for one in found])
    panel.set_xlim(-0.4, 2.0)
    panel.set_xticks([0, 1], [saying.words.percent(end, 1) for end in (0.025, 0.975)])
    panel.set_xlabel(saying.tell("axis_band"), loc="left")


def back_test(saying: Saying, panel: Axes) -> None:
    """Error of each way, the chosen one in blue, with how many weeks its 80 % interval covered."""
    found: Any = saying.one.back_test
    scores = [*found.ways, found.naive]
    colors = [canvas.SCENARIO if score.way == found.way else canvas.BASELINE for score in scores]
    panel.barh(range(len(scores)), [score.crps for score in scores], color=colors)
    for k, score in enumerate(scores):
        said = f"{saying.words.number(score.crps, 2)}   {saying.words.percent(0.8)}: {score.covered_80}/{found.weeks}"
        panel.text(score.crps * 1.01, k, said, va="center", color=canvas.MUTED)
    _names(panel, [saying.tell(score.way) for score in scores])
    panel.set_xlim(0, max(score.crps for score in scores) * 1.3)
    panel.set_xlabel(saying.tell("axis_crps"))
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: saying.words.number(value, 1)))


def plan(saying: Saying, panel: Axes) -> None:
    """The year by week, each week as high as its target."""
    target = {one.name: one.target for one in saying.one.plan}
    shade = dict(zip(("low", "mid", "high"), ("#7fb8e6", "#0a6ebd", "#0b3f6b"), strict=True))
    for name, placed in saying.one.placement.items():
        panel.bar(list(placed), target[name], width=0.85, color=shade[name], label=saying.tell(name))
    panel.set_xlim(0.2, 52.8)
    panel.set_xlabel(saying.tell("axis_iso"))
    panel.set_ylabel(saying.tell("axis_week"))
    canvas.number_axis(panel.yaxis, saying.words)
    panel.set_ylim(0, 1.25 * max(target.values()))
    panel.legend(ncols=3, loc="upper right")


def _names(panel: Axes, said: list[str]) -> None:
    panel.set_yticks(range(len(said)), said)
    panel.set_ylim(len(said) - 0.4, -0.6)
    panel.tick_params(axis="y", labelcolor=canvas.INK)
    panel.grid(False, axis="y")
