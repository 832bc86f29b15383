"""The unit cost file (KPP): what a unit of each care service and a week of each resource cost, SEK of one year.

All money is kept as whole öre. The file's keys are the fields below; every fault is told with file, line and key.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema, model_validator

from flowsim.schema.entry import Entry, Named, ReadBy, fault, fault_at, listed, nearest
from flowsim.schema.faults import parsed
from flowsim.schema.reading import Marks
from flowsim.schema.values import Count, CountFromOne, Positive, Share, not_negative

MEASURED = ("bed_days", "nights", "hours", "minutes")
"""Units that are measured per contact: of its stay (bed_days, nights), or staff time, else the visit's length."""
BEHAVIOURS = ("variable", "step_fixed", "fixed")
"""How money moves: with each unit, with each step of capacity, with the calendar."""


def _ore(value: Any) -> int:
    """Whole öre of an amount in SEK; a third decimal is refused."""
    amount = Decimal(str(not_negative(value))) * 100
    if amount != int(amount):
        raise fault("has more than two decimals: SEK is written with at most two.")
    return int(amount)


def _units(value: Any) -> float | str:
    """A number of units, or the name of what is measured."""
    if isinstance(value, str):
        if value not in MEASURED:
            raise fault(f"must be a number, or what is measured: {listed(MEASURED)}.{nearest(value, MEASURED)}")
        return value
    return not_negative(value)


Sek = Annotated[int, ReadBy(_ore), WithJsonSchema({"type": "number", "minimum": 0})]
_UNITS_JSON = {"anyOf": [{"type": "number", "minimum": 0}, {"enum": list(MEASURED)}]}
Units = Annotated[float | str, ReadBy(_units), WithJsonSchema(_UNITS_JSON)]


class Component(Entry):
    """One part of a unit cost, by behaviour. Written in SEK, kept in öre."""

    variable_sek: Sek = Field(0, description="SEK per unit that follows each unit")
    step_fixed_sek: Sek = Field(0, description="SEK per unit, at practical capacity, of what comes in steps")
    fixed_sek: Sek = Field(0, description="SEK per unit, at practical capacity, of what the calendar drives")

    @property
    def rates(self) -> tuple[int, int, int]:
        """Öre per unit: variable, step-fixed, fixed."""
        return (self.variable_sek, self.step_fixed_sek, self.fixed_sek)


class CareService(Entry):
    """A care service: its unit, the resource whose capacity it is, and its components."""

    unit: str = Field("unit", description="what is counted: operation, ward day, film")
    resource: str | None = Field(None, description="the resource whose capacity the step-fixed and fixed cost is")
    components: Named[Component] = Field(description="the parts of the unit cost: staff, implant, overhead")

    @classmethod
    def spoken(cls, data: Any) -> Any:
        """A service of one component may give its SEK directly: {variable_sek: 18000}."""
        if isinstance(data, dict) and "components" not in data:
            money = {key: value for key, value in data.items() if key in Component.keys()}  # noqa: SIM118
            if money:
                return {**{k: v for k, v in data.items() if k not in money}, "components": {"": money}}
        return data

    @model_validator(mode="after")
    def _has_capacity(self) -> CareService:
        if self.resource is None and any(part.step_fixed_sek or part.fixed_sek for part in self.components.values()):
            raise fault("has step-fixed or fixed cost: say with `resource:` whose capacity that is.")
        return self


class CapacityStep(Entry):
    """Capacity that comes in whole steps: a list, a module of beds, a session."""

    name: str = Field("step", description="what a step is called: list, module of 6 beds")
    size: Positive = Field(description="units of capacity in a step, per week")
    sek_per_step: Sek = Field(description="SEK per step and week, used or not")
    release_weeks: Count = Field(0, description="weeks of notice before a step is closed")


class ResourceCost(Entry):
    """What a resource's capacity costs, used or not. Units: slot, server-hour or place-day."""

    fixed_sek_per_week: Sek = Field(0, description="SEK a week that no change of volume moves")
    step: CapacityStep | None = Field(None, description="capacity that comes in whole steps")
    practical_capacity_per_week: Positive | None = Field(None, description="units a week the rates were computed at")
    reference_sek_per_unit: Sek = Field(0, description="SEK per unit of capacity at practical capacity")
    overtime_sek_per_hour: Sek = Field(0, description="SEK per server-hour after closing")
    extra_sek_per_unit: Sek = Field(0, description="SEK per further unit in extra sessions, used or not (for `ask`)")
    own_share: Share = Field(1.0, description="our part of the resource's fixed, step and overtime money")


class UnitCosts(Entry):
    """A whole unit cost file."""

    format: Literal[1] = Field(1, alias="schema", description="version of the file's format")
    price_year: CountFromOne = Field(description="the year of all money in the file")
    care_services: Named[CareService] = Field(description="care services and their cost per unit")
    resources: Named[ResourceCost] = Field(default_factory=dict, description="what capacity costs")
    contacts: Named[Named[Units]] = Field(description="per step of the pathway: the services in one contact")

    @model_validator(mode="after")
    def _names_agree(self) -> UnitCosts:
        for name, service in self.care_services.items():
            if service.resource is not None and service.resource not in self.resources:
                where = ("care_services", name, "resource")
                raise fault_at(where, _unknown("resource", service.resource, self.resources), service.resource)
        for step, units in self.contacts.items():
            for name in units:
                if name not in self.care_services:
                    raise fault_at(("contacts", step, name), _unknown("care service", name, self.care_services), name)
        return self


def _unknown(what: str, name: str, known: Mapping[str, object]) -> str:
    return f'there is no {what} "{name}". It has: {listed(known)}.{nearest(name, known)}'


def unit_costs(data: Any, marks: Marks) -> UnitCosts:
    """The validated file, from what `reading.read` gives. InputError with every fault found, each at its line."""
    return parsed(UnitCosts, data, marks)
