"""A study as the report reads it: named tables, scenarios in order with letter and title, and the language.

Everything a figure, a sentence or a page asks of the study goes through `Reading`; nothing is computed anew here.
"""

from __future__ import annotations

import string
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from flowsim.frames import pd
from flowsim.report.words import Words, plain
from flowsim.tables import Setting


@dataclass(frozen=True)
class Reading:
    """Tables by name, settings by scenario (in run order), the run's record, and the words to tell it in."""

    tables: dict[str, pd.DataFrame]
    settings: dict[str, Setting]
    run: dict[str, Any] = field(default_factory=dict)
    words: Words = field(default_factory=Words)
    _plain: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False, compare=False)

    @property
    def scenarios(self) -> list[str]:
        """Scenarios in the order they were run, the baseline first."""
        return [self.baseline, *(s for s in self.settings if s != self.baseline)]

    @property
    def baseline(self) -> str:
        """What the others are compared with."""
        return str(self.run.get("baseline") or next(iter(self.settings)))

    @property
    def others(self) -> list[str]:
        """All scenarios but the baseline."""
        return self.scenarios[1:]

    @property
    def setting(self) -> Setting:
        """The baseline's setting."""
        return self.settings[self.baseline]

    @property
    def main_span(self) -> str:
        """The span the study is about: to the treatment (from the decision first), else the first, else a step."""
        treatment = [step for name, step, _ in self.setting.guarantee if name == "treatment"]
        ending = [(begins != "decision", name) for name, begins, to in self.setting.spans if to in treatment]
        if ending or self.setting.spans:
            return min(ending)[1] if ending else self.setting.spans[0][0]
        return self.main_step

    @property
    def main_step(self) -> str:
        """The step whose throughput the study is about: where the guarantee's treatment is given."""
        treatment = [step for name, step, _ in self.setting.guarantee if name == "treatment"]
        queued = [step.name for step in self.setting.steps if step.lead and not step.stay_of]
        return (treatment or [to for _, _, to in self.setting.spans] or queued[:1] or [""])[0]

    def limit_days(self, span: str) -> float:
        """Days of the guarantee that ends at the same step as the span (or at this step); NaN if there is none."""
        to = {name: to for name, _, to in self.setting.spans}.get(span, span)
        return next((days for _, step, days in self.setting.guarantee if step == to), float("nan"))

    def bottleneck(self, scenario: str) -> str:
        """The resource that binds first in a scenario (table `bottlenecks`); '' if not known."""
        rows = self.rows("bottlenecks", scenario=scenario)
        return str(rows.sort_values("rank")["resource"].iloc[0]) if len(rows) else ""

    @property
    def price_year(self) -> str:
        """The year whose prices money is in."""
        return str(self.run.get("price_year") or "")

    @property
    def perspective(self) -> str:
        """Whose money it is: hospital or region, in the language."""
        known = str(self.run.get("perspective") or "hospital")
        return self.words("perspective_" + known) if known in ("hospital", "region") else plain(known)

    def letter(self, scenario: str) -> str:
        """A for the baseline, B, C, ... and after Z: A2, B2."""
        number = self.scenarios.index(scenario)
        turn, place = divmod(number, 26)
        return string.ascii_uppercase[place] + (str(turn + 1) if turn else "")

    def title(self, scenario: str) -> str:
        """The scenario's title in the report's language, as it may be shown."""
        setting = self.settings[scenario]
        return plain((setting.title_sv if self.words.lang == "sv" else "") or setting.title or scenario)

    def label(self, scenario: str) -> str:
        """`B  Six more a week`: the same letter in every figure and table."""
        return f"{self.letter(scenario)}  {self.title(scenario)}"

    def table(self, name: str) -> pd.DataFrame:
        """A table of the study, names as plain texts; an empty frame if the study has none of that name."""
        if name not in self._plain:
            found = self.tables.get(name, pd.DataFrame())
            named = {c: object for c in found.columns if not pd.api.types.is_numeric_dtype(found[c].dtype)}
            self._plain[name] = found.astype(named)
        return self._plain[name]

    def rows(self, name: str, **where: object) -> pd.DataFrame:
        """The rows of a table where the columns have the given values; empty if the table or a column is missing."""
        frame = self.table(name)
        if not all(column in frame for column in where):
            return frame.iloc[0:0]
        chosen = np.ones(len(frame), dtype=bool)
        for column, value in where.items():
            chosen &= frame[column].to_numpy() == value
        return frame[chosen]

    def has(self, name: str, *columns: str) -> bool:
        """Whether there is a table with rows and these columns."""
        frame = self.table(name)
        return len(frame) > 0 and all(c in frame for c in columns)

    def one(self, name: str, column: str = "mean", **where: object) -> float:
        """A single number of a table; NaN if it is not there."""
        found = self.rows(name, **where)
        return float(found[column].iloc[0]) if len(found) and column in found else float("nan")
