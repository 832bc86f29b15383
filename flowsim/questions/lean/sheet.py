"""Lean as an answer: the wastes in one table, then BUK, the value stream and, with changes, where the relief lands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from flowsim.questions.answer import Answer, Figure, Series, Table
from flowsim.questions.asked import Asked
from flowsim.questions.cases import Case
from flowsim.questions.lean.measure import SEK_CELLS
from flowsim.questions.lean.patient_days import DAY_CELLS
from flowsim.questions.lean.sentences import NAMED, assumed, main_span, moved_queues, notes, sentence
from flowsim.questions.lean.staff_hours import HOUR_CELLS, HOUR_WASTES, UNUSED_KNOWLEDGE
from flowsim.questions.wording import DASH, NOTHING, Said, alike, both, named

if TYPE_CHECKING:
    from flowsim.questions.lean.asking import Found

WASTES = {cell: Said(f"{k} {one.sv}", f"{k} {one.en}") for k, (cell, one) in enumerate(NAMED.items(), 1)}
"""The seven that add up; the eighth, unused knowledge, lies inside value-adding hours and stands apart."""
CELLS = {
    "value": Said("värdeskapande", "value-adding"), "support": Said("stödjande", "supporting"),
    "readiness": Said("beredskap", "readiness"), "idle": Said("tomt", "idle"), "touch": Said("i vård", "in care"),
    "rest": Said("läkning", "healing"), "transport": Said("transport", "transport"),
}  # fmt: skip


def people(found: Found) -> list[str]:
    """Resources whose hours are working hours: all but beds."""
    return [name for name in found.resources if name not in found.beds]


def most_wasted(found: Found) -> str:
    """The resource with declared slots that loses the largest share of its hours to waste; '' without one."""
    named_ = dict.fromkeys(name.split(":")[1] for name in found.names if name.startswith("buk:"))
    return max(named_, key=lambda name: _wasted_share(found, name), default="")


def _wasted_share(found: Found, name: str) -> float:
    offered = found.mean(f"hours:{name}:offered")
    return sum(found.mean(f"hours:{name}:{cell}") for cell in HOUR_WASTES) / offered if offered else 0.0


def answer(asked: Asked, found: Found, case: Case | None) -> Answer:
    """The whole answer."""
    further = [hours_table(found), buk_table(found), stream_table(found)]
    if case is not None:
        further.insert(0, relief_table(found))
    rule = both(
        lambda say: say.pick(
            f"{len(found.before)} par, {found.weeks} veckor"
            if case
            else f"{len(found.before)} körningar à {found.weeks} veckor",
            f"{len(found.before)} pairs, {found.weeks} weeks"
            if case
            else f"{len(found.before)} runs of {found.weeks} weeks",
        )
    )
    title = Said("Slöserier och värdeflöde", "Wastes and the value stream")
    return Answer(
        question="lean",
        title=title + Said(f"– {found.titles[0]}", f"– {found.titles[1]}") if case else title,
        sentence=sentence(found, most_wasted(found)),
        table=waste_table(found),
        figure=hours_figure(found),
        assumed=assumed(found),
        would_change=(
            Said(
                "En mätning av hur tiden delar sig: en vecka räcker för första besöket.",
                "Measuring how the time divides: a week will do for the first visit.",
            ),
            Said(
                "Om tider stängs när färre går förlorade sparas pengar; annars sparas bara tid.",
                "If slots are closed when fewer are lost, money is saved; otherwise only time is.",
            ),
        ),
        notes=notes(found, most_wasted(found)),
        further=tuple(one for one in further if one[1].rows),
        effort=asked.effort(rule, True),
        scenario=(case or asked.today).realised,
        numbers=numbers(found),
    )


def waste_table(found: Found) -> Table:
    """Seven wastes in three ledgers that are never added together; with changes, what changes."""
    columns = [Said("slöseri", "waste"), Said("arbetstimmar", "staff hours"), Said("patientdagar", "patient-days"),
               Said("Mkr", "MSEK")]  # fmt: skip
    if found.after is not None:
        columns += [Said("ändrade timmar", "change in hours"), Said("ändrade dagar", "change in days")]
    rows = []
    for cell, label in WASTES.items():
        hours = sum(found.mean(f"hours:{name}:{cell}") for name in people(found))
        days = found.mean(f"days:{cell}")
        sek = found.mean(f"sek:{cell}") if cell in HOUR_CELLS else 0.0
        row = [label, _whole(hours), _whole(days), _money(sek)]
        if found.after is not None:
            row += [_diff(*found.change(*(f"hours:{name}:{cell}" for name in people(found)))),
                    _diff(*found.change(f"days:{cell}"))]  # fmt: skip
        rows.append(tuple(row))
    before = Said(" Ändringen står för sig.", " The change stands apart.") if found.after is not None else NOTHING
    caption = Said(
        f"Över {found.weeks} veckor. Tre bokföringar som inte läggs ihop: timmar, patientdagar, och kronor till "
        f"referenspris (värdet av tid och material, inte pengar som sparas).{before.sv}",
        f"Over {found.weeks} weeks. Three ledgers that are not added: hours, patient-days, and SEK at the reference "
        f"rate (the worth of time and material, not money saved).{before.en}",
    )
    return Table(tuple(columns), tuple(rows), caption=caption)


def _whole(value: float) -> Said:
    return both(lambda say: say.number(value) if round(value) else DASH)


def _money(sek: float) -> Said:
    return both(lambda say: say.number(sek / 1e6, 1) if abs(sek) >= 5e4 else DASH)


def _diff(mean: float, half: float) -> Said:
    if not np.isfinite(mean) or (abs(mean) < 0.5 and half < 0.5):
        return alike(DASH)
    return both(lambda say: f"{say.signed(mean)} ± {say.number(half)}")


def hours_table(found: Found) -> tuple[Said, Table]:
    """Each resource's offered hours in one cell each, in per cent."""
    columns = (Said("av 100 erbjudna timmar", "of 100 offered hours"), CELLS["value"], CELLS["support"],
               Said("slöseri 1–3, 5–7", "wastes 1–3, 5–7"), CELLS["readiness"], CELLS["idle"],
               Said("därav outnyttjad kunskap (8)", "of it unused knowledge (8)"))  # fmt: skip
    rows = []
    for name in found.resources[:7]:
        offered = found.mean(f"hours:{name}:offered")
        if not offered:
            continue
        part = {cell: 100 * found.mean(f"hours:{name}:{cell}") / offered for cell in (*HOUR_CELLS, UNUSED_KNOWLEDGE)}
        wasted = sum(part[cell] for cell in HOUR_WASTES)
        values = (part["value"], part["support"], wasted, part["readiness"], part["idle"], part[UNUSED_KNOWLEDGE])
        rows.append((named(name), *(_tenth(value) for value in values)))
    return Said("Vart timmarna går", "Where the hours go"), Table(columns, tuple(rows))


