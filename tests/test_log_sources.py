"""Sources of an event log: the same log through every door, and bad logs met in words, with the row."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
import pandas as pd
import pytest

from flowsim import chance
from flowsim.calibration import read_weekly
from flowsim.calibration.log import Events, calibrate_log, is_log, read_events
from flowsim.calibration.log.visits import Visits, window_of
from flowsim.errors import InputError

pytestmark = pytest.mark.usefixtures("told_in_swedish")

MOMENTS = ("queued", "start", "end")


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    """300 cases of a visit and, for some, an operation; some still wait."""
    case = np.arange(300)
    queued = pd.Timestamp("2026-01-05 08:00") + pd.to_timedelta((case * 1.7).round(3) * 24, unit="h").round("s")
    wait = pd.to_timedelta((9 * 24 * chance.uniform(1, 0, "wait", case)).round(2), unit="h").round("s")
    first = pd.DataFrame({"case": case, "group": np.where(case % 3, "hip", "knee"), "activity": "visit",
                          "queued": queued, "start": queued + wait, "resource": "clinic"})  # fmt: skip
    first["end"] = first["start"] + pd.Timedelta("40min")
    goes = first[case % 2 == 0]
    second = goes.assign(
        activity="surgery", queued=goes["end"], start=goes["end"] + pd.Timedelta("30D"), resource="theatre"
    )
    second["end"] = second["start"] + pd.Timedelta("2h")
    late = second["start"] > pd.Timestamp("2027-05-20")
    second.loc[late, ["start", "end"]] = pd.NaT
    both = pd.concat([first, second], ignore_index=True)
    both["outcome"] = np.where(both["start"].isna(), "open", "done")
    for name in MOMENTS:
        both[name] = both[name].astype("datetime64[s]")
    return both


def same(a: pd.DataFrame, b: pd.DataFrame) -> None:
    """The same visits, whatever their rows were."""
    for name in ("case", "group", "activity", "resource", "outcome"):
        assert a[name].astype(str).tolist() == b[name].astype(str).tolist(), name
    for name in MOMENTS:
        np.testing.assert_allclose(a[name], b[name], atol=1e-6, err_msg=name)


def by_key(frame: pd.DataFrame) -> pd.DataFrame:
    order = frame["case"].astype(str).astype(int) * 10 + (frame["activity"].astype(str) == "surgery")
    return frame.assign(order=order).sort_values("order", ignore_index=True)


@pytest.mark.parametrize("kind", ["csv", "semicolons", "xlsx", "parquet", "xes", "sqlite"])
def test_the_same_log_through_every_door(kind: str, log: pd.DataFrame, tmp_path: Path) -> None:
    expected = by_key(read_events(log).frame)
    assert len(expected) == len(log)
    found = read_events(written(kind, log, tmp_path))
    assert found.rejected == ()
    same(by_key(found.frame), expected)
    if kind in ("xlsx", "xes", "sqlite"):
        same_calibration(found, read_events(log))


def same_calibration(a: Events, b: Events) -> None:
    """Every number of the scenario, to the second that a source may keep of a moment."""
    ours, theirs = calibrate_log(a).table(), calibrate_log(b).table()
    assert ours[["parameter", "n", "how"]].equals(theirs[["parameter", "n", "how"]])
    np.testing.assert_allclose(ours[["value", "low", "high"]], theirs[["value", "low", "high"]], rtol=1e-5, atol=1e-5)


def test_logs_and_weekly_tables_are_told_apart(log: pd.DataFrame, tmp_path: Path) -> None:
    for kind in ("csv", "semicolons", "xlsx", "parquet", "xes", "sqlite"):
        assert is_log(written(kind, log, tmp_path)), kind
    weekly = tmp_path / "weekly.csv"
    weekly.write_text("week,count\n2027-W01,5\n")
    assert not is_log(weekly)
    assert not is_log(tmp_path / "nothing.csv")
    assert not is_log(f"sqlite:///{tmp_path / 'none.db'}")


def weekly_table() -> pd.DataFrame:
    weeks = [f"2026-W{k:02d}" for k in range(1, 13)]
    return pd.DataFrame({"vecka": weeks, "antal": np.arange(12) % 5 + 3, "timmar": np.arange(12) + 0.5})


def test_a_weekly_table_from_a_database(tmp_path: Path) -> None:
    weekly_table().to_csv(tmp_path / "clinic.csv", index=False)
    with sqlite3.connect(tmp_path / "clinic.db") as connection:
        weekly_table().to_sql("clinic", connection, index=False)
        weekly_table().assign(pnr="19121212-1212").to_sql("persons", connection, index=False)
        weekly_table().assign(antal="five").to_sql("wrong", connection, index=False)
    address = f"sqlite:///{tmp_path / 'clinic.db'}"
    assert read_weekly(address, table="clinic").equals(read_weekly(tmp_path / "clinic.csv"))
    with pytest.raises(InputError, match="there are: clinic, persons, wrong"):
        read_weekly(address)
    with pytest.raises(InputError, match="personnummer") as caught:
        read_weekly(address, table="persons")
    assert "1212" not in str(caught.value)
    with pytest.raises(InputError, match="not a number") as caught:
        read_weekly(address, table="wrong")
    assert [fault.line for fault in caught.value.faults] == list(range(1, 13))


def written(kind: str, log: pd.DataFrame, folder: Path) -> str | Path:
    path = folder / f"log.{kind}"
    if kind == "csv":
        log.to_csv(path, index=False)
    elif kind == "semicolons":
        swedish = {
            "case": "Ärende",
            "activity": "Aktivitet",
            "start": "Starttid",
            "end": "Sluttid",
            "outcome": "Utfall",
        }
        words = log.assign(outcome=log["outcome"].map({"done": "Genomförd", "open": "Väntar"})).rename(columns=swedish)
        path = folder / "log.csv"
        path.write_text(words.to_csv(index=False, sep=";"), encoding="cp1252")
    elif kind == "xlsx":
        with pd.ExcelWriter(path, engine="xlsxwriter") as book:
            log.to_excel(book, index=False)
    elif kind == "parquet":
        log.to_parquet(path)
    elif kind == "xes":
        path.write_text(as_xes(log), encoding="utf-8")
    else:
        sql = pytest.importorskip("sqlalchemy")
        address = f"sqlite:///{path}"
        engine = sql.create_engine(address)
        log.to_sql("events", engine, index=False)
        engine.dispose()
        return address
    return path


def as_xes(log: pd.DataFrame) -> str:
    """One trace a case, one event a visit."""
    texts = {"activity": "concept:name", "resource": "org:resource", "outcome": "outcome", "group": "group"}
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<log xes.version="1.0" xmlns="http://www.xes-standard.org/">']
    for case, rows in log.groupby("case"):
        lines.append(f'<trace><string key="concept:name" value="{case}"/>')
        for row in rows.itertuples():
            said = [
                f"<string key={quoteattr(key)} value={quoteattr(getattr(row, name))}/>" for name, key in texts.items()
            ]
            dated = [f'<date key="{name}" value="{getattr(row, name).isoformat()}"/>' for name in MOMENTS
                     if not pd.isna(getattr(row, name))]  # fmt: skip
            lines.append(f"<event>{''.join(said + dated)}</event>")
        lines.append("</trace>")
    return "\n".join([*lines, "</log>"])


def test_xes_by_lifecycle(tmp_path: Path) -> None:
    events = [("visit", "schedule", "2027-01-04T08:00:00"), ("visit", "start", "2027-01-06T09:00:00"),
              ("visit", "complete", "2027-01-06T09:40:00"), ("surgery", "schedule", "2027-01-06T09:40:00")]  # fmt: skip
    body = "".join(
        f'<event><string key="concept:name" value="{name}"/><string key="lifecycle:transition" value="{step}"/>'
        f'<date key="time:timestamp" value="{moment}"/></event>'
        for name, step, moment in events
    )
    path = tmp_path / "life.xes"
    path.write_text(f'<log><trace><string key="concept:name" value="7"/>{body}</trace></log>')
    frame = read_events(path).frame
    assert frame["activity"].tolist() == ["visit", "surgery"]
    assert frame["end"][0] - frame["queued"][0] == pytest.approx(2 + 100 / 1440)
    assert frame["outcome"].tolist() == ["done", "open"]


def test_the_same_log_through_postgresql(log: pd.DataFrame, database: str) -> None:
    import sqlalchemy as sql

    engine = sql.create_engine(database)
    log.to_sql("events", engine, index=False)
    weekly_table().to_sql("clinic", engine, index=False)
    engine.dispose()
    same(by_key(read_events(database).frame), by_key(read_events(log).frame))
    same_calibration(read_events(database), read_events(log))
    assert read_weekly(database, table="clinic")["count"].tolist() == weekly_table()["antal"].tolist()


@pytest.fixture
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of our own, started for the test."""
    pytest.importorskip("psycopg")
    homes = [*Path("/usr/lib/postgresql").glob("*/bin"), *filter(None, [_folder_of("initdb")])]
    home = next((one for one in homes if (one / "initdb").exists()), None)
    if home is None:
        pytest.skip("PostgreSQL NOT TESTED: it is not installed here. apt-get install postgresql")
    folder = tmp_path_factory.mktemp("server")
    as_other = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    if as_other:
        for part in (folder, *folder.parents):
            if part.owner() == "root" and str(part).startswith("/tmp/"):  # noqa: S108
                part.chmod(0o755)
        shutil.chown(folder, 65534, 65534)
    data = folder / "data"
    subprocess.run(
        [*as_other, home / "initdb", "-D", data, "-U", "flow", "-A", "trust"], check=True, capture_output=True
    )
    server = subprocess.Popen(
        [*as_other, home / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses="],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(100):
            if (folder / ".s.PGSQL.5432").exists():
                break
            time.sleep(0.1)
        time.sleep(0.5)
        yield f"postgresql+psycopg://flow@/postgres?host={folder}"
    finally:
        server.terminate()
        server.wait(20)


def _folder_of(program: str) -> Path | None:
    found = shutil.which(program)
    return Path(found).parent if found else None


# Bad logs


GOOD = "case,activity,queued,start,end,outcome\n1,visit,2027-01-04,2027-01-05 08:00,2027-01-05 09:00,done\n"
LEFT_OUT = {
    "ends before it starts": ("2,visit,2027-01-04,2027-01-05 08:00,2027-01-05 07:00,done", "ends before it starts"),
    "starts before queued": ("2,visit,2027-01-04,2027-01-03 08:00,2027-01-05 07:00,done", "starts before it is queued"),
    "no case": (",visit,2027-01-04,2027-01-05 08:00,2027-01-05 09:00,done", "whose visit"),
    "no activity": ("2,,2027-01-04,2027-01-05 08:00,2027-01-05 09:00,done", "what was done"),
    "no moment": ("2,visit,,,,open", "no moment"),
    "no date": ("2,visit,2027-01-04,soon,2027-01-05 09:00,done", "start is not a date"),
    "no such day": ("2,visit,2027-02-30,2027-03-05 08:00,2027-03-05 09:00,done", "queued is not a date"),
    "strange outcome": ("2,visit,2027-01-04,2027-01-05 08:00,2027-01-05 09:00,fine", "outcome must be one of"),
    "done without start": ("2,visit,2027-01-04,,,done", "no start"),
}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_rows_that_cannot_be_are_left_out_and_listed(name: str, tmp_path: Path) -> None:
    row, words = LEFT_OUT[name]
    path = tmp_path / "log.csv"
    path.write_text(f"{GOOD}{row}\n3,visit,2027-01-04,2027-01-06 08:00,2027-01-06 09:00,done\n")
    found = read_events(path)
    (fault,) = found.rejected
    assert (fault.line, fault.file, len(found.frame)) == (3, "log.csv", 2)
    assert words in str(fault)
    assert "soon" not in str(fault)


REFUSED = {
    "two date formats": (
        GOOD + "2,visit,04/01/2027,2027-01-05 08:00,2027-01-05 09:00,done\n",
        "line 3: queued",
        "one format",
    ),
    "no column": ("case,when\n1,2027-01-04\n", "the headings", "column of activity"),
    "empty": ("", "the file", "empty"),
    "headings only": ("case,activity,start\n", "the file", "empty"),
    "all bad": (GOOD.splitlines()[0] + "\n1,visit,,,,\n", "line 2", "no moment"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_logs_that_cannot_be_used_are_met_in_words(name: str, tmp_path: Path) -> None:
    text, place, words = REFUSED[name]
    path = tmp_path / "log.csv"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_events(path)
    assert place in str(caught.value)
    assert words in str(caught.value)


def test_days_first_is_one_format_too(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("case;activity;start\n1;visit;04.01.2027 08:00\n2;visit;13.01.2027 08:00\n")
    assert np.diff(read_events(path).frame["start"]) == pytest.approx([9])


def test_p_priv_2_personal_identity_numbers_stop_a_log_unseen(tmp_path: Path) -> None:
    from flowsim.sheets.table import looks_personal

    body = next(f"121212100{digit}" for digit in range(10) if looks_personal(f"121212100{digit}"))
    path = tmp_path / "log.csv"
    path.write_text(GOOD.replace("1,visit", f"{body},visit"))
    with pytest.raises(InputError, match="personnummer") as caught:
        read_events(path)
    assert "line 2: case" in str(caught.value)
    assert body not in str(caught.value)


def test_p_xl_3_a_zip_bomb_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    began = time.monotonic()
    with pytest.raises(InputError, match="not opened"):
        read_events(path)
    assert time.monotonic() - began < 2


def test_p_xl_4_lying_sizes_are_caught_by_the_reader(tmp_path: Path) -> None:
    path = tmp_path / "lies.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", b"0" * 400_000)
    raw = path.read_bytes().replace((400_000).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    path.write_bytes(raw)
    with pytest.raises(InputError, match="not a workbook"):
        read_events(path)


def test_formula_cells_are_read_as_their_values_and_never_run(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "formula.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["case", "activity", "start"])
        sheet.write_row(1, 0, ["1", "visit", "2027-01-04 08:00"])
        sheet.write(2, 0, "2")
        sheet.write(2, 1, "visit")
        sheet.write_formula(2, 2, '=HYPERLINK("http://nowhere")', value="#NAME?")
    found = read_events(path)
    assert (len(found.frame), found.rejected[0].line) == (1, 3)
    assert "no moment" in str(found.rejected[0])


def test_an_entity_bomb_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xes"
    path.write_text('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><log>&a;</log>')
    with pytest.raises(InputError, match="document type"):
        read_events(path)


def test_a_wrong_table_and_a_wrong_address_are_said_so(tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy")
    address = f"sqlite:///{tmp_path / 'empty.db'}"
    with pytest.raises(InputError, match="no such database file"):
        read_events(address)
    assert not (tmp_path / "empty.db").exists()
    sqlite3.connect(tmp_path / "empty.db").close()
    with pytest.raises(InputError, match="no such table"):
        read_events(address, table="visits")
    with pytest.raises(InputError, match="could not be read"):
        read_events("postgresql+psycopg://nobody:secret@127.0.0.1:1/none")
    with pytest.raises(InputError) as caught:
        read_events("nonsense://x")
    assert "secret" not in str(caught.value)


def test_p_priv_1_a_log_stays_here_and_leaves_no_row_behind(
    log: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No socket is opened; neither scenario nor table holds a case's name or moment."""

    def refuse(*_: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    named = log.assign(case="canary" + log["case"].astype(str))
    found = calibrate_log(read_events(named))
    found.to_yaml(tmp_path / "made.yaml")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["made.yaml", "made_sets.csv"]
    written = "".join(path.read_text() for path in tmp_path.iterdir()) + found.table().to_csv()
    assert "canary" not in written
    assert not re.search(r"\d{2}:\d{2}:\d{2}", written)


LARGE = """
import resource, sys, numpy as np, pandas as pd
from flowsim.calibration.log import calibrate_log, read_events
n = 700_000
case = np.arange(n)
rng = np.random.default_rng(1)
queued = np.sort(rng.uniform(0, 1100, n)); start = queued + rng.exponential(9, n)
start[start > 1092] = np.nan
rows = [(case, "visit", queued, start, "clinic")]
for step, share, resource_ in (("surgery", 0.9, "theatre"), ("control", 0.96, "clinic")):
    case, _, _, before, _ = rows[-1]
    on = (rng.uniform(size=len(case)) < share) & ~np.isnan(before)
    q = before[on] + 1; s = q + rng.exponential(12, len(q)); s[s > 1092] = np.nan
    rows.append((case[on], step, np.minimum(q, 1092), s, resource_))
def moments(days): return pd.Timestamp("2024-01-01") + pd.to_timedelta(np.round(days * 86400), unit="s")
parts = [pd.DataFrame({"case": c, "activity": a, "queued": moments(q), "start": moments(s), "end": moments(s),
                       "resource": r}) for c, a, q, s, r in rows]
for k, part in enumerate(parts):
    part.to_csv(sys.argv[1], index=False, mode="a" if k else "w", header=not k)
print(sum(map(len, parts)))
"""


@pytest.mark.slow
def test_two_million_visits_in_less_than_two_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    made = subprocess.run([sys.executable, "-c", LARGE, str(path)], capture_output=True, text=True, check=True)
    assert int(made.stdout) > 1_900_000
    code = f"""
import resource
from flowsim.calibration.log import calibrate_log, read_events
told = []
drawing = {{"scenario": "x", "horizon": {{"start": "2024-01-01", "weeks": 52}}, "groups": {{"all": {{}}}},
  "arrivals": {{"r": {{"step": "visit", "per_week": 1, "law": "negative_binomial", "variance_to_mean": 1.2}}}},
  "resources": {{name: {{"kind": "slots", "slots_per_week": 1}} for name in ("clinic", "theatre")}},
  "pathway": {{"visit": {{"needs": ["clinic"], "then": {{"surgery": 0.5, "discharged": 0.5}}}},
    "surgery": {{"needs": ["theatre"], "then": {{"control": 0.5, "treated": 0.5}}}},
    "control": {{"needs": ["clinic"], "then": "treated"}}}}}}
events = read_events({str(path)!r}, progress=lambda done, total: told.append((done, total)))
found = calibrate_log(events, drawing)
shares = {{p.name: p.estimate.value for p in found.parameters}}
print(len(told), told[-1][0], round(shares["pathway.visit.then.surgery"], 3),
      resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    pieces, rows, share, megabytes = done.stdout.split()
    assert int(pieces) >= 10
    assert int(rows) == int(made.stdout)
    assert float(share) == pytest.approx(0.9, abs=0.01)
    assert int(megabytes) < 2000


# Attempts


def test_the_last_attempt_of_a_visit_is_the_one_that_was_held() -> None:
    """A cancelled attempt has no start: by its start alone it would come last, and the visit would seem to wait on."""
    day = [pd.Timestamp("2026-01-05") + pd.Timedelta(days=k) for k in range(30)]
    rows = [
        ("a", day[0], day[20], day[20], "done"),
        ("a", day[0], pd.NaT, day[9], "cancelled"),
        ("b", day[1], pd.NaT, day[8], "cancelled"),
        ("b", day[1], pd.NaT, day[8], "left"),
        ("c", day[2], pd.NaT, day[7], "cancelled"),
        ("c", day[2], pd.NaT, pd.NaT, "open"),
        ("d", day[3], day[29], day[29], "done"),
    ]
    frame = pd.DataFrame(rows, columns=["case", "queued", "start", "end", "outcome"]).assign(activity="surgery")
    events = read_events(frame)
    visits = Visits(events, window_of(events))
    assert visits.last_of("surgery")["outcome"].tolist() == ["done", "left", "open", "done"]
    assert visits.of("surgery")["attempt"].tolist() == [0, 1, 0, 1, 0, 1, 0]
