"""A patient's way through the pathway, as a SimPy process that reads aloud."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from simpy.events import AllOf

from flowsim.engines.simpy_engine.finishing import GONE, give_up, go_on
from flowsim.plan.model import BACK

if TYPE_CHECKING:
    from flowsim.engines.simpy_engine.clinic import Clinic

EXIT = -98
"""Where a whole journey ends: nowhere in the pathway."""
Journey = Generator[Any, Any, int]


def from_a_bed(clinic: Clinic, patient: int, step: int) -> Journey:
    """The rest of the way of somebody who is in a bed when the run begins."""
    visit = clinic.already_in(patient, step)
    yield visit
    return (yield from journey(clinic, patient, go_on(clinic, visit)))


def journey(clinic: Clinic, patient: int, step: int, until: int = EXIT, *, arrived: bool = False) -> Journey:
    """From one step to the next, until the way ends or a branch has come to `until`; gives the last target.

    `arrived`: nothing lies before the first step (queued or due when the run begins), and the clock may run already.
    """
    env, announced, gone, join = clinic.env, clinic.announced, clinic.gone, clinic.join
    while step >= 0 and step != until:
        if (announced[step] or gone) and not arrived:
            if step >= clinic.first_split:
                step = yield from branches(clinic, patient, step)
                continue
            delay = clinic.announce(patient, step)
            if delay:
                yield env.timeout(delay)
            if patient in gone and clinic.plan.steps[step].stay_of < 0:
                step = GONE
                break
        visit = join(patient, step, arrived)
        arrived = False
        yield visit
        while visit.rebook >= 0:
            give_up(clinic, visit)
            if visit.rebook >= 0:
                yield env.timeout(visit.rebook)
            visit = clinic.join_again(visit)
            yield visit
        step = go_on(clinic, visit)
    if until == EXIT:
        clinic.exit(patient, step)
    return step


def branches(clinic: Clinic, patient: int, step: int) -> Journey:
    """Parallel branches, each a journey of its own; gives the step where they meet, or GONE."""
    split = clinic.plan.splits[step - clinic.first_split]
    clinic.side_by_side(patient)
    ways = [clinic.env.process(journey(clinic, patient, b, split.join)) for b in split.branches]
    yield AllOf(clinic.env, ways)
    return GONE if patient in clinic.gone else split.join


def discharge(clinic: Clinic, stay: Any, seconds: int, side_steps: tuple[int, ...]) -> Journey:
    """A stay that also waits for other steps: it ends when its time is over and they are done."""
    clinic.side_by_side(stay.patient)
    sides = [clinic.env.process(journey(clinic, stay.patient, s, BACK)) for s in side_steps]
    yield AllOf(clinic.env, [clinic.env.timeout(seconds), *sides])
    stay.over_in(0)
    return 0
