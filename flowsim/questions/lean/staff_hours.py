"""The first ledger: every offered hour of every resource lies in exactly one cell.

A contact's hours: rework, else overproduction, else the declared shares of transport, motion and overwork, the rest
value-adding or supporting. An hour not used: lost with somebody ready for it (waiting), else readiness up to the
declared share of what was offered, else idle. Readiness and idle are no waste. Places (beds) are counted in hours too,
on rows of their own: a bed's hour is nobody's working hour.
"""

from __future__ import annotations

import numpy as np

from flowsim.costs.kpp import Run, each_run
from flowsim.costs.uses import GRID, Visits, codes, resource_use
from flowsim.frames import pd
from flowsim.questions.lean.declared import Declared
from flowsim.tables import ResourceInfo, Results, StepInfo

HOUR_CELLS = (
    "value", "support", "rework", "overproduction", "transport", "motion", "overwork", "waiting", "readiness", "idle",
)  # fmt: skip
"""Cells of offered hours, in the order of the sheet."""
HOUR_WASTES = ("rework", "overproduction", "transport", "motion", "overwork", "waiting")
UNUSED_KNOWLEDGE = "unused_knowledge"
"""Of the value-adding hours: what a lower competence could do, `unused_knowledge:<resource>`. In no sum."""
NOBODY_READY = ("nobody_waiting", "pull")
"""Causes of loss with nobody ready: none waits, or the rule holds them back further up."""
RUN = ["scenario", "replication"]


def staff_hours(results: Results, said: Declared) -> pd.DataFrame:
    """Hours by resource and cell; the cells of a resource add up to `offered`.

    Columns: scenario, replication, resource, kind (slots, staff, places), cell (`HOUR_CELLS`; unused_knowledge:
    <resource>, which lies inside value; offered), hours. Slots are hours by the declared minutes per slot.
    """
    lines = [line for run in each_run(results) for line in _of_run(run, results, said)]
    return pd.DataFrame(lines, columns=[*RUN, "resource", "kind", "cell", "hours"])


def _of_run(run: Run, results: Results, said: Declared) -> list[list[object]]:
    visits = Visits(run.contacts, run.setting)
    again = repeated_rows(run, said)
    mine = results.losses
    losses = mine[(mine["scenario"] == run.scenario) & (mine["replication"] == run.replication) & (mine["week"] >= 0)]
    lines: list[list[object]] = []
    for number, info in enumerate(run.setting.resources):
        capacity = run.capacity[(run.capacity["resource"] == info.name) & (run.capacity["week"] >= 0)]
        offered = float((capacity["offered"] + capacity["over"]).sum())
        cells = _used(visits, number, again, said)
        lost = losses[losses["resource"] == info.name]
        cells |= _unused(lost, offered, said.file.readiness_share)
        cells["support"] += float(capacity["used"].sum()) - sum(cells[name] for name in _USED)
        hours = {"slots": said.hours_per_slot(info.name), "staff": 1.0, "places": 24.0}[info.kind]
        for cell, units in {**cells, "offered": offered}.items():
            lines.append([run.scenario, run.replication, info.name, info.kind, cell, units * hours])
    return lines


_USED = ("value", "support", "rework", "overproduction", "transport", "motion", "overwork")


def repeated_rows(run: Run, said: Declared) -> np.ndarray:
    """Per contact: is it done again? Of a step declared rework, or a later visit of one that rework sends back to."""
    names = [info.name for info in run.setting.steps]
    kinds = [info.stay_of or info.name for info in run.setting.steps]
    step, visit = codes(run.contacts["step"], names), run.contacts["visit"].to_numpy()
    every = np.array([kind in said.rework for kind in kinds] or [False])
    later = np.array([kind in said.repeated for kind in kinds] or [False])
    return np.asarray(every[step] | (later[step] & (visit > 0)))


def _used(visits: Visits, resource: int, again: np.ndarray, said: Declared) -> dict[str, float]:
    """Units used, by cell; contacts of other departments are supporting."""
    cells = dict.fromkeys(HOUR_CELLS, 0.0)
    name = visits.setting.resources[resource].name
    for k, info in enumerate(visits.setting.steps):
        if name not in dict(info.needs):
            continue
        here = visits.step == k
        cells["support"] += _units(visits, resource, visits.background & here)
        cells["rework"] += _units(visits, resource, visits.own & here & again)
        first_time = _units(visits, resource, visits.own & here & ~again)
        _split(cells, first_time, info, said, visits.setting.resources[resource])
    return cells


def _units(visits: Visits, resource: int, of: np.ndarray) -> float:
    return float(resource_use(visits, resource, of).sum()) / GRID


def _split(cells: dict[str, float], units: float, info: StepInfo, said: Declared, held: ResourceInfo) -> None:
    """Adds the first-time contacts of a step to their cells. Declared times are people's: a bed's day is not split."""
    name = info.stay_of or info.name
    step = said.step(name)
    unneeded = units if name in said.overproduction else units * step.unneeded_share
    rest = units - unneeded
    people = held.kind != "places"
    wasted = {cell: rest * getattr(step, f"{cell}_share") * people for cell in ("transport", "motion", "overwork")}
    useful = rest - sum(wasted.values())
    cells["overproduction"] += unneeded
    for cell, part in wasted.items():
        cells[cell] += part
    adds = said.value_adding.get(name, True)
    cells["value" if adds else "support"] += useful
    if adds and people and step.could_be_done_by is not None:
        lower = f"{UNUSED_KNOWLEDGE}:{step.could_be_done_by}"
        cells[lower] = cells.get(lower, 0.0) + useful


def _unused(lost: pd.DataFrame, offered: float, readiness_share: float) -> dict[str, float]:
    """Units not used: lost with somebody ready, readiness, idle."""
    nobody = float(lost.loc[lost["cause"].isin(NOBODY_READY), "lost"].sum())
    readiness = min(nobody, readiness_share * offered)
    return {"waiting": float(lost["lost"].sum()) - nobody, "readiness": readiness, "idle": nobody - readiness}
