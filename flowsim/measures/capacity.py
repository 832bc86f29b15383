"""What resources offered, what was used and why the rest was lost; overtime; beds at six in the morning.

All patients count here, also other departments'. Units: slots, server-hours, place-days. Weekly frames hold whole
weeks only; totals hold the reported horizon.
"""

from __future__ import annotations

import numpy as np

from flowsim.frames import pd
from flowsim.measures.columns import Columns, tranche_names
from flowsim.measures.counting import inside_at, or_later
from flowsim.measures.runs import (
    Run,
    Source,
    cells,
    collect,
    framed,
    resource_names,
    whole_weeks,
)
from flowsim.measures.spells import DONE, OPEN
from flowsim.tables import DAY_S, NEVER

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
AMOUNTS = ("planned", "offered", "used", "overtime", "over")
SIX_IN_THE_MORNING_S = DAY_S // 4
NO_SHOW = "no_show"
Grid = tuple[np.ndarray, tuple[int, ...]]
"""Each row's place in a flattened grid of names, and the grid's shape."""


def capacity_by_week(results: Source, *, tranches: bool = False) -> pd.DataFrame:
    """Capacity week by week, all tranches together or (`tranches`) each.

    Columns: scenario, replication, resource, [tranche,] week, planned, offered, used, overtime, over, lost,
    utilisation (used / offered; NaN where nothing was offered).
    """

    def measure(run: Run) -> pd.DataFrame:
        weeks = [*whole_weeks(run.setting)]
        axes = _axes(run, tranches) | {"week": weeks}
        grid = _grid(run, run.capacity, tranches)
        sums = {name: _week_sums(run, run.capacity, name, grid) for name in AMOUNTS}
        sums["lost"] = _week_sums(run, run.losses, "lost", _grid(run, run.losses, tranches))
        return _existing(run, cells(run, axes, **sums, utilisation=share(sums["used"], sums["offered"])), tranches)

    return collect(results, measure)


def lost_by_week(results: Source, *, tranches: bool = False) -> pd.DataFrame:
    """Capacity offered and not used, by cause; each lost unit has one cause.

    Only weeks and causes with a loss are listed: over replications, what is not listed is 0.
    Columns: scenario, replication, resource, [tranche,] cause, week, lost.
    """

    def measure(run: Run) -> pd.DataFrame:
        labels = _axes(run, tranches) | {"cause": run.setting.causes}
        lost = _week_sums(run, run.losses, "lost", _grid(run, run.losses, tranches, causes=True))
        found = np.nonzero(lost)
        named = zip(labels.items(), found[:-1], strict=True)
        data = {name: pd.Categorical.from_codes(codes, list(label)) for (name, label), codes in named}
        week = found[-1] + whole_weeks(run.setting).start
        return framed(run, data | {"week": week, "lost": lost[found]})

    return collect(results, measure)


def utilisation(results: Source, *, tranches: bool = False) -> pd.DataFrame:
    """Capacity over the whole horizon.

    `booked_share` counts what was used or lost to patients who did not come: (used + no_show) / offered.
    Columns: scenario, replication, resource, [tranche,] unit, planned, offered, used, overtime, over, lost,
    utilisation, booked_share.
    """

    def measure(run: Run) -> pd.DataFrame:
        frame = cells(run, _axes(run, tranches), **totals(run, tranches))
        units = {resource.name: resource.unit for resource in run.setting.resources}
        place = 4 if tranches else 3
        frame.insert(place, "unit", [units[name] for name in frame["resource"]])
        return _existing(run, frame, tranches)

    return collect(results, measure)


def lost_share(results: Source, *, tranches: bool = False) -> pd.DataFrame:
    """Losses over the whole horizon by cause, and as a share of what was offered.

    Every resource has every cause of the scenario, so that replications stand beside each other.
    Columns: scenario, replication, resource, [tranche,] cause, lost, share_of_offered.
    """

    def measure(run: Run) -> pd.DataFrame:
        lost, share_of_offered = losses(run, tranches)
        axes = _axes(run, tranches) | {"cause": run.setting.causes}
        return _existing(run, cells(run, axes, lost=lost, share_of_offered=share_of_offered), tranches)

    return collect(results, measure)


def bed_occupancy(results: Source) -> pd.DataFrame:
    """Places taken at 06.00 each morning of the horizon, by resource of kind places.

    Patients in a stay, or in a step that holds the place, count from its start to its end (waiting for the next place
    included). `weekday` is the evening on which the night began (fri: the night to Saturday).
    Columns: scenario, replication, resource, day (of the morning), weekday, occupied.
    """

    def measure(run: Run) -> pd.DataFrame:
        names, occupied = beds_at_six(run)
        frame = cells(run, {"resource": names, "day": np.arange(occupied.shape[1])}, occupied=occupied)
        began = np.tile(evenings(run), len(names))
        frame.insert(4, "weekday", pd.Categorical.from_codes(began, list(WEEKDAYS)))
        return frame

    return collect(results, measure)


