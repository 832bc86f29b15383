"""Visits of a log: attempts gathered, the visit that came next, the window in whole weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from flowsim.calibration.log.reading import Events
from flowsim.frames import pd
from flowsim.sheets.table import refused

EPOCH = date(1970, 1, 5)
"""A Monday: day 0 of every moment."""
_TOUCH = 1e-4
"""Moments within ten seconds are the same."""


@dataclass(frozen=True)
class Window:
    """Whole weeks of a log, as days: from the Monday `begin` to the Monday `end`."""

    begin: float
    end: float

    @property
    def weeks(self) -> int:
        """How many weeks."""
        return round((self.end - self.begin) / 7)

    @property
    def mondays(self) -> list[date]:
        """Each week's Monday."""
        return [EPOCH + timedelta(days=int(self.begin) + 7 * k) for k in range(self.weeks)]

    def counts(self, moments: np.ndarray) -> np.ndarray:
        """How many moments fall in each week."""
        return np.histogram(moments, self.begin + 7.0 * np.arange(self.weeks + 1))[0].astype(float)


def window_of(events: Events, window: tuple[date, date] | None = None) -> Window:
    """The days asked for (first Monday to last Sunday), else from the first start to the last moment, whole weeks."""
    if window:
        first, last = ((day - EPOCH).days for day in window)
        return Window(7.0 * (first // 7), 7.0 * ((last + 1) // 7))
    if events.frame["start"].isna().all():
        raise refused(events.source, "start", "No visit has begun: there is nothing to learn from.")
    begin = 7 * np.floor(float(np.nanmin(events.frame["start"])) / 7)
    late = events.last % 7 >= 4  # a Friday or later: the week is taken to be whole
    return Window(float(begin), 7.0 * float(np.ceil(events.last / 7) if late else np.floor(events.last / 7)))


class Visits:
    """A log's visits by activity; columns case (a number), group, queued, start, end, outcome, attempts before."""

    def __init__(self, events: Events, window: Window) -> None:
        self.window = window
        self.rows = events.frame
        self.cases = events.frame["case"].cat.codes.to_numpy()
        self.now = 7.0 * float(np.ceil(events.last / 7 - 1e-9))
        """The Monday after the log's last instant: where a scenario takes over."""

    @cached_property
    def attempts(self) -> pd.DataFrame:
        """Every row with `attempt` (0 first) and `final` (the visit's last row).

        An attempt's place is when it began, else when it was cancelled or left; one still open comes last.
        """
        rows = self.rows
        activity = rows["activity"].cat.codes.to_numpy()
        moment = rows["start"].fillna(rows["end"]).fillna(np.inf)
        order = np.lexsort((rows["row"], moment, rows["queued"], activity, self.cases))
        case, kind, queued = self.cases[order], activity[order], rows["queued"].to_numpy()[order]
        same = (case[1:] == case[:-1]) & (kind[1:] == kind[:-1]) & (np.abs(queued[1:] - queued[:-1]) < _TOUCH)
        starts = np.concatenate([[True], ~same])
        first = np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))
        frame = rows.iloc[order].reset_index(drop=True)
        final = np.concatenate([~same, [True]])
        return frame.assign(case=case, attempt=np.arange(len(order)) - first, final=final)

    def of(self, activity: str) -> pd.DataFrame:
        """The activity's rows, attempts included."""
        rows = self.attempts
        return rows[rows["activity"] == activity]

    def last_of(self, activity: str) -> pd.DataFrame:
        """The activity's visits: the last attempt of each."""
        rows = self.of(activity)
        return rows[rows["final"]]

    def following(self, done: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
        """`done` (columns case, end) with the first visit queued after each end, of the activities named.

        Adds `next` (its activity, '' if none) and `gap` (days from the end to its queueing).
        """
        rows = self.attempts
        mine = rows["activity"].isin(list(names)) & (rows["attempt"] == 0)
        later = rows.loc[mine, ["case", "queued", "activity"]].sort_values("queued", kind="stable")
        later = later.assign(activity=later["activity"].astype(str))
        left = done.assign(moment=done["end"] - _TOUCH).sort_values("moment", kind="stable")
        merged = pd.merge_asof(left, later.rename(columns={"activity": "next", "queued": "joined"}),
                               left_on="moment", right_on="joined", by="case", direction="forward")  # fmt: skip
        return merged.assign(next=merged["next"].fillna(""), gap=(merged["joined"] - merged["end"]).clip(lower=0))
