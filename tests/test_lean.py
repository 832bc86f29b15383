"""The three ledgers: each hour and each day in exactly one cell; countermeasures as named interventions; the sheet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from flowsim import engines, plan, questions
from flowsim.costs.kpp import load_unit_costs
from flowsim.errors import InputError
from flowsim.questions.cases import Case, stacked
from flowsim.questions.lean.declared import Declared, declared
from flowsim.questions.lean.money import hourly_rates, waste_money
from flowsim.questions.lean.patient_days import DAY_CELLS, Spans, by_cell, patient_days
from flowsim.questions.lean.staff_hours import HOUR_CELLS, staff_hours
from flowsim.schema import read, text_of
from flowsim.schema.lean import LeanFile, lean_file
from flowsim.tables import Results, frames

ROOT = Path(__file__).parents[1]
ORTHO = sorted((ROOT / "scenarios").glob("ortho_*.yaml"))
SPLITS = ROOT / "calibration" / "lean_ortho.yaml"


def splits_of(case: Case, path: Path = SPLITS) -> Declared:
    model = case.scenario.model
    names = (list(model.resources), list(model.pathway), list(model.groups))
    return declared(case.scenario, lean_file(*read(text_of(path), path.name), *names))


def results_of(case: Case, weeks: int, engine: str = "simpy") -> Results:
    made = case.plan_to(weeks)
    return frames(engines.run(made, plan.draw(made, 1, 0), engine), made.setting, 0)


def ledgers(path: Path, weeks: int, engine: str = "simpy") -> tuple[pd.DataFrame, pd.DataFrame, Results, Declared]:
    case = stacked(path).case(path.stem, ())
    said, results = splits_of(case), results_of(case, weeks, engine)
    return staff_hours(results, said), patient_days(results, said), results, said


def check_identities(path: Path, weeks: int, engine: str = "simpy") -> None:
    hours, days, results, _ = ledgers(path, weeks, engine)
    table = hours[hours["cell"].isin(HOUR_CELLS)].groupby("resource")["hours"].sum()
    offered = hours[hours["cell"] == "offered"].set_index("resource")["hours"]
    assert table.to_numpy() == pytest.approx(offered[table.index].to_numpy(), rel=1e-9)
    assert (hours.loc[hours["cell"].isin(HOUR_CELLS), "hours"] > -1e-6).all(), "no hour is taken from another cell"
    amount = days.set_index("cell")["days"]
    assert amount[[*DAY_CELLS]].sum() == pytest.approx(amount["all"], abs=1e-9 * amount["all"])
    patients = results.patients[~results.patients["group"].isin(results.setting.background)]
    end = results.setting.end_day
    inside = np.clip(patients["end_day"].fillna(end), 0, end) - np.clip(patients["arrived_day"], 0, end)
    assert amount["all"] == pytest.approx(inside.sum(), rel=1e-7), "every day of every own patient, once"


@pytest.mark.parametrize(
    "path", [p for p in ORTHO if p.stem in ("ortho_today", "ortho_elsewhere")], ids=lambda p: p.stem
)
def test_every_hour_and_day_lies_in_one_cell(path: Path) -> None:
    check_identities(path, 8)


@pytest.mark.slow
@pytest.mark.parametrize("path", ORTHO, ids=lambda p: p.stem)
def test_every_hour_and_day_lies_in_one_cell_in_every_ortho_scenario(path: Path) -> None:
    check_identities(path, 104, engines.chosen("auto", 10_000))


def spans(*rows: tuple[int, float, float, str]) -> Spans:
    patient, begin, end, cell = zip(*rows, strict=True)
    codes = np.array([DAY_CELLS.index(one) if one else 0 for one in cell])
    return Spans(np.array(patient), np.array(begin, float), np.array(end, float), codes)


def test_days_by_hand() -> None:
    """Two patients; rework before waiting before touch; what lies outside a patient's time counts for nothing."""
    inside = spans((1, 0, 10, ""), (2, 5, 9, ""))
    marked = [
        spans((1, 2, 4, "touch"), (1, 3, 5, "waiting"), (1, 8, 12, "rework"), (2, 0, 6, "rest")),
        spans((2, 8, 30, "touch"), (2, 8.5, 9.5, "overwork"), (3, 0, 5, "touch")),
    ]
    found = dict(zip(DAY_CELLS, by_cell(inside, marked, end=20.0), strict=True))
    assert found == pytest.approx(
        {"rework": 2, "waiting": 2, "overwork": 0.5, "touch": 1.5, "transport": 0, "rest": 1, "stock": 7}
    )


def test_hours_by_hand(tmp_path: Path) -> None:
    """A clinic of 10 slots of half an hour a week, one patient a week, a fifth of the touch time overwork."""
    path = tmp_path / "one.yaml"
    path.write_text(ONE, encoding="utf-8")
    lean = tmp_path / "lean.yaml"
    lean.write_text(LEAN, encoding="utf-8")
    case = stacked(path).case("one", ())
    said, results = splits_of(case, lean), results_of(case, 4)
    cell = staff_hours(results, said).set_index("cell")["hours"]
    visits = int((results.contacts["outcome"] == "done").sum())
    assert visits == 4
    assert cell["offered"] == pytest.approx(20)
    assert cell["overproduction"] == pytest.approx(0.1 * visits / 2)
    assert cell["overwork"] == pytest.approx(0.9 * 0.2 * visits / 2)
    assert cell["value"] == pytest.approx(0.9 * 0.8 * visits / 2)
    assert cell["unused_knowledge:clinic"] == cell["value"]
    assert cell["readiness"] == pytest.approx(1)
    assert cell["idle"] == pytest.approx(20 - visits / 2 - 1)
    assert cell["waiting"] == 0


