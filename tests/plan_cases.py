"""Scenarios for tests of the plan, from mappings, without files."""

from __future__ import annotations

import copy
from datetime import date
from types import SimpleNamespace
from typing import Any

from flowsim.schema import ScenarioModel


def scenario_of(data: dict[str, Any], *later: tuple[date, dict[str, Any]], texts: dict[str, str] | None = None) -> Any:
    """What `scenario.load` gives for this mapping, with later periods as further mappings."""
    model = ScenarioModel.model_validate(data)
    periods = ((model.horizon.begin, model), *((day, ScenarioModel.model_validate(d)) for day, d in later))
    return SimpleNamespace(
        name=model.scenario, title=model.title, title_sv=model.title_sv, path="case.yaml",
        model=model, periods=periods, texts=texts or {}, sets=False,
    )  # fmt: skip


def merged(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """A copy of a mapping with parts replaced, mapping by mapping; a duration or other law is replaced whole."""
    out = copy.deepcopy(base)
    for key, value in change.items():
        both = isinstance(value, dict) and isinstance(out.get(key), dict) and key != "duration"
        out[key] = merged(out[key], value) if both else value
    return out


SMALL: dict[str, Any] = {
    "scenario": "small",
    "title": "Small",
    "horizon": {"start": date(2027, 1, 4), "weeks": 8},
    "groups": {
        "hip": {"share": 0.6, "class": 2, "urgent": {"share": 0.1, "class": 1}},
        "knee": {"share": 0.4, "class": 2},
    },
    "arrivals": {"referrals": {"step": "visit", "per_week": 20, "days": "mon-fri", "hours": "08:00-16:00"}},
    "queue_at_start": [
        {"step": "surgery", "patients": 30, "waited": {"law": "uniform", "low": "0 days", "high": "200 days"}}
    ],
    "resources": {
        "clinic": {"kind": "slots", "slots_per_week": 21.5, "luck": {"law": "lognormal", "cv": 0.3, "lag1": 0.25}},
        "theatre": {"kind": "slots", "slots_per_week": 10},
        "team": {"kind": "staff", "servers": 2},
        "ward": {"kind": "places", "places": 5},
    },
    "pathway": {
        "visit": {
            "needs": ["clinic"],
            "no_show": {"share": 0.2, "rebook_after": {"law": "uniform", "low": "1 week", "high": "2 weeks"}},
            "rework": {"to": "visit", "share": 0.25, "at_most": 2},
            "then": {"surgery": 0.5, "discharged": 0.5},
        },
        "surgery": {
            "needs": ["theatre", "team"],
            "decision": True,
            "delay": {"law": "exponential", "mean": "10 days"},
            "duration": {"law": "lognormal", "mean": "90 min", "sd": "30 min"},
            "late_cancellation": [{"cause": "illness", "share": 0.1, "leave_share": 0.5}],
            "patience": [{"law": "exponential", "mean": "1 year", "from": "decision"}],
            "stay": {"in": "ward", "nights": {0: 0.2, 1: 0.5, 3: 0.3}},
            "then": "treated",
        },
    },
}
