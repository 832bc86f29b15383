"""Round trip: the base case is run, its log exported and read along its own drawing; the truth is known."""

from __future__ import annotations

import shutil
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from flowsim import engines, plan, scenario, schema, tables
from flowsim.calibration import read_weekly
from flowsim.calibration.log import LogCalibration, calibrate_log, read_events
from flowsim.calibration.log.pathway import Keys, Pathway
from flowsim.measures.event_log import capacity_log, event_log

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
    (folder / "scenarios").mkdir()
    shutil.copytree(BASE.parents[1] / "calibration", folder / "calibration")
    path = folder / "scenarios" / "base.yaml"
    path.write_text(BASE.read_text().replace("weeks: 104}", f"weeks: {weeks}}}", 1))
    return plan.build(scenario.load(path))


def run(weeks: int, seed: int, folder: Path) -> tables.Results:
    made = planned(weeks, folder)
    return tables.frames(engines.run(made, plan.draw(made, seed, 0)), made.setting, 0)


def exported(results: tables.Results, folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(event log, capacity table in normal form), as read from the files a run exports."""
    capacity_log(results).to_csv(folder / "capacity.csv", index=False)
    return event_log(results), read_weekly(folder / "capacity.csv")


def calibrated(results: tables.Results, folder: Path) -> LogCalibration:
    log, capacity = exported(results, folder)
    return calibrate_log(read_events(log), drawing(), capacity)
