"""A question asked, its answer shown and saved: what every command of `flowsim ask` does after reading its options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import typer

from flowsim.cli.screen import Sheet, note, out, out_json, progress, refuse, show

if TYPE_CHECKING:
    from flowsim.questions.answer import Answer, Table

OUTPUTS = Path("outputs")


@dataclass(frozen=True)
class Wish:
    """The options all questions have in common, as typed."""

    scenario: Path
    further: Sequence[Path] = ()
    seed: int = 1
    workers: int | None = None
    engine: str = "auto"
    seconds: float = 45.0
    independent: bool = False
    out: Path | None = None
    json: bool = False
    lang: Literal["sv", "en"] = "en"


def ask(question: str, wish: Wish, **own: Any) -> None:
    """Asks, shows and saves; exit code 1 when the answer is no."""
    from flowsim import questions

    if not wish.scenario.is_file():
        raise refuse(wish.scenario.as_posix(), "there is no such file.")
    _say_if_compiling(wish)
    with progress("runs" if wish.lang == "en" else "körningar") as told:
        answer = questions.ask(
            question, wish.scenario, with_=wish.further, seed=wish.seed, workers=wish.workers, engine=wish.engine,
            seconds=wish.seconds, independent=wish.independent, told=lambda done: told(done, 0), **own,
        )  # fmt: skip
    present(answer, wish.out or OUTPUTS / question, wish.json, wish.lang)


def present(answer: Answer, target: Path, json: bool, lang: Literal["sv", "en"]) -> None:
    """Saves the answer and shows it; typer.Exit(1) when it is no."""
    from flowsim.report import answers

    saved = answers.write(answer, target, lang)
    if json:
        out_json({**answers.as_numbers(answer), "sheet": saved.as_posix()})
    else:
        _show(answer, saved, lang)
    if answer.exit_code:
        raise typer.Exit(answer.exit_code)


def page(folders: Sequence[Path], title: str, target: Path, lang: Literal["sv", "en"]) -> None:
    """Joins answers on one page."""
    from flowsim.report import answers

    named = title or ("Svaren" if lang == "sv" else "The answers")
    out(answers.join(folders, named, target, lang).as_posix())


def _say_if_compiling(wish: Wish) -> None:
    from flowsim import engines

    if engines.must_compile(engines.chosen(wish.engine, 10_000)):
        english = "Compiling the engine: about a minute, once on this machine ..."
        note(english if wish.lang == "en" else "Kompilerar motorn: ungefär en minut, en gång på den här maskinen ...")


def _show(answer: Answer, saved: Path, lang: Literal["sv", "en"]) -> None:
    from flowsim.report import answers

    sv = lang == "sv"
    _paragraph(answer.sentence(lang))
    out()
    _table(answer.table, lang)
    for heading, texts in (
        ("Att tänka på" if sv else "To bear in mind", answer.notes),
        ("Handräkning bredvid" if sv else "By hand, beside it", answer.by_hand),
        ("Antaget" if sv else "Assumed", answer.assumed),
        ("Ändrar svaret" if sv else "Would change the answer", answer.would_change),
    ):
        if texts:
            out(f"{heading}:")
            for text in texts:
                _paragraph(text(lang), "  - ")
    for above, table in answer.further:
        out()
        out(above(lang))
        _table(table, lang)
    out()
    _paragraph(answer.effort.said(lang))
    out(f"{'Öppna svaret' if sv else 'Open the sheet'}: {saved.as_posix()}")
    if answer.scenario is not None:
        where = (saved.parent / answers.where_of(answer.scenario)).as_posix()
        out(f"{'Scenariot' if sv else 'The scenario'}: {where}")


def _paragraph(text: str, mark: str = "") -> None:
    """Text on lines of a readable width."""
    import textwrap

    out(textwrap.fill(text, 108, initial_indent=mark, subsequent_indent=" " * len(mark), break_on_hyphens=False))


def _table(table: Table, lang: Literal["sv", "en"]) -> None:
    rows = [[cell(lang) for cell in row] for row in table.rows]
    if table.marked is not None:
        rows = [[("> " if k == table.marked else "  ") + row[0], *row[1:]] for k, row in enumerate(rows)]
    show(Sheet("", [column(lang) for column in table.columns], rows, table.names))
    if table.caption(lang):
        _paragraph(table.caption(lang))
        out()
