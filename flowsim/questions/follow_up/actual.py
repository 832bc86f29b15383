"""The outcome so far: a table of weeks as people keep it, Swedish or English, laid beside the plan's weeks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from flowsim.errors import Fault, InputError
from flowsim.sheets import Column, Form, read_table
from flowsim.sheets.forms import framed

_WEEK = re.compile(r"\s*(\d{4})\s*[-/ ]?\s*(?:[vVwW]\s*\.?)?\s*(\d{1,2})\s*$")
OUTCOME = Form(
    "outcome",
    (
        Column("week", "text", ("vecka", "måndag", "monday", "veckans måndag", "date", "datum")),
        Column("operations", "number", ("operationer", "utförda", "antal", "count", "done"), least=0),
        Column("offered", "number", ("erbjudna tider", "tider", "slots offered", "slots"), False, np.nan, least=0),
        Column("used", "number", ("använda tider", "slots used"), False, np.nan, least=0),
        Column("decisions", "number", ("beslut", "beslut om operation", "inflöde"), False, np.nan, least=0),
        Column("queue", "number", ("kö", "väntande", "waiting"), False, np.nan, least=0),
    ),
    key=("week",),
)
WAITING = Form(
    "waiting",
    (
        Column("to_days", "number", ("till dagar", "väntat till dagar", "dagar", "days", "waited to days"), least=0),
        Column("patients", "whole", ("patienter", "antal", "count"), least=0),
    ),
)


@dataclass(frozen=True)
class Outcome:
    """Weeks 0, 1, ... of the plan that have been; NaN for what was not written."""

    file: str
    operations: np.ndarray
    offered: np.ndarray
    used: np.ndarray
    decisions: np.ndarray
    queue: np.ndarray

    @property
    def weeks(self) -> int:
        """How many weeks have been."""
        return len(self.operations)


def read_outcome(path: str | Path, start: date, weeks: int) -> Outcome:
    """The outcome of the plan's first weeks, in order.

    Columns: week (its Monday, or 2027-W03), operations; where known: slots offered, slots used, decisions, waiting at
    the week's end. Swedish headings will do.

    Raises:
        InputError: a week that is not the plan's, a gap, a cell that is no number.
    """
    frame = framed(read_table(path), OUTCOME)
    monday = start - timedelta(days=start.weekday())
    faults, numbers = [], []
    for row, said in zip(frame["row"], frame["week"], strict=True):
        day = _monday(str(said))
        number = None if day is None else (day - monday).days // 7
        if number is None or not 0 <= number < weeks:
            message = f"must be a week of the plan ({monday} to {monday + timedelta(weeks=weeks - 1)}): 2027-W03."
            faults.append(Fault(str(path), int(row), "week", str(said), message))
        else:
            numbers.append(number)
    if faults:
        raise InputError(faults)
    if sorted(numbers) != list(range(len(numbers))) or not numbers:
        message = f"must hold every week from {monday} on, without gaps; it holds {len(numbers)}."
        raise InputError([Fault(str(path), 0, "week", "", message)])
    order = np.argsort(numbers)
    columns = ("operations", "offered", "used", "decisions", "queue")
    return Outcome(str(path), *(frame[name].to_numpy(dtype=float)[order] for name in columns))


def _monday(text: str) -> date | None:
    """The Monday of the week a text names."""
    try:
        day = date.fromisoformat(text.strip()[:10])
    except ValueError:
        match = _WEEK.match(text)
        try:
            return date.fromisocalendar(int(match[1]), int(match[2]), 1) if match else None
        except ValueError:
            return None
    return day - timedelta(days=day.weekday())


def read_waiting(path: str | Path) -> list[float]:
    """Days waited of those who wait today, from a table of bins: up to so many days, patients; spread inside."""
    frame = framed(read_table(path), WAITING).sort_values("to_days")
    ages: list[float] = []
    low = 0.0
    for high, patients in zip(frame["to_days"], frame["patients"], strict=True):
        ages += [low + (float(high) - low) * (k + 0.5) / int(patients) for k in range(int(patients))]
        low = float(high)
    return ages
