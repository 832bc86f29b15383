"""Lean: where hours, patient-days and money go, what is waste in them, and what a countermeasure changes."""

from flowsim.questions.lean.declared import Declared, declared
from flowsim.questions.lean.patient_days import DAY_CELLS, patient_days
from flowsim.questions.lean.staff_hours import HOUR_CELLS, staff_hours

__all__ = ["DAY_CELLS", "HOUR_CELLS", "Declared", "declared", "patient_days", "staff_hours"]
