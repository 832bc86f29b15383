"""The sheet of clear-backlog: what was found, as a sentence, a table, a figure and what goes with them."""

from __future__ import annotations

import numpy as np

from flowsim.questions import backlog_by_hand
from flowsim.questions.answer import Answer, Realised, Table, Verdict
from flowsim.questions.backlog_figures import course, curve
from flowsim.questions.backlog_notes import assumed, notes, reasons_table, relief_table, would_change
from flowsim.questions.clear_backlog import Found, numbers
from flowsim.questions.search import Chance, Smallest
from flowsim.questions.units import more
from flowsim.questions.wording import NOTHING, UNKNOWN, Said, Say, alike, both, joined

SETTLED = 100_000
"""Replications above which it is not said how many would settle it."""


def sheet(found: Found) -> Answer:
    """The answer."""
    further = []
    if found.reasons:
        further.append(reasons_table(found))
    if found.way is not None:
        further.append(relief_table(found))
    return Answer(
        question="clear_backlog",
        title=both(lambda say: say.pick("Hur många fler operationer i veckan?", "How many more operations a week?")),
        sentence=sentence(found),
        table=table(found),
        figure=curve(found),
        assumed=assumed(found),
        would_change=would_change(found),
        effort=found.of.asked.effort(_rule(found), found.reached),
        verdict=_verdict(found),
        by_hand=(backlog_by_hand.said(found.bare, found.hand),),
        notes=notes(found),
        further=tuple(further),
        figures=(course(found),) if found.courses else (),
        scenario=_realised(found),
        numbers=numbers(found),
    )


def _verdict(found: Found) -> Verdict:
    asked = found.asked
    if not found.feasible or asked is None or asked.number is None:
        return "no"
    return "close" if asked.close else "yes"


def _rule(found: Found) -> Said:
    n = found.replications
    if not n:
        return Said("prövat utan gräns", "tried without limit")
    extra_sv = "" if found.imputing else "; allt kördes, eftersom fler ibland gav sämre"
    extra_en = "" if found.imputing else "; everything run, since more sometimes did worse"
    return Said(
        f"{n} simulerade halvår för varje antal som avgör, högst 1 600{extra_sv}",
        f"{n} simulated half-years for each number that decides, 1,600 at most{extra_en}",
    )


def _realised(found: Found) -> Realised | None:
    asked = found.asked
    if asked is None or asked.advised is None:
        return None
    return found.of.case(asked.advised).realised


def amount(say: Say, operations: float) -> str:
    """So many operations a week, in letters where it is a small whole number."""
    return say.count(int(operations)) if float(operations).is_integer() else say.number(operations, 1)


def sentence(found: Found) -> Said:
    """What is read out."""
    if found.feasible:
        return joined(
            [
                both(lambda say: _can(found, say)),
                both(lambda say: _price(found, say, found.asked.number if found.asked else None)),
            ]
        )
    return joined([both(lambda say: _cannot(found, say)), both(lambda say: _way_out(found, say))])


def _goal(found: Found, say: Say) -> str:
    goal, lang = found.of.goal, "sv" if say.sv else "en"
    return say.pick(f"{goal.said(lang)} den {say.day(goal.by)}", f"{goal.said(lang)} on {say.day(goal.by)}")


def _can(found: Found, say: Say) -> str:
    """The number, with its chance, and its neighbour where the two cannot be told apart."""
    asked, of = found.asked, found.of
    if asked is None or asked.number is None or asked.chance is None:
        return _too_many(found, say)
    if asked.number == 0:
        return say.pick(
            f"Inga extra operationer behövs: {_goal(found, say)} med {_chance(asked.chance, say)} sannolikhet"
            " som det är.",
            f"No extra operations are needed: {_goal(found, say)} with a chance of {_chance(asked.chance, say)}"
            " as it is.",
        )
    lists, more = of.lists, _along(found, asked.number, say)
    number = amount(say, of.operations(asked.number))
    when = f"{say.day(lists.begins, False)}–{say.day(lists.ends, False)}"
    first = say.pick(
        f"{number} extra operationer i veckan {when}{more} gör att"
        f" {_goal(found, say)}, med {_chance(asked.chance, say)} sannolikhet.",
        f"{number} extra operations a week {when}{more} make sure that"
        f" {_goal(found, say)}, with a chance of {_chance(asked.chance, say)}.",
    )
    return f"{first[:1].upper()}{first[1:]} {_neighbour(asked, found, say)}"


