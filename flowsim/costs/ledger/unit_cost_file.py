"""The costing as the file that drives a scenario's money: unit costs by behaviour, and what capacity costs a week.

`simulation_resources` says which activities a resource of the simulation stands for: so many units of the activity in
one unit of the resource (108 theatre minutes in an operation slot), and how much of it the clinic has in a week.
`simulation_contacts` says which services a step of the pathway uses. Step-fixed and fixed cost of activities that are
no resource of the simulation is charged per unit, as if bought within the hospital, and said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowsim.costs.ledger.forms import BEHAVIOURS
from flowsim.costs.ledger.run import Costing, until_services
from flowsim.costs.ledger.services import shown
from flowsim.costs.ledger.usage import UNIT
from flowsim.errors import Fault, FlowsimError, InputError
from flowsim.frames import pd
from flowsim.schema.unit_costs import MEASURED, UnitCosts, unit_costs
from flowsim.schema.writing import as_yaml

if TYPE_CHECKING:
    from flowsim.costs.ledger.inputs import Inputs

PATIENT_COSTS = "patient_costs"
"""In `simulation_contacts`: the mean patient-specific cost of the groups named."""


@dataclass(frozen=True)
class UnitCostFile:
    """The file's data, and what is worth knowing of it."""

    data: dict[str, Any]
    notes: tuple[str, ...]

    def text(self) -> str:
        """As YAML."""
        return as_yaml(self.data)

    def model(self) -> UnitCosts:
        """Validated. InputError if the costing cannot be a unit cost file (a cost below 0)."""
        return unit_costs(self.data, {})


def unit_cost_file(found: Costing) -> UnitCostFile:
    """The unit cost file of a costing, idle capacity apart whatever its view.

    InputError if the simulation's tables name what is not there.
    """
    inputs = found.inputs
    _refuse_strangers(inputs)
    if found.view != "standard":
        apart = until_services(found.prepared, found.allocation, "standard")[2]
        found = replace(found, services=apart, view="standard")
    mapping = _mapping(inputs)
    notes: list[str] = []
    services = dict(_services(found, mapping, notes))
    contacts, extra = _contacts(found, services)
    used = {name for uses in contacts.values() for name in uses}
    notes = [text for text in notes if text.partition(":")[0] in used]
    notes += _too_much(found)
    if not contacts:
        notes.append("no sheet simulation_contacts says which services the steps of a pathway use: fill in `contacts`.")
    kept = {name: one for name, one in {**services, **extra}.items() if name in used or not contacts}
    settings = inputs.settings
    year = settings.price_year or settings.year
    source = f"flowsim kpp: {settings.title}, ledger of {settings.year}, {found.allocation.method}, prices of {year}"
    data: dict[str, Any] = {"price_year": year, "source": f"{source}; inputs sha256 {fingerprint(inputs)[:16]}"}
    if settings.made_up:
        data["assumed"] = "all figures are made up"
    data |= {"care_services": kept, "resources": dict(_resources(found, mapping)), "contacts": contacts}
    return UnitCostFile(data, tuple(notes))


def write_unit_costs(found: Costing, path: Path) -> UnitCostFile:
    """Writes the file, checked as a reader would. Gives it back. FlowsimError if it cannot be written."""
    file = unit_cost_file(found)
    file.model()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text(), encoding="utf-8")
    except OSError as error:
        raise FlowsimError(f'Could not write "{path.as_posix()}": {error.strerror}.') from error
    return file


def fingerprint(inputs: Inputs) -> str:
    """SHA-256 of all tables read."""
    digest = hashlib.sha256()
    for name in sorted(inputs.frames):
        frame = inputs.frames[name].drop(columns="row")
        digest.update(f"{name}:{list(frame.columns)}".encode())
        digest.update(pd.util.hash_pandas_object(frame.astype(str), index=False).to_numpy().tobytes())
    return digest.hexdigest()


def _mapping(inputs: Inputs) -> dict[tuple[str, str], str]:
    """(cost centre, activity) -> resource of the simulation."""
    sheet = inputs["simulation_resources"]
    return {(row.cost_centre, row.activity): row.resource for row in sheet.itertuples()}


def _refuse_strangers(inputs: Inputs) -> None:
    """Activities and services the simulation's tables name that no list holds."""
    faults = []
    known = set(zip(inputs["activities"]["cost_centre"], inputs["activities"]["activity"], strict=True))
    for row in inputs["simulation_resources"].itertuples():
        if (row.cost_centre, row.activity) not in known:
            words = "There is no such activity of this cost centre."
            found = f"{row.cost_centre}, {row.activity}"
            faults.append(Fault(inputs.file("simulation_resources"), row.row, "activity", found, words))
    services = {*inputs["care_services"]["service"], PATIENT_COSTS, ""}
    for row in inputs["simulation_contacts"].itertuples():
        if row.service not in services:
            words = f"Is no care service of {inputs.file('care_services')}, nor {PATIENT_COSTS}."
            faults.append(Fault(inputs.file("simulation_contacts"), row.row, "service", row.service, words))
    if faults:
        raise InputError(faults)


