"""A backlog (vårdskuld) in working days, two ways that answer different questions.

By operations missing: what was not done, at the normal pace. It says how much was lost, not how much still waits: some
were operated elsewhere, some got well, some died, some never were referred. By the queue: what waits beyond the queue
that is accepted, at the pace that can be kept beside the inflow. Source of the first: SVT's count of cancelled
operations in Sweden 2020-21, 156,422 missing at 1,010 a working day = 155 working days.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Backlog:
    """The two figures side by side; NaN where one cannot be told."""

    missing_days: float
    """Operations missing / operations a normal working day: days of nothing but catching up."""
    queue_days: float
    """(Queue - accepted queue) / operations a normal working day: the same unit, of what waits too long."""
    catching_up_days: float
    """(Queue - accepted queue) / (pace - inflow): working days until the queue is as accepted; infinite if never."""


def backlog(
    missing: float,
    normal_per_day: float,
    *,
    queue: float = math.nan,
    accepted_queue: float = 0.0,
    inflow_per_day: float = math.nan,
    pace_per_day: float = math.nan,
) -> Backlog:
    """A backlog both ways. ValueError if the normal pace is not above 0."""
    if not normal_per_day > 0:
        raise ValueError("operations a normal working day must be above 0")
    too_many = max(queue - accepted_queue, 0.0) if not math.isnan(queue) else math.nan
    spare = pace_per_day - inflow_per_day
    catching_up = math.inf if spare <= 0 < too_many else too_many / spare if spare else 0.0 * too_many
    return Backlog(missing / normal_per_day, too_many / normal_per_day, catching_up)
