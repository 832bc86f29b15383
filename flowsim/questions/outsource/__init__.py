"""Buy or make: what each costs, how sure that is, and when to do which."""

from flowsim.questions.outsource.asking import ask

__all__ = ["ask"]
