"""Stages 7 and 8: services and patient costs to contacts, ongoing ones apart, then to patients, groups and DRGs.

Each pool (service x kind of resource x behaviour) is split over its contacts by quantity with largest remainder, so
that contacts add up to the pools. Outliers: the dearest 5 % of inpatient and 3 % of outpatient contacts, by care form,
ceil(share x n), ties all marked, or those above a threshold per DRG where a table gives one (Swedish Association of
Local Authorities and Regions, KPP).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from flowsim.costs.ledger.forms import BEHAVIOURS, RESOURCE_KINDS
from flowsim.costs.ledger.inputs import Inputs
from flowsim.costs.ledger.reconciliation import Aside, Stage, closed
from flowsim.costs.ledger.services import Services
from flowsim.costs.ledger.usage import months_of
from flowsim.costs.money import largest_remainder
from flowsim.frames import pd

KINDS = tuple(f"full_cost_{kind}_sek" for kind in RESOURCE_KINDS)
SPLIT = tuple(f"full_cost_{behaviour}_sek" for behaviour in BEHAVIOURS)


@dataclass(frozen=True)
class Contacts:
    """Cost of every contact of the period."""

    frame: pd.DataFrame
    """contact, patient, care_form, clinic, group, drg, drg_weight, number, ongoing, outlier, full_cost_sek, `KINDS`,
    `SPLIT`; SEK. Patient-specific cost (`full_cost_patient_sek`) is variable."""
    stages: tuple[Stage, Stage]
    warnings: tuple[str, ...]


def costed_contacts(inputs: Inputs, services: Services, lifted: pd.DataFrame) -> Contacts:
    """Stages 7 and 8: every contact that used a service or had a patient cost in the period."""
    frame, kinds, split = _money(inputs, services, lifted)
    total = kinds.sum(axis=1)
    came = int(services.stage.kept + lifted["ore"].sum())
    ongoing = frame["ongoing"].to_numpy()
    carried = int(total[ongoing].sum())
    aside = (Aside(f"ongoing contacts ({int(ongoing.sum())}): cost so far", carried),) if ongoing.any() else ()
    seventh = closed(Stage("7", "services and patient costs -> contacts", came, int(total[~ongoing].sum()), aside))
    frame = frame.assign(outlier=_outliers(inputs, frame, total), full_cost_sek=total / 100)
    frame = frame.assign(**{name: kinds[:, k] / 100 for k, name in enumerate(KINDS)})
    frame = frame.assign(**{name: split[:, k] / 100 for k, name in enumerate(SPLIT)})
    ended = frame[~frame["ongoing"]]
    patients = np.rint(ended.groupby("patient", sort=False)["full_cost_sek"].sum().to_numpy() * 100)
    eighth = closed(Stage("8", "contacts -> patients, groups, DRG", seventh.kept, int(patients.sum())))
    below = int((total < 0).sum())
    warnings = [f"{below} contacts end below 0 SEK."] if below else []
    without = _without_cost(inputs, frame)
    if without:
        warnings.append(f"{without} contacts of the period used no care service: they have no cost, and are left out.")
    return Contacts(frame, (seventh, eighth), tuple(warnings))


def _without_cost(inputs: Inputs, frame: pd.DataFrame) -> int:
    """How many contacts of the period are not among those costed."""
    settings, contacts = inputs.settings, inputs["contacts"]
    during = months_of(contacts["start"]) <= settings.last_month
    during &= months_of(contacts["end"]) >= settings.first_month
    return int((during & ~contacts["contact"].isin(frame["contact"])).sum())


def _money(inputs: Inputs, services: Services, lifted: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Contacts with any cost, and their öre by kind of resource and by behaviour."""
    settings, contacts = inputs.settings, inputs["contacts"].reset_index(drop=True)
    place = pd.Series(np.arange(len(contacts)), index=contacts["contact"])
    kinds = np.zeros((len(contacts), len(RESOURCE_KINDS)), dtype=np.int64)
    split = np.zeros((len(contacts), len(BEHAVIOURS)), dtype=np.int64)
    lines = dict(iter(services.usage.lines.groupby("service", sort=False)))
    pools = services.used.groupby(["service", "resource_kind", "behaviour"], sort=True)["ore"].sum()
    at = {name: place[rows["contact"]].to_numpy() for name, rows in lines.items()}
    for (service, kind, behaviour), ore in pools.items():
        parts = largest_remainder(int(ore), lines[service]["quantity"].to_numpy())
        kinds[at[service], RESOURCE_KINDS.index(kind)] += parts
        split[at[service], BEHAVIOURS.index(behaviour)] += parts
    where = place[lifted["contact"]].to_numpy(dtype=np.int64)
    np.add.at(kinds, (where, RESOURCE_KINDS.index("patient")), lifted["ore"].to_numpy(dtype=np.int64))
    np.add.at(split, (where, BEHAVIOURS.index("variable")), lifted["ore"].to_numpy(dtype=np.int64))
    used = np.zeros(len(contacts), dtype=bool)
    for rows in (*at.values(), where):
        used[rows] = True
    frame = contacts.assign(ongoing=months_of(contacts["end"]) > settings.last_month)[used].reset_index(drop=True)
    frame["patient"] = frame["patient"].where(frame["patient"] != "", frame["contact"])
    columns = ["contact", "patient", "care_form", "clinic", "group", "drg", "drg_weight", "number", "ongoing"]
    return frame[columns], kinds[used], split[used]


