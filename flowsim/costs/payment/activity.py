"""What is paid for: ended contacts with their DRG points and cost, and the calendar years of each run.

A contact counts in the year it ended, its stay with it; one still going on at the end of the run counts nowhere, as
one that began before the run and ended in it counts whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property

import numpy as np

from flowsim.costs.kpp import Run, cost_per_contact, each_run, nearest_contact
from flowsim.costs.uses import Visits
from flowsim.errors import Fault, FlowsimError, InputError
from flowsim.frames import pd
from flowsim.schema.entry import listed
from flowsim.schema.payments import BY_GROUP, Episodes, Payments
from flowsim.schema.unit_costs import UnitCosts
from flowsim.tables import Results, Setting

MICRO = 1_000_000
"""Parts of a DRG point that points are counted in."""
COLUMNS = ("scenario", "replication", "hospital", "date", "patient", "step", "group", "drg", "micro", "full_cost_sek")
_RUN = ["scenario", "replication"]


@dataclass(frozen=True)
class Year:
    """One calendar year of a run: how many of its days the run covers."""

    year: int
    days: int
    of_days: int
    first_day: int = 1
    """Day of the year of the first day covered."""

    @property
    def share(self) -> Fraction:
        """Share of the year covered: yearly amounts and caps are counted by it."""
        return Fraction(self.days, self.of_days)


@dataclass(frozen=True)
class PaidRun:
    """One run's ended contacts, and its years."""

    scenario: str
    replication: int
    years: tuple[Year, ...]
    contacts: pd.DataFrame
    """`COLUMNS`; `micro` in 1/1,000,000 of a point; `full_cost_sek` NaN where costs are not known."""
    end: date
    """The day after the run's last."""

    @cached_property
    def by_year(self) -> dict[int, pd.DataFrame]:
        """Contacts by the calendar year they ended in."""
        year = self.contacts["date"].dt.year.to_numpy() if len(self.contacts) else np.empty(0)
        return {one.year: self.contacts[year == one.year] for one in self.years}

    @cached_property
    def micro(self) -> dict[int, dict[str, int]]:
        """Points by year and hospital, in 1/1,000,000."""
        return {
            year: {str(name): int(points) for name, points in mine.groupby("hospital")["micro"].sum().items()}
            for year, mine in self.by_year.items()
        }


@dataclass(frozen=True)
class Activity:
    """Ended contacts of all runs, and each run's days."""

    contacts: pd.DataFrame
    spans: Mapping[tuple[str, int], tuple[date, date]]
    """(scenario, replication) -> first day, and the day after the last."""

    def runs(self) -> Iterator[PaidRun]:
        """Run by run, also one in which nothing ended."""
        mine = dict(iter(self.contacts.groupby(_RUN, sort=False, observed=True)))
        for (scenario, replication), (first, end) in self.spans.items():
            contacts = mine.get((scenario, replication), self.contacts.iloc[:0])
            yield PaidRun(scenario, replication, years_of(first, end), contacts, end)


def years_of(first: date, end: date) -> tuple[Year, ...]:
    """The calendar years between two days (the last not included), each with its days."""
    found = []
    for year in range(first.year, (end - timedelta(days=1)).year + 1):
        begins, ends = date(year, 1, 1), date(year + 1, 1, 1)
        from_ = max(first, begins)
        found.append(Year(year, (min(end, ends) - from_).days, (ends - begins).days, (from_ - begins).days + 1))
    return tuple(found)


def activity(
    results: Results, payments: Payments, drg_of_group: Mapping[str, str], costs: UnitCosts | None = None
) -> Activity:
    """Ended contacts of simulated runs with their points, and with full cost where unit costs are given.

    `drg_of_group`: the scenario's `groups.<name>.drg`. InputError if a DRG is missing or has no weight.
    """
    frames, spans = [], {}
    prices = cost_per_contact(results, costs) if costs is not None else None
    for run in each_run(results):
        spans[(run.scenario, run.replication)] = _span(run.setting)
        drg = _drg_table(run.setting, payments, drg_of_group)
        frames.append(_ended(run, payments, drg, prices))
    frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(COLUMNS))
    return Activity(frame, spans)


def actual_activity(frame: pd.DataFrame, first: date, end: date, scenario: str = "actual") -> Activity:
    """Actual contacts: columns hospital, date, points, and patient, step, group, drg, full_cost_sek if known.

    `first` and `end` (the day after the last) say which days the table covers; rows outside are left out.
    """
    rows = frame.copy()
    rows["date"] = pd.to_datetime(rows["date"])
    rows = rows[(rows["date"] >= pd.Timestamp(first)) & (rows["date"] < pd.Timestamp(end))]
    rows["micro"] = [round(Fraction(str(points)) * MICRO) for points in rows["points"]]
    blank: dict[str, object] = {"patient": -1, "step": "", "group": "", "drg": "", "full_cost_sek": np.nan}
    for name, value in blank.items():
        if name not in rows:
            rows[name] = value
    rows["scenario"], rows["replication"] = scenario, 0
    return Activity(rows[list(COLUMNS)].reset_index(drop=True), {(scenario, 0): (first, end)})


