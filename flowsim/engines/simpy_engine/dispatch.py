"""Dispatch: who starts, when the clock has drained an instant.

First those who hold something and wait for a place. Then class 0 at every resource in plan order, then class 1, and
so on; whenever a start frees something, from the top again, until nobody can start. Only queues for which something
changed are tried: the others could start nobody before and cannot now.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flowsim.engines.simpy_engine.places import Places
from flowsim.engines.simpy_engine.queues import Entry, LeadQueue
from flowsim.engines.simpy_engine.slots import Slots
from flowsim.engines.simpy_engine.staff import Counter, Servers

if TYPE_CHECKING:
    from flowsim.engines.simpy_engine.clinic import Clinic
    from flowsim.engines.simpy_engine.stops import Stop
    from flowsim.engines.simpy_engine.visit import Visit

FITS, PULL = -1, -2
NOBODY_WAITING, CLOSING, _, _, PULLED, KEPT = range(6)
"""The first of Setting.causes; `missing:<resource>` are the last."""
Lane = tuple[Callable[[Entry], bool] | None, bool, int]
"""(who may come this way; kept slots?; restricted tranche or -1)."""


def dispatch(clinic: Clinic) -> None:
    """Start everybody who can start now, and note what every idle unit waits for."""
    if clinic.touched:
        place_the_blocked(clinic)
    while clinic.dirty:
        queues, clinic.dirty = clinic.dirty, []
        for queue in queues:
            queue.dirty = False
        if len(queues) == 1:
            serve(clinic, queues[0], None)
        else:
            by_class(clinic, queues)
        clinic.touched = clinic.touched or any(not isinstance(clinic.resources[q.resource], Counter) for q in queues)
    if clinic.touched:
        clinic.touched = False
        for resource in clinic.tracked:
            note_cause(clinic, resource)


def place_the_blocked(clinic: Clinic) -> None:
    """Who holds something and waits for a place comes before every queue."""
    for resource in clinic.tracked:
        if isinstance(resource, Places):
            while (stay := resource.next_seeker()) is not None:
                resource.change(clinic.env.now, taken=1)
                clinic.begin_stay(clinic.stops[stay.step], stay)


def by_class(clinic: Clinic, queues: list[LeadQueue]) -> None:
    """One pass over several queues: the most urgent class everywhere, then the next; stops when something was freed."""
    simple = [q for q in queues if isinstance(clinic.resources[q.resource], Counter)]
    for queue in simple:
        serve(clinic, queue, None)
    others = sorted((q for q in queues if q not in simple), key=lambda q: q.resource)
    done = -2
    while True:
        classes = [entry[0] >> 1 for q in others for entry in q.heads() if entry[0] >> 1 > done]
        if not classes:
            return
        done = min(classes)
        for queue in others:
            serve(clinic, queue, done)
            if clinic.dirty:
                for again in others:
                    clinic.wake(again)
                return


def serve(clinic: Clinic, queue: LeadQueue, klass: int | None) -> None:
    """Start whoever can start in one queue (of one class, if given), in order; stops when something was freed."""
    resource = clinic.resources[queue.resource]
    if isinstance(resource, Counter):
        serve_counter(clinic, queue, resource)
    elif isinstance(resource, Slots) and resource.special:
        for lane in lanes(clinic, resource):
            while serve_next(clinic, queue, klass, lane) and not clinic.dirty:
                pass
    else:
        while serve_next(clinic, queue, klass, (None, False, -1)) and not clinic.dirty:
            pass


def serve_counter(clinic: Clinic, queue: LeadQueue, resource: Counter) -> None:
    """The plain case, and the most frequent: one free server, one who waits."""
    now = clinic.env._now
    stops = clinic.stops
    while resource.free > 0:
        entry = queue.best()
        if entry is None:
            return
        visit = entry[5]
        stop = stops[entry[3]]
        clinic.take_out(stop, visit)
        resource.free -= 1
        visit.started = now
        visit.over_in(stop.duration(entry[2], entry[4]))


def serve_next(clinic: Clinic, queue: LeadQueue, klass: int | None, lane: Lane) -> bool:
    """Start the next who can by the queue's rule: the head or nobody (`wait`), or the next who fits (`skip`)."""
    skip = clinic.plan.resources[queue.resource].skip
    for entry in candidates(queue, lane):
        if klass is None or entry[0] >> 1 == klass:
            stop, visit = clinic.stops[entry[3]], entry[5]
            if missing(clinic, stop, visit, lane) == FITS or interrupt_for(clinic, stop, visit):
                start_by(clinic, stop, visit, lane)
                return True
        if not skip:
            return False
    return False


def start_by(clinic: Clinic, stop: Stop, visit: Visit, lane: Lane) -> None:
    """Start through a lane: kept slots are told apart."""
    clinic.start(stop, visit, kept=lane[1])


def candidates(queue: LeadQueue, lane: Lane) -> list[Entry]:
    """Heads of kinds that may come through a lane, best first."""
    may, kept, _ = lane
    if may is None:
        if not queue.kinds:
            head = queue.best()
            return [head] if head is not None else []
        return queue.heads()
    if kept and queue.oldest is not None:
        longest = queue.longest_waiter()
        return [longest] if longest is not None else []
    return [entry for entry in queue.heads() if may(entry)]


