"""Rewriting routes: what led to one step leads to another; steps in a row become branches of a split."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from flowsim.scenario.changes import ChangeError
from flowsim.schema import listed

Data = dict[str, Any]


def parallel_changes(base: Data, steps: list[str], join: str) -> list[tuple[str, Any]]:
    """(path, new value) pairs that put steps, now in a row, side by side between a new step and `join`."""
    pathway = base["pathway"]
    fork = "_and_".join(steps)
    if fork in pathway:
        raise ChangeError(f"there is a step {fork} already.")
    for step in steps:
        goes = _only_target(pathway[step].get("then"))
        if goes not in (*steps, join):
            raise ChangeError(f'"{step}" must lead to {join} or to another of {listed(steps)}, and nowhere else.')
    waiting = [
        item for item in base.get("queue_at_start") or [] if isinstance(item, dict) and item.get("step") in steps
    ]
    if waiting:
        raise ChangeError(
            f"queue_at_start has patients at {waiting[0]['step']}: they would never meet the other branch."
        )
    made: list[tuple[str, Any]] = [(f"pathway.{fork}", {"then": {"all": list(steps), "join": join}, "kpp": "overhead"})]
    made += [(f"pathway.{step}.then", join) for step in steps]
    for name, step in pathway.items():
        if name not in steps and isinstance(step, dict):
            made += [(f"pathway.{name}.{key}", value) for key, value in _led_to(step, set(steps), fork)]
    for room in ("arrivals", "due_at_start"):
        made += _sources(base, room, set(steps), fork)
    return made


def _led_to(step: Data, old: set[str], new: str) -> Iterator[tuple[str, Any]]:
    """A step's keys that led to the old steps, with the new one instead."""
    if "then" in step and renamed(step["then"], old, new) != step["then"]:
        yield "then", renamed(step["then"], old, new)
    for path in (("overflow",), ("rework", "to"), ("elsewhere", "then"), ("elsewhere", "complication_step")):
        found: Any = step
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        if isinstance(found, str) and found in old:
            yield ".".join(path), new


def _sources(base: Data, room: str, old: set[str], new: str) -> list[tuple[str, Any]]:
    """The same for where patients come in."""
    found = base.get(room) or {}
    pairs = found.items() if isinstance(found, dict) else enumerate(found)
    return [(f"{room}.{key}.step", new) for key, one in pairs if isinstance(one, dict) and one.get("step") in old]


def _only_target(then: Any) -> str:
    """The one step that follows, '' if there are several."""
    if isinstance(then, str):
        return then
    if isinstance(then, dict) and len(then) == 1 and not {"by_group", "all"} & set(then):
        return str(next(iter(then)))
    return ""


def renamed(then: Any, old: set[str], new: str) -> Any:
    """`then` with its targets renamed; targets that become one are added up."""
    if isinstance(then, str):
        return new if then in old else then
    if not isinstance(then, dict) or "all" in then:
        return then
    if "by_group" in then:
        return {**then, "by_group": {group: renamed(one, old, new) for group, one in then["by_group"].items()}}
    made: Data = {}
    for target, share in copy.deepcopy(then).items():
        key = new if target in old else target
        made[key] = made[key] + share if key in made and isinstance(share, int | float) else share
    return made
