"""A whole scenario file: horizon, groups, arrivals, the state at the start, resources and pathway."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from flowsim.schema.entry import Entry, Named, ReadBy, fault, listed
from flowsim.schema.laws import Law, Nights, read_law, sums_to_one
from flowsim.schema.luck import Luck, LuckTogether
from flowsim.schema.pathway import Step
from flowsim.schema.resources import ALL_HOURS, EVERY_DAY, Resource, Season
from flowsim.schema.values import (
    CHOSEN,
    WEEKDAYS,
    Count,
    CountFromOne,
    Day,
    Days,
    Defined,
    Flag,
    Hours,
    IsoWeek,
    Name,
    NotNegative,
    Number,
    Positive,
    Seconds,
    Share,
    TimeOfDay,
    Urgency,
    WarmUp,
    seconds,
)

LONGEST_WEEKS = 3500
"""Seconds are 32-bit: 68 years at most."""


class Horizon(Entry):
    """When the run begins and how long it lasts."""

    start: Day = Field(description="first day reported")
    weeks: CountFromOne = Field(description="weeks reported")
    warm_up_weeks: WarmUp = Field(
        CHOSEN, description="weeks run before the start, not reported; auto: chosen where nobody is there at the start"
    )

    @model_validator(mode="after")
    def _in_range(self) -> Self:
        if self.weeks + self.warm_up > LONGEST_WEEKS:
            raise fault(f"weeks and warm_up_weeks together must be at most {LONGEST_WEEKS}.")
        if not 1900 <= self.start.year <= 2200:
            raise fault("start must lie between the years 1900 and 2200.")
        return self

    @property
    def warm_up(self) -> int:
        """Weeks of warm-up; 0 as long as they are not chosen."""
        return max(0, self.warm_up_weeks)

    @property
    def begin(self) -> date:
        """First day of the warm-up, or the start."""
        return self.start - timedelta(weeks=self.warm_up)

    @property
    def last(self) -> date:
        """Last day of the run, inclusive."""
        return self.start + timedelta(weeks=self.weeks, days=-1)


class Calendar(Entry):
    """Days on which what keeps holidays is closed."""

    holidays: Literal["sweden", "none"] = Field("none", description="public holidays")
    closed_dates: tuple[Day, ...] = Field((), description="further closed days")
    closed_weeks: tuple[IsoWeek, ...] = Field((), description="ISO weeks closed")


class Limit(Entry):
    """A guarantee: so many days until this step starts."""

    step: Name = Field(description="the step that fulfils it")
    days: CountFromOne = Field(description="days allowed")


class Guarantee(Entry):
    """The care guarantee (vårdgaranti)."""

    first_visit: Limit | None = Field(None, description="counted from the referral")
    treatment: Limit | None = Field(None, description="counted from the decision")


class Span(Entry):
    """What is counted together as one wait."""

    from_: Name = Field(alias="from", description="decision, referral, or a step (its joining)")
    to: Name = Field(description="a step (its start)")


class Urgent(Entry):
    """The urgent among a group."""

    share: Share = Field(description="share of the group")
    klass: Urgency = Field(0, alias="class", description="their class; 0 is served first")


class Group(Entry):
    """A case mix group."""

    share: Share | None = Field(None, description="share of the arrivals where a source names no groups")
    klass: Urgency = Field(1, alias="class", description="urgency class; 0 is served first")
    urgent: Urgent | None = Field(None, description="the urgent among them")
    drg: str | None = Field(None, description="DRG code")
    background: Flag = Field(False, description="other departments' work: left out of patient totals and costs")

    @model_validator(mode="after")
    def _urgent_first(self) -> Self:
        if self.urgent and self.urgent.klass >= self.klass:
            raise fault(f"urgent class {self.urgent.klass} must be lower than class {self.klass}: 0 is served first.")
        return self


class Alternative(Entry):
    """Patients who may come on a day, with the chance that it is these."""

    probability: Share = Field(1.0, description="chance of this alternative")
    groups: Named[Count] = Field({}, description="group: number of patients")


class Set(Entry):
    """Alternatives of one occasion; exactly one is drawn."""

    alternatives: tuple[Alternative, ...] = Field(min_length=1, description="alternatives; probabilities add up to 1")
    time: TimeOfDay | None = Field(None, description="time of day; default spread over the source's hours")

    @classmethod
    def spoken(cls, data: Any) -> Any:
        """{groups: {hip: 2}} is one certain alternative."""
        if not isinstance(data, dict) or "groups" not in data:
            return data
        rest = {key: value for key, value in data.items() if key not in ("groups", "probability")}
        return {**rest, "alternatives": [{key: data[key] for key in ("groups", "probability") if key in data}]}

    @model_validator(mode="after")
    def _whole(self) -> Self:
        sums_to_one(
            {k: one.probability for k, one in enumerate(self.alternatives)}, "probabilities of the alternatives"
        )
        return self


WeekTimetable = dict[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], tuple[Set, ...]]
RATES = ("per_week", "per_day", "per_hour", "mean_gap", "per_hour_by_weekday", "timetable")


class Arrivals(Entry):
    """A named source of patients."""

    step: Name = Field(description="first step")
    per_week: NotNegative | None = Field(None, description="patients in a normal week")
    per_day: NotNegative | None = Field(None, description="patients a day (Poisson)")
    per_hour: NotNegative | None = Field(None, description="patients an hour (Poisson)")
    mean_gap: Seconds | None = Field(None, description="mean time between two patients (Poisson)")
    per_hour_by_weekday: dict[str, tuple[NotNegative, ...]] | None = Field(
        None, description="weekday: 24 rates per hour (Poisson)"
    )
    timetable: str | WeekTimetable | None = Field(None, description="CSV file of dates and counts, or the week's table")
    repeats: Flag = Field(False, description="the timetable file begins again when it ends")
    law: Literal["poisson", "negative_binomial", "fixed", "luck"] = Field(
        "poisson", description="law of the week's number"
    )
    variance_to_mean: Positive | None = Field(
        None, description="variance / mean of the week's number (negative_binomial)"
    )
    luck: Luck | None = Field(None, description="the week's luck, mean 1 (law luck)")
    groups: Named[Share] | None = Field(None, description="group: share; default the groups' own shares")
    days: Days = Field(EVERY_DAY, description="weekdays patients come on; weights allowed")
    hours: Hours = Field(ALL_HOURS, description="hours patients come in")
    season: tuple[Season, ...] = Field((), description="factor by ISO weeks")
    growth_per_year: Number = Field(0.0, description="0.02 is 2 % more each year")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        given = [rate for rate in RATES if getattr(self, rate) is not None]
        if len(given) != 1:
            raise fault(f"needs exactly one of: {listed(RATES)}; it has {listed(given)}.")
        if self.mean_gap == 0:
            raise fault("mean_gap must be longer than 0.")
        if (self.law == "negative_binomial") != (self.variance_to_mean is not None):
            raise fault("law: negative_binomial and variance_to_mean (above 1) go together.")
        if self.variance_to_mean is not None and self.variance_to_mean <= 1:
            raise fault("variance_to_mean must be above 1 (at 1 the law is poisson, below 1 there is none).")
        if (self.law == "luck") != (self.luck is not None):
            raise fault("law: luck and the key luck go together.")
        if self.law != "poisson" and self.per_week is None:
            raise fault(f"law: {self.law} needs per_week; the other ways to say a rate are Poisson.")
        if self.growth_per_year <= -1:
            raise fault("growth_per_year must be above -1.")
        if self.repeats and not isinstance(self.timetable, str):
            raise fault("repeats is for a timetable file.")
        for name, rates in (self.per_hour_by_weekday or {}).items():
            if name not in WEEKDAYS or len(rates) != 24:
                raise fault(f"per_hour_by_weekday: {name} must be one of {listed(WEEKDAYS)} with 24 numbers.")
        _shares(self.groups)
        return self


def _shares(groups: dict[str, float] | None) -> None:
    """Shares of named groups add up to 1."""
    if groups is not None:
        sums_to_one(groups, "shares of the groups")


class _AtStart(Entry):
    name: Name | None = Field(None, description="its name; default the step's")
    step: Name = Field(description="where they are")
    groups: Named[Share] | None = Field(None, description="group: share; default the groups' own shares")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        _shares(self.groups)
        return self

    @property
    def label(self) -> str:
        """The name, or the step's."""
        return self.name or self.step


