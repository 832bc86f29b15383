"""weekly-pace: five numbers by hand, the same simulated, and why they differ."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from flowsim import arithmetic
from flowsim.arithmetic import WaitingList
from flowsim.errors import Fault, InputError
from flowsim.questions import backlog_by_hand
from flowsim.questions.answer import Answer, Figure, Series, Table
from flowsim.questions.asked import Asked
from flowsim.questions.candidates import Candidates
from flowsim.questions.extra import TRANCHE, Lists, lists_for
from flowsim.questions.goal import Goal, day_of, share_of
from flowsim.questions.pace import Sums
from flowsim.questions.search import Search, Smallest
from flowsim.questions.wording import UNKNOWN, Said, alike, both

EVEN_CHANCE = 0.5
"""The chance at which the simulated number is the hand number's twin."""
FAR = 0.2
"""Differences above this share of the number by hand are explained."""
MOST, MOST_SWITCHED = 400, 80
"""Replications at most: of each number, and of each number with a reason switched off."""
_NAMES = {
    "idle": Said("extra tider som står tomma", "extra slots that stand idle"),
    "luck": Said("att veckor är olika bra (slumpen)", "good and bad weeks (luck)"),
    "season": Said("sommar och jul", "summer and Christmas"),
    "bottleneck": Said("att något annat är trångt", "something else that binds"),
}


@dataclass
class Paced:
    """All that the sheet says."""

    of: Candidates
    hand: Sums
    five: WaitingList
    answers: dict[float, Smallest] = field(default_factory=dict)
    replications: int = 0
    reached: bool = False
    largest: int = 0
    """Most extra operations tried, in units."""
    load: float = math.nan
    """Inflow (operations and growth) of what the ordinary slots to the date allow, simulated as it is."""
    growth: float = math.nan
    """Patients a week the queue grows by, simulated as it is, to the date."""
    operations: float = math.nan
    idle_share: float = math.nan
    """Of the extra slots, at the number for an even chance."""
    switched: dict[str, float | None] = field(default_factory=dict)
    """Reason -> extra a week for an even chance with it switched off."""

    def number(self, level: float) -> float | None:
        """Extra operations a week for a chance."""
        found = self.answers[level].number
        return None if found is None else self.of.operations(found)

    @property
    def reason(self) -> tuple[str, float] | None:
        """What moves the number for an even chance most, and by how much; None where nothing does."""
        even = self.number(EVEN_CHANCE)
        if even is None:
            return None
        moves = {name: even - value for name, value in self.switched.items() if value is not None}
        if not math.isnan(self.idle_share):
            moves["idle"] = even * self.idle_share
        asked = self.number(self.of.goal.level)
        if asked is not None:
            moves["luck"] = max(moves.get("luck", 0.0), asked - even)
        name = max(moves, key=lambda key: abs(moves[key]), default="")
        return (name, moves[name]) if name and abs(moves[name]) > 1e-9 else None


def ask(
    asked: Asked,
    *,
    step: str = "surgery",
    weeks: float = 26,
    by: str | date = "",
    confidence: str | float = 0.9,
    over: int = 90,
    queue: int | None = None,
    days: str = "mon-thu",
    hours: str = "17:00-21:00",
    price: float | None = None,
) -> Answer:
    """The answer; options as `flowsim ask weekly-pace` has them.

    Raises:
        InputError: a date, share or step is wrong, or the scenario has no waiting list to reckon with.
    """
    horizon = asked.base.scenario.model.horizon
    last = day_of(by, "--by") if by else horizon.start + timedelta(days=round(7 * weeks) - 1)
    if not horizon.start < last <= horizon.last:
        message = f"lies outside the scenario's run, {horizon.start} to {horizon.last}."
        raise InputError([Fault(asked.base.path, 0, "--by, --weeks", last.isoformat(), message)])
    five = arithmetic.waiting_list(asked.today.plan, ((last - horizon.start).days + 1) / 7)
    if five is None:
        message = "the scenario names no treatment (guarantee.treatment) that something limits."
        raise InputError([Fault(asked.base.path, 0, "guarantee", "", message)])
    goal = Goal(step, last, share_of(confidence, "--confidence"), over, queue)
    lists = lists_for(asked, step, last, None, None, days, hours, price, False)
    return sheet(solve(Candidates(asked, goal, lists), five))


