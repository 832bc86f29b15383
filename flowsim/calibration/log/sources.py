"""Sources of an event log: CSV, xlsx, parquet, XES and databases, read only and piece by piece."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flowsim import tables
from flowsim.calibration.databases import is_address, rows_of
from flowsim.errors import InputError
from flowsim.frames import pd
from flowsim.sheets.table import guarded_xlsx, refuse_sheet, refused

ROWS = 200_000
EVENTS = "events"
"""The table read of a database, unless another is named."""
MAX_BYTES = 4_000_000_000
Pieces = Iterator[tuple["pd.DataFrame", int]]
"""Frames of texts or moments, with the number of rows in all (0: not known)."""


def pieces(source: str | Path, table: str) -> Pieces:
    """The source's rows, piece by piece. InputError if it is none of those flowsim reads.

    `table`: of a database (default events), or a workbook's sheet (default its first).
    """
    if is_address(source):
        return rows_of(str(source), table or EVENTS, ROWS)
    path = Path(source)
    readers = {".csv": _csv, ".txt": _csv, ".tsv": _csv, ".parquet": _parquet, ".xes": _xes}
    if path.suffix.lower() not in (*readers, ".xlsx"):
        raise refused(path.name, "the file", f"Its kind must be one of: {', '.join((*readers, '.xlsx'))}.")
    try:
        size = path.stat().st_size
    except OSError:
        raise refused(path.name, "the file", "There is no such file, or it cannot be read.") from None
    if not size:
        raise refused(path.name, "the file", "It is empty: a line of headings and at least one row are needed.")
    if size > MAX_BYTES:
        raise refused(
            path.name, "the file", "It is larger than 4 GB: keep the columns that are needed, or use parquet."
        )
    if path.suffix.lower() == ".xlsx":
        return _xlsx(path, table)
    refuse_sheet(path.name, table)
    return readers[path.suffix.lower()](path)


def headings(source: str | Path, table: str) -> list[str]:
    """The source's headings; none if they cannot be read (why, `pieces` says)."""
    try:
        if is_address(source):
            first, _ = next(rows_of(str(source), table or EVENTS, 1), (None, 0))
            return [] if first is None else [str(one) for one in first.columns]
        path = Path(source)
        if path.suffix.lower() == ".parquet":
            return tables.headings(path)
        if path.suffix.lower() == ".xlsx":
            return [str(cell).strip() for _, row in guarded_xlsx(path, table)[:1] for cell in row]
        first = _first_line(path)[0]
        return next(csv.reader([first.strip()], delimiter=_between(first)), [])
    except (InputError, OSError, ValueError):
        return []


def _first_line(path: Path) -> tuple[str, str, float]:
    """(first line, encoding, bytes a line on average) of a file of text."""
    with open(path, "rb") as file:
        head = file.read(65_536)
    try:
        head.decode("utf-8-sig")
        encoding = "utf-8-sig"
    except UnicodeDecodeError as error:
        encoding = "utf-8-sig" if error.start > len(head) - 4 else "cp1252"
    first = head.decode(encoding, errors="replace").partition("\n")[0]
    return first, encoding, max(len(head) / max(head.count(b"\n"), 1), 1)


def _between(line: str) -> str:
    """What stands between a line's cells."""
    return max(";\t,", key=line.count)


def _csv(path: Path) -> Pieces:
    first, encoding, length = _first_line(path)
    if not first.strip():
        raise refused(path.name, "the headings", "The first line is empty: it must hold the headings.")
    lines = max(int(path.stat().st_size / length), 1)
    try:
        with pd.read_csv(
            path, sep=_between(first), dtype=str, chunksize=ROWS, encoding=encoding,
            encoding_errors="replace", keep_default_na=False, na_values=[""], quoting=csv.QUOTE_MINIMAL,
        ) as reader:  # fmt: skip
            for piece in reader:
                yield piece, lines
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        line = re.search(r"line (\d+)", str(error))
        raise refused(path.name, "the file", "It is not a table of text.", int(line[1]) if line else 0) from None


def _xlsx(path: Path, sheet: str) -> Pieces:
    rows = [row for _, row in guarded_xlsx(path, sheet)]
    if len(rows) < 2:
        raise refused(
            path.name,
            "the file",
            f"Its {'sheet ' + sheet if sheet else 'first sheet'} is empty: headings and at least one row are needed.",
        )
    frame = pd.DataFrame(rows[1:], columns=[str(one).strip() for one in rows[0]]).replace("", None).infer_objects()
    yield frame, len(frame)


def _parquet(path: Path) -> Pieces:
    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError):
        raise refused(path.name, "the file", "It is not a parquet file that can be read.") from None
    for first in range(0, max(len(frame), 1), ROWS):
        yield frame.iloc[first : first + ROWS], len(frame)


def _xes(path: Path) -> Pieces:
    """Traces as cases, events as rows; lifecycle schedule, start and complete of one activity become one row."""
    rows: list[dict[str, Any]] = []
    for case, events in _traces(path):
        rows += [{"case": case, **event} for event in events]
        if len(rows) >= ROWS:
            yield pd.DataFrame(rows), 0
            rows = []
    columns = ["case", "group", "activity", "queued", "start", "end", "resource", "outcome"]
    yield pd.DataFrame(rows).reindex(columns=columns), 0


def _traces(path: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    from xml.etree import ElementTree as ET

    with open(path, "rb") as file:
        if b"<!" in file.read(4096).replace(b"<!--", b""):
            raise refused(path.name, "the file", "An XES file with a document type is not opened.")
    try:
        for _, element in ET.iterparse(str(path)):  # noqa: S314
            if element.tag.rpartition("}")[2] == "trace":
                own = {one.get("key"): one.get("value") for one in element if one.get("key")}
                found = [
                    {str(one.get("key")): one.get("value") for one in event}
                    for event in element
                    if event.tag.rpartition("}")[2] == "event"
                ]
                yield str(own.get("concept:name") or ""), _visits(found, own.get("group"))
                element.clear()
    except ET.ParseError as error:
        raise refused(path.name, "the file", "It is not XML that can be read.", error.position[0]) from None


_LIFE = {"schedule": "queued", "start": "start", "complete": "end"}


def _visits(events: list[dict[str, Any]], group: str | None) -> list[dict[str, Any]]:
    """A trace's events as visits."""
    visits: list[dict[str, Any]] = []
    for event in events:
        one = {
            "activity": event.get("concept:name"), "resource": event.get("org:resource"),
            "outcome": event.get("outcome"), "group": event.get("group") or group,
            **{name: event[name] for name in ("queued", "start", "end") if event.get(name)},
        }  # fmt: skip
        moment = _LIFE.get(str(event.get("lifecycle:transition")), "end")
        if "start" in one or "queued" in one or "time:timestamp" not in event:
            visits.append(one)
        elif visits and visits[-1]["activity"] == one["activity"] and moment != "queued" and moment not in visits[-1]:
            visits[-1][moment] = event["time:timestamp"]
        else:
            visits.append({**one, moment: event["time:timestamp"]})
    for visit in visits:
        if "end" in visit and "start" not in visit and "queued" not in visit:
            visit["start"] = visit["end"]
    return visits
