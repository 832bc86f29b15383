"""What the clinic writes down while it runs: contact rows, and each week's capacity offered, used and lost."""

from __future__ import annotations

from itertools import chain
from math import ceil

import numpy as np

from flowsim.plan.model import Plan
from flowsim.tables import NEVER, WEEK_S, Rows

CONTACT_COLUMNS = (
    "patient", "step", "visit", "attempt", "provider", "queued_s", "due_s", "started_s", "finished_s", "outcome",
    "used_s", "overtime_s", "blocked_s",
)  # fmt: skip
PLAIN_COLUMNS = ("patient", "step", "visit", "queued_s", "started_s", "finished_s", "used_s", "blocked_s")


def _table(rows: list[tuple[int, ...]], width: int) -> np.ndarray:
    """Tuples as a table of integers."""
    return np.fromiter(chain.from_iterable(rows), np.int64, width * len(rows)).reshape(-1, width)


def _order(columns: dict[str, np.ndarray]) -> np.ndarray:
    """By patient, queued, step, visit, attempt; the last three are looked at only where the first two tie."""
    key = (columns["patient"].astype(np.int64) << 33) + columns["queued_s"]
    order = np.argsort(key, kind="stable")
    key = key[order]
    if (key[1:] == key[:-1]).any():
        names = ("attempt", "visit", "step", "queued_s", "patient")
        return np.lexsort(tuple(columns[name] for name in names))
    return order


class Ledger:
    """Rows of contacts, and amounts by resource, tranche and week."""

    def __init__(self, plan: Plan) -> None:
        self.week0 = plan.week0
        self.weeks = ceil((plan.end - plan.week0) / WEEK_S)
        self.contacts: list[tuple[int, ...]] = []
        """Rows as in CONTACT_COLUMNS."""
        self.plain: list[tuple[int, ...]] = []
        """Rows in which nothing happened but times, as in PLAIN_COLUMNS."""
        shape = [(len(r.tranches), self.weeks) for r in plan.resources]
        self.offered = [np.zeros(s, np.int64) for s in shape]
        self.used = [np.zeros(s, np.int64) for s in shape]
        self.overtime = [np.zeros(s, np.int64) for s in shape]
        self.over = [np.zeros(s, np.int64) for s in shape]
        self.lost: dict[tuple[int, int, int], np.ndarray] = {}
        """(resource, tranche, cause) -> amount by week."""

    def week(self, second: int) -> int:
        """The ISO week that holds this second; -1 in the warm-up, which is not reported."""
        return (second - self.week0) // WEEK_S if second >= 0 else -1

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
        table = _table(self.contacts, len(CONTACT_COLUMNS))
        plain = _table(self.plain, len(PLAIN_COLUMNS))
        columns = {name: np.zeros(len(table) + len(plain), np.int32) for name in CONTACT_COLUMNS}
        for k, name in enumerate(CONTACT_COLUMNS):
            columns[name][: len(table)] = table[:, k]
        for k, name in enumerate(PLAIN_COLUMNS):
            columns[name][len(table) :] = plain[:, k]
        columns["due_s"][len(table) :] = NEVER
        order = _order(columns)
        return {name: values[order] for name, values in columns.items()}

    def capacity_rows(self, planned: list[np.ndarray]) -> Rows:
        """The capacity and losses tables."""
        at = [(r, t, w) for r, offered in enumerate(self.offered) for t, w in np.ndindex(*offered.shape)]
        where = np.array(at, np.int64).reshape(-1, 3)
        amounts = {"planned": planned, "offered": self.offered, "used": self.used, "overtime": self.overtime, "over": self.over}
        capacity = {name: where[:, k].copy() for k, name in enumerate(("resource", "tranche", "week"))}
        for name, by_resource in amounts.items():
            capacity[name] = np.concatenate([np.zeros(0, np.int64), *(np.asarray(a).ravel() for a in by_resource)])
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
