"""Reading an event log: pieces of rows from any source -> one narrow frame, and every row that was left out with why.

Only mapped columns are kept, moments as days since Monday 1970-01-05, texts as categories: a log of two million
visits takes about 150 MB. No cell's value is ever part of a message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from flowsim.calibration.databases import is_address, named
from flowsim.calibration.log.columns import COLUMNS, DAY_FIRST, ISO, MOMENTS, WORDS, recognised
from flowsim.calibration.log.sources import headings, pieces
from flowsim.errors import Fault, InputError
from flowsim.frames import pd
from flowsim.sheets.table import looks_personal, refused

Progress = Callable[[int, int], None]
"""Told (rows read, rows in all or 0 if not known) after each piece."""
MOST_LISTED = 10_000


@dataclass(frozen=True)
class Events:
    """A log in normal form: columns `COLUMNS` but booked, plus `row`; moments in days since Monday 1970-01-05."""

    frame: pd.DataFrame
    rejected: tuple[Fault, ...]
    """Rows left out, at most 10,000 listed."""
    rejected_rows: int
    warnings: tuple[str, ...]
    source: str

    @property
    def last(self) -> float:
        """The log's last instant, in days."""
        return float(np.nanmax(self.frame[["queued", "start", "end"]].to_numpy()))


def read_events(
    source: str | Path | pd.DataFrame,
    columns: Mapping[str, str] | None = None,
    table: str = "",
    progress: Progress | None = None,
) -> Events:
    """The log in a file (CSV, xlsx, parquet, XES), a database (an address such as sqlite:///clinic.db and its table) or
    a frame.

    `columns` maps our names (`columns.COLUMNS`) to the source's headings where they are not recognised. Rows that
    cannot be are left out and listed; InputError if a column is missing, holds two date formats or personal identity
    numbers, or if nothing is left.
    """  # noqa: D205
    found: dict[str, str] = {}
    kept: list[pd.DataFrame] = []
    faults: list[Fault] = []
    rejected = done = 0
    reader = _Reader(_name(source))
    for piece, total in _pieces(source, table):
        found = found or recognised([str(one) for one in piece.columns], columns, reader.file)
        good, bad = reader.read(piece, found, done)
        kept.append(good)
        rejected += len(bad)
        faults += bad[: MOST_LISTED - len(faults)]
        done += len(piece)
        if progress:
            progress(done, total)
    frame = _joined(kept)
    if not len(frame):
        raise InputError(faults) if faults else refused(reader.file, "the file", "It is empty: no row of a visit.")
    return Events(frame, tuple(faults), rejected, _warnings(frame, found), reader.file)


def is_log(source: str | Path, columns: Mapping[str, str] | None = None, table: str = "") -> bool:
    """Whether a source is an event log by its headings (or its kind, XES), not a weekly table."""
    if str(source).lower().endswith(".xes"):
        return True
    there = headings(source, table)
    try:
        return bool(there) and bool(recognised(there, {k: v for k, v in (columns or {}).items() if k in COLUMNS}, ""))
    except InputError:
        return False


def _pieces(source: str | Path | pd.DataFrame, table: str) -> Iterator[tuple[pd.DataFrame, int]]:
    if isinstance(source, str | Path):
        yield from pieces(source, table)
    else:
        yield source, len(source)


def _name(source: Any) -> str:
    if is_address(source):
        return named(str(source))
    return Path(source).name if isinstance(source, str | Path) else "the frame"


