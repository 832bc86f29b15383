"""The textbook's allocation cases as costing inputs: exact answers worked by hand and by fractions.

Cases: two supporting and two final centres and a loop of three (own numbers, after the pattern of University of Regina,
open textbook, chapter 8), its published example (8.3-8.4), roundings, and faults.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pandas as pd

from flowsim.costs.ledger import forms
from flowsim.costs.ledger.inputs import Inputs
from flowsim.schema.costing import CostingSettings
from flowsim.sheets.forms import Form, framed
from flowsim.sheets.table import Table

CASES = Path(__file__).parent / "golden" / "allocation_textbook.csv"


@cache
def rows(case: str, kind: str) -> tuple[dict[str, str], ...]:
    with CASES.open(encoding="utf-8") as file:
        return tuple(row for row in csv.DictReader(file) if row["case"] == case and row["kind"] == kind)


@cache
def cases() -> tuple[str, ...]:
    with CASES.open(encoding="utf-8") as file:
        return tuple(dict.fromkeys(row["case"] for row in csv.DictReader(file)))


def frame(form: Form, lines: Iterable[dict[str, object]]) -> pd.DataFrame:
    """Rows as a frame of the form, read as a file would be."""
    columns = [column.name for column in form.columns]
    table = [(k + 2, tuple(line.get(name) for name in columns)) for k, line in enumerate(lines)]
    return framed(Table(form.name, tuple(columns), tuple(table)), form)


def inputs(case: str, behaviours: bool = True) -> Inputs:
    """The case as ledger, centres, accounts, cost types and keys; without behaviours all cost is fixed."""
    own, drivers, kinds, variable = {}, [], {}, {}
    for row in rows(case, "input"):
        quantity, centre = row["quantity"], row["from_centre"] or row["to_centre"]
        if quantity.startswith("own_cost"):
            own[centre] = (row["value"], "final" if quantity.endswith("final") else "supporting")
        elif quantity.startswith("driver"):
            drivers.append(
                (row["from_centre"], row["to_centre"], row["value"], quantity == "driver_percent" or "percent" in case)
            )
        elif quantity == "key_kind":
            kinds[centre] = row["value"]
        elif quantity == "variable_cost" and behaviours:
            variable[centre] = row["value"]
    for source, *_ in drivers:
        own.setdefault(source, ("0", "supporting"))
    for _, target, *_ in drivers:
        if "unknown" not in case:
            own.setdefault(target, ("0", "final"))
    ledger = []
    for name, (amount, _) in own.items():
        moving = float(variable.get(name, 0))
        ledger += [ledger_row(name, "fast", float(amount) - moving)] + (
            [ledger_row(name, "moves", moving)] if moving else []
        )
    return built(ledger, own, drivers, kinds)


_FORM = {True: "percent", False: "quantity"}


def ledger_row(centre: str, account: str, amount: object) -> dict[str, object]:
    return {"period": "2023-01", "cost_centre": centre, "account": account, "amount_sek": amount}


def built(
    ledger: list[dict[str, object]],
    centres: dict[str, tuple[str, str]],
    drivers: list[tuple[str, str, object, bool]],
    kinds: dict[str, str] | None = None,
    **more: pd.DataFrame,
) -> Inputs:
    """Inputs of centres (name -> own, kind), drivers (from, to, value, percent?) and kinds of keys by centre."""
    kind = kinds or {}
    types = [("overhead_fixed", "fixed"), ("overhead_variable", "variable"), ("overhead_step", "step_fixed")]
    frames = {
        "ledger": frame(forms.LEDGER, ledger),
        "cost_centres": frame(
            forms.COST_CENTRES,
            [{"cost_centre": n, "kind": k, "key": f"key_{n}", "reason": "sold"} for n, (_, k) in centres.items()],
        ),
        "accounts": frame(
            forms.ACCOUNTS,
            [
                {"account": a, "cost_type": t, "scope": "in"}
                for a, t in zip(("fast", "moves", "steps"), (name for name, _ in types), strict=True)
            ],
        ),
        "cost_types": frame(
            forms.COST_TYPES,
            [{"cost_type": name, "behaviour": behaviour, "resource_kind": "overhead"} for name, behaviour in types],
        ),
        "keys": frame(
            forms.KEYS,
            [
                {
                    "key": f"key_{a}",
                    "to_cost_centre": b,
                    "value": value,
                    "form": _FORM[percent],
                    "kind": kind.get(a, "volume"),
                }
                for a, b, value, percent in drivers
            ],
        ),
        **more,
    }
    return Inputs("textbook", CostingSettings(year=2023), frames)