def read_waited(data: Any) -> Any:
    """A law, or a list with each patient's own time."""
    if isinstance(data, list | tuple):
        return tuple(seconds(one) for one in data)
    return read_law(data)


Waited = Annotated[Law | tuple[Seconds, ...], ReadBy(read_waited, Law | list[Seconds])]


class InQueue(_AtStart):
    """Patients in a queue at the start."""

    patients: Count = Field(description="how many")
    waited: Waited = Field(description="how long they have waited: a law, or a list of durations, one each")
    clock: Literal["decision", "referral"] = Field("decision", description="what the wait is counted from")


def read_remaining(data: Any) -> Any:
    """Nights, or a law of durations."""
    if isinstance(data, Nights) or not (isinstance(data, dict) and "nights" in data):
        return data if isinstance(data, Nights) else read_law(data)
    if set(data) - {"nights", "source", "note", "assumed"}:
        raise fault("must be {nights: {1: 0.5, 2: 0.5}} or a law of durations.")
    return Nights.model_validate(data["nights"])


Remaining = Annotated[Law | Nights, ReadBy(read_remaining, Law | dict[str, Nights])]


class InBeds(_AtStart):
    """Patients in a bed at the start."""

    patients: Count = Field(description="how many")
    remaining: Remaining = Field(description="what is left of their stay: {nights: ...} or a law")


