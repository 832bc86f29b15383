"""Activity-based budget: the shipped example, its phases, versions, months; a printed budget that does not add up."""

from __future__ import annotations

import json
import shutil
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from flowsim.cli import app
from flowsim.costs.budget import forms
from flowsim.costs.budget.capacity import needs
from flowsim.costs.budget.deviation import deviations
from flowsim.costs.budget.economy import Cell, Where, amounts_table, budgeted, index_factor, rounded, totals
from flowsim.costs.budget.follow_up import follow_up_sheet, read_follow_up
from flowsim.costs.budget.printed import findings, load_printed
from flowsim.costs.budget.reading import Tables, load_budget_file, load_tables
from flowsim.costs.budget.versions import differences, reference, result_table, structure, versions
from flowsim.costs.budget.volume import basis, lines, trends, with_demography, with_trend
from flowsim.costs.budget.workbook import budget_sheets, remarks
from flowsim.costs.money import refuse_bare_money
from flowsim.errors import InputError
from flowsim.schema.budget import PayRevision
from flowsim.sheets import write_book

pytestmark = pytest.mark.usefixtures("told_in_swedish")

SHIPPED = Path(__file__).parents[1] / "calibration"
EXAMPLE = Path(__file__).parents[1] / "flowsim" / "costs" / "budget" / "example" / "budget.yaml"
DEMO = SHIPPED / "budget_demo" / "budget.yaml"
SMALL = """
title: Small
tables: tables
year: 2027
base_year: 2025
capacity: {hours_per_fte: 1500, idle_target: 0.2}
economy: {payroll_addon: 50 %, pay_revision: {rate: 2.5 %, from_month: 4}}
"""
TABLES = {
    "history": "Kostnadsställe;Grupp;År;Volym\n10;höft;2025;300\n20;höft;2025;100\n10;besök;2025;1 000\n",
    "befolkning": "Åldersgrupp;År;Personer\n0-64;2025;80 000\n65-;2025;20 000\n0-64;2027;80 000\n65-;2027;22 000\n",
    "vårdkonsumtion": "Åldersgrupp;Grupp;Per 1000\n0-64;höft;1\n65-;höft;16\n",
    "trender": "Grupp;Procent per år\nhöft;10\n",
    "standardtider": (
        "Grupp;Resurs;Per vårdkontakt;Enhet\nhöft;läkare;120;minuter\nhöft;sal;90;minuter\nhöft;plats;2;dygn\n"
    ),
    "resurser": (
        "Resurs;Slag;Kostnadsställe;Konto;Månadslön;Kapacitet per enhet;Stegstorlek;Kr per enhet\n"
        "läkare;personal;10;4110;80 000;;;\nsal;rum;20;6010;;1 500;0,5;1 000 000\n"
        "plats;vårdplats;30;6010;;300;2;90 000\n"
    ),
    "kostnader": (
        "Kostnadsställe;Konto;Kostnadsslag;Grupp;Kr per vårdkontakt;Fast, kr;Prisår\n"
        "20;6110;material;höft;1 000;;2025\n10;6210;övrigt;;10;;\n10;6210;övrigt;;;1 200,04;2026\n"
    ),
    "indextal": "Kostnadsslag;År;Procent\nmaterial;2026;2\nmaterial;2027;3\n",
    "intäkter": "Kostnadsställe;Konto;Grupp;Poäng;Pris;Anslag\n10;3010;höft;1,5;50 000;\n10;3020;;;;600 000\n",
    "budgetrader": (
        "Budgetrad;Slag;Nivå;Kostnadsställe;Konto;Grupp;Period;Volym;Belopp\n"
        "Kvällar;scenario;verksamhet;20;;höft;;44;\nLicens;utbud;;10;6210;;2027-03;;−50 000\n"
    ),
}


@pytest.fixture
def small(tmp_path: Path):
    """A small budget in Swedish CSV files, with cells replaced."""

    def make(*changes: tuple[str, str, str], file: str = SMALL) -> Tables:
        (tmp_path / "tables").mkdir(exist_ok=True)
        for name, text in TABLES.items():
            for sheet, old, new in changes:
                assert sheet != name or old in text
                text = text.replace(old, new) if sheet == name else text  # noqa: PLW2901
            (tmp_path / "tables" / f"{name}.csv").write_text(text, encoding="utf-8")
        (tmp_path / "budget.yaml").write_text(file, encoding="utf-8")
        return load_tables(tmp_path / "budget.yaml", load_budget_file(tmp_path / "budget.yaml"))

    return make


