"""Comparisons of small frames with exact answers, and their statistics against known truths."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from flowsim import comparison
from flowsim.errors import FlowsimError


def frame(values: dict[str, list[float]], **columns: str) -> pd.DataFrame:
    """One row per scenario and replication."""
    rows = [(s, r, *columns.values(), v) for s, mine in values.items() for r, v in enumerate(mine)]
    return pd.DataFrame(rows, columns=["scenario", "replication", *columns, "value"])


TWO = frame({"today": [10, 12, 14, 16], "raised": [9, 12, 11, 14]}, measure="queue")


def test_interval_is_students_t() -> None:
    row = comparison.interval(TWO).set_index("scenario").loc["today"]
    low, high = stats.t.interval(0.95, 3, 13, stats.sem([10, 12, 14, 16]))
    assert row["mean"] == 13
    assert row["n"] == 4
    assert (row["low"], row["high"]) == pytest.approx((low, high))
    assert row["half_width"] == pytest.approx((high - low) / 2)
    wider = comparison.interval(TWO, ["measure"], "value", level=0.99).set_index("scenario").loc["today"]
    assert wider["half_width"] > row["half_width"]


def test_one_replication_has_a_mean_and_no_interval() -> None:
    row = comparison.interval(frame({"today": [3.0]})).iloc[0]
    assert row["mean"] == 3
    assert np.isnan(row["low"])
    assert not comparison.paired(frame({"today": [3.0], "raised": [4.0]}), "today")["clear"].any()


def test_what_nobody_had_is_left_out_and_what_is_not_listed_is_filled() -> None:
    some = pd.DataFrame(
        {
            "scenario": "today",
            "replication": [0, 1, 2, 0, 1],
            "cause": ["a", "a", "a", "b", "b"],
            "lost": [3.0, np.nan, 5.0, 6.0, 0.0],
        }
    )
    plain = comparison.interval(some).set_index("cause")
    assert plain["n"].to_dict() == {"a": 2, "b": 2}
    filled = comparison.interval(some, fill=0).set_index("cause")
    assert filled["mean"].to_dict() == {"a": 4, "b": 2}
    assert filled["n"].to_dict() == {"a": 2, "b": 3}


def test_a_cause_only_one_scenario_has() -> None:
    some = pd.DataFrame(
        {
            "scenario": ["a", "a", "b", "b", "b"],
            "replication": [0, 1, 0, 1, 0],
            "cause": [*"xxxx", "y"],
            "lost": [1, 1, 2, 2, 4],
        }
    )
    without = comparison.paired(some, "a").set_index("cause")
    assert np.isnan(without.loc["y", "diff"])
    assert comparison.paired(some, "a", fill=0).set_index("cause").loc["y", "diff"] == 2


def test_paired_is_taken_within_replications() -> None:
    (row,) = comparison.paired(TWO, "today").to_dict("records")
    low, high = stats.t.interval(0.95, 3, -1.5, stats.sem([-1, 0, -3, -2]))
    assert (row["scenario"], row["diff"], row["baseline_mean"], row["mean"], row["n"]) == ("raised", -1.5, 13, 11.5, 4)
    assert (row["diff_low"], row["diff_high"]) == pytest.approx((low, high))
    assert row["clear"] == (high < 0)


def test_clear_means_the_interval_excludes_nothing() -> None:
    some = frame({"today": [1, 2, 3], "same": [1, 2, 3], "better": [3, 4, 5], "who_knows": [2, 2, 2]})
    found = comparison.paired(some, "today").set_index("scenario")["clear"].to_dict()
    assert found == {"same": False, "better": True, "who_knows": False}


def test_pairs_need_both_sides() -> None:
    some = frame({"today": [1, 2, 3], "raised": [2, 4]})
    (row,) = comparison.paired(some, "today").to_dict("records")
    assert (row["n"], row["diff"], row["baseline_mean"]) == (2, 1.5, 1.5)


def test_compared_stands_both_beside_each_other() -> None:
    table = comparison.compared(TWO, "today").set_index("scenario")
    assert table["mean"].to_dict() == {"today": 13, "raised": 11.5}
    assert np.isnan(table.loc["today", "diff"])
    assert table.loc["raised", "diff"] == -1.5
    assert list(table.columns) == ["measure", "mean", "low", "high", "n", "diff", "diff_low", "diff_high", "clear"]


def test_band_by_week() -> None:
    weeks = pd.concat([frame({"today": [k * w for k in range(101)]}).assign(week=w) for w in (1, 2)], ignore_index=True)
    found = comparison.band(weeks, ["week"], "value").set_index("week")
    assert found.loc[2, ["p05", "p50", "p95", "mean"]].tolist() == [10, 100, 190, 100]
    holed = weeks.assign(value=weeks["value"].where(weeks["replication"] != 100))
    assert comparison.band(holed, ["week"], "value").set_index("week").loc[1, "p50"] == 49.5


def test_step_table_adds_up() -> None:
    some = frame({"today": [10, 12, 14], "lists": [13, 16, 17], "lists_xray": [15, 17, 21]})
    table = comparison.step_table(some, ["today", "lists", "lists_xray"], changes={"lists": "+6 a week"})
    assert table["part"].tolist() == ["step", "step", "whole"]
    assert table["change"].tolist() == ["+6 a week", "lists_xray", ""]
    assert table["after"].tolist() == ["today", "lists", "today"]
    steps = table.loc[table["part"] == "step", "diff"].sum()
    assert steps == pytest.approx(table.loc[table["part"] == "whole", "diff"].iloc[0])
    assert list(table.columns[:5]) == ["part", "order", "change", "scenario", "after"]
    with pytest.raises(FlowsimError, match="at least two"):
        comparison.step_table(some, ["today"])


def test_ratio_is_of_sums() -> None:
    some = pd.DataFrame(
        {"scenario": "today", "replication": range(4), "sek": [10.0, 20, 30, 40], "operated": [1.0, 2, 2, 5]}
    )
    row = comparison.ratio(some, "sek", "operated").iloc[0]
    assert row["ratio"] == 10
    leave_one_out = [90 / 9, 80 / 8, 70 / 8, 60 / 5]
    pseudo = [4 * 10 - 3 * v for v in leave_one_out]
    assert row["half_width"] == pytest.approx(stats.t.ppf(0.975, 3) * stats.sem(pseudo))
    assert np.isnan(comparison.ratio(some.assign(operated=0.0), "sek", "operated").iloc[0]["ratio"])


def test_paired_ratio_is_narrower_than_two_alone() -> None:
    some = _costed(np.random.default_rng(1), 200)
    alone = comparison.ratio(some, "sek", "operated").set_index("scenario")
    (row,) = comparison.paired_ratio(some, "today", "sek", "operated").to_dict("records")
    assert row["diff"] == pytest.approx(alone.loc["raised", "ratio"] - alone.loc["today", "ratio"])
    assert row["clear"]
    assert row["diff_high"] - row["diff"] < alone.loc["today", "half_width"] / 2


def test_cost_per_operation_gained_needs_operations_gained() -> None:
    some = _costed(np.random.default_rng(2), 50)
    row = comparison.ratio_of_differences(some, "today", "sek", "operated").iloc[0]
    assert row["defined"]
    assert row["ratio"] == pytest.approx(85, rel=0.05)
    some.loc[some["scenario"] == "raised", "operated"] = some.loc[some["scenario"] == "today", "operated"].to_numpy()
    row = comparison.ratio_of_differences(some, "today", "sek", "operated").iloc[0]
    assert not row["defined"]
    assert np.isnan(row["ratio"])


def _costed(rng: np.random.Generator, n: int) -> pd.DataFrame:
    """Two scenarios that share their luck; the second costs 85 more for each operation more."""
    today = rng.normal(700, 40, n)
    raised = today + rng.normal(100, 10, n)
    luck = 100 * today + rng.normal(0, 4000, n)
    money = [luck, luck + 85 * (raised - today) + rng.normal(0, 50, n)]
    parts = zip(("today", "raised"), money, (today, raised), strict=True)
    return pd.concat(
        [pd.DataFrame({"scenario": s, "replication": range(n), "sek": m, "operated": o}) for s, m, o in parts],
        ignore_index=True,
    )


def test_needed_replications_are_just_enough() -> None:
    row = comparison.needed_replications(TWO, half_width=1.0).set_index("scenario").loc["today"]
    sd, n = row["sd"], row["needed"]
    assert stats.t.ppf(0.975, n - 1) * sd / np.sqrt(n) <= 1.0
    assert stats.t.ppf(0.975, n - 2) * sd / np.sqrt(n - 1) > 1.0
    share = comparison.needed_replications(TWO, relative=1 / 13).set_index("scenario").loc["today"]
    assert share["needed"] == n
    assert share["relative_half_width"] == pytest.approx(share["half_width"] / 13)


def test_needed_replications_at_the_edges() -> None:
    still = comparison.needed_replications(frame({"today": [5, 5, 5]}), relative=0.02).iloc[0]
    assert still["needed"] == 2
    assert np.isnan(comparison.needed_replications(frame({"today": [5]}), relative=0.02).iloc[0]["needed"])
    around_nothing = comparison.needed_replications(frame({"today": [-1, 1]}), relative=0.02).iloc[0]
    assert np.isinf(around_nothing["needed"])
    with pytest.raises(FlowsimError, match="either"):
        comparison.needed_replications(TWO)


def test_words_for_what_cannot_be_compared() -> None:
    with pytest.raises(FlowsimError, match=r'no scenario "tomorrow".*today, raised'):
        comparison.paired(TWO, "tomorrow")
    with pytest.raises(FlowsimError, match="no column step"):
        comparison.interval(TWO, ["step"])
    with pytest.raises(FlowsimError, match="do not tell the rows"):
        comparison.interval(pd.concat([TWO, TWO.assign(measure="wait")]), [], "value")


def test_nothing_to_compare() -> None:
    empty = TWO.iloc[:0]
    assert list(comparison.interval(empty).columns) == list(comparison.interval(TWO).columns)
    assert not len(comparison.band(empty))


def test_the_order_of_rows_does_not_matter() -> None:
    mixed = TWO.sample(frac=1, random_state=3)
    left, right = comparison.interval(TWO), comparison.interval(mixed).sort_values("scenario", ascending=False)
    pd.testing.assert_frame_equal(left, right.reset_index(drop=True))


def test_interval_covers_the_truth_as_often_as_it_says() -> None:
    draws = np.random.default_rng(5).normal(7, 2, (2000, 8))
    many = (
        pd.DataFrame(draws).rename_axis("cell").reset_index().melt("cell", var_name="replication", value_name="value")
    )
    many.insert(0, "scenario", "today")
    found = comparison.interval(many[["scenario", "replication", "cell", "value"]])
    covered = ((found["low"] <= 7) & (found["high"] >= 7)).mean()
    assert abs(covered - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 2000)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 2), min_size=2, max_size=9))
def test_difference_of_means_is_the_mean_difference(pairs: list[tuple[float, float]]) -> None:
    some = frame({"today": [a for a, _ in pairs], "raised": [b for _, b in pairs]})
    (row,) = comparison.paired(some, "today").to_dict("records")
    assert row["diff"] == pytest.approx(row["mean"] - row["baseline_mean"], abs=1e-6)
    assert row["diff_low"] <= row["diff"] <= row["diff_high"]
    assert row["diff_sd"] == pytest.approx(np.std([b - a for a, b in pairs], ddof=1), rel=1e-9, abs=1e-9)
