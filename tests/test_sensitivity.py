"""Which input moves the answer: Sobol on functions whose shares are known, the tornado on a small clinic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from flowsim import questions
from flowsim.errors import FlowsimError
from flowsim.questions.ranges import Input, drawn
from flowsim.questions.sensitivity.shares import morris, sobol
from flowsim.questions.sensitivity.surrogate import WELL, Draws
from flowsim.questions.sensitivity.surrogate import shares as surface_shares
from flowsim.questions.uncertainty import split
from flowsim.schema.ranges import Range

NAMES = ("a", "b", "c", "d")
SLOPES = np.array([4.0, 2.0, 1.0, 0.0])


def linear(points: np.ndarray) -> np.ndarray:
    return 10 + points @ SLOPES


def test_sobol_shares_of_a_linear_function() -> None:
    """Exact: slope^2 over the sum of squares, no interaction."""
    found = sobol(linear, NAMES, 256)
    exact = SLOPES**2 / (SLOPES**2).sum()
    assert np.array(found.first) == pytest.approx(exact, abs=0.03)
    assert np.array(found.total) == pytest.approx(exact, abs=0.03)
    assert found.interaction < 0.05
    assert found.points == 256 * 6


def test_sobol_sees_interaction() -> None:
    """Exact, f = u v with u, v uniform: each 3/7 by itself, 1/7 together."""
    found = sobol(lambda points: points[:, 0] * points[:, 1], ("u", "v"), 1024)
    assert np.array(found.first) == pytest.approx([3 / 7, 3 / 7], abs=0.03)
    assert np.array(found.total) == pytest.approx([4 / 7, 4 / 7], abs=0.03)
    assert found.interaction == pytest.approx(1 / 7, abs=0.05)


def test_morris_finds_the_slopes_of_a_linear_function() -> None:
    found = morris(linear, NAMES)
    assert np.array(found.first) == pytest.approx(SLOPES, abs=1e-9)
    assert np.array(found.total) == pytest.approx(np.zeros(4), abs=1e-9)


def inputs_of(laws: Sequence[str]) -> list[Input]:
    """Inputs between 0 and 1."""
    return [
        Input(name, Range(where=f"resources.{name}.slots_per_week", low=0, high=1, law=law))
        for name, law in zip(NAMES, laws, strict=False)
    ]


def draws_of(inputs: list[Input], answer: Callable[[np.ndarray], np.ndarray], seed: int, noise: float = 0.0) -> Draws:
    """60 draws of 20 replications in five blocks: each year has a level, and slopes of all inputs, of its own."""
    values, luck = drawn(inputs, 60, seed), tuple(k % 5 for k in range(60))
    random = np.random.default_rng(seed)
    level = 50 * noise * random.normal(size=100)
    slopes = noise * random.normal(size=(100, len(inputs))) * SLOPES[: len(inputs)]
    years = np.array([np.arange(20 * turn, 20 * turn + 20) for turn in luck])
    moved = (answer(values) - answer(np.full((1, len(inputs)), 0.5)))[:, None]
    moved = moved + np.einsum("krj,kj->kr", slopes[years], values - 0.5) + 0.3 * noise * random.normal(size=years.shape)
    return Draws(values, level[years] + moved, level[years], luck)


def test_shares_of_a_surface_are_exact_where_the_answer_is_straight() -> None:
    """slope^2 x variance of the law, over their sum; uniform 1/12, normal (1 / 3.92)^2."""
    for laws in (("uniform",) * 4, ("uniform", "normal", "uniform", "normal")):
        inputs = inputs_of(laws)
        found = surface_shares(inputs, draws_of(inputs, linear, 3))
        assert found is not None
        variances = SLOPES**2 * [1 / 12 if law == "uniform" else (1 / 3.92) ** 2 for law in laws]
        assert np.array(found.first) == pytest.approx(variances / variances.sum(), abs=0.001)
        assert found.foretold == pytest.approx(1)
        assert found.largest == (0,)


def test_shares_of_a_surface_see_interaction() -> None:
    """f = u v, each uniform from 0 to 1: 3/7 each by itself, 1/7 together, as above."""
    inputs = inputs_of(("uniform",) * 2)
    found = surface_shares(inputs, draws_of(inputs, lambda points: points[:, 0] * points[:, 1], 4))
    assert found is not None
    assert np.array(found.first) == pytest.approx([3 / 7, 3 / 7], abs=0.001)
    assert np.array(found.total) == pytest.approx([4 / 7, 4 / 7], abs=0.001)
    assert found.largest == (0, 1), "alike: too close to rank"


def test_intervals_of_the_shares_hold_the_truth() -> None:
    """With years that differ in level and slope, the intervals hold the true shares in nearly all of 40 studies."""
    inputs, exact = inputs_of(("uniform",) * 4), SLOPES**2 / (SLOPES**2).sum()
    held, halves, off = [], [], []
    for seed in range(40):
        found = surface_shares(inputs, draws_of(inputs, linear, seed, noise=0.5))
        assert found is not None
        error = np.abs(np.array(found.first) - exact)
        held.append(error[:3] <= found.first_half[:3])
        halves.append(found.first_half[0])
        off.append(error.max())
    assert np.mean(held) > 0.85
    assert np.mean(halves) < 0.1
    assert np.mean(off) < 0.03


def test_a_surface_that_foretells_nothing_is_known_by_it() -> None:
    inputs = inputs_of(("uniform",) * 4)
    found = surface_shares(inputs, draws_of(inputs, lambda points: np.sin(60 * points[:, 0]), 5))
    assert found is None or found.foretold < WELL
    still = draws_of(inputs, lambda points: np.full(len(points), 7.0), 6)
    assert surface_shares(inputs, still) is None


def test_chance_common_to_all_draws_is_not_taken_from_the_inputs() -> None:
    """Years differ much, inputs by variance (16 + 4 + 1) / 12 = 1.75: whole with today's runs beside, less without."""
    inputs = inputs_of(("uniform",) * 4)
    draws = draws_of(inputs, linear, 7, noise=0.1)
    found = split(draws.answers, draws.today)
    assert found.input_variance == pytest.approx(1.75, rel=0.1)
    assert found.chance_variance == pytest.approx(25, rel=0.4)


