"""BUK and TAK: how much of planned care becomes value-adding care that need not be done again.

    B (beläggning) = contacts done / contacts planned (booked when the period began)
    U (utförande)  = value-adding hours / planned hours of the contacts done
    K (kvalitet)   = contacts that need not be done again
    BUK = B x U x K

    TAK (industry, OEE) = T run time / planned time x A used speed / wanted speed x K good / all produced

The source shows K in two ways and does not say whether value-adding time belongs to the visit or to the clinic: both
are parameters here, and `readings` lists every combination with its name. Source: LOGEX webinar (c. 2022) on budget
process, production and resource control, section on TAK and BUK.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Literal

from flowsim.frames import pd

Quality = Literal["definition", "of_done"]
"""K: `definition` = done / (done + unplanned returns); `of_done` = (done - unplanned returns) / done."""
ValueTime = Literal["total", "per_visit"]
"""Value-adding hours after a change: `total` = as measured; `per_visit` = as long for each visit as before."""
QUALITY_SAID: dict[Quality, str] = {
    "definition": "done / (done + unplanned returns)",
    "of_done": "(done - unplanned returns) / done",
}
VALUE_TIME_SAID: dict[ValueTime, str] = {
    "total": "value-adding hours as measured, in total",
    "per_visit": "value-adding hours for each visit as before",
}


@dataclass(frozen=True)
class Period:
    """One resource's contacts in one period."""

    planned: float
    """Contacts booked when the period began."""
    done: float
    planned_hours: float
    """Planned visit hours of the contacts done."""
    value_hours: float
    """Of them value-adding, wastes left out."""
    returns: float
    """Unplanned return visits, counted where they were caused."""

    def factors(self, quality: Quality = "definition") -> Factors:
        """B, U and K of the period; NaN where nothing was planned or done."""
        again = {
            "definition": _over(self.done, self.done + self.returns),
            "of_done": _over(self.done - self.returns, self.done),
        }
        b, u = _over(self.done, self.planned), _over(self.value_hours, self.planned_hours)
        return Factors(b, u, again[quality])

    @property
    def minutes_per_visit(self) -> float:
        """Planned minutes of a visit done."""
        return _over(60 * self.planned_hours, self.done)

    @property
    def value_minutes_per_visit(self) -> float:
        """Value-adding minutes of a visit done."""
        return _over(60 * self.value_hours, self.done)

    def with_value_time_of(self, before: Period) -> Period:
        """The period with value-adding time per visit as it was before: more visits give more of it."""
        return replace(self, value_hours=_over(before.value_hours, before.done) * self.done)

    def good_contacts(self, quality: Quality = "definition") -> float:
        """G = H x U / v x K: visits done that need not be done again (v: value-adding hours of a visit)."""
        return self.done * self.factors(quality).k


@dataclass(frozen=True)
class Factors:
    """B, U and K, shares of 1."""

    b: float
    u: float
    k: float

    @property
    def buk(self) -> float:
        """B x U x K."""
        return self.b * self.u * self.k

    def one_point_gives(self, good: float) -> dict[str, float]:
        """Good contacts that one percentage point more of B, U and K gives at most, all else as it is."""
        return {name: _over(0.01 * good, value) for name, value in (("b", self.b), ("u", self.u), ("k", self.k))}


@dataclass(frozen=True)
class Tak:
    """T, A and K, shares of 1."""

    t: float
    a: float
    k: float

    @property
    def tak(self) -> float:
        """T x A x K."""
        return self.t * self.a * self.k

    def capacity(self, theoretical: float) -> float:
        """TAK x theoretical capacity."""
        return self.tak * theoretical


def tak(
    run_time: float, planned_time: float, used_speed: float, wanted_speed: float, produced: float, scrap: float
) -> Tak:
    """TAK of a plant; `scrap` with rework. NaN where a whole is 0."""
    return Tak(_over(run_time, planned_time), _over(used_speed, wanted_speed), _over(produced, produced + scrap))


def readings(before: Period, after: Period) -> pd.DataFrame:
    """BUK before and after under every reading, each named.

    Columns: quality, value_time (the readings), quality_said, value_time_said, b_before, u_before, k_before,
    buk_before, b_after, u_after, k_after, buk_after, points (percentage points), relative (gain over before).
    """
    rows = []
    for quality in QUALITY_SAID:
        for value_time in VALUE_TIME_SAID:
            later = after if value_time == "total" else after.with_value_time_of(before)
            rows.append(_reading(quality, value_time, before.factors(quality), later.factors(quality)))
    return pd.DataFrame(rows)


def _reading(quality: Quality, value_time: ValueTime, old: Factors, new: Factors) -> dict[str, object]:
    both = {"before": old, "after": new}
    factors = {f"{name}_{when}": getattr(one, name) for when, one in both.items() for name in ("b", "u", "k", "buk")}
    said = {"quality_said": QUALITY_SAID[quality], "value_time_said": VALUE_TIME_SAID[value_time]}
    change = {"points": 100 * (new.buk - old.buk), "relative": _over(new.buk, old.buk) - 1}
    return {"quality": quality, "value_time": value_time, **said, **factors, **change}


def gained(before: Period, after: Period, quality: Quality = "definition") -> dict[str, dict[str, float]]:
    """What more plans, B and K gave between two periods: of good contacts (planned, b, k) and of done (planned, b)."""
    old, new = before.factors(quality), after.factors(quality)
    done = ({"planned": before.planned, "b": old.b}, {"planned": after.planned, "b": new.b})
    good = (done[0] | {"k": old.k}, done[1] | {"k": new.k})
    return {"good_contacts": shapley(*good), "done": shapley(*done)}


def shapley(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """The change of a product split over its factors: each one's mean effect over all orders of change.

    The parts sum to the change of the product. ValueError if the two name different factors.
    Source: Shapley (1953), as used for decomposition of change.
    """
    if set(before) != set(after):
        raise ValueError(f"not the same factors before and after: {', '.join(before)}; {', '.join(after)}")
    parts = dict.fromkeys(before, 0.0)
    orders = list(permutations(before))
    for order in orders:
        values = dict(before)
        for name in order:
            old = math.prod(values.values())
            values[name] = after[name]
            parts[name] += (math.prod(values.values()) - old) / len(orders)
    return parts


def _over(part: float, whole: float) -> float:
    """A share; NaN of nothing."""
    return part / whole if whole else math.nan
