"""How flowsim speaks in a terminal: results on stdout, progress and warnings on stderr, faults as exit codes.

Exit codes: 0 done; 1 the answer is no, or the run could not be made; 2 the input is wrong (nothing written);
130 interrupted.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

import typer

from flowsim.errors import Fault, FlowsimError, InputError

WIDE = 200
"""Columns assumed where the output is not a terminal."""

Row = Sequence[str]
_LANG: ContextVar[Literal["sv", "en"]] = ContextVar("lang", default="en")
"""The language of the command that runs. Rooms below speak English; `swedish` says it anew."""


class Lang(StrEnum):
    """Languages of tables and reports."""

    sv = "sv"
    en = "en"

    @property
    def code(self) -> Literal["sv", "en"]:
        """The language's code."""
        return "sv" if self is Lang.sv else "en"


@dataclass(frozen=True)
class Sheet:
    """A table for the screen; the first columns (names) are never cut off, numbers stand to the right."""

    heading: str
    columns: Sequence[str]
    rows: Sequence[Row]
    names: int = 1


@contextmanager
def spoken(lang: Literal["sv", "en"] = "en") -> Iterator[None]:
    """Turns what flowsim refuses, and Ctrl-C, into words on stderr and an exit code; notes are in the language too."""
    token = _LANG.set(lang)
    try:
        yield
    except InputError as error:
        for fault in error.faults:
            typer.echo(told(fault), err=True)
        raise typer.Exit(2) from None
    except FlowsimError as error:
        _say(str(error))
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        _say("Interrupted; nothing was written.")
        raise typer.Exit(130) from None
    finally:
        _LANG.reset(token)


def told(fault: Fault) -> str:
    """A fault in the language of the command."""
    if _LANG.get() == "en":
        return str(fault)
    from flowsim.cli.swedish import fault_in_swedish
    from flowsim.sheets import headings_of

    return fault_in_swedish(fault, headings_of(fault.file))


def refuse(file: str, message: str, key: str = "") -> InputError:
    """An input fault outside a file's contents."""
    return InputError([Fault(file, 0, key, "", message)])


def note(text: str) -> None:
    """A remark or warning, on stderr."""
    _say(text)


def out(text: str = "") -> None:
    """A line of the answer, on stdout."""
    typer.echo(text)


def out_json(data: Any) -> None:
    """The answer for machines, on stdout."""
    typer.echo(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False))


def show(sheet: Sheet) -> None:
    """A table on stdout, its columns in as many pieces under each other as the terminal's width demands."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    terminal = sys.stdout.isatty()
    console = Console(file=sys.stdout, width=None if terminal else WIDE, highlight=False, soft_wrap=False)
    if sheet.heading:
        console.print(Text(sheet.heading, style="bold"))
    for piece in _pieces(sheet, console.width):
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for place, heading in enumerate(sheet.columns[k] for k in piece):
            number = place >= sheet.names
            table.add_column(Text(heading), justify="right" if number else "left", no_wrap=number, vertical="top")
        for row in sheet.rows:
            table.add_row(*(Text(row[k]) for k in piece))
        console.print(table)
        console.print()


def _pieces(sheet: Sheet, width: int) -> list[list[int]]:
    """Columns of each piece, by place: the names first in each."""
    widths = [max(_width(row[k]) for row in [sheet.columns, *sheet.rows]) + 2 for k in range(len(sheet.columns))]
    names = list(range(sheet.names))
    kept = min(sum(widths[k] for k in names), max(24, width // 3))
    pieces: list[list[int]] = [[*names]]
    used = kept
    for place in range(sheet.names, len(sheet.columns)):
        if used + widths[place] > width and len(pieces[-1]) > sheet.names:
            pieces.append([*names])
            used = kept
        pieces[-1].append(place)
        used += widths[place]
    return pieces


def _width(cell: str) -> int:
    return max(len(line) for line in cell.splitlines() or [""])


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar with the time left on stderr, in a terminal; nothing elsewhere. Told of what is done and of how much."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    parts = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn(_left()))
    with Progress(*parts, TimeRemainingColumn(), TimeElapsedColumn(), console=Console(stderr=True)) as bars:
        bar = bars.add_task(what, total=None)
        yield lambda done, total: bars.update(bar, completed=done, total=total)


def _left() -> str:
    return "kvar" if _LANG.get() == "sv" else "left"


def _say(text: str) -> None:
    if _LANG.get() == "sv":
        from flowsim.cli.swedish import in_swedish

        text = in_swedish(text)
    typer.echo(text, err=True)
