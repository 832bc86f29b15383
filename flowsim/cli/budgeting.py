"""`flowsim budget`: an activity-based budget from its tables, outcome against budget, a printed budget checked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from flowsim.cli.budget_scenarios import lines_of_studies
from flowsim.cli.screen import Sheet, note, out, out_json, refuse, show
from flowsim.cli.shown import records
from flowsim.errors import FlowsimError
from flowsim.frames import pd

if TYPE_CHECKING:
    from flowsim.costs.budget.reading import Tables
    from flowsim.schema.budget import Budget

NARROW = 400
"""Rows of a table shown at most; all are in the file."""


@dataclass(frozen=True)
class Asked:
    """The options of `flowsim budget`, as typed."""

    outcome: Path | None
    through: int
    level: str
    out: Path | None
    json: bool
    lang: Literal["sv", "en"]

    @property
    def sv(self) -> bool:
        """In Swedish?"""
        return self.lang == "sv"


def starter(folder: Path, lang: Literal["sv", "en"]) -> None:
    """Writes a budget file and its workbook, made up, to be overwritten."""
    from flowsim.costs.budget.starter import write_starter

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise refuse(folder.as_posix(), "exists already; choose another name, nothing was written.")
    files = write_starter(folder, lang)
    out(f"{'Skrivet' if lang == 'sv' else 'Written'}: {', '.join(one.as_posix() for one in files)}")
    out(f"  flowsim budget {files[0].as_posix()} --lang {lang}")


def budget(given: Path | None, asked: Asked) -> None:
    """Computes, follows up or checks what the budget file holds; shows it, and writes it where asked.

    Without a file: the made-up clinic that comes with flowsim.
    """
    from flowsim.costs.budget import reading
    from flowsim.costs.budget.starter import EXAMPLE
    from flowsim.costs.budget.words import specials

    path = given or EXAMPLE / "budget.yaml"
    file = reading.load_budget_file(path)
    more, said = lines_of_studies(path, file) if file.scenario_lines else (None, [])
    tables = reading.load_tables(path, file, more) if file.tables else None
    sheets: dict[str, pd.DataFrame] = {}
    if file.printed:
        sheets |= _printed(path, file)
    if asked.outcome is not None:
        sheets |= _followed_up(asked.outcome, tables)
        said += specials(sheets["deviation_rows"])
    elif tables is not None:
        from flowsim.costs.budget import workbook

        sheets |= workbook.budget_sheets(tables, asked.through, asked.level)
        said += workbook.remarks(tables)
    printed = list(file.printed.tables) if file.printed else []
    written = _write(sheets, asked, printed)
    if asked.json:
        notes = [sv if asked.sv else en for en, sv in said]
        tables_out = {name: records(frame) for name, frame in sheets.items()}
        out_json({"title": file.title, "currency": file.currency, "notes": notes, "written": written, **tables_out})
        return
    _show(file, sheets, said, asked)
    for name in written:
        out(f"{'Skrivet' if asked.sv else 'Written'}: {name}")


def _printed(path: Path, file: Budget) -> dict[str, pd.DataFrame]:
    """The printed tables as they stand, and what does not add up in them."""
    from flowsim.costs.budget.printed import findings, findings_table, load_printed

    assert file.printed is not None  # noqa: S101 - asked before
    loaded = load_printed(file.printed, path.parent)
    frames = {name: table.frame() for name, table in loaded.items()}
    return {**frames, "findings": findings_table(findings(file.printed, loaded))}


def _followed_up(outcome: Path, tables: Tables | None) -> dict[str, pd.DataFrame]:
    from flowsim.costs.budget.follow_up import read_follow_up
    from flowsim.costs.budget.workbook import deviation_sheets

    return deviation_sheets(read_follow_up(outcome), tables)


def _write(sheets: dict[str, pd.DataFrame], asked: Asked, printed: Collection[str]) -> list[str]:
    """Writes the sheets, printed tables as they stand; the files' names."""
    if asked.out is None:
        return []
    from flowsim.costs.budget import words
    from flowsim.sheets import write_book

    if asked.outcome is not None and asked.out.resolve() == asked.outcome.resolve():
        raise FlowsimError(f'"{asked.out}" is the outcome itself: name another file with --out.')
    headings = words.headings(sheets.values())
    if asked.outcome is not None:
        headings |= words.PRICE_IN_DEVIATIONS
    headings = {name: said for name, said in headings.items() if not any(name in sheets[one] for one in printed)}
    frames = {n: frame if n in printed else words.worded(frame, asked.lang) for n, frame in sheets.items()}
    frames |= {name: frames[name].round(2) for name in READ_ONLY if name in frames}
    frames["about"] = words.about(asked.lang)
    names = {name: SHEETS.get(name, (name, name))[asked.sv] for name in frames}
    done = write_book(asked.out, {names[name]: frame for name, frame in frames.items()}, asked.lang, headings)
    return [one.as_posix() for one in done]


