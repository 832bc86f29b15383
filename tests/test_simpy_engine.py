"""The event order and every rule of queues and resources, each as a case small enough to be known to the second."""

from __future__ import annotations

from made_plan import DAY, HOUR, Luck, always, log, lost, plan, run

from flowsim.plan.model import BACK, FOREVER, Cancellation, Elsewhere, Resource, Split, Step, Tranche
from flowsim.tables import ENDED, ProviderInfo

END = 7 * DAY
STAFF = Resource("doctor", "staff")
VISIT = Step("visit", needs=((0, 1),))


def ended(rows):
    return [ENDED[k] for k in rows["patients"]["ended"]]


def test_first_come_first_served_and_the_next_starts_when_the_first_ends():
    made = plan([VISIT], [STAFF])
    rows = run(made, Luck([0, 10, 20], plan=made, shifts={"doctor": always(1)}, columns={("duration", "visit"): 100}))
    assert log(rows, made) == [
        (0, "visit", 0, 0, 100, "done"),
        (1, "visit", 10, 100, 200, "done"),
        (2, "visit", 20, 200, 300, "done"),
    ]
    assert ended(rows) == ["treated"] * 3
    assert rows["capacity"]["used"][0] == 300
    assert lost(rows, made) == {("doctor", "nobody_waiting"): END - 300}


def test_at_one_instant_the_urgent_one_goes_first_whoever_joined_first():
    made = plan([VISIT], [STAFF])
    luck = Luck(
        [0, 5, 100], plan=made, klass=[1, 1, 0], shifts={"doctor": always(1)}, columns={("duration", "visit"): 100}
    )
    assert [row[3] for row in log(run(made, luck), made)] == [0, 200, 100]


def test_nothing_happens_at_the_horizon():
    made = plan([VISIT], [STAFF])
    luck = Luck([END - 100, END - 50], plan=made, shifts={"doctor": always(1)}, columns={("duration", "visit"): 100})
    rows = run(made, luck)
    assert log(rows, made) == [
        (0, "visit", END - 100, END - 100, None, "open"),
        (1, "visit", END - 50, None, None, "open"),
    ]
    assert ended(rows) == ["inside", "inside"]


def test_a_slot_unused_at_closing_is_lost_and_counted():
    made = plan([VISIT], [Resource("clinic", "slots")])
    slots = [(8 * HOUR, 16 * HOUR, 0, 0), (12 * HOUR, 16 * HOUR, 0, 0), (DAY + 8 * HOUR, DAY + 16 * HOUR, 0, 0)]
    luck = Luck([9 * HOUR, 16 * HOUR], plan=made, slots={"clinic": slots}, columns={("duration", "visit"): 60})
    rows = run(made, luck)
    assert [row[3] for row in log(rows, made)] == [9 * HOUR, DAY + 8 * HOUR]  # closing comes before joining at 16:00
    assert lost(rows, made) == {("clinic", "nobody_waiting"): 1}
    assert (rows["capacity"]["offered"][0], rows["capacity"]["used"][0]) == (3, 2)


def test_staff_start_only_what_is_expected_to_end_by_closing_and_overtime():
    visit = Step("visit", needs=((0, 1),), mean_s=((HOUR,),))
    made = plan([visit], [Resource("doctor", "staff", tranches=(Tranche("regular", overtime_s=1800),))])
    shifts = {"doctor": [(8 * HOUR, 10 * HOUR, 0, 0), (DAY + 8 * HOUR, DAY + 10 * HOUR, 0, 0)]}
    luck = Luck([0, 0, 0], plan=made, shifts=shifts, columns={("duration", "visit"): [HOUR, 2 * HOUR, 60]})
    rows = run(made, luck)
    assert [row[3] for row in log(rows, made)] == [8 * HOUR, 9 * HOUR, DAY + 8 * HOUR]
    assert rows["capacity"]["used"][0] == 2 * HOUR + 60
    assert rows["capacity"]["overtime"][0] == HOUR
    assert rows["contacts"]["overtime_s"].tolist() == [0, HOUR, 0]


def test_head_that_cannot_start_by_closing_is_booked_to_closing():
    visit = Step("visit", needs=((0, 1),), mean_s=((HOUR,),))
    made = plan([visit], [STAFF])
    luck = Luck([9 * HOUR + 1800], plan=made, shifts={"doctor": [(8 * HOUR, 10 * HOUR, 0, 0)]})
    rows = run(made, luck)
    assert lost(rows, made) == {("doctor", "nobody_waiting"): 5400, ("doctor", "closing"): 1800}


