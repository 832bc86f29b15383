"""clear-backlog: clinics without luck to the last digit, a small clinic asked as a user asks, what a sheet holds."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import flowsim as fs
from flowsim.arithmetic import WaitingList
from flowsim.cli import app
from flowsim.errors import FlowsimError, InputError
from flowsim.questions import backlog_by_hand, feasible
from flowsim.questions.asked import Asked
from flowsim.questions.backlog_sheet import _number
from flowsim.questions.candidates import Candidates, Relief
from flowsim.questions.cases import stacked
from flowsim.questions.extra import lists_for
from flowsim.questions.goal import Goal, day_of, share_of
from flowsim.questions.pace import Sums, whole_extra
from flowsim.questions.search import Chance, Smallest
from flowsim.questions.units import more
from flowsim.questions.wording import EN, SV

START = date(2027, 1, 4)
CLINICS = [
    (275, 7, 9, 4, 26, 37, 9),
    (159, 19, 17, 2, 17, 74, 8),
    (279, 16, 13, 0, 23, 33, 14),
    (103, 7, 10, 3, 24, 71, 0),
]
CLINIC = """
scenario: clinic
title: A clinic without luck
horizon: {{start: 2027-01-04, weeks: {weeks}}}
groups: {{all: {{}}}}
guarantee: {{treatment: {{step: operation, days: 90}}}}
arrivals: {{decisions: {{step: operation, per_week: {inflow}, law: fixed, days: mon-fri, hours: "08:00-10:00"}}}}
queue_at_start: [{{step: operation, patients: {queue}, waited: {{law: uniform, low: 0 days, high: 80 days}}}}]
resources: {{theatre: {{kind: slots, slots_per_week: {slots}, hours: "10:00-16:00"}}}}
pathway: {{operation: {{needs: [theatre], decision: true, then: treated}}}}
"""
SMALL = """
scenario: small
title: A small clinic
title_sv: En liten klinik
horizon: {start: 2027-01-04, weeks: 40}
groups: {all: {share: 1}, others: {background: true}}
guarantee: {treatment: {step: operation, days: 60}}
arrivals:
  decisions: {step: film, per_week: 4, days: mon-fri, hours: "08:00-16:00", groups: {all: 1}}
  others: {step: others_film, per_week: 3, days: mon-fri, groups: {others: 1}}
queue_at_start: [{step: film, patients: 30, waited: {law: uniform, low: 0 days, high: 90 days}}]
resources:
  theatre: {kind: slots, slots_per_week: 4, luck: {law: lognormal, cv: 0.3}}
  ward: {kind: places, places: 2}
  xray: {kind: slots, slots_per_week: FILMS}
pathway:
  film: {needs: [xray], decision: true, then: operation}
  operation: {needs: [theatre], stay: {in: ward, nights: {1: 0.5, 2: 0.5}}, then: treated}
  others_film: {needs: [xray], then: discharged}
