"""How many are inside at given moments, and for how long: arithmetic on intervals [enter, leave) in whole seconds.

A moment t stands just before what happens at t: inside are those who entered before t and have not left before t.
`LATER` in `leave` means never left.
"""

from __future__ import annotations

import numpy as np

from flowsim.tables import NEVER

LATER = 2**31 - 1
"""A second after every other: of what never comes."""
_APART = 2**34
"""Seconds that keep two patients' times apart when both are put in one number (544 years)."""


def or_later(seconds: np.ndarray) -> np.ndarray:
    """The same with `LATER` for `NEVER`: what never came is still to come."""
    return np.where(seconds == NEVER, seconds.dtype.type(LATER), seconds)


def inside_at(moments: np.ndarray, code: np.ndarray, codes: int, enter: np.ndarray, leave: np.ndarray) -> np.ndarray:
    """Count of intervals holding each moment, by code: an integer array (codes, moments); moments ascending."""
    return events_before(moments, code, codes, enter) - events_before(moments, code, codes, leave)


def events_before(moments: np.ndarray, code: np.ndarray, codes: int, second: np.ndarray) -> np.ndarray:
    """Count of events strictly before each moment, by code: (codes, moments)."""
    width = len(moments) + 1
    counts = np.bincount(code * np.int64(width) + _passed(moments, second), minlength=codes * width)
    return counts.reshape(codes, width)[:, :-1].cumsum(axis=1)


def _passed(moments: np.ndarray, second: np.ndarray) -> np.ndarray:
    """How many of the moments are at or before each second; by division where they are equally far apart."""
    apart = np.diff(moments)
    if len(moments) < 3 or (apart != apart[0]).any():
        return np.searchsorted(moments, second, side="right")
    begin = int(moments[0] - apart[0])
    place = np.clip(second, begin, int(moments[-1]))
    place -= begin
    place //= int(apart[0])
    return place


def seconds_inside(start: int, end: int, enter: np.ndarray, leave: np.ndarray) -> np.ndarray:
    """Seconds each interval lies within [start, end)."""
    return np.maximum(np.minimum(leave, end) - np.maximum(enter, start), 0)


def total_by(code: np.ndarray, codes: int, value: np.ndarray) -> np.ndarray:
    """Sum of values by code."""
    return np.bincount(code, weights=value, minlength=codes)


def patient_time(patient: np.ndarray, second: np.ndarray) -> np.ndarray:
    """One whole number that sorts by patient, then by second."""
    number = patient.astype(np.int64)
    number *= _APART
    number += second
    number += _APART // 2
    return number


def merged(
    patient: np.ndarray, enter: np.ndarray, leave: np.ndarray, end: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The union of each patient's intervals as (patient, enter, leave), none touching another.

    Times after `end` count as a second after it.
    """
    start, stop = patient_time(patient, enter), patient_time(patient, np.minimum(leave, end + 1))
    order = np.argsort(start, kind="stable")
    start, reached = start[order], np.maximum.accumulate(stop[order])
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = start[1:] > reached[:-1]
    first = np.flatnonzero(fresh)
    last = np.append(first[1:], len(order)) - 1 if len(order) else first
    who = patient[order][first].astype(np.int64)
    base = who * _APART + _APART // 2
    return who, start[first] - base, reached[last] - base
