"""Lean: where hours, patient-days and money go, what is waste in them, and what a countermeasure changes."""

from flowsim.questions.lean.asking import ask

__all__ = ["ask"]
