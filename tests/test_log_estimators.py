"""Estimators of an event log against a known truth; each tempting one shows its bias."""

from __future__ import annotations

import numpy as np
import pytest
from made_log import CV, GOES_ON, LEAVING, PER_WEEK, RATIO, SLOTS, Log, made_log

from flowsim import chance
from flowsim.calibration.log import estimators as e
from flowsim.calibration.log.capacity import offered

LOGS = 24


@pytest.fixture(scope="module")
def logs() -> list[Log]:
    return [made_log(seed) for seed in range(LOGS)]


def off(values: list[float], truth: float) -> float:
    """Mean relative error."""
    return float(np.mean(values)) / truth - 1


def test_arrivals_are_first_queued_inside_the_window(logs: list[Log]) -> None:
    inside = [np.histogram(log.queued, np.arange(log.weeks + 1))[0] for log in logs]
    found = [e.mean(counts) for counts in inside]
    assert off([one.value for one in found], PER_WEEK) == pytest.approx(0, abs=0.01)
    assert sum(one.holds(PER_WEEK) for one in found) >= 0.8 * LOGS
    tempting = [(~(log.seen <= 0) & (log.queued < log.weeks)).sum() / log.weeks for log in logs]
    assert off(tempting, PER_WEEK) > 0.004  # the queue at the start is counted too


def test_dispersion_by_chi_square(logs: list[Log]) -> None:
    found = []
    for log in logs:
        counts = np.histogram(log.queued, np.arange(log.weeks + 1))[0]
        found.append(e.dispersion(counts.var(ddof=1) / counts.mean(), log.weeks - 1))
    assert off([one.value for one in found], RATIO) == pytest.approx(0, abs=0.05)
    assert sum(one.holds(RATIO) for one in found) >= 0.8 * LOGS


def test_routing_by_the_next_queued_row_not_by_what_is_done(logs: list[Log]) -> None:
    found, tempting = [], []
    for log in logs:
        first = (log.seen >= 0) & (log.seen < log.weeks)
        found.append(e.share(int((first & log.goes_on).sum()), int(first.sum())))
        done = (log.operated >= 0) & (log.operated < log.weeks)
        tempting.append(done.sum() / first.sum())
    assert off([one.value for one in found], GOES_ON) == pytest.approx(0, abs=0.01)
    assert sum(one.holds(GOES_ON) for one in found) >= 0.8 * LOGS
    assert off(tempting, GOES_ON) < -0.03


def test_capacity_is_censored_where_the_queue_touched_zero(logs: list[Log]) -> None:
    found = [offered(log.used, log.full) for log in logs]
    assert off([one.mean.value for one in found], SLOTS) == pytest.approx(0.02, abs=0.04)
    assert sum(one.mean.holds(SLOTS) for one in found) >= 0.8 * LOGS
    assert off([float(log.used.mean()) for log in logs], SLOTS) < -0.04
    assert off([float(log.used[log.full].mean()) for log in logs], SLOTS) < -0.04
    assert off([one.cv.value for one in found], CV) == pytest.approx(0, abs=0.08)
    assert np.mean([one.lag1.value for one in found]) == pytest.approx(0.25, abs=0.06)


def test_leaving_by_time_at_risk_not_by_the_leavers_own_waits(logs: list[Log]) -> None:
    per_week, found, tempting, early = LEAVING / 52.18, [], [], []
    for log in logs:
        waits = log.goes_on & ~(log.operated < 0) & ~(log.left < 0) & (log.second_queued < log.weeks)
        end = np.fmin(np.fmin(log.operated, log.left), log.weeks)[waits]
        entered, gave_up = log.second_queued[waits], (log.left < log.weeks)[waits]
        found.append(e.leaving(entered, end, gave_up, 0.0))
        tempting.append(1 / (end - entered)[gave_up].mean())
        early.append(gave_up.sum() / (end - entered).sum())
    assert off([one.value for one in found], per_week) == pytest.approx(0, abs=0.06)
    assert sum(one.holds(per_week) for one in found) >= 0.8 * LOGS
    assert off(tempting, per_week) > 10
    assert off(early, per_week) < off([one.value for one in found], per_week)  # without late entry


@pytest.mark.parametrize(("length", "miss"), [(6.0, -0.06), (40.0, -0.38)])
def test_stays_by_kaplan_meier_with_late_entry(length: float, miss: float) -> None:
    found, tempting = [], []
    for seed in range(LOGS):
        key = np.arange(12_000)
        begin = np.sort(-400 + 490 * chance.uniform(seed, 0, "begin", key))
        u = chance.uniform(seed, 0, "length", key)
        end = begin + chance.quantile({"law": "gamma", "mean": length, "cv": 0.8}, u)
        window = (end > 0) & (begin < 90)
        closed = np.minimum(end, 90)
        curve = e.kaplan_meier(begin[window], closed[window], (end <= 90)[window], 0.0)
        found.append(e.mean_duration(*curve))
        whole = (begin >= 0) & (end <= 90)
        tempting.append(float((end - begin)[whole].mean()))
    assert off(found, length) == pytest.approx(0, abs=0.05)
    assert off(tempting, length) == pytest.approx(miss, abs=0.04)


def test_no_shows_are_counted_by_attempt() -> None:
    """Of 100 patients with a share of 0.2 who come back until they come, 25 of 125 attempts fail, not 20 of 100."""
    found = e.share(25, 125)
    assert found.value == pytest.approx(0.2)
    assert found.low < 0.2 < found.high
    assert e.share(0, 0).high == 1
    assert (e.share(5, 50).low, e.share(5, 50).high) == pytest.approx((0.0435, 0.2136), abs=5e-4)


def test_a_rate_without_events_has_an_upper_end() -> None:
    assert e.rate(0, 100.0).high == pytest.approx(3.689 / 100, abs=1e-4)
    assert e.rate(10, 100.0).low == pytest.approx(4.795 / 100, abs=1e-4)
