"""Back-test, reproduction, input uncertainty, what goes together, and the plan: the numbers of the two histories."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from histories import DOCTORS, FOUR_YEARS, HEP, SHOCK, THREE_YEARS

from flowsim import calibration, chance
from flowsim.calibration.back_test import BackTest, Draw, back_test, way_of
from flowsim.calibration.evidence import Evidence, evidence_of
from flowsim.calibration.forecast import crps, forecast
from flowsim.calibration.joint import correlations, hours_luck
from flowsim.calibration.luck import Asked, luck_of
from flowsim.calibration.mean_model import fit_mean
from flowsim.calibration.production_plan import classes, placement
from flowsim.calibration.red_days import easter, midsummer_eve
from flowsim.calibration.reproduction import reproduction, twelve
from flowsim.calibration.series import Series, series_of
from flowsim.calibration.uncertainty import parameter_sets


@pytest.fixture(scope="module")
def doctors() -> Series:
    return series_of(calibration.read_weekly(DOCTORS))[0]


@pytest.fixture(scope="module")
def calm() -> Evidence:
    return evidence_of(series_of(calibration.read_weekly(HEP), [SHOCK], FOUR_YEARS)[0], 49, 1)


@pytest.fixture(scope="module")
def judged() -> BackTest:
    history = calibration.read_weekly(HEP)
    train = series_of(history, window=THREE_YEARS)[0]
    held = series_of(history, window=(date(2019, 1, 7), date(2019, 12, 29)))[0]
    return back_test(train, held, Draw(paths=1500))


# Back-test


def test_back_test_of_the_whole_weeks_of_2019(judged: BackTest) -> None:
    assert (judged.weeks, judged.allowed_80) == (51, (35, 46))
    assert judged.seen_mean == pytest.approx(26.37, abs=0.005)
    printed = {"carried_on": (29, 44, 50, 3.53, 25.1, 3.92), "damped": (29, 45, 50, 3.52, 25.4, 3.92),
               "last_year": (28, 44, 49, 3.48, 26.9, 4.12), "all_years": (31, 42, 49, 3.97, 30.2, 4.65)}  # fmt: skip
    for score in judged.ways:
        half, most, nearly_all, value, mean, inner = printed[score.way]
        assert score.covered_50 == pytest.approx(half, abs=3)
        assert score.covered_80 == pytest.approx(most, abs=2)
        assert score.covered_95 == pytest.approx(nearly_all, abs=2)
        assert (score.crps, score.inner) == pytest.approx((value, inner), abs=0.06)
        assert score.mean == pytest.approx(mean, abs=0.15)
    assert judged.naive.crps == pytest.approx(4.97, abs=0.08)


def test_the_chosen_way_covers_and_beats_last_year(judged: BackTest) -> None:
    assert 35 <= judged.chosen.covered_80 <= 46
    assert judged.chosen.crps < 0.8 * judged.naive.crps


def test_the_way_is_chosen_by_the_inner_year_and_not_told_apart(judged: BackTest) -> None:
    assert judged.way == "damped"
    assert judged.told_apart is False


def test_no_way_is_chosen_without_a_third_year() -> None:
    two = series_of(calibration.read_weekly(HEP), window=(date(2016, 1, 4), date(2017, 12, 31)))[0]
    assert way_of(two, ("trend",), Draw(paths=99)) == ("damped", {})
    assert way_of(two, (), Draw(paths=99)) == ("all_years", {})


def test_crps_of_a_known_forecast() -> None:
    """Of the points 0 and 1 at 0: mean |X - y| is 1/2, mean |X - X'| / 2 is 1/4."""
    assert crps(np.array([[0.0], [1.0]]), np.array([0.0])) == pytest.approx([0.25])


def test_damping_is_half_after_34_weeks() -> None:
    series = series_of(calibration.read_weekly(HEP), window=THREE_YEARS)[0]
    later = Series(**{**vars(series), "number": series.number[-1] + np.arange(1, 157)})
    way = Draw(paths=400).ask
    falls = [np.log(forecast(series, ("trend",), later, way(w))[:, 100:].mean()) for w in ("carried_on", "damped")]
    assert falls[0] < falls[1] < np.log(series.y.mean())


# Reproduction and input uncertainty


def test_without_the_shock_all_twelve_pass(calm: Evidence) -> None:
    luck, _ = luck_of(calm, Asked())
    found = reproduction(calm, luck, 1, 500)
    assert found.verdict == "reproduces history"
    assert len(found.statistics) == 12
    assert min(one.p for one in found.statistics) == pytest.approx(0.02, abs=0.015)


def test_with_the_shock_in_the_worst_weeks_are_missed() -> None:
    shocked = evidence_of(series_of(calibration.read_weekly(HEP), window=FOUR_YEARS)[0], 19, 1)
    found = reproduction(shocked, {"law": "negative_binomial", "lag1": 0.14}, 1, 1000)
    by_name = {one.name: one for one in found.statistics}
    assert (by_name["worst_8_weeks"].seen, by_name["lag2"].seen) == pytest.approx((109, 0.318), abs=0.0005)
    assert "worst_8_weeks" in found.verdict
    assert by_name["lag2"].p < 0.02
    assert by_name["worst_8_weeks"].band == pytest.approx((138, 180), abs=4)


def test_runs_of_weeks_do_not_leap_over_missing_ones() -> None:
    y, number = np.array([[9.0, 9, 9, 9, 1, 1, 1, 5]]), np.array([0, 1, 2, 3, 5, 6, 7, 8])
    assert twelve(y, number)["worst_4_weeks"] == [8]


