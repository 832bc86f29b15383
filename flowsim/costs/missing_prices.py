"""What happened in a run and has no price: said in words, so that no cost is silently nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flowsim.costs.kpp import Run, Source, each_run
from flowsim.costs.uses import Visits
from flowsim.schema.unit_costs import MEASURED, UnitCosts
from flowsim.tables import StepInfo

TEXTS = {
    "overhead": (
        "{name}: is overhead in the scenario, so its services in the unit cost file are not counted.",
        "{name}: är gemensam kostnad i scenariot, så vårdtjänsterna i kostnadsfilen räknas inte.",
    ),
    "step": (
        "{name}: its contacts have no entry under `contacts` in the unit cost file and cost nothing.",
        "{name}: dess vårdkontakter finns inte under `contacts` i kostnadsfilen och kostar inget.",
    ),
    "stay": (
        "{name}: the stay has no service in bed days or of {place}, and costs nothing.",
        "{name}: vårdtiden har ingen vårdtjänst i vårddygn eller från {place}, och kostar inget.",
    ),
    "resource": (
        "{name}: has no entry under `resources` in the unit cost file; its capacity costs nothing.",
        "{name}: finns inte under `resources` i kostnadsfilen; kapaciteten kostar inget.",
    ),
    "idle": (
        "{name}: is no resource of the scenario and has no practical capacity; idle capacity is taken as 0.",
        "{name}: är ingen resurs i scenariot och har ingen praktisk kapacitet; ledig kapacitet tas som 0.",
    ),
    "overtime": (
        "{name}: overtime was worked, but `overtime_sek_per_hour` is 0.",
        "{name}: övertid arbetades, men `overtime_sek_per_hour` är 0.",
    ),
    "provider": (
        "{name}: patients were treated there at a price of 0 SEK.",
        "{name}: patienter behandlades där till priset 0 kr.",
    ),
}
"""What is said, in English and in Swedish."""
_ITS_OWN = ("its resource", "sin resurs")


def missing_prices(results: Source, costs: UnitCosts) -> list[str]:
    """One sentence per step, stay, resource, overtime or provider that was used without a price; no doubles."""
    found: dict[str, None] = {}
    for run in each_run(results):
        visits = run.visits
        for rule in (_steps, _stays, _resources, _overtime, _providers):
            found |= dict.fromkeys(rule(run, visits, costs))
    return list(found)


def in_swedish(text: str) -> str:
    """A sentence of `missing_prices` in Swedish; any other text as it is."""
    for english, swedish in TEXTS.values():
        pattern = re.escape(english).replace(r"\{name\}", "(?P<name>.+?)").replace(r"\{place\}", "(?P<place>.+)")
        if found := re.fullmatch(pattern, text):
            return swedish.format(**{k: _ITS_OWN[1] if v == _ITS_OWN[0] else v for k, v in found.groupdict().items()})
    return text


def _say(key: str, **values: str) -> str:
    return TEXTS[key][0].format(**values)


def _steps(run: Run, visits: Visits, costs: UnitCosts) -> Iterator[str]:
    for number, info in enumerate(run.setting.steps):
        if info.stay_of or not len(visits.rows(number, visits.own & visits.inside)):
            continue
        priced = info.name in costs.contacts
        if info.kpp == "overhead" and costs.contacts.get(info.name):
            yield _say("overhead", name=info.name)
        elif info.kpp != "overhead" and not priced:
            yield _say("step", name=info.name)


def _stays(run: Run, visits: Visits, costs: UnitCosts) -> Iterator[str]:
    for number, info in enumerate(run.setting.steps):
        if info.stay_of and len(visits.rows(number, visits.own)) and not _stay_priced(info, costs):
            yield _say("stay", name=info.name, place=info.lead or _ITS_OWN[0])


def _stay_priced(info: StepInfo, costs: UnitCosts) -> bool:
    """By the stay's own entry, a measured unit at its step, or a service of the stay's resource there."""
    units = {**costs.contacts.get(info.stay_of, {}), **costs.contacts.get(info.name, {})}
    resources = {costs.care_services[service].resource for service in units}
    return bool(set(units.values()) & set(MEASURED[:2])) or info.lead in resources or info.name in costs.contacts


def _resources(run: Run, visits: Visits, costs: UnitCosts) -> Iterator[str]:
    for info in run.setting.resources:
        if info.name not in costs.resources:
            yield _say("resource", name=info.name)
    inside = {info.name for info in run.setting.resources}
    steps = {info.name for info in run.setting.steps}
    asked = {service for step, units in costs.contacts.items() if step in steps for service in units}
    outside = {costs.care_services[service].resource for service in asked} - inside
    for name, price in costs.resources.items():
        if name in outside and price.practical_capacity_per_week is None:
            yield _say("idle", name=name)


def _overtime(run: Run, visits: Visits, costs: UnitCosts) -> Iterator[str]:
    late = run.capacity.groupby("resource", observed=True)["overtime"].sum()
    for name, hours in late.items():
        price = costs.resources.get(str(name))
        if hours > 0 and price is not None and not price.overtime_sek_per_hour:
            yield _say("overtime", name=str(name))


def _providers(run: Run, visits: Visits, costs: UnitCosts) -> Iterator[str]:
    for number, provider in enumerate(run.setting.providers):
        if not provider.price_sek and (visits.bought & (visits.provider == number)).any():
            yield _say("provider", name=provider.name)
