"""A region's hospitals as one scenario: 15 specialties, 335,000 episodes a year, own clinics and shared resources.

Volumes: LOGEX webinar 15 November 2022, "how your existing KPP data can be used for production and capacity control",
budget of a demonstration hospital (calibration/budget_demo/specialties.csv): 14 specialties, and what is left to its
total as one more. All else is assumed: this is a size, not a forecast. Capacities follow from what the pathways ask
for, each resource loaded as said in `LOADS`.
"""

from __future__ import annotations

import csv
import json
import math
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measuring import HERE, built

from flowsim import arithmetic

VOLUMES = HERE.parent / "calibration" / "budget_demo" / "specialties.csv"
SURGICAL = {"301", "302", "303", "304", "305", "306", "307", "308"}
SHORT = {"300": "not_specified", "318": "hdl", "rest": "other_specialties"}
YEAR_WEEKS = 365.25 / 7
LOADS = {"slots": 0.97, "staff": 0.9, "places": 0.88}
"""Load aimed at by kind; the waiting patients are worked off with what is left, over years."""
SUMMER = [{"weeks": "28-31", "factor": 0.6}, {"weeks": [52, 1], "factor": 0.7}]
WARDS = {True: "surgical_ward", False: "medical_ward"}
Mapping = dict[str, Any]


@dataclass(frozen=True)
class Specialty:
    """A specialty, its episodes a year, and whether it operates."""

    name: str
    per_year: float
    surgical: bool


def specialties(scale: float = 1.0) -> list[Specialty]:
    """The 14 of the budget, and the rest of its total as one more."""
    with VOLUMES.open(encoding="utf-8") as file:
        rows = {row["code"]: row for row in csv.DictReader(file)}
    total = int(rows.pop("TOTAL")["budget_2021"])
    volumes = {code: int(row["budget_2021"]) for code, row in rows.items()}
    volumes["rest"] = total - sum(volumes.values())
    names = {code: SHORT.get(code) or rows[code]["specialty"].lower().replace(" ", "_") for code in volumes}
    return [Specialty(names[code], scale * n, code in SURGICAL) for code, n in volumes.items()]


def region(scale: float = 1.0, weeks: int = 156, waiting_weeks: float = 4.0) -> Mapping:
    """The scenario as data: `scale` times the volumes, and so many weeks' inflow waiting for visits and treatments."""
    all_of_them = specialties(scale)
    made = {
        "scenario": "region",
        "title": "A region: 15 specialties, own clinics and theatres, shared imaging, staff and wards",
        "title_sv": "En region: 15 specialiteter, egna mottagningar och salar, delad röntgen, personal och vårdplatser",
        "horizon": {"start": "2027-01-04", "weeks": weeks},
        "calendar": {"holidays": "sweden"},
        "groups": {one.name: {"share": 1 / len(all_of_them), "class": 2, "urgent": URGENT} for one in all_of_them},
        "arrivals": {f"{one.name}_referrals": _referrals(one) for one in all_of_them},
        "resources": _shared() | {name: what for one in all_of_them for name, what in _own(one).items()},
        "pathway": {name: step for one in all_of_them for name, step in _pathway(one).items()},
        "spans": {f"{one.name}_waiting": {"from": "decision", "to": f"{one.name}_treatment"} for one in all_of_them},
    }
    loads = _loads(made)
    for name, resource in made["resources"].items():
        _size(resource, *loads[name])
    flows = _flows(made)
    return made | _start(all_of_them, flows, waiting_weeks)


URGENT = {"share": 0.15, "class": 1}


def _referrals(one: Specialty) -> Mapping:
    return {
        "step": f"{one.name}_referral", "per_week": round(one.per_year / YEAR_WEEKS, 4), "groups": {one.name: 1},
        "law": "negative_binomial", "variance_to_mean": 1.3, "days": "mon-fri", "hours": "08:00-16:00",
    }  # fmt: skip


def _shared() -> Mapping:
    day = {"days": "mon-fri", "hours": "07:30-16:30", "overtime": "60 min", "season": SUMMER}
    return {
        "imaging": {"kind": "slots", "slots_per_week": 1000, "season": SUMMER, "luck": _luck(0.06)},
        "anaesthesia": {"kind": "staff", "servers": 100, **day},
        "day_care": {"kind": "staff", "servers": 100, **day},
        "surgical_ward": {"kind": "places", "places": 100},
        "medical_ward": {"kind": "places", "places": 100},
    }


def _own(one: Specialty) -> Mapping:
    slots = {"kind": "slots", "slots_per_week": 100, "season": SUMMER, "order": "longest_wait"}
    clinic = {f"{one.name}_clinic": slots | {"luck": _luck(0.12)}}
    theatre = {f"{one.name}_theatre": slots | {"luck": _luck(0.15), "if_head_cannot_start": "skip"}}
    return clinic | theatre if one.surgical else clinic


def _luck(cv: float) -> Mapping:
    return {"law": "lognormal", "cv": cv, "lag1": 0.25}


