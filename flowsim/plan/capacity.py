"""Capacity laid out: a week's level, season and luck as slots, shifts and places at their seconds.

Rules (model.md section 4): numbers come from floor(running total) over whole ISO weeks, so that fractions carry over
days and weeks; each tranche is laid out alone, so that one more moves no other; what falls on a closed day is lost
(the running total goes on over it, so that a closed day moves no other) unless the week's total is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flowsim.plan.calendar import Grid
from flowsim.plan.model import FOREVER
from flowsim.tables import DAY_S

_EPS = 1e-9
"""Running totals within this of a whole number are that number (40 x 0.1 is 4)."""


@dataclass(frozen=True)
class Part:
    """One tranche's planned capacity, before luck."""

    name: str
    amount: np.ndarray
    """Per day of the grid: slots, server-days or places = weekday's share x season x level; closed days included."""
    is_open: np.ndarray
    """Per day: False = closed; its amount is lost."""
    opens: np.ndarray
    """Per day: second of the day at which it opens."""
    closes: np.ndarray
    """Per day: second of the day at which it closes; above 86,400 the next morning."""
    part_days: bool = False
    """Staff: the remainder of a server-day is a shorter shift, instead of being carried."""

    @property
    def length(self) -> np.ndarray:
        """Per day: seconds open."""
        return self.closes - self.opens


@dataclass(frozen=True)
class Layout:
    """A resource's planned capacity."""

    name: str
    kind: str
    parts: tuple[Part, ...]
    kept_share: float = 0.0
    unlimited: bool = False


def running(amounts: np.ndarray) -> np.ndarray:
    """Whole numbers whose sums are the floors of the running total of `amounts`."""
    totals = np.floor(np.cumsum(amounts) + _EPS).astype(np.int64)
    return np.diff(totals, prepend=0)


def spread_over_open(amount: np.ndarray, is_open: np.ndarray) -> np.ndarray:
    """The amounts with those of closed days spread over their week's open days, in proportion to what these have.

    A week with no open day that has capacity keeps its amounts where they are: they are lost.
    """
    by_week, shut = amount.reshape(-1, 7), ~is_open.reshape(-1, 7)
    total = by_week.sum(axis=1, keepdims=True)
    left = np.where(shut, 0.0, by_week)
    has = left.sum(axis=1, keepdims=True)
    spread = np.divide(left * total, has, out=by_week.copy(), where=has > 0)
    return np.asarray(spread.reshape(-1))


def slots(layout: Layout, luck: list[np.ndarray], grid: Grid) -> np.ndarray:
    """Slots as rows (appear, expire, tranche, kept), sorted by appearance; those outside the run are dropped.

    Slot k of n on a day open o..c appears at o + floor(k (c - o) / n) and expires at c.

    Args:
        layout: what is planned.
        luck: per tranche, a factor per day of the grid.
        grid: the run's weeks.
    """
    rows = [_slots_of(part, luck[t], t, layout.kept_share, grid) for t, part in enumerate(layout.parts)]
    if len(rows) == 1:
        return rows[0]
    table = np.concatenate(rows) if rows else np.zeros((0, 4), dtype=np.int64)
    return table[np.lexsort((table[:, 2], table[:, 0]))]


def _slots_of(part: Part, luck: np.ndarray, tranche: int, kept_share: float, grid: Grid) -> np.ndarray:
    """One tranche's slots."""
    count = running(part.amount * luck) * part.is_open
    day = np.repeat(np.arange(len(count)), count)
    k = np.arange(len(day)) - np.repeat(np.cumsum(count) - count, count)
    midnight = grid.days * DAY_S
    appear = (midnight + part.opens)[day] + k * part.length[day] // count[day]
    inside = (appear >= grid.begin_day * DAY_S) & (appear < grid.end_day * DAY_S)
    if not inside.all():
        appear, day = appear[inside], day[inside]
    table = np.empty((len(appear), 4), np.int64)
    number = np.arange(len(table) + 1)
    table[:, 0], table[:, 1], table[:, 2] = appear, (midnight + part.closes)[day], tranche
    table[:, 3] = np.diff(np.floor(number * kept_share + _EPS)) if kept_share else 0
    return table


def shifts(layout: Layout, luck: list[np.ndarray], grid: Grid) -> np.ndarray:
    """Shifts as rows (open, close, server, tranche), sorted by opening, then server; touching ones are merged.

    A week's hours are whole server-days; the latest server is the first to be missing. A tranche's servers are
    numbered after those of the tranches before it.
    """
    rows: list[np.ndarray] = []
    first = 0
    for t, part in enumerate(layout.parts):
        table = _merged(_shifts_of(part, luck[t], grid), grid)
        table[:, 2] += first
        first = int(table[:, 2].max()) + 1 if len(table) else first
        rows.append(np.column_stack([table, np.full(len(table), t)]))
    table = np.concatenate(rows) if rows else np.zeros((0, 4), dtype=np.int64)
    return table[np.lexsort((table[:, 2], table[:, 0]))]


