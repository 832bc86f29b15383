"""Scenario files broken on purpose: each is met with the words at its head, at the right line."""

import re
from pathlib import Path

import pytest

from flowsim import scenario
from flowsim.errors import InputError

FAULTY = sorted(Path(__file__).parent.glob("faulty/*.yaml"))


def said(path):
    """The words a file must be met with, and how many faults (None: at least one)."""
    lines = path.read_text(encoding="utf-8").splitlines()
    faults = [int(line.removeprefix("# faults: ")) for line in lines if line.startswith("# faults: ")]
    return [line.removeprefix("# expect: ") for line in lines if line.startswith("# expect: ")], (faults or [None])[0]


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_is_met_with_the_words_that_help(path):
    words, faults = said(path)
    with pytest.raises(InputError) as caught:
        scenario.load(path)
    text = str(caught.value)
    assert words
    for word in words:
        assert word in text
    assert faults in (None, len(caught.value.faults))
    assert all(
        fault.file.endswith((".yaml", ".csv")) and fault.message.endswith((".", "?")) for fault in caught.value.faults
    )
    assert "Traceback" not in text
    assert not re.search(r"pydantic|validation error|Error\b", text)


def test_there_are_enough_of_them():
    assert len(FAULTY) >= 60


def test_their_bases_are_right():
    assert scenario.load(Path(__file__).parent / "faulty/bases/today.yaml").warnings == ()
