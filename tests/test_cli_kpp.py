"""`flowsim kpp`: the made-up hospital end to end, and a controller's own workbook from faults in words to money."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from test_cli import flowsim

import flowsim as fs
from flowsim.costs.kpp import cost_per_contact, load_unit_costs
from flowsim.costs.ledger.contacts import by_group, outlier_summary
from flowsim.costs.ledger.example import write
from flowsim.costs.ledger.inputs import read_inputs
from flowsim.costs.ledger.methods import methods_compared
from flowsim.costs.ledger.run import Costing, costing
from flowsim.costs.ledger.trace import traced
from flowsim.costs.ledger.unit_cost_file import unit_cost_file
from flowsim.costs.missing_prices import missing_prices
from flowsim.costs.scenario_cost import scenario_cost
from flowsim.sheets import read_book

pytestmark = pytest.mark.xdist_group("kpp")
SHIPPED = Path(__file__).parents[1] / "calibration" / "kpp_example.yaml"
SCENARIOS = Path(__file__).parents[1] / "scenarios"
GOLDEN = Path(__file__).parent / "golden" / "kpp_example_unit_costs.csv"
"""Refreshed by: flowsim kpp --out FOLDER --unit-costs calibration/kpp_example.yaml, then FOLDER/unit_costs.csv."""


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Costing:
    folder = tmp_path_factory.mktemp("hospital")
    write(folder)
    return costing(read_inputs(folder))


def test_the_example_is_as_large_as_it_says_and_closes(hospital: Costing) -> None:
    inputs = hospital.inputs
    least = {"cost_centres": 40, "accounts": 300, "ledger": 30_000, "contacts": 20_000}
    assert all(len(inputs[name]) >= number for name, number in least.items())
    assert [stage.number for stage in hospital.stages] == list("12345678")
    assert all(stage.difference == 0 for stage in hospital.stages)
    cost = hospital.contacts.frame["full_cost_sek"]
    lines = sum(
        one.ore for stage in hospital.stages for one in stage.aside if not one.what.startswith(("patient", "ongoing"))
    )
    assert hospital.stages[0].into == round(cost.sum() * 100) + lines
    assert inputs.settings.made_up


def test_the_example_has_golden_unit_costs_and_ships_them(hospital: Costing) -> None:
    golden = pd.read_csv(GOLDEN)
    found = hospital.unit_costs
    assert found["service"].tolist() == golden["care service"].tolist()
    assert found["full_cost_sek"].tolist() == golden["full cost, SEK"].tolist()
    assert found["variable_unit_sek"].tolist() == golden["variable per unit, SEK"].tolist()
    file = unit_cost_file(hospital)
    shipped = load_unit_costs(SHIPPED)
    assert file.model().care_services == shipped.care_services
    assert file.model().resources == shipped.resources


def test_a_hip_costs_what_it_should_and_the_tail_is_real(hospital: Costing) -> None:
    groups = by_group(hospital.contacts).set_index("group")
    assert 80_000 < groups.loc["hip", "full_cost_sek_per_contact"] < 120_000
    tail = outlier_summary(hospital.contacts).set_index("care_form")
    assert tail.loc["inpatient", "outliers"] == -(-tail.loc["inpatient", "contacts"] * 5 // 100)
    assert 0.15 < tail.loc["inpatient", "outlier_share"] < 0.3


def test_final_costs_are_those_of_kronor_passed_on_one_by_one(hospital: Costing) -> None:
    """Brute force: every supporting centre passes on what it has by its key, again and again, until nothing is left."""
    inputs, prepared = hospital.inputs, hospital.prepared
    accounts = inputs["accounts"].merge(inputs["cost_types"], on="cost_type", how="left").set_index("account")
    centres = inputs["cost_centres"].set_index("cost_centre")
    rows = inputs["keys"].groupby("key")
    keys = {key: dict(zip(one["to_cost_centre"], map(float, one["value"]), strict=True)) for key, one in rows}
    volume = {key: (one["kind"] == "volume").all() for key, one in rows}
    cells = prepared.cells.assign(variable=prepared.cells["account"].map(accounts["behaviour"]) == "variable")
    for only in (None, True):
        have = (cells[cells["variable"]] if only else cells).groupby("cost_centre")["ore"].sum().astype(float).to_dict()
        final = {name: have.pop(name, 0.0) for name in centres.index[centres["kind"] == "final"]}
        while sum(map(abs, have.values())) > 1e-6:
            passed: dict[str, float] = {}
            for name, ore in have.items():
                key = centres.at[name, "key"]
                if only and not volume[key]:
                    continue
                to = {target: value for target, value in keys[key].items() if target != name}
                for target, value in to.items():
                    where = final if target in final else passed
                    where[target] = where.get(target, 0.0) + ore * value / sum(to.values())
            have = passed
        finals = hospital.finals
        mine = finals.behaviour == 0 if only else finals.behaviour >= 0
        got = pd.Series(finals.ore[mine]).groupby(finals.final[mine]).sum()
        for k, name in enumerate(finals.finals):
            assert got.get(k, 0) == pytest.approx(final[name], abs=200)  # öre; each cell is rounded


def test_a_theatre_minute_is_traced_to_the_ore(hospital: Costing) -> None:
    trace = traced(hospital, ["theatre_minute"])
    used = hospital.services.used.query("service == 'theatre_minute'")["ore"].sum()
    assert round(trace["full_cost_sek"].sum() * 100) == used
    named = trace[trace["key_path"] != "other paths"]["full_cost_sek"].abs().sum()
    assert named / trace["full_cost_sek"].abs().sum() > 0.95
    assert {"own cost", "hours_ortho", "sterile_sets", "m2"} <= set(trace["key_path"])


def test_methods_differ_little_for_step_down_and_more_for_direct(hospital: Costing) -> None:
    centres, units, refused = methods_compared(hospital)
    assert not refused
    assert centres["step_down_percent"].abs().max() < 5
    assert 5 < centres["direct_percent"].abs().max() < 21
    for method in ("reciprocal", "step_down", "direct"):
        assert round(centres[f"full_cost_{method}_sek"].sum() * 100) == hospital.stages[2].kept
    assert len(units) == len(hospital.unit_costs)


def test_every_contact_adds_up(hospital: Costing) -> None:
    frame = hospital.contacts.frame
    kinds = frame.filter(regex="full_cost_(staff|room|equipment|material|patient|overhead)_sek").sum(axis=1)
    split = frame.filter(regex="full_cost_(variable|step_fixed|fixed)_sek").sum(axis=1)
    assert (kinds - frame["full_cost_sek"]).abs().max() < 0.005
    assert (split - frame["full_cost_sek"]).abs().max() < 0.005


def test_a_contact_is_within_an_ore_a_pool_of_exact(hospital: Costing) -> None:
    rates = hospital.services.rates.groupby("service")["unit_ore"].agg(lambda ores: float(sum(ores)))
    pools = hospital.services.rates.groupby("service").size()
    lines = hospital.services.usage.lines
    exact = lines["quantity"] / 10**4 * lines["service"].map(rates)
    by_contact = pd.DataFrame({"exact": exact, "pools": lines["service"].map(pools)}).groupby(lines["contact"]).sum()
    frame = hospital.contacts.frame.set_index("contact")
    lifted = hospital.prepared.lifted.groupby("contact")["ore"].sum().reindex(by_contact.index).fillna(0)
    got = frame.loc[by_contact.index, "full_cost_sek"] * 100 - lifted
    assert ((got - by_contact["exact"]).abs() < by_contact["pools"]).all()


def test_the_examples_unit_costs_fit_the_orthopaedic_clinic() -> None:
    scenario = fs.load(SCENARIOS / "ortho_today.yaml")
    costs = load_unit_costs(SHIPPED)
    priced = {name for name, step in scenario.model.pathway.items() if step.kpp != "overhead"}
    assert priced <= set(costs.contacts)
    assert set(scenario.model.resources) <= set(costs.resources)


@pytest.mark.slow
def test_the_orthopaedic_clinic_runs_with_them() -> None:
    results = fs.run([fs.load(SCENARIOS / "ortho_today.yaml")], replications=2, seed=1)
    costs = load_unit_costs(SHIPPED)
    assert not missing_prices(results, costs)
    total = scenario_cost(results, costs)
    others = ["full_cost_sek", "total_cash_overtime_sek", "total_cash_tranche_sek", "bought_sek"]
    others += ["unused_capacity_sek", "capacity_rate_deviation_sek"]
    assert (total[others].sum(axis=1) - total["total_cash_sek"]).abs().max() < 0.005
    contacts = cost_per_contact(results, costs)
    hips = contacts[(contacts["step"] == "surgery") & (contacts["group"] == "hip")]
    assert 80_000 < hips["full_cost_sek"].mean() < 120_000


def starter(tmp_path: Path, name: str = "kpp.xlsx", lang: str = "sv") -> Path:
    path = tmp_path / name
    assert flowsim("kpp", "--starter", path, "--lang", lang).exit_code == 0
    return path


def test_the_starter_workbook_goes_the_whole_way(tmp_path: Path) -> None:
    book = starter(tmp_path)
    unit_costs, out = tmp_path / "kpp.yaml", tmp_path / "ut.xlsx"
    done = flowsim("kpp", book, "--lang", "sv", "--trace", "bed_day", "--out", out, "--unit-costs", unit_costs)
    assert done.exit_code == 0, done.output
    assert (
        "Vår klinik: KPP 2023-01 – 2023-12, ömsesidig fördelning, ledig kapacitet för sig, 2023 års priser."
        in done.output
    )
    assert "Avstämning, kr: in = kvar + avskilt" in done.output
    assert "Vem betalade in i en enhet av bed_day" in done.output
    assert load_unit_costs(unit_costs).contacts["surgery"]["bed_day"] == "bed_days"
    sheets = read_book(out)
    assert {"unit_costs", "reconciliation", "groups", "trace", "keys", "contacts"} <= set(sheets.names)
    assert "Fullkostnad, kr" in sheets.tables["unit_costs"].headings


def test_json_and_the_other_methods(tmp_path: Path) -> None:
    folder = starter(tmp_path, "kpp", "en")
    done = flowsim("kpp", folder, "--method", "step_down", "--view", "full", "--json")
    data = json.loads(done.stdout)
    assert data["method"] == "step_down"
    assert [round(one["full_cost_sek"], 2) for one in data["unit_costs"]][:1] != []
    assert {line["ledger_sek"] for line in data["reconciliation"] if line["line"] == "difference"} == {0.0}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--method", "simplex"], 'There is no method "simplex". Allowed: reciprocal, step_down, direct.'),
        (["--view", "half"], '"half" is no view. Allowed: standard, full.'),
        (["--trace", "bedday"], 'there is no care service "bedday"'),
    ],
)
def test_words_for_wrong_options(arguments: list[str], words: str, tmp_path: Path) -> None:
    done = flowsim("kpp", starter(tmp_path, "kpp", "en"), *arguments)
    assert done.exit_code in (1, 2)
    assert words in done.output


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    book = starter(tmp_path)
    for option in ("--starter", "--example"):
        done = flowsim("kpp", option, book)
        assert done.exit_code == 2
        assert "exists already" in done.output
    assert flowsim("kpp", tmp_path / "nothing").exit_code == 2


def test_a_controllers_own_workbook_from_faults_to_unit_costs(tmp_path: Path) -> None:
    """Swedish numbers of every kind, one wrong key, one unknown account: words, mended, unit costs."""
    folder = starter(tmp_path, "egen", "sv")
    ledger = folder / "Huvudbok.csv"
    text = ledger.read_text(encoding="utf-8-sig")
    text = text.replace("7000000", "7\u00a0000\u202f000,00").replace(";-390000", ";\u2212390 000,00")
    text += "2023-01;3040;4010;100,00-\n2023-01;3040;4999;1 234,50\n2023-01;3050;5010;1.234,50\n"
    ledger.write_text(text, encoding="utf-8")
    accounts = folder / "Konton.csv"
    named = accounts.read_text(encoding="utf-8-sig").replace("Lön", "Lön sjuksköterskor på avdelning Ängen")
    accounts.write_text(named, encoding="cp1252")
    done = flowsim("kpp", folder)
    assert done.exit_code == 2
    assert "Huvudbok.csv, line 14: Belopp = 1.234,50\n  Allowed: one decimal sign" in done.output
    ledger.write_text(text.replace("1.234,50", "1 234,50"), encoding="utf-8")
    centres = folder / "Kostnadsställen.csv"
    right = centres.read_text(encoding="utf-8-sig")
    centres.write_text(right.replace(";fte", ";ftee"), encoding="utf-8")
    done = flowsim("kpp", folder)
    assert done.exit_code == 2
    assert "key of 1030 = ftee\n  A supporting cost centre needs a key of Nycklar.csv: fte, m2" in done.output
    assert "account = 4999\n  Is not in Konton.csv: 1 234.50 SEK in 1 row." in done.output
    centres.write_text(right, encoding="utf-8")
    ledger.write_text(text.replace("1.234,50", "1 234,50").replace(";4999;", ";5010;"), encoding="utf-8")
    done = flowsim("kpp", folder, "--unit-costs", tmp_path / "kpp.yaml", "--lang", "sv")
    assert done.exit_code == 0, done.output
    assert "Obs: Konton.csv: läst som Windows-1252" in done.output
    assert load_unit_costs(tmp_path / "kpp.yaml").price_year == 2023


def test_measured_minutes_and_dropped_shares_are_shown(tmp_path: Path) -> None:
    folder = starter(tmp_path, "kpp", "sv")
    path = folder / "Kapacitet.csv"
    text = path.read_text(encoding="utf-8-sig").replace("Praktisk kapacitet", "Praktisk kapacitet;Uppmätt")
    path.write_text(text.replace(";53000", ";53000;46640").replace(";1620", ";1620;").replace(";65000", ";65000;"))
    done = flowsim("kpp", folder, "--method", "step_down", "--lang", "sv")
    assert done.exit_code == 0, done.output
    assert "Uppmätt mot standardtid" in done.output
    assert "Bortfallna andelar bakåt" in done.output
    assert "Obs: hjälpkostnadsställen i en cirkel: 1010, 1030." in done.output


def test_half_year_beside_the_full_year(tmp_path: Path) -> None:
    full, half = starter(tmp_path, "full", "en"), starter(tmp_path, "half", "en")
    ledger = half / "ledger.csv"
    ledger.write_text(ledger.read_text(encoding="utf-8").replace("10400000", "4800000"), encoding="utf-8")
    done = flowsim("kpp", full, "--half-year", half)
    assert done.exit_code == 0, done.output
    assert "Half year against full year, SEK per unit" in done.output
