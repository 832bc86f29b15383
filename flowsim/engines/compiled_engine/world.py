"""The world of one run: a plan's tables and one replication's luck, side by side as the kernel wants them."""

from __future__ import annotations

import numpy as np

from flowsim.chance import streams
from flowsim.engines.compiled_engine import layout as at
from flowsim.engines.compiled_engine import pack
from flowsim.engines.compiled_engine.changes import changes, closing, numbers, servers
from flowsim.plan.draws import LuckOf
from flowsim.plan.model import Draws, Plan
from flowsim.tables import NEVER, WEEK_S

Tables = dict[str, np.ndarray]
SPARE = 2_000
"""Rows of a table beside those for each patient."""


def classes(draws: Draws) -> tuple[int, ...]:
    """Classes that patients may have."""
    return tuple(draws.odds.classes.tolist()) if isinstance(draws, LuckOf) else tuple(sorted(set(draws.klass)))


def world(plan: Plan, draws: Draws, tables: pack.Packed) -> at.World:
    """All tables of one run, before its first second."""
    resources = tables.resources.copy()
    return at.World(
        periods=_ints(plan.periods), needs=tables.needs, lists=tables.numbers, mean=tables.mean, pull=tables.pull,
        splits=tables.splits, rank_of=tables.rank_of, iso_year=_ints(plan.iso_year or [0]),
        background=_ints(plan.background or [0] * len(plan.setting.groups)), booked_row=tables.booked_row,
        written=tables.written.copy(),
        returned_row=tables.returned_row, steps=tables.steps.copy(), tranches=tables.tranches.copy(),
        terms=tables.terms.copy(), queues=tables.queues[: len(tables.leads)].copy(),
        heads=np.full(tables.heaps, -1, np.int64), servers=servers(plan, draws, resources),
        closing=closing(plan, draws, resources) if tables.linked else np.zeros((1, 1), np.int64),
        changes=changes(plan, draws, resources), numbers=numbers(draws, tables.tranches.shape[1]), resources=resources,
        **_patients(plan, draws, tables), **_luck(plan, draws, tables), **_room(plan, draws.n, tables),
        **_amounts(plan, draws, tables),
    )  # fmt: skip


def _ints(values: object) -> np.ndarray:
    return np.array(values, np.int64)


def _patients(plan: Plan, draws: Draws, tables: pack.Packed) -> Tables:
    """Who comes, and what becomes of them."""
    came = draws.patients if isinstance(draws, LuckOf) else draws
    names = ("group", "klass", "source", "arrives", "joined", "referral", "decision", "remaining")
    columns = {name: np.ascontiguousarray(getattr(came, name), np.int32) for name in names}
    columns["decision"] = columns["decision"].copy()
    n = draws.n
    return columns | {
        "first": np.ascontiguousarray(came.step, np.int32), "end": np.full(n, NEVER, np.int32),
        "ended": np.full(n, -1, np.int8), "elsewhere_at": np.full(n, NEVER, np.int32), "multi": np.zeros(n, np.int8),
        "gone": np.zeros(n, np.int8), "alive": np.full(n, -1, np.int32),
        "visited": np.zeros((n, len(plan.steps)), np.int32),
        "booked": np.zeros((tables.rows["booked"], n), np.int32),
        "returned": np.zeros((tables.rows["returned"], n), np.int32),
    }  # fmt: skip


def _luck(plan: Plan, draws: Draws, tables: pack.Packed) -> Tables:
    """The tables that luck is looked up in; or, where it was made by hand, its columns."""
    if not isinstance(draws, LuckOf):
        return _columns(plan, draws, tables.sizes)
    odds = draws.odds
    standing, where = _standing(plan, draws)
    return {
        "key": draws.key * np.uint64(streams.GOLDEN), "profile": draws.profile.astype(np.int32),
        "starts": odds.starts(*draws.run),
        "law_of": odds.law_of, "laws": odds.inversions.laws, "cells": odds.inversions.cells,
        "numbers_of": odds.inversions.numbers, "standing": standing,
        "standing_of": where, "columns": np.zeros((0, 0), np.int32), "column_of": np.zeros((0, 0, 0, 0), np.int64),
    }  # fmt: skip


def _standing(plan: Plan, draws: LuckOf) -> tuple[np.ndarray, np.ndarray]:
    """Patience of those in the queue at start, and in which row it is, by rule, step and period."""
    rules = max((len(s.patience_from_decision) for s in plan.steps), default=0)
    where = np.full((rules, len(plan.steps), len(plan.periods)), -1, np.int64)
    rows: list[tuple[np.ndarray, np.ndarray]] = []
    for k, step in enumerate(plan.steps):
        for rule in range(len(step.patience_from_decision)):
            for period in range(len(plan.periods)):
                who, seconds = draws.standing(rule, k, period)
                if len(who):
                    where[rule, k, period] = len(rows)
                    rows.append((who, seconds))
    table = np.full((len(rows), max((int(who[-1]) + 1 for who, _ in rows), default=0)), -1, np.int32)
    for row, (who, seconds) in enumerate(rows):
        table[row, who] = seconds
    return table, where


