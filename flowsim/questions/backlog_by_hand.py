"""The arithmetic beside clear-backlog: what is to be operated by the date, and what today's capacity does of it."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from flowsim import arithmetic
from flowsim.questions.candidates import Candidates
from flowsim.questions.pace import Sums
from flowsim.questions.wording import Said, both
from flowsim.tables import DAY_S


def sums(of: Candidates) -> Sums:
    """From the scenario alone: no run, no luck, nobody who leaves the list.

    Inflow: operations per arrival x arrivals of the days up to the goal's days before the date, and of the urgent
    until the date itself. Done: planned slots to the date less what late cancellations and the resource's other work
    take.
    """
    made = of.asked.today.plan
    recipe = made.recipe
    if recipe is None:
        raise ValueError("this plan has no recipe to reckon with")
    place = [step.name for step in made.steps].index(of.goal.step)
    lead = made.steps[place].lead
    expected = arithmetic.expect(made)
    done, attempts = float(expected.done[place].sum()), float(expected.attempts[place].sum())
    others = float(expected.asked[lead].sum() - expected.asked[lead, place])
    kept = done / attempts if attempts else 1.0
    part = recipe.layouts[lead].parts
    inside = (recipe.grid.days >= 0) & (recipe.grid.days <= of.day)
    slots = sum(float((p.amount * p.is_open)[inside].sum()) for p in part)
    queue = sum(s.patients for s in recipe.starts if s.kind == "queue" and (s.decision or s.step == place))
    return Sums(
        queue=float(queue),
        inflow=_inflow(of, done),
        done=(slots - others * (of.day + 1) / 7) * kept,
        accepted=float(of.goal.at_most or 0),
        list_weeks=float(len(of.list_weeks)),
        kept_share=kept,
    )


def _inflow(of: Candidates, done_per_week: float) -> float:
    """Who must be operated by the date of those who come after the start."""
    arrivals, urgent = _arrivals(of)
    if not arrivals.sum():
        return 0.0
    must = max(0, of.day + 1 - (of.goal.over_days if of.goal.at_most is None else 0))
    per_arrival = done_per_week / (7 * float(arrivals.mean()))
    return per_arrival * float(arrivals[:must].sum() + urgent[must : of.day + 1].sum())


def _arrivals(of: Candidates) -> tuple[np.ndarray, np.ndarray]:
    """Expected own arrivals by day of the run's horizon as the seasons make them, and the urgent of them."""
    made = of.asked.today.plan
    recipe = made.recipe
    days = made.end // DAY_S
    out, urgent = np.zeros(days), np.zeros(days)
    if recipe is None:
        return out, urgent
    inside = (recipe.grid.days >= 0) & (recipe.grid.days < days)
    for rate in recipe.rates:
        for group, background in enumerate(made.background or [False] * len(recipe.groups)):
            if not background:
                per_day = rate.per_day(group, recipe.period_of_day).reshape(-1)[inside]
                out += per_day
                urgent += per_day * recipe.urgent_share[0][group]
    return out, urgent


def said(of: Candidates, found: Sums) -> Said:
    """The arithmetic as a line anybody can check."""
    last = of.goal.by - timedelta(days=of.goal.over_days if of.goal.at_most is None else 0)

    def line(say) -> str:  # type: ignore[no-untyped-def]
        number = say.number
        return say.pick(
            f"{number(found.queue)} väntar vid start + {number(found.inflow)} beslut till {say.day(last, False)}"
            + (f" − {number(found.accepted)} får vänta" if found.accepted else "")
            + f" − {number(found.done)} som hinns med i dag = {number(found.gap)} för många; på"
            f" {number(found.list_weeks)} listveckor, {say.percent(found.kept_share)} av tiderna blir av:"
            f" {number(found.extra_per_week, 1)} i veckan. Det är medelläget; resten är säkerhet.",
            f"{number(found.queue)} wait at the start + {number(found.inflow)} decisions by {say.day(last, False)}"
            + (f" − {number(found.accepted)} may wait" if found.accepted else "")
            + f" − {number(found.done)} done at today's pace = {number(found.gap)} too many; over"
            f" {number(found.list_weeks)} list weeks, {say.percent(found.kept_share)} of the slots kept:"
            f" {number(found.extra_per_week, 1)} a week. That is the average case; the rest is certainty.",
        )

    return both(line)