def test_a_visit_suspended_at_closing_goes_on_first_next_day():
    made = plan([VISIT], [Resource("doctor", "staff", suspend=True)])
    shifts = {"doctor": [(8 * HOUR, 10 * HOUR, 0, 0), (DAY + 8 * HOUR, DAY + 10 * HOUR, 0, 0)]}
    luck = Luck([9 * HOUR, DAY], plan=made, shifts=shifts, columns={("duration", "visit"): 5400})
    rows = run(made, luck)
    assert log(rows, made)[0] == (0, "visit", 9 * HOUR, 9 * HOUR, DAY + 8 * HOUR + 1800, "done")
    assert rows["contacts"]["used_s"].tolist() == [5400, 5400]
    assert rows["capacity"]["overtime"][0] == 0


def test_interruption_takes_the_least_urgent_then_the_latest_started():
    made = plan([VISIT], [Resource("doctor", "staff", interruption="resume")])
    luck = Luck(
        [0, 10, 20], plan=made, klass=[2, 2, 0], shifts={"doctor": always(2)}, columns={("duration", "visit"): 100}
    )
    assert log(run(made, luck), made) == [
        (0, "visit", 0, 0, 100, "done"),
        (1, "visit", 10, 10, 190, "done"),  # 10 of 100 s done at 20, resumed at 100
        (2, "visit", 20, 20, 120, "done"),
    ]


def test_restart_repeats_the_same_duration():
    made = plan([VISIT], [Resource("doctor", "staff", interruption="restart")])
    luck = Luck([0, 40], plan=made, klass=[1, 0], shifts={"doctor": always(1)}, columns={("duration", "visit"): 100})
    assert [row[4] for row in log(run(made, luck), made)] == [240, 140]


def stay_plan(*, sought: bool, kind: str = "staff", **more):
    steps = [Step("surgery", needs=((0, 1),), stay=1), Step("stay", needs=((1, 1),), stay_of=0, sought=sought)]
    return plan(steps, [Resource("theatre", kind), Resource("ward", "places")], **more)


def test_a_place_sought_blocks_the_theatre_until_there_is_one():
    made = stay_plan(sought=True)
    columns = {("duration", "surgery"): 100, ("duration", "stay"): 1000, ("route", "surgery"): 1}
    luck = Luck([0, 0], plan=made, shifts={"theatre": always(1)}, places={"ward": [(0, 1)]}, columns=columns)
    rows = run(made, luck)
    assert log(rows, made) == [
        (0, "surgery", 0, 0, 100, "done"),
        (0, "stay", 100, 100, 1100, "done"),
        (1, "surgery", 0, 100, 1100, "done"),
        (1, "stay", 200, 1100, 2100, "done"),
    ]
    assert rows["contacts"]["blocked_s"].tolist() == [0, 0, 900, 0]
    assert lost(rows, made)[("theatre", "blocked")] == 900


def test_no_bed_reserved_no_operation_and_the_slot_is_lost_for_want_of_a_bed():
    made = stay_plan(sought=False, kind="slots")
    slots = [(8 * HOUR, 9 * HOUR, 0, 0), (8 * HOUR + 60, 9 * HOUR, 0, 0), (DAY, DAY + HOUR, 0, 0)]
    columns = {("duration", "surgery"): 100, ("duration", "stay"): 10 * HOUR}
    luck = Luck([0, 0], plan=made, slots={"theatre": slots}, places={"ward": [(0, 1)]}, columns=columns)
    rows = run(made, luck)
    assert [(row[1], row[3]) for row in log(rows, made)] == [
        ("surgery", 8 * HOUR), ("stay", 8 * HOUR + 100), ("surgery", DAY), ("stay", DAY + 100),
    ]  # fmt: skip
    assert lost(rows, made)[("theatre", "missing:ward")] == 1