def _columns(plan: Plan, draws: Draws, sizes: pack.Sizes) -> Tables:
    """Columns of luck in a row, and where each is."""
    names = pack.whats(plan)
    wanted = [
        (what, k, number, period)
        for k in range(len(plan.steps))
        for what, name in enumerate(names)
        if name in pack.asked(plan, k)
        for number in range(sizes.numbers.get(k, 1))
        for period in range(len(plan.periods))
    ]
    depth = 1 + max((w[2] for w in wanted), default=0)
    where = np.full((len(names), len(plan.steps), depth, len(plan.periods)), -1, np.int64)
    columns = np.zeros((len(wanted), draws.n), np.int32)
    for c, (what, k, number, period) in enumerate(wanted):
        where[what, k, number, period] = c
        columns[c] = draws.values(names[what], k, number, period)
    return {
        "key": np.zeros(0, np.uint64), "profile": np.zeros(0, np.int32), "starts": np.zeros((0, 0), np.uint64),
        "law_of": np.zeros((0, 0, 0, 0), np.int64), "laws": np.zeros((0, 4), np.int64),
        "cells": np.zeros(0, np.float32), "numbers_of": np.zeros(0),
        "standing": np.zeros((0, 0), np.int32), "standing_of": np.zeros((0, 0, 0), np.int64), "columns": columns,
        "column_of": where,
    }  # fmt: skip


def _width(plan: Plan, n: int) -> int:
    """Width of a bucket of time, as a power of 2: such that there are a few for each patient."""
    return ((plan.end - plan.begin) // (4 * n + SPARE)).bit_length()


def _room(plan: Plan, n: int, tables: pack.Packed) -> Tables:
    """Room for what lives and what is written; memory that is never touched costs nothing."""
    sizes = tables.sizes
    visits, trips = int(sizes.visits * n) + SPARE, int(sizes.trips * n) + SPARE
    events, rows = int(sizes.events * n) + 4 * SPARE, int(sizes.rows * n) + 4 * SPARE
    queues, buckets = len(tables.queues) + 1, ((plan.end - plan.begin) >> _width(plan, n)) + 1
    return {
        "visits": np.empty((visits, at.VISIT_WIDTH), np.int32), "trips": np.empty((trips, at.N_TRIP), np.int64),
        "events": np.empty((events, 2), np.int64), "later": np.empty((events, 3), np.int64),
        "tired": np.empty((events, 6), np.int64), "buckets": np.full(buckets, -1, np.int32),
        "agenda": np.empty((trips, 3), np.int64), "fresh": np.empty((visits, 2), np.int64),
        "late": np.empty((visits, 2), np.int64), "unlink": np.empty((visits, 2), np.int64),
        "dirty": np.zeros(queues, np.int64), "order": np.zeros(queues, np.int64),
        "rows": np.empty((at.N_ROW + 1, rows), np.int32), "place": np.empty(rows, np.int32),
        "first_row": np.empty(n + 1, np.int32),
    }  # fmt: skip


def _amounts(plan: Plan, draws: Draws, tables: pack.Packed) -> Tables:
    """What is booked by week, and the numbers of the plan."""
    weeks, causes = -((plan.week0 - plan.end) // WEEK_S), len(plan.setting.causes)
    shape = (len(tables.resources), tables.tranches.shape[1], weeks)
    g = np.zeros(at.N_GLOBALS, np.int64)
    g[at.NOW], g[at.TOUCHED], g[at.FREE_VISIT], g[at.FREE_TRIP] = plan.begin, 1, -1, -1
    g[at.BUCKET], g[at.FREE_LATER] = -1, -1
    limited = any(r.maximum_queue >= 0 for r in plan.resources)
    pauses = any(r.suspend or r.interruption != "none" for r in plan.resources)
    sides = bool(plan.splits) or any(s.until for s in plan.steps)
    most = max((len(s.cancellations) for s in plan.steps), default=0)
    numbers = [plan.begin, plan.end, plan.week0, len(plan.steps), len(plan.splits), causes, len(plan.resources),
               len(plan.setting.groups), weeks, most, not isinstance(draws, LuckOf), sides, pauses,
               any(tables.counters), limited, *tables.seekers, *tables.noted, _width(plan, draws.n)]  # fmt: skip
    return {
        "g": g, "plan": _ints(numbers), "offered": np.zeros(shape, np.int64), "used": np.zeros(shape, np.int64),
        "overtime": np.zeros(shape, np.int64), "over": np.zeros(shape, np.int64),
        "lost": np.zeros((*shape[:2], causes, weeks), np.int64),
    }  # fmt: skip
