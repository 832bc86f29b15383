"""Layout: what each number of the kernel's tables means. All state is integer arrays, so that numba can compile it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

NEVER = -(2**31)
FOREVER = 2**31 - 1
DAY_S, WEEK_S = 86_400, 604_800
BACK, EXIT, GONE = -99, -98, -3

# globals
(NOW, PERIOD, TOUCHED, FREE_VISIT, FREE_TRIP, UIDS, EVENTS, TIRED_ONES, ROWS, ERROR, NEED_WHAT, NEED_STEP, NEED_NUMBER,
 NEED_PERIOD, AGENDA, FRESH, DIRTY, LATE, UNLINK, VISITS, TRIPS, NOTED_AT, NOTES, BUCKET, LATERS, FREE_LATER,
 N_GLOBALS) = range(27)  # fmt: skip
OK, NEEDS_COLUMN, VISITS_FULL, EVENTS_FULL, ROWS_FULL, TRIPS_FULL, AGENDA_FULL = range(7)

# a visit
(PAT, STEP, NUM, QUEUED, JOINED, STARTED, ATTEMPT, MISSED, OUTCOME, REBOOK, LEAVE_AT, MARKED, DEMOTED, USED, OVERTIME,
 BLOCKED, BLOCKED_SINCE, BEFORE, SERIAL, REMAINING, RESUMED, LENGTH, TRIP, UID, WAITS, RANK, ORDER, CHILD, RIGHT, UP,
 HEAP, NEXT, PREV, PROCESSED, PENDING, QNEXT, QPREV, N_VISIT) = range(38)  # fmt: skip
VISIT_WIDTH = 40
IN_QUEUE, SEEKS = 1, 2
DONE, NO_SHOW, CANCELLED, LEFT, ELSEWHERE, OPEN, OVERFLOW = range(7)

# a trip (one branch of a patient's way)
T_PATIENT, T_UNTIL, T_KIND, T_PARENT, T_LEFT, T_JOIN, N_TRIP = range(7)
MAIN, BRANCH, SIDE = range(3)
ARRIVED, DELAYED = 1, 2
"""How a step is come to: as one who is there at the start or on a due date; after the planned delay."""

# a step
(S_LEAD, S_QUEUE, S_NEEDS, S_N_NEEDS, S_KLASS, S_STAY, S_STAY_OF, S_SOUGHT, S_NIGHTS, S_DISCHARGE, S_SAME_DAY, S_UNTIL,
 S_N_UNTIL, S_DECISION, S_LINKED, S_DELAY, S_NO_SHOW, S_REMOVE, S_CANCEL, S_N_CANCEL, S_REWORK, S_CAP, S_OVERFLOW,
 S_ELSEWHERE, S_PULL, S_PATIENCE, S_N_PATIENCE, S_PLACE, S_COUNTED, S_QUEUED, S_SERVING, S_PROVIDER, S_DUE,
 S_DUE_DECISION, S_WATCHED, S_WAKES, S_N_WAKES, S_COUNTER, S_POSITION, N_STEP) = range(40)  # fmt: skip

# a resource
(R_KIND, R_UNLIMITED, R_ORDER, R_SKIP, R_MAXIMUM, R_SUSPEND, R_INTERRUPTION, R_KEPT_CLASS, R_SPECIAL, R_TRANCHES,
 R_SERVERS, R_N_SERVERS, R_FREE, R_NUMBER, R_IN_USE, R_CAUSE, R_SINCE, R_OVER, R_SEEKERS, R_EXPLAINED, R_QUEUE, R_USERS,
 R_N_USERS, R_TELLS, R_N_TELLS, R_ALWAYS, N_RESOURCE) = range(27)  # fmt: skip
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
(Q_RESOURCE, Q_DIRTY, Q_LENGTH, Q_HEAPS, Q_N_HEAPS, Q_KINDS, Q_FIRST, Q_LISTED, Q_BY_GROUP, Q_WAITING, Q_NOTED, Q_HEAD,
 Q_LACKS, Q_GROUPS, N_QUEUE) = range(15)  # fmt: skip

# terms of treatment elsewhere
(E_STEP, E_WEEKLY, E_YEARLY, E_THEN, E_COMPLICATION, E_START_QUEUE, E_WEEK, E_SENT_WEEK, E_YEAR, E_SENT_YEAR,
 N_TERMS) = range(11)  # fmt: skip

# events: the next in a heap of times, the others in lists by bucket of time
VISIT_OVER, JOINS, BOOKED_AGAIN, UNLINKED, GOES_HOME, STAY_TIME, TIRED = range(7)
EVENT_SECOND, EVENT_KIND, EVENT_UID = 32, 29, 32
"""An event's words: its second, kind and what from these bits on (the last from bit 0); its uid, and its serial."""

