"""The compiled engine: the pathway as data, one table-driven kernel made fast by numba, the same rows as SimPy's."""

from __future__ import annotations

from flowsim.engines.compiled_engine import layout as at
from flowsim.engines.compiled_engine import unpack
from flowsim.engines.compiled_engine.cache import loaded
from flowsim.engines.compiled_engine.pack import Packed, packed
from flowsim.engines.compiled_engine.world import classes, world
from flowsim.errors import RunError
from flowsim.plan.model import Draws, Plan
from flowsim.tables import Rows


def run(plan: Plan, draws: Draws) -> Rows:
    """One replication; tables too small are made larger and the run, which is the same again, repeated."""
    tables = packed(plan, draws, classes(draws))
    for _ in range(100):
        made = world(plan, draws, tables)
        block = at.block(made)
        loaded()(int(block.__array_interface__["data"][0]))
        if made.g[at.ERROR] == at.OK:
            return unpack.rows(plan, draws, made)
        _grow(tables, made)
    raise RunError("The compiled engine's tables never grew large enough; run with the engine simpy.")


def _grow(tables: Packed, made: at.World) -> None:
    """Make room for what the run lacked: the next replication begins with it too."""
    error, sizes = int(made.g[at.ERROR]), tables.sizes
    if error == at.NEEDS_COLUMN:
        sizes.numbers[int(made.g[at.NEED_STEP])] = 2 * int(made.g[at.NEED_NUMBER]) + 2
    else:
        attribute = {
            at.VISITS_FULL: "visits", at.TRIPS_FULL: "trips", at.EVENTS_FULL: "events", at.ROWS_FULL: "rows",
            at.AGENDA_FULL: "trips",
        }[error]  # fmt: skip
        setattr(sizes, attribute, 2 * getattr(sizes, attribute) + 0.5)
