"""BUK and TAK to the source's digits, under every reading; the split of a change; a backlog in working days."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowsim.measures.backlog import backlog
from flowsim.measures.buk import Period, Tak, gained, readings, shapley, tak

BEFORE = Period(planned=247, done=235, planned_hours=114.9, value_hours=72.4, returns=14)
AFTER = Period(planned=259, done=251, planned_hours=107.9, value_hours=72.4, returns=9)


def test_the_sources_example():
    before, after = BEFORE.factors("of_done"), AFTER.factors("definition")
    assert [round(f, 4) for f in (before.b, before.u, before.k, before.buk)] == [0.9514, 0.6301, 0.9404, 0.5638]
    assert [round(f, 4) for f in (after.b, after.u, after.k, after.buk)] == [0.9691, 0.6710, 0.9654, 0.6278]
    assert (round(before.buk, 2), round(after.buk, 2)) == (0.56, 0.63)
    assert before.k == 221 / 235
    assert after.k == 251 / 260
    assert round(BEFORE.minutes_per_visit, 2) == 29.34
    assert round(AFTER.minutes_per_visit, 2) == 25.79
    assert round(BEFORE.value_minutes_per_visit, 2) == 18.49


def test_every_reading_is_offered_and_named():
    frame = readings(BEFORE, AFTER).set_index(["quality", "value_time"]).round(4)
    by_definition = frame.loc[("definition", "total")]
    assert (by_definition["k_before"], by_definition["buk_before"]) == (0.9438, 0.5658)
    assert by_definition["buk_after"] == 0.6278
    of_done = frame.loc[("of_done", "total")]
    assert (of_done["k_after"], of_done["buk_after"]) == (0.9641, 0.6269)
    kept = frame.loc[("definition", "per_visit")]
    assert (kept["u_after"], kept["buk_after"]) == (0.7167, 0.6705)
    assert len(frame) == 4
    assert kept["value_time_said"] == "value-adding hours for each visit as before"
    assert of_done["quality_said"] == "(done - unplanned returns) / done"


def test_what_one_point_gives():
    good = BEFORE.good_contacts()
    assert round(good, 2) == 221.79
    assert {name: round(value, 2) for name, value in BEFORE.factors().one_point_gives(good).items()} == {
        "b": 2.33, "u": 3.52, "k": 2.35,
    }  # fmt: skip
    assert round(AFTER.planned_hours * 60 / AFTER.minutes_per_visit, 1) == 251.0
    assert round(BEFORE.planned_hours * 60 / AFTER.minutes_per_visit, 1) == 267.3


def test_a_change_is_split_over_plan_occupancy_and_quality():
    parts = gained(BEFORE, AFTER)
    assert {name: round(v, 2) for name, v in parts["good_contacts"].items()} == {"planned": 11.0, "b": 4.27, "k": 5.25}
    assert {name: round(v, 2) for name, v in parts["done"].items()} == {"planned": 11.52, "b": 4.48}
    with pytest.raises(ValueError, match="not the same factors"):
        shapley({"a": 1.0}, {"b": 1.0})


@given(st.lists(st.tuples(st.floats(0, 1e3), st.floats(0, 1e3)), min_size=1, max_size=4))
def test_the_parts_sum_to_the_change(pairs):
    before = {str(k): old for k, (old, _) in enumerate(pairs)}
    after = {str(k): new for k, (_, new) in enumerate(pairs)}
    change = math.prod(after.values()) - math.prod(before.values())
    size = math.prod(max(pair) for pair in pairs)
    assert sum(shapley(before, after).values()) == pytest.approx(change, abs=1e-9 * size + 1e-12)


def test_nothing_done_is_empty_not_zero():
    nothing = Period(0, 0, 0, 0, 0).factors()
    assert math.isnan(nothing.b)
    assert math.isnan(nothing.buk)


def test_tak_of_the_source():
    assert Tak(0.85, 1.0, 0.8).capacity(40_000) == pytest.approx(27_200)
    plant = tak(run_time=90, planned_time=100, used_speed=8, wanted_speed=10, produced=95, scrap=5)
    assert plant.tak == pytest.approx(0.9 * 0.8 * 0.95)
    assert math.isnan(tak(0, 0, 1, 1, 0, 0).t)


def test_the_covid_backlog_both_ways():
    covid = backlog(156_422, 1_010, queue=200_000, accepted_queue=90_000, inflow_per_day=1_010, pace_per_day=1_060)
    assert round(covid.missing_days, 2) == 154.87
    assert round(covid.queue_days, 1) == 108.9
    assert covid.catching_up_days == 2_200
    assert round(backlog(4_093, 19.1).missing_days, 2) == 214.29
    assert math.isnan(backlog(4_093, 19.1).queue_days)
    assert backlog(1, 1, queue=9, inflow_per_day=2, pace_per_day=2).catching_up_days == math.inf
    assert backlog(1, 1, queue=9, accepted_queue=9, inflow_per_day=2, pace_per_day=2).catching_up_days == 0
    with pytest.raises(ValueError, match="above 0"):
        backlog(1, 0)
