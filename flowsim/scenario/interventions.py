"""Named interventions: what planners say aloud, each expanding to plain changes of the base.

Each is a mapping under its name in `change:`; its keys are told below. `expand` gets what was written (as plain
data, already found to be right) and the base as changed so far.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from flowsim.scenario.changes import ChangeError
from flowsim.scenario.finding import (
    AMOUNT,
    Data,
    fewer,
    kind_of,
    luck_of,
    shares_of,
    spreads_of,
    step_of,
    taken,
    weeks_below,
)
from flowsim.scenario.retarget import parallel_changes
from flowsim.schema import (
    ByGroup,
    Count,
    Day,
    Days,
    ElsewhereTerms,
    Entry,
    Hours,
    Law,
    Name,
    Nights,
    NotNegative,
    Positive,
    Share,
    fault,
    listed,
    nearest,
)


@dataclass(frozen=True)
class Plain:
    """One plain change that an intervention stands for."""

    where: str
    operation: str
    value: Any
    if_there: bool = False
    dated: bool = False
    """Does the intervention's `from` and `to` hold for this one?"""


class Intervention(Entry):
    """A named intervention."""

    def expand(self, said: Data, base: Data) -> list[Plain]:
        """The plain changes it stands for; ChangeError where the base cannot take it."""
        raise NotImplementedError


class _Dated(Intervention):
    from_: Day | None = Field(None, alias="from", description="first day; default the whole run")
    to: Day | None = Field(None, description="last day, inclusive")


class With(Entry):
    """What further resource is raised along, and its price."""

    amount: Positive = Field(description="slots a week, servers or places more")
    price_sek_per_unit: NotNegative = Field(0.0, description="SEK per unit offered")

    @classmethod
    def spoken(cls, data: Any) -> Any:
        """A bare number is the amount."""
        return data if isinstance(data, dict) else {"amount": data}


class ExtraOperations(_Dated):
    """So many more operations a week, with the sessions, staff and beds they need.

    A tranche on the resource (slots), and on each resource of `with` one of the same dates, off in the same weeks.
    """

    resource: Name = Field(description="the slots that operations are counted in")
    per_week: Positive = Field(description="further slots a week")
    name: Name = Field("evening", description="the tranche's name")
    days: Days | None = Field(None, description="weekdays of the lists")
    hours: Hours | None = Field(None, description='hours of the lists, "17:00-21:00"')
    price_sek_per_unit: NotNegative = Field(0.0, description="SEK per slot offered, used or not")
    not_when_season_below: NotNegative = Field(0.0, description="no lists in weeks whose season is lower")
    only: tuple[str, ...] | None = Field(None, description="steps that may use them")
    with_: dict[Name, With] = Field({}, alias="with", description="resource: how much more of it, or {amount, price}")

    def expand(self, said: Data, base: Data) -> list[Plain]:
        """One tranche on the resource, one on each that goes with it."""
        keys = ("days", "hours", "from", "to", "price_sek_per_unit", "not_when_season_below", "only")
        own = {"slots_per_week": self.per_week, **taken(said, keys)}
        if kind_of(base, self.resource) != "slots":
            raise ChangeError(f'"{self.resource}" is no slots: for staff and places say extra_capacity.')
        made = [_tranche(base, self.resource, self.name, own)]
        off = weeks_below(base, self.resource, self.not_when_season_below)
        for resource, more in self.with_.items():
            kind = kind_of(base, resource)
            calendar = (
                {} if kind == "places" else taken(base["resources"][resource], ("days", "hours", "open", "holidays"))
            )
            tranche = {AMOUNT[kind]: more.amount, **calendar, **taken(said, ("from", "to"))}
            if more.price_sek_per_unit:
                tranche["price_sek_per_unit"] = more.price_sek_per_unit
            if off:
                tranche["season"] = [{"weeks": off, "factor": 0}]
            made.append(_tranche(base, resource, self.name, tranche))
        return made


