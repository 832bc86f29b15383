"""The end of a run: what is still open gets its row, capacity is booked to the last second, columns are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from flowsim.engines.rows import BLOCKED, INSIDE, NOBODY_WAITING, counted
from flowsim.engines.simpy_engine.finishing import write
from flowsim.engines.simpy_engine.slots import Slots
from flowsim.engines.simpy_engine.staff import Counter
from flowsim.engines.simpy_engine.visit import CANCELLED, NO_SHOW, OPEN, Visit
from flowsim.tables import NEVER, Rows

if TYPE_CHECKING:
    from flowsim.engines.simpy_engine.clinic import Clinic


def rows(clinic: Clinic) -> Rows:
    """The four tables of a run that has come to its horizon."""
    end = clinic.plan.end
    clinic.calendar.flush(end)
    for resource in clinic.resources:
        if isinstance(resource, Slots):
            for tranche in range(len(resource.tranches)):
                resource.expire(tranche)
    still_open = open_visits(clinic)
    for visit in still_open:
        write(clinic, clinic.stops[visit.step], visit, NEVER)
    contacts = clinic.ledger.contact_columns()
    for resource in clinic.resources:
        if isinstance(resource, Counter):
            count(clinic, resource, contacts)
    planned = [np.asarray(p) for p in clinic.draws.planned]
    return {"patients": patient_columns(clinic), "contacts": contacts, **clinic.ledger.capacity_rows(planned)}


def open_visits(clinic: Clinic) -> list[Visit]:
    """Visits that wait, run, are blocked, or will be booked again, when the horizon comes."""
    found: dict[int, Visit] = {}
    for patient, visit in enumerate(clinic.current):
        if visit is not None and clinic.end[patient] == NEVER:
            for v in (visit, *clinic.siblings.get(patient, ())):
                found[id(v)] = v
    seeking = [v.stay for v in found.values() if v.stay is not None]
    found.update({id(v): v for v in seeking if v is not None})
    return [_as_open(clinic, v) for v in found.values() if _is_open(v)]


def _is_open(visit: Visit) -> bool:
    return visit.outcome == OPEN or visit.rebook >= 0 or (visit.outcome == NO_SHOW and not visit.processed)


def _as_open(clinic: Clinic, visit: Visit) -> Visit:
    """The row of an open visit: a booking yet to come if the last came to nothing."""
    if visit.outcome in (NO_SHOW, CANCELLED):
        coming = Visit(clinic.env, visit.patient, visit.step, visit.number, visit.queued, visit.joined)
        coming.attempt = visit.attempt + visit.processed
        if not visit.processed:
            coming.used, coming.overtime = visit.used, visit.overtime
        return coming
    if visit.blocked_since != NEVER:
        visit.blocked = clinic.plan.end - visit.blocked_since
    if clinic.stops[visit.step].counter is not None and visit.started != NEVER:
        visit.used = clinic.plan.end - visit.started - visit.blocked
    return visit


def patient_columns(clinic: Clinic) -> dict[str, np.ndarray]:
    """One row per patient."""
    draws = clinic.draws
    ended = np.array(clinic.ended, np.int32)
    ended[ended < 0] = INSIDE
    elsewhere = np.full(draws.n, NEVER, np.int32)
    for patient, at in clinic.elsewhere_at.items():
        elsewhere[patient] = at
    columns = {
        "patient": np.arange(draws.n),
        "group": draws.group,
        "source": draws.source,
        "class": draws.klass,
        "arrived_s": draws.arrives,
        "referral_s": draws.referral,
        "decision_s": clinic.decision,
        "end_s": clinic.end,
        "ended": ended,
        "elsewhere_s": elsewhere,
    }
    return {name: np.asarray(values, np.int32) for name, values in columns.items()}


def count(clinic: Clinic, resource: Counter, contacts: dict[str, np.ndarray]) -> None:
    """Offered, used and lost server-seconds of always open staff, from the contact rows."""
    ledger, r = clinic.ledger, resource.index
    offered, used, blocked, idle = counted(clinic.plan, r, resource.servers, contacts)
    ledger.offered[r][0] += offered
    ledger.used[r][0] += used
    for w in range(ledger.weeks):
        ledger.lose(r, 0, BLOCKED, w, int(blocked[w]))
        ledger.lose(r, 0, NOBODY_WAITING, w, int(idle[w]))
