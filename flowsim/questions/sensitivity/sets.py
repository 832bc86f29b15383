"""What the calibrations leave open: runs under one parameter set of theirs each, beside the same runs as fitted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from flowsim import scenario
from flowsim.questions.asked import Asked
from flowsim.questions.cases import Case
from flowsim.questions.outcome import Outcome, kept
from flowsim.scenario import Scenario
from flowsim.scenario.parameter_sets import set_number


@dataclass(frozen=True)
class UnderSet(Case):
    """A case as it stands under one parameter set of its calibrations."""

    number: int = 1

    @cached_property
    def scenario(self) -> Scenario:
        """Read under the set."""
        return scenario.load(self.path, texts={**self.base.texts}, set_number=self.number)


@dataclass(frozen=True)
class OfSets:
    """Standard deviations of the answer between runs."""

    chance: float
    """As fitted."""
    inputs: float
    """Of what the parameter sets did, run by run."""
    runs: int


def of_sets(asked: Asked, name: str, measure: Outcome, runs: int, weeks: int) -> OfSets | None:
    """The answer with parameter sets and without, the same luck run by run; None where no calibration has any."""
    today = asked.today
    if not scenario.load(today.path, texts={**today.base.texts}, set_number=0).sets:
        return None
    plain = kept(asked.runs, today, measure, range(runs), weeks)[name]
    drawn = []
    for r in range(runs):
        case = UnderSet(f"{today.name}_set_{r}", asked.base, today.path, today.text, set_number(r))
        drawn.append(float(kept(asked.runs, case, measure, range(r, r + 1), weeks)[name][0]))
    return OfSets(float(np.std(plain, ddof=1)), float(np.std(np.array(drawn) - plain, ddof=1)), runs)
