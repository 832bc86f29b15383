"""The question itself: where hours, days and money go, and what a countermeasure changes, pair by pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from flowsim.comparison.spread import spread
from flowsim.errors import Fault, InputError
from flowsim.questions.answer import Answer
from flowsim.questions.asked import Asked
from flowsim.questions.cases import Case
from flowsim.questions.lean import sheet
from flowsim.questions.lean.declared import Declared, declared
from flowsim.questions.lean.measure import Lean, names_of, returns_by_resource, visit_minutes
from flowsim.schema import read, text_of
from flowsim.schema.lean import LeanFile, lean_file

PAIRS, POINT_PAIRS = 60, 30


@dataclass(frozen=True)
class Found:
    """Before, and after where changes were given: numbers by name, a row for each replication."""

    names: tuple[str, ...]
    before: np.ndarray
    after: np.ndarray | None
    said: Declared
    weeks: int
    titles: tuple[str, str]
    """Of the changes, Swedish and English."""
    places: tuple[str, ...] = ()
    point: tuple[str, float, float] | None = None
    """A point of U simulated: resource, operations in the run, half of their interval."""

    def mean(self, name: str, after: bool = False) -> float:
        """Mean over replications; 0 for what the scenario has not."""
        values = self.after if after and self.after is not None else self.before
        return float(values[:, self.names.index(name)].mean()) if name in self.names else 0.0

    def change(self, *names: str) -> tuple[float, float]:
        """Mean change of a sum and half of its interval, by pairs; NaN without changes."""
        if self.after is None:
            return float("nan"), float("nan")
        places = [self.names.index(name) for name in names if name in self.names]
        found = spread((self.after - self.before)[:, places].sum(axis=1))
        return float(found.mean), float(found.half_width)

    @property
    def beds(self) -> frozenset[str]:
        """Resources that are places."""
        return frozenset(self.places)

    @property
    def resources(self) -> list[str]:
        """Resources in the ledger of hours."""
        return list(dict.fromkeys(name.split(":")[1] for name in self.names if name.startswith("hours:")))


def ask(
    asked: Asked,
    splits: str | Path | None = None,
    changes: Sequence[str | Path] = (),
    pairs: int = PAIRS,
    weeks: int | None = None,
    point: bool = True,
) -> Answer:
    """Eight wastes in hours, patient-days and SEK; BUK; the value stream; before and after, by pairs.

    Args:
        asked: the scenario and its runs.
        splits: the lean file: what is measured or assumed of the work (see `flowsim.schema.lean`).
        changes: files of changes (countermeasures): all of them together are `after`.
        pairs: replications of each.
        weeks: of the run; default the scenario's horizon.
        point: also simulate what a point of U gives in operations.

    Raises:
        InputError: a faulty file.
    """
    scenario = asked.base.scenario
    horizon = scenario.model.horizon.weeks
    length = min(weeks or horizon, horizon)
    file = _lean_file(asked, splits)
    said = declared(scenario, file)
    setting = asked.today.plan.setting
    minutes = visit_minutes(setting, said)
    names = names_of(setting, minutes)
    measure = Lean(said, names, scenario.unit_costs, minutes, returns_by_resource(setting, said))
    before = asked.runs.evaluate(asked.today, measure, range(pairs), length)
    case, titles = _after(asked, changes)
    after = None
    if case is not None:
        later = declared(case.scenario, file)
        own = Lean(later, names, scenario.unit_costs, minutes, returns_by_resource(case.plan.setting, later))
        after = asked.runs.evaluate(case, own, range(pairs), length)
    places = tuple(info.name for info in setting.resources if info.kind == "places")
    found = Found(names, before, after, said, length, titles, places)
    found = _with_point(asked, found, length) if point and minutes and case is None else found
    return sheet.answer(asked, found, case)


def _lean_file(asked: Asked, splits: str | Path | None) -> LeanFile:
    if splits is None:
        return LeanFile.model_validate({})
    model, shown = asked.base.scenario.model, Path(splits).as_posix()
    return lean_file(*read(text_of(shown), shown), list(model.resources), list(model.pathway), list(model.groups))


def _after(asked: Asked, changes: Sequence[str | Path]) -> tuple[Case | None, tuple[str, str]]:
    """The scenario with the files' changes, and what they are called."""
    items: list[Mapping[str, Any]] = []
    titles: list[tuple[str, str]] = []
    for one in map(Path, changes):
        data, _ = read(text_of(one), one.as_posix())
        if not isinstance(data.get("change"), list) or not data["change"]:
            raise InputError([Fault(one.as_posix(), 0, "change", "", "holds no changes.")])
        items += data["change"]
        title = str(data.get("title") or one.stem.replace("_", " "))
        titles.append((str(data.get("title_sv") or title), title))
    if not items:
        return None, ("", "")
    sv, en = (", ".join(pair[k] for pair in titles) for k in (0, 1))
    return asked.base.case(f"{asked.base.scenario.name}_after", items, en, sv), (sv, en)


def _with_point(asked: Asked, found: Found, weeks: int) -> Found:
    """A point of U of the resource that wastes most: so many more slots, and the operations they give."""
    resource = sheet.most_wasted(found)
    value, planned = (found.mean(f"buk:{resource}:{column}") for column in ("value_hours", "planned_hours"))
    if not planned or not value:
        return found
    where = f"resources.{resource}.slots_per_week"
    more = asked.base.case(
        f"{asked.base.scenario.name}_point_{resource}", [{"where": where, "scale": 1 + 0.01 * planned / value}]
    )
    measure = Lean(found.said, ("operations",))
    count = min(POINT_PAIRS, len(found.before))
    raised = asked.runs.evaluate(more, measure, range(count), weeks)[:, 0]
    base = found.before[:count, found.names.index("operations")]
    gain = spread(raised - base)
    return Found(
        found.names, found.before, found.after, found.said, found.weeks, found.titles,
        found.places, (resource, float(gain.mean), float(gain.half_width)),
    )  # fmt: skip
