"""The mean model: what each week of a history was expected to give, by level, trend, holidays and season.

mu_w = exp(a + b t + season_w + holidays_w), fitted as quasi-Poisson by iteratively reweighted least squares; terms
are chosen by BIC of the negative binomial with variance proportional to the mean (NB1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flowsim.calibration import terms as t
from flowsim.calibration.candidates import NEGATIVE_BINOMIAL, maximum_likelihood
from flowsim.calibration.red_days import HOLIDAYS
from flowsim.calibration.series import YEAR_WEEKS, Series

Floats = NDArray[np.float64]
WORTH = 2.0
"""A term is kept if it lowers BIC by at least this."""


@dataclass(frozen=True)
class MeanModel:
    """A fitted mean: its terms, coefficients (a column of ones first), weekly means, and dispersion phi."""

    terms: tuple[str, ...]
    coefficients: Floats
    design: Floats
    mean: Floats
    phi: float
    tried: tuple[tuple[str, float], ...]
    """(terms, BIC) of every model tried."""
    at: dict[str, slice]
    """Term -> its coefficients."""
    last_year: float
    """Years from the first week to the last."""

    @property
    def trend_per_year(self) -> float:
        """Change a year as a share (-0.08 is 8 % less); 0 without a trend."""
        return float(np.expm1(self.coefficients[self.at["trend"]][0])) if "trend" in self.at else 0.0

    def factor(self, holiday: str) -> float:
        """The factor of a holiday week, 1 if it is no term."""
        return float(np.exp(self.coefficients[self.at[holiday]][0])) if holiday in self.at else 1.0

    def season(self) -> Floats:
        """The factors of ISO weeks 1 to 52 in order, mean 1."""
        factors = np.exp(sum((c @ self.coefficients[self.at[n]] for n, c in self._season().items()), np.zeros(52)))
        return np.asarray(factors / factors.mean())

    @property
    def holidays(self) -> tuple[str, ...]:
        """Its terms that are about single days."""
        return tuple(name for name in self.terms if name in HOLIDAYS)

    def season_runs(self) -> list[tuple[str, int]]:
        """(ISO weeks such as 26-32, first of them counted from 0) of equal factors; empty without a season."""
        factors = [round(float(f), 4) for f in self.season()]
        if len(set(factors)) == 1:
            return []
        begins = [w for w in range(52) if factors[w] != factors[w - 1]]
        ends = [*(b - 1 for b in begins[1:]), begins[0] - 1 if begins[0] else 51]
        runs = [(b + 1, e % 52 + 1) for b, e in zip(begins, ends, strict=True)]
        return [(f"{b}-{e}" if b != e else str(b), b - 1) for b, e in runs]

    def level(self) -> tuple[float, float]:
        """(an average week's number at the end of the history, its relative standard error with independent weeks).

        Averaged over the 52 weeks of a year by season; holiday weeks and closures come on top.
        """
        factors, row = self.season(), np.zeros(len(self.coefficients))
        row[0] = 1.0
        if "trend" in self.at:
            row[self.at["trend"]] = self.last_year
        at_one = np.exp(row @ self.coefficients)
        plain = np.exp(sum((c @ self.coefficients[self.at[n]] for n, c in self._season().items()), np.zeros(52)))
        for name, column in self._season().items():
            row[self.at[name]] = factors @ column / factors.sum()
        covariance = np.linalg.inv((self.design.T * self.mean) @ self.design) * self.phi
        return float(at_one * plain.mean()), float(np.sqrt(row @ covariance @ row))

    def _season(self) -> dict[str, Floats]:
        return t.season_columns(self.terms)


def fit_mean(series: Series) -> MeanModel:
    """The mean model of a series, its terms chosen stage by stage (`terms.alternatives`)."""
    n = len(series.y)
    kept: t.Terms = ()
    best = bic(series.y, t.columns(kept, n))
    tried = [("level", best)]
    for stage in t.STAGES:
        designs = [kept + more for more in t.alternatives(stage, series, kept)]
        found = [(bic(series.y, x), one) for one in designs if _independent(x := t.columns(one, n))]
        tried += [(" + ".join(("level", *(term.name for term in one))), value) for value, one in found]
        if found and min(value for value, _ in found) <= best - WORTH:
            best, kept = min(found, key=lambda one: one[0])
    return _model(series, kept, tuple(tried))


def with_terms(series: Series, names: tuple[str, ...]) -> MeanModel:
    """The mean model of a series on terms chosen elsewhere."""
    return _model(series, t.named(names, series), ())


def _independent(design: Floats) -> bool:
    """No column is a sum of others."""
    return bool(np.linalg.matrix_rank(design) == design.shape[1])


def _model(series: Series, kept: t.Terms, tried: tuple[tuple[str, float], ...]) -> MeanModel:
    x, at, k = t.columns(kept, len(series.y)), {}, 1
    for term in kept:
        at[term.name] = slice(k, k + term.columns.shape[1])
        k += term.columns.shape[1]
    coefficients, mean = quasi_poisson(x, series.y[None, :])
    return MeanModel(
        terms=tuple(term.name for term in kept),
        coefficients=coefficients[0],
        design=x,
        mean=mean[0],
        phi=float(dispersion(series.y[None, :], mean, k)[0]),
        tried=tried,
        at=at,
        last_year=float((series.number[-1] - series.number[0]) / YEAR_WEEKS),
    )


def quasi_poisson(x: Floats, y: Floats, rounds: int = 30, offset: Floats | float = 0.0) -> tuple[Floats, Floats]:
    """(coefficients, means) of each row of `y` (samples, weeks) on the design `x` (weeks, terms), with a log link.

    `offset`: what is known of each week's log mean beforehand.
    """
    coefficients = np.zeros((len(y), x.shape[1]))
    coefficients[:, 0] = np.log(np.maximum(y.mean(axis=1), 1e-9))
    for _ in range(rounds):
        mean = np.exp(np.clip(coefficients @ x.T + offset, -30, 30))
        weighted = np.einsum("bn,ni,nj->bij", mean, x, x, optimize=True) + 1e-9 * np.eye(x.shape[1])
        step = np.linalg.solve(weighted, ((y - mean) @ x)[:, :, None])[:, :, 0]
        coefficients = coefficients + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    return coefficients, np.exp(np.clip(coefficients @ x.T + offset, -30, 30))


def dispersion(y: Floats, mean: Floats, parameters: int) -> Floats:
    """The dispersion phi = sum (y - mu)^2 / mu / (n - p) of each row."""
    return np.asarray(((y - mean) ** 2 / mean).sum(axis=1) / (y.shape[1] - parameters))


def bic(y: Floats, x: Floats) -> float:
    """BIC of the NB1 with means on the design `x`."""
    _, value = maximum_likelihood(NEGATIVE_BINOMIAL, np.floor(y + 0.5)[None, :], x)
    return float(-2 * value[0] + (x.shape[1] + 1) * np.log(len(y)))
