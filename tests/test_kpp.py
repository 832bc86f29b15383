"""KPP: unit costs read, contacts priced, scenarios totalled; the worked week to the krona."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from english_left import english_words
from worked_week import SETTING, WORKED_WEEK, capacity, contact, operated, results, week

from flowsim.costs.added_cost import added_cost, added_cost_per_extra
from flowsim.costs.kpp import cost_by_component, cost_per_contact, full_cost_per_patient, load_unit_costs
from flowsim.costs.missing_prices import in_swedish, missing_prices
from flowsim.costs.money import refuse_bare_money
from flowsim.costs.scenario_cost import TERMS, capacity_cost, scenario_cost, weekly_cost
from flowsim.schema.unit_costs import UnitCosts
from flowsim.tables import ProviderInfo, ResourceInfo, Results, StepInfo


@pytest.fixture
def read_costs(tmp_path: Path):
    """Writes a unit cost file and reads it."""

    def read(text: str = WORKED_WEEK) -> UnitCosts:
        path = tmp_path / "kpp.yaml"
        path.write_text(text, encoding="utf-8")
        return load_unit_costs(path)

    return read


def total(found: Results, costs: UnitCosts) -> pd.Series:
    """The only row of `scenario_cost`."""
    return scenario_cost(found, costs).iloc[0]


@pytest.fixture
def exact(read_costs):
    """The worked week's costs with its rates as one number each, exact in kronor."""
    return read_costs(WORKED_WEEK.replace("step_fixed_sek: 1785.71, fixed_sek: 1214.29", "fixed_sek: 3000"))


def test_the_worked_week_to_the_krona(exact):
    today = total(week(5, 14, 60), exact)
    assert today["total_cash_sek"] == 746_400
    assert today["full_cost_sek"] == 680_400
    assert today["total_cash_overtime_sek"] == 6_000
    assert today["unused_capacity_sek"] == 18_000 + 42_000
    assert today["capacity_rate_deviation_sek"] == 0
    more = total(week(6, 17, 90), exact)
    assert more["total_cash_sek"] == 865_200
    assert more["full_cost_sek"] == 826_200
    assert more["total_cash_overtime_sek"] == 9_000
    assert more["unused_capacity_sek"] == 18_000 + 24_000
    assert more["capacity_rate_deviation_sek"] == -12_000
    assert (more["total_cash_sek"] - today["total_cash_sek"]) / 3 == 39_600
    assert (more["full_cost_sek"] - today["full_cost_sek"]) / 3 == 48_600 == today["full_cost_sek_per_operated"]


def test_the_worked_week_by_agency(exact):
    today, agency = total(week(5, 14, 60), exact), total(week(5, 17, 90, agency=1), exact)
    assert agency["total_cash_tranche_sek"] == 95_000
    assert round((agency["total_cash_sek"] - today["total_cash_sek"]) / 3) == 57_267
    assert agency["capacity_rate_deviation_sek"] == -54_000


def test_the_worked_week_with_three_fewer_at_once_and_after_notice(exact, read_costs):
    fewer, today = week(4, 11, 60), total(week(5, 14, 60), exact)["total_cash_sek"]
    notice = WORKED_WEEK.replace("sek_per_step: 42000, release_weeks: 0", "sek_per_step: 42000, release_weeks: 4")
    assert round((today - total(fewer, exact)["total_cash_sek"]) / 3) == 38_600
    assert round((today - total(fewer, read_costs(notice))["total_cash_sek"]) / 3) == 24_600


def test_steps_go_up_at_once_and_down_after_notice(read_costs):
    notice = WORKED_WEEK.replace("sek_per_step: 42000, release_weeks: 0", "sek_per_step: 42000, release_weeks: 2")
    planned = [15, 15, 16, 6, 6, 6, 18]
    setting = replace(SETTING, weeks=len(planned))
    rows = [capacity("theatre", planned_w, week=w) for w, planned_w in enumerate(planned)]
    lists = [*(15, 15, 18, 18, 18, 6, 18)]
    costs = weekly_cost(results([], rows, setting), read_costs(notice))
    ward = 75_000
    assert (costs["total_cash_step_sek"] - ward).tolist() == [slots / 3 * 42_000 for slots in lists]


