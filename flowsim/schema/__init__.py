"""The only door YAML enters by: every key of a scenario file, its type, unit, default and meaning.

`read` guards and parses a text; `ScenarioModel` and its parts hold the values, parsed: durations are seconds, dates
are dates, laws are frozen models; `reference` is for the reference page, `editors` for editors.
"""

from flowsim.schema.entry import DOC_KEYS, Entry, fault, listed, nearest
from flowsim.schema.faults import fault_here, faults_of, parsed, sentence, shown, value_at, written
from flowsim.schema.laws import (
    AnyLaw,
    ByGroup,
    Empirical,
    Erlang,
    Exponential,
    Fixed,
    Gamma,
    Histogram,
    Law,
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
from flowsim.schema.models import Arrivals, Due, Group, Horizon, InBeds, InQueue, ScenarioModel
from flowsim.schema.pathway import ENDS, ElsewhereTerms, LateCancellation, NoShow, Rework, Routes, Split, Stay, Step
from flowsim.schema.reading import KeyPath, Mark, Marks, place, read, spelled, text_of
from flowsim.schema.reference import Row, reference
from flowsim.schema.resources import AnyResource, Places, Season, Slots, Staff
from flowsim.schema.values import (
    UNITS_S,
    WEEKDAYS,
    Count,
    Day,
    Days,
    Flag,
    Hours,
    Name,
    NotNegative,
    Positive,
    Share,
    quantity,
    seconds,
    weeks,
)
from flowsim.schema.writing import as_yaml

__all__ = [
    "DOC_KEYS", "ENDS", "UNITS_S", "WEEKDAYS", "AnyLaw", "AnyLuck", "AnyResource", "Arrivals", "BootstrapLuck",
    "ByGroup", "CalibratedLuck", "ClassLuck", "Count", "Day", "Days", "DrawnLuck", "Due", "ElsewhereTerms",
    "Empirical", "Entry", "Erlang", "Exponential", "Fixed", "Flag", "Gamma", "Group", "Histogram", "Horizon", "Hours",
    "InBeds", "InQueue", "KeyPath", "LateCancellation", "Law", "Listed", "Lognormal", "Mark", "Marks", "Mixture",
    "Name", "Nights", "NoShow", "Normal", "NotNegative", "Patience", "Places", "Positive", "Rework", "Routes", "Row",
    "ScenarioModel", "Season", "Share", "Slots", "Split", "Staff", "Stay", "Step", "Triangular", "Uniform", "Weibull",
    "as_yaml", "fault", "fault_here", "faults_of", "listed", "nearest", "parsed", "place", "quantity",
    "read", "reference", "seconds", "sentence", "shown", "spelled", "text_of", "value_at", "weeks", "written",
]  # fmt: skip
