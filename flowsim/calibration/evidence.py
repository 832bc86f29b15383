"""Evidence: all that one series says of itself, before anything is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from flowsim.calibration.choice import LawFit, fit_laws
from flowsim.calibration.mean_model import MeanModel, fit_mean
from flowsim.calibration.residuals import Autocorrelation, Dispersion, autocorrelation, dispersion_test
from flowsim.calibration.series import Series
from flowsim.calibration.table import refused


@dataclass(frozen=True)
class Evidence:
    """A series, its mean model, and what chance added: dispersion, autocorrelation, candidate laws."""

    series: Series
    model: MeanModel
    dispersion: Dispersion
    autocorrelation: Autocorrelation
    fits: tuple[LawFit, ...]

    @property
    def mean(self) -> float:
        """Mean expected week of the history."""
        return float(self.model.mean.mean())


def evidence_of(series: Series, samples: int, seed: int) -> Evidence:
    """Fits and tests everything, each test with so many bootstrap samples. InputError if there is nothing but zeros."""
    if not series.y.any():
        raise refused("history", series.resource, "There is nothing but zeros.")
    model = fit_mean(series)
    return Evidence(
        series,
        model,
        dispersion_test(series, model, samples, seed),
        autocorrelation(series, model, samples, seed),
        fit_laws(series, model, samples, seed),
    )
