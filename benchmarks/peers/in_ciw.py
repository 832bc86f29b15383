"""ortho4 in Ciw: four nodes with servers and one without limit; a ward without queue, so that it blocks the theatre."""

from __future__ import annotations

import random
from math import inf
from typing import Any

import ciw

from peers import model

NODES = ("triage", "doctor", "xray", "theatre", "ward")
TRIAGE, DOCTOR, XRAY, THEATRE, WARD = range(1, 6)
STAGE = {TRIAGE: 0, XRAY: 2, THEATRE: 3, WARD: 4}
"""Stage of a service by node; the doctor's is 1 for first visits and 5 for follow-ups."""
FIRST_VISIT, FOLLOW_UP = 1, 5
CLASSES = ("urgent", "routine", "urgent_later", "routine_later")
"""Ciw knows classes, not visits: who has been in the ward is of a later class, and comes after first visits."""


def _law(stage: str) -> ciw.dists.Lognormal:
    return ciw.dists.Lognormal(*model.LOGNORMAL[stage])


def _route(individual: Any, simulation: Any) -> list[int]:
    """Nodes to come after the one where the patient enters, all decided at once; the last is the exit."""
    waiting = individual.starting_node == THEATRE
    route: list[int] = [] if waiting else [DOCTOR, XRAY]
    operated = waiting or random.random() < model.P_SURGERY
    loops = 0
    while operated:
        route += [WARD, DOCTOR] if waiting and not loops else [THEATRE, WARD, DOCTOR]
        if loops == model.MOST_LOOPS or random.random() >= model.P_BACK:
            break
        loops += 1
        route.append(XRAY)
        operated = random.random() < model.P_SURGERY
    return [*route, -1]


def _changes() -> list[dict[str, dict[str, float]]]:
    """Class after a service, node by node: after the ward a later one; after the follow-up as before."""
    same = {one: {other: float(one == other) for other in CLASSES} for one in CLASSES}
    later, earlier = dict(same), dict(same)
    for one in ("urgent", "routine"):
        later[one] = {other: float(other == f"{one}_later") for other in CLASSES}
        earlier[f"{one}_later"] = {other: float(other == one) for other in CLASSES}
    return [same, earlier, same, same, later]


def _network(backlog: int) -> ciw.network.Network:
    urgent, routine = model.P_URGENT * model.RATE, (1 - model.P_URGENT) * model.RATE
    at_start = ciw.dists.Sequential([0.0, inf]) if backlog else None
    nobody, one = [None] * 5, ciw.dists.Deterministic(1)
    services = {
        name: [_law("triage"), _law(visit), _law("film"), _law("surgery"), _law("surgery_stay")]
        for name, visit in zip(CLASSES, ("first_visit", "first_visit", "follow_up", "follow_up"), strict=True)
    }
    return ciw.create_network(
        arrival_distributions={
            "urgent": [ciw.dists.Exponential(urgent), *nobody[1:]],
            "routine": [ciw.dists.Exponential(routine), None, None, at_start, None],
            "urgent_later": nobody,
            "routine_later": nobody,
        },
        batching_distributions={
            name: [one, one, one, ciw.dists.Deterministic(backlog) if name == "routine" else one, one]
            for name in CLASSES
        },
        service_distributions=services,
        priority_classes={"urgent": 0, "routine": 1, "urgent_later": 2, "routine_later": 2},
        class_change_matrices=_changes(),
        number_of_servers=[inf, *model.CAPACITY.values()],
        queue_capacities=[inf, inf, inf, inf, 0],
        routing={name: ciw.routing.ProcessBased(_route) for name in CLASSES},
    )


def run(seed: int, backlog: int = model.BACKLOG) -> tuple[tuple[Any, ...], ...]:
    """One replication: patient, stage, queued, started, ended (days), and patient-days waiting per resource."""
    ciw.seed(seed)
    simulation = ciw.Simulation(_network(backlog))
    simulation.simulate_until_max_time(model.HORIZON)
    records = simulation.get_all_records(include_incomplete=True)
    operated = {(one.id_number, one.exit_date): one.service_end_date for one in records if one.node == THEATRE}
    visits = [_visit(one, operated) for one in records if one.record_type == "service"]
    return (*zip(*visits, strict=True), tuple(_waiting(records)))


def _visit(one: Any, operated: dict[tuple[Any, Any], float]) -> tuple[Any, ...]:
    """A finished service; a stay is queued for when its operation is over."""
    stage = STAGE.get(one.node, FIRST_VISIT if one.customer_class in ("urgent", "routine") else FOLLOW_UP)
    queued = operated[one.id_number, one.arrival_date] if one.node == WARD else one.arrival_date
    return (one.id_number, stage, queued, one.service_start_date, one.exit_date)


def _waiting(records: list[Any]) -> list[float]:
    """Patient-days in each queue until the horizon; who waits for a bed stands blocked in the theatre."""
    waited = [0.0] * 5
    for one in records:
        over = one.record_type == "service"
        if DOCTOR <= one.node <= THEATRE:
            started = one.service_start_date if over or one.service_start_date is not None else model.HORIZON
            waited[one.node - 1] += started - one.arrival_date
        if one.node == THEATRE and over:
            waited[WARD - 1] += one.time_blocked
        elif one.node == THEATRE and one.service_end_date is not None:
            waited[WARD - 1] += max(0.0, model.HORIZON - one.service_end_date)
    return waited[1:]
