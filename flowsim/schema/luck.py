"""Weekly luck of a resource or a source as a scenario file writes it: a factor with mean 1 for each week."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from flowsim.schema.entry import Entry, Named, ReadBy, fault, listed
from flowsim.schema.laws import by_word, sums_to_one
from flowsim.schema.values import CountFromOne, Defined, Flag, Name, NotNegative, Number, Share


class _Luck(Entry):
    level_out: Share = Field(1.0, description="1 + s (luck - 1): 1 as is, 0 no luck at all")
    lowest: NotNegative = Field(0.0, description="luck is raised to at least this; the mean rises with it")


class DrawnLuck(_Luck):
    """A week's factor from a law with mean 1."""

    law: Literal["lognormal", "gamma", "normal", "weibull"] = Field(description="the law's name")
    cv: NotNegative = Field(description="standard deviation of the week's factor (its mean is 1)")
    lag1: Share = Field(0.0, description="correlation from one week to the next")


class CalibratedLuck(_Luck):
    """A week's factor as fitted from history."""

    calibration: str = Field(description="calibration file, relative to this file")
    resource: str = Field(description="the resource's name in that file")
    of: Literal["contacts", "hours"] = Field(
        "contacts", description="the luck of what is counted, or of the hours worked in the same weeks"
    )
    level_varies: bool = Field(
        True, description="with --input-uncertainty: the level too is only known as well as that history tells it"
    )


class BootstrapLuck(_Luck):
    """A week's factor from the weeks of history, in blocks."""

    law: Literal["bootstrap"] = Field(description="the law's name")
    values: tuple[NotNegative, ...] = Field(min_length=1, description="factors of past weeks, in order")
    block_weeks: CountFromOne = Field(4, description="weeks kept together")


class WeekClass(Entry):
    """One class of weeks: low, mid, high."""

    share: Share = Field(description="share of all weeks")
    factor: NotNegative = Field(description="the week's factor")


class ClassLuck(_Luck):
    """A week's factor by class of week, with transitions if they are given."""

    law: Literal["classes"] = Field(description="the law's name")
    classes: Defined[WeekClass] = Field(min_length=1, description="class: {share, factor}; shares add up to 1")
    transition: Named[Named[Share]] | None = Field(None, description="class: {next class: probability}")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        sums_to_one({name: one.share for name, one in self.classes.items()}, "shares of the classes")
        for name, row in (self.transition or {}).items():
            if set(row) - set(self.classes) or name not in self.classes:
                raise fault(f"transition may name only the classes {listed(self.classes)}.")
            sums_to_one(row, f"transitions from {name}")
        if self.transition is not None and set(self.transition) != set(self.classes):
            raise fault("transition needs a row for each class.")
        return self


class LuckTogether(Entry):
    """Resources whose luck goes together, week by week."""

    resources: tuple[Name, ...] = Field((), description="their names")
    correlation: Number | None = Field(None, description="of two resources' luck, on the scale of normal scores")
    same_weeks: Flag = Field(False, description="all draw the same weeks of history: for luck from past weeks")
    calibration: str | None = Field(
        None, description="instead: as found there, between the resources here that take their luck from that file"
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.calibration is not None:
            if self.resources or self.correlation is not None or self.same_weeks:
                raise fault("calibration stands alone: it says which resources, and how.")
            return self
        if len(set(self.resources)) < 2 or len(set(self.resources)) < len(self.resources):
            raise fault("needs the names of two different resources or more.")
        if (self.correlation is None) != self.same_weeks:
            raise fault("needs one of correlation and same_weeks: true.")
        if self.correlation is not None and (len(self.resources) > 2 or abs(self.correlation) >= 1):
            raise fault("correlation lies between -1 and 1 and is of two resources: write a line for each pair.")
        return self


LUCKS: dict[str, type[Entry]] = {
    **dict.fromkeys(("lognormal", "gamma", "normal", "weibull"), DrawnLuck),
    "bootstrap": BootstrapLuck,
    "classes": ClassLuck,
}


def read_luck(data: Any) -> Any:
    """Luck, from {law: ...} or {calibration: ..., resource: ...}."""
    if isinstance(data, _Luck):
        return data
    if not isinstance(data, dict):
        raise fault("must be {law: ..., ...} or {calibration: file, resource: name}.")
    return CalibratedLuck.model_validate(data) if "calibration" in data else by_word(data, "law", LUCKS)


AnyLuck = DrawnLuck | CalibratedLuck | BootstrapLuck | ClassLuck
Luck = Annotated[AnyLuck, ReadBy(read_luck, AnyLuck)]
"""A resource's luck by week, mean 1."""
