"""What the report shows, in order: each figure with its finding, how to read it, and its numbers as a table.

An exhibit is left out when the study has no table for it. Figures are drawn only when asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowsim.report import findings, twins
from flowsim.report.figures import bars, comparisons, incomes, money, occupancy, pathway, prices, waits, weekly
from flowsim.report.reading import Reading

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SECTIONS = ("compared", "queues", "capacity", "money", "patients")
COMPARED = ("operations", "queue_end", "share_within_guarantee", "total_cash_sek")
_WORTH_SHOWING = 5.0
"""Patients: steps whose mean queue never reaches it get no figure of their own."""


@dataclass(frozen=True)
class Exhibit:
    """One figure with its words. `folded`: shown only when opened."""

    name: str
    section: str
    topic: str
    finding: str
    how: str
    table: twins.Twin
    draw: Callable[[], Figure]
    folded: str = ""
    """Shown only when opened, under a list of these words; '' = always shown."""


def exhibits(reading: Reading) -> list[Exhibit]:
    """Every exhibit the study has tables for, in the page's order."""
    return [
        *_compared(reading),
        *_queues(reading),
        *_capacity(reading),
        *_cash(reading),
        *_unit_money(reading),
        *_patients(reading),
    ]


def _compared(reading: Reading) -> Iterator[Exhibit]:
    words = reading.words
    measures = [
        m
        for m in COMPARED
        if any(
            reading.one("headline", "diff", scenario=s, measure=m)
            == reading.one("headline", "diff", scenario=s, measure=m)
            for s in reading.others
        )
    ]
    if reading.others and measures:
        yield Exhibit(
            "differences",
            "compared",
            words("topic_differences"),
            findings.differences(reading),
            words("how_differences"),
            twins.differences(reading, measures),
            lambda: comparisons.differences(reading, measures),
        )
    if reading.has("steps", "change", "measure", "mean") and len(reading.rows("steps", measure="operations")):
        yield Exhibit(
            "effects",
            "compared",
            words("topic_effects"),
            findings.effects(reading),
            words("how_effects"),
            twins.effects(reading),
            lambda: comparisons.effects(reading, "operations"),
        )


def _queues(reading: Reading) -> Iterator[Exhibit]:
    words, span = reading.words, reading.main_span
    if len(reading.rows("weekly_queue", span=span)):
        target = findings.accepted_queue(reading)
        how = words("how_weekly") + (" " + words("how_target") if target == target else "")
        yield _queue(reading, span, how, target)
    if len(reading.rows("waits", span=span)):
        limit = reading.limit_days(span)
        yield Exhibit(
            "waits",
            "queues",
            words("topic_waits", span=words.name(span)),
            findings.waits(reading, span, limit),
            words("how_waits"),
            twins.waits(reading, span),
            lambda: waits.waiting_times(reading, span, limit),
        )
    for name, _, days in reading.setting.guarantee:
        if len(reading.rows("weekly_guarantee", guarantee=name)):
            yield _guarantee(reading, name, days)
    for step in _long_queues(reading, span):
        yield _queue(
            reading, step, words("how_weekly"), folded=words("all_queues") if step == "all" else words.name(step)
        )


def _queue(reading: Reading, span: str, how: str, target: float = float("nan"), folded: str = "") -> Exhibit:
    topic = reading.words("topic_all_queues" if span == "all" else "topic_queue", span=reading.words.name(span))
    table = twins.by_week(reading, "weekly_queue", "patients", span=span)
    return Exhibit(
        f"queue_{span}",
        "queues",
        topic,
        findings.queue(reading, span),
        how,
        table,
        lambda: weekly.queue_by_week(reading, span, target),
        folded,
    )


def _guarantee(reading: Reading, name: str, days: float) -> Exhibit:
    words = reading.words
    return Exhibit(
        f"guarantee_{name}",
        "queues",
        words("topic_guarantee", name=words.name(name), days=words.number(days)),
        findings.guarantee(reading, name, days),
        words("how_weekly"),
        twins.by_week(reading, "weekly_guarantee", "share", guarantee=name),
        lambda: weekly.guarantee_by_week(reading, name),
    )


def _long_queues(reading: Reading, main: str) -> list[str]:
    """Other spans and steps whose mean queue is worth a figure, in the pathway's order; all queues first."""
    if not reading.has("weekly_queue", "span", "mean"):
        return []
    frame = reading.table("weekly_queue")
    mean = frame.assign(span=frame["span"]).groupby(["scenario", "span"], observed=True)["mean"].mean()
    worth = {str(span) for (_, span), value in mean.items() if value >= _WORTH_SHOWING} - {main}
    order = ["all", *(name for name, _, _ in reading.setting.spans), *(step.name for step in reading.setting.steps)]
    found = [name for name in order if name in worth]
    return [name for name in found if name != "all" or len(found) > 2]


