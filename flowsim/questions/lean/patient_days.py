"""The second ledger: every day of every patient, from the referral to the end, lies in exactly one cell.

At each moment the first of these that holds: rework (the queue, visit and bed of a contact done again), waiting inside
a step (a bed held for a film, the gap after a no-show or a late cancellation), more bed-days than the group's target,
touch (a visit or a stay), transport in the house, needed rest (the planned time before a step declared so), else
stock: between steps with nothing done, the queue. Only days inside the reported horizon; other departments' patients
are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from flowsim.costs.kpp import Run, each_run
from flowsim.costs.uses import codes
from flowsim.frames import pd
from flowsim.questions.lean.declared import Declared
from flowsim.questions.lean.staff_hours import RUN, repeated_rows
from flowsim.tables import OUTCOMES, Results, StepInfo

DAY_CELLS = ("rework", "waiting", "overwork", "touch", "transport", "rest", "stock")
"""Cells of patient-days, the first to hold first."""
DAY_WASTES = ("rework", "transport", "stock", "overwork", "waiting")
_DONE, _OPEN = OUTCOMES.index("done"), OUTCOMES.index("open")
_MISSED = (OUTCOMES.index("no_show"), OUTCOMES.index("cancelled"))
_SECOND = 1 / 86_400
_DAY_S = 86_400


@dataclass(frozen=True)
class Spans:
    """Times of patients, [begin, end), each with a cell's number."""

    patient: np.ndarray
    begin: np.ndarray
    end: np.ndarray
    cell: np.ndarray


def patient_days(results: Results, said: Declared) -> pd.DataFrame:
    """Patient-days by cell; the cells add up to `all`.

    Columns: scenario, replication, cell (`DAY_CELLS`, then all), days.
    """
    lines: list[list[object]] = []
    for run in each_run(results):
        patients = results.patients
        mine = patients[(patients["scenario"] == run.scenario) & (patients["replication"] == run.replication)]
        inside = _presence(mine, run)
        days = by_cell(inside, list(_marked(run, said)), run.setting.end_day)
        for cell, amount in zip((*DAY_CELLS, "all"), [*days, float((inside.end - inside.begin).sum())], strict=True):
            lines.append([run.scenario, run.replication, cell, amount])
    return pd.DataFrame(lines, columns=[*RUN, "cell", "days"])


def by_cell(inside: Spans, marked: list[Spans], end: float) -> np.ndarray:
    """Days of each cell: at every moment the lowest-numbered cell that is marked, the last where none is.

    `inside`: each patient's time once; marks outside it count for nothing. Whole seconds.
    """
    parts = [inside, *marked]
    begin = np.concatenate([np.clip(part.begin, 0, end) for part in parts])
    stop = np.concatenate([np.clip(part.end, 0, end) for part in parts])
    patient = np.concatenate([part.patient for part in parts]).astype(np.int64)
    cell = np.concatenate([np.full(len(inside.patient), len(DAY_CELLS) - 1), *(part.cell for part in marked)])
    there = np.concatenate(
        [np.ones(len(inside.patient), bool), *(np.zeros(len(part.patient), bool) for part in marked)]
    )
    good = stop > begin
    seconds = np.rint(np.concatenate([begin[good], stop[good]]) * _DAY_S).astype(np.int64)
    who, what = np.tile(patient[good], 2), np.tile(cell[good], 2)
    sign = np.repeat(np.array([1, -1], dtype=np.int32), good.sum())
    order = np.lexsort((seconds, who))
    seconds, who, what, sign = seconds[order], who[order], what[order], sign[order]
    present = np.cumsum(sign * np.tile(there[good], 2)[order]) > 0
    length = np.append(np.where(who[1:] == who[:-1], np.diff(seconds), 0), 0) * present
    out = np.zeros(len(DAY_CELLS))
    left = length > 0
    for k in range(len(DAY_CELLS)):
        holds = left & (np.cumsum(sign * (what == k)) > 0)
        out[k] = length[holds].sum() / _DAY_S
        left &= ~holds
    return out


def _presence(patients: pd.DataFrame, run: Run) -> Spans:
    """Each own patient's time in the pathway, inside the horizon."""
    own = ~patients["group"].isin(run.setting.background).to_numpy()
    begin, end = patients["arrived_day"].to_numpy()[own], patients["end_day"].to_numpy()[own]
    end = np.where(np.isnan(end), run.setting.end_day, end)
    begin, end = np.clip(begin, 0, run.setting.end_day), np.clip(end, 0, run.setting.end_day)
    number = patients["patient"].to_numpy()[own]
    good = end > begin
    whole = [np.rint(side[good] * _DAY_S) / _DAY_S for side in (begin, end)]
    return Spans(number[good], whole[0], whole[1], np.zeros(int(good.sum()), dtype=np.int64))


@dataclass(frozen=True)
class _Contacts:
    """A run's contacts as arrays, with what is declared of their step."""

    run: Run
    said: Declared
    patient: np.ndarray
    step: np.ndarray
    outcome: np.ndarray
    queued: np.ndarray
    started: np.ndarray
    finished: np.ndarray
    again: np.ndarray

    def spans(self, rows: np.ndarray, begin: np.ndarray, end: np.ndarray, cell: str) -> Spans:
        """Times of some rows in one cell."""
        return Spans(self.patient[rows], begin, end, np.full(len(rows), DAY_CELLS.index(cell), dtype=np.int64))


