from datetime import date

import numpy as np

from flowsim.plan.calendar import grid
from flowsim.plan.capacity import Layout, Part, places, planned, running, shifts, slots, spread_over_open
from flowsim.plan.model import FOREVER

DAY = 86_400
H = 3600
MON_FRI = [1, 1, 1, 1, 1, 0, 0]


def part(amounts, weeks=1, shut=(), hours=(8 * H, 16 * H), **more):
    amount = np.tile(np.array(amounts, dtype=float), weeks)
    is_open = np.ones(len(amount), dtype=bool)
    is_open[list(shut)] = False
    each = np.ones(len(amount), dtype=np.int64)
    return Part("regular", amount, is_open, hours[0] * each, hours[1] * each, **more)


def no_luck(weeks=1, parts=1):
    return [np.ones(7 * weeks)] * parts


def week_grid(weeks=1, start=date(2027, 1, 4), warm_up=0):
    return grid(start, weeks, warm_up)


def test_running_totals_carry_fractions():
    assert running(np.array([0.4] * 5)).tolist() == [0, 0, 1, 0, 1]
    assert running(np.array([0.1] * 40)).sum() == 4
    assert running(np.array([16 / 5] * 5)).tolist() == [3, 3, 3, 3, 4]


def test_slots_of_a_day_are_spread_over_its_hours():
    made = slots(Layout("x", "slots", (part([3, 0, 0, 0, 0, 0, 0]),)), no_luck(), week_grid())
    assert made.tolist() == [[8 * H + k * 8 * H // 3, 16 * H, 0, 0] for k in range(3)]


def test_a_closed_day_loses_its_slots_and_moves_no_other():
    layout = [Layout("x", "slots", (part([3.2 * d for d in MON_FRI], 2, shut),)) for shut in ((), (4,))]
    both = [slots(one, no_luck(2), week_grid(2)) for one in layout]
    friday = (both[0][:, 0] // DAY) == 4
    assert both[1].tolist() == both[0][~friday].tolist()
    assert friday.sum() == 4
    assert planned(layout[1], week_grid(2)).tolist() == [[3.2 * 4, 16.0]]


def test_a_weeks_total_may_be_kept():
    amount, is_open = np.array([3.2] * 5 + [0, 0]), np.array([True] * 4 + [False] * 3)
    assert spread_over_open(amount, is_open).tolist() == [4, 4, 4, 4, 0, 0, 0]
    assert spread_over_open(amount, np.zeros(7, dtype=bool)).tolist() == amount.tolist()


def test_each_tranche_is_laid_out_alone():
    regular, evening = part([3.2 * d for d in MON_FRI]), part([1.5, 1.5, 1.5, 1.5, 0, 0, 0], hours=(17 * H, 21 * H))
    alone = slots(Layout("x", "slots", (regular,)), no_luck(), week_grid())
    both = slots(Layout("x", "slots", (regular, evening)), no_luck(1, 2), week_grid())
    assert both[both[:, 2] == 0].tolist() == alone.tolist()
    assert (both[:, 2] == 1).sum() == 6
    assert (np.diff(both[:, 0]) >= 0).all()


def test_hours_past_midnight_belong_to_the_day_they_open():
    made = slots(Layout("x", "slots", (part([1] * 7, hours=(22 * H, 30 * H)),)), no_luck(), week_grid())
    assert made[0].tolist() == [22 * H, 30 * H, 0, 0]
    assert len(made) == 7


def test_what_falls_outside_the_run_is_dropped_but_counted_on():
    midweek = slots(
        Layout("x", "slots", (part([3.2 * d for d in MON_FRI], 2),)), no_luck(2), week_grid(1, date(2027, 1, 6))
    )
    assert (midweek[:, 0] // DAY).min() == 0
    assert np.bincount(midweek[:, 0] // DAY, minlength=7).tolist() == [3, 3, 4, 0, 0, 3, 3]


def test_kept_slots_by_their_number_from_the_start():
    made = slots(Layout("x", "slots", (part([5, 5, 0, 0, 0, 0, 0]),), kept_share=0.2), no_luck(), week_grid())
    assert np.flatnonzero(made[:, 3]).tolist() == [4, 9]


def test_luck_scales_a_weeks_slots():
    luck = [np.repeat([0.5, 1.5], 7)]
    made = slots(Layout("x", "slots", (part([3.2 * d for d in MON_FRI], 2),)), luck, week_grid(2))
    assert np.bincount(made[:, 0] // DAY // 7).tolist() == [8, 24]


def test_staff_hours_are_whole_server_days_latest_server_first_removed():
    made = shifts(Layout("x", "staff", (part([1.5 * d for d in MON_FRI]),)), no_luck(), week_grid())
    assert made.tolist() == [
        [0 * DAY + 8 * H, 0 * DAY + 16 * H, 0, 0],
        [1 * DAY + 8 * H, 1 * DAY + 16 * H, 0, 0],
        [1 * DAY + 8 * H, 1 * DAY + 16 * H, 1, 0],
        [2 * DAY + 8 * H, 2 * DAY + 16 * H, 0, 0],
        [3 * DAY + 8 * H, 3 * DAY + 16 * H, 0, 0],
        [3 * DAY + 8 * H, 3 * DAY + 16 * H, 1, 0],
        [4 * DAY + 8 * H, 4 * DAY + 16 * H, 0, 0],
    ]


def test_part_days_shorten_the_last_server():
    made = shifts(Layout("x", "staff", (part([1.5] + [0] * 6, part_days=True),)), no_luck(), week_grid())
    assert made.tolist() == [[8 * H, 16 * H, 0, 0], [8 * H, 12 * H, 1, 0]]


def test_touching_windows_are_one_and_round_the_clock_never_closes():
    always = Layout("x", "staff", (part([2] * 7, hours=(0, DAY)),))
    assert shifts(always, no_luck(), week_grid()).tolist() == [[0, FOREVER, 0, 0], [0, FOREVER, 1, 0]]
    nights = Layout("x", "staff", (part([1] * 7, hours=(22 * H, 46 * H)),))
    assert len(shifts(nights, no_luck(), week_grid())) == 1


def test_fewer_servers_one_week_close_at_its_end():
    always = Layout("x", "staff", (part([2] * 7, 2, hours=(0, DAY)),))
    made = shifts(always, [np.repeat([1.0, 0.5], 7)], week_grid(2))
    assert made.tolist() == [[0, FOREVER, 0, 0], [0, 7 * DAY, 1, 0]]


def test_a_tranches_servers_are_numbered_after_the_regular():
    both = Layout("x", "staff", (part([2] + [0] * 6), part([1] + [0] * 6, hours=(16 * H, 20 * H))))
    assert shifts(both, no_luck(1, 2), week_grid()).tolist() == [
        [8 * H, 16 * H, 0, 0], [8 * H, 16 * H, 1, 0], [16 * H, 20 * H, 2, 1],
    ]  # fmt: skip


def test_a_shift_over_the_begin_is_cut_there():
    made = shifts(
        Layout("x", "staff", (part([1] * 7, 2, hours=(22 * H, 30 * H)),)), no_luck(2), week_grid(1, date(2027, 1, 6))
    )
    assert made[0].tolist() == [0, 6 * H, 0, 0]


def test_places_change_by_day_rounded_half_up():
    number = part([10, 10, 10, 10, 8.5, 8.4, 10], hours=(0, DAY))
    made = places(Layout("x", "places", (number,)), no_luck(), week_grid())
    assert made.tolist() == [[0, 10], [4 * DAY, 9], [5 * DAY, 8], [6 * DAY, 10]]
    assert places(Layout("x", "places", (number,), unlimited=True), no_luck(), week_grid()).tolist() == [[0, FOREVER]]


def test_planned_is_calendar_season_and_level_before_luck():
    staff = Layout("x", "staff", (part([1.5 * d for d in MON_FRI], 3, shut=(7,)),))
    assert planned(staff, week_grid(2, warm_up=1)).tolist() == [[1.5 * 4 * 8 * H, 1.5 * 5 * 8 * H]]
    beds = Layout("x", "places", (part([10] * 7, hours=(0, DAY)),))
    assert planned(beds, week_grid()).tolist() == [[10 * 7 * DAY]]