def test_volumes_from_population_history_trend_and_lines(small):
    tables = small()
    assert basis(tables) == {("10", "höft"): 300, ("20", "höft"): 100, ("10", "besök"): 1000}
    assert with_demography(tables)[("10", "höft")] == Fraction(432 * 3, 4)
    assert with_trend(tables)[("20", "höft")] == Fraction(432, 4) * Fraction(121, 100)
    assert [(one.name, one.kind, one.level) for one in lines(tables)] == [
        ("Licens", "portfolio", ""),
        ("Kvällar", "scenario", "department"),
    ]
    assert [one.name for one in lines(tables, "region")] == ["Licens"]


def test_capacity_hours_fte_rooms_and_beds(small):
    tables = small(("trender", "höft;10", "höft;0"))
    doctor, room, bed = needs(tables, with_demography(tables))
    assert doctor.asked == 432 * 2
    assert doctor.kept == Fraction(864, 1500) / Fraction(8, 10)
    assert (room.units, room.kept) == (Fraction(648, 1500), Fraction(1, 2))
    assert (bed.units, bed.kept) == (Fraction(864, 300), 4)


def test_money_by_hand(small):
    tables = small(("trender", "höft;10", "höft;0"))
    done = budgeted(tables, with_demography(tables))
    frame = amounts_table(done)
    sums = frame.groupby("account")["budget_sek"].sum()
    assert sums["4110"] == round(864 / 1500 / 0.8 * 80_000 * 12 * 1.01875 * 1.5, 2)
    assert sums["6010"] == 500_000 + 4 * 90_000
    assert sums["6110"] == round(432 * 1_000 * 1.02 * 1.03, 2)
    assert sums["6210"] == round(1_432 * 10 + 1_200.04, 2)
    assert sums["3010"] == 432 * 1.5 * 50_000
    pay = frame[frame["account"] == "4110"].iloc[0]
    assert round(pay["budget_month_4_sek"] / pay["budget_month_3_sek"], 5) == 1.025
    months = [f"budget_month_{m}_sek" for m in range(1, 13)]
    assert (frame[months].sum(axis=1).round(2) == frame["budget_sek"]).all()


def test_pay_revision_and_index():
    assert PayRevision.model_validate({"rate": "2.5 %", "from_month": 4}).factor == Fraction("1.01875")
    assert PayRevision.model_validate({"rate": 0.03, "from_month": 1}).factor == Fraction("1.03")


def test_an_index_needs_every_year(small):
    tables = small(("indextal", "material;2026;2\n", ""))
    with pytest.raises(InputError, match="no percent for 2026"):
        index_factor(tables, "material", 2025)
    assert index_factor(tables, "material", 2026) == Fraction("1.03")
    assert index_factor(tables, "övrigt", 2025) == 1


cells = st.lists(
    st.tuples(
        st.sampled_from("ab"), st.lists(st.fractions(-(10**6), 10**6, max_denominator=997), min_size=12, max_size=12)
    ),
    min_size=1,
    max_size=6,
)


def _cell(pool: str, months: list[Fraction]) -> Cell:
    year = sum(months, Fraction(0))
    shares = tuple(month / year if year else Fraction(1, 12) for month in months)
    return Cell(Where("1", "2", "cost", "x"), year, shares, pool)


@settings(max_examples=40, deadline=None)
@given(cells)
def test_no_ore_is_lost_in_months_or_cost_types(found):
    made = rounded([_cell(pool, months) for pool, months in found])
    for pool in "ab":
        exact = sum((sum(months, Fraction(0)) for p, months in found if p == pool), Fraction(0))
        whole = sum(sum(ore) for (p, _), (_, ore) in zip(found, made, strict=True) if p == pool)
        assert abs(whole - exact) <= Fraction(1, 2)


def test_versions_list_every_difference(small):
    tables = small()
    region, department = versions(tables)
    frame = differences(tables, (region, department))
    volume = frame[frame["what"] == "volume"].iloc[0]
    assert (volume["cost_centre"], volume["budget_difference"], volume["lines"]) == ("20", 44, "Kvällar (department)")
    amounts = frame[frame["what"] == "amount"].set_index("account")["budget_difference"]
    accounts = {key[1] for key in ((w.cost_centre, w.account) for w, _ in department.budget.amounts)}
    for account in accounts:
        ore = [sum(sum(m) for w, m in v.budget.amounts if w.account == account) for v in (region, department)]
        assert (
            round(amounts.get(account, 0) * 100 if account in amounts.index else 0) == ore[1] - ore[0]
            or account == "6010"
        )
    assert amounts["3010"] == 44 * 1.5 * 50_000
    assert len(versions(small(("budgetrader", "verksamhet", "")))) == 1


