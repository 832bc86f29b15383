"""Packing: plan and draws as the kernel's integer tables."""

from __future__ import annotations

from typing import Any

import numpy as np

from flowsim.engines.compiled_engine import layout as at
from flowsim.engines.counting import countable
from flowsim.plan.model import FOREVER, Draws, Plan
from flowsim.tables import DAY_S, NEVER, WEEK_S

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
    """What of a world does not change while it runs, and what it begins with; sizes are given to `world`."""

    def __init__(self, plan: Plan, draws: Draws) -> None:
        self.plan, self.draws = plan, draws
        self.lists = Lists()
        self.counters = [countable(plan, r, draws) for r in range(len(plan.resources))]
        self.leads = sorted({s.lead for s in plan.steps if s.needs and s.stay_of < 0})
        self.classes = sorted({*(int(k) for k in draws.klass), *(s.klass for s in plan.steps if s.klass >= 0)})
        self.rank_of = self._ranks()
        self.needs = np.array([n for s in plan.steps for n in s.needs] or [(0, 0)], np.int64).reshape(-1, 2)
        self.resources, self.tranches, self.servers = self._resources()
        self.steps = self._steps()
        self.queues, self.heaps = self._queues()
        self._users()
        self._pulls()
        self.numbers = self._numbers()
        self.changes = self._changes()

    def _ranks(self) -> np.ndarray:
        """[0] how many ranks there are; then the number of rank r at r + 2 (-1 linked, 2 x class + 0 or 1)."""
        ranks = [-1, *(r for k in self.classes for r in (2 * k, 2 * k + 1))]
        out = np.zeros(max(ranks) + 3, np.int64)
        out[0] = len(ranks)
        for number, rank in enumerate(ranks):
            out[rank + 2] = number
        return out

    def _resources(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        plan, draws = self.plan, self.draws
        table = np.zeros((max(1, len(plan.resources)), at.N_RESOURCE), np.int64)
        tranches = np.zeros(
            (len(table), max((len(r.tranches) for r in plan.resources), default=1), at.N_TRANCHE), np.int64
        )
        servers: list[list[int]] = []
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
            row[at.R_SERVERS] = len(servers)
            if row[at.R_KIND] == at.SERVERS:
                servers += self._staff(r)
            row[at.R_N_SERVERS] = len(servers) - row[at.R_SERVERS]
            if row[at.R_KIND] == at.COUNTER:
                row[at.R_FREE] = FOREVER if spec.unlimited else len(draws.shifts[r])
        return table, tranches, np.array(servers or [[0] * at.N_SERVER], np.int64)

    def _staff(self, r: int) -> list[list[int]]:
        tranche_of = {int(server): int(t) for _, _, server, t in self.draws.shifts[r]}
        spec = self.plan.resources[r]
        out = []
        for number in range(max(tranche_of, default=-1) + 1):
            t = tranche_of.get(number, 0)
            server = [0] * at.N_SERVER
            server[at.V_VISIT], server[at.V_TRANCHE], server[at.V_OVERTIME] = -1, t, spec.tranches[t].overtime_s
            out.append(server)
        return out

    def _steps(self) -> np.ndarray:
        plan = self.plan
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
            self._step_rules(row, k)
        self.position = position
        for terms in plan.elsewhere:
            table[terms.step, at.S_PROVIDER] = terms.provider + 1
        for k, days, from_decision in plan.due_days:
            table[k, at.S_DUE], table[k, at.S_DUE_DECISION] = days * DAY_S, from_decision
        return table

    def _step_rules(self, row: np.ndarray, k: int) -> None:
        plan, step = self.plan, self.plan.steps[k]
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

    def _queues(self) -> tuple[np.ndarray, int]:
        plan = self.plan
        table = np.zeros((max(1, len(self.leads)), at.N_QUEUE), np.int64)
        heaps = 0
        groups = len(plan.setting.groups)
        for q, lead in enumerate(self.leads):
            row, spec = table[q], plan.resources[lead]
            steps = [s for s in plan.steps if s.needs and s.lead == lead and s.stay_of < 0]
            kinds = not self.counters[lead] and (spec.skip or bool(self.resources[lead, at.R_SPECIAL]))
            row[at.Q_RESOURCE], row[at.Q_HEAPS], row[at.Q_KINDS], row[at.Q_FIRST] = lead, heaps, kinds, -1
            row[at.Q_N_HEAPS] = self.position[lead] * groups * self.rank_of[0] if kinds else 1
            row[at.Q_LISTED] = spec.maximum_queue >= 0 or spec.kept_class == -1
            row[at.Q_BY_GROUP] = any(len(set(m)) > 1 for s in steps for m in s.mean_s)
            heaps += int(row[at.Q_N_HEAPS])
            self.resources[lead, at.R_QUEUE] = q
        if not self.leads:
            table[0, at.Q_RESOURCE] = 0
        return table, max(heaps, 1)

    def _users(self) -> None:
        """Per resource the queues, in plan order, whose steps need it or reserve a place in it."""
        for r in range(len(self.plan.resources)):
            users = set()
            for k, step in enumerate(self.plan.steps):
                wants = any(need == r for need, _ in step.needs) or self.steps[k, at.S_PLACE] == r
                if wants and self.steps[k, at.S_QUEUE] >= 0:
                    users.add(int(self.steps[k, at.S_QUEUE]))
            row = self.resources[r]
            row[at.R_USERS], row[at.R_N_USERS] = self.lists.add(sorted(users))
            row[at.R_EXPLAINED] = bool(users) and not self.counters[r]
            row[at.R_SOUGHT] = any(s.sought and s.lead == r for s in self.plan.steps)

    def _pulls(self) -> None:
        """Who is pulled wakes when fewer wait at the step watched, or fewer are in service here."""
        wakes: dict[int, list[int]] = {}
        for k, step in enumerate(self.plan.steps):
            if step.pull_watch >= 0 and self.steps[k, at.S_QUEUE] >= 0:
                for where in (k, step.pull_watch):
                    self.steps[where, at.S_COUNTED] = 1
                    wakes.setdefault(where, []).append(int(self.steps[k, at.S_QUEUE]))
        for k, queues in wakes.items():
            self.steps[k, at.S_WAKES], self.steps[k, at.S_N_WAKES] = self.lists.add(queues)

    def _numbers(self) -> np.ndarray:
        width = self.tranches.shape[1]
        rows = [np.pad(p, ((0, 0), (0, width - p.shape[1]))) for p in self.draws.place_tranches if len(p)]
        return np.concatenate([np.zeros((0, width), np.int64), *rows]).astype(np.int64)

    def _changes(self) -> np.ndarray:
        """(second, kind, resource, what, extra), in the order in which they take effect."""
        plan, draws, rows, number = self.plan, self.draws, [np.zeros((0, 5), np.int64)], 0
        for r, row in enumerate(self.resources[: len(plan.resources)]):
            if row[at.R_KIND] == at.SLOTS:
                rows += _slot_changes(draws.slots[r], r)
            elif row[at.R_KIND] == at.SERVERS:
                opens, closes, server, _ = draws.shifts[r].T
                rows.append(_changes(opens, at.OPEN_SHIFT, r, server, closes))
                ends = closes != FOREVER
                rows.append(_changes(closes[ends], at.CLOSE, r, server[ends], 0))
            elif row[at.R_KIND] == at.PLACES:
                n = len(draws.places[r])
                rows.append(_changes(draws.places[r][:, 0], at.NUMBER, r, number + np.arange(n), 0))
                number += n
        mondays = np.arange(plan.week0 + WEEK_S * ((plan.begin - plan.week0) // WEEK_S + 1), plan.end, WEEK_S)
        rows.append(_changes(mondays, at.NEW_WEEK, 0, 0, 0))
        if plan.begin < 0:
            rows.append(_changes(np.zeros(1, np.int64), at.FLUSH, 0, 0, 0))
        table = np.concatenate(rows)
        table[:, 0] = np.maximum(table[:, 0], plan.begin)
        table = table[table[:, 0] < plan.end]
        return table[np.lexsort(table.T[::-1])]

    def closing(self) -> np.ndarray:
        """[resource, day from the day of `begin`]: last closing of the windows that open that day."""
        plan, first = self.plan, self.plan.begin // DAY_S
        days = plan.end // DAY_S - first + 2
        out = np.full((len(self.resources), days), NEVER, np.int64)
        for r in range(len(plan.resources)):
            windows = self.draws.slots[r][:, :2] if len(self.draws.slots[r]) else self.draws.shifts[r][:, :2]
            inside = windows[(windows[:, 0] // DAY_S >= first) & (windows[:, 0] < plan.end)]
            np.maximum.at(out[r], inside[:, 0] // DAY_S - first, inside[:, 1])
            always = not len(windows) or bool((windows[:, 1] == FOREVER).any())
            self.resources[r, at.R_ALWAYS] = always or plan.resources[r].kind == "places"
        return out

    def terms(self) -> np.ndarray:
        """Terms of treatment elsewhere."""
        out = np.zeros((len(self.plan.elsewhere), at.N_TERMS), np.int64)
        for e, t in enumerate(self.plan.elsewhere):
            out[e] = [
                t.step,
                t.weekly_cap,
                t.yearly_cap,
                t.then,
                t.complication_step,
                t.include_start_queue,
                -9,
                0,
                -9,
                0,
            ]
        return out


def _changes(second: np.ndarray, kind: int, r: int, what: Any, extra: Any) -> np.ndarray:
    columns = np.broadcast_arrays(second, kind, r, what, extra)
    return np.stack([np.asarray(c, np.int64) for c in columns], axis=1)


def _slot_changes(slots: np.ndarray, r: int) -> list[np.ndarray]:
    appear, expire, tranche, kept = slots.T
    ends, held = expire != FOREVER, (kept == 1) & (expire != FOREVER)
    return [
        _changes(appear, at.APPEAR, r, tranche, kept),
        np.unique(_changes(expire[ends], at.EXPIRE, r, tranche[ends], 0), axis=0),
        np.unique(_changes(np.maximum(expire - 1, appear)[held], at.KEPT_FREE, r, tranche[held], 0), axis=0),
    ]


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
    """Names of the drawn columns, in the order of their numbers."""
    rules = max((len(s.patience_from_decision) for s in plan.steps), default=0)
    return (*at.WHATS, *(f"patience:{k}" for k in range(rules)))


def asked(plan: Plan, step: int) -> list[str]:
    """The columns that a step's visits may read."""
    s, names = plan.steps[step], ["duration"]
    provider = any(e.step == step for e in plan.elsewhere)
    names += ["delay"] * s.has_delay + ["rework", "route_capped"] * (s.rework_to >= 0)
    names += ["route"] * (s.stay < 0 and not provider) + ["no_show", "rebook"] * s.has_no_show
    names += ["cancel", "cancel_rebook", "cancel_leaves"] * bool(s.cancellations)
    names += ["elsewhere"] * (s.elsewhere >= 0) + ["lead_time", "complication"] * provider
    return names + [f"patience:{k}" for k in range(len(s.patience_from_decision))]
