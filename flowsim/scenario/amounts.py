"""Adding to and scaling what a scenario file says: numbers, per cent, durations and laws, in their own units."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flowsim.schema import UNITS_S, quantity

_PER_CENT = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*%\s*$")
_LENGTHS = ("value", "mean", "sd", "low", "mode", "high")
"""Keys of a law that are durations."""
_TABLES = ("by_group", "by_weekday", "per_hour_by_weekday")
"""Mappings whose values are amounts, one by one."""


def scaled(old: Any, factor: Any, key: str = "") -> Any:
    """`old` times a number; ValueError in words if it cannot be."""
    if isinstance(factor, bool) or not isinstance(factor, int | float):
        raise ValueError("scale must be a number without unit, as 1.05.")
    return _each(old, lambda one: _number_or_duration(one, lambda x: x * factor), key, spread=True)


def added(old: Any, amount: Any, key: str = "") -> Any:
    """`old` plus a number or a duration; ValueError in words if it cannot be."""
    return _each(old, lambda one: _plus(one, amount), key, spread=False)


def _each(old: Any, change: Callable[[Any], Any], key: str, spread: bool) -> Any:
    """Changes a single amount, each amount of a list or table, or the durations of a law."""
    if isinstance(old, list):
        return [_each(one, change, key, spread) for one in old]
    if not isinstance(old, dict):
        return change(old)
    if key in _TABLES or set(old) == {"by_group"}:
        return {name: _each(one, change, "by_group" if name == "by_group" else "", spread) for name, one in old.items()}
    if "law" in old:
        return _law(old, change, spread)
    raise ValueError(
        "only a number, a duration, a law, or a table of these by group or weekday can be added to or scaled."
    )


def _law(old: dict[str, Any], change: Callable[[Any], Any], spread: bool) -> dict[str, Any]:
    """A law with its durations changed; adding leaves its standard deviation as it is."""
    new = {key: _law_key(key, value, change, spread) for key, value in old.items()}
    if new == old and not any(key in old for key in (*_LENGTHS, "values", "bins", "parts")):
        raise ValueError(f"this {old['law']} law has no durations; name the key that is meant, as luck.cv.")
    return new


def _law_key(key: str, value: Any, change: Callable[[Any], Any], spread: bool) -> Any:
    if key in _LENGTHS and (spread or key != "sd"):
        return change(value)
    if key == "values" and isinstance(value, list):
        return [change(one) for one in value]
    if key == "values" and isinstance(value, dict):
        return {str(change(length)): share for length, share in value.items()}
    if key == "bins" and isinstance(value, list):
        return [{**one, "to": change(one["to"])} if isinstance(one, dict) and "to" in one else one for one in value]
    if key == "parts" and isinstance(value, list):
        return [_law(one, change, spread) if isinstance(one, dict) else one for one in value]
    return value


def _plus(old: Any, amount: Any) -> Any:
    """A number plus a number, a duration plus a duration (in the old one's unit)."""
    per_cent = _PER_CENT.match(amount) if isinstance(amount, str) else None
    if per_cent:
        amount = float(per_cent[1]) / 100
    if isinstance(amount, str):
        more, unit = _quantity(amount)
        if old == 0 and not isinstance(old, str):
            return _tidy(more, unit)
        if not isinstance(old, str) or _PER_CENT.match(old):
            raise ValueError(f"{old} has no unit: add a number without one.")
        own, own_unit = _quantity(old)
        return _tidy(own + more * UNITS_S[unit] / UNITS_S[own_unit], own_unit)
    if isinstance(amount, bool) or not isinstance(amount, int | float):
        raise ValueError('add must be a number, as 6, or a duration, as "10 min".')
    if isinstance(old, str) and not _PER_CENT.match(old):
        raise ValueError(f'"{old}" is no bare number: add a duration with its unit.')
    return _number_or_duration(old, lambda x: x + amount)


def _number_or_duration(old: Any, change: Callable[[float], float]) -> Any:
    """One amount changed: a number, a per cent (as a share), or a duration in its own unit."""
    if isinstance(old, bool) or not isinstance(old, int | float | str):
        raise ValueError("is neither a number nor a duration.")
    if not isinstance(old, str):
        return rounded(change(old))
    per_cent = _PER_CENT.match(old)
    if per_cent:
        return rounded(change(float(per_cent[1]) / 100))
    amount, unit = _quantity(old)
    return _tidy(change(amount), unit)


def _quantity(text: str) -> tuple[float, str]:
    """A duration's amount and unit; ValueError in words."""
    try:
        amount, unit = quantity(text)
    except ValueError as error:
        raise ValueError(f'"{text}" {error}') from None
    return amount, unit


def _tidy(amount: float, unit: str) -> str:
    return f"{rounded(amount):.12g} {unit}"


def rounded(number: float) -> float | int:
    """A number without the dust of binary fractions; whole ones stay whole."""
    tidy = float(f"{number:.12g}")
    return int(tidy) if tidy == int(tidy) and abs(tidy) < 1e15 else tidy
