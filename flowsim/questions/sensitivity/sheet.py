"""The sensitivity's answer: the inputs by how far they move it, and what is chance beside what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from flowsim.questions.answer import Answer, Effort, Figure, Series, Table
from flowsim.questions.asked import Asked
from flowsim.questions.wording import DASH, NOTHING, Said, Say, alike, both

if TYPE_CHECKING:
    from flowsim.questions.sensitivity.asking import Found, Swing
    from flowsim.questions.sensitivity.shares import Shares

INTERACTS = 0.1
"""Of the inputs' variance: more than this not explained one by one is said to be interaction."""
OF = {
    "over": Said("patienter som väntat för länge", "patients who have waited too long"),
    "operations": Said("operationer", "operations"),
    "waiting": Said("väntedagar", "waiting days"),
    "cost": Said("kassakostnad, Mkr", "total cash, MSEK"),
}


def answer(asked: Asked, found: Found, inner: int) -> Answer:
    """The whole answer."""
    effort = _effort(asked, found, inner)
    return Answer(
        question="sensitivity",
        title=Said("Vad som flyttar svaret", "What moves the answer"),
        sentence=_sentence(found),
        table=_table(found),
        figure=_tornado(found),
        assumed=_assumed(found),
        would_change=(
            Said(
                "Andra intervall: ett smalare flyttar sin rad nedåt. Mät de två översta först.",
                "Other ranges: a narrower one moves its row down. Measure the two at the top first.",
            ),
        ),
        notes=_notes(found),
        further=tuple(_shares(found, one) for one in found.shares),
        effort=effort,
        scenario=asked.today.realised,
        numbers=numbers(found),
    )


def _effort(asked: Asked, found: Found, inner: int) -> Effort:
    rule = both(
        lambda say: say.pick(
            f"{found.pairs} par för var ände; {found.outer} dragningar à {inner}",
            f"{found.pairs} pairs for each end; {found.outer} draws of {inner}",
        )
    )
    return asked.effort(rule, found.split is not None)


def _value(say: Say, found: Found, value: float, signed: bool = True) -> str:
    """In the answer's unit."""
    shown, digits = (value / 1e6, 1) if found.of == "cost" else (value, 0)
    return say.signed(shown, digits) if signed else say.number(shown, digits)


def _sentence(found: Found) -> Said:
    first = found.swings[0]
    second = found.swings[1] if len(found.swings) > 1 else None

    def say_it(say: Say) -> str:
        lang = "sv" if say.sv else "en"
        what = OF[found.of](lang)
        effect = say.pick("skillnaden i ", "the difference in ") if found.compared else ""
        sv, today = lang == "sv", _value(say, found, found.today, False)
        tied = second is not None and _tied(first, second)
        begin = f"{effect}{what} ({'i dag' if sv else 'as it is'} {today}) "
        begin += f"{'ändras mest av' if sv else 'are moved most by'} {_move(say, found, first)}."
        begin = begin[:1].upper() + begin[1:]
        then = ""
        if second is not None:
            moved = _move(say, found, second)
            then = say.pick(
                f" {'Ungefär lika mycket av' if tied else 'Därefter'} {moved}. Mät dem först.",
                f" {'About as much by' if tied else 'Then by'} {moved}. Measure those first.",
            )
        return f"{begin}{then}{_chance(say, found)}"

    return both(say_it)


def _tied(one: Swing, other: Swing) -> bool:
    """Are the widths too close to rank?"""
    halves = (one.low_half, one.high_half, other.low_half, other.high_half)
    return abs(one.width - other.width) <= float(np.sqrt(np.square(halves).sum()))


def _move(say: Say, found: Found, one: Swing) -> str:
    """Operationstider en vanlig vecka: +41 vid 15, -37 vid 17."""
    low, high = _ends(say, one)
    at = say.pick("vid", "at")
    lang = "sv" if say.sv else "en"
    moved = f"{_value(say, found, one.low)} {at} {low}, {_value(say, found, one.high)} {at} {high}"
    return f"{one.input.said(lang)}: {moved}"


def _chance(say: Say, found: Found) -> str:
    if found.split is None:
        return ""
    share = say.percent(found.split.input_share)
    return say.pick(
        f" Av osäkerheten om ett enskilt år är {share} okunskap om indata, resten slump.",
        f" Of what is uncertain about a single year {share} is not knowing the inputs, the rest is chance.",
    )


def _table(found: Found) -> Table:
    columns = (
        Said("indata", "input"), Said("intervall", "range"), Said("vid låg", "at low"), Said("vid hög", "at high"),
        Said("spann", "width"),
    )  # fmt: skip
    rows = tuple(
        (one.input.said, _range(one), _end(found, one.low, one.low_half), _end(found, one.high, one.high_half),
         both(lambda say, w=one.width: _value(say, found, w, False)))  # type: ignore[misc]
        for one in found.swings[:7]
    )  # fmt: skip
    what = OF[found.of]
    caption = Said(
        f"Ändring i {what.sv} när en indata i taget sätts till sin låga och höga ände, ± 95 %.",
        f"Change in {what.en} with one input at a time at its low and its high end, ± 95%.",
    )
    return Table(columns, rows, marked=0, caption=caption)


