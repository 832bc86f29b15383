"""KPP costing stage by stage on the starter's small hospital: what is set aside, words, views, and the trace."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from flowsim.costs.ledger.allocation import METHODS, Method
from flowsim.costs.ledger.contacts import by_group
from flowsim.costs.ledger.example.starter import write_starter
from flowsim.costs.ledger.headings import HEADINGS
from flowsim.costs.ledger.inputs import Inputs, checked, read_inputs
from flowsim.costs.ledger.methods import methods_compared
from flowsim.costs.ledger.periods import accounts_that_do_not_double, half_against_full
from flowsim.costs.ledger.reconciliation import Aside, Stage, closed
from flowsim.costs.ledger.remarks import remark
from flowsim.costs.ledger.run import Costing, costing
from flowsim.costs.ledger.services import View
from flowsim.costs.ledger.tables import both_views, result_tables
from flowsim.costs.ledger.trace import NAMED, OTHER, traced, ways_between
from flowsim.costs.ledger.unit_cost_file import unit_cost_file, write_unit_costs
from flowsim.costs.ledger.usage import deviations
from flowsim.costs.money import refuse_bare_money
from flowsim.errors import FlowsimError, InputError
from flowsim.schema.costing import CostingSettings

pytestmark = [pytest.mark.xdist_group("ledger"), pytest.mark.usefixtures("told_in_swedish")]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    folder = tmp_path_factory.mktemp("small")
    write_starter(folder, "en")
    return read_inputs(folder)


@pytest.fixture(autouse=True)
def every_warning_has_its_swedish(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a costing of these tests warns of must be known in Swedish too."""
    plain = costing

    def checked_costing(*given: Any, **named: Any) -> Costing:
        result = plain(*given, **named)
        assert [text for text in result.warnings if remark(text) == text] == []
        return result

    monkeypatch.setitem(globals(), "costing", checked_costing)


@pytest.fixture(scope="module")
def found(small: Inputs) -> Costing:
    return costing(small)


def more(inputs: Inputs, table: str, **row: Any) -> Inputs:
    """The inputs with one more row, like the table's last but for what is named."""
    frame = inputs[table]
    last = {**frame.iloc[-1].to_dict(), "row": len(frame) + 2, **row}
    new = pd.concat([frame, pd.DataFrame([last]).astype(frame.dtypes.to_dict())], ignore_index=True)
    new.attrs = dict(frame.attrs)
    return inputs.with_tables({table: new})


def changed(inputs: Inputs, table: str, where: dict[str, object], **values: Any) -> Inputs:
    """The inputs with other values in the rows that match."""
    frame = inputs[table].copy()
    match = pd.Series(True, index=frame.index)
    for column, value in where.items():
        match &= frame[column] == value
    assert match.any()
    for column, value in values.items():
        frame[column] = frame[column].astype(object) if value is None else frame[column]
        frame.loc[match, column] = value
    frame.attrs = dict(inputs[table].attrs)
    return inputs.with_tables({table: frame})


def settings(inputs: Inputs, **values: Any) -> Inputs:
    return dataclasses.replace(inputs, settings=CostingSettings(**{"year": 2023, **values}))


def aside(result: Costing) -> dict[str, int]:
    return {one.what: one.ore for stage in result.stages for one in stage.aside}


def per_unit(result: Costing) -> dict[str, float]:
    return dict(zip(result.unit_costs["service"], result.unit_costs["full_cost_sek"], strict=True))


def test_the_starter_ends_where_the_hand_does(found: Costing) -> None:
    assert found.finals.cost() == {"3010": 2_120_000_000, "3040": 1_620_000_000, "3050": 190_000_000}
    assert both_views(found)["full_cost_sek_full_absorption"].tolist() == [500.0, 11_111.11, 1357.14]
    assert aside(found)["account: income"] == -39_000_000
    assert aside(found)["patient costs, lifted to their contacts"] == 800_000_000
    assert all(stage.difference == 0 for stage in found.stages)
    ledger = found.stages[0].into
    contacts = round(found.contacts.frame["full_cost_sek"].sum() * 100)
    assert ledger == contacts + aside(found)["idle capacity"] - 39_000_000
    assert found.warnings == ()