def test_a_stay_in_nights_ends_at_the_discharge_hour_and_waits_for_the_film():
    steps = [
        Step("surgery", needs=((0, 1),), stay=1),
        Step("stay", needs=((1, 1),), stay_of=0, nights=True, until=(2,)),
        Step("film", has_delay=True),
    ]
    made = plan(steps, [Resource("theatre", "slots"), Resource("ward", "places")])
    slots = [(8 * HOUR, 12 * HOUR, 0, 0)] * 3
    columns = {
        ("duration", "stay"): [0, 1, 1], ("duration", "film"): 60, ("route", "film"): BACK,
        ("delay", "film"): [HOUR, HOUR, 40 * HOUR],
    }  # fmt: skip
    luck = Luck([0, 0, 0], plan=made, slots={"theatre": slots}, places={"ward": [(0, 5)]}, columns=columns)
    rows = run(made, luck)
    stays = [row[4] for row in log(rows, made) if row[1] == "stay"]
    assert stays == [18 * HOUR, DAY + 11 * HOUR, 48 * HOUR + 60]
    assert ended(rows) == ["treated"] * 3


def test_a_no_show_uses_the_lead_and_comes_back_with_the_first_joining_kept():
    visit = Step("visit", needs=((0, 1),), has_no_show=True, remove_after=2)
    made = plan([visit], [Resource("clinic", "slots")])
    slots = {"clinic": [(h * HOUR, 24 * HOUR, 0, 0) for h in (1, 2, 3, 4, 5)]}
    columns = {
        ("duration", "visit"): 60, ("no_show", "visit"): lambda number, _: [int(number == 0), 1],
        ("rebook", "visit"): 2 * HOUR,
    }  # fmt: skip
    rows = run(made, Luck([0, 0], plan=made, slots=slots, columns=columns))
    assert log(rows, made) == [
        (0, "visit", 0, HOUR, HOUR + 60, "no_show"),
        (0, "visit", 0, 3 * HOUR + 60, 3 * HOUR + 120, "done"),
        (1, "visit", 0, 2 * HOUR, 2 * HOUR + 60, "no_show"),
        (1, "visit", 0, 4 * HOUR + 60, 4 * HOUR + 120, "no_show"),
        (1, "visit", 0, None, 4 * HOUR + 120, "left"),
    ]
    assert ended(rows) == ["treated", "left"]
    assert lost(rows, made) == {("clinic", "no_show"): 3, ("clinic", "nobody_waiting"): 1}


def test_a_late_cancellation_loses_the_slot_unless_it_may_be_refilled():
    for refill in (False, True):
        visit = Step("visit", needs=((0, 1),), cancellations=(Cancellation(6, refill),))
        made = plan([visit], [Resource("clinic", "slots")], cancelled=("cancelled:illness",))
        columns = {
            ("duration", "visit"): 60, ("cancel", "visit"): lambda number, _: [0 if number == 0 else -1, -1],
            ("cancel_rebook", "visit"): 3 * HOUR,
        }  # fmt: skip
        slots = {"clinic": [(HOUR, 2 * HOUR, 0, 0), (5 * HOUR, 6 * HOUR, 0, 0), (7 * HOUR, 8 * HOUR, 0, 0)]}
        rows = run(made, Luck([0, 1], plan=made, slots=slots, columns=columns))
        second = HOUR if refill else 7 * HOUR
        assert log(rows, made) == [
            (0, "visit", 0, None, HOUR, "cancelled"),
            (0, "visit", 0, 5 * HOUR, 5 * HOUR + 60, "done"),
            (1, "visit", 1, second, second + 60, "done"),
        ]
        assert lost(rows, made).get(("clinic", "cancelled:illness"), 0) == (not refill)


def test_patience_ends_and_a_full_queue_turns_the_last_away():
    visit = Step("visit", needs=((0, 1),), patience_from_decision=(False,), overflow=1)
    made = plan([visit, Step("other")], [Resource("doctor", "staff", maximum_queue=2)])
    columns = {("duration", "visit"): 1000, ("patience:0", "visit"): [FOREVER, 50, FOREVER, FOREVER]}
    rows = run(made, Luck([0, 10, 20, 30], plan=made, shifts={"doctor": always(1)}, columns=columns))
    assert log(rows, made) == [
        (0, "visit", 0, 0, 1000, "done"),
        (1, "visit", 10, None, 60, "left"),
        (2, "visit", 20, 1000, 2000, "done"),
        (3, "visit", 30, None, 30, "overflow"),
        (3, "other", 30, 30, 30, "done"),
    ]
    assert ended(rows) == ["treated", "left", "treated", "treated"]


