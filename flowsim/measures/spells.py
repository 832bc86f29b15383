"""Who waits when: visits by step and spells by span, as columns of equal length. Seconds, NEVER for what never came.

A visit waits from first joining its queue to its final start: missed and cancelled bookings in between are part of the
same wait. A spell of a span begins with the decision, the referral or a step's joining, and ends with the span's last
step's start, or with the patient's leaving (also to another provider).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from flowsim.measures.columns import Columns
from flowsim.measures.counting import LATER, or_later, patient_time
from flowsim.measures.runs import Run, step_names
from flowsim.tables import NEVER, OUTCOMES, SOURCES

NO_SHOW, CANCELLED = OUTCOMES.index("no_show"), OUTCOMES.index("cancelled")
DONE, OPEN, ELSEWHERE = OUTCOMES.index("done"), OUTCOMES.index("open"), OUTCOMES.index("elsewhere")


class Visits:
    """Every visit with its own clinic once: the row of its final outcome. Columns are made when asked for."""

    def __init__(self, contacts: Columns, rows: np.ndarray | slice) -> None:
        self._contacts, self._rows = contacts, rows

    @cached_property
    def patient(self) -> np.ndarray:
        """Number of the patient."""
        return self._of("patient")

    @cached_property
    def group(self) -> np.ndarray:
        """Code of the patient's group."""
        return self._of("group")

    @cached_property
    def step(self) -> np.ndarray:
        """Code of the step."""
        return self._of("step")

    @cached_property
    def outcome(self) -> np.ndarray:
        """Code of how it ended."""
        return self._of("outcome")

    @cached_property
    def queued(self) -> np.ndarray:
        """When it first joined the queue."""
        return self._of("queued_s")

    @cached_property
    def started(self) -> np.ndarray:
        """NEVER unless the visit itself began."""
        began = (self.outcome == DONE) | (self.outcome == OPEN)
        return np.where(began, self._of("started_s"), np.int32(NEVER))

    @cached_property
    def finished(self) -> np.ndarray:
        """When it ended or was given up."""
        return self._of("finished_s")

    @cached_property
    def left_queue(self) -> np.ndarray:
        """When it stopped waiting: it began, or was given up; `LATER` where neither."""
        return or_later(np.where(self.started == NEVER, self.finished, self.started))

    def _of(self, name: str) -> np.ndarray:
        return self._contacts[name][self._rows]


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
    """`LATER` where the spell goes on."""
    started: np.ndarray
    """Start of the span's last step; NEVER unless that ended the spell."""
    bought: np.ndarray
    """Treatment by another provider; NEVER unless leaving to it ended the spell."""


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
    return Visits(c, slice(None) if keep.all() else np.flatnonzero(keep))


def _spells(run: Run, own: Visits, begins: str, to: str) -> Spells:
    """See `spells`."""
    patient, clock = _beginnings(run, own, begins)
    order = np.argsort(patient_time(patient, clock), kind="stable")
    patient, clock = patient[order], clock[order]
    event_patient, event_time, event_started = _endings(run, own, to)
    place = _next(event_patient, event_time, patient, clock)
    fresh = np.ones(len(patient), dtype=bool)
    fresh[1:] = (place[1:] != place[:-1]) | (patient[1:] != patient[:-1])
    patient, clock, place = patient[fresh], clock[fresh], place[fresh]
    found = _has(event_patient, place, patient)
    ended, began = np.full(len(patient), LATER, dtype=np.int64), np.zeros(len(patient), dtype=bool)
    ended[found], began[found] = event_time[place[found]], event_started[place[found]]
    leave = np.minimum(ended, or_later(run.patients["end_s"][patient]))
    met = found & (ended == leave)
    return Spells(
        patient=patient,
        group=run.patients["group"][patient],
        clock=clock,
        enter=np.maximum(clock, run.patients["arrived_s"][patient]),
        leave=leave,
        started=np.where(met & began, leave, NEVER),
        bought=_bought(run, patient, np.where(met & ~began, leave, NEVER)),
    )


def _beginnings(run: Run, own: Visits, begins: str) -> tuple[np.ndarray, np.ndarray]:
    """Patient and clock of every moment that may open a spell."""
    if begins not in ("decision", "referral"):
        rows = np.flatnonzero(own.step == step_names(run.setting).index(begins))
        return own.patient[rows], own.queued[rows]
    p = run.patients
    clock = p[f"{begins}_s"]
    new = (p["source"] == SOURCES.index("arrivals")) | (p["source"] == SOURCES.index("queue"))
    who = np.flatnonzero(run.own_patients & (clock != NEVER) & (new | (clock >= p["arrived_s"])))
    return who, clock[who]


def _endings(run: Run, own: Visits, to: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Starts of `to` and departures to other providers, sorted by patient and time: patient, when, was it a start."""
    rows = np.flatnonzero((own.step == step_names(run.setting).index(to)) & (own.started != NEVER))
    handed_over = run.patients["elsewhere_s"]
    away = np.flatnonzero(handed_over != NEVER)
    patient = np.concatenate([own.patient[rows], away])
    when = np.concatenate([own.started[rows], handed_over[away]])
    order = np.argsort(patient_time(patient, when), kind="stable")
    return patient[order], when[order], (np.arange(len(patient)) < len(rows))[order]


def _bought(run: Run, patient: np.ndarray, handed_over: np.ndarray) -> np.ndarray:
    """When the other provider had treated those handed over."""
    c = run.contacts
    rows = np.flatnonzero((c["provider"] != 0) & ((c["outcome"] == DONE) | (c["outcome"] == ELSEWHERE)))
    who, when = c["patient"][rows], c["finished_s"][rows]
    ready = np.flatnonzero(when != NEVER)
    order = ready[np.argsort(patient_time(who[ready], when[ready]), kind="stable")]
    who, when = who[order], when[order]
    out, asked = np.full(len(patient), NEVER, dtype=np.int64), np.flatnonzero(handed_over != NEVER)
    place = _next(who, when, patient[asked], handed_over[asked])
    found = _has(who, place, patient[asked])
    out[asked[found]] = when[place[found]]
    return out


def _next(patient: np.ndarray, when: np.ndarray, asked: np.ndarray, since: np.ndarray) -> np.ndarray:
    """Position in the sorted events of the first one at or after (asked patient, since)."""
    return np.searchsorted(patient_time(patient, when), patient_time(asked, since), side="left")


def _has(patient: np.ndarray, place: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Whether the event at that position is the asked patient's."""
    if not len(patient):
        return np.zeros(len(asked), dtype=bool)
    return (place < len(patient)) & (patient[np.minimum(place, len(patient) - 1)] == asked)
