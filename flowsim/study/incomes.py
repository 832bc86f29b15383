"""What the hospital is paid in each scenario under each payment model, and what is left when its costs are paid.

Counted in every replication, since caps bend, and averaged afterwards. To the region, what it pays its own hospital is
no cost: its own result of a scenario is the total cash cost, whatever the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowsim import comparison
from flowsim.frames import pd

if TYPE_CHECKING:
    from flowsim.scenario import Scenario
    from flowsim.schema.payments import Payments
    from flowsim.schema.unit_costs import UnitCosts
    from flowsim.tables import Results

RUN = ["scenario", "replication"]
LEFT = {"income_less_total_cash_sek": "total_cash_sek", "income_less_full_cost_sek": "full_cost_sek"}
"""What is left, and the cost it is left of."""


@dataclass(frozen=True)
class Paid:
    """A scenario's payments file, and the DRG of each of its groups."""

    payments: Payments
    drg_of_group: Mapping[str, str]

    def by_run(self, results: Results, costs: UnitCosts | None) -> pd.DataFrame:
        """Income of the hospital: scenario, replication, payment, hospital, value (SEK over the horizon)."""
        from flowsim.costs import payment  # here and below: few scenarios name payments, and they take long to load
        from flowsim.schema.payments import DrgPoints

        models = self.payments.payments.values()
        outliers = any(isinstance(model, DrgPoints) and model.outliers is not None for model in models)
        contacts = payment.activity(results, self.payments, self.drg_of_group, costs if outliers else None)
        lines = payment.income_by_hospital(payment.income(contacts, self.payments), self.payments.hospital)
        return lines.rename(columns={"income_sek": "value"})


def paid_by(scenarios: Sequence[Scenario]) -> dict[str, Paid]:
    """The payments of each scenario that names a file. InputError with every fault of the files."""
    found = {}
    for one in scenarios:
        if one.payments is not None:
            from flowsim.costs import payment

            drg = {name: group.drg for name, group in one.model.groups.items() if group.drg}
            found[one.name] = Paid(payment.load_payments(one.payments), drg)
    return found


def incomes(kept: pd.DataFrame, numbers: pd.DataFrame, baseline: str, paid: Mapping[str, Paid]) -> pd.DataFrame:
    """Income and what is left of it, by scenario and payment model, hospital's perspective, SEK over the horizon.

    Columns: scenario, payment, title, title_sv, measure (income_sek, income_less_total_cash_sek,
    income_less_full_cost_sek), statistics, difference to the baseline (paired).
    """
    parts = [kept[[*RUN, "payment", "value"]].assign(measure="income_sek")]
    for left, cost in LEFT.items():
        of = numbers.loc[numbers["measure"] == cost, [*RUN, "value"]].rename(columns={"value": "cost"})
        both = kept.merge(of, on=RUN, sort=False)
        both["value"] -= both["cost"]
        parts.append(both[[*RUN, "payment", "value"]].assign(measure=left))
    found = comparison.compared(pd.concat(parts, ignore_index=True), baseline, ["payment", "measure"], "value")
    return _titled(found, paid)


def changes_of_payment(kept: pd.DataFrame, paid: Mapping[str, Paid]) -> pd.DataFrame:
    """What the hospital wins (+) or loses (-) when it is paid by another model than the file's first, same runs.

    Columns: scenario, payment, title, title_sv, statistics (SEK over the horizon), clear (the interval leaves out 0).
    """
    first = {name: next(iter(one.payments.payments)) for name, one in paid.items()}
    old = kept[kept["payment"] == kept["scenario"].astype(str).map(first)][[*RUN, "value"]]
    both = kept.merge(old.rename(columns={"value": "before"}), on=RUN, sort=False)
    both["value"] -= both["before"]
    both = both[both["payment"] != both["scenario"].astype(str).map(first)]
    found = comparison.interval(both[[*RUN, "payment", "value"]], ["payment"], "value")
    found["clear"] = (found["low"] > 0) | (found["high"] < 0)
    return _titled(found.drop(columns=["half_width", "sd"]), paid)


def _titled(frame: pd.DataFrame, paid: Mapping[str, Paid]) -> pd.DataFrame:
    """The payments' titles beside their names, in both languages."""
    from flowsim.costs import payment

    keys = list(zip(frame["scenario"].astype(str), frame["payment"].astype(str), strict=True))
    models = {(s, name): model for s, one in paid.items() for name, model in one.payments.payments.items()}
    place = list(frame.columns).index("payment") + 1
    frame.insert(place, "title", [payment.title(models[key]) for key in keys])
    frame.insert(place + 1, "title_sv", [payment.title(models[key], "sv") for key in keys])
    return frame
