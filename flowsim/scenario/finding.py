"""What a named intervention finds in its base: steps, resources, their luck and season, nights and shares."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flowsim.scenario.changes import ChangeError
from flowsim.schema import listed, nearest, weeks

Data = dict[str, Any]
AMOUNT = {"slots": "slots_per_week", "staff": "servers", "places": "places"}
"""The key that says how much of a resource there is, by its kind."""


def taken(said: Data, keys: Iterable[str]) -> Data:
    """These keys as written, where they are written."""
    return {key: said[key] for key in keys if key in said}


def named(base: Data, room: str, noun: str, name: str) -> Data:
    """A resource or a step of the base; ChangeError with the nearest name."""
    found = base.get(room)
    found = found if isinstance(found, dict) else {}
    if not isinstance(found.get(name), dict):
        raise ChangeError(f'there is no {noun} "{name}". There are: {listed(found)}.{nearest(name, found)}')
    return dict(found[name])


def step_of(base: Data, name: str) -> Data:
    """A step of the base."""
    return named(base, "pathway", "step", name)


def kind_of(base: Data, name: str) -> str:
    """A resource's kind."""
    kind = str(named(base, "resources", "resource", name).get("kind"))
    if kind not in AMOUNT:
        raise ChangeError(f'"{name}" has no kind: slots, staff or places.')
    return kind


def weeks_below(base: Data, resource: str, limit: float) -> list[int]:
    """ISO weeks in which a resource's season is below a limit (as written: the last one named holds)."""
    factor: dict[int, float] = {}
    for part in base["resources"][resource].get("season") or []:
        try:
            factor.update(dict.fromkeys(weeks(part["weeks"]), float(part["factor"])))
        except (ValueError, KeyError, TypeError):
            continue  # said where the season itself is read
    if 52 in factor:
        factor.setdefault(53, factor[52])
    return sorted(week for week, value in factor.items() if value < limit)


def fewer(nights: Any, days: int) -> Any:
    """Nights moved down, none below 0; also by group."""
    if isinstance(nights, dict) and "by_group" in nights:
        return {**nights, "by_group": {group: fewer(one, days) for group, one in nights["by_group"].items()}}
    if not isinstance(nights, dict):
        return max(0, int(nights) - days)
    values = nights.get("values", nights)
    moved: dict[str, float] = {}
    for night, share in values.items():
        if str(night).isdigit():
            key = str(max(0, int(night) - days))
            moved[key] = float(f"{moved.get(key, 0) + float(share):.12g}")
    return moved


def shares_of(base: Data, below: str, steps: Any) -> Iterable[str]:
    """Paths of the shares of no-shows, cancellations or rework of the steps meant."""
    pathway = base.get("pathway") or {}
    for name in pathway if steps == "all" else steps:
        found = step_of(base, name).get(below) if steps != "all" or isinstance(pathway[name], dict) else None
        if isinstance(found, list):
            yield from (f"pathway.{name}.{below}.{k}.share" for k in range(len(found)))
        elif isinstance(found, dict):
            yield f"pathway.{name}.{below}.share"


def luck_of(base: Data, name: str) -> Data:
    """A resource's luck; ChangeError if it has none."""
    luck = named(base, "resources", "resource", name).get("luck")
    if not isinstance(luck, dict):
        raise ChangeError(f'"{name}" has no luck: nothing varies from week to week.')
    return luck


def spreads_of(base: Data, name: str) -> Iterable[str]:
    """Path of the sd or cv of a step's duration, of every group's. ChangeError where it has none."""
    duration = step_of(base, name).get("duration")
    where = f"pathway.{name}.duration"
    by_group = duration.get("by_group") if isinstance(duration, dict) else None
    laws = {f"{where}.by_group.{group}": law for group, law in by_group.items()} if by_group else {where: duration}
    found = [
        f"{path}.{key}" for path, law in laws.items() if isinstance(law, dict) for key in ("sd", "cv") if key in law
    ]
    if not found:
        raise ChangeError(f'the duration of "{name}" has no sd or cv to scale.')
    yield from found
