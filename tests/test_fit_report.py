"""The fit report: every sentence true of its figure, in both languages, and a page that can do nothing."""

from __future__ import annotations

import base64
import re
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from histories import DOCTORS, FOLDER, HEP, SHOCK, THREE_YEARS

from flowsim import calibration
from flowsim.calibration.log import LogCalibration, calibrate_log, read_events
from flowsim.report.fit import fit_page
from flowsim.report.fit.assumed import in_swedish
from flowsim.report.fit.log_page import TEXTS as LOG_TEXTS
from flowsim.report.fit.log_page import write_log_fit
from flowsim.report.fit.sentences import Saying
from flowsim.report.fit.texts import TEXTS
from flowsim.report.words import Words


@pytest.fixture(scope="module")
def doctors() -> calibration.Calibration:
    return calibration.calibrate(DOCTORS, resource="clinic", samples=199)


@pytest.fixture(scope="module")
def theatre() -> calibration.Calibration:
    held = (date(2019, 1, 7), date(2019, 12, 29))
    return calibration.calibrate(HEP, resource="theatre", window=THREE_YEARS, hold_out=held, samples=49)


def saying(found: calibration.Calibration, lang: str) -> Saying:
    (one,) = found.resources.values()
    return Saying(one, found.exclude, Words(lang))


def test_the_doctors_sentences(doctors: calibration.Calibration) -> None:
    en, sv = saying(doctors, "en"), saying(doctors, "sv")
    assert en.distribution() == (
        "Half of the weeks lie below 70, the mean is 83: planning on the mean promises too much in 31 of 52 weeks."
    )
    assert sv.distribution() == (
        "Hälften av veckorna ligger under 70, medel är 83: den som planerar på medel lovar för mycket 31 veckor av 52."
    )
    assert en.candidates().startswith("Poisson does not fit (p < 0.01); lognormal has the lowest AIC")
    assert en.season() == "Weeks 26–32 give 54% of an average week."
    assert sv.season() == "Vecka 26–32 ger 54\u00a0% av en genomsnittlig vecka."
    assert en.lag().startswith("A bad week says nothing certain about the next")
    assert en.hours() == "Twice the contacts took 1.2 times the hours (correlation 0.30, 0.03–0.53)."
    assert sv.plan() == "Planera 55 i 33 veckor, 118 i 15 och 182 i 4: ett mål, inte kapaciteten."
    assert en.back_test() == ""
    assert any("52 weeks: too short for a trend" in text for text in en.not_trusted())
    assert en.verdict() == "Verdict: the simulated years look like the history."


def test_the_theatres_sentences(theatre: calibration.Calibration) -> None:
    en, sv = saying(theatre, "en"), saying(theatre, "sv")
    (one,) = theatre.resources.values()
    assert re.match(
        r"The level fell 9% a year\. The weeks 2017-W49–2018-W06 stand out .*variance over mean is 1\.17", en.weeks()
    )
    assert one.back_test is not None
    inside = one.back_test.chosen.covered_80
    assert f"Of 51 weeks never shown to the model, {inside} fell within its 80% interval" in en.back_test()
    assert "chance allows 35 to 46" in en.back_test()
    assert "cannot be told apart" in en.back_test()
    assert "kan inte skiljas åt" in sv.back_test()
    assert "worst 8 weeks in a row" in en.years() or "lowest week" in en.years()
    assert en.verdict().startswith("Verdict: the model does not reproduce")


def test_weeks_left_out_are_said_with_their_reason() -> None:
    found = calibration.calibrate(HEP, resource="theatre", window=THREE_YEARS, exclude=[SHOCK], samples=29)
    assert "weeks in grey were left out (winter shock)" in saying(found, "en").weeks()


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_page_needs_nothing_and_does_nothing(lang: str, theatre: calibration.Calibration) -> None:
    page = fit_page(theatre, lang)
    assert page.count("<figure>") == page.count("<h3>") - page.count("<ul")
    assert page.count("<figure>") == 8
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "default-src 'none'" in page
    for image in re.findall(r"base64,([^\"]+)", page):
        assert b"<svg" in base64.b64decode(image)[:600]


def test_names_of_files_are_only_text(doctors: calibration.Calibration) -> None:
    wicked = calibration.Calibration("<script>x</script>", "", (), 1, 1, doctors.resources)
    assert "<script" not in fit_page(wicked)


def test_every_text_stands_in_both_languages_with_the_same_places() -> None:
    for key, (sv, en) in TEXTS.items():
        assert set(re.findall(r"{\w+}", sv)) == set(re.findall(r"{\w+}", en)), key


def test_what_was_assumed_is_said_in_swedish_too(theatre: calibration.Calibration) -> None:
    shipped = [calibration.load(FOLDER / name) for name in ("clinic_contacts.yaml", "theatre_luck.yaml")]
    for found in (*shipped, theatre):
        for one in found.resources.values():
            for text in one.assumed:
                assert in_swedish(text) != text, text
    assert in_swedish("the trend of -7.6% a year stops where the history ends") == (
        "trenden på −7,6\N{NO-BREAK SPACE}% per år slutar där historien slutar"
    )
    assert in_swedish("52 weeks are missing, 50 of them in a row: what happened then is not known").startswith(
        "52 veckor"
    )


@pytest.fixture(scope="module")
def log() -> LogCalibration:
    """Four a week queue for a slot that comes three times a week, for two years."""
    weeks, monday = 104, pd.Timestamp("2026-01-05")
    queued = monday + pd.to_timedelta(np.repeat(np.arange(weeks) * 7.0, 4) + np.tile([0.4, 1.4, 2.4, 3.4], weeks), "D")
    start = monday + pd.to_timedelta(np.repeat(np.arange(140) * 7.0, 3)[: 4 * weeks] + 4.4, "D")
    start = pd.Series(start).where(start < monday + pd.Timedelta(weeks=weeks))
    frame = pd.DataFrame({"case": np.arange(4 * weeks), "activity": "visit", "resource": "clinic", "group": "hip"})
    frame["queued"], frame["start"] = queued, start
    frame["end"] = start + pd.Timedelta("40min")
    frame["outcome"] = np.where(start.isna(), "open", "done")
    return calibrate_log(read_events(frame))


def test_a_logs_sentences_are_true_of_its_figures(log: LogCalibration, tmp_path: Path) -> None:
    page = write_log_fit(log, tmp_path / "log_fit.html", "en").read_text()
    assert "4.0 new cases in an ordinary week (3.7–4.3)." in page
    assert "3.0 slots are offered in an ordinary week" in page
    assert "in 104 of 104 weeks somebody waited all the time." in page
    assert "104 wait at the log&#39;s end, against fewer than 5 after its first week." in page
    assert page.count("<figure>") == 3
    swedish = write_log_fit(log, tmp_path / "log_sv.html", "sv").read_text()
    assert "104 väntar vid loggens slut, mot färre än 5 efter dess första vecka." in swedish
    assert "<script" not in swedish
    assert "steg efter steg, först till kvarn" in swedish


def test_every_text_of_a_logs_page_stands_in_both_languages() -> None:
    for key, (swedish, english) in LOG_TEXTS.items():
        assert re.findall(r"{(\w+)", swedish) == re.findall(r"{(\w+)", english), key
