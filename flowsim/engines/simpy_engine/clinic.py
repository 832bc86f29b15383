"""The clinic: everything patients share during a run, and how they join it.

Patients are SimPy processes (`journey`); resources are plain data. The clock runs dry at an instant (everything that
ends now has ended), then `settle` takes the other phases in order: capacity, joining, dispatch, leaving. Who may
start is said in `dispatch`, what a start takes in `service`, what an end gives back in `finishing`.
"""

from __future__ import annotations

from heapq import heappush
from typing import TYPE_CHECKING

from flowsim.engines.simpy_engine import dispatch, leaving, service, wiring
from flowsim.engines.simpy_engine.ledger import Ledger
from flowsim.engines.simpy_engine.places import Places
from flowsim.engines.simpy_engine.queues import RANK, RANKED, LeadQueue
from flowsim.engines.simpy_engine.staff import Counter
from flowsim.engines.simpy_engine.stops import Resource, Stop
from flowsim.engines.simpy_engine.visit import LEFT, Visit
from flowsim.plan.model import FOREVER, Draws, Plan
from flowsim.tables import NEVER

if TYPE_CHECKING:
    from simpy import Environment

    from flowsim.engines.simpy_engine.opening import Calendar

GONE = -3
"""Route target of who has left: -1 - tables.ENDED.index("left")."""
ELSEWHERE_ENDED, OTHER_ENDED = 3, 6


