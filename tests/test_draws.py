import numpy as np
import pytest
from plan_cases import SMALL, merged, scenario_of

from flowsim import plan
from flowsim.plan.model import BACK, FOREVER
from flowsim.tables import DAY_S, NEVER, SOURCES

WEEK = 7 * DAY_S
KINDS = ("duration", "delay", "rework", "route", "route_capped", "no_show", "rebook", "cancel", "cancel_rebook")


def drawn(data, *later, seed=1, replication=0, **more):
    made = plan.build(scenario_of(data, *later, **more))
    return made, plan.draw(made, seed, replication)


def luck_by_key(made, draws):
    """Everything drawn for a patient, by the patient's key."""
    names = [step.name for step in made.steps]
    rules = [("patience:0", names.index("surgery")), *((kind, k) for kind in KINDS for k in range(len(names)))]
    columns = {(what, names[k], visit): draws.values(what, k, visit, 0) for what, k in rules for visit in (0, 1, 2)}
    own = {name: getattr(draws, name) for name in ("klass", "arrives", "joined", "referral", "decision", "remaining")}
    return {
        key: {
            **{name: column[i] for name, column in own.items()},
            **{name: column[i] for name, column in columns.items()},
            "first": names[draws.step[i]],
        }
        for i, key in enumerate(draws.key.tolist())
    }


def same(before, after, *, names=True):
    """All patients of `before` are in `after`, with the same luck; routes by the number of their step, if kept."""
    for key, luck in before.items():
        assert key in after
        for name, value in luck.items():
            if names or "route" not in name[0]:
                assert after[key][name] == value, name
    return len(after) - len(before)


BASE = luck_by_key(*drawn(SMALL))


def test_the_same_seed_gives_the_same_luck_and_others_another():
    assert luck_by_key(*drawn(SMALL)) == BASE
    for other in ({"seed": 2}, {"replication": 1}):
        assert [luck["arrives"] for luck in luck_by_key(*drawn(SMALL, **other)).values()] != [
            luck["arrives"] for luck in BASE.values()
        ]


def test_an_added_bed_slot_or_server_moves_nobody():
    more = {"resources": {"ward": {"places": 6}, "theatre": {"slots_per_week": 11}, "team": {"servers": 3}}}
    assert luck_by_key(*drawn(merged(SMALL, more))) == BASE


def test_a_further_tranche_and_resource_move_no_patient_and_no_slot():
    evening = {"evening": {"slots_per_week": 3, "days": "mon-thu", "hours": "17:00-21:00"}}
    further = merged(
        {"resources": {"first": {"kind": "slots", "slots_per_week": 4, "luck": {"law": "gamma", "cv": 0.5}}}}, SMALL
    )
    further = merged(further, {"resources": {"theatre": {"tranches": evening}}})
    made, draws = drawn(further)
    before, base = drawn(SMALL)
    assert luck_by_key(made, draws) == BASE
    assert [r.name for r in made.resources] == ["first", *(r.name for r in before.resources)]
    assert (draws.slots[1] == base.slots[0]).all()
    assert (draws.slots[2][draws.slots[2][:, 2] == 0] == base.slots[1]).all()


def test_more_arrivals_move_nobody():
    five_percent = {"arrivals": {"referrals": {"per_week": 21}}}
    assert same(BASE, luck_by_key(*drawn(merged(SMALL, five_percent)))) > 2


def test_a_longer_starting_queue_moves_nobody():
    longer = merged(SMALL, {"queue_at_start": [{**SMALL["queue_at_start"][0], "patients": 40}]})
    assert same(BASE, luck_by_key(*drawn(longer))) == 10


def test_a_longer_horizon_or_warm_up_moves_nobody():
    assert same(BASE, luck_by_key(*drawn(merged(SMALL, {"horizon": {"weeks": 12}})))) > 20
    no_queue = merged(SMALL, {"queue_at_start": []})
    warm = merged(no_queue, {"horizon": {"warm_up_weeks": 4}})
    assert same(luck_by_key(*drawn(no_queue)), luck_by_key(*drawn(warm))) > 20


def test_a_longer_horizon_moves_no_capacity():
    _, base = drawn(SMALL)
    _, longer = drawn(merged(SMALL, {"horizon": {"weeks": 12}}))
    slots = longer.slots[0]
    assert (slots[slots[:, 0] < 8 * WEEK] == base.slots[0]).all()


