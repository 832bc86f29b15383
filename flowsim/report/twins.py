"""The numbers of each figure as a table of texts: for those who cannot see it, or would rather read.

Weekly courses are given at every half year; the whole of every table is in the study's folder as CSV and parquet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flowsim.report.figures import bars, incomes, money
from flowsim.report.figures.pathway import steps_shown
from flowsim.report.figures.prices import PRICES
from flowsim.report.quantities import MILLION, Quantity, quantity
from flowsim.report.reading import Reading

_SAID_DAYS = (30, 60, 90, 120, 180, 270, 365)
_WEEKS_APART = 26
_DIFFERENCE = ("diff", "diff_low", "diff_high")


@dataclass(frozen=True)
class Twin:
    """Headings and rows of text; the first `names` columns name the row."""

    columns: list[str]
    rows: list[list[str]]
    names: int = 1


def by_week(reading: Reading, table: str, unit: str, **where: object) -> Twin:
    """Mean and band (p05 to p95) at every half year's end."""
    words, setting = reading.words, reading.setting
    monday = setting.start - timedelta(days=setting.start.weekday())
    frame = reading.rows(table, **where)
    last = int(frame["week"].max())
    weeks = sorted({0, *range(_WEEKS_APART - 1, last + 1, _WEEKS_APART), last})
    columns = [words("scenario"), *(words.date(monday + timedelta(weeks=w, days=6)) for w in weeks)]
    told = quantity("share" if unit == "share" else "queue")
    rows = []
    for scenario in reading.scenarios:
        mine = frame[frame["scenario"] == scenario].set_index("week")
        rows.append([reading.label(scenario), *(_band(reading, told, mine, w) for w in weeks)])
    return Twin(columns, rows)


def _band(reading: Reading, told: Quantity, mine: object, week: int) -> str:
    frame = mine.loc[week] if week in mine.index else None  # type: ignore[attr-defined]
    if frame is None:
        return "–"
    digits = 1 if told.unit == "patients" and float(frame["p95"]) < 30 else 0
    mean, low, high = (float(frame[c]) / told.scale for c in ("mean", "p05", "p95"))
    return f"{reading.words.number(mean, digits)} ({reading.words.interval(low, high, digits)})"


def waits(reading: Reading, span: str) -> Twin:
    """Share of the treated who had waited at most so many days."""
    words, frame = reading.words, reading.rows("waits", span=span)
    days = [d for d in _SAID_DAYS if (frame["to_days"] == d).any()]
    columns = [words("scenario"), *(words("at_most_days", days=words.number(d)) for d in days)]
    rows = []
    for scenario in reading.scenarios:
        mine = frame[frame["scenario"] == scenario]
        rows.append(
            [
                reading.label(scenario),
                *(words.percent(float(mine.loc[mine["to_days"] <= d, "mean"].sum())) for d in days),
            ]
        )
    return Twin(columns, rows)


def capacity(reading: Reading) -> Twin:
    """Share of what was offered that was used, and lost by each cause."""
    words = reading.words
    frame = reading.table("capacity")
    parts = ["used", *bars.loss_causes(frame)]
    columns = [words("resource"), words("scenario"), words("used_with_interval"), *(words.name(p) for p in parts[1:])]
    rows = []
    for resource in bars.resources_shown(reading):
        mean, low, high = (bars.shares_of_offered(reading, resource, parts, c) for c in ("mean", "low", "high"))
        for scenario in reading.scenarios:
            if scenario in mean["used"]:
                reach = mean["used"][scenario], low["used"][scenario], high["used"][scenario]
                used = quantity("share").with_interval(words, *reach)
                lost = [words.percent(mean[p][scenario], 1) for p in parts[1:]]
                rows.append([words.name(resource), reading.label(scenario), used, *lost])
    return Twin(columns, rows, names=2)


