"""The recipe: what a scenario's luck is drawn from. Plain data beside the plan, read by `draw`, never by an engine.

Laws are mappings of the scenario language in seconds (nights for a stay in nights). `Laws` holds one per group.
What may change by date is held once per period.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from flowsim.plan.calendar import Grid
from flowsim.plan.capacity import Layout

Law = Mapping[str, Any]
Laws = tuple[Law, ...]
"""One law per group."""


@dataclass(frozen=True)
class RateSource:
    """Arrivals by a rate: so many a week, placed within the hours by their own uniforms."""

    name: str
    step: int
    law: str
    """poisson, negative_binomial, fixed or luck."""
    variance_to_mean: float
    normal_week: np.ndarray
    """Expected arrivals, (period, weekday)."""
    weekly: np.ndarray
    """Season x growth, (period, week of the grid)."""
    shares: np.ndarray
    """(period, group)."""
    window_day: np.ndarray
    """Windows of a week: weekday, first second of the day, seconds, share of the day's arrivals."""
    window_from: np.ndarray
    window_length: np.ndarray
    window_share: np.ndarray
    luck: Law | None = None

    def per_day(self, group: int, period_of_day: np.ndarray) -> np.ndarray:
        """Expected arrivals of a group, (week of the grid, weekday)."""
        period, weekday = period_of_day.reshape(-1, 7), np.arange(7)
        week = np.arange(len(period))[:, None]
        return np.asarray(self.normal_week[period, weekday] * self.weekly[period, week] * self.shares[period, group])


@dataclass(frozen=True)
class DatedSource:
    """Arrivals by a timetable: rows of a date, some of them alternatives of which one is drawn."""

    name: str
    step: int
    start: np.ndarray
    """First second of each row."""
    length: np.ndarray
    """Seconds over which its patients are spread; 0: they come at `start`."""
    group: np.ndarray
    count: np.ndarray
    choice: np.ndarray
    """The row's choice (index into `choice_key`), -1 if the row is certain."""
    alternative: np.ndarray
    """The row's alternative within its choice."""
    choice_key: np.ndarray
    """Per choice: its date (ordinal) and its number on that date, (k, 2)."""
    choice_cumulative: np.ndarray
    """Per choice: cumulative probabilities of its alternatives, padded with 1, (k, most alternatives)."""


@dataclass(frozen=True)
class StartSource:
    """Patients already there at the begin: in a queue, in beds, or due later."""

    name: str
    kind: str
    """queue, beds or due."""
    step: int
    patients: int
    group_cumulative: tuple[float, ...]
    """Cumulative shares of the groups."""
    law: Law | None
    """Seconds waited, remaining, or until due (`nights`: nights remaining)."""
    listed: tuple[float, ...] = ()
    """Instead of the law: one value per patient."""
    decision: bool = False
    """Of a queue: the time waited counts from the decision, else from the referral."""
    nights: bool = False
    discharge_s: int = 0
    """Of nights remaining: second of the last day at which they end."""


@dataclass(frozen=True)
class Routing:
    """Where a group goes after a step: target codes (see `Draws`) and their cumulative shares, in file order."""

    targets: tuple[int, ...]
    cumulative: tuple[float, ...]


@dataclass(frozen=True)
class CancelLuck:
    """One cause of late cancellation."""

    share: float
    rebook: Laws
    leave_share: float


@dataclass(frozen=True)
class ElsewhereLuck:
    """Treatment by another provider: who is marked, how long it takes, what comes home."""

    shares: tuple[float, ...]
    """Per group; 0 where the group is not offered it."""
    classes: tuple[int, ...]
    """Classes it is offered to; empty: all."""
    lead_time: Law
    complication_share: float


@dataclass(frozen=True)
class StepLuck:
    """A step's laws and shares in one period."""

    duration: Laws
    routing: tuple[Routing, ...]
    """Per group."""
    rework_share: float = 0.0
    delay: Laws = ()
    no_show: tuple[float, ...] = ()
    """Per group; empty: everybody comes."""
    rebook: Laws = ()
    cancellations: tuple[CancelLuck, ...] = ()
    patience: tuple[Laws, ...] = ()
    elsewhere: ElsewhereLuck | None = None


@dataclass(frozen=True)
class StepKey:
    """How a step's luck is named, and who can be there."""

    name: str
    routed_as: str
    """The name its routing is drawn under: of a stay, the step that declares it."""
    nights: bool
    groups: tuple[bool, ...]
    """Groups that can reach it."""
    patience_from_decision: tuple[bool, ...] = ()


@dataclass(frozen=True)
class Recipe:
    """All that `draw` needs beside the plan."""

    grid: Grid
    groups: tuple[str, ...]
    klass: tuple[int, ...]
    urgent_class: tuple[int, ...]
    urgent_share: tuple[tuple[float, ...], ...]
    """[period][group], by arrival."""
    period_of_day: np.ndarray
    """Per day of the grid."""
    rates: tuple[RateSource, ...]
    dated: tuple[DatedSource, ...]
    starts: tuple[StartSource, ...]
    layouts: tuple[Layout, ...]
    """Per resource."""
    luck: tuple[tuple[tuple[Law | None, ...], ...], ...]
    """[resource][tranche][period]: the weekly luck's law."""
    keys: tuple[StepKey, ...]
    steps: tuple[tuple[StepLuck, ...], ...]
    """[period][step]."""
    together: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Resource -> whose weekly scores its luck is made of; its own alone: left out."""
