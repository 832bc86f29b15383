"""Input uncertainty: each replication under a parameter set of its calibrations, told apart from chance."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from flowsim import plan, scenario, study
from flowsim.cli import app
from flowsim.errors import InputError
from flowsim.scenario.parameter_sets import sets_of
from flowsim.study import Design

CLINIC = """scenario: clinic
title: A clinic
horizon: {start: 2027-01-04, weeks: 52}
groups: {all: {share: 1}}
arrivals: {referrals: {step: visit, per_week: 9}}
resources:
  doctor: {kind: slots, slots_per_week: 10, luck: {calibration: doctor.yaml, resource: doctor, level_out: 0.5}}
pathway: {visit: {needs: [doctor], then: discharged}}
"""
FITTED = """calibration: {source: a test}
resources:
  doctor: {level: {value: 10, found: LEVEL}, luck: {law: lognormal, cv: 0.3, lag1: 0.2}}
"""
SETS = "set,doctor.level,doctor.cv,doctor.lag1\n1,8,0.1,0.0\n2,10,0.2,0.3\n3,15,0.4,0.1\n"


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    folder = tmp_path / "project" / "scenarios"
    folder.mkdir(parents=True)
    (folder / "clinic.yaml").write_text(CLINIC)
    (folder / "doctor.yaml").write_text(FITTED.replace("LEVEL", "10"))
    (folder / "doctor_sets.csv").write_text(SETS)
    return folder / "clinic.yaml"


def test_a_replication_takes_the_set_of_its_number(clinic: Path) -> None:
    made = plan.build(scenario.load(clinic, set_number=0))
    laws = [made.of(r).recipe.luck[0][0][0] for r in (0, 1, 2, 3, 199, 200)]
    assert [round(law["cv"], 4) for law in laws] == [0.15, 0.3, 0.6, 0.15, 0.3, 0.15]
    assert [law["lag1"] for law in laws[:3]] == [0.0, 0.3, 0.1]
    assert {law["level_out"] for law in laws} == {0.5}
    levels = [made.of(r).recipe.layouts[0].parts[0].amount.sum() for r in range(3)]
    assert np.array(levels) / levels[1] == pytest.approx([0.8, 1.0, 1.5])


def test_the_level_stays_where_it_is_not_that_historys(clinic: Path) -> None:
    for told in ("calibration: doctor.yaml, level_varies: false", "calibration: other.yaml"):
        (clinic.parent / "other.yaml").write_text(FITTED.replace("LEVEL", "30"))
        (clinic.parent / "other_sets.csv").write_text(SETS)
        clinic.write_text(CLINIC.replace("calibration: doctor.yaml", told))
        made = plan.build(scenario.load(clinic, set_number=0))
        parts = [made.of(r).recipe.layouts[0].parts[0].amount.sum() for r in range(3)]
        assert parts == [parts[0]] * 3
        assert made.of(2).recipe.luck[0][0][0]["cv"] == pytest.approx(0.6)


def test_past_weeks_are_drawn_out_or_in(clinic: Path) -> None:
    (clinic.parent / "doctor.yaml").write_text(
        "resources: {doctor: {level: {value: 10, found: 10},\n"
        "  luck: {law: bootstrap, values: [0.5, 1.5], block_weeks: 4}}}"
    )
    (clinic.parent / "doctor_sets.csv").write_text("set,doctor.variance_to_mean\n1,1\n2,4\n3,16\n")
    made = plan.build(scenario.load(clinic, set_number=0))
    assert [list(made.of(r).recipe.luck[0][0][0]["values"]) for r in range(3)] == [[0.75, 1.25], [0.5, 1.5], [0, 2]]


def test_a_scenario_of_its_own_sets(clinic: Path) -> None:
    clinic.write_text(CLINIC + "parameter_sets: sets.csv\n")
    (clinic.parent / "sets.csv").write_text(
        "set,arrivals.referrals.per_week,resources.doctor.slots_per_week\n1,8,10\n2,12,9.5\n"
    )
    (clinic.parent / "busier.yaml").write_text(
        "scenario: busier\ntitle: Busier\nbased_on: clinic.yaml\n"
        "change: [{where: arrivals.referrals.per_week, scale: 2}, {where: resources.doctor.slots_per_week, set: 20}]\n"
    )
    for name, arrivals in (("clinic", (8, 12)), ("busier", (16, 24))):
        made = plan.build(scenario.load(clinic.with_name(f"{name}.yaml"), set_number=0))
        found = [made.of(r).recipe.rates[0].normal_week.sum() for r in (0, 1, 2)]
        assert found == pytest.approx([*arrivals, arrivals[0]])
    assert made.of(1).setting == made.setting


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("set,arrivals.nobody.per_week\n1,8\n", "the scenario has no arrivals.nobody.per_week"),
        ("week,count\n1,8\n", "is no file of parameter sets"),
        ("set,a\n1,8,9\n", "is no file of parameter sets"),
        (None, "no such file of parameter sets"),
    ],
)
def test_sets_that_cannot_be_are_met_in_words(text: str | None, said: str, clinic: Path) -> None:
    clinic.write_text(CLINIC + "parameter_sets: sets.csv\n")
    if text is not None:
        (clinic.parent / "sets.csv").write_text(text)
    with pytest.raises(InputError, match=f"(?i){said}"):
        scenario.load(clinic, set_number=0)


def test_the_middle_of_a_column_is_what_its_sets_lie_around() -> None:
    sets = sets_of("set,a,b\n1,3,x\n2,1,y\n3,2,z\n4,9,v\n", "sets.csv")
    assert sets.middle("a") == 2.5
    assert sets.of(6) == {"a": "1", "b": "y"}


def test_a_study_with_it_says_so_and_can_be_made_again(clinic: Path, tmp_path: Path) -> None:
    asked = Design(replications=3, steps=0)
    plain = study.run([clinic], asked, tmp_path / "plain")
    uncertain = study.run([clinic], Design(replications=3, steps=0, input_uncertainty=True), tmp_path / "sets")
    assert (plain.run["input_uncertainty"], uncertain.run["input_uncertainty"]) == (False, True)
    assert "input_uncertainty" not in plain.tables
    told = uncertain.tables["input_uncertainty"].set_index("measure").loc["queue_end"]
    queues = (one.tables["by_replication"].query("measure == 'queue_end'")["value"] for one in (uncertain, plain))
    with_sets, without = queues
    moved = with_sets.to_numpy() - without.to_numpy()
    assert moved.std() > 5  # each replication ran under its own set
    assert (told["sd_chance"], told["sd_inputs"]) == pytest.approx((without.std(), moved.std(ddof=1)))
    assert told["share_inputs"] == pytest.approx(told["sd_inputs"] ** 2 / (told["sd_inputs"] ** 2 + without.var()))
    assert plain.run["sha256"] != uncertain.run["sha256"]
    assert any(name.endswith("doctor_sets.csv") for name in uncertain.run["inputs"])
    assert not any(name.endswith("_sets.csv") for name in plain.run["inputs"])
    shutil.rmtree(clinic.parent)
    _, differing = study.again(tmp_path / "sets" / "run.json", tmp_path / "again")
    assert differing == []


def test_as_typed(clinic: Path, tmp_path: Path) -> None:
    words = ["run", str(clinic), "-n", "2", "--steps", "0", "--no-report", "--out", str(tmp_path / "study")]
    done = CliRunner().invoke(app, [*words, "--input-uncertainty"])
    assert done.exit_code == 0, done.output
    assert "Input uncertainty included" in done.output
    assert "comes from the inputs, the rest is chance" in done.output
    record = json.loads((tmp_path / "study" / "run.json").read_text())
    assert record["input_uncertainty"] is True
    (clinic.parent / "doctor_sets.csv").unlink()
    done = CliRunner().invoke(app, [*words, "--input-uncertainty"])
    assert done.exit_code == 2
    assert "finds no parameter sets" in done.output
