"""KPP: contacts -> full cost per contact, per patient and per component, at reference unit costs.

A step with `kpp: contact` is a contact, with its stay in it. A step with `kpp: service` (a film) is a service on the
same patient's nearest contact; `kpp: overhead` lies in the unit costs already. Only what was used inside the horizon
is counted: an ongoing contact shows its cost so far.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from flowsim.costs.money import largest_remainder, rounded, sek
from flowsim.costs.uses import GRID, Uses, Visits, care_service_uses
from flowsim.frames import pd
from flowsim.schema.reading import read, text_of
from flowsim.schema.unit_costs import BEHAVIOURS, UnitCosts, unit_costs
from flowsim.tables import ProviderInfo, Results, Setting

_RUN = ["scenario", "replication"]
_PATIENT = [*_RUN, "patient", "group"]
_SPLIT = [f"full_cost_{behaviour}_sek" for behaviour in BEHAVIOURS]


def load_unit_costs(path: Path | str) -> UnitCosts:
    """The validated unit cost file. InputError with file, line and key of every fault."""
    return unit_costs(*read(text_of(path), str(path)))


def cost_per_contact(results: Results, costs: UnitCosts) -> pd.DataFrame:
    """One row per contact with a cost inside the horizon, in SEK of the price year.

    Columns: scenario, replication, patient, group, step, visit, started_day, full_cost_variable_sek,
    full_cost_step_fixed_sek, full_cost_fixed_sek, full_cost_sek (their sum), bought_sek (paid to another provider;
    not in full cost). A service or stay without a contact of its patient stands as a row of its own.
    """
    return _joined([_contacts_of(run, costs) for run in each_run(results)])


def full_cost_per_patient(results: Results, costs: UnitCosts) -> pd.DataFrame:
    """One row per patient with a cost: scenario, replication, patient, group, the money of `cost_per_contact`."""
    contacts = cost_per_contact(results, costs)
    money = [*_SPLIT, "full_cost_sek", "bought_sek"]
    return contacts.groupby(_PATIENT, observed=True, sort=True)[money].sum().round(2).reset_index()


def cost_by_component(results: Source, costs: UnitCosts) -> pd.DataFrame:
    """Full cost by the contact's step and the component of its services, to be stacked.

    Columns: scenario, replication, step, component, contacts (visits at the step that have a cost; the same for all
    its components), full_cost_variable_sek, full_cost_step_fixed_sek, full_cost_fixed_sek, full_cost_sek.
    """
    return _joined([_components_of(run, costs) for run in each_run(results)])


@dataclass(frozen=True)
class Run:
    """One replication of one scenario; what several costs need of it is made once."""

    scenario: str
    replication: int
    setting: Setting
    contacts: pd.DataFrame
    capacity: pd.DataFrame
    _made: dict[int, tuple[UnitCosts, Uses, list[Pool]]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def visits(self) -> Visits:
        """Its contacts as arrays."""
        return Visits(self.contacts, self.setting)

    def used(self, costs: UnitCosts) -> tuple[Uses, list[Pool]]:
        """The care services its contacts used, and their money."""
        if id(costs) not in self._made:
            uses = care_service_uses(self.visits, costs)
            self._made[id(costs)] = (costs, uses, [*pools(uses, costs)])
        return self._made[id(costs)][1:]


Source = Results | Sequence[Run]
"""What costs are counted from: results, or their runs (`each_run`), which several costs then share."""


def each_run(results: Source) -> Iterator[Run]:
    """The replications of the results, one by one, in the frames' order."""
    if not isinstance(results, Results):
        yield from results
        return
    numbers = results.capacity["replication"].unique()
    if len(results.settings) == 1 and len(numbers) == 1:
        yield Run(results.setting.scenario, int(numbers[0]), results.setting, results.contacts, results.capacity)
        return
    capacity = dict(iter(results.capacity.groupby(_RUN, sort=False, observed=True)))
    contacts = dict(iter(results.contacts.groupby(_RUN, sort=False, observed=True)))
    for key in capacity or contacts:
        scenario, replication = key
        nobody = results.contacts.iloc[:0]
        nothing = results.capacity.iloc[:0]
        setting = results.settings[str(scenario)]
        yield Run(str(scenario), int(replication), setting, contacts.get(key, nobody), capacity.get(key, nothing))


@dataclass(frozen=True)
class Pool:
    """One behaviour of one component of one service, split over the lines of use."""

    component: str
    behaviour: int
    service: int
    line: np.ndarray
    """Lines of `Uses`."""
    ore: np.ndarray


