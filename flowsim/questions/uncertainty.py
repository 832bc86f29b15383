"""Chance and ignorance apart: what years differ by, and what is not known of the inputs.

Outer draws of the inputs k, inner replications r, the same luck in every k. Of a difference D(k, r): chance is the
mean over k of its variance over r; what the inputs do is the variance over k of its mean over r, less the part of that
which is chance. Prices and unit costs multiply volumes that are there already: they need no new runs.

Source: two-level simulation with the bias of the outer variance removed (Sun, Apley & Staum 2011).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Uncertainty:
    """Of a difference, SEK or patients."""

    mean: float
    chance_variance: float
    """Mean over the inputs of the variance from year to year."""
    input_variance: float
    """Of the mean over years, from what is not known; never below 0."""
    above_on_average: float
    """Share of inputs with a mean above 0: for the decision."""
    above_in_a_year: float
    """Share of all inputs and years above 0: for the year that comes, and its budget."""

    @property
    def input_share(self) -> float:
        """What is not known, as a share of both."""
        whole = self.chance_variance + self.input_variance
        return self.input_variance / whole if whole else float("nan")

    @property
    def chance_share(self) -> float:
        """Chance, as a share of both."""
        whole = self.chance_variance + self.input_variance
        return self.chance_variance / whole if whole else float("nan")

    @property
    def chance_sd(self) -> float:
        """Standard deviation from year to year."""
        return float(np.sqrt(self.chance_variance))

    @property
    def input_sd(self) -> float:
        """Standard deviation from what is not known."""
        return float(np.sqrt(self.input_variance))


def split(difference: np.ndarray, today: np.ndarray | None = None) -> Uncertainty:
    """Of D(k, r), rows inputs, columns replications under common luck. ValueError with fewer than two of either.

    `today`: the same replications with the inputs as they are. What luck does to all draws of the inputs alike is then
    no part of what tells them apart, nor of what is taken from that: without it a number's input variance, which is
    not a difference, would come out too small.
    """
    values = np.asarray(difference, dtype=float)
    if values.ndim != 2 or min(values.shape) < 2:
        raise ValueError("the split needs at least two draws of the inputs and two replications of each")
    chance = float(values.var(axis=1, ddof=1).mean())
    means = values.mean(axis=1)
    moved = values if today is None else values - today
    inputs = float(moved.mean(axis=1).var(ddof=1)) - float(moved.var(axis=1, ddof=1).mean()) / values.shape[1]
    return Uncertainty(
        mean=float(values.mean()),
        chance_variance=chance,
        input_variance=max(0.0, inputs),
        above_on_average=share_above(means),
        above_in_a_year=share_above(values),
    )


def share_above(values: np.ndarray) -> float:
    """Share above 0; what is exactly 0 counts half."""
    flat = np.asarray(values, dtype=float).ravel()
    return float(((flat > 0).sum() + 0.5 * (flat == 0).sum()) / flat.size)
