"""The plan: a scenario as plain data, and the luck drawn for it before any engine starts."""

from flowsim.plan.build import build
from flowsim.plan.draws import LuckOf, draw
from flowsim.plan.model import BACK, FOREVER, Cancellation, Draws, Elsewhere, Plan, Resource, Split, Step, Tranche

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
