"""Small random models keep every invariant; half have calendars, two resources at once, a hold and a maximum queue."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import invariants
import numpy as np
import pytest
import queue_rules
from hypothesis import HealthCheck, Phase, given, note, settings
from models import models, write

from flowsim import engines, plan, scenario
from flowsim.tables import ENDED, NEVER, OUTCOMES, WEEK_S, Rows

CHECKS = (*invariants.CHECKS, *queue_rules.CHECKS)
EXAMPLES = int(os.environ.get("FLOWSIM_EXAMPLES", "120"))
"""Random models a test; `make test-all` runs 2,000."""
QUIET = {"deadline": None, "derandomize": True, "database": None, "suppress_health_check": list(HealthCheck)}
SEEN = {*OUTCOMES[:3], "left", "open", *(f"ended {e}" for e in ENDED if e not in ("died", "elsewhere"))} | {
    "nobody_waiting", "closing", "missing", "blocked", "overtime", "over", "tranche", "again", "split", "periods",
}  # fmt: skip
"""What must happen in some of the models, or the test would show less than it says."""


def run(model: dict[str, Any], seed: int, engine: str = "simpy") -> tuple[plan.Plan, plan.Draws, Rows]:
    """One replication of a model, through the public door."""
    with TemporaryDirectory() as folder:
        made = plan.build(scenario.load(write(model, Path(folder))))
    draws = plan.draw(made, seed, 0)
    return made, draws, engines.run(made, draws, engine)


def keeps_all(model: dict[str, Any]) -> set[str]:
    """Runs a model twice and checks everything; what happened in it."""
    note(str(model))
    made, draws, rows = run(model, seed=1)
    for check in CHECKS:
        check(made, draws, rows)
    _, _, again = run(model, seed=1)
    for name, columns in rows.items():
        for column, values in columns.items():
            assert np.array_equal(values, again[name][column]), f"{name}.{column} differs from run to run"
    return happened(made, rows)


def happened(made: plan.Plan, rows: Rows) -> set[str]:
    """Outcomes, ends, causes of loss and the rarer features that occurred."""
    contacts, capacity = rows["contacts"], rows["capacity"]
    seen = {OUTCOMES[k] for k in contacts["outcome"]} | {f"ended {ENDED[k]}" for k in rows["patients"]["ended"]}
    seen |= {made.setting.causes[k].split(":")[0] for k in rows["losses"]["cause"]}
    marks = {
        "blocked": contacts["blocked_s"].any(),
        "overtime": capacity["overtime"].any(),
        "over": capacity["over"].any(),
        "tranche": capacity["used"][capacity["tranche"] > 0].any(),
        "again": contacts["visit"].any(),
        "split": made.splits,
        "periods": len(made.periods) > 1,
    }
    return seen | {name for name, there in marks.items() if there}


def check_models(examples: int, full: bool) -> None:
    """So many random models keep all invariants, and between them show what they must."""
    seen: set[str] = set()

    @settings(max_examples=examples, **QUIET)
    @given(model=models(full=full))
    def each(model: dict[str, Any]) -> None:
        seen.update(keeps_all(model))

    each()
    assert seen >= SEEN, f"never happened: {SEEN - seen}"


@pytest.mark.parametrize("full", [True, False])
def test_models_keep_the_invariants(full: bool) -> None:
    check_models(EXAMPLES, full)


@pytest.mark.slow
@pytest.mark.parametrize("full", [True, False])
def test_many_models_keep_the_invariants(full: bool) -> None:
    check_models(max(EXAMPLES, 2000), full)


@settings(max_examples=30, phases=[Phase.generate], **QUIET)
@given(model=models(full=True))
def test_full_models_have_what_they_promise(model: dict[str, Any]) -> None:
    resources, steps = model["resources"].values(), model["pathway"].values()
    assert any("hours" in r for r in resources)
    assert any(len(s.get("needs", ())) > 1 or 2 in dict(s.get("needs", {})).values() for s in steps)
    assert any("stay" in s for s in steps)
    assert any("maximum_queue" in r for r in resources)


SMALL: dict[str, Any] = {
    "scenario": "small",
    "title": "A model in which every check has something to look at",
    "horizon": {"start": "2027-01-04", "weeks": 1},
    "groups": {"hip": {"share": 1}},
    "arrivals": {"clinic": {"step": "first", "timetable": {"mon": [{"time": "09:00", "groups": {"hip": 9}}]}}},
    "resources": {
        "film": {"kind": "slots", "slots_per_week": 10, "maximum_queue": 7},
        "team": {"kind": "staff", "servers": 1},
        "nurse": {"kind": "staff", "servers": 1, "open": "always"},
        "ward": {"kind": "places", "places": 2},
    },
    "pathway": {
        "first": {"needs": ["film"], "then": "last"},
        "last": {
            "needs": ["team"],
            "duration": "1 h",
            "patience": "4 days",
            "stay": {"in": "ward", "secured": "reserved", "nights": 1},
            "then": "follow_up",
        },
        "follow_up": {"needs": ["nurse"], "duration": "1 h", "then": "treated"},
    },
}
FIRST, LAST, STAY, FOLLOW_UP = range(4)
"""Steps of SMALL."""


def started(rows: Rows, step: int) -> np.ndarray:
    """Rows of a step's contacts that have started."""
    return np.flatnonzero((rows["contacts"]["step"] == step) & (rows["contacts"]["started_s"] != NEVER))


