"""Answers as files: kept and read back, in both languages, joined on a page, and beds freed by a stay."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

import flowsim as fs
from flowsim.cli import app
from flowsim.errors import FlowsimError, InputError
from flowsim.questions.answer import Answer, Effort, Figure, Realised, Series, Table
from flowsim.questions.freed_beds import Freed, Tried, _fewest, _sentence
from flowsim.questions.wording import EN, SV, Said, alike, both, joined, listed, named
from flowsim.report import answers
from flowsim.report.answers import keeping

HOSTILE = '<script>alert("x")</script>'
STAYS = """
scenario: ward
title: A ward
horizon: {start: 2027-01-04, weeks: 10}
groups: {all: {}}
guarantee: {treatment: {step: operation, days: 60}}
arrivals: {decisions: {step: operation, per_week: 6, days: mon-fri}}
queue_at_start: [{step: operation, patients: 30, waited: {law: uniform, low: 0 days, high: 60 days}}]
resources:
  theatre: {kind: slots, slots_per_week: 6}
  beds: {kind: places, places: 3}
pathway:
  operation: {needs: [theatre], decision: true, stay: {in: beds, nights: {1: 0.6, 2: 0.4}}, then: treated}
"""


def made() -> Answer:
    chances = Series(Said("chans", "chance"), [5.0, 6.0], [0.7, float("nan")], [0.6, 0.8], [0.8, 0.95])
    figure = Figure(
        "points", Said("Figur", "Figure"), alike("x"), alike("y"), (chances, replace(chances, faint=True)),
        (0.9, Said("mål", "goal")), True, (6.0, Said("rådet", "advised")),
    )  # fmt: skip
    bars = Figure(
        "bars", alike("B"), alike(""), alike("z"), (Series(alike("s"), [Said("å", "a"), alike("b")], [1.0, 2.0]),)
    )
    lines = Figure(
        "lines",
        alike("L"),
        alike("x"),
        alike("y"),
        (Series(alike("l"), [1.0, 2.0], [3.0, 4.0], [2.0, 3.0], [4.0, 5.0]),),
    )
    table = Table((Said("säkerhet", "certainty"), alike("n")), ((alike("90 %"), alike("7")),), 1, 0, alike("caption"))
    return Answer(
        "clear_backlog", Said("Hur många?", "How many?"), Said(f"Sju {HOSTILE}", f"Seven {HOSTILE}"), table, figure,
        (Said("antaget", "assumed"),), (Said("ändrar", "changes"),), Effort(12, False, alike("rule"), 1, "simpy", 2.0),
        "no", (Said("för hand", "by hand"),), (Said("att tänka på", "mind"),), ((alike("mer"), table),), (bars, lines),
        Realised("plan", "scenario: plan\n", "here/plan.yaml", {"here/plan.yaml": "", "base.yaml": "x"}),
        {"level": 0.9, "none": float("nan"), "where": Path("a")},
    )  # fmt: skip


def test_written_kept_and_read_back(tmp_path: Path) -> None:
    answer = made()
    sheet = answers.write(answer, tmp_path / "answer", "sv")
    again = keeping.read_answer(tmp_path / "answer")
    assert (again.sentence, again.table, again.notes, again.effort) == (
        answer.sentence, answer.table, answer.notes, answer.effort,
    )  # fmt: skip
    assert again.exit_code == 1
    before = sheet.read_text("utf-8")
    assert answers.rewrite(tmp_path / "answer", "sv").read_text("utf-8") == before
    assert HOSTILE not in before
    assert "tiden tog slut" in before
    done = CliRunner().invoke(app, ["report", str(tmp_path / "answer"), "--lang", "en"])
    assert done.exit_code == 0
    assert "How many?" in sheet.read_text("utf-8")
    told = json.loads((tmp_path / "answer" / "answer.json").read_text("utf-8"))
    assert told["numbers"] == {"level": 0.9, "none": None, "where": "a"}
    assert (tmp_path / "answer" / told["scenario_file"]).read_text("utf-8") == "scenario: plan\n"
    assert len(list((tmp_path / "answer").glob("figure_*.png"))) == 3


def test_answers_joined_on_a_page(tmp_path: Path) -> None:
    for name in ("a", "b"):
        answers.write(made(), tmp_path / name, "sv")
    line = ["ask", "page", str(tmp_path / "a"), str(tmp_path / "b"), "--title", f"Våren {HOSTILE}", "--lang", "sv"]
    done = CliRunner().invoke(app, [*line, "--out", str(tmp_path / "page.html")])
    assert done.exit_code == 0, done.stderr
    page = (tmp_path / "page.html").read_text("utf-8")
    assert page.count("<p>Sju") == 2
    assert HOSTILE not in page
    with pytest.raises(FlowsimError, match="holds no answer"):
        answers.join([tmp_path], "title", tmp_path / "page.html")


def test_nothing_else_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "note.txt").write_text("keep", "utf-8")
    with pytest.raises(FlowsimError, match="is no answer"):
        answers.write(made(), tmp_path / "mine")
    assert (tmp_path / "mine" / "note.txt").read_text("utf-8") == "keep"


def test_a_table_of_an_answer_is_short() -> None:
    with pytest.raises(ValueError, match="at most 7"):
        Table((alike("a"),), tuple((alike(str(k)),) for k in range(8)))


def test_numbers_money_and_dates_as_said() -> None:
    from datetime import date

    space = "\u00a0"
    assert (SV.msek(11_300_000), EN.msek(11_300_000)) == (f"11,3{space}Mkr", f"11.3{space}MSEK")
    assert (SV.sek(66_512), EN.sek(66_512)) == (f"66{space}500{space}kr", f"SEK{space}66,500")
    assert (SV.percent(0.9731), EN.percent(0.9981), EN.percent(1.0)) == (f"97{space}%", "99.8%", "100%")
    assert SV.chance(0.97, 0.961, 0.978) == f"97{space}% (96–98)"
    assert (SV.day(date(2027, 6, 30)), EN.day(date(2027, 6, 30), False)) == (
        f"30{space}juni{space}2027",
        f"30{space}June",
    )
    assert (SV.count(7), EN.count(13), SV.signed(3), SV.signed(0), SV.number(float("nan"))) == (
        "sju",
        "13",
        "+3",
        "0",
        "–",
    )
    assert (SV.interval(1, 2), SV.interval(-1, 2)) == ("1–2", "−1 till 2")
    assert listed([alike("a"), alike("b"), alike("c")]).sv == "a, b och c"
    assert joined([alike("a."), alike(""), alike("b.")]).en == "a. b."
    assert (alike("a") + Said("b", "c")).en == "a c"
    assert named("xray").sv == "röntgen"
    assert named("my_room").en == "my room"
    assert both(lambda say: say.listed(["x", "y"])).en == "x and y"


@pytest.mark.parametrize("least", [1, 3, 10, 11, 12, 21, 40])
def test_the_fewest_beds_that_are_enough(least: int) -> None:
    tried: list[int] = []

    def enough(beds: int) -> bool:
        tried.append(beds)
        return beds >= least

    assert _fewest(enough, 10) == least
    assert len(tried) == len(set(tried))
    assert _fewest(lambda beds: False, 10) is None


def test_one_freed_bed_is_said_in_the_singular_with_what_it_takes() -> None:
    found = Freed("surgery", "ward", 10, 684.0, 0.02, Said("Kortare vårdtid", "Shorter stay"), 3500.0, (1.7, 1.4))
    found.tried = {9: Tried(9, -2.6, 1.4, 0.03), 8: Tried(8, -18.2, 2.1, 0.05)}
    found.needed = 9
    assert _sentence(found, SV) == (
        "Kortare vårdtid (1,4 dygn i medel) frigör en vårdplats, värd 1,3\u00a0Mkr om året: 9 räcker i stället för 10,"
        " med −3 ± 1 operationer om året (med en plats färre −18 ± 2)."
    )
    assert "frees one bed, worth 1.3\u00a0MSEK a year: 9 are enough instead of 10" in _sentence(found, EN)
    found.needed = 8
    assert "frigör två vårdplatser, värda 2,6" in _sentence(found, SV)


def test_beds_that_a_longer_stay_takes(tmp_path: Path) -> None:
    path = tmp_path / "scenarios" / "ward.yaml"
    path.parent.mkdir()
    path.write_text(STAYS, "utf-8")
    longer = tmp_path / "longer.yaml"
    longer.write_text("change:\n- shorter_stay: {step: operation, nights: {4: 0.6, 5: 0.4}}\n", "utf-8")
    answer = fs.ask("freed-beds", path, with_=longer, step="operation", engine="simpy", workers=1)
    assert 2 <= answer.numbers["freed"] <= 7
    assert answer.sentence.sv.startswith("Dagens vårdtid (1,")
    assert " dygn i medel) frigör " in answer.sentence.sv
    with pytest.raises(InputError, match="is needed"):
        fs.ask("freed-beds", path, step="operation", engine="simpy", workers=1)
    with pytest.raises(InputError, match="no step with a stay"):
        fs.ask("freed-beds", path, with_=longer, step="surgery", engine="simpy", workers=1)