def test_both_languages_and_both_forms_are_the_same_costing(small: Inputs, found: Costing, tmp_path: Path) -> None:
    for path, lang in ((tmp_path / "sv.xlsx", "sv"), (tmp_path / "sv", "sv")):
        write_starter(path, lang)
        other = costing(read_inputs(path))
        assert per_unit(other) == per_unit(found)
        assert other.inputs.settings.title == "Vår klinik"


def test_counts_by_group_give_means_and_no_outliers(found: Costing) -> None:
    groups = by_group(found.contacts).set_index("group")
    assert groups["contacts"].to_dict() == {"hip": 200, "knee": 200, "visits": 1400}
    assert groups["full_cost_patient_sek_per_contact"].to_dict() == {"hip": 21_000.0, "knee": 19_000.0, "visits": 0.0}
    assert groups["full_cost_sek_per_drg_point"]["hip"] == pytest.approx(groups["full_cost_sek"]["hip"] / 410, abs=0.01)
    assert not found.contacts.frame["outlier"].any()


def test_full_absorption_leaves_nothing_idle(small: Inputs) -> None:
    full = costing(small, view="full")
    assert not any("idle" in what for what in aside(full))
    assert full.stages[0].into - aside(full)["account: income"] == round(
        full.contacts.frame["full_cost_sek"].sum() * 100
    )
    assert per_unit(full)["theatre_minute"] == 500.0


def test_idle_up_to_the_readiness_is_no_waste(small: Inputs) -> None:
    ready = costing(changed(small, "capacity", {"cost_centre": "3010"}, readiness_percent=Decimal(15)))
    plain = costing(small)
    name = "readiness: idle capacity up to what is declared"
    assert aside(ready)[name] + aside(ready)["idle capacity"] == aside(plain)["idle capacity"]
    assert aside(ready)[name] == pytest.approx(344_000_000 * 0.75, abs=5)  # 15 % ready of 20 % idle
    everything = costing(changed(small, "capacity", {"cost_centre": "3010"}, readiness_percent=Decimal(30)))
    assert aside(everything)[name] == 344_000_000


def test_over_capacity_and_no_capacity_are_said(small: Inputs) -> None:
    over = costing(changed(small, "capacity", {"cost_centre": "3040"}, practical=Decimal(1400)))
    assert "3040 bed_day: over practical capacity by 4.1%: standard times or capacity are wrong." in over.warnings
    assert per_unit(over)["bed_day"] == 11_111.11
    none = costing(small.with_tables({"capacity": small["capacity"].iloc[:1]}))
    assert any("3040 bed_day: no practical capacity is given" in text for text in none.warnings)
    assert per_unit(none)["bed_day"] == 11_111.11


def test_an_activity_nobody_used_is_all_idle(small: Inputs) -> None:
    unused = small.with_tables({"contact_services": small["contact_services"].query("service != 'visit'")})
    result = costing(unused)
    assert "3050 visit: no care service used it; all its cost is idle." in result.warnings
    idle = result.services.amounts.query("service == '(idle)' and cost_centre == '3050'")
    assert idle["ore"].sum() == 190_000_000
    full = costing(unused, view="full")
    assert full.services.stage.kept == result.services.stage.into


def test_measured_minutes_scale_the_standard(small: Inputs) -> None:
    result = costing(changed(small, "capacity", {"cost_centre": "3010"}, measured=Decimal(46_640)))
    row = deviations(result.services.usage, result.services.rates).iloc[0]
    assert (row["standard_units"], row["measured_units"]) == (42_400, 46_640)
    fixed = 1_720_000_000 / 53_000 + 400_000_000 / 46_640  # öre a measured minute
    assert row["ledger_deviation_sek"] == pytest.approx(fixed * 4240 / 100, abs=0.02)
    assert per_unit(result)["theatre_minute"] == pytest.approx(fixed * 1.1 / 100, abs=0.006)


def test_other_years_and_months_are_outside(small: Inputs) -> None:
    late = more(small, "ledger", period="2024-02", cost_centre="3040", account="4010", amount_sek=77_00)
    assert aside(costing(late))["other year: 2024"] == 77_00
    spring = more(small, "ledger", period="2023-05", cost_centre="3040", account="4010", amount_sek=50_00)
    assert aside(costing(settings(spring, to="2023-03", **{"from": "2023-01"})))["other months of 2023"] == 50_00


