"""The question itself: which input, not known exactly, moves the answer most, and how much of the spread is chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from flowsim.comparison.spread import spread
from flowsim.questions.answer import Answer
from flowsim.questions.asked import Asked
from flowsim.questions.cases import weeks_until
from flowsim.questions.outcome import Outcome, kept
from flowsim.questions.ranges import Input, drawn, load_ranges
from flowsim.questions.refusing import check_names, refused
from flowsim.questions.sensitivity import sheet
from flowsim.questions.sensitivity.sets import OfSets, of_sets
from flowsim.questions.sensitivity.shares import Shares, morris, sobol
from flowsim.questions.sensitivity.surrogate import WELL, Draws
from flowsim.questions.sensitivity.surrogate import shares as shares_of_surface
from flowsim.questions.uncertainty import Uncertainty, split
from flowsim.schema import read, text_of

YEAR_WEEKS = 52
PAIRS, OUTER, INNER = 100, 60, 20
SOBOL_SIZE, SOBOL_RUNS = 256, 2
OF = {"over": "over_end", "operations": "operations", "waiting": "waiting_days", "cost": "total_cash_sek"}
METHODS = ("auto", "none", "sobol", "morris")


@dataclass(frozen=True)
class Swing:
    """One input at its low and at its high end, the others as they are, by pairs."""

    input: Input
    low: float
    """Mean change of the answer at the low end."""
    high: float
    low_half: float
    high_half: float

    @property
    def width(self) -> float:
        """From one end to the other."""
        return abs(self.high - self.low)


@dataclass(frozen=True)
class Found:
    """All that was found."""

    of: str
    today: float
    swings: tuple[Swing, ...]
    """Largest first."""
    split: Uncertainty | None
    outer: int
    shares: tuple[Shares, ...]
    """From the draws' surface, and from a design of their own; none where not asked for or too few draws."""
    pairs: int
    weeks: int
    compared: bool
    sets: OfSets | None
    order: tuple[str, ...]
    """Names of the inputs as in the file."""


@dataclass(frozen=True)
class Bench:
    """The answer as a function of the inputs: a number of one case, or its difference to another."""

    asked: Asked
    inputs: tuple[Input, ...]
    of: str
    weeks: int
    further: tuple[Mapping[str, Any], ...] = ()
    """Changes whose effect is the answer; none: the scenario's own number is."""

    def values(self, name: str, values: Mapping[str, float], replications: range) -> np.ndarray:
        """The answer by replication, with some inputs set."""
        scenario = self.asked.base.scenario
        changes = [c for one in self.inputs if one.name in values for c in one.changes(values[one.name], scenario)]
        with_, without = self._of(name, [*changes, *self.further], replications), 0.0
        return with_ - (self._of(f"{name}_without", changes, replications) if self.further else without)

    def _of(self, name: str, changes: Sequence[Mapping[str, Any]], replications: range) -> np.ndarray:
        base = self.asked.base
        case = base.case(f"{base.scenario.name}_{name}", list(changes)) if changes else self.asked.today
        measure = Outcome(base.scenario.unit_costs, full=self.of == "cost")
        return kept(self.asked.runs, case, measure, replications, self.weeks)[OF[self.of]]


def ask(
    asked: Asked,
    ranges: str | Path,
    of: str = "over",
    by: str = "",
    compare: str | Path | None = None,
    method: str = "auto",
    pairs: int = PAIRS,
    outer: int = OUTER,
    inner: int = INNER,
) -> Answer:
    """Which inputs that are not known exactly move the answer.

    Args:
        asked: the scenario and its runs.
        ranges: file of inputs with their ranges (see `flowsim.schema.ranges`); prices are left out.
        of: over (patients over the guarantee's days at the end), operations, waiting (days, all queues) or cost (SEK).
        by: the date at which; default the end of the first year.
        compare: a file of changes: the answer is then their effect.
        method: shares of the spread: auto (a surface fitted to the draws; Sobol's own design where that fits badly),
            none, or beside the surface's those of a design of their own: sobol, morris.
        pairs: runs of each end of each input.
        outer: draws of all inputs, for what is chance and what is not known; `inner` runs of each.
        inner: see outer.

    Raises:
        InputError: an unknown answer or method, no input of the scenario's, a faulty file or date.
    """
    check_names(asked.base.path, "--of", "answer", [of], list(OF))
    check_names(asked.base.path, "--method", "method", [method], list(METHODS))
    inputs = tuple(one for one in load_ranges(ranges) if not one.of_money)
    if not inputs:
        raise refused(Path(ranges).as_posix(), "ranges", "holds no input of the scenario.")
    horizon = asked.base.scenario.model.horizon
    weeks = min(weeks_until(horizon.begin, _day(by)) if by else YEAR_WEEKS, horizon.weeks)
    bench = Bench(asked, inputs, of, weeks, _changes(compare))
    found = _found(bench, method, pairs, outer, inner)
    return sheet.answer(asked, found, inner)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise refused(text, "--by", "is no date: write 2027-12-31.") from None


