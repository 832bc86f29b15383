"""Packing: a plan as the kernel's integer tables, made once for a plan and copied for every run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from flowsim.engines.compiled_engine import layout as at
from flowsim.engines.counting import countable
from flowsim.plan.model import Draws, Plan
from flowsim.plan.odds import WHATS
from flowsim.plan.once import once
from flowsim.tables import DAY_S

KINDS = {"slots": at.SLOTS, "staff": at.SERVERS, "places": at.PLACES}
ORDERS = {"first_come": at.FIRST_COME, "longest_wait": at.LONGEST_WAIT, "due_first": at.DUE_FIRST}
INTERRUPTIONS = {"none": at.NO_INTERRUPTION, "resume": at.RESUME, "restart": at.RESTART}


class Lists:
    """Lists of numbers in a row; each is known by where it begins and how long it is."""

    def __init__(self) -> None:
        self.numbers: list[int] = [0]

    def add(self, numbers: Any) -> tuple[int, int]:
        """Where a list begins, and its length."""
        begin = len(self.numbers)
        self.numbers += [int(n) for n in numbers]
        return begin, len(self.numbers) - begin


class Packed:
    """What a plan's runs begin with. `counters`: staff resources where counting is enough; `classes` of patients."""

    def __init__(self, plan: Plan, counters: tuple[bool, ...], classes: tuple[int, ...]) -> None:
        self.lists = Lists()
        self.counters = counters
        self.leads = sorted({s.lead for s in plan.steps if s.needs and s.stay_of < 0})
        self.classes = sorted({*classes, *(s.klass for s in plan.steps if s.klass >= 0)})
        self.rank_of = self._ranks(plan)
        self.needs = np.array([n for s in plan.steps for n in s.needs] or [(0, 0)], np.int64).reshape(-1, 2)
        self.resources, self.tranches = self._resources(plan)
        self.steps = self._steps(plan)
        self.queues, self.heaps = self._queues(plan)
        self._users(plan)
        self.seekers = self.lists.add(sorted({s.lead for s in plan.steps if s.sought}))
        noted = (self.resources[:, at.R_EXPLAINED] == 1) & (self.resources[:, at.R_KIND] != at.SLOTS)
        self.noted = self.lists.add(np.flatnonzero(noted))
        self._pulls(plan)
        self.terms = _terms(plan)
        self.pull, self.splits = pulls(plan), splits(plan)
        self.mean = np.array([s.mean_s for s in plan.steps], np.int64)
        self.numbers = np.array(self.lists.numbers, np.int64)
        self.sizes = Sizes()
        self.linked = any(s.linked for s in plan.steps)
        self.written = self._written(plan)

    def _written(self, plan: Plan) -> np.ndarray:
        """[column of a row] 1 if any row of the plan's runs has anything in it, and where it is written."""
        needed = np.ones(at.N_ROW, np.int64)
        needed[at.ROW_ATTEMPT] = any(s.has_no_show or s.cancellations for s in plan.steps)
        needed[at.ROW_DUE] = bool(plan.due_days)
        needed[at.ROW_OVERTIME] = bool((self.resources[:, at.R_KIND] == at.SERVERS).any())
        needed[at.ROW_BLOCKED] = any(s.sought for s in plan.steps)
        return np.stack([needed, np.arange(at.N_ROW)], axis=1)

    def _ranks(self, plan: Plan) -> np.ndarray:
        """[0] how many ranks there are; then the number of rank r at r + 2 (-1 linked, 2 x class + 0 or 1)."""
        ranks = [-1] * any(s.linked for s in plan.steps)
        if any(r.suspend or r.interruption != "none" for r in plan.resources):
            ranks += [2 * k for k in self.classes]
        ranks += [2 * k + 1 for k in self.classes]
        out = np.zeros(2 * max(self.classes, default=0) + 4, np.int64)
        out[0] = len(ranks)
        for number, rank in enumerate(ranks):
            out[rank + 2] = number
        return out

    def _resources(self, plan: Plan) -> tuple[np.ndarray, np.ndarray]:
        table = np.zeros((max(1, len(plan.resources)), at.N_RESOURCE), np.int64)
        tranches = np.zeros(
            (len(table), max((len(r.tranches) for r in plan.resources), default=1), at.N_TRANCHE), np.int64
        )
        for r, spec in enumerate(plan.resources):
            row = table[r]
            row[at.R_KIND] = at.COUNTER if self.counters[r] else KINDS[spec.kind]
            row[at.R_UNLIMITED], row[at.R_ORDER], row[at.R_SKIP] = spec.unlimited, ORDERS[spec.order], spec.skip
            row[at.R_MAXIMUM], row[at.R_SUSPEND] = spec.maximum_queue, spec.suspend
            row[at.R_INTERRUPTION], row[at.R_KEPT_CLASS] = INTERRUPTIONS[spec.interruption], spec.kept_class
            only = any(t.only for t in spec.tranches)
            row[at.R_SPECIAL] = spec.kind == "slots" and (spec.kept_class > -2 or only)
            row[at.R_TRANCHES], row[at.R_SINCE], row[at.R_SEEKERS], row[at.R_QUEUE] = (
                len(spec.tranches),
                plan.begin,
                -1,
                -1,
            )
            for t, tranche in enumerate(spec.tranches):
                tranches[r, t, at.K_ONLY], tranches[r, t, at.K_N_ONLY] = self.lists.add(tranche.only)
        return table, tranches

    def _steps(self, plan: Plan) -> np.ndarray:
        table = np.full((len(plan.steps), at.N_STEP), -1, np.int64)
        first = 0
        position: dict[int, int] = {}
        self.rows = {"booked": 0, "returned": 0}
        self.booked_row = np.zeros(len(plan.steps), np.int64)
        self.returned_row = np.zeros(len(plan.steps), np.int64)
        for k, step in enumerate(plan.steps):
            row = table[k]
            row[at.S_LEAD], row[at.S_NEEDS], row[at.S_N_NEEDS] = step.lead, first, len(step.needs)
            first += len(step.needs)
            if step.needs and step.stay_of < 0:
                row[at.S_QUEUE] = self.leads.index(step.lead)
                row[at.S_POSITION] = position.get(step.lead, 0)
                position[step.lead] = position.get(step.lead, 0) + 1
                row[at.S_COUNTER] = step.lead if self.counters[step.lead] else -1
            self._step_rules(plan, row, k)
        self.position = position
        for terms in plan.elsewhere:
            table[terms.step, at.S_PROVIDER] = terms.provider + 1
        for k, days, from_decision in plan.due_days:
            table[k, at.S_DUE], table[k, at.S_DUE_DECISION] = days * DAY_S, from_decision
        return table

    def _step_rules(self, plan: Plan, row: np.ndarray, k: int) -> None:
        step = plan.steps[k]
        row[at.S_KLASS], row[at.S_STAY], row[at.S_STAY_OF] = step.klass, step.stay, step.stay_of
        row[at.S_SOUGHT], row[at.S_NIGHTS] = step.sought, step.nights
        row[at.S_DISCHARGE], row[at.S_SAME_DAY] = step.discharge_s, step.same_day_s
        row[at.S_UNTIL], row[at.S_N_UNTIL] = self.lists.add(step.until)
        row[at.S_DECISION], row[at.S_LINKED], row[at.S_DELAY] = step.decision, step.linked, step.has_delay
        row[at.S_NO_SHOW], row[at.S_REMOVE] = step.has_no_show, step.remove_after
        row[at.S_CANCEL], _ = self.lists.add(x for c in step.cancellations for x in (c.cause, c.refill))
        row[at.S_N_CANCEL] = len(step.cancellations)
        row[at.S_REWORK], row[at.S_CAP], row[at.S_OVERFLOW] = step.rework_to, step.rework_cap, step.overflow
        row[at.S_ELSEWHERE], row[at.S_PULL] = step.elsewhere, step.pull_watch
        row[at.S_PATIENCE], row[at.S_N_PATIENCE] = self.lists.add(step.patience_from_decision)
        row[at.S_COUNTED], row[at.S_QUEUED], row[at.S_SERVING], row[at.S_PROVIDER], row[at.S_N_WAKES] = 0, 0, 0, 0, 0
        row[at.S_WATCHED] = bool(step.patience_from_decision) or step.elsewhere >= 0
        if step.stay >= 0 and not plan.steps[step.stay].sought:
            row[at.S_PLACE] = plan.steps[step.stay].lead
        if step.has_no_show or step.cancellations:
            self.booked_row[k] = self.rows["booked"]
            self.rows["booked"] += 1
        if step.rework_to >= 0:
            self.returned_row[k] = self.rows["returned"]
            self.rows["returned"] += 1

    def _queues(self, plan: Plan) -> tuple[np.ndarray, int]:
        table = np.zeros((max(1, len(self.leads)), at.N_QUEUE), np.int64)
        heaps = 0
        groups = len(plan.setting.groups)
        for q, lead in enumerate(self.leads):
            row, spec = table[q], plan.resources[lead]
            steps = [s for s in plan.steps if s.needs and s.lead == lead and s.stay_of < 0]
            kinds = not self.counters[lead] and (spec.skip or bool(self.resources[lead, at.R_SPECIAL]))
            row[at.Q_RESOURCE], row[at.Q_HEAPS], row[at.Q_KINDS], row[at.Q_FIRST] = lead, heaps, kinds, -1
            row[at.Q_LISTED] = spec.maximum_queue >= 0 or spec.kept_class == -1
            row[at.Q_BY_GROUP] = any(len(set(m)) > 1 for s in steps for m in s.mean_s)
            row[at.Q_GROUPS] = groups if row[at.Q_BY_GROUP] else 1
            row[at.Q_N_HEAPS] = self.position[lead] * row[at.Q_GROUPS] * self.rank_of[0] if kinds else 1
            heaps += int(row[at.Q_N_HEAPS])
            self.resources[lead, at.R_QUEUE] = q
        if not self.leads:
            table[0, at.Q_RESOURCE] = 0
        return table, max(heaps, 1)

    def _users(self, plan: Plan) -> None:
        """Per resource the queues, in plan order, whose steps need it or reserve a place in it."""
        for r in range(len(plan.resources)):
            users = set()
            for k, step in enumerate(plan.steps):
                wants = any(need == r for need, _ in step.needs) or self.steps[k, at.S_PLACE] == r
                if wants and self.steps[k, at.S_QUEUE] >= 0:
                    users.add(int(self.steps[k, at.S_QUEUE]))
            row = self.resources[r]
            row[at.R_USERS], row[at.R_N_USERS] = self.lists.add(sorted(users))
            own = [row[at.R_QUEUE]] if row[at.R_QUEUE] >= 0 else sorted(users)
            row[at.R_TELLS], row[at.R_N_TELLS] = self.lists.add(own)
            row[at.R_EXPLAINED] = bool(users) and not self.counters[r]

    def _pulls(self, plan: Plan) -> None:
        """Who is pulled wakes when fewer wait at the step watched, or fewer are in service here."""
        wakes: dict[int, list[int]] = {}
        for k, step in enumerate(plan.steps):
            if step.pull_watch >= 0 and self.steps[k, at.S_QUEUE] >= 0:
                for where in (k, step.pull_watch):
                    self.steps[where, at.S_COUNTED] = 1
                    wakes.setdefault(where, []).append(int(self.steps[k, at.S_QUEUE]))
        for k, queues in wakes.items():
            self.steps[k, at.S_WAKES], self.steps[k, at.S_N_WAKES] = self.lists.add(queues)


