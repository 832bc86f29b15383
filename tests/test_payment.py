"""Payment models: the source's tables, the worked examples, what is shared sums to what is paid, caps within a run."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner
from worked_week import SETTING, WORKED_WEEK, capacity, contact, operated, results

from flowsim.cli import app
from flowsim.costs.apportion import apportioned, shared, whole
from flowsim.costs.kpp import load_unit_costs
from flowsim.costs.money import refuse_bare_money
from flowsim.costs.payment import Activity, activity, actual_activity, income, income_by_hospital, title
from flowsim.costs.payment.capped import capped_income
from flowsim.costs.payment.equal_price import equal_point_price, kept_by_the_region, point_price, residuals
from flowsim.costs.payment.income import winners_and_losers as won_by_change
from flowsim.costs.payment.neutrality import findings, neutrality, price_indices, winners_and_losers
from flowsim.costs.payment.reading import drg_weights, load_payments, read_contacts, read_episodes
from flowsim.errors import FlowsimError, InputError
from flowsim.schema.payments import HospitalCost, Payments, payments
from flowsim.schema.reading import read

pytestmark = pytest.mark.usefixtures("told_in_swedish")

SHIPPED = Path(__file__).parents[1] / "calibration" / "payment"
EPISODES = {name: read_episodes(SHIPPED / f"sveus_{file}.csv") for name, file in
            {"H1": "hip_h1", "H2": "hip_h2", "K1": "knee_k1", "K2": "knee_k2"}.items()}  # fmt: skip


def said(text: str, head: str = "price_year: 2023\nhospital: falun\ndrg_weights: {H02E: 2, H01N: 4.5}\n") -> Payments:
    return payments(*read(f"{head}payments:\n{text}", "payments.yaml"))


def year_of(points: dict[str, list[tuple[str, float]]], year: int = 2023, **more: object) -> Activity:
    """Actual contacts of one whole year: hospital -> (date, points)."""
    rows = [
        {"hospital": h, "date": day, "points": points, **more} for h, all_ in points.items() for day, points in all_
    ]
    frame = pd.DataFrame(rows, columns=["hospital", "date", "points", *more])
    return actual_activity(frame, date(year, 1, 1), date(year + 1, 1, 1))


def paid(activity_: Activity, text: str, head: str | None = None) -> pd.Series:
    """Income by hospital and part, SEK."""
    found = said(text) if head is None else said(text, head)
    return income(activity_, found).set_index(["hospital", "part"])["income_sek"]


@pytest.mark.parametrize(
    ("module", "episodes", "base", "together", "factor"),
    [
        ("H1", 262, -0.77, -0.77, 1.007772),
        ("H2", 24, 0.40, 1.14, 0.988693),
        ("K1", 258, -0.84, -0.87, 1.008734),
        ("K2", 6, -1.47, -1.47, 1.014915),
    ],
)
def test_the_four_episode_tables(module, episodes, base, together, factor):
    frame = neutrality(EPISODES[module])
    assert (frame["episodes"] == episodes).all()
    assert round(frame["deviation_percent"].iloc[0], 2) == base
    assert round(frame["deviation_percent"].iloc[-1], 2) == together
    assert round(frame["neutral_factor"].iloc[-1], 6) == factor
    refuse_bare_money(frame.columns)


def test_mean_payments_of_the_source():
    means = {m: neutrality(EPISODES[m]).set_index("part")["income_sek_hospital_price"] for m in EPISODES}
    assert [round(means[m]["base"], 2) for m in EPISODES] == [77_823.37, 74_288.62, 80_106.49, 56_946.00]
    assert [round(means[m]["guarantee"], 2) for m in EPISODES] == [5_062.90, 5_329.83, 5_933.72, 6_689.17]
    h2 = neutrality(EPISODES["H2"]).set_index("part")["deviation_percent"]
    assert round(h2["guarantee"], 2) == 11.54


def test_price_indices_of_the_source():
    printed = {
        "K1": [0.8938, 1.0601, 0.9937, 1.0938, 1.0344, 0.9140],
        "H1": [0.8898, 1.0554, 0.9893, 1.0889, 1.0298, 0.9099],
    }
    for module, g in printed.items():
        frame = price_indices(EPISODES[module])
        assert frame["g_base"].round(4).tolist() == g
        assert (frame["guarantee_over_base"] - 1).abs().max() < 2e-4
    adjusted = price_indices(EPISODES["K1"])
    assert (adjusted["g_individual_adj"] - adjusted["g_base"]).abs().max() < 1e-3


def test_the_h2_guarantee_is_found_and_said():
    (off, level) = findings("H2", EPISODES["H2"])
    assert "0.9001 times the base's at all 5 hospitals" in off.en
    assert "5,945" in off.en
    assert "5,351 would fit" in off.en
    assert "0,9001 gånger basens vid alla 5 sjukhus" in off.sv
    assert "+1.14 %" in level.en
    for module in ("H1", "K1", "K2"):
        assert len(findings(module, EPISODES[module])) == 1
    wrong = EPISODES["H1"].astype(object)
    wrong.loc[2, "guarantee_sek_hospital_price"] = 6_000
    assert "most at NU-sjukvården" in findings("H1", wrong)[0].en


def test_neutral_against_cost():
    frame = EPISODES["K2"].assign(full_cost_sek_per_episode=70_000)
    last = neutrality(frame).iloc[-1]
    assert (last["part"], last["income_sek_hospital_price"]) == ("full cost", 70_000)
    assert last["neutral_factor"] == pytest.approx(70_000 / 62_700)
    assert last["deviation_percent"] == pytest.approx(100 * (62_700 / 70_000 - 1))
    assert len(findings("K2", frame)) == 1


def test_winners_and_losers_of_h1():
    frame = winners_and_losers(EPISODES["H1"]).set_index("hospital")["income_sek_won"]
    assert round(frame["Alingsås Lasarett"]) == 271_719
    assert round(frame["Sahlgrenska Universitetssjukhuset"]) == -393_809
    assert round(frame.sum(), 2) == 0
    as_printed = winners_and_losers(EPISODES["H1"], Fraction(1))["income_sek_won"].sum()
    assert as_printed == pytest.approx(262 * (82_247 - 82_886.263359), abs=1)


money = st.integers(1, 10**7).map(lambda ore: ore / 100)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 80), money, money), min_size=1, max_size=6).filter(
        lambda r: any(n for n, *_ in r)
    )
)
def test_winners_and_losers_sum_to_zero(rows):
    n, own, common = zip(*rows, strict=True)
    frame = pd.DataFrame(
        {
            "hospital": [str(k) for k in range(len(n))],
            "episodes": n,
            "base_sek_hospital_price": own,
            "base_sek_common_price": common,
        }
    )
    won = winners_and_losers(frame)["income_sek_won"]
    assert sum(round(100 * one) for one in won) == 0


HOSPITALS = {
    "n": HospitalCost.model_validate({"cost_sek": 500e6, "structure_sek": {"A1": 20e6}, "points": 6000}),
    "o": HospitalCost.model_validate(
        {"cost_sek": 900e6, "structure_sek": {"A1": 60e6, "A2": 40e6}, "method_sek": {"B1": 10e6}, "points": 9800}
    ),
    "s": HospitalCost.model_validate({"cost_sek": 300e6, "structure_sek": {"A1": 10e6}, "points": 4200}),
}


def test_the_equal_point_price_example():
    assert point_price(HOSPITALS) == 78_000 * 100
    assert [c / 1e8 for c in residuals(HOSPITALS).values()] == [12, 25.6, -37.6]
    for phi, amounts in {1: (500, 900, 300), 0.5: (494, 882.2, 318.8), 0: (488, 864.4, 337.6)}.items():
        frame = equal_point_price(HOSPITALS, Fraction(phi), Fraction(phi))
        assert [sek / 1e6 for sek in frame["income_sek"]] == list(amounts)
        refuse_bare_money(frame.columns)
    kept, raised = kept_by_the_region(HOSPITALS, Fraction(0))
    assert kept == 10_000_000 * 100
    assert raised == 78_500 * 100
    assert kept_by_the_region(HOSPITALS, Fraction(1, 2))[0] == 5_000_000 * 100


hospital = st.tuples(*(st.integers(0, 10**9) for _ in range(3)), st.integers(0, 10**5))


@settings(max_examples=40, deadline=None)
@given(st.lists(hospital, min_size=1, max_size=5).filter(lambda all_: any(p for *_, p in all_)))
def test_residuals_sum_to_zero(all_):
    hospitals = {
        str(k): HospitalCost.model_validate(
            {"cost_sek": c / 100, "structure_sek": {"A": a / 100}, "method_sek": {"B": b / 100}, "points": p / 10}
        )
        for k, (c, a, b, p) in enumerate(all_)
    }
    assert sum(residuals(hospitals).values()) == 0


EQUAL = """
  e: {model: equal_point_price, phases: [{year: 2024, b: 0.5, c: 0.5}, {year: 2025, b: 0, c: 0}],
      hospitals: {falun: {cost_sek: 500000000, structure_sek: {A1: 20000000}, points: 6000},
                  mora: {cost_sek: 300000000, structure_sek: {A1: 10000000}, method_sek: {B1: 4000000}, points: 4200}}}
