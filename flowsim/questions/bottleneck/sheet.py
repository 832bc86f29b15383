"""The bottleneck's answer: two rankings in one table, how it shifts, when in the year, and what is enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flowsim.questions.answer import Figure, Series, Table
from flowsim.questions.bottleneck.gains import Gain, Gains
from flowsim.questions.bottleneck.shifting import Enough, Stage
from flowsim.questions.units import more as more_of
from flowsim.questions.units import said_plus, the, unit
from flowsim.questions.wording import DASH, Said, Say, alike, both, joined, listed, named


@dataclass(frozen=True)
class Season:
    """One resource's step in summer alone, and outside it alone."""

    gain: Gain
    summer: Gain
    outside: Gain


def sentence(found: Gains, stages: Sequence[Stage]) -> Said:
    """Who binds today and what a step gives; who takes over; who is the cheapest counted in waiting."""
    first = found.gains[found.by_operations.leader]
    parts = [both(lambda say: _today(say, first, found.by_operations.first[found.by_operations.leader]))]
    parts.append(_takes_over(stages))
    parts.append(_in_waiting(found))
    return joined([part for part in parts if part.sv])


def _today(say: Say, first: Gain, chance: float) -> str:
    mean, half = first.mean("operations")
    name, kind = first.more.name, first.more.kind
    step = more_of(name, kind, first.amount, say)
    year = first.more.year_sek(first.amount)
    price = say.pick(f" för {say.msek(year)}", f" for {say.msek(year)}") if np.isfinite(year) else ""
    digits = 0 if half >= 1 else 1
    many = f"{say.number(mean, digits)} ± {say.number(half, digits)}"
    sure = say.pick("mer än 99 % säkert", "more than 99% sure") if chance > 0.99 else say.pick(
        f"{say.percent(chance)} säkert", f"{say.percent(chance)} sure")  # fmt: skip
    return say.pick(
        f"Flaskhalsen i dag är {the(name, say)} ({sure}): {step} ger {many} fler operationer om året{price}.",
        f"The bottleneck today is {the(name, say)} ({sure}): {step} gives {many} more operations a year{price}.",
    )


def _takes_over(stages: Sequence[Stage]) -> Said:
    """The first stage led by another resource."""
    start = stages[0].leader
    for stage in stages[1:]:
        gain = stage.gains.gains[stage.leader]
        if stage.leader != start and stage.worth:
            before = stage.relieved

            def say_it(say: Say, gain: Gain = gain, before: tuple[tuple[str, float], ...] = before) -> str:
                kinds = {one.more.name: one.more.kind for one in stages[0].gains.gains}
                done = say.listed([more_of(name, kinds[name], amount, say) for name, amount in before])
                mean, half = gain.mean("operations")
                step = more_of(gain.more.name, gain.more.kind, gain.amount, say)
                return say.pick(
                    f"Med {done} tar {the(gain.more.name, say)} över: då ger {step} "
                    f"{say.number(mean)} ± {say.number(half)} operationer om året.",
                    f"With {done}, {the(gain.more.name, say)} takes over: {step} then gives "
                    f"{say.number(mean)} ± {say.number(half)} operations a year.",
                )

            return both(say_it)
    return Said("", "")


def _in_waiting(found: Gains) -> Said:
    """The resource that saves most waiting, and at what price a day."""
    best = found.gains[found.by_days.leader]
    if best.mean("days_saved")[0] <= 0:
        return Said("Inget av stegen kortar väntan.", "None of the steps shortens the waiting.")

    def say_it(say: Say) -> str:
        saved, half = best.mean("days_saved")
        name = the(best.more.name, say)
        step = more_of(best.more.name, best.more.kind, best.amount, say)
        days = f"{say.number(round(saved, -1))} ± {say.number(round(half, -1))}"
        price = ""
        if np.isfinite(best.sek_per_day):
            sek = say.number(best.sek_per_day)
            price = say.pick(f", {sek} kr per dag", f", SEK {sek} a day")
        return say.pick(
            f"Räknat i väntan, i alla köer, är det {name}: {step} sparar {days} väntedagar om året{price}.",
            f"Counted in waiting, in all queues, it is {name}: {step} saves {days} waiting days a year{price}.",
        )

    return both(say_it)


def ranking_table(found: Gains) -> Table:
    """A row for each resource, by operations: both rankings with their intervals."""
    columns = (
        Said("en till av", "one more of"),
        Said("operationer/år", "operations/year"),
        Said("rang", "rank"),
        Said("väntedagar sparade/år", "waiting days saved/year"),
        Said("rang", "rank"),
        Said("Mkr/år", "MSEK/year"),
        Said("kr per väntedag", "SEK per waiting day"),
    )
    rows = []
    for k in found.by_operations.order[:7]:
        gain = found.gains[k]
        rows.append(
            (
                said_plus(gain.more.name, gain.more.kind, gain.amount),
                _told(gain, "operations", 1),
                alike(str(found.by_operations.rank[k])),
                _told(gain, "days_saved", 0),
                alike(str(found.by_days.rank[k])),
                _millions(gain.more.year_sek(gain.amount)),
                _price(gain.sek_per_day),
            )
        )
    caption = Said(
        "Samma rang: går inte att skilja åt. Streck: intervallet rymmer noll sparade dagar.",
        "A shared rank: cannot be told apart. A dash: the interval holds no days saved.",
    )
    return Table(columns, tuple(rows), marked=0, caption=caption)


