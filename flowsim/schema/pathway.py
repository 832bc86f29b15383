"""Steps of the pathway in a scenario file: what a visit needs, how long it takes, what follows."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from flowsim.schema.entry import Entry, Named, ReadBy, fault, listed
from flowsim.schema.laws import ByGroup, Fixed, Law, Nights, Patience, sums_to_one
from flowsim.schema.values import Count, CountFromOne, Flag, Name, NotNegative, Share, TimeOfDay, Urgency, whole

ENDS = ("treated", "discharged", "died")
"""Ends a route may name, beside the steps."""
A_WEEK, AT_ONCE = Fixed.model_validate("1 week"), Fixed.model_validate(0)


class RouteTable(Entry):
    """Next step or end: probability."""

    to: Named[Share] = Field(min_length=1, description="step or end: probability; they add up to 1")

    @classmethod
    def spoken(cls, data: Any) -> Any:
        """{a: 0.6, b: 0.4}, or one name alone."""
        if isinstance(data, str):
            return {"to": {data: 1.0}}
        if not isinstance(data, dict):
            raise fault("must be a step or an end, or {step: probability, ...}.")
        return data if isinstance(data.get("to"), dict) else {"to": data}

    @model_validator(mode="after")
    def _whole(self) -> Self:
        sums_to_one(self.to, "probabilities")
        return self


class Routes(ByGroup[RouteTable]):
    """The next step by probability, the same for all or by group."""

    def targets(self, group: str) -> tuple[tuple[str, float], ...]:
        """(step or end, probability) of a group, in the order of the file."""
        return tuple(self.of(group).to.items())


class Split(Entry):
    """Parallel branches that meet again."""

    branches: tuple[Name, ...] = Field(alias="all", min_length=2, description="first step of each branch")
    join: Name = Field(description="the step where all meet")


def read_then(data: Any) -> Any:
    """What follows: routes, or a split."""
    if isinstance(data, Routes | Split):
        return data
    return (Split if isinstance(data, dict) and ("all" in data or "join" in data) else Routes).model_validate(data)


Then = Annotated[Routes | Split, ReadBy(read_then, Routes | Split)]


def needs(data: Any) -> tuple[tuple[str, int], ...]:
    """((resource, units), ...) of [clinic] or {clinic: 1, team: 2}; the first is the lead."""
    if isinstance(data, tuple):
        return data
    if isinstance(data, str):
        data = [data]
    if isinstance(data, list):
        if any(not isinstance(one, str) for one in data):
            raise fault("must be a list of resources, [clinic], or {clinic: 1, team: 2}.")
        twice = sorted({one for one in data if data.count(one) > 1})
        if twice:
            raise fault(f"names {listed(twice)} twice: write {{{twice[0]}: 2}}.")
        return tuple((one, 1) for one in data)
    if not isinstance(data, dict):
        raise fault("must be a list of resources, [clinic], or {clinic: 1, team: 2}.")
    for resource, units in data.items():
        if whole(units) < 1:
            raise fault(f"{resource}: must be 1 or more.")
    return tuple((resource, whole(units)) for resource, units in data.items())


Needs = Annotated[tuple[tuple[str, int], ...], ReadBy(needs, list[str] | dict[str, int] | str)]


def one_or_list(data: Any) -> Any:
    """A list, also of one written without brackets."""
    return data if isinstance(data, list | tuple) else [data]


class NoShow(Entry):
    """Nobody comes: the slot or the staff is used, the patient is booked again."""

    share: Share = Field(description="share of the booked who do not come")
    rebook_after: Law = Field(A_WEEK, description="time until the patient joins again")
    remove_after: Count = Field(0, description="no-shows after which the patient is removed; 0 never")


class LateCancellation(Entry):
    """A visit called off too late: the slot is lost unless refilled."""

    cause: Name = Field(description="name of the cause, for the table of lost capacity")
    share: Share = Field(description="share of the booked")
    rebook_after: Law = Field(A_WEEK, description="time until the patient joins again")
    leave_share: Share = Field(0.0, description="share of the cancelled who leave")
    refill: Flag = Field(False, description="the slot may be taken by another until it expires")


class Rework(Entry):
    """Back to an earlier step; tested before `then`."""

    to: Name = Field(description="step to go back to")
    share: Share = Field(description="share sent back")
    at_most: CountFromOne = Field(1, description="times a patient can be sent back from here")


class Stay(Entry):
    """What is held after the visit: a bed."""

    in_: Name = Field(alias="in", description="the places held")
    secured: Literal["reserved", "sought"] = Field(
        "reserved", description="reserved: before the visit starts; sought: when it ends, blocking what it is in"
    )
    nights: ByGroup[Nights] | None = Field(None, description="nights with probabilities; either this or duration")
    duration: ByGroup[Law] | None = Field(None, description="a continuous stay; either this or nights")
    discharge_time: TimeOfDay = Field(39_600, description="time of discharge, stays in nights")
    same_day_discharge_time: TimeOfDay = Field(64_800, description="time of discharge when the stay is 0 nights")
    until: tuple[Name, ...] = Field((), description="side steps begun with the stay: no discharge before they are done")
    name: Name | None = Field(None, description="the stay's name in the tables; default <step>_stay")

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if (self.nights is None) == (self.duration is None):
            raise fault("needs its length once: either nights ({0: 0.2, 1: 0.8}) or duration (a law).")
        return self


class Pull(Entry):
    """A start is allowed only while too few wait further on."""

    watch: Name = Field(description="the step watched")
    below: CountFromOne = Field(description="start while those waiting there and in service here are fewer")


class ElsewhereTerms(Entry):
    """Treatment by another provider, offered on joining the step."""

    share: Share = Field(description="share of the eligible who go")
    groups: tuple[str, ...] | None = Field(None, description="eligible groups; default all")
    classes: tuple[Urgency, ...] | None = Field(None, description="eligible classes; default all")
    provider: Name = Field("provider", description="the provider's name")
    price_sek: NotNegative = Field(description="SEK per patient")
    lead_time: Law = Field(AT_ONCE, description="from leaving until treated by the provider")
    weekly_cap: Count | None = Field(None, description="patients a week at most; default no cap")
    yearly_cap: Count | None = Field(None, description="patients an ISO year at most; default no cap")
    then: Name = Field("elsewhere", description="step after the provider's treatment; elsewhere: the way ends there")
    include_start_queue: Flag = Field(False, description="also those in the queue at the start")
    own_follow_up_sek: NotNegative = Field(0.0, description="SEK per patient that stays at home")
    complication_share: Share = Field(0.0, description="share that comes back")
    complication_sek: NotNegative = Field(0.0, description="SEK per patient that comes back")
    complication_step: Name | None = Field(None, description="step they come back to")


class Step(Entry):
    """One step of the pathway."""

    needs: Needs = Field((), description="resources; the first is the lead, in whose queue patients wait")
    delay: ByGroup[Law] | None = Field(None, description="planned delay before joining")
    duration: ByGroup[Law] | None = Field(None, description="length of the visit; default 0 for slots")
    klass: Urgency | None = Field(None, alias="class", description="class at this step; default the patient's own")
    no_show: NoShow | None = Field(None, description="nobody comes")
    late_cancellation: tuple[LateCancellation, ...] = Field((), description="called off too late, by cause")
    patience: tuple[Patience, ...] = Field((), description="how long a patient waits before leaving")
    then: Then | None = Field(None, description="what follows; none only for the side steps of a stay")
    rework: Rework | None = Field(None, description="back to an earlier step")
    stay: Stay | None = Field(None, description="what is held after the visit")
    linked: Flag = Field(False, description="joins the moment the step before ends, ahead of all until closing")
    decision: Flag = Field(False, description="on the way here the decision for treatment is made")
    pull: Pull | None = Field(None, description="start only while too few wait further on")
    overflow: Name | None = Field(None, description="where one turned away by a full queue goes; default leaves")
    elsewhere: ElsewhereTerms | None = Field(None, description="treatment by another provider")
    kpp: Literal["contact", "service", "overhead"] = Field("contact", description="what it is in cost per patient")
    value_adding: Flag = Field(True, description="does the patient gain by it? (lean)")
    waste: str = Field("", description="kind of waste, if it is one (lean)")

    @classmethod
    def spoken(cls, data: Any) -> Any:
        """One patience or one cancellation may be written without a list."""
        if not isinstance(data, dict):
            return data
        lists = {key: one_or_list(data[key]) for key in ("patience", "late_cancellation") if key in data}
        return {**data, **lists}
