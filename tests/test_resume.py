"""Long runs survive: killed, interrupted, changed meanwhile, disk full (P-RES-1, 2, 3, 5, P-ORPHAN)."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from test_experiment import alive, children

from flowsim import experiment, plan, scenario, study
from flowsim.errors import FlowsimError, InputError
from flowsim.experiment import filing, packing
from flowsim.experiment.tasks import Chunk
from flowsim.study import Design, unfinished
from flowsim.study.measured import Measured

STARTER = Path(study.__file__).parents[1] / "cli" / "starter"
FLOWSIM = "import sys; from flowsim.cli import main; sys.argv[0] = 'flowsim'; main()"
needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at /proc")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh starter, which is the working directory."""
    shutil.copytree(STARTER, tmp_path / "mine")
    monkeypatch.chdir(tmp_path / "mine")
    return tmp_path / "mine"


def flowsim(*words: str) -> subprocess.Popen[str]:
    """`flowsim run` of one scenario, as a process with two workers."""
    command = ["run", "scenarios/today.yaml", *words, "--no-report", "--out", "outputs/s"]
    return subprocess.Popen(
        [sys.executable, "-c", FLOWSIM, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finished(run: subprocess.Popen[str]) -> tuple[int, str]:
    _, err = run.communicate(timeout=600)
    return run.returncode, err


def tables(place: Path) -> dict[str, str]:
    """What the study is, to the byte: the hash of its record and of its tables."""
    record = json.loads((place / "run.json").read_text())
    return {"record": record["sha256"], **{name: table["sha256"] for name, table in record["tables"].items()}}


def family(parent: int) -> list[int]:
    """All processes below this one."""
    own = children(parent)
    return [*own, *(below for child in own for below in family(child))]


def all_gone(pids: list[int], seconds: float = 5.0) -> bool:
    began = time.monotonic()
    while any(alive(pid) for pid in pids) and time.monotonic() - began < seconds:
        time.sleep(0.05)
    return not any(alive(pid) for pid in pids)


def killed_and_resumed(luck: random.Random, longest: float, words: tuple[str, ...], kills: int) -> int:
    """Runs killed at random moments, gone on with until one is finished; how many were killed."""
    count = 0
    while True:
        run = flowsim(*words, "--resume")
        if count == kills:
            code, err = finished(run)
            assert code == 0, err
            return count
        time.sleep(luck.uniform(0.3 * longest, longest))
        below = family(run.pid)
        run.send_signal(signal.SIGKILL)
        code, err = finished(run)
        assert all_gone(below), "a worker lives on"
        if code == 0:
            return count
        assert code == -signal.SIGKILL, err
        count += 1


def check_kills(project: Path, experiments: int, kills: int, words: tuple[str, ...]) -> None:
    began = time.monotonic()
    assert finished(flowsim(*words))[0] == 0
    longest = time.monotonic() - began
    expected, total = tables(project / "outputs" / "s"), 0
    for number in range(experiments):
        shutil.rmtree(project / "outputs")
        total += killed_and_resumed(random.Random(number), longest, words, kills)  # noqa: S311 - luck of a test
        assert tables(project / "outputs" / "s") == expected
        assert [path.name for path in (project / "outputs").iterdir()] == ["s"], "something is left behind"
    assert total >= experiments // 2


@needs_proc
def test_res_1_a_run_killed_at_random_moments_gives_the_same(project: Path) -> None:
    check_kills(project, 1, 2, ("-n", "16", "--workers", "1", "--steps", "0"))


@needs_proc
@pytest.mark.slow
def test_res_1_forty_runs_killed_at_random_moments_give_the_same(project: Path) -> None:
    check_kills(project, 40, 2, ("-n", "40", "--workers", "2"))


@needs_proc
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_res_5_and_orphan_an_ended_run_leaves_nobody_and_says_how_to_go_on(project: Path, how: signal.Signals) -> None:
    run = flowsim("-n", "5000", "--workers", "2", "--seed", "3")
    began = time.monotonic()
    part = project / "outputs" / ".s.part"
    while len([*part.glob("*.chunk")]) < 2 and time.monotonic() - began < 60:
        time.sleep(0.1)
    below = family(run.pid)
    assert len(below) >= 2, "one worker beside the process itself, and who tracks their memory"
    run.send_signal(how)
    code, err = finished(run)
    assert all_gone(below), "a worker lives on"
    assert not (project / "outputs" / "s").exists()
    assert [*part.glob("*.chunk")]
    if how == signal.SIGINT:
        assert code == 130
        assert "What was finished is kept. Go on with:\n  flowsim run scenarios/today.yaml -n 5000 " in err
        assert err.strip().endswith("--out outputs/s --resume")


class EnoughError(Exception):
    """Stops a run in the middle."""


def interrupted(paths: list[Path], out: Path, design: Design, after: int = 2) -> None:
    """A run that stops when so many replications are done."""

    def stop(done: int, total: int) -> None:
        if done >= after:
            raise EnoughError

    with pytest.raises(EnoughError):
        study.run(paths, design, out, progress=stop)


def noted(said: list[str]) -> unfinished.Note:
    return lambda english, swedish: said.append(english)


def test_res_2_what_was_changed_meanwhile_is_named_and_refused(project: Path) -> None:
    today, out = project / "scenarios" / "today.yaml", project / "s"
    interrupted([today], out, Design(4, seed=1))
    today.write_text(today.read_text() + "\n# one byte more\n")
    with pytest.raises(InputError, match=r"the file scenarios/today.yaml was changed.* --force-new throws it away"):
        study.run([today], Design(4, seed=1, resume=True), out)
    with pytest.raises(InputError, match="seed was 1 then and is 2 now"):
        study.run([today], Design(4, seed=2, resume=True), out)
    assert (project / ".s.part").exists()
    assert not out.exists()
    told: list[tuple[int, int]] = []
    design = Design(4, seed=1, resume=True, force_new=True, steps=0)
    study.run([today], design, out, progress=lambda done, total: told.append((done, total)))
    assert told[0][0] < 4
    assert sorted(path.name for path in project.glob(".s*")) == []


@pytest.mark.parametrize("name", ["flowsim", "numpy", "code", "draws"])
def test_res_2_another_flowsim_or_numpy_is_refused(project: Path, name: str) -> None:
    today, out = project / "scenarios" / "today.yaml", project / "s"
    interrupted([today], out, Design(4), after=1)
    part = project / ".s.part" / "part.json"
    part.write_text(json.dumps({**json.loads(part.read_text()), name: "1.0"}))
    with pytest.raises(InputError, match=r"was 1\.0 then and is "):
        study.run([today], Design(4, resume=True), out)


def test_only_what_is_missing_is_run_and_the_study_is_the_same(project: Path) -> None:
    paths = [project / "scenarios" / f"{name}.yaml" for name in ("today", "evening")]
    straight = study.run(paths, Design(5, steps=0), project / "straight" / "s")
    interrupted(paths, project / "s", Design(3, steps=0), after=4)
    left = [*(project / ".s.part").glob("*.chunk")]
    left[0].write_bytes(left[0].read_bytes()[:-100])
    (project / ".s.part" / "today-0000009-0000009.chunk.tmp").write_bytes(b"half")
    said: list[str] = []
    told: list[tuple[int, int]] = []
    made = study.run(
        paths, Design(5, resume=True, steps=0), project / "s", progress=lambda *of: told.append(of), note=noted(said)
    )
    assert told[0][1] == 10
    assert told[0][0] > 2, "what was there counts as done"
    assert tables(made.folder) == tables(straight.folder)
    assert said == []
    assert [path.name for path in project.glob(".s*")] == []


def test_without_the_word_it_goes_on_too_but_never_with_something_else(project: Path) -> None:
    today, out = project / "scenarios" / "today.yaml", project / "s"
    interrupted([today], out, Design(4))
    said: list[str] = []
    study.run([today], Design(2, seed=9), out, note=noted(said))
    assert said == ["An unfinished run of something else was there and is thrown away (seed was 1 then and is 9 now)."]
    study.run([today], Design(2, resume=True), out, note=noted(said))
    assert said[1:] == ["There is no unfinished run here; it begins from the start."]


def test_two_runs_of_one_study_at_the_same_time_are_refused(project: Path) -> None:
    today, out = project / "scenarios" / "today.yaml", project / "s"

    def second(done: int, total: int) -> None:
        with pytest.raises(FlowsimError, match="Another run is writing"):
            study.run([today], Design(1), out)

    study.run([today], Design(1, steps=0), out, progress=second)


def test_res_3_a_full_disk_leaves_the_earlier_study_and_says_so(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    today, out = project / "scenarios" / "today.yaml", project / "s"
    before = tables(study.run([today], Design(1), out).folder)
    real = os.fsync
    calls: list[int] = []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) > 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(unfinished.os, "fsync", full)
    with pytest.raises(FlowsimError, match=r"Could not write .*No space left on device.* is untouched"):
        study.run([today], Design(3, seed=4), out)
    monkeypatch.undo()
    assert tables(out) == before
    assert not [*(project / ".s.part").glob("*.tmp")]


def test_a_chunk_survives_its_file_to_the_last_bit() -> None:
    made = plan.build(scenario.load(STARTER / "scenarios" / "today.yaml"))
    outcome = experiment.run([made], 3, 1, summarise=Measured({}))
    assert isinstance(outcome.summaries, experiment.Summaries)
    ((name, packs),) = outcome.summaries.places
    back = filing.from_bytes(filing.to_bytes(Chunk(0, name, (0, 1, 2), packs)), 0)
    assert (back.scenario, back.good) == (name, (0, 1, 2))
    for table, blocks in packs.items():
        pd.testing.assert_frame_equal(packing.unpacked(back.packs[table]), packing.unpacked(blocks))
    with pytest.raises(FlowsimError, match="cannot be read"):
        filing.from_bytes(b"torn", 0)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([0.0, 1.0, -3.0], "int8"), ([200.0], "uint8"), ([40000.0], "uint16"), ([0.5, np.nan], "float32"),
        ([0.1], "float64"), ([-0.0, 1.0], "float32"), ([1e300], "float64"), ([2.0**40], "float32"), ([3], "int8"),
    ],
)  # fmt: skip
def test_numbers_are_kept_in_the_fewest_bytes_that_hold_them(values: list[float], kind: str) -> None:
    given = np.array(values)
    kept = packing.narrow(given)
    assert kept.dtype == kind
    back = kept.astype(given.dtype)
    assert back.tobytes() == given.tobytes()