def test_parameter_sets_spread_as_the_interval_says(calm: Evidence) -> None:
    luck, _ = luck_of(calm, Asked())
    sets = parameter_sets(calm, luck, 100, 1)
    value, error = calm.model.level()
    assert len(sets["level"]) == 100
    assert np.mean(sets["level"]) == pytest.approx(value, rel=0.01)
    assert np.std(sets["level"]) / value == pytest.approx(error, rel=0.25)
    assert np.mean(sets["cv"]) == pytest.approx(0.207, abs=0.01)
    assert np.mean(sets["trend_per_year"]) == pytest.approx(-0.0756, abs=0.01)
    assert set(sets["lag1"]) == {0.0}


def test_parameter_sets_are_kept_beside_the_file(tmp_path: Path) -> None:
    found = calibration.calibrate(DOCTORS, samples=29)
    found.to_yaml(tmp_path / "clinic.yaml")
    again = calibration.load(tmp_path / "clinic.yaml")
    name = next(iter(found.resources))
    assert (tmp_path / "clinic_sets.csv").is_file()
    assert again.resources[name].sets == found.resources[name].sets
    assert set(found.resources[name].sets) >= {"level", "season 26-32", "season 51-1"}
    again.to_yaml(tmp_path / "again.yaml")
    assert (tmp_path / "again.yaml").read_text() == (tmp_path / "clinic.yaml").read_text()


# What goes together


def test_doctors_hours_once_the_season_is_out(doctors: Series) -> None:
    hours = hours_luck(evidence_of(doctors, 19, 1), {"law": "lognormal"})
    assert hours is not None
    assert dict(hours.season) == pytest.approx({"2-25": 1.055, "26-32": 0.775, "33-50": 1.055, "51-1": 0.755}, abs=1e-3)
    assert hours.pearson == pytest.approx(0.23, abs=0.005)
    assert hours.lag1 == pytest.approx(0.30, abs=0.015)


@pytest.mark.parametrize(("loading", "kept"), [(0.6, True), (0.0, False)])
def test_luck_that_two_resources_share_is_found(loading: float, kept: bool) -> None:
    rows = chance.loadings(["a", "b"], [[1, loading], [loading, 1]])
    weeks, start = np.arange(156), chance.week_number(date(2020, 1, 6))
    spec = {"law": "gamma", "cv": 0.3}
    luck = {name: chance.weekly_luck(spec, 3, 0, name, weeks, rows[name]) for name in rows}
    monday = [date.fromordinal(date(2020, 1, 6).toordinal() + 7 * int(k)) for k in weeks]
    frame = pd.concat(
        pd.DataFrame({"resource": name, "number": start + weeks, "week": "", "iso_week": [d.isocalendar().week for d in
                      monday], "monday": monday, "count": np.floor(80 * values + 0.5), "hours": np.nan,
                      "offered": np.nan, "closed": False})
        for name, values in luck.items()
    )  # fmt: skip
    (found,) = correlations([evidence_of(one, 9, 1) for one in series_of(frame, whole=True)], 1)
    assert (found.first, found.second, found.weeks, found.kept) == ("a", "b", 156, kept)
    assert found.correlation == pytest.approx(loading, abs=0.15)


# The plan


def test_plan_by_tertiles_and_k_means(doctors: Series) -> None:
    thirds = calibration.production_plan(doctors.y, doctors.hours, "tertiles")
    assert [(one.weeks, round(one.target, 1)) for one in thirds] == [(18, 43.2), (17, 72.1), (17, 136.1)]
    means = calibration.production_plan(doctors.y, doctors.hours, "k_means")
    assert [(one.weeks, round(one.target, 1)) for one in means] == [(30, 52.2), (15, 105.4), (7, 167.0)]


def test_edges_of_other_tools_lie_on_weeks(doctors: Series) -> None:
    """pandas.cut closes to the right and moves week 89; numpy closes the last class and moves 151."""
    cut = pd.cut(doctors.y, 3).value_counts().tolist()
    assert cut == [34, 14, 4]
    assert np.histogram(doctors.y, np.linspace(27, 213, 4))[0].tolist() == [33, 14, 5]


def test_full_time_equivalents_need_the_users_hours(doctors: Series) -> None:
    plan = calibration.production_plan(doctors.y, doctors.hours, hours_per_fte_week=36.0)
    assert [one.fte for one in plan] == pytest.approx([108.5 / 36, 118.5 / 36, 141.8 / 36], abs=0.005)
    assert all(one.fte is None for one in calibration.production_plan(doctors.y, doctors.hours))


def test_low_weeks_are_placed_where_the_season_is_low(doctors: Series) -> None:
    kind, _ = classes(doctors.y)
    placed = placement(kind, doctors.y, doctors.iso_week, fit_mean(doctors).season())
    assert [len(weeks) for weeks in placed.values()] == [33, 15, 4]
    assert {*range(26, 33), 51, 52, 1} <= set(placed["low"])
    assert placed["high"] == (8, 40, 42, 45)
    assert sorted(week for weeks in placed.values() for week in weeks) == list(range(1, 53))


def test_red_days_of_the_almanac() -> None:
    assert [easter(year) for year in (2024, 2025, 2026, 2027, 2038)] == [
        date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28), date(2038, 4, 25)
    ]  # fmt: skip
    assert [midsummer_eve(year) for year in (2026, 2027)] == [date(2026, 6, 19), date(2027, 6, 25)]
