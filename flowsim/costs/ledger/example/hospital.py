"""The made-up hospital's year: ledger, keys, contacts and what they used, drawn from one seed, the same everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from flowsim.costs.ledger.example import lists
from flowsim.costs.ledger.example.lists import CENTRES, GROUPS, Centre, Group
from flowsim.sheets.writing import write_rows

YEAR, SEED = 2023, 2023
ADD_ON = 0.5228
ACCOUNTS_EACH = 62
"""Accounts a centre books on."""
Rows = tuple[list[str], list[list[Any]]]
"""Headings and rows."""


def tables(seed: int = SEED) -> dict[str, Rows]:
    """Every table of the example, as headings and rows. Uniform numbers of numpy's PCG64 alone: the same everywhere."""
    luck = np.random.Generator(np.random.PCG64(seed))
    contacts, services, patient_costs = _care(luck)
    implants = _booked(patient_costs)
    return {
        "cost_centres": _centres(),
        "accounts": _accounts(),
        "cost_types": _cost_types(),
        "keys": _keys(luck),
        "ledger": _ledger(luck, implants),
        "activities": _activities(),
        "care_services": (_SERVICE_COLUMNS, [list(row) for row in lists.SERVICES]),
        "capacity": _capacity(),
        "contacts": contacts,
        "contact_services": services,
        "patient_costs": patient_costs,
        "indexes": _indexes(),
        "simulation_resources": (_RESOURCE_COLUMNS, [list(row) for row in lists.SIMULATION_RESOURCES]),
        "simulation_contacts": (["step", "service", "quantity", "group"], [list(r) for r in lists.SIMULATION_CONTACTS]),
    }


