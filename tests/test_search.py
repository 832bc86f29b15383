"""The pivot search on a small queue model whose truth is known: right, or flagged; and what it costs."""

from __future__ import annotations

import numpy as np
import pytest
from small_model import TRUTH, paths

from flowsim.questions.search import LEVELS, Rule, Search, Smallest, galloping, wilson

LARGEST = 20


def table(n: int, seed: int, level: float = 15.0) -> np.ndarray:
    made = paths(n, seed, level)
    return np.array([made.reached(extra) for extra in range(LARGEST + 1)])


def search(reached: np.ndarray, rule: Rule | None = None) -> Search:
    return Search(lambda number, replications: reached[number, replications], LARGEST, rule or Rule())


def test_the_small_model_has_its_known_truth() -> None:
    found = table(40_000, 1)[: len(TRUTH)].mean(axis=1)
    for share, truth in zip(found, TRUTH, strict=True):
        assert abs(share - truth) <= 4 * np.hypot(0.001, np.sqrt(truth * (1 - truth) / 40_000)) + 1e-4


def test_wilson_limits_by_hand() -> None:
    low, high = wilson(232, 300)  # 0.773 of 300: the sheet's 0.72-0.82
    assert (round(low, 3), round(high, 3)) == (0.723, 0.817)
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(10, 10)[1] == pytest.approx(1.0)


@pytest.mark.parametrize("seed", range(6))
def test_right_or_flagged_at_three_levels_and_no_dearer_than_promised(seed: int) -> None:
    one = search(table(1600, 100 + seed))
    found = one.find()
    for level, right in zip(LEVELS, (4, 5, 5), strict=True):
        assert found[level].number == right or found[level].close
    assert one.reached
    assert one.runs <= 1.3 * 3450


def test_taking_for_granted_changes_no_answer() -> None:
    reached = table(1600, 7)
    cheap, dear = search(reached), search(reached, Rule(full_every=1))
    assert {k: v.number for k, v in cheap.find().items()} == {k: v.number for k, v in dear.find().items()}
    assert cheap.runs < dear.runs
    assert cheap.breaking() == (0, 160)


def test_too_many_that_break_the_rule_stop_what_is_taken_for_granted() -> None:
    random = np.random.default_rng(1)
    reached = random.random((LARGEST + 1, 1600)) < np.linspace(0.5, 1.0, LARGEST + 1)[:, None]
    one = search(reached)
    found = one.find([0.9])
    assert not one.imputing
    assert found[0.9].chance is not None
    assert found[0.9].chance.share == reached[found[0.9].number].mean()


def test_time_that_runs_out_is_told() -> None:
    budget = iter([True] * 8)
    one = Search(lambda number, r: np.full(len(r), number >= 3), LARGEST, Rule(), lambda: next(budget, False))
    found = one.find([0.9])[0.9]
    assert not one.reached
    assert one.replications < 1600
    assert found.number == 3


@pytest.mark.parametrize("allowed", [0, 1, 2, 3, 5, 8])
def test_the_number_named_reaches_its_level_even_when_time_ran_out(allowed: int) -> None:
    reached, budget = table(1600, 11), iter([True] * allowed)
    one = Search(lambda number, r: reached[number, r], LARGEST, Rule(pilot=20, block=40), lambda: next(budget, False))
    for level, found in one.find().items():
        assert found.chance is not None
        assert found.chance.share >= level


@pytest.mark.parametrize(("first", "answer"), [(0, 0), (1, 1), (LARGEST, LARGEST), (LARGEST + 1, None)])
def test_the_ends_of_what_is_tried(first: int, answer: int | None) -> None:
    reached = np.repeat((np.arange(LARGEST + 1) >= first)[:, None], 200, axis=1)
    found = search(reached, Rule(most=200)).find([0.9])[0.9]
    assert found.number == answer
    assert (found.below is None) == (answer == 0)


def test_verdicts() -> None:
    one = search(table(1600, 3))
    found = one.find()
    sure = found[0.95]
    assert (sure.safe, sure.short, sure.close, sure.advised, sure.settled_by) == (True, True, False, sure.number, 0)
    unsure = Smallest(0.9, 7, one.chance(5), one.chance(4))
    assert unsure.chance is not None
    shifted = Smallest(unsure.chance.share - 0.001, 5, one.chance(5), one.chance(4))
    assert not shifted.safe
    assert shifted.advised == 6
    assert shifted.settled_by > 1600


def test_galloping_gives_the_thresholds_themselves() -> None:
    reached = table(300, 5)
    thresholds, runs = galloping(lambda number, r: reached[number, r], LARGEST, 300, start=4)
    assert (thresholds == np.argmax(reached, axis=0)).all()
    assert runs < 300 * 4
    never = galloping(lambda number, r: np.zeros(len(r), bool), LARGEST, 100, start=4)[0]
    assert (never == LARGEST + 1).all()


@pytest.mark.slow
@pytest.mark.parametrize(("level", "searches"), [(15.0, 200), (15.105, 400), (15.125, 400), (15.155, 400)])
def test_many_searches_are_right_or_flagged(level: float, searches: int) -> None:
    """The second to fourth levels put P(4) close to 90 %: the hard cases."""
    right = int(np.argmax(table(100_000, 1, level).mean(axis=1) >= 0.9))
    unflagged, runs = 0, []
    for seed in range(searches):
        one = search(table(1600, 70_000 + seed, level))
        found = one.find([0.9])[0.9]
        unflagged += found.number != right and not found.close
        runs.append(one.runs)
    assert unflagged <= 0.05 * searches
    assert np.mean(runs) <= 1.3 * 3450


def test_the_curve_is_never_drawn_from_those_who_tell_only_one_side() -> None:
    thresholds = np.random.default_rng(5).integers(2, 10, 600)
    search = Search(lambda number, at: thresholds[at] <= number, 20, Rule(most=600))
    search.find((0.9,))
    curve = search.curve()
    assert any(one.pilot for one in curve)
    for one in curve:
        assert one.share == pytest.approx((thresholds[: one.n] <= one.number).mean()), one.number
