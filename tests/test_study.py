"""A study from scenario files to tables, and back from run.json (P-MAN, P-DET-1, P-RES-4)."""

from __future__ import annotations

import getpass
import json
import shutil
import socket
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from flowsim import study
from flowsim.errors import FlowsimError, InputError
from flowsim.study import Design, Study, manifest
from flowsim.study.precision import Precision, named
from flowsim.tables import ProviderInfo, ResourceInfo, Setting, StepInfo

STARTER = Path(study.__file__).parents[1] / "cli" / "starter"
REPLICATIONS = 4


def scenarios(folder: Path) -> list[Path]:
    return [folder / "scenarios" / f"{name}.yaml" for name in ("today", "evening", "shorter_stay")]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Study:
    place = tmp_path_factory.mktemp("project")
    shutil.copytree(STARTER, place, dirs_exist_ok=True)
    return study.run(scenarios(place), Design(REPLICATIONS), place / "outputs" / "first")


def values(frame: pd.DataFrame, scenario: str, measure: str) -> pd.Series:
    row = frame[(frame["scenario"] == scenario) & (frame["measure"] == measure)]
    assert len(row) == 1, f"{measure} of {scenario} stands {len(row)} times"
    return row.iloc[0]


def test_every_table_begins_with_scenario_in_run_order(made: Study) -> None:
    assert {
        "headline", "by_replication", "numbers", "weekly_queue", "weekly_throughput", "weekly_guarantee", "waits",
        "capacity", "occupancy", "endings", "flow_edges", "flow_steps", "bottlenecks", "costs", "contact_costs",
        "added_cost", "steps",
    } <= set(made.tables)  # fmt: skip
    order = list(made.settings)
    assert order == ["today", "evening", "shorter_stay"]
    for name, frame in made.tables.items():
        assert frame.columns[0] == "scenario", name
        met = list(dict.fromkeys(frame["scenario"]))
        assert met == [scenario for scenario in order if scenario in met], name


def test_the_headline_holds_what_a_planner_asks_for(made: Study) -> None:
    headline = made.tables["headline"]
    for measure in (
        "queue_end", "wait_median_days", "wait_p90_days", "share_within_guarantee", "operations_per_week",
        "operations_year_1", "total_cash_sek", "full_cost_sek_per_operated",
    ):  # fmt: skip
        for scenario in made.settings:
            row = values(headline, scenario, measure)
            assert row["low"] <= row["mean"] <= row["high"]
            assert row["n"] == REPLICATIONS
            if scenario == "today":
                assert np.isnan(row["diff"])
            else:
                assert row["diff_low"] <= row["diff"] <= row["diff_high"]
    assert values(headline, "evening", "operations_year_1")["diff"] > 10
    assert values(headline, "evening", "added_cost_sek")["mean"] == pytest.approx(
        values(headline, "evening", "total_cash_sek")["diff"]
    )


def test_differences_are_paired_by_replication(made: Study) -> None:
    each = made.tables["by_replication"]
    each = each[each["measure"] == "operations"].pivot_table(index="replication", columns="scenario", values="value")
    difference = each["evening"] - each["today"]
    row = values(made.tables["headline"], "evening", "operations")
    assert row["diff"] == pytest.approx(difference.mean())
    assert row["diff_high"] - row["diff"] == pytest.approx(3.182446 * difference.std(ddof=1) / 2, rel=1e-5)


def test_any_two_scenarios_are_compared(made: Study) -> None:
    pairs = made.tables["pairs"]
    assert set(zip(pairs["scenario"], pairs["against"], strict=True)) == {
        ("evening", "today"), ("shorter_stay", "today"), ("shorter_stay", "evening"),
    }  # fmt: skip
    operations = pairs[pairs["measure"] == "operations"].set_index(["scenario", "against"])["diff"]
    assert operations["shorter_stay", "evening"] == pytest.approx(
        operations["shorter_stay", "today"] - operations["evening", "today"]
    )