class ExtraCapacity(_Dated):
    """Further slots, servers or places of one resource, at a price of their own."""

    resource: Name = Field(description="the resource")
    per_week: Positive | None = Field(None, description="further slots a week")
    servers: Positive | None = Field(None, description="further servers")
    places: Positive | None = Field(None, description="further places")
    name: Name = Field("extra", description="the tranche's name")
    days: Days | None = Field(None, description="weekdays; default the resource's")
    hours: Hours | None = Field(None, description="hours; default the resource's")
    price_sek_per_unit: NotNegative = Field(0.0, description="SEK per slot, server-hour or place-day offered")
    not_when_season_below: NotNegative = Field(0.0, description="off in weeks whose season is lower")
    only: tuple[str, ...] | None = Field(None, description="steps that may use it")

    def expand(self, said: Data, base: Data) -> list[Plain]:
        """One tranche."""
        kind = kind_of(base, self.resource)
        word = {"slots": "per_week", "staff": "servers", "places": "places"}[kind]
        given = [key for key in ("per_week", "servers", "places") if key in said]
        if given != [word]:
            raise ChangeError(f'"{self.resource}" is {kind}: say how much more with {word}, and nothing else.')
        keys = ("from", "to", "price_sek_per_unit", "not_when_season_below", "only")
        calendar = (
            {} if kind == "places" else taken(base["resources"][self.resource], ("days", "hours", "open", "holidays"))
        )
        own = taken(said, ("days", "hours"))
        if own and "open" in calendar:
            calendar = {}
        return [
            _tranche(base, self.resource, self.name, {AMOUNT[kind]: said[word], **calendar, **own, **taken(said, keys)})
        ]


class ShorterStay(_Dated):
    """A shorter stay after a step: other nights, or every stay so many days shorter."""

    step: Name = Field(description="the step with the stay")
    nights: ByGroup[Nights] | None = Field(None, description="new nights with their probabilities, also by_group")
    days: Positive | None = Field(None, description="days every stay becomes shorter (none below 0)")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.nights is None) == (self.days is None):
            raise fault("needs one of nights and days.")
        return self

    def expand(self, said: Data, base: Data) -> list[Plain]:
        """Sets the nights, or moves them."""
        stay = step_of(base, self.step).get("stay")
        if not isinstance(stay, dict):
            raise ChangeError(f'"{self.step}" has no stay to shorten.')
        where = f"pathway.{self.step}.stay"
        if self.nights is not None:
            gone = [Plain(f"{where}.duration", "set", None)] if "duration" in stay else []
            return [*gone, Plain(f"{where}.nights", "set", said["nights"], dated=True)]
        if "nights" not in stay:
            raise ChangeError(f"its stay is a duration: say scale, or set, on {where}.duration.")
        if self.days != math.floor(self.days or 0):
            raise ChangeError("days must be whole where the stay is in nights.")
        return [Plain(f"{where}.nights", "set", fewer(stay["nights"], int(self.days or 0)), dated=True)]


class _Fewer(_Dated):
    share: Share = Field(description="share of them that goes away: 0.5 halves them")
    steps: Literal["all"] | list[str] = Field("all", description="steps meant, or all")
    below: ClassVar[str] = ""

    def expand(self, said: Data, base: Data) -> list[Plain]:
        """Scales each share found."""
        wheres = list(shares_of(base, type(self).below, self.steps))
        if not wheres:
            raise ChangeError(f"no step meant here has {type(self).below}.")
        return [Plain(where, "scale", 1 - self.share, if_there=True, dated=True) for where in wheres]


class FewerNoShows(_Fewer):
    """Fewer patients who do not come."""

    below: ClassVar[str] = "no_show"


class FewerCancellations(_Fewer):
    """Fewer late cancellations, of every cause."""

    below: ClassVar[str] = "late_cancellation"