def _changes(file: str | Path | None) -> tuple[Mapping[str, Any], ...]:
    if file is None:
        return ()
    data, _ = read(text_of(file), Path(file).as_posix())
    return tuple(data.get("change") or ())


def _found(bench: Bench, method: str, pairs: int, outer: int, inner: int) -> Found:
    """Tornado first; then draws of all inputs: what is chance, and shares; then a design of their own, if needed."""
    today = bench.values("today", {}, range(pairs))
    swings = sorted((_swing(bench, one, today, pairs) for one in bench.inputs), key=lambda one: -one.width)
    draws = _outer(bench, outer, inner, max(1, pairs // inner))
    enough = len(draws.answers) >= 2 and inner >= 2
    return Found(
        bench.of, float(today.mean()), tuple(swings), split(draws.answers, draws.today) if enough else None,
        len(draws.answers), _shares(bench, method, draws) if enough else (), pairs, bench.weeks,
        bool(bench.further), _sets(bench, outer), tuple(one.name for one in bench.inputs),
    )  # fmt: skip


def _sets(bench: Bench, outer: int) -> OfSets | None:
    """What the calibrations' own parameter sets do to the scenario's number; not asked of a difference."""
    if bench.further:
        return None
    measure = Outcome(bench.asked.base.scenario.unit_costs, full=bench.of == "cost")
    return of_sets(bench.asked, OF[bench.of], measure, outer, bench.weeks)


def _swing(bench: Bench, one: Input, today: np.ndarray, pairs: int) -> Swing:
    ends = []
    for end, value in (("low", one.range.low), ("high", one.range.high)):
        found = spread(bench.values(f"{one.name}_{end}", {one.name: value}, range(pairs)) - today)
        ends.append((float(found.mean), float(found.half_width)))
    return Swing(one, ends[0][0], ends[1][0], ends[0][1], ends[1][1])


def _outer(bench: Bench, outer: int, inner: int, blocks: int) -> Draws:
    """The answer for every draw of the inputs; as many draws as there is time for.

    Draws take turns at the blocks of replications that the tornado has: the shares then rest on all of those.
    """
    values, answers, today, luck = drawn(bench.inputs, outer, bench.asked.runs.seed), [], [], []
    for k, row in enumerate(values):
        if k >= 2 and not bench.asked.runs.in_time:
            break
        named = {one.name: float(value) for one, value in zip(bench.inputs, row, strict=True)}
        turn = k % blocks
        replications = range(turn * inner, (turn + 1) * inner)
        answers.append(bench.values(f"draw_{k}", named, replications))
        today.append(bench.values("today", {}, replications))
        luck.append(turn)
    return Draws(values[: len(answers)], np.array(answers), np.array(today), tuple(luck))


def _shares(bench: Bench, method: str, draws: Draws) -> tuple[Shares, ...]:
    """Of the draws' surface; then of Sobol's or Morris's design, where asked for, or where the surface fits badly."""
    if method == "none" or len(bench.inputs) < 2:
        return ()
    surface = shares_of_surface(bench.inputs, draws, bench.asked.runs.seed)
    if method == "auto":
        if surface is None or surface.foretold >= WELL or not bench.asked.runs.in_time:
            return () if surface is None else (surface,)
        surface = None
    names: Sequence[str] = [one.name for one in bench.inputs]

    def function(points: np.ndarray) -> np.ndarray:
        return np.array([_at(bench, k, point) for k, point in enumerate(points)])

    if method == "morris":
        own = morris(function, names, seed=bench.asked.runs.seed)
    else:
        own = sobol(function, names, SOBOL_SIZE, bench.asked.runs.seed)
    return (own,) if surface is None else (surface, own)


def _at(bench: Bench, k: int, point: np.ndarray) -> float:
    """The mean answer at one point of a design."""
    values = {one.name: float(one.at(np.array(u))) for one, u in zip(bench.inputs, point, strict=True)}
    return float(bench.values(f"point_{k}", values, range(SOBOL_RUNS)).mean())
