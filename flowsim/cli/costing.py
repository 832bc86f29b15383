"""`flowsim kpp`: a ledger costed to contacts and unit costs, shown with its reconciliation, and written."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from flowsim.cli.screen import note, out, out_json, refuse, show
from flowsim.frames import pd

if TYPE_CHECKING:
    from flowsim.costs.ledger.run import Costing
    from flowsim.costs.ledger.unit_cost_file import UnitCostFile

MOST_TRACED, MOST_GROUPS = 15, 40


@dataclass(frozen=True)
class Asked:
    """The options of `flowsim kpp`, as typed."""

    method: str
    view: str
    trace: tuple[str, ...]
    out: Path | None
    unit_costs: Path | None
    half_year: Path | None
    json: bool
    lang: Literal["sv", "en"]

    @property
    def sv(self) -> bool:
        """Swedish?"""
        return self.lang == "sv"


def kpp(source: Path | None, asked: Asked) -> None:
    """Costs a folder or workbook (without one, the made-up hospital), shows what was found, writes what was asked."""
    from flowsim.costs.ledger.allocation import by_name
    from flowsim.costs.ledger.remarks import remark
    from flowsim.costs.ledger.run import costing
    from flowsim.costs.ledger.tables import result_tables

    method = by_name(asked.method)
    if asked.view not in ("standard", "full"):
        raise refuse("--view", f'"{asked.view}" is no view. Allowed: standard, full.')
    with _inputs(source, asked.sv) as inputs:
        _refuse_unknown_services(inputs, asked.trace)
        found = costing(inputs, method, "full" if asked.view == "full" else "standard")
        tables = result_tables(found, asked.trace)
        if asked.half_year:
            tables |= _half_year(inputs, asked.half_year, method)
        file, written = _written(found, tables, asked)
        if asked.json:
            out_json(_data(found, tables, file, written))
            return
        _shown(found, tables, asked)
        for text in (*tables["warnings"]["warning"].tolist(), *(file.notes if file else ())):
            note(f"Obs: {remark(text)}" if asked.sv else f"Note: {text}")
        for name in _told(written, asked):
            out(f"{'Skrivet' if asked.sv else 'Written'}: {name}")


def starter(path: Path, lang: Literal["sv", "en"]) -> None:
    """Writes the small workbook (or folder) to be overwritten."""
    from flowsim.costs.ledger.example.starter import write_starter

    _refuse_there(path)
    write_starter(path, lang)
    out(f"{'Skrivet' if lang == 'sv' else 'Written'}: {path.as_posix()}")
    out(f"  flowsim kpp {path.as_posix()} --lang {lang}")


def example(path: Path, lang: Literal["sv", "en"]) -> None:
    """Writes the made-up hospital's tables as CSV files."""
    from flowsim.costs.ledger.example import write

    _refuse_there(path)
    files = write(path)
    names = ", ".join(file.name for file in files)
    out(f"{'Skrivet' if lang == 'sv' else 'Written'}: {path.as_posix()}: {names}")
    out(f"  flowsim kpp {path.as_posix()} --lang {lang}")


def _refuse_there(path: Path) -> None:
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise refuse(path.as_posix(), "exists already; choose another name, nothing was written.")


@contextmanager
def _inputs(source: Path | None, sv: bool) -> Iterator[Any]:
    from flowsim.costs.ledger.example import write
    from flowsim.costs.ledger.inputs import read_inputs

    if source is not None:
        if not source.exists():
            raise refuse(source.as_posix(), "there is no such folder or workbook.")
        yield read_inputs(source)
        return
    note("Ett påhittat sjukhus räknas." if sv else "No folder or workbook is named: a made-up hospital is costed.")
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        yield read_inputs(folder)


def _refuse_unknown_services(inputs: Any, trace: tuple[str, ...]) -> None:
    from flowsim.schema.entry import nearest

    known = inputs["care_services"]["service"].unique().tolist()
    for name in trace:
        if name not in known:
            raise refuse(
                "--trace", f'there is no care service "{name}". It has: {", ".join(known)}.{nearest(name, known)}'
            )


