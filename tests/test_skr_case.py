"""SKR's case: an inflow 1.3 % above production grows the queue; 5 % more operations take the built-up part away.

Arithmetic: (101.3 - 100) x 104 weeks = 1.35 weeks' production more; (5 - 1.3) % x 104 = 3.85 less, so that 3.15 of
the 7 remain. Source: Swedish Association of Local Authorities and Regions, 2022; the reading of "built-up part" is ours.
"""

from __future__ import annotations

import pytest
from estimates import Estimate, Numbers, estimate, of, runs

from flowsim.tables import Results

WEEKLY = 100.0
WEEKS = 104
AT_START = 7.0
REPLICATIONS = 12


def waiting_at_end(results: Results) -> float:
    """Weeks' production waiting for surgery when the horizon ends."""
    contacts = results.contacts
    return float((contacts["started_day"].isna() & (contacts["outcome"] == "open")).sum()) / WEEKLY


def say(results: Results) -> Numbers:
    return {"queue": waiting_at_end(results)}


@pytest.mark.parametrize(
    ("name", "production", "expected"),
    [("skr_today", 100.0, AT_START + 1.352), ("skr_five_percent_more", 105.0, 3.152)],
)
def test_simulated_and_by_arithmetic(name: str, production: float, expected: float) -> None:
    by_arithmetic = AT_START + (101.3 - production) * WEEKS / WEEKLY
    assert by_arithmetic == pytest.approx(expected, abs=0.005)
    simulated = estimate(name, REPLICATIONS, say)["queue"]
    assert simulated.error < 0.5, "too blunt to tell anything"
    assert simulated.agrees(by_arithmetic, errors=2.2), f"{name}: simulated {simulated}, arithmetic {by_arithmetic:.3f}"


def test_the_difference_is_exact() -> None:
    """Both scenarios meet the same patients, and the queue never empties: paired, only the 5 % is left."""
    pairs = zip(runs("skr_today", 4), runs("skr_five_percent_more", 4), strict=True)
    difference: Estimate = of([waiting_at_end(today) - waiting_at_end(more) for today, more in pairs])
    assert difference.mean == pytest.approx(0.05 * WEEKS, abs=0.011)
    assert difference.error < 0.01
