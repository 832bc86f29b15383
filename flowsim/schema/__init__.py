"""The only door YAML enters by: every key of a scenario file, its type, unit, default and meaning.

`read` guards and parses a text; `ScenarioModel` and its parts hold the values, parsed: durations are seconds, dates
are dates, laws are frozen models; `json_schema` is for editors, `reference` for the reference page.
"""

from flowsim.schema.laws import (
    AnyLaw,
    AnyLuck,
    BootstrapLuck,
    ByGroup,
    CalibratedLuck,
    ClassLuck,
    DrawnLuck,
    Empirical,
    Erlang,
    Exponential,
    Fixed,
    Gamma,
    Histogram,
    Listed,
    Lognormal,
    Mixture,
    Nights,
    Normal,
    Patience,
    Triangular,
    Uniform,
    Weibull,
)
from flowsim.schema.models import Arrivals, Due, Group, InBeds, InQueue, ScenarioModel
from flowsim.schema.pathway import ENDS, ElsewhereTerms, LateCancellation, NoShow, Rework, Routes, Split, Stay, Step
from flowsim.schema.resources import AnyResource, Places, Season, Slots, Staff

__all__ = [
    "ENDS", "AnyLaw", "AnyLuck", "AnyResource", "Arrivals", "BootstrapLuck", "ByGroup", "CalibratedLuck", "ClassLuck",
    "DrawnLuck", "Due", "ElsewhereTerms", "Empirical", "Erlang", "Exponential", "Fixed", "Gamma", "Group", "Histogram",
    "InBeds", "InQueue", "LateCancellation", "Listed", "Lognormal", "Mixture", "Nights", "NoShow", "Normal", "Patience",
    "Places", "Rework", "Routes", "ScenarioModel", "Season", "Slots", "Split", "Staff", "Stay", "Step", "Triangular",
    "Uniform", "Weibull",
]  # fmt: skip
