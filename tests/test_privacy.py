"""What is kept of observed patients and what is not: nothing is sent, no row is written, nothing runs in a spreadsheet.

P-PRIV-2 (identity numbers) and P-XL-3, P-XL-4 (workbooks) stand in test_log_sources and test_calibration, P-PRIV-4
(small cells) in test_small_cells and test_log_calibration, P-PRIV-5 (the label) in test_study_logs.
"""

from __future__ import annotations

import csv
import io
import socket
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from histories import DOCTORS
from typer.testing import CliRunner

from flowsim import calibration, tables
from flowsim.calibration.log import calibrate_log, read_events
from flowsim.calibration.log.today import ages_law
from flowsim.cli import app
from flowsim.errors import InputError

CANARY = "kanariefågel"


def test_p_xl_2_texts_that_a_spreadsheet_would_run_are_led_by_an_apostrophe(tmp_path: Path) -> None:
    """P-XL-2: cells and headings that begin with = + - @ or a tab; numbers stay numbers."""
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "a\r=1", "a=b", ""]
    frame = pd.DataFrame({"text": texts, "number": [-5.0, 2, -0.5, 0, 1, 1, 1, 1, 1], "=head": -3})
    tables.write(frame, tmp_path, "table")
    text = (tmp_path / "table.csv").read_bytes().decode()
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == ["text", "number", "'=head"]
    cells = [row[0] for row in rows[1:]]
    assert cells == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\t=1", "'\n=1", "a\n=1", "a=b", ""]
    assert [float(row[1]) for row in rows[1:4]] == [-5, 2, -0.5]
    assert {row[2] for row in rows[1:]} == {"-3"}
    assert pd.read_parquet(tmp_path / "table.parquet").equals(frame)  # what machines read is as it is


def typed(*words: str | Path) -> str:
    done = CliRunner().invoke(app, [*map(str, words)])
    assert done.exit_code == 0, done.output
    return done.output


def clinic(folder: Path) -> Path:
    """A log of 200 visits of persons with names, one row of it impossible."""
    start = pd.Timestamp("2026-01-05 08:17:43") + pd.to_timedelta(np.arange(200) * 1.3, unit="D")
    frame = pd.DataFrame({"case": [f"{CANARY} {k}" for k in range(200)], "activity": "visit", "start": start})
    frame["queued"], frame["end"] = start - pd.Timedelta("6D"), start + pd.Timedelta("31min")
    frame["adress"] = f"{CANARY}gatan 4"
    frame.loc[7, "end"] = start[0] - pd.Timedelta("1D")
    frame.to_csv(folder / "log.csv", index=False)
    return folder / "log.csv"


@pytest.fixture(scope="module")
def left_behind(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """(all that is said, the folder) of a log calibrated and the scenario run, with every socket refused."""

    def refuse(*_: object) -> None:
        raise AssertionError("a socket was opened")

    folder = tmp_path_factory.mktemp("clinic")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        said = typed("calibrate", clinic(folder), "--out", folder / "again.yaml")
        said += typed("run", folder / "again.yaml", "-n", "1", "--steps", "0", "--no-report", "--out", folder / "study")
    (folder / "log.csv").unlink()
    return said, folder


def test_p_priv_1_nothing_is_sent_anywhere(left_behind: tuple[str, Path]) -> None:
    """P-PRIV-1: calibrating and running open no socket (the fixture would have failed), and come to their end."""
    _, folder = left_behind
    assert (folder / "again_fit.html").is_file()
    assert (folder / "study" / "run.json").is_file()


def test_p_priv_3_files_hold_parameters_and_few_values_are_refused(tmp_path: Path) -> None:
    """P-PRIV-3: ages are binned, fewer than 20 give their range alone; few weeks are not written one by one."""
    rng = np.random.default_rng(1)
    law = ages_law(np.sort(rng.uniform(1, 300, 57)))
    assert law["law"] == "histogram"
    assert len(law["bins"]) <= 11
    assert ages_law(np.linspace(1, 300, 19))["law"] == "uniform"
    weeks = "".join(f"W{k:02d},{20 + k % 5}\n" for k in range(1, 16))
    (tmp_path / "few.csv").write_text(f"week,count\n{weeks}")
    with pytest.raises(InputError, match="each could be recognised"):
        calibration.calibrate(tmp_path / "few.csv", luck="bootstrap", samples=19, whole=True)
    found = calibration.calibrate(DOCTORS, samples=19)
    found.to_yaml(tmp_path / "doctors.yaml")
    kept = (tmp_path / "doctors.yaml").read_text()
    weekly = [f"{count:.0f}" for count in calibration.read_weekly(DOCTORS)["count"]]
    assert not any(", ".join(weekly[k : k + 3]) in kept for k in range(len(weekly) - 2))


def test_p_priv_6_neither_files_nor_messages_hold_a_cell_of_a_row(left_behind: tuple[str, Path]) -> None:
    """P-PRIV-6: canaries in the cells of a log are in nothing that is printed or written, run.json included."""
    said, folder = left_behind
    assert "It ends before it starts" in said
    for path in folder.rglob("*"):
        if path.is_file():
            said += path.read_bytes().decode("utf-8", errors="replace")
    assert CANARY not in said
    assert "08:17:43" not in said
    assert ":48:43" not in said


def test_columns_that_are_not_asked_for_are_not_kept(tmp_path: Path) -> None:
    events = read_events(clinic(tmp_path))
    assert "adress" not in events.frame.columns
    assert CANARY not in str(calibrate_log(events).scenario())