def _tenth(value: float) -> Said:
    return both(lambda say: say.number(value, 1) if value >= 0.05 else DASH)


def periods(found: Found, after: bool = False) -> dict[str, Any]:
    """Each resource's BUK period, mean of the runs."""
    from flowsim.measures.buk import Period

    names = dict.fromkeys(name.split(":")[1] for name in found.names if name.startswith("buk:"))
    return {
        name: Period(*(found.mean(f"buk:{name}:{column}", after) for column in
                       ("booked", "done", "planned_hours", "value_hours", "returns")))
        for name in names
    }  # fmt: skip


def buk_table(found: Found) -> tuple[Said, Table]:
    """B, U, K by resource, both readings of K, and what a point gives at most."""
    columns = (Said("resurs", "resource"), alike("B, %"), alike("U, %"), Said("K, %", "K, %"), alike("BUK, %"),
               Said("BUK, K av utförda, %", "BUK, K of those done, %"),
               Said("en procentenhet ger högst: B / U / K", "a point gives at most: B / U / K"))  # fmt: skip
    rows = []
    for name, one in list(periods(found, found.after is not None).items())[:7]:
        if not one.done:
            continue
        given, other = one.factors("definition"), one.factors("of_done")
        gives = given.one_point_gives(one.good_contacts())
        cells = [_tenth(100 * value) for value in (given.b, given.u, given.k, given.buk, other.buk)]
        rows.append((named(name), *cells, _three(gives["b"], gives["u"], gives["k"])))
    title = both(
        lambda say: say.pick(
            f"BUK: beläggning × utförande × kvalitet; vad en procentenhet ger i goda kontakter på {found.weeks} veckor",
            f"BUK: occupancy × execution × quality; a point gives at most so many good contacts in {found.weeks} weeks",
        )
    )
    caption = Said(
        "K: utförda delat med utförda och oplanerade återbesök. K av utförda: de utan återbesök, delat med utförda.",
        "K: those done by those done and unplanned returns. K of those done: those without a return, by those done.",
    )
    return title, Table(columns, tuple(rows), caption=caption)


def _three(*values: float) -> Said:
    return both(lambda say: " / ".join(say.number(value) for value in values))


