"""Costs add up: T is its terms, and the contacts' money with what surrounds it is T, to the öre, every week."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from flowsim.costs.kpp import cost_by_component, cost_per_contact, load_unit_costs
from flowsim.costs.missing_prices import missing_prices
from flowsim.costs.scenario_cost import TERMS, capacity_cost, scenario_cost, weekly_cost
from flowsim.costs.uses import GRID, Visits, resource_use
from flowsim.schema.reading import read
from flowsim.schema.unit_costs import UnitCosts, unit_costs
from flowsim.tables import CAPACITY, CONTACTS, OUTCOMES, ProviderInfo, ResourceInfo, Results, Setting, StepInfo, frames

ROOT = Path(__file__).parent.parent
CROOKED = """
price_year: 2023
care_services:
  slot:    {resource: theatre, components: {team: {variable_sek: 0.33, step_fixed_sek: 7.77}, room: {fixed_sek: 13.31}}}
  bed_day: {resource: ward, variable_sek: 613.37, step_fixed_sek: 1999.99, fixed_sek: 1111.11}
  minute:  {resource: team, variable_sek: 1.01, step_fixed_sek: 3.33, fixed_sek: 0.07}
  film:    {resource: xray, variable_sek: 222.22, fixed_sek: 3.01}
resources:
  theatre: {fixed_sek_per_week: 1000.01, step: {size: 3, sek_per_step: 333.33, release_weeks: 2},
            reference_sek_per_unit: 21.1, practical_capacity_per_week: 11, overtime_sek_per_hour: 99.99,
            own_share: 33.3 %}
  ward:    {fixed_sek_per_week: 77.77, step: {size: 42, sek_per_step: 75000.05}, reference_sek_per_unit: 3333.33}
  team:    {fixed_sek_per_week: 0.01, reference_sek_per_unit: 200.07, overtime_sek_per_hour: 613.13}
  xray:    {fixed_sek_per_week: 50.05, reference_sek_per_unit: 3, practical_capacity_per_week: 6.7}
contacts:
  surgery: {slot: 1.37, minute: minutes, bed_day: bed_days, film: 0.123}
  visit: {slot: 0.7, minute: 3}
  film: {film: 1}
  reading: {film: 5}
