"""The engine a reader reads: patients as SimPy processes, resources as plain data, one clinic that dispatches."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Generator
from typing import Any

from simpy import Environment

from flowsim.engines.simpy_engine import closing
from flowsim.engines.simpy_engine.clinic import Clinic
from flowsim.engines.simpy_engine.journey import from_a_bed, journey
from flowsim.engines.simpy_engine.opening import Calendar
from flowsim.plan.model import Draws, Plan
from flowsim.tables import SOURCES, Rows

REFERRED, BEDS = SOURCES.index("arrivals"), SOURCES.index("beds")


def run(plan: Plan, draws: Draws) -> Rows:
    """One replication, from the plan and its luck to the rows of tables.Rows. Nothing at `plan.end` happens."""
    env = Environment(plan.begin)
    clinic = Clinic(env, plan, draws)
    clinic.calendar = Calendar(clinic)
    env.process(clinic.calendar.process())
    env.process(arrivals(clinic))
    peek, step, settle, end = env.peek, env.step, clinic.settle, plan.end
    next_period = _next_period(plan, plan.begin)
    while (now := peek()) < end:
        clinic.now = now
        if now >= next_period:
            clinic.at_period(bisect_right(plan.periods, now) - 1)
            next_period = _next_period(plan, clinic.now)
        step()
        while peek() == now:
            step()
        settle()
    return closing.rows(clinic)


def _next_period(plan: Plan, now: int) -> int:
    """The second at which the next dated change takes effect."""
    return next((p for p in plan.periods if p > now), plan.end)


def arrivals(clinic: Clinic) -> Generator[Any, Any, None]:
    """Let every patient begin the journey at the second the draws say."""
    env, draws = clinic.env, clinic.draws
    process, source = env.process, draws.source
    now = env.now
    for patient, (at, step) in enumerate(zip(draws.arrives, draws.step, strict=True)):
        if at > now:
            yield env.timeout(at - now)
            now = at
        if source[patient] == BEDS:
            process(from_a_bed(clinic, patient, step))
        else:
            process(journey(clinic, patient, step, arrived=source[patient] != REFERRED))