"""


def test_the_equal_point_price_of_a_run_is_phased_in():
    full = {h: [("2023-06-01", points)] for h, points in (("falun", 6000.0), ("mora", 4200.0))}
    assert paid(year_of(full), EQUAL).groupby("hospital").sum().to_dict() == {"falun": 500e6, "mora": 300e6}
    later = {h: [("2026-06-01", points)] for h, points in (("falun", 6000.0), ("mora", 4200.0))}
    parts = paid(year_of(later, 2026), EQUAL)
    assert parts[("falun", "residual")] == parts[("mora", "method")] == 0
    assert "assumed" in title(said(EQUAL).payments["e"])


CAPPED = "  s: {model: skane_2023, price_sek: 55000, cap_sek: 600000000}"


def test_the_cap_is_counted_within_each_run():
    runs = [year_of({"falun": [("2023-03-01", points)]}) for points in (9_000.0, 13_000.0)]
    frames = [a.contacts.assign(replication=r) for r, a in enumerate(runs)]
    both = Activity(pd.concat(frames), {("actual", r): (date(2023, 1, 1), date(2024, 1, 1)) for r in (0, 1)})
    each = income_by_hospital(income(both, said(CAPPED)))["income_sek"]
    assert each.tolist() == [495e6, 600e6]
    assert each.mean() == 547.5e6
    mean = income(year_of({"falun": [("2023-03-01", 11_000.0)]}), said(CAPPED))["income_sek"].sum()
    assert mean == 600e6
    assert capped_income({"a": Fraction(10_909)}, 5_500_000, 60_000_000_000) == {"a": 10_909 * 5_500_000}
    assert capped_income({"a": Fraction(10_910)}, 5_500_000, 60_000_000_000) == {"a": 60_000_000_000}
    assert round(600e6 / 13_000, 2) == 46_153.85


def test_who_gets_what_when_the_cap_binds():
    done = year_of({"falun": [("2023-02-01", 60.0), ("2023-11-01", 40.0)], "mora": [("2023-12-01", 100.0)]})
    fair = paid(done, "  s: {model: skane_2023, price_sek: 10, cap_sek: 1000}")
    assert fair.to_dict() == {("falun", "points"): 500, ("mora", "points"): 500}
    early = paid(done, "  s: {model: skane_2023, price_sek: 10, cap_sek: 1200, sharing: by_date}")
    assert early.to_dict() == {("falun", "points"): 1000, ("mora", "points"): 200}
    above = "points: above_baseline, baseline_points: {falun: 70, mora: 10}"
    over = paid(done, f"  s: {{model: skane_2023, price_sek: 10, cap_sek: 12000, {above}}}")
    assert over.to_dict() == {("falun", "points"): 300, ("mora", "points"): 900}
    first = paid(done, f"  s: {{model: skane_2023, price_sek: 10, cap_sek: 600, sharing: by_date, {above}}}")
    assert first.to_dict() == {("falun", "points"): 300, ("mora", "points"): 300}
    names = [title(said(f"  s: {{model: skane_2023, price_sek: 1, {more}}}").payments["s"]) for more in
             ("points: all", f"sharing: by_date, {above}")]  # fmt: skip
    assert "all points, pot shared pro rata: assumed" in names[0]
    assert "points above baseline, first come, first paid: assumed" in names[1]
    assert "antaget" in title(said(CAPPED).payments["s"], "sv")


def test_other_hospitals_fill_the_pot_too():
    head = "price_year: 2023\nhospital: falun\nother_points: {mora: 36500}\n"
    done = year_of({"falun": [("2023-01-01", 100.0), ("2023-12-31", 100.0)]})
    both = paid(done, "  s: {model: skane_2023, price_sek: 1, cap_sek: 200, sharing: by_date}", head)
    assert both[("falun", "points")] == 100
    assert both.sum() == 200


def test_block_points_price_path_and_the_agreement():
    done = year_of({"falun": [("2025-06-01", 100.0)]}, 2025)
    path = 'price_sek: 60000, price_path: [{year: 2024, lpi: "3 %", efficiency: "1 %"}, {year: 2025, lpi: 0.04}]'
    assert paid(done, f"  d: {{model: drg_points, {path}}}").sum() == round(100 * 60_000 * 1.03 * 0.99 * 1.04, 2)
    assert paid(done, "  b: {model: block, amounts_sek: {falun: 1000.50}}").sum() == 1000.5
    text = """
  v: {model: vok_agreement, price_sek: 1000, volume: {population: 1.01, queue_reduction: 1.02},
      structure_sek: {on_call: 5, education: 7}, missions_sek: {burns: 11}, beside_sek: {drugs: 13}}"""
    parts = paid(done, text)
    assert parts[("falun", "points")] == 100 * 1000 * 1.01 * 1.02
    assert parts.drop(("falun", "points")).tolist() == [12, 11, 13]
    skane = "  k: {model: skane_2024, structure_sek: {falun: 50}, price_sek: 10, price_by_year: {2025: 12}}"
    assert paid(done, skane).to_dict() == {("falun", "structure"): 50, ("falun", "production"): 1200}


def test_capitation_and_the_rehab_ceiling():
    done = year_of({"falun": [("2023-06-01", 100.0)]})
    listed = "listed: {falun: [{persons: 1000, age_sex: 0.9, acg: 0.3}, {persons: 10, age_sex: 2, geography: 0.5}]}"
    assert paid(done, f"  c: {{model: capitation, rate_sek: 4000, {listed}}}").sum() == 4000 * (1200 + 25)
    assert paid(done, "  r: {model: rehab, price_sek: 50, ceiling_sek: {falun: 4000}}").sum() == 4000
    assert paid(done, "  r: {model: rehab, price_sek: 30, ceiling_sek: {falun: 4000}}").sum() == 3000


def test_part_of_a_year_is_paid_by_its_days():
    done = actual_activity(pd.DataFrame({"hospital": ["falun"], "date": ["2023-12-31"], "points": [1]}),
                           date(2023, 12, 1), date(2024, 1, 31))  # fmt: skip
    lines = income(done, said("  b: {model: block, amounts_sek: {falun: 365000}}"))
    assert lines["income_sek"].tolist() == [31_000.0, round(365_000 * 30 / 366, 2)]
    assert lines["year"].tolist() == [2023, 2024]


def test_cost_outliers():
    rows = {"hospital": "falun", "date": "2023-05-01", "points": 1}
    frame = pd.DataFrame([{**rows, "full_cost_sek": c, "drg": d} for c, d in ((90.0, "a"), (250.0, "a"), (250.0, "b"))])
    done = actual_activity(frame, date(2023, 1, 1), date(2024, 1, 1))
    terms = "outliers: {share: 0.8, threshold_sek: 100, by_drg: {b: 200}}"
    assert paid(done, f"  d: {{model: drg_points, price_sek: 1, {terms}}}")[("falun", "outliers")] == 0.8 * (150 + 50)
    blind = year_of({"falun": [("2023-06-01", 1.0)]})
    with pytest.raises(FlowsimError, match="1 contacts have no cost"):
        paid(blind, f"  d: {{model: drg_points, price_sek: 1, {terms}}}")


EPISODE = """
  e: {model: episodes, episode_days: 365, trigger: [surgery], price_index: {falun: 1.05}, modules: {hip: {groups: [hip],
      base_sek: 70000, guarantee_sek: 5000, adjustment_sek: {hip: -100},
      outcome: {steps: [reoperation], expected: {hip: 0.02}, slope_sek: -20000, after_days: 30}}}}