def test_lines_sum_to_the_budget(small):
    tables = small()
    for version in versions(tables):
        frame = structure(tables, version)
        assert totals(tables, version.budget.volumes, version.lines) == {
            kind: version.budget.total(kind) for kind in ("cost", "income")
        }
        money = ["volume", "budget_income_sek", "budget_expense_sek", "budget_result_sek"]
        assert (frame[money].iloc[:-1].sum().round(2) == frame[money].iloc[-1].round(2)).all()
        assert (
            round(frame["budget_result_sek"].iloc[-1] - result_table(version.budget)["budget_result_sek"].iloc[-1], 2)
            == 0
        )
        assert frame.set_index("line").loc["Licens", "budget_expense_sek"] == -50_000
        refuse_bare_money(column for column in frame.columns if "sek" in column)


def test_the_reference_budget_is_last_years_care_at_this_years_prices(small):
    tables = small(file=SMALL + "reference: {cost_centres: ['20']}\n")
    frame = reference(tables, versions(tables)[0]).set_index("kind")
    assert set(frame["cost_centre"]) == {"20"}
    assert frame.loc["cost", "budget_reference_sek"] == 500_000 + round(400 * 1_000 * 1.02 * 1.03, 2)


def test_lines_that_take_more_than_there_is_are_told(small):
    tables = small(("budgetrader", ";höft;;44;", ";höft;;-400;"))
    assert any("20 höft" in en and "more than there is" in en for en, _ in remarks(tables))
    department = versions(tables)[1]
    assert department.budget.volumes[("20", "höft")] < 0
    assert needs(tables, department.budget.volumes)[0].asked == 2 * department.budget.volumes[("10", "höft")]


def test_a_budget_line_falls_in_its_month(small):
    sheet = budget_sheets(small())["accounts"]
    march = sheet[(sheet["account"] == "6210") & (sheet["level"] == "region")].iloc[0]
    assert march["budget_month_3_sek"] < -49_000 + 2_000 < march["budget_month_4_sek"]


def test_trend_fitted_to_history(small):
    grows = "10;besök;2023;810\n10;besök;2024;900\n10;besök;2025;1 000\n"
    tables = small(("history", "10;besök;2025;1 000\n", grows), ("trender", "höft;10", "höft;10\nbesök;"))
    found = trends(tables)["besök"]
    assert (found["trend"], found["how"]) == (Fraction(111111, 10**6), "fitted to 3 years")
    few = small(("trender", "höft;10", "höft;10\nbesök;"))
    assert trends(few)["besök"]["trend"] == 0
    assert any("1 years are too few" in en for en, _ in remarks(few))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            ("standardtider", "höft;sal", "höft;salen"),
            ["standardtider, line 3", "resource (Resurs)", 'Did you mean "sal"'],
        ),
        (("standardtider", "plats;2;dygn", "plats;2;minuter"), ["counted in days"]),
        (
            ("resurser", "rum;20;6010;;1 500", "rum;20;6010;;"),
            ["resurser, line 3", "capacity_per_unit", "hours a year"],
        ),
        (("budgetrader", ";höft;;44;", ";;;44;"), ["budgetrader, line 2", "whose volume"]),
        (("budgetrader", "10;6210;;2027-03", "10;;;2027-03"), ["on which account"]),
        (("budgetrader", "2027-03", "2026-03"), ["not in the budget year 2027"]),
        (("vårdkonsumtion", "65-;höft;16", "65-;knä;16"), ["vårdkonsumtion, line 3", "no volume in history 2025"]),
        (("befolkning", "65-;2027", "66-;2027"), ["has no population in 2027"]),
        (("resurser", "80 000", "80.000,00"), ["line 2", "Månadslön", "one decimal sign"]),
    ],
)
def test_faults_name_sheet_row_and_column(small, change, words):
    with pytest.raises(InputError) as caught:
        small(change)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("year: 2027", "year: 2024", "an earlier base_year"),
        ("from_month: 4", "from_month: 13", "a month, 1 to 12"),
        ("idle_target: 0.2", "idle_target: 1", "idle_target below 1"),
        ("tables: tables", "note: none", "Needs `tables`"),
    ],
)
def test_faults_of_the_budget_file(small, old, new, words):
    with pytest.raises(InputError, match=words):
        small(file=SMALL.replace(old, new))


