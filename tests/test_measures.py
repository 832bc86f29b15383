"""Measures of hand-made rows, with exact answers; other starts, warm-ups and several runs at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hand_made import CAPACITY, PATIENTS, SETTING, later, results

from flowsim import measures
from flowsim.errors import FlowsimError
from flowsim.tables import TABLES, Results

GOLDEN = Path(__file__).parent / "golden" / "measures_summary.csv"
RUN = results()


def rows(frame: pd.DataFrame, value: str, *by: str) -> dict[Any, Any]:
    """The frame's values by its key columns."""
    keys = [tuple(key) if len(by) > 1 else key[0] for key in frame[list(by)].itertuples(index=False, name=None)]
    return dict(zip(keys, frame[value].tolist(), strict=True))


def test_every_frame_begins_with_scenario_and_replication() -> None:
    for name, frame in measures.every_measure(RUN).items():
        assert list(frame.columns[:2]) == ["scenario", "replication"], name
        assert set(frame["scenario"]) == {"today"}, name
        assert frame["replication"].dtype == np.int32, name
        assert name in measures.__all__


def test_nothing_is_changed_and_asking_twice_gives_the_same() -> None:
    before = {table: getattr(RUN, table).copy(deep=True) for table in TABLES}
    first, shared = measures.every_measure(RUN), measures.prepare(RUN)
    for name, measure in measures.MEASURES.items():
        pd.testing.assert_frame_equal(first[name], measure(shared))
    for table, frame in before.items():
        pd.testing.assert_frame_equal(frame, getattr(RUN, table))


def test_queue_length_counts_each_visit_once_until_its_final_start() -> None:
    found = rows(measures.queue_length(RUN), "patients", "step", "week")
    assert found == {
        ("visit", 0): 1, ("visit", 1): 0, ("surgery", 0): 1, ("surgery", 1): 1,
        ("surgery_stay", 0): 0, ("surgery_stay", 1): 0,
    }  # fmt: skip


def test_queue_of_a_resource_may_count_other_departments() -> None:
    own = rows(measures.queue_length(RUN, by="resource"), "patients", "resource", "week")
    everybody = rows(measures.queue_length(RUN, by="resource", background=True), "patients", "resource", "week")
    assert own["clinic", 0] == 1
    assert everybody["clinic", 0] == 2


def test_who_is_handed_over_or_leaves_waits_no_more() -> None:
    assert rows(measures.span_queue(RUN), "patients", "span", "week") == {
        ("waiting_for_surgery", 0): 1, ("waiting_for_surgery", 1): 1,
    }  # fmt: skip


def test_queue_sum_counts_who_is_in_a_queue_and_a_span_once() -> None:
    assert rows(measures.queue_sum(RUN), "patients", "week") == {0: 2, 1: 1}


def test_mean_queue_is_weighted_by_time() -> None:
    found = rows(measures.mean_queue(RUN), "patients", "kind", "name")
    assert found["step", "visit"] == pytest.approx((8 + 2) / 14)
    assert found["step", "surgery"] == pytest.approx((3 + 8 + 2 + 4.5) / 14)
    assert found["span", "waiting_for_surgery"] == pytest.approx((3 + 8 + 2 + 4.5) / 14)
    assert found["sum", "all"] == pytest.approx((12.5 + 3 + 8 + 4) / 14)


def test_queue_on_a_day_is_that_of_its_end() -> None:
    found = rows(measures.queue_on(RUN, [date(2027, 1, 8), 3, 1]), "patients", "kind", "name", "day")
    assert found["span", "waiting_for_surgery", 1] == 2
    assert found["step", "visit", 3] == 2  # one starts at the very end of the day
    assert found["step", "visit", 4] == 1
    with pytest.raises(FlowsimError, match=r"2027-01-18 is not a day of the horizon: 2 weeks from 2027-01-04"):
        measures.queue_on(RUN, [date(2027, 1, 18)])