def _range(one: Swing) -> Said:
    return both(lambda say: "–".join(_ends(say, one)))


def _ends(say: Say, one: Swing) -> tuple[str, str]:
    """The low and the high end as they are said: a share in per cent, a factor as a change."""
    low, high = one.input.range.low, one.input.range.high
    if one.input.range.by == "scale":
        return say.signed(100 * (low - 1)), f"{say.signed(100 * (high - 1))}{say.pick(' %', '%')}"
    if max(abs(low), abs(high)) <= 1:
        digits = 0 if all(abs(100 * end - round(100 * end)) < 1e-9 for end in (low, high)) else 1
        return say.number(100 * low, digits), f"{say.number(100 * high, digits)}{say.pick(' %', '%')}"
    digits = 0 if low == int(low) and high == int(high) else 1
    return say.number(low, digits), say.number(high, digits)


def _end(found: Found, value: float, half: float) -> Said:
    return both(lambda say: f"{_value(say, found, value)} ± {_value(say, found, half, False)}")


def _tornado(found: Found) -> Figure:
    names = [one.input.said for one in found.swings]
    scale = 1e6 if found.of == "cost" else 1.0
    low = Series(Said("vid låg ände", "at the low end"), names, [one.low / scale for one in found.swings])
    high = Series(Said("vid hög ände", "at the high end"), names, [one.high / scale for one in found.swings])
    what = OF[found.of]
    title = Said(f"Ändring i {what.sv}, en indata i taget", f"Change in {what.en}, one input at a time")
    return Figure("bars", title, NOTHING, what, (low, high))


def _assumed(found: Found) -> tuple[Said, ...]:
    return (
        Said(
            f"De första {found.weeks} veckorna. Intervallen är de som angivits; indata varierar oberoende av varandra.",
            f"The first {found.weeks} weeks. Ranges as declared; inputs vary independently of each other.",
        ),
        Said(
            "Samma slump i alla körningar: det som skiljer är indata.",
            "The same luck in all runs: what differs is inputs.",
        ),
    )


def _notes(found: Found) -> tuple[Said, ...]:
    """Chance beside ignorance, what calibrations leave open, and whether inputs interact."""
    made = []
    if found.split is not None:
        made.append(_chance_and_ignorance(found, found.split.chance_sd, found.split.input_sd))
    if found.sets is not None:
        made.append(_left_open(found, found.sets.inputs, found.sets.chance))
    spread = [one for one in found.shares if one.method != "morris"]
    if spread:
        made += [_largest(found, spread[0]), _interacting(spread[0]) if _one_by_one(spread[0]) < 1 - INTERACTS else
                 _apart(spread[0])]  # fmt: skip
    return tuple(made)


def _largest(found: Found, shares: Shares) -> Said:
    """Who makes most of the spread, and whether they can be ranked."""
    names, top = _names(found), shares.largest

    def say_it(say: Say) -> str:
        lang = "sv" if say.sv else "en"
        order = sorted(range(len(names)), key=lambda k: -shares.first[k])
        shown = top if len(top) > 1 else tuple(order[:2])
        each = [f"{names[k](lang)} {_percent(say, shares.first[k], shares.first_half[k])}" for k in shown]
        text = say.pick("Av den spridning som okunskapen gör: ", "Of the spread that not knowing makes: ")
        if len(top) == 1:
            return text + each[0] + say.pick(", därefter ", ", then ") + each[1] + "."
        text += say.listed(each) + say.pick(", för lika för att rangordna.", ", too close to rank.")
        return text + say.pick(" De andra är mindre.", " The others are smaller.") * (len(top) < len(names))

    return both(say_it)


def _chance_and_ignorance(found: Found, chance: float, inputs: float) -> Said:
    return both(
        lambda say: say.pick(
            f"Spridning mellan år av slump: {_value(say, found, chance, False)}; av okunskap om indata: "
            f"{_value(say, found, inputs, False)}. Fler körningar minskar bara hur väl medelvärdet är känt.",
            f"Spread between years by chance: {_value(say, found, chance, False)}; by not knowing the inputs: "
            f"{_value(say, found, inputs, False)}. More runs only tell the mean better.",
        )
    )


def _left_open(found: Found, inputs: float, chance: float) -> Said:
    return both(
        lambda say: say.pick(
            "Vad kalibreringarna lämnar öppet (deras parameteruppsättningar): spridning "
            f"{_value(say, found, inputs, False)}, mot {_value(say, found, chance, False)} av slump.",
            "What the calibrations leave open (their parameter sets): a spread of "
            f"{_value(say, found, inputs, False)}, against {_value(say, found, chance, False)} by chance.",
        )
    )


