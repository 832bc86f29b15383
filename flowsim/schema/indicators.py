"""How a simulated run is read as productivity indicators: which steps, whose hours, how many rooms."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from flowsim.schema.entry import Entry, Named, fault
from flowsim.schema.faults import parsed
from flowsim.schema.reading import Marks
from flowsim.schema.values import CountFromOne, NotNegative, Positive, Share


def _listed(value: Any) -> Any:
    """One name alone is a list of it."""
    return [value] if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Theatre(Entry):
    """Operating rooms: how many, how long an operation takes, how long they are open."""

    rooms: CountFromOne = Field(description="operating rooms")
    minutes_per_operation: Positive | None = Field(
        None, description="minutes, where the run's operations have no length"
    )
    open_hours_per_week: Positive | None = Field(None, description="hours a week that a room is open")


class Worked(Entry):
    """Hours performed: a number a month, or so many per unit that a resource offers."""

    per_month: NotNegative | None = Field(None, description="hours a full month")
    resource: str | None = Field(None, description="resource whose offered capacity is staffed")
    hours_per_unit: Positive = Field(1.0, description="hours per slot, server-hour or place-day offered")
    key: Share = Field(1.0, description="share of the hours that belongs here")

    @model_validator(mode="after")
    def _one(self) -> Worked:
        if (self.per_month is None) == (self.resource is None):
            raise fault("needs one of per_month (hours) and resource (with hours_per_unit).")
        return self


class VisitTime(Entry):
    """A resource's visits for BUK: planned and value-adding minutes, and steps that are unplanned returns to it."""

    minutes: Positive = Field(description="planned minutes of a visit")
    value_minutes: NotNegative = Field(description="of them value-adding")
    returns: Names = Field((), description="steps whose visits are unplanned returns caused here")


class OutlierShare(Entry):
    """The dearest contacts (ytterfall) of each care form, left out of the cost of a DRG point. Defaults: SKR's."""

    inpatient: Share = Field(0.05, description="of contacts with a stay")
    outpatient: Share = Field(0.03, description="of contacts without")


class Hours(Entry):
    """Whose hours, by what the indicators need."""

    inpatient_somatic: Worked | None = Field(None, description="care staff (A-H1), somatic inpatient care")
    inpatient_psychiatric: Worked | None = Field(None, description="care staff (A-H1), psychiatric inpatient care")
    outpatient_somatic: Worked | None = Field(None, description="care staff (A-H1), somatic outpatient care")
    outpatient_psychiatric: Worked | None = Field(None, description="care staff (A-H1), psychiatric outpatient care")
    doctor_somatic: Worked | None = Field(None, description="doctors (C1), somatic outpatient care")


class RunIndicators(Entry):
    """A whole file."""

    format: Literal[1] = Field(1, alias="schema", description="version of the file's format")
    care: Literal["somatic", "psychiatric"] = Field("somatic", description="what the clinic's beds and contacts are")
    theatre: Theatre | None = Field(None, description="operating rooms")
    operations: Names = Field((), description="steps that are operations")
    beds: Names = Field((), description="resources whose occupied places at 06.00 are bed days")
    contacts: Names = Field((), description="steps that are outpatient contacts")
    doctor_visits: Names = Field((), description="steps that are visits to a doctor")
    doctor_treatments: Names = Field((), description="steps that are doctor visits with listed codes")
    hours: Hours = Field(default_factory=lambda: Hours.model_validate({}), description="hours performed")
    buk: Named[VisitTime] = Field(default_factory=dict, description="visit times, by resource")
    payments: str | None = Field(None, description="payments file with DRG weights, for the cost of a DRG point")
    outlier_share: OutlierShare = Field(
        default_factory=lambda: OutlierShare.model_validate({}), description="contacts left out of a DRG point's cost"
    )


def run_indicators(data: Any, marks: Marks) -> RunIndicators:
    """The validated file, from what `reading.read` gives. InputError with every fault found, each at its line."""
    return parsed(RunIndicators, data, marks)
