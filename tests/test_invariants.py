"""Small random models keep every invariant; half have calendars, two resources at once, a hold and a maximum."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import invariants
import numpy as np
import pytest
from hypothesis import HealthCheck, given, note, settings
from models import models, write

from flowsim import engines, plan, scenario
from flowsim.tables import Rows

EXAMPLES = int(os.environ.get("FLOWSIM_EXAMPLES", "150"))
"""Models per test; `make test-all` runs more."""
quiet = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
many = settings(quiet, max_examples=max(EXAMPLES, 3000))


def run(model: dict[str, Any], seed: int, engine: str = "simpy") -> tuple[plan.Plan, plan.Draws, Rows]:
    """One replication of a model, through the public door."""
    with TemporaryDirectory() as folder:
        made = plan.build(scenario.load(write(model, Path(folder))))
    draws = plan.draw(made, seed, 0)
    return made, draws, engines.run(made, draws, engine)


def keeps_all(model: dict[str, Any]) -> None:
    note(str(model))
    made, draws, rows = run(model, seed=1)
    for check in invariants.CHECKS:
        check(made, draws, rows)
    _, _, again = run(model, seed=1)
    for name, columns in rows.items():
        for column, values in columns.items():
            assert np.array_equal(values, again[name][column]), f"{name}.{column} differs from run to run"


@given(model=models(full=True))
@quiet
def test_with_calendars_teams_holds_and_maxima(model: dict[str, Any]) -> None:
    keeps_all(model)


@given(model=models())
@quiet
def test_of_any_kind(model: dict[str, Any]) -> None:
    keeps_all(model)


@pytest.mark.slow
@given(model=models(full=True))
@many
def test_many_with_calendars_teams_holds_and_maxima(model: dict[str, Any]) -> None:
    keeps_all(model)


@pytest.mark.slow
@given(model=models())
@many
def test_many_of_any_kind(model: dict[str, Any]) -> None:
    keeps_all(model)
