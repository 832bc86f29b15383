"""What the ledgers must know beside the tables: what is declared of each step, and what the scenario says of it.

Everything that is not declared is 0: a split that nobody has measured makes no waste.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flowsim.scenario import Scenario
from flowsim.schema import ScenarioModel, Split
from flowsim.schema.lean import LeanFile, LeanStep

MINUTES_PER_SLOT = 60.0
"""One slot where no length is declared: an hour, so that hours are slots."""


@dataclass(frozen=True)
class Declared:
    """Of one scenario. Steps are meant by name; a stay goes with its step."""

    file: LeanFile
    value_adding: Mapping[str, bool]
    rework: frozenset[str]
    """Steps whose every contact is done again: readmissions, reoperations and what follows from them alone."""
    repeated: frozenset[str]
    """Steps reached again by a declared `rework`: every visit but the first is rework."""
    overproduction: frozenset[str]
    causes: Mapping[str, str]
    """Step of an unplanned return -> the step that caused it."""
    discharge_days: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Stay in nights -> time of day of discharge: as a rule, and the same day (shares of a day)."""
    side_steps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Stay -> side steps it must wait for."""

    def step(self, name: str) -> LeanStep:
        """What is declared of a step."""
        return self.file.steps.get(name) or _NOTHING

    def hours_per_slot(self, resource: str) -> float:
        """Planned hours of one slot."""
        found = self.file.resources.get(resource)
        return (found.minutes_per_unit if found else MINUTES_PER_SLOT) / 60


_NOTHING = LeanStep.model_validate({})


def declared(scenario: Scenario, file: LeanFile) -> Declared:
    """The scenario's own words and the lean file's, the file's first."""
    model = scenario.model
    marked = {name: _waste(file, model, name) for name in model.pathway}
    rework = frozenset(name for name, kind in marked.items() if kind == "rework")
    stays = {_stay_name(name, step.stay.name): (name, step.stay) for name, step in model.pathway.items() if step.stay}
    return Declared(
        file=file,
        value_adding={name: _value(file, model, name) for name in model.pathway},
        rework=rework,
        repeated=frozenset(_again(model)),
        overproduction=frozenset(name for name, kind in marked.items() if kind == "overproduction"),
        causes=dict(_causes(model, rework)),
        discharge_days={
            name: (stay.discharge_time / 86_400, stay.same_day_discharge_time / 86_400)
            for name, (_, stay) in stays.items()
            if stay.nights is not None
        },
        side_steps={name: stay.until for name, (_, stay) in stays.items()},
    )


def _stay_name(step: str, said: str | None) -> str:
    return said or f"{step}_stay"


def _waste(file: LeanFile, model: ScenarioModel, name: str) -> str:
    found = file.steps.get(name)
    return (found.waste if found and found.waste else model.pathway[name].waste) or ""


def _value(file: LeanFile, model: ScenarioModel, name: str) -> bool:
    found = file.steps.get(name)
    return found.value_adding if found and found.value_adding is not None else model.pathway[name].value_adding


def _next(model: ScenarioModel, name: str) -> set[str]:
    """Steps that may follow a step."""
    then = model.pathway[name].then
    if then is None:
        return set()
    if isinstance(then, Split):
        return {*then.branches, then.join}
    targets = {target for group in model.groups for target, share in then.targets(group) if share}
    return {target for target in targets if target in model.pathway}


def _again(model: ScenarioModel) -> set[str]:
    """Steps on the way from where a rework sends back to the step that sends."""
    found: set[str] = set()
    for name, step in model.pathway.items():
        if step.rework is not None:
            ahead = {one: _reached(model, one) for one in model.pathway}
            found |= {one for one in _reached(model, step.rework.to) if name in ahead[one]}
    return found


def _reached(model: ScenarioModel, start: str) -> set[str]:
    """A step and all that may follow it."""
    seen, todo = {start}, [start]
    while todo:
        for follower in _next(model, todo.pop()) - seen:
            seen.add(follower)
            todo.append(follower)
    return seen


def _causes(model: ScenarioModel, rework: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Each first step of a return with the step that leads to it and is no return itself."""
    for name in model.pathway:
        if name not in rework:
            for follower in sorted(_next(model, name) & rework):
                yield follower, name