"""
STEPS = (
    StepInfo("surgery", lead="theatre", needs=(("theatre", 1), ("team", 3))),
    StepInfo("surgery_stay", lead="ward", needs=(("ward", 1),), stay_of="surgery"),
    StepInfo("visit", lead="theatre", needs=(("theatre", 1), ("team", 1))),
    StepInfo("film", kpp="service"),
    StepInfo("reading", kpp="overhead"),
)
RESOURCES = (
    ResourceInfo("theatre", "slots", ("regular", "evening"), (0.0, 1234.567)),
    ResourceInfo("ward", "places", ("regular", "extra"), (0.0, 3500.01)),
    ResourceInfo("team", "staff", ("regular", "weekend"), (0.0, 0.0)),
)


@pytest.fixture
def costs() -> UnitCosts:
    """Rates that divide by nothing."""
    return unit_costs(*read(CROOKED, "kpp.yaml"))


def chance_results(seed: int) -> Results:
    """Two scenarios, two replications each, of any contacts and capacity at all."""
    rng = np.random.default_rng(seed)
    settings, contacts, capacity = {}, [], []
    for scenario in ("today", "other"):
        start = date(2027, 1, 4 + int(rng.integers(7)))
        setting = Setting(scenario, "", start, int(rng.integers(1, 6)), ("a", "b", "alien"), STEPS, RESOURCES, (),
                          background=("alien",), providers=(ProviderInfo("private", 333.333, 1.1, 0.07, 999.99),),
                          guarantee=(("treatment", "surgery", 90.0),))  # fmt: skip
        settings[scenario] = setting
        for replication in range(2):
            where = {"scenario": scenario, "replication": np.int32(replication)}
            contacts.append(_contacts(rng, setting).assign(**where))
            capacity.append(_capacity(rng, setting).assign(**where))
    joined = pd.concat(contacts, ignore_index=True)
    empty = pd.DataFrame()
    return Results(empty, joined, pd.concat(capacity, ignore_index=True), empty, settings)


def _contacts(rng: np.random.Generator, setting: Setting) -> pd.DataFrame:
    n = int(rng.integers(1, 120))
    frame = pd.DataFrame(dict.fromkeys(CONTACTS, np.zeros(n)))
    frame["patient"] = rng.integers(0, max(n // 3, 1), n)
    start = np.rint(rng.uniform(-10, setting.end_day, n) * 86_400) / 86_400
    frame["started_day"] = np.where(rng.random(n) < 0.1, np.nan, start)
    end = frame["started_day"] + np.rint(rng.exponential(6, n) * 86_400) / 86_400
    frame["finished_day"] = np.where(end < setting.end_day, end, np.nan)
    frame["used_hours"] = np.rint(rng.exponential(2, n) * 3600) / 3600
    frame["overtime_hours"] = frame["used_hours"] * (rng.random(n) < 0.2)
    choices = {
        "group": (setting.groups, [0.5, 0.3, 0.2]),
        "step": ([step.name for step in STEPS], [0.3, 0.3, 0.2, 0.1, 0.1]),
        "provider": (["own", "private"], [0.9, 0.1]),
        "outcome": (OUTCOMES, [0.7, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05]),
    }
    for name, (values, shares) in choices.items():
        frame[name] = pd.Categorical(rng.choice(list(values), n, p=shares), categories=list(values))
    return frame


def _capacity(rng: np.random.Generator, setting: Setting) -> pd.DataFrame:
    weeks = setting.weeks + (1 if setting.start.weekday() else 0)
    rows = [
        dict.fromkeys(CAPACITY, 0.0) | {"resource": r.name, "tranche": tranche, "week": week}
        for r in RESOURCES
        for tranche in r.tranches
        for week in range(weeks)
    ]
    frame = pd.DataFrame(rows)
    for name, mean in (("planned", 30), ("offered", 30), ("overtime", 2), ("over", 2)):
        frame[name] = rng.poisson(mean, len(frame)) + rng.integers(0, 3600, len(frame)) / 3600
    return frame


def ore(column: pd.Series) -> pd.Series:
    """Whole öre."""
    found = np.rint(column * 100)
    assert np.allclose(found, column * 100, atol=1e-3)
    return found.astype(np.int64)


def assert_identity(frame: pd.DataFrame) -> None:
    """T = its terms = contacts + overtime + tranches + bought + unused + deviation, in öre."""
    money = {name: ore(frame[name]) for name in TERMS}
    cash = ("fixed", "step", "variable", "overtime", "tranche")
    terms = sum(money[f"total_cash_{term}_sek"] for term in cash) + money["bought_sek"]
    assert (terms == money["total_cash_sek"]).all()
    around = ("total_cash_overtime_sek", "total_cash_tranche_sek", "bought_sek", "unused_capacity_sek")
    seen = money["full_cost_sek"] + sum(money[name] for name in around) + money["capacity_rate_deviation_sek"]
    assert (seen == money["total_cash_sek"]).all()


@pytest.mark.parametrize("seed", range(12))
def test_every_krona_is_somewhere_once(costs, seed):
    results = chance_results(seed)
    total, weekly = scenario_cost(results, costs), weekly_cost(results, costs)
    assert len(total) == 4
    assert_identity(total)
    assert_identity(weekly)
    keys = ["scenario", "replication"]
    by_week = weekly.groupby(keys, sort=False)[list(TERMS)].sum().round(2).reset_index(drop=True)
    assert (by_week.apply(ore) == total[list(TERMS)].apply(ore)).all().all()
    contacts = cost_per_contact(results, costs)
    for column in ("full_cost_sek", "bought_sek"):
        by_run = contacts.groupby(keys, sort=False)[column].sum().round(2)
        expected = total.set_index(keys)[column]
        assert (ore(by_run.reindex(expected.index, fill_value=0.0)) == ore(expected)).all()
    parts = cost_by_component(results, costs).groupby(keys, sort=False)["full_cost_sek"].sum()
    assert np.allclose(parts, total.set_index(keys)["full_cost_sek"].reindex(parts.index))
    resources = capacity_cost(results, costs).groupby(keys, sort=False).sum(numeric_only=True)
    for term in ("fixed", "step", "overtime", "tranche"):
        name = f"total_cash_{term}_sek"
        assert np.allclose(resources[name], total.set_index(keys)[name])


def test_nothing_given_is_changed(costs):
    results = chance_results(3)
    before = [frame.copy(deep=True) for frame in (results.contacts, results.capacity)]
    scenario_cost(results, costs)
    cost_per_contact(results, costs)
    for old, new in zip(before, (results.contacts, results.capacity), strict=True):
        pd.testing.assert_frame_equal(old, new)


def test_the_order_and_type_of_names_do_not_matter(costs):
    results = chance_results(5)
    plain = results.contacts.astype(dict.fromkeys(("group", "step", "provider", "outcome"), object))
    turned = results.contacts.copy()
    turned["step"] = turned["step"].cat.reorder_categories(list(reversed(turned["step"].cat.categories)))
    expected = scenario_cost(results, costs)
    for frame in (plain, turned):
        pd.testing.assert_frame_equal(scenario_cost(replace(results, contacts=frame), costs), expected)


@pytest.fixture(scope="module")
def real() -> Results:
    """One replication of a shipped scenario with tranches, background work, bought care and a stay's side step."""
    from flowsim import engines, plan, scenario

    built = plan.build(scenario.load(ROOT / "scenarios" / "ortho_elsewhere.yaml"))
    return frames(engines.run(built, plan.draw(built, 1, 0)), built.setting, 0)


def test_a_real_run_adds_up_and_lacks_no_price(real):
    prices = load_unit_costs(ROOT / "calibration" / "kpp_2023.yaml")
    assert_identity(scenario_cost(real, prices))
    assert_identity(weekly_cost(real, prices))
    assert missing_prices(real, prices) == []
    assert (scenario_cost(real, prices)["bought_sek"] > 0).all()


@pytest.mark.xdist_group("compiled")
@pytest.mark.parametrize("path", sorted((ROOT / "scenarios").glob("ortho_*.yaml")), ids=lambda path: path.stem)
def test_the_identity_holds_in_every_replication_of_every_orthopaedic_scenario(path):
    from flowsim import engines, plan, scenario

    one = scenario.load(path)
    built, prices = plan.build(one), load_unit_costs(one.unit_costs)
    engine = engines.chosen("auto", 1000)
    for replication in range(3):
        rows = engines.run(built, plan.draw(built, 1, replication), engine)
        assert_identity(scenario_cost(frames(rows, built.setting, replication), prices))


def test_contacts_use_what_the_capacity_table_says_was_used(real):
    visits = Visits(real.contacts, real.setting)
    for number, info in enumerate(real.setting.resources):
        mine = real.capacity[real.capacity["resource"] == info.name].groupby("week")["used"].sum()
        counted = resource_use(visits, number, visits.own | visits.background) / GRID
        assert np.allclose(mine.to_numpy(), counted, atol=1e-6), info.name