def _along(found: Found, number: int, say: Say) -> str:
    """Beds and the like that come along; or that a file settles them."""
    lists = found.of.lists
    parts = _beds(found, number, say)
    if lists.given:
        added = {name: more(name, kind, much, say) for name, kind, much in found.of.asked.base.added}
        names = say.listed([added.get(one, say.name(one)) for one in lists.given])
        parts.append(say.pick(f"{names} enligt bifogad fil", f"{names} as the file says"))
    return f", {say.pick('med', 'with')} {say.listed(parts)}," if parts else ""


def _beds(found: Found, number: int, say: Say) -> list[str]:
    """Beds that so many extra operations bring."""
    return [
        more(one.resource, one.kind, much, say)
        for one in found.of.lists.along
        if one.kind == "places" and (much := one.amount(found.of.operations(number)))
    ]


def _neighbour(asked: Smallest, found: Found, say: Say) -> str:
    """The number below, or the one to choose where it is too close to tell."""
    of, level = found.of, say.percent(found.of.goal.level)
    if not asked.safe and asked.number is not None:
        safer = amount(say, of.operations(asked.number + 1))
        takes = asked.settled_by
        runs = say.pick(f"det kräver omkring {say.number(takes)}", f"it takes about {say.number(takes)}")
        how = f" ({runs})" if takes <= SETTLED else ""
        return say.pick(
            f"Om det är över eller under {level} går inte att avgöra med så få körningar{how};"
            f" välj {safer} för att vara på den säkra sidan.",
            f"Whether that is above or below {level} cannot be told with so few runs{how};"
            f" choose {safer} to be on the safe side.",
        )
    if asked.below is None:
        return ""
    below = amount(say, of.operations(asked.below.number))
    below = below[:1].upper() + below[1:]
    share = say.percent(asked.below.share)
    if not asked.short:
        return say.pick(
            f"{below} ({share}) kan också räcka till {level}; skillnaden är för liten att avgöra.",
            f"{below} ({share}) may reach {level} too; the difference is too small to tell.",
        )
    nearly = asked.below.share > found.of.goal.level - 0.05
    return say.pick(
        f"{below} räcker {'nästan' if nearly else 'inte'}: {share}.",
        f"{below} is {'nearly' if nearly else 'not'} enough: {share}.",
    )


def _too_many(found: Found, say: Say) -> str:
    return say.pick(
        f"Inget antal som prövats når {say.percent(found.of.goal.level)} för att {_goal(found, say)}.",
        f"No number tried reaches {say.percent(found.of.goal.level)} that {_goal(found, say)}.",
    )


def _chance(chance: Chance, say: Say) -> str:
    return say.chance(chance.share, chance.low, chance.high)


def _price(found: Found, say: Say, number: int | None) -> str:
    """What a number costs, in all and each list week."""
    money = found.money.get(number or 0)
    if money is None:
        return ""
    weeks = max(1, len(found.of.list_weeks))
    per = money.per_operation
    each = "" if not np.isfinite(per) else say.pick(f" ({say.sek(per)} styck)", f" ({say.sek(per)} each)")
    safer = _dearer(found, say, number)
    if safer:
        name = amount(say, found.of.operations(number or 0))
        return say.pick(
            f"{name.capitalize()} kostar {say.msek(money.sek)} mer under året{safer} och ger"
            f" {say.number(money.operations)} fler operationer{each}.",
            f"{name.capitalize()} cost {say.msek(money.sek)} more over the year{safer} and give"
            f" {say.number(money.operations)} more operations{each}.",
        )
    return say.pick(
        f"Det kostar {say.msek(money.sek)} mer under året, {say.msek(money.sek / weeks)} för varje listvecka,"
        f" och ger {say.number(money.operations)} fler operationer{each}.",
        f"It costs {say.msek(money.sek)} more over the year, {say.msek(money.sek / weeks)} for each list week,"
        f" and gives {say.number(money.operations)} more operations{each}.",
    )


