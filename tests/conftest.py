"""What a machine lacks is a loud skip for a user; in CI, whose set-up brings it, a failure."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

IN_CI = os.environ.get("CI", "").lower() == "true"
R = TypeVar("R", pytest.TestReport, pytest.CollectReport)


def _not_skipped_in_ci(report: R) -> R:
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        said = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"NOT TESTED, and CI tests everything. {said}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _not_skipped_in_ci((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _not_skipped_in_ci((yield))


@pytest.fixture
def told_in_swedish(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Everything that flowsim refuses in the test has its Swedish, without English words left in it.

    Not asked of property tests: the values they make up, shown in the message, are words of any language.
    """
    if hasattr(request.function, "hypothesis"):
        yield
        return
    from english_left import english_left

    import flowsim
    from flowsim.errors import FlowsimError, InputError

    refused: dict[str, FlowsimError] = {}
    house, raised = str(Path(flowsim.__file__).parent), InputError.__init__

    def remembered(self: InputError, *arguments: Any) -> None:
        raised(self, *arguments)
        if sys._getframe(1).f_code.co_filename.startswith(house):
            refused.setdefault(str(self), self)

    monkeypatch.setattr(InputError, "__init__", remembered)
    yield
    left = [words for error in refused.values() for words in english_left(error)]
    assert not left, "write their Swedish in flowsim/cli/swedish/*.txt"