def write(folder: Path, seed: int = SEED) -> list[Path]:
    """The example as CSV files and costing.yaml in a folder. Gives the files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [write_rows(folder / f"{name}.csv", *rows) for name, rows in tables(seed).items()]
    settings = folder / "costing.yaml"
    settings.write_text(SETTINGS, encoding="utf-8")
    return [settings, *paths]


SETTINGS = f"""# A made-up hospital: every figure is invented.
title: Mellanby hospital (made up)
made_up: true
assumed: all figures are invented, so that a costing can be tried
year: {YEAR}
payroll_add_on_percent: 52.28     # regions 2023
hours_per_fte: 1400
"""
_SERVICE_COLUMNS = ["service", "name", "cost_centre", "unit", "activity", "standard_units"]
_RESOURCE_COLUMNS = [
    "resource", "cost_centre", "activity", "units", "capacity_per_week", "step_name", "step_size", "steps",
    "overtime_sek_per_hour", "own_share",
]  # fmt: skip


def _centres() -> Rows:
    kind = {"1": "supporting", "3": "final", "9": "outside"}
    reasons = {"9010": "research", "9020": "sold services", "9030": "projects with their own money"}
    rows = [[c.number, c.name, kind[c.number[0]], c.key, reasons.get(c.number, "")] for c in CENTRES]
    return ["cost_centre", "name", "kind", "key", "reason"], rows


def _accounts() -> Rows:
    rows: list[list[Any]] = []
    for cost_type, _, _, _, _, _, count, first, name in lists.COST_TYPES:
        payroll = {"pay": "pay", "add": "add_on"}.get(cost_type[:3], "")
        rows += [[str(first + k), f"{name} {k + 1}", cost_type, "in", "", payroll] for k in range(count)]
    first, count, name = lists.OFFSET
    rows += [[str(first + k), f"{name} {k + 1}", "internal", "offset", "", ""] for k in range(count)]
    for first, count, name, reason in lists.INCOME:
        rows += [[str(first + k), f"{name} {k + 1}", "", "outside", reason, ""] for k in range(count)]
    return ["account", "name", "cost_type", "scope", "reason", "payroll"], rows


def _cost_types() -> Rows:
    columns = ["cost_type", "name_sv", "behaviour", "resource_kind", "index", "release_weeks"]
    return columns, [list(row[:6]) for row in lists.COST_TYPES]


def _indexes() -> Rows:
    rows = [["pay", 2024, "3.3", "assumed"], ["pay", 2025, "3.0", "assumed"]]
    rows += [["prices", 2024, "2.8", "assumed"], ["prices", 2025, "2.0", "assumed"]]
    return ["index", "year", "percent", "source"], rows


_CAPACITY_KEYS = ("m2", "cleaned_m2", "fte", "workstations", "management", "devices")
_ONLY = {
    "sterile_sets": {"3010": 46, "3110": 21, "3140": 30, "3310": 3},
    "hours_ortho": {"3010": 6900, "3040": 3600, "3050": 5200, "3110": 2300, "3310": 2600},
    "hours_anaesthesia": {"3010": 1200, "3020": 11_800, "3030": 900, "3320": 4700, "3110": 900},
    "hours_medicine": {"3120": 3100, "3130": 2400, "3140": 4200, "3210": 6900, "3220": 6300, "3230": 3900, "3310": 5200,
                       "3320": 1500, "3710": 2600, "3720": 2400},
    "meals": {"3040": 23, "3120": 21, "3210": 26, "3220": 24, "3320": 2, "1150": 4},
}  # fmt: skip


def _keys(luck: np.random.Generator) -> Rows:
    """Drivers grow with what a centre spends; some keys serve wards and theatres alone."""
    rows: list[list[Any]] = []
    for key in dict.fromkeys(c.key for c in CENTRES if c.key):
        kind = "capacity" if key in _CAPACITY_KEYS else "volume"
        if key == "management":
            rows += [
                [key, target, share, "percent", kind, "%", "made up", f"{YEAR}-12-31"] for target, share in _percents()
            ]
            continue
        values = _ONLY.get(key) or {
            c.number: round(c.msek * (20 + 25 * float(luck.random()))) for c in CENTRES if c.number[0] != "9"
        }
        rows += [[key, t, v, "quantity", kind, key, "made up", f"{YEAR}-12-31"] for t, v in values.items()]
    return ["key", "to_cost_centre", "value", "form", "kind", "unit", "source", "as_of"], rows


def _percents() -> Iterator[tuple[str, str]]:
    """The management's percent, by cost, 100 in all."""
    served = [c for c in CENTRES if c.number[0] == "3" or c.number in ("1010", "1040", "1060")]
    total = sum(c.msek for c in served)
    shares = [round(100 * c.msek / total, 2) for c in served]
    shares[0] = round(shares[0] + 100 - sum(shares), 2)
    return ((c.number, f"{share:.2f}") for c, share in zip(served, shares, strict=True))


def _activities() -> Rows:
    rows = [[centre, "all", activity, 100] for centre, activity, *_ in lists.ACTIVITIES]
    return ["cost_centre", "resource_kind", "activity", "share_percent"], rows


def _capacity() -> Rows:
    """Practical capacity by month (less in July), theoretical a quarter more."""
    parts = np.array([1.04, 1.0, 1.08, 1.0, 1.02, 0.94, 0.7, 0.92, 1.06, 1.08, 1.08, 1.08])
    rows = []
    for centre, activity, unit, capacity, readiness in lists.ACTIVITIES:
        steady = capacity * parts / parts.sum() if not readiness else np.full(12, capacity / 12)
        for month, practical in enumerate(np.rint(steady).astype(int).tolist(), start=1):
            period = f"{YEAR}-{month:02d}"
            rows.append([centre, period, activity, unit, round(practical / 0.8), practical, readiness])
    columns = ["cost_centre", "period", "activity", "unit", "theoretical", "practical", "readiness_percent"]
    return columns, rows


