"""A step as the clinic runs it: its resources, its queue, and the columns of luck it reads."""

from __future__ import annotations

from flowsim.engines.simpy_engine.places import Places
from flowsim.engines.simpy_engine.queues import LeadQueue
from flowsim.engines.simpy_engine.slots import Slots
from flowsim.engines.simpy_engine.staff import Counter, Servers
from flowsim.plan.model import Draws, Step

Resource = Slots | Servers | Counter | Places


class Stop:
    """One step: what never changes during a run, the luck of the current period, and two counts for pull."""

    def __init__(self, index: int, step: Step, resources: list[Resource], draws: Draws) -> None:
        self.index = index
        self.step = step
        self.draws = draws
        self.period = 0
        self.needs = [(resources[r], units) for r, units in step.needs]
        self.lead = self.needs[0][0] if self.needs else None
        self.counter = self.lead if isinstance(self.lead, Counter) else None
        """The lead, where counting servers is enough: the plain case, kept fast."""
        self.queue: LeadQueue | None = None
        self.has_stay = step.stay >= 0
        self.plain = not step.needs or self.counter is not None
        """Nothing to give back but a counted server, nothing in the row but times (see wiring)."""
        self.by_route = step.rework_to < 0
        """The route alone says what comes next (see wiring)."""
        self.first_come = self.lead is None or self.lead.spec.order == "first_come"
        self.pausable = any(
            isinstance(r, Servers) and (r.spec.suspend or r.spec.interruption != "none") for r, _ in self.needs
        )
        self.place: Places | None = None
        """The place reserved before the start, for the stay that follows."""
        self.troubled = step.has_no_show or bool(step.cancellations)
        self.watched = bool(step.patience_from_decision) or step.elsewhere >= 0
        """Whether joining must look up patience or an offer of treatment elsewhere."""
        self.watched_by: list[LeadQueue] = []
        """Queues whose steps are pulled by how many wait here or are in service there."""
        self.counted = False
        self.queued_here = 0
        self.in_service = 0
        self.provider = 0
        self.due: tuple[int, bool] | None = None
        self.durations: list[list[int]] = []
        self.routes: list[list[int]] = []
        self.cache: dict[tuple[str, int], list[int]] = {}

    def wants(self, resource: Resource) -> bool:
        """Whether the step needs this resource, or reserves a place in it."""
        return self.place is resource or any(r is resource for r, _ in self.needs)

    def at_period(self, period: int) -> None:
        """From now on the luck of this period."""
        self.period = period
        self.durations, self.routes, self.cache = [], [], {}

    def values(self, what: str, number: int) -> list[int]:
        """One drawn column (see plan.model.Draws)."""
        column = self.cache.get((what, number))
        if column is None:
            column = self.cache[what, number] = self.draws.values(what, self.index, number, self.period)
        return column

    def duration(self, patient: int, number: int) -> int:
        """Seconds (nights) of this patient's visit."""
        while number >= len(self.durations):
            self.durations.append(self.values("duration", len(self.durations)))
        return self.durations[number][patient]

    def route(self, patient: int, number: int) -> int:
        """Where the patient goes after this visit."""
        while number >= len(self.routes):
            self.routes.append(self.values("route", len(self.routes)))
        return self.routes[number][patient]