def occupancy(reading: Reading, resource: str) -> Twin:
    """Occupied places at 06.00 by weekday, with the band of chance."""
    words = reading.words
    rows = []
    for scenario in reading.scenarios:
        mine = reading.rows("occupancy", scenario=scenario, resource=resource).set_index("weekday")
        cells = [
            f"{words.number(mine['mean'][d], 1)} ({words.interval(mine['p05'][d], mine['p95'][d], 1)})"
            if d in mine.index
            else "–"
            for d in range(7)
        ]
        rows.append([reading.label(scenario), *cells])
    return Twin([words("scenario"), *(words.weekday_name(d) for d in range(7))], rows)


def differences(reading: Reading, measures: list[str]) -> Twin:
    """Paired differences with intervals."""
    return _measured(reading, measures, reading.others, "diff")


def effects(reading: Reading) -> Twin:
    """What each change did, by measure."""
    words, frame = reading.words, reading.table("steps")
    rows = []
    for scenario, change, measure, mean, low, high in zip(
        *(frame[c] for c in ("scenario", "change", "measure", "mean", "low", "high")), strict=True
    ):
        told = quantity(str(measure), abs(float(mean)))
        said = told.said(words, told.diff_with_interval(words, float(mean), float(low), float(high)))
        rows.append([reading.label(str(scenario)), words.change(str(change)), words.measure(str(measure)), said])
    return Twin([words("scenario"), words("change"), words("measure"), words("effect")], rows, names=2)


def _measured(reading: Reading, measures: list[str], scenarios: list[str], which: str) -> Twin:
    """Scenarios as rows, measures as columns, means (or differences) with intervals."""
    words = reading.words
    told = {
        m: quantity(
            m, max((abs(reading.one("headline", which, scenario=s, measure=m)) for s in scenarios), default=0.0)
        )
        for m in measures
    }
    columns = [words("scenario"), *(f"{words.measure(m)}, {words('unit_' + q.unit)}" for m, q in told.items())]
    ends = ("diff", "diff_low", "diff_high") if which == "diff" else ("mean", "low", "high")
    rows = []
    for scenario in scenarios:
        row = [reading.label(scenario)]
        for measure, way in told.items():
            reach = [reading.one("headline", c, scenario=scenario, measure=measure) for c in ends]
            write: Callable[..., str] = way.diff_with_interval if which == "diff" else way.with_interval
            row.append(write(words, *reach))
        rows.append(row)
    return Twin(columns, rows)


def money_table(reading: Reading, table: str, key: str) -> Twin:
    """Money by term or component, MSEK, with operations beside."""
    words, frame = reading.words, reading.table(table)
    parts = money.parts_of(frame, key)
    told = quantity("total_cash_sek", 1e6)
    columns = [words("scenario"), *(f"{words.name(p)}, {words('unit_msek')}" for p in parts), words("unit_operations")]
    rows = []
    for scenario in reading.scenarios:
        cells = []
        for part in parts:
            reach = [reading.one(table, c, **{"scenario": scenario, key: part}) for c in ("mean", "low", "high")]
            cells.append(told.with_interval(words, reach[0], reach[1], reach[2]))
        cells.append(words.number(reading.one("headline", scenario=scenario, measure="operations")))
        rows.append([reading.label(scenario), *cells])
    return Twin(columns, rows)


def added(reading: Reading) -> Twin:
    """Added cost by term, MSEK, its sum with interval, and extra operations."""
    words, frame = reading.words, reading.table("costs")
    parts = money.parts_of(frame, "term")
    columns = [
        words("scenario"),
        *(f"{words.name(p)}, {words('unit_msek')}" for p in parts),
        words("added_in_all"),
        words("operations_against"),
    ]
    rows = []
    for scenario in reading.others:
        cells = [words.signed(money.added(reading, scenario, p) / MILLION, 1) for p in parts]
        for measure in ("total_cash_sek", "operations"):
            reach = [reading.one("headline", c, scenario=scenario, measure=measure) for c in _DIFFERENCE]
            cells.append(quantity(measure, 1e6).diff_with_interval(words, *reach))
        rows.append([reading.label(scenario), *cells])
    return Twin(columns, rows)


