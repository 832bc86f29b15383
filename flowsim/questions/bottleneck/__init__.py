"""What one more of each resource gives, in operations and in waiting, and what becomes scarce after that."""

from flowsim.questions.bottleneck.asking import ask

__all__ = ["ask"]
