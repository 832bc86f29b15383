"""The engines' table of features: each is used by models on which the engines are compared; a lack is said by name."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from models import models, write

from flowsim import engines, plan, scenario
from flowsim.engines import features
from flowsim.errors import FlowsimError

ROOT = Path(__file__).parents[1]
COMPARED = (ROOT / "scenarios/ortho_today.yaml", ROOT / "benchmarks/ortho_calendar.yaml")


def test_every_feature_is_used_by_models_on_which_the_engines_are_compared() -> None:
    """The random ones are those of test_engines_agree."""
    seen = {name for path in COMPARED for name in features.used(plan.build(scenario.load(path)))}

    @settings(max_examples=80, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(model=st.booleans().flatmap(lambda full: models(full=full)))
    def each(model: dict[str, Any]) -> None:
        with TemporaryDirectory() as folder:
            seen.update(features.used(plan.build(scenario.load(write(model, Path(folder))))))

    each()
    assert set(features.FEATURES) - seen == set()


def test_what_an_engine_lacks_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    made = plan.build(scenario.load(COMPARED[1]))
    monkeypatch.setitem(features.LACKS, "simpy", frozenset({"patience", "linked steps", "staff"}))
    with pytest.raises(FlowsimError, match='ortho_calendar: the engine "simpy" cannot do this yet: staff, patience'):
        engines.run(made, plan.draw(made, 1, 0), "simpy")


def test_no_engine_lacks_anything_that_is_not_in_the_table() -> None:
    assert set(features.LACKS) == set(engines.ENGINES)
    assert all(lacking <= set(features.FEATURES) for lacking in features.LACKS.values())