def test_over_the_limit_is_strictly_over() -> None:
    own = rows(measures.over_limit(RUN), "over", "kind", "span", "week")
    assert own == {
        ("span", "waiting_for_surgery", 0): 0, ("span", "waiting_for_surgery", 1): 0,
        ("guarantee", "first_visit", 0): 1, ("guarantee", "first_visit", 1): 0,
        ("guarantee", "treatment", 0): 0, ("guarantee", "treatment", 1): 0,
    }  # fmt: skip
    for days, over in ((26.99, 1), (27, 0)):
        assert rows(measures.over_limit(RUN, days), "over", "kind", "span", "week")["guarantee", "treatment", 0] == over
    named = measures.over_limit(RUN, {"waiting_for_surgery": 10})
    assert rows(named, "limit_days", "kind", "span") == {
        ("span", "waiting_for_surgery"): 10, ("guarantee", "first_visit"): 5, ("guarantee", "treatment"): 90,
    }  # fmt: skip


def test_waits_of_those_started_in_the_horizon() -> None:
    frame = measures.waiting_time(RUN).set_index(["kind", "name"])
    assert frame.loc[("step", "visit"), ["n", "median_days", "mean_days"]].tolist() == [2, 5, 5]
    assert frame.loc[("step", "visit"), "p90_days"] == pytest.approx(7.4)
    assert frame.loc[("step", "surgery"), "median_days"] == 103
    assert frame.loc[("span", "waiting_for_surgery"), "p90_days"] == 103
    assert frame.loc[("span", "referral_to_treatment"), "n"] == 0
    assert np.isnan(frame.loc[("span", "referral_to_treatment"), "median_days"])


def test_waits_by_group_leave_out_other_departments() -> None:
    frame = measures.waiting_time(RUN, by_group=True)
    assert set(frame["group"]) == {"hip"}
    assert rows(frame, "n", "name", "group")["visit", "hip"] == 2


def test_histogram_of_waits() -> None:
    frame = measures.wait_histogram(RUN, width_days=5, longest_days=100)
    mine = frame[(frame["name"] == "visit") & (frame["patients"] > 0)]
    assert mine[["from_days", "to_days", "patients", "share"]].values.tolist() == [[0, 5, 1, 0.5], [5, 10, 1, 0.5]]
    last = frame[frame["name"] == "surgery"].iloc[-1]
    assert (last["from_days"], last["patients"]) == (100, 1)


def test_guarantee_among_treated_bought_and_waiting() -> None:
    frame = measures.within_guarantee(RUN)
    found = {
        k: (n, w)
        for k, n, w in zip(
            zip(frame["guarantee"], frame["among"], strict=True), frame["n"], frame["within"], strict=True
        )
    }
    assert found == {
        ("first_visit", "treated"): (2, 1), ("first_visit", "treated_elsewhere"): (0, 0),
        ("first_visit", "waiting"): (0, 0),
        ("treatment", "treated"): (1, 0), ("treatment", "treated_elsewhere"): (1, 1), ("treatment", "waiting"): (1, 1),
    }  # fmt: skip
    assert (
        rows(measures.within_guarantee(RUN, {"treatment": 103}), "share", "guarantee", "among")["treatment", "treated"]
        == 1
    )


def test_guarantee_by_week_counts_whoever_treated() -> None:
    frame = measures.within_guarantee_by_week(RUN).set_index(["guarantee", "week"])
    columns = ["treated", "treated_within", "waiting", "waiting_within"]
    assert frame.loc[("treatment", 0), columns].tolist() == [1, 0, 1, 1]
    assert frame.loc[("treatment", 1), columns].tolist() == [1, 1, 1, 1]
    assert frame.loc[("first_visit", 0), columns].tolist() == [1, 1, 1, 0]
    assert np.isnan(frame.loc[("first_visit", 1), "waiting_share"])


