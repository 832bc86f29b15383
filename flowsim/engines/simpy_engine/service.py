"""Starting: what a visit takes when its turn has come, and what may come between (no-show, cancellation, pause)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowsim.engines.simpy_engine.finishing import leave_behind, release_staff
from flowsim.engines.simpy_engine.journey import discharge
from flowsim.engines.simpy_engine.places import Places
from flowsim.engines.simpy_engine.slots import Slots
from flowsim.engines.simpy_engine.staff import ABSENT, SERVING, Servers
from flowsim.engines.simpy_engine.visit import CANCELLED, NO_SHOW
from flowsim.tables import DAY_S

if TYPE_CHECKING:
    from flowsim.engines.simpy_engine.clinic import Clinic
    from flowsim.engines.simpy_engine.stops import Stop
    from flowsim.engines.simpy_engine.visit import Visit

NO_SHOW_CAUSE = 2


def start(clinic: Clinic, stop: Stop, visit: Visit, *, kept: bool = False) -> None:
    """Start a visit whose turn it is and whose resources are free; or find that nobody comes."""
    clinic.take_out(stop, visit)
    if visit.remaining >= 0:
        _take_staff(clinic, stop, visit, SERVING)
        _run(clinic, stop, visit, visit.remaining)
        return
    if stop.troubled and _falls_through(clinic, stop, visit, kept):
        return
    visit.started = clinic.now
    _take(clinic, stop, visit, kept)
    _run(clinic, stop, visit, stop.duration(visit.patient, visit.number))


def _falls_through(clinic: Clinic, stop: Stop, visit: Visit, kept: bool) -> bool:
    """A late cancellation: True, and nothing but the slot is touched. A no-show is marked, and goes on to start."""
    patient, step, key = visit.patient, stop.step, (visit.patient, stop.index)
    booking = clinic.bookings.get(key, 0)
    clinic.bookings[key] = booking + 1
    cause = stop.values("cancel", booking)[patient] if step.cancellations else -1
    if cause >= 0:
        _cancel(stop, visit, booking, cause, kept)
        return True
    if step.has_no_show and stop.values("no_show", booking)[patient]:
        visit.outcome = NO_SHOW
        visit.no_shows += 1
        if not step.remove_after or visit.no_shows < step.remove_after:
            visit.rebook = stop.values("rebook", booking)[patient]
    return False


def _cancel(stop: Stop, visit: Visit, booking: int, cause: int, kept: bool) -> None:
    """The slot is lost unless it may be refilled; the patient comes back later, or leaves."""
    cancellation = stop.step.cancellations[cause]
    if isinstance(stop.lead, Slots) and not cancellation.refill:
        stop.lead.take(stop.index, stop.needs[0][1], kept=kept, lost_to=cancellation.cause)
    visit.outcome = CANCELLED
    if not stop.values("cancel_leaves", booking)[visit.patient]:
        visit.rebook = stop.values("cancel_rebook", booking)[visit.patient]
    visit.over_in(0)


def _take(clinic: Clinic, stop: Stop, visit: Visit, kept: bool) -> None:
    """Take what the step needs, and the place reserved for the stay; of a no-show only the lead."""
    absent = visit.outcome == NO_SHOW
    for k, (resource, units) in enumerate(stop.needs[:1] if absent else stop.needs):
        if isinstance(resource, Slots):
            resource.take(stop.index, units, kept=kept and k == 0, lost_to=NO_SHOW_CAUSE if absent else -1)
        elif isinstance(resource, Places):
            resource.change(clinic.now, taken=units)
    _take_staff(clinic, stop, visit, ABSENT if absent else SERVING)
    if stop.place is not None and not absent:
        stop.place.change(clinic.now, taken=1)


def _take_staff(clinic: Clinic, stop: Stop, visit: Visit, doing: int) -> None:
    """Servers of every staff resource the step needs (of a no-show only the lead)."""
    taken: dict[int, tuple[int, ...]] = {}
    until = clinic.now + clinic.mean(stop, visit.patient)
    for resource, units in stop.needs[:1] if doing == ABSENT else stop.needs:
        if isinstance(resource, Servers):
            limit = None if resource.spec.suspend or visit.remaining >= 0 else until
            taken[resource.index] = resource.take(visit, units, limit, clinic.now, doing)
    visit.servers = taken
    clinic.touched = True


def _run(clinic: Clinic, stop: Stop, visit: Visit, seconds: int) -> None:
    """Let the visit run; where it may be paused its completion carries a serial."""
    visit.resumed_at, visit.remaining, visit.length = clinic.now, -1, seconds
    if stop.counted:
        stop.in_service += 1
    if not stop.pausable:
        visit.over_in(seconds)
        return
    timer = clinic.env.timeout(seconds, visit.serial)
    timer.callbacks.append(lambda event: visit.over_in(0) if event.value == visit.serial else None)


def pause(clinic: Clinic, visit: Visit) -> None:
    """An interrupted or suspended visit gives back its staff, keeps slot and places, and waits first in its class."""
    stop = clinic.stops[visit.step]
    visit.serial += 1
    restarts = clinic.plan.resources[stop.step.lead].interruption == "restart"
    visit.remaining = visit.length - (0 if restarts else clinic.now - visit.resumed_at)
    if stop.counted:
        stop.in_service -= 1
    release_staff(clinic, visit)
    clinic.line_up(stop, visit)


def begin_without_queue(clinic: Clinic, stop: Stop, visit: Visit) -> None:
    """A step without resources starts at once; a stay begins in the place reserved, or seeks one."""
    if stop.step.stay_of < 0:
        visit.started = visit.joined
        visit.over_in(stop.duration(visit.patient, visit.number))
        return
    visit.stay = clinic.holding.pop((visit.patient, visit.step), None)
    if stop.step.sought:
        assert isinstance(stop.lead, Places)
        stop.lead.seek(visit, visit.joined)
        clinic.touched = True
    else:
        begin_stay(clinic, stop, visit)


def begin_stay(clinic: Clinic, stop: Stop, visit: Visit) -> None:
    """A stay begins: in the place reserved, or in the one just found, leaving what was blocked."""
    visit.started = clinic.now
    length = stop.duration(visit.patient, visit.number)
    seconds = _until_discharge(stop, length, clinic.now) if stop.step.nights else length
    if visit.stay is not None:
        if stop.step.sought:
            leave_behind(clinic, visit.stay)
        visit.stay = None
    if stop.step.until:
        clinic.env.process(discharge(clinic, visit, seconds, stop.step.until))
    else:
        visit.over_in(seconds)


def _until_discharge(stop: Stop, nights: int, now: int) -> int:
    """Seconds until discharge on the date so many nights on; never before it began + 1 s."""
    hour = stop.step.discharge_s if nights else stop.step.same_day_s
    return max(1, (now // DAY_S + nights) * DAY_S + hour - now)
