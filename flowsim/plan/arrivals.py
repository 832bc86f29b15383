"""Who comes, and when: every patient of a replication as columns, each with the key all further luck hangs on.

A patient's key is (group, source, ISO year and week, index within it); numbers are given afterwards, by arrival,
then key. Counts are drawn per group and whole ISO week, and what falls outside the run is dropped: so a longer
horizon, a further group or 5 % more arrivals leave all others as they were.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flowsim import chance
from flowsim.plan.capacity import running
from flowsim.plan.once import once
from flowsim.plan.recipe import DatedSource, RateSource, Recipe, StartSource
from flowsim.tables import DAY_S, NEVER, SOURCES

_PLACE_BITS = 30
"""Bits for a patient's place among all, below the second of arrival: at most a thousand million patients."""


@dataclass(frozen=True)
class Patients:
    """Columns of one replication's patients, in patient order: 32-bit whole numbers, and the keys."""

    group: np.ndarray
    klass: np.ndarray
    source: np.ndarray
    arrives: np.ndarray
    joined: np.ndarray
    referral: np.ndarray
    decision: np.ndarray
    step: np.ndarray
    remaining: np.ndarray
    key: np.ndarray
    """64-bit patient keys."""


@dataclass
class _Batch:
    """Patients of one source and group in the order of week and index, before they are numbered."""

    group: int
    source: int
    place: int
    """The source's number in the scenario."""
    step: int
    key: np.ndarray
    arrives: np.ndarray
    age: np.ndarray | None = None
    """Seconds waited before the begin."""
    remaining: np.ndarray | None = None
    decision_known: bool = False


def patients(recipe: Recipe, seed: int, replication: int) -> Patients:
    """All patients of one replication who enter the run before its end."""
    batches: list[_Batch] = []
    for place, rate in enumerate(recipe.rates):
        batches += _by_rate(recipe, rate, place, seed, replication)
    for place, dated in enumerate(recipe.dated, len(recipe.rates)):
        batches += _by_date(recipe, dated, place, seed, replication)
    for place, start in enumerate(recipe.starts, len(recipe.rates) + len(recipe.dated)):
        batches += _at_start(recipe, start, place, seed, replication)
    return _numbered(recipe, sorted(batches, key=lambda b: (b.group, b.place)), seed, replication)


def _numbered(recipe: Recipe, batches: list[_Batch], seed: int, replication: int) -> Patients:
    """The batches as one, in patient order: by arrival, then group, source, week and index."""
    begin, end = recipe.grid.begin_day * DAY_S, recipe.grid.end_day * DAY_S
    arrives = np.concatenate([np.zeros(0, np.int64), *(b.arrives for b in batches)])
    order = np.sort(((arrives - begin) << _PLACE_BITS) + np.arange(len(arrives)))  # by arrival, then as they stand
    low, high = np.searchsorted(order, [0, (end - begin) << _PLACE_BITS])
    order = order[low:high] & ((1 << _PLACE_BITS) - 1)

    def each(values: list[int]) -> np.ndarray:
        """A column that is the same for a whole batch."""
        return np.repeat(np.array(values, np.int32), [len(b.key) for b in batches])[order]

    def own(columns: list[np.ndarray | None]) -> np.ndarray:
        """A column of each one's own; 0 where a batch has none."""
        if all(column is None for column in columns):
            return np.zeros(len(order), np.int32)
        every = [np.zeros(len(b.key)) if c is None else c for b, c in zip(batches, columns, strict=True)]
        return np.concatenate(every)[order].astype(np.int32)

    group, source = each([b.group for b in batches]), each([b.source for b in batches])
    key = np.concatenate([np.zeros(0, np.uint64), *(b.key for b in batches)])[order]
    arrives = arrives[order].astype(np.int32)
    joined = arrives - own([b.age for b in batches])
    known = each([b.decision_known for b in batches]).astype(bool)
    queued, referred = source == SOURCES.index("queue"), source == SOURCES.index("arrivals")
    return Patients(
        group=group,
        klass=_classes(recipe, group, arrives, key, (seed, replication)),
        source=source,
        arrives=arrives,
        joined=joined,
        referral=np.where(referred | (queued & ~known), joined, np.int32(NEVER)),
        decision=np.where(queued & known, joined, np.int32(NEVER)),
        step=each([b.step for b in batches]),
        remaining=own([b.remaining for b in batches]),
        key=key,
    )


