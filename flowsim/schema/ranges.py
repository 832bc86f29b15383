"""The ranges file: what is not known of a scenario's inputs, from how low to how high, and where that comes from.

    ranges:
      conversion:
        title_sv: andel som får beslut om operation
        where: pathway.first_visit.then.by_group.default.enrolment
        balance: pathway.first_visit.then.by_group.default.discharged     # gives way: they still add up to 1
        low: 0.50
        high: 0.60
        source: no Swedish figure found, 0.4-0.7
      price: {where: price_sek, low: 53000, high: 77000, law: normal}
      unit_costs: {where: unit_costs, by: scale, low: 0.84, high: 1.16, law: normal}

A name is the planner's own; `where` is a path as in a scenario's `change:`.
"""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from flowsim.schema.entry import Entry, Named, fault
from flowsim.schema.faults import parsed
from flowsim.schema.reading import Marks
from flowsim.schema.values import Number

PRICE, UNIT_COSTS = "price_sek", "unit_costs"
"""Places outside the scenario: the price of a bought patient, and all our own unit costs."""


class Range(Entry):
    """One input that is not known exactly."""

    where: str = Field(description="dotted path into the scenario, or price_sek, or unit_costs")
    low: Number = Field(description="as low as it may well be: the 2.5th percentile")
    high: Number = Field(description="as high as it may well be: the 97.5th percentile")
    by: Literal["set", "scale", "add"] = Field("set", description="what is done with the value at its place")
    law: Literal["uniform", "normal"] = Field("uniform", description="uniform between, or normal with 95 % between")
    balance: str = Field("", description="path of a probability that gives way, so that they still add up to 1")
    title: str = Field("", description="what it is called")
    title_sv: str = Field("", description="the same in Swedish")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low < self.high:
            raise fault("low must be below high.")
        if self.balance and self.by != "set":
            raise fault("balance goes with by: set.")
        return self


class RangesFile(Entry):
    """A whole ranges file."""

    ranges: Named[Range] = Field(description="inputs by name")


def ranges_file(data: Any, marks: Marks) -> RangesFile:
    """The validated file. InputError with every fault."""
    return parsed(RangesFile, data, marks)
