"""BUK and TAK of each resource of a run: what was planned and offered, what of it was used, and what came back.

T = offered / planned (good and bad weeks, closures)      A = used / offered
B = done / booked, booked = done + no-shows + late cancellations + slots lost with somebody ready
U = value-adding / planned minutes of a visit             K = both readings of `buk`
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from flowsim.frames import pd
from flowsim.measures.buk import Period, tak
from flowsim.measures.capacity import losses, totals
from flowsim.measures.runs import Run, Source, collect, framed, resource_names, step_names
from flowsim.measures.spells import CANCELLED, DONE, NO_SHOW


class VisitMinutes(NamedTuple):
    """A visit's planned minutes, and of them value-adding."""

    planned: float
    value: float


def tak_by_resource(results: Source, returns: Mapping[str, Sequence[str]] | None = None) -> pd.DataFrame:
    """TAK over the horizon; `returns`: resource -> steps that are unplanned returns caused there (K = 1 without).

    Columns: scenario, replication, resource, unit, theoretical (planned units), t, a, k, tak, capacity (tak x
    theoretical: units that became good care), NaN where nothing was planned.
    """

    def measure(run: Run) -> pd.DataFrame:
        sums = totals(run)
        rows = []
        for k, name in enumerate(resource_names(run.setting)):
            done, _ = _visits(run, name)
            again = _count(run, (returns or {}).get(name, ()))
            planned, offered, used = (float(sums[column][k]) for column in ("planned", "offered", "used"))
            good = done if again and done else 1.0
            one = tak(offered, planned, used, offered, good, again if done else 0.0)
            factors = (one.t, one.a, one.k, one.tak, one.capacity(planned))
            rows.append([name, run.setting.resources[k].unit, planned, *factors])
        return _framed(run, rows, ["resource", "unit", "theoretical", "t", "a", "k", "tak", "capacity"])

    return collect(results, measure)


def buk_by_resource(
    results: Source, minutes: Mapping[str, VisitMinutes], returns: Mapping[str, Sequence[str]] | None = None
) -> pd.DataFrame:
    """BUK over the horizon of the resources in `minutes`, both readings of K.

    Columns: scenario, replication, resource, booked, done, returns, planned_hours, value_hours, b, u, k_definition,
    k_of_done, buk_definition, buk_of_done; NaN where nothing was booked.
    """

    def measure(run: Run) -> pd.DataFrame:
        rows = []
        for name in (name for name in resource_names(run.setting) if name in minutes):
            done, missed = _visits(run, name)
            one = _period(done, done + missed + _lost_with_somebody_ready(run, name), minutes[name])
            again = _count(run, (returns or {}).get(name, ()))
            period = Period(one.planned, one.done, one.planned_hours, one.value_hours, again)
            given, other = period.factors("definition"), period.factors("of_done")
            head = [name, period.planned, done, again, period.planned_hours, period.value_hours]
            rows.append([*head, given.b, given.u, given.k, other.k, given.buk, other.buk])
        return _framed(run, rows, _BUK)

    return collect(results, measure)


_BUK = ["resource", "booked", "done", "returns", "planned_hours", "value_hours", "b", "u", "k_definition", "k_of_done",
        "buk_definition", "buk_of_done"]  # fmt: skip


def _period(done: float, booked: float, visit: VisitMinutes) -> Period:
    return Period(booked, done, done * visit.planned / 60, done * visit.value / 60, 0.0)


def _visits(run: Run, resource: str) -> tuple[float, float]:
    """Visits led by a resource inside the horizon: done, and booked but missed (no-show, late cancellation)."""
    led = np.array([step.lead == resource for step in run.setting.steps] or [False])
    c = run.contacts
    mine = led[c["step"]] & (c["provider"] == 0)
    outcome = c["outcome"]
    done = mine & (outcome == DONE) & _inside(c["started_day"], run.end)
    missed = mine & ((outcome == NO_SHOW) | (outcome == CANCELLED)) & _inside(c["finished_day"], run.end)
    return float(done.sum()), float(missed.sum())


def _count(run: Run, steps: Sequence[str]) -> float:
    """Visits done at steps inside the horizon."""
    names = step_names(run.setting)
    codes = [names.index(step) for step in steps]
    c = run.contacts
    return float((np.isin(c["step"], codes) & (c["outcome"] == DONE) & _inside(c["started_day"], run.end)).sum())


def _lost_with_somebody_ready(run: Run, resource: str) -> float:
    """Slots lost for want of something else while somebody was ready."""
    if run.setting.resources[resource_names(run.setting).index(resource)].kind != "slots":
        return 0.0
    lost, _ = losses(run)
    causes = [k for k, cause in enumerate(run.setting.causes) if cause.startswith("missing:")]
    return float(lost[resource_names(run.setting).index(resource), causes].sum())


def _inside(day: np.ndarray, end: float) -> np.ndarray:
    return (np.nan_to_num(day, nan=math.inf) >= 0) & (np.nan_to_num(day, nan=math.inf) < end)


def _framed(run: Run, rows: list[list[object]], columns: list[str]) -> pd.DataFrame:
    return framed(run, {name: np.array([row[k] for row in rows]) for k, name in enumerate(columns)})
