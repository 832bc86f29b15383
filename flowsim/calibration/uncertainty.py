"""Input uncertainty: parameter sets that histories like this one could have given instead (parametric bootstrap).

Replication r of a run with input uncertainty takes set 1 + (r mod number of sets).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flowsim.calibration.candidates import Candidate, fitted, maximum_likelihood
from flowsim.calibration.describe import lag1
from flowsim.calibration.evidence import Evidence
from flowsim.calibration.mean_model import MeanModel, dispersion, quasi_poisson
from flowsim.calibration.residuals import RHOS, pearson
from flowsim.calibration.simulate import histories, law_of

Floats = NDArray[np.float64]
SETS = 200
Sets = dict[str, tuple[float, ...]]
"""Parameter -> its value in each set: level (a week, at the history's end), trend_per_year, variance_to_mean, cv and
lag1 (where luck is a law), and `season <ISO weeks>` or the holiday's name: factors."""


def parameter_sets(evidence: Evidence, luck: dict[str, Any], sets: int, seed: int) -> Sets:
    """So many parameter sets of one resource; season and terms as chosen, their sizes refitted in each."""
    model, series = evidence.model, evidence.series
    y = histories(evidence, luck, sets, seed, "uncertainty")
    coefficients, mean = quasi_poisson(model.design, y)
    phi = dispersion(y, mean, model.design.shape[1])
    models = [replace(model, coefficients=b, phi=float(d)) for b, d in zip(coefficients, phi, strict=True)]
    found: dict[str, Floats] = {"level": np.array([one.level()[0] for one in models]), "variance_to_mean": phi}
    if "trend" in model.terms:
        found["trend_per_year"] = np.array([one.trend_per_year for one in models])
    found |= _factors(models, model)
    if (law := law_of(evidence, luck)) is not None:
        found["cv"] = _cvs(law, y, model.design, evidence)
        found["lag1"] = _lag1s(evidence, luck, lag1(pearson(y, mean), series.number))
    return {name: tuple(float(f"{v:.6g}") for v in values) for name, values in found.items()}


def _factors(models: list[MeanModel], model: MeanModel) -> dict[str, Floats]:
    """Holiday factors, and a season's factor for every run of ISO weeks alike."""
    names = [name for name in model.terms if name in model.holidays]
    found = {name: np.array([one.factor(name) for one in models]) for name in names}
    seasons = np.array([one.season() for one in models])
    found |= {f"season {weeks}": seasons[:, first] for weeks, first in model.season_runs()}
    return found


def _cvs(law: Candidate, y: Floats, design: Floats, evidence: Evidence) -> Floats:
    """CV of an average week, refitted."""
    at, _ = maximum_likelihood(law, np.floor(evidence.series.y + 0.5)[None, :], design)
    refitted, _ = maximum_likelihood(law, y, design, start=at, gain=1e-3)
    mean, theta = fitted(law, refitted, design)
    return np.array([law.cv(float(one), float(m.mean())) for one, m in zip(theta[:, 0], mean, strict=True)])


def _lag1s(evidence: Evidence, luck: dict[str, Any], seen: Floats) -> Floats:
    """The latent rho of each set, by the same matching; 0 in all where history's was not kept, as given if given."""
    averages, lag = evidence.autocorrelation.simulated, float(luck["lag1"])
    if lag != round(evidence.autocorrelation.kept, 3) or not averages or lag == 0:
        return np.full(len(seen), lag)
    return np.interp(seen, averages, RHOS)
