"""The sheet of follow-up: is chance enough to explain it, will the target be reached, and what brings it back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np

from flowsim.questions.answer import Answer, Figure, Series, Table, Verdict
from flowsim.questions.follow_up import Followed
from flowsim.questions.search import Chance
from flowsim.questions.wording import DASH, Said, Say, alike, both, joined, listed

LONG = 78
"""Weeks: a longer delay is only said to be longer."""
_CHARTED = {
    "operations": Said("operationer", "operations"),
    "share": Said("andelen erbjudna tider som används", "share of offered slots used"),
    "decisions": Said("beslut om operation (fler än planerat)", "decisions for surgery (more than planned)"),
    "queue": Said("kö (längre än planerat)", "queue (longer than planned)"),
}


def sheet(found: Followed) -> Answer:
    """The answer."""
    best = found.candidates.get("observed")
    number = found.smallest["observed"].number if "observed" in found.smallest else None
    return Answer(
        question="follow_up",
        title=Said("Håller planen?", "Is the plan holding?"),
        sentence=joined([both(lambda say: _so_far(found, say)), both(lambda say: _ahead(found, say))]),
        table=_table(found),
        figure=_course(found),
        assumed=tuple(_assumed(found)),
        would_change=(
            Said("En stängd sal: den syns i erbjudna tider samma vecka.",
                 "A closed room: it is seen in the slots offered the same week."),
            Said("En kö som är äldre än planen räknar med (bifoga den med --waiting).",
                 "A queue older than the plan expects (give it with --waiting)."),
        ),
        effort=found.effort,
        verdict=_verdict(found),
        notes=tuple(_notes(found)),
        further=((Said("Styrdiagrammen", "The control charts"), _charts(found)),),
        figures=(_cusum(found),) if any(True for _ in found.series()) else (),
        scenario=best.case(number).realised if best is not None and number is not None else None,
        numbers=_numbers(found),
    )  # fmt: skip


def _verdict(found: Followed) -> Verdict:
    """No when the target will not be reached, with the chance asked for, at the level believed in."""
    if "observed" not in found.chances:
        return "yes"
    return "yes" if found.chances["observed"][0].share >= found.goal.level else "no"


def _so_far(found: Followed, say: Say) -> str:
    """Ahead or behind, and whether chance is enough to explain it."""
    behind, weeks = found.behind, found.outcome.weeks
    many = say.number(abs(behind))
    place = say.pick(
        f"Efter {weeks} veckor ligger ni {many} operationer {'efter' if behind >= 0 else 'före'} planen.",
        f"After {weeks} weeks you are {many} operations {'behind' if behind >= 0 else 'ahead of'} the plan.",
    )
    made = found.charts.get("operations")
    if made is None:
        return place
    limit, now = say.number(made.limit, 1), say.number(found.sum_now, 1)
    if found.alarms:
        names = listed([_CHARTED[name] for name in found.alarms])("sv" if say.sv else "en")
        where = say.pick(" Tider erbjuds men används inte: börja där.", " Slots are offered but not used: begin there.")
        return place + " " + say.pick(
            f"Det är mer än slumpen brukar ge: larm på {names}.",
            f"That is more than chance usually makes: alarm on {names}.",
        ) + where * ("share" in found.alarms)  # fmt: skip
    return place + " " + say.pick(
        f"Slumpen räcker som förklaring (larm först vid {limit}; ni har {now}).",
        f"Chance is enough to explain it (alarm at {limit}; you have {now}).",
    )  # fmt: skip


def _chance(one: Chance, say: Say) -> str:
    return say.percent(one.share)


def _ahead(found: Followed, say: Say) -> str:
    """The chance of reaching the target, and what brings it back."""
    if "planned" not in found.chances:
        return say.pick("Datumet har passerat.", "The date has passed.")
    planned, observed = found.chances["planned"], found.chances["observed"]
    lower = 1 - found.believed
    level = say.percent(abs(lower))
    word = say.pick("lägre" if lower >= 0 else "högre", "lower" if lower >= 0 else "higher")
    goal = found.goal.said("sv" if say.sv else "en")
    first = say.pick(
        f"Chansen att {goal} den {say.day(found.goal.by)} är {_chance(planned[0], say)} om takten blir som planerat,"
        f" {_chance(observed[0], say)} om den förblir {level} {word}",
        f"The chance that {goal} on {say.day(found.goal.by)} is {_chance(planned[0], say)} at the planned level,"
        f" {_chance(observed[0], say)} if it stays {level} {word}",
    )
    answer = found.smallest["observed"]
    if observed[0].share >= found.goal.level:
        return first + say.pick("; inget behöver ändras nu.", "; nothing needs to change now.")
    if answer.number is None or answer.chance is None:
        return first + say.pick("; inget antal extra operationer når målet i tid.",
                                "; no number of extra operations reaches the target in time.")  # fmt: skip
    many = say.count(answer.number)
    return first + say.pick(
        f"; {many} {'operation' if answer.number == 1 else 'operationer'} till i veckan ger"
        f" {_chance(answer.chance, say)}.",
        f"; {many} more {'operation' if answer.number == 1 else 'operations'} a week give"
        f" {_chance(answer.chance, say)}.",
    )


def _table(found: Followed) -> Table:
    """The chance by level and further operations."""
    if not found.chances:
        return _charts(found)
    columns = [both(lambda say: say.pick(f"efter vecka {found.outcome.weeks}", f"after week {found.outcome.weeks}"))]
    columns += [alike(f"+{k}") for k in range(len(found.chances["planned"]))]
    lower = both(
        lambda say: say.pick(f"som utfallet hittills, {say.percent(found.believed)} av planen",
                             f"as the outcome so far, {say.percent(found.believed)} of the plan")
    )  # fmt: skip
    names = {"planned": Said("som planerat", "as planned"), "observed": lower}
    rows = tuple(
        (names[name], *(both(lambda say, c=one: say.chance(c.share, c.low, c.high)) for one in chances))  # type: ignore[misc]
        for name, chances in found.chances.items()
    )
    caption = Said("Chansen att nå målet, med så många fler operationer i veckan från nästa vecka.",
                   "The chance of reaching the target, with so many more operations a week from now on.")  # fmt: skip
    return Table(tuple(columns), rows, 1, None, caption)


def _charts(found: Followed) -> Table:
    """Each chart: where it stands, its limit, and how soon it would tell of a loss."""
    rows = []
    for name, sums, limit in found.series():
        rows.append((
            _CHARTED[name],
            both(lambda say, s=sums: say.number(float(s[-1]), 1)),  # type: ignore[misc]
            both(lambda say, h=limit: say.number(h, 1)),  # type: ignore[misc]
            Said("larm", "alarm") if sums.max() >= limit else Said("inget larm", "no alarm"),
            both(lambda say, n=name: _soon(found, n, say)),  # type: ignore[misc]
        ))  # fmt: skip
    columns = (
        Said("diagram", "chart"), Said("nu", "now"), Said("larm vid", "alarm at"), Said("läge", "state"),
        Said("veckor tills 10, 20, 30 % syns", "weeks until 10, 20, 30% is seen"),
    )  # fmt: skip
    return Table(columns, tuple(rows))


def _soon(found: Followed, name: str, say: Say) -> str:
    """Weeks until losses of 10, 20 and 30 % would be seen; a queue grows as the loss lasts: no theory tells its."""
    if name == "share":
        return ", ".join(_weeks(found.share_delays[loss], say) for loss in found.share_delays)
    made = found.charts[name]
    if made is None or name == "queue":
        return DASH
    return ", ".join(_weeks(made.weeks_to_alarm(loss), say) for loss, _ in made.shifts)


def _weeks(many: float, say: Say) -> str:
    """Rounded; more than a year and a half is not waited for."""
    return say.pick("över ", "over ") + say.number(LONG) if many > LONG else say.number(many)


def _notes(found: Followed) -> Iterator[Said]:
    """How soon a loss would be seen, what the chart cannot say, what the observed level is."""
    made = found.charts.get("operations")
    if made is not None:
        yield both(lambda say: _seen_in_operations(made.weeks_to_alarm(0.1), made.weeks_to_alarm(0.3), say))
    if found.share is not None and found.share_delays:
        yield both(lambda say: _seen_in_share(found.share_delays[0.1], found.share_delays[0.3], say))
    if found.outcome.weeks:
        yield both(
            lambda say: say.pick(
                f"Utfallet är {say.percent(found.level)} av planens operationer; efter {found.outcome.weeks} veckor är"
                f" {say.percent(found.believed)} det troligaste framåt (resten är slump).",
                f"The outcome is {say.percent(found.level)} of the plan's operations; after {found.outcome.weeks} weeks"
                f" {say.percent(found.believed)} is the likeliest from here on (the rest is chance).",
            )
        )


def _seen_in_operations(tenth: float, third: float, say: Say) -> str:
    return say.pick(
        f"Blir operationerna varaktigt 10 % färre syns det i deras antal först efter omkring {_weeks(tenth, say)}"
        f" veckor, 30 % efter {_weeks(third, say)}. Att inget larmar betyder alltså inte att allt är som det ska.",
        f"Were operations to fall by 10% for good, their number would tell in about {_weeks(tenth, say)} weeks, of 30%"
        f" in {_weeks(third, say)}. No alarm does not mean that all is well.",
    )


def _seen_in_share(tenth: float, third: float, say: Say) -> str:
    return say.pick(
        f"Beror det på tider som erbjuds men inte används syns 10 % efter omkring {_weeks(tenth, say)} veckor, 30 %"
        f" efter {_weeks(third, say)}: fyll i erbjudna tider varje vecka.",
        f"If the cause is slots offered but not used, 10% is seen in about {_weeks(tenth, say)} weeks, 30% in"
        f" {_weeks(third, say)}: fill in the slots offered each week.",
    )


def _assumed(found: Followed) -> Iterator[Said]:
    if found.chances:
        yield Said(f"{found.waiting} väntar i dag; andra köer, vårdplatser och planerade besök som vid start.",
                   f"{found.waiting} wait today; other queues, beds and contacts due as at the start.")  # fmt: skip
        yield Said("Planens egna listor fortsätter som planerat.", "The plan's own lists go on as planned.")
    yield both(lambda say: _limits(found, say))


def _limits(found: Followed, say: Say) -> str:
    """How often a plan that holds alarms, by each chart and by any."""
    each, half, weeks = say.percent(found.alarm), say.percent(found.alarm / 2), found.within
    text = say.pick(
        f"Larmgränserna kommer ur planens egna simuleringar: en plan som håller larmar falskt inom {weeks} veckor med"
        f" {each} chans på vart och ett av diagrammen, {half} på andelen använda tider",
        f"Limits come from the plan's own runs: a plan that holds alarms falsely within {weeks} weeks with a chance of"
        f" {each} on each chart, {half} on the share of slots used",
    )
    if sum(1 for _ in found.series()) < 2:
        return text + "."
    return text + say.pick(
        f", {say.percent(found.any_false)} på något av dem.", f", {say.percent(found.any_false)} on any of them."
    )


def _course(found: Followed) -> Figure:
    """Operations so far, added up, beside the plan's band."""
    planned = np.cumsum(found.planned["operations"], axis=1)
    weeks = [float(k + 1) for k in range(planned.shape[1])]
    low, middle, high = np.quantile(planned, [0.1, 0.5, 0.9], axis=0)
    seen = np.cumsum(found.outcome.operations)
    start = both(lambda say: say.day(found.start, False))
    return Figure(
        "lines",
        Said("Operationer sedan planens start (åtta planer av tio i bandet)",
             "Operations since the plan's start (band: eight plans of ten)"),
        Said(f"veckor från {start.sv}", f"weeks from {start.en}"),
        Said("operationer", "operations"),
        (Series(Said("plan", "plan"), weeks, middle, low, high, True),
         Series(Said("utfall", "outcome"), weeks[: len(seen)], seen.tolist())),
        mark=(float(found.outcome.weeks), both(lambda say: say.day(_now(found), False))),
    )  # fmt: skip


