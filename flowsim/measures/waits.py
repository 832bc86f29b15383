"""How long patients waited, and whether inside the care guarantee (vårdgaranti). Days.

A wait belongs to the moment it ended: counted are visits and spells whose last step started inside the reported
horizon, also of those who came before it. Other departments' patients are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from flowsim.frames import pd
from flowsim.measures.queues import Limit, limits, waiting_and_over
from flowsim.measures.runs import (
    Run,
    Source,
    collect,
    framed,
    step_names,
    texts,
    treatment_step,
    week_ends,
    week_place,
    whole_weeks,
)
from flowsim.measures.spells import Spells, Visits, spells, visits
from flowsim.tables import DAY_S

REFERRAL_TO_TREATMENT = "referral_to_treatment"
AMONG = ("treated", "treated_elsewhere", "waiting")


@dataclass(frozen=True)
class Waits:
    """All ended waits of one step or span: how long (seconds) and whose."""

    kind: str
    name: str
    seconds: np.ndarray
    whose: Visits | Spells
    rows: np.ndarray
    """Rows of `whose`."""

    def of_group(self, group: int) -> np.ndarray:
        """Those of one group."""
        return self.seconds[self.whose.group[self.rows] == group]


def waiting_time(results: Source, *, by_group: bool = False) -> pd.DataFrame:
    """Median, mean and 90th percentile of the wait of those started in the horizon, with the own clinic.

    By step that needs a resource (from first joining its queue), by span, and `referral_to_treatment` (from the
    referral to the guarantee's treatment step). Percentiles are interpolated; NaN where nobody started.
    Columns: scenario, replication, kind (step, span), name, [group,] n, median_days, mean_days, p90_days.
    """

    def measure(run: Run) -> pd.DataFrame:
        found = [*ended_waits(run)]
        groups = [g for g in run.setting.groups if g not in run.setting.background] if by_group else [""]
        parts = [_of_group(run, wait, group) for wait in found for group in groups]
        n, values = np.array([len(part) for part in parts], dtype=np.int64), [spread(part) for part in parts]
        median, mean, p90 = np.array(values, dtype=float).reshape(len(parts), 3).T
        data: dict[str, Any] = {
            "kind": texts(tuple(w.kind for w in found), len(groups)),
            "name": texts(tuple(w.name for w in found), len(groups)),
        }
        if by_group:
            data["group"] = texts(tuple(groups), times=len(found))
        return framed(run, {**data, "n": n, "median_days": median, "mean_days": mean, "p90_days": p90})

    return collect(results, measure)


def wait_histogram(results: Source, width_days: int = 10, longest_days: int = 730) -> pd.DataFrame:
    """How many waited how long, among those started in the horizon.

    A bin holds from_days <= wait < to_days; the last one all longer waits too. Columns: scenario, replication, kind
    (step, span), name, from_days, to_days, patients, share (of all who started; NaN of nobody).
    """

    def measure(run: Run) -> pd.DataFrame:
        found, bins = [*ended_waits(run)], np.arange(0, longest_days + 1, width_days)
        place = [np.clip(wait.seconds // (width_days * DAY_S), 0, len(bins) - 1) for wait in found]
        counts = np.array([np.bincount(p, minlength=len(bins)) for p in place]).reshape(len(found), len(bins))
        everybody = np.broadcast_to(counts.sum(axis=1, keepdims=True), counts.shape)
        data = {
            "kind": texts(tuple(w.kind for w in found), len(bins)),
            "name": texts(tuple(w.name for w in found), len(bins)),
            "from_days": np.tile(bins, len(found)),
            "to_days": np.tile(bins + width_days, len(found)),
            "patients": counts.ravel(),
            "share": _share(counts, everybody).ravel(),
        }
        return framed(run, data)

    return collect(results, measure)


def within_guarantee(results: Source, days: float | Mapping[str, float] | None = None) -> pd.DataFrame:
    """Share whose wait was at most the guarantee's days (or `days`, one for all or by name).

    Among: `treated` (started with the own clinic in the horizon), `treated_elsewhere` (treated by another provider
    in the horizon, on the day of treatment), `waiting` (at the horizon's end). First visit counts from the referral,
    treatment from the decision. Columns: scenario, replication, guarantee, limit_days, among, n, within, share.
    """

    def measure(run: Run) -> pd.DataFrame:
        rows: list[tuple[Any, ...]] = []
        for limit in promised(run, days):
            found = spells(run, limit.begins, limit.to)
            rows += [(limit.name, limit.days, *row) for row in shares_within(run, found, limit.days)]
        columns = ("guarantee", "limit_days", "among", "n", "within", "share")
        return framed(run, {name: [row[k] for row in rows] for k, name in enumerate(columns)})

    return collect(results, measure)


def within_guarantee_by_week(results: Source, days: float | Mapping[str, float] | None = None) -> pd.DataFrame:
    """The same by week: those treated in it (by whomever), and those waiting at its end.

    Columns: scenario, replication, guarantee, limit_days, week, treated, treated_within, treated_share, waiting,
    waiting_within, waiting_share (NaN where there is nobody).
    """

    def measure(run: Run) -> pd.DataFrame:
        weeks, promises = [*whole_weeks(run.setting)], promised(run, days)
        counts = np.array([_by_week(run, limit) for limit in promises], dtype=np.int64)
        treated, treated_within, waiting, waiting_within = counts.reshape(len(promises), 4, len(weeks)).swapaxes(0, 1)
        data = {
            "guarantee": texts(tuple(limit.name for limit in promises), len(weeks)),
            "limit_days": np.repeat([limit.days for limit in promises], len(weeks)),
            "week": np.tile(weeks, len(promises)),
            "treated": treated.ravel(),
            "treated_within": treated_within.ravel(),
            "treated_share": _share(treated_within, treated).ravel(),
            "waiting": waiting.ravel(),
            "waiting_within": waiting_within.ravel(),
            "waiting_share": _share(waiting_within, waiting).ravel(),
        }
        return framed(run, data)

    return collect(results, measure)


def promised(run: Run, days: float | Mapping[str, float] | None) -> list[Limit]:
    """The guarantees with their days."""
    return [limit for limit in limits(run.setting, days) if limit.kind == "guarantee"]


def ended_waits(run: Run) -> Iterator[Waits]:
    """Waits that ended in a start inside the horizon: steps with a queue, spans, referral to treatment."""
    own, names, steps = visits(run), step_names(run.setting), len(run.setting.steps)
    code = np.where(inside_horizon(run, own.started), own.step, steps).astype(np.min_scalar_type(steps))
    order, edges = np.argsort(code, kind="stable"), np.cumsum(np.bincount(code, minlength=steps))
    seconds = (own.started - own.queued)[order]
    for k, info in enumerate(run.setting.steps):
        if info.lead:
            part = slice(edges[k - 1] if k else 0, edges[k])
            yield Waits("step", names[k], seconds[part], own, order[part])
    spans, treatment = [*run.setting.spans], treatment_step(run.setting)
    if treatment and REFERRAL_TO_TREATMENT not in [name for name, _, _ in spans]:
        spans.append((REFERRAL_TO_TREATMENT, "referral", treatment))
    for name, begins, to in spans:
        found = spells(run, begins, to)
        met = np.flatnonzero(inside_horizon(run, found.started))
        yield Waits("span", name, found.started[met] - found.clock[met], found, met)


def spread(seconds: np.ndarray) -> tuple[float, float, float]:
    """Median, mean, 90th percentile, in days; NaN of nothing."""
    if not len(seconds):
        return (np.nan, np.nan, np.nan)
    ordered = np.sort(seconds)
    return _quantile(ordered, 0.5) / DAY_S, float(seconds.mean()) / DAY_S, _quantile(ordered, 0.9) / DAY_S


def _quantile(ordered: np.ndarray, part: float) -> float:
    """Between the two nearest, as numpy's `linear` (sorting whole numbers is quicker than its partition)."""
    place = (len(ordered) - 1) * part
    below = int(place)
    low, high = int(ordered[below]), int(ordered[min(below + 1, len(ordered) - 1)])
    return low + (high - low) * (place - below)


def shares_within(run: Run, found: Spells, limit_days: float) -> list[tuple[str, int, int, float]]:
    """(among, n, within, share) for the treated, the treated elsewhere and those waiting at the end."""
    counts = []
    for treated in (found.started, found.bought):
        met = inside_horizon(run, treated)
        counts.append((int(met.sum()), int(((treated - found.clock)[met] <= limit_days * DAY_S).sum())))
    waiting, over = waiting_and_over(found, limit_days, np.array([run.end_s]))
    counts.append((int(waiting[0]), int(waiting[0] - over[0])))
    return [(name, n, ok, ok / n if n else np.nan) for name, (n, ok) in zip(AMONG, counts, strict=True)]


def inside_horizon(run: Run, second: np.ndarray) -> np.ndarray:
    """Whether each moment lies in the reported horizon; False for NEVER."""
    return (second >= 0) & (second < run.end_s)


def _by_week(run: Run, limit: Limit) -> tuple[np.ndarray, ...]:
    """Treated, treated within, waiting, waiting within, by whole week."""
    weeks, found = len(whole_weeks(run.setting)), spells(run, limit.begins, limit.to)
    treated = np.maximum(found.started, found.bought)  # one of the two is NEVER
    place = week_place(run.setting, treated)
    met = np.flatnonzero(place >= 0)
    in_time = met[(treated - found.clock)[met] <= limit.days * DAY_S]
    waiting, over = waiting_and_over(found, limit.days, week_ends(run.setting))
    everybody, within = (np.bincount(place[rows], minlength=weeks) for rows in (met, in_time))
    return everybody, within, waiting, waiting - over


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Part of the whole; NaN of nothing."""
    return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)


def _of_group(run: Run, wait: Waits, group: str) -> np.ndarray:
    return wait.seconds if group == "" else wait.of_group(run.setting.groups.index(group))
