"""SKR's case: an inflow 1.3 % above production grows the queue; 5 % more operations take the built-up part away.

Arithmetic: (101.3 - 100) x 104 weeks = 1.35 weeks' production more; (5 - 1.3) % x 104 = 3.85 less, so that 3.15 of
the 7 remain. Source: Swedish Association of Local Authorities and Regions, 2022; "built-up part" as we read it.
"""

from __future__ import annotations

import pytest
from estimates import of, runs

from flowsim import queue_length

pytestmark = pytest.mark.xdist_group("compiled")

WEEKLY = 100.0
WEEKS = 104
AT_START = 7.0
REPLICATIONS = 12


def queues(name: str) -> list[float]:
    """Weeks' production waiting for surgery when the horizon ends, by replication."""
    found = []
    for results in runs(name, REPLICATIONS):
        frame = queue_length(results)
        assert frame["patients"].min() > 0, "the queue ran empty: the arithmetic does not hold"
        assert list(frame["week"]) == list(range(WEEKS))
        found.append(float(frame["patients"].iloc[-1]) / WEEKLY)
    return found


def check(name: str, waiting: list[float], production: float, expected: float) -> None:
    """Within the 95 % interval of the simulated mean (t of 11 degrees of freedom: 2.201 standard errors)."""
    by_arithmetic = AT_START + (101.3 - production) * WEEKS / WEEKLY
    assert by_arithmetic == pytest.approx(expected, abs=0.005)
    simulated = of([*waiting])
    assert simulated.error < 0.5, "too blunt to tell anything"
    assert simulated.agrees(by_arithmetic, errors=2.201), f"{name}: {simulated}, by arithmetic {by_arithmetic:.3f}"


def test_simulated_and_by_arithmetic() -> None:
    """Each scenario by itself; and their difference, which is exact: the same patients, only the 5 % is left."""
    today, more = queues("skr_today"), queues("skr_five_percent_more")
    check("today", today, production=100.0, expected=AT_START + 1.352)
    check("five per cent more", more, production=105.0, expected=3.152)
    difference = of([a - b for a, b in zip(today, more, strict=True)])
    assert difference.mean == pytest.approx(0.05 * WEEKS, abs=0.011)
    assert difference.error < 0.01