def _told(gain: Gain, of: str, digits: int) -> Said:
    return both(lambda say: _plus_minus(say, gain, of, digits))


def _price(sek: float) -> Said:
    return both(lambda say: say.number(sek) if np.isfinite(sek) else DASH)


def _millions(sek: float) -> Said:
    return both(lambda say: say.number(sek / 1e6, 2) if np.isfinite(sek) else DASH)


def _starred(gain: Gain, leads: bool) -> Said:
    return both(lambda say: say.signed(gain.mean("operations")[0]) + ("*" if leads else ""))


def _plus_minus(say: Say, gain: Gain, of: str, digits: int) -> str:
    mean, half = gain.mean(of)
    if not digits:
        mean, half = round(mean, -1), round(half, -1)
    return f"{say.signed(mean, digits)} ± {say.number(half, digits)}"


def shifting_table(stages: Sequence[Stage]) -> tuple[Said, Table]:
    """Stage by stage: what has been added, and what a chunk of each gives from there."""
    gains = stages[0].gains.gains
    columns = (
        Said("redan tillagt", "already added"),
        *(_short(gain) for gain in gains),
        Said("kö som då växer mest, väntedagar", "queue that then grows most, waiting days"),
    )
    rows = []
    for stage in stages[:7]:
        added = dict(stage.relieved)
        parts = [_short(g, added[g.more.name]) for g in gains if g.more.name in added]
        label = listed(parts) if parts else Said("inget", "nothing")
        cells = [_starred(g, k == stage.leader) for k, g in enumerate(stage.gains.gains)]
        rows.append((label, *cells, _other_queues(stage.gains.gains[stage.leader])))
    title = Said(
        "Hur flaskhalsen flyttar sig: operationer om året av ett större steg till (* = störst)",
        "How the bottleneck moves: operations a year of a larger step more (* = largest)",
    )
    caption = Said(
        "Steg: tider i veckan, vårdplatser eller tjänster. Läs nedåt: det som ger mest läggs till, och allt räknas om.",
        "Steps: slots a week, beds or servers. Read downwards: what gives most is added, and all is counted again.",
    )
    return title, Table(columns, tuple(rows), caption=caption)


def _short(gain: Gain, amount: float | None = None) -> Said:
    """A step in few letters, for a table with many columns: '+16 röntgen'."""
    much, kind = gain.amount if amount is None else amount, gain.more.kind

    def say_it(say: Say) -> str:
        name = unit(gain.more.name, kind, much, say) if kind == "places" else say.name(gain.more.name)
        return f"+{say.number(much, 0 if much == int(much) else 1)} {name}"

    return both(say_it)


def _other_queues(gain: Gain) -> Said:
    """What the queue that grew most lost by the leader's chunk."""
    step, days = max(gain.by_queue.items(), key=lambda item: item[1], default=("", 0.0))
    if days < 1:
        return Said("ingen växer", "none grows")
    return both(lambda say: f"{named(step)('sv' if say.sv else 'en')} {say.signed(round(days, -1))}")


def season_table(seasons: Sequence[Season]) -> tuple[Said, Table]:
    """The same step only June to August, and only outside."""
    columns = (
        Said("en till av", "one more of"),
        Said("operationer: bara juni–augusti", "operations: June–August only"),
        Said("resten av året", "rest of the year"),
        Said("väntedagar sparade: juni–augusti", "days saved: June–August"),
        Said("resten av året", "rest of the year"),
    )
    rows = tuple(
        (
            said_plus(one.gain.more.name, one.gain.more.kind, one.gain.amount),
            _told(one.summer, "operations", 1),
            _told(one.outside, "operations", 1),
            _told(one.summer, "days_saved", 0),
            _told(one.outside, "days_saved", 0),
        )
        for one in seasons[:7]
    )
    return Said("När på året en till gör nytta", "When in the year one more helps"), Table(columns, rows)


def enough_note(found: Enough | None, resource: str, share: float, after: Said) -> Said:
    """How many are enough, for the goal named."""
    if found is None:
        return both(
            lambda say: say.pick(
                f"Mer av {say.name(resource)} ger inga fler operationer{after.sv}, hur mycket det än är.",
                f"More of {say.name(resource)} gives no further operations{after.en}, however much.",
            )
        )
    one = found

    def say_it(say: Say) -> str:
        step = more_of(one.more.name, one.more.kind, one.amount, say)
        return say.pick(
            f"Hur mycket räcker?{after.sv} ger {step} {say.number(one.reached)} fler operationer om "
            f"året, {say.percent(share)} av de {say.number(one.unlimited)} som ett obegränsat antal ger.",
            f"How much is enough?{after.en} {step} gives {say.number(one.reached)} more operations a year, "
            f"{say.percent(share)} of the {say.number(one.unlimited)} that no limit gives.",
        )

    return both(say_it)


def bars(found: Gains, of: str, title: Said, label: Said) -> Figure:
    """Gains with their intervals, the largest at the top."""
    shown = sorted(found.gains, key=lambda gain: -gain.mean(of)[0])
    means = [gain.mean(of) for gain in shown]
    names = [said_plus(gain.more.name, gain.more.kind, gain.amount) for gain in shown]
    low, high = [mean - half for mean, half in means], [mean + half for mean, half in means]
    series = Series(label, names, [mean for mean, _ in means], low, high)
    return Figure("bars", title, Said("", ""), label, (series,))
