"""Half year against full year: the difference of each cost split by what was replaced, in a fixed order.

Temporary (January to June) against definitive: ledger (late bookings), keys, standard times, production are replaced
in this order, each a column; the columns sum to the difference. A half-year ledger times two is never a full year:
the accounts that do not double are listed.
"""

from __future__ import annotations

from collections.abc import Mapping

from flowsim.costs.ledger.allocation import Method
from flowsim.costs.ledger.inputs import Inputs, checked
from flowsim.costs.ledger.run import costing
from flowsim.costs.ledger.scope import in_scope
from flowsim.frames import pd

STEPS: Mapping[str, tuple[str, ...]] = {
    "ledger": ("ledger", "cost_centres", "accounts", "cost_types", "patient_costs"),
    "keys": ("keys",),
    "standard_times": ("care_services", "activities"),
    "production": ("contacts", "contact_services", "capacity", "staff"),
}
"""What is replaced -> its tables."""
DOUBLES = 0.1
"""An account doubles if the full year lies within 10 % of twice the half."""


def half_against_full(half: Inputs, full: Inputs, method: Method = "reciprocal") -> pd.DataFrame:
    """Unit cost of each care service, from the half year's to the full year's.

    Columns: service, full_cost_half_year_sek, full_cost_change_ledger_sek, full_cost_change_keys_sek,
    full_cost_change_standard_times_sek, full_cost_change_production_sek, full_cost_full_year_sek.
    """
    mixed = half
    columns = [_units(half, method)]
    for k, names in enumerate(STEPS.values()):
        last = k == len(STEPS) - 1
        frames = {name: full[name] for name in names if name in full.frames}
        settings = full.settings if k == 0 or last else mixed.settings
        mixed = full if last else checked(mixed.with_tables(frames, settings))
        columns.append(_units(mixed, method))
    table = pd.concat(columns, axis=1).fillna(0.0)
    out = pd.DataFrame({"service": table.index, "full_cost_half_year_sek": table.iloc[:, 0].to_numpy()})
    for k, name in enumerate(STEPS):
        out[f"full_cost_change_{name}_sek"] = (table.iloc[:, k + 1] - table.iloc[:, k]).round(2).to_numpy()
    out["full_cost_full_year_sek"] = table.iloc[:, -1].to_numpy()
    return out


def _units(inputs: Inputs, method: Method) -> pd.Series:
    frame = costing(inputs, method).unit_costs
    return pd.Series(frame["full_cost_sek"].to_numpy(), index=frame["service"])


def accounts_that_do_not_double(half: Inputs, full: Inputs) -> pd.DataFrame:
    """Fixed and seasonal accounts: those whose full year is not about twice the half.

    Columns: account, name, ledger_half_year_sek, ledger_full_year_sek, times (full / half; empty where the half is 0).
    """
    sums = [in_scope(one).cells.groupby("account")["ore"].sum() / 100 for one in (half, full)]
    both = pd.concat(sums, axis=1, keys=["ledger_half_year_sek", "ledger_full_year_sek"]).fillna(0.0).reset_index()
    both["times"] = (
        both["ledger_full_year_sek"] / both["ledger_half_year_sek"].where(both["ledger_half_year_sek"] != 0)
    ).round(3)
    names = dict(zip(full["accounts"]["account"], full["accounts"]["name"], strict=True))
    both.insert(1, "name", both["account"].map(names))
    odd = (both["ledger_full_year_sek"] - 2 * both["ledger_half_year_sek"]).abs() > DOUBLES * 2 * both[
        "ledger_half_year_sek"
    ].abs()
    return both[odd].reset_index(drop=True)