def _services(found: Costing, mapping: Mapping[tuple[str, str], str], notes: list[str]) -> Iterator[tuple[str, Any]]:
    """Every care service: its unit, resource, and components by kind of resource and behaviour."""
    rates = found.services.rates
    for service, rows in found.inputs["care_services"].groupby("service", sort=False):
        pairs = set(zip(rows["cost_centre"], rows["activity"], strict=True))
        resources = sorted({mapping[pair] for pair in pairs if pair in mapping})
        if len(resources) > 1:
            words = f"Its activities are of several resources: {', '.join(resources)}. Split the service."
            raise InputError(
                [Fault(found.inputs.file("care_services"), int(rows["row"].iloc[0]), "service", service, words)]
            )
        mine = rates[rates["service"] == service]
        parts: dict[str, dict[str, Fraction]] = {}
        bought = Fraction(0)
        for row in mine.itertuples():
            behaviour = row.behaviour if (row.cost_centre, row.activity) in mapping else "variable"
            bought += row.unit_ore if behaviour != row.behaviour else 0
            one = parts.setdefault(row.resource_kind, dict.fromkeys(BEHAVIOURS, Fraction(0)))
            one[behaviour] += row.unit_ore
        if bought:
            notes.append(
                f"{service}: {shown(bought):,.2f} SEK of fixed cost a unit is charged per unit, as bought within the "
                "hospital: its activity is no resource of the simulation."
            )
        components = {kind: _sek(one) for kind, one in parts.items()}
        entry: dict[str, Any] = {"unit": rows["unit"].iloc[0]}
        entry |= {"resource": resources[0]} if resources else {}
        yield str(service), {**entry, "components": components or {"all": {"variable_sek": 0}}}


def _sek(one: Mapping[str, Fraction]) -> dict[str, float]:
    return {f"{behaviour}_sek": shown(ore) for behaviour, ore in one.items() if ore}


def _plain(value: float | Fraction) -> float | int:
    """A whole number without decimals."""
    return int(value) if value == int(value) else float(value)


def _resources(found: Costing, mapping: Mapping[tuple[str, str], str]) -> Iterator[tuple[str, Any]]:
    """What each resource's capacity costs in a week, used or not."""
    rates = _per_unit(found)
    for resource, rows in found.inputs["simulation_resources"].groupby("resource", sort=False):
        capacity = rows["capacity_per_week"].iloc[0]
        step, fixed = Fraction(0), Fraction(0)
        for row in rows.itertuples():
            units = Fraction(row.units)
            step += rates.get((row.cost_centre, row.activity, "step_fixed"), Fraction(0)) * units
            fixed += rates.get((row.cost_centre, row.activity, "fixed"), Fraction(0)) * units
        entry: dict[str, Any] = {
            "practical_capacity_per_week": float(capacity),
            "reference_sek_per_unit": shown(step + fixed),
            "fixed_sek_per_week": shown(fixed * Fraction(capacity)),
        }
        name, size = _step_told(found.inputs, rows)
        if size:
            entry["step"] = {"name": name, **_step(found, rows, Fraction(capacity), step, size)}
        else:
            entry["fixed_sek_per_week"] = shown((fixed + step) * Fraction(capacity))
        extra = sum(one for one in rows["extra_sek_per_unit"] if one)
        entry |= {"extra_sek_per_unit": _plain(extra / 100)} if extra else {}
        overtime = sum(one for one in rows["overtime_sek_per_hour"] if one)
        entry |= {"overtime_sek_per_hour": _plain(overtime / 100)} if overtime else {}
        share = next((one for one in rows["own_share"] if one is not None and one != 1), None)
        entry |= {"own_share": float(share)} if share is not None else {}
        yield str(resource), entry


def _too_much(found: Costing) -> Iterator[str]:
    """Resources of the simulation that have more capacity than their cost centre."""
    weeks = Decimal("365.25") / 7 * found.inputs.settings.months / 12
    for row in found.inputs["simulation_resources"].itertuples():
        there = found.services.usage.activity(row.cost_centre, row.activity).capacity / UNIT / float(weeks)
        asked = float(row.units * row.capacity_per_week)
        if asked > there * 1.01:
            yield (
                f"{row.resource}: {row.capacity_per_week} a week of {row.units} units is {asked:,.0f}; the practical "
                f"capacity of {row.cost_centre} {row.activity} is {there:,.0f} a week: its cost would be counted twice."
            )