def _dearer(found: Found, say: Say, number: int | None) -> str:
    """What the safer number costs, where it is another than the one priced."""
    advised = None if found.asked is None else found.asked.advised
    money = found.money.get(advised or 0)
    if money is None or advised == number or number != (found.asked.number if found.asked else None):
        return ""
    return f" ({amount(say, found.of.operations(advised or 0))} {say.msek(money.sek)})"


def _cannot(found: Found, say: Say) -> str:
    """Why it cannot be done."""
    chance = found.proof.chance
    what = found.hindrance
    name = "" if what is None else say.name(what.resource)
    with_what = "" if what is None else say.pick(f" med {name} som i dag", f" with {name} as it is today")
    return say.pick(
        f"Nej,{with_what} går det inte: hur många operationer ni än lägger till är sannolikheten att"
        f" {_goal(found, say)} som mest omkring {_chance(chance, say)}, inte {say.percent(found.of.goal.level)}.",
        f"No,{with_what} it cannot be done: however many operations you add, the chance that {_goal(found, say)}"
        f" is at best about {_chance(chance, say)}, not {say.percent(found.of.goal.level)}.",
    )


def _way_out(found: Found, say: Say) -> str:
    """The smallest relief and the number then needed."""
    way, asked = found.way, found.asked
    if way is None or asked is None or asked.number is None or asked.chance is None:
        return _no_way(found, say)
    wanted = asked.advised if asked.advised is not None else asked.number
    number = amount(say, found.of.operations(wanted))
    chance = asked.chance if asked.safe else None
    relief = more(way.relief.resource, way.relief.kind, way.relief.amount, say)
    brought = say.listed([relief, *_beds(found, wanted, say)])
    sure = (
        ""
        if chance is None
        else say.pick(f" ({_chance(chance, say)} sannolikhet)", f" (a chance of {_chance(chance, say)})")
    )
    if chance is None:
        sure = say.pick(
            f" ({amount(say, found.of.operations(asked.number))} ger {_chance(asked.chance, say)}, för nära"
            f" {say.percent(found.of.goal.level)} för att avgöra)",
            f" ({amount(say, found.of.operations(asked.number))} give {_chance(asked.chance, say)}, too near"
            f" {say.percent(found.of.goal.level)} to tell)",
        )
    first = say.pick(
        f"Med {brought} räcker {number} extra operationer i veckan{sure}.",
        f"With {brought}, {number} extra operations a week are enough{sure}.",
    )
    return f"{first} {_price(found, say, asked.advised)}".strip()


def _no_way(found: Found, say: Say) -> str:
    """Where no single relief was found: a pair, a later date, or that time was short."""
    if found.hindrance is None:
        return say.pick("Inget enskilt stopp förklarar det.", "No single hindrance explains it.")
    name = say.name(found.hindrance.resource)
    if found.pair is not None:
        first, second, chance = found.pair
        names = say.listed([say.name(first.resource), say.name(second.resource)])
        return say.pick(
            f"Mest hindrar {name}, men det räcker inte att öka en resurs: med mer av både {names} går det"
            f" ({_chance(chance, say)}).",
            f"What stands most in the way is {name}, but one resource is not enough: with more of both {names} it can"
            f" be done ({_chance(chance, say)}).",
        )
    if found.nearest is not None:
        by, chance = found.nearest
        return say.pick(
            f"Mest hindrar {name}, men mer av det räcker inte. Tidigast {say.day(by)} går det"
            f" ({_chance(chance, say)}), med så många operationer som då behövs.",
            f"What stands most in the way is {name}, but more of it is not enough. The earliest date is {say.day(by)}"
            f" ({_chance(chance, say)}), with as many operations as it takes.",
        )
    return say.pick(
        f"Det som hindrar mest är {name}; vad som skulle räcka hann inte sökas (ge mer tid med --seconds).",
        f"What stands most in the way is {name}; there was no time to find what would do (give more: --seconds).",
    )


