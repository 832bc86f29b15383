"""Staff and equipment beside the ledger: pay per hour by profession; straight-line depreciation by cost centre."""

from __future__ import annotations

from flowsim.costs.ledger.inputs import Inputs
from flowsim.frames import pd

DAYS = 365


def staff_table(inputs: Inputs) -> pd.DataFrame:
    """What an hour of each profession costs, from the staff table.

    Columns: cost_centre, profession, hours, overtime_hours, fte (mean of the months; hours by `hours_per_fte` where
    none are given), ledger_pay_sek, ledger_pay_sek_per_hour, full_cost_sek_per_hour (with the payroll add-on).
    """
    settings, staff = inputs.settings, inputs["staff"]
    inside = staff[(staff["period"] >= settings.first_month) & (staff["period"] <= settings.last_month)]
    add_on = 1 + float(settings.payroll_add_on_percent) / 100
    rows = []
    for (centre, profession), one in inside.groupby(["cost_centre", "profession"], sort=True):
        hours, overtime = float(sum(one["hours_worked"])), float(sum(one["overtime_hours"]))
        given = [float(fte) for fte in one["fte"] if fte is not None]
        by_hours = hours / settings.hours_per_fte * 12 / settings.months
        fte = sum(given) / settings.months if given else by_hours
        pay = int(one["pay_sek"].sum()) / 100
        per = pay / hours if hours else float("nan")
        rows.append([centre, profession, hours, overtime, round(fte, 2), pay, round(per, 2), round(per * add_on, 2)])
    columns = ["cost_centre", "profession", "hours", "overtime_hours", "fte", "ledger_pay_sek"]
    return pd.DataFrame(rows, columns=[*columns, "ledger_pay_sek_per_hour", "full_cost_sek_per_hour"])


def equipment_table(inputs: Inputs, cells: pd.DataFrame) -> pd.DataFrame:
    """Depreciation of the period by centre: computed straight-line from the items, and booked on equipment accounts.

    Columns: cost_centre, items, ledger_computed_sek, ledger_booked_sek, ledger_difference_sek (booked - computed).
    """
    settings, items = inputs.settings, inputs["equipment"]
    first = pd.Timestamp(f"{settings.first_month}-01")
    last = pd.Timestamp(f"{settings.last_month}-01") + pd.offsets.MonthEnd(0) + pd.Timedelta(days=1)
    types = inputs["cost_types"].set_index("cost_type")["resource_kind"]
    kinds = inputs["accounts"].set_index("account")["cost_type"].map(types)
    booked = cells[cells["account"].map(kinds) == "equipment"].groupby("cost_centre")["ore"].sum()
    rows = []
    for centre, one in items.groupby("cost_centre", sort=True):
        computed = 0.0
        for item in one.itertuples():
            begin = pd.Timestamp(item.bought)
            end = begin + pd.Timedelta(days=round(float(item.life_years) * DAYS))
            days = max((min(end, last) - max(begin, first)).days, 0)
            computed += item.purchase_sek / 100 / (float(item.life_years) * DAYS) * days if item.life_years else 0.0
        there = int(booked.get(centre, 0)) / 100
        rows.append([centre, len(one), round(computed, 2), there, round(there - computed, 2)])
    columns = ["cost_centre", "items", "ledger_computed_sek", "ledger_booked_sek", "ledger_difference_sek"]
    return pd.DataFrame(rows, columns=columns)
