"""Inputs not known exactly: values drawn or placed within their declared ranges, as changes of the scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from flowsim.errors import Fault, InputError
from flowsim.questions.wording import Said, named
from flowsim.scenario import Scenario
from flowsim.scenario.changes import parts_of
from flowsim.schema import read, text_of
from flowsim.schema.ranges import PRICE, UNIT_COSTS, Range, ranges_file

MONEY = (PRICE, UNIT_COSTS)
_SHARE_DIGITS = 10


@dataclass(frozen=True)
class Input:
    """One input with its range."""

    name: str
    range: Range
    path: str = ""

    @property
    def said(self) -> Said:
        """What it is called."""
        plain = named(self.name)
        return Said(self.range.title_sv or self.range.title or plain.sv, self.range.title or plain.en)

    @property
    def of_money(self) -> bool:
        """Is it a price, so that volumes need not be run again?"""
        return self.range.where in MONEY

    @property
    def middle(self) -> float:
        """Half way between low and high."""
        return (self.range.low + self.range.high) / 2

    def at(self, uniform: np.ndarray) -> np.ndarray:
        """Values of numbers between 0 and 1."""
        low, high = self.range.low, self.range.high
        if self.range.law == "uniform":
            return np.asarray(low + (high - low) * np.asarray(uniform))
        from scipy.stats import norm

        sd = (high - low) / (2 * 1.959963984540054)
        return np.asarray(norm.ppf(np.clip(uniform, 1e-9, 1 - 1e-9), loc=self.middle, scale=sd))

    def changes(self, value: float, scenario: Scenario) -> list[dict[str, Any]]:
        """Items of `change:` that give the scenario this value; none for money."""
        if self.of_money:
            return []
        value = round(float(value), _SHARE_DIGITS)
        made = [{"where": self.range.where, self.range.by: value}]
        if self.range.balance:
            now, gives_way = (_number(scenario.data, path, self) for path in (self.range.where, self.range.balance))
            made.append({"where": self.range.balance, "set": round(gives_way + now - value, _SHARE_DIGITS)})
        return made


def _number(data: Mapping[str, Any], where: str, one: Input) -> float:
    """The number at a path of the scenario. InputError if there is none."""
    value: Any = data
    for part in parts_of(where):
        value = value[int(part)] if isinstance(value, list) and part.isdigit() else _of(value, part)
    if isinstance(value, bool) or not isinstance(value, int | float):
        message = f"there is no number at {where} for it to balance with."
        raise InputError([Fault(one.path, 0, f"ranges.{one.name}", where, message)])
    return float(value)


def _of(value: Any, part: str) -> Any:
    return value.get(part) if isinstance(value, dict) else None


def load_ranges(path: str | Path) -> tuple[Input, ...]:
    """The inputs of a ranges file. InputError with every fault."""
    shown = Path(path).as_posix()
    found = ranges_file(*read(text_of(shown), shown))
    return tuple(Input(name, one, shown) for name, one in found.ranges.items())


def drawn(inputs: Sequence[Input], draws: int, seed: int) -> np.ndarray:
    """Values of all inputs, (draws, inputs): each input stratified over its range, in an order of its own (LHS).

    Source: McKay, Beckman & Conover 1979. An input's values depend on its name, not on the others.
    """
    columns = []
    for one in inputs:
        luck = np.random.default_rng([seed, *one.name.encode()])
        strata = (luck.permutation(draws) + luck.random(draws)) / draws
        columns.append(one.at(strata))
    return np.column_stack(columns) if columns else np.zeros((draws, 0))
