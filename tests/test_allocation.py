"""Allocation against exact answers: direct, step-down in every order, reciprocal, behaviour, roundings, faults."""

from __future__ import annotations

import dataclasses
import re
from decimal import Decimal
from fractions import Fraction
from functools import cache

import numpy as np
import pandas as pd
import pytest
import textbook
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from flowsim.costs.ledger import forms
from flowsim.costs.ledger.allocation import METHODS, Method, allocate, default_order
from flowsim.costs.ledger.finals import at_finals
from flowsim.costs.ledger.indexing import factor, indexed_amounts
from flowsim.costs.ledger.keys import Network
from flowsim.costs.ledger.run import Prepared, costing, prepare
from flowsim.costs.ledger.spreading import on_grid, spread, spread_rows
from flowsim.costs.ledger.tables import both_views
from flowsim.costs.money import largest_remainder, rounded
from flowsim.errors import InputError
from flowsim.sheets import amounts

NETWORKS = [case for case in textbook.cases() if not case.startswith(("rounding", "error"))]
RUNS = sorted({(case, row["method"], row["order"]) for case in NETWORKS for row in textbook.rows(case, "expected")})
SEEN: set[str] = set()


def solved(case: str, method: str, order: str):
    ready = prepare(textbook.inputs(case))
    return ready, allocate(ready.network, ready.own(), method, order.split(">") if order else ())


def expected(case: str, method: str, order: str, quantity: str) -> list[dict[str, str]]:
    rows = textbook.rows(case, "expected")
    return [r for r in rows if (r["method"], r["order"], r["quantity"]) == (method, order, quantity)]


@pytest.mark.parametrize(("case", "method", "order"), RUNS)
def test_shares_flows_and_gross_costs(case: str, method: str, order: str) -> None:
    ready, found = solved(case, method, order)
    flows = {(r.from_centre, r.to_centre): r.amount for r in found.flows(ready.own() / 100).itertuples()}
    wanted = expected(case, method, order, "flow")
    assert {(r["from_centre"], r["to_centre"]) for r in wanted} in (set(), set(flows))
    for row in wanted:
        assert flows[row["from_centre"], row["to_centre"]] == pytest.approx(float(row["value"]), abs=0.0051)
        assert flows[row["from_centre"], row["to_centre"]] == pytest.approx(float(Fraction(row["exact"])), rel=1e-12)
    net = found.network
    for row in expected(case, method, order, "composite_share"):
        share = found.composite[net.supporting.index(row["from_centre"]), net.final.index(row["to_centre"])]
        assert share == pytest.approx(float(Fraction(row["exact"])), rel=1e-12)
    gross = dict(zip(net.supporting, found.gross(ready.own() / 100), strict=True))
    for row in expected(case, method, order, "gross_cost"):
        assert gross[row["from_centre"]] == pytest.approx(float(row["value"]), abs=1e-6)
    for row in expected(case, method, order, "gross_cost_published"):
        assert abs(gross[row["from_centre"]] - int(row["value"])) < 1  # the source notes its own rounding of 1
    assert found.composite.sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize(("case", "method", "order"), RUNS)
def test_final_costs_to_the_ore(case: str, method: str, order: str) -> None:
    ready, found = solved(case, method, order)
    finals = at_finals(ready.inputs, ready.cells, found)
    cost = finals.cost()
    for row in expected(case, method, order, "final_cost"):
        if "variable_cost" not in {r["quantity"] for r in textbook.rows(case, "input")} or method != "reciprocal":
            assert abs(cost[row["to_centre"]] - amounts.ore(row["value"])) <= 1, row
        assert cost[row["to_centre"]] == pytest.approx(float(row["value"]) * 100, abs=2)
    for row in expected(case, method, order, "final_cost_published"):
        assert abs(cost[row["to_centre"]] / 100 - float(row["value"])) < 1
    for row in expected(case, method, order, "total"):
        assert sum(cost.values()) == amounts.ore(row["value"])
    for row in expected(case, method, order, "own_cost_traced"):
        at = (finals.origin == finals.centres.index(row["from_centre"])) & (
            finals.final == finals.finals.index(row["to_centre"])
        )
        assert finals.ore[at].sum() == pytest.approx(amounts.ore(row["value"]), abs=1), row
    for quantity, behaviour in (("stays_variable", 0), ("becomes_fixed", 2)):
        for row in expected(case, method, order, quantity):
            at = (finals.origin == finals.centres.index(row["from_centre"])) & (finals.behaviour == behaviour)
            at &= (finals.final == finals.finals.index(row["to_centre"])) & (
                finals.account == finals.accounts.index("moves")
            )
            assert finals.ore[at].sum() == amounts.ore(row["value"]), row