def _ledger(luck: np.random.Generator, implants: dict[str, dict[str, int]]) -> Rows:
    rows: list[list[Any]] = []
    for centre in CENTRES:
        rows += _booked_rows(luck, centre)
        for account, ore in implants.get(centre.number, {}).items():
            spare = ore + 100 * round(0.01 * ore / 100)
            rows += [[f"{YEAR}-{m:02d}", centre.number, account, _sek(part), ""] for m, part in _months(luck, spare)]
    rows += _trade(luck) + _income(luck)
    rows.append([f"{YEAR - 1}-12", "3040", "5011", "18250.00", ""])
    return ["period", "cost_centre", "account", "amount_sek", "counterpart"], rows


def _booked_rows(luck: np.random.Generator, centre: Centre) -> list[list[Any]]:
    """What a centre books itself, by account and month, the payroll add-on on its pay."""
    mix: dict[str, float] = dict(lists.MIXES[centre.mix])
    for pay, add_on in (("pay_care", "add_on_care"), ("pay_management", "add_on_management")):
        if pay in mix:
            mix[add_on] = mix[pay] * ADD_ON
    total = float(sum(mix.values()))
    known = {name: (first, count) for name, *_, count, first, _ in lists.COST_TYPES}
    share_of_accounts = ACCOUNTS_EACH / len(mix)
    rows: list[list[Any]] = []
    for cost_type, part_of_cost in mix.items():
        first, count = known[cost_type]
        number = min(count, max(1, round(share_of_accounts * (0.5 + len(mix) * part_of_cost / total / 2))))
        chosen = np.argsort(luck.random(count))[:number]
        weights = 0.3 + luck.random(number)
        for place, weight in zip(np.sort(chosen).tolist(), (weights / weights.sum()).tolist(), strict=True):
            ore = round(centre.msek * 1e8 * part_of_cost / total * weight)
            rows += [
                [f"{YEAR}-{m:02d}", centre.number, str(first + place), _sek(part), ""] for m, part in _months(luck, ore)
            ]
    return rows


def _months(luck: np.random.Generator, ore: int) -> list[tuple[int, int]]:
    """An amount over the year's months, öre by öre."""
    weights = 0.8 + 0.4 * luck.random(12)
    edges = np.rint(np.cumsum(weights) / weights.sum() * ore).astype(np.int64)
    return list(enumerate(np.diff(edges, prepend=0).tolist(), start=1))


def _trade(luck: np.random.Generator) -> list[list[Any]]:
    """The kitchen sells to wards: bought there, sold here, together 0."""
    rows: list[list[Any]] = []
    for ward in ("3040", "3120", "3210", "3220"):
        for month, ore in _months(luck, 30_000_000):
            period = f"{YEAR}-{month:02d}"
            rows += [[period, ward, "7010", _sek(ore), "1060"], [period, "1060", "7110", _sek(-ore), ward]]
    return rows


def _income(luck: np.random.Generator) -> list[list[Any]]:
    """Patient fees of the clinics: outside KPP."""
    clinics = ("3050", "3130", "3230", "3310", "3710", "3720")
    return [
        [f"{YEAR}-{month:02d}", clinic, "3010", _sek(-ore), ""]
        for clinic in clinics
        for month, ore in _months(luck, 60_000_000)
    ]


def _sek(ore: int) -> str:
    return f"{'-' if ore < 0 else ''}{abs(ore) // 100}.{abs(ore) % 100:02d}"


def _booked(patient_costs: Rows) -> dict[str, dict[str, int]]:
    """Öre of patient costs by centre and account: what the ledger must hold at least."""
    out: dict[str, dict[str, int]] = {}
    for _, centre, account, amount, *_ in patient_costs[1]:
        mine = out.setdefault(centre, {})
        mine[account] = mine.get(account, 0) + round(float(amount) * 100)
    return out


