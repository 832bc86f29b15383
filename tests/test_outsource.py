"""Buy or make: a ratio of sums with its intervals, four prices, the frontier, chance and ignorance apart, the sheet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flowsim import questions
from flowsim.errors import FlowsimError, InputError
from flowsim.questions.outsource.alternatives import alternatives, own_prices
from flowsim.questions.outsource.frontier import dominated, smallest_volume
from flowsim.questions.outsource.own_costs import PerPatient
from flowsim.questions.outsource.per_extra import break_even_price, difference, per_extra
from flowsim.questions.outsource.runs import Sizes
from flowsim.questions.ranges import drawn, load_ranges
from flowsim.questions.uncertainty import share_above, split

ROOT = Path(__file__).parents[1]


def test_forty_contacts_bought_at_the_break_even_price_cost_the_same() -> None:
    """Exact: 40 contacts at 39,600 of our own against a price of 38,100 and 1,500 that stays with us."""
    extra, added = np.full(10, 40.0), np.full(10, 40 * 39_600.0)
    assert break_even_price(39_600, 1_500) == 38_100
    assert (difference(extra, added, 38_100, 1_500) == 0).all()
    noise = np.tile([1.0, -1.0], 5)
    assert share_above(difference(extra, added + noise, 38_100, 1_500)) == 0.5, "a coin's throw at the break-even price"


def test_the_ratio_is_of_sums_and_its_two_intervals_agree() -> None:
    luck = np.random.default_rng(1)
    extra = luck.normal(150, 30, 400)
    added = 85_000 * extra + luck.normal(0, 1e6, 400)
    found = per_extra(added, extra)
    assert found.sek == pytest.approx(added.sum() / extra.sum())
    assert found.low < 85_000 < found.high
    assert found.bootstrap_low == pytest.approx(found.low, rel=0.003)
    assert found.bootstrap_high == pytest.approx(found.high, rel=0.003)


def test_the_delta_interval_covers() -> None:
    hits = 0
    for search in range(120):
        luck = np.random.default_rng([2, search])
        extra = luck.normal(100, 20, 60)
        found = per_extra(2.0 * extra + luck.normal(0, 30, 60), extra)
        hits += found.low <= 2.0 <= found.high
    assert hits / 120 > 0.95 - 4 * np.sqrt(0.95 * 0.05 / 120)


def test_no_ratio_where_operations_do_not_clearly_increase() -> None:
    luck = np.random.default_rng(3)
    found = per_extra(luck.normal(1e6, 1e5, 40), luck.normal(0, 5, 40))
    assert not found.defined
    assert np.isnan([found.low, found.high, found.bootstrap_low]).all()
    assert found.extra_low < 0 < found.extra_high


def test_chance_and_inputs_are_told_apart() -> None:
    """Known: chance sd 2, inputs sd 3; the naive variance of means would be 9 + 4 / 20."""
    luck = np.random.default_rng(4)
    values = luck.normal(0, 3, (4000, 1)) + luck.normal(0, 2, (4000, 20))
    found = split(values)
    assert found.chance_variance == pytest.approx(4, abs=4 * 4 * np.sqrt(2 / (4000 * 19)))
    assert found.input_variance == pytest.approx(9, abs=4 * 9.2 * np.sqrt(2 / 4000))
    assert found.chance_share + found.input_share == pytest.approx(1, abs=1e-12)
    assert found.input_sd**2 == pytest.approx(found.input_variance)


def test_the_correction_removes_the_chance_that_is_left_in_means() -> None:
    luck = np.random.default_rng(5)
    found = [split(luck.normal(0, 2, (60, 20))).input_variance for _ in range(200)]
    assert np.mean(found) < 0.05, "no input differs: what is left is chance, 4 / 20 = 0.2 uncorrected"
    assert np.mean([split(luck.normal(1, 2, (60, 20))).above_on_average for _ in range(20)]) > 0.97


def test_four_prices_are_never_merged_and_buying_leaves_its_follow_up() -> None:
    cost = PerPatient(39_000, 104_500, 1_500, 5_800, 0.94, 23_500, 14_100, 1.9)
    own = own_prices(cost)
    assert own["empty"] == 39_000
    assert own["evening"] == pytest.approx(64_000)
    assert own["raised"] == pytest.approx(79_000)
    assert own["full"] == 104_500
    four = alternatives(cost, None, [0.9, 1.0, 1.1])
    assert [round(one.break_even) for one in four] == [37_500, 62_500, 77_500, 98_700]
    assert all(one.low < one.sek < one.high for one in four)
    declared = alternatives(cost, 2_000.0, [])
    assert declared[0].break_even == 37_000
    assert declared[0].low == declared[0].high == 39_000


def test_a_way_is_dominated_by_one_as_cheap_and_sooner() -> None:
    cost = [0.0, 5.0, 6.0, 9.0, 9.0]
    day = [float("inf"), 300.0, 310.0, 200.0, 200.0]
    assert dominated(cost, day) == [False, False, True, False, False]


def test_the_break_even_volume_is_found_by_bisection() -> None:
    asked = []

    def gain(per_week: int) -> float:
        asked.append(per_week)
        return per_week - 6.5

    assert smallest_volume(gain, 12) == 7
    assert len(asked) <= 5
    assert smallest_volume(lambda _: -1.0, 12) is None
    assert smallest_volume(lambda _: 1.0, 12) == 1


def test_inputs_are_drawn_within_their_ranges_whatever_stands_beside() -> None:
    inputs = load_ranges(ROOT / "calibration" / "ranges_ortho.yaml")
    values = drawn(inputs, 400, seed=1)
    for k, one in enumerate(inputs):
        outside = (values[:, k] < one.range.low) | (values[:, k] > one.range.high)
        assert outside.mean() == pytest.approx(0.05 if one.range.law == "normal" else 0.0, abs=0.006)
    alone = drawn(inputs[2:3], 400, seed=1)
    assert (alone[:, 0] == values[:, 2]).all()


def test_a_probability_that_rises_makes_another_give_way() -> None:
    from flowsim.questions.cases import stacked

    base = stacked(ROOT / "scenarios" / "ortho_today.yaml")
    conversion = load_ranges(ROOT / "calibration" / "ranges_ortho.yaml")[0]
    made = base.case("ortho_high", conversion.changes(0.6, base.scenario)).scenario
    default = made.data["pathway"]["first_visit"]["then"]["by_group"]["default"]
    assert default == {"enrolment": 0.6, "second_visit": 0.135, "discharged": 0.265}


def test_a_faulty_ranges_file_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "ranges.yaml"
    path.write_text("ranges:\n  a: {where: x, low: 2, high: 1}\n  b: {were: x, low: 1, high: 2}\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_ranges(path)
    text = str(refused.value)
    assert "line 2" in text
    assert "Low must be below high" in text
    assert 'Did you mean "where"' in text


CLINIC = """
scenario: one_queue
title: Decisions, operations
horizon: {start: 2027-01-04, weeks: 26}
unit_costs: ../calibration/costs.yaml
guarantee: {treatment: {step: surgery, days: 90}}
groups: {hip: {share: 1}}
arrivals: {decisions: {step: surgery, per_week: 8}}
queue_at_start: [{step: surgery, patients: 120, waited: {law: uniform, low: 0 days, high: 200 days}}]
resources:
  theatre: {kind: slots, slots_per_week: 8}
