"""A costing as named tables, each with its headings in English and Swedish, ready to be written or shown."""

from __future__ import annotations

from collections.abc import Sequence

from flowsim.costs.ledger.contacts import by_group, outlier_summary
from flowsim.costs.ledger.keys import keys_listed
from flowsim.costs.ledger.methods import methods_compared
from flowsim.costs.ledger.reconciliation import table
from flowsim.costs.ledger.resources_checked import equipment_table, staff_table
from flowsim.costs.ledger.run import Costing, until_services
from flowsim.costs.ledger.services import unit_costs
from flowsim.costs.ledger.trace import trace_summary, traced
from flowsim.costs.ledger.usage import UNIT, deviations
from flowsim.frames import pd


def result_tables(found: Costing, trace: Sequence[str] = ()) -> dict[str, pd.DataFrame]:
    """Every table of a costing by name.

    unit_costs, reconciliation, groups, drg, outliers, contacts, capacity, methods_centres, methods_units,
    unit_cost_parts, supporting, flows, keys, dropped_shares, parked, measured_times, staff, equipment (empty without
    those tables); with services to trace also trace and trace_summary; warnings. SEK.
    """
    centres, units, refused = methods_compared(found)
    parked = found.prepared.parked
    tables = {
        "unit_costs": both_views(found),
        "reconciliation": table(found.stages),
        "groups": by_group(found.contacts),
        "drg": by_group(found.contacts, "drg"),
        "outliers": outlier_summary(found.contacts),
        "contacts": found.contacts.frame,
        "capacity": capacity_table(found),
        "methods_centres": centres,
        "methods_units": units,
        "unit_cost_parts": unit_cost_parts(found),
        "supporting": supporting_table(found),
        "flows": flow_table(found),
        "keys": keys_listed(found.inputs),
        "dropped_shares": found.allocation.dropped,
        "parked": parked.assign(ledger_parked_sek=parked["ore"] / 100).drop(columns=["ore", "row"]),
        "measured_times": deviations(found.services.usage, found.services.rates),
        "staff": staff_table(found.inputs),
        "equipment": equipment_table(found.inputs, found.prepared.cells),
        "warnings": pd.DataFrame({"warning": [*found.inputs.notes, *found.warnings, *refused]}),
    }
    if trace:
        lines = _named(found, traced(found, trace))
        tables |= {"trace": lines, "trace_summary": summaries(found, lines)}
    return tables


def unit_cost_parts(found: Costing) -> pd.DataFrame:
    """A unit cost's parts: service, cost_centre, activity, resource_kind, behaviour, full_cost_sek_per_unit."""
    rates = found.services.rates
    per = [round(float(ore) / 100, 4) for ore in rates["unit_ore"]]
    return rates.drop(columns="unit_ore").assign(full_cost_sek_per_unit=per)


def supporting_table(found: Costing) -> pd.DataFrame:
    """What passes through each supporting centre; gross costs do not sum to the ledger, final costs do.

    Columns: cost_centre, name, key, kind, step_order (of step-down), ledger_own_sek, ledger_gross_sek.
    """
    net, own = found.allocation.network, found.prepared.own()
    centres = found.inputs["cost_centres"]
    names = dict(zip(centres["cost_centre"], centres["name"], strict=True))
    order = {name: k + 1 for k, name in enumerate(found.allocation.order)}
    return pd.DataFrame(
        {
            "cost_centre": net.supporting,
            "name": [names[name] for name in net.supporting],
            "key": net.key,
            "kind": ["volume" if volume else "capacity" for volume in net.volume],
            "step_order": [order.get(name) for name in net.supporting],
            "ledger_own_sek": own / 100,
            "ledger_gross_sek": (found.allocation.gross(own) / 100).round(2),
        }
    )


def flow_table(found: Costing) -> pd.DataFrame:
    """Who gave whom, as on a blackboard: from_centre, to_centre, ledger_flow_sek (of gross cost)."""
    frame = found.allocation.flows(found.prepared.own() / 100)
    return frame.assign(ledger_flow_sek=frame["amount"].round(2)).drop(columns="amount")


def _named(found: Costing, trace: pd.DataFrame) -> pd.DataFrame:
    """The trace with the names of its cost centres and accounts beside their numbers: origin_name, account_name."""
    for sheet, column, name in (
        ("cost_centres", "origin_cost_centre", "origin_name"),
        ("accounts", "account", "account_name"),
    ):
        listed = found.inputs[sheet]
        names = dict(zip(listed[column.removeprefix("origin_")], listed["name"], strict=True))
        trace.insert(list(trace.columns).index(column) + 1, name, trace[column].map(names))
    return trace


def both_views(found: Costing) -> pd.DataFrame:
    """Unit costs with idle apart, and beside them with idle spread on the same services.

    Columns: those of `services.unit_costs`, and full_cost_sek_full_absorption.
    """
    frames = {}
    for view in ("standard", "full"):
        services = found.services
        if view != found.view:
            services = until_services(found.prepared, found.allocation, "full" if view == "full" else "standard")[2]
        frames[view] = unit_costs(services, found.inputs)
    used, quantity = frames["full"]["full_cost_used_sek"], frames["full"]["quantity"]
    per = (used / quantity.where(quantity > 0)).round(2)
    return frames["standard"].assign(full_cost_sek_full_absorption=per)


def capacity_table(found: Costing) -> pd.DataFrame:
    """What each activity could do, and did.

    Columns: cost_centre, activity, unit, practical_units, used_units, used_percent, full_cost_activity_sek,
    unused_capacity_readiness_sek, unused_capacity_sek.
    """
    amounts = found.services.amounts
    by = ["cost_centre", "activity"]
    total = found.pools.activities.groupby(by)["ore"].sum()
    apart = {
        name: amounts[amounts["service"] == service].groupby(by)["ore"].sum()
        for name, service in (("ready", "(readiness)"), ("idle", "(idle)"))
    }
    rows = []
    for one in found.services.usage.activities:
        key = (one.cost_centre, one.name)
        ready, idle = (apart[name].get(key, 0) / 100 for name in ("ready", "idle"))
        share = round(100 * one.measured / one.capacity, 1) if one.capacity else float("nan")
        where = [*key, one.unit, one.capacity / UNIT, one.measured / UNIT, share]
        rows.append([*where, total.get(key, 0) / 100, ready, idle])
    columns = ["cost_centre", "activity", "unit", "practical_units", "used_units", "used_percent"]
    return pd.DataFrame(
        rows, columns=[*columns, "full_cost_activity_sek", "unused_capacity_readiness_sek", "unused_capacity_sek"]
    )


def summaries(found: Costing, trace: pd.DataFrame) -> pd.DataFrame:
    """`trace_summary` of each service traced, with its name in front."""
    frames = []
    for service, lines in trace.groupby("service", sort=False):
        units = found.services.usage.quantity.get(str(service), 0) / 10**4
        frame = trace_summary(lines, units)
        frame.insert(0, "service", service)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)
