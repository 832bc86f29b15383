"""The arithmetic of a waiting list: how many more a week, worked out by hand from sums over the weeks.

No luck, a queue that never runs dry, every list week alike, and an accepted queue that is a mean, not "nobody over".
Source of the five numbers: Fong et al. 2022, Simple rules for waiting list management (medRxiv 2022.08.23.22279117).
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Sums:
    """What is to be done and what can be done, in patients, from the start to a date."""

    queue: float
    """Waiting at the start."""
    inflow: float
    """Who joins and must be done by the date."""
    done: float
    """What the capacity of today does by the date."""
    accepted: float = 0.0
    """The queue that may remain."""
    list_weeks: float = 1.0
    """Weeks with extra lists."""
    kept_share: float = 1.0
    """Share of extra slots that are not lost."""

    @property
    def gap(self) -> float:
        """Patients too many."""
        return self.queue + self.inflow - self.accepted - self.done

    @property
    def extra_per_week(self) -> float:
        """Extra slots per list week that close the gap; 0 if there is none."""
        return max(0.0, self.gap) / (self.list_weeks * self.kept_share)

    def for_certainty(self, z: float, sd: float) -> float:
        """The same with `z` standard deviations to spare: the price of certainty by hand."""
        return max(0.0, self.gap + z * sd) / (self.list_weeks * self.kept_share)


def whole_extra(queue: float, inflow: float, capacity: float, starts: float, weeks: float, accepted: float) -> int:
    """Whole extra operations a week without luck: max(0, ceil((Q0 + aW - Qt - cW) / (W - s)))."""
    return max(0, math.ceil((queue + inflow * weeks - accepted - capacity * weeks) / (weeks - starts) - 1e-9))