# changes of capacity, in the order in which they take effect
EXPIRE, CLOSE, APPEAR, KEPT_FREE, OPEN_SHIFT, NUMBER, NEW_WEEK, FLUSH = range(8)
CHANGE_SECOND, CHANGE_KIND, CHANGE_RESOURCE = 32, 29, 19
"""A change's key: seconds since the begin, kind, resource and what, from these bits on (the last from bit 0)."""
# a row
(ROW_PATIENT, ROW_STEP, ROW_VISIT, ROW_ATTEMPT, ROW_QUEUED, ROW_DUE, ROW_STARTED, ROW_FINISHED, ROW_OUTCOME, ROW_USED,
 ROW_OVERTIME, ROW_BLOCKED, N_ROW) = range(13)  # fmt: skip

# what is drawn, in the order of plan.odds; then come cancel_rebook, cancel_leaves (by cause) and patience (by rule)
(DURATION, DELAY, REWORK, ROUTE, ROUTE_CAPPED, NO_SHOWS, REBOOKS, CANCELS, ELSEWHERES, LEAD_TIME, COMPLICATION,
 FURTHER) = range(12)  # fmt: skip

# numbers of the plan
(W_BEGIN, W_END, W_WEEK0, W_STEPS, W_SPLITS, W_CAUSE_NAMES, W_RESOURCES, W_GROUPS, W_WEEKS, W_CAUSES,
 W_BY_COLUMN, W_SIDES, W_PAUSES, W_COUNTERS, W_LIMITED, W_SEEKERS, W_N_SEEKERS, W_NOTED, W_N_NOTED, W_WIDTH,
 N_PLAN) = range(21)  # fmt: skip

NOBODY_WAITING, CLOSING, NO_SHOW_CAUSE, BLOCKED_CAUSE, PULL_CAUSE, KEPT_CAUSE = range(6)
FITS, PULLED = -1, -2


class World(NamedTuple):
    """Everything one run of the kernel reads and writes."""

    g: np.ndarray
    """Globals."""
    plan: np.ndarray
    """begin, end, week0, steps, splits, names of causes, resources, groups, weeks, most causes of cancellation of a
    step, whether luck is read from columns, whether a patient may be at several steps at once,
    whether a visit may be paused, any staff is merely counted, or a queue has a maximum; where in `lists` the
    resources stand whose places are sought, and those whose idle units are explained; the width of a bucket of time
    (its seconds are this power of 2)."""
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
    """(key, extra), sorted."""
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
    """[patient, step] visits so far."""
    booked: np.ndarray
    """[step with bookings, patient]."""
    booked_row: np.ndarray
    returned: np.ndarray
    """[step with rework, patient]."""
    returned_row: np.ndarray
    key: np.ndarray
    """Patients' keys x GOLDEN."""
    profile: np.ndarray
    starts: np.ndarray
    """[what, step] word to hash with."""
    law_of: np.ndarray
    """[what, step, period, profile] -> law."""
    laws: np.ndarray
    numbers_of: np.ndarray
    cells: np.ndarray
    """The laws' numbers, and the cells of the smooth ones (see `flowsim.chance.inversion`)."""
    standing: np.ndarray
    """[row, patient] patience of those in the queue at start, -1 of others."""
    standing_of: np.ndarray
    """[rule, step, period] -> row of `standing`, -1 if none."""
    columns: np.ndarray
    """[column, patient]: luck made by hand."""
    column_of: np.ndarray
    """[what, step, number, period] -> column, -1 if not there."""
    visits: np.ndarray
    trips: np.ndarray
    events: np.ndarray
    """The heap: events of the bucket of now, and of all before it."""
    later: np.ndarray
    """Other events, each with the number of the next of its bucket."""
    buckets: np.ndarray
    """The first event of each bucket; -1: none."""
    tired: np.ndarray
    """The heap of those whose patience ends now."""
    agenda: np.ndarray
    fresh: np.ndarray
    dirty: np.ndarray
    order: np.ndarray
    """Queues of one pass."""
    late: np.ndarray
    unlink: np.ndarray
    rows: np.ndarray
    """[place, row]: the columns, and one spare."""
    written: np.ndarray
    """[column, 0] whether the plan needs it at all; [column, 1] its place."""
    place: np.ndarray
    """Rows in the order in which they are handed over."""
    first_row: np.ndarray
    """Where each patient's rows begin, while they are put in order."""
    offered: np.ndarray
    used: np.ndarray
    overtime: np.ndarray
    over: np.ndarray
    lost: np.ndarray
    """[resource, tranche, cause, week]."""


