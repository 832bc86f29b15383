"""The question itself: what one more of each resource gives, which binds next, and how much is enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from flowsim.questions.answer import Answer
from flowsim.questions.asked import Asked
from flowsim.questions.bottleneck import sheet
from flowsim.questions.bottleneck.gains import FIRST, MOST, Gain, Gains, case_of, gains, paired
from flowsim.questions.bottleneck.resources import More, in_summer, outside_summer, raisable
from flowsim.questions.bottleneck.shifting import PAIRS, STAGES, Enough, Stage, changes_of, enough, shifting
from flowsim.questions.outcome import Outcome, kept
from flowsim.questions.refusing import check_names, check_treatment, refused
from flowsim.questions.units import more, said_plus, the
from flowsim.questions.wording import NOTHING, Said, Say, both

YEAR_WEEKS = 52
OF_UNLIMITED = 0.95
"""The goal of `enough`: so much of what an unlimited resource would give."""


def ask(
    asked: Asked,
    only: Sequence[str] = (),
    enough_of: str = "",
    goal: float = OF_UNLIMITED,
    prices: Mapping[str, float] | None = None,
    pairs: int = FIRST,
    most: int = MOST,
    shift_pairs: int = PAIRS,
    stages: int = STAGES,
    season: bool = True,
) -> Answer:
    """Resources ranked by what a step more of each gives in a year: operations, and waiting days over all queues.

    Args:
        asked: the scenario and its runs.
        only: these resources; default every limited one.
        enough_of: how much of this resource is enough; default the one that takes over in the shifting order.
        goal: the share of the operations an unlimited resource would give that is enough.
        prices: SEK per unit offered (slot, server-hour, place-day) by resource; default the unit costs' rates.
        pairs: replications of each at first; then 100 at a time until the first is sure, at most `most`.
        shift_pairs: replications of each stage of the shifting order.
        stages: stages of it at most.
        season: also the step in June-August alone, and outside it alone, of the leader and the one that saves most.

    Raises:
        InputError: no such resource, or none that is limited.
    """
    scenario = asked.base.scenario
    known = list(scenario.model.resources)
    for option, names in (("--only", only), ("--enough", [enough_of] if enough_of else []), ("--price", prices or {})):
        check_names(asked.base.path, option, "resource", names, known)
    check_treatment(asked.base.path, asked.today.plan.setting)
    resources = raisable(scenario.model, asked.today.plan, asked.unit_costs, prices or {}, only)
    if not resources:
        raise refused(asked.base.path, "", "no resource of the scenario is limited: nothing can be a bottleneck.")
    weeks = min(YEAR_WEEKS, scenario.model.horizon.weeks)
    found = gains(asked, resources, [more.step for more in resources], first=pairs, most=most, weeks=weeks)
    moved = shifting(asked, resources, pairs=shift_pairs, stages=stages, weeks=weeks)
    seasons = _seasons(asked, found, weeks) if season and asked.runs.in_time else []
    told, named_one = _enough(asked, resources, moved, enough_of, goal, shift_pairs, weeks)
    return _answer(asked, found, moved, seasons, told, named_one, weeks)


def _seasons(asked: Asked, found: Gains, weeks: int) -> list[sheet.Season]:
    """The step in summer alone and outside alone, of both leaders."""
    start = asked.base.scenario.model.horizon.begin
    made = []
    for k in dict.fromkeys((found.by_operations.leader, found.by_days.leader)):
        whole = found.gains[k]
        parts = [of(whole.more, whole.amount, start, weeks) for of in (in_summer, outside_summer)]
        if all(parts):
            summer, outside = (_part(asked, whole, found, changes, weeks) for changes in parts)
            made.append(sheet.Season(whole, summer, outside))
    return made


def _part(asked: Asked, whole: Gain, found: Gains, changes: list[dict[str, Any]], weeks: int) -> Gain:
    count = min(FIRST, found.pairs)
    measure = Outcome(None, found.base.steps, full=False)
    base, raised = (kept(asked.runs, case_of(asked, on), measure, range(count), weeks) for on in ([], changes))
    return paired(whole.more, whole.amount, base, raised)


def _enough(
    asked: Asked, resources: Sequence[More], stages: Sequence[Stage], wanted: str, goal: float, pairs: int, weeks: int
) -> tuple[Said, Enough | None]:
    """How much of the resource asked for (or that takes over) is enough, from the stage where it leads."""
    leads = [(stage, resources[stage.leader]) for stage in stages if stage.worth]
    others = [(stage, more) for stage, more in leads if more.name != leads[0][1].name]
    mine = [pair for pair in leads if pair[1].name == wanted] if wanted else others
    by_name = {more.name: more for more in resources}
    if not mine and wanted not in by_name:
        return NOTHING, None
    stage, more = mine[0] if mine else (stages[0], by_name[wanted])
    added = dict(stage.relieved)
    one = enough(asked, more, goal, on=changes_of(resources, added), pairs=pairs, weeks=weeks)
    after = NOTHING
    if added:
        after = both(lambda say: say.pick(" Med ", " With ") + _done(added, by_name, say) + say.pick("", ","))
    return sheet.enough_note(one, more.name, goal, after), one


def _done(added: Mapping[str, float], by_name: Mapping[str, More], say: Say) -> str:
    """What has been added, in words."""
    return say.listed([more(name, by_name[name].kind, amount, say) for name, amount in added.items()])


def _answer(
    asked: Asked, found: Gains, stages: Sequence[Stage], seasons: Sequence[sheet.Season], told: Said,
    enough_found: Enough | None, weeks: int,
) -> Answer:  # fmt: skip
    leader = found.gains[found.by_operations.leader]
    notes = [note for note in (told, _harm(stages), _tie(found)) if note.sv]
    further = [sheet.shifting_table(stages), *([sheet.season_table(seasons)] if seasons else [])]
    step = said_plus(leader.more.name, leader.more.kind, leader.amount)
    title = Said("Flaskhalsen: vad en till av varje ger", "The bottleneck: what one more of each gives")
    operations = Said("operationer om året", "operations a year")
    days = Said("väntedagar sparade om året", "waiting days saved a year")
    more_of_each = Said("Fler operationer om året av en till av varje", "More operations a year of one more of each")
    waiting = Said("Väntedagar som sparas om året av en till av varje", "Waiting days saved a year by one more of each")
    return Answer(
        question="bottleneck",
        title=title,
        sentence=sheet.sentence(found, stages),
        table=sheet.ranking_table(found),
        figure=sheet.bars(found, "operations", more_of_each, operations),
        figures=(sheet.bars(found, "days_saved", waiting, days),),
        assumed=_assumed(asked, weeks),
        would_change=_would_change(),
        notes=tuple(notes),
        further=tuple(further),
        effort=asked.effort(_rule(found), found.sure),
        scenario=asked.base.case(
            f"{asked.base.scenario.name}_more_{leader.more.name}",
            [leader.more.change(leader.amount)],
            f"One step more: {step.en}",
            f"Ett steg till: {step.sv}",
        ).realised,
        numbers=numbers(found, stages, seasons, enough_found),
    )


def _rule(found: Gains) -> Said:
    return Said(
        f"{found.pairs} par av varje; fler tills den första är säker på 95 %, högst {MOST}",
        f"{found.pairs} pairs of each; more until the first is 95% sure, at most {MOST}",
    )


def _assumed(asked: Asked, weeks: int) -> tuple[Said, ...]:
    background = [name for name, group in asked.base.scenario.model.groups.items() if group.background]
    texts = [
        Said(
            f"De första {weeks} veckorna. En till är av samma slag som det som finns: samma dagar, säsong och slump.",
            f"The first {weeks} weeks. One more is of the same make as what is there: same days, season and luck.",
        ),
        Said(
            "Väntedagar räknas i alla köer, även andra avdelningars. Priset är vad kapaciteten kostar, använd "
            "eller ej, enligt KPP-filens pris för en till (annars referenspris) om inget annat är angivet.",
            "Waiting days are counted in all queues, other departments' too. The price is what the capacity costs, "
            "used or not, at the unit cost file's price of one more (else its reference rate) unless another is "
            "given.",
        ),
    ]
    if background:
        texts.append(
            Said("Andra avdelningars arbete går före, som i dag.", "Other departments' work goes first, as now.")
        )
    return tuple(texts)


def _would_change() -> tuple[Said, ...]:
    return (
        Said(
            "En annan turordning i den delade resursen, eller att andra avdelningar behöver mer av den.",
            "Another order of priority in the shared resource, or other departments needing more of it.",
        ),
        Said(
            "Målet: fler operationer eller mindre väntan ger olika flaskhals. Bestäm vilket som gäller.",
            "The goal: more operations or less waiting give different bottlenecks. Decide which one holds.",
        ),
    )


def _harm(stages: Sequence[Stage]) -> Said:
    """Where more of the leader would lengthen the waiting, say so."""
    for stage in stages:
        gain = stage.gains.gains[stages[0].leader]
        saved, half = gain.mean("days_saved")
        if saved + half < 0 and stage.relieved:

            def say_it(
                say: Any, gain: Gain = gain, stage: Stage = stage, saved: float = saved, half: float = half
            ) -> str:
                days = f"{say.number(round(-saved, -1))} ± {say.number(round(half, -1))}"
                kinds = {one.more.name: one.more.kind for one in stage.gains.gains}
                done = say.listed([more(name, kinds[name], n, say) for name, n in stage.relieved])
                name = the(gain.more.name, say)
                return say.pick(
                    f"Med {done} är gränsen nådd för väntan: ännu mer av {name} ger {days} väntedagar mer om året, "
                    "i köerna bakom.",
                    f"With {done} the limit for waiting is reached: still more of {name} gives {days} waiting days "
                    "more a year, in the queues behind it.",
                )

            return both(say_it)
    return NOTHING


def _tie(found: Gains) -> Said:
    """Where the first cannot be told from the second, which to choose."""
    for ranking, of in ((found.by_operations, "operations"), (found.by_days, "days_saved")):
        if not ranking.sure:
            first, second = (found.gains[k] for k in ranking.order[:2])
            safer = max((first, second), key=lambda gain: np.diff(gain.mean(of))[0] * -1)

            def say_it(say: Any, first: Gain = first, second: Gain = second, safer: Gain = safer) -> str:
                names = [the(gain.more.name, say) for gain in (first, second)]
                chosen = the(safer.more.name, say)
                return say.pick(
                    f"{names[0].capitalize()} och {names[1]} går inte att skilja åt; {chosen} är det säkrare valet.",
                    f"{names[0].capitalize()} and {names[1]} cannot be told apart; {chosen} is the safer choice.",
                )

            return both(say_it)
    return NOTHING


def numbers(
    found: Gains, stages: Sequence[Stage], seasons: Sequence[sheet.Season], enough_found: Enough | None
) -> dict[str, Any]:
    """All of it for machines."""
    made: dict[str, Any] = {
        "pairs": found.pairs,
        "resources": [
            {
                **_of(gain), "sek_per_waiting_day": gain.sek_per_day, "year_sek": gain.more.year_sek(gain.amount),
                "rank_operations": found.by_operations.rank[k], "rank_days": found.by_days.rank[k],
                "first_operations": found.by_operations.first[k], "first_days": found.by_days.first[k],
            }
            for k, gain in enumerate(found.gains)
        ],
        "shifting": [
            {"added": dict(stage.relieved), "operations": stage.operations,
             "leader": stage.gains.gains[stage.leader].more.name, "gains": [_of(gain) for gain in stage.gains.gains]}
            for stage in stages
        ],
        "season": [{"summer": _of(one.summer), "outside": _of(one.outside)} for one in seasons],
    }  # fmt: skip
    if enough_found is not None:
        made["enough"] = {
            "resource": enough_found.more.name, "amount": enough_found.amount, "operations": enough_found.reached,
            "unlimited": enough_found.unlimited, "tried": dict(enough_found.tried),
        }  # fmt: skip
    return made


def _of(gain: Gain) -> dict[str, Any]:
    operations, days = gain.mean("operations"), gain.mean("days_saved")
    return {
        "resource": gain.more.name, "amount": gain.amount, "operations": operations[0],
        "operations_half": operations[1], "days_saved": days[0], "days_saved_half": days[1],
    }  # fmt: skip