def _half_year(full: Any, half: Path, method: Any) -> dict[str, pd.DataFrame]:
    from flowsim.costs.ledger.inputs import read_inputs
    from flowsim.costs.ledger.periods import accounts_that_do_not_double, half_against_full

    first = read_inputs(half)
    return {
        "half_year": half_against_full(first, full, method),
        "not_doubling": accounts_that_do_not_double(first, full),
    }


def _written(found: Costing, tables: dict[str, pd.DataFrame], asked: Asked) -> tuple[UnitCostFile | None, list[Path]]:
    """The unit cost file and the tables, where wanted."""
    from flowsim.costs.ledger.headings import HEADINGS
    from flowsim.costs.ledger.unit_cost_file import write_unit_costs
    from flowsim.costs.ledger.words import in_swedish
    from flowsim.sheets import write_book

    files: list[Path] = []
    target = asked.unit_costs
    if target is None and asked.out is not None:
        folder = asked.out.parent if asked.out.suffix.lower() == ".xlsx" else asked.out
        target = folder / f"kpp_{found.inputs.settings.year}.yaml"
    file = None
    if target is not None:
        file = write_unit_costs(found, target)
        files.append(target)
    if asked.out is not None:
        files += write_book(asked.out, in_swedish(tables) if asked.sv else tables, asked.lang, HEADINGS)
    return file, files


def _told(written: list[Path], asked: Asked) -> Iterator[str]:
    """What was written; a folder's tables in one line."""
    tables = [path for path in written if path.suffix == ".csv"]
    yield from (path.as_posix() for path in written if path not in tables)
    if tables and asked.out is not None:
        yield f"{asked.out.as_posix()}: {', '.join(path.name for path in tables)}"


def _data(found: Costing, tables: dict[str, pd.DataFrame], file: Any, written: list[Path]) -> dict[str, Any]:
    """The answer for machines; the contacts' own table is written, not printed."""
    from flowsim.cli.shown import records

    data: dict[str, Any] = {"title": found.inputs.settings.title, "made_up": found.inputs.settings.made_up}
    data |= {"year": found.inputs.settings.year, "method": found.allocation.method, "view": found.view}
    for name, frame in tables.items():
        if name not in ("contacts", "trace", "warnings"):
            data[name] = records(frame.assign(as_of=frame["as_of"].astype(str)) if "as_of" in frame else frame)
    data["warnings"] = tables["warnings"]["warning"].tolist()
    data["written"] = [path.as_posix() for path in written]
    return data | ({"unit_cost_notes": list(file.notes)} if file else {})


def _shown(found: Costing, tables: dict[str, pd.DataFrame], asked: Asked) -> None:
    from flowsim.cli import costing_sheets as sheets
    from flowsim.report.words import Words

    words = Words(asked.lang)
    out(sheets.title(found, words))
    show(sheets.unit_costs(tables["unit_costs"], words, found.view))
    show(sheets.groups(tables["groups"].head(MOST_GROUPS), words))
    if tables["outliers"]["outliers"].any():
        show(sheets.outliers(tables["outliers"], words))
    show(sheets.reconciliation(found, words))
    show(sheets.capacity(tables["capacity"], found, words))
    show(sheets.methods(tables["methods_centres"], words))
    show(sheets.supporting(tables["supporting"], words))
    show(sheets.keys(tables["keys"], words))
    if len(tables["measured_times"]):
        show(sheets.measured(tables["measured_times"], words))
    if len(tables["dropped_shares"]) and found.allocation.method == "step_down":
        show(sheets.dropped(tables["dropped_shares"], words))
    for service in asked.trace:
        mine = tables["trace_summary"]
        show(sheets.trace(mine[mine["service"] == service], service, found, words, MOST_TRACED))
    if "half_year" in tables:
        show(sheets.half_year(tables["half_year"], words))
        show(sheets.not_doubling(tables["not_doubling"].head(20), words))
