"""The plan: a scenario as plain data, and the shape of the luck that goes with it. All that an engine sees.

Times are whole seconds since the start's midnight; warm-up is negative. Steps, resources, groups are named by
their index. Values that may change by date are given once per period (`Plan.periods`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from flowsim.tables import Setting

if TYPE_CHECKING:
    from flowsim.plan.recipe import Recipe

BACK = -99
"""Route target of a side step (`until`): nothing follows, the stay it belongs to goes on."""
FOREVER = 2**31 - 1
"""A closing or an expiry that never comes."""


@dataclass(frozen=True)
class Cancellation:
    """A cause of late cancellation. `refill`: the slot may be taken by another until it expires."""

    cause: int
    """Index in `Setting.causes`."""
    refill: bool = False


@dataclass(frozen=True)
class Split:
    """Parallel branches: steps where each branch begins, and the step where they meet again."""

    branches: tuple[int, ...]
    join: int


@dataclass(frozen=True)
class Elsewhere:
    """Treatment by another provider, offered on joining a step."""

    provider: int
    """Index in `Setting.providers`; also `Step` named as the provider: `step`."""
    step: int
    weekly_cap: int = -1
    yearly_cap: int = -1
    """-1: no cap. A year is the ISO year of the week."""
    then: int = -1
    """Route target after the provider's treatment (-4 = ended 'elsewhere')."""
    complication_step: int = -1
    include_start_queue: bool = False


@dataclass(frozen=True)
class Step:
    """One step of the pathway, or a stay that follows one (`stay_of`)."""

    name: str
    needs: tuple[tuple[int, int], ...] = ()
    """(resource, units); the first is the lead, in whose queue patients wait. Empty: no queue at all."""
    klass: int = -1
    """Class at this step; -1: the patient's own."""
    mean_s: tuple[tuple[int, ...], ...] = ((0,),)
    """Declared mean duration, whole seconds, [period][group]: the closing test."""
    stay: int = -1
    """The stay that follows the visit (an index of a Step whose `stay_of` is this one)."""
    stay_of: int = -1
    sought: bool = False
    """Of a stay: its place is sought when the visit ends (else reserved before the visit starts)."""
    nights: bool = False
    """Of a stay: durations are nights; it ends at `discharge_s` on that date (0 nights: `same_day_s`)."""
    discharge_s: int = 11 * 3600
    same_day_s: int = 18 * 3600
    until: tuple[int, ...] = ()
    """Of a stay: side steps begun with it; no discharge before they are done."""
    decision: bool = False
    """On the way to this step (before its delay) the decision clock is set, if it is not set."""
    linked: bool = False
    has_delay: bool = False
    has_no_show: bool = False
    remove_after: int = 0
    """No-shows after which the patient is removed (0: never)."""
    cancellations: tuple[Cancellation, ...] = ()
    rework_to: int = -1
    rework_cap: int = 0
    """At most so many returns by this step; then `route_capped`."""
    overflow: int = -1
    """Step for one turned away by a full queue; -1: the patient leaves."""
    elsewhere: int = -1
    """Index in `Plan.elsewhere`."""
    pull_watch: int = -1
    pull_below: tuple[int, ...] = ()
    """Per period: a start is allowed while (waiting at `pull_watch` + in service here) < this."""
    patience_from_decision: tuple[bool, ...] = ()
    """One entry per patience rule (`patience:0`, `patience:1`): counted from the decision, else from joining."""

    @property
    def lead(self) -> int:
        """The resource whose queue this step shares; -1 if it needs none."""
        return self.needs[0][0] if self.needs else -1


@dataclass(frozen=True)
class Tranche:
    """A part of a resource's capacity with its own calendar and price; used in order."""

    name: str
    only: tuple[int, ...] = ()
    """Steps that may use it; empty: all."""
    overtime_s: int = 0


@dataclass(frozen=True)
class Resource:
    """Slots (starts), staff (servers with hours) or places (beds)."""

    name: str
    kind: str
    """slots, staff or places."""
    tranches: tuple[Tranche, ...] = (Tranche("regular"),)
    unlimited: bool = False
    order: str = "first_come"
    """first_come, longest_wait (decision, else referral) or due_first (guarantee date)."""
    skip: bool = False
    maximum_queue: int = -1
    suspend: bool = False
    """Visits running at closing are paused (else finished as overtime)."""
    interruption: str = "none"
    """none, resume or restart."""
    kept_class: int = -2
    """Slots flagged kept go first to this class; -1: to the longest waiter; -2: nothing is kept."""


