"""Outcome against budget: the worked example to the krona, special cases, parts that add up for any numbers."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowsim.costs.budget.deviation import COLUMNS, Row, deviations, judged, summed
from flowsim.costs.budget.follow_up import read_follow_up
from flowsim.costs.budget.words import specials
from flowsim.costs.money import refuse_bare_money
from flowsim.errors import InputError

pytestmark = pytest.mark.usefixtures("told_in_swedish")

HEADINGS = (
    "Slag;Kostnadsställe;Konto;Grupp;Insats;Budget volym;Utfall volym;Budget per vårdkontakt;Utfall per vårdkontakt;"
    "Budget pris;Utfall pris\n"
)
EXAMPLE = (
    HEADINGS
    + """insats;5120;4110;höft;minuter;100;132;100;105;200;210
insats;5120;4110;knä;minuter;100;88;110;110;200;210
insats;5130;4120;höft;vårddygn;100;132;2;1,5;5 000;5 200
insats;5130;4120;knä;vårddygn;100;88;2;2,25;5 000;5 200
"""
)


@pytest.fixture
def sheet(tmp_path: Path):
    """Writes a follow-up sheet and reads it."""

    def write(text: str) -> list[Row]:
        (tmp_path / "uppföljning.csv").write_text(text, encoding="utf-8")
        return read_follow_up(tmp_path / "uppföljning.csv")

    return write


def row(driver="input", volume=(100, 100), each=(1, 1), price=(10, 10), group="a", **more) -> Row:
    """A row; prices in öre."""
    exact = [tuple(None if v is None else Fraction(v) for v in pair) for pair in (volume, each, price)]
    known = {
        "cost_centre": "1",
        "account": "2",
        "input": "x",
        "amount": (Fraction(0), Fraction(0)),
        "index": Fraction(1),
    }
    return Row(driver, group=group, volume=exact[0], per_contact=exact[1], price=exact[2], **{**known, **more})


def parts(rows: list[Row]) -> dict[str, float]:
    sums = deviations(rows).sum(numeric_only=True)
    return {
        name: sums[f"budget_{name}_sek"] for name in ("volume", "mix", "efficiency", "price", "capacity", "deviation")
    }


def test_the_worked_example_to_the_krona(sheet):
    frame = deviations(sheet(EXAMPLE))
    total = frame.sum(numeric_only=True)
    assert total["budget_sek"] == 6_200_000
    assert total["budget_volume_sek"] == 620_000
    assert total["budget_mix_sek"] == -44_000
    assert total["budget_efficiency_sek"] == -88_000
    assert total["budget_price_sek"] == 314_600
    assert total["budget_outcome_sek"] == 7_002_600
    assert total["budget_deviation_sek"] == 802_600
    refuse_bare_money(column for column in frame.columns if "sek" in column)


def test_down_to_account_and_in_words(sheet):
    accounts = summed(deviations(sheet(EXAMPLE)), ["kind", "account"]).set_index("account")
    assert accounts["budget_deviation_sek"].sum() == 802_600
    assert accounts.loc["4110", "judged"] == "unfavourable"
    assert accounts.loc["4110", "budget_sek"] == 4_200_000
    assert judged(-1.0, income=False) == judged(1.0, income=True) == "favourable"
    assert judged(0.0, income=True) == "as budget"


def test_budget_volume_zero_is_all_volume():
    assert parts([row(volume=(0, 50))]) == {
        "volume": 5, "mix": 0, "efficiency": 0, "price": 0, "capacity": 0, "deviation": 5,
    }  # fmt: skip


def test_outcome_volume_zero_has_no_mix_efficiency_or_price():
    found = parts([row(volume=(100, 0), each=(1, None), price=(10, None))])
    assert found["volume"] == found["deviation"] == -10
    assert not any(found[name] for name in ("mix", "efficiency", "price"))


def test_a_new_group_is_mix_and_named():
    rows = [row(), row(group="new", volume=(0, 10), each=(None, 2), price=(None, 30))]
    frame = deviations(rows)
    assert frame["special"].tolist() == ["", "new group"]
    assert frame["budget_mix_sek"].iloc[1] == 6
    assert frame["budget_volume_sek"].sum() == 1
    assert "new: a new group" in specials(frame)[0][0].replace(" x:", ":")
    known = deviations([row(), row(group="new", volume=(0, 10), each=(1, 2), price=(20, 30))])
    assert known["special"].iloc[1] == ""
    assert known["budget_efficiency_sek"].iloc[1] == 2
    assert known["budget_price_sek"].iloc[1] == 2


def test_an_input_without_budget_price_is_efficiency():
    frame = deviations([row(each=(None, 2), price=(None, 30))])
    assert frame["budget_efficiency_sek"].iloc[0] == 60 == frame["budget_deviation_sek"].iloc[0]
    assert frame["special"].iloc[0] == "no budget price"


def test_capacity_accounts_and_income():
    capacity = parts([row("capacity", volume=(5, 6), each=(None, None), price=(1000, 1100))])
    assert (capacity["capacity"], capacity["price"]) == (10, 6)
    money = {"amount": (Fraction(10_000), Fraction(11_550)), "index": Fraction(105, 100)}
    account = parts([row("account", volume=(0, 0), each=(None, None), price=(None, None), **money)])
    assert (account["price"], account["efficiency"]) == (5.5, 10)
    grant = deviations([row("grant", volume=(0, 0), each=(None, None), price=(None, None), **money)])
    assert grant["kind"].tolist() == ["income"]
    income = deviations([row("income", each=(2, 3), price=(50, 50))])
    assert income["kind"].tolist() == ["income"]
    assert income["budget_efficiency_sek"].tolist() == [50]


exact = st.fractions(0, 10**4, max_denominator=7)
maybe = st.one_of(st.none(), exact)


@st.composite
def follow_ups(draw) -> list[Row]:
    volumes = draw(st.lists(st.tuples(exact, exact), min_size=1, max_size=4))
    rows = []
    for group, volume in enumerate(volumes):
        for k in range(draw(st.integers(1, 2))):
            driver = draw(st.sampled_from(["input", "income"]))
            each, price = (draw(maybe), draw(exact)), (draw(maybe), draw(exact))
            rows.append(row(driver, volume, each, price, str(group), input=str(k)))
    for _ in range(draw(st.integers(0, 2))):
        rows.append(row("capacity", (draw(exact), draw(exact)), (None, None), (draw(maybe), draw(exact))))
        amount = (Fraction(draw(st.integers(-(10**9), 10**9))), Fraction(draw(st.integers(-(10**9), 10**9))))
        index = draw(st.fractions(Fraction(1, 2), 2, max_denominator=100))
        rows.append(row("account", (0, 0), (None, None), (None, None), amount=amount, index=index))
    return rows


@settings(max_examples=60, deadline=None)
@given(follow_ups())
def test_the_parts_add_up_for_any_numbers(rows):
    frame = deviations(rows)
    assert list(frame.columns) == COLUMNS
    ore = (frame.select_dtypes("number") * 100).round().astype("int64")
    names = [f"budget_{part}_sek" for part in ("volume", "mix", "efficiency", "price", "capacity")]
    assert (ore[names].sum(axis=1) == ore["budget_deviation_sek"]).all()
    assert (ore["budget_outcome_sek"] - ore["budget_sek"] == ore["budget_deviation_sek"]).all()
    for side in ("cost", "income"):
        mine = [one for one in rows if (one.driver == "income") == (side == "income")]
        spent = sum(
            (
                one.amount[1] if one.driver == "account"
                else one.volume[1] * (one.price[1] or 0) * (1 if one.driver == "capacity" else one.per_contact[1] or 0)
                for one in mine
            ),
            Fraction(0),
        )  # fmt: skip
        assert abs(int(ore.loc[frame["kind"] == side, "budget_outcome_sek"].sum()) - spent) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("höft;minuter;100;132;100;105", "höft;minuter;100;;100;105", ["line 2", "outcome_volume", "0, not empty"]),
        ("höft;vårddygn;100;132", "höft;vårddygn;100;131", ["line 4", "another volume in row 2"]),
        ("110;110;200;210", "110;;200;210", ["line 3", "outcome_per_contact"]),
        ("1,5;5 000", "1.5;5.000,00", ["line 4", "Budget pris"]),
        ("insats;5130;4120;knä", "lön;5130;4120;knä", ["line 5", "Slag", "insats"]),
    ],
)
def test_faults_of_the_sheet_name_row_and_column(sheet, old, new, words):
    with pytest.raises(InputError) as caught:
        sheet(EXAMPLE.replace(old, new, 1))
    for word in ["uppföljning.csv", *words]:
        assert word in str(caught.value)


def test_an_amount_that_is_not_its_parts_is_told(sheet):
    text = EXAMPLE.splitlines()
    wrong = "\n".join([f"{text[0]};Budget", f"{text[1]};1 900 000", *(f"{line};" for line in text[2:])])
    with pytest.raises(InputError, match=r"which is 2,000,000\.00"):
        sheet(wrong)
    assert len(sheet(wrong.replace("1 900 000", "2 000 000,00"))) == 4
