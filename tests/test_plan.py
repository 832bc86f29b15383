import pickle
from datetime import date

import numpy as np
import pytest
from plan_cases import SMALL, merged, scenario_of

from flowsim import InputError, plan
from flowsim.plan.building import causes, frame_of
from flowsim.plan.model import FOREVER, Elsewhere, Split
from flowsim.tables import DAY_S, SOURCES

WEEK = 7 * DAY_S


def built(data, *later, **more):
    return plan.build(scenario_of(data, *later, **more))


def test_steps_stays_and_providers_in_plan_order():
    terms = {"share": 0.3, "provider": "private", "price_sek": 65000, "then": "visit", "weekly_cap": 5}
    made = built(merged(SMALL, {"pathway": {"surgery": {"elsewhere": terms}}}))
    assert [s.name for s in made.steps] == ["visit", "surgery", "surgery_stay", "private"]
    assert [s.name for s in made.setting.steps] == [s.name for s in made.steps]
    visit, surgery, stay, provider = made.steps
    assert (visit.needs, surgery.needs, stay.needs, provider.needs) == (((0, 1),), ((1, 1), (2, 1)), ((3, 1),), ())
    assert (surgery.stay, stay.stay_of, stay.nights, stay.sought) == (2, 1, True, False)
    assert (visit.rework_to, visit.rework_cap, visit.has_no_show) == (0, 2, True)
    assert (surgery.decision, surgery.has_delay, surgery.patience_from_decision) == (True, True, (True,))
    assert made.elsewhere == (Elsewhere(provider=0, step=3, weekly_cap=5, then=0),)
    assert made.setting.providers[0].price_sek == 65000


def test_rework_and_routes_of_a_step_with_a_stay_live_on_the_stay():
    again = {"rework": {"to": "visit", "share": 0.1, "at_most": 3}}
    made = built(merged(SMALL, {"pathway": {"surgery": again}}))
    assert (made.steps[1].rework_to, made.steps[2].rework_to, made.steps[2].rework_cap) == (-1, 0, 3)
    draws = plan.draw(made, 1, 0)
    assert np.mean(draws.values("rework", 2, 0, 0)) == pytest.approx(0.1, abs=0.08)


def test_declared_means_are_whole_seconds_by_period_and_group():
    lengths = {"by_group": {"hip": "10 min", "default": {"law": "exponential", "mean": "20.00833 min"}}}
    later = merged(SMALL, {"pathway": {"surgery": {"duration": {"by_group": {"hip": 0, "default": "1 s"}}}}})
    made = built(merged(SMALL, {"pathway": {"surgery": {"duration": lengths}}}), (date(2027, 1, 18), later))
    assert made.steps[1].mean_s == ((600, 1200), (0, 1))
    assert made.steps[0].mean_s == ((0, 0), (0, 0)), "a slot's visit takes no time unless declared"


def test_causes_of_loss_in_their_order():
    assert causes(frame_of(scenario_of(SMALL))) == (
        "nobody_waiting", "closing", "no_show", "blocked", "pull", "kept", "cancelled:illness",
        "missing:clinic", "missing:theatre", "missing:team", "missing:ward",
    )  # fmt: skip


def test_resources_and_their_rules():
    rules = {
        "clinic": {
            "order": "longest_wait", "if_head_cannot_start": "skip", "maximum_queue": 0,
            "kept": {"share": 0.2, "for": "urgent", "class": 1},
        },
        "team": {
            "overtime": "60 min", "at_closing": "suspend", "interruption": "resume",
            "tranches": {
                "late": {
                    "servers": 1, "hours": "16:00-20:00", "price_sek_per_hour": 900,
                    "only": ["surgery"], "overtime": "30 min",
                },
            },
        },
    }  # fmt: skip
    made = built(merged(SMALL, {"resources": rules}))
    clinic, _, team, ward = made.resources
    assert (clinic.order, clinic.skip, clinic.maximum_queue, clinic.kept_class) == ("longest_wait", True, 0, 1)
    assert (team.suspend, team.interruption, ward.maximum_queue, ward.kept_class) == (True, "resume", -1, -2)
    assert [(t.name, t.only, t.overtime_s) for t in team.tranches] == [("regular", (), 3600), ("late", (1,), 1800)]
    info = made.setting.resources[2]
    assert (info.tranches, info.price_sek_per_unit) == (("regular", "late"), (0.0, 900.0))


def test_kept_for_the_longest_waiter():
    made = built(merged(SMALL, {"resources": {"clinic": {"kept": {"share": 0.2, "for": "longest_wait"}}}}))
    assert made.resources[0].kept_class == -1
    slots = plan.draw(made, 1, 0).slots[0]
    assert slots[:, 3].sum() == len(slots) // 5


