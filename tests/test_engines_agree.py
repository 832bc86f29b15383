"""The compiled engine returns the same rows as the engine a reader reads, to the last integer, ties included."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import test_simpy_engine as by_hand
from hypothesis import HealthCheck, given, note, settings
from models import models
from test_invariants import run as run_model

from flowsim import engines, plan, scenario
from flowsim.errors import FlowsimError
from flowsim.tables import Rows

pytest.importorskip("numba", reason='the engine "compiled" needs numba: pip install "flowsim[fast]"')
pytestmark = pytest.mark.xdist_group("compiled")  # compiled once, in one worker

ROOT = Path(__file__).parents[1]
EXAMPLES = int(os.environ.get("FLOWSIM_EXAMPLES", "80"))
SHIPPED = sorted([*ROOT.glob("scenarios/*.yaml"), *ROOT.glob("benchmarks/ortho_calendar.yaml")])
CASES = sorted(ROOT.glob("tests/scenarios/*.yaml"))
BY_HAND = [name for name in dir(by_hand) if name.startswith("test_")]
QUIET = {"deadline": None, "derandomize": True, "database": None, "suppress_health_check": list(HealthCheck)}


def agree(ours: Rows, theirs: Rows) -> None:
    """Every table, column and row the same."""
    assert list(ours) == list(theirs)
    for table, columns in ours.items():
        assert list(columns) == list(theirs[table])
        for name, values in columns.items():
            there = np.asarray(theirs[table][name])
            assert len(values) == len(there), f"{table}: {len(values)} rows against {len(there)}"
            apart = np.flatnonzero(np.asarray(values) != there)
            assert not len(apart), f"{table}.{name}, row {apart[0]}: {values[apart[0]]} against {there[apart[0]]}"


def both(path: Path, seeds: range) -> None:
    """One file, several seeds."""
    made = plan.build(scenario.load(path))
    for seed in seeds:
        draws = plan.draw(made, seed, 0)
        agree(engines.run(made, draws, "simpy"), engines.run(made, draws, "compiled"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_on_every_shipped_scenario(path: Path) -> None:
    both(path, range(1, 2))


@pytest.mark.slow
@pytest.mark.parametrize("path", [*SHIPPED, *CASES], ids=lambda p: p.stem)
def test_on_every_scenario_and_theory_case_with_several_seeds(path: Path) -> None:
    both(path, range(2, 5))


@pytest.mark.parametrize("name", BY_HAND)
def test_on_cases_known_to_the_second(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_hand, "run", lambda made, luck: engines.run(made, luck, "compiled"))
    case: Callable[[], Any] = getattr(by_hand, name)
    case()


def test_auto_takes_the_compiled_engine_for_a_large_job_and_other_names_are_refused() -> None:
    assert engines.chosen("auto", 10_000) == "compiled"
    assert engines.chosen("simpy", 10_000) == "simpy"
    with pytest.raises(FlowsimError, match='There is no engine "fortran"'):
        engines.chosen("fortran", 1)


def check_models(examples: int, full: bool) -> None:
    @settings(max_examples=examples, **QUIET)
    @given(model=models(full=full))
    def each(model: dict[str, Any]) -> None:
        note(str(model))
        for seed in (1, 2):
            made, draws, rows = run_model(model, seed)
            agree(rows, engines.run(made, draws, "compiled"))

    each()


@pytest.mark.parametrize("full", [True, False])
def test_on_random_models(full: bool) -> None:
    check_models(EXAMPLES, full)


@pytest.mark.slow
@pytest.mark.parametrize("full", [True, False])
def test_on_many_random_models(full: bool) -> None:
    check_models(max(EXAMPLES, 1000), full)
