"""The only door YAML enters by: every key of a scenario file, its type, unit, default and meaning.

`read` guards and parses a text; `ScenarioModel` and its parts hold the values, parsed: durations are seconds, dates
are dates, laws are frozen models; `json_schema` is for editors, `reference` for the reference page.
"""

from flowsim.schema.entry import DOC_KEYS, Entry, listed, nearest
from flowsim.schema.faults import fault_here, faults_of, parsed, shown, value_at
from flowsim.schema.laws import (
    AnyLaw,
    ByGroup,
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
from flowsim.schema.luck import AnyLuck, BootstrapLuck, CalibratedLuck, ClassLuck, DrawnLuck
from flowsim.schema.models import Arrivals, Due, Group, InBeds, InQueue, ScenarioModel
from flowsim.schema.pathway import ENDS, ElsewhereTerms, LateCancellation, NoShow, Rework, Routes, Split, Stay, Step
from flowsim.schema.reading import KeyPath, Mark, Marks, place, read, spelled, text_of
from flowsim.schema.resources import AnyResource, Places, Season, Slots, Staff

__all__ = [
    "DOC_KEYS", "ENDS", "AnyLaw", "AnyLuck", "AnyResource", "Arrivals", "BootstrapLuck", "ByGroup", "CalibratedLuck",
    "ClassLuck", "DrawnLuck", "Due", "ElsewhereTerms", "Empirical", "Entry", "Erlang", "Exponential", "Fixed",
    "Gamma", "Group", "Histogram", "InBeds", "InQueue", "KeyPath", "LateCancellation", "Listed", "Lognormal", "Mark",
    "Marks", "Mixture", "Nights", "NoShow", "Normal", "Patience", "Places", "Rework", "Routes", "ScenarioModel",
    "Season", "Slots", "Split", "Staff", "Stay", "Step", "Triangular", "Uniform", "Weibull", "fault_here",
    "faults_of", "listed", "nearest", "parsed", "place", "read", "shown", "spelled", "text_of", "value_at",
]  # fmt: skip
