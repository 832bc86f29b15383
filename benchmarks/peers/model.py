"""ortho4 in numbers, and the summary that every engine's visits go through. Time unit: day; all resources run 24/7.

    new patient -> triage (pure delay) -> first visit (doctor, by class) -> X-ray (by class)
    -> 70 % surgery, else discharged
    surgery: theatre (by class); after the operation the theatre stays blocked until a bed is free (first come,
    first served); the bed is held for the stay
    -> follow-up (doctor, below every first visit) -> 10 % back to X-ray, at most twice
    500 routine patients stand in the theatre's queue at the start.

Class 0 = urgent (20 %), 1 = routine; the smaller is served first, first come first served inside a class. A visit is
(stage, queued, started), written when it is over: stages 0 triage, 1 first visit, 2 X-ray, 3 theatre (over when the
bed is got), 4 ward (queued = operation done, started = bed), 5 follow-up.
"""

from __future__ import annotations

import math

import numpy as np

HORIZON = 156 * 7.0
RATE = 100 / 7.0
BACKLOG = 500
P_URGENT, P_SURGERY, P_BACK, MOST_LOOPS = 0.2, 0.7, 0.1, 2
CAPACITY = {"doctor": 5, "xray": 3, "theatre": 4, "ward": 38}
MEAN_CV = {
    "triage": (1.0, 0.5),
    "first_visit": (0.23, 0.5),
    "film": (0.18, 0.5),
    "surgery": (0.335, 0.4),
    "surgery_stay": (3.0, 0.6),
    "follow_up": (0.115, 0.5),
}
STAGES = tuple(MEAN_CV)


def _lognormal(mean: float, cv: float) -> tuple[float, float]:
    """Mu and sigma of a lognormal law with this mean and coefficient of variation."""
    variance = math.log(1 + cv * cv)
    return math.log(mean) - variance / 2, math.sqrt(variance)


LOGNORMAL = {stage: _lognormal(*law) for stage, law in MEAN_CV.items()}


def summary(stage: np.ndarray, queued: np.ndarray, started: np.ndarray, waiting: dict[str, float]) -> dict[str, float]:
    """Visits and mean wait (days) per stage; mean number waiting per resource, from patient-days of waiting."""
    out: dict[str, float] = {"visits": float(stage.size)}
    for code, name in enumerate(STAGES):
        mine = stage == code
        out[f"visits {name}"] = float(mine.sum())
        if name != "triage":
            out[f"wait {name}"] = float((started[mine] - queued[mine]).mean())
    return out | {f"queue {name}": days / HORIZON for name, days in waiting.items()}