@dataclass
class Sizes:
    """How large the kernel's tables are made, for each patient and more; grows until a run fits."""

    visits: float = 0.5
    trips: float = 1.0
    events: float = 2.0
    rows: float = 8.0
    numbers: dict[int, int] = field(default_factory=dict)
    """step -> for how many visits (bookings) there are columns of luck, where it was made by hand."""


@once
def _known(plan: Plan) -> dict[tuple[tuple[bool, ...], tuple[int, ...]], Packed]:
    """What was packed of a plan, by its counters and classes."""
    del plan
    return {}


def packed(plan: Plan, draws: Draws, classes: tuple[int, ...]) -> Packed:
    """A plan's tables; made when first asked for, kept as long as the plan."""
    counters = tuple(countable(plan, r, draws) for r in range(len(plan.resources)))
    known = _known(plan)
    if (counters, classes) not in known:
        known[counters, classes] = Packed(plan, counters, classes)
    return known[counters, classes]


def _terms(plan: Plan) -> np.ndarray:
    """Terms of treatment elsewhere."""
    rows = [
        (t.step, t.weekly_cap, t.yearly_cap, t.then, t.complication_step, t.include_start_queue, -9, 0, -9, 0)
        for t in plan.elsewhere
    ]
    return np.array(rows, np.int64).reshape(-1, at.N_TERMS)


