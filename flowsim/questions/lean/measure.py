"""What lean keeps of a replication: the three ledgers, BUK's counts, the value stream and the queues, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from flowsim.costs.kpp import load_unit_costs
from flowsim.costs.scenario_cost import scenario_cost
from flowsim.frames import pd
from flowsim.measures.capacity import losses
from flowsim.measures.counting import or_later
from flowsim.measures.patients import started_before
from flowsim.measures.queues import every_queue
from flowsim.measures.resource_buk import VisitMinutes, buk_by_resource
from flowsim.measures.runs import Run, resource_names, runs, step_names, treatment_step
from flowsim.measures.spells import DONE, visits
from flowsim.measures.waits import inside_horizon
from flowsim.plan.model import Plan
from flowsim.questions.lean.declared import Declared
from flowsim.questions.lean.money import waste_money
from flowsim.questions.lean.patient_days import DAY_CELLS, patient_days
from flowsim.questions.lean.staff_hours import HOUR_CELLS, UNUSED_KNOWLEDGE, staff_hours
from flowsim.schema.unit_costs import UnitCosts
from flowsim.tables import DAY_S, Results, Rows, Setting, frames

BUK = ("booked", "done", "returns", "planned_hours", "value_hours")
SEK_CELLS = (*(cell for cell in HOUR_CELLS if cell not in ("readiness", "idle")), "unused_capacity", UNUSED_KNOWLEDGE)
_NO_SHOW = "no_show"


@dataclass(frozen=True, eq=False)
class Lean:
    """The measure. `names`: what is kept, in order; what a scenario has not is 0."""

    said: Declared
    names: tuple[str, ...]
    unit_costs: str | None = None
    minutes: Mapping[str, VisitMinutes] = field(default_factory=dict)
    returns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __call__(self, rows: Rows, plan: Plan) -> np.ndarray:
        """The numbers of one replication, in the order of `names`."""
        results = frames(rows, plan.setting, 0)
        (run,) = runs(results)
        found = dict(self._ledgers(results))
        found |= dict(_counts(run)) | dict(_stream(run, self.said))
        found |= dict(_buk(results, self.minutes, self.returns))
        return np.array([found.get(name, 0.0) for name in self.names])

    def _ledgers(self, results: Results) -> Iterator[tuple[str, float]]:
        hours = staff_hours(results, self.said)
        for resource, cell, amount in zip(hours["resource"], hours["cell"], hours["hours"], strict=True):
            yield f"hours:{resource}:{str(cell).partition(':')[0]}", float(amount)
        days = patient_days(results, self.said)
        for cell, amount in zip(days["cell"], days["days"], strict=True):
            yield f"days:{cell}", float(amount)
        costs = _costs(self.unit_costs) if self.unit_costs else None
        if costs is not None:
            money = waste_money(results, hours, self.said, costs)
            for cell, amount in zip(money["cell"], money["sek"], strict=True):
                yield f"sek:{cell}", float(amount)
            yield "cash", float(scenario_cost(results, costs)["total_cash_sek"].iloc[0])


@lru_cache(maxsize=4)
def _costs(path: str) -> UnitCosts:
    return load_unit_costs(path)


def _counts(run: Run) -> Iterator[tuple[str, float]]:
    """Operations, slots lost to no-shows, mean queues."""
    names = step_names(run.setting)
    treatment = treatment_step(run.setting)
    if treatment:
        yield "operations", float(started_before(run, run.end_s)[names.index(treatment)])
    lost, _ = losses(run)
    missed = [cause == _NO_SHOW for cause in run.setting.causes]
    for k, name in enumerate(resource_names(run.setting)):
        yield f"no_show:{name}", float(lost[k, missed].sum())
    for kind, waiting in every_queue(run):
        for name, mean in zip(waiting.names, waiting.mean(run.end_s), strict=True):
            yield f"queue:{kind}:{name}", float(mean)


def _stream(run: Run, said: Declared) -> Iterator[tuple[str, float]]:
    """Per step: visits, hours of touch and days of waiting in all, of visits started in the horizon."""
    own = visits(run)
    inside = (own.outcome == DONE) & inside_horizon(run, own.started)
    touch = (np.minimum(or_later(own.finished), run.end_s) - own.started) / 3600
    wait = (own.started - own.queued) / DAY_S
    for k, info in enumerate(run.setting.steps):
        rows = inside & (own.step == k)
        count = float(rows.sum())
        planned = said.hours_per_slot(info.lead) if _slots(run.setting, info.lead) else 0.0
        hours = float(np.sum(np.maximum(touch[rows], planned)))
        yield f"stream:{info.name}:visits", count
        yield f"stream:{info.name}:touch_hours", hours
        yield f"stream:{info.name}:wait_days", float(np.sum(wait[rows]))


def _slots(setting: Setting, resource: str) -> bool:
    return any(info.name == resource and info.kind == "slots" for info in setting.resources)


def _buk(
    results: Results, minutes: Mapping[str, VisitMinutes], returns: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, float]]:
    if not minutes:
        return
    frame: pd.DataFrame = buk_by_resource(results, minutes, returns)
    for row in frame.to_dict("records"):
        for column in BUK:
            yield f"buk:{row['resource']}:{column}", float(row[column])


def names_of(setting: Setting, minutes: Mapping[str, VisitMinutes]) -> tuple[str, ...]:
    """Everything kept of a scenario, by name."""
    resources, steps = [info.name for info in setting.resources], [info.name for info in setting.steps]
    queues = [f"queue:step:{step.name}" for step in setting.steps if step.lead and not step.stay_of]
    spans = [f"queue:span:{name}" for name, _, _ in setting.spans]
    parts = ("visits", "touch_hours", "wait_days")
    return (
        *(f"hours:{name}:{cell}" for name in resources for cell in (*HOUR_CELLS, UNUSED_KNOWLEDGE, "offered")),
        *(f"days:{cell}" for cell in (*DAY_CELLS, "all")),
        *(f"sek:{cell}" for cell in SEK_CELLS),
        "cash", "operations", *(f"no_show:{name}" for name in resources), *queues, *spans, "queue:sum:all",
        *(f"stream:{step}:{part}" for step in steps for part in parts),
        *(f"buk:{name}:{column}" for name in minutes for column in BUK),
    )  # fmt: skip


def visit_minutes(setting: Setting, said: Declared) -> dict[str, VisitMinutes]:
    """Planned and value-adding minutes of a visit, of each slots resource whose slot length is declared.

    The value-adding part is the mean over its steps of what is left when the declared shares are taken away.
    """
    made = {}
    for info in setting.resources:
        steps = [step for step in setting.steps if step.lead == info.name and not step.stay_of]
        if info.kind != "slots" or info.name not in said.file.resources or not steps:
            continue
        own = [step for step in steps if said.value_adding.get(step.name, True)] or steps
        planned = said.hours_per_slot(info.name) * 60
        left = [1 - said.step(step.name).not_useful for step in own]
        made[info.name] = VisitMinutes(planned, planned * float(np.mean(left)))
    return made


def returns_by_resource(setting: Setting, said: Declared) -> dict[str, tuple[str, ...]]:
    """Steps that are unplanned returns, by the resource that leads the step which caused them."""
    leads = {step.name: step.lead for step in setting.steps}
    made: dict[str, tuple[str, ...]] = {}
    for step, cause in said.causes.items():
        if leads.get(cause):
            made[leads[cause]] = (*made.get(leads[cause], ()), step)
    return made