def test_rates_at_practical_capacity_and_with_idle_absorbed() -> None:
    rows = textbook.rows("four_centres", "input")
    sizes = {(r["from_centre"] or r["to_centre"], r["quantity"]): r["value"] for r in rows}
    centres = ("theatre", "ward")
    activities = [{"cost_centre": c, "resource_kind": "all", "activity": "care", "share_percent": 100} for c in centres]
    services = [
        {"service": c, "cost_centre": c, "unit": "unit", "activity": "care", "standard_units": 1} for c in centres
    ]
    capacity = [{"cost_centre": c, "period": "2023-01", "practical": sizes[c, "practical_capacity"]} for c in centres]
    contact = {"contact": "all", "start": "2023-01-02", "end": "2023-02-01", "care_form": "inpatient"}
    uses = [
        {"contact": "all", "service": c, "quantity": sizes[c, "used_capacity"], "date": "2023-01-03"} for c in centres
    ]
    given = textbook.inputs("four_centres", behaviours=False).with_tables(
        {
            "activities": textbook.frame(forms.ACTIVITIES, activities),
            "care_services": textbook.frame(forms.CARE_SERVICES, services),
            "capacity": textbook.frame(forms.CAPACITY, capacity),
            "contacts": textbook.frame(forms.CONTACTS, [contact]),
            "contact_services": textbook.frame(forms.CONTACT_SERVICES, uses),
        }
    )
    found = costing(given)
    units = both_views(found).set_index("service")
    idle = found.services.amounts.query("service == '(idle)'").groupby("cost_centre")["ore"].sum()
    results = {
        "rate_at_practical_capacity": units["full_cost_sek"],
        "rate_full_absorption": units["full_cost_sek_full_absorption"],
        "used_cost": units["full_cost_used_sek"],
        "idle_cost": idle / 100,
    }
    for quantity, result in results.items():
        wanted = expected("four_centres", "reciprocal", "", quantity)
        assert len(wanted) == 2
        for row in wanted:
            assert result[row["from_centre"] or row["to_centre"]] == round(float(row["value"]), 2), row


def test_every_row_of_the_cases_is_looked_at() -> None:
    looked_at = {
        "flow", "composite_share", "own_cost_traced", "final_cost", "total", "gross_cost", "gross_cost_published",
        "final_cost_published", "stays_variable", "becomes_fixed", "rate_at_practical_capacity", "rate_full_absorption",
        "used_cost", "idle_cost", "allocated_ore", "stops",
    }  # fmt: skip
    assert {row["quantity"] for case in textbook.cases() for row in textbook.rows(case, "expected")} == looked_at


@pytest.mark.parametrize("case", [case for case in textbook.cases() if case.startswith("rounding")])
def test_roundings(case: str) -> None:
    rows = textbook.rows(case, "input")
    amount = next(int(r["value"]) for r in rows if r["quantity"] == "amount_ore")
    weights = np.array([int(r["value"]) for r in rows if r["quantity"] == "weight"])
    wanted = [int(r["value"]) for r in textbook.rows(case, "expected")]
    assert largest_remainder(amount, weights).tolist() == wanted
    assert spread(amount, weights).tolist() == wanted
    assert spread(amount, -weights).tolist() == wanted
    assert spread_rows(np.array([amount]), on_grid(weights[None, :] / weights.sum()))[0].tolist() == wanted


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("case", [case for case in textbook.cases() if case.startswith("error")])
def test_faults_have_their_words(case: str, method: Method) -> None:
    words = textbook.rows(case, "expected")[0]["note"]
    with pytest.raises(InputError, match=re.escape(words)):
        prepare(textbook.inputs(case)).allocation(method)


def made(ledger: dict[str, int], drivers: dict[tuple[str, str], object], percent: bool = False) -> Prepared:
    """Centres s1.. (supporting), f1.. (final), o (outside); ledger in öre."""
    names = sorted({*ledger, *(a for a, _ in drivers), *(b for _, b in drivers)})
    kind = {"s": "supporting", "f": "final", "o": "outside"}
    rows = [textbook.ledger_row(name, "moves", ore / 100) for name, ore in ledger.items()]
    links = [(a, b, value, percent) for (a, b), value in drivers.items()]
    return prepare(textbook.built(rows, {name: ("", kind[name[0]]) for name in names}, links))


