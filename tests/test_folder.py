"""A study's folder appears whole or not at all (P-RES-3)."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from flowsim import tables
from flowsim.errors import FlowsimError
from flowsim.study import folder


def write_study(place: Path, text: str) -> None:
    (place / folder.MANIFEST).write_text(text)
    (place / "tables").mkdir()
    (place / "tables" / "a.csv").write_text(text * 1000)


def everything(place: Path) -> dict[str, bytes]:
    return {str(p.relative_to(place)): p.read_bytes() for p in sorted(place.rglob("*")) if p.is_file()}


def test_a_study_appears_and_replaces_an_earlier_one(tmp_path: Path) -> None:
    for text in ("first", "second"):
        with folder.replacing(tmp_path / "outputs" / "s") as new:
            write_study(new, text)
        assert (tmp_path / "outputs" / "s" / folder.MANIFEST).read_text() == text
    assert [p.name for p in (tmp_path / "outputs").iterdir()] == ["s"], "nothing else is left behind"


@pytest.mark.parametrize("error", [ValueError("a bug"), KeyboardInterrupt()])
def test_what_goes_wrong_leaves_the_earlier_study(tmp_path: Path, error: BaseException) -> None:
    target = tmp_path / "s"
    with folder.replacing(target) as new:
        write_study(new, "first")
    before = everything(target)

    def torn() -> None:
        with folder.replacing(target) as new:
            write_study(new, "second")
            raise error

    with pytest.raises(type(error)):
        torn()
    assert everything(target) == before
    assert [p.name for p in tmp_path.iterdir()] == ["s"]


def test_a_full_disk_leaves_the_earlier_study_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "s"
    with folder.replacing(target) as new:
        write_study(new, "first")
    before = everything(target)

    def full(file: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tables, "_on_disk", full)

    def write() -> None:
        with folder.replacing(target) as new:
            (new / folder.MANIFEST).write_text("second")
            tables.write(pd.DataFrame({"scenario": ["a"]}), new, "t")

    with pytest.raises(FlowsimError, match=r'Could not write ".*": No space left on device\. What was there before'):
        write()
    assert everything(target) == before
    assert [p.name for p in tmp_path.iterdir()] == ["s"]


def test_a_disk_that_refuses_the_last_step_leaves_the_earlier_study(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "s"
    with folder.replacing(target) as new:
        write_study(new, "first")
    before, replace = everything(target), os.replace

    def refuse(source: Path, to: Path) -> None:
        if ".new." in str(source):
            raise OSError(errno.EIO, "Input/output error")
        replace(source, to)

    monkeypatch.setattr(folder.os, "replace", refuse)
    with pytest.raises(FlowsimError), folder.replacing(target) as new:
        write_study(new, "second")
    assert everything(target) == before


def test_an_ending_between_out_and_in_is_mended(tmp_path: Path) -> None:
    (tmp_path / ".s.previous").mkdir()
    write_study(tmp_path / ".s.previous", "first")
    assert folder.recovered(tmp_path / "s").exists()
    assert (tmp_path / "s" / folder.MANIFEST).read_text() == "first"


def test_what_is_no_study_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(FlowsimError, match="is no study"), folder.replacing(tmp_path):
        pass
    with pytest.raises(FlowsimError, match="is no study"), folder.replacing(tmp_path / "thesis.txt"):
        pass
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


WRITER = """
import sys
from pathlib import Path
from flowsim.study import folder
for k in range(10_000):
    with folder.replacing(Path(sys.argv[1])) as new:
        for name in ("run.json", "a", "b", "c"):
            (new / name).write_text(str(k) * 2000)
    print(k, flush=True)
"""


def test_a_reader_never_sees_half_a_study_whenever_the_writer_is_killed(tmp_path: Path) -> None:
    target = tmp_path / "s"
    for pause in (0.0, 0.003, 0.007, 0.013, 0.021):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(target)], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(pause)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        texts = {p.read_text() for p in folder.recovered(target).iterdir()}
        assert len(texts) == 1, "files of two writes stand in one folder"
        assert {p.name for p in target.iterdir()} == {"run.json", "a", "b", "c"}


def test_text_cells_are_safe_in_spreadsheets_and_numbers_stay_numbers(tmp_path: Path) -> None:
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "plain", "=HYPERLINK(1)"]
    frame = pd.DataFrame({"scenario": texts, "value": [-5.0, -0.5, 0, 1, 2, 3, 4]})
    frame["group"] = pd.Categorical(texts)
    tables.write(frame, tmp_path, "t")
    lines = (tmp_path / "t.csv").read_text().splitlines()
    assert lines[1] == "'=1+1,-5.0,'=1+1"
    assert lines[6] == "plain,3.0,plain"
    assert all(line[0] not in "=+-@\t" for line in lines)
    pd.testing.assert_frame_equal(tables.read(tmp_path)["t"], frame, check_dtype=False)
