"""The mix's answer: the spread chosen, what it gives, how sure the budget is, and the spreads that are as good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from flowsim.comparison.spread import spread
from flowsim.questions.answer import Answer, Figure, Series, Table
from flowsim.questions.asked import Asked
from flowsim.questions.mix.selection import Selection
from flowsim.questions.mix.shortlist import held
from flowsim.questions.wording import NOTHING, Said, Say, both

if TYPE_CHECKING:
    from flowsim.questions.mix.asking import Tried

NUMBERS = {"cash_sek": "total_cash_sek", "operations": "operations", "waiting_days": "waiting_days", "bought": "bought"}
"""What is said of a design, and what it is called among the runs' numbers."""
UNITS = {"waiting": Said("väntedagar", "waiting days"), "operations": Said("operationer", "operations")}


def answer(
    asked: Asked, tried: Tried, selection: Selection, standing: Sequence[int], budget: float, delta: float,
    confidence: float,
) -> Answer:  # fmt: skip
    """The whole answer. No, where the best within the budget is to do nothing."""
    chosen = standing[selection.chosen]
    rows = _lines(tried, selection, standing, budget, delta)
    first = rows[0]
    return Answer(
        question="mix",
        title=Said("Bästa användningen av en budget", "The best use of a budget"),
        sentence=_sentence(tried, first, budget, delta, selection, confidence),
        table=_table(rows[:7], tried.goal, delta),
        figure=_figure(rows, tried.goal, budget),
        assumed=_assumed(tried, budget),
        would_change=_would_change(tried.goal),
        notes=_notes(rows),
        effort=asked.effort(_rule(selection, delta, tried.goal), selection.reached),
        verdict="no" if chosen == 0 else "yes",
        scenario=None if chosen == 0 else tried.cases[chosen].realised,
        numbers={"budget_sek": budget, "delta": delta, "goal": tried.goal, "chosen": tried.designs[chosen].label.en,
                 "survivors": len(selection.survivors), "runs": selection.total,
                 "designs": [{**row, "label": row["label"].en} for row in rows]},
    )  # fmt: skip


def _lines(
    tried: Tried, selection: Selection, standing: Sequence[int], budget: float, delta: float
) -> list[dict[str, Any]]:
    """Every design run, the chosen first, then those as good, then the rest by the mean of the goal.

    What a design gives is what the chosen gives in all its years, and their difference in the years they share: so
    designs that were dropped after few years stand beside it as they did in those.
    """
    order = [*selection.survivors, *(k for k in np.argsort(-selection.means) if k not in selection.survivors)]
    best = standing[selection.chosen]
    years = range(max(int(selection.runs[selection.chosen]), tried.checked.get(best, 0)))
    lines = []
    for k in order:
        design, made = standing[int(k)], int(selection.runs[k])
        own = years if design == best else range(made)
        as_good = k in selection.survivors or _within(tried, best, design, made, delta)
        line: dict[str, Any] = {"label": tried.designs[design].label, "design": design, "runs": len(own)}
        line |= {"held": held(tried.change(design, "total_cash_sek", own), budget), "as_good": as_good}
        for said, name in NUMBERS.items():
            line[said], line[f"{said}_half"] = _mean(tried, name, best, design, years, range(made))
        lines.append(line)
    return sorted(lines, key=lambda one: (one["design"] != best, not one["as_good"]))


def _mean(tried: Tried, name: str, best: int, design: int, years: range, shared: range) -> tuple[float, float]:
    """Of a design: the chosen's mean over its years and the mean difference to it over those shared, ± 95 %."""
    found = spread(tried.change(best, name, years))
    if design == best:
        return float(found.mean), float(found.half_width)
    apart = spread(tried.change(design, name, shared) - tried.change(best, name, shared))
    return float(found.mean + apart.mean), float(np.hypot(found.half_width, apart.half_width))


def _within(tried: Tried, chosen: int, design: int, runs: int, delta: float) -> bool:
    """Is a design that was dropped so little behind the chosen, by pairs, that nobody would act on it?"""
    best, other = tried.gains([chosen, design], 0, runs)
    found = spread(best - other)
    return bool(found.mean + found.half_width <= delta)


def _sentence(
    tried: Tried, first: dict[str, Any], budget: float, delta: float, selection: Selection, confidence: float
) -> Said:
    if first["design"] == 0:
        return both(
            lambda say: say.pick(
                f"För {say.msek(budget)} finns inget som hjälper och som håller budgeten i {say.percent(confidence)} "
                "av åren: behåll pengarna.",
                f"For {say.msek(budget)} nothing helps and keeps within the budget in {say.percent(confidence)} of the "
                "years: keep the money.",
            )
        )

    def say_it(say: Say) -> str:
        effect = _effect(say, first)
        share, cost = say.percent(first["held"]), say.msek(first["cash_sek"])
        sure = say.pick(
            f"Budgeten håller i {share} av åren; väntad kostnad {cost}.",
            f"The budget holds in {share} of the years; expected cost {cost}.",
        )
        label, money = first["label"]("sv" if say.sv else "en"), say.msek(budget)
        return (
            say.pick(f"För {money} ger mest: {label}.", f"For {money} this gives most: {label}.") + f" {effect}. {sure}"
        )

    return both(say_it)


