"""A budget file with its tables, read and checked against each other: every fault at once, with sheet and row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowsim.costs.budget import forms
from flowsim.errors import Fault, InputError
from flowsim.frames import pd
from flowsim.schema.budget import Budget, budget
from flowsim.schema.entry import listed, nearest
from flowsim.schema.reading import read, text_of
from flowsim.sheets import read_book, read_forms
from flowsim.sheets.forms import Form


@dataclass(frozen=True)
class Tables:
    """Everything a budget is computed from."""

    file: Budget
    frames: Mapping[str, pd.DataFrame]
    """By form name; sheets that are not there are empty."""
    name: str
    """The book's name."""
    sheets: Mapping[str, str]
    """Form name -> what its sheet is called in the book."""

    @property
    def year(self) -> int:
        """The budget year."""
        return int(self.file.year or 0)

    @property
    def base_year(self) -> int:
        """Year of basis volumes and prices."""
        return int(self.file.base_year or 0)

    def rows(self, form: Form) -> Iterator[Any]:
        """A sheet's rows, as tuples with the form's column names."""
        yield from self.frames[form.name].itertuples(index=False)

    def fault(self, form: Form, row: Any, column: str, message: str) -> Fault:
        """A fault at a row of a sheet."""
        swedish = next((one.also[0] for one in form.columns if one.name == column and one.also), "")
        key = f"{column} ({swedish})" if swedish else column
        sheet = f"{self.name}, {self.sheets.get(form.name, form.name)}"
        return Fault(sheet, int(row.row), key, str(getattr(row, column)), message)


def load_budget_file(path: Path | str) -> Budget:
    """The validated budget file alone. InputError with file, line and key of every fault."""
    return budget(*read(text_of(path), str(path)))


def load_tables(path: Path | str, file: Budget, extra_lines: pd.DataFrame | None = None) -> Tables:
    """The tables of a budget file, read and checked; `extra_lines`: more budget lines, from a study.

    InputError with every fault of all sheets.
    """
    where = Path(path).parent / str(file.tables)
    book = read_book(where)
    frames = read_forms(book, forms.NEEDED, forms.WELCOME)
    for form in forms.WELCOME:
        if form.name not in frames:
            frames[form.name] = pd.DataFrame(columns=["row", *(column.name for column in form.columns)])
    if extra_lines is not None:
        frames["budget_lines"] = pd.concat([frames["budget_lines"], extra_lines], ignore_index=True)
    called = {
        form.name: name for form in (*forms.NEEDED, *forms.WELCOME) for name in book.names if form.is_called(name)
    }
    tables = Tables(file, frames, book.name, called)
    faults = [*_volumes_agree(tables), *_lines_agree(tables), *_resources_agree(tables), *_names_agree(tables)]
    if faults:
        raise InputError(faults)
    return tables


def groups_of(tables: Tables) -> list[str]:
    """Every group with a volume, in the order they appear."""
    found = [row.group for row in tables.rows(forms.HISTORY)]
    found += [row.group for row in tables.rows(forms.LINES) if row.group]
    return list(dict.fromkeys(found))


def _volumes_agree(tables: Tables) -> Iterable[Fault]:
    """Groups with rates have a cost centre; population covers both years."""
    in_base = {row.group for row in tables.rows(forms.HISTORY) if row.year == tables.base_year}
    ages = {
        year: {row.age_group for row in tables.rows(forms.POPULATION) if row.year == year}
        for year in (tables.base_year, tables.year)
    }
    for row in tables.rows(forms.RATES):
        if row.group not in in_base:
            words = f"has no volume in history {tables.base_year}: that says at which cost centre the group is treated."
            yield tables.fault(forms.RATES, row, "group", words)
        for year, known in ages.items():
            if row.age_group not in known:
                words = f"has no population in {year}. It has: {listed(sorted(known))}."
                yield tables.fault(forms.RATES, row, "age_group", words)
    for row in tables.rows(forms.TRENDS):
        if row.group not in in_base:
            yield tables.fault(forms.TRENDS, row, "group", f"has no volume in history {tables.base_year}.")


def _lines_agree(tables: Tables) -> Iterable[Fault]:
    """A budget line moves a group's volume, or an account's amount, or both."""
    for row in tables.rows(forms.LINES):
        if pd.isna(row.volume) and not row.amount_sek:
            yield tables.fault(forms.LINES, row, "line", "has neither volume nor amount.")
        if not pd.isna(row.volume) and not row.group:
            yield tables.fault(forms.LINES, row, "group", "is missing: whose volume does the line move?")
        if row.amount_sek and not row.account:
            yield tables.fault(forms.LINES, row, "account", "is missing: on which account is the amount?")
        if row.period and int(row.period[:4]) != tables.year:
            yield tables.fault(forms.LINES, row, "period", f"is not in the budget year {tables.year}.")


def _resources_agree(tables: Tables) -> Iterable[Fault]:
    """Standards name resources and groups that exist; rooms and beds say what one can do."""
    resources = {row.resource: row for row in tables.rows(forms.RESOURCES)}
    groups = groups_of(tables)
    for row in tables.rows(forms.STANDARDS):
        if row.resource not in resources:
            words = f"is not in the sheet resources. It has: {listed(resources)}.{nearest(row.resource, resources)}"
            yield tables.fault(forms.STANDARDS, row, "resource", words)
        elif (row.unit == "days") != (resources[row.resource].kind == "bed"):
            words = "A bed is counted in days, all else in minutes."
            yield tables.fault(forms.STANDARDS, row, "unit", words)
        if row.group not in groups:
            words = f"has no volume anywhere. There are: {listed(groups)}.{nearest(row.group, groups)}"
            yield tables.fault(forms.STANDARDS, row, "group", words)
    for row in resources.values():
        if row.kind != "staff" and not row.capacity_per_unit:
            words = "is needed: hours a year of a room, or days a year of a bed, that can be used."
            yield tables.fault(forms.RESOURCES, row, "capacity_per_unit", words)


def _names_agree(tables: Tables) -> Iterable[Fault]:
    """Accounts and cost centres are in their lists, where there are lists."""
    for form, column in ((forms.ACCOUNTS, "account"), (forms.CENTRES, "cost_centre")):
        known = [getattr(row, column) for row in tables.rows(form)]
        users = (forms.RESOURCES, forms.COSTS, forms.INCOMES, forms.LINES, forms.HISTORY) if known else ()
        for user in users:
            for row in tables.rows(user):
                name = getattr(row, column, "")
                if name and name not in known:
                    words = f"is not in the sheet {form.name}.{nearest(name, known)}"
                    yield tables.fault(user, row, column, words)
