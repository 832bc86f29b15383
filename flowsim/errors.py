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
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{at(place, self.key, self.found)}\n  {self.message}"


def at(place: str, key: str, found: str) -> str:
    """`file, line 3: key = found`, without what there is none of (an option has no file, a missing file no key)."""
    told = f"{key} = {found}" if key and found else key or found
    return ": ".join(part for part in (place, told) if part)


class InputError(FlowsimError):
    """The input is wrong. Holds every fault found; nothing has been written."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


class RunError(FlowsimError):
    """A replication failed; says which, and how to run it alone."""
