"""Replications: the same rows in any order, on any number of workers (P-DET-1, 2, 5), failures kept apart (P-RES-4)."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from flowsim import experiment, plan, scenario
from flowsim.errors import RunError
from flowsim.experiment import chunks, packing, pools, tasks
from flowsim.plan import Plan
from flowsim.tables import Results

STARTER = Path(experiment.__file__).parents[1] / "cli" / "starter" / "scenarios"
NAMES = ("today", "evening")


@pytest.fixture(scope="module")
def plans() -> list[Plan]:
    return [plan.build(scenario.load(STARTER / f"{name}.yaml")) for name in NAMES]


def contacts(results: Results) -> dict[str, pd.DataFrame]:
    """Everything of a replication, small enough to ship: one hash of all rows."""
    tables = (results.patients, results.contacts, results.capacity, results.losses)
    text = "".join(frame.to_csv(index=False) for frame in tables)
    row = {"scenario": [results.setting.scenario], "replication": [int(results.capacity["replication"].iloc[0])]}
    return {"hash": pd.DataFrame({**row, "value": [hashlib.sha256(text.encode()).hexdigest()]})}


def broken(results: Results) -> dict[str, pd.DataFrame]:
    found = contacts(results)["hash"]
    if found["replication"].iloc[0] == 1 and found["scenario"].iloc[0] == "evening":
        raise ZeroDivisionError("injected")
    return {"hash": found}


def broken_always(results: Results) -> dict[str, pd.DataFrame]:
    raise ZeroDivisionError("injected")


def slow(results: Results) -> dict[str, pd.DataFrame]:
    time.sleep(30)
    return contacts(results)


def unhurried(results: Results) -> dict[str, pd.DataFrame]:
    time.sleep(0.5)
    return contacts(results)


def hashes(plans: list[Plan], replications: int, **keyword: object) -> pd.DataFrame:
    return experiment.run(plans, replications, 1, summarise=contacts, **keyword).summaries["hash"]  # type: ignore[arg-type]


def test_det_1_the_same_rows_on_any_number_of_workers_and_any_executor(
    plans: list[Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "START_S", 0.0)
    serial = hashes(plans, 4)
    assert list(serial["scenario"]) == ["today"] * 4 + ["evening"] * 4
    assert list(serial["replication"]) == [0, 1, 2, 3] * 2
    assert serial["value"].nunique() == 8
    with experiment.workers(2) as processes:
        pd.testing.assert_frame_equal(hashes(plans, 4, executor=processes), serial)
        assert getattr(processes, "started", False)
        pd.testing.assert_frame_equal(hashes(plans, 2, executor=processes), hashes(plans, 2))
    with ThreadPoolExecutor(2) as pool:
        pd.testing.assert_frame_equal(hashes(plans, 4, executor=pool), serial)


@pytest.mark.parametrize(("pace", "largest"), [(None, 1), (0.01, 17), (0.4, 2), (30.0, 1)])
def test_tasks_last_about_a_second_and_get_smaller_towards_the_end(
    plans: list[Plan], monkeypatch: pytest.MonkeyPatch, pace: float | None, largest: int
) -> None:
    portions = chunks.Portions(plans, [range(50), range(50)], tasks.Job(1))
    monkeypatch.setattr(chunks.Portions, "pace", property(lambda self: pace))
    taken = []
    while (task := portions.take(2)) is not None:
        taken.append((task.place, task.replications))
    assert max(len(numbers) for _, numbers in taken) == largest
    assert len(taken[-1][1]) == 1
    for place in (0, 1):
        assert sorted(n for where, numbers in taken if where == place for n in numbers) == [*range(50)]


def test_what_takes_long_is_done_where_ctrl_c_is_heard(plans: list[Plan]) -> None:
    chunk = tasks.interruptible(tasks.Task(0, plans[0], (3,), tasks.Job(1, summarise=contacts)))
    assert chunk.good == (3,)
    with pytest.raises(AttributeError):
        tasks.interruptible(None)  # type: ignore[arg-type]


def test_det_2_a_replication_does_not_depend_on_how_many_are_run(plans: list[Plan]) -> None:
    many, few = hashes(plans, 5), hashes(plans, 2)
    assert list(many["value"][many["replication"] < 2]) == list(few["value"])
    later = experiment.run(plans, 3, 1, first=2, summarise=contacts)
    first = experiment.run(plans, 2, 1, summarise=contacts)
    pd.testing.assert_frame_equal(experiment.joined([first, later]).summaries["hash"], many)


PRINT_HASH = """
import sys; sys.path.insert(0, sys.argv[1])
from test_experiment import NAMES, STARTER, hashes
from flowsim import plan, scenario
print("".join(hashes([plan.build(scenario.load(STARTER / f"{n}.yaml")) for n in NAMES], 1)["value"]))
"""


def test_det_5_order_never_comes_from_hashes_of_objects() -> None:
    found = set()
    for seed in ("0", "1", "random"):
        done = subprocess.run(
            [sys.executable, "-c", PRINT_HASH, str(Path(__file__).parent)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        found.add(done.stdout)
    assert len(found) == 1


def test_res_4_a_broken_replication_is_named_and_the_others_are_kept(plans: list[Plan]) -> None:
    outcome = experiment.run(plans, 3, 7, summarise=broken)
    (failure,) = outcome.failures
    assert str(failure) == "evening, replication 1, seed 7: ZeroDivisionError: injected"
    assert "in broken" in failure.trace
    kept = outcome.summaries["hash"]
    assert list(zip(kept["scenario"], kept["replication"], strict=True)) == [
        ("today", 0), ("today", 1), ("today", 2), ("evening", 0), ("evening", 2),
    ]  # fmt: skip
    everything = experiment.run(plans, 3, 7, summarise=contacts).summaries["hash"]
    assert list(kept["value"]) == list(everything["value"].drop(4))


def test_nothing_but_failures_is_an_error(plans: list[Plan]) -> None:
    with pytest.raises(RunError, match="Every replication failed; the first: today, replication 0, seed 1: Zero"):
        experiment.run(plans[:1], 2, 1, summarise=broken_always)


def test_rows_are_kept_only_where_asked_for(plans: list[Plan]) -> None:
    outcome = experiment.run(plans, 2, 1, keep_rows=1)
    assert outcome.rows is not None
    assert outcome.summaries == {}
    assert set(outcome.rows.contacts["replication"]) == {0}
    assert list(outcome.rows.settings) == list(NAMES)
    assert experiment.run(plans, 1, 1).rows is None


def varied(replication: int) -> pd.DataFrame:
    """Counts that differ, weeks that do not; of replication 2 with another name, of 3 without rows."""
    frame = pd.DataFrame(
        {
            "scenario": "today",
            "replication": np.int32(replication),
            "step": pd.Categorical(["visit", "other" if replication == 2 else "surgery"]),
            "kind": ["a", "b"],
            "week": [1, 2],
            "n": [replication, 300 * replication],
            "share": [0.1 * replication, np.nan],
        }
    )
    return frame.iloc[:0] if replication == 3 else frame


def test_what_is_packed_comes_out_to_the_last_bit_in_few_blocks() -> None:
    frames = [varied(replication) for replication in range(5)]
    blocks = packing.packed(enumerate(frames))
    assert [[*block.replications] for block in blocks] == [[0, 1, 4], [2], [3]]
    assert set(blocks[0].keys) == {"step", "kind", "week"}
    pd.testing.assert_frame_equal(packing.unpacked(blocks), packing.stacked(frames), check_exact=True)
    apart = [block for number in (4, 2, 1, 0) for block in packing.packed([(number, frames[number])])]
    joined: list[packing.Block] = []
    for block in apart:
        packing.add(joined, block)
    pd.testing.assert_frame_equal(
        packing.unpacked(joined).astype({"step": str}), packing.stacked(frames).astype({"step": str}), check_exact=True
    )


def test_progress_is_told_of_every_replication(plans: list[Plan]) -> None:
    told: list[tuple[int, int]] = []
    experiment.run(plans, 3, 1, summarise=contacts, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (6, 6)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


LONG_RUN = """
import sys; sys.path[:0] = sys.argv[1:]
if __name__ == "__main__":
    from test_experiment import NAMES, STARTER, slow
    from flowsim import experiment, plan, scenario
    plans = [plan.build(scenario.load(STARTER / f"{n}.yaml")) for n in NAMES]
    print("ready", flush=True)
    experiment.run(plans, 4, 1, workers=2, summarise=slow)