def test_throughput_by_week_of_start_and_of_end() -> None:
    frame = measures.throughput(RUN)
    assert rows(frame, "started", "step", "week") | {} == {
        ("visit", 0): 1, ("visit", 1): 1, ("surgery", 0): 1, ("surgery", 1): 0,
        ("surgery_stay", 0): 2, ("surgery_stay", 1): 0, ("private", 0): 0, ("private", 1): 0,
    }  # fmt: skip
    assert rows(measures.throughput(RUN, background=True), "finished", "step", "week")["visit", 1] == 2


def test_patients_by_end_and_their_ways() -> None:
    assert rows(measures.patients_by_end(RUN), "patients", "group", "ended") == {
        ("hip", "treated"): 2, ("hip", "discharged"): 0, ("hip", "left"): 1, ("hip", "elsewhere"): 1,
        ("hip", "died"): 0, ("hip", "inside"): 1,
    }  # fmt: skip
    assert rows(measures.routes(RUN), "patients", "from_step", "to_step") == {
        ("start", "visit"): 2, ("visit", "surgery"): 2, ("surgery", "private"): 1, ("surgery", "treated"): 1,
        ("surgery", "left"): 1, ("surgery", "inside"): 1, ("private", "elsewhere"): 1,
    }  # fmt: skip


def test_capacity_by_week_and_in_all() -> None:
    weekly = measures.capacity_by_week(RUN).set_index(["resource", "week"])
    assert weekly.loc[("theatre", 1), ["planned", "offered", "used", "lost"]].tolist() == [7, 8, 0, 8]
    assert weekly.loc[("clinic", 0), "utilisation"] == 0.25
    whole = measures.utilisation(RUN).set_index("resource")
    assert whole["unit"].to_dict() == {"clinic": "slots", "theatre": "slots", "ward": "place-days"}
    assert whole.loc["clinic", ["offered", "used", "lost"]].tolist() == [18, 4, 14]
    assert whole.loc["clinic", "utilisation"] == pytest.approx(4 / 18)
    assert whole.loc["clinic", "booked_share"] == pytest.approx(5 / 18)
    assert whole.loc["ward", "used"] == 5


def test_capacity_by_tranche_lists_only_those_there_are() -> None:
    frame = measures.utilisation(RUN, tranches=True)
    assert rows(frame, "offered", "resource", "tranche") == {
        ("clinic", "regular"): 18, ("theatre", "regular"): 10, ("theatre", "evening"): 2, ("ward", "regular"): 28,
    }  # fmt: skip
    lost = measures.lost_by_week(RUN, tranches=True)
    assert rows(lost, "lost", "resource", "tranche", "cause", "week")["theatre", "evening", "missing:ward", 1] == 2


def test_losses_by_cause() -> None:
    assert rows(measures.lost_by_week(RUN), "lost", "resource", "cause", "week")["theatre", "missing:ward", 1] == 8
    share = rows(measures.lost_share(RUN), "share_of_offered", "resource", "cause")
    assert share["theatre", "missing:ward"] == pytest.approx(8 / 12)
    assert share["clinic", "missing:ward"] == 0
    head = rows(measures.summary(RUN), "value", "measure", "step_or_resource")
    assert head["lack_of_bed_share", "theatre"] == pytest.approx(8 / 12)


def test_beds_at_six_in_the_morning() -> None:
    frame = measures.bed_occupancy(RUN)
    assert frame["occupied"].tolist() == [1] * 6 + [0] * 8
    assert frame["weekday"].tolist()[:3] == ["sun", "mon", "tue"]
    mean = measures.mean_occupancy(RUN)
    assert rows(mean, "occupied", "weekday") == {
        "all": 6 / 14, "mon": 0.5, "tue": 0.5, "wed": 0.5, "thu": 0.5, "fri": 0.5, "sat": 0, "sun": 0.5,
    }  # fmt: skip
    assert set(mean["available"]) == {2.0}


