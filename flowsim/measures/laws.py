"""What must always hold of a run, counted from its rows: Little's law on the sample path, and nobody lost.

Not estimates: each gap is 0 but for rounding, in every run.
"""

from __future__ import annotations

import numpy as np

from flowsim.frames import pd
from flowsim.measures.counting import events_before, or_later, seconds_inside, total_by
from flowsim.measures.queues import step_queues
from flowsim.measures.runs import Run, Source, cells, collect, week_ends, whole_weeks
from flowsim.tables import DAY_S, ENDED, WEEK_S

INSIDE = ENDED.index("inside")


def littles_law(results: Source) -> pd.DataFrame:
    """L = lambda W over the reported horizon, by step that needs a resource, all patients.

    L is the area under the queue's curve, event by event, over the horizon's length; lambda all who waited at some
    time of the horizon (those waiting at its start too) per day; W their mean wait inside it (cut at both ends).
    Columns: scenario, replication, step, mean_queue, joined_per_day, mean_wait_days, gap (L - lambda W).
    Source: Little (1961), in the sample path form of Stidham (1974).
    """

    def measure(run: Run) -> pd.DataFrame:
        waiting = step_queues(run, "step", background=True)
        codes, end = len(waiting.names), run.end_s
        present = np.flatnonzero((waiting.code < codes) & (waiting.enter < end) & (waiting.leave >= 0))
        code, enter, leave = waiting.code[present], waiting.enter[present], waiting.leave[present]
        count = np.bincount(code, minlength=codes)
        days = total_by(code, codes, seconds_inside(0, end, enter, leave)) / DAY_S
        wait = np.divide(days, count, out=np.zeros(codes), where=count > 0)
        mean = np.array([_area(enter[code == k], leave[code == k], end) for k in range(codes)]) / end
        per_day = count / run.end
        gap = mean - per_day * wait
        axes = {"step": waiting.names}
        return cells(run, axes, mean_queue=mean, joined_per_day=per_day, mean_wait_days=wait, gap=gap)

    return collect(results, measure)


def conservation(results: Source) -> pd.DataFrame:
    """In = out + inside, per group and week; other departments' groups too.

    `ended` counts patients by how they ended, `inside` those without a day of ending: a patient lost between the two
    shows as a gap. Columns: scenario, replication, group, week, before (inside at the week's start), arrived, ended,
    inside (at its end), gap (before + arrived - ended - inside).
    """

    def measure(run: Run) -> pd.DataFrame:
        p, groups = run.patients, len(run.setting.groups)
        ends = week_ends(run.setting)
        edges = np.concatenate([ends[:1] - WEEK_S, ends])
        group = p["group"].astype(np.int64)
        over = np.flatnonzero(p["ended"] != INSIDE)
        arrived, left = p["arrived_s"], p["end_s"]
        gone = np.maximum(left, arrived)[over]
        arrived = events_before(edges, group, groups, arrived)
        ended = events_before(edges, group[over], groups, gone)
        inside = arrived - events_before(edges, group, groups, or_later(left))
        counts = {"before": inside[:, :-1], "arrived": np.diff(arrived), "ended": np.diff(ended)}
        gap = counts["before"] + counts["arrived"] - counts["ended"] - inside[:, 1:]
        axes = {"group": run.setting.groups, "week": [*whole_weeks(run.setting)]}
        return cells(run, axes, **counts, inside=inside[:, 1:], gap=gap)

    return collect(results, measure)


def _area(enter: np.ndarray, leave: np.ndarray, end: int) -> float:
    """Area under the number inside, between 0 and `end`: each stretch between two events times the number in it."""
    moments = np.concatenate([np.clip(enter, 0, end), np.clip(leave, 0, end)]).astype(np.int64)
    change = np.concatenate([np.ones(len(enter), np.int64), -np.ones(len(leave), np.int64)])
    order = np.argsort(moments, kind="stable")
    moments, inside = moments[order], np.cumsum(change[order])
    return float(np.sum(inside[:-1] * np.diff(moments)))