"""


def children(parent: int) -> list[int]:
    """Processes whose parent is this one: a second worker, and Python's own keeper of shared resources."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z":
            parents[int(status.parent.name)] = int(fields[1])
    return [pid for pid, above in parents.items() if above == parent]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_its_parent(tmp_path: Path, how: signal.Signals) -> None:
    script = tmp_path / "long_run.py"
    script.write_text(LONG_RUN)
    here = Path(__file__).parent
    command = [sys.executable, str(script), str(here), str(here.parent)]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert run.stdout is not None
    assert run.stdout.readline() == b"ready\n"
    began = time.monotonic()
    while len(children(run.pid)) < 2 and time.monotonic() - began < 20:
        time.sleep(0.1)
    time.sleep(1.0)
    workers = children(run.pid)
    assert len(workers) >= 2
    run.send_signal(how)
    run.wait(timeout=10)
    run.stdout.close()
    began = time.monotonic()
    while any(alive(pid) for pid in workers) and time.monotonic() - began < 5:
        time.sleep(0.1)
    assert not [pid for pid in workers if alive(pid)], "a worker lives on"


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def arrivals(results: Results) -> dict[str, pd.DataFrame]:
    frame = results.patients[["scenario", "replication", "arrived_day", "group", "class", "source"]]
    return {"arrivals": frame.astype({"group": str, "source": str})}


def test_det_3_changing_beds_leaves_everybody_elses_luck_alone(tmp_path: Path) -> None:
    text = (STARTER / "today.yaml").read_text()
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "calibration").mkdir()
    shutil.copy(STARTER.parent / "calibration" / "unit_costs.yaml", tmp_path / "calibration")
    (tmp_path / "scenarios" / "today.yaml").write_text(text)
    fewer = text.replace("places: 6", "places: 2").replace("scenario: today", "scenario: fewer")
    (tmp_path / "scenarios" / "fewer.yaml").write_text(fewer)
    both = [plan.build(scenario.load(tmp_path / "scenarios" / f"{name}.yaml")) for name in ("today", "fewer")]
    found = experiment.run(both, 2, 1, summarise=arrivals).summaries["arrivals"]
    same, other = (found[found["scenario"] == name].drop(columns="scenario") for name in ("today", "fewer"))
    pd.testing.assert_frame_equal(same.reset_index(drop=True), other.reset_index(drop=True))
