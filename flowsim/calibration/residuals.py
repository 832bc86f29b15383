"""What the mean model leaves: is it more than Poisson chance, and does one week say something about the next?

Both are tested by parametric bootstrap: histories are drawn from the model, the mean is refitted in every one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flowsim import chance
from flowsim.calibration.courses import courses
from flowsim.calibration.describe import lag1
from flowsim.calibration.mean_model import MeanModel, dispersion, quasi_poisson
from flowsim.calibration.series import Series

Floats = NDArray[np.float64]
RHOS = tuple(k / 10 for k in range(7))
KEEP = 0.10
"""Autocorrelation is kept if no autocorrelation at all is less likely than this."""


@dataclass(frozen=True)
class Dispersion:
    """phi around the mean model, and how often Poisson alone gives as much."""

    variance_to_mean: float
    poisson_p: float


@dataclass(frozen=True)
class Autocorrelation:
    """r1 of Pearson residuals; the latent rho that gives it on average; how often rho 0 gives as much."""

    residual_lag1: float
    latent: float
    p: float
    simulated: tuple[float, ...] = ()
    """Mean r1 of simulated histories for each rho of `RHOS`."""

    @property
    def kept(self) -> float:
        """The latent rho if it is beyond chance, else 0."""
        return self.latent if self.p < KEEP else 0.0


def dispersion_test(series: Series, model: MeanModel, samples: int, seed: int) -> Dispersion:
    """Is the variance around the mean more than Poisson's? p = (1 + as many or more) / (samples + 1)."""
    u = chance.uniform(seed, 0, f"poisson:{series.resource}", np.arange(samples * len(series.y)))
    drawn = chance.counts(u.reshape(samples, -1), model.mean).astype(float)
    _, means = quasi_poisson(model.design, drawn)
    found = dispersion(drawn, means, model.design.shape[1])
    return Dispersion(model.phi, float((1 + (found >= model.phi).sum()) / (samples + 1)))


def autocorrelation(series: Series, model: MeanModel, samples: int, seed: int) -> Autocorrelation:
    """The latent rho by matching: the rho whose simulated, refitted histories have the r1 seen, on average.

    This undoes the smallness of the sample and the thinning where luck drives a count. Below 26 weeks, and where every
    week is as expected: 0.
    """
    seen = float(lag1(pearson(series.y[None, :], model.mean), series.number)[0])
    if len(series.y) < 26 or np.ptp(series.y / model.mean) < 1e-9:
        return Autocorrelation(seen, 0.0, 1.0)
    simulated = [_simulated_lag1(series, model, rho, samples, seed) for rho in RHOS]
    averages = np.maximum.accumulate([float(r.mean()) for r in simulated])
    p = float((1 + (simulated[0] >= seen).sum()) / (samples + 1))
    return Autocorrelation(seen, float(np.interp(seen, averages, RHOS)), p, tuple(float(r) for r in averages))


def pearson(y: Floats, mean: Floats) -> Floats:
    """(y - mu) / sqrt(mu)."""
    return np.asarray((y - mean) / np.sqrt(mean))


def _simulated_lag1(series: Series, model: MeanModel, rho: float, samples: int, seed: int) -> Floats:
    """r1 of histories drawn with this rho, mean refitted."""
    u = courses(seed, f"lag1:{series.resource}", series.number, rho, samples)
    drawn = chance.counts(u, model.mean, max(model.phi, 1.0)).astype(float)
    _, means = quasi_poisson(model.design, drawn)
    return lag1(pearson(drawn, means), series.number)