def solve(of: Candidates, five: WaitingList) -> Paced:
    """The numbers by hand, those simulated, and what each of the reasons does."""
    hand = backlog_by_hand.sums(of)
    found = Paced(of, hand, five)
    _as_it_is(found)
    largest = math.ceil(4 * hand.extra_per_week + 5)
    search = Search(of.reached, largest, of.rule(0.5, MOST), lambda: of.asked.runs.left() > 0.4 * of.asked.runs.seconds)
    found.answers = search.find(sorted({EVEN_CHANCE, of.goal.level}))
    found.replications, found.reached, found.largest = search.replications, search.reached, largest
    even = found.answers[EVEN_CHANCE].number
    if even:
        told = of.told(of.case(even), range(40))
        found.idle_share = float(told.idle.sum() / max(1.0, told.offered.sum()))
    for name, changes in _switches(of).items():
        if of.asked.runs.in_time:
            other = replace(of, further=(*of.further, *changes), suffix=f"{of.suffix}_no_{name}")
            one = Search(other.reached, largest, of.rule(0.3, MOST_SWITCHED), lambda: of.asked.runs.in_time)
            number = one.find([EVEN_CHANCE])[EVEN_CHANCE].number
            found.switched[name] = None if number is None else of.operations(number)
    return found


def _as_it_is(found: Paced) -> None:
    of = found.of
    told = of.told(of.case(0), range(60))
    weeks = (of.day + 1) / 7
    found.growth = float((told.waiting[:, of.day] - found.hand.queue).mean() / weeks)
    found.operations = float(told.operations[:, : int(weeks)].sum(axis=1).mean() / int(weeks))
    possible = found.hand.done / weeks
    found.load = (found.operations + found.growth) / possible if possible else math.nan


def _switches(of: Candidates) -> dict[str, list[dict[str, Any]]]:
    """Changes that switch a reason off."""
    model = of.asked.base.scenario.model
    lead = of.lists.resource
    with_luck = [name for name, one in model.resources.items() if getattr(one, "luck", None) is not None]
    made = of.asked.today.plan
    kinds = {one.name: one for one in made.resources}
    others = [name for name in kinds if name != lead and not kinds[name].unlimited]
    plenty = {"slots": 300.0, "places": 100.0, "staff": 50.0}
    switches: dict[str, list[dict[str, Any]]] = {
        "luck": [{"where": f"resources.{name}.luck.level_out", "set": 0} for name in with_luck],
        "bottleneck": [of.lists.relieved(name, kinds[name].kind, plenty[kinds[name].kind]) for name in others],
    }
    if getattr(model.resources[lead], "season", ()):
        switches["season"] = [{"where": f"resources.{lead}.season", "set": []}]
    return {name: changes for name, changes in switches.items() if changes}


def sheet(found: Paced) -> Answer:
    """The answer."""
    of = found.of
    return Answer(
        question="weekly_pace",
        title=Said("Vilken veckotakt behövs?", "What weekly pace is needed?"),
        sentence=both(lambda say: _sentence(found, say)),
        table=_table(found),
        figure=_figure(found),
        assumed=_assumed(found),
        would_change=(
            Said("Fler beslut om operation; sommarveckor i perioden; andra lämnar listan.",
                 "More decisions for surgery; summer weeks inside; others leaving the list."),
        ),
        effort=of.asked.effort(Said(f"{found.replications} för varje antal som avgör, högst {MOST}",
                                    f"{found.replications} for each number that decides, {MOST} at most"),
                               found.reached),
        verdict="no" if found.number(of.goal.level) is None else "yes",
        by_hand=(backlog_by_hand.said(of, found.hand),),
        notes=(_why(found),),
        scenario=of.case(found.answers[of.goal.level].number or 0).realised,
        numbers=_numbers(found),
    )  # fmt: skip