pathway:
  surgery: {needs: [theatre], decision: true, then: control}
  control: {delay: 4 weeks, then: treated}
"""
COSTS = """
price_year: 2027
care_services:
  operation: {resource: theatre, components: {staff: {variable_sek: 30000, fixed_sek: 20000}}}
  visit: {variable_sek: 1000}
resources: {theatre: {fixed_sek_per_week: 160000, reference_sek_per_unit: 20000, practical_capacity_per_week: 8}}
contacts: {surgery: {operation: 1}, control: {visit: 1}}
"""
LISTS = """
change:
  - extra_operations: {resource: theatre, per_week: 2, price_sek_per_unit: 25000, days: mon-thu, hours: "17:00-21:00"}
"""


RANGES = """
ranges:
  level: {where: resources.theatre.slots_per_week, low: 7, high: 9}
  unit_costs: {where: unit_costs, by: scale, low: 0.9, high: 1.1}
"""


def clinic(folder: Path) -> Path:
    for name, text in (
        ("ranges.yaml", RANGES),
        ("scenarios/one.yaml", CLINIC),
        ("calibration/costs.yaml", COSTS),
        ("lists.yaml", LISTS),
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "scenarios/one.yaml"


def test_buy_or_make_is_answered_and_said(tmp_path: Path) -> None:
    """A list's operation costs 30,000 + 25,000 and its control 1,000 more; bought, the control stays with us."""
    answer = questions.ask(
        "outsource", clinic(tmp_path), price=60_000.0, own=tmp_path / "lists.yaml", shares=(0.0, 0.4), engine="simpy",
        ranges=tmp_path / "ranges.yaml",
        workers=1, sizes=Sizes(8, 8, 3, 3, 3, 3),
    )  # fmt: skip
    numbers = answer.numbers
    assert numbers["alternatives"]["evening"]["sek"] == pytest.approx(56_000, rel=0.02)
    assert numbers["alternatives"]["empty"]["break_even"] == pytest.approx(30_000, rel=0.02)
    assert numbers["simulated"]["sek"] == pytest.approx(56_000, rel=0.03)
    shares = numbers["uncertainty"]["60000"]
    assert shares["input_share"] + shares["chance_share"] == pytest.approx(1)
    assert "Gör själva" in answer.sentence.sv or "Köp inte" in answer.sentence.sv
    assert answer.title.en.endswith("(the region's perspective)")
    assert len(answer.table.rows) <= 7
    assert answer.scenario is not None


def test_what_is_said_does_not_contradict_the_table(tmp_path: Path) -> None:
    """At a price a hundredth from the list's break-even (55,000) it is a draw, in the sentence and in the table."""
    options = {"own": tmp_path / "lists.yaml", "shares": (0.0, 0.4), "engine": "simpy", "workers": 1}
    answer = questions.ask("outsource", clinic(tmp_path), price=55_500.0, sizes=Sizes(8, 8, 3, 3, 3, 3), **options)
    said = {row[0].en: row[-1].en for row in answer.table.rows}
    assert said["an extra list in the beds and films there are"] == "a draw"
    assert said["a regular slot that would stand empty"] == "make"
    assert "väger det jämnt" in answer.sentence.sv
    assert "Gör själva när en ordinarie tid annars står tom" in answer.sentence.sv
    sure = next(table for title, table in answer.further if "How sure" in title.en)
    assert [cell.sv for cell in sure.rows[0][3:5]] == ["–", "–"], "no inputs drawn: nothing is said of them"
    at_break_even = answer.numbers["uncertainty"][str(round(answer.numbers["break_even_price_sek"]))]
    assert at_break_even["mean"] == pytest.approx(0, abs=1), "D crosses zero at the break-even price"
    assert "dragningar" not in answer.effort.said.sv


def test_without_unit_costs_there_is_no_answer(tmp_path: Path) -> None:
    path = clinic(tmp_path)
    path.write_text(CLINIC.replace("unit_costs: ../calibration/costs.yaml\n", ""), encoding="utf-8")
    with pytest.raises(FlowsimError, match="no unit cost file"):
        questions.ask("outsource", path, price=1.0, engine="simpy")
