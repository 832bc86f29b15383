"""What is shipped works: every block of the README, every scenario file, the starter."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

import flowsim as fs
from flowsim import engines
from flowsim.cli import app
from flowsim.report.counted import COUNTED, UNITS
from flowsim.study import Design

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHIPPED = sorted((ROOT / "scenarios").glob("*.yaml"))
COMMANDS = {"new", "check", "calibrate", "run", "report", "kpp", "budget", "payment", "indicators", "ask", "follow-up"}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def test_the_readmes_commands_and_python_run_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    spoken = "new check run report calibrate kpp kpp kpp budget budget indicators indicators"
    assert [shlex.split(line)[:2] for line in lines] == [["flowsim", name] for name in spoken.split()]
    for line in lines:
        arguments = shlex.split(line.replace("--replications 20", "--replications 3"))[1:]
        arguments += ["--samples", "19"] if arguments[0] == "calibrate" else []
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0, f"{line}: {done.stderr}"
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), {})  # noqa: S102 - our own README


def test_the_readmes_scenario_is_the_starters() -> None:
    (block,) = blocks("yaml")
    starter = ROOT / "flowsim" / "cli" / "starter" / "scenarios" / "evening.yaml"
    shipped = yaml.safe_load(starter.read_text(encoding="utf-8"))
    assert yaml.safe_load(block) == {key: value for key, value in shipped.items() if key != "title_sv"}


def test_the_readme_names_every_command_and_every_named_change() -> None:
    from flowsim.scenario.interventions import NAMED

    assert {name for name in COMMANDS if f"`flowsim {name}" in README} == COMMANDS
    for name in NAMED:
        assert f"`{name}`" in README, f"the README does not name the change {name}"


def test_files_the_readme_names_are_there() -> None:
    for name in (
        "flowsim/chance",
        "flowsim/engines/simpy_engine/dispatch.py",
        "scenarios/ortho_today.yaml",
        "CHANGELOG.md",
    ):
        assert name in README
        assert (ROOT / name).exists()


@pytest.mark.xdist_group("compiled")
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_scenario_runs(path: Path, tmp_path: Path) -> None:
    made = fs.run_study([path], Design(2, steps=0, engine=engines.chosen("auto", 1_000_000)), tmp_path / "s")
    headline = made.tables["headline"]
    assert set(headline["scenario"]) == {fs.load(path).name}
    assert headline["mean"].notna().any()
    visits = made.tables["flow_steps"]["visits"]
    assert (visits > 0).any()
    numbers = made.tables["numbers"].astype(str)
    assert {name.partition(":")[0] for name in numbers["measure"]} <= set(COUNTED), "every number has its words"
    assert set(numbers["unit"]) <= set(UNITS)


def test_the_starter_has_no_fault_and_no_resource_without_end(tmp_path: Path) -> None:
    from flowsim import arithmetic, plan

    shutil.copytree(ROOT / "flowsim" / "cli" / "starter", tmp_path, dirs_exist_ok=True)
    for path in sorted((tmp_path / "scenarios").glob("*.yaml")):
        scenario = fs.load(path)
        assert not scenario.warnings
        assert all(load.load <= 1 for load in arithmetic.loads(plan.build(scenario)))


def test_scenarios_that_share_no_resource_stand_in_one_report(tmp_path: Path) -> None:
    paths = [str(ROOT / "scenarios" / f"{name}.yaml") for name in ("one_queue", "obesity_backlog")]
    done = CliRunner().invoke(app, ["run", *paths, "--replications", "2", "--out", str(tmp_path / "both")])
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / "both" / "report.html").exists()
