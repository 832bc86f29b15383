"""The pathway a log is read along: the scenario that is given as its drawing, seen as steps, routes and stays.

What the drawing says of structure (who follows whom, what a step needs, who goes first, pull, parallel steps) is
kept; its numbers are what the log is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flowsim import schema

ENDS = ("treated", "discharged", "died")
Keys = tuple[Any, ...]


@dataclass(frozen=True)
class Route:
    """The shares of one set of groups after a step: where they stand in the drawing, and to whom they lead."""

    keys: Keys
    groups: tuple[str, ...]
    """Empty: all."""
    to: tuple[str, ...]


@dataclass(frozen=True)
class Pathway:
    """A drawing."""

    data: dict[str, Any]
    stay_names: dict[str, str] = field(default_factory=dict)

    @property
    def steps(self) -> dict[str, dict[str, Any]]:
        """Step -> what the drawing says of it."""
        return {name: step or {} for name, step in self.data["pathway"].items()}

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups' names."""
        return tuple(self.data.get("groups", {}))

    def stay(self, step: str) -> str:
        """The name of a step's stay, '' if it has none."""
        stay = self.steps[step].get("stay")
        return str(stay.get("name", f"{step}_stay")) if stay else ""

    def lead(self, step: str) -> str:
        """The resource whose queue the step waits in, '' if none."""
        needs = list(self.steps[step].get("needs") or [])
        return str(needs[0]) if needs else ""

    def held_back(self, resource: str) -> bool:
        """Whether a step in its queue starts only while there is room further on."""
        return any("pull" in step for name, step in self.steps.items() if self.lead(name) == resource)

    def routes(self, step: str) -> Iterator[Route]:
        """The shares after a step; none where there is no choice."""
        then = self.steps[step].get("then")
        if not isinstance(then, dict) or "all" in then:
            return
        keys: Keys = ("pathway", step, "then")
        if "by_group" not in then:
            yield Route(keys, (), tuple(then))
            return
        listed = then["by_group"]
        rest = tuple(group for group in self.groups if group not in listed)
        for name, shares in listed.items():
            if isinstance(shares, dict):
                yield Route((*keys, "by_group", name), rest if name == "default" else (name,), tuple(shares))

    def successors(self, step: str) -> tuple[str, ...]:
        """Every step that may follow."""
        then = self.steps[step].get("then")
        if isinstance(then, str):
            return () if then in ENDS else (then,)
        if not isinstance(then, dict):
            return ()
        if "all" in then:
            return tuple(then["all"])
        names = {name for route in self.routes(step) for name in route.to}
        names |= {one for one in then.get("by_group", {}).values() if isinstance(one, str)}
        return tuple(sorted(names - set(ENDS)))

    def before(self, step: str) -> list[str]:
        """The steps it may follow directly."""
        return [name for name in self.steps if step in self.successors(name)]

    def side_steps(self, step: str) -> tuple[str, ...]:
        """Steps that start when the step's stay begins."""
        return tuple((self.steps[step].get("stay") or {}).get("until", ()))

    def starting(self, name: str) -> list[str]:
        """The steps whose stay starts this side step."""
        return [step for step in self.steps if name in self.side_steps(step)]

    def splits(self) -> list[tuple[str, tuple[str, ...], str]]:
        """(step, steps begun side by side after it, step that joins them)."""
        thens = ((name, step.get("then")) for name, step in self.steps.items())
        return [
            (name, tuple(then["all"]), then["join"]) for name, then in thens if isinstance(then, dict) and "all" in then
        ]

    def at(self, keys: Keys, default: Any = None) -> Any:
        """What stands at a place of the drawing."""
        found: Any = self.data
        for key in keys:
            try:
                found = found[key]
            except (KeyError, IndexError, TypeError):
                return default
        return found

    def season(self, keys: Keys) -> dict[int, float]:
        """ISO week 1 to 53 -> factor of a resource or source; a later line wins over an earlier one."""
        factors = dict.fromkeys(range(1, 54), 1.0)
        listed = set()
        for line in self.at((*keys, "season"), []):
            numbers = set(schema.weeks(line["weeks"]))
            listed |= numbers
            factors.update(dict.fromkeys(numbers, float(line["factor"])))
        if 53 not in listed:
            factors[53] = factors[52]
        return factors
