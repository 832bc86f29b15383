"""Every text in both languages, and numbers, money and dates as each of them writes them."""

from __future__ import annotations

import re
import string
from datetime import date
from pathlib import Path

import pytest

from flowsim.names import NAMES
from flowsim.report import labels, phrases
from flowsim.report.quantities import quantity
from flowsim.report.words import LANGUAGES, TEXTS, Words, digits_for, plain

SV, EN = Words("sv"), Words("en")
REPORT = Path(phrases.__file__).parent


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("table", [TEXTS, NAMES], ids=["texts", "names"])
def test_every_text_is_there_in_both_languages(table: dict[str, tuple[str, str]]) -> None:
    for key, texts in table.items():
        assert len(texts) == len(LANGUAGES), key
        assert all(text.strip() for text in texts), key


def test_both_languages_have_the_same_places_to_fill() -> None:
    for key, (sv, en) in TEXTS.items():
        assert places(sv) == places(en), key


def test_no_text_has_two_homes() -> None:
    assert not set(labels.LABELS) & set(phrases.PHRASES)


def test_every_key_asked_for_exists() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in [*REPORT.rglob("*.py"), *REPORT.glob("*.j2")])
    asked = {key for key in re.findall(r'(?:words|say)\(\s*"([a-z_0-9]+)"', code) if not key.endswith("_")}
    assert len(asked) > 80
    assert asked <= set(TEXTS), asked - set(TEXTS)


def test_no_text_is_kept_for_nobody() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in [*REPORT.rglob("*.py"), *REPORT.glob("*.j2")])
    made = ("unit_", "measure_", "perspective_", "section_", "more_", "ended_", "finding_", "answer_today_", "table_")
    made += ("queue_", "operations_", "cost_")
    kept = {key for key in TEXTS if f'"{key}"' not in code.replace(f'    "{key}": (', "") and not key.startswith(made)}
    assert not kept


@pytest.mark.parametrize(
    ("value", "digits", "sv", "en"),
    [
        (12345.67, 1, "12\u00a0345,7", "12,345.7"),
        (-1371, 0, "−1\u00a0371", "−1,371"),
        (0.04, 2, "0,04", "0.04"),
        (-0.004, 1, "0,0", "0.0"),
        (float("nan"), 0, "–", "–"),
    ],
)
def test_numbers(value: float, digits: int, sv: str, en: str) -> None:
    assert SV.number(value, digits) == sv
    assert EN.number(value, digits) == en


def test_signs_and_intervals() -> None:
    assert EN.signed(102) == "+102"
    assert EN.signed(0.001, 1) == "0.0"
    assert SV.interval(239, 257) == "239–257"
    assert SV.interval(-107, -89, signed=True) == "−107 till −89"
    assert EN.percent(0.853) == "85%"
    assert SV.percent(0.853, 1) == "85,3\u00a0%"


def test_dates_and_lists() -> None:
    day = date(2027, 1, 4)
    assert SV.date(day) == "4\u00a0januari\u00a02027"
    assert EN.date(day) == "4\u00a0January\u00a02027"
    assert (SV.month(day), EN.month(day), SV.weekday(4), EN.weekday_name(4)) == ("jan", "Jan", "fre", "Friday")
    assert SV.listed(["a", "b", "c"]) == "a, b och c"
    assert EN.listed([]) == ""


def test_as_many_decimals_as_the_interval_is_worth() -> None:
    assert [digits_for(half) for half in (40, 9, 1, 0.4, 0.05, 0.001, 0, float("nan"))] == [0, 0, 0, 1, 2, 2, 0, 0]


def test_quantities_say_their_unit() -> None:
    cost = quantity("total_cash_sek", 12.9e6)
    assert cost.said(SV, cost.value(SV, 12.9e6)) == "12,9\u00a0Mkr"
    assert cost.more_or_less(EN, "cost", 12.9e6, 12.5e6, 13.3e6) == "12.9\u00a0MSEK more (12.5–13.3)"
    queue = quantity("queue_end")
    assert queue.more_or_less(SV, "queue", -98, -107, -89) == "98 färre i kö (89–107)"
    assert queue.more_or_less(EN, "queue", -2, -11, 7) == "2 fewer in queue (−11 to +7)"
    share = quantity("share_within_guarantee")
    assert share.with_interval(EN, 0.15, 0.13, 0.17, unit=True) == "15% (13–17)"
    assert quantity("full_cost_sek_per_operated", 104_500).unit == "sek"
    assert quantity("operations_per_week").unit == "operations_per_week"
    assert quantity("wait_p90_days").plus_minus(EN, 176, 172, 180) == "176 ± 4"
    assert quantity("wait_p90_days").plus_minus(EN, 176, 175, 190) == "176 (175–190)"


def test_names_known_and_unknown() -> None:
    assert (SV.name("xray"), EN.name("xray")) == ("röntgen", "X-ray")
    assert SV.name("missing:ward") == "brist på vårdavdelning"
    assert EN.name("cancelled:illness") == "cancelled (illness)"
    assert SV.name("my_own_step") == "my own step"
    assert EN.measure("queue_on_some_day") == "queue on some day"


@pytest.mark.parametrize(
    ("text", "sv", "en"),
    [
        (
            "extra_operations (resource theatre, per_week 2, days mon-thu, hours 17:00-20:00)",
            "fler operationer (operationssal, 2 per vecka, mån–tors, kl. 17:00-20:00)",
            "more operations (theatre, 2 a week, Mon–Thu, 17:00-20:00)",
        ),
        ("fewer_no_shows (share 0.5)", "färre uteblivna (50\N{NO-BREAK SPACE}%)", "fewer no-shows (50%)"),
        ("resources.ward.places, set 8", "resources.ward.places, set 8", "resources.ward.places, set 8"),
        ("levelled (other some)", "utjämnad kapacitet (other some)", "levelled capacity (other some)"),
    ],
)
def test_changes_are_said_with_what_they_were_told(text: str, sv: str, en: str) -> None:
    assert (SV.change(text), EN.change(text)) == (sv, en)


def test_names_are_made_harmless_and_short() -> None:
    assert plain("a\u202eb\x00c\nd") == "a b c d"
    assert len(plain("x" * 500)) == 120


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="there are: sv, en"):
        Words("fr")  # type: ignore[arg-type]
