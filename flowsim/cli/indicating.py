"""`flowsim indicators`: productivity indicators by month, from actual data or a study, definitions beside them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from flowsim.cli.indicator_words import ALSO_DEFINED, CELLS, HEADINGS, OUTSIDE, SHEETS
from flowsim.cli.screen import Sheet, note, out, out_json, refuse, show
from flowsim.cli.shown import records
from flowsim.errors import FlowsimError
from flowsim.frames import pd

if TYPE_CHECKING:
    from flowsim.costs.payment import Activity
    from flowsim.scenario import Scenario
    from flowsim.schema.indicators import RunIndicators
    from flowsim.sheets.forms import Form
    from flowsim.tables import Results

Sheets = dict[str, "pd.DataFrame"]


@dataclass(frozen=True)
class Asked:
    """The options of `flowsim indicators`, as typed."""

    mapping: Path | None
    scenario: str
    hours_per_fte: float
    replications: int
    engine: str
    out: Path | None
    json: bool
    lang: Literal["sv", "en"]

    @property
    def sv(self) -> bool:
        """In Swedish?"""
        return self.lang == "sv"


def starter(path: Path, lang: Literal["sv", "en"]) -> None:
    """Writes a workbook for monthly data, BUK and backlog, to be overwritten."""
    from flowsim.costs.indicators.starter import write_starter
    from flowsim.measures import own_counts

    if path.exists():
        raise refuse(path.as_posix(), "exists already; choose another name, nothing was written.")
    write_starter(path, lang, (own_counts.BUK, own_counts.TAK, own_counts.BACKLOG))
    out(f"{'Skrivet' if lang == 'sv' else 'Written'}: {path.as_posix()}")
    out(f"  flowsim indicators {path.as_posix()} --lang {lang}")


def indicators(given: Path | None, asked: Asked) -> None:
    """Counts the indicators, shows them with their definitions, and writes them where asked.

    Without data: the made-up example that comes with flowsim.
    """
    from flowsim.costs.indicators.monthly import definitions_table
    from flowsim.costs.indicators.starter import EXAMPLE

    path = given or EXAMPLE
    if given is None:
        note("Påhittade siffror, för att visa." if asked.sv else "Made-up figures, to show.")

    if not asked.hours_per_fte > 0:
        raise refuse("--hours-per-fte", "must be above 0.")
    sheets = _of_study(path, asked) if (path / "run.json").is_file() else _of_table(path, asked)
    numbers = dict.fromkeys(sheets["indicators"]["number"]) if "indicators" in sheets else {}
    sheets["definitions"] = _also(definitions_table(numbers, asked.lang, asked.hours_per_fte), sheets, asked.sv)
    written = _write(sheets, asked)
    if asked.json:
        out_json({"hours_per_fte": asked.hours_per_fte, "written": written}
                 | {name: records(frame) for name, frame in sheets.items()})  # fmt: skip
        return
    _show(sheets, asked)
    for name in written:
        out(f"{'Skrivet' if asked.sv else 'Written'}: {name}")


def _also(definitions: pd.DataFrame, sheets: Sheets, sv: bool) -> pd.DataFrame:
    """The definitions with those of TAK, BUK and backlog, where there are tables of them."""
    more = [
        {"number": number, "name": name[sv], "formula": formula[sv]}
        for start, number, name, formula in ALSO_DEFINED
        if any(sheet.startswith(start) for sheet in sheets)
    ]
    both = pd.concat([definitions, pd.DataFrame(more)], ignore_index=True) if more else definitions
    texts = ["number", "name", "unit", "formula", "better", "spread"]
    return both.reindex(columns=[*texts, "hours_per_fte"]).fillna(dict.fromkeys(texts, ""))


def _of_table(path: Path, asked: Asked) -> Sheets:
    """Indicators, BUK and backlogs of actual data: whatever the file, workbook or folder has."""
    from flowsim.costs.indicators.actual import MONTHLY
    from flowsim.measures import own_counts
    from flowsim.sheets import read_book, read_table
    from flowsim.sheets.forms import framed

    forms = (own_counts.BUK, own_counts.TAK, own_counts.BACKLOG, MONTHLY)
    if path.suffix.lower() == ".xlsx" or path.is_dir():
        book = read_book(path)
        frames = {form.name: book.read(form) for form in forms[:3] if book.has(form)}
        monthly = book.has(MONTHLY) or not frames
    else:
        table = read_table(path)
        frames = {form.name: framed(table, form) for form in forms[:3] if _is(form, table.headings)}
        monthly = not frames
    return {**_counted(frames), **(_monthly(path, asked) if monthly else {})}


def _is(form: Form, headings: Sequence[str]) -> bool:
    """Does a table have most of a form's columns?"""
    from flowsim.sheets.forms import squeezed

    known = {squeezed(heading) for heading in headings}
    found = [any(squeezed(name) in known for name in (one.name, *one.also)) for one in form.columns]
    return 2 * sum(found) > len(found)


