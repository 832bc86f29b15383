"""The working calendar: which days and hours something is open, and the season's factor of each ISO week.

Days are numbered from the start (0), weeks are whole ISO weeks, Monday first. A day's hours belong to the day they
open, also when they cross midnight. Which Swedish days are closed in elective care:

- public holidays (röda dagar), by law; ordinary Sundays are not among them, the weekdays of a resource decide;
- Midsommarafton, Julafton and Nyårsafton: no public holidays, closed all the same (`de_facto` in `holidays`);
- Påskafton and Pingstafton, Saturdays before a public holiday: no Saturday lists.

Open as usual: the other days `holidays` calls optional. Trettondagsafton, Skärtorsdagen, Valborgsmässoafton and
Allhelgonaafton end at 14.00 for some, and a clinic's mornings go on; bridge days (klämdagar) are the clinic's own
decision. Write those that are closed in `closed_dates`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np

from flowsim.tables import DAY_S

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOSED_EVES = ("Påskafton", "Pingstafton")
EVERY_DAY = (1.0,) * 7


@dataclass(frozen=True)
class Grid:
    """The whole ISO weeks that hold a run."""

    start: date
    """The reported horizon's first day, day number 0."""
    first_day: int
    """Day number of the first week's Monday."""
    begin_day: int
    """Day number on which the run begins (0, or minus the warm-up)."""
    end_day: int
    weeks: int

    @property
    def days(self) -> np.ndarray:
        """Day numbers of the whole weeks."""
        return np.arange(self.first_day, self.first_day + 7 * self.weeks)

    @property
    def week0(self) -> int:
        """Day number (<= 0) of the Monday of the week that holds the start."""
        return -self.start.weekday()

    @property
    def first_week(self) -> int:
        """Number of the first week, counted from the week that holds the start."""
        return (self.first_day - self.week0) // 7

    @property
    def absolute_week(self) -> int:
        """The first week's number counted from Monday 0001-01-01: the same week has the same number in every run."""
        return (self.start.toordinal() + self.first_day - 1) // 7

    def date_of(self, day: int) -> date:
        """The date of a day number."""
        return self.start + timedelta(days=int(day))

    def day_of(self, when: date) -> int:
        """The day number of a date."""
        return (when - self.start).days

    def iso(self) -> list[tuple[int, int]]:
        """ISO year and week of each week."""
        return [self.date_of(self.first_day + 7 * w).isocalendar()[:2] for w in range(self.weeks)]


def grid(start: date, weeks: int, warm_up_weeks: int = 0) -> Grid:
    """The whole ISO weeks around a horizon of `weeks` from `start`, after a warm-up."""
    begin = -7 * warm_up_weeks
    first = begin - start.weekday()
    end = 7 * weeks
    return Grid(start, first, begin, end, -((first - end) // 7))


@cache
def swedish_holidays(year: int) -> frozenset[date]:
    """Days of a year on which Swedish elective care is closed, whatever the weekday (see the module's text)."""
    known = _written_down().get(year)
    return looked_up(year) if known is None else frozenset(date.fromisoformat(f"{year}-{day}") for day in known)


@cache
def _written_down() -> dict[int, list[str]]:
    """Month and day of the closed days, by year."""
    text = Path(__file__).with_name("swedish_holidays.txt").read_text(encoding="utf-8")
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
    return {int(year): days for year, *days in lines}


def looked_up(year: int) -> frozenset[date]:
    """The same from the library `holidays`: where the days written down come from, and for other years."""
    import holidays

    closed = holidays.country_holidays("SE", years=year, categories=("public", "de_facto"), language="sv")
    eves = holidays.country_holidays("SE", years=year, categories=("optional",), language="sv")
    kept = {day for day, name in eves.items() if name in CLOSED_EVES}
    return frozenset(day for day in {*closed, *kept} if day.year == year)


def closed(
    grid: Grid, *, holidays: bool = True, closed_dates: Iterable[date] = (), closed_weeks: Iterable[int] = ()
) -> np.ndarray:
    """True for each day of the grid that is a holiday, a closed date or in a closed ISO week (by its number)."""
    out = np.zeros(7 * grid.weeks, dtype=bool)
    years = range(grid.date_of(grid.first_day).year, grid.date_of(grid.first_day + 7 * grid.weeks).year + 1)
    dates = [d for year in years for d in swedish_holidays(year)] if holidays else []
    for when in (*dates, *closed_dates):
        place = grid.day_of(when) - grid.first_day
        if 0 <= place < len(out):
            out[place] = True
    shut = set(closed_weeks)
    for w, (_, number) in enumerate(grid.iso()):
        if number in shut:
            out[7 * w : 7 * w + 7] = True
    return out


def season(grid: Grid, factors: Sequence[tuple[Iterable[int], float]]) -> np.ndarray:
    """The factor of each week of the grid: 1 unless listed; week 53 takes week 52's unless it is listed itself.

    Args:
        grid: the weeks.
        factors: (ISO week numbers, factor); a later line wins over an earlier one.
    """
    by_number: dict[int, float] = {}
    for numbers, factor in factors:
        by_number.update(dict.fromkeys(numbers, factor))
    if 53 not in by_number and 52 in by_number:
        by_number[53] = by_number[52]
    return np.array([by_number.get(number, 1.0) for _, number in grid.iso()])


def by_weekday(grid: Grid, weights: Sequence[float]) -> np.ndarray:
    """A weight per weekday (Monday first) as a weight per day of the grid."""
    return np.tile(np.asarray(weights, dtype=float), grid.weeks)


def weekday_weights(weights: Mapping[str, float]) -> tuple[float, ...]:
    """Weights by weekday name as seven numbers, Monday first; days not named get 0."""
    return tuple(float(weights.get(day, 0.0)) for day in WEEKDAYS)


def within(grid: Grid, first: date | None, last: date | None) -> np.ndarray:
    """True for each day of the grid from `first` to `last`, both included; None: no limit."""
    days = grid.days
    low = grid.day_of(first) if first else days[0]
    high = grid.day_of(last) if last else days[-1]
    return (days >= low) & (days <= high)


def hours_of_day(opens: int, closes: int) -> tuple[int, int]:
    """Seconds after midnight at which a day opens and closes; a closing at or before the opening is the next day's."""
    return opens, closes if closes > opens else closes + DAY_S