def test_luck_does_not_move_steps(exact):
    calm = results([], [capacity("theatre", 15.0), capacity("ward", 42.0)])
    lucky = results([], [capacity("theatre", 15.0, offered=21.0), capacity("ward", 42.0)])
    assert total(calm, exact)["total_cash_sek"] == total(lucky, exact)["total_cash_sek"]
    assert total(lucky, exact)["unused_capacity_sek"] == 21 * 18_000 + 42 * 3_000


def test_a_cut_week_counts_by_its_days(exact):
    setting = replace(SETTING, start=date(2027, 1, 8), weeks=2)
    rows = [capacity("theatre", planned, week=w) for w, planned in enumerate((3.0, 15.0, 12.0))]
    weekly = weekly_cost(results([], rows, setting), exact)
    assert weekly["days"].tolist() == [3, 7, 4]
    fixed = weekly["total_cash_fixed_sek"]
    assert fixed.round(2).tolist() == [round(111_000 * days / 7, 2) for days in (3, 7, 4)]
    assert round(fixed.sum(), 2) == 222_000
    theatre = capacity_cost(results([], rows, setting), exact).set_index("resource").loc["theatre"]
    assert theatre["steps_mean"] == 5
    assert theatre["total_cash_step_sek"] == 2 * 5 * 42_000


def test_a_contact_holds_its_stay_and_its_services(read_costs):
    text = WORKED_WEEK.replace("contacts:", "contacts:\n  film: {film: 1}").replace(
        "care_services:", "care_services:\n  film: {variable_sek: 225}"
    )
    rows = [*operated(2), contact(0, "film", 1.0, 1.0), contact(7, "film", 3.0, 3.0)]
    found = results(rows, [capacity("theatre", 15.0), capacity("ward", 42.0)])
    costs = read_costs(text)
    contacts = cost_per_contact(found, costs).set_index(["patient", "step"])["full_cost_sek"]
    assert contacts[(0, "surgery")] == 48_600 + 225
    assert contacts[(1, "surgery")] == 48_600
    assert contacts[(7, "film")] == 225
    assert len(contacts) == 3
    assert full_cost_per_patient(found, costs).set_index("patient")["full_cost_sek"].to_dict() == {
        0: 48_825.0,
        1: 48_600.0,
        7: 225.0,
    }
    parts = cost_by_component(found, costs).set_index(["step", "component"])
    assert parts["full_cost_sek"].to_dict() == {
        ("surgery", "film"): 225.0,
        ("surgery", "operation"): 36_000.0,
        ("surgery", "bed_day"): 14_400.0,
        ("surgery", "patient"): 46_800.0,
        ("film", "film"): 225.0,
    }
    assert parts["full_cost_sek"].sum() == total(found, costs)["full_cost_sek"]


def test_a_service_goes_to_the_nearest_contact_in_time(read_costs):
    text = WORKED_WEEK.replace("contacts:", "contacts:\n  film: {film: 1}").replace(
        "care_services:", "care_services:\n  film: {variable_sek: 1}"
    )
    visits = [contact(0, "surgery", day, day, visit=k) for k, day in enumerate((1.0, 5.0))]
    films = [contact(0, "film", day, day, visit=k) for k, day in enumerate((0.0, 2.9, 3.0, 3.1, 6.5))]
    contacts = cost_per_contact(results([*visits, *films], [capacity("theatre", 15.0)]), read_costs(text))
    assert (contacts["full_cost_sek"] - 41_400).tolist() == [3, 2]


def test_bed_days_and_nights_are_cut_by_the_horizon(exact, read_costs):
    rows = [contact(0, "surgery_stay", -3.0, 1.25), contact(1, "surgery_stay", 5.5, np.nan, outcome="open")]
    found = results(rows, [capacity("ward", 42.0)])
    assert cost_per_contact(found, exact)["full_cost_sek"].tolist() == [1.25 * 3_600, 1.5 * 3_600]
    nights = read_costs(WORKED_WEEK.replace("bed_days", "nights"))
    assert cost_per_contact(found, nights)["full_cost_sek"].tolist() == [3_600, 2 * 3_600]


