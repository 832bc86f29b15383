"""Small plans and luck made by hand, so that an engine's rows can be known to the second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np

from flowsim import engines
from flowsim.plan.model import FOREVER, Plan, Resource, Step
from flowsim.tables import NEVER, OUTCOMES, ResourceInfo, Rows, Setting, StepInfo

DAY, HOUR = 86_400, 3_600
CAUSES = ("nobody_waiting", "closing", "no_show", "blocked", "pull", "kept")


def plan(steps: Sequence[Step], resources: Sequence[Resource] = (), *, weeks: int = 1, **more: Any) -> Plan:
    """A plan of a few steps and resources; the start is a Monday."""
    causes = (*CAUSES, *more.pop("cancelled", ()), *(f"missing:{r.name}" for r in resources))
    setting = Setting(
        scenario="made",
        title="Made by hand",
        start=date(2027, 1, 4),
        weeks=weeks,
        groups=("a",),
        steps=tuple(StepInfo(s.name) for s in steps),
        resources=tuple(ResourceInfo(r.name, r.kind, tuple(t.name for t in r.tranches)) for r in resources),
        causes=causes,
        providers=more.pop("providers", ()),
    )
    return Plan(
        setting=setting,
        begin=0,
        end=weeks * 7 * DAY,
        week0=0,
        periods=more.pop("periods", (0,)),
        steps=tuple(steps),
        resources=tuple(resources),
        iso_year=(2027,) * weeks,
        **more,
    )


class Luck:
    """Draws made by hand: patients, capacity, and columns by (what, step) as a value, a list or a function."""

    def __init__(self, arrives: Sequence[int], *, plan: Plan, **luck: Any) -> None:
        self.n = len(arrives)
        self.arrives = list(arrives)
        self.joined = luck.pop("joined", list(arrives))
        self.referral = luck.pop("referral", list(arrives))
        self.decision = luck.pop("decision", [NEVER] * self.n)
        self.group = [0] * self.n
        self.klass = luck.pop("klass", [1] * self.n)
        self.source = luck.pop("source", [0] * self.n)
        self.step = luck.pop("first", [0] * self.n)
        self.remaining = luck.pop("remaining", [0] * self.n)
        self.slots = [_rows(luck.get("slots", {}).get(r.name, ()), 4) for r in plan.resources]
        self.shifts = [_rows(luck.get("shifts", {}).get(r.name, ()), 4) for r in plan.resources]
        self.places = [_rows(luck.get("places", {}).get(r.name, ()), 2) for r in plan.resources]
        self.place_tranches = [rows[:, 1:] for rows in self.places]
        weeks = -(-plan.end // (7 * DAY))
        self.planned = [np.zeros((len(r.tranches), weeks), np.int64) for r in plan.resources]
        self.columns: dict[tuple[str, str], Any] = luck.pop("columns", {})
        self.names = [s.name for s in plan.steps]

    def values(self, what: str, step: int, number: int, period: int) -> list[int]:
        """A column as given; routes end as treated unless said otherwise."""
        default = {"route": -1, "route_capped": -1, "cancel": -1}.get(
            what, FOREVER if what.startswith("patience") else 0
        )
        given: int | Sequence[int] | Callable[[int, int], Any] = self.columns.get((what, self.names[step]), default)
        if callable(given):
            given = given(number, period)
        return [given] * self.n if isinstance(given, int) else list(given)


def _rows(rows: Any, width: int) -> np.ndarray:
    return np.array(list(rows), np.int64).reshape(-1, width)


def always(servers: int) -> list[tuple[int, int, int, int]]:
    """Shifts of servers who never close."""
    return [(0, FOREVER, k, 0) for k in range(servers)]


def run(made: Plan, luck: Luck, engine: str = "simpy") -> Rows:
    """The rows of the run."""
    return engines.run(made, luck, engine)


def log(rows: Rows, made: Plan) -> list[tuple[Any, ...]]:
    """Contacts as (patient, step, queued, started, finished, outcome); None for what never was."""
    c = rows["contacts"]
    out = []
    for k in range(len(c["patient"])):
        times = (int(c[name][k]) for name in ("queued_s", "started_s", "finished_s"))
        step, outcome = made.steps[c["step"][k]].name, OUTCOMES[c["outcome"][k]]
        out.append((int(c["patient"][k]), step, *(None if t == NEVER else t for t in times), outcome))
    return out


def lost(rows: Rows, made: Plan) -> dict[tuple[str, str], int]:
    """(resource, cause) -> amount lost, all weeks."""
    out: dict[tuple[str, str], int] = {}
    losses = rows["losses"]
    for r, cause, amount in zip(losses["resource"], losses["cause"], losses["lost"], strict=True):
        key = (made.resources[r].name, made.setting.causes[cause])
        out[key] = out.get(key, 0) + int(amount)
    return out