READ_ONLY = ("structure", "volumes", "capacity", "rates", "differences")
"""Sheets that are read, not computed on: two decimals are enough there."""
SHEETS: dict[str, tuple[str, str]] = {
    "structure": ("structure", "Budgetrader"),
    "result": ("result", "Resultat"),
    "accounts": ("accounts", "Konton"),
    "volumes": ("volumes", "Volymer"),
    "capacity": ("capacity", "Kapacitet"),
    "differences": ("differences", "Skillnader"),
    "reference": ("reference", "Referensbudget"),
    "rates": ("rates", "Konsumtion mot historik"),
    "amounts": ("amounts", "Belopp"),
    "follow_up": ("follow_up", "Uppföljning"),
    "deviation": ("deviation", "Avvikelse"),
    "deviation_by_cost_centre": ("deviation by cost centre", "Avvikelse per kostnadsställe"),
    "deviation_by_account": ("deviation by account", "Avvikelse per konto"),
    "deviation_by_group": ("deviation by group", "Avvikelse per grupp"),
    "deviation_rows": ("deviation rows", "Avvikelse alla rader"),
    "findings": ("findings", "Stämmer inte"),
    "about": ("about", "Förklaringar"),
}
"""A sheet's name in English and Swedish."""
SHOWN = ("structure", "result", "capacity", "differences", "reference", "deviation", "deviation_by_account",
         "deviation_by_group")  # fmt: skip
"""Sheets shown in the terminal, in this order; printed tables and findings before them."""


def _show(file: Budget, sheets: dict[str, pd.DataFrame], said: list[tuple[str, str]], asked: Asked) -> None:
    out((file.title_sv if asked.sv else None) or file.title)
    if file.source:
        out(f"{'Källa' if asked.sv else 'Source'}: {file.source}")
    if isinstance(file.assumed, str):
        note(f"{'Antaget' if asked.sv else 'Assumed'}: {file.assumed}")
    out()
    for name in file.printed.tables if file.printed else ():
        _table(name, sheets[name], asked)
    if "findings" in sheets:
        _findings(sheets["findings"], asked)
    for name in (name for name in SHOWN if name in sheets):
        _table(name, sheets[name], asked)
    for english, swedish in said:
        note(swedish if asked.sv else english)
    if "deviation" in sheets:
        from flowsim.costs.budget.words import ABOUT

        out(ABOUT[5][asked.sv])
        out(ABOUT[6][asked.sv])


def _findings(frame: pd.DataFrame, asked: Asked) -> None:
    """What does not add up, a line each."""
    if not len(frame):
        out("Allt stämmer." if asked.sv else "All of it adds up.")
        return
    said = "saker stämmer inte; inget är rättat:" if asked.sv else "things do not add up; nothing is mended:"
    out(f"{len(frame)} {said}")
    for text in frame["finding_sv" if asked.sv else "finding"]:
        out(f"  - {text}")
    out()


def _table(name: str, frame: pd.DataFrame, asked: Asked) -> None:
    """One table in the terminal, amounts in whole kronor."""
    from flowsim.costs.budget import words
    from flowsim.sheets.headings import HEADINGS, heading

    known = {**HEADINGS, **words.HEADINGS, **(words.PRICE_IN_DEVIATIONS if name.startswith("deviation") else {})}
    known = {} if name not in SHEETS else known
    told = frame if name not in SHEETS else words.worded(frame, asked.lang)
    columns = [column for column in told.columns if told[column].astype(str).str.strip().ne("").any()]
    texts = [
        column for column in columns if told[column].dtype == object or str(told[column].dtype) in ("str", "string")
    ]
    ordered = [*texts, *(column for column in columns if column not in texts)]
    rows = [[_cell(column, cell, asked.sv) for column, cell in zip(ordered, row, strict=True)] for row in
            told[ordered].head(NARROW).itertuples(index=False)]  # fmt: skip
    title = SHEETS.get(name, (name, name))[asked.sv]
    show(Sheet(title, [heading(column, asked.lang, known) for column in ordered], rows, len(texts)))


def _cell(column: str, cell: Any, sv: bool) -> str:
    """A cell as text: kronor whole, volumes with one decimal, nothing for nothing."""
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, str) or not hasattr(cell, "__float__"):
        return str(cell)
    decimals = 0 if column.endswith(("_sek", "_eur")) or float(cell).is_integer() else 2
    text = f"{float(cell):,.{decimals}f}"
    text = "0" if text in ("-0", "-0.00") else text.removesuffix("0") if decimals else text
    return text.replace(",", " ").replace(".", ",").replace("-", "−") if sv else text
