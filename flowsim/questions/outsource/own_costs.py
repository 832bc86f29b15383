"""What one of our own patients costs, from the decision on, by part of the way: variable and full, from the runs.

Before (enrolment, films), the treatment with its stay, and after (contacts, readmissions). What lies after stays with
us when the treatment is bought; a reoperation does not, it is the provider's. Patients treated in the first year are
followed to the end of the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from flowsim.costs.kpp import cost_per_contact, load_unit_costs
from flowsim.frames import pd
from flowsim.plan.model import Plan
from flowsim.questions.lean.staff_hours import NOBODY_READY
from flowsim.schema.unit_costs import UnitCosts
from flowsim.tables import Results, Rows, frames

YEAR_DAYS = 364.0
PARTS = ("before", "treatment", "after")
BEHAVIOURS = ("variable", "full")
COLUMNS = ("treated", *(f"{part}_{how}" for part in PARTS for how in BEHAVIOURS), "kept_share", "list_slots",
           "list_sek", "along_sek", "case_mix_days")  # fmt: skip
"""Per replication: patients treated, SEK of each part, the share of the lead's slots that come to use when somebody is
ready, the extra lists' slots offered with their price and that of what goes along; mean stay in days of the treated."""


@dataclass(frozen=True)
class OwnCosts:
    """The measure (see `COLUMNS`). Steps by name; `eligible`: the groups that could be bought for."""

    unit_costs: str
    treatment: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    eligible: tuple[str, ...]

    def __call__(self, rows: Rows, plan: Plan) -> np.ndarray:
        """The numbers of one replication."""
        results = frames(rows, plan.setting, 0)
        contacts = results.contacts
        done = contacts[(contacts["step"] == self.treatment) & contacts["outcome"].isin(["done", "open"])]
        early = done[(done["started_day"] >= 0) & (done["started_day"] < YEAR_DAYS) & done["group"].isin(self.eligible)]
        patients = np.unique(early["patient"].to_numpy())
        money = cost_per_contact(results, _costs(self.unit_costs))
        mine = money[money["patient"].isin(patients)]
        found = [float(len(patients))]
        for steps in (self.before, (self.treatment,), self.after):
            part = mine[mine["step"].isin(steps)]
            found += [float(part["full_cost_variable_sek"].sum()), float(part["full_cost_sek"].sum())]
        return np.array([*found, *_capacity(results, self.treatment), _stay(contacts, self.treatment, patients)])


@lru_cache(maxsize=4)
def _costs(path: str) -> UnitCosts:
    return load_unit_costs(path)


def _capacity(results: Results, treatment: str) -> tuple[float, float, float, float]:
    """Kept share of the lead's slots; extra lists' slots, their SEK, the SEK of what goes along."""
    setting = results.setting
    lead = next(step.lead for step in setting.steps if step.name == treatment)
    capacity, losses = (table[table["week"] >= 0] for table in (results.capacity, results.losses))
    used = float(capacity.loc[capacity["resource"] == lead, "used"].sum())
    mine = losses[(losses["resource"] == lead) & ~losses["cause"].isin(NOBODY_READY)]
    lost = float(mine["lost"].sum())
    slots, own, along = 0.0, 0.0, 0.0
    for info in setting.resources:
        for tranche, price in zip(info.tranches, info.price_sek_per_unit, strict=True):
            if not price:
                continue
            rows = (capacity["resource"] == info.name) & (capacity["tranche"] == tranche)
            offered = float(capacity.loc[rows, "offered"].sum())
            if info.name == lead:
                slots, own = slots + offered, own + offered * price
            else:
                along += offered * price
    return used / (used + lost) if used + lost else float("nan"), slots, own, along


def _stay(contacts: pd.DataFrame, treatment: str, patients: np.ndarray) -> float:
    """Mean days in bed after the treatment."""
    stays = contacts[(contacts["step"] == f"{treatment}_stay") & contacts["patient"].isin(patients)]
    days = (stays["finished_day"] - stays["started_day"]).dropna()
    return float(days.mean()) if len(days) else 0.0


@dataclass(frozen=True)
class PerPatient:
    """SEK per patient treated by us, and what the extra lists cost per slot."""

    variable: float
    full: float
    after_variable: float
    after_full: float
    kept_share: float
    list_sek: float
    """Per slot of the extra lists offered."""
    along_sek: float
    """Of beds and films that go along, per slot of the extra lists offered."""
    stay_days: float

    def scaled(self, factor: float) -> PerPatient:
        """All our own unit costs times a factor."""
        return PerPatient(
            self.variable * factor, self.full * factor, self.after_variable * factor, self.after_full * factor,
            self.kept_share, self.list_sek * factor, self.along_sek * factor, self.stay_days,
        )  # fmt: skip


def per_patient(today: np.ndarray, lists: np.ndarray) -> PerPatient:
    """From the rows of `OwnCosts` of the scenario as it is, and of the one with the extra lists."""
    sums = dict(zip(COLUMNS, today.sum(axis=0), strict=True))
    extra = dict(zip(COLUMNS, lists.sum(axis=0), strict=True))
    treated, slots = sums["treated"], extra["list_slots"]
    variable, full = (sum(sums[f"{part}_{how}"] for part in PARTS) / treated for how in BEHAVIOURS)
    return PerPatient(
        variable,
        full,
        sums["after_variable"] / treated,
        sums["after_full"] / treated,
        float(today[:, COLUMNS.index("kept_share")].mean()),
        extra["list_sek"] / slots if slots else float("nan"),
        extra["along_sek"] / slots if slots else float("nan"),
        float(today[:, COLUMNS.index("case_mix_days")].mean()),
    )