def test_a_new_group_moves_nobody():
    named = {"referrals": {"groups": {"hip": 0.6, "knee": 0.4}}}
    queue = {"queue_at_start": [{**SMALL["queue_at_start"][0], "groups": {"hip": 0.6, "knee": 0.4}}]}
    old = merged(SMALL, {"arrivals": named, **queue})
    assert luck_by_key(*drawn(old)) == BASE
    new = {
        "groups": {"revision": {"class": 2}},
        "arrivals": {"more": {**SMALL["arrivals"]["referrals"], "groups": {"revision": 1}}},
    }
    assert same(BASE, luck_by_key(*drawn(merged(old, new)))) > 50


def test_a_new_step_moves_nobody():
    film = {"pathway": {"film": {"needs": ["clinic"], "then": "surgery"}}}
    first = {**SMALL, "pathway": {**film["pathway"], **SMALL["pathway"]}}
    assert same(BASE, luck_by_key(*drawn(first)), names=False) == 0
    last = merged(SMALL, film)
    assert same(BASE, luck_by_key(*drawn(last)), names=False) == 0


def test_a_longer_stay_or_slower_visit_keeps_everybodys_rank():
    slower = {"pathway": {"surgery": {"duration": {"law": "lognormal", "mean": "180 min", "sd": "60 min"}}}}
    one, other = (d.values("duration", 1, 0, 0) for _, d in (drawn(SMALL), drawn(merged(SMALL, slower))))
    assert np.abs(2 * np.array(one) - np.array(other)).max() <= 1


def test_patients_are_numbered_by_arrival_and_within_the_run():
    _, draws = drawn(SMALL)
    assert draws.arrives == sorted(draws.arrives)
    assert min(draws.arrives) == 0
    assert max(draws.arrives) < 8 * WEEK
    assert draws.n == len(set(draws.key.tolist()))


def test_arrivals_come_within_their_days_and_hours():
    _, draws = drawn(merged(SMALL, {"horizon": {"weeks": 200}}))
    came = np.array(draws.arrives)[np.array(draws.source) == SOURCES.index("arrivals")]
    weekday, second = came // DAY_S % 7, came % DAY_S
    assert set(weekday) == {0, 1, 2, 3, 4}
    assert second.min() >= 8 * 3600
    assert second.max() < 16 * 3600
    assert abs(len(came) - 200 * 20) < 4 * np.sqrt(200 * 20)
    assert abs(second.mean() - 12 * 3600) < 4 * 8 * 3600 / np.sqrt(12 * len(came))


