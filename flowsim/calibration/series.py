"""One resource's weeks, ready to be fitted: the window kept, closed and excluded weeks left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from flowsim import chance
from flowsim.frames import pd
from flowsim.sheets.table import refused

Floats = NDArray[np.float64]
YEAR_WEEKS = 365.25 / 7


@dataclass(frozen=True)
class Exclusion:
    """Weeks to leave out, by the dates of their Mondays (both included), and why."""

    first: date
    last: date
    why: str


@dataclass(frozen=True)
class Series:
    """Weeks of one resource in order; `number` has gaps where weeks are missing or left out."""

    resource: str
    number: NDArray[np.int64]
    iso_week: NDArray[np.int64]
    mondays: tuple[date, ...]
    """Empty where the history prints no year."""
    y: Floats
    """Offered if the history has it, else the count."""
    hours: Floats | None
    measured: str
    missing: int
    left_out: int
    cut: bool = False
    """The file's first and last week were taken to be cut, and left out."""

    @property
    def years(self) -> Floats:
        """Years since the first week."""
        return np.asarray((self.number - self.number[0]) / YEAR_WEEKS)

    @property
    def day_of_year(self) -> Floats:
        """Of each week's Thursday (reckoned from the week's number where no year is printed)."""
        if not self.mondays:
            return np.asarray(7.0 * self.iso_week - 3)
        return np.array([(monday + timedelta(days=3)).timetuple().tm_yday for monday in self.mondays], dtype=float)

    def label(self, k: int) -> str:
        """The week at a place: 2016-W01, or W01 where no year is printed."""
        year = f"{self.mondays[k].isocalendar().year}-" if self.mondays else ""
        return f"{year}W{self.iso_week[k]:02d}"

    def part(self, kept: NDArray[np.bool_]) -> Series:
        """Those weeks only."""
        return replace(
            self,
            number=self.number[kept],
            iso_week=self.iso_week[kept],
            mondays=tuple(day for day, keep in zip(self.mondays, kept, strict=True) if keep) if self.mondays else (),
            y=self.y[kept],
            hours=None if self.hours is None else self.hours[kept],
            left_out=self.left_out + int((~kept).sum()),
        )

    def holding(self, month: int, day: int) -> Floats:
        """1 for weeks that hold this day of the year."""
        week = timedelta(days=1)
        held = [any((m + k * week).timetuple()[1:3] == (month, day) for k in range(7)) for m in self.mondays]
        return np.array(held, dtype=float)


def exclusion(text: str) -> Exclusion:
    """From "2017-12-04,2018-02-11,winter shock". InputError if it is not two dates and a reason."""
    first, _, rest = text.partition(",")
    last, _, why = rest.partition(",")
    try:
        found = Exclusion(date.fromisoformat(first.strip()), date.fromisoformat(last.strip()), why.strip())
    except ValueError:
        raise refused(
            "exclude", text, "Weeks are left out by from,to,why: 2017-12-04,2018-02-11,winter shock."
        ) from None
    if found.first > found.last or not found.why:
        raise refused("exclude", text, "It needs a first date not after the last, and a reason.")
    return found


def series_of(
    history: pd.DataFrame,
    exclude: Sequence[Exclusion] = (),
    window: tuple[date, date] | None = None,
    whole: bool = False,
) -> list[Series]:
    """One `Series` for each resource of a history in normal form (`history.COLUMNS`).

    Without a window the first and last week of a dated history are taken to be cut, and left out, unless `whole`.
    """
    if history["monday"].isna().all() and (exclude or window):
        raise refused("history", "week", "Weeks without a year cannot be chosen by date.")
    return [_one(str(name), part, exclude, window, whole) for name, part in history.groupby("resource", sort=False)]


def _one(
    name: str, part: pd.DataFrame, exclude: Sequence[Exclusion], window: tuple[date, date] | None, whole: bool
) -> Series:
    dated = bool(part["monday"].notna().all())
    cut = dated and window is None and not whole and len(part) >= 3
    if dated and window:
        part = part[part["number"].between(*map(chance.week_number, window))]
    part = part.iloc[1:-1] if cut else part
    missing = int(part["number"].max() - part["number"].min() + 1 - len(part)) if len(part) else 0
    out = part["closed"].astype(bool)
    for one in exclude:
        out = out | part["monday"].map(lambda monday, e=one: e.first <= monday <= e.last)
    used = part[~out]
    if len(used) < 4:
        raise refused("history", name, "Fewer than four weeks are left to learn from.")
    measured = "offered" if used["offered"].notna().all() else "count"
    return Series(
        resource=name,
        number=used["number"].to_numpy(np.int64),
        iso_week=used["iso_week"].to_numpy(np.int64),
        mondays=tuple(used["monday"]) if used["monday"].notna().all() else (),
        y=used[measured].to_numpy(float),
        hours=used["hours"].to_numpy(float) if used["hours"].notna().all() else None,
        measured=measured,
        missing=missing,
        left_out=int(out.sum()),
        cut=cut,
    )
