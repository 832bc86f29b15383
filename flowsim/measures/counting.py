"""How many are inside at given moments, and for how long: arithmetic on intervals [enter, leave) in days.

A moment t stands just before what happens at t: inside are those who entered before t and have not left before t.
NaN in `leave` means never left.
"""

from __future__ import annotations

import numpy as np

DAY_S = 86_400.0
_APART = 2**34
"""Seconds that keep two patients' times apart when both are put in one number (544 years)."""


def inside_at(moments: np.ndarray, code: np.ndarray, codes: int, enter: np.ndarray, leave: np.ndarray) -> np.ndarray:
    """Count of intervals holding each moment, by code: an integer array (codes, moments); moments ascending."""
    return events_before(moments, code, codes, enter) - events_before(moments, code, codes, leave)


def events_before(moments: np.ndarray, code: np.ndarray, codes: int, day: np.ndarray) -> np.ndarray:
    """Count of events strictly before each moment, by code: (codes, moments). NaN never happens."""
    width = len(moments) + 1
    first = np.searchsorted(moments, day, side="right")
    counts = np.bincount(code * np.int64(width) + first, minlength=codes * width).reshape(codes, width)
    return counts[:, :-1].cumsum(axis=1)


def days_inside(start: float, end: float, enter: np.ndarray, leave: np.ndarray) -> np.ndarray:
    """Days each interval lies within [start, end)."""
    stop = np.fmin(leave, end)
    return np.maximum(stop - np.maximum(enter, start), 0.0)


def total_by(code: np.ndarray, codes: int, value: np.ndarray) -> np.ndarray:
    """Sum of values by code."""
    return np.bincount(code, weights=value, minlength=codes)


def patient_time(patient: np.ndarray, day: np.ndarray) -> np.ndarray:
    """One whole number that sorts by patient, then by second."""
    return patient.astype(np.int64) * _APART + np.rint(day * DAY_S).astype(np.int64) + _APART // 2


def merged(
    patient: np.ndarray, enter: np.ndarray, leave: np.ndarray, end: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The union of each patient's intervals as (patient, enter, leave), none touching another.

    Times after `end` count as `end` + 1 day; whole seconds.
    """
    start, stop = patient_time(patient, enter), patient_time(patient, np.fmin(leave, end + 1.0))
    order = np.argsort(start, kind="stable")
    start, reached = start[order], np.maximum.accumulate(stop[order])
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = start[1:] > reached[:-1]
    first = np.flatnonzero(fresh)
    last = np.append(first[1:], len(order)) - 1 if len(order) else first
    who = patient[order][first].astype(np.int64)
    base = who * _APART + _APART // 2
    return who, (start[first] - base) / DAY_S, (reached[last] - base) / DAY_S
