"""Who waits when: visits by step and spells by span, as columns of equal length. Days, NaN for what never came.

A visit waits from first joining its queue to its final start: missed and cancelled bookings in between are part of the
same wait. A spell of a span begins with the decision, the referral or a step's joining, and ends with the span's last
step's start, or with the patient's leaving (also to another provider).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flowsim.measures.counting import patient_time
from flowsim.measures.runs import Run, step_names
from flowsim.tables import OUTCOMES, SOURCES

NO_SHOW, CANCELLED = OUTCOMES.index("no_show"), OUTCOMES.index("cancelled")
DONE, OPEN, ELSEWHERE = OUTCOMES.index("done"), OUTCOMES.index("open"), OUTCOMES.index("elsewhere")


@dataclass(frozen=True)
class Visits:
    """Every visit with its own clinic once: the row of its final outcome."""

    patient: np.ndarray
    group: np.ndarray
    step: np.ndarray
    outcome: np.ndarray
    queued: np.ndarray
    started: np.ndarray
    """NaN unless the visit itself began."""
    finished: np.ndarray

    @property
    def left_queue(self) -> np.ndarray:
        """When it stopped waiting: it began, or was given up."""
        return np.where(np.isnan(self.started), self.finished, self.started)


@dataclass(frozen=True)
class Spells:
    """Every spell of a span."""

    patient: np.ndarray
    group: np.ndarray
    clock: np.ndarray
    """From when the wait is counted; before the run for many of the queue at start."""
    enter: np.ndarray
    """The clock, or the entry to the run if that is later."""
    leave: np.ndarray
    started: np.ndarray
    """Start of the span's last step; NaN unless that ended the spell."""
    bought: np.ndarray
    """Day of treatment by another provider; NaN unless leaving to it ended the spell."""


def visits(run: Run, background: bool = False) -> Visits:
    """Visits with the own clinic; of other departments' patients only if `background`."""
    return run.once(("visits", background), lambda: _visits(run, background))


def spells(run: Run, begins: str, to: str) -> Spells:
    """Spells from `begins` (decision, referral or a step joined) to the start of `to`, own patients only.

    Those in a bed or due at the run's start were treated before it: a decision or referral of theirs from before the
    run opens no spell. Several joinings before one start are one spell, from the first.
    """
    return run.once(("spells", begins, to), lambda: _spells(run, visits(run), begins, to))


def _visits(run: Run, background: bool) -> Visits:
    """See `visits`."""
    c = run.contacts
    keep = (c["outcome"] != NO_SHOW) & (c["outcome"] != CANCELLED) & (c["provider"] == 0)
    if not background and run.setting.background:
        keep &= run.own_groups[c["group"]]
    rows = np.flatnonzero(keep)
    outcome = c["outcome"][rows]
    began = (outcome == DONE) | (outcome == OPEN)
    return Visits(
        patient=c["patient"][rows],
        group=c["group"][rows],
        step=c["step"][rows],
        outcome=outcome,
        queued=c["queued_day"][rows],
        started=np.where(began, c["started_day"][rows], np.nan),
        finished=c["finished_day"][rows],
    )


def _spells(run: Run, own: Visits, begins: str, to: str) -> Spells:
    """See `spells`."""
    patient, clock = _beginnings(run, own, begins)
    order = np.argsort(patient_time(patient, clock), kind="stable")
    patient, clock = patient[order], clock[order]
    event_patient, event_day, event_started = _endings(run, own, to)
    place = _next(event_patient, event_day, patient, clock)
    fresh = np.ones(len(patient), dtype=bool)
    fresh[1:] = (place[1:] != place[:-1]) | (patient[1:] != patient[:-1])
    patient, clock, place = patient[fresh], clock[fresh], place[fresh]
    found = _has(event_patient, place, patient)
    day, began = np.full(len(patient), np.nan), np.zeros(len(patient), dtype=bool)
    day[found], began[found] = event_day[place[found]], event_started[place[found]]
    leave = np.fmin(day, run.patients["end_day"][patient])
    met = found & (day == leave)
    return Spells(
        patient=patient,
        group=run.patients["group"][patient],
        clock=clock,
        enter=np.maximum(clock, run.patients["arrived_day"][patient]),
        leave=leave,
        started=np.where(met & began, leave, np.nan),
        bought=_bought(run, patient, np.where(met & ~began, leave, np.nan)),
    )


def _beginnings(run: Run, own: Visits, begins: str) -> tuple[np.ndarray, np.ndarray]:
    """Patient and clock of every moment that may open a spell."""
    if begins not in ("decision", "referral"):
        rows = np.flatnonzero(own.step == step_names(run.setting).index(begins))
        return own.patient[rows], own.queued[rows]
    p = run.patients
    clock = p[f"{begins}_day"]
    new = (p["source"] == SOURCES.index("arrivals")) | (p["source"] == SOURCES.index("queue"))
    who = np.flatnonzero(run.own_patients & ~np.isnan(clock) & (new | (clock >= p["arrived_day"])))
    return who, clock[who]


def _endings(run: Run, own: Visits, to: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Starts of `to` and departures to other providers, sorted by patient and day: patient, day, was it a start."""
    rows = np.flatnonzero((own.step == step_names(run.setting).index(to)) & ~np.isnan(own.started))
    away = np.flatnonzero(~np.isnan(run.patients["elsewhere_day"]))
    patient = np.concatenate([own.patient[rows], away])
    day = np.concatenate([own.started[rows], run.patients["elsewhere_day"][away]])
    order = np.argsort(patient_time(patient, day), kind="stable")
    return patient[order], day[order], (np.arange(len(patient)) < len(rows))[order]


def _bought(run: Run, patient: np.ndarray, handed_over: np.ndarray) -> np.ndarray:
    """Day the other provider had treated those handed over."""
    c = run.contacts
    rows = np.flatnonzero((c["provider"] != 0) & ((c["outcome"] == DONE) | (c["outcome"] == ELSEWHERE)))
    who, day = c["patient"][rows], c["finished_day"][rows]
    ready = np.flatnonzero(~np.isnan(day))
    order = ready[np.argsort(patient_time(who[ready], day[ready]), kind="stable")]
    who, day = who[order], day[order]
    out, asked = np.full(len(patient), np.nan), np.flatnonzero(~np.isnan(handed_over))
    place = _next(who, day, patient[asked], handed_over[asked])
    found = _has(who, place, patient[asked])
    out[asked[found]] = day[place[found]]
    return out


def _next(patient: np.ndarray, day: np.ndarray, asked: np.ndarray, since: np.ndarray) -> np.ndarray:
    """Position in the sorted events of the first one at or after (asked patient, since)."""
    return np.searchsorted(patient_time(patient, day), patient_time(asked, since), side="left")


def _has(patient: np.ndarray, place: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Whether the event at that position is the asked patient's."""
    if not len(patient):
        return np.zeros(len(asked), dtype=bool)
    return (place < len(patient)) & (patient[np.minimum(place, len(patient) - 1)] == asked)
