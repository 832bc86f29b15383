"""A case: the asked scenario with further changes, as YAML text that is both what is run and what is handed back."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from flowsim import plan, scenario
from flowsim.errors import Fault, InputError
from flowsim.plan.model import Plan
from flowsim.questions.answer import Realised
from flowsim.scenario import Scenario
from flowsim.schema import as_yaml, read

_BASED_ON = re.compile(r"^based_on:.*$", re.MULTILINE)


@dataclass(frozen=True)
class Base:
    """The scenario a question is asked of, with the files of `--with` laid upon it."""

    path: str
    """The topmost file."""
    texts: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False)
    """Files that are not on the disk as they are used here."""
    bare: str = ""
    """The scenario's own file, without them."""
    given: tuple[str, ...] = ()
    """Resources that the files of `--with` change: how much there is of them is settled."""
    added: tuple[tuple[str, str, float], ...] = ()
    """Of them, what the files add while it lasts: resource, its kind, and how much (slots a week, places, servers)."""

    @cached_property
    def scenario(self) -> Scenario:
        """As it is."""
        return scenario.load(self.path, texts=self.texts)

    def case(self, name: str, changes: Sequence[Mapping[str, Any]], title: str = "", title_sv: str = "") -> Case:
        """The base with some changes (items as in a scenario file); none: the base itself."""
        if not changes:
            return Case(name, self, self.path, "")
        data: dict[str, Any] = {"scenario": name, "title": title or name}
        data |= {"title_sv": title_sv} if title_sv else {}
        data |= {"based_on": Path(self.path).name, "change": list(changes)}
        return Case(name, self, (Path(self.path).parent / f"{name}.yaml").as_posix(), as_yaml(data))


@dataclass(frozen=True)
class Case:
    """One candidate. `name` tells cases of a question apart."""

    name: str
    base: Base
    path: str
    text: str

    @cached_property
    def scenario(self) -> Scenario:
        """Read and checked. InputError if a change cannot be made."""
        if not self.text:
            return self.base.scenario
        return scenario.load(self.path, texts={**self.base.texts, self.path: self.text})

    @cached_property
    def plan(self) -> Plan:
        """The whole horizon."""
        return plan.build(self.scenario)

    def plan_to(self, weeks: int) -> Plan:
        """The same, ending earlier: nobody's luck before that changes."""
        if weeks >= self.scenario.model.horizon.weeks:
            return self.plan
        known: dict[int, Plan] = self.__dict__.setdefault("_shortened", {})
        if weeks not in known:
            known[weeks] = plan.build(shortened(self.scenario, weeks))
        return known[weeks]

    @property
    def realised(self) -> Realised:
        """The scenario file and all it needs."""
        one = self.scenario
        texts = {**one.texts}
        if one.unit_costs is not None:
            texts.setdefault(one.unit_costs, Path(one.unit_costs).read_text(encoding="utf-8"))
        return Realised(one.name, self.text or texts[self.path], self.path, texts)


def shortened(one: Scenario, weeks: int) -> Scenario:
    """The scenario with a nearer horizon."""
    horizon = one.model.horizon.model_copy(update={"weeks": weeks})
    periods = tuple((day, model.model_copy(update={"horizon": horizon})) for day, model in one.periods)
    return replace(one, model=one.model.model_copy(update={"horizon": horizon}), periods=periods)


def weeks_until(start: date, day: date) -> int:
    """Whole weeks from `start` that hold `day`, to its evening."""
    return max(1, math.ceil(((day - start).days + 1) / 7))


def stacked(path: str | Path, further: Sequence[str | Path] = ()) -> Base:
    """The scenario with the `change:` of further files laid upon it, one after the other.

    A further file is a derived scenario (its `based_on` is replaced by what it is laid upon), or holds `change:` alone.

    Raises:
        InputError: a file is missing or holds no changes.
    """
    top = Path(path)
    if not top.is_file():
        raise InputError([Fault(top.as_posix(), 0, "", "", "there is no such file.")])
    texts: dict[str, str] = {}
    under, names = top.as_posix(), {top.name}
    for one in map(Path, further):
        if not one.is_file():
            raise InputError([Fault(one.as_posix(), 0, "--with", "", "there is no such file.")])
        name = one.name if one.name not in names else f"with_{len(names)}_{one.name}"
        place = (top.parent / name).as_posix()
        texts[place] = _laid_upon(one, Path(under).name)
        under, names = place, {*names, name}
    return Base(under, texts, top.as_posix(), *_given(top, under, texts))


def _laid_upon(file: Path, base: str) -> str:
    """The file's text as a scenario derived from `base`, its lines where they were."""
    text = file.read_text(encoding="utf-8")
    data, _ = read(text, file.as_posix())
    if not data.get("change"):
        raise InputError([Fault(file.as_posix(), 0, "change", "", "holds no changes to lay upon the scenario.")])
    if "based_on" in data:
        return _BASED_ON.sub(f"based_on: {base}", text)
    missing = {"scenario": re.sub(r"\W+", "_", file.stem).lower(), "title": file.stem.replace("_", " ")}
    lines = [f"{key}: {value}" for key, value in missing.items() if key not in data]
    return "\n".join([text.rstrip("\n"), *lines, f"based_on: {base}", ""])


_AMOUNTS = {"slots": "slots_per_week", "places": "places", "staff": "servers"}


def _given(
    top: Path, under: str, texts: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[tuple[str, str, float], ...]]:
    """Resources changed on the way from the scenario to what lies on top, and what tranches add to them."""
    if not texts:
        return (), ()
    on_top = scenario.load(under, texts=texts)
    made = [(c.where.split("."), c.new) for c in on_top.changes[len(scenario.load(top).changes) :]]
    given = tuple(dict.fromkeys(where[1] for where, _ in made if where[0] == "resources"))
    added: dict[str, float] = {}
    for where, new in made:
        if where[0] == "resources" and where[2:3] == ["tranches"] and len(where) == 4 and isinstance(new, Mapping):
            much = new.get(_AMOUNTS[on_top.model.resources[where[1]].kind])
            if isinstance(much, int | float):
                added[where[1]] = added.get(where[1], 0.0) + float(much)
    return given, tuple((name, on_top.model.resources[name].kind, much) for name, much in added.items())
