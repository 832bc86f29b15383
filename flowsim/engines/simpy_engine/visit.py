"""A visit: one patient's stop at one step, waited for as a SimPy event that happens when the visit is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simpy.events import NORMAL, Event

from flowsim.tables import NEVER

if TYPE_CHECKING:
    from simpy import Environment

    from flowsim.engines.simpy_engine.queues import Entry

DONE, NO_SHOW, CANCELLED, LEFT, ELSEWHERE, OPEN, OVERFLOW = range(7)
"""Codes of tables.OUTCOMES."""


class Visit(Event):
    """One visit (and one booking of it, `attempt`). The patient's process yields it."""

    started: int = NEVER
    """Second the visit (or its first part, if paused) started."""
    attempt: int = 0
    no_shows: int = 0
    outcome: int = OPEN
    entry: Entry | None = None
    """The visit's place in its queue; None when it waits in no queue."""
    rebook: int = -1
    """Seconds until the patient joins again, after a no-show or a cancellation; -1: not again."""
    leave_at: int | None = None
    """Second at which patience ends."""
    marked: bool = False
    """Offered treatment elsewhere, if the caps allow."""
    demoted: bool = False
    """A linked visit that was not started on its day."""
    servers: dict[int, tuple[int, ...]] = {}
    """Resource -> numbers of the servers at work with this visit."""
    used: int = 0
    overtime: int = 0
    blocked: int = 0
    blocked_since: int = NEVER
    stay: Visit | None = None
    """The visit whose place or theatre this stay's patient still holds, while it seeks a place."""
    serial: int = 0
    """Tells a true completion from that of a visit paused since."""
    remaining: int = -1
    """Seconds left when paused; -1: not paused."""
    resumed_at: int = NEVER
    length: int = 0
    """Seconds of the visit, or of what was left of it when it last started."""

    _ok = True
    _value = None
    """A visit never fails and carries no value: an event that only needs a time (`over_in`)."""

    def __init__(self, env: Environment, patient: int, step: int, number: int, queued: int, joined: int) -> None:
        self.env = env
        self.callbacks: list[Any] = []
        self.patient = patient
        self.step = step
        self.number = number
        self.queued = queued
        """Clock of the first joining; kept through rebooking, before the run for the queue at start."""
        self.joined = joined
        """Second of this joining: who joined last leaves a full queue."""

    def __lt__(self, other: Visit) -> bool:
        """Of two entries of one visit in a heap at most one is alive: any order will do."""
        return False

    @property
    def in_hand(self) -> bool:
        """Started (or treated and waiting for a place) and not over."""
        return self.outcome in (OPEN, NO_SHOW) and self.entry is None and not self.processed and self.remaining < 0

    def over_in(self, seconds: int) -> None:
        """Let the visit end in so many seconds (as simpy.Timeout does, on an event that exists already)."""
        self.env.schedule(self, NORMAL, seconds)
