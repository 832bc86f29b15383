"""`flowsim calibrate` of an event log: read along a scenario's pathway or its own, and the scenario it makes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from flowsim.cli.screen import Sheet, note, out, out_json, progress, show, told
from flowsim.errors import FlowsimError

if TYPE_CHECKING:
    from flowsim.calibration.log import Events, LogCalibration

LISTED = 20
"""Rows left out that are shown on the screen; all stand in the file beside."""


@dataclass(frozen=True)
class Asked:
    """The options of `flowsim calibrate` for an event log, as typed."""

    pathway: Path | None
    """None: a pathway is drawn from the log."""
    out: Path | None
    capacity: Path | None
    table: str
    columns: dict[str, str]
    window: tuple[date, date] | None
    min_cell: int
    report: bool
    json: bool
    lang: Literal["sv", "en"]


def is_log(source: str, asked: Asked) -> bool:
    """Whether the history is an event log: it is to be read along a pathway, or has a log's headings."""
    from flowsim.calibration import log

    return asked.pathway is not None or log.is_log(source, asked.columns, asked.table)


def calibrate(source: str, asked: Asked) -> None:
    """Reads the log, fits the pathway's numbers, writes the scenario, its parameters and parameter sets beside it."""
    from flowsim import schema
    from flowsim.calibration import read_weekly
    from flowsim.calibration.log import calibrate_log

    drawing = None
    if asked.pathway is not None:
        drawing, _ = schema.read(schema.text_of(asked.pathway, kind="scenario file"), asked.pathway.as_posix())
    events = _read(source, asked)
    capacity = read_weekly(asked.capacity) if asked.capacity else None
    found = calibrate_log(
        events, drawing, capacity, asked.window, asked.min_cell, lambda what: note(f"fitting {what} ...")
    )
    beside_it = Path("log") if "://" in source else Path(source)
    target = asked.out or (asked.pathway or beside_it).with_name(f"{beside_it.stem}_calibrated.yaml")
    written = _write(found, target)
    page = _page(found, target, asked)
    if asked.json:
        _show_json(found, events, target, page)
        return
    _show(found, events, asked.lang == "sv")
    if page:
        written.append(page)
    listed = ", ".join(path.as_posix() for path in written)
    out(f"{'Skrivet' if asked.lang == 'sv' else 'Written'}: {listed}")


def _page(found: LogCalibration, target: Path, asked: Asked) -> Path | None:
    """The fit report, if it is wanted."""
    if not asked.report:
        return None
    from flowsim.report.fit.log_page import write_log_fit

    try:
        return write_log_fit(found, target.with_name(f"{target.stem}_fit.html"), asked.lang)
    except OSError as error:
        raise FlowsimError(f'Could not write "{target}": {error.strerror}.') from error


def _write(found: LogCalibration, target: Path) -> list[Path]:
    """The scenario with its parameter sets, and beside it the tables of parameters, visits and rows left out."""
    from flowsim import tables

    frames = {"parameters": found.table(), "visits": found.observed, "left_out": found.left_out()}
    written = [target, target.with_name(f"{target.stem}_sets.csv")]
    try:
        found.to_yaml(target)
        for name, frame in frames.items():
            if len(frame):
                written.append(target.with_name(f"{target.stem}_{name}.csv"))
                written[-1].write_text(tables.safe_text(frame).to_csv(index=False), encoding="utf-8")
    except OSError as error:
        raise FlowsimError(f'Could not write "{target}": {error.strerror}.') from error
    return written


def _show_json(found: LogCalibration, events: Events, target: Path, page: Path | None) -> None:
    out_json(
        {
            "file": target.as_posix(),
            **({"report": page.as_posix()} if page else {}),
            "weeks": found.window.weeks,
            "rejected_rows": events.rejected_rows,
            "parameters": found.table().to_dict(orient="records"),
            "visits": found.observed.to_dict(orient="records"),
            "assumed": list(found.assumed),
            "rejected": [str(fault) for fault in found.rejected],
        }
    )


def _read(source: str, asked: Asked) -> Events:
    """The log, with a bar of how far the reading has come."""
    from flowsim.calibration.log import read_events

    with progress("reading" if asked.lang == "en" else "läser") as told:
        return read_events(source, asked.columns, asked.table, told)


def _show(found: LogCalibration, events: Events, sv: bool) -> None:
    weeks = "veckor" if sv else "weeks"
    out(f"{found.source}: {len(events.frame)} {'besök' if sv else 'visits'}, {found.window.weeks} {weeks}")
    columns = ["parameter", "värde", "95 %", "antal"] if sv else ["parameter", "value", "95%", "number"]
    rows = [
        [
            one.name,
            f"{one.estimate.value:.4g}",
            f"{one.estimate.low:.4g} – {one.estimate.high:.4g}",
            str(one.estimate.n),
        ]
        for one in found.parameters
    ]
    visits = found.observed.set_axis(["steg" if sv else "step", *found.observed.columns[1:]], axis=1)
    show(Sheet("Besök i loggen" if sv else "Visits in the log", list(visits.columns), visits.to_numpy().tolist()))
    show(Sheet("Parametrar" if sv else "Parameters", columns, rows))
    for fault in found.rejected[:LISTED]:
        note(f"{'Utelämnad' if sv else 'Left out'}: {told(fault)}")
    if events.rejected_rows > LISTED:
        note(f"... {events.rejected_rows} {'rader i allt' if sv else 'rows in all'}")
    from flowsim.report.fit.assumed import in_swedish

    for text in found.assumed:
        note(f"{'Antaget' if sv else 'Assumed'}: {in_swedish(text) if sv else text}")