def test_wait_blocks_the_queue_and_skip_lets_the_next_who_fits():
    starts = {}
    for skip in (False, True):
        steps = [Step("big", needs=((0, 2),)), Step("small", needs=((0, 1),))]
        made = plan(steps, [Resource("team", "staff", skip=skip)])
        luck = Luck(
            [0, 1, 2], plan=made, first=[1, 0, 1], shifts={"team": always(2)},
            columns={("duration", "big"): 100, ("duration", "small"): 50},
        )  # fmt: skip
        starts[skip] = [row[3] for row in log(run(made, luck), made)]
    assert starts == {False: [0, 50, 150], True: [0, 52, 2]}


def test_who_waits_for_a_busy_second_resource_is_booked_to_it():
    steps = [Step("operate", needs=((0, 1), (1, 1)))]
    made = plan(steps, [Resource("theatre", "slots"), Resource("team", "staff")])
    slots = {"theatre": [(0, HOUR, 0, 0)] * 2}
    luck = Luck([0, 0], plan=made, slots=slots, shifts={"team": always(1)}, columns={("duration", "operate"): 2 * HOUR})
    rows = run(made, luck)
    assert lost(rows, made)[("theatre", "missing:team")] == 1
    assert lost(rows, made)[("team", "missing:theatre")] == END - 2 * HOUR


def test_parallel_branches_go_on_when_all_are_done_and_who_leaves_one_leaves_all():
    steps = [
        Step("start"), Step("left_way", needs=((0, 1),), patience_from_decision=(False,)), Step("right_way"),
        Step("join"),
    ]  # fmt: skip
    made = plan(steps, [STAFF], splits=(Split((1, 2), 3),))
    columns = {
        ("route", "start"): 4, ("route", "left_way"): 3, ("route", "right_way"): 3,
        ("duration", "left_way"): 100, ("duration", "right_way"): 250, ("patience:0", "left_way"): [FOREVER, 40],
    }  # fmt: skip
    rows = run(made, Luck([0, 0], plan=made, shifts={"doctor": always(1)}, columns=columns))
    assert [row for row in log(rows, made) if row[1] == "join"] == [(0, "join", 250, 250, 250, "done")]
    assert ended(rows) == ["treated", "left"]
    assert rows["patients"]["end_s"].tolist() == [250, 250]  # the visit already started is finished first


def test_a_linked_step_goes_ahead_of_all_until_its_days_closing():
    steps = [Step("visit"), Step("film", needs=((0, 1),), linked=True), Step("other_film", needs=((0, 1),))]
    made = plan(steps, [Resource("xray", "slots")])
    slots = {
        "xray": [
            (9 * HOUR, 16 * HOUR, 0, 0),
            (DAY + 9 * HOUR, DAY + 16 * HOUR, 0, 0),
            (DAY + 10 * HOUR, DAY + 16 * HOUR, 0, 0),
        ]
    }
    columns = {("route", "visit"): 1, ("duration", "film"): 60, ("duration", "other_film"): 60}
    luck = Luck([0, 8 * HOUR, 8 * HOUR + 1], plan=made, first=[2, 0, 0], slots=slots, columns=columns)
    films = {row[0]: row[3] for row in log(run(made, luck), made) if row[1] != "visit"}
    assert films == {0: DAY + 9 * HOUR, 1: 9 * HOUR, 2: DAY + 10 * HOUR}  # patient 2's link is broken at 16:00


def test_pull_starts_nobody_while_enough_wait_at_the_step_watched():
    steps = [Step("enrol", needs=((0, 1),), pull_watch=1, pull_below=(2,)), Step("surgery", needs=((1, 1),))]
    made = plan(steps, [Resource("nurse", "slots"), Resource("theatre", "slots")])
    slots = {"nurse": [(0, DAY, 0, 0)] * 4, "theatre": [(10 * HOUR, DAY, 0, 0)]}
    luck = Luck([0, 0, 0, 0], plan=made, slots=slots, columns={("route", "enrol"): 1, ("duration", "enrol"): 60})
    rows = run(made, luck)
    assert [row[3] for row in log(rows, made) if row[1] == "enrol"] == [0, 0, 10 * HOUR, None]
    assert lost(rows, made)[("nurse", "pull")] == 1


def test_kept_slots_go_to_their_class_and_at_the_last_instant_to_anybody():
    made = plan([VISIT], [Resource("clinic", "slots", kept_class=0)])
    slots = {"clinic": [(0, HOUR, 0, 1), (0, HOUR, 0, 0), (DAY, DAY + HOUR, 0, 1)]}
    luck = Luck([0, 0, DAY + 60], plan=made, klass=[1, 1, 0], slots=slots, columns={("duration", "visit"): 1})
    assert [row[3] for row in log(run(made, luck), made)] == [0, HOUR - 1, DAY + 60]