class _Reader:
    """Reads piece after piece; a column's date format is that of its first cell, for all pieces."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.formats: dict[str, str] = {}

    def read(self, piece: pd.DataFrame, found: Mapping[str, str], before: int) -> tuple[pd.DataFrame, list[Fault]]:
        """(good rows in normal form, a fault for each other row)."""
        self._refuse_persons(piece, before)
        row = np.arange(before + 2, before + 2 + len(piece))
        why = np.full(len(piece), "", dtype=object)
        data: dict[str, Any] = {"row": row}
        for name in ("case", "group", "activity", "resource"):
            cells = piece[found[name]] if name in found else pd.Series("", index=piece.index)
            data[name] = _text(cells).to_numpy()
        for name in MOMENTS:
            if name in found and name != "booked":
                data[name] = self._moments(piece[found[name]], name, found[name], row, why)
        for name in ("queued", "start", "end"):
            data.setdefault(name, np.full(len(piece), np.nan))
        data["outcome"] = _outcomes(piece, found, data, why)
        _impossible(data, why)
        frame, good = pd.DataFrame(data), why == ""
        place = {"case": "case", "activity": "activity"}
        faults = [
            Fault(self.file, int(row[k]), place.get(str(why[k]).split()[0], "the row"), "", str(why[k]))
            for k in np.flatnonzero(~good)
        ]
        return frame[good], faults

    def _moments(self, cells: pd.Series, name: str, heading: str, row: Any, why: Any) -> Any:
        """Days since Monday 1970-01-05, NaN where the cell is empty."""
        if pd.api.types.is_datetime64_any_dtype(cells):
            return _days(cells.dt.tz_localize(None) if cells.dt.tz is not None else cells)
        text = cells.astype("str").str.strip()
        there = cells.notna().to_numpy() & ~text.isin(["", "nan", "None", "NaT"]).to_numpy()
        iso = text.str.match(ISO).fillna(False).to_numpy(dtype=bool) & there
        other = text.str.match(DAY_FIRST).fillna(False).to_numpy(dtype=bool) & there
        style = self.formats.setdefault(name, "other" if other.any() and not iso.any() else "iso")
        wrong = other if style == "iso" else iso
        if wrong.any() and (iso.any() or other.any()):
            first = int(row[np.flatnonzero(wrong)[0]])
            words = "This date is written another way than those above it: use one format in a column (2027-01-04)."
            raise refused(self.file, heading, words, first)
        read = pd.to_datetime(
            text.where(there & (iso | other)), errors="coerce", dayfirst=style == "other", format="mixed"
        )
        read = read.dt.tz_localize(None) if getattr(read.dt, "tz", None) is not None else read
        why[(there & read.isna().to_numpy()) & (why == "")] = f"The {name} is not a date and time: 2027-01-04 08:30."
        return _days(read)

    def _refuse_persons(self, piece: pd.DataFrame, before: int) -> None:
        for heading in piece.columns:
            kind = piece[heading].dtype.kind
            if kind in "Mbf" and not _whole(piece[heading]):
                continue
            cells = piece[heading].dropna()
            text = cells.astype("int64").astype("str").str.zfill(10) if kind in "iuf" else cells.astype("str")
            text = text[text.str.len().between(10, 13)]
            seen = text[text.str.fullmatch(r"(?:\d{2})?\d{6}[-+]?\d{4}")]
            where = next((k for k, one in seen.items() if looks_personal(one)), None)
            if where is not None:
                words = "This column looks like personal identity numbers (personnummer). Remove it and try again."
                raise refused(self.file, str(heading), words, before + 2 + piece.index.get_loc(where))


def _text(cells: pd.Series) -> pd.Series:
    """Cells as texts, empty ones as ''; whole numbers without the decimals a spreadsheet gives them."""
    if _whole(cells):
        cells = cells.astype("Int64")
    return cells.astype("str").fillna("").str.strip().replace({"nan": "", "None": "", "<NA>": ""})


def _whole(cells: pd.Series) -> bool:
    """Whether a column of floats holds whole numbers only."""
    known = cells.dropna()
    return cells.dtype.kind == "f" and len(known) > 0 and bool((known == np.floor(known)).all())


def _days(moments: pd.Series) -> Any:
    seconds = moments.astype("datetime64[s]").to_numpy()
    days = (seconds - np.datetime64("1970-01-05T00:00:00")) / np.timedelta64(1, "s") / 86_400
    return np.where(np.isnat(seconds), np.nan, days)


def _outcomes(piece: pd.DataFrame, found: Mapping[str, str], data: Mapping[str, Any], why: Any) -> Any:
    """The outcome as said, or as the empty cells say it."""
    said = np.where(np.isnan(data["start"]), "open", np.where(np.isnan(data["end"]), "open", "done"))
    if "outcome" not in found:
        return np.where(~np.isnan(data["start"]) & ("end" not in found), "done", said)
    text = _text(piece[found["outcome"]]).str.lower()
    known = text.map(WORDS)
    why[known.isna().to_numpy() & (why == "")] = (
        f"The outcome must be one of: {', '.join(sorted(set(WORDS.values())))}."
    )
    return np.where(text == "", said, known.fillna("open"))


def _impossible(data: dict[str, Any], why: Any) -> None:
    """Reasons for rows that cannot be."""
    tests = (
        (data["case"] == "", "case is empty: whose visit is it?"),
        (data["activity"] == "", "activity is empty: what was done?"),
        (data["end"] < data["start"] - 1e-9, "It ends before it starts."),
        (data["start"] < data["queued"] - 1e-9, "It starts before it is queued."),
        (np.isnan(data["queued"]) & np.isnan(data["start"]) & np.isnan(data["end"]), "It has no moment at all."),
        ((data["outcome"] == "done") & np.isnan(data["start"]), "It is done but has no start."),
    )
    for wrong, words in tests:
        why[wrong & (why == "")] = words


def _joined(kept: list[pd.DataFrame]) -> pd.DataFrame:
    """All pieces as one frame with texts as categories, sorted by case and moment."""
    parts = [one for one in kept if len(one)]
    if not parts:
        return pd.DataFrame(columns=["row", *(name for name in COLUMNS if name != "booked")])
    joined = {}
    for name in parts[0].columns:
        if name in ("case", "group", "activity", "resource", "outcome"):
            joined[name] = pd.api.types.union_categoricals(
                [pd.Categorical(one[name]) for one in parts], sort_categories=True
            )
        else:
            joined[name] = np.concatenate([one[name].to_numpy() for one in parts])
    frame = pd.DataFrame(joined)
    frame["queued"] = frame["queued"].fillna(frame["start"]).fillna(frame["end"])
    order = np.lexsort((frame["row"], frame["start"].fillna(np.inf), frame["queued"], frame["case"].cat.codes))
    return frame.iloc[order].reset_index(drop=True)


def _warnings(frame: pd.DataFrame, found: Mapping[str, str]) -> tuple[str, ...]:
    said = []
    if "queued" not in found:
        said.append("no column says when a visit was queued: no waits, no capacity from queues, no leaving")
    if frame["start"].notna().all():
        said.append(
            "only visits that have begun are in the log: no queue today, no leaving; routing and waits leave out the "
            "youngest visits"
        )
    if "outcome" not in found:
        said.append("no column says how a visit ended: no no-shows, cancellations or leaving")
    return tuple(said)
