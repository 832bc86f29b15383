"""What goes with the answer of clear-backlog: notes, assumptions, what would change it, hindrance and relief."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from flowsim import arithmetic
from flowsim.questions.answer import LONGEST_TABLE, Table
from flowsim.questions.clear_backlog import Found
from flowsim.questions.search import Chance
from flowsim.questions.units import the
from flowsim.questions.wording import NOTHING, Said, both, named

SHOWN_RELIEFS = LONGEST_TABLE


def notes(found: Found) -> tuple[Said, ...]:
    """Certainty's neighbour, when the goal first holds, the summer, when to stop, what binds next."""
    return tuple(_notes(found))


def _notes(found: Found) -> Iterator[Said]:
    asked = found.asked
    if asked is None or asked.number is None:
        return
    number = asked.advised if asked.advised in found.first_days else asked.number
    if number in found.first_days and number:
        yield _when(found, number)
    if found.august:
        yield _summer(found)
    if number:
        yield _stop(found)
    if number in found.money:
        yield from _fewer_than_slots(found, number)
    if found.next_bottleneck:
        yield _binds(found)


def _when(found: Found, number: int) -> Said:
    """The first day the goal holds, eight years of ten."""
    low, high = (found.of.start + timedelta(days=int(day)) for day in found.first_days[number])
    inside = found.first_days[number][1] < 7 * found.of.weeks

    def line(say) -> str:  # type: ignore[no-untyped-def]
        last = say.day(high, False) if inside else say.pick("efter perioden", "after the period")
        return say.pick(
            f"Målet nås första gången mellan {say.day(low, False)} och {last} i åtta år av tio.",
            f"The goal is first reached between {say.day(low, False)} and {last} in eight years of ten.",
        )

    return both(line)


def _summer(found: Found) -> Said:
    """How long it lasts."""
    of, after = found.of, found.of.after_summer()
    asked = found.asked
    assert after is not None and asked is not None  # noqa: S101, PT018 - there are August chances
    at = found.august.get(asked.advised or 0) or found.august.get(asked.number or 0)
    summer = found.through_summer

    def line(say) -> str:  # type: ignore[no-untyped-def]
        first = (
            ""
            if at is None
            else say.pick(
                f"Sommaren tar tillbaka en del: {say.day(after, False)} är sannolikheten {say.percent(at.share)}.",
                f"The summer takes some of it back: on {say.day(after, False)} the chance is {say.percent(at.share)}.",
            )
        )
        if summer is None or summer.number is None:
            return str(first)
        much = say.number(of.operations(summer.number), 0 if of.unit == 1 else 1)
        runs = say.number(summer.chance.n if summer.chance is not None else 0)
        return str(first + " " + say.pick(
            f"För att hålla hela sommaren behövs {much} i veckan ({runs} körningar).",
            f"To hold through the summer takes {much} a week ({runs} runs).",
        ))  # fmt: skip

    return both(line)


def _stop(found: Found) -> Said:
    """When to stop, and the pace that keeps even afterwards."""
    of = found.of
    listed = arithmetic.waiting_list(of.asked.today.plan)
    idle = None if found.idle_week is None else of.start + timedelta(weeks=found.idle_week)

    def line(say) -> str:  # type: ignore[no-untyped-def]
        if idle is None:
            first = say.pick(
                f"De extra tiderna används ända till {say.day(of.lists.ends, False)}; sluta då.",
                f"The extra slots are used until {say.day(of.lists.ends, False)}; stop then.",
            )
        else:
            first = say.pick(
                f"Från omkring {say.day(idle, False)} står över en tiondel av de extra tiderna tomma i vartannat år:"
                " glesa ut listorna då.",
                f"From about {say.day(idle, False)} over a tenth of the extra slots stand idle in every other year:"
                " thin the lists out then.",
            )
        if listed is None:
            return str(first)
        return str(first + " " + say.pick(
            f"Sedan krävs {say.number(listed.weekly_pace, 1)} operationer i veckan i snitt över året för att hålla"
            f" jämna steg; ordinarie program ger {say.number(listed.capacity, 1)}.",
            f"After that {say.number(listed.weekly_pace, 1)} operations a week over the year keep even; the ordinary"
            f" programme gives {say.number(listed.capacity, 1)}.",
        ))  # fmt: skip

    return both(line)


def _fewer_than_slots(found: Found, number: int) -> Iterator[Said]:
    """Why the extra slots are more than the operations gained."""
    slots = found.of.operations(number) * len(found.of.list_weeks)
    gained = found.money[number].operations
    if gained < 0.95 * slots:
        yield both(
            lambda say: say.pick(
                f"{say.number(slots)} extra tider ger {say.number(gained)} fler operationer på året: några tider"
                " stryks, och när kön är avbetad står ordinarie tider tomma.",
                f"{say.number(slots)} extra slots give {say.number(gained)} more operations in the year: some slots"
                " are cancelled, and once the queue is cleared regular slots stand empty.",
            )
        )


def _binds(found: Found) -> Said:
    """What, unlimited, would raise the chance most at the number below."""
    base = next((c for r, c in found.next_bottleneck if r is None), None)
    best = next(((r, c) for r, c in found.next_bottleneck if r is not None), None)
    if base is None or best is None or best[0] is None or best[1].share <= base.share + 0.03:
        return Said(
            "Inget annat är trångt vid det antalet: mer av en annan resurs höjer inte sannolikheten.",
            "Nothing else binds at that number: more of another resource does not raise the chance.",
        )
    relief, chance = best
    gain, n, of = 100 * (chance.share - base.share), min(chance.n, base.n), found.of
    below = max(1, (found.asked.number if found.asked and found.asked.number else 1) - 1)

    def line(say) -> str:  # type: ignore[no-untyped-def]
        number = say.number(of.operations(below), 0 if of.unit == 1 else 1)
        return say.pick(
            f"Det som blir trångt härnäst: {the(relief.resource, say)}. Utan gräns där skulle {number} i veckan ge"
            f" omkring {say.number(gain)} procentenheter högre sannolikhet ({say.number(n)} körningar).",
            f"What binds next is {the(relief.resource, say)}: without limit there {number} a week would give a chance"
            f" about {say.number(gain)} points higher ({say.number(n)} runs).",
        )

    return both(line)