def test_a_tranche_for_few_steps_serves_their_best_head_and_no_other():
    steps = [Step("film", needs=((0, 1),)), Step("ward_film", needs=((0, 1),))]
    made = plan(steps, [Resource("xray", "slots", tranches=(Tranche("regular"), Tranche("weekend", only=(1,))))])
    slots = {"xray": [(0, HOUR, 1, 0), (0, HOUR, 1, 0), (2 * HOUR, 3 * HOUR, 0, 0)]}
    luck = Luck(
        [0, 1], plan=made, first=[0, 1], slots=slots, columns={("duration", "film"): 1, ("duration", "ward_film"): 1}
    )
    rows = run(made, luck)
    assert [row[3] for row in log(rows, made)] == [2 * HOUR, 1]
    assert lost(rows, made) == {("xray", "nobody_waiting"): 1}


def test_treatment_elsewhere_within_the_weekly_cap_and_home_for_follow_up():
    steps = [Step("surgery", needs=((0, 1),), elsewhere=0), Step("private", has_delay=True), Step("follow_up")]
    made = plan(
        steps, [Resource("theatre", "slots")], weeks=2, providers=(ProviderInfo("private"),),
        elsewhere=(Elsewhere(provider=0, step=1, weekly_cap=1, then=2),),
    )  # fmt: skip
    columns = {("elsewhere", "surgery"): [1, 1, 0], ("lead_time", "private"): 2 * DAY}
    rows = run(made, Luck([0, 5, 9], plan=made, columns=columns))
    assert log(rows, made) == [
        (0, "surgery", 0, None, 0, "elsewhere"),
        (0, "private", 2 * DAY, 2 * DAY, 2 * DAY, "done"),
        (0, "follow_up", 2 * DAY, 2 * DAY, 2 * DAY, "done"),
        (1, "surgery", 5, None, 7 * DAY, "elsewhere"),
        (1, "private", 9 * DAY, 9 * DAY, 9 * DAY, "done"),
        (1, "follow_up", 9 * DAY, 9 * DAY, 9 * DAY, "done"),
        (2, "surgery", 9, None, None, "open"),
    ]
    assert ended(rows) == ["elsewhere", "elsewhere", "inside"]
    assert rows["contacts"]["provider"].tolist() == [0, 1, 0, 0, 1, 0, 0]


def test_rework_is_capped_and_then_the_remaining_shares_decide():
    made = plan([Step("film", rework_to=0, rework_cap=2)])
    columns = {("duration", "film"): 10, ("rework", "film"): 1, ("route_capped", "film"): -2}
    rows = run(made, Luck([0], plan=made, columns=columns))
    assert [row[2] for row in log(rows, made)] == [0, 10, 20]
    assert ended(rows) == ["discharged"]


def test_nobody_is_put_out_when_places_fall_and_the_excess_is_recorded():
    made = plan([VISIT], [Resource("ward", "places")])
    luck = Luck([0, 0], plan=made, places={"ward": [(0, 2), (100, 1)]}, columns={("duration", "visit"): 300})
    rows = run(made, luck)
    assert [row[4] for row in log(rows, made)] == [300, 300]
    assert rows["capacity"]["over"][0] == 200
    assert rows["capacity"]["used"][0] == 600


def test_beds_occupied_and_queues_standing_when_the_run_begins():
    made = plan([VISIT], [Resource("ward", "places")])
    luck = Luck(
        [0, 0], plan=made, source=[2, 1], remaining=[500, 0], joined=[0, -1000], places={"ward": [(0, 1)]},
        columns={("duration", "visit"): 50},
    )  # fmt: skip
    assert log(run(made, luck), made) == [(0, "visit", 0, 0, 500, "done"), (1, "visit", -1000, 500, 550, "done")]


def test_a_dated_change_counts_from_the_start_of_the_visit():
    made = plan([VISIT], [STAFF], periods=(0, 150))
    columns = {("duration", "visit"): lambda _, period: [100, 100][period] + 50 * period}
    rows = run(made, Luck([0, 0, 0], plan=made, shifts={"doctor": always(1)}, columns=columns))
    assert [row[4] for row in log(rows, made)] == [100, 200, 350]
