"""The budget in its versions: line upon line, region beside department, reference beside budget.

Nothing is levelled: where region and department differ, each difference stands with the lines that make it. A line's
amount is what the total changes when it is added to those above it, so the lines sum to the budget to the öre, and
steps of rooms and beds fall on the line that crosses them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from flowsim.costs.budget.economy import Budgeted, Where, budgeted, totals
from flowsim.costs.budget.reading import Tables
from flowsim.costs.budget.volume import Level, Line, Volumes, added, basis, lines, with_demography, with_trend
from flowsim.frames import pd

LEVELS: tuple[Level, ...] = ("region", "department")


@dataclass(frozen=True)
class Version:
    """One level's budget."""

    level: str
    """region, department, or "" where the lines make no difference between them."""
    budget: Budgeted
    lines: list[Line]


def versions(tables: Tables) -> list[Version]:
    """Region's and department's budget; one budget of level "" if no line belongs to one of them only."""
    if not any(line.level for line in lines(tables)):
        return [_version(tables, "", lines(tables))]
    return [_version(tables, level, lines(tables, level)) for level in LEVELS]


def structure(tables: Tables, version: Version) -> pd.DataFrame:
    """The version's budget line upon line.

    Columns: number, line, kind, level, volume, budget_income_sek, budget_expense_sek (cost), budget_result_sek; last
    the row "total", the sum of those above it.
    """
    stages = [("Basis", "basis", basis(tables))]
    stages += [("Demography", "trend", with_demography(tables)), ("Trend", "trend", with_trend(tables))]
    rows: list[list[object]] = []
    before = (Fraction(0), 0, 0)
    for name, kind, volumes in stages:
        before = _stage(rows, (name, kind, ""), volumes, totals(tables, volumes), before)
    for k, line in enumerate(version.lines):
        upto = version.lines[: k + 1]
        volumes = added(stages[-1][2], upto)
        before = _stage(rows, (line.name, line.kind, line.level), volumes, totals(tables, volumes, upto), before)
    volume, income, cost = before
    rows.append(["", "total", "", version.level, float(volume), income / 100, cost / 100, (income - cost) / 100])
    return pd.DataFrame(rows, columns=_STRUCTURE)


_STRUCTURE = [
    "number", "line", "kind", "level", "volume", "budget_income_sek", "budget_expense_sek", "budget_result_sek",
]  # fmt: skip


def differences(tables: Tables, both: Iterable[Version]) -> pd.DataFrame:
    """Every difference between region and department: of volumes by group, of amounts by account.

    Columns: what (volume or amount), cost_centre, group, account, budget_region, budget_department,
    budget_difference (contacts, or SEK), lines (those that only one of them has at this cost centre). Empty if there is
    one version, or none differs.
    """
    by_level = {version.level: version for version in both}
    if set(by_level) != set(LEVELS):
        return pd.DataFrame(columns=_DIFFERENCES)
    region, department = by_level["region"], by_level["department"]
    rows = []
    volumes = region.budget.volumes, department.budget.volumes
    for key in dict.fromkeys([*volumes[0], *volumes[1]]):
        pair = [float(one.get(key, Fraction(0))) for one in volumes]
        if pair[0] != pair[1]:
            rows.append(["volume", key[0], key[1], "", *pair, pair[1] - pair[0], _makers(by_level, key[0])])
    amounts = by_account(region.budget), by_account(department.budget)
    for where in dict.fromkeys([*amounts[0], *amounts[1]]):
        ore = [one.get(where, 0) for one in amounts]
        if ore[0] != ore[1]:
            sek = (ore[0] / 100, ore[1] / 100, (ore[1] - ore[0]) / 100)
            rows.append(["amount", where[0], "", where[1], *sek, _makers(by_level, where[0])])
    return pd.DataFrame(rows, columns=_DIFFERENCES)


_DIFFERENCES = [
    "what", "cost_centre", "group", "account", "budget_region", "budget_department", "budget_difference", "lines",
]  # fmt: skip


def reference(tables: Tables, version: Version) -> pd.DataFrame:
    """The reference budget beside the version's: basis volumes at the year's standards and prices, by cost centre.

    Columns: cost_centre, kind (cost or income), budget_reference_sek, budget_sek, budget_difference_sek; the chosen
    areas, or all.
    """
    chosen = tables.file.reference.cost_centres
    old, new = _by_centre(budgeted(tables, basis(tables))), _by_centre(version.budget)
    rows = []
    for centre, kind in dict.fromkeys([*old, *new]):
        if not chosen or centre in chosen:
            before, after = old.get((centre, kind), 0), new.get((centre, kind), 0)
            rows.append([centre, kind, before / 100, after / 100, (after - before) / 100])
    money = ["budget_reference_sek", "budget_sek", "budget_difference_sek"]
    return pd.DataFrame(rows, columns=["cost_centre", "kind", *money])


def by_account(budget: Budgeted) -> dict[tuple[str, str], int]:
    """(cost centre, account) -> öre of the year; income and cost accounts are different accounts."""
    found: dict[tuple[str, str], int] = {}
    for where, months in budget.amounts:
        key = (where.cost_centre, where.account)
        found[key] = found.get(key, 0) + sum(months)
    return found


def result_table(budget: Budgeted) -> pd.DataFrame:
    """Income - cost = result by cost centre, and in all (the row "total"): SEK."""
    sums = _by_centre(budget)
    centres = sorted({centre for centre, _ in sums})
    rows = []
    for centre in centres:
        income, cost = sums.get((centre, "income"), 0), sums.get((centre, "cost"), 0)
        rows.append([centre, income / 100, cost / 100, (income - cost) / 100])
    income, cost = budget.total("income"), budget.total("cost")
    rows.append(["total", income / 100, cost / 100, (income - cost) / 100])
    return pd.DataFrame(rows, columns=["cost_centre", "budget_income_sek", "budget_expense_sek", "budget_result_sek"])


def _version(tables: Tables, level: str, its: list[Line]) -> Version:
    return Version(level, budgeted(tables, added(with_trend(tables), its), its), its)


def _stage(
    rows: list[list[object]],
    called: tuple[str, str, str],
    volumes: Volumes,
    done: dict[str, int],
    before: tuple[Fraction, int, int],
) -> tuple[Fraction, int, int]:
    """Adds the row of what a stage (name, kind, level) changes; gives the sums so far."""
    volume = sum(volumes.values(), Fraction(0))
    income, cost = done["income"], done["cost"]
    more, spent = income - before[1], cost - before[2]
    sek = (more / 100, spent / 100, (more - spent) / 100)
    rows.append([str(len(rows) + 1), *called, float(volume - before[0]), *sek])
    return volume, income, cost


def _by_centre(budget: Budgeted) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for where, months in budget.amounts:
        key = _centre(where)
        found[key] = found.get(key, 0) + sum(months)
    return found


def _centre(where: Where) -> tuple[str, str]:
    return where.cost_centre, where.kind


def _makers(by_level: dict[str, Version], centre: str) -> str:
    """Lines of one level only that touch a cost centre, or act on it through a group."""
    found = [
        f"{line.name} ({line.level})"
        for version in by_level.values()
        for line in version.lines
        if line.level and (centre in {key[0] for key in [*line.volumes, *line.amounts]} or line.volumes)
    ]
    return ", ".join(dict.fromkeys(found))