def _end_too_late(rows: Rows) -> None:
    rows["patients"]["end_s"][rows["patients"]["ended"] == 0] += 60


def _start_before_joining(rows: Rows) -> None:
    rows["contacts"]["started_s"][started(rows, LAST)[0]] = 0


def _one_slot_too_many(rows: Rows) -> None:
    rows["capacity"]["used"][rows["capacity"]["resource"] == 0] += 1


def _two_in_one_slot(rows: Rows) -> None:
    a, b = started(rows, FIRST)[:2]
    rows["contacts"]["started_s"][b] = rows["contacts"]["started_s"][a]


def _a_longer_stay(rows: Rows) -> None:
    rows["contacts"]["finished_s"][started(rows, STAY)[0]] += 3600


def _at_night(rows: Rows) -> None:
    row = started(rows, LAST)[0]
    rows["contacts"]["started_s"][row], rows["contacts"]["finished_s"][row] = 20 * 3600, 21 * 3600


def _queue_too_long(rows: Rows) -> None:
    rows["contacts"]["started_s"][started(rows, FIRST)] = WEEK_S - 1


def _arrived_later(rows: Rows) -> None:
    rows["patients"]["arrived_s"][3] += 3600


def _the_first_is_last(rows: Rows) -> None:
    rows["contacts"]["started_s"][started(rows, LAST)[0]] = WEEK_S - 3600
    rows["contacts"]["finished_s"][started(rows, LAST)[0]] = WEEK_S - 1


def _a_pause_between(rows: Rows) -> None:
    rows["contacts"]["finished_s"][started(rows, FOLLOW_UP)[0]] -= 600


def _later_than_patience(rows: Rows) -> None:
    rows["contacts"]["started_s"][started(rows, LAST)[-1]] += 5 * 86_400
    rows["contacts"]["finished_s"][started(rows, LAST)[-1]] += 5 * 86_400


@pytest.mark.parametrize(
    ("check", "spoil"),
    [
        (invariants.everybody_is_accounted_for, _end_too_late),
        (invariants.contacts_are_in_order, _start_before_joining),
        (invariants.capacity_adds_up, _one_slot_too_many),
        (invariants.slots_are_used_once, _two_in_one_slot),
        (invariants.places_are_not_exceeded, _a_longer_stay),
        (invariants.staff_are_not_exceeded, _at_night),
        (queue_rules.queues_keep_their_maximum, _queue_too_long),
        (queue_rules.nobody_overtakes, _the_first_is_last),
        (queue_rules.nobody_waits_beside_an_idle_server, _a_pause_between),
        (queue_rules.patience_is_kept, _later_than_patience),
        (queue_rules.little_holds, _arrived_later),
    ],
)
def test_each_check_can_fail(check: Callable[..., None], spoil: Callable[[Rows], None]) -> None:
    made, draws, rows = run(SMALL, seed=1)
    check(made, draws, rows)
    spoil(rows)
    with pytest.raises(AssertionError):
        check(made, draws, rows)


def test_no_check_is_left_out() -> None:
    """Every check of the two modules is run."""
    written = [f for module in (invariants, queue_rules) for name, f in vars(module).items() if name[0] != "_"]
    checks = {f for f in written if list(getattr(f, "__annotations__", {})) == ["made", "draws", "rows", "return"]}
    assert checks == set(CHECKS)
