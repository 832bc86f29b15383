"""Histories simulated from what was fitted: the same weeks, the same means, the luck that the calibration chose."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from flowsim import chance
from flowsim.calibration.candidates import CANDIDATES, Candidate, drawn, fitted, maximum_likelihood
from flowsim.calibration.courses import courses
from flowsim.calibration.evidence import Evidence

Floats = NDArray[np.float64]


def law_of(evidence: Evidence, luck: dict[str, Any]) -> Candidate | None:
    """The candidate behind a luck: where gamma stands in for a count law, that law; None for bootstrap and classes."""
    from flowsim.calibration.choice import choose

    name = str(luck["law"])
    if name in ("bootstrap", "classes"):
        return None
    best = choose(evidence.fits)
    if name == "gamma" and best is not None and best.law in ("poisson", "negative_binomial", "negative_binomial_2"):
        name = best.law
    return next(law for law in CANDIDATES if law.name == name)


def histories(evidence: Evidence, luck: dict[str, Any], samples: int, seed: int, what: str) -> Floats:
    """(samples, weeks) of whole numbers."""
    series, law = evidence.series, law_of(evidence, luck)
    stream = f"{what}:{series.resource}"
    if law is None:
        lucks = [chance.weekly_luck(luck, seed, k, stream, series.number) for k in range(samples)]
        return np.floor(np.stack(lucks) * evidence.model.mean + 0.5)
    lag1 = float(luck.get("lag1", 0.0))
    u = courses(seed, stream, series.number, lag1, samples)
    at, _ = maximum_likelihood(law, np.floor(series.y + 0.5)[None, :], evidence.model.design)
    mean, theta = fitted(law, at, evidence.model.design)
    return drawn(law, u, np.broadcast_to(mean, (samples, mean.shape[1])), float(theta[0, 0]))
