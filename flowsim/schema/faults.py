"""From a refused value to a fault a planner can mend: file, line, key, what was found, what is allowed."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from flowsim.errors import Fault, InputError
from flowsim.schema.reading import KeyPath, Marks, place, spelled

M = TypeVar("M", bound=BaseModel)


def parsed(model: type[M], data: Any, marks: Marks) -> M:
    """The data as a model; all its faults at once as InputError, each at the line of its key."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise InputError(faults_of(error, data, marks)) from None


def faults_of(error: ValidationError, data: Any, marks: Marks, at: KeyPath = ()) -> list[Fault]:
    """The faults of a refused model, in the order of the file; `at`: where in `data` the model was read."""
    faults = [_fault({**one, "loc": (*at, *one["loc"])}, data, marks) for one in error.errors(include_url=False)]
    return sorted(dict.fromkeys(faults), key=lambda fault: (fault.file, fault.line))


def fault_here(marks: Marks, path: KeyPath, message: str, found: Any = None) -> Fault:
    """A fault at a key path; the message begins with a capital."""
    mark = place(marks, path)
    return Fault(mark.file, mark.line, spelled(path), shown(found), sentence(message))


def sentence(message: str) -> str:
    """A message with a capital, unless it begins with a name of a file or a key."""
    first = message.split(" ", 1)[0].rstrip(",:")
    return message[:1].upper() + message[1:] if first.isalpha() else message


def _fault(one: Any, data: Any, marks: Marks) -> Fault:
    """One refused value, at its key in the file."""
    path = written(one["loc"], data)
    missing = one["msg"].startswith("is missing")
    return fault_here(marks, path, one["msg"], None if missing else value_at(data, path))


def written(loc: tuple[str | int, ...], data: Any) -> KeyPath:
    """The key path in the file of a place in the model: parts that the long form added are left out.

    The last part is kept where the mapping lacks it (a key that is missing).
    """
    path: list[str | int] = []
    for k, part in enumerate(loc):
        if _has(data, part):
            data = data[part]
        elif not (isinstance(data, dict) and k == len(loc) - 1 and part not in _ADDED):
            continue
        path.append(part)
    return tuple(path)


def _has(data: Any, part: str | int) -> bool:
    """Is there a value under this key or number?"""
    return part in data if isinstance(data, dict) else isinstance(data, list) and part in range(len(data))


_ADDED = ("by_group", "default", "of", "after", "[key]")
"""Parts of the long form that a shorthand leaves out."""


def value_at(data: Any, path: KeyPath) -> Any:
    """The value at a key path, None if there is none."""
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def shown(value: Any) -> str:
    """A value as a message shows it: texts in quotes, long things cut."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = f'"{value}"'
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{key}: {shown(one)}" for key, one in list(value.items())[:8]) + "}"
    elif isinstance(value, list | tuple):
        text = "[" + ", ".join(shown(one) for one in value[:8]) + "]"
    else:
        text = str(value)
    return text if len(text) <= 80 else text[:76] + " ..."