def test_special_cases_each_have_their_own_words() -> None:
    with pytest.raises(InputError, match="a centre outside KPP"):
        made({"s1": 100, "f1": 1, "o": 5}, {("s1", "o"): 1, ("s1", "f1"): 1})
    with pytest.raises(InputError, match=re.escape("percent key sums to 99.99, not 100")):
        made({"s1": 100}, {("s1", f"f{k}"): "33.33" for k in range(3)}, percent=True)
    forward = {("s1", "s2"): 1, ("s2", "s1"): 1, ("s2", "f1"): 1}
    with pytest.raises(InputError, match="s1: serves supporting cost centres only"):
        made({"s1": 100}, forward).allocation("direct")
    ready = made({"s1": 100, "s2": 3}, forward)
    with pytest.raises(InputError, match="s1: has backward drivers only in this order"):
        allocate(ready.network, ready.own(), "step_down", ("s2", "s1"))
    with pytest.raises(InputError, match="in a circle: s1, s2"):
        allocate(ready.network, ready.own(), "step_down", ("s1", "s2"), circular="stop")
    found = allocate(ready.network, ready.own(), "step_down", ("s1", "s2"))
    assert "in a circle: s1, s2" in found.warnings[0]
    assert found.dropped.to_dict("records") == [
        {
            "from_centre": "s2",
            "to_centre": "s1",
            "share_percent": 50.0,
            "ledger_dropped_sek": pytest.approx(0.52, abs=0.011),
        }
    ]


def test_a_centre_without_drivers_and_without_cost_is_skipped() -> None:
    ready = made({"s1": 0, "s2": 100, "f1": 7}, {("s1", "f1"): 0, ("s2", "f1"): 1})
    finals = at_finals(ready.inputs, ready.cells, ready.allocation("reciprocal"))
    assert finals.cost() == {"f1": 107}


def test_the_default_order_gives_first_who_gives_most_to_others() -> None:
    net = prepare(textbook.inputs("published_regina")).network
    assert default_order(net, np.array([80_000.0, 120_000.0, 40_000.0])) == (
        "human_resources", "data_processing", "risk_management",
    )  # fmt: skip
    ordered = dataclasses.replace(net, step_order=(None, 1, None))
    assert default_order(ordered, np.ones(3))[0] == "data_processing"


LEDGERS = st.dictionaries(
    st.sampled_from(["s1", "s2", "s3", "s4", "f1", "f2", "f3"]), st.integers(-(10**9), 10**12), min_size=1
)
DRIVERS = st.lists(st.lists(st.integers(0, 50), min_size=7, max_size=7), min_size=4, max_size=4)
NAMES = ("s1", "s2", "s3", "s4", "f1", "f2", "f3")


@cache
def base() -> Prepared:
    return made(dict.fromkeys(NAMES, 100), {(a, "f3"): 1 for a in NAMES[:4]})


def network_of(drivers: list[list[int]], own_use: bool = False) -> Network:
    """Every supporting centre reaches a final one: at least one unit to f3."""
    found = np.array(drivers, dtype=float)
    found[:, 6] = np.maximum(found[:, 6], 1)
    if not own_use:
        np.fill_diagonal(found, 0)
    return dataclasses.replace(base().network, drivers=found)


def cells_of(ledger: dict[str, int]) -> pd.DataFrame:
    return pd.DataFrame(
        [[name, "moves", ore] for name, ore in ledger.items()], columns=["cost_centre", "account", "ore"]
    )


def own_of(ledger: dict[str, int]) -> np.ndarray:
    return np.array([float(ledger.get(name, 0)) for name in NAMES[:4]])


@settings(max_examples=100, deadline=None)
@given(LEDGERS, DRIVERS, st.sampled_from(METHODS))
def test_money_is_conserved_whatever_the_keys(ledger: dict[str, int], drivers: list[list[int]], method: Method) -> None:
    found = allocate(network_of(drivers), own_of(ledger), method)
    finals = at_finals(base().inputs, cells_of(ledger), found)
    assert sum(finals.cost().values()) == sum(ledger.values())
    for k, name in enumerate(NAMES):
        assert finals.ore[finals.origin == k].sum() == ledger.get(name, 0)


