"""Dispatch: who starts, when the clock has drained an instant.

First those who hold something and wait for a place. Then class 0 at every resource in plan order, then class 1, and
so on; whenever a start frees something, from the top again, until nobody can start. Only queues for which something
changed are tried: the others could start nobody before and cannot now.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop
from operator import attrgetter
from typing import TYPE_CHECKING

from simpy.events import NORMAL

from flowsim.engines.simpy_engine.places import Places
from flowsim.engines.simpy_engine.queues import Entry, LeadQueue, class_of
from flowsim.engines.simpy_engine.service import begin_stay, pause, start
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
OPEN_LANE: Lane = (None, False, -1)


def serve_plain(clinic: Clinic) -> None:
    """The plain case, and the most frequent: a free server that needs nothing else, and one who waits for it."""
    schedule, now, stops = clinic.env.schedule, clinic.now, clinic.stops
    for queue in clinic.dirty_plain:
        queue.dirty = False
        heap, counter = queue.heap, queue.counter
        while heap and counter.free > 0:  # type: ignore[union-attr]
            entry = heappop(heap)
            visit = entry[4]
            if visit.entry is entry:
                visit.entry = None
                queue.length -= 1
                counter.free -= 1  # type: ignore[union-attr]
                visit.started = now
                columns, number = stops[entry[2]].durations, entry[3]
                known = number < len(columns)
                seconds = columns[number][entry[1]] if known else stops[entry[2]].duration(entry[1], number)
                schedule(visit, NORMAL, seconds)
    clinic.dirty_plain.clear()


def dispatch(clinic: Clinic) -> None:
    """Start everybody who can start now, and note what every idle unit waits for."""
    if clinic.touched:
        place_the_blocked(clinic)
    while clinic.dirty:
        queues = clinic.dirty.copy()
        clinic.dirty.clear()
        for queue in queues:
            queue.dirty = False
        clinic.touched = True
        by_class(clinic, [q for q in queues if clinic.resources[q.resource].may_start()])
    if clinic.touched:
        clinic.touched = False
        for resource in clinic.explained:
            note_cause(clinic, resource)


def place_the_blocked(clinic: Clinic) -> None:
    """Who holds something and waits for a place comes before every queue."""
    for places in clinic.sought:
        while (stay := places.next_seeker()) is not None:
            places.change(clinic.now, taken=1)
            begin_stay(clinic, clinic.stops[stay.step], stay)
    if clinic.dirty_plain:
        serve_plain(clinic)


def by_class(clinic: Clinic, queues: list[LeadQueue]) -> None:
    """One pass over queues: the most urgent class everywhere, then the next; stops when something was freed."""
    queues.sort(key=attrgetter("resource"))
    klass: int | None = -1 if len(queues) > 1 else None
    while queues:
        if klass is not None:
            klass = min((k for q in queues if (k := q.next_class(klass)) is not None), default=None)
            if klass is None:
                return
        for queue in queues:
            serve(clinic, queue, klass)
            if clinic.dirty:
                for again in queues:
                    clinic.wake(again)
                return
        if klass is None:
            return
        klass += 1


def serve(clinic: Clinic, queue: LeadQueue, klass: int | None) -> None:
    """Start whoever can start in one queue (of one class, if given), in order; stops when something was freed."""
    resource = clinic.resources[queue.resource]
    special = isinstance(resource, Slots) and resource.special
    for lane in lanes(resource) if special else (OPEN_LANE,):  # type: ignore[arg-type]
        while not clinic.dirty and serve_next(clinic, queue, klass, lane):
            pass


def serve_next(clinic: Clinic, queue: LeadQueue, klass: int | None, lane: Lane) -> bool:
    """Start the next who can by the queue's rule: the head or nobody (`wait`), or the next who fits (`skip`)."""
    for entry in candidates(queue, lane, skip=clinic.plan.resources[queue.resource].skip):
        if klass is None or class_of(entry) == klass:
            stop, visit = clinic.stops[entry[2]], entry[4]
            if missing(clinic, stop, visit, lane) == FITS or interrupt_for(clinic, stop, visit):
                start(clinic, stop, visit, kept=lane[1])
                return True
    return False


