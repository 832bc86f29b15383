"""What a log says of weeks: arrivals of each source, and capacity offered by each resource of slots."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flowsim.calibration.log import estimators as e
from flowsim.calibration.log.capacity import Offered, offered
from flowsim.calibration.log.parameter import Parameter
from flowsim.calibration.log.pathway import Keys, Pathway
from flowsim.calibration.log.visits import Visits, Window
from flowsim.calibration.mean_model import dispersion, quasi_poisson
from flowsim.calibration.red_days import closed_weekdays
from flowsim.frames import pd

Floats = NDArray[np.float64]
WORTHLESS = 2.0
"""A factor whose logarithm has a larger standard error than this is the drawing's."""


def arrivals(visits: Visits, path: Pathway) -> Iterator[Parameter]:
    """Cases by the week of their first queueing inside the window; those of the queue at its begin are none.

    Counting every case seen, the queue at the start included, is 1 to 3 % too many.
    """
    for name, mine in came(visits, path):
        yield from _arrivals(("arrivals", name), path, visits.window, mine["queued"].to_numpy())
        shares = path.data["arrivals"][name].get("groups", {})
        for group in shares if len(shares) > 1 else ():
            k = int((mine["group"] == group).sum())
            yield Parameter(("arrivals", name, "groups", group), e.share(k, len(mine)), "Wilson", kind="share")


def came(visits: Visits, path: Pathway) -> Iterator[tuple[str, pd.DataFrame]]:
    """(source, first visits of the cases that came by it inside the window), of sources with at least a hundred."""
    rows, window = visits.attempts, visits.window
    begun = rows.groupby("case")["queued"].transform("min")
    first = rows[(rows["queued"] - begun < 1e-4) & (begun >= window.begin) & (begun < window.end)]
    first = first[first["attempt"] == 0]
    for name, source in path.data.get("arrivals", {}).items():
        shares = source.get("groups", {})
        mine = first[(first["activity"] == source["step"]) & (first["group"].isin(list(shares)) if shares else True)]
        if "per_week" in source and len(mine) >= 100:
            yield name, mine


def _arrivals(keys: Keys, path: Pathway, window: Window, moments: Floats) -> Iterator[Parameter]:
    x, base, places = _season(path, keys, window)
    y = window.counts(moments)
    coefficients, mean = quasi_poisson(x, y[None, :])
    free = len(y) - x.shape[1]
    phi = float(dispersion(y[None, :], mean, x.shape[1])[0])
    error = np.sqrt(np.diag(np.linalg.inv((x.T * mean[0]) @ x)) * max(phi, 0.5))
    how = "first queued inside the window; quasi-Poisson with the drawing's season"
    yield _factor((*keys, "per_week"), float(coefficients[0, 0]) - np.log(base), float(error[0]), len(y), how)
    for place, b, s in zip(places, coefficients[0, 1:], error[1:], strict=True):
        for keys_ in place if s < WORTHLESS else ():
            yield _factor(keys_, float(b) + np.log(base), float(s), len(y), how, place[0])
    if path.at((*keys, "variance_to_mean")) is not None:
        how = "variance over mean around season, chi-square"
        yield Parameter(
            (*keys, "variance_to_mean"), e.dispersion(max(phi, 1.0), free), how, lambda d: round(max(d, 1.001), 4)
        )


def _factor(keys: Keys, log: float, error: float, n: int, how: str, shared: Keys = ()) -> Parameter:
    value, half = float(np.exp(log)), e.Z * error
    estimate = e.Estimate(value, value * float(np.exp(-half)), value * float(np.exp(half)), n)
    return Parameter(keys, estimate, how, shared=".".join(map(str, shared)))


def _season(path: Pathway, keys: Keys, window: Window) -> tuple[Floats, float, list[list[Keys]]]:
    """(design: ones, then a column for each factor beside the commonest; that one's factor; where each stands)."""
    by_week = path.season(keys)
    weeks = np.array([monday.isocalendar().week for monday in window.mondays])
    factor = np.array([by_week[int(week)] for week in weeks])
    values, counts = np.unique(factor, return_counts=True)
    base = float(values[counts.argmax()])
    lines = path.at((*keys, "season"), [])
    columns, places = [np.ones(len(weeks))], []
    for value in values:
        stands = [(*keys, "season", k, "factor") for k, line in enumerate(lines) if float(line["factor"]) == value]
        if value != base and stands and (factor == value).sum() >= 2:
            columns.append((factor == value).astype(float))
            places.append(stands)
    return np.column_stack(columns), base, places


