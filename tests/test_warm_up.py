"""Warm-up chosen by MSER-5 where nobody is there at the start, and said."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from flowsim import scenario, study
from flowsim.errors import InputError
from flowsim.study import Design, warm_up

STARTER = Path(study.__file__).parents[1] / "cli" / "starter"
BEDS = """
scenario: beds
title: A ward that begins empty
horizon: {start: 2027-01-04, weeks: 26WARM}
groups: {all: {share: 1}}
arrivals: {admitted: {step: stay, per_day: 5}}
resources: {ward: {kind: places, unlimited: true}}
pathway:
  stay: {needs: [ward], duration: {law: exponential, mean: 20 days}, then: treated}
"""


def written(folder: Path, warm: str = "") -> Path:
    path = folder / "beds.yaml"
    path.write_text(BEDS.replace("WARM", warm))
    return path


@pytest.mark.parametrize("ramp", [0, 40, 100])
def test_mser_5_leaves_out_the_ramp_and_little_more(ramp: int) -> None:
    noise = np.random.default_rng(1).normal(0, 1, 730)
    series = np.where(np.arange(730) < ramp, 20.0 * np.arange(730) / max(ramp, 1), 20.0) + noise
    found = warm_up.mser_5(series)
    assert found is not None
    assert ramp - 15 <= found <= ramp + 30
    assert found % 5 == 0


def test_mser_5_by_hand_and_where_it_cannot_tell() -> None:
    means = np.array([9.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0])
    assert warm_up.mser_5(np.repeat(means, 5)) == 5  # sum of squares 50.86 of 7 against 1.5 of 6: the first goes
    assert warm_up.mser_5(np.arange(200.0)) is None, "it only grows"
    assert warm_up.mser_5(np.ones(20)) is None, "too short"


def test_a_ward_that_begins_empty_is_warmed_up_and_it_is_said(tmp_path: Path) -> None:
    path = written(tmp_path)
    made = study.run([path], Design(4), tmp_path / "s")
    weeks = made.run["scenarios"][0]["warm_up_weeks"]
    assert 4 <= weeks <= 26, "stays are 20 days long: e**-(7 weeks / 20 days) = 9 % are missing after 7 weeks"
    (said,) = [text for text in made.run["warnings"] if "warm-up" in text]
    assert said.startswith(f"beds: nobody is there at the start, so {weeks} weeks of warm-up are run before it")
    assert "MSER-5" in said
    assert "mean of 10 runs of 104 weeks" in said
    (sagt,) = [text for text in made.run["warnings_sv"] if "insvängning" in text]
    assert f"så {weeks} veckors insvängning" in sagt
    assert f"warm_up_weeks: {weeks}" in (made.folder / "scenarios" / "beds.yaml").read_text()
    week = made.tables["occupancy"]["mean"].mean()
    assert week == pytest.approx(100, abs=10)
    again, differing = study.again(made.folder / "run.json", tmp_path / "again")
    assert differing == []
    assert again.run["scenarios"][0]["warm_up_weeks"] == weeks


def test_one_stated_or_a_queue_at_the_start_is_left_alone(tmp_path: Path) -> None:
    assert not scenario.load(written(tmp_path, ", warm_up_weeks: 0")).warm_up_is_open
    assert scenario.load(written(tmp_path, ", warm_up_weeks: auto")).warm_up_is_open
    assert not scenario.load(STARTER / "scenarios" / "today.yaml").warm_up_is_open
    with pytest.raises(InputError, match=re.escape("horizon.warm_up_weeks = -3")):
        scenario.load(written(tmp_path, ", warm_up_weeks: -3"))


def test_all_scenarios_are_given_the_longest(tmp_path: Path) -> None:
    longer = tmp_path / "longer.yaml"
    longer.write_text(
        "scenario: longer\ntitle: Longer stays\nbased_on: beds.yaml\n"
        "change:\n"
        "  - {where: pathway.stay.duration.mean, set: 40 days}\n"
        "  - {where: arrivals.admitted.per_day, set: 6}\n"
    )
    made = study.run([written(tmp_path), longer], Design(2), tmp_path / "s")
    weeks = {one["warm_up_weeks"] for one in made.run["scenarios"]}
    assert len(weeks) == 1
    said = [text for text in made.run["warnings"] if "warm-up" in text]
    assert len(said) == 2
    assert any("(alone it would have " in text for text in said)


def test_what_never_settles_is_said_to_need_something_else(tmp_path: Path) -> None:
    path = tmp_path / "beds.yaml"
    path.write_text(BEDS.replace("WARM", "").replace("unlimited: true", "places: 60"))
    made = study.run([path], Design(2), tmp_path / "s")
    assert made.run["scenarios"][0]["warm_up_weeks"] == 0
    assert any("still changes after 416 weeks: a warm-up does not help" in text for text in made.run["warnings"])
