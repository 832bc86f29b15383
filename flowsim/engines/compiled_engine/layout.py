"""Layout: what each number of the kernel's tables means. All state is integer arrays, so that numba can compile it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba.core import types
from numba.experimental import structref

NEVER = -(2**31)
FOREVER = 2**31 - 1
DAY_S, WEEK_S = 86_400, 604_800
BACK, EXIT, GONE = -99, -98, -3

# globals
(NOW, PERIOD, TOUCHED, FREE_VISIT, FREE_TRIP, UIDS, EVENTS, PATIENCE, ROWS, ERROR, NEED_WHAT, NEED_STEP, NEED_NUMBER,
 NEED_PERIOD, AGENDA, FRESH, DIRTY, LATE, UNLINK, MAY_LEAVE, N_GLOBALS) = range(21)  # fmt: skip
OK, NEEDS_COLUMN, VISITS_FULL, EVENTS_FULL, ROWS_FULL, TRIPS_FULL, AGENDA_FULL = range(7)

# a visit
(PAT, STEP, NUM, QUEUED, JOINED, STARTED, ATTEMPT, MISSED, OUTCOME, REBOOK, LEAVE_AT, MARKED, DEMOTED, USED, OVERTIME,
 BLOCKED, BLOCKED_SINCE, BEFORE, SERIAL, REMAINING, RESUMED, LENGTH, TRIP, UID, WAITS, RANK, ORDER, CHILD, RIGHT, UP,
 HEAP, NEXT, PREV, PROCESSED, PENDING, QNEXT, QPREV, N_VISIT) = range(38)  # fmt: skip
IN_QUEUE, SEEKS = 1, 2
DONE, NO_SHOW, CANCELLED, LEFT, ELSEWHERE, OPEN, OVERFLOW = range(7)

# a trip (one branch of a patient's way)
T_PATIENT, T_UNTIL, T_KIND, T_PARENT, T_LEFT, T_JOIN, N_TRIP = range(7)
MAIN, BRANCH, SIDE = range(3)

# a step
(S_LEAD, S_QUEUE, S_NEEDS, S_N_NEEDS, S_KLASS, S_STAY, S_STAY_OF, S_SOUGHT, S_NIGHTS, S_DISCHARGE, S_SAME_DAY, S_UNTIL,
 S_N_UNTIL, S_DECISION, S_LINKED, S_DELAY, S_NO_SHOW, S_REMOVE, S_CANCEL, S_N_CANCEL, S_REWORK, S_CAP, S_OVERFLOW,
 S_ELSEWHERE, S_PULL, S_PATIENCE, S_N_PATIENCE, S_PLACE, S_COUNTED, S_QUEUED, S_SERVING, S_PROVIDER, S_DUE,
 S_DUE_DECISION, S_WATCHED, S_WAKES, S_N_WAKES, S_COUNTER, S_POSITION, N_STEP) = range(40)  # fmt: skip

# a resource
(R_KIND, R_UNLIMITED, R_ORDER, R_SKIP, R_MAXIMUM, R_SUSPEND, R_INTERRUPTION, R_KEPT_CLASS, R_SPECIAL, R_TRANCHES,
 R_SERVERS, R_N_SERVERS, R_FREE, R_NUMBER, R_IN_USE, R_CAUSE, R_SINCE, R_OVER, R_SEEKERS, R_EXPLAINED, R_QUEUE, R_USERS,
 R_N_USERS, R_ALWAYS, R_SOUGHT, N_RESOURCE) = range(26)  # fmt: skip
SLOTS, COUNTER, SERVERS, PLACES = range(4)
NO_INTERRUPTION, RESUME, RESTART = range(3)
FIRST_COME, LONGEST_WAIT, DUE_FIRST = range(3)

# a tranche of a resource
(K_FREE, K_KEPT, K_CAUSE, K_KEPT_CAUSE, K_WEEK_A, K_LEFT_A, K_WEEK_B, K_LEFT_B, K_NUMBER, K_USED, K_OFFERED, K_IDLE,
 K_OFFERING, K_ONLY, K_N_ONLY, N_TRANCHE) = range(16)  # fmt: skip

# a server
V_OPEN, V_CLOSE, V_SINCE, V_VISIT, V_DOING, V_TRANCHE, V_OVERTIME, N_SERVER = range(8)
IDLE, SERVING, STANDING, ABSENT = range(4)

# a queue
Q_RESOURCE, Q_DIRTY, Q_LENGTH, Q_HEAPS, Q_N_HEAPS, Q_KINDS, Q_FIRST, Q_LISTED, Q_BY_GROUP, N_QUEUE = range(10)

# terms of treatment elsewhere
(E_STEP, E_WEEKLY, E_YEARLY, E_THEN, E_COMPLICATION, E_START_QUEUE, E_WEEK, E_SENT_WEEK, E_YEAR, E_SENT_YEAR,
 N_TERMS) = range(11)  # fmt: skip

# events, in the heap of times
VISIT_OVER, JOINS, BOOKED_AGAIN, UNLINKED, GOES_HOME, STAY_TIME = range(6)

# changes of capacity, in the order in which they take effect
EXPIRE, CLOSE, APPEAR, KEPT_FREE, OPEN_SHIFT, NUMBER, NEW_WEEK, FLUSH = range(8)

# columns of luck
WHATS = ("duration", "delay", "rework", "route", "route_capped", "no_show", "rebook", "cancel", "cancel_rebook",
         "cancel_leaves", "elsewhere", "lead_time", "complication")  # fmt: skip
(DURATION, DELAY, REWORK, ROUTE, ROUTE_CAPPED, NO_SHOWS, REBOOKS, CANCELS, CANCEL_REBOOK, CANCEL_LEAVES, ELSEWHERES,
 LEAD_TIME, COMPLICATION, PATIENCES) = range(14)  # fmt: skip

NOBODY_WAITING, CLOSING, NO_SHOW_CAUSE, BLOCKED_CAUSE, PULL_CAUSE, KEPT_CAUSE = range(6)
FITS, PULLED = -1, -2


class World(NamedTuple):
    """Everything one run of the kernel reads and writes."""

    g: np.ndarray
    """Globals."""
    plan: np.ndarray
    """begin, end, week0, steps, splits, causes, resources, groups, weeks."""
    periods: np.ndarray
    steps: np.ndarray
    needs: np.ndarray
    """(resource, units), of all steps in a row."""
    lists: np.ndarray
    """Lists of numbers in a row: `until` steps, cancellations (cause, refill), tranches' `only`, users, wakes."""
    mean: np.ndarray
    """[step, period, group] seconds."""
    pull: np.ndarray
    """[step, period]."""
    splits: np.ndarray
    """[split, 0] = join, then number of branches and the branches."""
    resources: np.ndarray
    tranches: np.ndarray
    servers: np.ndarray
    queues: np.ndarray
    heads: np.ndarray
    """Root visit of each heap of each queue."""
    rank_of: np.ndarray
    """Number of a rank among a queue's heaps, by rank + 1."""
    terms: np.ndarray
    changes: np.ndarray
    """(second, kind, resource, what, extra), sorted."""
    numbers: np.ndarray
    """Places by tranche, rows in a row."""
    closing: np.ndarray
    """[resource, day] last closing of windows that open on a day, from the day of `begin`."""
    iso_year: np.ndarray
    background: np.ndarray
    group: np.ndarray
    klass: np.ndarray
    source: np.ndarray
    arrives: np.ndarray
    joined: np.ndarray
    referral: np.ndarray
    decision: np.ndarray
    first: np.ndarray
    remaining: np.ndarray
    end: np.ndarray
    ended: np.ndarray
    elsewhere_at: np.ndarray
    multi: np.ndarray
    """1: may be at several steps at once."""
    gone: np.ndarray
    alive: np.ndarray
    """First of a patient's living visits."""
    visited: np.ndarray
    """[step, patient] visits so far."""
    booked: np.ndarray
    """[step with bookings, patient]."""
    booked_row: np.ndarray
    returned: np.ndarray
    """[step with rework, patient]."""
    returned_row: np.ndarray
    columns: np.ndarray
    """[column, patient]."""
    column_of: np.ndarray
    """[what, step, number, period] -> column, -1 if not there."""
    visits: np.ndarray
    trips: np.ndarray
    events: np.ndarray
    patience: np.ndarray
    agenda: np.ndarray
    fresh: np.ndarray
    dirty: np.ndarray
    late: np.ndarray
    unlink: np.ndarray
    rows: np.ndarray
    offered: np.ndarray
    used: np.ndarray
    overtime: np.ndarray
    over: np.ndarray
    lost: np.ndarray
    """[resource, tranche, cause, week]."""


class WorldType(types.StructRef):  # type: ignore[name-defined]
    """The kernel's view of a World: one pointer, whatever the number of tables."""

    def preprocess_fields(self, fields: Any) -> Any:
        """Fields as they are, never literal."""
        return tuple((name, types.unliteral(kind)) for name, kind in fields)  # type: ignore[attr-defined]


structref.register(WorldType)


class WorldStruct(structref.StructRefProxy):
    """A World handed to the kernel."""

    def __new__(cls, *tables: np.ndarray) -> WorldStruct:
        """From the World's tables, in its order."""
        return structref.StructRefProxy.__new__(cls, *tables)


structref.define_proxy(WorldStruct, WorldType, list(World._fields))
