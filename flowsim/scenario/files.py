"""Files a scenario names: found beside the file that names them, inside the project's folder, and read once.

The project's folder is the one that holds the scenario's folder. Paths become such as can be opened from where the
scenario was typed; luck that names a calibration file is replaced by what is fitted there.
"""

from __future__ import annotations

import copy
import csv
import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError

from flowsim.errors import Fault, InputError
from flowsim.scenario.parameter_sets import Sets, overlaid, sets_of, varied
from flowsim.schema import (
    CalibratedLuck,
    KeyPath,
    Marks,
    fault_here,
    listed,
    nearest,
    place,
    read,
    spelled,
    text_of,
)

_KEPT = ("level_out", "lowest")
"""Keys beside `calibration` that hold for the fitted luck."""
_SIZES = {"resources": "level", "arrivals": "per_week", "tranches": "slots_per_week"}
"""What an uncertain level is a factor on: of a resource, of a source, of a resource's further slots."""


@dataclass
class Files:
    """What has been read for one scenario."""

    project: str
    """Real path of the folder that holds the scenario's folder."""
    texts: dict[str, str] = field(default_factory=dict)
    """Path, openable from where the scenario was typed -> text."""
    set_number: int | None = None
    """The parameter set to read by, from 1; 0: sets are read but none is taken; None: they are left alone."""
    sets: dict[str, Sets] = field(default_factory=dict)
    """Path -> the parameter sets found there."""

    def beside(self, typed: str, file: str) -> str:
        """The path of `typed` as written in `file`. ValueError in words if it leads out of the project's folder."""
        if os.path.isabs(typed) or "\0" in typed or "\\" in typed or not typed.strip():
            raise ValueError("must be a path relative to this file, with / between folders.")
        path = os.path.normpath(os.path.join(os.path.dirname(file), typed))
        real = os.path.realpath(path)
        if os.path.commonpath([real, self.project]) != self.project:
            folder = os.path.basename(self.project) or self.project
            raise ValueError(
                f"leads out of the project's folder \"{folder}\" (the one that holds the scenario's folder)."
            )
        return path

    def text(self, path: str, kind: str) -> str:
        """A file's text, read once. InputError if it cannot be read."""
        if path not in self.texts:
            self.texts[path] = text_of(path, path, kind)
        return self.texts[path]

    def sets_at(self, path: str) -> Sets:
        """The parameter sets of a file. InputError if it has none."""
        if path not in self.sets:
            self.sets[path] = sets_of(self.text(path, "file of parameter sets"), path)
        return self.sets[path]

    def sets_beside(self, calibration: str) -> Sets | None:
        """The parameter sets beside a calibration file; None if there are none, or they are left alone."""
        path = f"{os.path.splitext(calibration)[0]}_sets.csv"
        there = self.set_number is not None and (path in self.texts or os.path.isfile(path))
        return self.sets_at(path) if there else None


def project_of(path: str) -> str:
    """The folder that holds the scenario's folder."""
    return os.path.dirname(os.path.dirname(os.path.realpath(path)))


def bring_in(data: dict[str, Any], marks: Marks, files: Files) -> list[Fault]:
    """Finds and reads the files named in `data`: its paths are replaced, its calibrated luck filled in."""
    faults: list[Fault] = []
    for key, kind in (("unit_costs", "unit costs file"), ("payments", "payments file")):
        if isinstance(data.get(key), str):
            faults += _located(data, (key,), marks, files, kind)
    for name, source in _mappings(data, "arrivals"):
        if isinstance(source.get("timetable"), str):
            faults += _located(data, ("arrivals", name, "timetable"), marks, files, "timetable")
    for path in calibrated(data):
        faults += _calibration(data, path, marks, files)
    return faults


def bring_in_sets(data: dict[str, Any], marks: Marks, files: Files) -> list[Fault]:
    """Finds the file of `parameter_sets`; where sets are asked for, writes the numbers of one into `data`."""
    typed, path = data.get("parameter_sets"), ("parameter_sets",)
    if not isinstance(typed, str):
        return []
    try:
        data["parameter_sets"] = files.beside(typed, place(marks, path).file)
        sets = files.sets_at(data["parameter_sets"]) if files.set_number is not None else None
        if sets is not None and files.set_number is not None:
            overlaid(data if files.set_number else copy.deepcopy(data), sets, files.set_number or 1)
    except InputError as error:
        return [fault_here(marks, path, error.faults[0].message, typed)]
    except ValueError as error:
        return [fault_here(marks, path, str(error), typed)]
    return []


def _located(data: Any, path: KeyPath, marks: Marks, files: Files, kind: str) -> list[Fault]:
    """Replaces a path by one that can be opened from here, and reads the file."""
    parent = _at(data, path[:-1])
    typed = parent[path[-1]]
    try:
        parent[path[-1]] = files.beside(typed, place(marks, path).file)
        files.text(parent[path[-1]], kind)
    except InputError as error:
        return [fault_here(marks, path, error.faults[0].message, typed)]
    except ValueError as error:
        return [fault_here(marks, path, str(error), typed)]
    return []


