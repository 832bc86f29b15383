"""Who paid into a care service's unit cost, through which keys: every öre back to its ledger account.

One row per service, activity, final centre, origin, account, way and behaviour; the rows of a service sum to its cost
to the öre. The way (`key_path`) names keys and the supporting centres between, for the ways that carry 95 % of what an
origin gives a final centre; the rest is `other paths`.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from flowsim.costs.ledger.forms import BEHAVIOURS, RESOURCE_KINDS
from flowsim.costs.ledger.spreading import spread
from flowsim.frames import pd

if TYPE_CHECKING:
    from flowsim.costs.ledger.allocation import Allocation
    from flowsim.costs.ledger.finals import Finals
    from flowsim.costs.ledger.run import Costing

NAMED = 0.95
"""Share of an origin's gift to a final centre whose ways are named."""
OWN, OTHER = "own cost", "other paths"
COLUMNS = [
    "service", "activity", "final_centre", "origin_cost_centre", "account", "key_path", "behaviour", "full_cost_sek",
]  # fmt: skip
_PARTS = 10**12
_MOST_STEPS = 5_000


def traced(found: Costing, services: Iterable[str]) -> pd.DataFrame:
    """The trace of some care services, or of what was idle. Columns: `COLUMNS`; SEK of the whole period."""
    finals = found.finals
    wanted = list(services)
    amounts = found.services.amounts[found.services.amounts["service"].isin(wanted)]
    where = _lines_by_pool(finals)
    ways: dict[tuple[int, int], list[tuple[str, int]]] = {}
    rows: list[list[object]] = []
    for service, centre, activity, kind, behaviour, ore in amounts[_POOL].itertuples(index=False):
        pool = (finals.finals.index(centre), RESOURCE_KINDS.index(kind), BEHAVIOURS.index(behaviour))
        lines = where.get(pool, np.zeros(0, dtype=int))
        weights = finals.ore[lines]
        if not len(lines) or not weights.sum():
            rows.append([service, activity, centre, "", "", "not traceable: its parts cancel", behaviour, ore / 100])
            continue
        for line, part in zip(lines.tolist(), spread(int(ore), weights).tolist(), strict=True):
            if part:
                head = [service, activity, centre, finals.centres[finals.origin[line]]]
                account = finals.accounts[finals.account[line]]
                for way, amount in _by_way(found.allocation, finals, line, part, ways):
                    rows.append([*head, account, way, behaviour, amount / 100])
    return pd.DataFrame(rows, columns=COLUMNS)


_POOL = ["service", "cost_centre", "activity", "resource_kind", "behaviour", "ore"]


def _lines_by_pool(finals: Finals) -> dict[tuple[int, int, int], np.ndarray]:
    """Lines of `Finals` by (final, kind of resource, behaviour)."""
    frame = pd.DataFrame({"f": finals.final, "k": finals.kind, "h": finals.behaviour})
    found = frame.groupby(["f", "k", "h"]).indices
    return {(int(f), int(k), int(h)): np.asarray(rows) for (f, k, h), rows in found.items()}


def _by_way(
    allocation: Allocation, finals: Finals, line: int, part: int, known: dict[tuple[int, int], list[tuple[str, int]]]
) -> list[tuple[str, int]]:
    """One line's öre over the ways from its origin to its final centre."""
    origin, final = int(finals.origin[line]), int(finals.final[line])
    if origin >= len(allocation.network.supporting):
        return [(OWN, part)]
    if (origin, final) not in known:
        known[origin, final] = ways_between(allocation, origin, final)
    ways = known[origin, final]
    parts = spread(part, np.array([weight for _, weight in ways], dtype=np.int64)).tolist()
    return [(way, amount) for (way, _), amount in zip(ways, parts, strict=True) if amount]


def ways_between(allocation: Allocation, origin: int, final: int) -> list[tuple[str, int]]:
    """The ways from a supporting to a final centre with their weights, largest first; together 95 %, then the rest.

    Best first: a way so far is extended in the order of what it can still carry.
    """
    s, t, m = allocation.to_supporting, allocation.to_final, allocation.composite
    whole = float(m[origin, final])
    if whole <= 0:
        return [(OTHER, 1)]
    heap: list[tuple[float, int, float, tuple[int, ...]]] = [(-whole, 0, 1.0, (origin,))]
    found: list[tuple[str, float]] = []
    carried, count = 0.0, 0
    while heap and carried < NAMED * whole and count < _MOST_STEPS:
        _, _, share, way = heapq.heappop(heap)
        if way[-1] < 0:
            found.append((_spelled(allocation, way[:-1]), share))
            carried += share
            continue
        here = way[-1]
        if t[here, final] > 0:
            count += 1
            heapq.heappush(heap, (-share * t[here, final], count, share * t[here, final], (*way, -1)))
        for after in np.flatnonzero(s[here]):
            reach = share * s[here, after] * m[after, final]
            if reach > 0:
                count += 1
                heapq.heappush(heap, (-reach, count, share * s[here, after], (*way, int(after))))
    ways = [(way, max(round(share / whole * _PARTS), 1)) for way, share in found]
    rest = _PARTS - sum(weight for _, weight in ways)
    return [*ways, (OTHER, rest)] if rest > _PARTS // 10**6 else ways


def _spelled(allocation: Allocation, way: Sequence[int]) -> str:
    """`fte > 1010 > m2`: the keys, and the supporting centres between them."""
    net = allocation.network
    parts = [net.key[way[0]]]
    for centre in way[1:]:
        parts += [net.supporting[centre], net.key[centre]]
    return " > ".join(parts)


def trace_summary(trace: pd.DataFrame, units: float) -> pd.DataFrame:
    """Who paid into one unit: by origin, way and behaviour.

    Columns: origin_cost_centre, key_path, behaviour, full_cost_sek_per_unit, full_cost_sek, share_percent (of the
    service's cost), largest_account.
    """
    by = ["origin_cost_centre", "key_path", "behaviour"]
    total = float(trace["full_cost_sek"].sum())
    accounts = trace.groupby([*by, "account"], sort=False)["full_cost_sek"].sum().rename("amount").reset_index()
    largest = accounts.loc[accounts.groupby(by, sort=False)["amount"].apply(lambda one: one.abs().idxmax())]
    frame = trace.groupby(by, sort=False)["full_cost_sek"].sum().round(2).reset_index()
    frame.insert(3, "full_cost_sek_per_unit", frame["full_cost_sek"] / units if units else float("nan"))
    frame["share_percent"] = 100 * frame["full_cost_sek"] / total if total else 0.0
    frame = frame.merge(
        largest.drop(columns="amount").rename(columns={"account": "largest_account"}), on=by, how="left"
    )
    return frame.sort_values("full_cost_sek", ascending=False, kind="stable").reset_index(drop=True)