"""


def small(folder: Path, films: int) -> Path:
    path = folder / "scenarios" / "small.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(SMALL.replace("FILMS", str(films)), "utf-8")
    return path


def candidates(path: Path, goal: Goal, begins: date | None = None, days: str = "mon-fri") -> Candidates:
    asked, _ = Asked.of(path, {"engine": "simpy", "workers": 1})
    ends = goal.by - timedelta(days=(goal.by.weekday() - 4) % 7)
    return Candidates(asked, goal, lists_for(asked, goal.step, goal.by, begins, ends, days, "16:00-18:00", None, False))


@pytest.mark.parametrize(("queue", "inflow", "slots", "starts", "weeks", "accepted", "answer"), CLINICS)
def test_clinics_without_luck(
    queue: int, inflow: int, slots: int, starts: int, weeks: int, accepted: int, answer: int, tmp_path: Path
) -> None:
    assert whole_extra(queue, inflow, slots, starts, weeks, accepted) == answer
    path = tmp_path / "scenarios" / "clinic.yaml"
    path.parent.mkdir()
    path.write_text(CLINIC.format(queue=queue, inflow=inflow, slots=slots, weeks=weeks), "utf-8")
    goal = Goal("operation", START + timedelta(days=7 * weeks - 1), 0.9, 90, accepted)
    of = candidates(path, goal, START + timedelta(weeks=starts))
    assert len(of.list_weeks) == weeks - starts
    assert of.reached(answer, np.arange(1)).all()
    if answer:
        assert not of.reached(answer - 1, np.arange(1)).any()
    hand = backlog_by_hand.sums(of)
    assert hand.extra_per_week == pytest.approx(
        max(0, (queue + (inflow - slots) * weeks - accepted) / (weeks - starts))
    )


def test_by_hand_to_the_last_digit() -> None:
    base_case = Sums(queue=260, inflow=170 + 21 - 10, done=359, list_weeks=22, kept_share=0.94)
    assert base_case.gap == 82
    assert round(base_case.extra_per_week, 2) == 3.97
    priced = [Sums(260, 181, 359, 0, 22, 0.94).for_certainty(z, 35) for z in (0, 0.8416, 1.2816, 1.6449)]
    assert [round(one, 1) for one in priced] == [4.0, 5.4, 6.1, 6.7]
    fong = WaitingList(inflow=30, capacity=27, queue=1200, target_wait_weeks=52)
    told = (fong.load, fong.growth_per_week, fong.target_queue, fong.queue_ratio, fong.relief_capacity)
    assert [round(one, 4) for one in told] == [1.1111, 3.0, 390.0, 3.0769, 61.1538]
    skr = WaitingList(inflow=1.013, capacity=1.05, queue=7, target_wait_weeks=1, relief_weeks=104)
    assert round(-skr.growth_per_week, 3) == 0.037
    assert round(-104 * skr.growth_per_week, 3) == 3.848
    assert round(skr.queue_after(104), 3) == 3.152
    assert round(Sums(7, 1.013 * 104, 104, 3.152, 104).extra_per_week, 4) == 0.05


def test_asked_as_a_user_asks(tmp_path: Path) -> None:
    out = tmp_path / "answer"
    line = [
        "ask",
        "clear-backlog",
        str(small(tmp_path, 20)),
        "--step",
        "operation",
        "--by",
        "2027-06-13",
        "--over",
        "60",
    ]
    line += ["--confidence", "80%", "--seconds", "1.5", "--engine", "simpy", "--workers", "1", "--lang", "sv"]
    done = CliRunner().invoke(app, [*line, "--out", str(out), "--json"])
    assert done.exit_code == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["verdict"] in ("yes", "close")
    assert told["runs"] >= 70
    assert len(told["table"]) <= 7
    assert "väntar över 60 dagar" in told["sentence"]["sv"]
    assert told["numbers"]["levels"]["0.8"]["number"] >= 1
    sheet = (out / "answer.html").read_text("utf-8")
    assert "script" not in sheet
    assert "http://" not in sheet.replace("http://www.w3.org", "")
    plan = fs.load(out / told["scenario_file"])
    assert "extra_lists" in plan.model.resources["theatre"].tranches
    again = CliRunner().invoke(app, ["check", str(out / told["scenario_file"])])
    assert again.exit_code == 0, again.stderr


def test_what_stands_in_the_way_and_what_would_do(tmp_path: Path) -> None:
    goal = Goal("operation", date(2027, 6, 13), 0.8, 60)
    of = candidates(small(tmp_path, 4), goal)
    assert of.lists.shared == ("xray",)
    assert [one.resource for one in of.lists.along] == ["ward"]
    assert feasible.proof(of).infeasible
    reasons = feasible.reasons(of, 4, 20)
    assert reasons[0][0] is not None
    assert reasons[0][0].resource == "xray"
    assert reasons[0][1].share > 0.9
    assert {r.resource if r else None for r, _ in reasons} == {"xray", "ward", None}
    some = feasible.relieved(of, replace(reasons[0][0], amount=4.0))
    assert feasible.reasons(some, 4, 5)[0][1].share >= 0.8
    assert len(feasible.relieved(some, replace(reasons[0][0], amount=6.0)).further) == 1


@pytest.mark.slow
def test_the_answer_no_is_exit_code_1(tmp_path: Path) -> None:
    line = [
        "ask",
        "clear-backlog",
        str(small(tmp_path, 6)),
        "--step",
        "operation",
        "--by",
        "2027-06-13",
        "--over",
        "60",
    ]
    line += ["--seconds", "1.5", "--engine", "simpy", "--workers", "1", "--out", str(tmp_path / "answer")]
    done = CliRunner().invoke(app, line)
    assert done.exit_code == 1, done.stderr
    assert done.stdout.startswith("No, with X-ray as it is today it cannot be done")


def test_nothing_is_needed_where_nothing_is(tmp_path: Path) -> None:
    path = small(tmp_path, 30)
    path.write_text(path.read_text("utf-8").replace("slots_per_week: 4", "slots_per_week: 12"), "utf-8")
    answer = fs.ask(
        "clear-backlog", path, step="operation", by="2027-06-13", confidence=0.9, over=60, engine="simpy", workers=1,
        seconds=1,
    )  # fmt: skip
    assert answer.sentence.en.startswith("No extra operations are needed")
    assert answer.exit_code == 0


def test_files_laid_upon_each_other(tmp_path: Path) -> None:
    path = small(tmp_path, 8)
    more = tmp_path / "more.yaml"
    more.write_text("change:\n- {where: resources.xray.slots_per_week, add: 4}\n", "utf-8")
    derived = tmp_path / "beds.yaml"
    derived.write_text(
        "scenario: beds\ntitle: More beds\nbased_on: other.yaml\nchange:\n- {where: resources.ward.places, add: 1}\n",
        "utf-8",
    )
    asked, rest = Asked.of(path, {"with_": [more, derived], "engine": "simpy", "own": 1})
    assert rest == {"own": 1}
    model = asked.base.scenario.model
    assert (model.resources["xray"].slots_per_week, model.resources["ward"].places) == (12, 3)  # type: ignore[union-attr]
    assert asked.base.given == ("xray", "ward")
    assert asked.bare.scenario.model.resources["xray"].slots_per_week == 8  # type: ignore[union-attr]
    with pytest.raises(InputError, match="no changes"):
        Asked.of(path, {"with_": path})
    with pytest.raises(InputError, match="no such file"):
        Asked.of(path, {"with_": tmp_path / "none.yaml"})


def test_a_pair_or_a_later_date_where_no_single_relief_does(tmp_path: Path) -> None:
    path = small(tmp_path, 4)
    tight = Goal("operation", date(2027, 2, 14), 0.8, 20)
    of = candidates(path, tight, date(2027, 1, 4))
    xray, ward = (Relief(name, kind, plenty=100.0) for name, kind in (("xray", "slots"), ("ward", "places")))
    assert feasible.pair_of(of, [xray, ward], 10) is not None
    roomy = candidates(small(tmp_path, 20), Goal("operation", date(2027, 1, 17), 0.8, 5), date(2027, 1, 4))
    assert feasible.proof(roomy, 60).chance.share < 0.8
    later = feasible.earliest(roomy, 10)
    assert later is None or later[0] > roomy.goal.by


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"by": "soon"}, "must be a date"),
        ({"by": "2031-01-01"}, "lies outside"),
        ({"by": "2027-06-13", "step": "surgery"}, "no such step"),
        ({"by": "2027-06-13", "confidence": "certain"}, "must be a share"),
        ({"by": "2027-06-13", "from_": "2027-08-01"}, "no time"),
    ],
)
def test_questions_that_cannot_be_asked(options: dict[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        fs.ask("clear_backlog", small(tmp_path, 20), **{"step": "operation", "engine": "simpy", **options})


def test_a_question_there_is_not(tmp_path: Path) -> None:
    with pytest.raises(FlowsimError, match="clear_backlog"):
        fs.ask("how_many", small(tmp_path, 20))


def test_dates_and_shares_as_typed() -> None:
    assert day_of("2027-06-30", "--by") == date(2027, 6, 30)
    assert (share_of("90 %", "-"), share_of("0,8", "-"), share_of(0.95, "-")) == (0.9, 0.8, 0.95)


def test_weekly_pace_beside_the_arithmetic(tmp_path: Path) -> None:
    answer = fs.ask(
        "weekly_pace", small(tmp_path, 20), step="operation", by="2027-06-13", confidence="80%", over=60,
        engine="simpy", workers=1, seconds=1.5,
    )  # fmt: skip
    assert len(answer.table.rows) == 7
    assert answer.numbers["even_pace"] == pytest.approx(4.0, abs=0.05)
    assert answer.numbers["extra_even_chance"] <= answer.numbers["extra_asked"]
    assert answer.by_hand[0].sv
    said = {row[0].en: [cell.en for cell in row[1:]] for row in answer.table.rows}
    assert said["extra a week to the date"][1] == "–", "as it is nobody has tried: no 0 that reads as enough"


def test_a_number_too_close_to_tell_says_so_in_its_row() -> None:
    """What the sentence advises and what the table shows must not be two different numbers without a word."""
    found = SimpleNamespace(of=SimpleNamespace(unit=1.0, operations=float))
    six, seven = Chance(6, 0.78, 0.68, 0.85, 90), Chance(7, 0.94, 0.88, 0.98, 90)
    assert _number(found, 7, Smallest(0.9, 7, seven, six), SV) == "7 (8 är säkrare)"  # type: ignore[arg-type]
    six, seven = Chance(6, 0.88, 0.85, 0.91, 400), Chance(7, 0.97, 0.95, 0.98, 400)
    assert _number(found, 7, Smallest(0.9, 7, seven, six), EN) == "7 (6 may do)"  # type: ignore[arg-type]
    six = Chance(6, 0.80, 0.76, 0.84, 400)
    assert _number(found, 7, Smallest(0.9, 7, seven, six), SV) == "7"  # type: ignore[arg-type]


def test_what_a_file_adds_is_said_in_numbers() -> None:
    root = Path(__file__).parents[1] / "scenarios"
    base = stacked(root / "ortho_today.yaml", [root / "ortho_raised.yaml"])
    assert base.added == (("ward", "places", 3.0), ("xray", "slots", 18.0))
    assert more("xray", "slots", 18.0, SV) == "18 röntgentider till i veckan"
    assert more("ward", "places", 3.0, SV) == "tre vårdplatser till"


@pytest.mark.parametrize(
    ("option", "typed", "words"),
    [
        ("--confidence", "90", 'Menade du "90%"?'),
        ("--by", "30/6-2027", 'Menade du "2027-06-30"?'),
        ("--by", "30 juni 2027", 'Menade du "2027-06-30"?'),
        ("--by", "31.6.2027", "måste vara ett datum: 2027-06-30.\n"),
        ("--by", "", "behövs: ett datum"),
        ("--step", "operatin", 'Menade du "operation"?'),
        ("--days", "tis", "ingen veckodag"),
    ],
)
def test_what_a_planner_mistypes_is_told_at_the_option(tmp_path: Path, option: str, typed: str, words: str) -> None:
    """Exit code 2, the option first (no file that nobody wrote), and the nearest thing that was meant."""
    said = {"--by": "2027-06-13", "--step": "operation", "--lang": "sv", "--engine": "simpy", option: typed}
    done = CliRunner().invoke(app, ["ask", "clear-backlog", str(small(tmp_path, 20)), *sum(said.items(), ())])
    assert done.exit_code == 2
    assert words in done.stderr
    assert option in done.stderr.splitlines()[0]
    assert not done.stderr.startswith(":")
    assert "_plus_1.yaml" not in done.stderr
