"""What the clinic writes down while it runs: contact rows, and each week's capacity offered, used and lost."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from math import ceil

import numpy as np

from flowsim.engines import rows
from flowsim.engines.rows import CONTACT_COLUMNS
from flowsim.plan.model import Plan
from flowsim.tables import NEVER, WEEK_S, Rows

PLAIN_COLUMNS = ("patient", "step", "visit", "queued_s", "started_s", "finished_s", "used_s", "blocked_s")


def _table(made: list[tuple[int, ...]], width: int) -> np.ndarray:
    """Tuples as a table of integers."""
    return np.fromiter(chain.from_iterable(made), np.int64, width * len(made)).reshape(-1, width)


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
        return rows.in_order(columns)

    def capacity_rows(self, planned: Sequence[np.ndarray]) -> Rows:
        """The capacity and losses tables."""
        lost = ((r, t, cause, by_week) for (r, t, cause), by_week in self.lost.items())
        amounts = (self.offered, self.used, self.overtime, self.over)
        return rows.capacity_rows(planned, *amounts) | rows.losses_rows(lost)
