"""Published models as scenario files: Monks's stroke beds exactly, HEP's orthopaedic beds row by row.

Also the fault found in HEP's seven-day rows as a negative test: a timetable that ends before the horizon is refused.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import theory
from estimates import Estimate, Numbers, estimate, occupancy, of, runs

from flowsim import InputError, scenario
from flowsim.tables import Results

pytestmark = pytest.mark.xdist_group("compiled")

ACUTE = {9: 0.1806, 10: 0.1283, 11: 0.0867, 12: 0.0556, 13: 0.0337, 14: 0.0192}
REHAB = {10: 0.2015, 12: 0.1091, 13: 0.0754, 14: 0.0497, 15: 0.0312, 16: 0.0186}
ACUTE_LOAD, REHAB_LOAD = 8.1455, 9.7182
"""Arrivals a day x mean stay, from the published rates, shares and stays."""


def test_stroke_beds() -> None:
    """P(delay) with c beds, from the occupancy of unlimited wards, within 4 standard errors of the exact value.

    150 replications, 3 years of warm-up and 5 years of results, as published.
    """

    def say(results: Results) -> Numbers:
        said: Numbers = {}
        for step, beds in (("acute", ACUTE), ("rehab", REHAB)):
            mine = results.contacts[results.contacts["step"] == step]
            shares = occupancy(mine["started_day"], mine["finished_day"], results.setting.end_day)
            said |= {f"{step} {c}": (float(shares[c]), float(shares[: c + 1].sum())) for c in beds}
            said[f"{step} inside"] = float((shares * np.arange(len(shares))).sum())
        return said

    found = estimate("stroke_beds", 150, say)
    for step, beds, load in (("acute", ACUTE, ACUTE_LOAD), ("rehab", REHAB, REHAB_LOAD)):
        assert found[f"{step} inside"].agrees(load), f"{step}: {found[f'{step} inside']} inside, exact {load}"
        assert found[f"{step} inside"].relative < 0.02
        for c, published in beds.items():
            exact = theory.delay_at(c, load)
            assert exact == pytest.approx(published, abs=1e-4)
            delay = found[f"{step} {c}"]
            assert delay.relative < 0.1, f"{step}, {c} beds: too blunt, {delay}"
            assert delay.agrees(exact), f"{step}, {c} beds: {delay}, exact {exact:.4f}"


HEP = {
    "hep_30_beds": (30, 5.11, 0.908, 6.18),
    "hep_40_beds": (40, 6.77, 0.894, 4.82),
    "hep_50_beds": (50, 8.07, 0.875, 2.95),
    "hep_70_beds": (70, 10.55, 0.819, 0.80),
    "hep_40_beds_fewer_delays": (40, 7.43, 0.874, 3.97),
    "hep_30_beds_short_stays": (30, 10.65, 0.728, 0.83),
}
"""Scenario: beds, throughput a day, utilisation, lost slots a day (five-day rows of BMJ Open 2023;13:e076221)."""


def hep_row(name: str, beds: int, replications: int = 50) -> dict[str, Estimate]:
    """Throughput and lost slots per calendar day over arrival days 36-104, utilisation just before each day's arrivals.

    Day 35 of the publication is the first day reported here; 50 replications, as published.
    """
    said: list[Numbers] = []
    for results in runs(name, replications):
        contacts = results.contacts
        days = int(results.setting.end_day)
        counted = contacts[contacts["queued_day"] >= 1]
        moments = np.arange(days)[:, None]
        begin, end = contacts["started_day"].to_numpy(), contacts["finished_day"].fillna(np.inf).to_numpy()
        inside = ((begin < moments) & (end > moments)).sum(axis=1)
        said.append(
            {
                "throughput": float(counted["started_day"].notna().sum()) / (days - 1),
                "utilisation": float(inside.mean()) / beds,
                "lost": float((counted["outcome"] == "left").sum()) / (days - 1),
            }
        )
    return {key: of([one[key] for one in said]) for key in said[0]}


@pytest.mark.parametrize("name", HEP)
def test_orthopaedic_beds(name: str) -> None:
    """Tolerance as agreed: utilisation within .02, throughput within 5 %; lost slots are the rest of 16 a weekday."""
    beds, throughput, utilisation, lost = HEP[name]
    found = hep_row(name, beds)
    assert found["throughput"].mean == pytest.approx(throughput, rel=0.05), f"{found['throughput']}"
    assert found["utilisation"].mean == pytest.approx(utilisation, abs=0.02), f"{found['utilisation']}"
    assert found["throughput"].relative < 0.02, "too blunt"
    offered = found["throughput"].mean + found["lost"].mean
    assert offered == pytest.approx(throughput + lost, rel=0.04), "slots offered a day"


TIMETABLE = """\
scenario: hep_dated
title: "The theatre schedule as a file of dates"
horizon: {start: 2027-01-04, weeks: 10, warm_up_weeks: 5}
groups:
  primary: {}
arrivals:
  theatre: {step: stay_in, timetable: timetable.csv}
resources:
  beds: {kind: places, places: 30}
pathway:
  stay_in: {needs: [beds], duration: 4 days, then: treated}
"""


def write_dated(folder: Path, rows: int) -> Path:
    """The scenario with a timetable of so many days, from the first day of the warm-up."""
    first = date(2027, 1, 4) - timedelta(weeks=5)
    dates = [(first + timedelta(days=k)).isoformat() for k in range(rows)]
    pd.DataFrame({"date": dates, "group": "primary", "count": 12}).to_csv(folder / "timetable.csv", index=False)
    path = folder / "hep_dated.yaml"
    path.write_text(TIMETABLE)
    return path


def test_a_timetable_that_ends_early_is_refused(tmp_path: Path) -> None:
    """98 rows for a run of 105 days: half of a published table was this; with 105 rows it runs."""
    with pytest.raises(InputError) as refused:
        scenario.load(write_dated(tmp_path, 98))
    words = str(refused.value)
    assert "timetable" in words
    assert "2027-03-07" in words, "the last day it covers"
    assert "2027-03-14" in words, "the last day it must cover"
    scenario.load(write_dated(tmp_path, 105))
