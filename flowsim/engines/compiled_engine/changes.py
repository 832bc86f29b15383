"""Changes: one run's capacity as the kernel wants it, servers and what changes when, in the order of its effect."""

from __future__ import annotations

import numpy as np

from flowsim.engines.compiled_engine import layout as at
from flowsim.plan.model import FOREVER, Draws, Plan
from flowsim.tables import DAY_S, NEVER, WEEK_S

Keys = tuple[np.ndarray, np.ndarray]
"""Keys of changes (see `layout.CHANGE`), and what else there is to say of each."""


def servers(plan: Plan, draws: Draws, resources: np.ndarray) -> np.ndarray:
    """Every server of staff that is not merely counted; where each resource's begin is noted in `resources`."""
    tables = [np.zeros((0, at.N_SERVER), np.int64)]
    first = 0
    for r, spec in enumerate(plan.resources):
        row, shifts = resources[r], draws.shifts[r]
        row[at.R_SERVERS] = first
        if row[at.R_KIND] == at.SERVERS and len(shifts):
            table = np.zeros((int(shifts[:, 2].max()) + 1, at.N_SERVER), np.int64)
            table[:, at.V_VISIT] = -1
            table[shifts[:, 2], at.V_TRANCHE] = shifts[:, 3]
            table[:, at.V_OVERTIME] = np.array([t.overtime_s for t in spec.tranches])[table[:, at.V_TRANCHE]]
            tables.append(table)
            first += len(table)
        row[at.R_N_SERVERS] = first - row[at.R_SERVERS]
        if row[at.R_KIND] == at.COUNTER:
            row[at.R_FREE] = FOREVER if spec.unlimited else len(shifts)
    return np.concatenate(tables)


def numbers(draws: Draws, width: int) -> np.ndarray:
    """Places by tranche, the resources' rows in a row."""
    rows = [np.pad(p, ((0, 0), (0, width - p.shape[1]))) for p in draws.place_tranches if len(p)]
    return np.concatenate([np.zeros((0, width), np.int64), *rows]).astype(np.int64)


def changes(plan: Plan, draws: Draws, resources: np.ndarray) -> np.ndarray:
    """(key, extra), in the order in which they take effect; a key holds second, kind, resource and what."""
    parts: list[Keys] = []
    number = 0
    for r, row in enumerate(resources[: len(plan.resources)]):
        if row[at.R_KIND] == at.SLOTS:
            parts += _of_slots(plan, draws.slots[r], r)
        elif row[at.R_KIND] == at.SERVERS:
            opens, closes, server, _ = draws.shifts[r].T
            parts.append((_keys(plan, opens, at.OPEN_SHIFT, r, server), closes))
            ends = closes != FOREVER
            parts.append((_keys(plan, closes[ends], at.CLOSE, r, server[ends]), closes[ends]))
        elif row[at.R_KIND] == at.PLACES:
            which = number + np.arange(len(draws.places[r]))
            parts.append((_keys(plan, draws.places[r][:, 0], at.NUMBER, r, which), which))
            number += len(which)
    mondays = np.arange(plan.week0 + WEEK_S * ((plan.begin - plan.week0) // WEEK_S + 1), plan.end, WEEK_S)
    parts.append((_keys(plan, mondays, at.NEW_WEEK, 0, 0), mondays))
    if plan.begin < 0:
        parts.append((_keys(plan, np.zeros(1, np.int64), at.FLUSH, 0, 0), np.zeros(1, np.int64)))
    keys, extra = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(keys, kind="stable")  # the quickest for what is sorted part by part
    keys = keys[order]
    last = np.searchsorted(keys, (plan.end - plan.begin) << at.CHANGE_SECOND)
    out = np.empty((int(last), 2), np.int64)
    out[:, 0], out[:, 1] = keys[:last], extra[order[:last]]
    return out


def _keys(plan: Plan, second: np.ndarray, kind: int, r: int, what: np.ndarray | int) -> np.ndarray:
    """Whole numbers that sort as changes take effect; what lies before the run takes effect at its begin."""
    after = np.maximum(second, plan.begin) - plan.begin
    return (after << at.CHANGE_SECOND) | (kind << at.CHANGE_KIND) | (r << at.CHANGE_RESOURCE) | what


def _of_slots(plan: Plan, slots: np.ndarray, r: int) -> list[Keys]:
    """Slots appear and expire; one that is kept is anybody's at its last second."""
    appear, expire, tranche, kept = slots.T
    parts = [(_keys(plan, appear, at.APPEAR, r, tranche), kept)]
    ends = expire != FOREVER
    parts.append(_each(_keys(plan, expire[ends], at.EXPIRE, r, tranche[ends])))
    if kept.any():
        held = (kept == 1) & ends
        free = np.maximum(expire - 1, appear)[held]
        parts.append(_each(_keys(plan, free, at.KEPT_FREE, r, tranche[held])))
    return parts


def _each(keys: np.ndarray) -> Keys:
    """Neighbours that are the same, once."""
    new = np.ones(len(keys), bool)
    new[1:] = keys[1:] != keys[:-1]
    return keys[new], keys[new] * 0


def closing(plan: Plan, draws: Draws, resources: np.ndarray) -> np.ndarray:
    """[resource, day from the day of `begin`]: last closing of the windows that open that day."""
    first = plan.begin // DAY_S
    out = np.full((len(resources), plan.end // DAY_S - first + 2), NEVER, np.int64)
    for r, spec in enumerate(plan.resources):
        windows = draws.slots[r][:, :2] if len(draws.slots[r]) else draws.shifts[r][:, :2]
        inside = windows[(windows[:, 0] // DAY_S >= first) & (windows[:, 0] < plan.end)]
        np.maximum.at(out[r], inside[:, 0] // DAY_S - first, inside[:, 1])
        always = not len(windows) or bool((windows[:, 1] == FOREVER).any())
        resources[r, at.R_ALWAYS] = always or spec.kind == "places"
    return out
