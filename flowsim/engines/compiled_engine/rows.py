"""Rows: what is still open when the horizon comes, and all contacts put in order."""

from __future__ import annotations

from flowsim.engines.compiled_engine.layout import (
    ATTEMPT,
    BLOCKED,
    BLOCKED_SINCE,
    CANCELLED,
    N_ROW,
    NEVER,
    NO_SHOW,
    OPEN,
    OUTCOME,
    OVERTIME,
    PAT,
    PROCESSED,
    ROW_ATTEMPT,
    ROW_PATIENT,
    ROW_QUEUED,
    ROW_STEP,
    ROW_VISIT,
    ROWS,
    S_COUNTER,
    STARTED,
    STEP,
    UID,
    USED,
    VISITS,
    W_END,
)
from flowsim.engines.compiled_engine.views import jitted
from flowsim.engines.compiled_engine.waiting import book_counted, write


@jitted
def still_open(w):
    """Rows of visits that wait, run, are blocked, or will be booked again."""
    end = w.plan[W_END]
    for v in range(w.g[VISITS]):
        visit = w.visits[v]
        if visit[UID] <= 0 or w.end[visit[PAT]] != NEVER:
            continue
        attempt, blocked = visit[ATTEMPT], 0
        if visit[OUTCOME] == NO_SHOW or visit[OUTCOME] == CANCELLED:
            visit[STARTED] = NEVER
            attempt += visit[PROCESSED]
            if visit[PROCESSED]:
                visit[USED], visit[OVERTIME] = 0, 0
        elif visit[BLOCKED_SINCE] != NEVER:
            blocked = end - visit[BLOCKED_SINCE]
        if w.steps[visit[STEP], S_COUNTER] >= 0 and visit[STARTED] != NEVER:
            visit[USED] = end - visit[STARTED] - blocked
        visit[BLOCKED] = blocked
        book_counted(w, visit, end, blocked)
        write(w, visit, NEVER, OPEN, attempt)


@jitted
def later(w, a, b):
    """Whether row a of a patient is handed over after row b: by queued, step, visit, attempt."""
    for k in (ROW_QUEUED, ROW_STEP, ROW_VISIT):
        if w.rows[k, a] != w.rows[k, b]:
            return w.rows[k, a] > w.rows[k, b]
    return w.written[ROW_ATTEMPT, 0] and w.rows[ROW_ATTEMPT, a] > w.rows[ROW_ATTEMPT, b]


@jitted
def in_order(w):
    """Contacts by patient, queued, step, visit, attempt: counted out to their patients, then column by column."""
    n, patients = w.g[ROWS], w.arrives.shape[0]
    for p in range(patients + 1):
        w.first_row[p] = 0
    for i in range(n):
        w.first_row[w.rows[ROW_PATIENT, i] + 1] += 1
    for p in range(patients):
        w.first_row[p + 1] += w.first_row[p]
    for i in range(n):
        p = w.rows[ROW_PATIENT, i]
        w.place[w.first_row[p]] = i
        w.first_row[p] += 1
    begin = 0
    for p in range(patients):
        end = w.first_row[p]
        for i in range(begin + 1, end):
            row, k = w.place[i], i
            while k > begin and later(w, w.place[k - 1], row):
                w.place[k] = w.place[k - 1]
                k -= 1
            w.place[k] = row
        begin = end
    spare = N_ROW
    for column in range(N_ROW):
        if w.written[column, 0]:
            for i in range(n):
                w.rows[spare, i] = w.rows[column, w.place[i]]
            w.written[column, 1] = spare
            spare = column
