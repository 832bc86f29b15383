"""clear-backlog: the smallest number of extra operations a week that clears the backlog by a date, and its chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from flowsim.errors import Fault, InputError
from flowsim.questions import backlog_by_hand, feasible
from flowsim.questions.answer import Answer
from flowsim.questions.asked import Asked
from flowsim.questions.candidates import Candidates, Relief
from flowsim.questions.extra import lists_for
from flowsim.questions.feasible import Proof, Way, chance_of
from flowsim.questions.goal import Goal, day_of, share_of
from flowsim.questions.money import Added, added_cost
from flowsim.questions.pace import Sums
from flowsim.questions.search import LEVELS, Chance, Search, Smallest, galloping

AUGUST_RUNS, MONEY_RUNS, LEAST_MONEY_RUNS, COURSE_RUNS = 200, 24, 6, 100
QUICK = 300
"""Replications at most of what is sought on the way: where the hindrance ends."""
FOR_SEARCH, FOR_WAY = 0.6, 0.4
"""Shares of the time after which the search, and the search for a way, end."""


@dataclass
class Found:
    """All that the sheet says."""

    of: Candidates
    """As they were searched: with the relief, if there had to be one."""
    hand: Sums
    proof: Proof
    bare: Candidates
    """As they were asked for."""
    answers: dict[float, Smallest] = field(default_factory=dict)
    curve: list[Chance] = field(default_factory=list)
    replications: int = 0
    reached: bool = False
    imputing: bool = True
    reasons: list[tuple[Relief | None, Chance]] = field(default_factory=list)
    reasons_at: float = 0.0
    way: Way | None = None
    hindrance: Relief | None = None
    pair: tuple[Relief, Relief, Chance] | None = None
    """Two resources that, both unlimited, would do it; sought where no single one does."""
    nearest: tuple[date, Chance] | None = None
    """The earliest date at which it could be done; sought where no relief does it."""
    august: dict[int, Chance] = field(default_factory=dict)
    through_summer: Smallest | None = None
    money: dict[int, Added] = field(default_factory=dict)
    first_days: dict[int, tuple[float, float]] = field(default_factory=dict)
    """Number -> 10 and 90 % quantiles of the first day on which the goal holds."""
    idle_week: int | None = None
    """First list week from which the extra slots stand idle in half of the replications."""
    next_bottleneck: list[tuple[Relief | None, Chance]] = field(default_factory=list)
    courses: dict[int, np.ndarray] = field(default_factory=dict)
    """Number -> quantiles (10, 50, 90 %) of the count by day."""

    @property
    def feasible(self) -> bool:
        """Can it be done as it was asked?"""
        return not self.proof.infeasible

    @property
    def asked(self) -> Smallest | None:
        """The answer at the chance asked for."""
        return self.answers.get(self.of.goal.level)


def ask(
    asked: Asked,
    *,
    step: str = "surgery",
    by: str | date = "",
    confidence: str | float = 0.9,
    over: int = 90,
    queue: int | None = None,
    longest: bool = False,
    half: bool = False,
    from_: str | date = "",
    to: str | date = "",
    days: str = "mon-thu",
    hours: str = "17:00-21:00",
    price: float | None = None,
    curve: bool = False,
) -> Answer:
    """The answer; options as `flowsim ask clear-backlog` has them.

    Raises:
        InputError: a date, share or step is wrong.
    """
    from flowsim.questions import backlog_sheet

    goal = Goal(step, day_of(by, "--by"), share_of(confidence, "--confidence"), over, queue)
    horizon = asked.base.scenario.model.horizon
    if not horizon.start < goal.by <= horizon.last:
        message = f"lies outside the scenario's run, {horizon.start} to {horizon.last}."
        raise InputError([Fault(asked.base.path, 0, "--by", goal.by.isoformat(), message)])
    begins, ends = (day_of(day, name) if day else None for day, name in ((from_, "--from"), (to, "--to")))
    lists = lists_for(asked, step, goal.by, begins, ends, days, hours, price, longest)
    of = Candidates(asked, goal, lists, 0.5 if half else 1.0)
    _check_lists(of)
    return backlog_sheet.sheet(solve(of, curve))


def _check_lists(of: Candidates) -> None:
    """The lists as typed can be laid upon the scenario; InputError that names the option, not a file nobody wrote."""
    try:
        _ = of.case(1).scenario
    except InputError as error:
        options = [(one, next((o for o in ("days", "hours") if one.key.endswith(f".{o}")), "")) for one in error.faults]
        faults = [Fault("", 0, f"--{o}", one.found, one.message) if o else one for one, o in options]
        raise InputError(faults) from None


def solve(of: Candidates, curve: bool = False) -> Found:
    """Feasibility, the search, and what is told beside it, as far as time allows."""
    hand = backlog_by_hand.sums(of)
    largest = int(np.ceil((4 * hand.extra_per_week + 5) / of.unit))
    found = Found(of, hand, feasible.proof(of), of)
    if found.proof.infeasible:
        _find_way(found, largest)
        if found.way is None:
            return found
        found.of = feasible.relieved(of, found.way.relief)
    _search(found, largest, curve)
    _beside(found)
    return found


def _in_time(of: Candidates, share: float) -> Callable[[], bool]:
    """Whether less than this share of the time has passed."""
    runs = of.asked.runs
    return lambda: runs.left() > (1 - share) * runs.seconds


def _levels(of: Candidates) -> list[float]:
    return sorted({*LEVELS, of.goal.level})


def _search(found: Found, largest: int, curve: bool) -> None:
    """The pivot (or, for the whole curve, thresholds by galloping)."""
    of = found.of
    search = Search(of.reached, largest, of.rule(FOR_SEARCH), _in_time(of, FOR_SEARCH))
    found.answers = search.find(_levels(of))
    found.replications, found.reached, found.imputing = search.replications, search.reached, search.imputing
    found.curve = search.curve()
    if curve:
        _gallop(found, largest)


def _gallop(found: Found, largest: int) -> None:
    """The chance at every number, from the thresholds of the search's replications."""
    start = next((one.number for one in found.answers.values() if one.number is not None), 1)
    thresholds, _ = galloping(
        found.of.reached, largest, found.replications, max(1, start), _in_time(found.of, FOR_SEARCH + 0.1)
    )
    n = len(thresholds)
    found.curve = [chance_of(thresholds <= number, number) for number in range(largest + 1)] if n else found.curve


