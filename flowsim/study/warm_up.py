"""Warm-up chosen: how many weeks to run before the start, where a scenario has nobody in it at the start (MSER-5).

White, K. P., Cobb, M. J., and Spratt, S. C. (2000). A comparison of five steady-state truncation heuristics for
simulation. Proceedings of the 2000 Winter Simulation Conference, 755-760: of the means z_1 ... z_n of five observations
each, leave out the first d for which sum over j > d of (z_j - mean)^2, over (n - d)^2, is least; a d beyond n / 2
means that the run was too short to tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from flowsim import plan, scenario
from flowsim.frames import pd

if TYPE_CHECKING:
    from flowsim.scenario import Scenario
    from flowsim.study.crew import Crew
    from flowsim.tables import Results

PILOTS = 10
"""Replications whose mean is looked at."""
BATCH = 5
LEAST_LEFT = 5
"""Batch means that are always kept: of fewer, the least spread is chance."""
WEEKS = (104, 208, 416)
"""Lengths of the pilot run, tried one after the other until it is long enough."""
Said = tuple[str, str]


def settled(scenarios: Sequence[Scenario], crew: Crew) -> tuple[list[Scenario], list[Said]]:
    """The scenarios with their warm-up chosen where it is open, and what is to be said of it (English, Swedish).

    All that are open are given the longest of their warm-ups: nobody's start is then in anybody's results.
    """
    waiting = [one for one in scenarios if one.warm_up_is_open]
    if not waiting:
        return list(scenarios), []
    found = {one.name: chosen(one, crew) for one in waiting}
    weeks = max((own for own, _ in found.values() if own is not None), default=0)
    said = [_said(name, own, length, weeks) for name, (own, length) in found.items()]
    return [_with(one, weeks) if one.name in found else one for one in scenarios], said


def chosen(one: Scenario, crew: Crew) -> tuple[int | None, int]:
    """Whole weeks by MSER-5 on the patients inside at each day's end, and the pilot's weeks; None if never settled."""
    length = 0
    for length in WEEKS:
        days = mser_5(_inside(_piloted(one, length), crew))
        if days is not None:
            return -(-days // 7), length
    return None, length


def mser_5(series: np.ndarray) -> int | None:
    """Observations to leave out at the beginning; None if the series is too short to tell."""
    n = len(series) // BATCH
    means = series[: n * BATCH].reshape(n, BATCH).mean(axis=1)
    spreads = [((means[d:] - means[d:].mean()) ** 2).sum() / (n - d) ** 2 for d in range(n - LEAST_LEFT)]
    if not spreads:
        return None
    least = int(np.argmin(spreads))
    return least * BATCH if least <= n // 2 else None


def inside(results: Results) -> dict[str, pd.DataFrame]:
    """Patients in the pathway at the end of each day: scenario, replication, day, value."""
    patients, setting = results.patients, results.setting
    ends = np.arange(1.0, setting.weeks * 7 + 1.0)
    came = np.sort(patients["arrived_day"].to_numpy())
    went = np.sort(patients["end_day"].dropna().to_numpy())
    count = np.searchsorted(came, ends, side="left") - np.searchsorted(went, ends, side="left")
    number = int(results.capacity["replication"].iloc[0]) if len(results.capacity) else 0
    frame = {"scenario": setting.scenario, "replication": np.int32(number), "day": ends.astype(np.int64) - 1}
    return {"inside": pd.DataFrame({**frame, "value": count})}


def _inside(pilot: plan.Plan, crew: Crew) -> np.ndarray:
    """Mean over the pilot's replications, day by day."""
    frame = crew.run([pilot], PILOTS, inside, 0).summaries["inside"]
    return frame.groupby("day")["value"].mean().to_numpy()


def _piloted(one: Scenario, weeks: int) -> plan.Plan:
    """A plan of the scenario for so many weeks, from an empty start."""
    horizon = one.model.horizon.model_copy(update={"weeks": weeks, "warm_up_weeks": 0})
    periods = tuple((day, model.model_copy(update={"horizon": horizon})) for day, model in one.periods)
    made = plan.build(
        replace(one, model=one.model.model_copy(update={"horizon": horizon}), periods=periods, sets=False)
    )
    return replace(made, setting=replace(made.setting, scenario=f"{one.name}#pilot_{weeks}"))


def _with(one: Scenario, weeks: int) -> Scenario:
    number = 0 if one.sets else None
    return scenario.load(one.path, items=one.made, texts=one.texts, set_number=number, warm_up_weeks=weeks)


def _said(name: str, own: int | None, length: int, weeks: int) -> Said:
    """How long it is, how it was found, and how to choose oneself."""
    key = "never" if own is None else "none" if weeks == 0 else "chosen"
    shared = own is not None and own != weeks
    known = {"name": name, "weeks": weeks, "length": length, "pilots": PILOTS}
    english = f" (alone it would have {own}; the longest of the scenarios holds for all)" if shared else ""
    swedish = f" (ensamt skulle det få {own}; den längsta gäller alla scenarier)" if shared else ""
    in_english, in_swedish = TEXTS[key]
    return in_english.format(**known, shared=english), in_swedish.format(**known, shared=swedish)


_HOW = " MSER-5 on the patients inside at each day's end, mean of {pilots} runs of {length} weeks."
_HUR = " MSER-5 på antalet patienter i flödet vid varje dygns slut, medel av {pilots} körningar om {length} veckor."
TEXTS: dict[str, Said] = {
    "chosen": (
        "{name}: nobody is there at the start, so {weeks} weeks of warm-up are run before it and left out of all "
        "results{shared}. State warm_up_weeks to choose it yourself." + _HOW,
        "{name}: ingen finns där vid starten, så {weeks} veckors insvängning körs först och räknas inte med i "
        "resultaten{shared}. Ange warm_up_weeks för att välja själv." + _HUR,
    ),
    "none": (
        "{name}: nobody is there at the start, but it settles within days: no warm-up is run." + _HOW,
        "{name}: ingen finns där vid starten, men läget är stabilt inom några dagar: ingen insvängning körs." + _HUR,
    ),
    "never": (
        "{name}: nobody is there at the start, and the number inside still changes after {length} weeks: a warm-up "
        "does not help, and {weeks} weeks are run. Give a queue at the start, or state warm_up_weeks." + _HOW,
        "{name}: ingen finns där vid starten, och antalet i flödet ändras ännu efter {length} veckor: insvängning "
        "hjälper inte, och {weeks} veckor körs. Ange en kö vid starten, eller warm_up_weeks." + _HUR,
    ),
}
"""What is said of a chosen warm-up, in English and Swedish."""
