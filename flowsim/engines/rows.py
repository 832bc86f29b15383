"""Rows: what both engines hand over, in the same columns, order and types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from flowsim.plan.model import Plan
from flowsim.tables import NEVER, WEEK_S, Rows

CONTACT_COLUMNS = (
    "patient", "step", "visit", "attempt", "provider", "queued_s", "due_s", "started_s", "finished_s", "outcome",
    "used_s", "overtime_s", "blocked_s",
)  # fmt: skip
INSIDE = 5
BLOCKED, NOBODY_WAITING = 3, 0
"""Indices of Setting.causes."""
Amounts = Sequence[np.ndarray]
"""Per resource [tranche, week]."""
Lost = Iterable[tuple[int, int, int, np.ndarray]]
"""(resource, tranche, cause, amounts by week)."""


def in_order(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Contact columns sorted by patient, queued, step, visit, attempt."""
    key = (columns["patient"].astype(np.int64) << 33) + columns["queued_s"]
    order = np.argsort(key, kind="stable")
    key = key[order]
    if (key[1:] == key[:-1]).any():
        names = ("attempt", "visit", "step", "queued_s", "patient")
        order = np.lexsort(tuple(columns[name] for name in names))
    return {name: values[order] for name, values in columns.items()}


def capacity_rows(planned: Amounts, offered: Amounts, used: Amounts, overtime: Amounts, over: Amounts) -> Rows:
    """The capacity table: one row per resource, tranche and week."""
    where = [np.indices(amounts.shape).reshape(2, -1) for amounts in offered]
    columns = {
        "resource": np.repeat(np.arange(len(where)), [part.shape[1] for part in where]),
        "tranche": np.concatenate([np.zeros(0, np.int64), *(tranche for tranche, _ in where)]),
        "week": np.concatenate([np.zeros(0, np.int64), *(week for _, week in where)]),
    }
    every = {"planned": planned, "offered": offered, "used": used, "overtime": overtime, "over": over}
    for name, by_resource in every.items():
        columns[name] = np.concatenate([np.zeros(0, np.int64), *(np.asarray(a).ravel() for a in by_resource)])
    return {"capacity": columns}


def losses_rows(lost: Lost) -> Rows:
    """The losses table: one row per resource, tranche, week and cause with anything lost."""
    names = ("resource", "tranche", "week", "cause", "lost")
    parts = [np.zeros((0, len(names)), np.int64)]
    for r, t, cause, by_week in lost:
        weeks = np.flatnonzero(by_week)
        part = np.empty((len(weeks), len(names)), np.int64)
        part[:, 0], part[:, 1], part[:, 2], part[:, 3], part[:, 4] = r, t, weeks, cause, np.asarray(by_week)[weeks]
        parts.append(part)
    table = np.concatenate(parts)
    table = table[np.lexsort(table[:, 3::-1].T)]
    return {"losses": {name: table[:, k].copy() for k, name in enumerate(names)}}


def counted(
    plan: Plan, resource: int, servers: int, contacts: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Always open staff, from the contact rows: server-seconds offered, used, blocked and idle, by week."""
    users = [k for k, step in enumerate(plan.steps) if step.lead == resource]
    mine = np.isin(contacts["step"], users) & (contacts["started_s"] != NEVER)
    start = contacts["started_s"][mine].astype(np.int64)
    finish = contacts["finished_s"][mine].astype(np.int64)
    finish[finish == NEVER] = plan.end
    weeks = -((plan.week0 - plan.end) // WEEK_S)
    edges = np.clip(plan.week0 + WEEK_S * np.arange(weeks + 1), 0, plan.end)
    used = within(start, finish - contacts["blocked_s"][mine], edges)
    taken = within(start, finish, edges)
    offered = taken if plan.resources[resource].unlimited else np.diff(edges) * servers
    return offered, used, taken - used, offered - taken


def within(start: np.ndarray, finish: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Seconds of all intervals [start, finish) that fall between successive edges."""

    def before(moments: np.ndarray) -> np.ndarray:
        """Sum of max(0, edge - moment) at each edge."""
        moments = np.sort(moments)
        total = np.concatenate([[0], np.cumsum(moments)])
        n = np.searchsorted(moments, edges)
        return np.asarray(n * edges - total[n])

    return np.asarray(np.diff(before(start) - before(finish)))
