"""The frame of a plan: a scenario's names as numbers, its periods, and its days."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from flowsim.plan.calendar import Grid, closed
from flowsim.plan.recipe import Law, Laws
from flowsim.schema import ByGroup, ElsewhereTerms, ScenarioModel, Split
from flowsim.schema.entry import DOC_KEYS, Entry

AT_ONCE: Law = {"law": "fixed", "value": 0.0}


@dataclass(frozen=True)
class Frame:
    """A scenario in periods. Names of the first period hold for all."""

    grid: Grid
    period_days: tuple[int, ...]
    """First day of each period; the first is the run's."""
    models: tuple[ScenarioModel, ...]
    """What holds in each period."""

    @property
    def model(self) -> ScenarioModel:
        """The first period's."""
        return self.models[0]

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Names of the groups, in the file's order."""
        return tuple(self.model.groups)

    @cached_property
    def stays(self) -> dict[str, str]:
        """Stay -> the step it follows."""
        return {self.stay_name(name): name for name, step in self.model.pathway.items() if step.stay}

    @cached_property
    def elsewhere(self) -> dict[str, ElsewhereTerms]:
        """Step -> the terms of treatment by another provider offered there."""
        found = {name: self.declared(name, "elsewhere") for name in self.model.pathway}
        return {name: terms for name, terms in found.items() if terms}

    @cached_property
    def providers(self) -> dict[str, ElsewhereTerms]:
        """Provider -> its terms (the first, if several steps offer it)."""
        found: dict[str, ElsewhereTerms] = {}
        for terms in self.elsewhere.values():
            found.setdefault(terms.provider, terms)
        return found

    @cached_property
    def steps(self) -> tuple[str, ...]:
        """Names of the plan's steps: the pathway's, each stay right after its step, providers last."""
        names: list[str] = []
        for name, step in self.model.pathway.items():
            names += [name, self.stay_name(name)] if step.stay else [name]
        return (*names, *self.providers)

    @cached_property
    def step(self) -> dict[str, int]:
        """Step -> number."""
        return {name: k for k, name in enumerate(self.steps)}

    @cached_property
    def resource(self) -> dict[str, int]:
        """Resource -> number."""
        return {name: k for k, name in enumerate(self.model.resources)}

    @cached_property
    def splits(self) -> tuple[Split, ...]:
        """Parallel branches, in the pathway's order."""
        return tuple(step.then for step in self.model.pathway.values() if isinstance(step.then, Split))

    @cached_property
    def period_of_day(self) -> np.ndarray:
        """Period of each day of the grid."""
        return np.maximum(np.searchsorted(self.period_days, self.grid.days, side="right") - 1, 0)

    @cached_property
    def closed(self) -> np.ndarray:
        """Days of the grid closed for what keeps holidays."""
        calendar = self.model.calendar
        return closed(
            self.grid,
            holidays=calendar.holidays == "sweden",
            closed_dates=calendar.closed_dates,
            closed_weeks=calendar.closed_weeks,
        )

    def declared(self, step: str, part: str) -> Any:
        """A part of a step as the first period that has it declares it; None if none does."""
        versions = (getattr(model.pathway[step], part) for model in self.models)
        return next((version for version in versions if version is not None), None)

    def stay_name(self, of: str) -> str:
        """Name of a step's stay."""
        stay = self.model.pathway[of].stay
        return (stay.name if stay else None) or f"{of}_stay"

    def laws(self, by_group: ByGroup[Any] | None) -> Laws:
        """A law per group; lasting no time where nothing is declared."""
        if by_group is None:
            return (AT_ONCE,) * len(self.groups)
        made = {id(law): law_of(law) for law in by_group.by_group.values()}
        return tuple(made[id(by_group.of(group))] for group in self.groups)


def law_of(law: Any) -> Law:
    """A law of the schema as plain data."""
    made: dict[str, Any] = plain(law)
    made.setdefault("law", "list")  # nights: whole numbers with probabilities
    return made


def plain(entry: Any) -> Any:
    """An entry of the schema as mappings and tuples, without what is not said and without its free text."""
    if isinstance(entry, Entry):
        said = {key: getattr(entry, key) for key in type(entry).model_fields if key not in DOC_KEYS}
        return {key: plain(value) for key, value in said.items() if value is not None}
    if isinstance(entry, dict):
        return {key: plain(value) for key, value in entry.items()}
    return tuple(plain(value) for value in entry) if isinstance(entry, tuple) else entry
