"""What came of an experiment: named frames in the order of scenario and replication, rows if asked for, failures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from flowsim.errors import RunError
from flowsim.experiment.tasks import Done, Failure
from flowsim.plan.model import Plan
from flowsim.tables import TABLES, Results


@dataclass(frozen=True)
class Outcome:
    """What came of it: named frames in the order of scenario and replication, rows if asked for, what failed."""

    summaries: dict[str, pd.DataFrame]
    rows: Results | None = None
    failures: tuple[Failure, ...] = ()


def joined(parts: Sequence[Outcome]) -> Outcome:
    """Outcomes of further replications of the same plans as one, as if run at once."""
    names = {name: None for part in parts for name in part.summaries}
    summaries = {name: _in_order([p.summaries[name] for p in parts if name in p.summaries]) for name in names}
    kept = [part.rows for part in parts if part.rows is not None]
    return Outcome(summaries, _merged(kept), tuple(failure for part in parts for failure in part.failures))


def gathered(harvest: Sequence[Done], plans: Sequence[Plan]) -> Outcome:
    """One outcome of all replications, whatever the order they came in.

    Raises:
        RunError: no replication of a plan succeeded.
    """
    harvest = sorted(harvest, key=lambda one: (one.place, one.replication))
    failures = tuple(done.failure for done in harvest if done.failure is not None)
    good = [done for done in harvest if done.failure is None]
    for place, one in enumerate(plans):
        if harvest and not any(done.place == place for done in good):
            reason = next(f for f in failures if f.scenario == one.setting.scenario)
            raise RunError(f"Every replication failed; the first: {reason}\n{reason.trace}")
    names = {name: None for done in good for name in done.summaries}
    summaries = {name: _stacked([d.summaries[name] for d in good if name in d.summaries]) for name in names}
    return Outcome(summaries, _merged([done.rows for done in good if done.rows is not None]), failures)


def _merged(parts: Sequence[Results]) -> Results | None:
    if not parts:
        return None
    settings = {name: setting for part in parts for name, setting in part.settings.items()}
    made: dict[str, Any] = {table: _stacked([getattr(part, table) for part in parts]) for table in TABLES}
    return Results(**made, settings=settings)


def _stacked(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Frames under each other; the categories of a column are those of all of them, in order of appearance."""
    filled = [part for part in parts if len(part)] or list(parts[:1])
    if len(filled) == 1:
        return filled[0].reset_index(drop=True)
    shared = {}
    for column in filled[0].columns:
        if all(isinstance(part[column].dtype, pd.CategoricalDtype) for part in filled):
            known = {name: None for part in filled for name in part[column].cat.categories}
            shared[column] = pd.CategoricalDtype(list(known))
    return pd.concat([part.astype(shared) for part in filled], ignore_index=True)


def _in_order(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Frames of the same scenarios: scenario by scenario as first met, then by replication, else as they were."""
    frame = _stacked(parts)
    scenario, _ = pd.factorize(frame["scenario"])
    order = np.lexsort((frame["replication"].to_numpy(dtype=float), scenario))
    return frame.iloc[order].reset_index(drop=True)