def _effect(say: Say, line: dict[str, Any]) -> str:
    parts = [_more(say, line["operations"], say.pick("operationer", "operations"))]
    if line["bought"] > 0.5:
        parts.append(say.pick(f"{say.number(line['bought'])} köpta", f"{say.number(line['bought'])} bought"))
    parts.append(_more(say, round(line["waiting_days"], -1), say.pick("väntedagar", "waiting days")))
    return say.listed(parts) + say.pick(" om året", " a year")


def _more(say: Say, value: float, what: str) -> str:
    word = say.pick("fler", "more") if value >= 0 else say.pick("färre", "fewer")
    return f"{say.number(abs(value))} {word} {what}"


def _table(rows: Sequence[dict[str, Any]], goal: str, delta: float) -> Table:
    columns = (
        Said("fördelning", "mix"), Said("Mkr", "MSEK"), Said("budgeten håller", "budget holds"),
        Said("operationer", "operations"), Said("väntedagar", "waiting days"), Said("omdöme", "verdict"),
    )  # fmt: skip
    made = tuple(_row(k, row) for k, row in enumerate(rows))
    caption = both(
        lambda say: say.pick(
            f"Lika bra: skiljer mindre än {say.number(delta)} {UNITS[goal].sv} från den bästa, eller går inte att "
            "skilja från den.",
            f"As good: less than {say.number(delta)} {UNITS[goal].en} from the best, or not to be told from it.",
        )
    )
    return Table(columns, made, marked=0, caption=caption)


def _row(k: int, row: dict[str, Any]) -> tuple[Said, ...]:
    verdict = (
        Said("bäst", "best") if k == 0 else Said("lika bra", "as good") if row["as_good"] else Said("sämre", "worse")
    )
    return (
        row["label"],
        both(lambda say: say.number(row["cash_sek"] / 1e6, 1)),
        both(lambda say: say.percent(row["held"])),
        both(lambda say: f"{say.signed(row['operations'])} ± {say.number(row['operations_half'])}"),
        both(
            lambda say: (
                f"{say.signed(round(row['waiting_days'], -1))} ± {say.number(round(row['waiting_days_half'], -1))}"
            )
        ),
        verdict,
    )


def _figure(rows: Sequence[dict[str, Any]], goal: str, budget: float) -> Figure:
    """The designs' gains with intervals, most first."""
    name, sign = ("waiting_days", -1.0) if goal == "waiting" else ("operations", 1.0)
    shown = list(rows[:12])
    y = [sign * row[name] for row in shown]
    low = [value - row[f"{name}_half"] for value, row in zip(y, shown, strict=True)]
    high = [value + row[f"{name}_half"] for value, row in zip(y, shown, strict=True)]
    label = Said("väntedagar sparade om året", "waiting days saved a year") if goal == "waiting" else Said(
        "fler operationer om året", "operations more a year"
    )  # fmt: skip
    series = Series(label, [row["label"] for row in shown], y, low, high)
    return Figure("bars", Said("Vad fördelningarna ger", "What the mixes give"), NOTHING, label, (series,))


def _assumed(tried: Tried, budget: float) -> tuple[Said, ...]:
    return (
        Said(
            f"De första {tried.weeks} veckorna; kostnaden är ökad kassakostnad: kapacitet (använd eller ej), rörlig "
            "kostnad för fler patienter, köpt vård.",
            f"The first {tried.weeks} weeks; the cost is added cash: capacity (used or not), the variable cost of more "
            "patients, care bought.",
        ),
        Said(
            "Mer kapacitet finns från första veckan till det angivna priset, utom i veckor med låg säsong. Ändringar "
            "ur en fil kostar inget att införa.",
            "More capacity is there from the first week at the price given, but for weeks of low season. Changes "
            "from a file cost nothing to introduce.",
        ),
    )


def _would_change(goal: str) -> tuple[Said, ...]:
    other = Said("fler operationer", "more operations") if goal == "waiting" else Said("mindre väntan", "less waiting")
    return (
        Said(f"Ett annat mål: {other.sv} i stället.", f"Another goal: {other.en} instead."),
        Said(
            "Andra priser, eller att kapaciteten inte går att bemanna i den takten.",
            "Other prices, or capacity that cannot be staffed at that pace.",
        ),
    )


def _notes(rows: Sequence[dict[str, Any]]) -> tuple[Said, ...]:
    """The cheapest of those as good as the first, if it is cheaper than that."""
    cheaper = [row for row in rows[1:] if row["as_good"] and row["cash_sek"] < rows[0]["cash_sek"]]
    if not cheaper:
        return ()
    cheapest = min(cheaper, key=lambda row: row["cash_sek"])

    def say_it(say: Say) -> str:
        lang = "sv" if say.sv else "en"
        return say.pick(
            f"Billigast av dem som är lika bra: {cheapest['label'](lang)}, {say.msek(cheapest['cash_sek'])}, "
            f"{_effect(say, cheapest)}.",
            f"The cheapest of those as good: {cheapest['label'](lang)}, {say.msek(cheapest['cash_sek'])}, "
            f"{_effect(say, cheapest)}.",
        )

    return (both(say_it),)


def _rule(selection: Selection, delta: float, goal: str) -> Said:
    unit = UNITS[goal]
    return both(
        lambda say: say.pick(
            f"KN: bäst, eller inom {say.number(delta)} {unit.sv} från bäst, med minst 95 % säkerhet; "
            f"{len(selection.survivors)} kvar av {len(selection.runs)}",
            f"KN: best, or within {say.number(delta)} {unit.en} of the best, with at least 95% certainty; "
            f"{len(selection.survivors)} left of {len(selection.runs)}",
        )
    )
