"""Buy or make as an answer: when to do which, four prices, how sure, the frontier, and what stays behind."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from flowsim.questions.answer import LONGEST_TABLE, Answer, Figure, Series, Table
from flowsim.questions.asked import Asked
from flowsim.questions.outsource.alternatives import SAID, Alternative
from flowsim.questions.outsource.runs import PRECISE, Bench, Point
from flowsim.questions.outsource.sentences import assumed, notes, sentence, would_change
from flowsim.questions.uncertainty import Uncertainty
from flowsim.questions.wording import DASH, NOTHING, UNKNOWN, Said, Say, alike, both, listed, named

if TYPE_CHECKING:
    from flowsim.questions.outsource.asking import Found


SURE = 0.9
"""Share of the runs in which a way must clear the queue to be recommended."""


def answer(asked: Asked, bench: Bench, found: Found) -> Answer:
    """The whole answer."""
    best = recommended(found)
    changes = [*found.terms.changes(best.share, best.groups), *(found.own.raised if best.own else ())]
    name = f"{asked.base.scenario.name}_buy_{round(100 * best.share)}{'_and_make' if best.own else ''}"
    case = asked.base.case(name, changes, "Bought care", "Köpt vård") if changes else asked.today
    rule = both(
        lambda say: say.pick(
            f"{found.simulated.pairs} par, tills merkostnaden per extra operation är säker på {say.percent(PRECISE)}"
            + (f"; {found.unsure.outer} dragningar av indata à {found.unsure.inner}" if found.inputs else ""),
            f"{found.simulated.pairs} pairs, until the added cost per extra operation is known to "
            f"{say.percent(PRECISE)}"
            + (f"; {found.unsure.outer} draws of the inputs of {found.unsure.inner} each" if found.inputs else ""),
        )
    )
    return Answer(
        question="outsource",
        title=Said("Köpa eller göra själva (regionens perspektiv)", "Buy or make (the region's perspective)"),
        sentence=sentence(found),
        table=four_table(found),
        figure=frontier_figure(asked, found),
        assumed=assumed(found),
        would_change=would_change(found),
        notes=notes(found),
        further=tuple(t for t in (frontier_table(asked, found), chance_table(found), left_table(found),
                                  income_table(found)) if t[1].rows),
        effort=asked.effort(rule, found.reached),
        scenario=case.realised,
        numbers=numbers(found),
    )  # fmt: skip


def recommended(found: Found) -> Point:
    """The cheapest way that clears the queue in nine years of ten; else the one that clears it most often."""
    ways = [point for point in found.points if not point.dominated]
    clearing = [point for point in ways if point.reached >= SURE]
    if clearing:
        return min(clearing, key=lambda point: point.added_cost_sek)
    return max(ways, key=lambda point: point.reached)


def verdict(one: Alternative, price: float) -> Said:
    """Buy, make, or a draw: whether the price lies outside the range of the break-even price."""
    return {"buy": Said("köp", "buy"), "make": Said("gör själva", "make"), "draw": Said("jämnt", "a draw")}[
        one.against(price)
    ]


def four_table(found: Found) -> Table:
    """The four alternatives, and the lists as simulated over the year."""
    columns = (
        Said("att göra en operation till själva", "one more operation of our own"),
        Said("egen kostnad, kr", "own cost, SEK"),
        Said("brytpris, kr", "break-even price, SEK"),
        both(lambda say: say.pick(f"vid {say.sek(found.terms.price_sek)}", f"at {say.sek(found.terms.price_sek)}")),
    )
    rows = [
        (SAID[one.name], _ranged(one.sek, one.low, one.high),
         _ranged(one.break_even, one.break_even_low, one.break_even_high), verdict(one, found.terms.price_sek))
        for one in found.four
    ]  # fmt: skip
    it = found.simulated
    if it.defined:
        price = found.break_even
        half = (it.high - it.low) / 2
        shown = Said("köp", "buy") if price - half > found.terms.price_sek else Said("gör själva", "make")
        label = both(
            lambda say: say.pick(
                f"listorna simulerade i {found.weeks} veckor, per vunnen operation",
                f"the lists simulated for {found.weeks} weeks, per operation gained",
            )
        )
        rows.append((label, _ranged(it.sek, it.low, it.high), _ranged(price, price - half, price + half), shown))
    ranges = Said("Intervall: indata (sista raden: slump, 95 %).", "Ranges: inputs (last row: chance, 95%).")
    if not found.inputs:
        ranges = Said("Intervallet i sista raden: slump, 95 %.", "The range in the last row: chance, 95%.")
    caption = Said(
        f"Per fylld tid, utom sista raden. {ranges.sv} Brytpris: priset där köp kostar lika mycket (egen kostnad minus "
        "det som stannar hos oss). Raderna svarar på olika frågor och läggs inte ihop.",
        f"Per slot filled, but for the last row. {ranges.en} Break-even price: where buying costs as much (own cost "
        "less what stays with us). The rows answer different questions and are never merged.",
    )
    return Table(columns, tuple(rows), caption=caption)


def _ranged(value: float, low: float, high: float) -> Said:
    """37 500 (34 100-40 900)."""

    def say_it(say: Say) -> str:
        text = say.number(round(value, -2))
        if not high - low > 200:
            return text
        return f"{text} ({say.interval(round(low, -2), round(high, -2))})"

    return both(say_it)


def frontier_table(asked: Asked, found: Found) -> tuple[Said, Table]:
    """The ways that no other beats, cheapest first."""
    start = asked.base.scenario.model.horizon.begin
    columns = (
        Said("andel köpt av de lämpliga", "share bought of the suitable"), Said("egna listor", "own lists"),
        Said("merkostnad, Mkr", "added cost, MSEK"), Said("ingen över gränsen", "nobody over the limit"),
        Said("chans att nå dit", "chance to get there"),
        Said("egna operationer", "own operations"), Said("köpta", "bought"),
    )  # fmt: skip
    ways = sorted((p for p in found.points if not p.dominated), key=lambda p: p.added_cost_sek)
    rows = []
    for point in _spread_over(ways, found):
        day = alike(DASH)
        if np.isfinite(point.day):
            when = start + timedelta(days=int(point.day))
            day = both(lambda say, w=when: say.day(w))  # type: ignore[misc]
        own = Said("ja", "yes") if point.own else Said("nej", "no")
        cells = (_percent(point.reached), _signed(point.own_operations), _number(point.bought))
        rows.append((_whom(point, found), own, _number(point.added_cost_sek / 1e6, 1), day, *cells))
    title = Said(
        "Kostnad mot datum: vägar som ingen annan slår i både kostnad och datum",
        "Cost against date: ways that no other beats in both cost and date",
    )
    shown = _spread_over(ways, found)
    marked = shown.index(recommended(found)) if recommended(found) in shown else None
    caption = Said(
        f"Markerad: billigast av dem som når dit i minst {SURE:.0%} av åren.".replace("%", " %"),
        f"Marked: the cheapest of those that get there in at least {SURE:.0%} of the years.",
    )
    return title, Table(columns, tuple(rows), marked=marked, caption=caption if marked is not None else NOTHING)


def _spread_over(ways: list[Point], found: Found) -> list[Point]:
    """At most seven of them, from the cheapest to the dearest, the recommended among them."""
    if len(ways) <= LONGEST_TABLE:
        return ways
    best = ways.index(recommended(found))
    picks = {round(k * (len(ways) - 1) / (LONGEST_TABLE - 1)) for k in range(LONGEST_TABLE)}
    if best not in picks:
        nearest = min(picks - {0, len(ways) - 1}, key=lambda k: abs(k - best))
        picks = picks - {nearest} | {best}
    return [ways[k] for k in sorted(picks)]


def _whom(point: Point, found: Found) -> Said:
    share = _percent(point.share)
    if point.groups == found.terms.groups or not point.share:
        return share
    names = listed([named(group) for group in point.groups])
    return Said(f"{share.sv}, {names.sv}", f"{share.en}, {names.en}")


def _number(value: float, digits: int = 0) -> Said:
    return both(lambda say: say.number(value, digits))


def _signed(value: float) -> Said:
    return both(lambda say: say.signed(value))


def _percent(value: float) -> Said:
    return both(lambda say: say.percent(value))


def chance_table(found: Found) -> tuple[Said, Table]:
    """At each price: D, its two spreads, their shares, and the two probabilities."""
    columns = (
        Said("pris, kr", "price, SEK"), Said("D, Mkr", "D, MSEK"),
        Said("spridning: slump / indata", "sd: chance / inputs"),
        Said("varav indata", "of it inputs"), Said("köp billigare i medel", "buying cheaper on average"),
        Said("köp billigare ett år", "buying cheaper in a year"),
    )  # fmt: skip
    rows = []
    for price, one in found.unsure.at_price.items():
        known = (_percent(one.input_share), _percent(one.above_on_average)) if found.inputs else (UNKNOWN, UNKNOWN)
        cells = (*known, _percent(one.above_in_a_year))
        rows.append((_number(round(price, -2)), _number(one.mean / 1e6, 2), _spreads(one, bool(found.inputs)), *cells))
    title = Said(
        "Hur säkert är det? D = egna listor minus lika många köpta (plus: köp är billigare)",
        "How sure is it? D = own lists less as many bought (plus: buying is cheaper)",
    )
    return title, Table(columns, tuple(rows))


def _spreads(one: Uncertainty, known: bool) -> Said:
    return both(
        lambda say: f"{say.number(one.chance_sd / 1e6, 2)} / {say.number(one.input_sd / 1e6, 2) if known else DASH}"
    )


def left_table(found: Found) -> tuple[Said, Table]:
    """Buying for a share: what is freed, used or idle, and who is left."""
    it = found.beside
    rows = (
        (Said("köpta patienter", "patients bought"), _number(it.bought)),
        (Said("egna operationer", "our own operations"), _signed(it.own_operations)),
        (Said("frigjorda tider som andra fick", "slots freed that others got"), _number(it.used)),
        (Said("frigjord kapacitet som står tom, kostnaden kvar, Mkr", "freed capacity idle, its cost stays, MSEK"),
         _number(it.idle_sek / 1e6, 2)),
        (Said("väntedagar, alla köer", "waiting days, all queues"), _signed(round(it.waiting_days, -1))),
        (Said("klinikens hela fullkostnad per egen operation, kr (i dag)",
              "the clinic's whole full cost per own operation, SEK (today)"),
         both(lambda say: f"{_hundreds(say, it.cost_per_own)} ({_hundreds(say, it.cost_per_own_today)})")),
    )  # fmt: skip
    title = both(
        lambda say: say.pick(
            f"Vad som händer hemma när vård köps åt {say.percent(it.share)} av de lämpliga patienterna",
            f"What happens at home when care is bought for {say.percent(it.share)} of the suitable patients",
        )
    )
    return title, Table((Said("per år", "a year"), Said("", "")), rows)


def _hundreds(say: Say, sek: float) -> str:
    return say.number(round(sek, -2))


def income_table(found: Found) -> tuple[Said, Table]:
    """Change of the hospital's income under each payment model, by buying and by making."""
    models, ways = found.income
    title = Said(
        "Sjukhusets perspektiv: ändrad intäkt första året, Mkr (för regionen är den 0)",
        "The hospital's perspective: change of income in the first year, MSEK (to the region it is 0)",
    )
    columns = (
        Said("ersättningsmodell", "payment model"),
        Said("köp 30 %", "buy 30%"),
        Said("egna listor", "own lists"),
    )
    if not ways:
        return title, Table(columns, ())
    base, own, bought = ways.values()
    changes = sorted(zip(models, bought - base, own - base, strict=True), key=lambda row: -abs(row[1]) - abs(row[2]))
    rows = tuple((model, _signed2(b), _signed2(o)) for model, b, o in changes[:7])
    return title, Table(columns, rows)


