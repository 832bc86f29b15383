"""What the clinic writes down while it runs: contact rows, and each week's capacity offered, used and lost."""

from __future__ import annotations

from itertools import chain
from math import ceil

import numpy as np

from flowsim.plan.model import Plan
from flowsim.tables import WEEK_S, Rows

CONTACT_COLUMNS = (
    "patient", "step", "visit", "attempt", "provider", "queued_s", "due_s", "started_s", "finished_s", "outcome",
    "used_s", "overtime_s", "blocked_s",
)  # fmt: skip


class Ledger:
    """Rows of contacts, and amounts by resource, tranche and week."""

    def __init__(self, plan: Plan) -> None:
        self.week0 = plan.week0
        self.weeks = ceil((plan.end - plan.week0) / WEEK_S)
        self.contacts: list[tuple[int, ...]] = []
        shape = [(len(r.tranches), self.weeks) for r in plan.resources]
        self.offered = [np.zeros(s, np.int64) for s in shape]
        self.used = [np.zeros(s, np.int64) for s in shape]
        self.overtime = [np.zeros(s, np.int64) for s in shape]
        self.over = [np.zeros(s, np.int64) for s in shape]
        self.lost: dict[tuple[int, int, int], np.ndarray] = {}
        """(resource, tranche, cause) -> amount by week."""

    def week(self, second: int) -> int:
        """The ISO week that holds this second; negative in the warm-up."""
        return (second - self.week0) // WEEK_S

    def lose(self, resource: int, tranche: int, cause: int, week: int, amount: int) -> None:
        """Book offered capacity that nobody used, under its one cause."""
        if amount and 0 <= week < self.weeks:
            key = (resource, tranche, cause)
            if key not in self.lost:
                self.lost[key] = np.zeros(self.weeks, np.int64)
            self.lost[key][week] += amount

    def add(self, amounts: list[np.ndarray], resource: int, tranche: int, week: int, amount: int) -> None:
        """Book an amount in a week of the horizon; the warm-up is not reported."""
        if 0 <= week < self.weeks:
            amounts[resource][tranche, week] += amount

    def contact_columns(self) -> dict[str, np.ndarray]:
        """The contact rows as columns, sorted by patient, queued, step, visit, attempt."""
        width = len(CONTACT_COLUMNS)
        flat = np.fromiter(chain.from_iterable(self.contacts), np.int64, width * len(self.contacts))
        table = flat.reshape(-1, width)
        order = np.lexsort((table[:, 3], table[:, 2], table[:, 1], table[:, 5], table[:, 0]))
        table = table[order].astype(np.int32)
        return {name: np.ascontiguousarray(table[:, k]) for k, name in enumerate(CONTACT_COLUMNS)}

    def capacity_rows(self, planned: list[np.ndarray]) -> Rows:
        """The capacity and losses tables."""
        names = ("resource", "tranche", "week", "planned", "offered", "used", "overtime", "over")
        rows: list[tuple[int, ...]] = []
        for r, offered in enumerate(self.offered):
            for t, w in np.ndindex(*offered.shape):
                booked = (self.used[r][t, w], self.overtime[r][t, w], self.over[r][t, w])
                rows.append((r, t, w, planned[r][t, w], offered[t, w], *booked))
        table = np.array(rows, np.int64).reshape(-1, len(names))
        capacity = {name: table[:, k].copy() for k, name in enumerate(names)}
        return {"capacity": capacity, "losses": self._losses()}

    def _losses(self) -> dict[str, np.ndarray]:
        names = ("resource", "tranche", "week", "cause", "lost")
        rows = [
            (r, t, int(w), cause, int(by_week[w]))
            for (r, t, cause), by_week in self.lost.items()
            for w in np.flatnonzero(by_week)
        ]
        table = np.array(sorted(rows), np.int64).reshape(-1, len(names))
        return {name: table[:, k].copy() for k, name in enumerate(names)}
