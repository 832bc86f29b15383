"""The third ledger: what the hours cost at reference rates, and what contacts done again or for nothing cost beside.

SEK = hours of a cell x the resource's reference rate + the variable cost of its contacts. Patient-days get no money
unless a price for a waiting day is declared, and then on a line of its own. Nothing here is paid out or saved: it is
what capacity was spent on. Readiness and idle are `unused_capacity`, not waste.
"""

from __future__ import annotations

import numpy as np

from flowsim.costs.kpp import Run, each_run, nearest_contact, pools
from flowsim.costs.uses import Visits, care_service_uses
from flowsim.frames import pd
from flowsim.questions.lean.declared import Declared
from flowsim.questions.lean.patient_days import DAY_WASTES
from flowsim.questions.lean.staff_hours import HOUR_WASTES, RUN, repeated_rows
from flowsim.schema.unit_costs import UnitCosts
from flowsim.tables import Results

UNUSED_CAPACITY = ("readiness", "idle")


def waste_money(results: Results, hours: pd.DataFrame, said: Declared, costs: UnitCosts) -> pd.DataFrame:
    """SEK by waste (`HOUR_WASTES`), unused_capacity, unused_knowledge (apart, in no sum), value and support.

    Takes the rows of `staff_hours`. Columns: scenario, replication, cell, at_reference_rate_sek, variable_sek, sek.
    """
    rates = hourly_rates(results, said, costs)
    kept = hours[hours["cell"] != "offered"]
    rate = kept["resource"].map(rates).fillna(0.0).to_numpy(dtype=float)
    lower = [rates.get(cell.partition(":")[2], 0.0) if ":" in cell else 0.0 for cell in kept["cell"].astype(str)]
    cell = kept["cell"].astype(str).str.partition(":")[0].replace(dict.fromkeys(UNUSED_CAPACITY, "unused_capacity"))
    worth = kept.assign(cell=cell, at_reference_rate_sek=kept["hours"].to_numpy() * (rate - np.array(lower)))
    money = worth.groupby([*RUN, "cell"], sort=False)["at_reference_rate_sek"].sum().reset_index()
    variable = pd.DataFrame(
        [line for run in each_run(results) for line in _variable(run, said, costs)],
        columns=[*RUN, "cell", "variable_sek"],
    )
    made = money.merge(variable, on=[*RUN, "cell"], how="left").fillna({"variable_sek": 0.0})
    return made.assign(sek=made["at_reference_rate_sek"] + made["variable_sek"])


def hourly_rates(results: Results, said: Declared, costs: UnitCosts) -> dict[str, float]:
    """SEK per hour of each resource at its reference rate (a place-day is 24 hours); 0 where it has no price."""
    found = {}
    for info in results.setting.resources:
        price = costs.resources.get(info.name)
        hours = {"slots": said.hours_per_slot(info.name), "staff": 1.0, "places": 24.0}[info.kind]
        found[info.name] = price.reference_sek_per_unit / 100 / hours if price else 0.0
    return found


def _variable(run: Run, said: Declared, costs: UnitCosts) -> list[list[object]]:
    """Variable cost of contacts done again and of those nobody needed."""
    visits = Visits(run.contacts, run.setting)
    uses = care_service_uses(visits, costs)
    owner = nearest_contact(visits)
    ore = np.zeros(len(run.contacts))
    for pool in pools(uses, costs):
        if pool.behaviour == 0:
            np.add.at(ore, uses.row[pool.line], pool.ore)
    again = repeated_rows(run, said)
    again = again | again[owner]
    unneeded = _unneeded(visits, said)
    parts = {"rework": ore[again].sum(), "overproduction": (ore * unneeded)[~again].sum()}
    return [[run.scenario, run.replication, cell, float(amount) / 100] for cell, amount in parts.items()]


def _unneeded(visits: Visits, said: Declared) -> np.ndarray:
    """Per contact: the declared share of its step that nobody needed."""
    names = [info.stay_of or info.name for info in visits.setting.steps]
    share = [1.0 if name in said.overproduction else said.step(name).unneeded_share for name in names]
    return np.asarray(share or [0.0], dtype=float)[visits.step]


def unpriced_wastes() -> tuple[str, ...]:
    """Wastes that lie in patient-days and carry no money of their own."""
    return tuple(cell for cell in DAY_WASTES if cell not in HOUR_WASTES)