def _capacity(reading: Reading) -> Iterator[Exhibit]:
    words, step = reading.words, reading.main_step
    if len(reading.rows("weekly_throughput", step=step)):
        yield Exhibit(
            "throughput",
            "capacity",
            words("topic_throughput", step=words.name(step)),
            findings.throughput(reading, step),
            words("how_weekly"),
            twins.by_week(reading, "weekly_throughput", "per_week", step=step),
            lambda: weekly.throughput_by_week(reading, step),
        )
    if reading.has("capacity", "resource", "part", "mean"):
        yield Exhibit(
            "capacity",
            "capacity",
            words("topic_capacity"),
            findings.capacity(reading),
            words("how_capacity"),
            twins.capacity(reading),
            lambda: bars.capacity_by_cause(reading),
        )
    places = (
        reading.table("occupancy")["resource"].astype(str).unique()
        if reading.has("occupancy", "resource", "weekday")
        else []
    )
    for resource in places:
        yield _occupancy(reading, str(resource))


def _occupancy(reading: Reading, resource: str) -> Exhibit:
    words = reading.words
    return Exhibit(
        f"occupancy_{resource}",
        "capacity",
        words("topic_occupancy", resource=words.name(resource)),
        findings.occupancy(reading, resource),
        words("how_occupancy"),
        twins.occupancy(reading, resource),
        lambda: occupancy.occupancy_by_weekday(reading, resource),
    )


def _cash(reading: Reading) -> Iterator[Exhibit]:
    """What is paid, in all and beside the baseline."""
    terms = {"year": reading.price_year, "perspective": reading.perspective}
    words = reading.words
    if reading.has("costs", "term", "mean"):
        yield Exhibit(
            "total_cost",
            "money",
            words("topic_total_cost", **terms),
            findings.total_cost(reading),
            words("how_total_cost"),
            twins.money_table(reading, "costs", "term"),
            lambda: money.total_by_term(reading),
        )
        if reading.others:
            yield Exhibit(
                "added_cost",
                "money",
                words("topic_added_cost", **terms),
                findings.added_cost(reading),
                words("how_added_cost"),
                twins.added(reading),
                lambda: money.added_by_term(reading),
            )


def _unit_money(reading: Reading) -> Iterator[Exhibit]:
    """What one more costs, what a contact costs, and cost against what it does to the queue."""
    terms = {"year": reading.price_year, "perspective": reading.perspective}
    words = reading.words
    if reading.has("added_cost", "added_cost_per_extra_sek") and prices.priced(reading):
        yield Exhibit(
            "per_extra",
            "money",
            words("topic_per_extra", **terms),
            findings.per_extra(reading),
            words("how_per_extra"),
            twins.per_extra(reading),
            lambda: prices.per_extra(reading),
        )
    if reading.has("contact_costs", "component", "mean"):
        yield Exhibit(
            "full_cost",
            "money",
            words("topic_full_cost", **terms),
            findings.full_cost(reading),
            words("how_full_cost"),
            twins.money_table(reading, "contact_costs", "component"),
            lambda: money.full_by_component(reading),
        )
    if reading.has("income", "payment", "mean"):
        yield Exhibit(
            "income",
            "money",
            words("topic_income", **terms),
            findings.income(reading),
            words("how_income"),
            twins.income(reading),
            lambda: incomes.left_by_model(reading),
        )
    if money.points(reading):
        yield Exhibit(
            "cost_against_queue",
            "money",
            words("topic_cost_queue", **terms),
            findings.cost_against_queue(reading),
            words("how_cost_queue"),
            twins.cost_against_queue(reading),
            lambda: money.cost_against_queue(reading),
        )


def _patients(reading: Reading) -> Iterator[Exhibit]:
    words = reading.words
    if reading.has("endings", "ended", "mean"):
        yield Exhibit(
            "endings",
            "patients",
            words("topic_endings"),
            findings.endings(reading),
            words("how_endings"),
            twins.endings(reading),
            lambda: bars.endings(reading),
        )
    for scenario in (
        reading.scenarios
        if reading.has("flow_steps", "step", "mean") and reading.has("flow_edges", "from_step")
        else []
    ):
        yield _pathway(reading, scenario)


def _pathway(reading: Reading, scenario: str) -> Exhibit:
    words = reading.words
    return Exhibit(
        f"pathway_{reading.letter(scenario)}",
        "patients",
        words("topic_pathway", scenario=reading.label(scenario)),
        findings.pathway(reading, scenario),
        words("how_pathway"),
        twins.pathway(reading, scenario),
        lambda: pathway.pathway(reading, scenario),
        reading.letter(scenario) if scenario != reading.baseline else "",
    )
