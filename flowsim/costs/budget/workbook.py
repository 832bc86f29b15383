"""All of a budget, or of its follow-up, as sheets to be written: every version, down to account and month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flowsim.costs.budget import forms
from flowsim.costs.budget.capacity import capacity_table
from flowsim.costs.budget.deviation import Row, deviations, summed, with_result
from flowsim.costs.budget.economy import MONTHS, amounts_table
from flowsim.costs.budget.follow_up import follow_up_sheet
from flowsim.costs.budget.reading import Tables
from flowsim.costs.budget.versions import LEVELS, Version, differences, reference, result_table, structure, versions
from flowsim.costs.budget.volume import added, against_history, below_zero, lines, trends, volume_table, with_trend
from flowsim.frames import pd

_MONEY = [*(f"budget_month_{m}_sek" for m in MONTHS), "budget_sek"]


def budget_sheets(tables: Tables, through: int = 12, level: str = "region") -> dict[str, pd.DataFrame]:
    """A budget as sheets by name; with two levels every sheet but differences begins with `level`.

    structure, result, accounts, volumes, capacity, differences, reference, rates, amounts, and follow_up: of one
    level, January to `through`.
    """
    made = versions(tables)
    sheets = {
        "structure": _stacked(made, lambda one: structure(tables, one)),
        "result": _stacked(made, lambda one: named(tables, result_table(one.budget))),
        "accounts": _stacked(made, lambda one: named(tables, _accounts(one))),
        "volumes": _stacked(made, lambda one: named(tables, volume_table(tables, one.budget.volumes))),
        "capacity": _stacked(made, lambda one: named(tables, capacity_table(one.budget.needs))),
        "differences": named(tables, differences(tables, made)),
        "reference": _stacked(made, lambda one: named(tables, reference(tables, one))),
        "rates": against_history(tables),
        "amounts": _stacked(made, lambda one: amounts_table(one.budget)),
    }
    followed = next((one for one in made if one.level == level), made[0])
    sheets["follow_up"] = follow_up_sheet(tables, followed.budget, through)
    return {name: frame for name, frame in sheets.items() if len(frame)}


def deviation_sheets(rows: Sequence[Row], tables: Tables | None = None) -> dict[str, pd.DataFrame]:
    """Sheets of a follow-up: total by kind, by cost centre, by account, by group, and every row."""
    frame = deviations(rows)
    by_centre = summed(frame, ["kind", "cost_centre"])
    by_account = summed(frame, ["kind", "cost_centre", "account"])
    return {
        "deviation": with_result(summed(frame, ["kind"])),
        "deviation_by_cost_centre": named(tables, by_centre) if tables else by_centre,
        "deviation_by_account": named(tables, by_account) if tables else by_account,
        "deviation_by_group": summed(frame[frame["group"] != ""], ["kind", "group"]),
        "deviation_rows": frame,
    }


def remarks(tables: Tables) -> list[tuple[str, str]]:
    """What a reader must know of how the budget was made, in English and Swedish."""
    said: list[tuple[str, str]] = []
    for row in against_history(tables).itertuples():
        if abs(row.difference_percent) >= 1:
            percent = f"{row.difference_percent:+.1f}"
            said.append(
                (
                    f"{row.group}: population x rates gives {percent} % against history; the rates' size is used.",
                    f"{row.group}: befolkning x konsumtion ger {_sv(percent)} % mot historiken; konsumtionen används.",
                )
            )
    for group, trend in trends(tables).items():
        if trend["how"] != "given":
            percent = f"{float(100 * trend['trend']):+.2f}"
            said.append(
                (
                    f"{group}: trend {percent} % a year, {trend['how']}.",
                    f"{group}: trend {_sv(percent)} % per år, {_how_sv(trend['how'])}.",
                )
            )
    short = [key for level in LEVELS for key in below_zero(added(with_trend(tables), lines(tables, level)))]
    for centre, group in dict.fromkeys(short):
        said.append(
            (
                f"{centre} {group}: the lines take away more than there is; 0 is used for capacity and money.",
                f"{centre} {group}: raderna drar ifrån mer än som finns; 0 används för kapacitet och pengar.",
            )
        )
    indexed = {row.index for row in tables.rows(forms.INDEXES)}
    without = dict.fromkeys(row.cost_type for row in tables.rows(forms.COSTS) if row.cost_type not in indexed)
    for cost_type in without:
        said.append(
            (
                f"{cost_type}: no index, so the price is that of its price year.",
                f"{cost_type}: inget index, så priset är prisårets.",
            )
        )
    return said


def named(tables: Tables | None, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the names of cost centres and accounts beside their numbers, where the lists have them."""
    out = frame.copy()
    for form, column in ((forms.CENTRES, "cost_centre"), (forms.ACCOUNTS, "account")):
        names = {getattr(row, column): row.name for row in tables.rows(form)} if tables else {}
        if names and column in out:
            out.insert(out.columns.get_loc(column) + 1, f"{column}_name", [names.get(k, "") for k in out[column]])
    return out


def _accounts(version: Version) -> pd.DataFrame:
    """Cost centre x account by month."""
    frame = amounts_table(version.budget)
    sums: pd.DataFrame = frame.groupby(["cost_centre", "account", "kind"], sort=True)[_MONEY].sum()
    return sums.round(2).reset_index()


def _stacked(made: Sequence[Version], table: Any) -> pd.DataFrame:
    """The versions' tables under each other, the level first where there are two."""
    frames = []
    for one in made:
        frame = table(one)
        if one.level:
            frame = frame.drop(columns="level", errors="ignore")
            frame.insert(0, "level", one.level)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _sv(number: str) -> str:
    return number.replace(".", ",").replace("-", "−")


def _how_sv(how: str) -> str:
    return (
        how.replace("fitted to", "anpassad till")
        .replace(" years are too few", " år är för få")
        .replace("years", "år")
        .replace("none:", "ingen:")
    )