def _sentence(found: Paced, say: Any) -> str:
    of, hand = found.of, found.hand
    even, asked = found.number(EVEN_CHANCE), found.number(of.goal.level)
    level = say.percent(of.goal.level)
    goal = of.goal.said("sv" if say.sv else "en")
    weeks = say.number(hand.list_weeks)
    first = say.pick(
        f"Ni behöver {say.number(found.five.weekly_pace, 1)} operationer i veckan, i snitt över året, för att hålla"
        f" jämna steg, och räknat för hand {say.number(hand.extra_per_week, 1)} till i {weeks} veckor så att"
        f" {goal} den {say.day(of.goal.by)}.",
        f"You need {say.number(found.five.weekly_pace, 1)} operations a week, on average over the year, to keep even,"
        f" and by hand {say.number(hand.extra_per_week, 1)} more for {weeks} weeks so that {goal} on"
        f" {say.day(of.goal.by)}.",
    )
    if asked is None:
        return f"{first} {_none(found, say)} {_price(found, say, hand.extra_per_week)}".strip()
    between = (
        "" if even is None else say.pick(f"{say.number(even)} ger jämna odds; ", f"{say.number(even)} even odds; ")
    )
    return str(first + " " + say.pick(
        f"Simulerat: {between}vill ni vara {level} säkra, {say.number(asked)}.",
        f"Simulated: {between}to be {level} sure, {say.number(asked)}.",
    ) + " " + _price(found, say, asked)).strip()  # fmt: skip


def _none(found: Paced, say: Any) -> str:
    """That no number does it, and what would where nothing else bound."""
    even, free = found.number(EVEN_CHANCE), found.switched.get("bottleneck")
    level, most = say.percent(found.of.goal.level), say.number(found.of.operations(found.largest))
    text = say.pick(
        f"Men inget antal upp till {most} i veckan ger {level} säkerhet",
        f"But no number up to {most} a week gives {level} certainty",
    )
    if even is not None:
        text += say.pick(f" ({say.number(even)} ger jämna odds)", f" ({say.number(even)} gives even odds)")
    text += say.pick(", för något annat är trångt", ", since something else binds")
    if free is not None:
        text += say.pick(
            f"; utan det ger {say.number(free)} jämna odds", f"; without that {say.number(free)} gives even odds"
        )
    return str(text + ".")


def _price(found: Paced, say: Any, extra: float) -> str:
    """What the lists cost."""
    price, weeks = found.of.lists.price, found.hand.list_weeks
    if not price or not extra:
        return ""
    number = say.number(extra, 0 if float(extra).is_integer() else 1)
    return str(say.pick(
        f"Listorna kostar {say.msek(extra * weeks * price)} vid {number} i veckan.",
        f"The lists cost {say.msek(extra * weeks * price)} at {number} a week.",
    ))  # fmt: skip


def _table(found: Paced) -> Table:
    five, hand, of = found.five, found.hand, found.of
    level = both(lambda say: say.percent(of.goal.level))

    def cell(value: float | None, digits: int = 1, share: bool = False, signed: bool = False) -> Said:
        if value is None or math.isnan(value):
            return UNKNOWN
        return both(lambda say: say.percent(value) if share else (say.signed if signed else say.number)(value, digits))

    def extra(level: float) -> Said:
        number = found.number(level)
        return Said("går inte", "cannot be") if number is None else cell(number, 0)

    even, asked = found.number(EVEN_CHANCE), found.number(of.goal.level)
    capacity = five.capacity
    rows = (
        (Said("1 beläggning (inflöde / kapacitet)", "1 load (inflow / capacity)"), cell(five.load, share=True),
         cell(found.load, share=True), UNKNOWN, UNKNOWN),
        (Said("2 köns tillväxt i veckan", "2 growth of the queue a week"), cell(five.growth_per_week, 1, signed=True),
         cell(found.growth, 1, signed=True), UNKNOWN, UNKNOWN),
        (Said("3 målkö (en fjärdedel av inflödet under garantitiden)",
              "3 target queue (a quarter of the guarantee time's inflow)"), cell(five.target_queue, 0),
         UNKNOWN, UNKNOWN, UNKNOWN),
        (Said("4 avbetningstakt i veckan, till målkön", "4 relief pace a week, to the target queue"),
         cell(five.relief_capacity), UNKNOWN,
         cell(None if even is None else capacity + even), cell(None if asked is None else capacity + asked)),
        (Said("5 jämn takt i veckan", "5 even pace a week"), cell(five.weekly_pace),
         cell(found.operations + found.growth), UNKNOWN, UNKNOWN),
        (Said("operationer i veckan som det är", "operations a week as it is"), cell(capacity), cell(found.operations),
         UNKNOWN, UNKNOWN),
        (Said("extra i veckan till datumet", "extra a week to the date"), cell(hand.extra_per_week), UNKNOWN,
         extra(EVEN_CHANCE), extra(of.goal.level)),
    )  # fmt: skip
    columns = (alike(""), Said("handräkning", "by hand"), Said("simulerat, som i dag", "simulated, as it is"),
               Said("50 % chans", "50% chance"), Said(f"{level.sv} chans", f"{level.en} chance"))  # fmt: skip
    caption = Said(
        "För hand: en vecka i snitt över året. Simulerat: snitt av veckorna till datumet.",
        "By hand: a week on average over the year. Simulated: on average over the weeks to the date.",
    )
    return Table(columns, rows, 1, len(rows) - 1, caption)


