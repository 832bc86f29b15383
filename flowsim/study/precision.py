"""How many replications: as asked, or as many as it takes until named intervals are narrow enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from flowsim import comparison, experiment
from flowsim.errors import Fault, InputError
from flowsim.frames import pd
from flowsim.study.measured import HEADLINE, MONEY, SHARES

if TYPE_CHECKING:
    from flowsim.plan.model import Plan
    from flowsim.study import Design
    from flowsim.study.crew import Crew
    from flowsim.study.measured import Measured

USUAL = ("queue_end", "operations_per_week", "total_cash_sek")
SHORT = {
    "queue": "queue_end", "kö": "queue_end", "operations": "operations_per_week", "operationer": "operations_per_week",
    "cash": "total_cash_sek", "cost": "total_cash_sek", "kassakostnad": "total_cash_sek", "wait": "wait_mean_days",
    "väntetid": "wait_mean_days", "visits": "visits_per_week", "besök": "visits_per_week",
}  # fmt: skip
"""What measures may also be called."""
PER_OPERATED = ("full_cost_sek_per_operated", "total_cash_sek_per_operated")
KNOWN = (*(name for name, _, _ in (*HEADLINE, *SHARES)), *MONEY, *PER_OPERATED, "visits_per_week")
LEAST = 5
"""Replications before an interval is believed at all."""


@dataclass(frozen=True)
class Precision:
    """Half of the 95 % interval may be at most this share of the mean, for these measures in every scenario."""

    share: float
    measures: tuple[str, ...] = USUAL
    most: int = 400
    """Replications at most."""


def named(texts: Sequence[str]) -> tuple[str, ...]:
    """Measures of the headline by the names typed, short ones too.

    Raises:
        InputError: there is no such measure; all of those at once.
    """
    found = [SHORT.get(text.lower(), text) for text in texts]
    faults = [
        Fault("--on", 0, "measure", f'"{text}"', _other(text))
        for text, name in zip(texts, found, strict=True)
        if name not in KNOWN
    ]
    if faults:
        raise InputError(faults)
    return tuple(dict.fromkeys(found))


def _other(text: str) -> str:
    near = get_close_matches(text, [*KNOWN, *SHORT], 1)
    meant = f' Did you mean "{near[0]}"?' if near else ""
    return f"There is no such measure. There is: {', '.join(KNOWN)}.{meant}"


def simulated(
    plans: Sequence[Plan], design: Design, measured: Measured, crew: Crew
) -> tuple[experiment.Outcome, int, list[tuple[str, str]]]:
    """The outcome, the replications run, and what is to be said honestly about its precision (English, Swedish)."""
    wish, count = design.precision, design.replications
    if wish is not None:
        count = min(max(count, LEAST), max(wish.most, design.replications))
    outcome = crew.run(plans, count, measured, design.first)
    if wish is None:
        return outcome, count, []
    while (found := _judged(outcome, wish)).needed > count and count < wish.most:
        extra = min(found.needed, 2 * count, wish.most) - count
        outcome = experiment.joined([outcome, crew.run(plans, extra, measured, design.first + count)])
        count += extra
    return outcome, count, _said(found, count, wish)


@dataclass(frozen=True)
class _Judged:
    """How far the wish has come true: (scenario, measure, half-width as a share) of those still too wide, ..."""

    wide: tuple[tuple[str, str, float], ...]
    needed: int
    """Replications that would do for them, by the spread so far."""
    at_zero: tuple[tuple[str, str], ...]
    """Whose mean is 0, or so near it that no number of replications makes the interval a small share of it."""
    missing: tuple[str, ...]
    """Asked for, but measured in no scenario."""


def _judged(outcome: experiment.Outcome, wish: Precision) -> _Judged:
    numbers: pd.DataFrame = outcome.summaries["headline"]
    numbers = numbers[numbers["measure"].isin(wish.measures)]
    there = set(numbers["measure"].astype(str))
    missing = tuple(name for name in wish.measures if name not in there and wish.measures != USUAL)
    if not len(numbers):
        return _Judged((), 0, (), missing)
    found = comparison.needed_replications(numbers, ["measure"], "value", relative=wish.share)
    found = found[(found["half_width"] > 0) & ~(found["relative_half_width"] <= wish.share)]
    wide = found[np.isfinite(found["needed"])]
    keys = wide["scenario"].astype(str), wide["measure"].astype(str), wide["relative_half_width"].astype(float)
    never = found[~np.isfinite(found["needed"])]
    at_zero = tuple(zip(never["scenario"].astype(str), never["measure"].astype(str), strict=True))
    needed = int(wide["needed"].max()) if len(wide) else 0
    return _Judged(tuple(zip(*keys, strict=True)), needed, at_zero, missing)


def _said(found: _Judged, count: int, wish: Precision) -> list[tuple[str, str]]:
    """Nothing if the wish came true; else what did not, and how many replications it would take."""
    said = []
    if found.wide:
        listed = ", ".join(f"{measure} ({scenario}) ± {share:.1%}" for scenario, measure, share in found.wide)
        english = f"After {count} replications (the most allowed) the precision {wish.share:.1%} is not reached: "
        swedish = f"Efter {count} körningar (högst tillåtna) är precisionen {wish.share:.1%} inte nådd: "
        english += f"{listed}. About {found.needed} replications would be needed (--most)."
        swedish += f"{listed}. Omkring {found.needed} körningar skulle behövas (--most)."
        said.append((english, swedish.replace("%", " %")))
    for scenario, measure in found.at_zero:
        english = f"{measure} ({scenario}) lies around 0: a precision as a share of it means nothing."
        said.append((english, f"{measure} ({scenario}) ligger kring 0: precision som andel av det säger inget."))
    for measure in found.missing:
        english = f"--precision on {measure}: nothing of the kind is measured in these scenarios."
        said.append((english, f"--precision för {measure}: inget sådant mäts i de här scenarierna."))
    return said