def test_costs_may_be_negative_in_the_ledger(small: Inputs, found: Costing) -> None:
    frame = small["ledger"].assign(amount_sek=-small["ledger"]["amount_sek"])
    turned = settings(small.with_tables({"ledger": frame}), sign="costs_negative")
    assert per_unit(costing(turned)) == per_unit(found)


def test_internal_trade_is_netted_or_warned(small: Inputs) -> None:
    buys = more(small, "ledger", cost_centre="3040", account="5010", amount_sek=500_00, counterpart="1030")
    result = costing(buys)
    assert any("internal trade does not sum to 0" in text and "500.00 SEK" in text for text in result.warnings)
    sells = more(buys, "accounts", account="7110", cost_type="material", scope="offset", reason="")
    sells = more(sells, "ledger", cost_centre="1030", account="7110", amount_sek=-500_00, counterpart="3040")
    netted = costing(sells)
    assert not netted.warnings
    assert netted.stages[0].kept == costing(small).stages[0].kept


def test_more_patient_costs_than_booked_stop_the_run(small: Inputs) -> None:
    wrong = changed(small, "patient_costs", {"contact": "hip"}, amount_sek=420_000_001)
    with pytest.raises(
        InputError, match=r"account 5210 = 8,000,000.01\n  More patient costs are lifted than are booked"
    ):
        costing(wrong)


def test_patient_costs_without_a_contact_are_parked(small: Inputs) -> None:
    result = costing(changed(small, "patient_costs", {"contact": "knee"}, contact="nobody"))
    assert result.prepared.parked["ore"].sum() == 380_000_000
    assert "1 patient costs, 3,800,000.00 SEK, have no contact of the list: parked at their centre." in result.warnings
    assert result.finals.cost()["3010"] == 2_120_000_000 + 380_000_000


def test_ongoing_contacts_are_carried_and_services_elsewhere_set_aside(small: Inputs) -> None:
    ongoing = costing(changed(small, "contacts", {"contact": "knee"}, end=None))
    carried = aside(ongoing)["ongoing contacts (1): cost so far"]
    frame = ongoing.contacts.frame.set_index("contact")
    assert carried == round(frame.loc["knee", "full_cost_sek"] * 100) > 380_000_000
    strange = costing(more(small, "contact_services", contact="other", service="bed_day", quantity=Decimal(10)))
    assert aside(strange)["services to contacts outside the period or the list"] > 0
    assert any("1 rows of care services are of contacts outside" in text for text in strange.warnings)
    late = costing(more(small, "contact_services", contact="hip", service="bed_day", date=date(2024, 1, 3)))
    assert any("lie outside the period and are not counted" in text for text in late.warnings)


def test_a_negative_end_warns(small: Inputs) -> None:
    result = costing(more(small, "ledger", cost_centre="3050", account="5010", amount_sek=-300_000_000))
    said = " ".join(result.warnings)
    for words in ("final cost centre 3050 ends below 0", "activity visit of 3050", "unit cost of visit is below 0"):
        assert words in said
    with pytest.raises(InputError):
        unit_cost_file(result).model()


def test_a_leak_stops_and_names_itself() -> None:
    words = "stage 3 supporting -> final: 1,204.55 SEK in that did not come out; largest: 1040 IT 1,204.55"
    stage = Stage("3", "supporting -> final", 500_000, 379_545)
    with pytest.raises(FlowsimError) as caught:
        closed(stage, {"1040 IT": 120_455, "1030": 9}, {"1030": 9})
    assert str(caught.value) == words
    assert closed(Stage("1", "scope", 5, 3, (Aside("research", 2),))).difference == 0


def test_an_ore_lost_on_the_way_stops_the_run(small: Inputs, monkeypatch: pytest.MonkeyPatch) -> None:
    from flowsim.costs.ledger import finals

    whole = finals.spread_rows
    monkeypatch.setattr(
        finals, "spread_rows", lambda ore, parts: whole(ore, parts) - (np.arange(len(ore)) == 0)[:, None]
    )
    with pytest.raises(FlowsimError, match=r"stage 3 .*: 0.03 SEK in that did not come out; largest: 1010 0.03"):
        costing(small)