class LessRework(_Fewer):
    """Fewer patients sent back."""

    below: ClassVar[str] = "rework"


class Levelled(_Dated):
    """Levelled capacity: the variation from week to week scaled, its mean kept."""

    resource: Name | None = Field(None, description="the resource; or resources")
    resources: list[str] | None = Field(None, description="several resources")
    variance: Share = Field(description="variance left: 0.5 halves it (level_out is its square root)")

    def expand(self, said: Data, base: Data) -> list[Plain]:
        """level_out = sqrt(variance), on top of what is there."""
        names = [*([self.resource] if self.resource else []), *(self.resources or [])]
        if not names:
            raise ChangeError("names no resource: give resource or resources.")
        made = []
        for name in names:
            luck = luck_of(base, name)
            made.append(_luck_change(name, "level_out", float(luck.get("level_out", 1)) * math.sqrt(self.variance)))
        return made


class RaisedLowest(_Dated):
    """A raised lowest level: no week below this share of what is planned (the mean rises too)."""

    resource: Name = Field(description="the resource")
    lowest: NotNegative = Field(description="the lowest luck of a week")

    def expand(self, said: Data, base: Data) -> list[Plain]:
        """Sets the lowest luck."""
        luck_of(base, self.resource)
        return [_luck_change(self.resource, "lowest", self.lowest)]


class Linked(Intervention):
    """A step done the moment the one before ends, the same day."""

    step: Name = Field(description="the step that joins at once")

    def expand(self, said: Data, base: Data) -> list[Plain]:
        """Sets linked; the planned delay goes."""
        gone = [Plain(f"pathway.{self.step}.delay", "set", None)] if "delay" in step_of(base, self.step) else []
        return [*gone, Plain(f"pathway.{self.step}.linked", "set", True)]


class Parallel(Intervention):
    """Steps now done one after the other are done at the same time."""

    steps: list[str] = Field(min_length=2, description="the steps, each the first of a branch")
    join: Name = Field(description="the step after them all")

    def expand(self, said: Data, base: Data) -> list[Plain]:
        """A new step without needs splits; what led to the first of them leads there."""
        for step in (*self.steps, self.join):
            step_of(base, step)
        return [Plain(where, "set", value) for where, value in parallel_changes(base, self.steps, self.join)]


class Pulled(Intervention):
    """A step starts only while too few wait further on."""

    step: Name = Field(description="the step held back")
    watch: Name = Field(description="the step watched")
    below: Count = Field(description="start while those waiting there and in service here are fewer")

    def expand(self, said: Data, base: Data) -> list[Plain]:
        """Sets pull."""
        step_of(base, self.step)
        return [Plain(f"pathway.{self.step}.pull", "set", {"watch": self.watch, "below": self.below})]


class RightCompetence(Intervention):
    """Right competence first: a step moved from one resource to another, as from doctor to nurse."""

    step: Name = Field(description="the step")
    from_: Name = Field(alias="from", description="the resource it needs now")
    to: Name = Field(description="the resource it needs instead")

    def expand(self, said: Data, base: Data) -> list[Plain]:
        """Replaces the resource in needs, in its place."""
        needs = step_of(base, self.step).get("needs", [])
        needs = [needs] if isinstance(needs, str) else needs
        if self.from_ not in needs:
            raise ChangeError(
                f'"{self.step}" does not need {self.from_}. It needs: {listed(needs)}.{nearest(self.from_, needs)}'
            )
        kind_of(base, self.to)
        if self.to in needs:
            raise ChangeError(f'"{self.step}" needs {self.to} already.')
        swap = {self.from_: self.to}
        if isinstance(needs, dict):
            return [Plain(f"pathway.{self.step}.needs", "set", {swap.get(one, one): n for one, n in needs.items()})]
        return [Plain(f"pathway.{self.step}.needs", "set", [swap.get(one, one) for one in needs])]


