"""The plan: a scenario as plain data, and the luck drawn for it before any engine starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowsim.plan.draws import LuckOf, draw
from flowsim.plan.model import BACK, FOREVER, Cancellation, Draws, Elsewhere, Plan, Resource, Split, Step, Tranche

if TYPE_CHECKING:
    from flowsim.scenario import Scenario

__all__ = [
    "BACK",
    "FOREVER",
    "Cancellation",
    "Draws",
    "Elsewhere",
    "LuckOf",
    "Plan",
    "Resource",
    "Split",
    "Step",
    "Tranche",
    "build",
    "draw",
]


def build(scenario: Scenario) -> Plan:
    """A scenario as plain data for engines and `draw`.

    Raises:
        InputError: a timetable that cannot be read, or ends before the horizon.
    """
    from flowsim.plan import building  # and with it the scenario language, which a worker does without

    return building.build(scenario)
