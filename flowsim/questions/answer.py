"""An answer: the sentence to be read out, its table and figure, what it rests on, and the scenario that realises it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from flowsim.questions.wording import EN, NOTHING, SV, Said, alike

LONGEST_TABLE = 7
Verdict = Literal["yes", "close", "no"]
"""yes: it can be done, and the number is safe; close: two numbers cannot be told apart; no: it cannot be done."""
_ENGINES = {
    "compiled": Said("kompilerad motor", "compiled engine"), "simpy": Said("motorn SimPy", "SimPy engine"),
}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """Headings and rows of text; the first `names` columns name the row. `marked`: the row that is the answer."""

    columns: tuple[Said, ...]
    rows: tuple[tuple[Said, ...], ...]
    names: int = 1
    marked: int | None = None
    caption: Said = NOTHING

    def __post_init__(self) -> None:
        if len(self.rows) > LONGEST_TABLE:
            raise ValueError(f"a table of an answer has at most {LONGEST_TABLE} rows, not {len(self.rows)}")


@dataclass(frozen=True)
class Series:
    """Values of a figure: y over x (numbers, or labels), with the ends of intervals where there are any."""

    name: Said
    x: Sequence[float] | Sequence[Said]
    y: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    faint: bool = False
    """Less certain than the others (a pilot): drawn hollow."""
    labels: Sequence[Said] = ()
    """What is written beside each point, where its value does not say it."""


@dataclass(frozen=True)
class Figure:
    """What a figure shows, for the report to draw.

    `points`: numbers along x, whiskers up and down. `lines`: lines over x with bands. `bars`: labels down the side,
    bars (and whiskers) to the right. `level`: a target across, with its name. `percent`: y is a share.
    """

    kind: Literal["points", "lines", "bars"]
    title: Said
    x_label: Said
    y_label: Said
    series: tuple[Series, ...]
    level: tuple[float, Said] | None = None
    percent: bool = False
    mark: tuple[float, Said] | None = None
    """A place along x worth naming (the answer, today)."""
    start: str = ""
    """ISO date, if x counts weeks from it: x is then written as dates."""


@dataclass(frozen=True)
class Effort:
    """What the answer cost to find, and how sure it is."""

    runs: int
    reached: bool
    """Was the stopping rule reached, or did time run out first?"""
    rule: Said
    """The stopping rule in words."""
    seed: int = 1
    engine: str = "simpy"
    seconds: float = 0.0

    @property
    def said(self) -> Said:
        """Runs, rule, seed, engine: one line."""
        tail_sv = "stoppregeln nådd" if self.reached else "tiden tog slut innan stoppregeln nåddes"
        tail_en = "stopping rule reached" if self.reached else "time ran out before the stopping rule was reached"
        engine = _ENGINES.get(self.engine, alike(self.engine))
        return Said(
            f"{SV.number(self.runs)} körningar ({self.rule.sv}; {tail_sv}), slumpfrö {self.seed}, {engine.sv}.",
            f"{EN.number(self.runs)} runs ({self.rule.en}; {tail_en}), seed {self.seed}, {engine.en}.",
        )


@dataclass(frozen=True)
class Realised:
    """The scenario that realises the answer: its name, its YAML text, and every file it needs, by path."""

    name: str
    text: str
    path: str = ""
    """Where the text belongs, beside its base."""
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """The answer to one question."""

    question: str
    title: Said
    sentence: Said
    """What a head of department can read out: the number, its chance and its price."""
    table: Table
    figure: Figure
    assumed: tuple[Said, ...]
    would_change: tuple[Said, ...]
    effort: Effort
    verdict: Verdict = "yes"
    by_hand: tuple[Said, ...] = ()
    """The arithmetic beside it."""
    notes: tuple[Said, ...] = ()
    """What else must be known: the line after the summer, when to stop, what binds next."""
    further: tuple[tuple[Said, Table], ...] = ()
    """Further tables under a heading each."""
    figures: tuple[Figure, ...] = ()
    """Further figures."""
    scenario: Realised | None = None
    numbers: Mapping[str, Any] = field(default_factory=dict)
    """Everything above as numbers, for machines."""
    about: Said = NOTHING
    """Which scenario was asked of, with which further files, and from when: for who sees the sheet alone."""

    @property
    def exit_code(self) -> int:
        """1 when the answer is no, else 0."""
        return 1 if self.verdict == "no" else 0
