"""Stage 2, patient costs: what was booked for one contact (implants, costly drugs) is lifted out of its centre."""

from __future__ import annotations

from dataclasses import dataclass

from flowsim.costs.ledger.inputs import Inputs
from flowsim.costs.ledger.reconciliation import Aside, Stage, closed
from flowsim.errors import Fault, InputError
from flowsim.frames import pd


@dataclass(frozen=True)
class Lifted:
    """The ledger without patient costs, and those by contact."""

    cells: pd.DataFrame
    """cost_centre, account, ore."""
    lifted: pd.DataFrame
    """contact, cost_centre, account, ore: matched rows."""
    parked: pd.DataFrame
    """row, contact, cost_centre, account, ore: rows without a contact of the list; their cost stays at the centre."""
    stage: Stage


def lift_patient_costs(inputs: Inputs, cells: pd.DataFrame) -> Lifted:
    """Patient-specific costs by contact. InputError where more is lifted than is booked at a centre and account."""
    frame = inputs["patient_costs"]
    sign = -1 if inputs.settings.sign == "costs_negative" and (frame["amount_sek"] < 0).all() else 1
    frame = frame.assign(ore=frame["amount_sek"].astype("int64") * sign)
    matched = frame["contact"].isin(inputs["contacts"]["contact"])
    taken = frame[matched].groupby(["cost_centre", "account"], sort=True)["ore"].sum().rename("taken").reset_index()
    both = cells.merge(taken, on=["cost_centre", "account"], how="outer").fillna({"ore": 0, "taken": 0})
    both = both.astype({"ore": "int64", "taken": "int64"}).sort_values(["cost_centre", "account"], kind="stable")
    _refuse_more_than_booked(inputs, both)
    left = both.assign(ore=both["ore"] - both["taken"])[["cost_centre", "account", "ore"]].reset_index(drop=True)
    lifted = frame.loc[matched, ["contact", "cost_centre", "account", "ore"]].reset_index(drop=True)
    parked = frame.loc[~matched, ["row", "contact", "cost_centre", "account", "ore"]].reset_index(drop=True)
    amount = int(lifted["ore"].sum())
    aside = (Aside("patient costs, lifted to their contacts", amount),) if len(frame) else ()
    stage = Stage("2", "patient costs -> contacts", int(cells["ore"].sum()), int(left["ore"].sum()), aside)
    return Lifted(left, lifted, parked, closed(stage))


def _refuse_more_than_booked(inputs: Inputs, both: pd.DataFrame) -> None:
    too_much = both[(both["taken"] > 0) & (both["taken"] > both["ore"].clip(lower=0))]
    faults = [
        Fault(
            inputs.file("patient_costs"),
            0,
            f"cost centre {row.cost_centre}, account {row.account}",
            f"{row.taken / 100:,.2f}",
            f"More patient costs are lifted than are booked there in the period: {row.ore / 100:,.2f} SEK.",
        )
        for row in too_much.itertuples()
    ]
    if faults:
        raise InputError(faults)
