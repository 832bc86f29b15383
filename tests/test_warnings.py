"""A warning, not silence: each rule speaks when it should, in both languages, and is silent otherwise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from flowsim import plan, scenario, study
from flowsim.experiment import Outcome
from flowsim.plan import Plan
from flowsim.study import warnings
from flowsim.study.measured import ALL_QUEUES

STARTER = Path(study.__file__).parents[1] / "cli" / "starter" / "scenarios"


@pytest.fixture(scope="module")
def today() -> Plan:
    return plan.build(scenario.load(STARTER / "today.yaml"))


def quiet(*names: str) -> dict[str, pd.DataFrame]:
    """Tables in which there is nothing to warn of."""
    weeks = np.arange(104)
    queue = [pd.DataFrame({"scenario": n, "span": ALL_QUEUES, "week": weeks, "mean": 200.0}) for n in names]
    rows = [(name, measure, 30, 10.0, 5.0, 15.0) for name in names[1:] for measure in warnings.CHOOSE_BY]
    headline = pd.DataFrame(rows, columns=["scenario", "measure", "n", "diff", "diff_low", "diff_high"])
    numbers = pd.DataFrame(
        {"scenario": [names[0]], "measure": ["visits"], "step_or_resource": ["surgery"], "mean": [500]}
    )
    return {"weekly_queue": pd.concat(queue), "headline": headline, "numbers": numbers}


def said(plans: list[Plan], made: dict[str, pd.DataFrame], kept: dict[str, pd.DataFrame] | None = None) -> list[str]:
    costs = {one.setting.scenario: None for one in plans}
    found = warnings.of(plans, Outcome(kept or {}), made, costs, 1)
    assert all(len(one) == 2 and all(one) for one in found)
    return [english for english, _ in found]


def other(one: Plan, name: str = "other") -> Plan:
    return replace(one, setting=replace(one.setting, scenario=name))


def test_silence_where_there_is_nothing_to_say(today: Plan) -> None:
    assert said([today, other(today)], quiet("today", "other")) == []


def test_a_resource_asked_for_more_than_it_has(tmp_path: Path) -> None:
    text = (STARTER / "today.yaml").read_text().replace("unit_costs: ../calibration/unit_costs.yaml", "")
    for slots, words in (
        (9, "its queue grows as long as this lasts"),
        (10.9, "only those who leave keep its queue from"),
    ):
        path = tmp_path / "today.yaml"
        path.write_text(text.replace("slots_per_week: 11", f"slots_per_week: {slots}"))
        (found,) = said([plan.build(scenario.load(path))], quiet("today"))
        assert found.startswith("today: theatre is asked for")
        assert words in found


def test_queues_that_still_move(today: Plan) -> None:
    made = quiet("today")
    made["weekly_queue"]["mean"] += np.arange(104)
    (found,) = said([today], made)
    assert found == "today: the queues still move at the end (238 a year before, now 290): this is no lasting state."


def test_scenarios_that_cannot_be_told_apart(today: Plan) -> None:
    made = quiet("today", "other")
    made["headline"]["diff_low"] = -5.0
    (found,) = said([today, other(today)], made)
    assert found.startswith("other: 30 replications cannot tell it from today in the queue at the end and operations")
    made["headline"].loc[0, "diff_low"] = 5.0
    assert said([today, other(today)], made) == [], "one clear difference is enough to choose by"


def test_a_sampled_mean_that_is_not_the_declared_one(today: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = plan.draw

    class Swapped:
        """Draws whose stays come from another law."""

        def __init__(self, *arguments: object) -> None:
            self.own = draw(*arguments)  # type: ignore[arg-type]
            self.group = self.own.group

        def values(self, what: str, step: int, number: int, period: int) -> list[int]:
            found = self.own.values(what, step, number, period)
            return [value * 3 for value in found] if today.steps[step].nights else found

    monkeypatch.setattr(warnings.plan, "draw", Swapped)
    found = said([today], quiet("today"))
    assert found
    assert all("surgery_stay: the sampled mean duration" in text and "(nights)" in text for text in found)


def test_a_rework_cap_that_is_hit(tmp_path: Path) -> None:
    text = (STARTER / "today.yaml").read_text().replace("unit_costs: ../calibration/unit_costs.yaml", "")
    path = tmp_path / "today.yaml"
    path.write_text(
        text.replace("    delay: 6 weeks", "    rework: {to: first_visit, share: 0.1, at_most: 1}\n    delay: 6 weeks")
    )
    made = quiet("today")
    made["numbers"] = made["numbers"].assign(step_or_resource="follow_up")
    found = said([plan.build(scenario.load(path))], made)
    assert (
        "today: follow_up: about 5 patients a run reach the rework cap (1); they go on instead of being sent back."
        in found
    )


def test_what_has_no_price_is_said_once(today: Plan) -> None:
    text = "xray: has no price"
    kept = {"unpriced": pd.DataFrame({"scenario": ["today"] * 2, "replication": [0, 1], "text": [text] * 2})}
    assert said([today], quiet("today"), kept) == [f"today: {text}"]
    found = warnings.of([today], Outcome({}), quiet("today"), {}, 1)
    assert found[0][0] == "today: names no unit costs file, so nothing is said of its cost."
