"""The budget file: where its tables are, the year, and the few numbers that hold for all of it.

Two kinds of budget: one that flowsim computes from `tables` (volume, capacity, economy), and one that somebody else
has `printed`, which is loaded as it stands and checked. A file may hold either, or both.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from flowsim.schema.entry import Entry, Named, fault
from flowsim.schema.faults import parsed
from flowsim.schema.money import ExactFromZero, Rate
from flowsim.schema.reading import Marks
from flowsim.schema.values import Count, CountFromOne, Share, whole


def _month(value: Any) -> int:
    """A month's number."""
    if not 1 <= (found := whole(value)) <= 12:
        raise fault("must be a month, 1 to 12.")
    return found


Month = Annotated[int, PlainValidator(_month), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 12})]


class PayRevision(Entry):
    """Pay revision (lönerevision): a rate from a month."""

    rate: Rate = Field(description="how much pay rises: 2.5 % or 0.025")
    from_month: Month = Field(4, description="the first month of the new pay")

    @property
    def factor(self) -> Fraction:
        """Year's pay over pay before the revision: ((m - 1) + (13 - m)(1 + r)) / 12."""
        return (self.from_month - 1 + (13 - self.from_month) * (1 + self.rate)) / Fraction(12)

    def in_month(self, month: int) -> Fraction:
        """A month's pay over pay before the revision."""
        return 1 + self.rate if month >= self.from_month else Fraction(1)


class Capacity(Entry):
    """From hours to full-time equivalents."""

    hours_per_fte: ExactFromZero = Field(Fraction(1400), description="hours a full-time equivalent works a year")
    idle_target: Share = Field(0.0, description="share of hours that is to stand free")

    @model_validator(mode="after")
    def _something_left(self) -> Capacity:
        if not self.hours_per_fte or self.idle_target >= 1:
            raise fault("needs hours_per_fte above 0 and idle_target below 1.")
        return self


class Economy(Entry):
    """What holds for all pay, and how a year lies over its months."""

    payroll_addon: Rate = Field(Fraction(0), description="personalomkostnadspålägg (PO) on pay: 52.28 %")
    payroll_addon_account: str = Field("", description="account of the add-on; default the pay's own")
    pay_revision: PayRevision | None = Field(None, description="pay revision in the year")
    months: tuple[ExactFromZero, ...] = Field((), description="12 weights of production by month; default by days")

    @model_validator(mode="after")
    def _twelve(self) -> Economy:
        if self.months and (len(self.months) != 12 or not sum(self.months)):
            raise fault("months needs 12 weights, not all 0.")
        return self


class Reference(Entry):
    """Reference budget (referensbudget): basis volumes, no trends or lines, at the year's standards and prices."""

    cost_centres: tuple[str, ...] = Field((), description="chosen areas; default all")


class ScenarioLine(Entry):
    """A budget line whose volume is what a simulated scenario gives beyond its baseline."""

    line: str = Field(description="name of the budget line")
    study: str = Field(description="the study's folder, relative to this file")
    scenario: str = Field(description="scenario of the study")
    measure: str = Field("operations_year_1", description="measure of the study's headline, of a year")
    level: Literal["region", "department", ""] = Field("", description="whose line it is; both, if left out")
    cost_centre: str = Field(description="where the volume is produced")
    groups: Named[Share] = Field(description="share of the volume by group; they add up to 1")

    @model_validator(mode="after")
    def _whole(self) -> ScenarioLine:
        if abs(sum(self.groups.values()) - 1) > 1e-6:
            raise fault("needs groups whose shares add up to 1.")
        return self


class PrintedTable(Entry):
    """One table of a printed budget, and what should hold in it."""

    file: str = Field(description="the table, CSV or xlsx")
    key: str = Field(description="column that names the rows")
    label: str = Field("", description="column with the rows' names; default the key")
    total: str | None = Field(None, description="the total row's key")
    sums: tuple[str, ...] = Field((), description="columns whose rows should add up to the total row")
    percent: tuple[PercentCheck, ...] = Field((), description="printed percentages")
    differences: tuple[DifferenceCheck, ...] = Field((), description="printed differences")


class PercentCheck(Entry):
    """A printed percentage: change = 100 (value / base - 1), or share = 100 value / base."""

    column: str = Field(description="the printed percentage")
    value: str = Field(description="column above the line")
    base: str = Field("", description="column below the line; default the same column of base_row")
    base_row: str | None = Field(None, description="row below the line; default the same row")
    kind: Literal["change", "share"] = Field("change", description="change or share")
    decimals: Count = Field(1, description="decimals printed")


class DifferenceCheck(Entry):
    """A printed difference: value - minus."""

    column: str = Field(description="the printed difference")
    value: str = Field(description="column")
    minus: str = Field(description="column taken away")


class Agreement(Entry):
    """Two figures of two tables that should be the same: "table.column" of the total rows, or "table.column.row"."""

    what: str = Field(description="what both are")
    what_sv: str = Field("", description="the same in Swedish")
    left: str = Field(description="table.column or table.column.row")
    right: str = Field(description="table.column or table.column.row")
    hint: str = Field("", description="a further figure to say beside, table.column or table.column.row")


class Printed(Entry):
    """A budget that somebody else has printed."""

    tables: Named[PrintedTable] = Field(description="its tables, by a name of your own")
    agree: tuple[Agreement, ...] = Field((), description="figures that should be the same")


class Budget(Entry):
    """A whole budget file."""

    format: Literal[1] = Field(1, alias="schema", description="version of the file's format")
    title: str = Field(description="title of the budget")
    title_sv: str | None = Field(None, description="title in Swedish")
    currency: str = Field("SEK", description="currency of all money")
    printed: Printed | None = Field(None, description="a budget printed by somebody else")
    tables: str | None = Field(None, description="workbook (.xlsx) or folder of CSV files to compute a budget from")
    year: CountFromOne | None = Field(None, description="budget year")
    base_year: CountFromOne | None = Field(None, description="year of basis volumes, rates and prices")
    capacity: Capacity = Field(default_factory=lambda: Capacity.model_validate({}), description="hours to FTE")
    economy: Economy = Field(default_factory=lambda: Economy.model_validate({}), description="pay and months")
    scenario_lines: tuple[ScenarioLine, ...] = Field((), description="budget lines from simulated scenarios")
    reference: Reference = Field(
        default_factory=lambda: Reference.model_validate({}), description="the reference budget's areas"
    )

    @model_validator(mode="after")
    def _something(self) -> Budget:
        if self.tables is None and self.printed is None:
            raise fault("needs `tables` (to compute a budget) or `printed` (to check one).")
        if self.tables is not None and (self.year is None or self.base_year is None or self.year <= self.base_year):
            raise fault("with `tables`, needs year and an earlier base_year.")
        return self


PrintedTable.model_rebuild()


def budget(data: Any, marks: Marks) -> Budget:
    """The validated file, from what `reading.read` gives. InputError with every fault found, each at its line."""
    return parsed(Budget, data, marks)
