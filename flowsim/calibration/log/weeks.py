"""A log week by week: how many came, how many visits each resource gave, how many waited. What the fit report draws."""

from __future__ import annotations

from typing import Any

import numpy as np

from flowsim.calibration.log.flows import came, used_weeks
from flowsim.calibration.log.pathway import Pathway
from flowsim.calibration.log.visits import Visits
from flowsim.frames import pd

CAME, USED, WAITING = "came", "used", "waiting"
FEWEST_WAITING = 20
"""A queue that was never longer is no figure."""


def weekly(visits: Visits, path: Pathway) -> pd.DataFrame:
    """Columns kind (came, used, waiting), name (source, resource, step), monday, value, full.

    `waiting` is the queue at the week's end; `full`: somebody waited for the resource all week.
    """
    mondays = visits.window.mondays
    parts: list[tuple[str, str, np.ndarray, Any]] = []
    for name, mine in came(visits, path):
        parts.append((CAME, name, visits.window.counts(mine["queued"].to_numpy()), False))
    for name, one in path.data.get("resources", {}).items():
        if one.get("kind") == "slots":
            used, full = used_weeks(visits, path, name)
            parts.append((USED, name, used, full))
    for step in path.steps:
        if path.lead(step):
            parts.append((WAITING, step, _waiting(visits, step), False))
    frames = [
        pd.DataFrame({"kind": kind, "name": name, "monday": mondays, "value": value, "full": full})
        for kind, name, value, full in parts
        if value.any() and (kind != WAITING or value.max() >= FEWEST_WAITING)
    ]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["kind", "name", "monday", "value"])


def _waiting(visits: Visits, step: str) -> np.ndarray:
    """Who waits at each week's end."""
    rows = visits.last_of(step)
    over = rows["start"].fillna(rows["end"]).fillna(np.inf).to_numpy()
    ends = visits.window.begin + 7.0 * np.arange(1, visits.window.weeks + 1) - 1e-6
    joined = np.searchsorted(np.sort(rows["queued"].to_numpy()), ends, side="right")
    return np.asarray(joined - np.searchsorted(np.sort(over), ends, side="right"), dtype=float)
