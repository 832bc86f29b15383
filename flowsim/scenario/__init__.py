"""A scenario: its file, its bases and its changes as one model for each period, and the list of what changed."""

from __future__ import annotations

from typing import Any

from flowsim import schema
from flowsim.scenario.interventions import NAMED
from flowsim.scenario.loading import AppliedChange, Scenario, load, resolved
from flowsim.scenario.reading import PlainChange

__all__ = ["AppliedChange", "Scenario", "json_schema", "load", "reference", "resolved"]


def json_schema() -> dict[str, Any]:
    """JSON Schema of a scenario file, for editors: bases, changes and named interventions too."""
    from flowsim.schema import editors

    return editors.json_schema(PlainChange, NAMED)


def reference() -> list[schema.Row]:
    """Every key of a scenario file: part, key, type, unit, default ('' = required), meaning."""
    return schema.reference((PlainChange, *NAMED.values()))
