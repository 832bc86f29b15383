"""Patients and visits counted: how they ended, how many were served each week.

People who came in the warm-up count from the start of the horizon on; those who were gone by then do not.
"""

from __future__ import annotations

import numpy as np

from flowsim.frames import pd
from flowsim.measures.counting import or_later, patient_time
from flowsim.measures.runs import Run, Source, cells, collect, framed, step_names, week_place, whole_weeks
from flowsim.measures.spells import CANCELLED, DONE, NO_SHOW, visits
from flowsim.tables import ENDED, SOURCES, WEEK_S

OWN_ENDS = tuple(end for end in ENDED if end != "other")
YEAR_S = 52 * WEEK_S
"""The first year: 52 weeks."""


def patients_by_end(results: Source) -> pd.DataFrame:
    """Own patients who were in the pathway at some time of the horizon, by group and how they ended.

    The counts add up to those inside at its start plus those who arrived. Other departments' groups are left out.
    Columns: scenario, replication, group, ended (treated, discharged, left, elsewhere, died, inside), patients.
    """

    def measure(run: Run) -> pd.DataFrame:
        counts = ends(run)[run.own_groups]
        own = [group for group in run.setting.groups if group not in run.setting.background]
        return cells(run, {"group": own, "ended": OWN_ENDS}, patients=counts)

    return collect(results, measure)


def throughput(results: Source, *, background: bool = False) -> pd.DataFrame:
    """Visits done with the own clinic, by step and week: by the week they started in and the week they finished in.

    An operation belongs to the week it started. `background` counts other departments' patients too.
    Columns: scenario, replication, step, week, started, finished.
    """

    def measure(run: Run) -> pd.DataFrame:
        own, weeks = visits(run, background), [*whole_weeks(run.setting)]
        names = step_names(run.setting)
        done = own.outcome == DONE
        counts = {}
        for column, when in (("started", own.started), ("finished", own.finished)):
            place = week_place(run.setting, when)
            rows = np.flatnonzero(done & (place >= 0))
            code = own.step[rows] * np.int64(len(weeks)) + place[rows]
            counts[column] = np.bincount(code, minlength=len(names) * len(weeks)).reshape(len(names), len(weeks))
        return cells(run, {"step": names, "week": weeks}, **counts)

    return collect(results, measure)


def routes(results: Source) -> pd.DataFrame:
    """Own patients going from one step to the next within the horizon; a stay belongs to the step before it.

    From `start` (newly arrived) or a step, to the step joined next or the way it ended (inside: still there). Steps
    side by side count in the order of joining. Only ways somebody went are listed: what is not listed is 0.
    Columns: scenario, replication, from_step, to_step, patients.
    """

    def measure(run: Run) -> pd.DataFrame:
        places = ("start", *step_names(run.setting), *ENDED)
        legs, counts = np.unique(_legs(run), return_counts=True)
        ways = {"from_step": legs // len(places), "to_step": legs % len(places)}
        data = {name: pd.Categorical.from_codes(codes, list(places)) for name, codes in ways.items()}
        return framed(run, data | {"patients": counts})

    return collect(results, measure)


def started_before(run: Run, second: int) -> np.ndarray:
    """Own patients' visits that were done and started in the horizon before a moment, by step."""
    own = visits(run)
    rows = np.flatnonzero((own.outcome == DONE) & (own.started >= 0) & (own.started < min(second, run.end_s)))
    return np.bincount(own.step[rows], minlength=len(run.setting.steps))


def ends(run: Run) -> np.ndarray:
    """Patients present at some time of the horizon, by group code and end code (`other` left out)."""
    p = run.patients
    present = np.flatnonzero((p["arrived_s"] < run.end_s) & (or_later(p["end_s"]) >= 0) & (p["ended"] < len(OWN_ENDS)))
    code = p["group"][present] * np.int64(len(OWN_ENDS)) + p["ended"][present]
    size = len(run.setting.groups)
    return np.bincount(code, minlength=size * len(OWN_ENDS)).reshape(size, len(OWN_ENDS))


def _legs(run: Run) -> np.ndarray:
    """Every leg of own patients' ways inside the horizon as one number: from * places + to (see `routes`)."""
    c, p, steps = run.contacts, run.patients, len(run.setting.steps)
    stay = np.array([bool(step.stay_of) for step in run.setting.steps], dtype=bool)
    keep = (c["outcome"] != NO_SHOW) & (c["outcome"] != CANCELLED) & ~stay[c["step"]] & run.own_patients[c["patient"]]
    rows = np.flatnonzero(keep)
    rows = rows[np.argsort(patient_time(c["patient"][rows], c["queued_s"][rows]), kind="stable")]
    patient, step = c["patient"][rows], c["step"][rows].astype(np.int64) + 1
    first = np.ones(len(rows), dtype=bool)
    first[1:] = patient[1:] != patient[:-1]
    last = np.append(first[1:], True)[: len(rows)]
    when = np.where(first, p["arrived_s"][patient], c["queued_s"][rows])
    new = p["source"][patient] == SOURCES.index("arrivals")
    joined = (when >= 0) & (when < run.end_s) & (~first | new)
    before = np.where(first, 0, np.roll(step, 1)) if len(rows) else step
    ended = (or_later(p["end_s"])[patient] >= 0) & last
    width = 1 + steps + len(ENDED)
    out = step * width + 1 + steps + p["ended"][patient]
    return np.concatenate([(before * width + step)[joined], out[ended]])
