"""Tables as people keep them: numbers in every Swedish way, faults in words, nothing that becomes a formula."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowsim.errors import InputError
from flowsim.sheets import Column, Form, amounts, read_book, read_forms, write_book
from flowsim.sheets.writing import safe_text

pytestmark = pytest.mark.usefixtures("told_in_swedish")

LEDGER = Form(
    "ledger",
    (
        Column("period", "month", ("Period",)),
        Column("cost_centre", "text", ("Kostnadsställe", "Kst")),
        Column("amount_sek", "money", ("Belopp",)),
        Column("kind", "choice", ("Slag",), required=False, allowed={"volume": "volume", "volym": "volume"}),
    ),
    also=("Huvudbok",),
)


@pytest.mark.parametrize(
    ("text", "ore"),
    [
        ("1234.50", 123450), ("1 234,50", 123450), ("1\u00a0234,50", 123450), ("1\u202f234,5", 123450),
        ("\u22121\u00a0234,50", -123450), ("1 234,50-", -123450), ("-12", -1200), ("+7", 700), (",5", 50),
        ("12.", 1200),
        ("1 234 567", 123456700), (1234.5, 123450), (0.1 + 0.2, 30), (7, 700),
    ],
)  # fmt: skip
def test_money_as_people_write_it(text: object, ore: int) -> None:
    assert amounts.ore(text) == ore


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1.234,50", "one decimal sign"), ("1,234.50", "one decimal sign"), ("1.234.567", "one decimal sign"),
        ("12 34,50", "a number such as"), ("-5-", "a number such as"), ("tolv", "a number such as"), ("-", "a number"),
        ("1e5", "a number such as"), ("(5)", "a number such as"), (True, "a number"), ("1,234", "two decimals"),
        ("NaN", "a number"), (float("inf"), "a number"), ("9" * 15, "below"),
    ],
)  # fmt: skip
def test_money_that_can_be_read_in_two_ways_is_refused(text: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        amounts.ore(text)


@given(
    st.integers(-(10**15), 10**15), st.sampled_from([" ", "\u00a0", "\u202f", ""]), st.sampled_from(",."), st.booleans()
)
def test_every_amount_comes_back(ore: int, space: str, sign: str, trailing: bool) -> None:
    body = f"{abs(ore) // 100:,}".replace(",", space) + f"{sign}{abs(ore) % 100:02d}"
    text = body if ore >= 0 else body + "-" if trailing else "\u2212" + body
    assert amounts.ore(text) == ore


def test_months_dates_and_texts() -> None:
    assert [amounts.month(text) for text in ("2023-01", "202301", "2023-01-31", 202301.0)] == ["2023-01"] * 4
    assert amounts.day("20230131") == amounts.day("2023-01-31") == pd.Timestamp("2023-01-31").date()
    assert amounts.text(4010.0) == "4010"
    assert amounts.text("'=1+1") == "=1+1"
    for wrong in ("2023-13", "jan"):
        with pytest.raises(ValueError, match="2023-01"):
            amounts.month(wrong)
    with pytest.raises(ValueError, match="a date such as"):
        amounts.day("2023-02-30")


def folder(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    (tmp_path / "Huvudbok.csv").write_text(text, encoding=encoding)
    return tmp_path


def test_swedish_headings_and_windows_1252_are_read_and_said(tmp_path: Path) -> None:
    text = "Period;Kostnadsställe;Belopp;Slag;Extra\n2023-01;Kök\u00a01;1\u00a0234,50;Volym;x\n\n202302;Sal Å;-5;;y\n"
    book = read_book(folder(tmp_path, text, "cp1252"))
    frame = book.read(LEDGER)
    assert frame.to_dict("list") == {
        "row": [2, 4], "period": ["2023-01", "2023-02"], "cost_centre": ["Kök\u00a01", "Sal Å"],
        "amount_sek": [123450, -500], "kind": ["volume", ""],
    }  # fmt: skip
    assert book.notes == ["Huvudbok.csv: read as Windows-1252, since it is not UTF-8."]


def test_every_fault_names_file_row_column_found_and_allowed(tmp_path: Path) -> None:
    text = "Period;Kst;Belopp;Slag\n2023-01;1;1.234,50;volym\n2023-1;;x;mängd\n"
    with pytest.raises(InputError) as caught:
        read_book(folder(tmp_path, text)).read(LEDGER)
    said = [str(fault) for fault in caught.value.faults]
    assert "Huvudbok.csv, line 2: Belopp = 1.234,50\n  Allowed: one decimal sign" in said[2]
    assert said[0] == "Huvudbok.csv, line 3: Period = 2023-1\n  Allowed: a month such as 2023-01."
    assert said[1] == "Huvudbok.csv, line 3: Kst\n  It is empty: a value is needed."
    assert said[4] == "Huvudbok.csv, line 3: Slag = mängd\n  Allowed: volume, volym."


def test_headings_that_are_missing_or_doubled(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r'no column amount_sek, Belopp: it is needed. Is it "Belop"'):
        read_book(folder(tmp_path, "Period;Kst;Belop\n2023-01;1;2\n")).read(LEDGER)
    with pytest.raises(InputError, match='Two columns mean the same: "Kst" and "Kostnadsställe"'):
        read_book(folder(tmp_path, "Period;Kst;Kostnadsställe;Belopp\n2023-01;1;1;2\n")).read(LEDGER)


def test_doubles_by_key_and_sheets_that_are_not_there(tmp_path: Path) -> None:
    keyed = Form("ledger", LEDGER.columns, LEDGER.also, key=("period", "cost_centre"))
    book = read_book(folder(tmp_path, "Period;Kst;Belopp\n2023-01;1;2\n2023-01;1;3\n"))
    with pytest.raises(InputError, match="line 3: period, cost_centre = 2023-01, 1\n  The same as in line 2"):
        book.read(keyed)
    other = Form("keys", (Column("key"),), also=("Nycklar",))
    with pytest.raises(InputError, match="There is no sheet keys, Nycklar: it is needed"):
        read_forms(book, [LEDGER, other])
    assert list(read_forms(book, [LEDGER], [other])) == ["ledger"]


def test_persons_stop_a_sheet_unseen_but_vouchers_do_not(tmp_path: Path) -> None:
    vouchers = "\n".join(f"2023-01;1;2;23010100{k:02d}" for k in range(60))
    assert len(read_book(folder(tmp_path, f"Period;Kst;Belopp;Verifikation\n{vouchers}\n")).read(LEDGER)) == 60
    with pytest.raises(InputError, match="personnummer") as caught:
        read_book(folder(tmp_path, "Period;Kst;Belopp;Text\n2023-01;1;2;19121212-1212\n")).read(LEDGER)
    assert "1212" not in str(caught.value).replace("personnummer", "")


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_what_is_written_is_read_again(kind: str, tmp_path: Path) -> None:
    frame = pd.DataFrame({"period": ["2023-01"], "cost_centre": ["=1+1"], "amount_sek": [-5.25]})
    path = tmp_path / ("book.xlsx" if kind == "xlsx" else "book")
    write_book(path, {"Huvudbok": frame}, lang="sv", headings={"amount_sek": ("amount, SEK", "Belopp")})
    back = read_book(path).read(LEDGER)
    assert back["cost_centre"].tolist() == ["=1+1"]
    assert back["amount_sek"].tolist() == [-525]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0"]
)
def test_text_never_becomes_a_formula(text: str, tmp_path: Path) -> None:
    import zipfile

    assert safe_text(text).startswith("'")
    frame = pd.DataFrame({"a": [text], "b": [-5]})
    write_book(tmp_path / "b.xlsx", {"x": frame})
    with zipfile.ZipFile(tmp_path / "b.xlsx") as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<v>-5</v>" in sheet
    write_book(tmp_path / "b", {"x": frame})
    assert (tmp_path / "b" / "x.csv").read_text(encoding="utf-8").splitlines()[1].endswith(",-5")


def test_a_book_that_is_none(tmp_path: Path) -> None:
    for name, words in {"a.pdf": "a workbook", "b.xlsx": "no such file", ".": "no CSV files"}.items():
        with pytest.raises(InputError, match=words):
            read_book(tmp_path / name)


def test_decimals_are_exact(tmp_path: Path) -> None:
    form = Form(
        "ledger", (Column("share", "decimal", ("Andel",), least=0), Column("n", "whole", required=False)), ("Huvudbok",)
    )
    frame = read_book(folder(tmp_path, "Andel;n\n33,33;1 000\n0;\n")).read(form)
    assert frame["share"].tolist() == [Decimal("33.33"), Decimal(0)]
    assert frame["n"].tolist() == [1000, None]
    with pytest.raises(InputError, match="Andel = -1\n  Allowed: 0 or more"):
        read_book(folder(tmp_path, "Andel\n-1\n")).read(form)


def test_a_bomb_is_not_opened(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    with pytest.raises(InputError, match="not opened"):
        read_book(tmp_path / "bomb.xlsx")
