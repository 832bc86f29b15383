"""Every stage's account: what came in, what was kept, what was set aside and why; a difference stops the run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flowsim.errors import FlowsimError
from flowsim.frames import pd


@dataclass(frozen=True)
class Aside:
    """One line of what a stage set aside, öre. Added money (an index) is a negative aside."""

    what: str
    ore: int


@dataclass(frozen=True)
class Stage:
    """One stage's account, öre: into it, kept, aside."""

    number: str
    name: str
    into: int
    kept: int
    aside: tuple[Aside, ...] = ()

    @property
    def difference(self) -> int:
        """Öre that came in and neither stayed nor were set aside."""
        return self.into - self.kept - sum(one.ore for one in self.aside)


def closed(stage: Stage, before: Mapping[str, int] | None = None, after: Mapping[str, int] | None = None) -> Stage:
    """The stage, if its difference is 0 öre.

    FlowsimError otherwise; with amounts by name before and after it names the largest leak.
    """
    if not stage.difference:
        return stage
    leaks = {name: ore - (after or {}).get(name, 0) for name, ore in (before or {}).items()}
    largest = max(leaks.items(), key=lambda one: abs(one[1]), default=("", 0))
    named = f"; largest: {largest[0]} {largest[1] / 100:,.2f}" if largest[1] else ""
    raise FlowsimError(
        f"stage {stage.number} {stage.name}: {stage.difference / 100:,.2f} SEK in that did not come out{named}"
    )


def table(stages: Iterable[Stage]) -> pd.DataFrame:
    """All stages' accounts as rows.

    Columns: stage, name, line (in, kept, aside, difference), what, ledger_sek.
    """
    rows = []
    for stage in stages:
        lines = [("in", "", stage.into), ("kept", "", stage.kept)]
        lines += [("aside", one.what, one.ore) for one in stage.aside] + [("difference", "", stage.difference)]
        rows += [[stage.number, stage.name, line, what, ore / 100] for line, what, ore in lines]
    return pd.DataFrame(rows, columns=["stage", "name", "line", "what", "ledger_sek"])
