"""From a scenario file back to its first base: each file's keys, and the changes they make, in order."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

from pydantic import Field, ValidationError, model_validator

from flowsim.errors import Fault, InputError
from flowsim.scenario.changes import Change, below
from flowsim.scenario.files import Files
from flowsim.scenario.interventions import NAMED, Intervention
from flowsim.schema import (
    DOC_KEYS,
    Day,
    Entry,
    KeyPath,
    Mark,
    Marks,
    ScenarioModel,
    fault,
    fault_here,
    faults_of,
    listed,
    nearest,
    place,
    read,
)

DERIVED_KEYS = ("schema", "scenario", "title", "title_sv", "based_on", "change", *DOC_KEYS)
"""What a file with `based_on` may hold."""
_LONGEST_CHAIN = 20


class PlainChange(Entry):
    """Set, add or scale one thing, from a day to a day."""

    where: str = Field(description="dotted path into the base: resources.theatre.slots_per_week")
    set: Any = Field(None, description="the new value")
    add: Any = Field(None, description="a number or a duration more")
    scale: Any = Field(None, description="times this number")
    from_: Day | None = Field(None, alias="from", description="first day; default the whole run")
    to: Day | None = Field(None, description="last day, inclusive")

    @model_validator(mode="after")
    def _one_operation(self) -> Self:
        if len({"set", "add", "scale"} & self.model_fields_set) != 1:
            raise fault("needs exactly one of set, add and scale.")
        if not self.where.strip(". "):
            raise fault("needs a path in where.")
        return self


@dataclass(frozen=True)
class Item:
    """One item of a `change:` list, found to be right in itself."""

    plain: PlainChange | None
    named: Intervention | None
    said: dict[str, Any]
    """What was written: the item, or what stands under the intervention's name."""
    name: str
    """The intervention's name, '' for a plain change."""
    path: KeyPath
    """("change", 0) or ("change", 0, "extra_operations")."""
    marks: Marks
    """Lines of what was written, by path below `path`."""
    mark: Mark
    base: str
    """The file that is changed, for messages."""
    from_: date | None
    to: date | None

    @property
    def in_words(self) -> str:
        """The item on a line: its name and its plain values, or the place and what is done there."""
        plain = [f"{key} {value}" for key, value in self.said.items() if not isinstance(value, dict | list)]
        short = ", ".join(plain[:3]).removeprefix("where ")
        return f"{self.name} ({short})" if self.name and short else self.name or short

    def change(self, where: str, operation: str, value: Any, *, if_there: bool, dated: bool) -> Change:
        """A plain change that this item makes."""
        inner = below(self.marks, (operation,)) if not self.name else {}
        mark = self.marks.get(("where",), self.mark) if not self.name else self.mark
        dates = (self.from_, self.to) if dated else (None, None)
        key = self.path if self.name else self.path[:2]
        return Change(where, operation, value, *dates, mark, key, inner, self.name, if_there, self.base)


@dataclass
class Chain:
    """A scenario file and its bases, read."""

    data: dict[str, Any] = field(default_factory=dict)
    """The first base, with the names and titles of the last file."""
    marks: Marks = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    """Changes in order, the first base's first."""
    based_on: tuple[str, ...] = ()
    """Bases, the nearest first."""
    faults: list[Fault] = field(default_factory=list)


def read_chain(path: str, files: Files) -> Chain:
    """The file, its base, that one's base; their faults are gathered. InputError if one of them cannot be read."""
    chain = Chain()
    read_so_far: list[tuple[str, dict[str, Any], Marks]] = []
    file: str | None = path
    while file is not None:
        try:
            data, marks = read(files.text(file, "scenario file"), file)
        except InputError as error:
            chain.faults += error.faults
            break
        chain.faults += _derived(data, marks)
        read_so_far.append((file, data, marks))
        file = _base(data, marks, files, [one for one, _, _ in read_so_far], chain.faults)
    if not read_so_far or "based_on" in read_so_far[-1][1]:
        raise InputError(chain.faults)
    chain.based_on = tuple(one for one, _, _ in read_so_far[1:])
    for k in range(len(read_so_far) - 1, -1, -1):
        _join(chain, *read_so_far[k], base=os.path.basename(read_so_far[min(k + 1, len(read_so_far) - 1)][0]))
    return chain


