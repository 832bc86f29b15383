"""Income of every run under every model of a payments file, counted within the run and never on its mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flowsim.costs.payment.activity import Activity, PaidRun
from flowsim.costs.payment.by_points import agreement, block, capitation, drg_points, rehab, skane_2024
from flowsim.costs.payment.capped import skane_2023
from flowsim.costs.payment.episodes import episode_income
from flowsim.costs.payment.equal_price import equal_price_income
from flowsim.costs.payment.lines import Line
from flowsim.frames import pd
from flowsim.schema.payments import Payments

MODELS: dict[str, Callable[[PaidRun, Any, Payments], list[Line]]] = {
    "block": block,
    "drg_points": drg_points,
    "vok_agreement": agreement,
    "equal_point_price": equal_price_income,
    "episodes": episode_income,
    "skane_2023": skane_2023,
    "skane_2024": skane_2024,
    "capitation": capitation,
    "rehab": rehab,
}
"""Model -> its lines for one run."""
COLUMNS = ("scenario", "replication", "payment", "year", "hospital", "part", "income_sek")


def income(activity: Activity, payments: Payments) -> pd.DataFrame:
    """One row per scenario, replication, payment (the file's name for it), calendar year, hospital and part.

    Columns: `COLUMNS`; income_sek over the days of the year that the run covers, whole öre. Yearly amounts, caps and
    ceilings are counted by those days. FlowsimError where a payment needs what the contacts do not have (costs).
    """
    rows: list[tuple[object, ...]] = []
    for run in activity.runs():
        for name, model in payments.payments.items():
            sums: dict[tuple[int, str, str], int] = {}
            for line in MODELS[model.model](run, model, payments):
                key = (line.year, line.hospital, line.part)
                sums[key] = sums.get(key, 0) + line.ore
            rows += [(run.scenario, run.replication, name, *key, ore / 100) for key, ore in sums.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def income_by_hospital(lines: pd.DataFrame, hospital: str | None = None) -> pd.DataFrame:
    """Rows of `income` summed over years and parts: scenario, replication, payment, hospital, income_sek.

    `hospital`: only that one. To the region, what it pays its own hospital is an expense; to the hospital, income.
    """
    mine = lines if hospital is None else lines[lines["hospital"] == hospital]
    keys = ["scenario", "replication", "payment", "hospital"]
    return mine.groupby(keys, sort=False)["income_sek"].sum().round(2).reset_index()


def winners_and_losers(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """What each hospital wins by a change of payment, run by run: rows of `income_by_hospital` of two payments.

    Columns: scenario, replication, hospital, income_sek_before, income_sek_after, income_sek_won. A hospital that only
    one of the payments knows counts as paid 0 by the other.
    """
    keys = ["scenario", "replication", "hospital"]
    both = old[[*keys, "income_sek"]].merge(
        new[[*keys, "income_sek"]], on=keys, how="outer", suffixes=("_before", "_after")
    )
    money = ["income_sek_before", "income_sek_after"]
    both[money] = both[money].fillna(0.0)
    both["income_sek_won"] = (both["income_sek_after"] - both["income_sek_before"]).round(2)
    return both