def table(found: Found) -> Table:
    """The price of 80, 90 and 95 %, and what holds through the summer."""
    of, after = found.of, found.of.after_summer()
    goal = of.goal
    columns = [
        Said("säkerhet", "certainty"),
        Said("extra i veckan", "extra a week"),
        both(lambda say: say.pick(f"chans {say.day(goal.by, False)}", f"chance {say.day(goal.by, False)}")),
    ]
    if after is not None:
        columns.append(both(lambda say: say.pick(f"chans {say.day(after, False)}", f"chance {say.day(after, False)}")))
    columns += [Said("Mkr under året", "MSEK over the year"), Said("fler operationer", "more operations")]
    rows = [_row(found, level, one) for level, one in found.answers.items()]
    marked = next((k for k, level in enumerate(found.answers) if level == goal.level), None)
    if found.through_summer is not None and after is not None:
        rows.append(_summer_row(found, len(columns)))
    if not rows:
        rows = [_unlimited_row(found, len(columns))]
    return Table(tuple(columns), tuple(rows), 1, marked, _with_relief(found))


def _with_relief(found: Found) -> Said:
    """That the table holds with the relief, where there had to be one."""
    way = found.way
    if way is None:
        return NOTHING
    return both(
        lambda say: (
            say.pick("Tabellen gäller med ", "The table holds with ")
            + more(way.relief.resource, way.relief.kind, way.relief.amount, say)
            + "."
        )
    )


def _row(found: Found, level: float, one: Smallest) -> tuple[Said, ...]:
    """A level's number, chance, August and money."""
    of = found.of
    name = both(lambda say: say.percent(level))
    if one.number is None or one.chance is None:
        return (name, Said("går inte", "cannot be"), *[UNKNOWN] * (3 + (of.after_summer() is not None)))
    number = one.number
    chance = one.chance
    cells = [both(lambda say: _number(found, number, one, say))]
    cells.append(both(lambda say: _chance(chance, say)))
    if of.after_summer() is not None:
        later = found.august.get(number)
        cells.append(UNKNOWN if later is None else both(lambda say: say.percent(later.share)))
    return (name, *cells, *_money_cells(found, number))


def _number(found: Found, number: int, one: Smallest, say: Say) -> str:
    """The smallest number; with the one to choose, where it is too close to tell."""
    digits = 0 if found.of.unit == 1 else 1
    told = say.number(found.of.operations(number), digits)
    if one.advised is None or one.advised == number:
        return told + _below(found, number, one, say)
    safer = say.number(found.of.operations(one.advised), digits)
    return say.pick(f"{told} ({safer} är säkrare)", f"{told} ({safer} is safer)")


def _below(found: Found, number: int, one: Smallest, say: Say) -> str:
    """That the number below may do too, where that is not told apart."""
    if one.below is None or one.short:
        return ""
    less = say.number(found.of.operations(number - 1), 0 if found.of.unit == 1 else 1)
    return say.pick(f" ({less} kan räcka)", f" ({less} may do)")


def _money_cells(found: Found, number: int) -> list[Said]:
    money = found.money.get(number)
    if money is None:
        nothing = alike("0") if number == 0 else UNKNOWN
        return [nothing, nothing]
    return [
        both(lambda say: f"{say.number(money.sek / 1e6, 1)} ± {say.number(money.sek_half / 1e6, 1)}"),
        both(lambda say: f"{say.number(money.operations)} ± {say.number(money.operations_half)}"),
    ]


def _summer_row(found: Found, width: int) -> tuple[Said, ...]:
    one, of = found.through_summer, found.of
    assert one is not None and one.number is not None and one.chance is not None  # noqa: S101, PT018 - asked before
    number, chance = one.number, one.chance
    cells = [
        both(lambda say: say.pick(f"hela sommaren, {say.percent(of.goal.level)}",
                                  f"through the summer, {say.percent(of.goal.level)}")),
        both(lambda say: say.number(of.operations(number), 0 if of.unit == 1 else 1)),
        UNKNOWN,
        both(lambda say: _chance(chance, say)),
        *_money_cells(found, number),
    ]  # fmt: skip
    return tuple(cells[:width])


def _unlimited_row(found: Found, width: int) -> tuple[Said, ...]:
    chance = found.proof.chance
    row = [Said("utan gräns", "without limit"), alike("∞"), both(lambda say: _chance(chance, say))]
    return (*row, *[UNKNOWN] * (width - len(row)))