def _step(found: Costing, rows: pd.DataFrame, capacity: Fraction, rate: Fraction, size: Fraction) -> dict[str, Any]:
    """A resource's step: today's steps together cost the step-fixed part of today's capacity."""
    steps = next((int(one) for one in rows["steps"] if one), None) or -(-capacity // size)
    each = shown(rate * capacity / steps)
    return {"size": _plain(size), "sek_per_step": each, "release_weeks": _notice(found, rows)}


def _step_told(inputs: Inputs, rows: pd.DataFrame) -> tuple[str, Fraction]:
    """A resource's step, name and size in the resource's own units: as told for it, else by its centre's capacity."""
    first, table = rows.iloc[0], inputs["capacity"]
    mine = table[(table["cost_centre"] == first["cost_centre"]) & table["activity"].isin((first["activity"], ""))]
    name = next((one for one in (*rows["step_name"], *mine["step_name"]) if one), "step")
    size = next((Fraction(one) for one in rows["step_size"] if one), None)
    by_capacity = next((Fraction(one) / Fraction(first["units"]) for one in mine["step_size"] if one), Fraction(0))
    return name, size or by_capacity


def _notice(found: Costing, rows: pd.DataFrame) -> int:
    """The longest notice of the step-fixed cost types booked at the resource's centres."""
    types = found.inputs["cost_types"]
    weeks = {row.cost_type: int(row.release_weeks) for row in types.itertuples() if row.behaviour == "step_fixed"}
    of = dict(zip(found.inputs["accounts"]["account"], found.inputs["accounts"]["cost_type"], strict=True))
    cells = found.prepared.cells
    booked = cells[cells["cost_centre"].isin(rows["cost_centre"]) & (cells["ore"] != 0)]
    return max((weeks.get(of[account], 0) for account in booked["account"]), default=0)


def _per_unit(found: Costing) -> dict[tuple[str, str, str], Fraction]:
    """Exact öre per unit of an activity, by centre, activity and behaviour."""
    standard = {
        (row.cost_centre, row.activity, row.service): Fraction(row.standard_units)
        for row in found.inputs["care_services"].itertuples()
    }
    out: dict[tuple[str, str, str], Fraction] = {}
    chosen: dict[tuple[str, str], str] = {}
    for row in found.services.rates.itertuples():
        pair = (row.cost_centre, row.activity)
        if chosen.setdefault(pair, row.service) == row.service and standard[*pair, row.service]:
            key = (*pair, row.behaviour)
            out[key] = out.get(key, Fraction(0)) + row.unit_ore / standard[*pair, row.service]
    return out


def _contacts(found: Costing, services: Mapping[str, Any]) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """Services by step of the pathway, and the mean patient costs they need as services of their own."""
    contacts: dict[str, dict[str, Any]] = {}
    extra: dict[str, Any] = {}
    sheet = found.inputs["simulation_contacts"]
    for row in sheet.itertuples():
        uses = contacts.setdefault(row.step, {})
        if not row.service:
            continue
        name = row.service
        if name == PATIENT_COSTS:
            name = f"{PATIENT_COSTS}_{row.step}"
            mean = _mean_patient_cost(found, [group.strip() for group in row.group.split(",") if group.strip()])
            extra[name] = {"unit": "contact", "variable_sek": mean}
        uses[name] = _quantity(found.inputs, row)
    return contacts, extra


def _quantity(inputs: Inputs, row: Any) -> float | str:
    """A number of units, or what is measured in the run."""
    if row.quantity in MEASURED:
        return str(row.quantity)
    try:
        return _plain(float(row.quantity.replace(",", ".")))
    except ValueError:
        words = f"Allowed: a number, or what is measured: {', '.join(MEASURED)}."
        fault = Fault(inputs.file("simulation_contacts"), row.row, "quantity", row.quantity, words)
        raise InputError([fault]) from None


def _mean_patient_cost(found: Costing, groups: list[str]) -> float:
    """Mean patient-specific cost of the ended contacts of some groups (all, if none is named), SEK."""
    frame = found.contacts.frame[~found.contacts.frame["ongoing"]]
    mine = frame[frame["group"].isin(groups)] if groups else frame
    number = int(mine["number"].sum())
    lifted = found.prepared.lifted
    ore = int(lifted.loc[lifted["contact"].isin(mine["contact"]), "ore"].sum())
    return shown(Fraction(ore, number)) if number else 0.0
