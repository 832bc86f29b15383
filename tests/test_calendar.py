from datetime import date

import numpy as np
import pytest

from flowsim.plan.calendar import closed, grid, looked_up, season, swedish_holidays, within


def test_closed_days_of_2027():
    assert sorted(d.isoformat()[5:] for d in swedish_holidays(2027)) == [
        "01-01", "01-06", "03-26", "03-27", "03-28", "03-29", "05-01", "05-06", "05-15", "05-16", "06-06", "06-25",
        "06-26", "11-06", "12-24", "12-25", "12-26", "12-31",
    ]  # fmt: skip


@pytest.mark.parametrize("year", [2004, 2016, 2024, 2027, 2028, 2031])
def test_the_three_eves_are_closed(year):
    closed_days = swedish_holidays(year)
    assert {date(year, 12, 24), date(year, 12, 31)} <= closed_days
    assert len([d for d in closed_days if d.month == 6 and d.weekday() == 4 and 19 <= d.day <= 25]) == 1


def test_half_days_and_bridge_days_are_open():
    half_days = {date(2027, 1, 5), date(2027, 3, 25), date(2027, 4, 30), date(2027, 11, 5)}
    bridge_day = date(2027, 5, 7)
    assert not swedish_holidays(2027) & {*half_days, bridge_day}


def test_ordinary_sundays_are_not_holidays():
    assert date(2027, 2, 7) not in swedish_holidays(2027)
    assert sum(d.weekday() == 6 for d in swedish_holidays(2027)) == 4


def test_holidays_written_down_are_those_of_the_library():
    """Where the library has changed, write flowsim/plan/swedish_holidays.txt anew from `looked_up`."""
    assert all(swedish_holidays(year) == looked_up(year) for year in range(2000, 2080))
    assert swedish_holidays(1995) == looked_up(1995)


def test_holidays_do_not_move_with_the_neighbouring_years():
    assert all(d.year == 2026 for d in swedish_holidays(2026))


def test_whole_weeks_around_a_horizon_that_begins_midweek():
    days = grid(date(2026, 12, 30), weeks=2, warm_up_weeks=1)
    assert (days.first_day, days.begin_day, days.end_day, days.weeks) == (-9, -7, 14, 4)
    assert days.date_of(days.first_day).weekday() == 0
    assert (days.week0, days.first_week) == (-2, -1)
    assert days.iso() == [(2026, 52), (2026, 53), (2027, 1), (2027, 2)]


def test_a_horizon_of_whole_weeks_has_no_further_week():
    days = grid(date(2027, 1, 4), weeks=3, warm_up_weeks=2)
    assert (days.first_day, days.weeks, days.week0, days.first_week) == (-14, 5, 0, -2)


def test_the_absolute_week_is_the_same_in_every_run():
    one, other = grid(date(2027, 1, 4), 10), grid(date(2027, 1, 20), 5, 3)
    week_of = [g.absolute_week + (g.day_of(date(2027, 1, 28)) - g.first_day) // 7 for g in (one, other)]
    assert week_of[0] == week_of[1]


def test_closed_days_dates_and_weeks():
    days = grid(date(2027, 1, 4), weeks=30)
    out = closed(days, holidays=True, closed_dates=[date(2027, 5, 7), date(1999, 1, 1)], closed_weeks=[29])
    on = {days.date_of(d) for d, shut in zip(days.days, out, strict=True) if shut}
    assert date(2027, 5, 7) in on
    assert date(2027, 1, 6) in on
    assert {d for d in on if d.isocalendar().week == 29} == {date(2027, 7, 19 + k) for k in range(7)}
    assert not closed(days, holidays=False).any()


def test_week_53_takes_the_factor_of_52_unless_listed():
    days = grid(date(2026, 12, 21), weeks=4)
    assert days.iso()[:3] == [(2026, 52), (2026, 53), (2027, 1)]
    assert season(days, [({51, 52, 1}, 0.5)]).tolist() == [0.5, 0.5, 0.5, 1.0]
    assert season(days, [({52}, 0.5), ({53}, 0.2)]).tolist() == [0.5, 0.2, 1.0, 1.0]
    assert season(days, [({51}, 0.5)]).tolist() == [1.0] * 4


def test_from_and_to_are_both_included():
    days = grid(date(2027, 1, 4), weeks=1)
    assert np.flatnonzero(within(days, date(2027, 1, 5), date(2027, 1, 7))).tolist() == [1, 2, 3]
    assert within(days, None, None).all()