def _base(data: dict[str, Any], marks: Marks, files: Files, before: list[str], faults: list[Fault]) -> str | None:
    """The path of the file's base, None if it has none; refuses circles."""
    typed = data.get("based_on")
    if typed is None:
        return None
    path: KeyPath = ("based_on",)
    if not isinstance(typed, str):
        faults.append(fault_here(marks, path, "must be the name of a scenario file.", typed))
        return None
    try:
        base = files.beside(typed, before[-1])
        if os.path.realpath(base) in [os.path.realpath(one) for one in before] or len(before) >= _LONGEST_CHAIN:
            way = " -> ".join(os.path.basename(one) for one in [*before, base])
            raise ValueError(f"leads round in a circle: {way}.")
        files.text(base, "scenario file")
    except InputError as error:
        faults.append(fault_here(marks, path, error.faults[0].message, typed))
        return None
    except ValueError as error:
        faults.append(fault_here(marks, path, str(error), typed))
        return None
    return base


def _derived(data: dict[str, Any], marks: Marks) -> Iterator[Fault]:
    """Keys that belong to the base, in a file that has one."""
    for key in data if "based_on" in data else ():
        if key not in DERIVED_KEYS:
            known = list(ScenarioModel.keys())
            if key in known:
                message = f"belongs to the base here: write what differs as a change, {{where: {key}..., set: ...}}."
            else:
                allowed = [one for one in DERIVED_KEYS if one not in DOC_KEYS]
                message = f"is not a key here. With based_on there are: {listed(allowed)}.{nearest(key, allowed)}"
            yield fault_here(marks, (key,), message)


def _join(chain: Chain, file: str, data: dict[str, Any], marks: Marks, base: str) -> None:
    """Lays a file over what was read of its bases."""
    structural = data if "based_on" not in data else {key: data[key] for key in DERIVED_KEYS if key in data}
    for key, value in structural.items():
        if key in ("based_on", "change"):
            continue
        chain.data[key] = value
        for path in [path for path in chain.marks if path[:1] == (key,)]:
            del chain.marks[path]
        chain.marks.update({path: mark for path, mark in marks.items() if path[:1] == (key,)})
    chain.marks[()] = marks.get((), Mark(file, 1))
    if "based_on" in data:
        chain.faults += [fault_here(marks, (key,), _WANTED[key]) for key in _WANTED if key not in data]
    if "change" in data:
        chain.items += _items(data, marks, base, chain.faults)


_WANTED = {
    "scenario": "must be here too: each scenario has a short name of its own, [a-z0-9_]+.",
    "title": "must be here too: each scenario has a title of its own.",
}
"""What a file with `based_on` does not take from its base."""


def _items(data: dict[str, Any], marks: Marks, base: str, faults: list[Fault]) -> Iterator[Item]:
    """The items of a file's `change:`."""
    items = data["change"]
    if not isinstance(items, list):
        faults.append(fault_here(marks, ("change",), "must be a list of changes: - {where: ..., set: ...}.", items))
        return
    for k, item in enumerate(items):
        try:
            yield _item(item, k, data, marks, base)
        except InputError as error:
            faults += error.faults


def _item(item: Any, k: int, data: dict[str, Any], marks: Marks, base: str) -> Item:
    """One item of `change:`; InputError with its faults."""
    path: KeyPath = ("change", k)
    names = [key for key in item if key not in DOC_KEYS] if isinstance(item, dict) else []
    wanted: type[Entry]
    if len(names) == 1 and names[0] in NAMED:
        path, wanted, item, name = (*path, names[0]), NAMED[names[0]], item[names[0]], names[0]
    elif "where" in names or {"set", "add", "scale"} & set(names):
        wanted, name = PlainChange, ""
    else:
        options = ["where", *NAMED]
        hint = nearest(names[0], options) if names else ""
        message = f"must be {{where: ..., set | add | scale: ...}}, or one of: {listed(NAMED)}.{hint}"
        raise InputError([fault_here(marks, path, message, item)])
    try:
        model = wanted.model_validate(item)
    except ValidationError as error:
        raise InputError(faults_of(error, data, marks, path)) from None
    from_, to = (_date(getattr(model, key, None)) for key in ("from_", "to"))
    if from_ and to and from_ > to:
        raise InputError([fault_here(marks, (*path, "to"), f"{to} is before from, {from_}.")])
    plain = model if isinstance(model, PlainChange) else None
    named = None if plain else model
    said = item if isinstance(item, dict) else {}
    inner = below(marks, path)
    return Item(plain, named, said, name, path, inner, place(marks, path), base, from_, to)  # type: ignore[arg-type]


def _date(value: Any) -> date | None:
    """A date, None for anything else (right_competence goes from a resource to a resource)."""
    return value if isinstance(value, date) else None
