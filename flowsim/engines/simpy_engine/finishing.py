"""Finishing: what a visit gives back, the row it leaves, and where the patient goes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowsim.engines.simpy_engine.places import Places
from flowsim.engines.simpy_engine.staff import Servers
from flowsim.engines.simpy_engine.visit import CANCELLED, DONE, ELSEWHERE, NO_SHOW, OPEN, OVERFLOW, Visit
from flowsim.tables import NEVER

if TYPE_CHECKING:
    from flowsim.engines.simpy_engine.clinic import Clinic
    from flowsim.engines.simpy_engine.stops import Stop

GONE = -3


def go_on(clinic: Clinic, visit: Visit) -> int:
    """The visit is over: give back what it used, and say where the patient goes, or how the way ends."""
    stop = clinic.stops[visit.step]
    if visit.outcome != OPEN:
        return _came_to_nothing(clinic, stop, visit)
    if stop.has_stay:
        return _into_stay(clinic, stop, visit)
    visit.outcome = DONE
    if stop.plain:
        used = 0
        if stop.counter is not None:
            used = clinic.now - visit.started
            stop.counter.free += 1
            clinic.wake(stop.queue)
        row = (visit.patient, visit.step, visit.number, visit.queued, visit.started, clinic.now, used, 0)
        clinic.ledger.plain.append(row)
    else:
        give_back(clinic, stop, visit)
        write(clinic, stop, visit, clinic.now)
    if stop.by_route and not clinic.gone:
        routes, number = stop.routes, visit.number
        return routes[number][visit.patient] if number < len(routes) else stop.route(visit.patient, number)
    return _next_step(clinic, stop, visit)


def _came_to_nothing(clinic: Clinic, stop: Stop, visit: Visit) -> int:
    """Treated elsewhere, turned away, cancelled or missed for good, or tired of waiting."""
    if visit.outcome == ELSEWHERE:
        return clinic.plan.elsewhere[stop.step.elsewhere].step
    if visit.outcome == OVERFLOW:
        return stop.step.overflow
    if visit.outcome in (NO_SHOW, CANCELLED):
        give_up(clinic, visit)
        return clinic.leaving.for_good(visit)
    return GONE


def _next_step(clinic: Clinic, stop: Stop, visit: Visit) -> int:
    """The route after a visit: rework first, up to its cap, else as drawn; nowhere for who has left meanwhile."""
    patient, number, step = visit.patient, visit.number, stop.step
    if clinic.gone and patient in clinic.gone:
        clinic.leaving.end_if_idle(patient)
        return GONE
    if step.rework_to >= 0 and stop.values("rework", number)[patient]:
        times = clinic.returned.get((patient, stop.index), 0)
        if times >= step.rework_cap:
            return stop.values("route_capped", number)[patient]
        clinic.returned[patient, stop.index] = times + 1
        return step.rework_to
    if stop.provider:
        return _home_again(clinic, stop, visit)
    return stop.route(patient, number)


def _home_again(clinic: Clinic, stop: Stop, visit: Visit) -> int:
    """After another provider's treatment: a complication comes home, else own follow-up, or the end."""
    terms = next(e for e in clinic.plan.elsewhere if e.step == stop.index)
    if terms.complication_step >= 0 and stop.values("complication", visit.number)[visit.patient]:
        return terms.complication_step
    return terms.then


def _into_stay(clinic: Clinic, stop: Stop, visit: Visit) -> int:
    """The stay begins: staff leave now if its place is reserved, else wait with the patient until there is one."""
    stay = stop.step.stay
    clinic.holding[visit.patient, stay] = visit
    if not clinic.plan.steps[stay].sought:
        visit.outcome = DONE
        give_back(clinic, stop, visit)
        write(clinic, stop, visit, clinic.now)
        return stay
    visit.blocked_since = clinic.now
    for r, servers in visit.servers.items():
        resource = clinic.resources[r]
        assert isinstance(resource, Servers)
        resource.block(servers, clinic.now)
        clinic.calendar.send_home_late(resource, servers, clinic.now)
    return stay


def leave_behind(clinic: Clinic, visit: Visit) -> None:
    """A place is found: the patient leaves the theatre or room that was blocked."""
    stop = clinic.stops[visit.step]
    visit.outcome, visit.blocked = DONE, clinic.now - visit.blocked_since
    if stop.counter is None:
        give_back(clinic, stop, visit)
        write(clinic, stop, visit, clinic.now)
        return
    stop.counter.free += 1
    clinic.wake(stop.queue)
    used = visit.blocked_since - visit.started
    row = (visit.patient, visit.step, visit.number, visit.queued, visit.started, clinic.now, used, visit.blocked)
    clinic.ledger.plain.append(row)


def give_up(clinic: Clinic, visit: Visit) -> None:
    """A booking that came to nothing: its row, and what it used (a no-show's time is over now)."""
    stop = clinic.stops[visit.step]
    if visit.outcome == NO_SHOW:
        give_back(clinic, stop, visit)
    write(clinic, stop, visit, clinic.now)
    if visit.rebook >= 0 and visit.patient in clinic.gone:
        clinic.leaving.no_more_bookings(visit)
        clinic.leaving.end_if_idle(visit.patient)


def give_back(clinic: Clinic, stop: Stop, visit: Visit) -> None:
    """Staff and places of a visit are free again (a place reserved for the stay stays with the patient)."""
    if stop.counted:
        stop.in_service -= 1
        for pulled in stop.watched_by:
            clinic.wake(pulled)
    release_staff(clinic, visit)
    for resource, units in stop.needs[:1] if visit.outcome == NO_SHOW else stop.needs:
        if isinstance(resource, Places):
            resource.change(clinic.now, taken=-units)
            clinic.freed(resource)


def release_staff(clinic: Clinic, visit: Visit) -> None:
    """Give back the servers a visit has."""
    for r, servers in visit.servers.items():
        resource = clinic.resources[r]
        assert isinstance(resource, Servers)
        resource.give(servers, clinic.now)
        clinic.freed(resource)
    visit.servers = {}


def write(clinic: Clinic, stop: Stop, visit: Visit, finished: int) -> None:
    """One contact row."""
    due = NEVER if stop.due is None else clinic.due(stop, visit.patient)
    clinic.ledger.contacts.append(
        (visit.patient, visit.step, visit.number, visit.attempt, stop.provider, visit.queued, due, visit.started,
         finished, visit.outcome, visit.used, visit.overtime, visit.blocked)
    )  # fmt: skip