def _counted(frames: Sheets) -> Sheets:
    """BUK and backlogs worked out."""
    from flowsim.measures import own_counts

    made: Sheets = {}
    if "buk" in frames:
        frame = frames["buk"]
        made["buk_counts"] = own_counts.buk_of_counts(frame).drop(columns="quality")
        changes = own_counts.buk_changes(frame)
        if len(changes):
            made["buk_changes"] = changes.drop(columns=["quality", "value_time"])
            made["buk_split"] = own_counts.buk_split(frame)
    if "tak" in frames:
        made["tak"] = own_counts.tak_of_counts(frames["tak"])
    if "backlog" in frames:
        made["backlog"] = own_counts.backlog_of_counts(frames["backlog"])
    return made


def _monthly(path: Path, asked: Asked) -> Sheets:
    """Indicators of monthly quantities."""
    from flowsim.costs.indicators.actual import read_monthly
    from flowsim.costs.indicators.monthly import indicators, wide

    frame, left_out = read_monthly(path)
    for kind, count in left_out:
        note(
            f"Kontakttyp {kind}: {count:.0f} räknas inte."
            if asked.sv
            else f"Contact type {kind}: {count:.0f} left out."
        )
    found = indicators(frame, asked.hours_per_fte)
    if not len(found):
        raise refuse(path.as_posix(), "holds nothing that an indicator is counted from; see --help for the columns.")
    by = ("unit", "period") if found["unit"].ne("").any() else ("period",)
    return {"months": wide(found, by), "indicators": found}


def _of_study(path: Path, asked: Asked) -> Sheets:
    """Indicators of a study's scenario, from its record: means over replications with their intervals."""
    from flowsim import study
    from flowsim.comparison import interval
    from flowsim.costs.indicators import from_run
    from flowsim.costs.indicators.monthly import indicators, wide
    from flowsim.study import manifest

    if asked.mapping is None:
        raise refuse(
            "--mapping",
            "a study needs a file that says which steps and hours count: see calibration/ortho_indicators.yaml.",
        )
    file = from_run.load_run_indicators(asked.mapping)
    record = manifest.read(path / "run.json")
    with tempfile.TemporaryDirectory(prefix="flowsim-") as temporary:
        scenarios = study.loaded(manifest.unpacked(record, Path(temporary)))
        chosen = _chosen(scenarios, asked.scenario or str(record["baseline"]))
        note(f"{chosen.name}: {asked.replications} {'körningar' if asked.sv else 'replications'} ...")
        results = study.results([chosen], asked.replications, int(record["seed"]), engine=asked.engine)
        points = _points(results, chosen, file, asked.mapping)
    found = indicators(from_run.monthly_quantities(results, file, points), asked.hours_per_fte)
    spread = interval(found, ["period", "number"], "value").rename(columns={"mean": "value"})
    spread["period"], spread["number"] = spread["period"].astype(str), spread["number"].astype(str)
    told = found[["period", "number", "reason", "spread", "outside"]].drop_duplicates(["period", "number"])
    merged = spread[["scenario", "period", "number", "value", "low", "high", "n"]].merge(told, on=["period", "number"])
    return {"months": wide(merged), "indicators": merged, **_resources(results, file)}


def _chosen(scenarios: Sequence[Scenario], name: str) -> Scenario:
    for one in scenarios:
        if one.name == name:
            return one
    raise refuse("--scenario", f'there is no scenario "{name}" in the study: {", ".join(s.name for s in scenarios)}.')


def _points(results: Results, scenario: Scenario, file: RunIndicators, mapping: Path) -> Activity | None:
    """Ended contacts with cost and points, where the mapping names a payments file and the scenario its unit costs."""
    if file.payments is None or scenario.unit_costs is None:
        return None
    from flowsim.costs.kpp import load_unit_costs
    from flowsim.costs.payment import activity, load_payments

    payments = load_payments(mapping.parent / file.payments)
    drg = {name: group.drg for name, group in scenario.model.groups.items() if group.drg}
    return activity(results, payments, drg, load_unit_costs(scenario.unit_costs))


