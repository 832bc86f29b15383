"""What a planner types, and what comes back: words, numbers, files and exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from flowsim.cli import app

ROOT = Path(__file__).parents[1]
BROKEN = """
scenario: broken
title: Broken
based_on: today.yaml
change:
  - {where: resources.theater.slots_per_week, add: 2}
"""


def flowsim(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh starter, with the working directory above it."""
    monkeypatch.chdir(tmp_path)
    assert flowsim("new", "mine").exit_code == 0
    return tmp_path / "mine"


def everything(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_help_names_every_command_with_an_example() -> None:
    text = flowsim("--help").stdout
    for command in ("new", "check", "calibrate", "run", "report"):
        assert command in text
        own = flowsim(command, "--help").stdout
        assert f"Example: flowsim {command}" in own
        assert "--json" in own


def test_help_imports_nothing_heavy() -> None:
    heavy = ("pandas", "scipy", "matplotlib", "simpy", "numpy", "pydantic", "pyarrow", "jinja2")
    code = (
        "import sys\nfrom flowsim.cli import main\nsys.argv = ['flowsim', '--help']\n"
        f"try:\n    main()\nexcept SystemExit:\n    print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_check_imports_no_pandas() -> None:
    heavy = ("pandas", "scipy", "matplotlib", "simpy", "pyarrow", "jinja2")
    code = (
        "import sys\nfrom flowsim.cli import main\n"
        "sys.argv = ['flowsim', 'check', 'flowsim/cli/starter/scenarios/today.yaml']\n"
        f"try:\n    main()\nexcept SystemExit:\n    print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_version() -> None:
    from flowsim import __version__

    assert flowsim("--version").stdout == f"flowsim {__version__}\n"


def test_new_writes_a_starter_that_checks(project: Path) -> None:
    assert everything(project) == {
        "KEYS.md", "README.txt", "calibration/history.csv", "calibration/unit_costs.yaml", "scenario.schema.json",
        "scenarios/evening.yaml", "scenarios/shorter_stay.yaml", "scenarios/today.yaml",
    }  # fmt: skip
    done = flowsim("check", *sorted((project / "scenarios").glob("*.yaml")))
    assert done.exit_code == 0
    assert json.loads((project / "scenario.schema.json").read_text())["title"] == "flowsim scenario"
    assert "| slots_per_week |" in (project / "KEYS.md").read_text()


def test_new_never_writes_into_what_is_there(project: Path) -> None:
    before = everything(project)
    done = flowsim("new", "mine")
    assert done.exit_code == 2
    assert "exists and is not empty" in done.stderr
    assert everything(project) == before


def test_check_tells_loads_and_five_numbers(project: Path) -> None:
    done = flowsim("check", project / "scenarios" / "today.yaml")
    assert done.exit_code == 0
    for words in ("clinic (slots)", "theatre (slots)", "ward (place-days)", "1 load", "2 growth", "3 target queue"):
        assert words in done.stdout
    swedish = flowsim("check", project / "scenarios" / "today.yaml", "--lang", "sv").stdout
    for words in ("beläggning", "veckotakt", "målkö"):
        assert words in swedish


def test_check_as_json(project: Path) -> None:
    today, evening = json.loads(flowsim("check", *(project / "scenarios").glob("[te]*.yaml"), "--json").stdout)[::-1]
    if today["scenario"] != "today":
        today, evening = evening, today
    assert {load["resource"] for load in today["loads"]} == {"clinic", "theatre", "ward"}
    assert set(today["waiting_list"]) == {
        "inflow_per_week", "capacity_per_week", "queue", "load", "growth_per_week", "target_queue", "relief_capacity",
        "weekly_pace",
    }  # fmt: skip
    assert today["changes"] == []
    assert evening["changes"][0]["where"] == "resources.theatre.tranches.evening"


def test_faults_of_all_files_are_told_at_once_with_the_way_out(project: Path) -> None:
    scenarios = project / "scenarios"
    (scenarios / "broken.yaml").write_text(BROKEN)
    (scenarios / "worse.yaml").write_text("scenario: worse\ntitle: Worse\nhorizon: {start: 2027-01-04}\n")
    for command in ("check", "run"):
        done = flowsim(command, scenarios / "broken.yaml", scenarios / "worse.yaml", scenarios / "today.yaml")
        assert done.exit_code == 2
        assert done.stdout == ""
        assert "broken.yaml, line 6: change[0].where" in done.stderr
        assert 'has no resource "theater". It has: clinic, theatre, ward. Did you mean "theatre"?' in done.stderr
        assert "worse.yaml, line 3" in done.stderr
        assert not (project.parent / "outputs").exists()


@pytest.mark.parametrize("command", ["check", "run", "calibrate", "report"])
def test_a_file_that_is_not_there(tmp_path: Path, command: str) -> None:
    done = flowsim(command, tmp_path / "nothing.yaml")
    assert done.exit_code in (1, 2)
    assert "nothing.yaml" in done.stderr
    assert "Traceback" not in done.stderr


def test_run_answers_saves_and_names_the_report(project: Path) -> None:
    scenarios = [project / "scenarios" / name for name in ("today.yaml", "evening.yaml")]
    done = flowsim("run", *scenarios, "-n", 3, "--out", "outputs/first")
    assert done.exit_code == 0, done.stderr
    assert "Mean of 3 replications" in done.stdout
    assert "A  The clinic as it is" in done.stdout
    assert "B  Two evening operations" in done.stdout
    assert "What binds, and what binds next:" in done.stdout
    assert "Open the report: outputs/first/report.html" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr
    study = project.parent / "outputs" / "first"
    assert {"run.json", "report.html", "tables/headline.csv", "scenarios/today.yaml"} <= everything(study)

    again = flowsim("run", study / "run.json", "--out", "outputs/again", "--json", "--no-report")
    assert again.exit_code == 0, again.stderr
    assert json.loads(again.stdout)["differing_tables"] == []

    swedish = flowsim("report", "outputs/first", "--lang", "sv")
    assert (swedish.exit_code, swedish.stdout) == (0, "outputs/first/report.html\n")
    assert '<html lang="sv"' in (study / "report.html").read_text()
    assert json.loads(flowsim("report", "outputs/first", "--json").stdout) == {"report": "outputs/first/report.html"}


def test_run_as_json_is_json_alone(project: Path) -> None:
    done = flowsim("run", project / "scenarios" / "today.yaml", "-n", 2, "--json", "--no-report", "--out", "outputs/s")
    answer = json.loads(done.stdout)
    assert answer["baseline"] == "today"
    assert answer["report"] is None
    assert {row["measure"] for row in answer["headline"]} >= {"queue_end", "operations_per_week", "total_cash_sek"}
    assert all(set(row) >= {"scenario", "mean", "low", "high"} for row in answer["headline"])


@pytest.mark.parametrize("wish", ["2", "abc", "0%", "-1%"])
def test_a_precision_that_is_none(project: Path, wish: str) -> None:
    done = flowsim("run", project / "scenarios" / "today.yaml", f"--precision={wish}")
    assert done.exit_code == 2
    assert f'"{wish}" is no share: write "2%" or 0.02.' in done.stderr


def test_precision_stops_at_the_cap_and_says_so(project: Path) -> None:
    done = flowsim(
        "run", project / "scenarios" / "today.yaml", "-n", 2, "--precision", "0.5 %", "--most", 3, "--no-report"
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    assert "After 3 replications (the most allowed) the precision 0.5% is not reached" in done.stderr


def test_out_never_replaces_what_is_no_study(project: Path) -> None:
    done = flowsim("run", project / "scenarios" / "today.yaml", "-n", 1, "--out", project)
    assert done.exit_code == 1
    assert "exists and is no study" in done.stderr
    assert (project / "README.txt").exists()


def test_an_unknown_engine_is_refused(project: Path) -> None:
    done = flowsim("run", project / "scenarios" / "today.yaml", "-n", 1, "--engine", "steam", "--out", "s")
    assert done.exit_code == 2
    for word in ("steam", "simpy", "compiled", "auto"):
        assert word in done.stderr
    assert not (project.parent / "s").exists()


def test_calibrate_writes_what_a_scenario_can_use(project: Path) -> None:
    history, target = project / "calibration" / "history.csv", project / "calibration" / "theatre.yaml"
    done = flowsim("calibrate", history, "--out", target, "--samples", 19)
    assert done.exit_code == 0, done.stderr
    assert "Level" in done.stdout
    assert "luck: {calibration: theatre.yaml, resource: theatre}" in done.stdout
    today = project / "scenarios" / "today.yaml"
    text = today.read_text()
    luck = "luck: {law: lognormal, cv: 0.25, lag1: 0.2}"
    assert luck in text
    today.write_text(text.replace(luck, "luck: {calibration: ../calibration/theatre.yaml, resource: theatre}"))
    assert flowsim("check", today).exit_code == 0
    found = json.loads(flowsim("calibrate", history, "--out", target, "--samples", 19, "--json").stdout)
    assert set(found["resources"]) == {"theatre"}


def test_the_console_script_speaks_to_pipes_without_colour(project: Path) -> None:
    code = "from flowsim.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "check", str(project / "scenarios" / "today.yaml")],
        cwd=ROOT,
        env={**os.environ, "FORCE_COLOR": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "\x1b" not in done.stdout + done.stderr


def test_a_narrow_terminal_gets_a_table_in_pieces() -> None:
    from flowsim.cli.screen import Sheet, _pieces

    sheet = Sheet("", ["scenario", *(f"measure\n{k}" for k in range(8))], [["A  today", *["1,234 ± 56"] * 8]])
    assert _pieces(sheet, 200) == [[0, 1, 2, 3, 4, 5, 6, 7, 8]]
    narrow = _pieces(sheet, 60)
    assert len(narrow) > 1
    assert all(piece[0] == 0 for piece in narrow)
    assert [place for piece in narrow for place in piece[1:]] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_broken_replication_is_told_with_the_command_that_runs_it_alone(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flowsim.study.measured import Measured

    whole = Measured.__call__

    def broken(self: Measured, results: object) -> object:
        if results.capacity["replication"].iloc[0] == 1:  # type: ignore[attr-defined]
            raise ZeroDivisionError("injected")
        return whole(self, results)  # type: ignore[arg-type]

    monkeypatch.setattr(Measured, "__call__", broken)
    today = project / "scenarios" / "today.yaml"
    done = flowsim("run", today, "-n", 3, "--seed", 5, "--no-report", "--out", "s")
    assert done.exit_code == 1
    assert "today, replication 1, seed 5: ZeroDivisionError: injected" in done.stderr
    assert f"reproduce: flowsim run {today} --first 1 --replications 1 --seed 5 --engine simpy" in done.stderr
    assert "1 replications failed; the tables hold the others." in done.stderr
    assert (project.parent / "s" / "run.json").exists()