def test_prices_of_another_year_by_cost_type(small: Inputs, found: Costing) -> None:
    index = pd.DataFrame(
        {
            "row": [2, 3],
            "index": ["wages"] * 2,
            "year": [2024, 2025],
            "percent": [Decimal(4), Decimal("2.5")],
            "source": ["", ""],
        }
    )
    priced = changed(small, "cost_types", {"cost_type": "pay"}, index="wages").with_tables({"indexes": index})
    result = costing(settings(priced, price_year=2025))
    pay = 2_400_000 + 12_000_000 + 10_400_000 + 1_600_000
    assert aside(result)["index 2023 -> 2025: pay"] == -round(pay * 100 * (1.04 * 1.025 - 1))
    assert aside(result)["index 2023 -> 2025: rent"] == 0
    assert result.stages[-1].difference == 0
    assert "cost types without an index are kept at prices of 2023: implants, material, rent." in result.warnings
    with pytest.raises(InputError, match="no percent for 2026"):
        costing(settings(priced, price_year=2026))


def test_the_payroll_add_on_is_checked(small: Inputs) -> None:
    marked = changed(small, "accounts", {"account": "4010"}, payroll="pay")
    marked = changed(marked, "accounts", {"account": "6010"}, payroll="add_on")
    assert any(
        "payroll add-on booked is 26.52% of pay; 52.28% is expected" in text for text in costing(marked).warnings
    )


def test_names_that_no_list_holds_are_told_at_once(small: Inputs) -> None:
    wrong = more(small, "ledger", cost_centre="3099", account="4999", amount_sek=1_234_50)
    with pytest.raises(InputError) as caught:
        checked(wrong)
    said = [str(fault) for fault in caught.value.faults]
    assert said[0].startswith(
        "ledger.csv, line 12: cost_centre = 3099\n  Is not in cost_centres.csv: 1 234.50 SEK in 1 row."
    )
    assert "account = 4999" in said[1]
    wrong = changed(small, "cost_centres", {"cost_centre": "1010"}, key="m3")
    with pytest.raises(InputError, match=r"A supporting cost centre needs a key of keys\.csv: fte, m2"):
        checked(wrong)
    wrong = changed(small, "activities", {"cost_centre": "3010"}, share_percent=Decimal(99))
    with pytest.raises(InputError, match="shares of all sum to 99, not 100"):
        checked(wrong)
    wrong = changed(small, "contact_services", {"service": "visit"}, quantity=Decimal("0.00001"))
    with pytest.raises(InputError, match="Allowed: four decimals"):
        checked(wrong)


@pytest.mark.parametrize(
    ("settings_text", "words"),
    [
        ("setting,value\nyeer,2023\n", r'settings.csv, line 2: yeer = 2023\n  Is not a key here.*Did you mean "year"'),
        ("setting,value\nyear,2023\nfrom,2023-13\n", "settings.csv, line 3: from"),
        ("setting,value\nyear,2023\nfrom,2022-02\n", "must be months of 2023"),
        ("", r"ledger.csv: the year\n  The ledger holds 2022, 2023: say which is costed"),
    ],
)
def test_words_for_settings(settings_text: str, words: str, tmp_path: Path) -> None:
    write_starter(tmp_path, "en")
    (tmp_path / "settings.csv").write_text(settings_text, encoding="utf-8")
    if not settings_text:
        (tmp_path / "settings.csv").unlink()
        with (tmp_path / "ledger.csv").open("a", encoding="utf-8") as file:
            file.write("2022-12,3040,4010,5\n")
    with pytest.raises(InputError, match=words):
        read_inputs(tmp_path)


def test_settings_may_stand_in_a_yaml(tmp_path: Path) -> None:
    write_starter(tmp_path, "en")
    (tmp_path / "costing.yaml").write_text("title: Ours\nyear: 2023\nto: 2023-06\n", encoding="utf-8")
    found = read_inputs(tmp_path).settings
    assert (found.title, found.months) == ("Ours", 6)


