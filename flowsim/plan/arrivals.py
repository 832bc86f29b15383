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
from flowsim.plan.recipe import DatedSource, RateSource, Recipe, StartSource
from flowsim.tables import DAY_S, NEVER, SOURCES


@dataclass(frozen=True)
class Patients:
    """Columns of one replication's patients, in patient order."""

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
    """Patients of one source and group, before they are numbered."""

    group: int
    source: int
    place: int
    """The source's number in the scenario."""
    step: int
    week: np.ndarray
    """Absolute ISO week; 0 for those there at the begin."""
    index: np.ndarray
    key: np.ndarray
    arrives: np.ndarray
    age: np.ndarray
    remaining: np.ndarray
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
    return _numbered(recipe, [b for b in batches if len(b.key)], seed, replication)


def _numbered(recipe: Recipe, batches: list[_Batch], seed: int, replication: int) -> Patients:
    """The batches as one, in patient order: by arrival, then group, source, week and index."""
    begin, end = recipe.grid.begin_day * DAY_S, recipe.grid.end_day * DAY_S

    def column(of: str) -> np.ndarray:
        parts = [np.broadcast_to(np.asarray(getattr(b, of)), b.key.shape) for b in batches]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)

    arrives, group, source, key = column("arrives"), column("group"), column("source"), column("key")
    inside = (arrives >= begin) & (arrives < end)
    order = np.lexsort((column("index"), column("week"), column("place"), group, arrives))
    order = order[inside[order]]
    arrives, group, source, key = arrives[order], group[order], source[order], key[order]
    key = key.astype(np.uint64)
    joined = arrives - column("age")[order]
    known = column("decision_known")[order].astype(bool)
    queued, referred = source == SOURCES.index("queue"), source == SOURCES.index("arrivals")
    return Patients(
        group=group,
        klass=_classes(recipe, group, arrives, key, (seed, replication)),
        source=source,
        arrives=arrives,
        joined=joined,
        referral=np.where(referred | (queued & ~known), joined, NEVER),
        decision=np.where(queued & known, joined, NEVER),
        step=column("step")[order],
        remaining=column("remaining")[order],
        key=key,
    )


def _classes(
    recipe: Recipe, group: np.ndarray, arrives: np.ndarray, key: np.ndarray, run: tuple[int, int]
) -> np.ndarray:
    """The class of each patient: its group's, or the urgent one."""
    if not any(any(shares) for shares in recipe.urgent_share):
        return np.array(recipe.klass, dtype=np.int64)[group]
    period = recipe.period_of_day[arrives // DAY_S - recipe.grid.first_day]
    share = np.array(recipe.urgent_share)[period, group]
    urgent = chance.uniform(*run, "urgent", key) < share
    return np.where(urgent, np.array(recipe.urgent_class)[group], np.array(recipe.klass)[group])


def _by_rate(recipe: Recipe, rate: RateSource, place: int, seed: int, replication: int) -> list[_Batch]:
    """A week's count by one uniform a group and week, each arrival's moment by its own."""
    grid = recipe.grid
    weeks = grid.absolute_week + np.arange(grid.weeks)
    years, numbers = np.array(grid.iso()).T
    name = f"arrivals:{rate.name}"
    luck = chance.weekly_luck(rate.luck, seed, replication, name, weeks) if rate.luck else np.ones(grid.weeks)
    batches = []
    for g, group in enumerate(recipe.groups):
        if not rate.shares[:, g].any():
            continue
        daily = rate.per_day(g, recipe.period_of_day)
        mean = daily.sum(axis=1) * luck
        u = chance.uniform(seed, replication, f"count:{rate.name}:{group}", weeks)
        count = _count(rate, mean, u)
        week = np.repeat(np.arange(grid.weeks), count)
        index = np.arange(len(week)) - np.repeat(np.cumsum(count) - count, count)
        key = chance.patient_keys(group, name, years[week], numbers[week], index)
        moment = _placed(rate, daily, week, chance.uniform(seed, replication, "moment", key))
        arrives = moment + (grid.first_day + 7 * week) * DAY_S
        zero = np.zeros_like(arrives)
        batches.append(_Batch(g, 0, place, rate.step, weeks[week], index, key, arrives, zero, zero))
    return batches


def _count(rate: RateSource, mean: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Arrivals of each week. `fixed` and `luck` round the running total, so that fractions carry over."""
    if rate.law in ("fixed", "luck"):
        return running(mean)
    return np.asarray(chance.counts(u, mean, rate.variance_to_mean))


def _placed(rate: RateSource, daily: np.ndarray, week: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Seconds after the week's Monday 00:00, by inversion of the week's expected arrivals over its windows."""
    weight = daily[:, rate.window_day] * rate.window_share
    total = weight.sum(axis=1, keepdims=True)
    ends = np.cumsum(weight, axis=1) / np.where(total > 0, total, 1.0)
    begins = ends - weight / np.where(total > 0, total, 1.0)
    flat = (ends + np.arange(len(ends))[:, None]).reshape(-1)
    chosen = np.searchsorted(flat, week + u, side="right") - week * ends.shape[1]
    chosen = np.clip(chosen, 0, ends.shape[1] - 1)
    width = (ends - begins)[week, chosen]
    inside = np.divide(u - begins[week, chosen], width, out=np.zeros_like(u), where=width > 0)
    length = rate.window_length[chosen]
    second = np.clip(np.floor(inside * length), 0, length - 1).astype(np.int64)
    return np.asarray(rate.window_day[chosen] * DAY_S + rate.window_from[chosen] + second)


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
    zero = np.zeros_like(week)
    return _Batch(g, 0, place, dated.step, week + grid.absolute_week, index, key, dated.start[row] + spread, zero, zero)


def _at_start(recipe: Recipe, start: StartSource, place: int, seed: int, replication: int) -> list[_Batch]:
    """Group and time (waited, remaining, until due) of each by its index in the source."""
    begin = recipe.grid.begin_day * DAY_S
    source = f"{start.kind}:{start.name}"
    index = np.arange(start.patients)
    u = chance.uniform(seed, replication, f"group:{source}", index)
    group = np.minimum(np.searchsorted(start.group_cumulative, u, side="right"), len(recipe.groups) - 1)
    time = _start_time(start, chance.uniform(seed, replication, f"time:{source}", index))
    zero = np.zeros(start.patients, dtype=np.int64)
    age = time if start.kind == "queue" else zero
    remaining = np.maximum(time, 1) if start.kind == "beds" else zero
    arrives = begin + (time if start.kind == "due" else zero)
    batches = []
    for g in np.unique(group):
        i = index[group == g]
        key = chance.patient_keys(recipe.groups[g], source, 0, 0, i)
        code = SOURCES.index(start.kind)
        batch = _Batch(int(g), code, place, start.step, zero[i], i, key, arrives[i], age[i], remaining[i])
        batch.decision_known = start.decision
        batches.append(batch)
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