def test_tables_come_from_one_workbook_too(small, tmp_path):
    folder = small()
    frames = {}
    for form in (*forms.NEEDED, *forms.WELCOME):
        frame = folder.frames[form.name].drop(columns="row").copy()
        for column in form.columns:
            if column.kind == "money":
                frame[column.name] = [None if cell is None else cell / 100 for cell in frame[column.name]]
        if len(frame):
            swedish = {column.name: (column.also or (column.name,))[0] for column in form.columns}
            frames[(form.also or (form.name,))[0]] = frame.rename(columns=swedish)
    write_book(tmp_path / "tables.xlsx", frames)
    path = tmp_path / "budget.yaml"
    path.write_text(SMALL.replace("tables: tables", "tables: tables.xlsx"), encoding="utf-8")
    same = load_tables(path, load_budget_file(path))
    assert structure(same, versions(same)[0]).equals(structure(folder, versions(folder)[0]))


def test_the_shipped_example_is_plausible():
    tables = load_tables(EXAMPLE, load_budget_file(EXAMPLE))
    region, department = versions(tables)
    hip = next(v for (_, group), v in basis(tables).items() if group == "hip")
    assert 325 < hip < 335
    for version in (region, department):
        cost = version.budget.total("cost") / 100
        assert 70e6 < cost < 85e6
        assert abs(version.budget.total("income") / 100 - cost) < 15e6
    assert (differences(tables, (region, department))["lines"] != "").all()


def test_the_sheet_written_is_read_back_and_adds_up(tmp_path):
    tables = load_tables(EXAMPLE, load_budget_file(EXAMPLE))
    version = versions(tables)[1]
    sheet = follow_up_sheet(tables, version.budget, through=8)
    for name in ("volume", "per_contact", "price_sek"):
        sheet[f"outcome_{name}"] = sheet[f"budget_{name}"]
    sheet.loc[~sheet["kind"].isin(["account", "grant"]), "budget_sek"] = None
    sheet["outcome_sek"] = sheet["budget_sek"].where(sheet["kind"].isin(["account", "grant"]))
    write_book(tmp_path / "sheet.xlsx", {"Uppföljning": sheet}, "sv")
    frame = deviations(read_follow_up(tmp_path / "sheet.xlsx"))
    assert not frame["budget_deviation_sek"].any()
    for kind in ("cost", "income"):
        eight = sum(sum(months[:8]) for where, months in version.budget.amounts if where.kind == kind)
        assert round(100 * frame.loc[frame["kind"] == kind, "budget_sek"].sum()) == pytest.approx(eight, abs=2)


def test_the_printed_demo_loads_as_it_stands():
    file = load_budget_file(DEMO)
    loaded = load_printed(file.printed, DEMO.parent)
    assert len(loaded["specialties"].parts) == 14
    assert len(loaded["lines"].parts) == 5
    frame = loaded["specialties"].frame().set_index("code")
    assert frame.loc["306", "pct_printed"] == -4.9
    assert frame.loc["305", "budget_2021_eur"] == 23_587_144
    said = findings(file.printed, loaded)
    found = {(one.table, one.row, one.column): one for one in said}
    urology = found[("specialties", "306", "pct_printed")]
    assert "the sign is wrong" in urology.en
    assert float(urology.computed) == 4.9
    assert [float(found[("specialties", row, "delta_printed")].difference) for row in ("307", "TOTAL")] == [1, 1]
    sums = {c: float(found[("lines", "total", c)].difference) for c in ("episodes", "budget_eur", "volume")}
    assert sums == {"episodes": 6, "budget_eur": -815_582, "volume": -1_563}
    short = {
        c: float(found[("specialties", "TOTAL", c)].computed) for c in ("basis_2021", "budget_2021", "budget_2021_eur")
    }
    assert short == {"basis_2021": 199_779, "budget_2021": 200_242, "budget_2021_eur": 179_825_232}
    totals = next(one for one in said if one.column == "Budget in EUR, two totals")
    assert (float(totals.printed), float(totals.computed)) == (226_366_788, 227_047_341)
    assert len(said) == 15
    assert all("pct" not in c or row == "306" for _, row, c in found)