def _figure(found: Paced) -> Figure:
    """Extra a week: by hand, simulated, and with each reason switched off."""
    even, asked = found.number(EVEN_CHANCE), found.number(found.of.goal.level)
    level = both(lambda say: say.percent(found.of.goal.level))
    bars: list[tuple[Said, float | None]] = [
        (Said("för hand", "by hand"), found.hand.extra_per_week),
        (Said("simulerat, 50 % chans", "simulated, 50% chance"), even),
        (Said(f"simulerat, {level.sv} chans", f"simulated, {level.en} chance"), asked),
    ]
    for name, value in found.switched.items():
        said = _NAMES[name]
        bars.append((Said(f"50 %, utan {said.sv}", f"50%, without {said.en}"), value))
    shown = [(name, value) for name, value in bars if value is not None]
    series = Series(Said("extra i veckan", "extra a week"), [name for name, _ in shown], [v for _, v in shown])
    return Figure(
        "bars",
        Said("Extra operationer i veckan: för hand, simulerat, och varför det skiljer",
             "Extra operations a week: by hand, simulated, and why they differ"),
        alike(""), Said("extra operationer i veckan", "extra operations a week"), (series,),
    )  # fmt: skip


def _why(found: Paced) -> Said:
    """Why hand and simulation differ."""
    even, hand = found.number(EVEN_CHANCE), found.hand.extra_per_week
    if even is None:
        return Said("Inget antal ger ens 50 % chans: flowsim ask clear-backlog svarar på vad som hindrar.",
                    "No number gives even a 50% chance: flowsim ask clear-backlog tells what hinders.")  # fmt: skip
    reason = found.reason
    apart = abs(even - hand) > FAR * max(hand, 1.0)
    if reason is None or (not apart and reason[0] != "luck"):
        return Said("Handräkning och simulering (50 %) stämmer; resten är priset för säkerhet.",
                    "By hand and simulated (50%) agree; the rest is the price of certainty.")  # fmt: skip
    name, size = reason
    what = _NAMES[name]
    return both(
        lambda say: say.pick(
            f"Skillnaden beror mest på {what.sv}: {say.signed(size, 1)} i veckan.",
            f"The difference is mostly {what.en}: {say.signed(size, 1)} a week.",
        )
    )


def _assumed(found: Paced) -> tuple[Said, ...]:
    by_hand = Said(
        "För hand: ingen lämnar listan för att det dröjer, ingen otur, kön tar aldrig slut, alla listveckor lika.",
        "By hand: nobody leaves because of the wait, no luck, the queue never runs dry, every list week alike.",
    )
    lists: Lists = found.of.lists
    return (by_hand, *lists.assumed)


def _numbers(found: Paced) -> dict[str, Any]:
    five = found.five
    return {
        "load": five.load, "growth_per_week": five.growth_per_week, "target_queue": five.target_queue,
        "relief_pace": five.relief_capacity, "even_pace": five.weekly_pace,
        "extra_by_hand": found.hand.extra_per_week, "extra_even_chance": found.number(EVEN_CHANCE),
        "extra_asked": found.number(found.of.goal.level), "simulated_growth_per_week": found.growth,
        "simulated_operations_per_week": found.operations, "idle_share": found.idle_share,
        "switched_off": found.switched, "reason": found.reason, "tranche": TRANCHE,
        "replications": found.replications, "levels": np.array(sorted(found.answers)),
    }  # fmt: skip