def test_laws_hold() -> None:
    little = measures.littles_law(RUN).set_index("step")
    assert little.loc["visit", "mean_queue"] == pytest.approx((8 + 2 + 7.5) / 14)
    assert little.loc["visit", "joined_per_day"] == pytest.approx(3 / 14)
    assert np.abs(little["gap"]).max() < 1e-12
    kept = measures.conservation(RUN).set_index(["group", "week"])
    assert kept.loc[("hip", 0), ["before", "arrived", "ended", "inside"]].tolist() == [0, 5, 2, 3]
    assert kept.loc[("hip", 1), ["before", "arrived", "ended", "inside"]].tolist() == [3, 0, 2, 1]
    assert (kept["gap"] == 0).all()


def test_a_patient_lost_is_seen() -> None:
    patients = [*PATIENTS[:1], (*PATIENTS[1][:5], None, *PATIENTS[1][6:]), *PATIENTS[2:]]
    assert (measures.conservation(results(patients))["gap"] != 0).any()


def test_summary_is_golden() -> None:
    """Refreshed by `python tests/test_measures.py`."""
    pd.testing.assert_frame_equal(
        _golden_frame(), pd.read_csv(GOLDEN, keep_default_na=False, na_values=["NaN"]), check_dtype=False
    )


def test_summary_has_the_same_rows_in_every_replication() -> None:
    empty = results((), (), CAPACITY, ())
    keys = ["measure", "unit", "step_or_resource"]
    pd.testing.assert_frame_equal(measures.summary(empty)[keys], measures.summary(RUN)[keys])


def test_nothing_happened() -> None:
    nobody = Results(*(getattr(results(), t).iloc[:0] for t in TABLES), settings=RUN.settings)
    with pytest.raises(FlowsimError, match="no run to measure"):
        measures.queue_length(nobody)
    quiet = results((), (), CAPACITY, ())
    for name, frame in measures.every_measure(quiet).items():
        assert list(frame.columns) == list(measures.MEASURES[name](RUN).columns), name


def test_a_start_in_midweek_shows_whole_weeks_only() -> None:
    setting = later(SETTING, start=date(2027, 1, 6))
    run = results(setting=setting)
    assert measures.queue_length(run)["week"].unique().tolist() == [1]
    assert measures.capacity_by_week(run)["week"].unique().tolist() == [1]
    # week 1 is days 5 to 12
    assert rows(measures.queue_length(run), "patients", "step", "week") == {
        ("visit", 1): 0, ("surgery", 1): 1, ("surgery_stay", 1): 0,
    }  # fmt: skip
    assert rows(measures.throughput(run), "started", "step", "week")["visit", 1] == 1
    assert rows(measures.utilisation(run), "offered", "resource")["clinic"] == 18


def test_one_week_from_midweek_has_totals_but_no_weeks() -> None:
    run = results(setting=later(SETTING, start=date(2027, 1, 6), weeks=1))
    made = measures.every_measure(run)
    assert not len(made["queue_length"])
    assert not len(made["conservation"])
    assert rows(made["summary"], "value", "measure", "step_or_resource")["operations", "surgery"] == 1


def test_warm_up_is_left_out_but_its_patients_count() -> None:
    early = [
        ("hip", "arrivals", -9, -9, -8, -1, "treated", None),
        ("hip", "arrivals", -6, -6, -4, 3, "treated", None),
    ]
    contacts = [
        (0, "visit", 0, "own", -9, -8, -8, "done"),
        (0, "surgery", 0, "own", -8, -2, -1, "done"),
        (1, "visit", 0, "own", -6, -4, -4, "done"),
        (1, "surgery", 0, "own", -4, 2, 3, "done"),
    ]
    capacity = [("clinic", 0, -1, 9, 9, 9), *CAPACITY]
    run = results(early, contacts, capacity, [("clinic", 0, -1, "no_show", 1)])
    head = rows(measures.summary(run), "value", "measure", "step_or_resource")
    assert head["patients_treated", ""] == 1
    assert head["arrived", ""] == 0
    assert head["visits", "surgery"] == 1
    assert head["wait_n", "visit"] == 0
    assert head["wait_median_days", "surgery"] == 6
    assert head["queue_mean", "surgery"] == pytest.approx(2 / 14)
    assert head["offered", "clinic"] == 18
    assert head["lost", "clinic"] == 0
    kept = measures.conservation(run)
    assert rows(kept, "before", "group", "week") == {("hip", 0): 1, ("hip", 1): 0, ("acute", 0): 0, ("acute", 1): 0}


