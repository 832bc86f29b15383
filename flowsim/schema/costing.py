"""What a costing run is told beside its tables: the year, signs, price year, limits (costing.yaml, or a sheet)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from flowsim.schema.entry import Entry, ReadBy, fault
from flowsim.schema.faults import parsed
from flowsim.schema.reading import Marks
from flowsim.schema.values import CountFromOne, Positive, Share


def _month(value: Any) -> str:
    """YYYY-MM."""
    text = str(value)
    if len(text) != 7 or text[4] != "-" or not (text[:4] + text[5:]).isdigit() or not 1 <= int(text[5:]) <= 12:
        raise fault('must be a month in quotes: "2023-01".')
    return text


Month = Annotated[str, ReadBy(_month, str)]


class Outliers(Entry):
    """How many of the dearest contacts are marked, by care form."""

    inpatient: Share = Field(0.05, description="share of inpatient contacts")
    outpatient: Share = Field(0.03, description="share of outpatient contacts")
    day: Share = Field(0.03, description="share of day care contacts")


class CostingSettings(Entry):
    """A whole costing.yaml."""

    title: str = Field("KPP", description="what the costing is called")
    year: CountFromOne = Field(description="the year costed")
    first: Month | None = Field(None, alias="from", description="first month, default January of the year")
    last: Month | None = Field(None, alias="to", description="last month, default December of the year")
    price_year: CountFromOne | None = Field(None, description="the year of prices wanted; default the year costed")
    sign: Literal["costs_positive", "costs_negative"] = Field(
        "costs_positive", description="sign of costs in the ledger"
    )
    circular: Literal["allow", "stop"] = Field("allow", description="support in circles under step-down")
    hours_per_fte: Positive = Field(1400.0, description="hours a full-time employee works in a year")
    payroll_add_on_percent: Positive = Field(52.28, description="payroll add-on (PO), percent of pay")
    outliers: Outliers = Field(default_factory=Outliers, description="dearest contacts marked")
    made_up: bool = Field(False, description="the figures are made up: said wherever they are shown")

    @model_validator(mode="after")
    def _in_order(self) -> CostingSettings:
        if not self.first_month[:4] == self.last_month[:4] == str(self.year):
            raise fault(f"`from` and `to` must be months of {self.year}.")
        if self.first_month > self.last_month:
            raise fault("`from` must not be after `to`.")
        return self

    @property
    def first_month(self) -> str:
        """First month costed, YYYY-MM."""
        return self.first or f"{self.year}-01"

    @property
    def last_month(self) -> str:
        """Last month costed, YYYY-MM."""
        return self.last or f"{self.year}-12"

    @property
    def months(self) -> int:
        """Months costed."""
        return int(self.last_month[5:]) - int(self.first_month[5:]) + 1


def costing_settings(data: Any, marks: Marks) -> CostingSettings:
    """The validated settings. InputError with every fault, each at its line."""
    return parsed(CostingSettings, data, marks)
