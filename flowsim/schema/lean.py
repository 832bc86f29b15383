"""The lean file: what a clinic has measured or assumed of its own work, beside a scenario (slöserier, BUK).

readiness_share: 0.05                   # of what is offered, held open on purpose
resources:
  clinic: {minutes_per_unit: 30}        # one slot
steps:
  first_visit: {transport_share: 0.02, motion_share: 0.05, overwork_share: 0.1, could_be_done_by: nurse}
  readmission: {waste: rework}
  control_film: {needed_rest: true}     # the planned time before it heals
target_nights: {hip: 2}
"""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from flowsim.errors import Fault, InputError
from flowsim.schema.entry import Entry, Named, fault, listed, nearest
from flowsim.schema.faults import fault_here, parsed
from flowsim.schema.reading import Marks
from flowsim.schema.values import Flag, NotNegative, Positive, Share

WASTES = ("rework", "overproduction")
"""What a whole step may be declared as: its contacts are done again, or need not have been."""


class LeanStep(Entry):
    """How the time of one step's contacts divides, each a share of the hours left after rework and overproduction."""

    value_adding: Flag | None = Field(None, description="does the patient gain by it? default the scenario's")
    waste: Literal["rework", "overproduction"] | None = Field(None, description="every contact here is that waste")
    unneeded_share: Share = Field(0.0, description="contacts nobody needed (overproduction)")
    transport_share: Share = Field(0.0, description="touch time spent on moving patient, staff or samples")
    motion_share: Share = Field(0.0, description="touch time spent on looking for things and walking")
    overwork_share: Share = Field(0.0, description="touch time spent on more than was needed")
    transport_minutes: NotNegative = Field(0.0, description="the patient's transport inside the house before it")
    needed_rest: Flag = Field(False, description="is the planned time before it healing?")
    could_be_done_by: str | None = Field(None, description="a resource of lower competence that could do it")

    @property
    def not_useful(self) -> float:
        """Share of the touch time that is transport, motion or overwork."""
        return self.transport_share + self.motion_share + self.overwork_share

    @model_validator(mode="after")
    def _within_the_whole(self) -> Self:
        if self.not_useful > 1:
            raise fault("transport_share, motion_share and overwork_share are together more than 1.")
        return self


class LeanResource(Entry):
    """What one unit of a resource is in time."""

    minutes_per_unit: Positive = Field(description="planned length of one slot")


class LeanFile(Entry):
    """A whole lean file."""

    readiness_share: Share = Field(0.0, description="of what is offered, held open on purpose")
    waiting_day_sek: NotNegative | None = Field(None, description="declared price of one patient's waiting day")
    resources: Named[LeanResource] = Field({}, description="slots in time")
    steps: Named[LeanStep] = Field({}, description="splits of time by step")
    target_nights: Named[NotNegative] = Field({}, description="by group: bed-days beyond are more than needed")


def lean_file(data: Any, marks: Marks, resources: list[str], steps: list[str], groups: list[str]) -> LeanFile:
    """The validated file, its names checked against a scenario's. InputError with every fault."""
    made = parsed(LeanFile, data, marks)
    found: list[Fault] = []
    parts = (("resources", made.resources, resources), ("steps", made.steps, steps))
    for part, names, known in (*parts, ("target_nights", made.target_nights, groups)):
        for name in names:
            if name not in known:
                text = f"is not in the scenario. It has: {listed(known)}.{nearest(name, known)}"
                found.append(fault_here(marks, (part, name), text))
    for name, step in made.steps.items():
        lower = step.could_be_done_by
        if lower is not None and lower not in resources:
            text = f"is no resource of the scenario. It has: {listed(resources)}.{nearest(lower, resources)}"
            found.append(fault_here(marks, ("steps", name, "could_be_done_by"), text, lower))
    if found:
        raise InputError(found)
    return made