def test_faults_of_a_printed_budget(tmp_path):
    shutil.copytree(DEMO.parent, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "budget.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new, words in (
        ("label: specialty", "label: speciality", 'Did you mean "specialty"'),
        ("total: TOTAL", "total: SUM", "There is no row SUM"),
        ("left: specialties.budget_2021_eur", "left: specialties.budget_eur", "There is no such figure"),
        ("file: lines.csv", "file: line.csv", "no such file"),
    ):
        path.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(InputError, match=words):
            load_printed(load_budget_file(path).printed, tmp_path)


def test_a_line_from_a_simulated_scenario(small, tmp_path, monkeypatch):
    from types import SimpleNamespace

    from flowsim.cli.budget_scenarios import lines_of_studies
    from flowsim.study import Study

    rows = [("today", "operations_year_1", float("nan"), 0.0, 0.0), ("more", "operations_year_1", 40.4, 35.0, 45.5)]
    headline = pd.DataFrame(rows, columns=["scenario", "measure", "diff", "diff_low", "diff_high"])
    made = SimpleNamespace(tables={"headline": headline}, baseline="today", run={"replications": 9})
    monkeypatch.setattr(Study, "load", staticmethod(lambda _: made))
    line = (
        "scenario_lines: [{{line: Kväll, study: s, scenario: {}, cost_centre: '20', groups: {{höft: 1}}, "
        "level: region}}]"
    )
    path = tmp_path / "budget.yaml"
    small(file=f"{SMALL}{line.format('more')}\n")
    file = load_budget_file(path)
    more, said = lines_of_studies(path, file)
    assert "+40.4 (35.0–45.5) against today, 9 replications" in said[0][0]
    tables = load_tables(path, file, more)
    assert [float(v) for one in lines(tables, "region") for v in one.volumes.values()] == [40.4]
    for wrong, words in (("none", "It has: today, more"), ("today", "it is the baseline")):
        small(file=f"{SMALL}{line.format(wrong)}\n")
        with pytest.raises(InputError, match=words):
            lines_of_studies(path, load_budget_file(path))
    with pytest.raises(InputError, match="add up to 1"):
        small(file=f"{SMALL}{line.format('more').replace('höft: 1', 'höft: 0.5')}\n")


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["budget", *words])
    return done.exit_code, done.stdout, done.stderr


def test_the_command(tmp_path):
    code, shown, notes = run(str(EXAMPLE), "--lang", "sv", "--out", str(tmp_path / "b.xlsx"))
    assert code == 0
    for word in ("Budgetrader", "årsarbetare", "Skillnader", "verksamhet", "Referensbudget"):
        assert word in shown
    assert "anpassad till 3 år" in notes
    written = pd.read_excel(tmp_path / "b.xlsx", sheet_name=None, engine="calamine")
    assert {"Budgetrader", "Konton", "Uppföljning", "Förklaringar"} <= set(written)
    assert written["Konton"]["Budget, kr"].dtype == float
    code, _, faults = run(str(EXAMPLE), "--outcome", str(tmp_path / "b.xlsx"))
    assert code == 2
    assert "Utfall volym" in faults
    code, shown, _ = run(str(DEMO), "--json")
    assert code == 0
    assert len(json.loads(shown)["findings"]) == 15
    assert "15 saker stämmer inte" in run(str(DEMO), "--lang", "sv")[1]
    assert run(str(tmp_path / "none.yaml"))[0] == 2


def test_the_starter_is_the_example_in_both_languages(tmp_path):
    results = {"example": json.loads(run("--json")[1])}
    for lang in ("sv", "en"):
        assert run("--starter", str(tmp_path / lang), "--lang", lang)[0] == 0
        code, text, _ = run(str(tmp_path / lang / "budget.yaml"), "--json")
        assert code == 0
        results[lang] = json.loads(text)
        assert run("--starter", str(tmp_path / lang))[0] == 2
    assert results["en"] == results["example"]
    money = {lang: [row["budget_sek"] for row in results[lang]["amounts"]] for lang in ("sv", "en")}
    assert money["sv"] == money["en"]
    assert {"höft", "knä"} <= {row["group"] for row in results["sv"]["volumes"]}
    assert results["sv"]["accounts"][0]["account_name"] == "Intäkter, DRG-poäng"