def _at(data: Any, path: KeyPath) -> Any:
    for part in path:
        data = data[part]
    return data


def _mappings(data: dict[str, Any], room: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The named mappings of a room."""
    found = data.get(room)
    for name, one in found.items() if isinstance(found, dict) else ():
        if isinstance(one, dict):
            yield name, one


def calibrated(data: dict[str, Any]) -> Iterator[KeyPath]:
    """Paths of luck that names a calibration file."""
    for room in ("arrivals", "resources"):
        for name, one in _mappings(data, room):
            parts: list[tuple[KeyPath, dict[str, Any]]] = [((room, name), one)]
            parts += [((room, name, "tranches", label), tranche) for label, tranche in _mappings(one, "tranches")]
            for path, part in parts:
                if isinstance(part.get("luck"), dict) and "calibration" in part["luck"]:
                    yield (*path, "luck")


def _calibration(data: Any, path: KeyPath, marks: Marks, files: Files) -> list[Fault]:
    """Fills in a luck from its calibration file; refuses raw luck where there is a season too."""
    said = _at(data, path)
    try:
        wanted = CalibratedLuck.model_validate(said)
    except ValidationError:
        return []  # said where the whole scenario is read
    if faults := _located(data, (*path, "calibration"), marks, files, "calibration file"):
        return faults
    file = said["calibration"]
    try:
        fitted, _ = read(files.texts[file], file)
    except InputError as error:
        return list(error.faults)
    known = fitted.get("resources")
    known = known if isinstance(known, dict) else {}
    one = known.get(wanted.resource)
    if not isinstance(one, dict) or not isinstance(one.get("luck"), dict):
        message = (
            f'{file} has no luck for "{wanted.resource}". It has: {listed(known)}.{nearest(wanted.resource, known)}'
        )
        return [fault_here(marks, (*path, "resource"), message, wanted.resource)]
    if (one.get("raw") or fitted.get("raw")) and _at(data, path[:-1]).get("season"):
        message = (
            f"{file} says raw: its luck holds the season already, and {spelled(path[:-1])} has a season too: "
            "variation would be counted twice. Leave out one of them."
        )
        return [fault_here(marks, path, message)]
    parent, luck, sets = _at(data, path[:-1]), one["luck"], files.sets_beside(file)
    if wanted.of == "hours":
        if not (isinstance(one.get("hours_luck"), dict) and isinstance(one["hours_luck"].get("luck"), dict)):
            message = f"{file} has no luck of hours for {wanted.resource}: its history holds no hours."
            return [fault_here(marks, (*path, "of"), message, wanted.of)]
        luck, sets = one["hours_luck"]["luck"], None
    if sets is not None and files.set_number:
        luck, factor = varied(luck, sets, wanted.resource, files.set_number)
        if wanted.level_varies and _own_level(one):
            _resize(parent, _SIZES[str(path[-3])], factor)
    parent["luck"] = {**luck, **{key: said[key] for key in _KEPT if key in said}}
    return []


def _own_level(fitted: dict[str, Any]) -> bool:
    """Whether the level is the history's own (else it was given, for a resource of another size)."""
    level = fitted.get("level")
    return isinstance(level, dict) and level.get("value") == level.get("found")


def _resize(part: dict[str, Any], key: str, factor: float) -> None:
    """An uncertain level: its number times a factor. (What has no such number, a tranche of staff, is left alone.)"""
    if key in part or key == "level":
        part[key] = float(part.get(key, 1.0)) * factor


def too_short(path: str, text: str, last: date) -> str:
    """What is wrong if a timetable file ends before the horizon's last day; '' if it does not, or cannot be read."""
    try:
        rows = csv.DictReader(io.StringIO(text))
        rows.fieldnames = [name.strip().lower() for name in rows.fieldnames or ()]
        end = max(date.fromisoformat((row.get("date") or "").strip()) for row in rows)
    except (ValueError, csv.Error, TypeError):
        return ""
    if end >= last:
        return ""
    return (
        f"{path} ends on {end}, {(last - end) // timedelta(days=1)} days before the horizon's last day {last}. "
        "Continue the file, shorten the horizon, or write repeats: true."
    )


def relative(data: dict[str, Any], folder: str) -> dict[str, Any]:
    """The same data with its paths written from a folder, as they would be in a scenario file there."""

    def written(path: Any) -> Any:
        return os.path.relpath(path, folder or ".").replace(os.sep, "/") if isinstance(path, str) else path

    return _replaced(data, written)


def _replaced(data: dict[str, Any], written: Callable[[Any], Any]) -> dict[str, Any]:
    made = dict(data)
    made.update({key: written(data[key]) for key in ("unit_costs", "payments", "parameter_sets") if key in data})
    if isinstance(data.get("arrivals"), dict):
        made["arrivals"] = {
            name: {**one, "timetable": written(one["timetable"])}
            if isinstance(one, dict) and "timetable" in one
            else one
            for name, one in data["arrivals"].items()
        }
    return made