def _shifts_of(part: Part, luck: np.ndarray, grid: Grid) -> np.ndarray:
    """One tranche's server-days as rows (open, close, server), by day and server."""
    amount = part.amount * luck
    whole = np.floor(amount + _EPS).astype(np.int64) if part.part_days else running(amount)
    whole = whole * part.is_open
    if _never_changes(part, whole):
        servers = np.arange(whole[0])
        ends = [grid.first_day * DAY_S, (grid.first_day + len(whole)) * DAY_S]
        return np.column_stack([np.full_like(servers, ends[0]), np.full_like(servers, ends[1]), servers])
    day = np.repeat(np.arange(len(whole)), whole)
    server = np.arange(len(day)) - np.repeat(np.cumsum(whole) - whole, whole)
    opens, closes = grid.days * DAY_S + part.opens, grid.days * DAY_S + part.closes
    table = np.column_stack([opens[day], closes[day], server])
    if part.part_days:
        rest = np.floor((amount - whole) * part.length * part.is_open + 0.5).astype(np.int64)
        some = rest > 0
        table = np.concatenate([table, np.column_stack([opens, opens + rest, whole])[some]])
    return table


def _never_changes(part: Part, whole: np.ndarray) -> bool:
    """Whether the same servers are at work round the clock."""
    always = (part.opens == 0).all() and (part.closes == DAY_S).all() and not part.part_days
    return bool(len(whole) and always and (whole == whole[0]).all())


def _merged(table: np.ndarray, grid: Grid) -> np.ndarray:
    """Touching windows of a server as one, cut at the begin; a round-the-clock one at the last midnight stays open."""
    table = table[np.lexsort((table[:, 0], table[:, 2]))]
    if not len(table):
        return table
    new = np.ones(len(table), dtype=bool)
    new[1:] = (table[1:, 2] != table[:-1, 2]) | (table[1:, 0] > table[:-1, 1])
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(table)) - 1
    opened, closed, server = table[first, 0], table[last, 1].copy(), table[first, 2]
    last_midnight = (grid.first_day + 7 * grid.weeks) * DAY_S
    closed[(closed == last_midnight) & (closed - opened >= DAY_S)] = FOREVER
    opened = np.maximum(opened, grid.begin_day * DAY_S)
    inside = (closed > opened) & (opened < grid.end_day * DAY_S)
    return np.column_stack([opened, closed, server])[inside]


def places(layout: Layout, luck: list[np.ndarray], grid: Grid) -> np.ndarray:
    """Places as rows (time, number of each tranche from then on), first at the begin; rounded half up, by day."""
    if layout.unlimited:
        numbers = [FOREVER, *([0] * (len(layout.parts) - 1))]
        return np.array([[grid.begin_day * DAY_S, *numbers]], dtype=np.int64)
    in_run = (grid.days >= grid.begin_day) & (grid.days < grid.end_day)
    columns = [_whole_places(part, luck[t]) for t, part in enumerate(layout.parts)]
    table = np.column_stack([grid.days * DAY_S, *columns])[in_run]
    changed = np.ones(len(table), dtype=bool)
    changed[1:] = (table[1:, 1:] != table[:-1, 1:]).any(axis=1)
    return table[changed]


def _whole_places(part: Part, luck: np.ndarray | float) -> np.ndarray:
    """Places per day, half up."""
    return np.floor(part.amount * luck * part.is_open + 0.5 + _EPS).astype(np.int64)


def planned(layout: Layout, grid: Grid) -> np.ndarray:
    """What is offered without luck, (tranche, week from the start's week on): slots, server-s, place-s.

    Slots and servers are fractions (their running total is what is rounded), places whole.
    """
    in_run = (grid.days >= grid.begin_day) & (grid.days < grid.end_day)
    out = np.zeros((len(layout.parts), grid.weeks + grid.first_week))
    for t, part in enumerate(layout.parts):
        if layout.kind == "places":
            by_day = _whole_places(part, 1.0) * DAY_S
        else:
            by_day = part.amount * part.is_open * (part.length if layout.kind == "staff" else 1)
        out[t] = (by_day * in_run).reshape(-1, 7).sum(axis=1)[-grid.first_week :]
    return out