@dataclass(frozen=True)
class Plan:
    """A whole scenario as plain data."""

    setting: Setting
    begin: int
    """First second of the run: 0, or minus the warm-up."""
    end: int
    """The horizon's end; nothing at `end` happens."""
    week0: int
    """Second (<= 0) at which the ISO week holding the start begins: week w covers [week0 + w*7*86400, ...)."""
    periods: tuple[int, ...]
    """First second of each period; the first is `begin`."""
    steps: tuple[Step, ...]
    resources: tuple[Resource, ...]
    splits: tuple[Split, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    background: tuple[bool, ...] = ()
    """Per group: other departments' work (ends as 'other')."""
    due_days: tuple[tuple[int, int, bool], ...] = ()
    """(step, days, from_decision): guarantee limits, for `due_s` and the order due_first."""
    iso_year: tuple[int, ...] = ()
    """ISO year of week 0, 1, ... (caps by year)."""
    recipe: Recipe | None = None
    """What `draw` draws from. Engines never look at it."""
    sets: Callable[[int], Plan] | None = None
    """Input uncertainty: from a replication's number to the plan under that replication's parameter set."""

    def of(self, replication: int) -> Plan:
        """The plan that a replication is drawn from and run with: this one, but with input uncertainty."""
        return self if self.sets is None else replace(self.sets(replication), setting=self.setting)


class Draws(Protocol):
    """All luck of one replication; patients are numbered by arrival, then key.

    Patient columns are lists of length `n`. `values(what, step, number, period)` is a list of length n with

    - duration: seconds (whole nights for a stay in nights) of visit `number`, started in `period`;
    - delay: seconds before joining (visit, period of joining);
    - rework, route, route_capped: 1 if sent back; target code otherwise; target code when the cap is reached
      (visit, period of the end). Targets: >= 0 a step; len(steps) + k = splits[k]; -1 - k = ENDED[k]; BACK;
    - no_show, rebook: 1 if nobody comes; seconds until rejoining (number = attempt, period of the start);
    - cancel, cancel_rebook, cancel_leaves: -1 or index in `cancellations`; seconds; 1 if the patient leaves (attempt);
    - patience:k: seconds from joining or decision (visit, period of joining), FOREVER if never;
    - elsewhere: 1 if marked on joining (visit, period of joining); lead_time: seconds; complication: 1 if it comes
      home (number and period as for elsewhere).
    """

    n: int
    group: list[int]
    klass: list[int]
    source: list[int]
    """Index in tables.SOURCES."""
    arrives: list[int]
    """Second the patient enters the run (not sorted before `begin`); non-decreasing."""
    joined: list[int]
    """Clock of the first joining: `arrives`, or begin - the age for the queue at start."""
    referral: list[int]
    decision: list[int]
    """Seconds, NEVER if unknown or not yet."""
    step: list[int]
    """First step. For source `queue`: joins its queue at `arrives` with clock `joined`, no delay before it; for source
    `due`: joins at `arrives`, its due date, no delay before it."""
    remaining: list[int]
    """For source `beds`: seconds left of the stay in `step` (a place-led step or a stay); else 0."""
    slots: Sequence[np.ndarray]
    """Per resource (k, 4): appear, expire, tranche, kept (0/1), sorted by appear; empty unless slots."""
    shifts: Sequence[np.ndarray]
    """Per resource (k, 4): open, close, server, tranche; touching windows of a server merged; empty unless staff."""
    places: Sequence[np.ndarray]
    """Per resource (k, 2): time, number of places from then on; the first at `begin`; empty unless places."""
    place_tranches: Sequence[np.ndarray]
    """Per resource (k, tranches): the same rows' numbers by tranche, in the order they are used."""
    planned: Sequence[np.ndarray]
    """Per resource (tranches, weeks): calendar x season x level in slots, server-seconds, place-seconds
    (floats: not rounded)."""

    def values(self, what: str, step: int, number: int, period: int) -> list[int]:
        """One drawn column, made when first asked for, always the same."""
        ...
