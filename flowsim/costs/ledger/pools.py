"""Stages 4 and 5: final centres' cost by kind of resource and behaviour, then by activity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from flowsim.costs.ledger.finals import Finals
from flowsim.costs.ledger.forms import BEHAVIOURS, RESOURCE_KINDS
from flowsim.costs.ledger.inputs import Inputs
from flowsim.costs.ledger.reconciliation import Stage, closed
from flowsim.costs.ledger.spreading import spread
from flowsim.errors import Fault, InputError
from flowsim.frames import pd

POOL = ["cost_centre", "resource_kind", "behaviour"]


@dataclass(frozen=True)
class Pools:
    """Öre by final centre, kind of resource and behaviour, then by activity too."""

    resources: pd.DataFrame
    """cost_centre, resource_kind, behaviour, ore."""
    activities: pd.DataFrame
    """cost_centre, activity, resource_kind, behaviour, ore."""
    stages: tuple[Stage, Stage]


def pooled(inputs: Inputs, finals: Finals) -> Pools:
    """Stages 4 and 5. InputError where a centre's cost has no activity to go to."""
    frame = pd.DataFrame(
        {
            "cost_centre": np.array(finals.finals, dtype=object)[finals.final],
            "resource_kind": np.array(RESOURCE_KINDS, dtype=object)[finals.kind],
            "behaviour": np.array(BEHAVIOURS, dtype=object)[finals.behaviour],
            "ore": finals.ore,
        }
    )
    resources = frame.groupby(POOL, sort=True)["ore"].sum().reset_index()
    total, kept = int(finals.ore.sum()), int(resources["ore"].sum())
    fourth = closed(Stage("4", "final centres -> resources", total, kept), finals.cost(), _by_centre(resources))
    activities = _activities(inputs, resources)
    stage = Stage("5", "resources -> activities", kept, int(activities["ore"].sum()))
    return Pools(resources, activities, (fourth, closed(stage, _by_centre(resources), _by_centre(activities))))


def _by_centre(frame: pd.DataFrame) -> dict[str, int]:
    return {str(name): int(ore) for name, ore in frame.groupby("cost_centre")["ore"].sum().items()}


def _activities(inputs: Inputs, resources: pd.DataFrame) -> pd.DataFrame:
    shares: dict[tuple[str, str], list[tuple[str, Decimal]]] = {}
    for row in inputs["activities"].itertuples():
        shares.setdefault((row.cost_centre, row.resource_kind), []).append((row.activity, row.share_percent))
    homeless = []
    lines = []
    for centre, kind, behaviour, ore in resources.itertuples(index=False):
        found = shares.get((centre, kind)) or shares.get((centre, "all"))
        if not found:
            homeless.append((str(centre), str(kind), int(ore)))
            continue
        weights = np.array([int(share * 10**8) for _, share in found], dtype=np.int64)
        for (activity, _), part in zip(found, spread(int(ore), weights), strict=True):
            lines.append([centre, activity, kind, behaviour, int(part)])
    if homeless:
        raise InputError(list(_homeless(inputs, homeless)))
    return pd.DataFrame(lines, columns=["cost_centre", "activity", "resource_kind", "behaviour", "ore"])


def _homeless(inputs: Inputs, found: list[tuple[str, str, int]]) -> Iterable[Fault]:
    frame = pd.DataFrame(found, columns=["centre", "kind", "ore"])
    for (centre, kind), ore in frame.groupby(["centre", "kind"], sort=True)["ore"].sum().items():
        words = f"{ore / 100:,.2f} SEK has no activity: add a row for {kind}, or for all kinds (`all`, alla)."
        yield Fault(inputs.file("activities"), 0, f"cost centre {centre}, {kind}", "", words)