def lanes(clinic: Clinic, slots: Slots) -> list[Lane]:
    """Ways into a resource of slots: kept slots for whom they are kept, the open ones, then tranches for few steps."""
    kept_class = slots.spec.kept_class
    found: list[Lane] = []
    if kept_class > -2:
        found.append((lambda e: kept_class < 0 or e[0] >> 1 == kept_class, True, -1))
    found.append((None, False, -1))
    for k, tranche in enumerate(slots.tranches):
        if tranche.only:
            found.append((lambda e, only=tranche.only: e[3] in only, False, k))  # type: ignore[misc]
    return found


def missing(clinic: Clinic, stop: Stop, visit: Visit, lane: Lane = (None, False, -1)) -> int:
    """The first resource in step order that the visit lacks to start now; PULL; or FITS."""
    if visit.remaining >= 0:
        short = (r.index for r, n in stop.needs if isinstance(r, Servers) and not r.fits(n, None))
        return next(short, FITS)
    step = stop.step
    if step.pull_watch >= 0:
        waiting = clinic.stops[step.pull_watch].queued_here
        if waiting + stop.in_service >= step.pull_below[stop.period]:
            return PULL
    until = clinic.env.now + clinic.mean(stop, visit.patient)
    for k, (resource, units) in enumerate(stop.needs):
        if isinstance(resource, Servers):
            fits = resource.fits(units, None if resource.spec.suspend else until)
        elif isinstance(resource, Slots):
            fits = slot_fits(resource, stop.index, units, lane) if k == 0 else resource.fits(stop.index, units)
        else:
            fits = isinstance(resource, Counter) or resource.fits(stop.index, units)
        if not fits:
            return resource.index
    if stop.place is not None and not stop.place.fits(stop.index, 1):
        return stop.place.index
    return FITS


def slot_fits(slots: Slots, step: int, units: int, lane: Lane) -> bool:
    """Whether the lane has slots: kept ones, those of one restricted tranche, or the open ones."""
    _, kept, tranche = lane
    if slots.unlimited or not slots.special:
        return slots.fits(step, units)
    if kept:
        return sum(t.kept for t in slots.tranches if t.serves(step)) >= units
    if tranche >= 0:
        return slots.tranches[tranche].free >= units
    return sum(t.free for t in slots.tranches if not t.only) >= units


def interrupt_for(clinic: Clinic, stop: Stop, visit: Visit) -> bool:
    """Interrupt one less urgent visit at the lead, if that lets this one start at once with all it needs."""
    lead = stop.lead
    if not isinstance(lead, Servers) or lead.spec.interruption == "none" or visit.entry is None:
        return False
    klass = visit.entry[0] >> 1
    victims = [v for v in lead.running() if clinic.class_at(v) > klass]
    if not victims:
        return False
    victim = max(victims, key=lambda v: (clinic.class_at(v), v.resumed_at, v.patient))
    if not would_fit(clinic, stop, visit, victim):
        return False
    clinic.pause(victim)
    return True


def would_fit(clinic: Clinic, stop: Stop, visit: Visit, victim: Visit) -> bool:
    """Whether the visit could start with the victim's servers free."""
    servers = victim.servers if isinstance(victim.servers, dict) else {}
    until = clinic.env.now + clinic.mean(stop, visit.patient)
    for resource, units in stop.needs:
        if isinstance(resource, Servers):
            limit = None if resource.spec.suspend or visit.remaining >= 0 else until
            given = [resource.servers[k] for k in servers.get(resource.index, ())]
            able = sum(limit is None or limit <= s.close + s.overtime_s for s in given if s.open)
            if not resource.unlimited and len(resource.free(limit)) + able < units:
                return False
        elif visit.remaining < 0 and not isinstance(resource, Counter) and not resource.fits(stop.index, units):
            return False
    return visit.remaining >= 0 or stop.place is None or stop.place.fits(stop.index, 1)


def note_cause(clinic: Clinic, resource: Slots | Servers | Places | Counter) -> None:
    """Book every idle unit to nobody waiting, closing, or what the best head lacks first."""
    if isinstance(resource, Slots):
        for k, tranche in enumerate(resource.tranches):
            if tranche.free:
                tranche.cause = cause_of(clinic, resource, tranche.only)
            if tranche.kept:
                tranche.kept_cause = KEPT if cause_of(clinic, resource, ()) != NOBODY_WAITING else NOBODY_WAITING
            del k
    elif isinstance(resource, Servers):
        if any(resource.idle) and (cause := cause_of(clinic, resource, ())) != resource.cause:
            resource.book(clinic.env.now)
            resource.cause = cause
    elif isinstance(resource, Places) and resource.number > resource.in_use:
        cause = cause_of(clinic, resource, ())
        if cause != resource.cause:
            resource.change(clinic.env.now, cause=cause)


def cause_of(clinic: Clinic, resource: Slots | Servers | Places, only: tuple[int, ...]) -> int:
    """Why a unit of this resource is idle: the best head of its queue (else of the first that needs it) tells."""
    entry = best_head(clinic, resource, only)
    if entry is None:
        return NOBODY_WAITING
    stop = clinic.stops[entry[3]]
    lacks = missing(clinic, stop, entry[5])
    if lacks == PULL:
        return PULLED
    if lacks in (FITS, resource.index):
        return CLOSING
    return len(clinic.plan.setting.causes) - len(clinic.plan.resources) + lacks


def best_head(clinic: Clinic, resource: Slots | Servers | Places, only: tuple[int, ...]) -> Entry | None:
    """The best of those who wait and would use the resource."""
    queue = clinic.queue_at.get(resource.index)
    if queue is not None:
        if not only:
            return queue.best()
        return min((e for e in queue.heads() if e[3] in only), default=None)
    for queue in clinic.users_of[resource.index]:
        entry = queue.best()
        if entry is not None:
            return entry
    return None
