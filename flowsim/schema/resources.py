"""Resources of a scenario file: slots, staff and places, their calendars, tranches and luck."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from flowsim.schema.entry import Entry, Named, ReadBy, fault
from flowsim.schema.laws import by_word
from flowsim.schema.luck import Luck
from flowsim.schema.values import (
    Count,
    Day,
    Days,
    Defined,
    Flag,
    Hours,
    NotNegative,
    Share,
    Urgency,
    Weeks,
    WholeSeconds,
    days,
    hours,
)

MON_FRI = days("mon-fri")
EVERY_DAY = days("mon-sun")
OFFICE_HOURS = hours("08:00-16:00")
ALL_HOURS = hours("00:00-24:00")


class Season(Entry):
    """A factor for some ISO weeks; in a list of several a later one wins over an earlier one."""

    weeks: Weeks = Field(
        description='ISO weeks: "26-32", "51-1", a list or one; 53 takes the factor of 52 unless named'
    )
    factor: NotNegative = Field(description="capacity or inflow of these weeks, as a factor")


class _Calendar(Entry):
    days: Days = Field(MON_FRI, description="open weekdays: mon-fri, [mon, wed], or weights {mon: 2, tue: 1}")
    hours: Hours = Field(OFFICE_HOURS, description='opening hours "HH:MM-HH:MM"; may cross midnight')
    open: Literal["always"] | None = Field(
        None, description="always: day and night, no holidays; instead of days, hours"
    )
    holidays: Literal["closed", "open"] = Field(
        "closed", description="on public holidays and closed days of the calendar"
    )

    @model_validator(mode="after")
    def _one_calendar(self) -> Self:
        if self.open and {"days", "hours", "holidays"} & self.model_fields_set:
            raise fault("open: always stands instead of days, hours and holidays: leave them out.")
        return self


class _Tranche(Entry):
    price_sek_per_unit: NotNegative = Field(0.0, description="SEK per unit offered: slot, server-hour or place-day")
    from_: Day | None = Field(None, alias="from", description="first day; default the whole run")
    to: Day | None = Field(None, description="last day, inclusive")
    season: tuple[Season, ...] = Field((), description="factor by ISO weeks for this tranche alone; factor 0 is off")
    not_when_season_below: NotNegative = Field(0.0, description="off in weeks where the resource's season is lower")
    only: tuple[str, ...] = Field((), description="steps that may use it; default all")
    luck: Luck | None = Field(None, description="its own weekly luck; the resource's does not touch it")

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.from_ and self.to and self.from_ > self.to:
            raise fault("has its `to` before its `from`.")
        return self


class SlotTranche(_Tranche, _Calendar):
    """Further slots, laid out alone."""

    slots_per_week: NotNegative = Field(description="slots in a week with all its days open")


class StaffTranche(_Tranche, _Calendar):
    """Further servers, with hours of their own."""

    servers: NotNegative = Field(description="servers at work while open")
    overtime: WholeSeconds = Field(0, description="how long past closing a visit may be planned to end")

    @classmethod
    def spoken(cls, data: Any) -> Any:
        """price_sek_per_hour is price_sek_per_unit: the unit is a server-hour."""
        if not isinstance(data, dict) or "price_sek_per_hour" not in data:
            return data
        if "price_sek_per_unit" in data:
            raise fault("has price_sek_per_hour and price_sek_per_unit: for staff they are the same, keep one.")
        return {("price_sek_per_unit" if key == "price_sek_per_hour" else key): value for key, value in data.items()}


class PlaceTranche(_Tranche):
    """Further places, day and night."""

    places: NotNegative = Field(description="places")


class _Resource(Entry):
    season: tuple[Season, ...] = Field((), description="factor by ISO weeks")
    level: NotNegative = Field(1.0, description="planned level: a factor on top of calendar and season")
    luck: Luck | None = Field(None, description="the week's luck, mean 1; default none")
    order: Literal["first_come", "longest_wait", "due_first"] = Field(
        "first_come",
        description="queue order within a class: by joining, by decision (else referral), or by guarantee date",
    )
    if_head_cannot_start: Literal["wait", "skip"] = Field("wait", description="does the next who fits go first?")
    maximum_queue: Count | None = Field(None, description="patients in the queue at most; the last to join leaves")


class Kept(Entry):
    """Slots kept for some until the last moment."""

    share: Share = Field(description="share of the slots kept")
    for_: Literal["urgent", "longest_wait"] = Field(alias="for", description="whom they are kept for")
    klass: Urgency = Field(0, alias="class", description="for urgent: the class they are kept for")


class Slots(_Resource, _Calendar):
    """So many starts a week."""

    kind: Literal["slots"] = Field(description="slots, staff or places")
    slots_per_week: NotNegative = Field(description="slots in a week with all its days open")
    keep_week_total: Flag = Field(False, description="a closed day's slots are spread over the week's open days")
    kept: Kept | None = Field(None, description="slots kept for urgent or longest waiting patients")
    tranches: Defined[SlotTranche] = Field({}, description="further slots, used after the regular, in this order")


class Staff(_Resource, _Calendar):
    """Servers with opening hours; a visit takes one or more for its duration."""

    kind: Literal["staff"] = Field(description="slots, staff or places")
    servers: NotNegative | None = Field(None, description="servers at work while open")
    unlimited: Flag = Field(False, description="as many as are needed, instead of servers")
    overtime: WholeSeconds = Field(0, description="how long past closing a visit may be planned to end")
    at_closing: Literal["finish", "suspend"] = Field("finish", description="visits running at closing")
    interruption: Literal["none", "resume", "restart"] = Field(
        "none", description="may a more urgent patient interrupt?"
    )
    part_days: Flag = Field(False, description="a server may work a part of a day")
    tranches: Defined[StaffTranche] = Field({}, description="further servers, used after the regular, in this order")

    @model_validator(mode="after")
    def _size(self) -> Self:
        return _one_size(self, "servers")


class Places(_Resource):
    """Beds or rooms, held day and night."""

    kind: Literal["places"] = Field(description="slots, staff or places")
    places: NotNegative | None = Field(None, description="places; after season rounded half up")
    unlimited: Flag = Field(False, description="as many as are needed, instead of places")
    by_weekday: Named[NotNegative] = Field({}, description="places on some weekdays, {fri: 8}")
    blocked_order: Literal["first_come"] = Field("first_come", description="order of those who block while waiting")
    tranches: Defined[PlaceTranche] = Field({}, description="further places, used after the regular, in this order")

    @model_validator(mode="after")
    def _size(self) -> Self:
        return _one_size(self, "places")


def _one_size(resource: Any, key: str) -> Any:
    """A number, or unlimited: one of the two."""
    if (getattr(resource, key) is None) != resource.unlimited:
        raise fault(f"needs one of {key} (a number) and unlimited: true.")
    return resource


KINDS: dict[str, type[Entry]] = {"slots": Slots, "staff": Staff, "places": Places}


def read_resource(data: Any) -> Any:
    """A resource of the kind it names."""
    if isinstance(data, _Resource):
        return data
    if not isinstance(data, dict):
        raise fault("must be a mapping with `kind`: slots, staff or places.")
    return by_word(data, "kind", KINDS)


AnyResource = Slots | Staff | Places
Resource = Annotated[AnyResource, ReadBy(read_resource, AnyResource)]
"""A resource; choose by its `kind`."""