"""


def test_episodes_pay_once_and_settle_the_outcome_later():
    rows = [
        {"patient": 1, "date": "2023-01-10", "step": "surgery"},
        {"patient": 1, "date": "2023-01-20", "step": "reoperation"},
        {"patient": 1, "date": "2023-06-01", "step": "surgery"},
        {"patient": 2, "date": "2023-12-20", "step": "surgery"},
    ]
    frame = pd.DataFrame([{"hospital": "falun", "points": 2, "group": "hip", **row} for row in rows])
    parts = paid(actual_activity(frame, date(2023, 1, 1), date(2024, 1, 1)), EPISODE)
    assert parts[("falun", "base")] == 2 * 70_000 * 1.05
    assert parts[("falun", "guarantee")] == 2 * 5_000 * 1.05
    assert parts[("falun", "adjustment")] == -2 * 100 * 1.05
    assert parts[("falun", "outcome")] == -20_000 * (1 - 0.02)


RUN = "  d: {model: drg_points, price_sek: 10000}"


def test_a_simulated_run_is_paid_for_what_ended(tmp_path):
    still_in = [contact(9, "surgery", 6.5, 6.5), contact(9, "surgery_stay", 6.5, np.nan, outcome="open")]
    before = [contact(8, "surgery_stay", -2.0, 1.0)]
    rows = [*operated(3), *still_in, *before, contact(7, "surgery", 2.0, 2.0, outcome="no_show")]
    found = results(rows, [capacity("theatre", 15.0), capacity("ward", 42.0)])
    terms = said(RUN)
    costs = tmp_path / "kpp.yaml"
    costs.write_text(WORKED_WEEK, encoding="utf-8")
    ended = activity(found, terms, {"hip": "H02E", "other": "H01N"}, load_unit_costs(costs))
    assert sorted(ended.contacts["patient"]) == [0, 1, 2, 8]
    assert ended.contacts["full_cost_sek"].notna().all()
    assert ended.contacts["full_cost_sek"].max() == 48_600
    assert ended.contacts["date"].max() == pd.Timestamp("2027-01-08")
    lines = income(ended, terms)
    assert lines["income_sek"].tolist() == [4 * 2 * 10_000]
    assert lines["scenario"].tolist() == ["today"]
    nothing = activity(results([], [capacity("theatre", 15.0)]), terms, {"hip": "H02E"})
    assert income(nothing, terms)["income_sek"].tolist() == [0]


def test_a_group_without_drg_or_weight_is_told(tmp_path):
    found = results(operated(1), [capacity("theatre", 15.0)])
    with pytest.raises(InputError, match=r"groups\.hip\.drg"):
        activity(found, said(RUN), {})
    with pytest.raises(InputError, match=r"drg_weights\.X9"):
        activity(found, said(RUN), {"hip": "X9"})
    with pytest.raises(InputError, match="reoperation carries no points"):
        activity(found, said(EPISODE), {"hip": "H02E"})
    from dataclasses import replace

    nowhere = replace(SETTING, guarantee=())
    with pytest.raises(FlowsimError, match="no step carries DRG points"):
        activity(results(operated(1), [], nowhere), said(RUN), {"hip": "H02E"})


def test_faults_of_the_files_are_told(tmp_path: Path):
    with pytest.raises(InputError, match='Did you mean "drg_points"'):
        said("  d: {model: drg_pointz}")
    with pytest.raises(InputError, match="belong together"):
        said("  d: {model: skane_2023, price_sek: 1, points: above_baseline}")
    weights = tmp_path / "weights.csv"
    weights.write_text("DRG-kod;Vikt\nH02E;2,1\nH02E;1\nH01N;many\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"weights.csv, line 4: Vikt = many"):
        drg_weights(weights)
    weights.write_text("DRG-kod;Vikt\nH02E;2,1\n", encoding="utf-8")
    (tmp_path / "payments.yaml").write_text(f"price_year: 2023\ndrg_weights: weights.csv\npayments:\n{RUN}\n", "utf-8")
    assert load_payments(tmp_path / "payments.yaml").drg_weights == {"H02E": Fraction(21, 10)}
    (tmp_path / "contacts.csv").write_text("Sjukhus;Datum;Poäng\nFalun;2023-01-31;1,5\n", encoding="utf-8")
    assert float(read_contacts(tmp_path / "contacts.csv")["points"].iloc[0]) == 1.5


def test_winners_of_a_change_of_model():
    done = year_of({"falun": [("2023-06-01", 10.0)], "mora": [("2023-06-01", 20.0)]})
    lines = income(
        done, said("  a: {model: block, amounts_sek: {falun: 500}}\n  b: {model: drg_points, price_sek: 30}")
    )
    sums = income_by_hospital(lines)
    frame = won_by_change(sums[sums["payment"] == "a"], sums[sums["payment"] == "b"]).set_index("hospital")
    assert frame["income_sek_won"].to_dict() == {"falun": -200, "mora": 600}
    refuse_bare_money(frame.columns)


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=8))
def test_what_is_shared_sums_to_what_is_paid(amount, weights):
    parts = shared(amount, weights)
    if sum(weights):
        assert sum(parts) == amount
        assert all(abs(p - Fraction(amount * w, sum(weights))) < 1 for p, w in zip(parts, weights, strict=True))
        assert all(p == 0 for p, w in zip(parts, weights, strict=True) if w == 0)
        assert shared(-amount, weights) == [-p for p in parts]
    else:
        assert not any(parts)


@given(st.lists(st.fractions(-(10**6), 10**6, max_denominator=999), max_size=8))
def test_exact_amounts_round_to_their_sum(exact):
    parts = apportioned(exact)
    assert sum(parts) == whole(sum(exact, Fraction(0)))
    assert all(abs(part - one) <= 1 for part, one in zip(parts, exact, strict=True))


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["payment", *words])
    return done.exit_code, done.stdout, done.stderr


def test_the_command_says_what_the_tables_hide(tmp_path):
    code, shown, _ = run(str(SHIPPED / "vgr_2017.yaml"), "--lang", "sv", "--out", str(tmp_path / "p.xlsx"))
    assert code == 0
    for words in ("0,9001 gånger basens", "regionen behåller 10 000 000 kr av B", "1,007772", "infasning: antaget"):
        assert words in shown
    written = pd.read_excel(tmp_path / "p.xlsx", sheet_name=None, engine="calamine")
    assert round(written["Vinner på neutralt pris"]["Vinner, kr"].sum(), 2) == 0
    phases = written["Lika poängpris per fas"].groupby("År")["Intäkt, kr"].sum()
    assert phases.tolist() == [1_700e6, 1_695e6, 1_690e6]
    assert "the cap binds from" in run(str(SHIPPED / "ortho.yaml"))[1]


def test_the_command_pays_actual_contacts(tmp_path):
    (tmp_path / "contacts.csv").write_text("Sjukhus;Datum;Poäng\nFalun;2023-01-31;1,5\nMora;2023-12-31;2\n", "utf-8")
    (tmp_path / "pay.yaml").write_text(
        "price_year: 2023\nhospital: Falun\npayments:\n  block: {model: block, amounts_sek: {Falun: 50, Mora: 250}}\n"
        "  points: {model: drg_points, price_sek: 100}\n",
        encoding="utf-8",
    )
    words = [str(tmp_path / "pay.yaml"), "--contacts", str(tmp_path / "contacts.csv")]
    code, shown, _ = run(*words, "--json")
    assert code == 0
    assert [one["income_sek_won"] for one in json.loads(shown)["won"]] == [100, -50]
    code, shown, _ = run(*words, "--json", "--days", "2023-01-01,2023-01-31")
    assert [one["income_sek"] for one in json.loads(shown)["income"]][2] == 150
    assert run(*words, "--days", "January")[0] == 2
    assert run(*words, "--days", "2023-02-01,2023-01-01")[0] == 2
