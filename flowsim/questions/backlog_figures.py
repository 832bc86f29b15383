"""The figures of clear-backlog: the chance at each number, what each relief would give, and the course of the queue."""

from __future__ import annotations

from flowsim.questions.answer import Figure, Series
from flowsim.questions.clear_backlog import Found
from flowsim.questions.search import Chance
from flowsim.questions.wording import NOTHING, Said, both, named


def curve(found: Found) -> Figure:
    """The chance at each number tried."""
    of = found.of
    if not found.curve:
        return _reasons_figure(found)
    sure, pilot = ([c for c in found.curve if c.pilot is which] for which in (False, True))

    def series(name: Said, chances: list[Chance], faint: bool) -> Series:
        x = [of.operations(c.number) for c in chances]
        return Series(name, x, [c.share for c in chances], [c.low for c in chances], [c.high for c in chances], faint)

    asked = found.asked
    mark = None
    if asked is not None and asked.advised is not None:
        mark = (of.operations(asked.advised), Said("vårt råd", "our advice"))
    parts = [series(Said("sannolikhet (95 % intervall)", "chance (95% interval)"), sure, False)]
    if pilot:
        parts.append(series(Said("prövat i få körningar", "tried in few runs"), pilot, True))
    return Figure(
        "points",
        Said("Sannolikheten vid varje antal extra operationer", "The chance at each number of extra operations"),
        Said("extra operationer i veckan", "extra operations a week"),
        Said("sannolikhet", "chance"),
        tuple(parts),
        (of.goal.level, Said("önskad säkerhet", "certainty asked for")),
        True,
        mark,
    )


def _reasons_figure(found: Found) -> Figure:
    """Where there is no curve: the chance with one resource unlimited at a time."""
    labels = [named(r.resource) if r else Said("ingen", "none") for r, _ in found.reasons]
    chances = [c for _, c in found.reasons] or [found.proof.chance]
    return Figure(
        "bars",
        Said("Sannolikheten med en resurs i taget utan gräns", "The chance with one resource at a time without limit"),
        Said("utan gräns", "without limit"),
        Said("sannolikhet", "chance"),
        (Series(Said("sannolikhet", "chance"), labels or [Said("allt eget", "all of our own")],
                [c.share for c in chances], [c.low for c in chances], [c.high for c in chances]),),
        (found.of.goal.level, Said("önskad säkerhet", "certainty asked for")),
        True,
    )  # fmt: skip


def course(found: Found) -> Figure:
    """The count over the weeks, as it is and as advised."""
    of, asked = found.of, found.asked
    numbers_shown = [0, *([asked.advised] if asked is not None and asked.advised in found.courses else [])]
    parts = []
    for number in dict.fromkeys(n for n in numbers_shown if n is not None and n in found.courses):
        low, middle, high = found.courses[number]
        ends = slice(6, None, 7)
        weeks = [k + 1 + of.start.weekday() / 7 for k in range(len(middle[ends]))]
        name = Said("som i dag", "as it is") if number == 0 else _with(of.operations(number))
        parts.append(Series(name, weeks, middle[ends], low[ends], high[ends], number == 0))
    what = Said(f"väntar över {of.goal.over_days} dagar", f"wait over {of.goal.over_days} days")
    what = what if of.goal.at_most is None else Said("väntar", "wait")
    return Figure(
        "lines",
        Said(
            f"Hur många som {what.sv} (åtta år av tio inom bandet)", f"How many {what.en} (eight years of ten inside)"
        ),
        NOTHING,
        Said("patienter", "patients"),
        tuple(parts),
        mark=((of.day + 1 + of.start.weekday()) / 7, both(lambda say: say.day(of.goal.by, False))),
        start=of.start.isoformat(),
    )


def _with(operations: float) -> Said:
    return both(lambda say: f"+{say.number(operations, 0 if float(operations).is_integer() else 1)} "
                + say.pick("i veckan", "a week"))  # fmt: skip
