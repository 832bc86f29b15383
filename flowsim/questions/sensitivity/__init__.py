"""Which inputs that are not known exactly move the answer, and how much of the spread is chance."""

from flowsim.questions.sensitivity.asking import ask

__all__ = ["ask"]