def test_a_centre_without_an_activity_stops(small: Inputs) -> None:
    wrong = small.with_tables(
        {"activities": small["activities"].iloc[1:], "care_services": small["care_services"].iloc[1:]}
    )
    with pytest.raises(InputError, match="cost centre 3010, staff"):
        costing(wrong)


def test_a_centre_split_in_two_by_account(tmp_path: Path) -> None:
    write_starter(tmp_path, "en")
    for name, old, new in (
        (
            "cost_centres",
            "1010,Premises,supporting,m2",
            "1010.rent,Rent,supporting,m2,1\n1010.pay,Janitors,supporting,fte,2",
        ),
        ("cost_centres", "cost_centre,name,kind,key", "cost_centre,name,kind,key,step_order"),
        ("accounts", "account,name,cost_type,scope,reason", "account,name,cost_type,scope,reason,part"),
        ("accounts", "4010,Pay,pay,in,", "4010,Pay,pay,in,,pay"),
        ("ledger", "2023-01,1010,6010,7000000", "2023-01,1010,6010,6950000\n2023-01,1010,4010,50000"),
    ):
        path = tmp_path / f"{name}.csv"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
    result = costing(read_inputs(tmp_path))
    assert result.prepared.network.supporting == ("1010.rent", "1010.pay", "1030")
    assert (result.prepared.own() / 100).tolist() == [6_950_000, 50_000, 2_400_000]
    assert sum(result.finals.cost().values()) == 3_930_000_000


def test_the_trace_sums_to_each_service_and_names_the_ways(found: Costing) -> None:
    services = ["theatre_minute", "bed_day", "visit"]
    trace = traced(found, services)
    used = found.services.used.groupby("service")["ore"].sum() / 100
    sums = trace.groupby("service")["full_cost_sek"].sum().round(2)
    assert sums.to_dict() == used.to_dict()
    accounts = dict(zip(found.inputs["accounts"]["account"], found.inputs["accounts"]["cost_type"], strict=True))
    assert set(trace["account"].map(accounts)) == {"pay", "material", "rent"}
    ways = dict(ways_between(found.allocation, 0, 0))
    assert list(ways) == ["m2", "m2 > 1030 > fte", OTHER]
    assert ways["m2"] / sum(ways.values()) == pytest.approx(0.5 / (56 / 95))
    assert 1 - ways[OTHER] / sum(ways.values()) >= NAMED


def test_shares_and_amounts_in_swedish_warnings_are_written_as_swedish_writes_them() -> None:
    assert remark("own use is dropped, it changes nothing: 1010 (4.2%), 1020 (12%).") == (
        "eget bruk räknas bort, det ändrar inget: 1010 (4,2\u00a0%), 1020 (12\u00a0%)."
    )
    assert "26,52 % av lönen" in remark("payroll add-on booked is 26.52% of pay; 52.28% is expected (± 2 points).")


def test_methods_side_by_side_say_why_one_cannot_be_used(small: Inputs) -> None:
    only = small["keys"][(small["keys"]["key"] != "m2") | (small["keys"]["to_cost_centre"] == "1030")]
    centres, units, refused = methods_compared(costing(small.with_tables({"keys": only})))
    assert remark(refused[0]).startswith("direct: 1010 betjänar bara hjälpkostnadsställen")
    assert refused[0].startswith("direct: 1010: serves supporting cost centres only")
    assert centres["full_cost_direct_sek"].isna().all()
    assert (units["full_cost_step_down_sek"] > 0).all()


def test_half_year_against_full_year_adds_up(small: Inputs) -> None:
    halved = changed(small, "ledger", {"cost_centre": "3040", "account": "4010"}, amount_sek=480_000_000)
    halved = changed(halved, "keys", {"key": "m2", "to_cost_centre": "3010"}, value=Decimal(900))
    halved = changed(halved, "care_services", {"service": "visit"}, standard_units=Decimal(35))
    halved = changed(halved, "contact_services", {"service": "bed_day", "contact": "hip"}, quantity=Decimal(360))
    table = half_against_full(halved, small)
    change = table.filter(like="change").sum(axis=1)
    gap = table["full_cost_full_year_sek"] - table["full_cost_half_year_sek"]
    assert change.tolist() == pytest.approx(gap.tolist(), abs=0.006)
    assert (table.filter(like="change").abs().sum() > 0).all()
    odd = accounts_that_do_not_double(halved, small).set_index("account")
    assert odd.loc["6010", "times"] == 1.0


