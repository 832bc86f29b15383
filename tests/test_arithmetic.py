"""What can be worked out by hand: published waiting lists, and visits and loads of small pathways."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flowsim import arithmetic, plan, scenario
from flowsim.arithmetic import WaitingList
from flowsim.plan import Plan


def test_fong_2022() -> None:
    """Queue 1200, demand 30 a week, capacity 27, target 52 weeks (medRxiv 2022.08.23.22279117)."""
    listed = WaitingList(inflow=30, capacity=27, queue=1200, target_wait_weeks=52, relief_weeks=26)
    assert listed.load == pytest.approx(1.1111, abs=5e-5)
    assert listed.growth_per_week == 3
    assert listed.target_wait_weeks * arithmetic.MEAN_OF_TARGET == 13
    assert listed.target_queue == 390
    assert listed.queue_ratio == pytest.approx(3.0769, abs=5e-5)
    assert listed.relief_capacity == pytest.approx(61.1538, abs=5e-5)
    assert listed.weekly_pace == 30


def test_skr_2022() -> None:
    """Inflow 1.3 % above production, a queue of seven weeks' production: as it is, and with +1.3 and +5 %."""
    as_it_is = WaitingList(1.013, 1.0, 7, 1)
    assert as_it_is.queue_after(104) - 7 == pytest.approx(1.352)
    assert WaitingList(1.013, 1.013, 7, 1).growth_per_week == 0
    assert 7 - WaitingList(1.013, 1.05, 7, 1).queue_after(104) == pytest.approx(3.848)


def test_a_list_with_no_inflow_or_no_capacity() -> None:
    assert WaitingList(0, 10, 0, 1).load == 0
    assert WaitingList(1, 0, 5, 1).load == float("inf")
    assert WaitingList(0, 10, 5, 1).queue_ratio == float("inf")
    assert WaitingList(10, 12, 5, 52).relief_capacity == 10, "a queue below its target asks for no more than even pace"


HEAD = """
scenario: small
title: Small
horizon: {start: 2027-01-04, weeks: 10}
groups: {a: {share: 0.75}, b: {share: 0.25}}
"""


def built(tmp_path: Path, text: str) -> Plan:
    path = tmp_path / "small.yaml"
    path.write_text(HEAD + text)
    return plan.build(scenario.load(path))


def visits(made: Plan, step: str) -> np.ndarray:
    """Joinings a week, by group."""
    names = [one.name for one in made.setting.steps]
    return arithmetic.expect(made).visits[names.index(step)]


def test_routes_by_group_and_rework_solve_the_linear_equations(tmp_path: Path) -> None:
    made = built(
        tmp_path,
        """
arrivals: {referrals: {step: first, per_week: 40}}
resources: {clinic: {kind: slots, slots_per_week: 100, open: always}}
pathway:
  first: {needs: [clinic], then: {by_group: {a: {second: 0.5, discharged: 0.5}, b: second}}}
  second: {needs: [clinic], rework: {to: first, share: 0.2, at_most: 9}, then: treated}
""",
    )
    first = np.array([30 / (1 - 0.5 * 0.2), 10 / (1 - 0.2)])
    assert visits(made, "first") == pytest.approx(first)
    assert visits(made, "second") == pytest.approx(first * [0.5, 1.0])
    (load,) = arithmetic.loads(made)
    assert load.asked_per_week == pytest.approx(first.sum() + (first * [0.5, 1.0]).sum())
    assert load.planned_per_week == pytest.approx(100)


def test_no_shows_and_late_cancellations_take_slots_and_let_fewer_through(tmp_path: Path) -> None:
    made = built(
        tmp_path,
        """
guarantee: {treatment: {step: surgery, days: 90}}
arrivals: {referrals: {step: surgery, per_week: 9}}
queue_at_start: [{step: surgery, patients: 50, waited: 10 days}]
resources: {theatre: {kind: slots, slots_per_week: 14, days: mon-sun, hours: "00:00-24:00"}}
pathway:
  surgery:
    needs: [theatre]
    decision: true
    no_show: {share: 0.1, rebook_after: 1 week}
    late_cancellation: [{cause: illness, share: 0.1, rebook_after: 1 week, leave_share: 0.5}]
    then: treated
""",
    )
    again = 0.1 * 0.5 + 0.9 * 0.1
    bookings, done = 9 / (1 - again), 9 / (1 - again) * 0.9 * 0.9
    (load,) = arithmetic.loads(made)
    assert load.asked_per_week == pytest.approx(bookings)
    listed = arithmetic.waiting_list(made)
    assert listed is not None
    assert listed.inflow == pytest.approx(done)
    assert listed.capacity == pytest.approx(14 * done / bookings)
    assert listed.queue == 50
    assert listed.target_wait_weeks == pytest.approx(90 / 7)


