"""The top of the report: the answer in three sentences, and the table of all scenarios.

What happens today; which scenarios do most, each with interval and price; what binds. Cost never without operations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flowsim.report.findings import money_and_operations
from flowsim.report.quantities import Quantity, quantity
from flowsim.report.reading import Reading

SHOWN = (
    "queue_end", "wait_median_days", "wait_p90_days", "share_within_guarantee", "operations_per_week",
    "total_cash_sek", "added_cost_sek", "full_cost_sek_per_operated",
)  # fmt: skip
"""Measures of the headline table, in this order; others follow in the table's own order."""
Reach = tuple[float, float, float]


@dataclass(frozen=True)
class Cell:
    """A cell of the headline table: value with interval, and below it the paired difference."""

    value: str
    difference: str = ""
    clear: bool = False


@dataclass(frozen=True)
class Headline:
    """The headline table: a heading and unit a measure, a row of cells a scenario."""

    columns: list[tuple[str, str]]
    rows: list[tuple[str, str, list[Cell]]]
    """(letter, title, cells)"""


def sentences(reading: Reading) -> list[str]:
    """What happens today, what the scenarios do, what binds."""
    return [_today(reading), _scenarios(reading), _binds(reading)]


def _today(reading: Reading) -> str:
    words, parts = reading.words, []
    for measure, key in (("queue_end", "queue"), ("wait_median_days", "wait"), ("share_within_guarantee", "share")):
        reach = _reach(reading, reading.baseline, measure)
        if np.isfinite(reach[0]):
            told = quantity(measure)
            said = told.with_interval(words, *reach, unit=key == "share")
            parts.append(words(f"answer_today_{key}", said=said, name=words.name(reading.main_span)))
    title = f"{reading.letter(reading.baseline)}, {reading.title(reading.baseline)}"
    return words("answer_today", title=title, parts=words.listed(parts))


def _scenarios(reading: Reading) -> str:
    """The scenarios with most operations and shortest queue, of those surely better than the baseline."""
    words = reading.words
    if not reading.others:
        return words("answer_alone")
    most, shortest = _best(reading, "operations", 1), _best(reading, "queue_end", -1)
    if len(reading.others) == 1:
        return (
            words("answer_only", scenario=_named(reading, reading.others[0]), parts=_effect(reading, reading.others[0]))
            + "."
        )
    parts = []
    if most:
        parts.append(words("answer_most_operations", scenario=_named(reading, most), parts=_effect(reading, most)))
    if shortest and shortest != most:
        parts.append(
            words("answer_shortest_queue", scenario=_named(reading, shortest), parts=_effect(reading, shortest))
        )
    return words.first_upper("; ".join(parts)) + "." if parts else words("answer_no_difference")


def _best(reading: Reading, measure: str, better: int) -> str:
    """The scenario that surely gains most; '' if none does."""
    sure = {}
    for scenario in reading.others:
        mean, low, high = _reach(reading, scenario, measure, diff=True)
        if min(better * low, better * high) > 0:
            sure[scenario] = better * mean
    return max(sure, key=lambda s: sure[s], default="")


def _effect(reading: Reading, scenario: str) -> str:
    """Queue, operations and cost against the baseline, each with its interval."""
    words, queue = reading.words, _reach(reading, scenario, "queue_end", diff=True)
    parts = [quantity("queue").more_or_less(words, "queue", *queue)] if np.isfinite(queue[0]) else []
    return words.listed([*parts, *money_and_operations(reading, scenario)])


def _binds(reading: Reading) -> str:
    """Which resource binds in the baseline, and where another one does (table `bottlenecks`)."""
    words = reading.words
    binds = {s: words.name(name) for s in reading.scenarios if (name := reading.bottleneck(s))}
    if reading.baseline not in binds:
        return words("answer_binds_unknown")
    base, elsewhere = binds[reading.baseline], dict.fromkeys(binds.values())
    parts = []
    for other in [name for name in elsewhere if name != base]:
        letters = words.listed([reading.letter(s) for s, name in binds.items() if name == other])
        parts.append(words("answer_binds_part", resource=other, letters=letters))
    return words("answer_binds", parts="; ".join([base, *parts]))


def headline(reading: Reading) -> tuple[Headline, Headline]:
    """Table `headline`: the measures of `SHOWN`, and all further ones; below each value its paired difference."""
    known = (
        [str(m) for m in reading.table("headline")["measure"].unique()] if reading.has("headline", "measure") else []
    )
    known = [m for m in known if reading.rows("headline", measure=m)["mean"].notna().any()]
    return _table(reading, [m for m in SHOWN if m in known]), _table(reading, [m for m in known if m not in SHOWN])


def _table(reading: Reading, measures: list[str]) -> Headline:
    words, ways = reading.words, {m: quantity(m, _largest(reading, m)) for m in measures}
    columns = [(words.first_upper(words.measure(m)), words("unit_" + way.unit)) for m, way in ways.items()]
    rows = []
    for scenario in reading.scenarios:
        cells = [_cell(reading, scenario, m, way) for m, way in ways.items()]
        rows.append((reading.letter(scenario), reading.title(scenario), cells))
    return Headline(columns, rows)


def _cell(reading: Reading, scenario: str, measure: str, way: Quantity) -> Cell:
    reach, diff = _reach(reading, scenario, measure), _reach(reading, scenario, measure, diff=True)
    if not np.isfinite(reach[0]):
        return Cell(reading.words.number(reach[0]))
    value = way.plus_minus(reading.words, *reach)
    if scenario == reading.baseline or not np.isfinite(diff[0]):
        return Cell(value)
    return Cell(value, way.plus_minus(reading.words, *diff, signed=True), diff[1] > 0 or diff[2] < 0)


def _largest(reading: Reading, measure: str) -> float:
    return float(reading.rows("headline", measure=measure)["mean"].abs().max())


def _reach(reading: Reading, scenario: str, measure: str, diff: bool = False) -> Reach:
    """Mean and interval, or the difference and its."""
    names = ("diff", "diff_low", "diff_high") if diff else ("mean", "low", "high")
    mean, low, high = (reading.one("headline", c, scenario=scenario, measure=measure) for c in names)
    return mean, low, high


def _named(reading: Reading, scenario: str) -> str:
    """`C (Six more a week, X-ray raised)`."""
    return f"{reading.letter(scenario)} ({reading.title(scenario)})"
