"""The headline numbers of a run, one to a row: what comparisons, short tables and sentences are made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np

from flowsim.frames import pd
from flowsim.measures.capacity import beds_at_six, losses, totals
from flowsim.measures.patients import OWN_ENDS, YEAR_S, ends, started_before
from flowsim.measures.queues import Day, day_ends, every_queue, limits, waiting_and_over
from flowsim.measures.runs import Run, Source, collect, framed, resource_names, step_names, texts, treatment_step
from flowsim.measures.spells import spells
from flowsim.measures.waits import ended_waits, inside_horizon, shares_within, spread
from flowsim.tables import DAY_S, SOURCES

Numbers = Iterator[tuple[str, str, Sequence[str], "np.ndarray | Sequence[float]"]]
"""(measure, unit, names of steps or resources, one value for each)."""
QUEUES = {"step": "queue", "resource": "resource_queue", "span": "span_queue", "sum": "queue_sum"}
UNITS = ("slots", "hours", "place-days")
AMOUNTS = {"offered": UNITS, "used": UNITS, "lost": UNITS, "overtime": ("hours",), "over": ("place-days",)}


def summary(results: Source, dates: Sequence[Day] = ()) -> pd.DataFrame:
    """Headline scalars in long form; the same rows in every replication of a scenario.

    Columns: scenario, replication, measure, unit, step_or_resource (step, resource, span, guarantee or ''), value.

    - queue, resource_queue, span_queue, queue_sum, each with `_end`, `_mean` and, for every one of `dates`,
      `_on:<date>` (that day's end); queue_sum counts each waiting own patient once (see `measures.queue_sum`)
    - over_limit_end, over_limit_on:<date>: patients past the guarantee's days
    - wait_n, wait_median_days, wait_mean_days, wait_p90_days: by step (`wait_`) and by span (`span_wait_`)
    - within_share_treated, within_share_treated_elsewhere, within_share_waiting: inside the guarantee
    - operations, operations_year_1 (52 weeks), operations_per_week, operations_to:<date>: the guarantee's
      treatment step, own clinic; visits, visits_year_1, visits_per_week: every step
    - patients_<ended>; arrived (referred in the horizon), bought (handed to another provider in it)
    - offered, used, lost, overtime (staff), over (places), utilisation_share, booked_share, lost_share:<cause>,
      lack_of_bed_share (offered and lost for want of any place) by resource; beds_at_0600_mean

    Raises:
        FlowsimError: a date outside the horizon.
    """

    def measure(run: Run) -> pd.DataFrame:
        parts = (_queues, _over, _waits, _shares, _visits, _patients, _capacity)
        found = [row for part in parts for row in part(run, dates)]
        sizes = [len(names) for _, _, names, _ in found]
        data = {
            "measure": texts(tuple(np.repeat([measure for measure, _, _, _ in found], sizes))),
            "unit": texts(tuple(np.repeat([unit for _, unit, _, _ in found], sizes))),
            "step_or_resource": texts(tuple(name for _, _, names, _ in found for name in names)),
            "value": np.concatenate([np.asarray(values, dtype=float) for *_, values in found]),
        }
        return framed(run, data)

    return collect(results, measure)


def _queues(run: Run, dates: Sequence[Day]) -> Numbers:
    """Queues at the end, on the dates and on average."""
    moments, labels = _moments(run, dates)
    for kind, waiting in every_queue(run):
        names = [""] if kind == "sum" else waiting.names
        for label, column in zip(labels, waiting.at(moments).T, strict=True):
            yield QUEUES[kind] + label, "patients", names, column
        yield QUEUES[kind] + "_mean", "patients", names, waiting.mean(run.end_s)


def _over(run: Run, dates: Sequence[Day]) -> Numbers:
    """Patients past the guarantee's days."""
    moments, labels = _moments(run, dates)
    for limit in limits(run.setting):
        if limit.kind == "guarantee":
            _, over = waiting_and_over(spells(run, limit.begins, limit.to), limit.days, moments)
            for label, count in zip(labels, over, strict=True):
                yield "over_limit" + label, "patients", [limit.name], [count]


def _waits(run: Run, dates: Sequence[Day]) -> Numbers:
    """Waits of those started in the horizon."""
    waits = [*ended_waits(run)]
    for kind, prefix in (("step", "wait"), ("span", "span_wait")):
        mine = [wait for wait in waits if wait.kind == kind]
        names = [wait.name for wait in mine]
        values = np.array([spread(wait.seconds) for wait in mine], dtype=float).reshape(len(mine), 3)
        yield f"{prefix}_n", "patients", names, [len(wait.seconds) for wait in mine]
        for column, what in enumerate(("median", "mean", "p90")):
            yield f"{prefix}_{what}_days", "days", names, values[:, column]


def _shares(run: Run, dates: Sequence[Day]) -> Numbers:
    """Shares inside the guarantee."""
    for limit in limits(run.setting):
        if limit.kind == "guarantee":
            found = spells(run, limit.begins, limit.to)
            for among, _, _, part in shares_within(run, found, limit.days):
                yield f"within_share_{among}", "share", [limit.name], [part]


def _visits(run: Run, dates: Sequence[Day]) -> Numbers:
    """Visits done by every step, and operations."""
    names, operation = step_names(run.setting), treatment_step(run.setting)
    every, year = started_before(run, run.end_s), started_before(run, YEAR_S)
    yield "visits", "visits", names, every
    yield "visits_year_1", "visits", names, year
    yield "visits_per_week", "visits per week", names, every / run.setting.weeks
    if operation:
        k = names.index(operation)
        yield "operations", "operations", [operation], every[[k]]
        yield "operations_year_1", "operations", [operation], year[[k]]
        yield "operations_per_week", "operations per week", [operation], every[[k]] / run.setting.weeks
        moments, labels = _moments(run, dates)
        for moment, label in zip(moments[:-1], labels[:-1], strict=True):
            by_then = started_before(run, moment)[[k]]
            yield "operations" + label.replace("_on:", "_to:"), "operations", [operation], by_then


def _patients(run: Run, dates: Sequence[Day]) -> Numbers:
    """Own patients by how they ended, arrivals, and those handed to another provider."""
    for end, count in zip(OWN_ENDS, ends(run)[run.own_groups].sum(axis=0), strict=True):
        yield f"patients_{end}", "patients", [""], [count]
    p, own = run.patients, run.own_patients
    new = own & (p["source"] == SOURCES.index("arrivals"))
    yield "arrived", "patients", [""], [np.sum(new & inside_horizon(run, p["arrived_s"]))]
    yield "bought", "patients", [""], [np.sum(own & inside_horizon(run, p["elsewhere_s"]))]


def _capacity(run: Run, dates: Sequence[Day]) -> Numbers:
    """Capacity over the horizon, and beds."""
    names, sums = resource_names(run.setting), totals(run)
    for amount, units in AMOUNTS.items():
        for unit in units:
            mine = [k for k, resource in enumerate(run.setting.resources) if resource.unit == unit]
            yield amount, unit, [names[k] for k in mine], sums[amount][mine]
    yield "utilisation_share", "share", names, sums["utilisation"]
    yield "booked_share", "share", names, sums["booked_share"]
    _, shares = losses(run)
    for k, cause in enumerate(run.setting.causes):
        yield f"lost_share:{cause}", "share", names, shares[:, k]
    places, occupied = beds_at_six(run)
    beds = [cause in {f"missing:{place}" for place in places} for cause in run.setting.causes]
    yield "lack_of_bed_share", "share", names, shares[:, beds].sum(axis=1)
    yield "beds_at_0600_mean", "places", places, occupied.mean(axis=1)


def _moments(run: Run, dates: Sequence[Day]) -> tuple[np.ndarray, list[str]]:
    """The dates' ends and the horizon's end, with the labels of measures then."""
    moments = day_ends(run.setting, dates)
    labels = [f"_on:{_date(run, moment)}" for moment in moments]
    return np.append(moments, run.end_s), [*labels, "_end"]


def _date(run: Run, moment: int) -> date:
    """The date of the day that ends at the moment."""
    return run.setting.start + timedelta(days=int(moment) // DAY_S - 1)