def per_extra(reading: Reading) -> Twin:
    """Extra operations, and SEK an extra operation and a bought one, with intervals; why, where it cannot be said."""
    words = reading.words
    columns = [words("scenario"), words("operations_against")]
    columns += [f"{words.first_upper(words.measure(price))}, {words('unit_sek')}" for price in PRICES]
    rows = []
    for scenario in reading.others:
        extra = [reading.one("headline", c, scenario=scenario, measure="operations") for c in _DIFFERENCE]
        cells = [quantity("operations").diff_with_interval(words, *extra)]
        for price in PRICES:
            reach = [reading.one("added_cost", price + end, scenario=scenario) for end in ("", "_low", "_high")]
            unsure = words("none_bought") if price.startswith("bought") else _why_empty(reading, scenario)
            mean, low, high = reach
            cells.append(quantity(price).with_interval(words, mean, low, high) if mean == mean else unsure)
        rows.append([reading.label(scenario), *cells])
    return Twin(columns, rows)


def _why_empty(reading: Reading, scenario: str) -> str:
    """Why a scenario has no price per extra operation."""
    column = "reason_sv" if reading.words.lang == "sv" else "reason"
    found = reading.rows("added_cost", scenario=scenario)
    said = str(found[column].iloc[0]) if len(found) and column in found else ""
    return said or reading.words("per_extra_unsure")


def income(reading: Reading) -> Twin:
    """Income by scenario and payment model, what is left of it, and the difference to the baseline, MSEK."""
    words, measures = reading.words, ("income_sek", "income_less_total_cash_sek", "income_less_full_cost_sek")
    told = quantity("income_sek", 1e6)
    columns = [words("scenario"), words("payment"), words("unit_operations")]
    columns += [f"{words.first_upper(words.measure(m))}, {words('unit_msek')}" for m in measures]
    rows = []
    for scenario in reading.scenarios:
        done = words.number(reading.one("headline", scenario=scenario, measure="operations"))
        for payment, title in incomes.models(reading).items():
            where = {"scenario": scenario, "payment": payment}
            cells = [done]
            for measure in measures:
                reach = [reading.one("income", c, **where, measure=measure) for c in ("mean", "low", "high")]
                cells.append(told.with_interval(words, reach[0], reach[1], reach[2]))
            rows.append([reading.label(scenario), title, *cells])
    return Twin(columns, rows, names=2)


def cost_against_queue(reading: Reading) -> Twin:
    """Difference of queue, cost and operations."""
    known = [m for m in ("queue_end", "total_cash_sek", "operations") if len(reading.rows("headline", measure=m))]
    return _measured(reading, known, reading.others, "diff")


def endings(reading: Reading) -> Twin:
    """Patients by how they ended, with intervals."""
    words = reading.words
    ends = [str(e) for e in reading.table("endings")["ended"].unique()]
    rows = []
    for scenario in reading.scenarios:
        cells = []
        for end in ends:
            reach = [reading.one("endings", c, scenario=scenario, ended=end) for c in ("mean", "low", "high")]
            cells.append(quantity("patients").with_interval(words, reach[0], reach[1], reach[2]))
        rows.append([reading.label(scenario), *cells])
    return Twin([words("scenario"), *(words.name(e) for e in ends)], rows)


def pathway(reading: Reading, scenario: str) -> Twin:
    """Each step: mean queue with interval, and patients a week onwards by where they go."""
    words, weeks = reading.words, max(1, reading.settings[scenario].weeks)
    edges = reading.rows("flow_edges", scenario=scenario)
    rows = []
    for step in steps_shown(reading, scenario):
        reach = [reading.one("flow_steps", c, scenario=scenario, step=step) for c in ("mean", "low", "high")]
        out = edges[edges["from_step"] == step]
        onwards = [
            f"{words.name(str(b))} {words.number(n / weeks, 1)}"
            for b, n in zip(out["to_step"], out["mean"], strict=True)
        ]
        rows.append(
            [
                words.name(step),
                quantity("queue").with_interval(words, reach[0], reach[1], reach[2]),
                ", ".join(onwards) or "–",
            ]
        )
    return Twin([words("step"), words("key_queue_thick"), words("onwards")], rows)
