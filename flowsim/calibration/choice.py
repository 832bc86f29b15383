"""Which law a week's luck follows: every candidate fitted, tested, and one chosen.

Chosen: the lowest AIC among those that history does not contradict (p >= 0.05); within 2 of the best the one with
fewest parameters, then the order of the candidates. If none passes there is no law, and history itself is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flowsim import chance
from flowsim.calibration.candidates import (
    CANDIDATES,
    Candidate,
    drawn,
    fitted,
    maximum_likelihood,
    middle,
)
from flowsim.calibration.mean_model import MeanModel
from flowsim.calibration.series import Series

Floats = NDArray[np.float64]
PASSES = 0.05
TIED = 2.0


@dataclass(frozen=True)
class LawFit:
    """One candidate: AIC with means and spread fitted together, CV at an average week, and goodness of fit p."""

    law: str
    aic: float
    cv: float
    p: float
    parameters: int


def fit_laws(series: Series, model: MeanModel, samples: int, seed: int) -> tuple[LawFit, ...]:
    """All candidates on the model's terms; p by parametric bootstrap with refit, Anderson-Darling on the integers."""
    y = np.floor(series.y + 0.5)[None, :]
    return tuple(_fit(law, y, model.design, samples, seed, series.resource) for law in CANDIDATES)


def _fit(law: Candidate, y: Floats, design: Floats, samples: int, seed: int, name: str) -> LawFit:
    at, value = maximum_likelihood(law, y, design)
    mean, theta = fitted(law, at, design)
    seen = anderson_darling(middle(law, y, mean, theta))[0]
    u = chance.uniform(seed, 0, f"fit:{law.name}:{name}", np.arange(samples * y.shape[1])).reshape(samples, -1)
    again = drawn(law, u, np.broadcast_to(mean, u.shape), float(theta[0, 0]))
    refitted, _ = maximum_likelihood(law, again, design, start=at, gain=1e-3)
    simulated = anderson_darling(middle(law, again, *fitted(law, refitted, design)))
    return LawFit(
        law=law.name,
        aic=float(2 * at.shape[1] - 2 * value[0]),
        cv=law.cv(float(theta[0, 0]), float(mean.mean())),
        p=float((1 + (simulated >= seen).sum()) / (samples + 1)),
        parameters=at.shape[1],
    )


def anderson_darling(u: Floats) -> Floats:
    """A-squared of each row of would-be uniforms (samples, weeks)."""
    u = np.sort(u, axis=1)
    n = u.shape[1]
    odd = 2 * np.arange(1, n + 1) - 1
    return np.asarray(-n - (odd * (np.log(u) + np.log1p(-u[:, ::-1]))).sum(axis=1) / n)


def choose(fits: Sequence[LawFit]) -> LawFit | None:
    """The law to use; None if none fits."""
    passing = [fit for fit in fits if fit.p >= PASSES]
    if not passing:
        return None
    best = min(fit.aic for fit in passing)
    tied = [fit for fit in passing if fit.aic <= best + TIED]
    return min(tied, key=lambda fit: (fit.parameters, fits.index(fit)))