def mean_occupancy(results: Source) -> pd.DataFrame:
    """Mean number of places taken at 06.00, over all nights and by weekday.

    Columns: scenario, replication, resource, weekday (all, mon, ..., sun: the evening the night began), occupied,
    available (mean number of places offered over the horizon, the same for every weekday).
    """

    def measure(run: Run) -> pd.DataFrame:
        names, occupied = beds_at_six(run)
        evening = evenings(run)
        by_day = [occupied[:, evening == k].mean(axis=1) for k in range(7)]
        places = [resource_names(run.setting).index(name) for name in names]
        offered = totals(run)["offered"][places] / run.end
        return cells(
            run,
            {"resource": names, "weekday": ("all", *WEEKDAYS)},
            occupied=np.column_stack([occupied.mean(axis=1), *by_day]),
            available=offered[:, None],
        )

    return collect(results, measure)


def totals(run: Run, tranches: bool = False) -> dict[str, np.ndarray]:
    """Sums over the horizon by resource (and tranche), with utilisation and booked share."""
    grid = _grid(run, run.capacity, tranches)
    sums = {name: _horizon_sums(run, run.capacity, name, grid) for name in AMOUNTS}
    by_cause = losses(run, tranches)[0]
    missed = [cause == NO_SHOW for cause in run.setting.causes]
    sums["lost"] = by_cause.sum(axis=-1)
    sums["utilisation"] = share(sums["used"], sums["offered"])
    sums["booked_share"] = share(sums["used"] + by_cause[..., missed].sum(axis=-1), sums["offered"])
    return sums


def losses(run: Run, tranches: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Losses over the horizon by resource (, tranche) and cause, and the same as shares of what was offered."""
    lost = _horizon_sums(run, run.losses, "lost", _grid(run, run.losses, tranches, causes=True))
    offered = _horizon_sums(run, run.capacity, "offered", _grid(run, run.capacity, tranches))
    return lost, share(lost, np.broadcast_to(offered[..., None], lost.shape))


def beds_at_six(run: Run) -> tuple[tuple[str, ...], np.ndarray]:
    """Resources of kind places, and places taken at 06.00 of each day of the horizon (resources, days)."""
    return run.once("beds_at_six", lambda: _beds_at_six(run))


def evenings(run: Run) -> np.ndarray:
    """Weekday (0 = Monday) of the evening before each morning of the horizon."""
    return (np.arange(int(run.end)) + run.setting.start.weekday() - 1) % 7


def _beds_at_six(run: Run) -> tuple[tuple[str, ...], np.ndarray]:
    names = tuple(resource.name for resource in run.setting.resources if resource.kind == "places")
    units = np.zeros((len(names), len(run.setting.steps)), dtype=np.int64)
    for k, step in enumerate(run.setting.steps):
        for resource, needed in step.needs:
            if resource in names:
                units[names.index(resource), k] += needed
    c = run.contacts
    began = ((c["outcome"] == DONE) | (c["outcome"] == OPEN)) & (c["started_s"] != NEVER) & (c["provider"] == 0)
    rows = np.flatnonzero(began & (units.sum(axis=0) > 0)[c["step"]])
    enter, leave = c["started_s"][rows], or_later(c["finished_s"][rows])
    mornings = DAY_S * np.arange(int(run.end)) + SIX_IN_THE_MORNING_S
    inside = inside_at(mornings, c["step"][rows].astype(np.int64), units.shape[1], enter, leave)
    return names, units @ inside


def share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Part of the whole; NaN where the whole is 0."""
    return np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=np.asarray(whole) > 0)


def _axes(run: Run, tranches: bool) -> dict[str, tuple[str, ...]]:
    axes = {"resource": resource_names(run.setting)}
    return axes | ({"tranche": tranche_names(run.setting)} if tranches else {})


def _grid(run: Run, table: Columns, tranches: bool, causes: bool = False) -> Grid:
    """Place and shape of (resource[, tranche][, cause])."""
    place, shape = table["resource"].astype(np.int64), [len(run.setting.resources)]
    for name, labels, asked in (
        ("tranche", tranche_names(run.setting), tranches),
        ("cause", run.setting.causes, causes),
    ):
        if asked:
            place, shape = place * len(labels) + table[name], [*shape, len(labels)]
    return place, tuple(shape)


def _week_sums(run: Run, table: Columns, amount: str, grid: Grid) -> np.ndarray:
    """Sums of an amount over whole weeks, the week as the last axis."""
    (place, shape), weeks = grid, whole_weeks(run.setting)
    rows = np.flatnonzero((table["week"] >= weeks.start) & (table["week"] < weeks.stop))
    code = place[rows] * len(weeks) + table["week"][rows] - weeks.start
    counts = np.bincount(code, weights=table[amount][rows], minlength=int(np.prod(shape)) * len(weeks))
    return counts.reshape(*shape, len(weeks))


def _horizon_sums(run: Run, table: Columns, amount: str, grid: Grid) -> np.ndarray:
    """Sums of an amount over the horizon."""
    place, shape = grid
    rows = np.flatnonzero(table["week"] >= 0)
    return np.bincount(place[rows], weights=table[amount][rows], minlength=int(np.prod(shape))).reshape(shape)


def _existing(run: Run, frame: pd.DataFrame, tranches: bool) -> pd.DataFrame:
    """Without the tranches a resource has not."""
    if not tranches:
        return frame
    real = {(resource.name, tranche) for resource in run.setting.resources for tranche in resource.tranches}
    pairs = zip(frame["resource"], frame["tranche"], strict=True)
    return frame[[pair in real for pair in pairs]].reset_index(drop=True)