def test_the_unit_cost_file_is_one_the_simulation_reads(found: Costing, tmp_path: Path) -> None:
    from flowsim.costs.kpp import load_unit_costs

    file = write_unit_costs(found, tmp_path / "kpp.yaml")
    costs = load_unit_costs(tmp_path / "kpp.yaml")
    theatre = costs.resources["theatre"]
    assert theatre.fixed_sek_per_week + 4 * theatre.step.sek_per_step == pytest.approx(
        theatre.reference_sek_per_unit * 9.6, abs=20
    )  # today's steps and the fixed part together are today's capacity at the reference rate
    assert theatre.step.release_weeks == 13
    assert costs.care_services["patient_costs_surgery"].components[""].variable_sek == 2_000_000
    assert costs.contacts["surgery"] == {"theatre_minute": 106, "bed_day": "bed_days", "patient_costs_surgery": 1}
    assert not file.notes
    larger = changed(found.inputs, "simulation_resources", {"resource": "theatre"}, capacity_per_week=Decimal(20))
    (note,) = unit_cost_file(costing(larger)).notes
    assert note.startswith(
        "theatre: 20 a week of 106 units is 2,120; the practical capacity of 3010 operation is 1,016"
    )


def test_a_step_may_be_told_with_the_capacity(small: Inputs) -> None:
    plain = changed(small, "simulation_resources", {"resource": "theatre"}, step_name="", step_size=None, steps=None)
    by_list = changed(plain, "capacity", {"cost_centre": "3010"}, step_name="list", step_size=Decimal(318))
    step = unit_cost_file(costing(by_list)).data["resources"]["theatre"]["step"]
    assert step == {"name": "list", "size": 3, "sek_per_step": 61_056.0, "release_weeks": 13}
    without = unit_cost_file(costing(plain)).data["resources"]["theatre"]
    assert "step" not in without  # then all its capacity goes with the calendar
    assert without["fixed_sek_per_week"] == pytest.approx(86_016 + 4 * 61_056, abs=0.05)


def test_what_is_no_resource_of_the_simulation_is_charged_as_bought(small: Inputs) -> None:
    frame = small["simulation_resources"].query("resource != 'ward'")
    file = unit_cost_file(costing(small.with_tables({"simulation_resources": frame})))
    assert any(text.startswith("bed_day: 9,012.35 SEK of fixed cost a unit") for text in file.notes)
    assert "resource" not in file.data["care_services"]["bed_day"]
    wrong = changed(small, "simulation_contacts", {"service": "visit"}, service="vist")
    with pytest.raises(InputError, match="Is no care service of care_services"):
        unit_cost_file(costing(wrong))


def test_gross_costs_and_flows_stand_beside(found: Costing) -> None:
    tables = result_tables(found)
    assert tables["supporting"]["ledger_gross_sek"].tolist() == [8_000_000.0, 4_000_000.0]
    flows = tables["flows"].set_index(["from_centre", "to_centre"])["ledger_flow_sek"]
    assert flows["1030", "1010"] == 1_000_000.0
    parts = tables["unit_cost_parts"].groupby("service")["full_cost_sek_per_unit"].sum().round(2)
    assert parts.to_dict() == per_unit(found)


AMOUNTS = st.lists(st.integers(-(10**10), 10**11), min_size=10, max_size=10)
COUNTS = st.lists(st.sampled_from([0, 1, 7, 360, 21_600]), min_size=5, max_size=5)


