"""A parameter of a scenario that a log was asked for: where it stands, its estimate, and how it was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from flowsim.calibration.log.estimators import Estimate, Z
from flowsim.calibration.log.pathway import Keys


@dataclass(frozen=True)
class Parameter:
    """One number of the scenario."""

    keys: Keys
    """Where it stands in the scenario file."""
    estimate: Estimate
    how: str
    written: Callable[[float], Any] = lambda value: round(value, 6)
    """The number as the file writes it."""
    kind: str = "positive"
    """share (0 to 1), positive or exact: how input uncertainty draws it."""
    shared: str = ""
    """Parameters of one estimate, standing in several places, are drawn as one: a name they share."""

    @property
    def name(self) -> str:
        """Dotted, as in the file."""
        return ".".join(str(key) for key in self.keys)

    def drawn(self, normal: float) -> float:
        """The value at a standard normal deviate: on the scale of log odds (share) or of logs (positive)."""
        one = self.estimate
        if self.kind == "exact" or one.value <= 0 or one.low >= one.high:
            return one.value
        if self.kind == "share":
            low, high, middle = (_logit(x) for x in (one.low, one.high, one.value))
            return float(1 / (1 + np.exp(-(middle + normal * (high - low) / (2 * Z)))))
        low = max(one.low, 1e-3 * one.value)
        return float(one.value * np.exp(normal * np.log(one.high / low) / (2 * Z)))


def _logit(x: float) -> float:
    x = min(max(x, 1e-6), 1 - 1e-6)
    return float(np.log(x / (1 - x)))
