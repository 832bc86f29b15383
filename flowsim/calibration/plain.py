"""Plain data: frozen records as mappings and lists, and back again by the types they declare."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any, Union, get_args, get_origin, get_type_hints


def plain(value: Any) -> Any:
    """Mappings, lists, texts and numbers of five figures; dates as texts; fields that are None left out."""
    if is_dataclass(value) and not isinstance(value, type):
        pairs = ((one.name, getattr(value, one.name)) for one in fields(value))
        return {name: plain(one) for name, one in pairs if one is not None}
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, date):
        return str(value)
    return float(f"{value:.5g}") if isinstance(value, float) else value


def restored(kind: Any, data: Any) -> Any:
    """The record of this type that `plain` made `data` of. TypeError or ValueError if it cannot have been."""
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        if set(data) - set(hints):
            raise TypeError("unknown keys")
        known = [one.name for one in fields(kind) if one.name in data or type(None) in get_args(hints[one.name])]
        return kind(**{name: restored(hints[name], data.get(name)) for name in known})  # type: ignore[operator]
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return None if data is None else restored(next(one for one in inner if one is not type(None)), data)
    if origin is tuple:
        kept = [inner[0]] * len(data) if inner[-1] is Ellipsis else inner
        return tuple(restored(one, value) for one, value in zip(kept, data, strict=True))
    if origin is dict:
        return {key: restored(inner[1], value) for key, value in data.items()}
    if kind is date:
        return date.fromisoformat(data)
    return float(data) if kind is float else data
