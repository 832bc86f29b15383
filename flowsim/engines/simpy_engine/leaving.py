"""Leaving a queue: patience that ends, queues over their maximum, and treatment elsewhere."""

from __future__ import annotations

from collections import defaultdict
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from flowsim.engines.simpy_engine import dispatch
from flowsim.engines.simpy_engine.finishing import write
from flowsim.engines.simpy_engine.visit import ELSEWHERE, LEFT, OVERFLOW, Visit
from flowsim.plan.model import FOREVER
from flowsim.tables import NEVER, SOURCES

if TYPE_CHECKING:
    from flowsim.engines.simpy_engine.clinic import Clinic
    from flowsim.engines.simpy_engine.queues import LeadQueue
    from flowsim.engines.simpy_engine.stops import Stop

GONE = -3


class Leaving:
    """Who may leave, and when."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.patience: list[tuple[int, int, int, int, int, Visit]] = []
        self.alarm = FOREVER
        self.limited: list[LeadQueue] = [q for q in clinic.queue_at.values() if q.maximum >= 0]
        self.marked: list[Visit] = []
        """Offered treatment elsewhere on joining, now."""
        self.waiting: dict[int, list[Visit]] = defaultdict(list)
        """Marked and still waiting, by terms: they leave in queue order when a week's cap opens."""
        self.sent: dict[tuple[int, str, int], int] = defaultdict(int)

    # --- patience -----------------------------------------------------------------------------------------------

    def watch(self, stop: Stop, visit: Visit, arrived: bool) -> None:
        """On joining: the threshold of patience and the offer of treatment elsewhere are looked up."""
        step, clinic = stop.step, self.clinic
        for k, from_decision in enumerate(step.patience_from_decision):
            clock = clinic.decision[visit.patient] if from_decision else visit.queued
            clock = visit.queued if clock == NEVER else clock
            seconds = stop.values(f"patience:{k}", visit.number)[visit.patient]
            if seconds != FOREVER:
                until = clock + seconds
                visit.leave_at = until if visit.leave_at is None else min(visit.leave_at, until)
        self.set_alarm(visit)
        if step.elsewhere >= 0:
            self._offer(stop, visit, arrived)

    def set_alarm(self, visit: Visit) -> None:
        """Remember when the visit's patience ends; a rebooking draws none anew."""
        if visit.leave_at is None:
            return
        at = max(visit.leave_at, self.clinic.now)
        key = (at, visit.patient, visit.step, visit.number, visit.attempt, visit)
        heappush(self.patience, key)
        if at < self.alarm:
            self._ring(at)

    def _ring(self, at: int) -> None:
        """Let the clock stop at that second, if it is within the run."""
        self.alarm = at
        if at < self.clinic.plan.end:
            self.clinic.env.timeout(at - self.clinic.now)

    def at_instant(self) -> None:
        """Phase 5: patience first, then queues over their maximum, one at a time, with a dispatch after each."""
        clinic = self.clinic
        while (visit := self._impatient() or self._over()) is not None:
            stop = clinic.stops[visit.step]
            self.withdraw(visit, OVERFLOW if self.turned_away and stop.step.overflow >= 0 else LEFT)
            dispatch.serve_plain(clinic)
            dispatch.dispatch(clinic)
        if self.alarm <= clinic.now:
            self.alarm = FOREVER
            if self.patience:
                self._ring(self.patience[0][0])

    def _impatient(self) -> Visit | None:
        self.turned_away = False
        now = self.clinic.now
        while self.patience and self.patience[0][0] <= now:
            visit = heappop(self.patience)[5]
            if visit.entry is not None and visit.remaining < 0:
                return visit
        return None

    def _over(self) -> Visit | None:
        self.turned_away = True
        for queue in self.limited:
            if queue.length > queue.maximum:
                return queue.last_joined()
        return None

    def withdraw(self, visit: Visit, outcome: int) -> None:
        """Take a visit out of its queue and let its patient know; in parallel branches all of them."""
        clinic = self.clinic
        stop = clinic.stops[visit.step]
        if visit.entry is not None:
            clinic.take_out(stop, visit)
            clinic.wake(stop.queue)
        visit.outcome = outcome
        write(clinic, stop, visit, clinic.now)
        visit.over_in(0)
        if outcome == LEFT:
            self._leave_all(visit.patient)

    def _leave_all(self, patient: int) -> None:
        clinic = self.clinic
        if patient not in clinic.siblings:
            return
        if patient not in clinic.gone:
            clinic.gone.add(patient)
            for other in self._visits(patient):
                if other.entry is not None and other.remaining < 0:
                    self.withdraw(other, LEFT)
                elif other.rebook >= 0 and other.processed:
                    self.no_more_bookings(other)
        self.end_if_idle(patient)

    def _visits(self, patient: int) -> list[Visit]:
        current = self.clinic.current[patient]
        both = [*([current] if current is not None else []), *self.clinic.siblings.get(patient, ())]
        return list({id(v): v for v in both}.values())

    def end_if_idle(self, patient: int) -> None:
        """Who has left ends when the last visit already started (or paused) is over, not when a delay is."""
        waiting = any(v.in_hand or v.remaining >= 0 for v in self._visits(patient))
        if not waiting:
            self.clinic.exit(patient, GONE)

    def for_good(self, visit: Visit) -> int:
        """A cancellation or a last no-show after which the patient does not come back."""
        self.no_more_bookings(visit)
        self._leave_all(visit.patient)
        return GONE

    def no_more_bookings(self, visit: Visit) -> None:
        """The row of a booking that will not be made."""
        clinic = self.clinic
        final = Visit(clinic.env, visit.patient, visit.step, visit.number, visit.queued, visit.joined)
        final.attempt, final.outcome = visit.attempt + 1, LEFT
        visit.rebook = -1
        write(clinic, clinic.stops[visit.step], final, clinic.now)

    # --- treatment elsewhere ------------------------------------------------------------------------------------

    def _offer(self, stop: Stop, visit: Visit, arrived: bool) -> None:
        terms = self.clinic.plan.elsewhere[stop.step.elsewhere]
        queued_at_start = SOURCES[self.clinic.draws.source[visit.patient]] == "queue" and arrived
        if queued_at_start and not terms.include_start_queue:
            return
        if stop.values("elsewhere", visit.number)[visit.patient]:
            self.mark(visit)

    def mark(self, visit: Visit) -> None:
        """The patient takes the offer of treatment elsewhere, if the caps allow; also when booked anew."""
        visit.marked = True
        self.marked.append(visit)

    def send_elsewhere(self) -> None:
        """Phase 3: who is marked leaves at once within the cap; the others wait, marked, for a new week's."""
        marked, self.marked = self.marked, []
        for visit in _in_order(marked):
            terms = self.clinic.stops[visit.step].step.elsewhere
            if not self._send(terms, visit):
                self.waiting[terms].append(visit)

    def new_week(self) -> None:
        """A new week's cap opens: marked patients leave in queue order."""
        for terms, visits in self.waiting.items():
            self.waiting[terms] = [v for v in _in_order(visits) if not self._send(terms, v)]

    def _send(self, terms: int, visit: Visit) -> bool:
        clinic = self.clinic
        caps = clinic.plan.elsewhere[terms]
        week = (clinic.now - clinic.plan.week0) // (7 * 86_400)
        weekly, yearly = (terms, "week", week), (terms, "year", clinic.iso_year(week))
        if 0 <= caps.weekly_cap <= self.sent[weekly] or 0 <= caps.yearly_cap <= self.sent[yearly]:
            return False
        self.sent[weekly] += 1
        self.sent[yearly] += 1
        clinic.elsewhere_at[visit.patient] = clinic.now
        self.withdraw(visit, ELSEWHERE)
        return True


def _in_order(visits: list[Visit]) -> list[Visit]:
    """Those who still wait and were never started, in their queue's order."""
    waiting = [(v.entry, v) for v in visits if v.entry is not None and v.remaining < 0]
    return [visit for _, visit in sorted(waiting)]
