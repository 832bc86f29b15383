"""Stage 1, scope: the ledger's rows that are cost of care of the period, and what lies outside, with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flowsim.costs.ledger.inputs import Inputs
from flowsim.costs.ledger.reconciliation import Aside, Stage, closed
from flowsim.frames import pd


@dataclass(frozen=True)
class Scoped:
    """Öre by cost centre and account that KPP covers."""

    cells: pd.DataFrame
    """cost_centre, account, ore: one row each, in the order of their names."""
    stage: Stage
    warnings: tuple[str, ...]


def in_scope(inputs: Inputs) -> Scoped:
    """The ledger without income, what is outside, and other months; costs positive.

    Set aside, each with its reason: cost centres outside, accounts outside, other years, months outside the period.
    """
    ledger, settings = inputs["ledger"], inputs.settings
    ore = ledger["amount_sek"].to_numpy(dtype="int64") * (-1 if settings.sign == "costs_negative" else 1)
    centres = inputs["cost_centres"].set_index("cost_centre")
    accounts = inputs["accounts"].set_index("account")
    reason = pd.Series("", index=ledger.index)
    account_out = (
        accounts["reason"].where(accounts["scope"] == "outside", "").map(lambda why: why and f"account: {why}")
    )
    centre_out = (
        centres["reason"].where(centres["kind"] == "outside", "").map(lambda why: why and f"cost centre: {why}")
    )
    reason = ledger["account"].map(account_out)
    reason = reason.where(reason != "", ledger["cost_centre"].map(centre_out))
    period = ledger["period"]
    months = (period < settings.first_month) | (period > settings.last_month)
    reason = reason.mask(months, "other months of " + period.str[:4])
    reason = reason.mask(period.str[:4] != str(settings.year), "other year: " + period.str[:4])
    frame = ledger.assign(ore=ore, reason=reason)
    kept = frame[frame["reason"] == ""]
    cells = kept.groupby(["cost_centre", "account"], sort=True)["ore"].sum().reset_index()
    outside = frame[frame["reason"] != ""].groupby("reason", sort=True)["ore"].sum()
    aside = tuple(Aside(str(why), int(amount)) for why, amount in outside.items())
    stage = Stage("1", "scope: ledger -> KPP cost", int(ore.sum()), int(cells["ore"].sum()), aside)
    return Scoped(cells, closed(stage), tuple(_trade(inputs, kept)))


def _trade(inputs: Inputs, kept: pd.DataFrame) -> Iterator[str]:
    """A warning if internal trade, rows whose counterpart is a cost centre of the list, does not sum to 0."""
    inside = kept[kept["counterpart"].isin(inputs["cost_centres"]["cost_centre"])]
    total = int(inside["ore"].sum())
    if total:
        sold, bought = (
            -inside.loc[inside["ore"] < 0, "ore"].sum() / 100,
            inside.loc[inside["ore"] > 0, "ore"].sum() / 100,
        )
        yield (
            f"internal trade does not sum to 0: bought {bought:,.2f} SEK, sold {sold:,.2f} SEK, "
            f"difference {total / 100:,.2f} SEK. A krona may be counted twice: is the seller's income `offset`?"
        )
