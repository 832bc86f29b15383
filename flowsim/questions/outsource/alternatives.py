"""The four ways to do it ourselves, each with its own price: never merged into one.

    empty    a regular slot that would stand empty: variable cost only
    evening  a list of its own in the beds and films there are
    raised   a list with the beds and films it needs
    full     the full cost (KPP): what a patient costs when everything must be paid, capacity too

Per slot filled. What is bought has a cost that stays with us; the break-even price is our own less that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from flowsim.questions.outsource.own_costs import PerPatient
from flowsim.questions.outsource.per_extra import break_even_price
from flowsim.questions.wording import Said

EVEN = 0.02
"""Share of the price within which the two cost the same."""
NAMES = ("empty", "evening", "raised", "full")
SAID = {
    "empty": Said("ordinarie tid som annars står tom", "a regular slot that would stand empty"),
    "evening": Said("extra lista i de platser som finns", "an extra list in the beds and films there are"),
    "raised": Said("extra lista + vårdplatser + röntgen", "an extra list with beds and films"),
    "full": Said("full kostnad (KPP)", "full cost (KPP)"),
}


@dataclass(frozen=True)
class Alternative:
    """One way: SEK per operation, its range over the inputs, and the price at which buying costs as much."""

    name: str
    sek: float
    low: float
    high: float
    break_even: float
    break_even_low: float
    break_even_high: float

    def against(self, price: float) -> Literal["buy", "make", "draw"]:
        """What is cheaper at a price; a draw inside the range, or nearer than 2 %."""
        if abs(self.break_even - price) <= EVEN * price:
            return "draw"
        if self.break_even_low > price:
            return "buy"
        return "make" if self.break_even_high < price else "draw"


def own_prices(cost: PerPatient) -> dict[str, float]:
    """SEK per operation of the four; a list's slot costs also when it comes to nothing."""
    per_slot, along = cost.list_sek / cost.kept_share, cost.along_sek / cost.kept_share
    return {
        "empty": cost.variable,
        "evening": cost.variable + per_slot,
        "raised": cost.variable + per_slot + along,
        "full": cost.full,
    }


def alternatives(cost: PerPatient, stays_at_home: float | None, factors: Sequence[float]) -> list[Alternative]:
    """The four with ranges: our unit costs times each of the factors, 95 % between.

    `stays_at_home`: SEK per bought patient that stays with us; None: what comes after the treatment, variable, and at
    full cost for the full.
    """
    made = []
    for name in NAMES:
        values = np.array([_both(cost.scaled(factor), name, stays_at_home) for factor in (1.0, *factors)])
        own, price = values[0]
        drawn = values[1:] if len(values) > 1 else values
        ends = np.quantile(drawn, [0.025, 0.975], axis=0)
        made.append(Alternative(name, own, ends[0, 0], ends[1, 0], price, ends[0, 1], ends[1, 1]))
    return made


def _both(cost: PerPatient, name: str, stays_at_home: float | None) -> tuple[float, float]:
    """Own cost and break-even price."""
    own = own_prices(cost)[name]
    stays = cost.after_full if name == "full" else cost.after_variable
    return own, break_even_price(own, stays if stays_at_home is None or name == "full" else stays_at_home)
