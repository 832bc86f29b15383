"""Productivity indicators: by hand, empty where they must be, from a run counted twice; BUK and TAK by resource."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hand_made import SETTING as HAND
from hand_made import results as by_hand
from typer.testing import CliRunner
from worked_week import SETTING, capacity, contact, operated, results

import flowsim as fs
from flowsim.cli import app
from flowsim.costs.indicators.actual import CONTACTS, MONTHLY, SWEDISH, read_monthly
from flowsim.costs.indicators.definitions import INDICATORS, KEYS, quantities
from flowsim.costs.indicators.from_run import load_run_indicators, monthly_quantities, months_of
from flowsim.costs.indicators.monthly import definitions_table, indicators, wide
from flowsim.costs.payment import activity
from flowsim.errors import InputError
from flowsim.measures.own_counts import (
    BUK,
    TAK,
    backlog_of_counts,
    buk_changes,
    buk_of_counts,
    buk_split,
    tak_of_counts,
)
from flowsim.measures.resource_buk import VisitMinutes, buk_by_resource, tak_by_resource
from flowsim.schema.indicators import run_indicators
from flowsim.schema.payments import payments
from flowsim.schema.reading import read
from flowsim.sheets import write_book
from flowsim.sheets.forms import framed
from flowsim.sheets.table import read_table

pytestmark = pytest.mark.usefixtures("told_in_swedish")

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "flowsim" / "costs" / "indicators" / "example"
MARCH = {
    "period": "2027-03", "operation_minutes": 44_640, "rooms": 5, "open_room_hours": 1_000, "operations": 465,
    "inpatient_hours_somatic": 20_000, "inpatient_key_somatic": 0.8, "bed_days_somatic": 1_000,
    "inpatient_hours_psychiatric": 4_000, "bed_days_psychiatric": 200, "contacts_somatic": 6_200,
    "outpatient_hours_somatic": 16_500, "contacts_psychiatric": 310, "outpatient_hours_psychiatric": 1_650,
    "doctor_treatments": 300, "doctor_hours_somatic": 1_650, "doctor_visits": 800, "emergency_hours": 9_000,
    "emergency_visits": 3_000, "emergency_doctor_visits": 3_100, "emergency_doctor_hours": 3_300,
    "full_cost_inliers_sek": 5_500_000, "points_inliers": 100,
}  # fmt: skip
BY_HAND = {
    "1": 20.0, "1b": 74.4, "2": 15.0, "3": 16.0, "4": 20.0, "5": 2.0, "6": 1.0, "7": 30.0, "7b": 30 / 31, "8": 80.0,
    "8b": 80 / 31, "9": 3.0, "10": 5.0, "DRG": 55_000.0,
}  # fmt: skip


def values(row: dict[str, object], **more: float) -> dict[str, float]:
    frame = indicators(pd.DataFrame([row]), **more)
    return dict(zip(frame["number"], frame["value"], strict=True))


def test_all_ten_by_hand():
    assert values(MARCH) == pytest.approx(BY_HAND)
    assert set(BY_HAND) == {one.number for one in INDICATORS}


def test_hours_per_fte_is_a_parameter_and_the_year_of_doctors_is_high():
    assert values(MARCH, hours_per_fte=330)["8"] == pytest.approx(2 * BY_HAND["8"])
    year = {"period": "2027-01", "doctor_visits": 4_316, "doctor_hours_somatic": 5_924}
    frame = indicators(pd.DataFrame([year])).set_index("number")
    assert round(frame.loc["8", "value"], 1) == 120.2
    assert frame.loc["8", "outside"] == "above"
    assert frame.loc["8", "spread"] == "47.6–105.4"


@pytest.mark.parametrize(
    ("name", "number"),
    [("doctor_hours_somatic", "8"), ("doctor_visits", "8"), ("emergency_visits", "9"), ("emergency_hours", "9"),
     ("contacts_somatic", "5"), ("bed_days_somatic", "3")],
)  # fmt: skip
def test_no_hours_or_visits_is_empty_not_zero(name, number):
    frame = indicators(pd.DataFrame([MARCH | {name: 0}])).set_index("number")
    assert math.isnan(frame.loc[number, "value"])
    assert frame.loc[number, "reason"] == f"0: {name}"


def test_no_operations_is_zero_and_nothing_known_is_left_out():
    assert values(MARCH | {"operations": 0})["2"] == 0
    assert set(values({"period": "2027-01", "operations": 31})) == {"2"}
    frame = indicators(pd.DataFrame([{"period": "2027-01", "doctor_visits": 9}])).set_index("number")
    assert frame.loc["8", "reason"] == "missing: doctor_hours_somatic"


def test_definitions_are_printed_in_both_languages():
    for lang, word in (("en", "hours"), ("sv", "timmar")):
        frame = definitions_table([one.number for one in INDICATORS], lang, 165).set_index("number")
        assert word in frame.loc["3", "formula"]
        assert (frame["formula"] != "").all()
        assert frame.loc["8", "hours_per_fte"] == 165
        assert math.isnan(frame.loc["3", "hours_per_fte"])
    assert set(SWEDISH) == {*quantities(), *KEYS}


def test_contacts_by_type_fill_what_is_not_given(tmp_path):
    rows = [("somatic", "F", "yes", 600, 40), ("somatic", "F", "no", 1_400, None), ("emergency", "EF", "yes", 200, 10),
            ("psychiatric", "TB", "yes", 300, None), ("somatic", "X", "yes", 77, None)]  # fmt: skip
    contacts = pd.DataFrame(rows, columns=["Område", "Kontakttyp", "Läkare", "Antal", "Med KVÅ-kod"])
    contacts.insert(0, "Period", "2027-01")
    monthly = pd.DataFrame(
        [{"Period": "2027-01", "Läkartimmar somatik": 1_650.0, "Timmar öppenvård somatik": 16_500.0}]
    )
    write_book(tmp_path / "data.xlsx", {"Månadsvärden": monthly, "Vårdkontakter per typ": contacts})
    frame, left_out = read_monthly(tmp_path / "data.xlsx")
    assert left_out == [("X", 77.0)]
    found = indicators(frame).set_index("number")["value"]
    assert found["8"] == 80
    assert found["7"] == 5
    assert found["5"] == pytest.approx(2_000 / 100 / 31)


def test_faults_of_actual_data(tmp_path):
    path = tmp_path / "data.csv"
    for text, words in (
        ("period;operations\n2027-13;3\n", "line 2: period"),
        ("period;operations\n2027-01;-3\n", "0 or more"),
        ("period;inpatient_key_somatic\n2027-01;80\n", "a share of the hours"),
        ("period;operations\n2027-01;3\n2027-01;4\n", "no two rows"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=words):
            read_monthly(path)


MAPPING = """
theatre: {rooms: 1, minutes_per_operation: 100, open_hours_per_week: 40}
operations: surgery
beds: ward
contacts: [surgery]
hours: {inpatient_somatic: {resource: ward, hours_per_unit: 2}, outpatient_somatic: {per_month: 310, key: 0.5}}
"""


def test_a_run_by_hand():
    setting = replace(SETTING, weeks=6)
    rows = [*operated(3), contact(7, "surgery", 28.5, 28.5), contact(9, "surgery", 3.0, 3.0, group="other")]
    found = results(rows, [capacity("ward", 42.0, week=w) for w in range(6)], setting)
    frame = monthly_quantities(found, run_indicators(*read(MAPPING, "run.yaml"))).set_index("period")
    assert frame["days"].tolist() == [28, 14]
    assert frame["operations"].tolist() == [3, 1]
    assert frame["operation_minutes"].tolist() == [300, 100]
    assert frame["bed_days_somatic"].tolist() == [6, 0]
    assert frame["inpatient_hours_somatic"].tolist() == [4 * 84, 2 * 84]
    assert frame["outpatient_hours_somatic"].tolist() == [310 * 28 / 31, 310 * 14 / 28]
    assert frame["open_room_hours"].tolist() == [160, 80]
    table = indicators(frame.reset_index())
    assert wide(table)["2"].tolist() == [3 / 28, 1 / 14]


def test_months_of_a_horizon():
    months = months_of(replace(SETTING, weeks=104))
    assert (months.periods[0], months.periods[-1], len(months.periods)) == ("2027-01", "2028-12", 24)
    assert months.days.sum() == 728
    assert months.days[0] == 28


def test_cost_of_a_drg_point_leaves_the_dearest_out(tmp_path):
    terms = payments(
        *read("price_year: 2023\ndrg_weights: {A: 2}\npayments:\n  b: {model: block, amounts_sek: {}}", "p")
    )
    setting = replace(SETTING, weeks=2)
    found = results(operated(20), [capacity("theatre", 30.0)], setting)
    ended = activity(found, terms, {"hip": "A"})
    priced = replace(ended, contacts=ended.contacts.assign(full_cost_sek=[1_000.0] * 19 + [9_000.0]))
    frame = monthly_quantities(found, run_indicators(*read(MAPPING, "run.yaml")), priced)
    assert frame["full_cost_inliers_sek"].sum() == 19_000
    assert frame["points_inliers"].sum() == 38
    tied = replace(ended, contacts=ended.contacts.assign(full_cost_sek=1_000.0))
    assert monthly_quantities(found, run_indicators(*read(MAPPING, "run.yaml")), tied)["points_inliers"].sum() == 0


def test_a_mapping_that_names_what_is_not_there():
    found = results(operated(1), [capacity("ward", 42.0)])
    with pytest.raises(InputError) as caught:
        monthly_quantities(found, run_indicators(*read(MAPPING.replace("surgery", "surgry", 1), "run.yaml")))
    assert 'Did you mean "surgery"' in str(caught.value)
    with pytest.raises(InputError, match="one of per_month"):
        run_indicators(*read("hours: {doctor_somatic: {key: 0.5}}", "run.yaml"))


def test_the_shipped_mapping_fits_the_shipped_scenario():
    from flowsim import measures

    today = fs.load(ROOT / "scenarios" / "ortho_today.yaml")
    file = load_run_indicators(ROOT / "calibration" / "ortho_indicators.yaml")
    model = today.model.model_copy(update={"horizon": today.model.horizon.model_copy(update={"weeks": 8})})
    short = replace(
        today,
        model=model,
        periods=tuple((day, one.model_copy(update={"horizon": model.horizon})) for day, one in today.periods),
    )
    run = fs.run([short], replications=1, seed=1)
    frame = monthly_quantities(run, file)
    nights = measures.bed_occupancy(run)
    assert frame["bed_days_somatic"].sum() == nights[nights["resource"] == "ward"]["occupied"].sum()
    total = indicators(frame)
    assert total["value"].notna().any()
    minutes = {name: VisitMinutes(visit.minutes, visit.value_minutes) for name, visit in file.buk.items()}
    returns = {name: visit.returns for name, visit in file.buk.items()}
    buk = buk_by_resource(run, minutes, returns).set_index("resource")
    tak = tak_by_resource(run, returns).set_index("resource")
    capacity_ = measures.utilisation(run).set_index("resource")
    for name in ("clinic", "theatre"):
        assert buk.loc[name, "buk_definition"] == pytest.approx(
            buk.loc[name, "b"] * buk.loc[name, "u"] * buk.loc[name, "k_definition"]
        )
        assert 0.7 < buk.loc[name, "b"] < 1
        assert tak.loc[name, "a"] == pytest.approx(capacity_.loc[name, "utilisation"])
        assert buk.loc[name, "done"] == capacity_.loc[name, "used"]


def test_buk_by_resource_by_hand():

    found = by_hand()
    frame = buk_by_resource(found, {"clinic": VisitMinutes(30, 18)}, {"clinic": ["surgery"]}).set_index("resource")
    row = frame.loc["clinic"]
    assert (row["done"], row["booked"], row["returns"]) == (3, 4, 1)
    assert row["b"] == 0.75
    assert row["u"] == 0.6
    assert row["k_definition"] == 0.75
    assert row["k_of_done"] == pytest.approx(2 / 3)
    assert set(tak_by_resource(found)["resource"]) == {one.name for one in HAND.resources}


def test_the_shipped_counts():
    frame = framed(read_table(SHIPPED / "buk.csv"), BUK)
    found = buk_of_counts(frame).set_index(["period", "quality"])["buk"]
    assert round(found[("before", "of_done")], 2) == 0.56
    assert round(found[("after", "definition")], 2) == 0.63
    assert len(buk_changes(frame)) == 4
    assert buk_split(frame).set_index("of").loc["done", "planned"].round(2) == 11.52
    from flowsim.measures.own_counts import BACKLOG

    days = backlog_of_counts(framed(read_table(SHIPPED / "backlog.csv"), BACKLOG)).set_index("name")
    assert round(days.loc["Sweden, not done 2020-21", "missing_days"]) == 155
    assert 19 < days.loc["Sweden, queue of November 2022", "queue_days"] < 20
    plant = tak_of_counts(framed(read_table(SHIPPED / "tak.csv"), TAK)).iloc[0]
    assert (round(plant["tak"], 4), round(plant["capacity"], 6)) == (0.68, 27_200)
    assert MONTHLY.is_called("Månadsvärden")
    assert CONTACTS.is_called("contacts_by_type")


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["indicators", *words])
    return done.exit_code, done.stdout, done.stderr


def test_the_command_on_actual_data(tmp_path):
    code, shown, notes = run(str(SHIPPED / "monthly.csv"), "--lang", "sv", "--out", str(tmp_path / "i.xlsx"))
    assert code == 0
    assert "Nyttjandegrad operationssalar" in shown
    assert "Läkartimmar somatik = 0" in notes
    assert "9,51–21,98" in shown
    written = pd.read_excel(tmp_path / "i.xlsx", sheet_name=None, engine="calamine")
    assert {"Månader", "Indikatorer", "Definitioner"} <= set(written)
    code, shown, _ = run(str(SHIPPED / "buk.csv"), "--json")
    assert code == 0
    assert len(json.loads(shown)["buk_changes"]) == 4
    assert "154.9" in run(str(SHIPPED / "backlog.csv"))[1]
    assert run(str(SHIPPED / "monthly.csv"), "--hours-per-fte", "0")[0] == 2
    assert run(str(tmp_path / "none.csv"))[0] == 2
    (tmp_path / "empty.csv").write_text("period;nothing\n2027-01;1\n", encoding="utf-8")
    assert run(str(tmp_path / "empty.csv"))[0] == 2


def test_the_starter_is_read_back_in_both_languages(tmp_path):
    shown = {}
    for lang in ("sv", "en"):
        path = tmp_path / f"{lang}.xlsx"
        assert run("--starter", str(path), "--lang", lang)[0] == 0
        code, text, _ = run(str(path), "--json")
        assert code == 0
        shown[lang] = json.loads(text)
        assert run("--starter", str(path))[0] == 2
    shown["example"] = json.loads(run("--json")[1])
    assert shown["sv"] == shown["en"] == shown["example"]
    assert {"months", "buk_counts", "tak", "backlog", "definitions"} <= set(shown["en"])
