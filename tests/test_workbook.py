"""The study's workbook: text stays text, numbers are numbers, headings and names in the reader's language."""

from __future__ import annotations

import made_study
import pytest
from python_calamine import CalamineWorkbook

from flowsim.report import workbook

HOSTILE = '=HYPERLINK("http://evil.example")'


@pytest.fixture(scope="module")
def swedish(tmp_path_factory: pytest.TempPathFactory) -> CalamineWorkbook:
    folder = tmp_path_factory.mktemp("study")
    reading = made_study.made("sv", 4, ortho_plus6=HOSTILE)
    assert workbook.write(reading, folder).name == "report.xlsx"
    assert [path.name for path in folder.iterdir()] == ["report.xlsx"], "nothing half-written is left"
    return CalamineWorkbook.from_path(folder / "report.xlsx")


def rows(book: CalamineWorkbook, sheet: str) -> list[list[object]]:
    return book.get_sheet_by_name(sheet).to_python()


def test_the_first_sheet_says_what_it_is(swedish: CalamineWorkbook) -> None:
    said = {str(row[0]): str(row[1]) for row in rows(swedish, "Läs först")}
    assert said["perspektiv"] == "sjukhusets perspektiv"
    assert said["prisår"] == "2023"
    assert "95 %" in said["så läses det"]


def test_sheets_and_headings_are_swedish_with_their_units(swedish: CalamineWorkbook) -> None:
    names = swedish.sheet_names
    assert names[:3] == ["Läs först", "Översikt", "En operation till"]
    assert {"Total kostnad", "Intäkter", "Kö per vecka", "Vad som är trångt"} <= set(names)
    assert rows(swedish, "En operation till")[0][5] == "merkostnad per extra operation, kr"
    assert rows(swedish, "Översikt")[0][:4] == ["scenario", "mått", "enhet", "medel"]


def test_numbers_are_numbers_and_the_same_as_in_the_study(swedish: CalamineWorkbook) -> None:
    reading = made_study.made("sv", 4)
    row = next(r for r in rows(swedish, "Översikt") if r[1] == "Total kostnad" and str(r[0]).startswith("C"))
    assert row[2] == "kr"
    assert row[3] == pytest.approx(reading.one("headline", scenario=reading.scenarios[2], measure="total_cash_sek"))
    assert isinstance(row[3], float)


def test_a_hostile_title_stays_text(swedish: CalamineWorkbook) -> None:
    labels = {str(row[0]) for row in rows(swedish, "Översikt")}
    assert any(HOSTILE in label for label in labels)


def test_what_cannot_be_said_is_empty_with_its_reason(swedish: CalamineWorkbook) -> None:
    table = rows(swedish, "En operation till")
    clear = next(r for r in table if str(r[0]).startswith("C"))
    assert clear[5]
    assert clear[-1] == ""
    reading = made_study.made("sv", 8)
    fewer = reading.table("added_cost").set_index("scenario").loc["ortho_elsewhere"]
    assert "färre" in fewer["reason_sv"]
    assert fewer["added_cost_per_extra_sek"] != fewer["added_cost_per_extra_sek"]
    assert fewer["bought_sek_per_bought"] == pytest.approx(65_300)


def test_weeks_are_dates(swedish: CalamineWorkbook) -> None:
    table = rows(swedish, "Kö per vecka")
    place = table[0].index("vecka från")
    assert (table[2][place] - table[1][place]).days == 7  # type: ignore[operator]
