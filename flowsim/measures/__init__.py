"""What happened, measured: tables.Results in, a new tidy frame out; nothing is changed and nothing is kept.

Every frame begins with scenario and replication. Units stand in the column names or the docstring: patients, days,
slots, server-hours, place-days. Warm-up is left out; weeks cut by the horizon are not shown.
"""

from __future__ import annotations

from collections.abc import Callable

from flowsim.frames import pd
from flowsim.measures.capacity import (
    bed_occupancy,
    capacity_by_week,
    lost_by_week,
    lost_share,
    mean_occupancy,
    utilisation,
)
from flowsim.measures.headline import summary
from flowsim.measures.laws import conservation, littles_law
from flowsim.measures.patients import patients_by_end, routes, throughput
from flowsim.measures.queues import every_week, mean_queue, over_limit, queue_length, queue_on, queue_sum, span_queue
from flowsim.measures.runs import Run, Source, prepare
from flowsim.measures.waits import wait_histogram, waiting_time, within_guarantee, within_guarantee_by_week
from flowsim.tables import Results

MEASURES: dict[str, Callable[[Source], pd.DataFrame]] = {
    "queue_length": queue_length,
    "span_queue": span_queue,
    "queue_sum": queue_sum,
    "every_week": every_week,
    "mean_queue": mean_queue,
    "over_limit": over_limit,
    "waiting_time": waiting_time,
    "wait_histogram": wait_histogram,
    "within_guarantee": within_guarantee,
    "within_guarantee_by_week": within_guarantee_by_week,
    "throughput": throughput,
    "patients_by_end": patients_by_end,
    "routes": routes,
    "capacity_by_week": capacity_by_week,
    "lost_by_week": lost_by_week,
    "utilisation": utilisation,
    "lost_share": lost_share,
    "bed_occupancy": bed_occupancy,
    "mean_occupancy": mean_occupancy,
    "littles_law": littles_law,
    "conservation": conservation,
    "summary": summary,
}
"""Every measure by the name of its table."""


def every_measure(results: Source) -> dict[str, pd.DataFrame]:
    """All measures with their defaults, by name."""
    shared = prepare(results) if isinstance(results, Results) else results
    return {name: measure(shared) for name, measure in MEASURES.items()}


__all__ = [
    "MEASURES",
    "Run",
    "Source",
    "bed_occupancy",
    "capacity_by_week",
    "conservation",
    "every_measure",
    "every_week",
    "littles_law",
    "lost_by_week",
    "lost_share",
    "mean_occupancy",
    "mean_queue",
    "over_limit",
    "patients_by_end",
    "prepare",
    "queue_length",
    "queue_on",
    "queue_sum",
    "routes",
    "span_queue",
    "summary",
    "throughput",
    "utilisation",
    "wait_histogram",
    "waiting_time",
    "within_guarantee",
    "within_guarantee_by_week",
]
