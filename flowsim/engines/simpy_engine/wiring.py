"""Wiring a run: resources, steps and queues made from the plan, and connected with each other."""

from __future__ import annotations

from flowsim.engines.counting import countable
from flowsim.engines.simpy_engine.ledger import Ledger
from flowsim.engines.simpy_engine.places import Places
from flowsim.engines.simpy_engine.queues import LeadQueue
from flowsim.engines.simpy_engine.slots import Slots
from flowsim.engines.simpy_engine.staff import Counter, Servers
from flowsim.engines.simpy_engine.stops import Resource, Stop
from flowsim.plan.model import Draws, Plan
from flowsim.tables import DAY_S


def resources(plan: Plan, draws: Draws, ledger: Ledger) -> list[Resource]:
    """Every resource of the plan, empty."""
    return [_resource(plan, draws, ledger, r) for r in range(len(plan.resources))]


def _resource(plan: Plan, draws: Draws, ledger: Ledger, index: int) -> Resource:
    spec = plan.resources[index]
    if spec.kind == "slots":
        return Slots(index, spec, ledger)
    if spec.kind == "places":
        return Places(index, spec, ledger, plan.begin)
    shifts = draws.shifts[index]
    if countable(plan, index, draws):
        return Counter(index, spec, len(shifts))
    tranche_of = {int(server): int(tranche) for _, _, server, tranche in shifts}
    numbers = range(max(tranche_of, default=-1) + 1)
    return Servers(index, spec, ledger, [tranche_of.get(k, 0) for k in numbers], plan.begin)


def stops(plan: Plan, draws: Draws, made: list[Resource]) -> list[Stop]:
    """Every step with its place, provider, guarantee and queue (one queue for all steps with the same lead)."""
    found = [Stop(k, step, made, draws) for k, step in enumerate(plan.steps)]
    queues: dict[int, LeadQueue] = {}
    for stop in found:
        step = stop.step
        if stop.lead is not None and step.stay_of < 0:
            if step.lead not in queues:
                queues[step.lead] = queue(plan, made[step.lead])
            stop.queue = queues[step.lead]
        if step.stay >= 0 and not plan.steps[step.stay].sought:
            place = made[plan.steps[step.stay].lead]
            stop.place = place if isinstance(place, Places) else None
    for terms in plan.elsewhere:
        found[terms.step].provider = terms.provider + 1
        found[terms.step].plain = found[terms.step].by_route = False
    for k, days, from_decision in plan.due_days:
        found[k].due, found[k].plain = (days * DAY_S, from_decision), False
    _pulls(found)
    return found


def queue(plan: Plan, lead: Resource) -> LeadQueue:
    """The queue in front of a lead resource, with as many kinds as its rules can tell apart."""
    spec = lead.spec
    steps = [s for s in plan.steps if s.needs and s.lead == lead.index and s.stay_of < 0]
    return LeadQueue(
        lead.index,
        counter=lead if isinstance(lead, Counter) else None,
        kinds=not isinstance(lead, Counter) and (spec.skip or (isinstance(lead, Slots) and lead.special)),
        by_group=any(len(set(row)) > 1 for s in steps for row in s.mean_s),
        maximum=spec.maximum_queue,
        longest=spec.kept_class == -1,
    )


def _pulls(found: list[Stop]) -> None:
    """Who is pulled wakes when fewer wait at the step watched, or fewer are in service here."""
    for stop in found:
        if stop.step.pull_watch >= 0 and stop.queue is not None:
            for at in (stop, found[stop.step.pull_watch]):
                at.counted = True
                at.watched_by.append(stop.queue)


def sought(found: list[Stop]) -> list[Places]:
    """Places that somebody may seek while holding something else."""
    places = {s.lead.index: s.lead for s in found if s.step.sought and isinstance(s.lead, Places)}
    return [places[r] for r in sorted(places)]


def users(found: list[Stop], made: list[Resource]) -> list[list[LeadQueue]]:
    """Per resource the queues, in plan order, whose steps need it or reserve a place in it."""
    out = []
    for resource in made:
        wanting = {s.queue.resource: s.queue for s in found if s.queue is not None and s.wants(resource)}
        out.append([wanting[r] for r in sorted(wanting)])
    return out
