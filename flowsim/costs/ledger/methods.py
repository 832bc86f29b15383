"""The three methods side by side: what each final centre and each unit costs, and how far from reciprocal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowsim.costs.ledger.allocation import METHODS, Method
from flowsim.costs.ledger.run import Costing, until_services
from flowsim.costs.ledger.services import unit_costs
from flowsim.errors import InputError
from flowsim.frames import pd

if TYPE_CHECKING:
    from collections.abc import Mapping


def methods_compared(found: Costing) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Cost of each final centre, and of a unit of each service, by every method that can be used; else why not.

    Columns: cost_centre, name (or service), full_cost_reciprocal_sek, full_cost_step_down_sek, full_cost_direct_sek,
    step_down_percent, direct_percent (from reciprocal; empty where it is 0).
    """
    centres: dict[str, Mapping[str, float]] = {}
    units: dict[str, Mapping[str, float]] = {}
    refused = []
    for method in METHODS:
        try:
            finals, services, table = _by(found, method)
        except InputError as error:
            refused.append(f"{method}: {error.faults[0].message}")
            continue
        centres[method] = {name: ore / 100 for name, ore in finals.items()}
        units[method] = dict(zip(services, table, strict=True))
    listed = found.inputs["cost_centres"]
    names = dict(zip(listed["cost_centre"], listed["name"], strict=True))
    by_centre = _compared("cost_centre", centres)
    by_centre.insert(1, "name", by_centre["cost_centre"].map(names))
    return by_centre, _compared("service", units), refused


def _by(found: Costing, method: Method) -> tuple[Mapping[str, int], list[str], list[float]]:
    """Öre by final centre, and services with their unit cost."""
    if method == found.allocation.method:
        finals, table = found.finals, found.unit_costs
    else:
        allocation = found.prepared.allocation(method)
        finals, _, services = until_services(found.prepared, allocation, found.view)
        table = unit_costs(services, found.inputs)
    return finals.cost(), table["service"].tolist(), table["full_cost_sek"].tolist()


def _compared(what: str, by_method: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    names = list(next(iter(by_method.values()), {}))
    frame = pd.DataFrame({what: names})
    for method in METHODS:
        values = by_method.get(method, {})
        frame[f"full_cost_{method}_sek"] = [values.get(name, float("nan")) for name in names]
    base = frame["full_cost_reciprocal_sek"]
    for method in METHODS[1:]:
        frame[f"{method}_percent"] = (100 * (frame[f"full_cost_{method}_sek"] / base.where(base != 0) - 1)).round(2)
    return frame
