"""The plan begun anew from today: its start moved, its queue as it is now, its level as planned or as observed."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from flowsim import scenario
from flowsim.plan.model import Plan
from flowsim.questions.cases import Base
from flowsim.questions.follow_up.planned import AGE_BIN_DAYS
from flowsim.scenario import Scenario
from flowsim.schema import as_yaml, read


def begun_today(one: Scenario, made: Plan, step: str, start: date, ages: Sequence[float], level: float = 1.0) -> Base:
    """The scenario from `start` on with those who wait for `step` now; its slots at `level` times the planned.

    `ages`: days waited of everybody with a decision. The longest waiters stand ready at the step, as many as at the
    plan's own start; the others where the plan's own queue stood. Other queues, beds and contacts due are as at the
    plan's start: they are taken to be steady.
    """
    path = Path(one.path)
    text = scenario.resolved(one)
    data, _ = read(text, path.as_posix())
    weeks = one.model.horizon.weeks - (start - one.model.horizon.start).days // 7
    data["horizon"] = {**data["horizon"], "start": start.isoformat(), "weeks": weeks, "warm_up_weeks": 0}
    data["scenario"] = re.sub(r"_today$", "", data["scenario"]) + "_from_now"
    data["queue_at_start"] = _queue(data, made, step, ages)
    if not math.isclose(level, 1.0):
        lead = made.resources[made.steps[[s.name for s in made.steps].index(step)].lead].name
        _scaled(data["resources"][lead], level)
    changes = [c for c in data.get("change", []) if str(c.get("to", "9999")) >= start.isoformat()]
    data |= {"change": changes} if changes else {}
    if not changes:
        data.pop("change", None)
    target = (path.parent / f"{data['scenario']}{'' if level == 1.0 else '_observed'}.yaml").as_posix()
    return Base(target, {**one.texts, target: as_yaml(data)}, target)


def _scaled(resource: dict[str, Any], level: float) -> None:
    """All of a resource's slots at a level."""
    resource["level"] = round(float(resource.get("level", 1.0)) * level, 6)
    for tranche in (resource.get("tranches") or {}).values():
        tranche["slots_per_week"] = round(float(tranche["slots_per_week"]) * level, 6)


def _queue(data: dict[str, Any], made: Plan, step: str, ages: Sequence[float]) -> list[dict[str, Any]]:
    """The queue at the start with today's waiters in the place of those decided then."""
    recipe = made.recipe
    names = [s.name for s in made.steps]
    known = [s for s in recipe.starts if s.kind == "queue"] if recipe else []
    decided = [s for s in known if s.decision or s.step == names.index(step)]
    items = {item.get("name", item["step"]): item for item in data.get("queue_at_start", [])}
    others = [item for name, item in items.items() if name not in [s.name for s in decided]]
    ready = next((s for s in decided if names[s.step] == step), None)
    first = next((s for s in decided if names[s.step] != step), ready)
    if first is None:
        return others
    ordered = sorted(ages, reverse=True)
    at_step = len(ordered) if first is ready else min(len(ordered), ready.patients if ready else 0)
    made_items = []
    for start, mine in ((ready, ordered[:at_step]), (first, ordered[at_step:])):
        if start is not None and mine:
            item = dict(items[start.name])
            item |= {"patients": len(mine), "waited": [f"{age:.1f} days" for age in mine]}
            made_items.append(item)
    return [*made_items, *others]


def ages_like(histogram: np.ndarray, patients: int) -> list[float]:
    """So many ages (days) spread as a histogram of 15-day bins is."""
    if not histogram.sum() or patients <= 0:
        return [0.0] * max(0, patients)
    cumulative = np.concatenate([[0.0], np.cumsum(histogram)]) / histogram.sum()
    edges = AGE_BIN_DAYS * np.arange(len(histogram) + 1, dtype=float)
    return [float(x) for x in np.interp((np.arange(patients) + 0.5) / patients, cumulative, edges)]


def shrunk(observed: float, planned: float, weeks: int, cv: float, phi: float, tau: float = 0.1) -> float:
    """The level to believe in: planned + w (observed - planned), w = tau^2 / (tau^2 + cv^2 (1 + phi) / (n (1 - phi))).

    `tau`: how far a clinic's lasting level may lie from its plan (sd, as a share); `cv`, `phi`: spread and memory of
    the weekly ratio to the plan.
    """
    if weeks <= 0:
        return planned
    noise = cv * cv * (1 + phi) / (weeks * (1 - phi))
    return planned + tau * tau / (tau * tau + noise) * (observed - planned)