def points_of_steps(setting: Setting, payments: Payments) -> dict[str, str]:
    """Step -> DRG or by_group; by default the guarantee's treatment, by group. FlowsimError if there is none."""
    if payments.points:
        return dict(payments.points)
    treatment = [step for name, step, _ in setting.guarantee if name == "treatment"]
    if not treatment:
        raise FlowsimError(
            f"{setting.scenario}: no step carries DRG points. Say which in the payments file: points: {{surgery: "
            "by_group}, or name the treatment under `guarantee:`."
        )
    return {treatment[0]: BY_GROUP}


def _span(setting: Setting) -> tuple[date, date]:
    return setting.start, setting.start + timedelta(weeks=setting.weeks)


def _drg_table(setting: Setting, payments: Payments, drg_of_group: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """(step, group) -> DRG, for the steps that carry points. InputError for what has none, or no weight."""
    weights = payments.drg_weights
    table: dict[tuple[str, str], str] = {}
    faults: dict[str, str] = {}
    for step, said in points_of_steps(setting, payments).items():
        for group in (name for name in setting.groups if name not in setting.background):
            code = drg_of_group.get(group, "") if said == BY_GROUP else said
            if not code:
                faults[f"groups.{group}.drg"] = f"is missing: the step {step} carries the group's DRG."
            elif isinstance(weights, dict) and code not in weights:
                faults[f"drg_weights.{code}"] = f"is missing: the list has {listed(list(weights)[:12])}."
            table[(step, group)] = code
    faults |= _outcomes_unseen(payments, {step for step, _ in table})
    if faults:
        raise InputError([Fault("payments", 0, key, "", words) for key, words in faults.items()])
    return table


def _outcomes_unseen(payments: Payments, counted: set[str]) -> dict[str, str]:
    """Steps that are an episode's outcome but carry no points: their contacts would never be seen."""
    return {
        f"payments.{name}.modules.{module}.outcome.steps": f"{step} carries no points: give it a DRG under `points:`."
        for name, model in payments.payments.items()
        if isinstance(model, Episodes)
        for module, episode in model.modules.items()
        for step in (episode.outcome.steps if episode.outcome else ())
        if step not in counted
    }


def _ended(run: Run, payments: Payments, drg: dict[tuple[str, str], str], prices: pd.DataFrame | None) -> pd.DataFrame:
    """One run's ended contacts."""
    visits, steps = Visits(run.contacts, run.setting), run.setting.steps
    rows, end_s = _paid_rows(visits, {step for step, _ in drg})
    inside = (end_s >= 0) & (end_s < visits.horizon.end_s)
    rows, end_s = rows[inside], end_s[inside]
    names = [steps[k].stay_of or steps[k].name for k in visits.step[rows]]
    groups = run.contacts["group"].astype(str).to_numpy()[rows]
    codes = [drg[key] for key in zip(names, groups, strict=True)]
    micro = {code: _micro(payments, code) for code in set(codes)}
    frame = pd.DataFrame(
        {
            "scenario": run.scenario,
            "replication": run.replication,
            "hospital": payments.hospital,
            "date": pd.Timestamp(run.setting.start) + pd.to_timedelta(end_s, unit="s").floor("D"),
            "patient": visits.patient[rows],
            "step": names,
            "group": groups,
            "drg": codes,
            "micro": np.array([micro[code] for code in codes], dtype=np.int64),
            "full_cost_sek": np.nan if prices is None else _priced(run, rows, prices),
        }
    )
    return frame[list(COLUMNS)]


def _paid_rows(visits: Visits, paid: set[str]) -> tuple[np.ndarray, np.ndarray]:
    """(rows, end in seconds) of done visits at paid steps, each ending with its stay, and of stays alone."""
    steps = visits.setting.steps
    host = nearest_contact(visits)
    done = visits.own & (visits.finished < visits.horizon.end_s)
    own = np.array([info.name in paid and not info.stay_of for info in steps] or [False])[visits.step]
    stay = np.array([info.stay_of in paid and bool(info.stay_of) for info in steps] or [False])[visits.step]
    alone = stay & (host == np.arange(len(host)))
    end_s = np.where(done, visits.finished, np.iinfo(np.int64).max)
    followed = np.flatnonzero(stay & visits.own & ~alone)
    np.maximum.at(end_s, host[followed], end_s[followed])
    rows = np.flatnonzero(visits.own & (own | alone))
    return rows, end_s[rows]


def _micro(payments: Payments, code: str) -> int:
    """A DRG's weight in 1/1,000,000 of a point."""
    weights = payments.drg_weights
    if not isinstance(weights, dict):
        raise TypeError("weights not read yet: load the payments with load_payments")
    return round(weights[code] * MICRO)


def _priced(run: Run, rows: np.ndarray, prices: pd.DataFrame) -> np.ndarray:
    """Full cost of each row's contact; NaN where the unit costs know none."""
    mine = prices[(prices["scenario"] == run.scenario) & (prices["replication"] == run.replication)]
    keys = ["patient", "step", "visit"]
    wanted = run.contacts.iloc[rows][keys].astype({"step": str})
    known = mine.astype({"step": str}).groupby(keys)["full_cost_sek"].sum().reset_index()
    found: np.ndarray = wanted.merge(known, on=keys, how="left")["full_cost_sek"].to_numpy(dtype=float)
    return found
