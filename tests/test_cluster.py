"""A Dask scheduler and its workers really started on loopback: the same tables, deaths survived, strangers refused."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from test_experiment import NAMES, STARTER, contacts, unhurried

import flowsim
from flowsim import experiment, plan, scenario, study
from flowsim.errors import FlowsimError, RunError
from flowsim.experiment import cluster, identity
from flowsim.plan import Plan
from flowsim.study import Design

pytest.importorskip("distributed")
pytestmark = pytest.mark.xdist_group("cluster")  # one scheduler for all
HERE = Path(__file__).parent
Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture(scope="module")
def plans() -> list[Plan]:
    return [plan.build(scenario.load(STARTER / f"{name}.yaml")) for name in NAMES]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cluster")


@pytest.fixture(scope="module")
def start(place: Path) -> Iterator[Start]:
    """Starts `dask scheduler` and `dask worker` processes, and ends them all."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(*words: str, flowsim_from: Path | None = None) -> subprocess.Popen[bytes]:
        paths = [str(path) for path in (flowsim_from, HERE) if path is not None]
        one = subprocess.Popen(
            [sys.executable, "-m", "dask", *words, "--scheduler-file", str(place / "scheduler.json")],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "DASK_LOGGING__DISTRIBUTED": "critical"},
            stderr=subprocess.DEVNULL,
            cwd=place,
        )
        started.append(one)
        return one

    yield begin
    for one in started:
        one.kill()
        one.wait()


@pytest.fixture(scope="module")
def address(start: Start, place: Path) -> str:
    start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    found = until(lambda: json.loads((place / "scheduler.json").read_text())["address"])
    assert isinstance(found, str)
    return found


def worker(start: Start, flowsim_from: Path | None = None) -> subprocess.Popen[bytes]:
    return start("worker", "--nthreads", "1", "--no-nanny", "--no-dashboard", flowsim_from=flowsim_from)


def until(found: Callable[[], object], seconds: float = 30) -> object:
    """What `found` gives, as soon as it gives something."""
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        try:
            if (answer := found()) is not None:
                return answer
        except (OSError, ValueError, KeyError):
            pass
        time.sleep(0.1)
    raise AssertionError("waited in vain")


def joined_workers(address: str, number: int) -> None:
    """Wait for so many workers."""
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        until(lambda: len(client.scheduler_info(n_workers=-1)["workers"]) == number or None)


def test_the_same_tables_although_a_worker_is_killed_in_the_middle(
    plans: list[Plan], start: Start, address: str
) -> None:
    here = experiment.run(plans, 4, 1, summarise=contacts).summaries["hash"]
    victim, _ = worker(start), worker(start)
    joined_workers(address, 2)
    done: list[int] = []

    def told(count: int, total: int) -> None:
        done.append(count)
        if len(done) == 2:
            victim.send_signal(signal.SIGKILL)

    with experiment.workers(1, cluster=address) as executor:
        assert executor is not None
        there = experiment.run(plans, 4, 1, summarise=unhurried, executor=executor, progress=told)
    assert victim.wait(timeout=10) == -signal.SIGKILL
    assert done[-1] == 8
    pd.testing.assert_frame_equal(there.summaries["hash"], here)
    joined_workers(address, 1)


def test_a_study_on_the_cluster_is_the_same_to_the_byte(start: Start, address: str, tmp_path: Path) -> None:
    paths = [STARTER / f"{name}.yaml" for name in NAMES]
    here = study.run(paths, Design(3, steps=0), tmp_path / "here" / "s")
    there = study.run(paths, Design(3, steps=0, cluster=address), tmp_path / "there" / "s")
    assert there.run["tables"] == here.run["tables"]
    assert there.run["sha256"] == here.run["sha256"]


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("__init__.py", f'"{flowsim.__version__}"', '"0.0.9"', "flowsim's version is 0.0.9 there and"),
        (
            "chance/streams.py",
            "0xBF58476D1CE4E5B9",
            "0xBF58476D1CE4E5B7",
            "the check-sum of 10,000 reference draws is ",
        ),
    ],
)
def test_a_worker_unlike_us_is_refused(
    start: Start, address: str, tmp_path: Path, file: str, old: str, new: str, words: str
) -> None:
    copy = tmp_path / "flowsim"
    shutil.copytree(Path(flowsim.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    text = (copy / file).read_text()
    assert old in text
    (copy / file).write_text(text.replace(old, new))
    stranger = worker(start, flowsim_from=tmp_path)
    joined_workers(address, 2)
    try:
        with pytest.raises(RunError, match="is refused: .*" + words), experiment.workers(1, cluster=address):
            pass
    finally:
        stranger.kill()
    joined_workers(address, 1)


def test_a_worker_that_joins_later_is_looked_at_too() -> None:
    strange = {**identity.identity(), "draws": "other"}
    with pytest.raises(cluster.StrangeWorkerError, match="refused: the check-sum of 10,000 reference draws is"):
        cluster.checked(strange, print)
    assert cluster.checked(identity.identity(), max, 1, 2) == 2


def test_nobody_there_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_S", 1)
    for nobody in ("tcp://127.0.0.1:9", "not an address"):
        with pytest.raises(FlowsimError, match="No Dask scheduler answers"), experiment.workers(1, cluster=nobody):
            pass