def pools(uses: Uses, costs: UnitCosts) -> Iterator[Pool]:
    """Every pool's öre by line: the pool is units x rate to the nearest öre, split by largest remainder."""
    for number, (name, service) in enumerate(costs.care_services.items()):
        line = np.flatnonzero(uses.service == number)
        units = uses.units[line]
        total = int(units.sum())
        for part, component in service.components.items():
            for behaviour, rate in enumerate(component.rates):
                if rate and total:
                    ore = largest_remainder(rounded(total * rate, GRID), units)
                    yield Pool(part or name, behaviour, number, line, ore)


def _contacts_of(run: Run, costs: UnitCosts) -> pd.DataFrame:
    visits, (uses, pooled) = run.visits, run.used(costs)
    rows = len(run.contacts)
    full = np.zeros((3, rows), dtype=np.int64)
    owner = nearest_contact(visits)[uses.row]
    for pool in pooled:
        np.add.at(full[pool.behaviour], owner[pool.line], pool.ore)
    bought = bought_ore(visits)
    some = np.flatnonzero((full.sum(axis=0) > 0) | (bought > 0))
    frame = run.contacts.iloc[some][[*_PATIENT, "step", "visit", "started_day"]].reset_index(drop=True)
    for behaviour, name in enumerate(_SPLIT):
        frame[name] = sek(full[behaviour, some])
    frame["full_cost_sek"] = sek(full[:, some].sum(axis=0))
    frame["bought_sek"] = sek(bought[some])
    return frame


def _components_of(run: Run, costs: UnitCosts) -> pd.DataFrame:
    visits, (uses, pooled) = run.visits, run.used(costs)
    owner = nearest_contact(visits)[uses.row]
    step = visits.step[owner]
    names = [info.name for info in run.setting.steps]
    contacts = np.bincount(visits.step[np.unique(owner)], minlength=len(names))
    totals: dict[tuple[int, str], np.ndarray] = {}
    for pool in pooled:
        by_step = np.zeros(len(names), dtype=np.int64)
        np.add.at(by_step, step[pool.line], pool.ore)
        for k in np.flatnonzero(by_step):
            totals.setdefault((int(k), pool.component), np.zeros(3, dtype=np.int64))[pool.behaviour] += by_step[k]
    lines = [
        [run.scenario, run.replication, names[k], part, contacts[k], *sek(ore), float(sek(ore.sum()))]
        for (k, part), ore in sorted(totals.items(), key=lambda item: item[0][0])
    ]
    return pd.DataFrame(lines, columns=[*_RUN, "step", "component", "contacts", *_SPLIT, "full_cost_sek"])


def bought_ore(visits: Visits) -> np.ndarray:
    """Öre paid to other providers, by row: price + own follow-up + complication share x complication cost."""
    providers = visits.setting.providers
    price = np.array([*(_price(provider) for provider in providers), 0], dtype=np.int64)
    return np.where(visits.bought, price[visits.provider], 0)


def _price(provider: ProviderInfo) -> int:
    """Öre per bought patient."""
    complications = provider.complication_share * provider.complication_sek
    return round((provider.price_sek + provider.own_follow_up_sek + complications) * 100)


def nearest_contact(visits: Visits) -> np.ndarray:
    """For every row, the row of the contact it belongs to.

    A stay: its step's visit by the same patient, nearest in time. A step `kpp: service`: the patient's nearest
    contact in time, the earlier of two as near. All others, and those who find none: the row itself.
    """
    own = np.arange(len(visits.patient))
    steps = visits.setting.steps
    place = {info.name: k for k, info in enumerate(steps)}
    contact = np.array([info.kpp == "contact" and not info.stay_of for info in steps] or [False])
    clinical = np.flatnonzero(visits.own & visits.inside & contact[visits.step])
    owner = own.copy()
    for number, info in enumerate(steps):
        if info.stay_of:
            rows, hosts = visits.rows(number, visits.own), visits.rows(place[info.stay_of], visits.own)
            owner[rows] = _nearest(visits, rows, hosts)
        elif info.kpp == "service":
            rows = visits.rows(number, visits.own)
            owner[rows] = _nearest(visits, rows, clinical)
    return owner


def _nearest(visits: Visits, rows: np.ndarray, hosts: np.ndarray) -> np.ndarray:
    """For each row the same patient's host nearest in time; the row itself if there is none."""
    if not len(hosts) or not len(rows):
        return rows
    far = np.int64(2**40)
    key = visits.patient[hosts] * far + visits.started[hosts]
    order = np.argsort(key, kind="stable")
    hosts, key = hosts[order], key[order]
    wanted = visits.patient[rows] * far + visits.started[rows]
    after = np.searchsorted(key, wanted, side="right")
    before, after = np.maximum(after - 1, 0), np.minimum(after, len(hosts) - 1)
    gap = [np.abs(key[near] - wanted) for near in (before, after)]
    choice = np.where(gap[0] <= gap[1], before, after)
    found = visits.patient[hosts[choice]] == visits.patient[rows]
    return np.where(found, hosts[choice], rows)


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True) if len(frames) != 1 else frames[0]
