"""The whole costing: stage by stage from ledger to contacts, reconciled to the öre, with its warnings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from flowsim.costs.ledger.allocation import Allocation, Method, allocate
from flowsim.costs.ledger.contacts import Contacts, costed_contacts
from flowsim.costs.ledger.finals import Finals, at_finals
from flowsim.costs.ledger.indexing import at_prices
from flowsim.costs.ledger.inputs import Inputs
from flowsim.costs.ledger.keys import Network, network
from flowsim.costs.ledger.patient_costs import lift_patient_costs
from flowsim.costs.ledger.payroll import payroll_warnings
from flowsim.costs.ledger.pools import Pools, pooled
from flowsim.costs.ledger.reconciliation import Stage
from flowsim.costs.ledger.scope import in_scope
from flowsim.costs.ledger.services import Services, View, costed_services, unit_costs
from flowsim.costs.ledger.usage import Usage, usage
from flowsim.errors import FlowsimError
from flowsim.frames import pd


@dataclass(frozen=True)
class Prepared:
    """Stages 1 and 2: what there is to allocate, the same for every method and view."""

    inputs: Inputs
    cells: pd.DataFrame
    """cost_centre, account, ore."""
    lifted: pd.DataFrame
    """contact, cost_centre, account, ore."""
    parked: pd.DataFrame
    network: Network
    stages: tuple[Stage, ...]
    warnings: tuple[str, ...]

    @cached_property
    def usage(self) -> Usage:
        """What was used of each activity: the same for every method."""
        return usage(self.inputs)

    def own(self) -> np.ndarray:
        """Own cost of each supporting centre, öre."""
        sums = self.cells.groupby("cost_centre")["ore"].sum()
        return np.array([float(sums.get(name, 0)) for name in self.network.supporting])

    def _touched(self) -> np.ndarray:
        """Who has any cost, be it in cells that cancel."""
        sums = self.cells.assign(ore=self.cells["ore"].abs()).groupby("cost_centre")["ore"].sum()
        return np.array([float(sums.get(name, 0)) for name in self.network.supporting])

    def allocation(self, method: Method) -> Allocation:
        """The method's shares. InputError if it cannot be used here."""
        own, touched = self.own(), self._touched()
        circular, file = self.inputs.settings.circular, self.inputs.file("keys")
        return allocate(self.network, np.where(own == 0, touched, own), method, (), circular, file)


@dataclass(frozen=True)
class Costing:
    """All stages of one costing."""

    prepared: Prepared
    allocation: Allocation
    finals: Finals
    pools: Pools
    services: Services
    contacts: Contacts
    view: View

    @property
    def inputs(self) -> Inputs:
        """What was costed."""
        return self.prepared.inputs

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Every stage's account, in order."""
        return (
            *self.prepared.stages, self.finals.stage, *self.pools.stages, self.services.stage, *self.contacts.stages,
        )  # fmt: skip

    @property
    def unit_costs(self) -> pd.DataFrame:
        """Cost per unit of each care service: see `services.unit_costs`."""
        return unit_costs(self.services, self.inputs)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to look at, in words."""
        parts = (self.prepared.warnings, self.allocation.warnings, self.services.warnings, self.contacts.warnings)
        return (*(text for part in parts for text in part), *_below_zero(self))


def prepare(inputs: Inputs) -> Prepared:
    """Stages 1 and 2, the price level, and the keys. InputError with every fault of the keys."""
    net = network(inputs)
    scoped = in_scope(inputs)
    lifted = lift_patient_costs(inputs, scoped.cells)
    priced = at_prices(inputs, lifted.cells, lifted.lifted)
    stages = [scoped.stage, lifted.stage, *([priced.stage] if priced.stage else [])]
    warnings = [*scoped.warnings, *priced.warnings, *payroll_warnings(inputs, scoped.cells)]
    if len(lifted.parked):
        parked = f"{len(lifted.parked)} patient costs, {lifted.parked['ore'].sum() / 100:,.2f} SEK"
        warnings.append(f"{parked}, have no contact of the list: parked at their centre.")
    if net.own_use:
        names = ", ".join(f"{name} ({share})" for name, share in net.own_use)
        warnings.append(f"own use is dropped, it changes nothing: {names}.")
    return Prepared(inputs, priced.cells, priced.lifted, lifted.parked, net, tuple(stages), tuple(warnings))


def costing(inputs: Inputs, method: Method = "reciprocal", view: View = "standard") -> Costing:
    """All stages. InputError for wrong input, FlowsimError if a stage leaks (which names the leak)."""
    prepared = prepare(inputs)
    allocation = prepared.allocation(method)
    finals, pools, services = until_services(prepared, allocation, view)
    contacts = costed_contacts(inputs, services, prepared.lifted)
    found = Costing(prepared, allocation, finals, pools, services, contacts, view)
    _refuse_leak(found)
    return found


def until_services(prepared: Prepared, allocation: Allocation, view: View) -> tuple[Finals, Pools, Services]:
    """Stages 3 to 6."""
    finals = at_finals(prepared.inputs, prepared.cells, allocation)
    pools = pooled(prepared.inputs, finals)
    return finals, pools, costed_services(prepared.usage, pools, view)


def _refuse_leak(found: Costing) -> None:
    """Ledger = patients + ongoing + idle + outside, to the öre: the stages must also fit each other."""
    stages = {stage.number: stage for stage in found.stages}
    lifted = int(found.prepared.lifted["ore"].sum())
    spread = stages["2b"].kept - lifted if "2b" in stages else stages["2"].kept
    into = {"2": stages["1"].kept, "2b": stages["2"].into, "3": spread, "7": stages["6"].kept + lifted}
    into |= {after: stages[before].kept for before, after in (("3", "4"), ("4", "5"), ("5", "6"), ("7", "8"))}
    for number, stage in stages.items():
        if stage.into != into.get(number, stage.into):
            gap = (into[number] - stage.into) / 100
            raise FlowsimError(f"before stage {number} {stage.name}: {gap:,.2f} SEK were lost")


def _below_zero(found: Costing) -> Iterator[str]:
    """Final centres, activities and unit costs below 0."""
    for name, ore in found.finals.cost().items():
        if ore < 0:
            yield f"final cost centre {name} ends below 0: {ore / 100:,.2f} SEK."
    sums = found.pools.activities.groupby(["cost_centre", "activity"])["ore"].sum()
    for (centre, activity), ore in sums.items():
        if ore < 0:
            yield f"activity {activity} of {centre} ends below 0: {ore / 100:,.2f} SEK."
    units = found.unit_costs
    for row in units[units["full_cost_sek"] < 0].itertuples():
        yield f"unit cost of {row.service} is below 0: {row.full_cost_sek:,.2f} SEK."