def test_hours_days_stays_side_steps_and_parallel_branches(tmp_path: Path) -> None:
    made = built(
        tmp_path,
        """
arrivals: {referrals: {step: visit, per_week: 8}}
resources:
  nurse: {kind: staff, servers: 2, days: mon-fri, hours: "08:00-16:00", holidays: open}
  ward: {kind: places, places: 5}
  xray: {kind: slots, slots_per_week: 20, days: mon-fri, holidays: open}
pathway:
  visit: {needs: {nurse: 2}, duration: 30 min, then: {all: [film, lab], join: surgery}}
  film: {needs: [xray], then: surgery}
  lab: {duration: 1 h, then: surgery}
  surgery:
    needs: [nurse]
    duration: {law: uniform, low: 1 h, high: 3 h}
    stay: {in: ward, nights: {1: 0.5, 3: 0.5}, until: [ward_film]}
    then: treated
  ward_film: {needs: [xray]}
""",
    )
    for step in ("visit", "film", "lab", "surgery", "surgery_stay", "ward_film"):
        assert visits(made, step).sum() == pytest.approx(8), step
    asked = {load.resource: load.asked_per_week for load in arithmetic.loads(made)}
    planned = {load.resource: load.planned_per_week for load in arithmetic.loads(made)}
    assert asked["nurse"] == pytest.approx(8 * (2 * 0.5 + 2.0))
    assert asked["xray"] == pytest.approx(16)
    assert asked["ward"] == pytest.approx(8 * (2 + 2 / 24)), "two nights, and held through the operation"
    assert planned == pytest.approx({"nurse": 2 * 8 * 5, "ward": 35, "xray": 20})


def test_treatment_elsewhere_takes_its_share_and_sends_complications_home(tmp_path: Path) -> None:
    made = built(
        tmp_path,
        """
arrivals: {referrals: {step: surgery, per_week: 20}}
resources: {theatre: {kind: slots, slots_per_week: 14, open: always}}
pathway:
  surgery:
    needs: [theatre]
    elsewhere: {share: 0.4, groups: [a], price_sek: 65000, then: control, complication_share: 0.1,
                complication_step: back}
    then: control
  control: {then: treated}
  back: {then: treated}
""",
    )
    assert visits(made, "provider").sum() == pytest.approx(20 * 0.75 * 0.4)
    assert visits(made, "back").sum() == pytest.approx(6 * 0.1)
    (load,) = arithmetic.loads(made)
    assert load.asked_per_week == pytest.approx(14)


def test_a_change_by_date_counts_by_its_days(tmp_path: Path) -> None:
    text = """
arrivals: {referrals: {step: visit, per_week: 10}}
resources: {clinic: {kind: slots, slots_per_week: 20, open: always}}
pathway: {visit: {needs: [clinic], then: treated}}
"""
    built(tmp_path, text)
    later = tmp_path / "later.yaml"
    later.write_text(
        "scenario: later\ntitle: Later\nbased_on: small.yaml\nchange:\n"
        "  - {where: arrivals.referrals.per_week, scale: 2, from: 2027-02-08}\n"
    )
    made = plan.build(scenario.load(later))
    assert visits(made, "visit").sum() == pytest.approx(15), "five weeks of 10 and five of 20"


def test_unlimited_and_empty_resources(tmp_path: Path) -> None:
    made = built(
        tmp_path,
        """
arrivals: {referrals: {step: visit, per_week: 10}}
resources:
  many: {kind: staff, unlimited: true, open: always}
  none: {kind: slots, slots_per_week: 0}
pathway: {visit: {needs: [many, none], duration: 1 h, then: treated}}
""",
    )
    many, none = arithmetic.loads(made)
    assert many.load == 0
    assert none.load == float("inf")
    assert arithmetic.waiting_list(made) is None


def test_the_simulation_agrees_where_there_is_no_luck_of_capacity() -> None:
    """Visits done a week in the starter, by hand and by drawing its routes (no queue at the start)."""
    starter = Path(arithmetic.__file__).parent / "cli" / "starter" / "scenarios" / "today.yaml"
    made = plan.build(scenario.load(starter))
    arrived = np.mean([sum(s == 0 for s in plan.draw(made, 1, r).source) for r in range(20)])
    assert visits(made, "first_visit").sum() * made.setting.weeks == pytest.approx(arrived, rel=0.02)
