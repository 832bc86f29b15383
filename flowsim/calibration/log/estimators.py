"""Estimators of an event log: which number is unbiased, with its 95 % interval.

Each stands beside the tempting one that is not: mean of used capacity, only the full weeks, leavers' own waits, stays
begun and finished inside the window, second visits done over first visits done. Tests show by how much those miss.
Source: flowsim's calibration notes, section 7 (bias and coverage over 200 logs of a clinic whose truth is known).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Z = 1.959964


@dataclass(frozen=True)
class Estimate:
    """A value, its 95 % interval, and how many observations it rests on."""

    value: float
    low: float
    high: float
    n: int

    def holds(self, truth: float) -> bool:
        """Whether the truth lies inside, to rounding."""
        return self.low - 1e-9 <= truth <= self.high + 1e-9


def mean(weekly: Floats) -> Estimate:
    """Mean of weeks, with the standard error of their own spread."""
    half = Z * float(weekly.std(ddof=1)) / np.sqrt(len(weekly))
    return Estimate(float(weekly.mean()), float(weekly.mean()) - half, float(weekly.mean()) + half, len(weekly))


def dispersion(phi: float, free: int) -> Estimate:
    """Variance over mean, by chi-square with `free` degrees of freedom."""
    from scipy.special import chdtri

    return Estimate(phi, phi * free / float(chdtri(free, 0.025)), phi * free / float(chdtri(free, 0.975)), free + 1)


def share(k: int, n: int) -> Estimate:
    """K of n, by Wilson's interval."""
    return share_of(k / n if n else 0.0, n)


def share_of(p: float, n: int) -> Estimate:
    """A share found in n, by Wilson's interval."""
    if n == 0:
        return Estimate(0.0, 0.0, 1.0, 0)
    z2 = Z * Z
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * np.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Estimate(p, max(float(centre - half), 0.0), min(float(centre + half), 1.0), n)


def rate(events: int, time: float) -> Estimate:
    """Events over time at risk, exact Poisson interval; unit: one over that of `time`."""
    from scipy.special import gammaincinv

    time = max(time, 1e-9)
    low = float(gammaincinv(events, 0.025)) if events else 0.0
    return Estimate(events / time, low / time, float(gammaincinv(events + 1, 0.975)) / time, events)


def leaving(entered: Floats, left: Floats, gave_up: Bools, window_start: float) -> Estimate:
    """Leavers over person-time at risk: from entry, or the window's start if later; served and open are censored."""
    begin = np.maximum(entered, window_start)
    inside = left > begin
    return rate(int((gave_up & inside).sum()), float((left - begin)[inside].sum()))


def kaplan_meier(begin: Floats, end: Floats, done: Bools, window_start: float) -> tuple[Floats, Floats]:
    """(durations at which some ended, share that lasts longer): those inside at the window's start enter late.

    `begin`, `end`: moments; `end` of an open one is the window's end, with `done` false.
    """
    inside = end > window_start
    entry, exit_ = np.maximum(window_start - begin, 0.0)[inside], (end - begin)[inside]
    over = done[inside]
    times = np.unique(exit_[over])
    ends = np.searchsorted(np.sort(exit_[over]), times, side="right")
    deaths = np.diff(np.append(0, ends))
    risk = np.searchsorted(np.sort(entry), times, side="left") - np.searchsorted(np.sort(exit_), times, side="left")
    risk = np.maximum(risk, deaths) + (times == 0) * (entry == 0).sum()
    return times, np.cumprod(1 - deaths / np.maximum(risk, 1))


def mean_duration(times: Floats, survival: Floats) -> float:
    """Area under a survival curve, up to its last time."""
    steps = np.diff(np.append(0.0, times))
    return float((steps * np.append(1.0, survival[:-1])).sum())


def shares_at_most(seen: Floats, at_most: Bools, values: Floats, rounds: int = 200) -> list[Estimate]:
    """Shares of ascending values, where some observations say only "at most this" (self-consistency, Turnbull 1976)."""
    allowed = np.where(at_most[:, None], values <= seen[:, None] + 1e-9, np.abs(values - seen[:, None]) < 1e-9)
    allowed = allowed[allowed.any(axis=1)]
    shares = np.full(len(values), 1 / len(values))
    for _ in range(rounds):
        weight = allowed * shares
        shares = (weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-300)).mean(axis=0)
    known = np.maximum((allowed & (allowed.sum(axis=1, keepdims=True) == 1)).sum(), 1)
    return [share_of(float(one), len(allowed) if not at_most.any() else int(known)) for one in shares]
