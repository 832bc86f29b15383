"""Which input moves the answer: Sobol on functions whose shares are known, the tornado on a small clinic."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flowsim import questions
from flowsim.errors import FlowsimError
from flowsim.questions.sensitivity.shares import morris, sobol

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