def test_staff_minutes_are_priced_as_used(read_costs):
    text = """
price_year: 2023
care_services: {minute: {unit: minute, resource: team, variable_sek: 58, fixed_sek: 60}}
resources: {team: {fixed_sek_per_week: 288000, practical_capacity_per_week: 80, reference_sek_per_unit: 3600}}
contacts: {surgery: {minute: minutes}}
"""
    step = StepInfo("surgery", lead="team", needs=(("team", 2),))
    setting = replace(SETTING, steps=(step,), resources=(ResourceInfo("team", "staff"),))
    late = contact(1, "surgery", 1.1, 1.2, used_hours=4.8, overtime_hours=0.8)
    rows = [contact(0, "surgery", 1.0, 1.05, used_hours=2.4), late]
    money = total(results(rows, [capacity("team", 80.0, overtime=0.8)], setting), read_costs(text))
    assert money["full_cost_sek"] == 7.2 * 60 * 118
    assert money["unused_capacity_sek"] == (80 - 6.4) * 3_600
    assert money["total_cash_sek"] == 288_000 + 7.2 * 60 * 58


def test_no_shows_and_strangers_are_not_contacts(exact):
    lost = [contact(50, "surgery", 1.0, 1.0, outcome="no_show"), contact(51, "surgery", np.nan, np.nan, outcome="left")]
    other = [contact(60, "surgery", 2.0, 2.0, group="other")]
    found = total(results([*operated(3), *lost, *other], [capacity("theatre", 15.0), capacity("ward", 42.0)]), exact)
    assert found["operations"] == 3
    assert found["full_cost_sek"] == 3 * 48_600
    assert found["unused_capacity_sek"] == (15 - 3 - 1) * 18_000 + (42 - 6) * 3_000


def test_other_departments_part_is_fixed_in_the_file(read_costs):
    shared = WORKED_WEEK.replace("    fixed_sek_per_week: 60000", "    fixed_sek_per_week: 60000\n    own_share: 0.5")
    rows = [capacity("theatre", 15.0)]
    others = [contact(60 + k, "surgery", 2.0, 2.0, group="other") for k in range(9)]
    few, many = (results([*operated(3), *others[:n]], rows) for n in (2, 9))
    costs = read_costs(shared)
    assert total(few, costs)["total_cash_sek"] == total(many, costs)["total_cash_sek"]
    assert total(few, costs)["total_cash_fixed_sek"] == 30_000 + 51_000


def test_bought_care_is_paid_at_its_price(exact):
    rows = [contact(k, "surgery", 2.0, 2.0, provider="private") for k in range(3)]
    rows += [contact(9, "surgery", np.nan, np.nan, provider="private", outcome="elsewhere")]
    found = results(rows, [capacity("theatre", 15.0), capacity("ward", 42.0)])
    money = total(found, exact)
    assert money["bought_sek"] == 3 * (65_000 + 1_500 + 2_000)
    assert money["full_cost_sek"] == 0
    assert np.isnan(money["total_cash_sek_per_operated"])
    assert full_cost_per_patient(found, exact)["bought_sek"].tolist() == [68_500.0] * 3


def test_a_resource_outside_the_scenario_offers_its_practical_capacity(read_costs):
    physio = "physio: {fixed_sek_per_week: 8000, practical_capacity_per_week: 10, reference_sek_per_unit: 800}"
    text = WORKED_WEEK.replace("resources:\n", f"resources:\n  {physio}\n")
    text = text.replace("care_services:", "care_services:\n  training: {resource: physio, fixed_sek: 800}")
    text = text.replace("patient: 1}", "patient: 1, training: 1}")
    costs = capacity_cost(week(5, 4, 0), read_costs(text)).set_index("resource").loc["physio"]
    assert costs["total_cash_fixed_sek"] == 8_000
    assert costs["full_cost_capacity_sek"] == 3_200
    assert costs["unused_capacity_sek"] == 4_800
    assert costs["capacity_rate_deviation_sek"] == 0
    bare = text.replace("fixed_sek_per_week: 8000, practical_capacity_per_week: 10, ", "")
    assert total(week(5, 4, 0), read_costs(bare))["unused_capacity_sek"] == 11 * 18_000 + 34 * 3_000
    assert any("physio" in text and "practical" in text for text in missing_prices(week(5, 4, 0), read_costs(bare)))


