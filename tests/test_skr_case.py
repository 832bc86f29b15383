"""SKR's case: an inflow 1.3 % above production grows the queue; 5 % more operations take the built-up part away.

Arithmetic: (101.3 - 100) x 104 weeks = 1.35 weeks' production more; (5 - 1.3) % x 104 = 3.85 less, so that 3.15 of
the 7 remain. Source: Swedish Association of Local Authorities and Regions, 2022; "built-up part" as we read it.
"""

from __future__ import annotations

from functools import lru_cache

import pytest
from estimates import of, runs

from flowsim import queue_length

WEEKLY = 100.0
WEEKS = 104
AT_START = 7.0
REPLICATIONS = 12


@lru_cache
def queues(name: str) -> tuple[float, ...]:
    """Weeks' production waiting for surgery when the horizon ends, by replication."""
    weeks = range(WEEKS)
    found = []
    for results in runs(name, REPLICATIONS):
        frame = queue_length(results)
        assert frame["patients"].min() > 0, "the queue ran empty: the arithmetic does not hold"
        assert list(frame["week"]) == list(weeks)
        found.append(float(frame["patients"].iloc[-1]) / WEEKLY)
    return tuple(found)


@pytest.mark.parametrize(
    ("name", "production", "expected"),
    [("skr_today", 100.0, AT_START + 1.352), ("skr_five_percent_more", 105.0, 3.152)],
)
def test_simulated_and_by_arithmetic(name: str, production: float, expected: float) -> None:
    """Within the 95 % interval of the simulated mean (t of 11 degrees of freedom: 2.201 standard errors)."""
    by_arithmetic = AT_START + (101.3 - production) * WEEKS / WEEKLY
    assert by_arithmetic == pytest.approx(expected, abs=0.005)
    simulated = of([*queues(name)])
    assert simulated.error < 0.5, "too blunt to tell anything"
    assert simulated.agrees(by_arithmetic, errors=2.201), f"{name}: {simulated}, by arithmetic {by_arithmetic:.3f}"


def test_the_difference_is_exact() -> None:
    """Both scenarios meet the same patients, and the queue never empties: paired, only the 5 % is left."""
    pairs = zip(queues("skr_today"), queues("skr_five_percent_more"), strict=True)
    difference = of([today - more for today, more in pairs])
    assert difference.mean == pytest.approx(0.05 * WEEKS, abs=0.011)
    assert difference.error < 0.01
