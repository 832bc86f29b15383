"""Round trip: the base case is run, its log exported and read along its own drawing; the truth is known."""

from __future__ import annotations

import shutil
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from flowsim import engines, experiment, plan, scenario, schema, tables
from flowsim.calibration import read_weekly
from flowsim.calibration.log import LogCalibration, calibrate_log, read_events
from flowsim.calibration.log.pathway import Keys, Pathway
from flowsim.measures.event_log import capacity_log, event_log

ENGINE = engines.chosen("auto", 1_000)
COMPARED = ("queue 26", "wait 26", "queue 52", "wait 52", "queue 104", "wait 104")
"""Patients waiting for surgery and median days waited, by week."""
BASE = Path(__file__).parents[1] / "scenarios" / "ortho_today.yaml"
LUCK = {
    ("clinic", "cv"): 0.477, ("theatre", "cv"): 0.2867, ("theatre", "lag1"): 0.25,
    ("xray", "cv"): 0.05, ("xray", "lag1"): 0.0,
}  # fmt: skip
"""Of the luck that stands in calibration files; the clinic's weeks are drawn in blocks and have no one lag."""


@dataclass
class Hits:
    """Parameter -> whether each seed's interval held the truth."""

    by_name: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))

    def add(self, found: LogCalibration, path: Pathway) -> None:
        for one in found.parameters:
            if (value := truth(path, one.keys)) is not None:
                self.by_name[one.name].append(one.estimate.holds(value))

    @property
    def pooled(self) -> float:
        every = [hit for hits in self.by_name.values() for hit in hits]
        return sum(every) / len(every)


def truth(path: Pathway, keys: Keys) -> float | None:
    if keys[0] == "resources" and keys[2] == "luck":
        return LUCK.get((keys[1], keys[3]))
    value = path.at(keys)
    if keys[-1] == "mean":
        return schema.seconds(value) / 86_400 / 365.25
    return schema.seconds(value) / 86_400 if "delay" in keys else float(value)


@cache
def drawing() -> dict[str, Any]:
    return schema.read(BASE.read_text(), BASE.name)[0]


@cache
def planned(weeks: int, folder: Path) -> plan.model.Plan:
    """The base case for so many weeks."""
    (folder / "scenarios").mkdir(exist_ok=True)
    shutil.copytree(BASE.parents[1] / "calibration", folder / "calibration")
    path = folder / "scenarios" / "base.yaml"
    path.write_text(BASE.read_text().replace("weeks: 104}", f"weeks: {weeks}}}", 1))
    return plan.build(scenario.load(path))


def run(weeks: int, seed: int, folder: Path, engine: str = "simpy") -> tables.Results:
    made = planned(weeks, folder)
    return tables.frames(engines.run(made, plan.draw(made, seed, 0), engine), made.setting, 0)


def exported(results: tables.Results, folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(event log, capacity table in normal form), as read from the files a run exports."""
    capacity_log(results).to_csv(folder / "capacity.csv", index=False)
    return event_log(results), read_weekly(folder / "capacity.csv")


def calibrated(results: tables.Results, folder: Path) -> LogCalibration:
    log, capacity = exported(results, folder)
    return calibrate_log(read_events(log), drawing(), capacity)


def waiting_and_waits(results: tables.Results) -> list[float]:
    """Waiting for surgery (enrolment included) at 26, 52 and 104 weeks, and the median wait of the half year before."""
    found: list[float] = []
    contacts, patients = results.contacts, results.patients.set_index("patient")
    for weeks in (26, 52, 104):
        now, waiting = 7.0 * weeks, 0
        for step in ("surgery", "enrolment"):
            rows = contacts[contacts["step"] == step]
            visit = rows.groupby("patient")[["queued_day", "started_day", "finished_day"]].max()
            over = visit["started_day"].fillna(visit["finished_day"]).fillna(float("inf"))
            waiting += int(((visit["queued_day"] <= now) & (over > now)).sum())
        done = contacts[(contacts["step"] == "surgery") & (contacts["outcome"] == "done")]
        done = done[(done["started_day"] <= now) & (done["started_day"] > now - 182)]
        decided = patients.loc[done["patient"], "decision_day"].to_numpy()
        found += [float(waiting), float((done["started_day"] - decided).median())]
    return found


def again(found: LogCalibration, folder: Path) -> plan.model.Plan:
    """The recalibrated scenario with the base case's own beginning, to be run with input uncertainty."""
    data = found.scenario("again")
    data.update({key: drawing()[key] for key in ("queue_at_start", "in_beds_at_start", "due_at_start", "horizon")})
    path = folder / "scenarios" / "again.yaml"
    found.sets().to_csv(path.with_name("again_sets.csv"), index=False)
    path.write_text(schema.as_yaml({**data, "parameter_sets": "again_sets.csv"}))
    return plan.build(scenario.load(path, set_number=0))


def weighed(results: tables.Results) -> dict[str, pd.DataFrame]:
    """What is kept of a replication: `waiting_and_waits`."""
    setting = results.setting
    row = {"scenario": setting.scenario, "replication": int(results.patients["replication"].iloc[0])}
    numbers = dict(zip(COMPARED, waiting_and_waits(results), strict=True))
    return {"compared": pd.DataFrame([{**row, **numbers}])}


def compared(made: plan.model.Plan, replications: int, seed: int) -> pd.DataFrame:
    """Columns `COMPARED`, a row for each replication."""
    outcome = experiment.run([made], replications, seed, engine=ENGINE, summarise=weighed)
    return outcome.summaries["compared"][list(COMPARED)]