def test_cost_per_operated_is_a_ratio_of_sums(made: Study) -> None:
    each = made.tables["by_replication"]
    mine = each[each["scenario"] == "today"].pivot_table(index="replication", columns="measure", values="value")
    expected = mine["full_cost_sek"].sum() / mine["operations"].sum()
    assert values(made.tables["headline"], "today", "full_cost_sek_per_operated")["mean"] == pytest.approx(expected)


def test_terms_add_up_to_the_total_cash_cost(made: Study) -> None:
    costs = made.tables["costs"].groupby("scenario")["mean"].sum()
    for scenario in made.settings:
        assert costs[scenario] == pytest.approx(values(made.tables["headline"], scenario, "total_cash_sek")["mean"])


def test_capacity_parts_add_up_to_what_was_offered(made: Study) -> None:
    frame = made.tables["capacity"]
    for (_, _), mine in frame.groupby(["scenario", "resource"]):
        parts = mine.set_index("part")["mean"]
        spent = parts.drop(["offered", "overtime", "over"], errors="ignore").sum()
        assert spent == pytest.approx(parts["offered"], rel=1e-9)


def test_each_change_is_told_with_its_effect(made: Study) -> None:
    steps = made.tables["steps"]
    assert set(steps["scenario"]) == {"evening", "shorter_stay"}
    mine = steps[(steps["scenario"] == "evening") & (steps["measure"] == "operations")]
    assert mine["change"].iloc[0].startswith("extra_operations (resource theatre, per_week 2")
    assert mine["mean"].iloc[0] == pytest.approx(values(made.tables["headline"], "evening", "operations")["diff"])


def test_changes_of_one_scenario_add_up(tmp_path: Path) -> None:
    shutil.copytree(STARTER, tmp_path, dirs_exist_ok=True)
    (tmp_path / "scenarios" / "both.yaml").write_text(
        "scenario: both\ntitle: Both\nbased_on: today.yaml\nchange:\n"
        "  - {where: resources.theatre.slots_per_week, add: 3}\n  - {where: resources.ward.places, set: 2}\n"
    )
    paths = [tmp_path / "scenarios" / name for name in ("today.yaml", "both.yaml")]
    found = study.run(paths, Design(2, steps=2), tmp_path / "s").tables
    steps = found["steps"][found["steps"]["measure"] == "operations"]
    assert list(steps["change"]) == ["resources.theatre.slots_per_week, add 3", "resources.ward.places, set 2"]
    assert steps["mean"].iloc[0] > 0 > steps["mean"].iloc[1]
    assert steps["mean"].sum() == pytest.approx(values(found["headline"], "both", "operations")["diff"])


def test_what_binds_is_named_with_the_numbers_behind_it(made: Study) -> None:
    found = made.tables["bottlenecks"]
    first = found[found["rank"] == 1].set_index("scenario")["resource"]
    assert dict(first) == dict.fromkeys(made.settings, "theatre")
    assert found["why"].str.contains("of its capacity was wanted").all()


def test_man_run_json_holds_all_that_made_it(made: Study) -> None:
    run = json.loads((made.folder / "run.json").read_text())
    assert run["schema"] == 1
    assert (run["seed"], run["replications"], run["engine"], run["baseline"]) == (1, REPLICATIONS, "simpy", "today")
    assert set(run["versions"]) >= {"flowsim", "python", "numpy", "pandas", "scipy", "simpy"}
    assert {one["scenario"]: one["warm_up_weeks"] for one in run["scenarios"]} == dict.fromkeys(made.settings, 0)
    assert set(run["texts"]) == {
        "scenarios/today.yaml", "scenarios/evening.yaml", "scenarios/shorter_stay.yaml", "calibration/unit_costs.yaml",
    }  # fmt: skip
    for name, text in run["texts"].items():
        assert run["inputs"][name] == manifest.digest(text)
    for name, table in run["tables"].items():
        path = made.folder / "tables" / f"{name}.csv"
        assert table == {"rows": len(made.tables[name]), "sha256": manifest.digest(path.read_bytes())}
    body = {key: value for key, value in run.items() if key not in ("sha256", "not_hashed")}
    assert run["sha256"] == manifest.digest(manifest.as_json(body))
    assert set(run["not_hashed"]) == {"platform", "processors", "workers", "began", "took_seconds", "status"}