def capacities(visits: Visits, path: Pathway, table: pd.DataFrame | None) -> Iterator[Parameter]:
    """Slots a week, season and luck of each resource of slots: from the capacity table, else from the queue's log.

    Where starts are held back (`pull`), those who wait do not wait for a slot: without a table nothing is said.
    """
    for name, resource in path.data.get("resources", {}).items():
        if resource.get("kind") != "slots" or "slots_per_week" not in resource:
            continue
        seen = _offered(table, name, visits.window) if table is not None else None
        if seen is not None:
            used, full, how = seen, np.ones(len(seen), dtype=bool), "offered, from the capacity table"
        else:
            used, full = used_weeks(visits, path, name)
            how = "censored: weeks whose queue touched zero offered at least what was used"
            if full.sum() < 26 or used.sum() < 100 or path.held_back(name):
                continue
        yield from _capacity(name, resource, path, visits.window, (used, full, how))


def _offered(table: pd.DataFrame, name: str, window: Window) -> Floats | None:
    rows = table[table["resource"] == name].set_index("monday")["offered"]
    found = rows.reindex(window.mondays)
    return found.to_numpy(float) if len(found) and found.notna().all() else None


def _capacity(
    name: str, resource: dict[str, Any], path: Pathway, window: Window, seen: tuple[Floats, NDArray[np.bool_], str]
) -> Iterator[Parameter]:
    keys: Keys = ("resources", name)
    used, full, how = seen
    x, base, places = _season(path, keys, window)
    extra = sum(float(one.get("slots_per_week", 0)) for one in resource.get("tranches", {}).values())
    open_share = _open_share(path, resource, window.mondays)
    ordinary = open_share > 0.3
    regular = np.maximum(used - extra, 0.0)
    found = offered(regular[ordinary] / open_share[ordinary], full[ordinary], x[ordinary])
    yield _level(found, x[ordinary], (*keys, "slots_per_week"), base, how)
    for place, (b, s) in zip(places, found.logs[1:], strict=True):
        for keys_ in place if s < WORTHLESS else ():
            yield _factor(keys_, b + np.log(base), s, int(ordinary.sum()), how, place[0])
    if resource.get("luck"):
        yield Parameter((*keys, "luck", "cv"), found.cv, how)
        yield Parameter((*keys, "luck", "lag1"), found.lag1, how, kind="share")


def _level(found: Offered, x: Floats, keys: Keys, base: float, how: str) -> Parameter:
    """Slots in a week of factor 1: the commonest weeks' mean over their factor."""
    b, error = found.logs[0]
    return _factor(keys, b + np.log1p(found.cv.value**2) / 2 - np.log(base), error, len(x), how)


def _open_share(path: Pathway, resource: dict[str, Any], mondays: list[date]) -> Floats:
    """Share of a week's ordinary weekdays that are open."""
    closed = path.data.get("calendar", {}).get("holidays") == "sweden" and resource.get("holidays") != "open"
    if not closed or resource.get("keep_week_total") or resource.get("open") == "always":
        return np.ones(len(mondays))
    return np.array([1 - closed_weekdays(monday) / 5 for monday in mondays])


def used_weeks(visits: Visits, path: Pathway, resource: str) -> tuple[Floats, NDArray[np.bool_]]:
    """(visits started, whether somebody waited all the time) of each week, at the steps the resource leads.

    Rebooked visits are not counted as waiting: when they may come again the log does not say.
    """
    window = visits.window
    steps = [name for name in path.steps if path.lead(name) == resource]
    rows = visits.attempts[visits.attempts["activity"].isin(steps)]
    started = rows.loc[rows["start"].notna(), "start"].to_numpy()
    first = rows[rows["attempt"] == 0]
    end = first["start"].fillna(first["end"]).fillna(window.end + 1).to_numpy()
    moment = np.concatenate([first["queued"].to_numpy(), end])
    step = np.concatenate([np.ones(len(first)), -np.ones(len(first))])
    order = np.lexsort((-step, moment))
    waiting, moment = np.cumsum(step[order]), moment[order]
    empty = moment[(waiting <= 0) & (moment >= window.begin) & (moment < window.end)]
    return window.counts(started), window.counts(empty) == 0
