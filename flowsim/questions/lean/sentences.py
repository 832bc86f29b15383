"""Lean in words: what of a hundred hours is value, what a point gives, and what a countermeasure saved and did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from flowsim.questions.lean.staff_hours import HOUR_WASTES
from flowsim.questions.units import the, unit
from flowsim.questions.wording import Said, Say, both, named

if TYPE_CHECKING:
    from flowsim.questions.lean.asking import Found

_AT, _BY = ("clinic", "xray", "x_ray", "ward"), ("nurse", "team")
"""Where Swedish says på, or hos, not i."""
NAMED = {
    "rework": Said("omarbetning", "rework"),
    "overproduction": Said("överproduktion", "overproduction"),
    "transport": Said("transport", "transport"),
    "stock": Said("lager (kön)", "stock (the queue)"),
    "motion": Said("rörelser", "motion"),
    "overwork": Said("överarbete", "overwork"),
    "waiting": Said("väntan", "waiting"),
}
"""The seven wastes that add up, in the order of their numbers; the eighth lies inside value-adding hours."""
NOTHING_DECLARED = Said(
    "Inga tidsfördelningar är angivna (--splits): bara omarbetning, lager och väntan syns.",
    "No splits of time are declared (--splits): only rework, stock and waiting are seen.",
)


def sentence(found: Found, resource: str) -> Said:
    """With changes: what they saved. Without: what of a hundred hours is value, and what a point of U gives."""
    return _changed(found) if found.after is not None else _as_it_is(found, resource)


def _as_it_is(found: Found, resource: str) -> Said:
    share = found.mean("days:touch") / found.mean("days:all")
    if not resource:
        return both(
            lambda say: say.pick(
                f"{say.percent(share, 1)} av patienternas dagar är i vård; resten är väntan, läkning och omarbetning.",
                f"{say.percent(share, 1)} of the patients' days are in care; the rest is waiting, healing and rework.",
            )
        )
    offered, value = found.mean(f"hours:{resource}:offered"), found.mean(f"hours:{resource}:value")
    done, hours = found.mean(f"buk:{resource}:done"), found.mean(f"buk:{resource}:planned_hours")
    again = found.mean(f"buk:{resource}:returns")
    good = done * done / (done + again) if done else 0.0
    u = found.mean(f"buk:{resource}:value_hours") / hours if hours else float("nan")

    def say_it(say: Say) -> str:
        lost = sum(found.mean(f"hours:{resource}:{cell}") for cell in HOUR_WASTES)
        text = say.pick(
            f"Av 100 erbjudna timmar {_in(resource, say)} är {say.number(100 * value / offered)} värdeskapande och "
            f"{say.number(100 * lost / offered)} slöseri.",
            f"Of 100 hours offered {_in(resource, say)} {say.number(100 * value / offered)} add value and "
            f"{say.number(100 * lost / offered)} are waste.",
        )
        text += _worth(say, found)
        if np.isfinite(u) and u:
            text += say.pick(
                f" En procentenhet bättre utförande (U) {_in(resource, say)} ger högst {say.number(0.01 * good / u)} "
                f"besök på {found.weeks} veckor.",
                f" A point of execution (U) {_in(resource, say)} gives at most {say.number(0.01 * good / u)} visits in "
                f"{found.weeks} weeks.",
            )
        return text + _point(say, found)

    return both(say_it)


def _worth(say: Say, found: Found) -> str:
    """What the wastes of hours come to at the reference rate, and the largest of them."""
    sek = {cell: found.mean(f"sek:{cell}") for cell in HOUR_WASTES}
    if not sum(sek.values()) > 0:
        return ""
    most = max(sek, key=lambda cell: sek[cell])
    whole, part = say.msek(sum(sek.values())), say.msek(sek[most])
    return say.pick(
        f" Slöseriet i hela kliniken är tid och material för {whole} på {found.weeks} veckor, mest {NAMED[most].sv} "
        f"({part}).",
        f" Waste in the whole clinic is time and material of {whole} in {found.weeks} weeks, most of it "
        f"{NAMED[most].en} ({part}).",
    )


def _in(resource: str, say: Say) -> str:
    name = the(resource, say)
    if not say.sv:
        return f"in {name}"
    return f"{'på' if resource in _AT else 'hos' if resource in _BY else 'i'} {name}"


def _point(say: Say, found: Found) -> str:
    """What the simulated point gave: operations, or hours freed where it is not what binds."""
    if found.point is None:
        return ""
    resource, gain, half = found.point
    name = the(resource, say)
    if gain - half > 0:
        return say.pick(
            f" Simulerat ger den {say.number(gain, 1)} ± {say.number(half, 1)} operationer.",
            f" Simulated it gives {say.number(gain, 1)} ± {say.number(half, 1)} operations.",
        )
    return say.pick(
        f" {name.capitalize()} är inte flaskhalsen i dag: vinsten blir frigjord tid, inte fler operationer.",
        f" {_upper(name)} is not the bottleneck today: the gain is time freed, not more operations.",
    )


def _upper(name: str) -> str:
    """The first letter large, the others as they are (X-ray)."""
    return name[:1].upper() + name[1:]


def _changed(found: Found) -> Said:
    """Slots and waiting days saved, with intervals."""
    slots = _slots(found)
    queue, half = found.change("queue:sum:all")
    days, days_half = queue * found.weeks * 7, half * found.weeks * 7
    operations, operations_half = found.change("operations")

    def say_it(say: Say) -> str:
        parts = [f"{say.number(saved)} ± {say.number(h)} {unit(name, 'slots', 2, say)}" for name, saved, h in slots]
        text = f"{found.titles[0] if say.sv else found.titles[1]}: "
        if parts:
            text += say.pick(
                f"på {found.weeks} veckor går {say.listed(parts)} färre förlorade. ",
                f"in {found.weeks} weeks {say.listed(parts)} fewer are lost. ",
            )
        text += _waiting(say, days, days_half)
        return f"{text} {_operations(say, operations, operations_half)}{_cash(say, found)}{_lands(say, found)}"

    return both(say_it)


def _cash(say: Say, found: Found) -> str:
    """What it comes to in money, in a few words; more in the notes."""
    freed, freed_half = found.change("sek:waiting")
    cash, cash_half = found.change("cash")
    if not np.isfinite(cash) or not found.mean("cash"):
        return ""
    text = ""
    if _slots(found) and freed + freed_half < 0:
        worth = f"{say.number(-freed / 1e6, 2)} ± {say.number(freed_half / 1e6, 2)}"
        text = say.pick(
            f" Det frigör kapacitet för {worth} Mkr till referenspris, men",
            f" That frees capacity of MSEK {worth} at the reference rate, but",
        )
    if abs(cash) <= cash_half:
        kept = say.pick(" kassan sparar 0 kr.", " saves SEK 0 in cash.")
        return text + kept if text else say.pick(" I kassan sparas 0 kr.", " No cash is saved.")
    change = f"{say.signed(cash / 1e6, 1)} ± {say.number(cash_half / 1e6, 1)}"
    return (text and f"{text[: text.rindex(',')]}.") + say.pick(
        f" Kassakostnaden ändras med {change} Mkr.", f" Cash cost changes by MSEK {change}."
    )


LEAST_QUEUE = 0.5
"""A change of a mean queue smaller than this is not worth a word."""


def moved_queues(found: Found) -> list[str]:
    """Queues whose mean surely changes by half a patient or more, the most changed first."""
    queues = [name for name in found.names if name.startswith("queue:") and not name.endswith(":all")]
    changes = {name: found.change(name) for name in queues}
    sure = [name for name, (mean, half) in changes.items() if abs(mean) > max(half, LEAST_QUEUE)]
    return sorted(sure, key=lambda name: -abs(changes[name][0]))


def main_span(found: Found) -> str:
    """The first span's queue; '' where the scenario has none."""
    return next((name for name in found.names if name.startswith("queue:span:")), "")