def test_man_no_user_host_or_absolute_path_is_written(made: Study) -> None:
    canaries = {str(made.folder.parents[1]), str(Path.home()) + "/"}
    canaries |= {name for name in (socket.gethostname(), getpass.getuser()) if len(name) > 4}
    for path in made.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for word in canaries:
                assert word.encode() not in content, f"{path.name} tells {word}"


def test_man_the_record_alone_gives_the_same_tables_and_the_same_hash(made: Study, tmp_path: Path) -> None:
    record = tmp_path / "run.json"
    shutil.copy(made.folder / "run.json", record)
    again, differing = study.again(record, tmp_path / "outputs" / "first", workers=2)
    assert differing == []
    assert again.run["tables"] == made.run["tables"]
    assert again.run["sha256"] == made.run["sha256"]
    for name, frame in made.tables.items():
        pd.testing.assert_frame_equal(frame, again.tables[name])


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("texts", {"../evil.yaml": "x"}, "no file name inside the study"),
        ("texts", {"/etc/evil.yaml": "x"}, "no file name inside the study"),
        ("texts", {"a.yaml": "other"}, "it was altered"),
        ("schema", 2, "made by a newer flowsim"),
    ],
)
def test_an_altered_record_is_refused(made: Study, tmp_path: Path, key: str, value: object, words: str) -> None:
    record = json.loads((made.folder / "run.json").read_text())
    if isinstance(value, dict):
        record["inputs"] = {name: manifest.digest("x") for name in value}
    record[key] = value
    (tmp_path / "run.json").write_text(json.dumps(record))
    with pytest.raises(FlowsimError, match=words):
        study.again(tmp_path / "run.json", tmp_path / "s")
    assert not (tmp_path / "s").exists()


def test_a_saved_study_is_read_back(made: Study) -> None:
    again = Study.load(made.folder)
    assert again.settings == made.settings
    assert again.baseline == "today"
    assert (made.folder / "scenarios" / "evening.yaml").exists()
    with pytest.raises(FlowsimError, match="is no study"):
        study.load(made.folder / "tables")


def test_settings_survive_their_text() -> None:
    steps = (StepInfo("visit", "clinic", (("clinic", 1),)), StepInfo("stay", stay_of="visit", kpp="service"))
    resources = (ResourceInfo("clinic", "slots", ("regular", "evening"), (0.0, 12.5)),)
    setting = Setting(
        "a", "A", date(2027, 1, 4), 1, ("hip",), steps, resources, ("no_show",), "Ä", ("other",),
        (ProviderInfo("p", 1.0),), (("wait", "decision", "visit"),), (("treatment", "visit", 90.0),), ("all of it",),
    )  # fmt: skip
    assert manifest.settings_of(manifest.settings_json({"a": setting})) == {"a": setting}


def test_resolved_scenarios_stand_alone_and_give_the_same(made: Study, tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "calibration").mkdir()
    shutil.copy(STARTER / "calibration" / "unit_costs.yaml", tmp_path / "calibration")
    for name in made.settings:
        shutil.copy(made.folder / "scenarios" / f"{name}.yaml", tmp_path / "scenarios")
    again = study.run(scenarios(tmp_path), Design(REPLICATIONS), tmp_path / "s")
    pd.testing.assert_frame_equal(again.tables["headline"], made.tables["headline"])


