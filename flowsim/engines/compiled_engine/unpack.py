"""Unpacking: the kernel's tables as the rows that every engine hands over."""

from __future__ import annotations

import numpy as np

from flowsim.engines import rows as made
from flowsim.engines.compiled_engine import layout as at
from flowsim.engines.compiled_engine.pack import Packed
from flowsim.plan.model import Draws, Plan
from flowsim.tables import NEVER, Rows


def rows(packed: Packed, world: at.World) -> Rows:
    """The four tables of a run that has come to its horizon."""
    plan, g = packed.plan, world.g
    table = np.concatenate([world.rows[: g[at.ROWS]], _open_rows(plan, world)])
    contacts = made.in_order({name: np.ascontiguousarray(table[:, k]) for k, name in enumerate(made.CONTACT_COLUMNS)})
    for r, row in enumerate(packed.resources[: len(plan.resources)]):
        if row[at.R_KIND] == at.COUNTER:
            offered, used, blocked, idle = made.counted(plan, r, len(packed.draws.shifts[r]), contacts)
            world.offered[r, 0], world.used[r, 0] = offered, used
            world.lost[r, 0, made.BLOCKED], world.lost[r, 0, made.NOBODY_WAITING] = blocked, idle
    parts = [len(r.tranches) for r in plan.resources]
    amounts = [[a[r, :p] for r, p in enumerate(parts)] for a in (world.offered, world.used, world.overtime, world.over)]
    lost = ((r, t, c, world.lost[r, t, c]) for r, t, c in zip(*np.nonzero(world.lost.any(axis=3)), strict=True))
    tables = made.capacity_rows([np.asarray(p) for p in packed.draws.planned], *amounts)
    named = ((int(r), int(t), int(c), by_week) for r, t, c, by_week in lost)
    return {"patients": _patients(packed.draws, world), "contacts": contacts} | tables | made.losses_rows(named)


def _open_rows(plan: Plan, world: at.World) -> np.ndarray:
    """Rows of visits that wait, run, are blocked, or will be booked again."""
    found = []
    for v in world.visits[world.visits[:, at.UID] > 0]:
        if world.end[v[at.PAT]] != NEVER:
            continue
        due = NEVER
        if (days := world.steps[v[at.STEP], at.S_DUE]) >= 0:
            clock = (world.decision if world.steps[v[at.STEP], at.S_DUE_DECISION] == 1 else world.referral)[v[at.PAT]]
            due = NEVER if clock == NEVER else clock + days
        started, attempt, used, overtime, blocked = v[at.STARTED], v[at.ATTEMPT], v[at.USED], v[at.OVERTIME], 0
        if v[at.OUTCOME] in (at.NO_SHOW, at.CANCELLED):
            started, attempt = NEVER, attempt + v[at.PROCESSED]
            used, overtime = (0, 0) if v[at.PROCESSED] else (used, overtime)
        elif v[at.BLOCKED_SINCE] != NEVER:
            blocked = plan.end - v[at.BLOCKED_SINCE]
        if world.steps[v[at.STEP], at.S_COUNTER] >= 0 and started != NEVER:
            used = plan.end - started - blocked
        provider = world.steps[v[at.STEP], at.S_PROVIDER]
        which = (v[at.PAT], v[at.STEP], v[at.NUM], attempt, provider, v[at.QUEUED], due)
        found.append((*which, started, NEVER, at.OPEN, used, overtime, blocked))
    return np.array(found, np.int32).reshape(-1, 13)


def _patients(draws: Draws, world: at.World) -> dict[str, np.ndarray]:
    """One row per patient."""
    columns = {
        "patient": np.arange(draws.n), "group": world.group, "source": world.source, "class": world.klass,
        "arrived_s": world.arrives, "referral_s": world.referral, "decision_s": world.decision, "end_s": world.end,
        "ended": np.where(world.ended < 0, made.INSIDE, world.ended), "elsewhere_s": world.elsewhere_at,
    }  # fmt: skip
    return {name: np.asarray(values, np.int32) for name, values in columns.items()}
