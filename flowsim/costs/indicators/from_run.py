"""Monthly quantities of a simulated run, replication by replication, counted from contacts and capacity.

Own care only, other departments' patients left out (but in beds, where all lie). A month cut by the horizon counts by
its days. Hours are what the file says: so many a month, or per unit of capacity offered.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from pathlib import Path

import numpy as np

from flowsim.costs.kpp import Run, each_run
from flowsim.costs.payment.activity import MICRO, Activity
from flowsim.costs.uses import Visits
from flowsim.errors import Fault, InputError
from flowsim.frames import pd
from flowsim.schema.entry import listed, nearest
from flowsim.schema.indicators import OutlierShare, RunIndicators, Worked, run_indicators
from flowsim.schema.reading import read, text_of
from flowsim.tables import DAY_S, Results, Setting

SIX_S = 6 * 3600


def load_run_indicators(path: Path | str) -> RunIndicators:
    """The validated file. InputError with file, line and key of every fault."""
    return run_indicators(*read(text_of(path), str(path)))


@dataclass(frozen=True)
class Months:
    """The months of a run's horizon."""

    periods: tuple[str, ...]
    days: np.ndarray
    """Days of each month inside the horizon."""
    of_days: np.ndarray
    """Days of each month."""
    of_day: np.ndarray
    """Month's place of each day of the horizon."""

    def count(self, seconds: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
        """Events by month; moments in seconds inside the horizon."""
        month = self.of_day[seconds // DAY_S]
        return np.bincount(month, weights=weights, minlength=len(self.periods)).astype(float)


def months_of(setting: Setting) -> Months:
    """The months that a scenario's horizon touches."""
    days = [setting.start + timedelta(days=k) for k in range(setting.weeks * 7)]
    names = [f"{day:%Y-%m}" for day in days]
    periods = tuple(dict.fromkeys(names))
    place = {name: k for k, name in enumerate(periods)}
    of_day = np.array([place[name] for name in names], dtype=np.int64)
    whole = [calendar.monthrange(int(name[:4]), int(name[5:]))[1] for name in periods]
    return Months(periods, np.bincount(of_day).astype(float), np.array(whole, dtype=float), of_day)


def monthly_quantities(results: Results, file: RunIndicators, points: Activity | None = None) -> pd.DataFrame:
    """One row per scenario, replication and month: what `monthly.indicators` takes, as far as the run has it.

    `points`: the run's ended contacts with cost and DRG points, for the cost of a DRG point. InputError where the file
    names a step or resource that a scenario does not have.
    """
    inliers = _inliers(points, file.outlier_share, results) if points is not None else None
    frames = []
    for run in each_run(results):
        _refuse_unknown(run.setting, file)
        months = months_of(run.setting)
        columns = dict(_contacts(run, file, months)) | dict(_hours(run, file, months))
        if file.theatre:
            columns["rooms"] = np.full(len(months.periods), float(file.theatre.rooms))
            if file.theatre.open_hours_per_week:
                columns["open_room_hours"] = file.theatre.rooms * file.theatre.open_hours_per_week * months.days / 7
        if inliers is not None:
            columns |= _points(inliers, run, months)
        place = {"scenario": run.scenario, "replication": run.replication}
        frames.append(pd.DataFrame({**place, "period": months.periods, "days": months.days, **columns}))
    return pd.concat(frames, ignore_index=True)


def _contacts(run: Run, file: RunIndicators, months: Months) -> Iterator[tuple[str, np.ndarray]]:
    """Operations and their minutes, bed days, contacts, doctor visits."""
    visits = Visits(run.contacts, run.setting)
    steps = [info.name for info in run.setting.steps]
    ours = visits.own & visits.inside

    def rows(names: tuple[str, ...]) -> np.ndarray:
        return np.flatnonzero(ours & np.isin(visits.step, [steps.index(name) for name in names]))

    if file.operations:
        done = rows(file.operations)
        yield "operations", months.count(visits.started[done])
        length = (visits.finished[done] - visits.started[done]) / 60
        if file.theatre and (file.theatre.minutes_per_operation or length.any()):
            minutes = np.where(length > 0, length, file.theatre.minutes_per_operation or 0)
            yield "operation_minutes", months.count(visits.started[done], minutes)
    if file.beds:
        yield f"bed_days_{file.care}", _bed_days(run, visits, file.beds, months)
    for name, chosen in (
        (f"contacts_{file.care}", file.contacts),
        ("doctor_visits", file.doctor_visits),
        ("doctor_treatments", file.doctor_treatments),
    ):
        if chosen:
            yield name, months.count(visits.started[rows(chosen)])


def _bed_days(run: Run, visits: Visits, beds: tuple[str, ...], months: Months) -> np.ndarray:
    """Places taken at 06.00 in each month, all patients."""
    needs = np.array([any(name in beds for name, _ in info.needs) for info in run.setting.steps] or [False])
    rows = np.flatnonzero(visits.took_place & needs[visits.step])
    mornings = np.arange(len(months.of_day)) * DAY_S + SIX_S
    left = visits.finished[rows] + visits.blocked[rows]
    inside = [np.searchsorted(np.sort(when), mornings, "left") for when in (visits.started[rows], left)]
    return np.bincount(months.of_day, weights=inside[0] - inside[1], minlength=len(months.periods)).astype(float)


_HOURS = {
    "inpatient_somatic": ("inpatient_hours_somatic", "inpatient_key_somatic"),
    "inpatient_psychiatric": ("inpatient_hours_psychiatric", "inpatient_key_psychiatric"),
    "outpatient_somatic": ("outpatient_hours_somatic", "outpatient_key_somatic"),
    "outpatient_psychiatric": ("outpatient_hours_psychiatric", "outpatient_key_psychiatric"),
    "doctor_somatic": ("doctor_hours_somatic", "doctor_key_somatic"),
}


def _hours(run: Run, file: RunIndicators, months: Months) -> Iterator[tuple[str, np.ndarray]]:
    """Hours performed and their keys."""
    for name, (hours, key) in _HOURS.items():
        worked: Worked | None = getattr(file.hours, name)
        if worked is None:
            continue
        if worked.per_month is not None:
            yield hours, worked.per_month * months.days / months.of_days
        else:
            yield hours, _offered(run, str(worked.resource), months) * worked.hours_per_unit
        yield key, np.full(len(months.periods), worked.key)


def _offered(run: Run, resource: str, months: Months) -> np.ndarray:
    """Units offered by month: a week's units lie evenly over its days."""
    rows = run.capacity[(run.capacity["resource"] == resource) & (run.capacity["week"] >= 0)]
    lead = run.setting.start.weekday()
    weekly = rows.groupby("week")["offered"].sum()
    week = (np.arange(len(months.of_day)) + lead) // 7
    days = np.bincount(week)
    daily = np.array([float(weekly.get(w, 0.0)) / days[w] for w in week])
    return np.bincount(months.of_day, weights=daily, minlength=len(months.periods)).astype(float)


def _inliers(points: Activity, shares: OutlierShare, results: Results) -> pd.DataFrame:
    """Ended contacts of known cost without the dearest of each run and care form: ceil(share x n), all ties out."""
    kept = []
    known = points.contacts[points.contacts["full_cost_sek"].notna()]
    with_stay = {one.stay_of for setting in results.settings.values() for one in setting.steps if one.stay_of}
    inpatient = known["step"].isin(with_stay)
    for (_, _, stays), mine in known.groupby([known["scenario"], known["replication"], inpatient], sort=False):
        number = ceil((shares.inpatient if stays else shares.outpatient) * len(mine) - 1e-9)
        limit = mine["full_cost_sek"].nlargest(number).min() if number else np.inf
        kept.append(mine[mine["full_cost_sek"] < limit] if number else mine)
    return pd.concat(kept) if kept else known


def _points(inliers: pd.DataFrame, run: Run, months: Months) -> dict[str, np.ndarray]:
    """Full cost and DRG points of inliers by month of their end."""
    mine = inliers[(inliers["scenario"] == run.scenario) & (inliers["replication"] == run.replication)]
    seconds = ((mine["date"] - pd.Timestamp(run.setting.start)).dt.days * DAY_S).to_numpy(dtype=np.int64)
    return {
        "full_cost_inliers_sek": months.count(seconds, mine["full_cost_sek"].to_numpy(dtype=float)),
        "points_inliers": months.count(seconds, mine["micro"].to_numpy(dtype=float) / MICRO),
    }


def _refuse_unknown(setting: Setting, file: RunIndicators) -> None:
    """InputError for steps and resources that the scenario does not have."""
    steps, resources = [one.name for one in setting.steps], [one.name for one in setting.resources]
    asked = [
        (name, getattr(file, name), steps) for name in ("operations", "contacts", "doctor_visits", "doctor_treatments")
    ]
    asked += [("beds", file.beds, resources), ("buk", tuple(file.buk), resources)]
    asked += [(f"buk.{name}.returns", visit.returns, steps) for name, visit in file.buk.items()]
    for name in _HOURS:
        worked = getattr(file.hours, name)
        if worked and worked.resource:
            asked.append((f"hours.{name}.resource", (worked.resource,), resources))
    faults = [
        Fault(
            "indicators",
            0,
            key,
            f'"{one}"',
            f"is not in {setting.scenario}. It has: {listed(known)}.{nearest(one, known)}",
        )
        for key, names, known in asked
        for one in names
        if one not in known
    ]
    if faults:
        raise InputError(faults)
