"""The clinic: where patients join, start, finish and go on. Who may start next is `dispatch`'s to say.

Patients are SimPy processes (`journey`); resources are plain data. The clock runs dry at an instant (everything that
ends now has ended), then `settle` takes the other phases in order: capacity, joining, dispatch, leaving.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowsim.engines.simpy_engine import dispatch, leaving
from flowsim.engines.simpy_engine.journey import discharge
from flowsim.engines.simpy_engine.ledger import Ledger
from flowsim.engines.simpy_engine.places import Places
from flowsim.engines.simpy_engine.queues import LeadQueue
from flowsim.engines.simpy_engine.slots import Slots
from flowsim.engines.simpy_engine.staff import ABSENT, SERVING, Counter, Servers
from flowsim.engines.simpy_engine.stops import Resource, Stop, countable
from flowsim.engines.simpy_engine.visit import CANCELLED, DONE, ELSEWHERE, LEFT, NO_SHOW, OPEN, OVERFLOW, Visit
from flowsim.plan.model import FOREVER, Draws, Plan
from flowsim.tables import DAY_S, NEVER

if TYPE_CHECKING:
    from simpy import Environment

    from flowsim.engines.simpy_engine.opening import Calendar

GONE = -3


class Clinic:
    """Everything that is shared between patients during one run."""

    def __init__(self, env: Environment, plan: Plan, draws: Draws) -> None:
        self.env, self.plan, self.draws = env, plan, draws
        self.now = plan.begin
        self.first_split = len(plan.steps)
        self.ledger = Ledger(plan)
        self.resources: list[Resource] = [self._resource(r) for r in range(len(plan.resources))]
        self.stops = [Stop(k, step, self.resources, draws) for k, step in enumerate(plan.steps)]
        self.queues: list[LeadQueue] = []
        self.queue_at: dict[int, LeadQueue] = {}
        self.users_of: list[list[LeadQueue]] = []
        """Per resource the queues, in plan order, whose steps need it."""
        self._wire()
        self.group, self.klass = draws.group, draws.klass
        self.referral, self.decision = draws.referral, list(draws.decision)
        self.end, self.ended = [NEVER] * draws.n, [-1] * draws.n
        self.elsewhere_at: dict[int, int] = {}
        self.visits = [[0] * draws.n for _ in plan.steps]
        self.attempts: dict[tuple[int, int], int] = {}
        self.returned: dict[tuple[int, int], int] = {}
        self.current: list[Visit | None] = [None] * draws.n
        self.siblings: dict[int, list[Visit]] = {}
        self.gone: set[int] = set()
        self.holding: dict[tuple[int, int], Visit] = {}
        """(patient, stay) -> the visit before it, whose place or theatre the patient still has."""
        self.dirty: list[LeadQueue] = []
        self.leave = leaving.Leaving(self)
        self.announces: list[bool] = [s.has_delay or s.decision or any(e.step == k for e in plan.elsewhere) for k, s in enumerate(plan.steps)]
        self.calendar: Calendar
        self.tracked = [r for r in self.resources if not isinstance(r, Counter)]
        self.touched = True

    # --- setting up ---------------------------------------------------------------------------------------------

    def _resource(self, index: int) -> Resource:
        plan, spec = self.plan, self.plan.resources[index]
        if spec.kind == "slots":
            return Slots(index, spec, self.ledger)
        if spec.kind == "places":
            return Places(index, spec, self.ledger, plan.begin)
        if countable(plan, index, self.draws):
            return Counter(index, spec, len(self.draws.shifts[index]))
        shifts = self.draws.shifts[index]
        tranche_of = {int(server): int(tranche) for _, _, server, tranche in shifts}
        return Servers(index, spec, self.ledger, [tranche_of.get(k, 0) for k in range(max(tranche_of, default=-1) + 1)], plan.begin)

    def _wire(self) -> None:
        """Connect steps with their queues, places, providers and guarantees."""
        plan = self.plan
        for stop in self.stops:
            step = stop.step
            if stop.lead is not None and step.stay_of < 0:
                stop.queue = self._queue_for(step.lead)
            if step.stay >= 0 and not plan.steps[step.stay].sought:
                place = self.resources[plan.steps[step.stay].lead]
                stop.place = place if isinstance(place, Places) else None
        for resource in self.resources:
            users = {id(s.queue): s.queue for s in self.stops if s.queue is not None and s.wants(resource)}
            self.users_of.append(sorted(users.values(), key=lambda q: q.resource))
        for stop in self.stops:
            if stop.step.pull_watch >= 0 and stop.queue is not None:
                for at in (stop, self.stops[stop.step.pull_watch]):
                    at.counted = True
                    at.watched_by.append(stop.queue)
        for e in plan.elsewhere:
            self.stops[e.step].provider = e.provider + 1
        for step_index, days, from_decision in plan.due_days:
            self.stops[step_index].due = (days * DAY_S, from_decision)

    def _queue_for(self, lead: int) -> LeadQueue:
        if lead not in self.queue_at:
            spec, resource = self.plan.resources[lead], self.resources[lead]
            steps = [s for s in self.plan.steps if s.needs and s.lead == lead and s.stay_of < 0]
            by_group = any(len(set(row)) > 1 for s in steps for row in s.mean_s)
            special = isinstance(resource, Slots) and resource.special
            queue = LeadQueue(
                lead, kinds=spec.skip or special, by_group=by_group, maximum=spec.maximum_queue, longest=spec.kept_class == -1
            )
            self.queue_at[lead] = queue
            self.queues = [self.queue_at[r] for r in sorted(self.queue_at)]
        return self.queue_at[lead]

    # --- phases of an instant -----------------------------------------------------------------------------------

    def at_period(self, period: int) -> None:
        """A dated change: from now on the luck and the limits of the next period."""
        for stop in self.stops:
            stop.at_period(period)
        for queue in self.queues:
            self.wake(queue)

    def settle(self) -> None:
        """What follows when everything that ends at this instant has ended: phases 2 to 5 of the event order."""
        self.calendar.take_effect()
        if self.leave.marked:
            self.leave.send_elsewhere()
        if self.dirty or self.touched:
            dispatch.dispatch(self)
        if self.leave.busy:
            self.leave.at_instant()

    def wake(self, queue: LeadQueue | None) -> None:
        """Something changed for this queue: try it at the next dispatch."""
        if queue is not None and not queue.dirty:
            queue.dirty = True
            self.dirty.append(queue)

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
            self.decision[patient] = self.env.now
        if patient in self.gone:
            return 0
        number = self.visits[step][patient]
        if stop.provider:
            return stop.values("lead_time", number)[patient]
        return stop.values("delay", number)[patient] if stop.step.has_delay else 0

    def join(self, patient: int, step: int, arrived: bool = False) -> Visit:
        """A new visit: the patient joins the step's queue, or starts at once where there is none."""
        numbers = self.visits[step]
        number = numbers[patient]
        numbers[patient] = number + 1
        visit = Visit(self.env, patient, step, number)
        now = visit.joined = self.env._now
        visit.queued = self.draws.joined[patient] if arrived else now
        self.current[patient] = visit
        if self.siblings and patient in self.siblings:
            self.siblings[patient].append(visit)
        stop = self.stops[step]
        if stop.queue is None:
            self._join_without_queue(stop, visit)
        else:
            self.leave.watch(stop, visit, arrived)
            self.line_up(stop, visit)
        return visit

    def join_again(self, before: Visit) -> Visit:
        """The same visit booked anew, with its first joining kept."""
        visit = Visit(self.env, before.patient, before.step, before.number)
        visit.joined, visit.queued = self.env.now, before.queued
        visit.attempt, visit.no_shows = before.attempt + 1, before.no_shows
        visit.leave_at = before.leave_at
        before.rebook = -1
        self.current[visit.patient] = visit
        if visit.patient in self.gone:
            self.leave.withdraw(visit, LEFT)
            return visit
        if visit.patient in self.siblings:
            self.siblings[visit.patient].append(visit)
        self.leave.watch_again(visit)
        self.line_up(self.stops[visit.step], visit)
        return visit

    def already_in(self, patient: int, step: int) -> Visit:
        """Somebody in a bed when the run begins: holds a place, untested, until discharge."""
        visit = Visit(self.env, patient, step, 0)
        self.visits[step][patient] = 1
        visit.joined = visit.queued = visit.started = self.env.now
        self.current[patient] = visit
        for resource, units in self.stops[step].needs:
            if isinstance(resource, Places):
                resource.change(self.env.now, taken=units)
        visit.over_in(self.draws.remaining[patient])
        return visit

    def class_at(self, visit: Visit) -> int:
        """The class of a patient at a step: the step's own, else the patient's."""
        klass = self.stops[visit.step].step.klass
        return klass if klass >= 0 else self.klass[visit.patient]

    def line_up(self, stop: Stop, visit: Visit) -> None:
        """Put the visit in its queue, in the order fixed now."""
        patient, queue = visit.patient, stop.queue
        rank = 2 * self.class_at(visit) + (visit.remaining < 0)
        if stop.step.linked and not visit.demoted and visit.remaining < 0 and self.calendar.link(stop, visit):
            rank = -1
        order = visit.queued if stop.first_come or visit.remaining >= 0 else self.order_value(stop, visit)
        assert queue is not None
        queue.push(visit, (rank, order, patient, visit.step, visit.number, visit), self.group[patient])
        if stop.counted:
            stop.queued_here += 1
        if not queue.dirty:
            queue.dirty = True
            self.dirty.append(queue)

    def order_value(self, stop: Stop, visit: Visit) -> int:
        """Joining, referral or decision, or the guarantee date, as the lead's queue is ordered."""
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

    def _join_without_queue(self, stop: Stop, visit: Visit) -> None:
        step = stop.step
        if step.stay_of < 0:
            visit.started = visit.joined
            visit.length = stop.duration(visit.patient, visit.number)
            visit.over_in(visit.length)
            return
        visit.stay = self.holding.pop((visit.patient, visit.step), None)
        if step.sought:
            place = stop.lead
            assert isinstance(place, Places)
            place.seek(visit, visit.joined)
            self.touched = True
        else:
            visit.place_held = True
            self.begin_stay(stop, visit)

    # --- starting -----------------------------------------------------------------------------------------------

    def take_out(self, stop: Stop, visit: Visit) -> None:
        """The visit no longer waits in its queue."""
        queue = stop.queue
        assert queue is not None
        queue.remove(visit)
        if stop.counted:
            stop.queued_here -= 1
            for pulled in stop.watched_by:
                self.wake(pulled)

    def start(self, stop: Stop, visit: Visit, *, kept: bool = False) -> None:
        """Start a visit whose turn it is and whose resources are free; or find that nobody comes."""
        self.take_out(stop, visit)
        now = self.env.now
        if visit.remaining >= 0:
            self._take_staff(stop, visit, now, None, SERVING)
            self._run(stop, visit, visit.remaining)
            return
        if stop.troubled and self._falls_through(stop, visit, kept):
            return
        visit.started = now
        until = None if visit.outcome == NO_SHOW else now + self.mean(stop, visit.patient)
        visit.length = stop.duration(visit.patient, visit.number)
        self._take(stop, visit, until, kept)
        self._run(stop, visit, visit.length)

    def mean(self, stop: Stop, patient: int) -> int:
        """The declared mean of (step, group, period): the closing test."""
        return stop.step.mean_s[stop.period][self.group[patient]]

    def _falls_through(self, stop: Stop, visit: Visit, kept: bool) -> bool:
        """A late cancellation (nothing but the slot is touched), or a no-show (marked; True only if cancelled)."""
        patient, step = visit.patient, stop.step
        key = (patient, stop.index)
        booking = self.attempts.get(key, 0)
        self.attempts[key] = booking + 1
        cause = stop.values("cancel", booking)[patient] if step.cancellations else -1
        if cause >= 0:
            cancellation = step.cancellations[cause]
            if isinstance(stop.lead, Slots) and not cancellation.refill:
                tranche = stop.lead.take(stop.index, stop.needs[0][1], kept=kept)
                stop.lead.waste(tranche, stop.needs[0][1], cancellation.cause)
            visit.outcome = CANCELLED
            if not stop.values("cancel_leaves", booking)[patient]:
                visit.rebook = stop.values("cancel_rebook", booking)[patient]
            visit.over_in(0)
            return True
        if step.has_no_show and stop.values("no_show", booking)[patient]:
            visit.outcome = NO_SHOW
            visit.no_shows += 1
            if not step.remove_after or visit.no_shows < step.remove_after:
                visit.rebook = stop.values("rebook", booking)[patient]
        return False

    def _take(self, stop: Stop, visit: Visit, until: int | None, kept: bool) -> None:
        """Take what the step needs; of a no-show only the lead."""
        now = self.env.now
        absent = visit.outcome == NO_SHOW
        for k, (resource, units) in enumerate(stop.needs):
            if absent and k:
                break
            if isinstance(resource, Slots):
                tranche = resource.take(stop.index, units, kept=kept and k == 0)
                visit.tranche = tranche if k == 0 else visit.tranche
                if absent:
                    resource.waste(tranche, units, 2)
            elif isinstance(resource, Places):
                resource.change(now, taken=units)
        self._take_staff(stop, visit, now, until, ABSENT if absent else SERVING)
        if stop.place is not None and not absent:
            stop.place.change(now, taken=1)
            visit.place_held = True

    def _take_staff(self, stop: Stop, visit: Visit, now: int, until: int | None, doing: int) -> None:
        taken: dict[int, tuple[int, ...]] = {}
        for k, (resource, units) in enumerate(stop.needs):
            if isinstance(resource, Servers) and (doing == SERVING or k == 0):
                limit = None if resource.spec.suspend or visit.remaining >= 0 else self.closing_test(stop, visit, until)
                taken[resource.index] = resource.take(visit, units, limit, now, doing)
        visit.servers = taken
        self.touched = True

    def closing_test(self, stop: Stop, visit: Visit, until: int | None) -> int:
        """When the visit is expected to end, at the latest."""
        return until if until is not None else self.env.now + self.mean(stop, visit.patient)

    def _run(self, stop: Stop, visit: Visit, seconds: int) -> None:
        """Let the visit run; where it may be paused its completion carries a serial."""
        visit.resumed_at, visit.remaining = self.env.now, -1
        if stop.counted:
            stop.in_service += 1
        if not stop.pausable:
            visit.over_in(seconds)
            return
        visit.length = seconds
        timer = self.env.timeout(seconds, visit.serial)
        timer.callbacks.append(lambda event: visit.over_in(0) if event.value == visit.serial else None)

    def begin_stay(self, stop: Stop, visit: Visit) -> None:
        """A stay begins: in the place reserved, or in the one just found."""
        now = self.env.now
        visit.started = now
        length = stop.duration(visit.patient, visit.number)
        seconds = self.nights(stop, length, now) if stop.step.nights else length
        if visit.stay is not None and stop.step.sought:
            self._leave_behind(visit.stay, now)
            visit.stay = None
        if stop.step.until:
            self.env.process(discharge(self, visit, seconds, stop.step.until))
        else:
            visit.over_in(seconds)

    @staticmethod
    def nights(stop: Stop, nights: int, now: int) -> int:
        """Seconds until discharge on the date so many nights on; never before it began + 1 s."""
        day = now // DAY_S + nights
        hour = stop.step.discharge_s if nights else stop.step.same_day_s
        return max(1, day * DAY_S + hour - now)

    def pause(self, visit: Visit) -> None:
        """An interrupted or suspended visit gives back its staff, keeps slot and places, and waits first in its class."""
        stop, spec = self.stops[visit.step], self.plan.resources[self.stops[visit.step].step.lead]
        visit.serial += 1
        done = self.env.now - visit.resumed_at
        visit.remaining = visit.length if spec.interruption == "restart" else visit.length - done
        if stop.counted:
            stop.in_service -= 1
        self.release_staff(visit, self.env.now)
        self.line_up(stop, visit)

    def side_by_side(self, patient: int) -> None:
        """From now on the patient may be at several steps at once: who leaves one queue must leave all."""
        self.siblings.setdefault(patient, [])

    # --- finishing ----------------------------------------------------------------------------------------------

    def go_on(self, visit: Visit) -> int:
        """The visit is over: give back what it used, write its row, and say where the patient goes."""
        stop, outcome = self.stops[visit.step], visit.outcome
        if outcome == OPEN:
            visit.outcome = DONE
            return self._after_done(stop, visit)
        if outcome in (NO_SHOW, CANCELLED):
            self.give_up(visit)
            return self.leave.for_good(stop, visit)
        if outcome == OVERFLOW:
            return stop.step.overflow
        if outcome == ELSEWHERE:
            return self.plan.elsewhere[stop.step.elsewhere].step
        return GONE

    def give_up(self, visit: Visit) -> None:
        """A booking that came to nothing: its row, and what it used (a no-show's time is over now)."""
        stop = self.stops[visit.step]
        if visit.outcome == NO_SHOW:
            self._give_back(stop, visit)
        self.write(stop, visit, self.env.now)

    def _after_done(self, stop: Stop, visit: Visit) -> int:
        now = self.env._now
        step = stop.step
        if step.stay >= 0:
            return self._into_stay(stop, visit, now)
        if stop.simple:
            stop.lead.free += 1
            visit.used = now - visit.started
            queue = stop.queue
            if not queue.dirty:
                queue.dirty = True
                self.dirty.append(queue)
        elif stop.needs:
            self._give_back(stop, visit)
        self.write(stop, visit, now)
        return self.next_step(stop, visit)

    def next_step(self, stop: Stop, visit: Visit) -> int:
        """The route after a visit: rework first, up to its cap, else as drawn; nowhere for who has left meanwhile."""
        patient, number, step = visit.patient, visit.number, stop.step
        if self.gone and patient in self.gone:
            return GONE
        if step.rework_to >= 0 and stop.values("rework", number)[patient]:
            times = self.returned.get((patient, stop.index), 0)
            if times >= step.rework_cap:
                return stop.values("route_capped", number)[patient]
            self.returned[patient, stop.index] = times + 1
            return step.rework_to
        if stop.provider:
            return self._home_again(stop, visit)
        return stop.route(patient, number)

    def _home_again(self, stop: Stop, visit: Visit) -> int:
        """After another provider's treatment: a complication comes home, else own follow-up, or the end."""
        terms = next(e for e in self.plan.elsewhere if e.step == stop.index)
        if terms.complication_step >= 0 and stop.values("complication", visit.number)[visit.patient]:
            return terms.complication_step
        return terms.then

    def _into_stay(self, stop: Stop, visit: Visit, now: int) -> int:
        """Treatment is over and the stay begins: staff leave now, or wait with the patient until there is a place."""
        stay = stop.step.stay
        self.holding[visit.patient, stay] = visit
        if self.plan.steps[stay].sought:
            visit.blocked_since, visit.outcome = now, OPEN
            for r, servers in visit.servers.items() if isinstance(visit.servers, dict) else ():
                resource = self.resources[r]
                assert isinstance(resource, Servers)
                resource.block(servers, now)
                self.calendar.send_home_late(resource, servers, now)
            return stay
        self._give_back(stop, visit)
        self.write(stop, visit, now)
        return stay

    def _leave_behind(self, visit: Visit, now: int) -> None:
        """A place is found: the patient leaves the theatre or room that was blocked."""
        stop = self.stops[visit.step]
        visit.blocked = now - visit.blocked_since
        if stop.simple:
            stop.lead.free += 1
            visit.used = visit.blocked_since - visit.started
            self.wake(stop.queue)
        else:
            self._give_back(stop, visit)
        visit.outcome = DONE
        self.write(stop, visit, now)

    def _give_back(self, stop: Stop, visit: Visit) -> None:
        """Staff and places of a visit are free again (a place reserved for the stay stays with the patient)."""
        now = self.env.now
        absent = visit.outcome == NO_SHOW
        if stop.counted:
            stop.in_service -= 1
            for pulled in stop.watched_by:
                self.wake(pulled)
        self.release_staff(visit, now)
        for k, (resource, units) in enumerate(stop.needs):
            if isinstance(resource, Places) and not (absent and k):
                resource.change(now, taken=-units)
                self.freed(resource)

    def release_staff(self, visit: Visit, now: int) -> None:
        """Give back the servers a visit has."""
        if isinstance(visit.servers, dict):
            for r, servers in visit.servers.items():
                resource = self.resources[r]
                assert isinstance(resource, Servers)
                resource.give(servers, now)
                self.freed(resource)
        visit.servers = ()

    # --- writing down -------------------------------------------------------------------------------------------

    def write(self, stop: Stop, visit: Visit, finished: int) -> None:
        """One contact row."""
        due = NEVER if stop.due is None else self.due(stop, visit.patient)
        self.ledger.contacts.append(
            (visit.patient, visit.step, visit.number, visit.attempt, stop.provider, visit.queued, due, visit.started,
             finished, visit.outcome, visit.used, visit.overtime, visit.blocked)
        )  # fmt: skip

    def exit(self, patient: int, target: int) -> None:
        """The patient leaves the pathway; `target` is -1 - how it ended."""
        if patient in self.gone:
            target = GONE
        ended = -1 - target
        if self.plan.background and self.plan.background[self.group[patient]]:
            ended = 6
        elif patient in self.elsewhere_at and ended == 0:
            ended = 3
        self.end[patient], self.ended[patient] = self.env.now, ended

    def iso_year(self, week: int) -> int:
        """The ISO year of a week of the run (for yearly caps); weeks of the warm-up share one."""
        years = self.plan.iso_year
        return years[week] if 0 <= week < len(years) else -1
