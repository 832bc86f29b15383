"""Terms of the mean model: what may make one week's expected number differ from another's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flowsim.calibration.red_days import HOLIDAYS, holiday_column
from flowsim.calibration.series import Series

Floats = NDArray[np.float64]

CLASSES: dict[str, frozenset[int]] = {
    "26-32": frozenset(range(26, 33)),
    "51-1": frozenset((51, 52, 53, 1)),
    "8-9": frozenset((8, 9)),
}
"""Season classes by ISO week: summer, Christmas and New Year, winter holiday; all others are ordinary weeks."""


@dataclass(frozen=True)
class Term:
    """One term: its name and its columns, one row a week."""

    name: str
    columns: Floats


Terms = tuple[Term, ...]


YEAR_END = ("christmas_week", "new_year_week")
STAGES = ("holidays", "midsummer_week", "easter_weeks", "red_days", "trend", "season")
"""In this order; each of the red days for itself."""


def alternatives(stage: str, series: Series, kept: Terms) -> list[Terms]:
    """What is tried at a stage beside the terms kept so far; the best is kept if it is worth its parameters.

    Fewer than 26 weeks: nothing. Fewer than 104: season classes only (trend and season are one thing in one year).
    Otherwise holidays (where dates are known), trend, then season as classes or as one to three harmonics. Where
    holidays are kept, weeks 51-1 are no class: both would describe the same weeks.
    """
    n, has_holidays = len(series.y), any(term.name in YEAR_END for term in kept)
    if n < 26 or (n < 104 and stage != "season"):
        return []
    if stage not in ("trend", "season"):
        names = YEAR_END if stage == "holidays" else (stage,)
        return [named(names, series)] if series.mondays else []
    if stage == "trend":
        return [(Term("trend", series.years[:, None]),)]
    summer = ("26-32",) if has_holidays else ("26-32", "51-1")
    classes = [_classes(series, names) for names in (summer, (*summer, "8-9"))]
    harmonics = [_harmonics(series, order) for order in (1, 2, 3)] if n >= 104 else []
    return [terms for terms in (*classes, *harmonics) if terms]


def columns(terms: Terms, weeks: int) -> Floats:
    """The design of a mean model: a column of ones, then the terms' columns."""
    return np.hstack([np.ones((weeks, 1)), *(term.columns for term in terms)])


def named(names: tuple[str, ...], series: Series, years: Floats | None = None) -> Terms:
    """Terms already chosen, for any weeks; `years`: where the trend has come to in each (default: as time goes)."""
    return tuple(Term(name, _columns(name, series, series.years if years is None else years)) for name in names)


def design(names: tuple[str, ...], series: Series, years: Floats) -> Floats:
    """The design of terms already chosen."""
    return columns(named(names, series, years), len(series.number))


def _columns(name: str, series: Series, years: Floats) -> Floats:
    if name == "trend":
        return years[:, None]
    if name in HOLIDAYS:
        return holiday_column(name, series.mondays)[:, None]
    return _season(name, series.iso_week, series.day_of_year)


def season_columns(names: tuple[str, ...]) -> dict[str, Floats]:
    """The season's columns at ISO weeks 1 to 52, by term."""
    week = np.arange(1, 53)
    seasonal = [name for name in names if name in CLASSES or name.startswith("harmonics")]
    return {name: _season(name, week, np.asarray(7 * week - 3, dtype=float)) for name in seasonal}


def _season(name: str, week: NDArray[np.int64], day_of_year: Floats) -> Floats:
    """A term's columns: a class by the week's number, harmonics by the day of its Thursday."""
    if name in CLASSES:
        return np.isin(week, list(CLASSES[name])).astype(float)[:, None]
    angle = 2 * np.pi * day_of_year / 365.25
    orders = range(1, int(name[-1]) + 1)
    return np.column_stack([wave(k * angle) for k in orders for wave in (np.sin, np.cos)])


def _classes(series: Series, names: tuple[str, ...]) -> Terms:
    """Season classes; those that hold fewer than two weeks are left out."""
    terms = (Term(name, _season(name, series.iso_week, series.day_of_year)) for name in names)
    return tuple(term for term in terms if 2 <= term.columns.sum() <= len(series.y) - 2)


def _harmonics(series: Series, order: int) -> Terms:
    name = f"harmonics_{order}"
    return (Term(name, _season(name, series.iso_week, series.day_of_year)),)