class TreatElsewhere(ElsewhereTerms):
    """Patients treated by another provider, offered on joining a step."""

    at: Name = Field(description="the step on whose joining it is offered")
    from_: Day | None = Field(None, alias="from", description="first day; default the whole run")
    to: Day | None = Field(None, description="last day, inclusive")

    def expand(self, said: Data, base: Data) -> list[Plain]:
        """Sets elsewhere; with dates its share is 0 outside them."""
        step_of(base, self.at)
        terms = {key: value for key, value in said.items() if key not in ("at", "from", "to")}
        where = f"pathway.{self.at}.elsewhere"
        if self.from_ is None and self.to is None:
            return [Plain(where, "set", terms)]
        return [Plain(where, "set", {**terms, "share": 0}), Plain(f"{where}.share", "set", terms["share"], dated=True)]


class StandardWork(_Dated):
    """Standard work: less spread in how long visits take, and fewer called off late. Their number is the same."""

    steps: list[str] = Field(min_length=1, description="the steps")
    spread: Share | None = Field(None, description="spread of the duration that is left: 0.5 halves its sd or cv")
    cancellations: Share = Field(0.0, description="share of late cancellations that goes away")

    def expand(self, said: Data, base: Data) -> list[Plain]:
        """Scales sd or cv of each duration, and the shares of late cancellations."""
        made = []
        for step in self.steps:
            if self.spread is not None:
                made += [Plain(where, "scale", self.spread, dated=True) for where in spreads_of(base, step)]
        if self.cancellations:
            wheres = list(shares_of(base, "late_cancellation", self.steps))
            if not wheres:
                raise ChangeError("no step meant here has late_cancellation.")
            made += [Plain(where, "scale", 1 - self.cancellations, if_there=True, dated=True) for where in wheres]
        if not made:
            raise ChangeError("changes nothing: give spread, cancellations, or both.")
        return made


class VisualControl(_Dated):
    """Visual control: a missed visit is seen and booked again sooner. How many are missed is the same.

    Moving slots between resources when a queue grows is not in the engine: say it as dated changes.
    """

    rebook_after: Law = Field(description="time until one who did not come, or was cancelled, joins again")
    steps: Literal["all"] | list[str] = Field("all", description="steps meant, or all")

    def expand(self, said: Data, base: Data) -> list[Plain]:
        """Sets rebook_after beside each share found."""
        wheres = [w for below in ("no_show", "late_cancellation") for w in shares_of(base, below, self.steps)]
        if not wheres:
            raise ChangeError("no step meant here has no_show or late_cancellation.")
        again = [f"{where.removesuffix('share')}rebook_after" for where in wheres]
        return [Plain(where, "set", said["rebook_after"], dated=True) for where in again]


NAMED: dict[str, type[Entry]] = {
    "extra_operations": ExtraOperations,
    "extra_capacity": ExtraCapacity,
    "shorter_stay": ShorterStay,
    "fewer_no_shows": FewerNoShows,
    "fewer_cancellations": FewerCancellations,
    "less_rework": LessRework,
    "levelled": Levelled,
    "raised_lowest": RaisedLowest,
    "linked": Linked,
    "parallel": Parallel,
    "pull": Pulled,
    "right_competence": RightCompetence,
    "standard_work": StandardWork,
    "visual_control": VisualControl,
    "treat_elsewhere": TreatElsewhere,
}
"""What may be said in `change:` by name."""


def _tranche(base: Data, resource: str, name: str, tranche: Data) -> Plain:
    """A new tranche; refuses a name already there."""
    there = base["resources"][resource].get("tranches") or {}
    if name in there:
        raise ChangeError(f'{resource} has a tranche "{name}" already: give this one another name.')
    return Plain(f"resources.{resource}.tranches.{name}", "set", tranche)


def _luck_change(name: str, key: str, value: float) -> Plain:
    return Plain(f"resources.{name}.luck.{key}", "set", float(f"{value:.12g}"), dated=True)
