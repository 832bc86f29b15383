"""Courses of chance: many histories' weekly uniforms at once, each week following the one before by rho."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from flowsim import chance

Floats = NDArray[np.float64]


def courses(seed: int, stream: str, number: NDArray[np.int64], rho: float, samples: int) -> Floats:
    """(samples, weeks) of uniforms whose normal scores have autocorrelation rho**(weeks apart)."""
    from scipy.special import ndtr, ndtri

    u = chance.uniform(seed, 0, stream, np.arange(samples * len(number))).reshape(samples, -1)
    if rho <= 0:
        return u
    z = np.asarray(ndtri(u))
    keeps = rho ** np.diff(number)
    for k, keep in enumerate(keeps, start=1):
        z[:, k] = keep * z[:, k - 1] + np.sqrt(1 - keep**2) * z[:, k]
    return np.clip(np.asarray(ndtr(z)), 2.0**-53, 1 - 2.0**-53)