def test_what_has_no_price_is_said(read_costs, exact):
    assert missing_prices(week(5, 14, 60), exact) == []
    bare = read_costs("price_year: 2023\ncare_services: {}\nresources: {theatre: {}}\ncontacts: {}\n")
    rows = [*operated(2), contact(0, "film", 3.0, 3.0), contact(5, "surgery", 1.0, 1.0, provider="private")]
    free = replace(SETTING, providers=(ProviderInfo("private"),))
    said = missing_prices(results(rows, [capacity("theatre", 15.0, overtime=1.0)], free), bare)
    expected = ("surgery: its", "surgery_stay: the stay", "film: its", "ward: has no entry", "overtime", "private")
    for words in expected:
        assert any(words in text for text in said), words
    assert not [text for text in said if in_swedish(text) == text or english_words(in_swedish(text))]
    assert in_swedish(said[-1]) == "private: patienter behandlades där till priset 0 kr."


def several(costs: UnitCosts, extra: Sequence[int]) -> pd.DataFrame:
    """Costs of today and of a scenario with so many operations more, by replication."""
    frames = []
    for number, more in enumerate(extra):
        other = replace(SETTING, scenario="more")
        rows = [capacity("theatre", 18.0), capacity("ward", 42.0)]
        extra_rows = [*rows, capacity("theatre", 3.0, "agency")]
        frames.append(scenario_cost(results(operated(12), rows, SETTING, number), costs))
        frames.append(scenario_cost(results(operated(12 + more), extra_rows, other, number), costs))
    return pd.concat(frames, ignore_index=True)


def test_added_cost_is_a_difference_of_totals_and_a_ratio_of_sums(exact):
    added = added_cost(several(exact, [3, 2, 1, 3]), "today")
    assert added["extra_operations"].tolist() == [3, 2, 1, 3]
    assert added["added_cost_sek"].tolist() == [95_000 + n * (23_400 + 1_200) for n in (3, 2, 1, 3)]
    per = added_cost_per_extra(added).iloc[0]
    assert per["added_cost_per_extra_sek"] == pytest.approx((4 * 95_000 + 9 * 24_600) / 9)
    assert per["full_cost_sek_per_extra"] == pytest.approx(48_600)
    assert per["full_cost_sek_per_extra_low"] == pytest.approx(48_600), "a full cost per operation has no luck in it"
    assert np.isnan(per["bought_sek_per_bought"])
    assert per["added_cost_per_extra_sek_low"] < per["added_cost_per_extra_sek"] < per["added_cost_per_extra_sek_high"]
    pd.testing.assert_frame_equal(added_cost_per_extra(added), added_cost_per_extra(added))


def test_added_cost_per_extra_is_empty_with_the_reason(exact):
    per = added_cost_per_extra(added_cost(several(exact, [3, -3, 2, -2]), "today")).iloc[0]
    assert np.isnan(per["added_cost_per_extra_sek"])
    assert "holds 0" in per["reason"]
    fewer = added_cost_per_extra(added_cost(several(exact, [-3, -2, -3, -2]), "today")).iloc[0]
    assert np.isnan(fewer["added_cost_per_extra_sek"])
    assert "become fewer" in fewer["reason"]
    saving = added_cost(several(exact, [3, 2, 3, 2]), "today").assign(added_cost_sek=-100_000.0)
    cheaper = added_cost_per_extra(saving).iloc[0]
    assert np.isnan(cheaper["added_cost_per_extra_sek"]), "less money for more operations is no price"
    assert cheaper["full_cost_sek_per_extra"] > 0
    assert "at a lower cost" in cheaper["reason"]
    alone = added_cost_per_extra(added_cost(several(exact, [3]), "today")).iloc[0]
    assert np.isnan(alone["added_cost_per_extra_sek_low"])
    assert "one replication" in alone["reason"]
    with pytest.raises(KeyError, match="there are: today, more"):
        added_cost(several(exact, [3]), "todya")


def test_money_columns_say_which_money(exact):
    many, added = week(5, 14, 60), added_cost(several(exact, [3, 2]), "today")
    frames = [give(many, exact) for give in (scenario_cost, weekly_cost, capacity_cost, cost_per_contact)]
    frames += [full_cost_per_patient(many, exact), cost_by_component(many, exact), added, added_cost_per_extra(added)]
    for frame in frames:
        refuse_bare_money(frame.columns)


def test_every_term_is_there(exact):
    assert set(TERMS) <= set(scenario_cost(week(5, 14, 60), exact).columns)