def pulls(plan: Plan) -> np.ndarray:
    """[step, period] limit of a pull."""
    out = np.zeros((len(plan.steps), len(plan.periods)), np.int64)
    for k, step in enumerate(plan.steps):
        if step.pull_below:
            out[k] = step.pull_below
    return out


def splits(plan: Plan) -> np.ndarray:
    """[split]: join, number of branches, the branches."""
    width = 2 + max((len(s.branches) for s in plan.splits), default=0)
    out = np.zeros((max(1, len(plan.splits)), width), np.int64)
    for k, split in enumerate(plan.splits):
        out[k, : 2 + len(split.branches)] = [split.join, len(split.branches), *split.branches]
    return out


def whats(plan: Plan) -> tuple[str, ...]:
    """Names of the drawn columns, in the order of their numbers (by cause: the column knows whose cause is which)."""
    causes = max((len(s.cancellations) for s in plan.steps), default=0)
    rules = max((len(s.patience_from_decision) for s in plan.steps), default=0)
    by_cause = (name for name in ("cancel_rebook", "cancel_leaves") for _ in range(causes))
    return (*WHATS, *by_cause, *(f"patience:{k}" for k in range(rules)))


def asked(plan: Plan, step: int) -> list[str]:
    """The columns that a step's visits may read."""
    s, names = plan.steps[step], ["duration"]
    provider = any(e.step == step for e in plan.elsewhere)
    names += ["delay"] * s.has_delay + ["rework", "route_capped"] * (s.rework_to >= 0)
    names += ["route"] * (s.stay < 0 and not provider) + ["no_show", "rebook"] * s.has_no_show
    names += ["cancel", "cancel_rebook", "cancel_leaves"] * bool(s.cancellations)
    names += ["elsewhere"] * (s.elsewhere >= 0) + ["lead_time", "complication"] * provider
    return names + [f"patience:{k}" for k in range(len(s.patience_from_decision))]