def _one_by_one(shares: Shares) -> float:
    """What the inputs explain each by itself; of a surface, of draws that it was not fitted to."""
    return min(1.0, sum(shares.first)) * (max(0.0, shares.foretold) if shares.method == "surface" else 1.0)


def _apart(shares: Shares) -> Said:
    share = _one_by_one(shares)
    return both(
        lambda say: say.pick(
            f"Var för sig förklarar indata {say.percent(share)} av sin gemensamma spridning: de samverkar lite, så "
            "staplarna räcker.",
            f"One by one the inputs explain {say.percent(share)} of their joint spread: they interact little, so the "
            "bars will do.",
        )
    )


def _interacting(shares: Shares) -> Said:
    share = _one_by_one(shares)
    return both(
        lambda say: say.pick(
            f"Var för sig förklarar indata bara {say.percent(share)} av sin gemensamma spridning: de samverkar, "
            "eller verkar inte jämnt, så staplarna säger inte allt.",
            f"One by one the inputs explain only {say.percent(share)} of their joint spread: they interact, or "
            "act unevenly, so the bars do not tell all.",
        )
    )


def _shares(found: Found, one: Shares) -> tuple[Said, Table]:
    inputs = sorted(zip(_names(found), one.first, one.total, one.first_half, strict=True), key=lambda row: -row[1])
    if one.method == "morris":
        title = Said("Morris: medeleffekt från låg till hög", "Morris: mean effect from low to high")
        columns = (Said("indata", "input"), Said("medeleffekt", "mean effect"), Said("spridning", "spread"))
        rows = [(name, _plain(found, first), _plain(found, total)) for name, first, total, _ in inputs[:7]]
    else:
        title = Said(
            "Sobol: andel av spridningen som varje indata gör", "Sobol: share of the spread that each input makes"
        )
        columns = (Said("indata", "input"), Said("själv", "by itself"), Said("med samverkan", "with interaction"))
        rows = [(name, _share(first, half), _share(total, 0.0)) for name, first, total, half in inputs[:7]]
    return title, Table(columns, tuple(rows), caption=_from(one))


def _from(one: Shares) -> Said:
    """What the shares rest on, and how far they can be trusted."""
    if one.method == "morris":
        return both(
            lambda say: say.pick(f"{one.points} punkter i en egen plan.", f"{one.points} points of their own design.")
        )
    if one.method == "sobol":
        return both(
            lambda say: say.pick(
                f"± 95 %, ur {one.points} punkter i en egen plan. Där intervallen är breda säger andelarna bara vilka "
                "som är stora.",
                f"± 95%, from {one.points} points of their own design. Where the intervals are wide the shares only "
                "tell which ones are large.",
            )
        )
    return both(
        lambda say: say.pick(
            f"± 95 %, ur en yta anpassad till {one.points} dragningar av alla indata; den förutsäger "
            f"{say.percent(max(0.0, one.foretold))} av skillnaden mellan dragningar som lämnats utanför.",
            f"± 95%, from a surface fitted to {one.points} draws of all inputs; it foretells "
            f"{say.percent(max(0.0, one.foretold))} of what draws left out of the fit differ by.",
        )
    )


def _names(found: Found) -> list[Said]:
    """Of the inputs in the file's order, which the shares have."""
    by_order = {one.input.name: one.input.said for one in found.swings}
    return [by_order[name] for name in found.order]


def _share(value: float, half: float) -> Said:
    if not np.isfinite(value):
        return alike(DASH)
    return both(lambda say: _percent(say, value, half))


def _percent(say: Say, value: float, half: float) -> str:
    return say.percent(max(0.0, value)) + (f" ± {say.number(100 * half)}" if half else "")


def _plain(found: Found, value: float) -> Said:
    return both(lambda say: _value(say, found, value, False))


def numbers(found: Found) -> dict[str, Any]:
    """All of it for machines."""
    made: dict[str, Any] = {
        "of": found.of, "today": found.today, "pairs": found.pairs, "draws": found.outer,
        "swings": [
            {"input": one.input.name, "low": one.input.range.low, "high": one.input.range.high, "at_low": one.low,
             "at_high": one.high, "at_low_half": one.low_half, "at_high_half": one.high_half}
            for one in found.swings
        ],
    }  # fmt: skip
    if found.split is not None:
        made |= {"chance_sd": found.split.chance_sd, "input_sd": found.split.input_sd,
                 "input_share": found.split.input_share, "chance_share": found.split.chance_share}  # fmt: skip
    if found.sets is not None:
        made["parameter_sets"] = vars(found.sets)
    if found.shares:
        made["shares"] = [
            {"inputs": list(found.order), **vars(one), "largest": [found.order[k] for k in one.largest]}
            for one in found.shares
        ]
    return made
