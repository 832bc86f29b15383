"""The schema for editors: what a scenario file may say as JSON Schema, shorthands included, so that keys complete."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic.json_schema import models_json_schema

from flowsim.schema.entry import DOC_KEYS, Entry
from flowsim.schema.models import ScenarioModel

Node = dict[str, Any]
_DOC: Node = {key: {"type": ["string", "boolean"]} for key in DOC_KEYS}
_DURATION: Node = {"type": ["string", "number"], "examples": ["90 min", "3 days", "6 weeks"]}
_SHARE: Node = {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "string", "pattern": "%$"}]}
_LISTS = ("patience", "late_cancellation")
"""Keys whose only item may stand without a list."""


def json_schema(plain: type[Entry], named: Mapping[str, type[Entry]]) -> Node:
    """JSON Schema (2020-12) of a scenario file. `plain` and `named`: the kinds of changes."""
    models: list[type[Entry]] = [ScenarioModel, plain, *named.values()]
    refs, whole = models_json_schema([(model, "validation") for model in models], title="flowsim scenario")
    defs = {name: _with_doc(_loosened(name, one)) for name, one in whole["$defs"].items()}
    by_model = {model: refs[model, "validation"] for model in models}
    change = {
        "type": "array",
        "items": {"anyOf": [by_model[plain], *(_named(k, by_model[m]) for k, m in named.items())]},
    }
    base = defs["ScenarioModel"]
    base["properties"]["change"] = change
    derived = {
        "type": "object",
        "required": ["scenario", "title", "based_on"],
        "additionalProperties": False,
        "properties": {
            **{key: base["properties"][key] for key in ("schema", "scenario", "title", "title_sv", "change")},
            "based_on": {"type": "string", "description": "the scenario file this one changes, relative to this file"},
            **_DOC,
        },
    }
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "flowsim scenario",
        "if": {"required": ["based_on"]},
        "then": derived,
        "else": {"$ref": "#/$defs/ScenarioModel"},
        "$defs": defs,
    }
    return _short_names(schema)


def _named(name: str, ref: Node) -> Node:
    """An intervention under its name."""
    return {"type": "object", "required": [name], "additionalProperties": False, "properties": {name: ref, **_DOC}}


def _short_names(schema: Node) -> Node:
    """Definitions by names that people can read."""
    text = json.dumps(schema)
    text = re.sub(r"ByGroup_Annotated_Union_[A-Za-z_]+", "LawByGroup", text)
    return dict(json.loads(text.replace("ByGroup_Nights_", "NightsByGroup")))


def _with_doc(node: Any) -> Any:
    """The free-text keys, allowed in every mapping of names."""
    if isinstance(node, list):
        return [_with_doc(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {key: _with_doc(value) for key, value in node.items()}
    if isinstance(made.get("additionalProperties"), dict):
        made["properties"] = {**_DOC, **made.get("properties", {})}
    return made


def _loosened(name: str, node: Node) -> Node:
    """A definition with the shorthands that stand for it."""
    for key in _LISTS:
        if key in node.get("properties", {}):
            listed = node["properties"][key]
            node["properties"][key] = {"anyOf": [listed, listed["items"]], "description": listed.get("description", "")}
    if name.startswith("ByGroup_") or name == "Routes":
        return {"anyOf": [node["properties"]["by_group"]["additionalProperties"], node]}
    return _SHORT[name](node) if name in _SHORT else node


def _open(node: Node) -> Node:
    """A mapping whose other keys are those of a law."""
    properties = {key: value for key, value in node["properties"].items() if key not in ("of", "after")}
    required = [key for key in node.get("required", ()) if key in properties]
    return {**node, "properties": properties, "required": required, "additionalProperties": True}


def _set(node: Node) -> Node:
    """{groups: {hip: 2}} is one certain alternative."""
    return {"anyOf": [node, {**node, **_also_alternative(node)}]}


def _also_alternative(node: Node) -> Node:
    extra = {"groups": {"type": "object"}, "probability": _SHARE}
    return {"required": ["groups"], "properties": {**node["properties"], **extra}}


_SHORT: dict[str, Callable[[Node], Node]] = {
    "Fixed": lambda node: {"anyOf": [_DURATION, node]},
    "RouteTable": lambda node: {"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": _SHARE}]},
    "Nights": lambda node: {
        "anyOf": [
            {"type": "integer", "minimum": 0},
            {
                "type": "object",
                "patternProperties": {r"^\d+$": _SHARE},
                "properties": _DOC,
                "additionalProperties": False,
            },
        ]
    },
    "Part": _open,
    "Patience": lambda node: {"anyOf": [_DURATION, _open(node)]},
    "Set": _set,
    "StaffTranche": lambda node: {
        **node,
        "properties": {**node["properties"], "price_sek_per_hour": node["properties"]["price_sek_per_unit"]},
    },
    "With": lambda node: {"anyOf": [{"type": "number"}, node]},
}