@settings(max_examples=200, deadline=None)
@given(
    LEDGERS,
    st.lists(st.lists(st.sampled_from([0, 0, 0, 1, 7]), min_size=7, max_size=7), min_size=4, max_size=4),
    st.sampled_from(METHODS),
)
def test_sparse_keys_conserve_money_or_stop(ledger: dict[str, int], drivers: list[list[int]], method: Method) -> None:
    """Where every supporting centre that gets cost reaches a final one, all of it arrives; else the run stops."""
    links = np.array(drivers, dtype=float)
    np.fill_diagonal(links, 0)
    net = dataclasses.replace(base().network, drivers=links)
    own = own_of(ledger)
    costly, reaching = {k for k in range(4) if own[k]}, {k for k in range(4) if links[k, 4:].any()}
    for _ in range(4):
        costly |= {j for k in costly for j in range(4) if links[k, j]}
        reaching |= {k for k in range(4) for j in reaching if links[k, j]}
    try:
        finals = at_finals(base().inputs, cells_of(ledger), allocate(net, own, method))
    except InputError:
        assert method != "reciprocal" or not costly <= reaching
    else:
        assert costly <= reaching
        assert sum(finals.cost().values()) == sum(ledger.values())


@settings(max_examples=6, deadline=None)
@given(st.lists(st.integers(0, 90), min_size=4, max_size=4), st.sampled_from(METHODS))
def test_own_use_is_irrelevant(own_use: list[int], method: Method) -> None:
    links = {(a, b): 3 * i + j for i, a in enumerate(NAMES[:4]) for j, b in enumerate(NAMES)}
    ledger = {name: 10_000 * (k + 1) for k, name in enumerate(NAMES)}
    results = []
    for own in ([0] * 4, own_use):
        ready = made(ledger, links | {(a, a): own[i] for i, a in enumerate(NAMES[:4])})
        results.append(at_finals(ready.inputs, ready.cells, ready.allocation(method)).cost())
    assert results[0] == results[1]


@settings(max_examples=100, deadline=None)
@given(DRIVERS)
def test_own_use_does_not_move_the_reciprocal_shares(drivers: list[list[int]]) -> None:
    shares = [allocate(network_of(drivers, own), np.ones(4)).composite for own in (False, True)]
    assert shares[0] == pytest.approx(shares[1], abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(DRIVERS)
def test_methods_agree_where_they_must(drivers: list[list[int]]) -> None:
    apart = network_of([[0] * 4 + row[4:] for row in drivers])
    one_way = network_of([[0 if j <= i else value for j, value in enumerate(row)] for i, row in enumerate(drivers)])
    own = np.array([100.0, 200.0, 300.0, 400.0])
    direct, reciprocal = (allocate(apart, own, method).composite for method in ("direct", "reciprocal"))
    assert direct == pytest.approx(reciprocal)
    assert allocate(apart, own, "step_down").composite == pytest.approx(reciprocal)
    down = allocate(one_way, own, "step_down", NAMES[:4])
    assert down.composite == pytest.approx(allocate(one_way, own, "reciprocal").composite)
    assert not len(down.dropped)


@settings(max_examples=60, deadline=None)
@given(DRIVERS, st.lists(st.booleans(), min_size=4, max_size=4))
def test_behaviour_never_exceeds_the_whole(drivers: list[list[int]], volume: list[bool]) -> None:
    ledger = dict.fromkeys(NAMES, 12_345_67)
    found = allocate(dataclasses.replace(network_of(drivers), volume=np.array(volume)), own_of(ledger))
    assert (found.variable >= 0).all()
    assert (found.variable <= found.composite).all()
    finals = at_finals(base().inputs, cells_of(ledger), found)
    assert finals.ore.sum() == 7 * 12_345_67
    if all(volume):
        assert set(finals.behaviour) == {0}


@given(st.integers(-(10**13), 10**13), st.lists(st.integers(-(10**9), 10**12), min_size=1, max_size=12))
def test_spread_conserves_and_is_within_one_ore(amount: int, weights: list[int]) -> None:
    total = sum(weights)
    assume(total)
    parts = spread(amount, np.array(weights, dtype=np.int64)).tolist()
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(amount * weight, total)) < 1
        assert weight or not part
    assert spread(-amount, np.array(weights, dtype=np.int64)).tolist() == [-part for part in parts]


@given(
    st.lists(st.integers(-(10**10), 10**10), min_size=1, max_size=8),
    st.fractions(min_value="1/2", max_value=2, max_denominator=10_000),
)
def test_indexing_commutes_before_rounding_and_keeps_its_total(amounts_ore: list[int], by: Fraction) -> None:
    ore = np.array(amounts_ore, dtype=np.int64)
    after = indexed_amounts(ore, by)
    if ore.sum():
        assert int(after.sum()) == rounded(int(ore.sum()) * by.numerator, by.denominator)
    assert sum(Fraction(one) * by for one in amounts_ore) == Fraction(sum(amounts_ore)) * by


def test_a_pay_revision_of_april() -> None:
    assert factor([Decimal("2.5"), Decimal("2.0")]) == Fraction(41, 40) * Fraction(51, 50)