def _marked(run: Run, said: Declared) -> Iterator[Spans]:
    """All that is not stock."""
    own = run.contacts[~run.contacts["group"].isin(run.setting.background)]
    horizon = run.setting.end_day
    c = _Contacts(
        run=run,
        said=said,
        patient=own["patient"].to_numpy(dtype=np.int64),
        step=codes(own["step"], [info.name for info in run.setting.steps]),
        outcome=codes(own["outcome"], OUTCOMES),
        queued=own["queued_day"].to_numpy(),
        started=own["started_day"].to_numpy(),
        finished=np.where(np.isnan(own["finished_day"]), horizon, own["finished_day"]),
        again=repeated_rows(Run(run.scenario, run.replication, run.setting, own, run.capacity), said),
    )
    took = ((c.outcome == _DONE) | (c.outcome == _OPEN)) & ~np.isnan(c.started)
    rows = np.flatnonzero(c.again)
    yield c.spans(rows, c.queued[rows], _touched_until(c, rows), "rework")
    yield _after_missing(c)
    rows = np.flatnonzero(took)
    yield c.spans(rows, c.started[rows], _touched_until(c, rows), "touch")
    for number, info in enumerate(run.setting.steps):
        yield from _of_step(c, number, info, np.flatnonzero(took & (c.step == number)))


def _touched_until(c: _Contacts, rows: np.ndarray) -> np.ndarray:
    """The visit's end; of a visit without length its planned one, that of a slot."""
    minutes = np.zeros(len(c.run.setting.steps))
    kinds = {resource.name: resource.kind for resource in c.run.setting.resources}
    for k, info in enumerate(c.run.setting.steps):
        if info.lead and kinds[info.lead] == "slots":
            minutes[k] = c.said.hours_per_slot(info.lead) / 24
    planned = np.where(np.isnan(c.started[rows]), c.finished[rows], c.started[rows] + minutes[c.step[rows]])
    return np.asarray(
        np.where(c.finished[rows] > c.started[rows], c.finished[rows], np.fmax(planned, c.finished[rows]))
    )


def _after_missing(c: _Contacts) -> Spans:
    """From a no-show or a late cancellation to the visit's next booking that begins, or to its being given up."""
    key = np.stack([c.patient, c.step])
    follows = np.append((key[:, 1:] == key[:, :-1]).all(axis=0) & (c.queued[1:] == c.queued[:-1]), False)
    missed = np.isin(c.outcome, _MISSED) & follows
    rows = np.flatnonzero(missed)
    begin = np.where(np.isnan(c.finished[rows]), c.started[rows], c.finished[rows])
    after = np.where(np.isnan(c.started[rows + 1]), c.finished[rows + 1], c.started[rows + 1])
    return c.spans(rows, begin, after, "waiting")


def _of_step(c: _Contacts, number: int, info: StepInfo, rows: np.ndarray) -> Iterator[Spans]:
    """What is declared of a step: rest and transport before it; a stay held for a side step or beyond the target."""
    declared = c.said.step(info.stay_of or info.name)
    if declared.needed_rest and not info.stay_of:
        mine = np.flatnonzero(c.step == number)
        yield c.spans(mine, _contact_before(c, mine), c.queued[mine], "rest")
    if declared.transport_minutes and not info.stay_of:
        yield c.spans(rows, c.started[rows] - declared.transport_minutes / 1440, c.started[rows], "transport")
    if info.stay_of and len(rows):
        held = _held_since(c, info, rows)
        yield c.spans(rows, held, c.finished[rows], "waiting")
        target = _targets(c, rows)
        yield c.spans(rows, np.fmin(c.started[rows] + target, held), held, "overwork")


def _contact_before(c: _Contacts, rows: np.ndarray) -> np.ndarray:
    """The end of the patient's last contact before each row's joining; the joining where there is none."""
    far = 2.0**20
    ended = np.sort((c.patient * far + c.finished)[~np.isnan(c.finished)])
    place = np.searchsorted(ended, c.patient[rows] * far + c.queued[rows] - _SECOND / 2) - 1
    before = ended[np.maximum(place, 0)] - c.patient[rows] * far
    return np.where((place >= 0) & (before > -far / 2), before, c.queued[rows])


def _held_since(c: _Contacts, info: StepInfo, rows: np.ndarray) -> np.ndarray:
    """When a stay that ended with its last side step could have ended: the last time of discharge before; else its end.

    Stays in nights only; a stay held for more than a day counts its last day.
    """
    end = c.finished[rows]
    times = c.said.discharge_days.get(info.name)
    sides = c.said.side_steps.get(info.name, ())
    if times is None or not sides:
        return end
    usual, same_day = times
    admitted, day = np.floor(c.started[rows]), np.floor(end)
    first = np.where(day > admitted, day + usual, day + same_day)
    earlier = np.where(day - 1 > admitted, day - 1 + usual, np.where(day > admitted, admitted + same_day, end))
    ready = np.where(first < end - _SECOND, first, np.fmin(earlier, end))
    by_rule = np.abs(first - end) <= _SECOND
    here = by_rule | (c.outcome[rows] != _DONE)
    return np.asarray(np.where(here, end, np.fmax(ready, c.started[rows])))


def _targets(c: _Contacts, rows: np.ndarray) -> np.ndarray:
    """Each row's target bed-days; endless where none is declared."""
    groups = np.asarray(c.run.setting.groups)
    named = c.run.contacts["group"]
    by_patient = dict(zip(c.run.contacts["patient"].to_numpy(), named.astype(str), strict=True))
    target = {group: c.said.file.target_nights.get(str(group), np.inf) for group in groups}
    return np.array([target[by_patient[number]] for number in c.patient[rows]], dtype=float)