class Clinic:
    """One run: its clock, resources, steps, queues and patients."""

    calendar: Calendar

    def __init__(self, env: Environment, plan: Plan, draws: Draws) -> None:
        self.env, self.plan, self.draws = env, plan, draws
        self.now = plan.begin
        self.ledger = Ledger(plan)
        self.resources = wiring.resources(plan, draws, self.ledger)
        self.stops = wiring.stops(plan, draws, self.resources)
        self.users_of = wiring.users(self.stops, self.resources)
        by_lead = sorted(self.stops, key=lambda s: s.step.lead)
        self.queue_at = {s.step.lead: s.queue for s in by_lead if s.queue is not None}
        self.sought = wiring.sought(self.stops)
        self.explained = [r for r in self.resources if not isinstance(r, Counter) and self.users_of[r.index]]
        """Resources whose idle units may have another cause than that nobody waits."""
        self.dirty: list[LeadQueue] = []
        self.dirty_plain: list[LeadQueue] = []
        """Queues to try at the next dispatch, since something changed for them; the plain ones (a counter) apart."""
        for queue in self.queue_at.values():
            queue.agenda = self.dirty if queue.counter is None else self.dirty_plain
        self.touched = True
        """Something of a resource changed: seekers of a place and causes of idleness must be looked at."""
        self.first_split = len(plan.steps)
        self.announced = [s.step.has_delay or s.step.decision or s.provider > 0 for s in self.stops]
        self.announced += [True] * len(plan.splits)
        """Targets before which something is to be looked up: a delay, a decision, a lead time, a split."""
        self._patients(draws)
        self.leaving = leaving.Leaving(self)
        self.changing = False
        """Capacity changes at this instant."""
        self.may_leave = bool(self.leaving.limited) or any(s.watched for s in self.stops)
        """There are maxima, patience or other providers at all."""

    def _patients(self, draws: Draws) -> None:
        self.group, self.klass = draws.group, draws.klass
        self.referral, self.decision = draws.referral, list(draws.decision)
        self.end, self.ended = [NEVER] * draws.n, [-1] * draws.n
        self.elsewhere_at: dict[int, int] = {}
        self.visits = [[0] * draws.n for _ in self.stops]
        self.bookings: dict[tuple[int, int], int] = {}
        self.returned: dict[tuple[int, int], int] = {}
        self.current: list[Visit | None] = [None] * draws.n
        self.siblings: dict[int, list[Visit]] = {}
        """Visits of patients who may be at several steps at once."""
        self.gone: set[int] = set()
        """Who has left one queue of several, and finishes what was started."""
        self.holding: dict[tuple[int, int], Visit] = {}
        """(patient, stay) -> the visit before it, whose place or theatre the patient still has."""

    # --- phases of an instant -----------------------------------------------------------------------------------

    def at_period(self, period: int) -> None:
        """A dated change: from now on the luck and the limits of the next period."""
        for stop in self.stops:
            stop.at_period(period)
        for queue in self.queue_at.values():
            self.wake(queue)

    def settle(self) -> None:
        """What follows when everything that ends at this instant has ended: phases 2 to 5 of the event order."""
        if self.changing:
            self.calendar.take_effect()
        if self.may_leave and self.leaving.marked:
            self.leaving.send_elsewhere()
        if self.dirty_plain:
            dispatch.serve_plain(self)
        if self.dirty or self.touched:
            dispatch.dispatch(self)
        if self.may_leave:
            self.leaving.at_instant()

    def wake(self, queue: LeadQueue | None) -> None:
        """Something changed for this queue: try it at the next dispatch."""
        if queue is not None and not queue.dirty:
            queue.dirty = True
            queue.agenda.append(queue)

    def anybody_waits(self, resource: Resource) -> bool:
        """Whether anybody waits in a queue whose steps may want this resource."""
        return any(queue.best() is not None for queue in self.users_of[resource.index])

    def freed(self, resource: Resource) -> None:
        """Something of a resource is free again: wake every queue whose steps may want it."""
        self.touched = True
        for queue in self.users_of[resource.index]:
            self.wake(queue)

    # --- joining ------------------------------------------------------------------------------------------------

    def announce(self, patient: int, step: int) -> int:
        """On the way to a step: the decision is made where the step says so. Gives the planned delay, seconds."""
        stop = self.stops[step]
        if stop.step.decision and self.decision[patient] == NEVER:
            self.decision[patient] = self.now
        number = self.visits[step][patient]
        if stop.provider:
            return stop.values("lead_time", number)[patient]
        return stop.values("delay", number)[patient] if stop.step.has_delay else 0

    def join(self, patient: int, step: int, arrived: bool = False) -> Visit:
        """A new visit: the patient joins the step's queue, or starts at once where there is none."""
        numbers = self.visits[step]
        number = numbers[patient]
        numbers[patient] = number + 1
        now = self.now
        queued = self.draws.joined[patient] if arrived else now
        visit = self.current[patient] = Visit(self.env, patient, step, number, queued, now)
        if self.siblings and patient in self.siblings:
            self.siblings[patient].append(visit)
        stop = self.stops[step]
        if stop.queue is None:
            service.begin_without_queue(self, stop, visit)
            return visit
        if stop.watched:
            self.leaving.watch(stop, visit, arrived)
        self.line_up(stop, visit)
        return visit

    def join_again(self, before: Visit) -> Visit:
        """The same visit booked anew, with its first joining and its patience kept."""
        visit = Visit(self.env, before.patient, before.step, before.number, before.queued, self.now)
        visit.attempt, visit.no_shows = before.attempt + 1, before.no_shows
        visit.leave_at = before.leave_at
        before.rebook = -1
        if visit.patient in self.gone:
            visit.outcome = LEFT
            visit.over_in(0)
            return visit
        self.current[visit.patient] = visit
        if visit.patient in self.siblings:
            self.siblings[visit.patient].append(visit)
        self.leaving.set_alarm(visit)
        if before.marked:
            self.leaving.mark(visit)
        self.line_up(self.stops[visit.step], visit)
        return visit

    def already_in(self, patient: int, step: int) -> Visit:
        """Somebody in a bed when the run begins: holds a place, untested, until discharge."""
        visit = self.current[patient] = Visit(self.env, patient, step, 0, self.now, self.now)
        self.visits[step][patient] = 1
        visit.started = self.now
        for resource, units in self.stops[step].needs:
            if isinstance(resource, Places):
                resource.change(self.now, taken=units)
        visit.over_in(self.draws.remaining[patient])
        return visit

    def side_by_side(self, patient: int) -> None:
        """From now on the patient may be at several steps at once: who leaves one queue must leave all."""
        current = self.current[patient]
        self.siblings.setdefault(patient, [current] if current is not None else [])

    def line_up(self, stop: Stop, visit: Visit) -> None:
        """Put the visit in its queue, in the order fixed now."""
        patient, queue, klass = visit.patient, stop.queue, stop.step.klass
        assert queue is not None
        key = RANKED[klass if klass >= 0 else self.klass[patient]]
        if visit.remaining >= 0:
            key += visit.queued - RANK
        elif stop.step.linked and not visit.demoted and self.calendar.link(stop, visit):
            key = self.order_value(stop, visit) - RANK
        else:
            key += visit.queued if stop.first_come else self.order_value(stop, visit)
        entry = visit.entry = (key, patient, visit.step, visit.number, visit)
        if queue.plain:
            queue.length += 1
            heappush(queue.heap, entry)
        else:
            queue.push(entry, self.group[patient])
        if stop.counted:
            stop.queued_here += 1
        if not queue.dirty:
            queue.dirty = True
            queue.agenda.append(queue)

    def take_out(self, stop: Stop, visit: Visit) -> None:
        """The visit no longer waits in its queue."""
        assert stop.queue is not None
        stop.queue.remove(visit)
        if stop.counted:
            stop.queued_here -= 1
            for pulled in stop.watched_by:
                self.wake(pulled)

    def class_at(self, visit: Visit) -> int:
        """The class of a patient at a step: the step's own, else the patient's."""
        klass = self.stops[visit.step].step.klass
        return klass if klass >= 0 else self.klass[visit.patient]

    def order_value(self, stop: Stop, visit: Visit) -> int:
        """Referral or decision, or the guarantee date, as the lead's queue is ordered; else joining."""
        order = self.plan.resources[stop.step.lead].order
        if order == "first_come":
            return visit.queued
        if order == "due_first":
            due = self.due(stop, visit.patient)
            return due if due != NEVER else FOREVER
        for clock in (self.decision[visit.patient], self.referral[visit.patient]):
            if clock != NEVER:
                return clock
        return visit.queued

    def due(self, stop: Stop, patient: int) -> int:
        """The guarantee date at this step, or NEVER."""
        if stop.due is None:
            return NEVER
        seconds, from_decision = stop.due
        clock = self.decision[patient] if from_decision else self.referral[patient]
        return clock + seconds if clock != NEVER else NEVER

    def mean(self, stop: Stop, patient: int) -> int:
        """The declared mean of (step, group, period), seconds: the closing test."""
        return stop.step.mean_s[stop.period][self.group[patient]]

    # --- leaving the pathway ------------------------------------------------------------------------------------

    def exit(self, patient: int, target: int) -> None:
        """The patient leaves the pathway; `target` is -1 - how it ended."""
        if self.end[patient] != NEVER:
            return
        ended = -1 - (GONE if patient in self.gone else target)
        if self.plan.background and self.plan.background[self.group[patient]]:
            ended = OTHER_ENDED
        elif ended == 0 and patient in self.elsewhere_at:
            ended = ELSEWHERE_ENDED
        self.end[patient], self.ended[patient] = self.now, ended

    def iso_year(self, week: int) -> int:
        """The ISO year of a week of the run (for yearly caps); weeks of the warm-up share one."""
        years = self.plan.iso_year
        return years[week] if 0 <= week < len(years) else -1