ONE = """
scenario: one
title: One visit a week
horizon: {start: 2027-01-04, weeks: 4}
groups: {hip: {share: 1}}
arrivals: {referrals: {step: visit, per_week: 1, law: fixed, days: mon, hours: "00:00-01:00"}}
resources: {clinic: {kind: slots, slots_per_week: 10}}
pathway: {visit: {needs: [clinic], then: discharged}}
"""
LEAN = """
readiness_share: 0.05
resources: {clinic: {minutes_per_unit: 30}}
steps: {visit: {unneeded_share: 0.1, overwork_share: 0.2, could_be_done_by: clinic}}
"""


def test_sek_are_hours_at_the_reference_rate_and_variable_costs() -> None:
    hours, _, results, said = ledgers(ROOT / "scenarios" / "ortho_today.yaml", 8)
    costs = load_unit_costs(ROOT / "calibration" / "kpp_2023.yaml")
    money = waste_money(results, hours, said, costs).set_index("cell")
    rates = hourly_rates(results, said, costs)
    assert rates["theatre"] == pytest.approx(49_200 / (160 / 60))
    assert rates["ward"] == pytest.approx(6_300 / 24)
    for cell in ("motion", "waiting"):
        mine = hours[hours["cell"] == cell]
        assert money.loc[cell, "sek"] == pytest.approx((mine["hours"] * mine["resource"].map(rates)).sum())
    assert money.loc["rework", "variable_sek"] > 0, "readmissions have bed-days"
    assert "unused_capacity" in money.index


def test_a_lean_file_is_checked_against_the_scenario(tmp_path: Path) -> None:
    path = tmp_path / "lean.yaml"
    path.write_text(
        "resources:\n  clinik: {minutes_per_unit: 30}\nsteps:\n  surgery: {motion_share: 2}\n", encoding="utf-8"
    )
    case = stacked(ROOT / "scenarios" / "ortho_today.yaml").case("today", ())
    with pytest.raises(InputError, match="motion_share"):
        splits_of(case, path)
    path.write_text("resources:\n  clinik: {minutes_per_unit: 30}\n", encoding="utf-8")
    with pytest.raises(InputError, match='Did you mean "clinic"'):
        splits_of(case, path)


def test_what_comes_back_is_told_from_the_pathway() -> None:
    said = splits_of(stacked(ROOT / "scenarios" / "ortho_today.yaml").case("today", ()))
    assert dict(said.causes) == {"readmission": "surgery", "reoperation": "surgery"}
    assert said.side_steps["surgery_stay"] == ("ward_film",)
    assert isinstance(said.file, LeanFile)


def changed(item: dict[str, object]) -> dict[str, object]:
    base = stacked(ROOT / "scenarios" / "ortho_today.yaml")
    return {one.where: one.new for one in base.case("changed", [item]).scenario.changes}


def test_standard_work_and_visual_control_are_named() -> None:
    found = changed({"visual_control": {"rebook_after": "3 days", "steps": ["first_visit", "surgery"]}})
    assert found == {
        "pathway.first_visit.no_show.rebook_after": "3 days",
        "pathway.surgery.late_cancellation.rebook_after": "3 days",
    }
    found = changed({"standard_work": {"steps": ["surgery"], "cancellations": 0.3}})
    assert found == {"pathway.surgery.late_cancellation.share": pytest.approx(0.0189)}
    for wrong, words in (
        ({"standard_work": {"steps": ["surgery"], "spread": 0.5}}, "no sd or cv"),
        ({"standard_work": {"steps": ["surgery"]}}, "Changes nothing"),
        ({"visual_control": {"rebook_after": "3 days", "steps": ["triage"]}}, "no_show or late_cancellation"),
    ):
        with pytest.raises(InputError, match=words):
            changed(wrong)


NO_SHOWS = ONE.replace("per_week: 1, law: fixed, days: mon", "per_week: 9, law: poisson, days: mon").replace(
    "needs: [clinic]", "needs: [clinic], no_show: {share: 0.4, rebook_after: 1 week}"
).replace("weeks: 4", "weeks: 26")  # fmt: skip


def test_a_reminder_saves_slots_and_is_said(tmp_path: Path) -> None:
    for name, text in (("one.yaml", NO_SHOWS), ("lean.yaml", LEAN), ("sms.yaml", REMINDER)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    options = {"engine": "simpy", "workers": 1, "pairs": 8}
    answer = questions.ask(
        "lean", tmp_path / "one.yaml", splits=tmp_path / "lean.yaml", changes=[tmp_path / "sms.yaml"], **options
    )
    saved, half = answer.numbers["change"]["no_show:clinic"]
    assert saved + half < 0
    assert answer.sentence.sv.startswith("Påminnelse: ")
    assert "på 26 veckor går " in answer.sentence.sv
    assert " mottagningstider färre förlorade. " in answer.sentence.sv
    assert answer.further[0][0].en == "Where the relief lands"
    alone = questions.ask("lean", tmp_path / "one.yaml", splits=tmp_path / "lean.yaml", **options)
    assert "värdeskapande och " in alone.sentence.sv
    assert "years" not in alone.effort.said.en
    assert "8 körningar à 26 veckor" in alone.effort.said.sv
    assert len(alone.table.rows) == 7


REMINDER = """
title: Reminder
title_sv: Påminnelse
change: [{fewer_no_shows: {share: 0.8}}]
"""
