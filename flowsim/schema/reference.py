"""The reference: every key of a scenario file with its type, unit, default and meaning, read off the models."""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from flowsim.schema import laws, luck, models, pathway, resources, values
from flowsim.schema.entry import DOC_KEYS, Entry


@dataclass(frozen=True)
class Row:
    """One key."""

    part: str
    """The mapping it stands in."""
    key: str
    type: str
    unit: str
    default: str
    """'' = required."""
    meaning: str


_READERS: dict[Any, tuple[str, str]] = {
    values.number: ("number", ""),
    values.not_negative: ("number, 0 or more", ""),
    values.positive: ("number above 0", ""),
    values.whole: ("whole number", ""),
    values.count: ("whole number, 0 or more", ""),
    values.count_from_one: ("whole number, 1 or more", ""),
    values.share: ("share", '0 to 1, or "30 %"'),
    values.seconds: ("duration", "s, min, h, days, weeks or years"),
    values.whole_seconds: ("duration", "s, min, h, days, weeks or years"),
    values.day: ("date", "YYYY-MM-DD"),
    values.time_of_day: ("time of day", '"HH:MM"'),
    values.hours: ("opening hours", '"HH:MM-HH:MM"'),
    values.days: ("weekdays", "mon-fri, [mon, wed] or {mon: 2, tue: 1}"),
    values.weeks: ("ISO weeks", '30, "26-32" or a list'),
    values.week: ("ISO week", "1 to 53"),
    values.name: ("name", ""),
    laws.read_law: ("law", "a duration, or {law: ...}"),
    laws.night_count: ("nights", "whole nights"),
    luck.read_luck: ("luck", "{law: ...} or {calibration: ...}"),
    resources.read_resource: ("resource", "by kind: slots, staff or places"),
    pathway.read_then: ("routes or split", ""),
    pathway.needs: ("resources", "[clinic] or {clinic: 1, team: 2}"),
    models.read_waited: ("law, or list of durations", ""),
    models.read_remaining: ("{nights: ...} or law", ""),
}
"""What a value is, by the function that reads it: (type, unit or form)."""
_UNIT_OF_KEY = (("_sek_per_unit", "SEK per unit"), ("_sek", "SEK"), ("per_week", "a week"), ("per_day", "a day"))


def reference(further: Iterable[type[Entry]] = ()) -> list[Row]:
    """Every key of a scenario file, mapping by mapping; `further`: the kinds of changes."""
    rows: list[Row] = []
    seen: set[type[BaseModel]] = set()
    kinds: list[type[BaseModel]] = [models.ScenarioModel, *resources.KINDS.values(), *laws.LAWS.values()]
    kinds += [luck.DrawnLuck, luck.CalibratedLuck, luck.BootstrapLuck, luck.ClassLuck]
    for model in (*kinds, *further):
        rows += _rows(model, seen)
    return rows


def _rows(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[Row]:
    """A mapping's keys, then those of the mappings in it."""
    if model in seen:
        return
    seen.add(model)
    model.model_rebuild()
    inner: list[type[BaseModel]] = []
    for name, field in model.model_fields.items():
        if name not in DOC_KEYS:
            key = field.alias or name
            type_, unit = _spoken(field.annotation, field.metadata)
            unit = unit or next((words for ending, words in _UNIT_OF_KEY if key.endswith(ending)), "")
            yield Row(_title(model), key, type_, unit, _default(field, type_), field.description or "")
            inner += _models_in(field.annotation)
    for one in inner:
        yield from _rows(one, seen)


def _title(model: type[BaseModel]) -> str:
    """A mapping's name: what its docstring says first."""
    return (model.__doc__ or model.__name__).strip().split("\n")[0].rstrip(".")


def _spoken(annotation: Any, metadata: Iterable[Any] = ()) -> tuple[str, str]:
    """(type, unit) of an annotation in words."""
    for one in metadata:
        reader = getattr(one, "function", None)
        if reader in _READERS:
            return _READERS[reader]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _spoken(arguments[0], arguments[1:])
    if origin in (Union, types.UnionType):
        kinds = [_spoken(one) for one in arguments if one is not type(None)]
        return " or ".join(dict.fromkeys(kind for kind, _ in kinds)), next((unit for _, unit in kinds if unit), "")
    if origin is Literal:
        return " | ".join(str(one).lower() if isinstance(one, bool) else str(one) for one in arguments), ""
    if origin is dict:
        return f"mapping: {_spoken(arguments[1])[0]} by name", _spoken(arguments[1])[1]
    if origin in (tuple, list):
        return f"list: {_spoken(arguments[0])[0]}", _spoken(arguments[0])[1]
    if isinstance(annotation, type) and issubclass(annotation, laws.ByGroup):
        inner = annotation.model_fields["by_group"].annotation
        return f"{_spoken(get_args(inner)[1])[0]}, also by_group", _spoken(get_args(inner)[1])[1]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "mapping", ""
    return {str: ("text", ""), bool: ("true | false", "")}.get(annotation, ("anything", ""))


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Mappings that stand in a value, laws and resources apart (they are listed once, by kind)."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        apart: tuple[type[BaseModel], ...] = (
            laws.ByGroup,
            laws.Nights,
            pathway.RouteTable,
            *laws.LAWS.values(),
            *resources.KINDS.values(),
        )
        if not issubclass(annotation, apart):
            yield annotation
        return
    for one in get_args(annotation):
        yield from _models_in(one)


def _default(field: FieldInfo, type_: str) -> str:
    """A default as it would be written; 'required' has none."""
    if field.is_required():
        return ""
    value = field.get_default(call_default_factory=True)
    if value is None or value in ((), {}) or isinstance(value, BaseModel):
        return "1 week" if value == pathway.A_WEEK else "0 days" if value == pathway.AT_ONCE else "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if type_ == "time of day":
        return f'"{value // 3600:02d}:{value % 3600 // 60:02d}"'
    if type_ == "opening hours":
        return "-".join(f"{second // 3600:02d}:{second % 3600 // 60:02d}" for second in value)
    if type_ == "weekdays":
        return "mon-fri" if value == resources.MON_FRI else "every day"
    if type_ == "duration":
        return f"{value / 60:g} min"
    return value.isoformat() if isinstance(value, date) else f"{value:g}" if isinstance(value, float) else str(value)