def test_the_scenario_all_others_are_based_on_is_the_baseline() -> None:
    evening, today = STARTER / "scenarios" / "evening.yaml", STARTER / "scenarios" / "today.yaml"
    assert [one.name for one in study.loaded([evening, today])] == ["today", "evening"]
    with pytest.raises(InputError, match="is the name of another scenario"):
        study.loaded([today, today])


def test_precision_adds_replications_and_is_honest_at_the_cap(tmp_path: Path) -> None:
    today = STARTER / "scenarios" / "today.yaml"
    enough = Design(4, precision=Precision(0.2, ("operations_per_week",), 12))
    study_ = study.run([today], enough, tmp_path / "enough")
    assert study_.run["replications"] == 5, "of fewer no interval is believed"
    assert not [text for text in study_.run["warnings"] if "precision" in text]
    never = Design(4, precision=Precision(0.001, ("operations_per_week", "queue_end"), 9))
    study_ = study.run([today], never, tmp_path / "never")
    assert study_.run["replications"] == 9
    (said,) = [text for text in study_.run["warnings"] if "precision" in text]
    assert said.startswith("After 9 replications (the most allowed) the precision 0.1% is not reached: ")
    assert "queue_end (today) ±" in said
    assert said.endswith("replications would be needed (--most).")
    straight = study.run([today], Design(9), tmp_path / "straight")
    pd.testing.assert_frame_equal(study_.tables["by_replication"], straight.tables["by_replication"])


def test_precision_on_what_is_not_there_or_is_nothing_is_said(tmp_path: Path) -> None:
    assert named(["queue", "kö", "wait_p90_days"]) == ("queue_end", "wait_p90_days")
    with pytest.raises(InputError, match=r'(?s)measure = "que".*Did you mean "queue"\?.*measure = "x"'):
        named(["que", "x"])
    wish = Precision(0.02, ("treated_elsewhere", "visits_per_week"), 6)
    made = study.run([STARTER / "scenarios" / "today.yaml"], Design(1, precision=wish, steps=0), tmp_path / "s")
    assert made.run["replications"] == 5, "treated_elsewhere is 0 in every one: nothing to be more exact about"
    assert [text for text in made.run["warnings"] if "visits_per_week: nothing of the kind is measured" in text]


def test_nothing_is_written_when_the_input_is_wrong(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("scenario: wrong\n")
    with pytest.raises(InputError):
        study.run([wrong], Design(1), tmp_path / "outputs" / "s")
    assert not (tmp_path / "outputs").exists()


def test_a_report_that_fails_leaves_no_half_study(tmp_path: Path) -> None:
    def broken(folder: Path) -> None:
        raise RuntimeError("no ink")

    with pytest.raises(RuntimeError, match="no ink"):
        study.run([STARTER / "scenarios" / "today.yaml"], Design(1), tmp_path / "s", finish=broken)
    assert [path.name for path in tmp_path.iterdir()] == [".s.part"], "only what was finished, for the next time"
    study.run([STARTER / "scenarios" / "today.yaml"], Design(1), tmp_path / "s")
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_det_4_a_record_made_with_other_versions_is_told_apart(made: Study) -> None:
    assert manifest.other_here(made.run) == ""
    record = {**made.run, "versions": {**made.run["versions"], "numpy": "1.26.0"}}
    assert manifest.other_here(record).startswith("Not made here (numpy 1.26.0 there, ")


def test_arithmetic_stands_beside_the_simulation(made: Study) -> None:
    frame = made.tables["by_hand"]
    assert set(frame["number"]) == {"load", "operations_per_week", "growth_per_week"}
    row = frame[(frame["scenario"] == "today") & (frame["number"] == "operations_per_week")].iloc[0]
    assert row["low"] <= row["mean"] <= row["high"]
    assert abs(row["by_hand"] - row["mean"]) < 1.0
    far = frame[(frame["number"] == "load") & ((frame["by_hand"] - frame["mean"]).abs() > 0.05)]
    assert (far["why"] != "").all()