def _care(luck: np.random.Generator) -> tuple[Rows, Rows, Rows]:
    """Contacts, the services in them, and patient costs."""
    contacts: list[list[Any]] = []
    services: list[list[Any]] = []
    costs: list[list[Any]] = []
    for group in GROUPS:
        start = np.floor(luck.random(group.number) * 365).astype(int).tolist()
        bad = luck.random(group.number) < group.tail
        heavy = np.exp(0.45 * _normal(luck, group.number) - 0.1)
        longer = np.where(bad, 3.5 + 9 * luck.random(group.number) ** 2, 0.93)
        days = np.maximum(np.rint(group.days * heavy * longer), 1)
        patients = np.floor(luck.random(group.number) * 30_000).astype(int).tolist()
        used = _used(luck, group, days, bad)
        stays = days.astype(int).tolist() if group.bed else [0] * group.number
        for k, (begin, stay) in enumerate(zip(start, stays, strict=True)):
            name = f"{group.name}-{k + 1:05d}"
            end = "" if begin + stay > 364 else _DAYS[begin + stay]
            what = [group.care_form, group.clinic, group.name, group.drg, group.weight]
            contacts.append([name, f"P{patients[k]:05d}", _DAYS[begin], end, *what])
            services += [[name, service, amount, _DAYS[begin]] for service, amount in used[k]]
            if group.bed:
                services.append([name, group.bed, min(stay, 365 - begin), _DAYS[min(begin + stay, 364)]])
            if group.implant:
                costs.append([name, *_implant(luck, group), "implant"])
    costs += [[f"unknown-{k}", "3010", "5211", f"{9000 + 700 * k}.00", "no contact found"] for k in range(6)]
    head = ["contact", "patient", "start", "end", "care_form", "clinic", "group", "drg", "drg_weight"]
    return (
        (head, contacts),
        (["contact", "service", "quantity", "date"], services),
        (["contact", "cost_centre", "account", "amount_sek", "article"], costs),
    )


_DAYS = [(date(YEAR, 1, 1) + timedelta(days=k)).isoformat() for k in range(365)]


def _used(luck: np.random.Generator, group: Group, days: np.ndarray, bad: np.ndarray) -> list[list[tuple[str, Any]]]:
    """Services of each contact: minutes vary by a fifth, the rest are counts; long stays use more of everything."""
    out: list[list[tuple[str, Any]]] = [[] for _ in range(group.number)]
    longer = 0.6 + 0.4 * days / max(group.days, 1) if group.bed else np.ones(group.number)
    for service, mean in group.uses.items():
        if "minute" in service or "hour" in service:
            amounts = np.round(mean * np.exp(0.22 * _normal(luck, group.number) - 0.024), 1)
        elif mean == 1 and not group.bed:
            amounts = np.ones(group.number)
        else:
            amounts = np.floor(mean * longer + luck.random(group.number))
        for k in np.flatnonzero(amounts > 0):
            out[k].append((service, round(float(amounts[k]), 1)))
    for k in np.flatnonzero(bad & (luck.random(group.number) < 0.45)):
        out[k].append(("intensive_care_hour", round(20 + 150 * float(days[k]) / 40, 1)))
    return out


def _implant(luck: np.random.Generator, group: Group) -> list[Any]:
    """Centre, account and amount of one patient cost; a few are very dear."""
    draw = float(luck.random())
    amount = group.implant * (0.75 + 0.4 * draw) * (2.5 if draw > 0.975 else 1)
    day, medicine = group.care_form == "day", group.clinic == "MED"
    centre = "3110" if day else "3220" if medicine else "3010"
    account = str(5218 if medicine else 5210 + int(draw * 40) % 6)
    return [centre, account, f"{amount:.2f}"]


def _normal(luck: np.random.Generator, number: int) -> np.ndarray:
    """Standard normal numbers from uniform ones (Box and Muller), so that they never change with numpy."""
    a, b = luck.random(number), luck.random(number)
    return np.sqrt(-2 * np.log1p(-a)) * np.cos(2 * np.pi * b)