def candidates(queue: LeadQueue, lane: Lane, *, skip: bool) -> list[Entry]:
    """Heads that may come through a lane, best first: of every kind if the queue may skip, else the best alone."""
    may, kept, _ = lane
    if kept and queue.oldest is not None:
        head = queue.longest_waiter()
    elif not skip:
        head = queue.best(may)
    else:
        return [entry for entry in queue.heads() if may is None or may(entry)]
    return [head] if head is not None else []


def lanes(slots: Slots) -> list[Lane]:
    """Ways into slots that are free now: kept ones for whom they are kept, open ones, then tranches for few steps."""
    kept_class = slots.spec.kept_class
    found: list[Lane] = []
    if any(t.kept for t in slots.tranches):
        found.append((lambda e: kept_class < 0 or class_of(e) == kept_class, True, -1))
    if slots.unlimited or any(t.free for t in slots.tranches if not t.only):
        found.append(OPEN_LANE)
    for k, tranche in enumerate(slots.tranches):
        if tranche.only and tranche.free:
            found.append((lambda e, only=tranche.only: e[2] in only, False, k))  # type: ignore[misc]
    return found


def missing(clinic: Clinic, stop: Stop, visit: Visit, lane: Lane = OPEN_LANE) -> int:
    """The first resource in step order that the visit lacks to start now; PULL; or FITS."""
    if visit.remaining >= 0:
        short = (r.index for r, n in stop.needs if isinstance(r, Servers) and not r.fits(n, None))
        return next(short, FITS)
    step = stop.step
    if step.pull_watch >= 0:
        waiting = clinic.stops[step.pull_watch].queued_here
        if waiting + stop.in_service >= step.pull_below[stop.period]:
            return PULL
    until = clinic.now + clinic.mean(stop, visit.patient)
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
    klass = clinic.class_at(visit)
    victims = [v for v in lead.running() if clinic.class_at(v) > klass]
    if not victims:
        return False
    victim = max(victims, key=lambda v: (clinic.class_at(v), v.resumed_at, v.patient))
    if not would_fit(clinic, stop, visit, victim):
        return False
    pause(clinic, victim)
    return True


def would_fit(clinic: Clinic, stop: Stop, visit: Visit, victim: Visit) -> bool:
    """Whether the visit could start with the victim's servers free."""
    servers = victim.servers
    until = clinic.now + clinic.mean(stop, visit.patient)
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
        for tranche in resource.tranches:
            if tranche.free:
                tranche.cause = cause_of(clinic, resource, tranche.only)
            if tranche.kept:
                tranche.kept_cause = KEPT if cause_of(clinic, resource, ()) != NOBODY_WAITING else NOBODY_WAITING
    elif isinstance(resource, Servers):
        if any(resource.idle) and (cause := cause_of(clinic, resource, ())) != resource.cause:
            resource.book(clinic.now)
            resource.cause = cause
    elif isinstance(resource, Places) and resource.number > resource.in_use:
        cause = cause_of(clinic, resource, ())
        if cause != resource.cause:
            resource.change(clinic.now, cause=cause)


def cause_of(clinic: Clinic, resource: Slots | Servers | Places, only: tuple[int, ...]) -> int:
    """Why a unit of this resource is idle: the best head of its queue (else of the first that needs it) tells."""
    entry = best_head(clinic, resource, only)
    if entry is None:
        return NOBODY_WAITING
    stop = clinic.stops[entry[2]]
    lacks = missing(clinic, stop, entry[4])
    if lacks == PULL:
        return PULLED
    if lacks in (FITS, resource.index):
        return CLOSING
    return len(clinic.plan.setting.causes) - len(clinic.plan.resources) + lacks


def best_head(clinic: Clinic, resource: Slots | Servers | Places, only: tuple[int, ...]) -> Entry | None:
    """The best of those who wait and would use the resource."""
    queue = clinic.queue_at.get(resource.index)
    if queue is not None:
        return queue.best((lambda e: e[2] in only) if only else None)
    for queue in clinic.users_of[resource.index]:
        entry = queue.best()
        if entry is not None:
            return entry
    return None
