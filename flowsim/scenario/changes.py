"""One change of a scenario: a dotted path into the base, and what is set, added or scaled there."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import BaseModel

from flowsim.errors import Fault
from flowsim.scenario.amounts import added, scaled
from flowsim.schema import KeyPath, Mark, Marks, ScenarioModel, listed, nearest, sentence, shown, spelled

_NOUNS = {
    "resources": "resource", "pathway": "step", "groups": "group", "arrivals": "source", "tranches": "tranche",
    "spans": "span", "classes": "class", "by_group": "group",
}  # fmt: skip
_NAMES = ("name", "cause", "provider", "step")
"""Keys by which an item of a list may be called."""
_BEGUN = ("tranches", "spans", "arrivals", "resources", "calendar", "guarantee", "by_weekday")
"""Mappings that a file may leave out: a change that sets something in one begins it."""


class ChangeError(ValueError):
    """A change that cannot be made; its text is the fault's message."""


@dataclass(frozen=True)
class Change:
    """What is done at one place, from a day to a day."""

    where: str
    operation: str
    """set, add or scale."""
    value: Any
    from_: date | None
    to: date | None
    mark: Mark
    """Where the change stands."""
    key: KeyPath
    """The change's key in its file: ("change", 0)."""
    marks: Marks = field(default_factory=dict)
    """Lines of the parts of `value`, by path below it."""
    by: str = ""
    """The named intervention it comes from."""
    if_there: bool = False
    """Left out where the base has nothing of the kind."""
    base: str = ""
    """What the change is made to, for messages."""

    @property
    def is_dated(self) -> bool:
        """Does it hold from a day or to a day?"""
        return self.from_ is not None or self.to is not None

    def meets(self, later: Change) -> bool:
        """Is it in force on the first day of another change?"""
        return self.holds_on(later.from_ or date.min)

    def holds_on(self, day: date) -> bool:
        """Is the change in force on this day?"""
        return (self.from_ is None or self.from_ <= day) and (self.to is None or day <= self.to)

    def fault(self, message: str, part: str = "where") -> Fault:
        """A fault of the change itself."""
        key = self.key if self.by else (*self.key, part)
        found = self.where if part == "where" or self.by else self.value
        return Fault(self.mark.file, self.mark.line, spelled(key), shown(found), sentence(message))


def parts_of(where: str) -> list[str]:
    """["queue_at_start", "0", "patients"] of queue_at_start[0].patients."""
    return re.sub(r"\[([^\]]*)\]", r".\1", where).strip(".").split(".")


def apply(change: Change, data: dict[str, Any], marks: Marks) -> tuple[Any, Any] | None:
    """Makes the change, in `data` and `marks`: (old, new), None if it is left out; ChangeError if it cannot be."""
    parts = parts_of(change.where)
    try:
        parent, path = _down(data, parts[:-1], change)
        last = _found_key(parent, parts[-1])
    except ChangeError:
        if change.if_there:
            return None
        raise
    there = last in parent if isinstance(parent, dict) else last is not None
    if not there and change.if_there:
        return None
    if not there and isinstance(parent, list):
        raise ChangeError(_lacks(parent, parts[-1], path, change.base))
    key = last if there else parts[-1]
    old = copy.deepcopy(parent[key]) if there else None
    new = _new(change, old if there else _default(data, (*path, key)), str(key), there, parent, path)
    if new is None and isinstance(parent, dict):
        parent.pop(key, None)
    elif new is None:
        del parent[key]
    else:
        parent[key] = copy.deepcopy(new)
    _remark(marks, (*path, key), change)
    return old, new


def _new(change: Change, old: Any, key: str, there: bool, parent: Any, path: KeyPath) -> Any:
    """The new value; ChangeError where there is nothing to add to or to scale."""
    if change.operation == "set":
        return change.value
    if old is None:
        raise ChangeError(_lacks(parent, key, path, change.base))
    try:
        return (added if change.operation == "add" else scaled)(old, change.value, key)
    except ValueError as error:
        was = shown(old) if there else f"{shown(old)} (its default)"
        raise ChangeError(f"{spelled((*path, key))} is {was}: {error}") from None


def _down(data: Any, parts: list[str], change: Change) -> tuple[Any, KeyPath]:
    """The mapping or list a path leads to; what is set may begin a mapping that may be left out."""
    path: KeyPath = ()
    for part in parts:
        key = _found_key(data, part)
        if key is None or (isinstance(data, dict) and key not in data):
            if part not in _BEGUN or not isinstance(data, dict) or change.operation != "set" or change.if_there:
                raise ChangeError(_lacks(data, part, path, change.base))
            data[part] = {}
        data, path = data[key], (*path, key)
    return data, path


def _found_key(data: Any, part: str) -> Any:
    """A key of a mapping, or the number of a list's item called so; None if there is none."""
    if isinstance(data, dict):
        return part
    if not isinstance(data, list):
        raise ChangeError(f'"{part}" leads below {shown(data)}, which has no keys.')
    if part.isdigit():
        return int(part) if int(part) < len(data) else None
    for k, item in enumerate(data):
        if isinstance(item, dict) and part in [item.get(name) for name in _NAMES]:
            return k
    return None


def _lacks(data: Any, part: str, path: KeyPath, base: str) -> str:
    """What is missing, what is there, and the nearest name."""
    if isinstance(data, dict):
        has = [str(key) for key in data]
    else:
        has = [
            str(next((item[n] for n in _NAMES if n in item), k))
            for k, item in enumerate(data)
            if isinstance(item, dict)
        ]
    noun = _NOUNS.get(str(path[-1]), "") if path else ""
    who = base if noun and len(path) == 1 else f"{spelled(path)} of {base}" if path else base
    return f'{who} has no {noun or "key"} "{part}". It has: {listed(has)}.{nearest(part, has)}'


def _default(data: dict[str, Any], path: KeyPath) -> Any:
    """The default of a key the base leaves out, if it is a number; None if there is none."""
    try:
        value: Any = ScenarioModel.model_validate(data)
    except ValueError:
        return None
    for part in path:
        if isinstance(value, BaseModel):
            names = {field.alias or name: name for name, field in type(value).model_fields.items()}
            value = getattr(value, names.get(str(part), ""), None)
        elif isinstance(value, dict | tuple):
            value = value[part] if not isinstance(value, dict) or part in value else None  # type: ignore[index]
        else:
            return None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _remark(marks: Marks, path: KeyPath, change: Change) -> None:
    """The changed place, and all below it, now stands where the change was written."""
    for key in [key for key in marks if key[: len(path)] == path]:
        del marks[key]
    marks[path] = change.mark
    for below, mark in change.marks.items():
        marks[(*path, *below)] = mark


def below(marks: Marks, path: KeyPath) -> Marks:
    """The lines of what lies below a path, by the rest of their paths."""
    return {key[len(path) :]: mark for key, mark in marks.items() if key[: len(path)] == path and len(key) > len(path)}
