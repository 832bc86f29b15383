"""Results made by hand: a few patients whose every measure can be counted on the fingers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from flowsim.tables import (
    DAY_S,
    ENDED,
    NEVER,
    OUTCOMES,
    SOURCES,
    ProviderInfo,
    ResourceInfo,
    Results,
    Rows,
    Setting,
    StepInfo,
    frames,
)

SETTING = Setting(
    scenario="today",
    title="By hand",
    start=date(2027, 1, 4),
    weeks=2,
    groups=("hip", "acute"),
    steps=(
        StepInfo("visit", "clinic", (("clinic", 1),)),
        StepInfo("surgery", "theatre", (("theatre", 1),)),
        StepInfo("surgery_stay", "ward", (("ward", 1),), stay_of="surgery"),
        StepInfo("private"),
    ),
    resources=(
        ResourceInfo("clinic", "slots"),
        ResourceInfo("theatre", "slots", ("regular", "evening"), (0.0, 100.0)),
        ResourceInfo("ward", "places"),
    ),
    causes=("nobody_waiting", "no_show", "missing:ward"),
    background=("acute",),
    providers=(ProviderInfo("private"),),
    spans=(("waiting_for_surgery", "decision", "surgery"),),
    guarantee=(("first_visit", "visit", 5.0), ("treatment", "surgery", 90.0)),
)
PATIENTS = (
    # group, source, arrived, referral, decision, end, ended, elsewhere (days)
    ("hip", "arrivals", 1, 1, 9.5, None, "inside", None),
    ("hip", "queue", 0, None, -100, 5.5, "treated", None),
    ("hip", "queue", 0, None, -20, 8, "left", None),
    ("hip", "arrivals", 2, 2, 4.5, 10, "elsewhere", 6.5),
    ("acute", "arrivals", 0.5, 0.5, None, 8.25, "other", None),
    ("hip", "beds", 0, None, None, 2.5, "treated", None),
)
CONTACTS = (
    # patient, step, attempt, provider, queued, started, finished, outcome
    (0, "visit", 0, "own", 1, 2, 2, "no_show"),
    (0, "visit", 1, "own", 1, 9, 9.5, "done"),
    (0, "surgery", 0, "own", 9.5, None, None, "open"),
    (1, "surgery", 0, "own", -100, 3, 3.125, "done"),
    (1, "surgery_stay", 0, "own", 3.125, 3.125, 5.5, "done"),
    (2, "surgery", 0, "own", -20, None, 8, "left"),
    (3, "visit", 0, "own", 2, 4, 4.5, "done"),
    (3, "surgery", 0, "own", 4.5, None, 6.5, "elsewhere"),
    (3, "private", 0, "private", 10, 10, 10, "done"),
    (4, "visit", 0, "own", 0.5, 8, 8.25, "done"),
    (5, "surgery_stay", 0, "own", 0, 0, 2.5, "done"),
)
CAPACITY = (
    # resource, tranche, week, planned, offered, used
    ("clinic", 0, 0, 10, 8, 2),
    ("clinic", 0, 1, 10, 10, 2),
    ("theatre", 0, 0, 5, 4, 1),
    ("theatre", 0, 1, 5, 6, 0),
    ("theatre", 1, 1, 2, 2, 0),
    ("ward", 0, 0, 14 * DAY_S, 14 * DAY_S, 5 * DAY_S),
    ("ward", 0, 1, 14 * DAY_S, 14 * DAY_S, 0),
)
LOSSES = (
    # resource, tranche, week, cause, lost
    ("clinic", 0, 0, "nobody_waiting", 5),
    ("clinic", 0, 0, "no_show", 1),
    ("clinic", 0, 1, "nobody_waiting", 8),
    ("theatre", 0, 0, "nobody_waiting", 3),
    ("theatre", 0, 1, "missing:ward", 6),
    ("theatre", 1, 1, "missing:ward", 2),
    ("ward", 0, 0, "nobody_waiting", 9 * DAY_S),
    ("ward", 0, 1, "nobody_waiting", 14 * DAY_S),
)


def results(
    patients: Any = PATIENTS,
    contacts: Any = CONTACTS,
    capacity: Any = CAPACITY,
    losses: Any = LOSSES,
    setting: Setting = SETTING,
    replication: int = 0,
) -> Results:
    """The tables of these rows."""
    rows = {"patients": _patients(patients, setting), "contacts": _contacts(contacts, setting)}
    return frames(rows | _amounts(capacity, losses, setting), setting, replication)


def later(setting: Setting, **other: Any) -> Setting:
    """The setting with something else in it."""
    return replace(setting, **other)


def seconds(days: Any) -> int:
    """Days as whole seconds; None is NEVER."""
    return NEVER if days is None else round(days * DAY_S)


def _patients(patients: Any, setting: Setting) -> dict[str, np.ndarray]:
    group, source, arrived, referral, decision, end, ended, elsewhere = _columns(patients, 8)
    return {
        "patient": np.arange(len(patients)),
        "group": _ints(setting.groups.index(g) for g in group),
        "source": _ints(SOURCES.index(s) for s in source),
        "class": np.ones(len(patients), dtype=np.int64),
        "arrived_s": _ints(map(seconds, arrived)),
        "referral_s": _ints(map(seconds, referral)),
        "decision_s": _ints(map(seconds, decision)),
        "end_s": _ints(map(seconds, end)),
        "ended": _ints(ENDED.index(e) for e in ended),
        "elsewhere_s": _ints(map(seconds, elsewhere)),
    }


def _contacts(contacts: Any, setting: Setting) -> dict[str, np.ndarray]:
    patient, step, attempt, provider, queued, started, finished, outcome = _columns(contacts, 8)
    steps, providers = [s.name for s in setting.steps], ["own", *(p.name for p in setting.providers)]
    nothing = np.zeros(len(contacts), dtype=np.int64)
    return {
        "patient": _ints(patient),
        "step": _ints(steps.index(s) for s in step),
        "visit": nothing,
        "attempt": _ints(attempt),
        "provider": _ints(providers.index(p) for p in provider),
        "queued_s": _ints(map(seconds, queued)),
        "due_s": nothing + NEVER,
        "started_s": _ints(map(seconds, started)),
        "finished_s": _ints(map(seconds, finished)),
        "outcome": _ints(OUTCOMES.index(o) for o in outcome),
        "used_s": nothing,
        "overtime_s": nothing,
        "blocked_s": nothing,
    }


def _amounts(capacity: Any, losses: Any, setting: Setting) -> Rows:
    names = [r.name for r in setting.resources]
    resource, tranche, week, planned, offered, used = _columns(capacity, 6)
    place = _ints(names.index(r) for r in resource)
    nothing = np.zeros(len(capacity), dtype=np.int64)
    made = {"resource": place, "tranche": _ints(tranche), "week": _ints(week), "planned": _ints(planned)}
    made |= {"offered": _ints(offered), "used": _ints(used), "overtime": nothing, "over": nothing}
    resource, tranche, week, cause, lost = _columns(losses, 5)
    gone = {"resource": _ints(names.index(r) for r in resource), "tranche": _ints(tranche), "week": _ints(week)}
    gone |= {"cause": _ints(setting.causes.index(c) for c in cause), "lost": _ints(lost)}
    return {"capacity": made, "losses": gone}


def _columns(rows: Any, width: int) -> list[list[Any]]:
    return [[row[k] for row in rows] for k in range(width)]


def _ints(values: Any) -> np.ndarray:
    return np.array(list(values), dtype=np.int64)