def _classes(
    recipe: Recipe, group: np.ndarray, arrives: np.ndarray, key: np.ndarray, run: tuple[int, int]
) -> np.ndarray:
    """The class of each patient: its group's, or the urgent one."""
    if not any(any(shares) for shares in recipe.urgent_share):
        return np.array(recipe.klass, dtype=np.int32)[group]
    period = recipe.period_of_day[arrives // DAY_S - recipe.grid.first_day]
    share = np.array(recipe.urgent_share)[period, group]
    urgent = chance.uniform(*run, "urgent", key) < share
    return np.where(urgent, np.array(recipe.urgent_class, np.int32)[group], np.array(recipe.klass, np.int32)[group])


@dataclass(frozen=True)
class _Stream:
    """What one group's arrivals by one rate are drawn from, before luck."""

    group: int
    name: str
    mean: np.ndarray
    """Expected arrivals by week."""
    counts: chance.CountTable | None
    """Counts of the weeks, where their law does not change from run to run."""
    week_keys: np.ndarray
    ends: np.ndarray
    """Of each week's windows (or, if the weeks are alike, of any): cumulative shares."""
    begins: np.ndarray


@once
def _streams(recipe: Recipe) -> list[list[_Stream]]:
    """The streams of each rate, group by group."""
    return [
        [_stream(recipe, rate, g) for g in range(len(recipe.groups)) if rate.shares[:, g].any()]
        for rate in recipe.rates
    ]


def _stream(recipe: Recipe, rate: RateSource, g: int) -> _Stream:
    daily, group = rate.per_day(g, recipe.period_of_day), recipe.groups[g]
    mean = daily.sum(axis=1)
    weight = daily[:, rate.window_day] * rate.window_share
    total = weight.sum(axis=1, keepdims=True)
    share = weight / np.where(total > 0, total, 1.0)
    ends = np.cumsum(share, axis=1)
    some = ends[mean > 0]
    if len(some) and np.allclose(some, some[0], rtol=0, atol=1e-12):
        ends, share = some[:1], share[mean > 0][:1]
    drawn = rate.law in ("fixed", "luck") or rate.luck is not None
    years, numbers = np.array(recipe.grid.iso()).T
    return _Stream(
        group=g,
        name=group,
        mean=mean,
        counts=None if drawn else chance.CountTable(mean, rate.variance_to_mean),
        week_keys=chance.week_keys(group, f"arrivals:{rate.name}", years, numbers),
        ends=ends,
        begins=ends - share,
    )


def _by_rate(recipe: Recipe, rate: RateSource, place: int, seed: int, replication: int) -> list[_Batch]:
    """A week's count by one uniform a group and week, each arrival's moment by its own."""
    grid = recipe.grid
    weeks = grid.absolute_week + np.arange(grid.weeks)
    luck = chance.weekly_luck(rate.luck, seed, replication, f"arrivals:{rate.name}", weeks) if rate.luck else None
    batches = []
    for stream in _streams(recipe)[place]:
        u = chance.uniform(seed, replication, f"count:{rate.name}:{stream.name}", weeks)
        count = _count(rate, stream, luck, u)
        week = np.repeat(np.arange(grid.weeks), count)
        index = np.arange(len(week)) - np.repeat(np.cumsum(count) - count, count)
        key = chance.indexed_keys(stream.week_keys[week], index)
        moment = _placed(rate, stream, week, chance.uniform(seed, replication, "moment", key))
        arrives = moment + (grid.first_day * DAY_S + 7 * DAY_S * week)
        batches.append(_Batch(stream.group, 0, place, rate.step, key, arrives))
    return batches


def _count(rate: RateSource, stream: _Stream, luck: np.ndarray | None, u: np.ndarray) -> np.ndarray:
    """Arrivals of each week. `fixed` and `luck` round the running total, so that fractions carry over."""
    mean = stream.mean if luck is None else stream.mean * luck
    if rate.law in ("fixed", "luck"):
        return running(mean)
    if stream.counts is not None:
        return stream.counts.counts(u)
    return np.asarray(chance.counts(u, mean, rate.variance_to_mean))


def _placed(rate: RateSource, stream: _Stream, week: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Seconds after the week's Monday 00:00, by inversion of the week's expected arrivals over its windows."""
    windows = stream.ends.shape[1]
    if len(stream.ends) == 1:
        at = np.searchsorted(stream.ends[0, :-1], u, side="right")
        chosen, begins = at, stream.begins[0]
        width = stream.ends[0] - begins
    else:
        flat = (stream.ends + np.arange(len(stream.ends))[:, None]).reshape(-1)
        chosen = np.searchsorted(flat, week + u, side="right") - week * windows
        chosen = np.clip(chosen, 0, windows - 1)
        at = week * windows + chosen
        begins, width = stream.begins.reshape(-1), (stream.ends - stream.begins).reshape(-1)
    length = rate.window_length[chosen]
    speed = np.divide(1.0, width, out=np.zeros_like(width), where=width > 0)
    second = ((u - begins[at]) * (speed[at] * length)).astype(np.int64)
    second = np.minimum(np.maximum(second, 0), length - 1)
    return np.asarray((rate.window_day * DAY_S + rate.window_from)[chosen] + second)


def _by_date(recipe: Recipe, dated: DatedSource, place: int, seed: int, replication: int) -> list[_Batch]:
    """The rows that come true: certain ones, and of each choice the alternative its uniform picks."""
    come = dated.choice < 0
    if len(dated.choice_key):
        date, number = dated.choice_key.T
        u = chance.uniform(seed, replication, f"timetable:{dated.name}", date, number)
        picked = (dated.choice_cumulative <= u[:, None]).sum(axis=1)
        come = come | (picked[dated.choice] == dated.alternative)
    row = np.repeat(np.arange(len(come)), dated.count * come)
    group = dated.group[row]
    return [_dated_group(recipe, dated, place, int(g), row[group == g], (seed, replication)) for g in np.unique(group)]


def _dated_group(
    recipe: Recipe, dated: DatedSource, place: int, g: int, row: np.ndarray, run: tuple[int, int]
) -> _Batch:
    """One group's patients in the order of their rows, numbered within each ISO week."""
    grid = recipe.grid
    week = (dated.start[row] // DAY_S - grid.first_day) // 7
    index = np.arange(len(week)) - np.searchsorted(week, week)
    years, numbers = np.array(grid.iso()).T
    key = chance.patient_keys(recipe.groups[g], f"arrivals:{dated.name}", years[week], numbers[week], index)
    spread = np.floor(chance.uniform(*run, "moment", key) * dated.length[row]).astype(np.int64)
    return _Batch(g, 0, place, dated.step, key, dated.start[row] + spread)


def _at_start(recipe: Recipe, start: StartSource, place: int, seed: int, replication: int) -> list[_Batch]:
    """Group and time (waited, remaining, until due) of each by its index in the source."""
    begin = recipe.grid.begin_day * DAY_S
    source = f"{start.kind}:{start.name}"
    index = np.arange(start.patients)
    u = chance.uniform(seed, replication, f"group:{source}", index)
    group = np.minimum(np.searchsorted(start.group_cumulative, u, side="right"), len(recipe.groups) - 1)
    time = _start_time(start, chance.uniform(seed, replication, f"time:{source}", index))
    arrives = begin + (time if start.kind == "due" else time * 0)
    batches = []
    for g in np.unique(group):
        i = index[group == g]
        key = chance.patient_keys(recipe.groups[g], source, 0, 0, i)
        code = SOURCES.index(start.kind)
        age = time[i] if start.kind == "queue" else None
        remaining = np.maximum(time[i], 1) if start.kind == "beds" else None
        batches.append(_Batch(int(g), code, place, start.step, key, arrives[i], age, remaining, start.decision))
    return batches


def _start_time(start: StartSource, u: np.ndarray) -> np.ndarray:
    """Whole seconds waited, remaining or until due. Nights remaining end at the hour of discharge."""
    if start.listed:
        amount = np.array(start.listed)
    elif start.law is None:
        amount = np.zeros(len(u))
    else:
        amount = chance.quantile(start.law, u)
    if start.nights:
        return np.asarray(np.floor(amount + 0.5).astype(np.int64) * DAY_S + start.discharge_s)
    return np.floor(amount + 0.5).astype(np.int64)
