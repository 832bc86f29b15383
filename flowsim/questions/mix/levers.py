"""What a budget can be spent on: levers, each with a few levels, and every mix of them as changes of the scenario.

Capacity is bought as a tranche of its own with a price for each unit offered, used or not; care is bought from another
provider; a file of changes (a shorter stay) is a lever that is pulled or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from flowsim.errors import Fault, InputError
from flowsim.questions.bottleneck.resources import More
from flowsim.questions.refusing import refused
from flowsim.questions.units import said_plus
from flowsim.questions.wording import Said, both
from flowsim.scenario import Scenario
from flowsim.schema import read, text_of

TRANCHE = "mix"
OFF_BELOW = 0.8
"""Slots are not bought in weeks whose season is lower: those who would staff them are on leave."""
LEVELS = (1, 2)
"""A lever's levels: nothing, a step, and so many steps."""


@dataclass(frozen=True)
class Level:
    """One level of a lever: what it is called, and the changes that make it (none: the lever is left alone)."""

    label: Said
    changes: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Lever:
    """Something money can be spent on; its first level is nothing."""

    name: str
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Design:
    """One mix: a level of every lever."""

    picks: tuple[int, ...]
    label: Said
    changes: tuple[Mapping[str, Any], ...]

    @property
    def key(self) -> str:
        """A name for its case."""
        return "mix_" + "_".join(str(pick) for pick in self.picks)


def of_capacity(more: More, dated: Mapping[str, str], seasonal: bool) -> Lever:
    """A step and two steps more of a resource, at its price for each unit offered."""
    amounts = [0.0, *(float(more.step * many) for many in LEVELS)]
    word = {"slots": "per_week", "staff": "servers", "places": "places"}[more.kind]
    levels = [Level(Said("", ""))]
    for amount in amounts[1:]:
        terms: dict[str, Any] = {"resource": more.name, word: amount, "name": TRANCHE, **dated}
        terms |= {"price_sek_per_unit": more.sek_per_unit} if more.sek_per_unit > 0 else {}
        terms |= {"not_when_season_below": OFF_BELOW} if more.kind == "slots" and seasonal else {}
        levels.append(Level(said_plus(more.name, more.kind, amount), ({"extra_capacity": terms},)))
    return Lever(more.name, tuple(levels))


def of_buying(scenario: Scenario, price_sek: float, shares: Sequence[float], stays_at_home_sek: float) -> Lever:
    """Patients treated by another provider, from the decision on; not the urgent. InputError without a decision."""
    model = scenario.model
    at = next((name for name, step in model.pathway.items() if step.decision), "")
    if not at:
        raise refused(scenario.path, "pathway", "no step sets the decision (decision: true): where is it offered?")
    urgent = {group.urgent.klass for group in model.groups.values() if group.urgent is not None}
    classes = sorted({group.klass for group in model.groups.values() if not group.background} - urgent)
    groups = [name for name, group in model.groups.items() if not group.background]
    levels = [Level(Said("", ""))]
    for share in shares:
        terms = {"at": at, "share": share, "price_sek": price_sek, "groups": groups, "classes": classes,
                 "own_follow_up_sek": stays_at_home_sek, "include_start_queue": True}  # fmt: skip
        label = both(lambda say, s=share: say.pick(f"köp {say.percent(s)}", f"buy {say.percent(s)}"))  # type: ignore[misc]
        levels.append(Level(label, ({"treat_elsewhere": terms},)))
    return Lever("buy", tuple(levels))


def of_file(path: Path) -> Lever:
    """A file with `change:`, all of it or nothing. InputError if it holds none."""
    data, _ = read(text_of(path), path.as_posix())
    changes = data.get("change")
    if not isinstance(changes, list) or not changes:
        raise InputError([Fault(path.as_posix(), 0, "change", "", "holds no changes to be a lever.")])
    title = str(data.get("title") or path.stem.replace("_", " "))
    label = Said(_lowered(str(data.get("title_sv") or title)), _lowered(title))
    return Lever(path.stem, (Level(Said("", "")), Level(label, tuple(changes))))


def _lowered(title: str) -> str:
    """As it stands within a list: a small first letter, unless the word is an abbreviation or one letter."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def designs_of(levers: Sequence[Lever]) -> list[Design]:
    """Every mix of the levers' levels, nothing at all first."""
    made = []
    for picks in product(*(range(len(lever.levels)) for lever in levers)):
        levels = [lever.levels[pick] for lever, pick in zip(levers, picks, strict=True)]
        labels = [level.label for level in levels if level.changes]
        label = Said(", ".join(one.sv for one in labels), ", ".join(one.en for one in labels))
        changes = tuple(change for level in levels for change in level.changes)
        made.append(Design(picks, label if labels else Said("inget", "nothing"), changes))
    return made