def test_counts_follow_their_law():
    weekly = {}
    for law in ({"law": "poisson"}, {"law": "negative_binomial", "variance_to_mean": 3}, {"law": "fixed"}):
        data = merged(SMALL, {"horizon": {"weeks": 600}, "queue_at_start": [], "arrivals": {"referrals": law}})
        _, draws = drawn(data)
        weekly[law["law"]] = np.bincount(np.array(draws.arrives) // WEEK, minlength=600)
    ratio = {law: counts.var() / counts.mean() for law, counts in weekly.items()}
    assert ratio["poisson"] == pytest.approx(1, abs=4 * np.sqrt(2 / 600))
    assert ratio["negative_binomial"] == pytest.approx(3, abs=4 * 3 * np.sqrt(2.5 / 600))
    assert set(weekly["fixed"]) == {20}


def test_weekly_luck_of_arrivals_is_shared_by_the_groups():
    luck = {"law": "luck", "luck": {"law": "bootstrap", "values": [0.5, 1.5], "block_weeks": 1}}
    data = merged(SMALL, {"horizon": {"weeks": 50}, "queue_at_start": [], "arrivals": {"referrals": luck}})
    _, draws = drawn(data)
    assert set(np.bincount(np.array(draws.arrives) // WEEK)) == {10, 30}


def test_growth_season_and_dated_changes_scale_the_inflow():
    data = merged(SMALL, {"horizon": {"weeks": 104}, "queue_at_start": []})
    rules = {"growth_per_year": 1.0, "season": [{"weeks": "10-20", "factor": 0}], "law": "fixed", "per_week": 100}
    doubled = merged(data, {"arrivals": {"referrals": {**rules, "per_week": 200}}})
    data = merged(data, {"arrivals": {"referrals": rules}})
    day = data["horizon"]["start"].replace(month=7, day=5)
    _, draws = drawn(data, (day, doubled))
    weekly = np.bincount(np.array(draws.arrives) // WEEK, minlength=104)
    assert weekly[9:20].sum() == 0
    assert weekly[25] == pytest.approx(100 * 2 ** (25 * 7 / 365.25), abs=2)
    assert weekly[26] == pytest.approx(200 * 2 ** (26 * 7 / 365.25), abs=2)


def test_rates_by_hour_of_the_week():
    rates = {"mon": [0] * 8 + [4] * 4 + [1] * 12, "sat": [0] * 23 + [2]}
    source = {"step": "visit", "per_hour_by_weekday": rates}
    data = {**merged(SMALL, {"horizon": {"weeks": 300}, "queue_at_start": []}), "arrivals": {"hourly": source}}
    _, draws = drawn(data)
    hour = np.array(draws.arrives) % WEEK // 3600
    counts = np.bincount(hour, minlength=168) / 300
    expected = np.zeros(168)
    expected[8:12], expected[12:24], expected[5 * 24 + 23] = 4, 1, 2
    assert (counts[expected == 0] == 0).all()
    assert np.abs(counts - expected).max() < 4.5 * 2 / np.sqrt(300)


@pytest.mark.parametrize(
    ("rate", "a_week"),
    [
        ({"per_day": 4}, 28),
        ({"per_day": 4, "days": "mon-fri"}, 20),
        ({"per_hour": 0.5}, 84),
        ({"per_hour": 0.5, "days": "mon-fri", "hours": "08:00-16:00"}, 20),
        ({"mean_gap": "12 h"}, 14),
    ],
)
def test_other_ways_to_say_a_rate(rate, a_week):
    data = {
        **merged(SMALL, {"horizon": {"weeks": 300}, "queue_at_start": []}),
        "arrivals": {"x": {"step": "visit", **rate}},
    }
    _, draws = drawn(data)
    assert draws.n == pytest.approx(300 * a_week, abs=4 * np.sqrt(300 * a_week))


def test_the_urgent_are_a_share_of_their_group():
    _, draws = drawn(merged(SMALL, {"horizon": {"weeks": 300}}))
    group, klass = np.array(draws.group), np.array(draws.klass)
    assert set(klass[group == 1]) == {2}
    assert (klass[group == 0] == 1).mean() == pytest.approx(0.1, abs=0.02)


def test_the_queue_at_start_joined_before_and_has_its_decision():
    _, draws = drawn(SMALL)
    queue = np.array(draws.source) == SOURCES.index("queue")
    joined, decision, referral = (np.array(c)[queue] for c in (draws.joined, draws.decision, draws.referral))
    assert queue.sum() == 30
    assert (np.array(draws.arrives)[queue] == 0).all()
    assert (joined == decision).all()
    assert (referral == NEVER).all()
    assert joined.min() < -100 * DAY_S
    assert (np.array(draws.decision)[~queue] == NEVER).all()
    assert (np.array(draws.referral)[~queue] == np.array(draws.arrives)[~queue]).all()


def test_a_queue_before_any_decision_counts_from_the_referral():
    at_visit = [{"step": "visit", "patients": 3, "waited": ["1 day", "2 days", "3 days"]}]
    _, draws = drawn(merged(SMALL, {"queue_at_start": at_visit}))
    queue = np.array(draws.source) == SOURCES.index("queue")
    assert sorted(np.array(draws.referral)[queue]) == [-3 * DAY_S, -2 * DAY_S, -DAY_S]
    assert (np.array(draws.decision)[queue] == NEVER).all()


def test_patience_of_those_who_wait_already_exceeds_their_age():
    many = merged(SMALL, {"queue_at_start": [{**SMALL["queue_at_start"][0], "patients": 4000}]})
    for start in ("decision", "joining"):
        rule = {"law": "exponential", "mean": "50 days", "from": start}
        _, draws = drawn(merged(many, {"pathway": {"surgery": {"patience": [rule]}}}))
        queue = np.array(draws.source) == SOURCES.index("queue")
        left = np.array(draws.values("patience:0", 1, 0, 0)) + np.where(queue, np.array(draws.joined), 0)
        assert left[queue].min() >= 0
        assert left[queue].mean() / DAY_S == pytest.approx(50, rel=4 / np.sqrt(4000)), "memoryless"
        later = np.array(draws.values("patience:0", 1, 1, 0))
        if start == "joining":
            assert later.mean() / DAY_S == pytest.approx(50, rel=0.1), "a later visit knows no age"
        else:
            assert (later == np.array(draws.values("patience:0", 1, 0, 0))).all(), "one draw a patient"


def test_patience_that_never_ends():
    rule = {"law": "fixed", "value": "900 years"}
    _, draws = drawn(merged(SMALL, {"pathway": {"surgery": {"patience": [rule]}}}))
    assert set(draws.values("patience:0", 1, 0, 0)) == {FOREVER}


def test_rework_and_routes_share_a_uniform():
    _, draws = drawn(merged(SMALL, {"horizon": {"weeks": 500}, "queue_at_start": []}))
    back, route, capped = (np.array(draws.values(what, 0, 0, 0)) for what in ("rework", "route", "route_capped"))
    assert back.mean() == pytest.approx(0.25, abs=0.02)
    assert (route[back == 0] == 1).mean() == pytest.approx(0.5, abs=0.02)
    assert (capped[back == 1] == 1).all(), "the lowest uniforms keep to the first of the remaining shares"
    assert (capped == 1).mean() == pytest.approx(0.5, abs=0.02)
    assert set(route) == {1, -2}


def test_the_stay_routes_under_its_steps_name_in_nights():
    made, draws = drawn(SMALL)
    stay = made.steps[1].stay
    assert set(draws.values("route", stay, 0, 0)) == {-1}
    assert set(draws.values("duration", stay, 0, 0)) == {0, 1, 3}


def test_durations_last_at_least_a_second_unless_declared_zero():
    short = {"pathway": {"surgery": {"duration": {"law": "exponential", "mean": "1 s"}}}}
    _, draws = drawn(merged(SMALL, short))
    assert min(draws.values("duration", 1, 0, 0)) == 1
    none = {
        "pathway": {"surgery": {"duration": {"by_group": {"hip": 0, "default": {"law": "exponential", "mean": "1 s"}}}}}
    }
    _, draws = drawn(merged(SMALL, none))
    hip = np.array(draws.group) == 0
    assert set(np.array(draws.values("duration", 1, 0, 0))[hip]) == {0}
    assert np.array(draws.values("duration", 1, 0, 0))[~hip].min() == 1


def test_a_mixture_may_hold_a_zero():
    parts = [{"share": 0.4, "law": "fixed", "value": 0}, {"share": 0.6, "law": "exponential", "mean": "1 s"}]
    mixed = {"pathway": {"surgery": {"duration": {"law": "mixture", "parts": parts}}}}
    _, draws = drawn(merged(SMALL, {"horizon": {"weeks": 100}, **mixed}))
    assert np.mean(np.array(draws.values("duration", 1, 0, 0)) == 0) == pytest.approx(0.4, abs=0.05)


def test_cancellations_name_a_cause_and_what_follows():
    two = [
        {"cause": "illness", "share": 0.2, "rebook_after": "10 days", "leave_share": 1.0},
        {"cause": "staff", "share": 0.1, "rebook_after": "3 days", "refill": True},
    ]
    made, draws = drawn(merged(SMALL, {"horizon": {"weeks": 300}, "pathway": {"surgery": {"late_cancellation": two}}}))
    cause, again, leaves = (np.array(draws.values(w, 1, 0, 0)) for w in ("cancel", "cancel_rebook", "cancel_leaves"))
    assert (cause == 0).mean() == pytest.approx(0.2, abs=0.02)
    assert (cause == 1).mean() == pytest.approx(0.1, abs=0.02)
    assert (again == np.choose(cause + 1, [0, 10 * DAY_S, 3 * DAY_S])).all()
    assert (leaves == (cause == 0)).all()
    assert [made.setting.causes[c.cause] for c in made.steps[1].cancellations] == [
        "cancelled:illness",
        "cancelled:staff",
    ]
    assert [c.refill for c in made.steps[1].cancellations] == [False, True]


def test_attempts_are_apart_from_visits():
    _, draws = drawn(SMALL)
    assert draws.values("no_show", 0, 0, 0) != draws.values("no_show", 0, 1, 0)
    assert np.mean(draws.values("no_show", 0, 1, 0)) == pytest.approx(0.2, abs=0.1)
    rebook = np.array(draws.values("rebook", 0, 0, 0))
    assert rebook.min() >= WEEK
    assert rebook.max() <= 2 * WEEK


def test_a_dated_change_gives_a_second_value_of_the_same_luck():
    later = merged(
        SMALL, {"pathway": {"surgery": {"duration": {"law": "lognormal", "mean": "180 min", "sd": "60 min"}}}}
    )
    made, draws = drawn(SMALL, (SMALL["horizon"]["start"].replace(day=18), later))
    assert made.periods == (0, 14 * DAY_S)
    first, second = (np.array(draws.values("duration", 1, 0, period)) for period in (0, 1))
    assert np.abs(2 * first - second).max() <= 1
    assert luck_by_key(made, draws) == BASE


def test_elsewhere_marks_the_eligible():
    terms = {"share": 0.3, "groups": ["hip"], "classes": [2], "provider": "private", "price_sek": 65000}
    terms |= {"lead_time": "6 weeks", "complication_share": 0.5, "complication_step": "visit"}
    made, draws = drawn(merged(SMALL, {"horizon": {"weeks": 300}, "pathway": {"surgery": {"elsewhere": terms}}}))
    marked, group, klass = np.array(draws.values("elsewhere", 1, 0, 0)), np.array(draws.group), np.array(draws.klass)
    assert set(group[marked == 1]) == {0}
    assert set(klass[marked == 1]) == {2}
    assert marked[(group == 0) & (klass == 2)].mean() == pytest.approx(0.3, abs=0.03)
    assert set(draws.values("lead_time", 1, 0, 0)) == {6 * WEEK}
    assert np.mean(draws.values("complication", 1, 0, 0)) == pytest.approx(0.5, abs=0.03)
    private = len(made.steps) - 1
    assert made.steps[private].name == "private"
    assert set(draws.values("lead_time", private, 0, 0)) == {6 * WEEK}, "engines ask for it at the provider's step"
    assert np.mean(draws.values("complication", private, 0, 0)) == pytest.approx(0.5, abs=0.03)


def test_beds_and_due_dates_at_the_start():
    start = {
        "in_beds_at_start": [{"step": "surgery", "patients": 4, "remaining": {"nights": {0: 0.5, 2: 0.5}}}],
        "due_at_start": [
            {"step": "visit", "patients": 50, "due": {"law": "uniform", "low": "0 days", "high": "112 days"}}
        ],
    }
    made, draws = drawn(merged(SMALL, start))
    source = np.array(draws.source)
    beds, due = source == SOURCES.index("beds"), source == SOURCES.index("due")
    assert set(np.array(draws.remaining)[beds]) <= {11 * 3600, 2 * DAY_S + 11 * 3600}
    assert set(np.array(draws.step)[beds]) == {made.steps[1].stay}
    assert 15 <= due.sum() <= 35, "due after the horizon: never there"
    assert (np.array(draws.joined) == np.array(draws.arrives))[due].all()


def test_side_steps_lead_back_to_their_stay():
    film = {"film": {"needs": ["clinic"]}, "surgery": {"stay": {"until": ["film"]}}}
    made, draws = drawn(merged(SMALL, {"pathway": film}))
    number = [s.name for s in made.steps].index("film")
    assert made.steps[made.steps[1].stay].until == (number,)
    assert set(draws.values("route", number, 0, 0)) == {BACK}


def test_columns_come_as_lists_and_as_arrays():
    _, draws = drawn(SMALL)
    assert isinstance(draws.values("duration", 1, 0, 0), list)
    assert draws.values("duration", 1, 0, 0) is draws.values("duration", 1, 0, 0)
    assert draws.array("duration", 1, 0, 0).tolist() == draws.values("duration", 1, 0, 0)


def test_replications_are_independent():
    made = plan.build(scenario_of(merged(SMALL, {"horizon": {"weeks": 100}, "queue_at_start": []})))
    n = [plan.draw(made, 7, r).n for r in range(40)]
    assert np.var(n) / np.mean(n) == pytest.approx(1, abs=4 * np.sqrt(2 / 40))
