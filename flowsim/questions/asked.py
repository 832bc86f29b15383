"""What all questions are asked of: the scenario with further changes, and the runs that may be made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from flowsim.questions.answer import Effort
from flowsim.questions.cases import Base, Case, stacked
from flowsim.questions.runs import Runs
from flowsim.questions.wording import Said, both
from flowsim.schema.unit_costs import UnitCosts

_COMMON = ("seed", "engine", "workers", "seconds", "independent", "told")


@dataclass
class Asked:
    """A question's scenario and its runs. As a context: the processes end with it."""

    base: Base
    runs: Runs = field(default_factory=Runs)

    @classmethod
    def of(cls, scenario: str | Path, options: Mapping[str, Any]) -> tuple[Asked, dict[str, Any]]:
        """From the options of `flowsim.ask`, and those that are the question's own. InputError for faulty files."""
        further: Sequence[str | Path] | str | Path = options.get("with_", ())
        files = [further] if isinstance(further, str | Path) else list(further)
        base = stacked(scenario, files)
        common = {name: options[name] for name in _COMMON if name in options}
        own = {name: value for name, value in options.items() if name not in (*_COMMON, "with_")}
        return cls(base, Runs(**common)), own

    def __enter__(self) -> Self:
        """The scenario is read at once, so that its faults come before any run."""
        _ = self.base.scenario
        return self

    def __exit__(self, *_: object) -> None:
        """End the processes."""
        self.runs.close()

    @property
    def today(self) -> Case:
        """The scenario as it was asked of."""
        return self.base.case(self.base.scenario.name, ())

    @property
    def bare(self) -> Case:
        """The scenario without the files of --with: what costs are counted from."""
        if not self.base.texts:
            return self.today
        alone = Base(self.base.bare)
        return alone.case(f"{alone.scenario.name}_bare", ())

    @property
    def about(self) -> Said:
        """The scenario's title, the titles of the files of --with, and the first day, for a sheet's head."""
        model = self.base.scenario.model
        titles = [Said(one.title_sv or one.title, one.title) for one in (self.bare.scenario, self.base.scenario)]
        sv, en = (" + ".join(dict.fromkeys(one(lang) for one in titles)) for lang in ("sv", "en"))
        start = both(lambda say: say.day(model.horizon.start))
        return Said(f"{sv}, från {start.sv}", f"{en}, from {start.en}")

    @property
    def unit_costs(self) -> UnitCosts | None:
        """The scenario's unit costs, None if it names none."""
        from flowsim.costs.kpp import load_unit_costs

        path = self.base.scenario.unit_costs
        return None if path is None else load_unit_costs(path)

    def effort(self, rule: Said, reached: bool) -> Effort:
        """What has been run so far."""
        runs = self.runs
        return Effort(runs.count, reached, rule, runs.seed, runs.engine, runs.spent)
