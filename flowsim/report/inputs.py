"""Input uncertainty in words: that it is included, and how much of the spread between runs it makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flowsim.frames import pd

if TYPE_CHECKING:
    from flowsim.report.words import Words

TOLD = ("queue_end", "wait_median_days", "operations_per_week", "total_cash_sek")
"""Measures whose spread is told of, the first three that vary."""


def included(run: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], words: Words) -> str:
    """What is said of a study with input uncertainty; '' of one without."""
    if not run.get("input_uncertainty"):
        return ""
    if "input_uncertainty" not in tables:
        return words("input_uncertainty")
    frame = tables["input_uncertainty"].dropna(subset=["share_inputs"])
    share = dict(zip(frame["measure"].astype(str), frame["share_inputs"], strict=True))
    parts = [
        words("inputs_part", name=words.measure(name), share=words.percent(float(share[name])))
        for name in TOLD
        if name in share
    ]
    said = [words("input_uncertainty")]
    if parts:
        said.append(words("inputs_apart", parts=words.listed(parts[:3])))
    return " ".join(said)
