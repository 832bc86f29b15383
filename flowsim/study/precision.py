"""How many replications: as asked, or as many as it takes until named intervals are narrow enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from flowsim import comparison, experiment

if TYPE_CHECKING:
    import pandas as pd

    from flowsim.plan.model import Plan
    from flowsim.study import Design
    from flowsim.study.crew import Crew
    from flowsim.study.measured import Measured


@dataclass(frozen=True)
class Precision:
    """Half of the 95 % interval may be at most this share of the mean, for these measures in every scenario."""

    share: float
    measures: tuple[str, ...] = ("queue_end", "operations_per_week", "total_cash_sek")
    most: int = 400
    """Replications at most."""


def simulated(
    plans: Sequence[Plan], design: Design, measured: Measured, crew: Crew
) -> tuple[experiment.Outcome, int, list[tuple[str, str]]]:
    """The outcome, the replications run, and what is to be said honestly about its precision (English, Swedish)."""
    outcome, count = crew.run(plans, design.replications, measured, design.first), design.replications
    wish = design.precision
    if wish is None:
        return outcome, count, []
    while (needed := _needed(outcome, count, wish)[0]) > count and count < wish.most:
        extra = min(needed, 2 * count, wish.most) - count
        outcome = experiment.joined([outcome, crew.run(plans, extra, measured, design.first + count)])
        count += extra
    return outcome, count, _said(outcome, count, wish)


def _needed(outcome: experiment.Outcome, count: int, wish: Precision) -> tuple[int, list[tuple[str, str, float]]]:
    """Replications that would do, and (scenario, measure, half-width as a share) of those still too wide."""
    numbers: pd.DataFrame = outcome.summaries["headline"]
    numbers = numbers[numbers["measure"].isin(wish.measures)]
    found = comparison.needed_replications(numbers, ["measure"], "value", relative=wish.share)
    wide = found[(found["relative_half_width"] > wish.share) & np.isfinite(found["needed"])]
    listed = [
        (str(scenario), str(measure), float(share))
        for scenario, measure, share in zip(wide["scenario"], wide["measure"], wide["relative_half_width"], strict=True)
    ]
    return (int(wide["needed"].max()) if len(wide) else count), listed


def _said(outcome: experiment.Outcome, count: int, wish: Precision) -> list[tuple[str, str]]:
    """Nothing if the wish came true; else what did not, and how many replications it would take."""
    needed, wide = _needed(outcome, count, wish)
    if not wide:
        return []
    listed = ", ".join(f"{measure} ({scenario}) ± {share:.1%}" for scenario, measure, share in wide)
    english = f"After {count} replications (the most allowed) the precision {wish.share:.1%} is not reached: {listed}."
    swedish = f"Efter {count} körningar (högst tillåtna) är precisionen {wish.share:.1%} inte nådd: {listed}."
    english += f" About {needed} replications would be needed."
    swedish += f" Omkring {needed} körningar skulle behövas."
    return [(english, swedish.replace("%", " %"))]
