"""What is to be reached: a yes or no of one replication, at the close of a date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import numpy as np

from flowsim.errors import Fault, InputError
from flowsim.questions.backlog import Told
from flowsim.questions.wording import Said, both, month_of


@dataclass(frozen=True)
class Goal:
    """Nobody waits over `over_days`; or, if `at_most` is set, at most so many wait."""

    step: str
    by: date
    level: float
    """The chance asked for."""
    over_days: int = 90
    at_most: int | None = None

    def count(self, told: Told) -> np.ndarray:
        """What must not be too many, by replication and day."""
        return told.over if self.at_most is None else told.waiting

    def holds(self, told: Told) -> np.ndarray:
        """Whether it is reached, by replication and day."""
        return self.count(told) <= (self.at_most or 0)

    @property
    def said(self) -> Said:
        """The goal as the end of a sentence."""
        if self.at_most is None:
            return Said(f"ingen väntar över {self.over_days} dagar", f"nobody waits over {self.over_days} days")
        return Said(f"högst {self.at_most} väntar", f"at most {self.at_most} wait")

    @property
    def date_said(self) -> Said:
        """The date in words."""
        return both(lambda say: say.day(self.by))


def day_of(text: str | date, option: str) -> date:
    """A date as typed. InputError if it is none."""
    if isinstance(text, date):
        return text
    if not text:
        raise InputError([Fault("", 0, option, "", "is needed: a date, 2027-06-30.")])
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError([Fault("", 0, option, text, f"must be a date: 2027-06-30.{_meant(text)}")]) from None


def _meant(text: str) -> str:
    """' Did you mean "2027-06-30"?' for a day, a month and a year as they are often written: 30/6 2027, 30.6.2027."""
    match = re.fullmatch(r"\s*(\d{1,2})[ ./-]+(\d{1,2}|[a-zåäö]+)[ ./-]+(\d{4})\s*", text.lower())
    month = 0 if match is None else int(match[2]) if match[2].isdigit() else month_of(match[2])
    try:
        return "" if match is None else f' Did you mean "{date(int(match[3]), month, int(match[1]))}"?'
    except ValueError:
        return ""


def share_of(text: str | float, option: str) -> float:
    """0.9 of "90%", "90 %", 0.9. InputError if it is no share between 0 and 1."""
    match = re.fullmatch(r"\s*(\d+(?:[.,]\d+)?)\s*(%?)\s*", str(text))
    share = float(match[1].replace(",", ".")) / (100 if match[2] else 1) if match else 0.0
    if not 0 < share < 1:
        percent = f"{match[1]}%" if match and not match[2] and 1 < share < 100 else ""
        meant = f' Did you mean "{percent}"?' if percent else ""
        raise InputError([Fault("", 0, option, str(text), f"must be a share: 90% or 0.9.{meant}")])
    return share