def _signed2(sek: float) -> Said:
    return both(lambda say: say.signed(sek / 1e6, 1))


def frontier_figure(asked: Asked, found: Found) -> Figure:
    """Cost against the day cleared; beaten ways faint."""
    start = asked.base.scenario.model.horizon.begin
    series = []
    for lost in (False, True):
        mine = [p for p in found.points if p.dominated == lost and np.isfinite(p.day)]
        if mine:
            label = (
                Said("annan väg är billigare och snabbare", "another way is cheaper and sooner")
                if lost
                else Said("vägar att välja mellan (andel köpt)", "ways to choose from (share bought)")
            )
            weeks = [(p.day + start.weekday()) / 7 for p in mine]
            said = () if lost else tuple(_way(p, found) for p in mine)
            series.append(Series(label, weeks, [p.added_cost_sek / 1e6 for p in mine], faint=lost, labels=said))
    x = Said("första dag då ingen väntar för länge", "first day on which nobody waits too long")
    title = Said("Vad det kostar att bli av med de för långa väntetiderna, och när",
                 "What it costs to clear those who wait too long, and when")  # fmt: skip
    y = Said("merkostnad, Mkr", "added cost, MSEK")
    return Figure("points", title, x, y, tuple(series), start=start.isoformat())


def _way(point: Point, found: Found) -> Said:
    """A point's name: what is bought, and whether our own lists go on."""
    bought = _whom(point, found)
    return Said(f"{bought.sv} + egna", f"{bought.en} + own") if point.own else bought


def numbers(found: Found) -> dict[str, Any]:
    """All of it for machines."""
    it = found.simulated
    return {
        "price_sek": found.terms.price_sek, "stays_at_home_sek": found.stays, "break_even_price_sek": found.break_even,
        "alternatives": {one.name: vars(one) for one in found.four},
        "simulated": vars(it) | {"idle_after_clearing_sek": it.sek - found.four[2].sek},
        "uncertainty": {
            str(round(price)): vars(one) | {"input_share": one.input_share, "chance_share": one.chance_share}
            for price, one in found.unsure.at_price.items()
        },
        "frontier": [vars(point) for point in found.points], "break_even_volume_per_week": found.volume.per_week,
        "volumes_tried": dict(found.volume.tried), "beside": vars(found.beside),
        "income_sek": {one.en: [way[k] for way in found.income[1].values()] for k, one in enumerate(found.income[0])},
    }  # fmt: skip