def _outliers(inputs: Inputs, frame: pd.DataFrame, total: np.ndarray) -> np.ndarray:
    """The dearest contacts of each care form, or those above their DRG's threshold where a table gives them.

    None where contacts are counts (their cost is a mean).
    """
    marked = np.zeros(len(frame), dtype=bool)
    if (frame["number"] != 1).any():
        return marked
    table = inputs["outlier_thresholds"]
    if len(table):
        limits = dict(zip(table["drg"], table["threshold_sek"], strict=True))
        above = [ore > limits.get(drg, math.inf) for drg, ore in zip(frame["drg"], total.tolist(), strict=True)]
        return np.array(above, dtype=bool) & ~frame["ongoing"].to_numpy()
    shares: Mapping[str, float] = {
        name: getattr(inputs.settings.outliers, name) for name in ("inpatient", "outpatient", "day")
    }
    for form, share in shares.items():
        rows = np.flatnonzero((frame["care_form"] == form) & ~frame["ongoing"])
        count = math.ceil(share * len(rows) - 1e-9)
        if count:
            threshold = np.sort(total[rows])[-count]
            marked[rows[total[rows] >= threshold]] = True
    return marked


def by_group(contacts: Contacts, of: str = "group") -> pd.DataFrame:
    """Ended contacts by group (or `drg`, `clinic`) and care form.

    Columns: the group, care_form, contacts, patients, full_cost_sek, full_cost_sek_per_contact, `KINDS` per contact,
    outliers, outlier_share (of the cost), full_cost_sek_per_drg_point (inliers; empty without weights).
    """
    ended = contacts.frame[~contacts.frame["ongoing"]]
    rows = []
    for (name, form), one in ended.groupby([of, "care_form"], sort=True):
        number, cost = int(one["number"].sum()), float(one["full_cost_sek"].sum())
        kinds = [round(float(one[kind].sum()) / number, 2) for kind in KINDS]
        dear = one[one["outlier"]]
        share = float(dear["full_cost_sek"].sum()) / cost if cost else 0.0
        head = [name, form, number, one["patient"].nunique(), round(cost, 2), round(cost / number, 2)]
        rows.append([*head, *kinds, len(dear), share, _per_point(one[~one["outlier"]])])
    per = [f"{kind}_per_contact" for kind in KINDS]
    columns = [of, "care_form", "contacts", "patients", "full_cost_sek", "full_cost_sek_per_contact", *per]
    return pd.DataFrame(rows, columns=[*columns, "outliers", "outlier_share", "full_cost_sek_per_drg_point"])


def _per_point(inliers: pd.DataFrame) -> float:
    """Full cost per DRG point; NaN unless every contact has a weight."""
    pairs = list(zip(inliers["drg_weight"], inliers["number"], strict=True))
    points = 0.0 if any(weight is None for weight, _ in pairs) else float(sum(weight * n for weight, n in pairs))
    return round(float(inliers["full_cost_sek"].sum()) / points, 2) if points else float("nan")


def outlier_summary(contacts: Contacts) -> pd.DataFrame:
    """Outliers by care form: care_form, contacts, outliers, outlier_share (of cost), threshold_full_cost_sek."""
    ended = contacts.frame[~contacts.frame["ongoing"]]
    rows = []
    for form, one in ended.groupby("care_form", sort=True):
        dear = one[one["outlier"]]["full_cost_sek"]
        cost = float(one["full_cost_sek"].sum())
        rows.append(
            [
                form,
                int(one["number"].sum()),
                len(dear),
                float(dear.sum()) / cost if cost else 0.0,
                dear.min() if len(dear) else None,
            ]
        )
    columns = ["care_form", "contacts", "outliers", "outlier_share", "full_cost_sek_threshold"]
    return pd.DataFrame(rows, columns=columns)
