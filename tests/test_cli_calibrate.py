"""`flowsim calibrate` as typed: a weekly history, an event log, and options that cannot be."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from histories import DOCTORS, HEP
from typer.testing import CliRunner

from flowsim.cli import app


def typed(*words: str | Path) -> object:
    return CliRunner().invoke(app, ["calibrate", *map(str, words)])


def test_a_weekly_history_as_json(tmp_path: Path) -> None:
    shutil.copy(DOCTORS, tmp_path / "doctors.csv")
    done = typed(tmp_path / "doctors.csv", "--json", "--samples", "99", "--fte-hours", "36")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    one = said["resources"]["doctors"]
    assert [(plan["weeks"], round(plan["target"])) for plan in one["plan"]] == [(33, 55), (15, 118), (4, 182)]
    assert one["plan"][0]["fte"] == pytest.approx(3.01, abs=0.01)
    assert (one["described"]["mean"], one["described"]["median"], one["described"]["below_mean"]) == (83, 70, 31)
    assert one["contacts_and_hours"]["pearson"] == pytest.approx(0.298, abs=0.0006)
    assert min(one["tried"], key=lambda fit: fit["aic"])["law"] == "lognormal"
    assert Path(said["file"]).is_file()
    assert "planning on the mean" in Path(said["report"]).read_text()


def test_an_event_log_along_a_pathway(tmp_path: Path) -> None:
    (tmp_path / "clinic.yaml").write_text(
        "scenario: clinic\ntitle: A clinic\nhorizon: {start: 2027-01-04, weeks: 52}\ngroups: {all: {share: 1}}\n"
        "arrivals: {r: {step: visit, per_week: 5}}\n"
        "resources: {doctor: {kind: slots, slots_per_week: 9}}\n"
        "pathway: {visit: {needs: [doctor], then: {visit_two: 0.5, discharged: 0.5}},\n"
        "  visit_two: {needs: [doctor], then: discharged}}\n"
    )
    rows = ["case,activity,queued,start,end,outcome"]
    for k in range(300):
        day = f"2026-{1 + k // 28:02d}-{1 + k % 28:02d}"
        rows.append(f"{k},visit,{day} 08:00,{day} 09:00,{day} 09:30,done")
        if k % 4 == 0:
            rows.append(f"{k},visit_two,{day} 09:30,{day} 15:00,{day} 15:20,done")
    rows.append("9,visit,2026-01-09 08:00,2026-01-08 08:00,2026-01-09 09:00,done")
    (tmp_path / "log.csv").write_text("\n".join(rows))
    done = typed(tmp_path / "log.csv", "--pathway", tmp_path / "clinic.yaml", "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    shares = {one["parameter"]: one["value"] for one in said["parameters"]}
    assert shares["pathway.visit.then.visit_two"] == pytest.approx(0.25, abs=0.01)
    assert said["rejected_rows"] == 1
    assert "line 377" in said["rejected"][0]
    assert (tmp_path / "log_calibrated_left_out.csv").read_text().splitlines()[1].startswith("377,the row,It starts")
    assert said["visits"] == [
        {"activity": "visit", "done": "300", "total": "300"},
        {"activity": "visit_two", "done": "75", "total": "75"},
        {"activity": "total", "done": "375", "total": "375"},
    ]
    made = (tmp_path / "log_calibrated.yaml").read_text()
    assert "scenario: log_calibrated" in made
    assert (tmp_path / "log_calibrated_parameters.csv").read_text().startswith("parameter,value,low,high,n,how")


def test_what_stands_out_and_how_it_was_judged_is_said(tmp_path: Path) -> None:
    shutil.copy(HEP, tmp_path / "history.csv")
    held = ("--window", "2016-01-04,2018-12-30", "--hold-out", "2019-01-07,2019-12-29")
    done = typed(tmp_path / "history.csv", *held, "--samples", "49", "--no-report")
    assert done.exit_code == 0, done.output
    assert "2017-W49–2018-W06 stand out" in done.output
    assert "Of 51 weeks never shown to the model" in done.output
    assert "cannot be told apart" in done.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--window", "yesterday"), "not two days"),
        (("--column", "count"), "our name and the file's heading"),
        (("--plan", "halves"), "equal_width, tertiles, k_means"),
    ],
)
def test_options_that_cannot_be_are_met_in_words(words: tuple[str, str], said: str, tmp_path: Path) -> None:
    shutil.copy(DOCTORS, tmp_path / "doctors.csv")
    done = typed(tmp_path / "doctors.csv", *words)
    assert done.exit_code != 0
    assert said in done.output


def test_a_run_written_as_a_log_can_be_calibrated(tmp_path: Path) -> None:
    base = Path(__file__).parents[1] / "scenarios" / "one_queue.yaml"
    done = CliRunner().invoke(app, ["log", str(base), "--out", str(tmp_path), "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["events"]["rows"] > 100
    header = Path(said["events"]["file"]).read_text().splitlines()[0]
    assert header == "case,group,activity,queued,booked,start,end,resource,outcome"
    assert Path(said["capacity"]["file"]).read_text().startswith("week,resource,count,offered")
    (tmp_path / base.name).write_text(base.read_text())
    words = [said["events"]["file"], "--pathway", tmp_path / base.name, "--capacity", said["capacity"]["file"]]
    done = typed(*words, "--out", tmp_path / "again.yaml", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["parameters"]
    done = typed(said["events"]["file"], "--capacity", said["capacity"]["file"], "--lang", "sv")
    assert done.exit_code == 0, done.output
    drawn = Path(said["events"]["file"]).with_name("one_queue_simulated_events_calibrated.yaml")
    assert "drawn from the log" in drawn.read_text()
    assert "one_queue_simulated_events_calibrated_sets.csv" in done.output
