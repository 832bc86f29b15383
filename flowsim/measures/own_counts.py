"""BUK, TAK and backlog from a clinic's own counts: tables of a few columns, Swedish or English, read and worked out.

A table of BUK has one row per resource and period; two periods of a resource are set side by side under every reading
of K and of value-adding time, and the change is split over more planned, B and K.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from flowsim.frames import pd
from flowsim.measures.backlog import backlog
from flowsim.measures.buk import QUALITY_SAID, Period, gained, readings, tak
from flowsim.sheets.forms import Column, Form

BUK = Form(
    "buk",
    (
        Column("resource", also=("Resurs", "Mottagning")),
        Column("period", also=("Period",)),
        Column("planned", "number", also=("Planerade", "Planerade kontakter"), least=0),
        Column("done", "number", also=("Utförda", "Utförda kontakter"), least=0),
        Column("planned_hours", "number", also=("Planerade timmar",), least=0),
        Column("value_hours", "number", also=("Värdeskapande timmar",), least=0),
        Column("returns", "number", also=("Oplanerade återbesök",), least=0),
    ),
    key=("resource", "period"),
)
TAK = Form(
    "tak",
    (
        Column("resource", also=("Resurs", "Anläggning")),
        Column("run_time", "number", also=("Körtid",), least=0),
        Column("planned_time", "number", also=("Planerad tid",), least=0),
        Column("used_speed", "number", also=("Använd hastighet",), least=0),
        Column("wanted_speed", "number", also=("Önskad hastighet",), least=0),
        Column("produced", "number", also=("Producerat",), least=0),
        Column("scrap", "number", also=("Kassation och omarbetning",), least=0),
        Column("theoretical", "number", required=False, also=("Teoretisk kapacitet",), least=0),
    ),
    key=("resource",),
)
BACKLOG = Form(
    "backlog",
    (
        Column("name", also=("Namn",)),
        Column("missing", "number", required=False, also=("Uteblivna", "Uteblivna operationer"), least=0),
        Column("normal_per_day", "number", also=("Normalt per dag",), least=0.001),
        Column("queue", "number", required=False, also=("Kö",), least=0),
        Column("accepted_queue", "number", required=False, also=("Accepterad kö",), empty=0.0, least=0),
        Column("inflow_per_day", "number", required=False, also=("Inflöde per dag",), least=0),
        Column("pace_per_day", "number", required=False, also=("Takt per dag",), least=0),
    ),
    also=("Vårdskuld",),
    key=("name",),
)


def buk_of_counts(frame: pd.DataFrame) -> pd.DataFrame:
    """Every period's factors under both readings of K.

    Columns: resource, period, quality (the reading of K), quality_said, b, u, k, buk, good_contacts, and what one
    percentage point of B, U and K gives at most: point_b, point_u, point_k (contacts).
    """
    rows = []
    for row in frame.itertuples():
        period = _period(row)
        for quality in QUALITY_SAID:
            found, good = period.factors(quality), period.good_contacts(quality)
            points = found.one_point_gives(good)
            factors = (found.b, found.u, found.k, found.buk, good, points["b"], points["u"], points["k"])
            rows.append([row.resource, row.period, quality, QUALITY_SAID[quality], *factors])
    heads = ["resource", "period", "quality", "quality_said", "b", "u", "k", "buk", "good_contacts"]
    return pd.DataFrame(rows, columns=[*heads, "point_b", "point_u", "point_k"])


def buk_changes(frame: pd.DataFrame) -> pd.DataFrame:
    """Each period beside the one before, under every reading: resource, before, after, and columns of `readings`."""
    found = [
        readings(_period(old), _period(new)).assign(resource=old.resource, before=old.period, after=new.period)
        for old, new in _pairs(frame)
    ]
    if not found:
        return pd.DataFrame()
    joined = pd.concat(found, ignore_index=True)
    first = ["resource", "before", "after"]
    return joined[[*first, *(column for column in joined.columns if column not in first)]]


def buk_split(frame: pd.DataFrame) -> pd.DataFrame:
    """What more planned, B and K gave, by Shapley: resource, before, after, of (good contacts, done), planned, b, k."""
    rows = []
    for old, new in _pairs(frame):
        for of, parts in gained(_period(old), _period(new)).items():
            rows.append({"resource": old.resource, "before": old.period, "after": new.period, "of": of, **parts})
    return pd.DataFrame(rows)


def tak_of_counts(frame: pd.DataFrame) -> pd.DataFrame:
    """TAK of plants: resource, theoretical, t, a, k, tak, capacity (tak x theoretical; NaN where it is not given)."""
    rows = []
    for row in frame.itertuples():
        one = tak(row.run_time, row.planned_time, row.used_speed, row.wanted_speed, row.produced, row.scrap)
        rows.append([row.resource, row.theoretical, one.t, one.a, one.k, one.tak, one.capacity(row.theoretical)])
    return pd.DataFrame(rows, columns=["resource", "theoretical", "t", "a", "k", "tak", "capacity"])


def backlog_of_counts(frame: pd.DataFrame) -> pd.DataFrame:
    """Backlogs in working days: name, missing, missing_days, queue_days, catching_up_days (NaN: never, or unknown)."""
    rows = []
    for row in frame.itertuples():
        found = backlog(
            row.missing,
            row.normal_per_day,
            queue=row.queue,
            accepted_queue=row.accepted_queue,
            inflow_per_day=row.inflow_per_day,
            pace_per_day=row.pace_per_day,
        )
        rows.append([row.name, row.missing, found.missing_days, found.queue_days, found.catching_up_days])
    frame = pd.DataFrame(rows, columns=["name", "missing", "missing_days", "queue_days", "catching_up_days"])
    return frame.replace(np.inf, np.nan)


def _pairs(frame: pd.DataFrame) -> list[tuple[Any, Any]]:
    """Rows of the same resource, each with the next."""
    by_resource: dict[str, list[Any]] = {}
    for row in frame.itertuples():
        by_resource.setdefault(row.resource, []).append(row)
    return [pair for rows in by_resource.values() for pair in pairwise(rows)]


def _period(row: Any) -> Period:
    return Period(row.planned, row.done, row.planned_hours, row.value_hours, row.returns)
