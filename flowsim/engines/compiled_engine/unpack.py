"""Unpacking: the kernel's tables as the rows that every engine hands over."""

from __future__ import annotations

import numpy as np

from flowsim.engines import rows as made
from flowsim.engines.compiled_engine import layout as at
from flowsim.plan.model import Draws, Plan
from flowsim.tables import NEVER, WEEK_S, Rows

CONTACTS = ("patient", "step", "visit", "attempt", "queued_s", "due_s", "started_s", "finished_s", "outcome", "used_s",
            "overtime_s", "blocked_s")  # fmt: skip
"""Columns of the kernel's rows, in its order."""


def rows(plan: Plan, draws: Draws, world: at.World) -> Rows:
    """The four tables of a run that has come to its horizon."""
    n = int(world.g[at.ROWS])
    columns = {
        name: world.rows[place, :n] if needed else np.full(n, NEVER if name == "due_s" else 0, np.int32)
        for name, (needed, place) in zip(CONTACTS, world.written, strict=True)
    }
    columns["provider"] = np.zeros(n, np.int32)
    if plan.elsewhere:
        columns["provider"] = world.steps[:, at.S_PROVIDER].astype(np.int32)[columns["step"]]
    for r, row in enumerate(world.resources[: len(plan.resources)]):
        if row[at.R_KIND] == at.COUNTER:
            _count(plan, r, len(draws.shifts[r]), world)
    parts = [len(r.tranches) for r in plan.resources]
    amounts = [[a[r, :p] for r, p in enumerate(parts)] for a in (world.offered, world.used, world.overtime, world.over)]
    lost = ((r, t, c, world.lost[r, t, c]) for r, t, c in zip(*np.nonzero(world.lost.any(axis=3)), strict=True))
    named = ((int(r), int(t), int(c), by_week) for r, t, c, by_week in lost)
    tables = made.capacity_rows([np.asarray(p) for p in draws.planned], *amounts) | made.losses_rows(named)
    contacts = {name: columns[name] for name in made.CONTACT_COLUMNS}
    return {"patients": _patients(world), "contacts": contacts} | tables


def _count(plan: Plan, r: int, servers: int, world: at.World) -> None:
    """What staff that is merely counted offered, and how long nobody waited for it."""
    weeks = -((plan.week0 - plan.end) // WEEK_S)
    edges = np.clip(plan.week0 + WEEK_S * np.arange(weeks + 1), 0, plan.end)
    taken = world.used[r, 0] + world.lost[r, 0, made.BLOCKED]
    offered = taken if plan.resources[r].unlimited else np.diff(edges) * servers
    world.offered[r, 0], world.lost[r, 0, made.NOBODY_WAITING] = offered, offered - taken


def _patients(world: at.World) -> dict[str, np.ndarray]:
    """One row per patient."""
    ended = world.ended.astype(np.int32)
    return {
        "patient": np.arange(len(ended), dtype=np.int32), "group": world.group, "source": world.source,
        "class": world.klass, "arrived_s": world.arrives, "referral_s": world.referral, "decision_s": world.decision,
        "end_s": world.end, "ended": np.where(ended < 0, np.int32(made.INSIDE), ended),
        "elsewhere_s": world.elsewhere_at,
    }  # fmt: skip