@settings_of(max_examples=10, deadline=None)
@given(
    AMOUNTS, COUNTS, st.lists(st.sampled_from([0, 1, 900, 65_000]), min_size=3, max_size=3),
    st.sampled_from(["standard", "full"]), st.sampled_from(METHODS), st.sampled_from([0, 15, 100]), st.booleans(),
)  # fmt: skip
def test_no_ore_is_lost_whatever_the_year(
    small: Inputs,
    ore: list[int],
    used: list[int],
    capacity: list[int],
    view: View,
    method: Method,
    ready: int,
    on: bool,
) -> None:
    ledger, services, able = (small[name].copy() for name in ("ledger", "contact_services", "capacity"))
    ledger["amount_sek"], services["quantity"] = ore, [Decimal(one) for one in used]
    able["practical"], able["readiness_percent"] = [Decimal(one) for one in capacity], Decimal(ready)
    contacts = small["contacts"].assign(end=[None, date(2023, 5, 1), date(2023, 5, 1)]) if on else small["contacts"]
    tables = {"ledger": ledger, "contact_services": services, "capacity": able, "contacts": contacts}
    result = costing(small.with_tables({**tables, "patient_costs": small["patient_costs"].iloc[:0]}), method, view)
    assert all(stage.difference == 0 for stage in result.stages)
    apart = sum(one.ore for stage in result.stages[:-2] for one in stage.aside)
    assert result.stages[0].into == sum(ore) == apart + round(result.contacts.frame["full_cost_sek"].sum() * 100)
    trace = traced(result, small["care_services"]["service"])
    assert round(trace["full_cost_sek"].sum() * 100) == result.services.used["ore"].sum()


def test_thresholds_per_drg_mark_outliers(small: Inputs) -> None:
    single = small.with_tables({"contacts": small["contacts"].assign(number=1)})
    limits = pd.DataFrame({"row": [2], "drg": ["H04E"], "threshold_sek": [10_000_000_00]})
    marked = costing(single.with_tables({"outlier_thresholds": limits})).contacts.frame.set_index("contact")["outlier"]
    assert marked.to_dict() == {"hip": False, "knee": True, "visits": False}
    own = costing(single).contacts.frame.set_index("contact")["outlier"]
    assert own.to_dict() == {"hip": True, "knee": False, "visits": True}  # the dearest of each care form, rounded up


def test_staff_and_equipment_stand_beside_the_ledger(small: Inputs) -> None:
    staff = pd.DataFrame(
        {
            "row": [2], "period": ["2023-01"], "cost_centre": ["3040"], "profession": ["nurse"],
            "hours_worked": [Decimal(1400)], "fte": [None], "pay_sek": [35_000_000], "overtime_hours": [Decimal(0)],
        }
    )  # fmt: skip
    items = pd.DataFrame(
        {
            "row": [2, 3], "item": ["table", "old"], "cost_centre": ["3010", "3010"],
            "purchase_sek": [730_000_00, 100_00], "bought": [date(2022, 1, 1), date(2000, 1, 1)],
            "life_years": [Decimal(10), Decimal(5)], "hours_per_year": [None, None],
        }
    )  # fmt: skip
    result = result_tables(costing(small.with_tables({"staff": staff, "equipment": items})))
    assert result["staff"].iloc[0].tolist() == ["3040", "nurse", 1400.0, 0.0, 1.0, 350_000.0, 250.0, 380.7]
    assert result["equipment"].iloc[0].tolist() == ["3010", 2, 73_000.0, 0.0, -73_000.0]


def test_the_unit_cost_file_keeps_idle_apart_whatever_the_view(small: Inputs, found: Costing) -> None:
    assert unit_cost_file(costing(small, view="full")).data == unit_cost_file(found).data
    bare = {name: frame for name, frame in small.frames.items() if not name.startswith("simulation")}
    file = unit_cost_file(costing(dataclasses.replace(small, frames=bare)))
    assert "no sheet simulation_contacts" in file.notes[-1]
    assert all(remark(text) != text for text in file.notes)
    assert file.model().care_services["visit"].resource is None


def test_money_columns_say_which_money_they_are(found: Costing) -> None:
    names = {"cost_centre", "cost_centres", "origin_cost_centre", "outlier_share"}
    for name, table in result_tables(found, ["visit"]).items():
        refuse_bare_money(column for column in table.columns if column not in names)
        for column in table.columns:
            assert column.endswith(("_centre", "_centres")) or column in HEADINGS or column in SHARED, (name, column)


SHARED = {
    "account",
    "activity",
    "contact",
    "contacts",
    "full_cost_sek",
    "group",
    "name",
    "patient",
    "patients",
    "service",
    "unit",
}
