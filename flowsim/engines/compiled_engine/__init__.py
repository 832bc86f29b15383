"""The compiled engine: the pathway as data, one table-driven kernel made fast by numba, the same rows as SimPy's."""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field

import numpy as np

from flowsim.engines.compiled_engine import layout as at
from flowsim.engines.compiled_engine import pack, unpack
from flowsim.engines.compiled_engine.kernel import simulate
from flowsim.errors import RunError
from flowsim.plan.model import Draws, Plan
from flowsim.tables import NEVER, WEEK_S, Rows


@dataclass
class Sizes:
    """How large the kernel's tables are made, and which columns of luck it may ask for; grows until a run fits."""

    visits: int = 2_000
    trips: int = 2_000
    events: int = 8_000
    rows: int = 10_000
    numbers: dict[int, int] = field(default_factory=dict)
    """step -> for how many visits (bookings) there are columns of luck."""


def run(plan: Plan, draws: Draws) -> Rows:
    """One replication; tables too small are made larger and the run, which is the same again, repeated."""
    sizes = _sizes(plan, draws.n)
    for _ in range(100):
        packed = pack.Packed(plan, draws)
        world = _world(packed, sizes)
        simulate(world, np.zeros(len(packed.queues) + 1, np.int64))
        if world.g[at.ERROR] == at.OK:
            return unpack.rows(packed, world)
        _grow(sizes, world)
    raise RunError("The compiled engine's tables never grew large enough; run with the engine simpy.")


_KNOWN: dict[int, Sizes] = {}
"""Sizes that did for a plan still in use, by its id: the next replication begins with them."""


def _sizes(plan: Plan, n: int) -> Sizes:
    """Sizes to begin with."""
    if id(plan) not in _KNOWN:
        _KNOWN[id(plan)] = Sizes(visits=n // 2 + 2_000, trips=n + 2_000, events=2 * n + 8_000, rows=6 * n + 8_000)
        weakref.finalize(plan, _KNOWN.pop, id(plan), None)
    return _KNOWN[id(plan)]


def _grow(sizes: Sizes, world: at.World) -> None:
    """Make room for what the run lacked."""
    error = world.g[at.ERROR]
    if error == at.NEEDS_COLUMN:
        sizes.numbers[int(world.g[at.NEED_STEP])] = 2 * int(world.g[at.NEED_NUMBER]) + 2
    else:
        attribute = {
            at.VISITS_FULL: "visits", at.TRIPS_FULL: "trips", at.EVENTS_FULL: "events", at.ROWS_FULL: "rows",
            at.AGENDA_FULL: "trips",
        }[int(error)]  # fmt: skip
        setattr(sizes, attribute, 2 * getattr(sizes, attribute))


def _columns(plan: Plan, draws: Draws, sizes: Sizes) -> tuple[np.ndarray, np.ndarray]:
    """Columns of luck in a row, and where each is."""
    names = pack.whats(plan)
    wanted = [
        (names.index(name), k, number, period)
        for k in range(len(plan.steps))
        for name in pack.asked(plan, k)
        for number in range(sizes.numbers.get(k, 1))
        for period in range(len(plan.periods))
    ]
    depth = 1 + max((w[2] for w in wanted), default=0)
    where = np.full((len(names), len(plan.steps), depth, len(plan.periods)), -1, np.int64)
    columns = np.zeros((max(1, len(wanted)), draws.n), np.int32)
    array = getattr(draws, "array", draws.values)
    for c, (what, k, number, period) in enumerate(wanted):
        where[what, k, number, period] = c
        columns[c] = array(names[what], k, number, period)
    return columns, where


def _free_list(table: np.ndarray, following: int) -> np.ndarray:
    """A table whose rows are all free, each knowing the next."""
    table[:, following] = np.arange(1, len(table) + 1)
    table[-1, following] = -1
    return table


def _world(packed: pack.Packed, sizes: Sizes) -> at.World:
    plan, draws = packed.plan, packed.draws
    n, weeks = draws.n, -((plan.week0 - plan.end) // WEEK_S)
    columns, where = _columns(plan, draws, sizes)
    g = np.zeros(at.N_GLOBALS, np.int64)
    g[at.NOW], g[at.TOUCHED] = plan.begin, 1
    limited = any(r.maximum_queue >= 0 for r in plan.resources)
    g[at.MAY_LEAVE] = limited or bool((packed.steps[:, at.S_WATCHED] == 1).any())
    causes, resources, groups = len(plan.setting.causes), len(plan.resources), len(plan.setting.groups)
    steps, amounts = len(plan.steps), (len(packed.resources), packed.tranches.shape[1], weeks)

    def ints(values: object) -> np.ndarray:
        return np.array(values, np.int64)

    return at.World(
        g=g,
        plan=ints([plan.begin, plan.end, plan.week0, steps, len(plan.splits), causes, resources, groups, weeks]),
        periods=ints(plan.periods), steps=packed.steps, needs=packed.needs, closing=packed.closing(),
        lists=ints(packed.lists.numbers), mean=ints([s.mean_s for s in plan.steps]), pull=pack.pulls(plan),
        splits=pack.splits(plan), resources=packed.resources, tranches=packed.tranches, servers=packed.servers,
        queues=packed.queues[: len(packed.leads)], heads=np.full(packed.heaps, -1, np.int64), rank_of=packed.rank_of,
        terms=packed.terms(), changes=packed.changes, numbers=packed.numbers, iso_year=ints(plan.iso_year or [0]),
        background=ints(plan.background or [0] * len(plan.setting.groups)), group=ints(draws.group),
        klass=ints(draws.klass), source=ints(draws.source), arrives=ints(draws.arrives), joined=ints(draws.joined),
        referral=ints(draws.referral), decision=ints(draws.decision), first=ints(draws.step),
        remaining=ints(draws.remaining), end=np.full(n, NEVER, np.int64), ended=np.full(n, -1, np.int64),
        elsewhere_at=np.full(n, NEVER, np.int64), multi=np.zeros(n, np.int8), gone=np.zeros(n, np.int8),
        alive=np.full(n, -1, np.int64), visited=np.zeros((len(plan.steps), n), np.int32),
        booked=np.zeros((max(1, packed.rows["booked"]), n), np.int32), booked_row=packed.booked_row,
        returned=np.zeros((max(1, packed.rows["returned"]), n), np.int32), returned_row=packed.returned_row,
        columns=columns, column_of=where,
        visits=_free_list(np.zeros((sizes.visits, at.N_VISIT), np.int64), at.NEXT),
        trips=_free_list(np.zeros((sizes.trips, at.N_TRIP), np.int64), at.T_LEFT),
        events=np.zeros((sizes.events, 5), np.int64), patience=np.zeros((sizes.events, 7), np.int64),
        agenda=np.zeros((sizes.trips, 3), np.int64), fresh=np.zeros((sizes.visits, 2), np.int64),
        dirty=np.zeros(len(packed.queues) + 1, np.int64), late=np.zeros((sizes.visits, 2), np.int64),
        unlink=np.zeros((sizes.visits, 2), np.int64), rows=np.zeros((sizes.rows, 13), np.int32),
        offered=np.zeros(amounts, np.int64), used=np.zeros(amounts, np.int64), overtime=np.zeros(amounts, np.int64),
        over=np.zeros(amounts, np.int64), lost=np.zeros((*amounts[:2], causes, weeks), np.int64),
    )  # fmt: skip
