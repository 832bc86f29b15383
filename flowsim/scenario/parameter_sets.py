"""Parameter sets: the scenario as it would stand if its history had been another one of the same clinic's.

A calibration leaves its numbers open, more or less. Beside what it fitted it writes sets that the same clinic's luck
could have given instead (`*_sets.csv`: column `set`, then a column for each number). With input uncertainty,
replication r is run with set 1 + (r mod 200), so that a study's spread holds what the history leaves open too.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from typing import Any

from flowsim.errors import Fault, InputError

SETS = 200
"""Sets that replications go through; a file with fewer is gone through again."""
_COLUMN = "set"


def set_number(replication: int) -> int:
    """The set of a replication, from 1."""
    return 1 + replication % SETS


@dataclass(frozen=True)
class Sets:
    """A file of parameter sets, read."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def of(self, number: int) -> dict[str, str]:
        """Column -> cell of one set, from 1; beyond the last the first again."""
        return dict(zip(self.columns, self.rows[(number - 1) % len(self.rows)], strict=True))

    def middle(self, column: str) -> float:
        """The median of a column of numbers: what the sets lie around."""
        values = sorted(float(row[self.columns.index(column)]) for row in self.rows)
        return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2


def sets_of(text: str, file: str) -> Sets:
    """A file's sets. InputError if it is not such a file."""
    rows = [tuple(row) for row in csv.reader(text.splitlines()) if row]
    if len(rows) < 2 or rows[0][0] != _COLUMN or any(len(row) != len(rows[0]) for row in rows):
        message = f"is no file of parameter sets: a column `{_COLUMN}`, then one for each number, a row for each set."
        raise InputError([Fault(file, 1, "the file", "", message)])
    return Sets(file, rows[0][1:], tuple(row[1:] for row in rows[1:]))


def overlaid(data: dict[str, Any], sets: Sets, number: int) -> None:
    """Writes a set's numbers at their places in a scenario's data. InputError for a place that is not there."""
    for where, cell in sets.of(number).items():
        parent, key = _place(data, where.split("."))
        if parent is None:
            message = f"the scenario has no {where}: it was changed after it was calibrated."
            raise InputError([Fault(sets.file, 1, where, "", message)])
        parent[key] = _value(cell)


def _place(data: Any, parts: list[str]) -> tuple[Any, Any]:
    """The mapping or list that holds a dotted place, and the key there; names may hold dots themselves."""
    if isinstance(data, list):
        keys: dict[str, Any] = {str(k): k for k in range(len(data))}
    else:
        keys = {str(key): key for key in data} if isinstance(data, dict) else {}
    for k in range(1, len(parts) + 1):
        name = ".".join(parts[:k])
        if name not in keys:
            continue
        if k == len(parts):
            return data, keys[name]
        found = _place(data[keys[name]], parts[k:])
        if found[0] is not None:
            return found
    return None, None


def _value(cell: str) -> Any:
    """A number, or a text such as "14 years"."""
    try:
        number = float(cell)
    except ValueError:
        return cell
    return number if math.isfinite(number) else cell


def varied(luck: dict[str, Any], sets: Sets, resource: str, number: int) -> tuple[dict[str, Any], float]:
    """(a fitted luck under a set, the factor on its level).

    A law takes the set's CV, relative to what the sets lie around (the law may stand for a resource of another size),
    and its lag1; past weeks and classes of weeks are drawn nearer to their mean or further from it, by the square
    root of variance over mean. A luck without columns in the file is left as it is.
    """
    one = {name.removeprefix(f"{resource}."): cell for name, cell in sets.of(number).items()}
    made = dict(luck)
    if "cv" in luck and "cv" in one:
        made["cv"] = round(luck["cv"] * _ratio(sets, resource, "cv", one), 6)
        made["lag1"] = float(one["lag1"]) if luck.get("lag1") else 0.0
    elif "variance_to_mean" in one and "cv" not in luck:
        made |= _stretched(luck, math.sqrt(_ratio(sets, resource, "variance_to_mean", one)))
    return made, _ratio(sets, resource, "level", one) if "level" in one else 1.0


def _stretched(luck: dict[str, Any], by: float) -> dict[str, Any]:
    """Past weeks' factors, or those of classes, moved away from 1 or towards it."""

    def moved(factor: Any) -> float:
        return round(max(0.0, 1.0 + by * (float(factor) - 1.0)), 6)

    if "values" in luck:
        return {"values": [moved(value) for value in luck["values"]]}
    return {"classes": {name: {**one, "factor": moved(one["factor"])} for name, one in luck["classes"].items()}}


def _ratio(sets: Sets, resource: str, name: str, one: dict[str, str]) -> float:
    middle = sets.middle(f"{resource}.{name}")
    return float(one[name]) / middle if middle > 0 else 1.0
