"""A costing as named tables, each with its headings in English and Swedish, ready to be written or shown."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from flowsim.costs.ledger.contacts import by_group, outlier_summary
from flowsim.costs.ledger.keys import keys_listed
from flowsim.costs.ledger.methods import methods_compared
from flowsim.costs.ledger.reconciliation import table
from flowsim.costs.ledger.resources_checked import equipment_table, staff_table
from flowsim.costs.ledger.run import Costing, until_services
from flowsim.costs.ledger.services import unit_costs
from flowsim.costs.ledger.trace import trace_summary, traced
from flowsim.costs.ledger.usage import UNIT, deviations


def result_tables(found: Costing, trace: Sequence[str] = ()) -> dict[str, pd.DataFrame]:
    """Every table of a costing by name.

    unit_costs, reconciliation, groups, drg, outliers, contacts, capacity, methods_centres, methods_units, keys,
    dropped_shares, parked, measured_times, staff, equipment (empty without those tables); with services to trace also
    trace and trace_summary; warnings. SEK.
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


HEADINGS: dict[str, tuple[str, str]] = {
    "quantity": ("quantity", "Antal"),
    "variable_unit_sek": ("variable per unit, SEK", "Rörlig per enhet, kr"),
    "full_cost_step_fixed_sek": ("step-fixed, SEK", "Trappstegsfast, kr"),
    "full_cost_variable_sek": ("variable, SEK", "Rörlig, kr"),
    "full_cost_fixed_sek": ("fixed, SEK", "Fast, kr"),
    "full_cost_used_sek": ("full cost of all units, SEK", "Fullkostnad för alla enheter, kr"),
    "full_cost_sek_full_absorption": ("full absorption per unit, SEK", "Med ledig kapacitet per enhet, kr"),
    "full_cost_staff_sek": ("staff, SEK", "Personal, kr"),
    "full_cost_room_sek": ("rooms, SEK", "Lokaler, kr"),
    "full_cost_equipment_sek": ("equipment, SEK", "Utrustning, kr"),
    "full_cost_material_sek": ("material, SEK", "Material, kr"),
    "full_cost_patient_sek": ("patient-specific, SEK", "Särkostnad, kr"),
    "full_cost_overhead_sek": ("overhead, SEK", "Gemensamt, kr"),
    "full_cost_sek_per_contact": ("full cost per contact, SEK", "Fullkostnad per vårdkontakt, kr"),
    "full_cost_staff_sek_per_contact": ("staff per contact, SEK", "Personal per vårdkontakt, kr"),
    "full_cost_room_sek_per_contact": ("rooms per contact, SEK", "Lokaler per vårdkontakt, kr"),
    "full_cost_equipment_sek_per_contact": ("equipment per contact, SEK", "Utrustning per vårdkontakt, kr"),
    "full_cost_material_sek_per_contact": ("material per contact, SEK", "Material per vårdkontakt, kr"),
    "full_cost_patient_sek_per_contact": ("patient-specific per contact, SEK", "Särkostnad per vårdkontakt, kr"),
    "full_cost_overhead_sek_per_contact": ("overhead per contact, SEK", "Gemensamt per vårdkontakt, kr"),
    "full_cost_sek_per_drg_point": (
        "full cost per DRG point (inliers), SEK",
        "Fullkostnad per DRG-poäng (innerfall), kr",
    ),
    "full_cost_sek_threshold": ("outlier from, SEK", "Ytterfall från, kr"),
    "full_cost_sek_per_unit": ("per unit, SEK", "Per enhet, kr"),
    "full_cost_activity_sek": ("cost, SEK", "Kostnad, kr"),
    "full_cost_reciprocal_sek": ("reciprocal, SEK", "Ömsesidig fördelning, kr"),
    "full_cost_step_down_sek": ("step-down, SEK", "Stegvis fördelning, kr"),
    "full_cost_direct_sek": ("direct, SEK", "Direkt fördelning, kr"),
    "step_down_percent": ("step-down against reciprocal, %", "Stegvis mot ömsesidig, %"),
    "direct_percent": ("direct against reciprocal, %", "Direkt mot ömsesidig, %"),
    "ledger_sek": ("amount, SEK", "Belopp, kr"),
    "ledger_parked_sek": ("parked, SEK", "Parkerat, kr"),
    "ledger_dropped_sek": ("dropped, SEK", "Bortfallet, kr"),
    "ledger_deviation_sek": ("deviation, SEK", "Avvikelse, kr"),
    "unused_capacity_readiness_sek": ("readiness, SEK", "Beredskap, kr"),
    "unused_capacity_sek": ("unused capacity, SEK", "Ledig kapacitet, kr"),
    "stage": ("stage", "Steg"),
    "line": ("line", "Rad"),
    "what": ("what", "Vad"),
    "care_form": ("care form", "Vårdform"),
    "clinic": ("clinic", "Klinik"),
    "drg": ("DRG", "DRG"),
    "drg_weight": ("DRG weight", "DRG-vikt"),
    "number": ("contacts counted", "Antal kontakter"),
    "ongoing": ("ongoing", "Pågående"),
    "outlier": ("outlier", "Ytterfall"),
    "outliers": ("outliers", "Ytterfall"),
    "outlier_share": ("outliers' share of cost", "Ytterfallens andel av kostnaden"),
    "practical_units": ("practical capacity", "Praktisk kapacitet"),
    "used_units": ("used", "Använt"),
    "used_percent": ("used, %", "Använt, %"),
    "standard_units": ("standard", "Standard"),
    "measured_units": ("measured", "Uppmätt"),
    "key": ("key", "Nyckel"),
    "form": ("form", "Form"),
    "kind": ("kind", "Slag"),
    "source": ("source", "Källa"),
    "as_of": ("as of", "Datum"),
    "cost_centres": ("cost centres that use it", "Används av"),
    "targets": ("targets", "Mottagare"),
    "from_centre": ("from cost centre", "Från kostnadsställe"),
    "to_centre": ("to cost centre", "Till kostnadsställe"),
    "share_percent": ("share, %", "Andel, %"),
    "final_centre": ("final cost centre", "Slutkostnadsställe"),
    "origin_cost_centre": ("from cost centre", "Från kostnadsställe"),
    "origin_name": ("its name", "Benämning"),
    "account_name": ("its name", "Kontonamn"),
    "key_path": ("by key", "Via nyckel"),
    "behaviour": ("behaviour", "Beteende"),
    "largest_account": ("largest account", "Största konto"),
    "warning": ("warning", "Varning"),
    "profession": ("profession", "Yrkesgrupp"),
    "hours": ("hours worked", "Utförda timmar"),
    "overtime_hours": ("overtime hours", "Övertid, timmar"),
    "fte": ("FTE", "Årsarbetare"),
    "ledger_pay_sek": ("pay, SEK", "Lön, kr"),
    "ledger_pay_sek_per_hour": ("pay per hour, SEK", "Lön per timme, kr"),
    "full_cost_sek_per_hour": ("pay and add-on per hour, SEK", "Lön med PO per timme, kr"),
    "items": ("items", "Inventarier"),
    "ledger_computed_sek": ("depreciation computed, SEK", "Beräknad avskrivning, kr"),
    "ledger_booked_sek": ("depreciation booked, SEK", "Bokförd avskrivning, kr"),
    "ledger_difference_sek": ("difference, SEK", "Skillnad, kr"),
}
"""Column -> English, Swedish."""