def assumed(found: Found) -> tuple[Said, ...]:
    """What it rests on."""
    of = found.of
    patients = Said(
        "Räknade: alla som har beslut om operation men inte är opererade vid dagens slut, utan undantag.",
        "Counted: everybody with a decision and no operation at the day's end, no exceptions.",
    )
    money = Said(
        "Kostnad: kassakostnad utöver i dag under 52 veckor (personal, platser, rörligt för fler operationer).",
        "Cost: cash cost beyond today's over 52 weeks (staff, beds, variable cost of more operations).",
    )
    pull: tuple[Said, ...] = ()
    if of.lists.pulls:
        pull = (
            Said(
                "Listan över operationsklara patienter får vara två veckors extra operationer längre.",
                "The list of those ready for surgery may be two weeks of extra operations longer.",
            ),
        )
    who: tuple[Said, ...] = ()
    if of.lists.longest:
        who = (Said("De extra tiderna går i första hand till dem som väntat längst.",
                    "The extra slots go to those who have waited longest first."),)  # fmt: skip
    return (*of.lists.assumed, *pull, *who, patients, *((money,) if found.money else ()))


def would_change(found: Found) -> tuple[Said, ...]:
    """What to look at again if it turns out otherwise."""
    of = found.of
    lines = [
        both(
            lambda say: say.pick(
                f"Senare start än {say.day(of.lists.begins, False)}: varje vecka som går kräver fler i veckan sedan.",
                f"A later start than {say.day(of.lists.begins, False)}: each week lost takes more a week afterwards.",
            )
        ),
        Said("Fler beslut om operation, eller färre ordinarie operationer än planerat.",
             "More decisions for surgery, or fewer ordinary operations than planned."),
    ]  # fmt: skip
    if found.way is not None:
        name = named(found.way.relief.resource)
        lines.append(
            Said(f"Annan turordning på {name.sv}: då behövs mer eller mindre.",
                 f"Another priority rule in {name.en}: then it takes more or less.")
        )  # fmt: skip
    return tuple(lines)


def reasons_table(found: Found) -> tuple[Said, Table]:
    """The chance with one resource unlimited at a time."""
    operations = found.reasons_at
    heading = both(
        lambda say: say.pick(
            f"Varför inte? Sannolikheten vid {say.number(operations)} extra i veckan, en resurs i taget utan gräns",
            f"Why not? The chance at {say.number(operations)} extra a week, one resource at a time without limit",
        )
    )
    rows = [
        (
            named(relief.resource) if relief else Said("(allt som i dag)", "(all as it is)"),
            both(lambda say, c=chance: say.chance(c.share, c.low, c.high)),  # type: ignore[misc]
        )
        for relief, chance in found.reasons[:LONGEST_TABLE]
    ]
    columns = (Said("utan gräns", "without limit"), Said("sannolikhet", "chance"))
    return heading, Table(columns, tuple(rows))


def relief_table(found: Found) -> tuple[Said, Table]:
    """The chance by amount of relief, at the number it was sought at."""
    way = found.way
    assert way is not None  # noqa: S101 - asked before
    name, operations = named(way.relief.resource), found.bare.operations(way.operations)
    heading = both(
        lambda say: say.pick(
            f"Hur mycket mer? {name.sv.capitalize()} utöver i dag, vid {say.number(operations)} extra i veckan",
            f"How much more? {name.en} beyond today's, at {say.number(operations)} extra operations a week",
        )
    )
    tried = [c for c in way.tried if c.n] or list(way.tried)
    chosen = [c for c in tried if c.number * way.relief.unit <= way.relief.amount][-SHOWN_RELIEFS + 1 :]
    chosen += [c for c in tried[-1:] if c not in chosen]
    rows = tuple(
        (
            both(lambda say, c=one: f"+{say.number(c.number * way.relief.unit)}"),  # type: ignore[misc]
            both(lambda say, c=one: say.chance(c.share, c.low, c.high)),  # type: ignore[misc]
        )
        for one in chosen
    )
    unit = Said("tider i veckan", "slots a week") if way.relief.kind == "slots" else Said("platser", "places")
    marked = next((k for k, c in enumerate(chosen) if c.number * way.relief.unit == way.relief.amount), None)
    return heading, Table((unit, Said("sannolikhet", "chance")), rows, 1, marked, _why_not_less(found, chosen))


def _why_not_less(found: Found, chosen: list[Chance]) -> Said:
    """Why a smaller relief whose estimate is as high was not chosen."""
    way, level = found.way, found.bare.goal.level
    assert way is not None  # noqa: S101 - asked before
    less = [c for c in chosen if c.share >= level and c.number * way.relief.unit < way.relief.amount]
    if not less:
        return NOTHING
    much = less[0].number * way.relief.unit
    return both(
        lambda say: say.pick(
            f"+{say.number(much)} ligger för nära {say.percent(level)} för att avgöra med {say.number(less[0].n)}"
            " körningar; ett steg till är på den säkra sidan.",
            f"+{say.number(much)} lies too near {say.percent(level)} to tell with {say.number(less[0].n)} runs;"
            " a step more is on the safe side.",
        )
    )
