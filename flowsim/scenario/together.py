"""Luck that goes together: what a calibration found of two resources' weeks, or of contacts and hours, as pairs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flowsim.errors import Fault, InputError
from flowsim.scenario.files import Files, calibrated
from flowsim.schema import KeyPath, Marks, fault_here, place, read

Used = dict[tuple[str, str], str]
"""(resource in the calibration file, contacts or hours) -> the scenario's resource that takes its luck from there."""
_PAST = ("bootstrap", "classes")


def bring_in_together(data: dict[str, Any], marks: Marks, files: Files) -> list[Fault]:
    """Writes out the lines of `luck_together` that name a calibration file, pair by pair; before luck is filled in."""
    said = data.get("luck_together")
    if not isinstance(said, list):
        return []
    written: list[Any] = []
    faults: list[Fault] = []
    for k, item in enumerate(said):
        pairs = [item]
        if isinstance(item, dict) and isinstance(item.get("calibration"), str):
            try:
                pairs = _pairs(data, ("luck_together", k, "calibration"), marks, files)
            except InputError as error:
                faults += error.faults
        for pair in pairs:
            marks[("luck_together", len(written))] = place(marks, ("luck_together", k))
            written.append(pair)
    data["luck_together"] = written
    return faults


def _pairs(data: dict[str, Any], path: KeyPath, marks: Marks, files: Files) -> list[dict[str, Any]]:
    """What the file found, between the scenario's resources. InputError if it found nothing between them."""
    typed = data["luck_together"][path[1]]["calibration"]
    try:
        file = files.beside(typed, place(marks, path).file)
        fitted, _ = read(files.text(file, "calibration file"), file)
    except InputError as error:
        raise InputError([fault_here(marks, path, error.faults[0].message, typed)]) from None
    except ValueError as error:
        raise InputError([fault_here(marks, path, str(error), typed)]) from None
    found = list(_found(fitted, _used(data, file, marks, files)))
    if not found:
        message = "found nothing that goes together between resources here that take their luck from it."
        raise InputError([fault_here(marks, path, message, typed)])
    return found


def _used(data: dict[str, Any], file: str, marks: Marks, files: Files) -> Used:
    """Who takes luck from the file."""
    found: Used = {}
    for path in calibrated(data):
        if path[0] != "resources" or len(path) != 3:
            continue
        luck = data["resources"][path[1]]["luck"]
        try:
            its = files.beside(str(luck["calibration"]), place(marks, path).file)
        except ValueError:
            continue  # said where luck is filled in
        if its == file:
            found[(str(luck.get("resource")), str(luck.get("of", "contacts")))] = str(path[1])
    return found


def _found(fitted: dict[str, Any], used: Used) -> Iterator[dict[str, Any]]:
    """Pairs kept by the calibration: whole weeks where both are drawn from past weeks, else a correlation."""
    resources: dict[str, Any] = fitted.get("resources", {})
    for pair in fitted.get("together", []):
        names = [used.get((pair[side], "contacts")) for side in ("first", "second")]
        if pair.get("kept") and all(names):
            laws = [resources[pair[side]]["luck"] for side in ("first", "second")]
            yield {"resources": names, **_how(laws, pair["correlation"])}
    for name, one in resources.items():
        hours = one.get("hours_luck")
        names = [used.get((name, of)) for of in ("contacts", "hours")]
        if isinstance(hours, dict) and "luck" in hours and all(names):
            yield {"resources": names, **_how([one["luck"], hours["luck"]], hours["correlation"])}


def _how(laws: list[dict[str, Any]], correlation: float) -> dict[str, Any]:
    past = [law["law"] in _PAST for law in laws]
    if all(past) and len({len(law.get("values", ())) for law in laws}) == 1:
        return {"same_weeks": True}
    return {"correlation": correlation}