def test_horizon_warm_up_and_weeks():
    made = built(merged(SMALL, {"horizon": {"start": date(2026, 12, 30), "weeks": 3, "warm_up_weeks": 2}}))
    assert (made.begin, made.end, made.week0) == (-2 * WEEK, 3 * WEEK, -2 * DAY_S)
    assert made.iso_year == (2026, 2027, 2027, 2027)
    assert made.periods == (-2 * WEEK,)
    assert plan.draw(made, 1, 0).planned[0].shape == (1, 4)


def test_always_open_knows_no_holidays_and_never_closes():
    always = {
        "calendar": {"holidays": "sweden", "closed_weeks": [1, 2]},
        "resources": {
            "server": {"kind": "staff", "servers": 2, "open": "always"},
            "machine": {"kind": "slots", "slots_per_week": 14, "open": "always"},
        },
    }
    made = built(merged(SMALL, always))
    draws = plan.draw(made, 1, 0)
    assert draws.shifts[4].tolist() == [[0, FOREVER, 0, 0], [0, FOREVER, 1, 0]]
    assert (draws.slots[5][:4, 0] == np.arange(4) * DAY_S // 2).all()
    assert len(draws.slots[5]) == 8 * 14
    assert len(draws.slots[1]) == 6 * 10, "the theatre keeps the two closed weeks"


def test_holidays_lose_slots_and_staff_but_no_beds():
    closed = merged(SMALL, {"calendar": {"holidays": "sweden", "closed_dates": [date(2027, 1, 7)]}})
    draws, base = (plan.draw(built(data), 1, 0) for data in (closed, SMALL))
    gone = {2, 3}  # Wednesday 6 January (trettondagen) and Thursday 7
    for mine, all_days in ((draws.slots[1], base.slots[1]), (draws.shifts[2], base.shifts[2])):
        assert {d for d in set(all_days[:, 0] // DAY_S) - set(mine[:, 0] // DAY_S) if d < 7} == gone
    assert (draws.places[3] == base.places[3]).all()
    assert draws.planned[1][0, 0] == pytest.approx(6)


def test_tranche_dates_season_and_what_switches_it_off():
    theatre = {
        "season": [{"weeks": [3], "factor": 0.5}],
        "tranches": {
            "evening": {"slots_per_week": 4, "days": "mon-thu", "hours": "17:00-21:00", "from": date(2027, 1, 12),
                        "to": date(2027, 2, 5), "not_when_season_below": 0.8, "price_sek_per_unit": 24530},
        },
    }  # fmt: skip
    draws = plan.draw(built(merged(SMALL, {"resources": {"theatre": theatre}})), 1, 0)
    evening = draws.slots[1][draws.slots[1][:, 2] == 1]
    week, count = np.unique(evening[:, 0] // WEEK, return_counts=True)
    assert dict(zip(week.tolist(), count.tolist(), strict=True)) == {1: 3, 3: 4, 4: 4}
    assert draws.planned[1][1].tolist() == [0, 3, 0, 4, 4, 0, 0, 0]
    assert np.bincount(draws.slots[1][draws.slots[1][:, 2] == 0][:, 0] // WEEK).tolist() == [
        10,
        10,
        5,
        10,
        10,
        10,
        10,
        10,
    ]


def test_beds_by_weekday_season_and_tranche():
    ward = {
        "places": 10, "by_weekday": {"fri": 8, "sat": 5, "sun": 5}, "season": [{"weeks": [2], "factor": 0.65}],
        "tranches": {"extra": {"places": 3, "from": date(2027, 1, 20), "price_sek_per_unit": 3500}},
    }  # fmt: skip
    draws = plan.draw(built(merged(SMALL, {"resources": {"ward": ward}})), 1, 0)
    by_day = {int(at) // DAY_S: int(number) for at, number in draws.places[3]}
    assert {day: by_day[day] for day in (0, 4, 5, 7, 11, 12, 14)} == {0: 10, 4: 8, 5: 5, 7: 7, 11: 5, 12: 3, 14: 10}
    assert by_day[16] == 13
    assert draws.place_tranches[3].shape == (len(draws.places[3]), 2)
    assert (draws.place_tranches[3].sum(axis=1) == draws.places[3][:, 1]).all()
    assert draws.planned[3][1].tolist()[:4] == [0, 0, 3 * 5 * DAY_S, 3 * WEEK]


def test_a_dated_change_of_capacity_holds_from_its_day():
    later = merged(
        SMALL, {"resources": {"theatre": {"slots_per_week": 20, "hours": "08:00-20:00"}, "ward": {"places": 9}}}
    )
    made = built(SMALL, (date(2027, 1, 20), later), (date(2027, 2, 1), SMALL))
    draws = plan.draw(made, 1, 0)
    assert made.periods == (0, 16 * DAY_S, 28 * DAY_S)
    per_day = np.bincount(draws.slots[1][:, 0] // DAY_S, minlength=56)
    assert per_day[14:19].tolist() == [2, 2, 4, 4, 4]
    assert per_day[28:33].tolist() == [2] * 5
    third = draws.slots[1][draws.slots[1][:, 0] // DAY_S == 16]
    assert set(third[:, 1] % DAY_S) == {20 * 3600}
    assert draws.places[3].tolist() == [[0, 5], [16 * DAY_S, 9], [28 * DAY_S, 5]]


def test_a_dated_change_before_the_run_is_the_beginning():
    later = merged(SMALL, {"resources": {"ward": {"places": 9}}})
    made = built(SMALL, (date(2026, 1, 1), later), (date(2030, 1, 1), SMALL))
    assert made.periods == (0,)
    assert plan.draw(made, 1, 0).places[3].tolist() == [[0, 9]]


def test_treatment_elsewhere_may_begin_on_a_date():
    terms = {"share": 1.0, "provider": "private", "price_sek": 65000}
    later = merged(SMALL, {"pathway": {"surgery": {"elsewhere": terms}, "visit": {"no_show": None}}})
    made = built(SMALL, (date(2027, 2, 1), later))
    draws = plan.draw(made, 1, 0)
    assert made.steps[1].elsewhere == 0
    assert [set(draws.values("elsewhere", 1, 0, period)) for period in (0, 1)] == [{0}, {1}]
    assert set(draws.values("no_show", 0, 0, 1)) == {0}


def test_parallel_branches_and_pull():
    pathway = {
        "visit": {"then": {"all": ["film", "lab"], "join": "surgery"}, "pull": {"watch": "surgery", "below": 5}},
        "film": {"needs": ["clinic"], "then": "surgery"},
        "lab": {"delay": "1 day", "then": "surgery"},
    }
    made = built({**SMALL, "pathway": merged({**SMALL["pathway"], "visit": {"needs": ["clinic"]}}, pathway)})
    assert made.splits == (Split((3, 4), 1),)
    assert (made.steps[0].pull_watch, made.steps[0].pull_below) == (1, (5,))
    draws = plan.draw(made, 1, 0)
    assert set(draws.values("route", 0, 0, 0)) == {len(made.steps)}


def test_what_readers_of_the_tables_are_told():
    more = {
        "guarantee": {"first_visit": {"step": "visit", "days": 90}, "treatment": {"step": "surgery", "days": 90}},
        "spans": {"waiting": {"from": "decision", "to": "surgery"}},
        "groups": {"others": {"share": 0, "background": True}},
        "resources": {"ward": {"assumed": "ten beds"}},
    }
    made = built(merged(SMALL, more))
    setting = made.setting
    assert made.due_days == ((0, 90, False), (1, 90, True))
    assert setting.guarantee == (("first_visit", "visit", 90.0), ("treatment", "surgery", 90.0))
    assert setting.spans == (("waiting", "decision", "surgery"),)
    assert (setting.background, made.background) == (("others",), (False, False, True))
    assert setting.assumed == ("resources.ward: ten beds",)
    stay = setting.steps[2]
    assert (stay.stay_of, stay.lead, setting.steps[1].needs) == ("surgery", "ward", (("theatre", 1), ("team", 1)))


def test_the_plan_is_small_and_survives_pickling():
    made = built(SMALL)
    packed = pickle.dumps(made)
    assert len(packed) < 60_000
    again = pickle.loads(packed)  # noqa: S301
    one, other = (plan.draw(p, 3, 2) for p in (made, again))
    assert one.arrives == other.arrives
    assert one.values("duration", 1, 0, 0) == other.values("duration", 1, 0, 0)


def test_weekly_luck_by_classes_levels_and_tranche():
    classes = {
        "law": "classes",
        "classes": {"low": {"share": 0.5, "factor": 0.5}, "high": {"share": 0.5, "factor": 1.5}},
        "transition": {"low": {"low": 0.0, "high": 1.0}, "high": {"low": 1.0, "high": 0.0}},
    }
    evening = {"slots_per_week": 10, "days": "mon-fri", "luck": {**classes, "transition": None, "level_out": 0.5}}
    theatre = {"luck": classes, "tranches": {"evening": evening}}
    draws = plan.draw(built(merged(SMALL, {"resources": {"theatre": theatre}})), 1, 0)
    slots = draws.slots[1]
    weekly = [np.bincount(slots[slots[:, 2] == t][:, 0] // WEEK).tolist() for t in (0, 1)]
    assert weekly[0] in ([5, 15] * 4, [15, 5] * 4)
    running = np.cumsum(weekly[1])
    assert set(np.diff(running, prepend=0).tolist()) <= {7, 8, 12, 13}
    assert set(draws.planned[1].ravel().tolist()) == {10.0}


def test_luck_may_change_by_date():
    lucky = {"law": "bootstrap", "values": [0.5], "block_weeks": 1}
    later = merged(SMALL, {"resources": {"theatre": {"luck": lucky}}})
    draws = plan.draw(built(SMALL, (date(2027, 1, 18), later)), 1, 0)
    assert np.bincount(draws.slots[1][:, 0] // WEEK).tolist() == [10, 10] + [5] * 6


# --- timetables ---------------------------------------------------------------------------------------------------

DATED = {
    **merged(SMALL, {"horizon": {"weeks": 2}, "queue_at_start": []}),
    "arrivals": {"list": {"step": "visit", "timetable": "t.csv"}},
}
FILE = """date,time,set,group,count,alternative,probability
2027-01-04,09:30,,hip,2,,
2027-01-05,,,knee,1,,
2027-01-06,10:00,a,hip,2,two,0.5
2027-01-06,10:00,a,knee,1,one,0.5
2027-01-17,,,,0,,
"""


def arrivals(data, text=None, seed=1):
    draws = plan.draw(built(data, texts={"t.csv": text} if text else None), seed, 0)
    return list(zip(draws.group, draws.arrives, strict=True))


def test_a_timetable_file_gives_its_patients_on_their_dates():
    came = arrivals(DATED, FILE)
    assert came[:2] == [(0, 9 * 3600 + 1800)] * 2
    assert came[2][0] == 1
    assert came[2][1] // DAY_S == 1
    assert {tuple(arrivals(DATED, FILE, seed)[3:]) for seed in range(20)} == {
        ((0, 2 * DAY_S + 36000), (0, 2 * DAY_S + 36000)), ((1, 2 * DAY_S + 36000),),
    }  # fmt: skip


def test_a_timetable_that_ends_before_the_horizon_is_refused_unless_it_repeats():
    early = FILE.replace("2027-01-17", "2027-01-09")
    with pytest.raises(InputError, match="before the horizon's last day 2027-01-17"):
        arrivals(DATED, early)
    again = merged(DATED, {"arrivals": {"list": {"repeats": True}}})
    assert [at // DAY_S for _, at in arrivals(again, early) if at // DAY_S in (0, 1, 7, 8)] == [0, 0, 1, 7, 7, 8]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("2027-01-07,,,ankle,1,,", 'there is no group "ankle". There are: hip, knee.'),
        ("2027-01-07,,,hip,-1,,", "must be 0 or more"),
        ("2027-13-07,,,hip,1,,", "month must be in 1..12"),
        ("2027-01-07,9.30,,hip,1,,", "time of day"),
        ("2027-01-07,,,,2,,", "has a count but no group"),
        ("2027-01-07,,b,hip,2,x,0.7", "probabilities must add up to 1"),
    ],
)
def test_faults_of_a_timetable_say_where_and_what(line, words):
    with pytest.raises(InputError, match=words) as refused:
        arrivals(DATED, FILE + line + "\n")
    fault = refused.value.faults[0]
    assert fault.file == "t.csv"
    assert fault.line == 7 or "probabilities" in words


def test_a_timetable_needs_its_columns():
    with pytest.raises(InputError, match="is missing a column"):
        arrivals(DATED, "date,patients\n2027-01-04,3\n")
    with pytest.raises(InputError, match="has an unknown column"):
        arrivals(DATED, "date,group,count,colour\n2027-01-04,hip,1,red\n")
    with pytest.raises(InputError, match="holds no rows"):
        arrivals(DATED, "date,group,count\n")


def test_a_weeks_table_draws_each_set_alone():
    sets = [
        {
            "time": "00:00",
            "alternatives": [{"probability": 0.5, "groups": {"hip": 2}}, {"probability": 0.5, "groups": {"knee": 1}}],
        }
    ] * 8
    week = {"mon": [*sets, {"time": "00:00", "groups": {"hip": 4}}]}
    data = {
        **merged(SMALL, {"horizon": {"weeks": 200}, "queue_at_start": []}),
        "arrivals": {"theatre": {"step": "visit", "timetable": week}},
    }
    draws = plan.draw(built(data), 1, 0)
    assert set(np.array(draws.arrives) % WEEK) == {0}
    weekly = np.bincount(np.array(draws.arrives) // WEEK, minlength=200)
    assert weekly.min() >= 12
    assert weekly.mean() == pytest.approx(16, abs=4 * np.sqrt(8 * 0.25 / 200))
    assert weekly.var() == pytest.approx(8 * 0.25, rel=0.45)
    assert set(draws.source) == {SOURCES.index("arrivals")}
