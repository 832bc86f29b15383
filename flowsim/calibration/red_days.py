"""Red days: the Swedish holidays that may make a week smaller, by date, and their columns in the mean model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
HOLIDAYS = ("christmas_week", "new_year_week", "midsummer_week", "easter_weeks", "red_days")
"""The first two hold 25 December and 1 January, the third Midsummer Eve, the fourth Good Friday or Easter Monday (two
weeks); the last is the share of weekdays lost to other red days, so that its factor is a week of nothing else."""
_DAY = timedelta(days=1)


@cache
def easter(year: int) -> date:
    """Easter Sunday. Source: the anonymous Gregorian computus (Nature, 20 April 1876)."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    leap, cycle = divmod(century, 4)
    moon = (19 * golden + century - leap - (8 * century + 13) // 25 + 15) % 30
    fours, left = divmod(rest, 4)
    late = (golden + 11 * moon) // 319
    sunday = (2 * cycle + 2 * fours - left - moon + late + 32) % 7
    month = (moon - late + sunday + 90) // 25
    return date(year, month, (moon - late + sunday + month + 19) % 32)


@cache
def midsummer_eve(year: int) -> date:
    """The Friday from 19 to 25 June."""
    first = date(year, 6, 19)
    return first + (4 - first.weekday()) % 7 * _DAY


@cache
def other_red_days(year: int) -> frozenset[date]:
    """Weekdays lost beside Christmas, New Year, Midsummer and Easter: Epiphany, May Day, Ascension, National Day."""
    days = (date(year, 1, 6), date(year, 5, 1), easter(year) + 39 * _DAY, date(year, 6, 6))
    return frozenset(day for day in days if day.weekday() < 5)


def closed_weekdays(monday: date) -> int:
    """How many of a week's weekdays Swedish elective care is closed: red days and the three great eves."""
    return sum(_closed(monday + k * _DAY) for k in range(5))


def _closed(day: date) -> bool:
    fixed = (day.month, day.day) in ((1, 1), (12, 24), (12, 25), (12, 26), (12, 31))
    near_easter = (day - easter(day.year)).days in (-2, 1)
    return fixed or near_easter or day == midsummer_eve(day.year) or day in other_red_days(day.year)


def holiday_column(name: str, mondays: Sequence[date]) -> Floats:
    """The column of a term of `HOLIDAYS`, one number for each week."""
    return np.array([_of_week(name, monday) for monday in mondays])


def _of_week(name: str, monday: date) -> float:
    week = [monday + k * _DAY for k in range(7)]
    if name == "red_days":
        return sum(day in other_red_days(day.year) for day in week) / 5
    return float(any(_is(name, day) for day in week))


def _is(name: str, day: date) -> bool:
    if name == "christmas_week":
        return (day.month, day.day) == (12, 25)
    if name == "new_year_week":
        return (day.month, day.day) == (1, 1)
    if name == "midsummer_week":
        return day == midsummer_eve(day.year)
    return (day - easter(day.year)).days in (-2, 1)
