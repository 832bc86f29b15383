"""What a plan may ask of an engine, feature by feature, and what each engine lacks: asking for that is an error."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flowsim.errors import FlowsimError
from flowsim.plan.model import Plan, Resource, Step

FEATURES: dict[str, Callable[[Plan], bool]] = {
    "slots": lambda plan: _kind(plan, "slots"),
    "staff": lambda plan: _kind(plan, "staff"),
    "places": lambda plan: _kind(plan, "places"),
    "unlimited resources": lambda plan: _resource(plan, lambda r: r.unlimited),
    "capacity in tranches": lambda plan: _resource(plan, lambda r: len(r.tranches) > 1),
    "tranches for some steps only": lambda plan: any(t.only for r in plan.resources for t in r.tranches),
    "overtime": lambda plan: any(t.overtime_s for r in plan.resources for t in r.tranches),
    "queues by longest wait or due date": lambda plan: _resource(plan, lambda r: r.order != "first_come"),
    "the next who fits (skip)": lambda plan: _resource(plan, lambda r: r.skip),
    "queues with a maximum": lambda plan: _resource(plan, lambda r: r.maximum_queue >= 0),
    "overflow to another step": lambda plan: _step(plan, lambda s: s.overflow >= 0),
    "visits suspended at closing": lambda plan: _resource(plan, lambda r: r.suspend),
    "interruption, then resumed": lambda plan: _resource(plan, lambda r: r.interruption == "resume"),
    "interruption, then begun anew": lambda plan: _resource(plan, lambda r: r.interruption == "restart"),
    "kept slots": lambda plan: _resource(plan, lambda r: r.kept_class > -2),
    "several resources at once": lambda plan: _step(plan, lambda s: len(s.needs) > 1),
    "several units of a resource": lambda plan: _step(plan, lambda s: any(units > 1 for _, units in s.needs)),
    "a place reserved before the visit": lambda plan: _step(plan, lambda s: s.stay_of >= 0 and not s.sought),
    "a place sought after the visit": lambda plan: _step(plan, lambda s: s.stay_of >= 0 and s.sought),
    "stays in nights": lambda plan: _step(plan, lambda s: s.nights),
    "stays that wait for another step": lambda plan: _step(plan, lambda s: bool(s.until)),
    "a class of the step's own": lambda plan: _step(plan, lambda s: s.klass >= 0),
    "planned delays": lambda plan: _step(plan, lambda s: s.has_delay),
    "no-shows": lambda plan: _step(plan, lambda s: s.has_no_show),
    "late cancellations": lambda plan: _step(plan, lambda s: bool(s.cancellations)),
    "rework": lambda plan: _step(plan, lambda s: s.rework_to >= 0),
    "linked steps": lambda plan: _step(plan, lambda s: s.linked),
    "parallel branches": lambda plan: bool(plan.splits),
    "pull": lambda plan: _step(plan, lambda s: s.pull_watch >= 0),
    "patience": lambda plan: _step(plan, lambda s: bool(s.patience_from_decision)),
    "treatment elsewhere": lambda plan: bool(plan.elsewhere),
    "other departments' patients": lambda plan: any(plan.background),
    "changes by date": lambda plan: len(plan.periods) > 1,
    "warm-up": lambda plan: plan.begin < 0,
}
"""Feature, and whether a plan uses it. What is not here every engine must do."""
LACKS: dict[str, frozenset[str]] = {"simpy": frozenset(), "compiled": frozenset()}
"""Features that an engine lacks, by engine: none, today. A new feature starts here, until the second engine has it."""


def used(plan: Plan) -> Iterator[str]:
    """The features that a plan uses."""
    return (name for name, uses in FEATURES.items() if uses(plan))


def refuse_lacking(plan: Plan, engine: str) -> None:
    """FlowsimError, naming them, where a plan uses features that the engine lacks."""
    if LACKS.get(engine) and (lacking := [name for name in used(plan) if name in LACKS[engine]]):
        raise FlowsimError(
            f'{plan.setting.scenario}: the engine "{engine}" cannot do this yet: {", ".join(lacking)}. '
            "The engine simpy can: --engine simpy"
        )


def _kind(plan: Plan, kind: str) -> bool:
    return _resource(plan, lambda resource: resource.kind == kind)


def _resource(plan: Plan, of: Callable[[Resource], bool]) -> bool:
    return any(of(resource) for resource in plan.resources)


def _step(plan: Plan, of: Callable[[Step], bool]) -> bool:
    return any(of(step) for step in plan.steps)
