"""Evidence: all that one series says of itself, before anything is chosen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flowsim.calibration.breaks import FEWEST_WEEKS, Spell
from flowsim.calibration.choice import LawFit, fit_laws
from flowsim.calibration.episodes import Stability, stability
from flowsim.calibration.mean_model import MeanModel, fit_mean
from flowsim.calibration.residuals import Autocorrelation, Dispersion, autocorrelation, dispersion_test
from flowsim.calibration.series import Series
from flowsim.sheets.table import refused


@dataclass(frozen=True)
class Without:
    """What remains when the spells found are left out: the choice is the user's."""

    weeks: int
    variance_to_mean: float
    poisson_p: float
    lag1: float
    lag1_p: float


@dataclass(frozen=True)
class Evidence:
    """A series, its mean model, and what chance added: dispersion, autocorrelation, candidate laws."""

    series: Series
    model: MeanModel
    dispersion: Dispersion
    autocorrelation: Autocorrelation
    fits: tuple[LawFit, ...]
    stability: Stability
    without: Without | None
    """None if no spell was found."""

    @property
    def mean(self) -> float:
        """Mean expected week of the history."""
        return float(self.model.mean.mean())


def evidence_of(series: Series, samples: int, seed: int) -> Evidence:
    """Fits and tests everything, each test with so many bootstrap samples. InputError if there is nothing but zeros."""
    if not series.y.any():
        raise refused("history", series.resource, "There is nothing but zeros.")
    model = fit_mean(series)
    found = stability(series, model, seed)
    return Evidence(
        series,
        model,
        dispersion_test(series, model, samples, seed),
        autocorrelation(series, model, samples, seed),
        fit_laws(series, model, samples, seed),
        found,
        _without(series, found.spells, samples, seed),
    )


def _without(series: Series, spells: tuple[Spell, ...], samples: int, seed: int) -> Without | None:
    """Dispersion and autocorrelation with all spells left out, holiday weeks inside them too."""
    if not spells:
        return None
    labels = [series.label(k) for k in range(len(series.y))]
    kept = np.array([not any(one.first <= label <= one.last for one in spells) for label in labels])
    if kept.sum() < FEWEST_WEEKS:
        return None
    calm = series.part(kept)
    model = fit_mean(calm)
    spread, follows = dispersion_test(calm, model, samples, seed), autocorrelation(calm, model, samples, seed)
    return Without(int(kept.sum()), spread.variance_to_mean, spread.poisson_p, follows.kept, follows.p)
