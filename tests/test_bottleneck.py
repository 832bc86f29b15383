"""What one more of each gives: ranks, steps and chunks, seasons, and the question asked of a small clinic."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from flowsim import questions
from flowsim.errors import FlowsimError
from flowsim.questions.asked import Asked
from flowsim.questions.bottleneck.ranking import ranked
from flowsim.questions.bottleneck.resources import More, in_summer, outside_summer, raisable

TWO_STEPS = """
scenario: two_steps
title: A film, then an operation
horizon: {start: 2027-01-04, weeks: 26}
guarantee: {treatment: {step: surgery, days: 90}}
groups: {hip: {share: 1}}
arrivals: {referrals: {step: film, per_week: 20}}
queue_at_start: [{step: surgery, patients: 60, waited: {law: uniform, low: 0 days, high: 90 days}}]
resources:
  xray: {kind: slots, slots_per_week: 24}
  theatre: {kind: slots, slots_per_week: 16}
pathway:
  film: {needs: [xray], decision: true, then: surgery}
  surgery: {needs: [theatre], then: treated}
"""


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    path = tmp_path / "scenarios" / "two_steps.yaml"
    path.parent.mkdir()
    path.write_text(TWO_STEPS, encoding="utf-8")
    return path


def test_a_clear_leader_is_sure_and_equals_share_a_rank() -> None:
    luck = np.random.default_rng(1).normal(size=(2, 60))
    found = ranked(np.array([luck[0], luck[1], luck[0] + 5.0, luck[0] - 4.0]))
    assert found.leader == 2
    assert found.sure
    assert found.first[2] == 1.0
    assert found.rank[2] == 1
    assert found.rank[3] == 4
    assert found.rank[0] == found.rank[1] == 2, "two that cannot be told apart share a rank"


def test_a_leader_by_luck_is_not_sure() -> None:
    luck = np.random.default_rng(2).normal(size=(3, 40))
    found = ranked(luck)
    assert not found.sure
    assert sum(found.first) == pytest.approx(1)


def test_ranks_do_not_depend_on_order_of_candidates() -> None:
    values = np.random.default_rng(3).normal(size=(4, 50)) + np.array([[0.0], [1.0], [2.0], [0.1]])
    order = [2, 0, 3, 1]
    assert [ranked(values).rank[k] for k in order] == list(ranked(values[order]).rank)


def test_summer_and_the_rest_are_the_whole_year() -> None:
    more = More("theatre", "slots", 16, 1, 2, 100.0, 45.0)
    start, weeks = date(2027, 1, 4), 104
    parts = [*in_summer(more, 1, start, weeks), *outside_summer(more, 1, start, weeks)]
    days = sorted(
        day for part in parts for day in _days(date.fromisoformat(part["from"]), date.fromisoformat(part["to"]))
    )
    assert days == _days(start, start + timedelta(weeks=weeks, days=-1))
    assert all(part["from"][5:] == "06-01" and part["to"][5:] == "08-31" for part in in_summer(more, 1, start, weeks))


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=k) for k in range((last - first).days + 1)]


def test_steps_are_whole_and_prices_as_given(clinic: Path) -> None:
    asked, _ = Asked.of(clinic, {"engine": "simpy"})
    with asked:
        found = raisable(asked.base.scenario.model, asked.today.plan, None, {"xray": 600.0})
    assert [(more.name, more.step, more.chunk) for more in found] == [
        ("xray", 1, 3),
        ("theatre", 1, 2),
    ]
    assert found[0].sek_per_unit == 600
    assert np.isnan(found[1].sek_per_unit)
    assert found[0].year_sek(1) == pytest.approx(52 * 600), "52 weeks, no season, no holidays"


def test_the_bottleneck_is_found_and_said(clinic: Path) -> None:
    options = {"engine": "simpy", "workers": 1, "pairs": 12, "most": 12, "shift_pairs": 3, "stages": 2, "season": False}
    answer = questions.ask("bottleneck", clinic, prices={"theatre": 10_000.0}, **options)
    first = answer.numbers["resources"][1]
    assert first["resource"] == "theatre"
    assert first["rank_operations"] == 1
    assert first["first_operations"] == 1.0
    assert first["operations"] == pytest.approx(26, abs=1), "a queue of 60 and 4 a week too many: each slot is used"
    assert "operationssalen" in answer.sentence.sv
    assert "26" in answer.sentence.sv
    assert "mer än 99 % säkert" in answer.sentence.sv
    assert [column.sv for column in answer.table.columns][2] == "rang", "plats is a bed"
    assert answer.table.rows[0][5].sv == "0,52", "52 slots at 10,000"
    shifting = next(table for title, table in answer.further if "moves" in title.en)
    assert max(len(column.sv) for column in shifting.columns[1:-1]) < 20, "eight columns must go on a page"
    assert answer.exit_code == 0
    assert answer.numbers["shifting"][0]["leader"] == "theatre"
    assert len(answer.table.rows) == 2
    assert answer.scenario is not None
    assert "resources.theatre.slots_per_week" in answer.scenario.text


def test_an_unknown_resource_is_refused_in_words(clinic: Path) -> None:
    with pytest.raises(FlowsimError, match=r'no such resource.*Did you mean "theatre"'):
        questions.ask("bottleneck", clinic, only=("teatre",), engine="simpy")