def stream_table(found: Found) -> tuple[Said, Table]:
    """The value stream in numbers: the seven steps with most waiting."""
    steps = [name.split(":")[1] for name in found.names if name.startswith("stream:") and name.endswith(":visits")]
    after = found.after is not None
    lines = []
    for step in steps:
        visits, touch, wait = (
            found.mean(f"stream:{step}:{part}", after) for part in ("visits", "touch_hours", "wait_days")
        )
        if visits:
            lines.append((step, touch / visits, wait / visits, found.mean(f"queue:step:{step}", after)))
    shown = sorted(lines, key=lambda line: -line[3])[:7]
    rows = tuple(
        (named(step), _tenth(touch), _tenth(wait), _whole(queue), _percent(touch / 24, wait))
        for step, touch, wait, queue in sorted(shown, key=lambda line: steps.index(line[0]))
    )
    columns = (Said("steg", "step"), Said("i vård, timmar", "touch, hours"), Said("väntan, dagar", "wait, days"),
               Said("väntar samtidigt", "waiting at a time"), Said("värdeskapande, %", "value-adding, %"))  # fmt: skip
    share = found.mean("days:touch", after) / found.mean("days:all", after)
    title = both(
        lambda say: say.pick(
            f"Värdeflödet: {say.percent(share, 1)} av patienternas dagar är i vård",
            f"The value stream: {say.percent(share, 1)} of the patients' days are in care",
        )
    )
    return title, Table(columns, rows)


def _percent(touch_days: float, wait_days: float) -> Said:
    whole = touch_days + wait_days
    return both(lambda say: say.number(100 * touch_days / whole, 1) if whole else DASH)


def relief_table(found: Found) -> tuple[Said, Table]:
    """Mean queues before and after, and their change by pairs: where the relief lands."""
    span = main_span(found)
    order = list(dict.fromkeys([*moved_queues(found)[:5], *([span] if span else []), "queue:sum:all"]))
    changes = {name: found.change(name) for name in order}
    rows = tuple(
        (_queue(name), _whole(found.mean(name)), _whole(found.mean(name, True)), _tenths(*changes[name]))
        for name in order
    )
    columns = (
        Said("kö i medeltal", "mean queue"),
        Said("före", "before"),
        Said("efter", "after"),
        Said("skillnad", "difference"),
    )
    return Said("Var lättnaden hamnar", "Where the relief lands"), Table(columns, rows)


def _tenths(mean: float, half: float) -> Said:
    return both(lambda say: f"{say.signed(mean, 1)} ± {say.number(half, 1)}")


def _queue(name: str) -> Said:
    _, kind, place = name.split(":")
    if kind == "sum":
        return Said("alla som väntar", "everybody waiting")
    return named(place)


_SHOWN = (
    (Said("värdeskapande", "value-adding"), ("value",)),
    (Said("stödjande", "supporting"), ("support",)),
    (Said("slöseri", "waste"), HOUR_WASTES),
    (Said("beredskap och tomt", "readiness and idle"), ("readiness", "idle")),
)
"""What the figure tells apart."""


def hours_figure(found: Found) -> Figure:
    """Share of each resource's hours that is value, support, waste and unused."""
    names = [named(name) for name in people(found)]
    series = []
    for label, cells in _SHOWN:
        values = [sum(_share_of(found, name, cell) for cell in cells) for name in people(found)]
        if any(value > 0.0005 for value in values):
            series.append(Series(label, names, values))
    label = Said("andel av erbjudna timmar", "share of offered hours")
    return Figure("bars", Said("Vart timmarna går", "Where the hours go"), NOTHING, label, tuple(series), percent=True)


def _share_of(found: Found, name: str, cell: str) -> float:
    offered = found.mean(f"hours:{name}:offered")
    return found.mean(f"hours:{name}:{cell}") / offered if offered else 0.0


def numbers(found: Found) -> dict[str, Any]:
    """All of it for machines: means before, after, and changes with their intervals."""
    made: dict[str, Any] = {
        "before": {name: found.mean(name) for name in found.names},
        "cells": {"hours": HOUR_CELLS, "days": DAY_CELLS, "sek": SEK_CELLS},
        "buk": {
            name: {**vars(one), **vars(one.factors()), "buk": one.factors().buk} for name, one in periods(found).items()
        },
    }
    if found.after is not None:
        made["after"] = {name: found.mean(name, True) for name in found.names}
        made["change"] = {name: found.change(name) for name in found.names}
    if found.point is not None:
        made["point_of_u"] = dict(zip(("resource", "operations", "half"), found.point, strict=True))
    return made
