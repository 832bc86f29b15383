"""How a measure is counted: its unit, its scale and how its value is written with its interval.

The unit follows from the measure's name, as everywhere in flowsim (`_sek`, `_days`, `per_week`, `share`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from flowsim.report.words import HARD_SPACE, Words, digits_for

MILLION = 1e6
_COUNTED = ("patients", "operations", "days", "share")


@dataclass(frozen=True)
class Quantity:
    """A measure's way of being written. `scale`: what the number is divided by; `unit`: key of its word."""

    measure: str
    unit: str
    scale: float = 1.0

    @property
    def money(self) -> bool:
        """Whether it is an amount of money."""
        return self.unit in ("msek", "sek")

    def value(self, words: Words, value: float, half_width: float = 0.0) -> str:
        """The number alone, with as many decimals as its interval is worth."""
        return words.number(value / self.scale, self.digits(half_width))

    def difference(self, words: Words, value: float, half_width: float = 0.0) -> str:
        """A difference with its sign."""
        return words.signed(value / self.scale, self.digits(half_width))

    def digits(self, half_width: float) -> int:
        """Decimals for a value known to within `half_width`, in its own unit; people to a tenth at most."""
        least, most = (1, 2) if self.unit == "msek" else (0, 1) if self.unit in _COUNTED else (0, 2)
        return min(most, max(least, digits_for(half_width / self.scale))) if math.isfinite(half_width) else least

    def with_interval(self, words: Words, mean: float, low: float, high: float, unit: bool = False) -> str:
        """`248 (239-257)`, `15% (13-17)`: mean and 95 % interval; the mean alone where there is no interval."""
        digits = self.digits(abs(high - low) / 2)
        text = words.number(mean / self.scale, digits)
        text = self.said(words, text) if unit else text
        if self.unit in _COUNTED:
            low, high = max(low, 0.0), min(high, 1.0) if self.unit == "share" else high
        if not (math.isfinite(low) and math.isfinite(high)):
            return text
        return f"{text} ({words.interval(low / self.scale, high / self.scale, digits)})"

    def diff_with_interval(self, words: Words, mean: float, low: float, high: float) -> str:
        """`-98 (-107 to -89)`."""
        digits = self.digits(abs(high - low) / 2)
        text = words.signed(mean / self.scale, digits)
        if not (math.isfinite(low) and math.isfinite(high)):
            return text
        return f"{text} ({words.interval(low / self.scale, high / self.scale, digits, signed=True)})"

    def plus_minus(self, words: Words, mean: float, low: float, high: float, signed: bool = False) -> str:
        """`248 ± 9`; both ends where the interval is lopsided."""
        half = (high - low) / 2
        if math.isfinite(half) and abs(high + low - 2 * mean) > 0.2 * half:
            return (self.diff_with_interval if signed else self.with_interval)(words, mean, low, high)
        text = (self.difference if signed else self.value)(words, mean, half)
        return f"{text} ± {self.value(words, half, half)}" if math.isfinite(half) else text

    def more_or_less(self, words: Words, kind: str, mean: float, low: float, high: float) -> str:
        """`151 fewer in queue (142-160)`: a difference in words; signed ends where the interval holds zero."""
        digits = self.digits(abs(high - low) / 2)
        size = words.number(abs(mean) / self.scale, digits)
        text = words(f"{kind}_{'more' if mean > 0 else 'less'}", said=self.said(words, size) if self.money else size)
        if not (math.isfinite(low) and math.isfinite(high)):
            return text
        if low <= 0 <= high:
            return f"{text} ({words.interval(low / self.scale, high / self.scale, digits, signed=True)})"
        ends = sorted((abs(low) / self.scale, abs(high) / self.scale))
        return f"{text} ({words.interval(ends[0], ends[1], digits)})"

    def said(self, words: Words, text: str) -> str:
        """A written number with its unit: `12.9 MSEK`, `85%`, `171 operations`."""
        unit = words("unit_" + self.unit)
        if self.unit == "share" and words.lang == "en":
            return text + unit
        return text + HARD_SPACE + unit


def quantity(measure: str, largest: float = 0.0) -> Quantity:
    """The way `measure` is written; money in millions where `largest` (SEK) reaches a million."""
    if "_sek" in measure or measure.endswith("sek"):
        return Quantity(measure, "msek", MILLION) if largest >= MILLION else Quantity(measure, "sek")
    if "share" in measure or "occupancy" in measure or "utilisation" in measure:
        return Quantity(measure, "share", 0.01)
    if measure.endswith("_days"):
        return Quantity(measure, "days")
    if "operations" in measure:
        return Quantity(measure, "operations_per_week" if "per_week" in measure else "operations")
    if "per_week" in measure:
        return Quantity(measure, "per_week")
    return Quantity(measure, "patients")