def test_reoperation_opens_no_second_spell_and_joinings_before_one_start_are_one() -> None:
    setting = later(SETTING, spans=(("decided", "decision", "surgery"), ("from_visit", "visit", "surgery")))
    patients = [("hip", "arrivals", 0, 0, 1, 13, "treated", None)]
    contacts = [
        (0, "visit", 0, "own", 0, 1, 1, "done"),
        (0, "visit", 0, "own", 2, 3, 3, "done"),
        (0, "surgery", 0, "own", 3, 4, 4, "done"),
        (0, "visit", 0, "own", 6, 7, 7, "done"),
        (0, "surgery", 0, "own", 8, 10, 10, "done"),
    ]
    waits = rows(measures.waiting_time(results(patients, contacts, setting=setting)), "mean_days", "kind", "name")
    assert waits["span", "decided"] == 3
    assert waits["span", "from_visit"] == 4
    found = rows(measures.mean_queue(results(patients, contacts, setting=setting)), "patients", "kind", "name")
    assert found["span", "from_visit"] == pytest.approx(8 / 14)


def test_who_was_treated_before_the_run_waits_for_nothing() -> None:
    patients = [("hip", "beds", 0, -90, -60, 3, "treated", None), ("hip", "due", 0, -90, -60, 9, "treated", None)]
    run = results(patients, [])
    assert measures.span_queue(run)["patients"].sum() == 0
    again = [("hip", "due", 0, None, 4, None, "inside", None)]
    assert measures.span_queue(results(again, []))["patients"].tolist() == [1, 1]


def test_rows_and_frames_give_the_same() -> None:
    framed = Results(*(getattr(RUN, table).copy() for table in TABLES), settings=RUN.settings)
    of_rows, of_frames = measures.every_measure(results()), measures.every_measure(framed)
    for name, frame in of_rows.items():
        pd.testing.assert_frame_equal(frame, of_frames[name], check_exact=True)


def test_a_frame_altered_by_its_owner_leaves_the_next_one_alone() -> None:
    first = measures.queue_length(RUN)
    expected = first.copy(deep=True)
    first.loc[0, "scenario"], first.loc[0, "week"], first.loc[0, "step"] = "mine", 99, "surgery_stay"
    pd.testing.assert_frame_equal(measures.queue_length(RUN), expected)


def test_several_runs_at_once() -> None:
    other = later(SETTING, scenario="raised", steps=SETTING.steps[::-1])
    parts = [results(), results(replication=1), results(setting=other)]
    tables = {t: pd.concat([getattr(part, t) for part in parts], ignore_index=True) for t in TABLES}
    several = Results(**tables, settings={"today": SETTING, "raised": other})
    frame = measures.queue_length(several)
    assert list(dict.fromkeys(zip(frame["scenario"], frame["replication"], strict=True))) == [
        ("today", 0), ("today", 1), ("raised", 0),
    ]  # fmt: skip
    alone = rows(measures.queue_length(RUN), "patients", "step", "week")
    for _, part in frame.groupby(["scenario", "replication"]):
        assert rows(part, "patients", "step", "week") == alone


def _golden_frame() -> pd.DataFrame:
    return measures.summary(RUN, [date(2027, 1, 10)]).round(9)


if __name__ == "__main__":
    GOLDEN.parent.mkdir(exist_ok=True)
    _golden_frame().to_csv(GOLDEN, index=False, na_rep="NaN", lineterminator="\n")