def _find_way(found: Found, largest: int) -> None:
    """What stands in the way, and the smallest relief of it that is enough."""
    of = found.bare
    at = max(1, largest // 2)
    found.reasons_at = of.operations(at)
    found.reasons = feasible.reasons(of, at)
    for relief, chance in found.reasons:
        if relief is None or chance.high < of.goal.level:
            continue
        found.hindrance = relief
        found.way = feasible.smallest_relief(of, relief, largest, of.rule(0.3, QUICK), _in_time(of, FOR_WAY))
        if found.way is not None:
            return
    ranked = [relief for relief, _ in found.reasons if relief is not None]
    found.hindrance = found.hindrance or next(iter(ranked), None)
    if of.asked.runs.in_time:
        found.pair = feasible.pair_of(of, ranked[:3])
    if found.pair is None and of.asked.runs.in_time:
        found.nearest = feasible.earliest(of)


def _beside(found: Found) -> None:
    """The course, August, money, what binds next: what the sentence says first, the rest as long as there is time."""
    told = _told_numbers(found)
    if not told or found.asked is None:
        return
    first = [n for n in dict.fromkeys((found.asked.number, found.asked.advised)) if n in told]
    _courses(found, told)
    _august(found, first[:1])
    _money(found, [*first, *told])
    _august(found, told)
    _through_summer(found)
    _next(found)


def _told_numbers(found: Found) -> list[int]:
    """Numbers that are in the table."""
    numbers = {n for one in found.answers.values() for n in (one.number, one.advised) if n is not None}
    return sorted(n for n in numbers if n <= max((c.number for c in found.curve), default=0) + 1)


def _courses(found: Found, numbers: Sequence[int]) -> None:
    """The count by day, the first day the goal holds, and when extra slots begin to stand idle."""
    of, replications = found.of, range(min(COURSE_RUNS, found.replications))
    asked = found.asked
    for number in {0, *numbers}:
        told = of.told(of.case(number), replications)
        found.courses[number] = np.quantile(of.goal.count(told), [0.1, 0.5, 0.9], axis=0)
        holds = of.goal.holds(told)
        first = np.where(holds.any(axis=1), holds.argmax(axis=1), holds.shape[1])
        found.first_days[number] = (float(np.quantile(first, 0.1)), float(np.quantile(first, 0.9)))
        if asked is not None and number == asked.advised:
            found.idle_week = _idle_week(told.offered, told.idle)


def _idle_week(offered: np.ndarray, idle: np.ndarray, weeks: int = 4, share: float = 0.1) -> int | None:
    """First week whose next four have over a tenth of the extra slots idle, in half of the replications."""
    for week in np.flatnonzero(offered.mean(axis=0) > 0):
        there, empty = (part[:, week : week + weeks].sum(axis=1) for part in (offered, idle))
        if np.mean(empty > share * there) >= 0.5 and there.mean() > 0:
            return int(week)
    return None


def _money(found: Found, numbers: Sequence[int | None]) -> None:
    """Added cost and operations at numbers not yet told."""
    of = found.of
    for number in numbers:
        if number and number not in found.money and (of.asked.runs.in_time or not found.money):
            n = int(np.clip(of.asked.runs.affordable(0.5) // 4, LEAST_MONEY_RUNS, MONEY_RUNS))
            made = added_cost(of.asked, of.case(number), of.asked.bare, range(n))
            if made is not None:
                found.money[number] = made


def _august(found: Found, numbers: Sequence[int | None]) -> None:
    """The same chance at the end of August; of the first number whatever time is left."""
    of = found.of
    after = of.after_summer()
    for number in numbers:
        if after is None or number is None or number in found.august:
            continue
        if of.asked.runs.in_time or not found.august:
            replications = range(min(AUGUST_RUNS, max(20, found.replications)))
            found.august[number] = chance_of(of.yes(of.case(number), replications, after), number)


def _through_summer(found: Found) -> None:
    """The number that would hold through the summer too."""
    of, after = found.of, found.of.after_summer()
    if after is None or not of.asked.runs.in_time or found.asked is None or found.asked.number is None:
        return
    largest, rule = found.asked.number + round(8 / of.unit), of.rule(0.6, AUGUST_RUNS)
    search = Search(lambda n, r: of.yes(of.case(n), r, after), largest, rule, lambda: of.asked.runs.in_time)
    made = search.find([of.goal.level])[of.goal.level]
    if made.number is not None and made.chance is not None and made.chance.n >= rule.pilot:
        found.through_summer = made


def _next(found: Found) -> None:
    """Which resource, unlimited, would raise the chance most at the number advised."""
    of, asked = found.of, found.asked
    if asked is None or asked.number is None or not of.asked.runs.in_time:
        return
    below = max(1, asked.number - 1)
    found.next_bottleneck = feasible.reasons(of, below, 60)


def numbers(found: Found) -> dict[str, Any]:
    """Everything as numbers, for machines."""
    of = found.of

    def chance(one: Chance | None) -> dict[str, Any] | None:
        if one is None:
            return None
        return {"number": of.operations(one.number), "chance": one.share, "low": one.low, "high": one.high, "n": one.n}

    goal = of.goal
    return {
        "goal": {
            "step": goal.step, "by": goal.by.isoformat(), "level": goal.level, "over_days": goal.over_days,
            "at_most": goal.at_most,
        },
        "feasible": found.feasible,
        "without_limit": chance(found.proof.chance),
        "levels": {
            f"{level:g}": {
                "number": None if one.number is None else of.operations(one.number),
                "advised": None if one.advised is None else of.operations(one.advised),
                "chance": chance(one.chance),
                "below": chance(one.below),
                "safe": one.safe,
                "short": one.short,
                "settled_by": one.settled_by,
            }
            for level, one in found.answers.items()
        },
        "curve": [{**(chance(one) or {}), "pilot": one.pilot} for one in found.curve],
        "reasons": [{"unlimited": r.resource if r else None, **(chance(c) or {})} for r, c in found.reasons],
        "hindrance": found.hindrance.resource if found.hindrance else None,
        "relief": None if found.way is None else {
            "resource": found.way.relief.resource,
            "amount": found.way.relief.amount,
            "tried": [
                {"amount": c.number * found.way.relief.unit, "chance": c.share, "low": c.low, "high": c.high, "n": c.n}
                for c in found.way.tried
            ],
        },
        "end_of_august": {f"{of.operations(n):g}": chance(c) for n, c in found.august.items()},
        "added_cost_sek": {f"{of.operations(n):g}": [m.sek, m.sek_half] for n, m in found.money.items()},
        "extra_operations": {
            f"{of.operations(n):g}": [m.operations, m.operations_half] for n, m in found.money.items()
        },
        "by_hand_per_week": found.hand.extra_per_week,
        "replications": found.replications,
    }  # fmt: skip
