"""`flowsim indicators`: productivity indicators by month, from actual data or a study, definitions beside them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from flowsim.cli.screen import Sheet, note, out, out_json, refuse, show
from flowsim.cli.shown import records
from flowsim.errors import FlowsimError

if TYPE_CHECKING:
    import pandas as pd

    from flowsim.costs.payment import Activity
    from flowsim.scenario import Scenario
    from flowsim.schema.indicators import RunIndicators
    from flowsim.tables import Results

Sheets = dict[str, "pd.DataFrame"]
SHEETS: dict[str, tuple[str, str]] = {
    "months": ("months", "Månader"),
    "indicators": ("indicators", "Indikatorer"),
    "tak": ("TAK by resource", "TAK per resurs"),
    "buk": ("BUK by resource", "BUK per resurs"),
    "definitions": ("definitions", "Definitioner"),
}
HEADINGS: dict[str, tuple[str, str]] = {
    "period": ("month", "Månad"), "number": ("no", "Nr"), "value": ("value", "Värde"), "low": ("low", "Låg"),
    "high": ("high", "Hög"), "n": ("replications", "Körningar"), "reason": ("why empty", "Varför tomt"),
    "spread": ("spread March 2017", "Spridning mars 2017"), "outside": ("outside the spread", "Utanför spridningen"),
    "unit": ("unit", "Enhet"), "name": ("indicator", "Indikator"), "formula": ("definition", "Definition"),
    "better": ("better is", "Bättre är"),
    "hours_per_fte": ("hours per FTE and month", "Timmar per årsarbetare och månad"),
    "resource": ("resource", "Resurs"), "theoretical": ("planned", "Planerat"), "t": ("T", "T"), "a": ("A", "A"),
    "k": ("K", "K"), "tak": ("TAK", "TAK"), "capacity": ("capacity, TAK x planned", "Kapacitet, TAK x planerat"),
    "booked": ("booked", "Bokade"), "done": ("done", "Utförda"),
    "returns": ("unplanned returns", "Oplanerade återbesök"), "planned_hours": ("planned hours", "Planerade timmar"),
    "value_hours": ("value-adding hours", "Värdeskapande timmar"),
    "b": ("B", "B"), "u": ("U", "U"), "k_definition": ("K, done/(done+returns)", "K, utförda/(utförda+återbesök)"),
    "k_of_done": ("K, (done-returns)/done", "K, (utförda-återbesök)/utförda"), "scenario": ("scenario", "Scenario"),
    "buk_definition": ("BUK by definition", "BUK enligt definitionen"),
    "buk_of_done": ("BUK by the example", "BUK enligt exemplet"),
}  # fmt: skip
OUTSIDE = {"above": "över", "below": "under"}


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


def indicators(path: Path, asked: Asked) -> None:
    """Counts the indicators, shows them with their definitions, and writes them where asked."""
    from flowsim.costs.indicators.monthly import definitions_table

    if not asked.hours_per_fte > 0:
        raise refuse("--hours-per-fte", "must be above 0.")
    sheets = _of_study(path, asked) if (path / "run.json").is_file() else _of_table(path, asked)
    numbers = dict.fromkeys(sheets["indicators"]["number"])
    sheets["definitions"] = definitions_table(numbers, asked.lang, asked.hours_per_fte)
    written = _write(sheets, asked)
    if asked.json:
        out_json({"hours_per_fte": asked.hours_per_fte, "written": written}
                 | {name: records(frame) for name, frame in sheets.items()})  # fmt: skip
        return
    _show(sheets, asked)
    for name in written:
        out(f"{'Skrivet' if asked.sv else 'Written'}: {name}")


def _of_table(path: Path, asked: Asked) -> Sheets:
    """Indicators of actual data."""
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
            "--mapping", "a study needs a file that says which steps and hours count: see calibration/indicators."
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
    """Months, resources and definitions; what is empty is said once, with the reason."""
    from flowsim.costs.indicators.actual import SWEDISH

    for name in ("months", "tak", "buk", "definitions"):
        if name in sheets:
            frame = sheets[name].drop(columns=["scenario"], errors="ignore")
            frame = frame[[column for column in frame.columns if frame[column].notna().any()]]
            _table(SHEETS[name][asked.sv], frame, asked.sv)
    empty = sheets["indicators"]
    empty = empty[empty["reason"].str.startswith("0:")]
    for row in empty.itertuples():
        unit = f"{row.unit} " if getattr(row, "unit", "") else ""
        what = SWEDISH.get(row.reason[3:], row.reason[3:]) if asked.sv else row.reason[3:]
        note(f"{unit}{row.period}, {row.number}: {'tomt' if asked.sv else 'empty'}, {what} = 0")
    far = sheets["indicators"]
    far = far[far["outside"] != ""].groupby(["number", "outside", "spread"], sort=False).size()
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
    if sv and "outside" in out:
        out["outside"] = [OUTSIDE.get(cell, cell) for cell in out["outside"]]
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
