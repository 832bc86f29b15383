"""The best use of a budget: designs within it, run against each other until the best stands out."""

from flowsim.questions.mix.asking import ask

__all__ = ["ask"]
