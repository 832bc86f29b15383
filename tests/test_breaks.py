"""Breaks and shocks: those of the arthroplasty history, none in whole ones."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from histories import DOCTORS, FOUR_YEARS, HEP

from flowsim import calibration, chance
from flowsim.calibration.breaks import PENALTY, Weeks, segments
from flowsim.calibration.episodes import Stability, stability
from flowsim.calibration.evidence import evidence_of
from flowsim.calibration.mean_model import fit_mean
from flowsim.calibration.series import Series, series_of


def found(series: Series) -> Stability:
    return stability(series, fit_mean(series), 1, 199)


@pytest.fixture(scope="module")
def all_weeks() -> Stability:
    return found(series_of(calibration.read_weekly(HEP))[0])


@pytest.fixture(scope="module")
def four_years() -> Stability:
    return found(series_of(calibration.read_weekly(HEP), window=FOUR_YEARS)[0])


def days_from(week: str, day: date) -> int:
    return abs((date.fromisocalendar(int(week[:4]), int(week[6:]), 1) - day).days)


def test_the_collapse_of_2020_is_a_break(all_weeks: Stability) -> None:
    collapse = all_weeks.breaks[0]
    assert days_from(collapse.week, date(2020, 3, 16)) <= 7
    assert collapse.factor < 0.05
    assert [change.week[:4] for change in all_weeks.breaks] == ["2020"] * 3


def test_the_winter_shock_is_found_beside_it(all_weeks: Stability) -> None:
    winter, second = all_weeks.spells
    assert (winter.first, winter.last, winter.weeks) == ("2017-W49", "2018-W06", 8)
    assert (second.first, second.last) == ("2021-W01", "2021-W09")
    assert second.factor == pytest.approx(0.28, abs=0.02)


def test_four_years_hold_the_winter_and_nothing_else(four_years: Stability) -> None:
    assert four_years.breaks == ()
    (winter,) = four_years.spells
    assert winter.factor == pytest.approx(0.55, abs=0.02)
    assert days_from(winter.last, date(2018, 2, 5)) == 0


def test_the_scan_of_the_four_years() -> None:
    """LR 41.2 at 2017-12-04, eight counted weeks at 0.56 of expected; the penalty finds it at 20 and not at 22."""
    from flowsim.calibration.breaks import counted
    from flowsim.calibration.episodes import _Scan

    series = series_of(calibration.read_weekly(HEP), window=FOUR_YEARS)[0]
    weeks = counted(series, fit_mean(series))
    assert len(weeks.y) == 200 or len(weeks.y) == 201
    a, b, statistic, factor = _Scan(weeks, np.zeros(len(weeks.y), dtype=np.int64), weeks.phi).largest()
    assert (series.mondays[weeks.at[a]], b - a) == (date(2017, 12, 4), 8)
    assert (statistic, factor) == pytest.approx((41.2, 0.56), abs=0.05)
    assert PENALTY == 20


def test_what_remains_without_the_winter_is_said() -> None:
    """1.64 with it; 1.29 and no autocorrelation without, and 1.29 is still more than Poisson's."""
    evidence = evidence_of(series_of(calibration.read_weekly(HEP), window=FOUR_YEARS)[0], 199, 1)
    without = evidence.without
    assert without is not None
    assert evidence.dispersion.variance_to_mean == pytest.approx(1.644, abs=0.001)
    assert evidence.dispersion.poisson_p < 0.01
    assert (without.weeks, without.lag1) == (198, 0.0)
    assert without.variance_to_mean == pytest.approx(1.29, abs=0.005)
    assert without.poisson_p < 0.011


def test_one_year_of_doctors_is_of_one_piece() -> None:
    assert found(series_of(calibration.read_weekly(DOCTORS))[0]) == Stability(True)


def test_short_histories_are_not_tried() -> None:
    series = series_of(calibration.read_weekly(HEP), window=(date(2016, 1, 4), date(2016, 10, 9)))[0]
    assert len(series.y) == 40
    assert found(series) == Stability(False)


def test_unbroken_histories_that_fall_8_per_cent_a_year_hold_no_break() -> None:
    number = np.arange(200)
    mean = 30 * 0.92 ** (number / 52.18)
    broken = 0
    for seed in range(100):
        y = chance.counts(chance.uniform(seed, 0, "unbroken", number), mean, 1.3).astype(float)
        weeks = Weeks(number, y, number / 52.18, np.ones(200))
        broken += len(segments(weeks, weeks.phi)[1]) > 1
    assert broken <= 5