def _lands(say: Say, found: Found) -> str:
    """The queue that changes most, and what the waiting for treatment does."""
    moved, span = moved_queues(found), main_span(found)
    if not moved:
        return ""
    texts = []
    for name in dict.fromkeys([moved[0], *([span] if span else [])]):
        mean, half = found.change(name)
        place = named(name.split(":")[2])("sv" if say.sv else "en")
        texts.append(f"{place} {say.signed(mean, 1)} ± {say.number(half, 1)}")
    return say.pick(
        f" Köerna ändras så: {'; '.join(texts)} (väntande i medeltal).",
        f" The queues change: {'; '.join(texts)} (mean number waiting).",
    )


def _slots(found: Found) -> list[tuple[str, float, float]]:
    """Slots that no-shows took before and not after, by resource, where the interval is clear of 0."""
    made = []
    for name in found.resources:
        change, half = found.change(f"no_show:{name}")
        if change + half < 0:
            made.append((name, -change, half))
    return made


def _waiting(say: Say, days: float, half: float) -> str:
    shown = f"{say.number(round(abs(days), -1))} ± {say.number(round(half, -1))}"
    if days + half < 0:
        return say.pick(f"{shown} väntedagar sparas.", f"{shown} waiting days are saved.")
    if days - half > 0:
        return say.pick(f"Väntan ökar med {shown} dagar.", f"Waiting grows by {shown} days.")
    return say.pick(
        f"Väntan i alla köer ändras inte säkert ({say.signed(round(days, -1))} ± {say.number(round(half, -1))} dagar).",
        f"Waiting in all queues does not surely change ({say.signed(round(days, -1))} ± "
        f"{say.number(round(half, -1))} days).",
    )