class Due(_AtStart):
    """Patients already treated whose next step is due."""

    patients: Count = Field(description="how many")
    due: Law = Field(description="time from the start until they join")


class ScenarioModel(Entry):
    """A scenario: what is run."""

    schema_: Literal[1] = Field(1, alias="schema", description="version of this format")
    scenario: str = Field(description="short name, [a-z0-9_]+", pattern=r"^[a-z0-9_]{1,60}$")
    title: str = Field(description="title in English")
    title_sv: str = Field("", description="title in Swedish")
    horizon: Horizon = Field(description="when the run begins and how long it lasts")
    calendar: Calendar = Field(default_factory=Calendar, description="holidays and closed days")
    unit_costs: str | None = Field(None, description="unit costs file, relative to this file")
    payments: str | None = Field(None, description="payments file (reimbursement models), relative to this file")
    parameter_sets: str | None = Field(
        None, description="file of parameter sets, relative to this file: what --input-uncertainty draws from"
    )
    guarantee: Guarantee = Field(default_factory=Guarantee, description="the care guarantee")
    spans: Defined[Span] = Field({}, description="waits counted over several steps")
    groups: Defined[Group] = Field(min_length=1, description="case mix groups")
    arrivals: Defined[Arrivals] = Field({}, description="sources of patients")
    queue_at_start: tuple[InQueue, ...] = Field((), description="patients in queues at the start")
    in_beds_at_start: tuple[InBeds, ...] = Field((), description="patients in beds at the start")
    due_at_start: tuple[Due, ...] = Field((), description="patients whose next step is due")
    resources: Defined[Resource] = Field({}, description="what visits need")
    luck_together: tuple[LuckTogether, ...] = Field((), description="resources whose luck goes together")
    pathway: Defined[Step] = Field(min_length=1, description="steps in plan order")
