"""Payroll add-on: what the ledger booked on pay, checked against the percent; ledger rows are never added to.

The add-on (PO; regions 2023: 52.28 %) is booked in the ledger. It is applied only to pay that flowsim computes.
"""

from __future__ import annotations

from collections.abc import Iterator

from flowsim.costs.ledger.inputs import Inputs
from flowsim.frames import pd

POINTS = 3.0
"""Percentage points the booked add-on may differ before it is said."""


def payroll_warnings(inputs: Inputs, cells: pd.DataFrame) -> Iterator[str]:
    """A warning if add-on accounts differ from pay accounts x percent by over 3 points; pay by staff beside ledger."""
    kinds = dict(zip(inputs["accounts"]["account"], inputs["accounts"]["payroll"], strict=True))
    kind = cells["account"].map(kinds)
    pay, add_on = (int(cells.loc[kind == name, "ore"].sum()) for name in ("pay", "add_on"))
    percent = float(inputs.settings.payroll_add_on_percent)
    if pay and add_on and abs(100 * add_on / pay - percent) > POINTS:
        booked = 100 * add_on / pay
        yield f"payroll add-on booked is {booked:.2f}% of pay; {percent:.2f}% is expected (± {POINTS:.0f} points)."
    staff = inputs["staff"]
    settings = inputs.settings
    inside = staff[(staff["period"] >= settings.first_month) & (staff["period"] <= settings.last_month)]
    paid = int(inside["pay_sek"].sum()) if len(inside) else 0
    if pay and paid and abs(paid / pay - 1) > 0.02:
        yield f"pay in the staff table is {paid / 100:,.2f} SEK, in the ledger's pay accounts {pay / 100:,.2f} SEK."