def _pathway(one: Specialty) -> Mapping:
    """Referral, visit, diagnostics, treatment with or without a bed, follow-up, and back for some."""
    name = one.name
    missed = {"share": 0.04, "rebook_after": {"law": "uniform", "low": "1 week", "high": "2 weeks"}, "remove_after": 3}
    to_treatment = 0.45 if one.surgical else 0.55
    follow_up: Mapping = {"needs": [f"{name}_clinic"], "class": 3, "delay": "6 weeks", "no_show": missed}
    return {
        f"{name}_referral": {"delay": "3 days", "then": {f"{name}_visit": 0.9, "discharged": 0.1}},
        f"{name}_visit": {
            "needs": [f"{name}_clinic"], "no_show": missed,
            "then": {f"{name}_imaging": 0.5, f"{name}_treatment": 0.2, "discharged": 0.3},
        },
        f"{name}_imaging": {
            "needs": ["imaging"],
            "then": {f"{name}_treatment": to_treatment, f"{name}_follow_up": 0.25, "discharged": 0.75 - to_treatment},
        },
        f"{name}_treatment": {**_treatment(one), "decision": True, "then": f"{name}_follow_up"},
        f"{name}_follow_up": follow_up | {
            "rework": {"to": f"{name}_imaging", "share": 0.15, "at_most": 2}, "then": "treated",
        },
    }  # fmt: skip


def _treatment(one: Specialty) -> Mapping:
    """An operation with a reserved bed, or some hours of day care, after which a third stay in a bed."""
    if one.surgical:
        nights = {0: 0.45, 1: 0.3, 2: 0.15, 4: 0.07, 8: 0.03}
        return {
            "needs": [f"{one.name}_theatre", "anaesthesia"],
            "duration": {"law": "lognormal", "mean": "75 min", "cv": 0.5},
            "patience": {"law": "exponential", "mean": "3 years"},
            "stay": {"in": WARDS[True], "nights": nights},
        }
    nights = {0: 0.67, 2: 0.15, 4: 0.1, 7: 0.08}
    return {
        "needs": ["day_care"], "duration": {"law": "lognormal", "mean": "3 h", "cv": 0.4},
        "stay": {"in": WARDS[False], "nights": nights},
    }  # fmt: skip


def _plan(made: Mapping) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "region.yaml"
        path.write_text(json.dumps(made))
        return built(path)


def _loads(made: Mapping) -> dict[str, tuple[float, float]]:
    """What is asked of each resource a week, and what is planned."""
    return {one.resource: (one.asked_per_week, one.planned_per_week) for one in arithmetic.loads(_plan(made))}


def _size(resource: Mapping, asked: float, planned: float) -> None:
    """Gives a resource the capacity that what is asked of it loads as aimed at."""
    key = {"slots": "slots_per_week", "staff": "servers", "places": "places"}[resource["kind"]]
    wanted = resource[key] * asked / planned / LOADS[resource["kind"]]
    resource[key] = round(wanted, 2) if key == "slots_per_week" else max(1, math.ceil(wanted))


def _flows(made: Mapping) -> dict[str, float]:
    """Patients who join each step in a week."""
    plan = _plan(made)
    joined = arithmetic.expect(plan).visits.sum(axis=1)
    return {step.name: float(number) for step, number in zip(plan.steps, joined, strict=True)}


def _start(all_of_them: list[Specialty], flows: dict[str, float], weeks: float) -> Mapping:
    """Who waits, who lies in a bed and whose follow-up is due when the run begins."""
    queues, beds, due = [], [], []
    for one in all_of_them:
        group = {one.name: 1}
        waited = {"law": "uniform", "low": "0 days", "high": f"{max(1.0, 1.5 * 7 * weeks):g} days"}
        for step, clock in (("visit", "referral"), ("treatment", "decision")):
            waiting = round(weeks * flows[f"{one.name}_{step}"])
            entry = {"name": f"{one.name}_{step}", "step": f"{one.name}_{step}", "patients": waiting}
            queues.append(entry | {"waited": waited, "clock": clock, "groups": group})
        lying = round(flows[f"{one.name}_treatment"] * 1.1 / 7)
        nights = {"nights": {1: 0.5, 2: 0.3, 4: 0.2}}
        beds.append({"step": f"{one.name}_treatment", "patients": lying, "remaining": nights, "groups": group})
        entry = {"step": f"{one.name}_follow_up", "patients": round(6 * flows[f"{one.name}_follow_up"])}
        due.append(entry | {"due": {"law": "uniform", "low": "0 days", "high": "6 weeks"}, "groups": group})
    return {"queue_at_start": queues, "in_beds_at_start": beds, "due_at_start": due}


def write(path: Path, scale: float = 1.0, weeks: int = 156, waiting_weeks: float = 4.0) -> Path:
    """The scenario as a file (JSON is YAML too, and Python's own); where it is."""
    path.write_text(json.dumps(region(scale, weeks, waiting_weeks), indent=1, ensure_ascii=False), encoding="utf-8")
    return path