def _now(found: Followed) -> Any:
    return found.start - timedelta(days=found.start.weekday()) + timedelta(weeks=found.outcome.weeks)


def _cusum(found: Followed) -> Figure:
    """Each chart's sum as a share of its limit."""
    parts = []
    for name, sums, limit in found.series():
        weeks = [float(k + 1) for k in range(len(sums))]
        parts.append(Series(_CHARTED[name], weeks, (sums / (limit or 1.0)).tolist()))
    return Figure(
        "lines",
        Said("Styrdiagrammen: larm när linjen når 1", "The control charts: alarm when the line reaches 1"),
        Said("vecka", "week"), Said("andel av larmgränsen", "share of the limit"), tuple(parts),
        level=(1.0, Said("larm", "alarm")),
    )  # fmt: skip


def _numbers(found: Followed) -> dict[str, Any]:
    return {
        "weeks": found.outcome.weeks, "behind": found.behind, "level": found.level, "believed": found.believed,
        "alarms": found.alarms, "any_false_alarm": found.any_false, "waiting": found.waiting,
        "charts": {
            name: {
                "now": float(sums[-1]), "limit": limit, "highest": float(sums.max()),
                "weeks_until_seen": {f"{loss:g}": found.share_delays[loss] for loss in found.share_delays}
                if name == "share" else {} if name == "queue" else
                {f"{loss:g}": found.charts[name].weeks_to_alarm(loss)  # type: ignore[union-attr]
                 for loss, _ in found.charts[name].shifts},  # type: ignore[union-attr]
            }
            for name, sums, limit in found.series()
        },
        "chances": {
            name: [{"more": c.number, "chance": c.share, "low": c.low, "high": c.high, "n": c.n} for c in chances]
            for name, chances in found.chances.items()
        },
        "smallest": {name: one.number for name, one in found.smallest.items()},
    }  # fmt: skip
