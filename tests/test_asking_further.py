"""What people type for the questions of capacity, money and improvement: read as meant, or refused in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flowsim.cli import app
from flowsim.cli.asking_further import amounts, money, share, shares_of
from flowsim.errors import InputError

TODAY = str(Path(__file__).parents[1] / "scenarios" / "ortho_today.yaml")


@pytest.mark.parametrize(
    ("text", "sek"),
    [("5 MSEK", 5e6), ("5,5 Mkr", 5.5e6), ("5 000 000", 5e6), ("800 kkr", 8e5), ("1200000 kr", 1.2e6), ("3e6", 3e6)],
)
def test_money_as_people_write_it(text: str, sek: float) -> None:
    assert money(text, "--budget") == pytest.approx(sek)


def test_shares_prices_and_what_is_none_of_them() -> None:
    assert shares_of("0..60%") == (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
    assert shares_of("30 %") == (0.0, 0.3)
    assert share("0,95", "--goal") == share("95%", "--goal") == 0.95
    assert amounts(["theatre=12 270", "xray=600,5"], "--price") == {"theatre": 12270.0, "xray": 600.5}
    for wrong in (
        lambda: money("much", "--budget"),
        lambda: share("150%", "--goal"),
        lambda: amounts(["x"], "--price"),
    ):
        with pytest.raises(InputError):
            wrong()


@pytest.mark.parametrize("question", ["bottleneck", "outsource", "mix", "lean", "sensitivity"])
def test_every_question_has_help_with_an_example(question: str) -> None:
    shown = CliRunner().invoke(app, ["ask", question, "--help"])
    assert shown.exit_code == 0
    assert f"flowsim ask {question} scenarios/ortho_today.yaml" in re.sub(r"\s+", " ", shown.output)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["bottleneck", TODAY, "--only", "teatre", "--engine", "simpy"], "theatre"),
        (["mix", TODAY, "--budget", "5", "--lever", "clinik", "--engine", "simpy"], "clinic"),
        (["outsource", TODAY, "--price", "65000", "--groups", "hips", "--engine", "simpy"], "hip"),
        (["sensitivity", TODAY, "--ranges", "none.yaml", "--engine", "simpy"], "none.yaml"),
        (["lean", TODAY, "--splits", "none.yaml", "--engine", "simpy"], "none.yaml"),
    ],
)
def test_what_is_wrong_is_said_before_any_run(typed: list[str], said: str, tmp_path: Path) -> None:
    shown = CliRunner().invoke(app, ["ask", *typed, "--out", str(tmp_path / "answer")])
    assert shown.exit_code == 2
    assert said in shown.output + shown.stderr
    assert "Traceback" not in shown.output + shown.stderr
    assert not (tmp_path / "answer").exists(), "nothing is written"