KEPT_AS = {
    "starts": "uint64", "key": "uint64", "cells": "float32", "numbers_of": "float64", "multi": "int8", "gone": "int8",
    "ended": "int8",
} | dict.fromkeys(
    ("group", "klass", "source", "arrives", "joined", "referral", "decision", "first", "remaining", "end",
     "elsewhere_at", "alive", "visited", "booked", "returned", "columns", "rows", "place", "first_row", "profile",
     "standing", "visits", "buckets"), "int32"
)  # fmt: skip
"""Tables not kept as 64-bit integers."""
DIMS: dict[str, tuple[int | None, ...]] = {
    "steps": (None, N_STEP), "needs": (None, 2), "mean": (None, None, None), "pull": (None, None),
    "splits": (None, None), "resources": (None, N_RESOURCE), "tranches": (None, None, N_TRANCHE),
    "servers": (None, N_SERVER), "queues": (None, N_QUEUE), "terms": (None, N_TERMS), "changes": (None, 2),
    "numbers": (None, None), "closing": (None, None), "visited": (None, None), "booked": (None, None),
    "returned": (None, None), "columns": (None, None), "starts": (None, None), "law_of": (None, None, None, None),
    "laws": (None, 4), "standing": (None, None), "standing_of": (None, None, None),
    "column_of": (None, None, None, None),
    "visits": (None, VISIT_WIDTH), "trips": (None, N_TRIP), "events": (None, 2), "later": (None, 3), "tired": (None, 6),
    "agenda": (None, 3), "fresh": (None, 2), "late": (None, 2), "unlink": (None, 2), "rows": (None, None),
    "written": (None, 2),
    "offered": (None, None, None), "used": (None, None, None), "overtime": (None, None, None),
    "over": (None, None, None), "lost": (None, None, None, None),
}  # fmt: skip
"""Widths of tables of more than one dimension, where they never change."""
WORDS = 5
"""Words of a block for each table: its address and up to four lengths."""


_AS = tuple((np.dtype(KEPT_AS.get(name, "int64")), len(DIMS.get(name, (None,)))) for name in World._fields)


def block(world: World) -> np.ndarray:
    """Addresses and lengths of a World's tables, as the kernel wants them."""
    words = []
    for name, table, (kind, dimensions) in zip(World._fields, world, _AS, strict=True):
        lengths = table.shape
        if table.dtype != kind or len(lengths) != dimensions or not table.flags.c_contiguous:
            raise TypeError(f"the table {name} is not as the kernel wants it: {table.dtype}, {lengths}")
        words.append((table.__array_interface__["data"][0], *lengths, 0, 0, 0, 0)[:WORDS])
    return np.array(words, np.int64)
