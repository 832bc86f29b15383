"""Chance and inputs apart: how far runs would differ by chance alone, and how far by what calibrations leave open.

With input uncertainty the baseline is run once more as calibrated, with the same luck run by run. What a run's number
then differs by is what its parameter set did to it; how the plain runs differ among themselves is chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from flowsim import experiment
from flowsim.frames import pd

if TYPE_CHECKING:
    from flowsim.plan.model import Plan
    from flowsim.study.crew import Crew
    from flowsim.study.measured import Measured

MOST = 60
"""Replications at most that are run once more."""
COLUMNS = ["scenario", "measure", "sd_chance", "sd_inputs", "share_inputs", "n"]


def apart(
    plans: Sequence[Plan], outcome: experiment.Outcome, measured: Measured, mine: Crew
) -> dict[str, pd.DataFrame]:
    """The table `input_uncertainty` of a study with it; no table of one without."""
    design = mine.design
    if not design.input_uncertainty:
        return {}
    plain = experiment.run(
        [replace(plans[0], sets=None)],
        min(design.replications, MOST),
        design.seed,
        first=design.first,
        engine=design.engine,
        summarise=replace(measured, logged=-1),
        progress=mine.progress,
        executor=mine.executor,
    )
    return {"input_uncertainty": table(outcome.summaries["headline"], plain.summaries["headline"])}


def table(uncertain: pd.DataFrame, plain: pd.DataFrame) -> pd.DataFrame:
    """Columns `COLUMNS`, a row for each headline measure of the baseline, from its runs with sets and without.

    sd_chance: standard deviation between runs as calibrated; sd_inputs: of what the sets did, run by run (where the
    two act on each other, that too); share_inputs: the inputs' part of the two variances together.
    """
    keys = ["scenario", "replication", "measure"]
    both = uncertain.merge(plain, on=keys, suffixes=("", "_plain"))
    rows = []
    both = both.dropna(subset=["value", "value_plain"])
    for (scenario, measure), part in both.groupby(["scenario", "measure"], sort=False, observed=True):
        if len(part) < 2:
            continue
        chance = float(part["value_plain"].std())
        inputs = float((part["value"] - part["value_plain"]).std())
        together = chance**2 + inputs**2
        rows.append((scenario, measure, chance, inputs, inputs**2 / together if together else np.nan, len(part)))
    return pd.DataFrame(rows, columns=COLUMNS)