def _resources(results: Results, file: RunIndicators) -> Sheets:
    """TAK and BUK by resource, means over replications."""
    from flowsim.measures import prepare
    from flowsim.measures.resource_buk import VisitMinutes, buk_by_resource, tak_by_resource

    runs = prepare(results)
    returns = {name: visit.returns for name, visit in file.buk.items()}
    made = {"tak": tak_by_resource(runs, returns)}
    if file.buk:
        minutes = {name: VisitMinutes(visit.minutes, visit.value_minutes) for name, visit in file.buk.items()}
        made["buk"] = buk_by_resource(runs, minutes, returns)
    means = {}
    for name, frame in made.items():
        keys = ["scenario", "resource", *(["unit"] if "unit" in frame else [])]
        means[name] = frame.drop(columns="replication").groupby(keys, sort=False, observed=True).mean().reset_index()
    return means


def _write(sheets: Sheets, asked: Asked) -> list[str]:
    if asked.out is None:
        return []
    from flowsim.sheets import write_book

    if asked.out.is_file() and asked.out.suffix != ".xlsx":
        raise FlowsimError(f'"{asked.out}" is a file: name a workbook (.xlsx) or a folder.')
    frames = {SHEETS[name][asked.sv]: _worded(frame, asked.sv) for name, frame in sheets.items()}
    return [one.as_posix() for one in write_book(asked.out, frames, asked.lang, HEADINGS)]


def _show(sheets: Sheets, asked: Asked) -> None:
    """Every table, definitions last; then what is empty, with the reason."""
    for name in (name for name in SHEETS if name in sheets and name != "indicators"):
        frame = sheets[name].drop(columns=["scenario"], errors="ignore")
        frame = frame[[column for column in frame.columns if (frame[column].notna() & frame[column].ne("")).any()]]
        _table(SHEETS[name][asked.sv], frame, asked.sv)
    if "indicators" in sheets:
        _remarks(sheets["indicators"], asked)


def _remarks(found: pd.DataFrame, asked: Asked) -> None:
    """What is empty and why, what lies outside the printed spread, and what not to do with it."""
    from flowsim.costs.indicators.actual import SWEDISH

    empty = found[found["reason"].str.startswith("0:")]
    for row in empty.itertuples():
        unit = f"{row.unit} " if getattr(row, "unit", "") else ""
        what = SWEDISH.get(row.reason[3:], row.reason[3:]) if asked.sv else row.reason[3:]
        note(f"{unit}{row.period}, {row.number}: {'tomt' if asked.sv else 'empty'}, {what} = 0")
    far = found[found["outside"] != ""].groupby(["number", "outside", "spread"], sort=False).size()
    for (number, side, spread), months in far.items():
        english = f"No {number}: {months} of the months {side} the spread printed in March 2017 ({spread})."
        swedish = (
            f"Nr {number}: {months} av månaderna {OUTSIDE[side]} spridningen som trycktes i mars 2017 ({_sv(spread)})."
        )
        note(swedish if asked.sv else english)
    note("Jämför över tid, inte mellan förvaltningar; inget av måtten säger något om kvalitet." if asked.sv
         else "Compare over time, not between administrations; none of them says anything of quality.")  # fmt: skip


def _table(title: str, frame: pd.DataFrame, sv: bool) -> None:
    from flowsim.sheets.headings import heading

    told = _worded(frame, sv)
    texts = [column for column in told.columns if told[column].map(lambda cell: isinstance(cell, str)).any()]
    ordered = [*texts, *(column for column in told.columns if column not in texts)]
    rows = [[_cell(cell, sv) for cell in row] for row in told[ordered].itertuples(index=False)]
    names = [heading(str(column), "sv" if sv else "en", HEADINGS) for column in ordered]
    show(Sheet(title, names, rows, len(texts)))


def _worded(frame: pd.DataFrame, sv: bool) -> pd.DataFrame:
    """Words and printed spreads in Swedish."""
    out = frame.copy()
    for column in (c for c in ("outside", "quality_said", "value_time_said", "of") if sv and c in out):
        out[column] = [CELLS.get(cell, cell) for cell in out[column]]
    if sv and "spread" in out:
        out["spread"] = [_sv(cell) for cell in out["spread"]]
    return out


def _sv(text: str) -> str:
    return text.replace(".", ",")


def _cell(cell: object, sv: bool) -> str:
    """Numbers with three significant digits or none after the point; nothing for nothing."""
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, str):
        return cell
    value = float(cell)  # type: ignore[arg-type]
    decimals = (
        0 if abs(value) >= 1000 or value.is_integer() else 1 if abs(value) >= 100 else 2 if abs(value) >= 1 else 3
    )
    text = f"{value:,.{decimals}f}"
    return text.replace(",", " ").replace(".", ",").replace("-", "−") if sv else text