def _operations(say: Say, change: float, half: float) -> str:
    if abs(change) <= half:
        return say.pick("Operationerna blir inte säkert fler.", "There are not surely more operations.")
    word = say.pick("fler", "more") if change > 0 else say.pick("färre", "fewer")
    return say.pick(
        f"Operationerna blir {say.number(abs(change))} ± {say.number(half)} {word}.",
        f"There are {say.number(abs(change))} ± {say.number(half)} {word} operations.",
    )


def notes(found: Found, resource: str) -> tuple[Said, ...]:
    """Money freed and money saved; the eighth waste; what has no money."""
    made = [_freed(found)] if found.after is not None else []
    made.append(_idle(found))
    made.append(_knowledge(found))
    if not found.said.file.steps:
        made.append(NOTHING_DECLARED)
    return tuple(one for one in made if one.sv)


def _freed(found: Found) -> Said:
    """Freed capacity at the reference rate, and the cash."""
    slots = _slots(found)
    freed, freed_half = found.change("sek:waiting")
    cash, cash_half = found.change("cash")
    if not np.isfinite(cash) or not found.mean("cash"):
        return Said("", "")

    def say_it(say: Say) -> str:
        text = ""
        if slots and freed + freed_half < 0:
            worth = f"{say.number(-freed / 1e6, 2)} ± {say.number(freed_half / 1e6, 2)}"
            text = say.pick(
                f"Frigjord kapacitet: {worth} Mkr till referenspris. ",
                f"Freed capacity: MSEK {worth} at the reference rate. ",
            )
        if abs(cash) <= cash_half:
            return text + say.pick(
                "I kassan sparas 0 kr så länge ingen tid stängs.", "No cash is saved as long as no slot is closed."
            )
        change = f"{say.signed(cash / 1e6, 1)} ± {say.number(cash_half / 1e6, 1)}"
        return text + say.pick(
            f"I kassan sparas 0 kr så länge ingen tid stängs; den ändras med {change} Mkr av att fler (eller färre) "
            "vårdas.",
            f"No cash is saved as long as no slot is closed; it changes by MSEK {change} from more (or fewer) being "
            "treated.",
        )

    return both(say_it)


def _idle(found: Found) -> Said:
    unused = found.mean("sek:unused_capacity")
    if not unused:
        return Said("", "")
    return both(
        lambda say: say.pick(
            f"Beredskap och tomma tider ({say.msek(unused)} till referenspris) är ledig kapacitet, inte slöseri.",
            f"Readiness and idle slots ({say.msek(unused)} at the reference rate) are unused capacity, not waste.",
        )
    )


def _knowledge(found: Found) -> Said:
    hours = sum(
        found.mean(name) for name in found.names if name.startswith("hours:") and name.endswith("unused_knowledge")
    )
    if hours < 0.5:
        return Said("", "")
    sek = found.mean("sek:unused_knowledge")
    return both(
        lambda say: say.pick(
            f"8 outnyttjad kunskap: {say.number(hours)} värdeskapande timmar kunde göras av annan kompetens "
            f"(skillnad {say.msek(sek)}); visas för sig, ingår i ingen summa.",
            f"8 unused knowledge: {say.number(hours)} value-adding hours could be done by another competence "
            f"(difference {say.msek(sek)}); shown apart, in no sum.",
        )
    )


def assumed(found: Found) -> tuple[Said, ...]:
    """What the ledgers rest on."""
    slots = [name for name in found.resources if name in found.said.file.resources]
    return (
        both(lambda say: _lengths(say, found, slots)),
        Said(
            "Tidsfördelningarna är angivna, inte simulerade: en effekt som inte har en källa är ”tänk om”, inte "
            "”sparar”.",
            'The splits of time are declared, not simulated: an effect without a source is "what if", not "saves".',
        ),
        Said(
            "Patientdagar har inget pris. Värdetid räknas totalt, inte per besök.",
            "Patient-days have no price. Value time is counted in total, not per visit.",
        ),
    )


def _lengths(say: Say, found: Found, slots: list[str]) -> str:
    """How long the run is, and a slot of each resource."""
    text = say.pick(f"Hela körningen, {found.weeks} veckor.", f"The whole run, {found.weeks} weeks.")
    if not slots:
        return text + say.pick(" En tid räknas som en timme.", " A slot counts as an hour.")
    lengths = "; ".join(f"{say.name(name)} {say.number(60 * found.said.hours_per_slot(name))} min" for name in slots)
    return text + say.pick(
        f" En tids längd: {lengths}; övriga en timme.", f" Length of a slot: {lengths}; others an hour."
    )
