"""A two-step clinic whose truth is known, as an event log: what the estimators of a log are tried on.

Arrivals negative binomial (D 1.3), 30 a week; a clinic of 34 slots (CV 0.48, lag 0.25), load about 0.9; six of ten
go on to a theatre of 15.5 slots (CV 0.28) whose queue grows, and leave it at 0.28 a year.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flowsim import chance

PER_WEEK, RATIO, SLOTS, CV, LAG1 = 30.0, 1.3, 34.0, 0.48, 0.25
GOES_ON, THEATRE, THEATRE_CV, LEAVING = 0.6, 15.5, 0.28, 0.28
BEFORE = 60
"""Weeks the clinic had been open when the log begins."""


@dataclass(frozen=True)
class Log:
    """Moments in weeks since the log's begin (earlier: negative), NaN where there is none; one row a referral."""

    weeks: int
    queued: np.ndarray
    seen: np.ndarray
    goes_on: np.ndarray
    second_queued: np.ndarray
    operated: np.ndarray
    left: np.ndarray
    used: np.ndarray
    full: np.ndarray


def made_log(seed: int, weeks: int = 156) -> Log:
    """One history of the clinic."""
    number = np.arange(-BEFORE, weeks)
    counts = chance.counts(chance.uniform(seed, 0, "arrivals", number), PER_WEEK, RATIO)
    queued = moments(seed, "arrival", number, counts)
    slots = moments(seed, "slot", number, weekly(seed, "clinic", number, SLOTS, CV, LAG1))
    seen = first_come(queued, slots)
    u = chance.uniform(seed, 0, "routes", np.arange(len(queued)))
    goes = (u < GOES_ON) & ~np.isnan(seen)
    patience = -np.log(chance.uniform(seed, 0, "patience", np.arange(len(queued)))) * 52.18 / LEAVING
    starting = np.sort(-BEFORE - 20 * chance.uniform(seed, 0, "backlog", np.arange(300)))
    theatre = moments(seed, "op", number, weekly(seed, "theatre", number, THEATRE, THEATRE_CV, 0.0))
    second = np.where(goes, seen, np.nan)
    operated, left = np.full(len(queued), np.nan), np.full(len(queued), np.nan)
    order = np.flatnonzero(goes)[np.argsort(seen[goes])]
    k = len(starting)
    for i in order:
        while k < len(theatre) and theatre[k] < second[i]:
            k += 1
        if second[i] + patience[i] < (theatre[k] if k < len(theatre) else weeks):
            left[i] = second[i] + patience[i]
        elif k < len(theatre):
            operated[i] = theatre[k]
            k += 1
    used, full = weeks_of(queued, seen, weeks)
    return Log(weeks, queued, seen, goes, second, operated, left, used, full)


def weekly(seed: int, name: str, number: np.ndarray, mean: float, cv: float, lag1: float) -> np.ndarray:
    luck = chance.weekly_luck({"law": "lognormal", "cv": cv, "lag1": lag1}, seed, 0, name, number)
    return np.floor(mean * luck + chance.uniform(seed, 0, f"round:{name}", number)).astype(int)


def moments(seed: int, name: str, number: np.ndarray, counts: np.ndarray) -> np.ndarray:
    week = np.repeat(number, counts)
    return np.sort(week + chance.uniform(seed, 0, name, np.arange(len(week))))


def first_come(queued: np.ndarray, slots: np.ndarray) -> np.ndarray:
    """When each is seen; a slot without anybody waiting is lost."""
    seen, k = np.full(len(queued), np.nan), 0
    for i, moment in enumerate(queued):
        while k < len(slots) and slots[k] < moment:
            k += 1
        if k == len(slots):
            break
        seen[i] = slots[k]
        k += 1
    return seen


def weeks_of(queued: np.ndarray, seen: np.ndarray, weeks: int) -> tuple[np.ndarray, np.ndarray]:
    """(used, whether the queue never touched zero) of each week of the log."""
    moment = np.concatenate([queued, seen[~np.isnan(seen)]])
    step = np.concatenate([np.ones(len(queued)), -np.ones((~np.isnan(seen)).sum())])
    order = np.argsort(moment, kind="stable")
    waiting, moment = np.cumsum(step[order]), moment[order]
    full = np.ones(weeks, dtype=bool)
    full[np.unique(np.floor(moment[(waiting == 0) & (moment >= 0) & (moment < weeks)]).astype(int))] = False
    return np.histogram(seen, np.arange(weeks + 1))[0].astype(float), full