CLINIC = """
scenario: two_inputs
title: Decisions, operations
horizon: {start: 2027-01-04, weeks: 26}
guarantee: {treatment: {step: surgery, days: 90}}
groups: {hip: {share: 1}}
arrivals: {decisions: {step: surgery, per_week: 8}}
queue_at_start: [{step: surgery, patients: 150, waited: {law: uniform, low: 0 days, high: 100 days}}]
resources:
  theatre: {kind: slots, slots_per_week: 8}
pathway:
  surgery: {needs: [theatre], decision: true, then: treated}
"""
RANGES = """
ranges:
  arrivals: {where: arrivals.decisions.per_week, low: 7.8, high: 8.2}
  level: {where: resources.theatre.slots_per_week, low: 7, high: 9, title: theatre level, title_sv: operationsnivå}
  price: {where: price_sek, low: 1, high: 2}
"""


def test_the_tornado_names_what_moves_most(tmp_path: Path) -> None:
    for name, text in (("two.yaml", CLINIC), ("ranges.yaml", RANGES)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    options = {"engine": "simpy", "workers": 1, "pairs": 6, "outer": 5, "inner": 3, "method": "none"}
    answer = questions.ask(
        "sensitivity", tmp_path / "two.yaml", ranges=tmp_path / "ranges.yaml", of="operations", **options
    )
    swings = answer.numbers["swings"]
    assert [one["input"] for one in swings] == ["level", "arrivals"], "money is no input of the scenario"
    assert swings[0]["at_low"] == pytest.approx(-26, abs=1)
    assert swings[0]["at_high"] == pytest.approx(26, abs=1)
    assert swings[1]["at_high"] == pytest.approx(0, abs=1), "a queue that never runs dry"
    assert "operationsnivå" in answer.sentence.sv
    assert answer.numbers["input_share"] + answer.numbers["chance_share"] == pytest.approx(1)
    with pytest.raises(FlowsimError, match=r'no such answer.*Did you mean "operations"'):
        questions.ask(
            "sensitivity", tmp_path / "two.yaml", ranges=tmp_path / "ranges.yaml", of="operation", engine="simpy"
        )


@pytest.mark.slow
def test_on_the_base_case_conversion_and_theatre_are_the_largest() -> None:
    root = Path(__file__).parents[1]
    answer = questions.ask(
        "sensitivity", root / "scenarios/ortho_today.yaml", ranges=root / "calibration/ranges_ortho.yaml", seconds=300.0
    )
    (shares,) = answer.numbers["shares"]
    assert set(shares["largest"]) <= {"conversion", "theatre_level"}
    order = np.argsort(shares["first"])[::-1]
    assert {shares["inputs"][k] for k in order[:2]} == {"conversion", "theatre_level"}
    assert shares["first"][order[1]] - shares["first_half"][order[1]] > shares["first"][order[2]]
    assert shares["foretold"] > 0.9
