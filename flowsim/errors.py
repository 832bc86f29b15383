"""What can go wrong, and how it is said: file, line, key, what was found, what is allowed."""

from __future__ import annotations

from dataclasses import dataclass


class FlowsimError(Exception):
    """Everything flowsim refuses on purpose; its text is meant for the user."""


@dataclass(frozen=True)
class Fault:
    """One fault of an input file."""

    file: str
    line: int
    key: str
    found: str
    message: str

    def __str__(self) -> str:
        """Two lines: the place with what was found, then the way out."""
        place = f"{self.file}, line {self.line}: " if self.line else f"{self.file}: "
        found = f" = {self.found}" if self.found else ""
        return f"{place}{self.key}{found}\n  {self.message}"


class InputError(FlowsimError):
    """The input is wrong. Holds every fault found; nothing has been written."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


class RunError(FlowsimError):
    """A replication failed; says which, and how to run it alone."""
