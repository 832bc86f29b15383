"""Arithmetic beside the simulation: the numbers anybody can check by hand, the simulated ones, and why they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flowsim import arithmetic
from flowsim.frames import pd
from flowsim.names import NAMES
from flowsim.plan.model import Plan

FAR = 0.05
"""Differences above this share of the number by hand (of 1, for a load) are explained."""
Why = tuple[str, str]
"""A reason in English and in Swedish."""
_AGREE: Why = ("", "")
COLUMNS = ["scenario", "number", "resource", "by_hand", "mean", "low", "high", "n", "why", "why_sv"]


def table(plans: Sequence[Plan], made: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Loads, operations a week and growth of the queue a week, by hand and simulated.

    Columns: scenario, number (load, operations_per_week, growth_per_week), resource, by_hand, statistics, why, why_sv
    ('' where they agree). The simulated load is what was used or lost to no-shows over what was offered.
    """
    rows = [row for plan in plans for row in (*_loads(plan, made), *_waiting_list(plan, made))]
    return pd.DataFrame(rows, columns=COLUMNS)


def _loads(plan: Plan, made: Mapping[str, pd.DataFrame]) -> Iterator[tuple[object, ...]]:
    name = plan.setting.scenario
    numbers = made["numbers"]
    mine = numbers[(numbers["scenario"] == name) & (numbers["measure"].astype(str) == "booked_share")]
    by_resource = mine.set_index(mine["step_or_resource"].astype(str))
    for load in arithmetic.loads(plan):
        if load.resource in by_resource.index and load.planned_per_week not in (0, float("inf")):
            found = by_resource.loc[load.resource]
            why = _lost(made["capacity"], name, load.resource) if abs(found["mean"] - load.load) > FAR else _AGREE
            yield name, "load", load.resource, load.load, *found[["mean", "low", "high", "n"]], *why


def _waiting_list(plan: Plan, made: Mapping[str, pd.DataFrame]) -> Iterator[tuple[object, ...]]:
    listed = arithmetic.waiting_list(plan)
    headline = made["headline"]
    mine = headline[headline["scenario"] == plan.setting.scenario].set_index("measure")
    if listed is None or not {"operations_per_week", "queue_end"} <= set(mine.index):
        return
    name = plan.setting.scenario
    resource = plan.resources[plan.steps[_treatment(plan)].lead].name
    lost, weeks = _lost(made["capacity"], name, resource), plan.setting.weeks
    done, queue = mine.loc["operations_per_week"], mine.loc["queue_end"]
    by_hand = min(listed.capacity, listed.inflow + listed.queue / weeks)
    why = lost if abs(done["mean"] - by_hand) > FAR * by_hand else _AGREE
    yield name, "operations_per_week", resource, by_hand, *done[["mean", "low", "high", "n"]], *why
    growth = [(queue[end] - listed.queue) / weeks for end in ("mean", "low", "high")]
    by_hand = (listed.queue_after(weeks) - listed.queue) / weeks
    why = _growing(made["endings"], name, weeks, lost) if abs(growth[0] - by_hand) > FAR * listed.inflow else _AGREE
    yield name, "growth_per_week", resource, by_hand, *growth, queue["n"], *why


def _treatment(plan: Plan) -> int:
    return next(step for step, _, decision in plan.due_days if decision)


def _lost(capacity: pd.DataFrame, scenario: str, resource: str) -> Why:
    """The largest reasons why offered capacity was not used, as shares of it."""
    mine = capacity[(capacity["scenario"] == scenario) & (capacity["resource"] == resource)].set_index("part")["mean"]
    offered = mine.get("offered", 0.0)
    causes = mine.drop(["offered", "used", "overtime", "over"], errors="ignore").sort_values(ascending=False)
    large = [(str(cause), value / offered) for cause, value in causes.items() if offered and value / offered > 0.005][
        :3
    ]
    if not large:
        return _AGREE
    said = [", ".join(f"{_named(cause, k)} {share:.1%}" for cause, share in large) for k in (0, 1)]
    return f"not used: {said[1]}", f"oanvänt: {said[0]}".replace(".", ",").replace("%", " %")


def _named(cause: str, k: int) -> str:
    """A cause of loss in Swedish (0) or English (1): `missing:ward` is the lack of a ward bed."""
    head, _, tail = cause.partition(":")
    named = [NAMES.get(word, (word, word))[k] for word in (head, tail) if word]
    if head == "missing":
        return f"{('brist på', 'lack of')[k]} {named[1]}"
    return " ".join(named) if len(named) == 1 else f"{named[0]} ({named[1]})"


def _growing(endings: pd.DataFrame, scenario: str, weeks: int, lost: Why) -> Why:
    """Patients who left and those bought are not in the sum by hand."""
    mine = endings[endings["scenario"] == scenario].set_index("ended")["mean"]
    gone = [(end, mine[end] / weeks) for end in ("left", "elsewhere") if mine.get(end, 0.0) > 0]
    english = ", ".join(f"{rate:.1f} a week {_named(end, 1)}" for end, rate in gone)
    swedish = ", ".join(f"{rate:.1f} i veckan {_named(end, 0)}".replace(".", ",") for end, rate in gone)
    return "; ".join(filter(None, [english, lost[0]])), "; ".join(filter(None, [swedish, lost[1]]))
