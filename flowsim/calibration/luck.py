"""Luck as the scenario language writes it: from the chosen law, or from history's own weeks where no law fits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flowsim.calibration.choice import LawFit, choose
from flowsim.calibration.mean_model import MeanModel
from flowsim.calibration.production_plan import production_plan
from flowsim.calibration.residuals import Dispersion
from flowsim.calibration.series import Series

Floats = NDArray[np.float64]
FEWEST_TO_BOOTSTRAP = 40
BLOCK_WEEKS = 4
CONTINUOUS = ("lognormal", "gamma", "weibull", "normal")
KINDS = ("auto", *CONTINUOUS, "bootstrap", "classes")


def cv_at(level: float, mean: float, variance_to_mean: float) -> float:
    """CV of a week at another size than the history's: a shared part and a counting part.

    CV^2 = 1 / level + (phi - 1) / mean: neither the CV nor phi carries over unchanged. phi 1.29 at 29.8 a week is
    CV 0.21 there and 0.29 at 13.8.
    """
    return math.sqrt(1 / level + max(variance_to_mean - 1, 0.0) / mean)


def luck_of(
    kind: str,
    series: Series,
    model: MeanModel,
    fits: tuple[LawFit, ...],
    spread: Dispersion,
    lag1: float,
    level: float | None,
) -> tuple[dict[str, Any], list[str]]:
    """(luck for the scenario, what was assumed).

    `kind`: one of `KINDS`; `level`: the resource's size a week if it is not the history's.
    """
    if kind == "auto":
        kind, words = _chosen(fits, len(series.y))
    else:
        words = [f"luck from {kind}: asked for"]
    if kind == "bootstrap":
        return {"law": "bootstrap", "values": ordinary_ratios(series, model), "block_weeks": BLOCK_WEEKS}, words
    if kind == "classes":
        return {"law": "classes", "classes": _classes(series, model)}, words
    own = next(fit.cv for fit in fits if fit.law == kind)
    if level is not None:
        words.append(f"CV carried over to {level:.4g} a week: shared part kept, counting part new")
        own = cv_at(level, float(model.mean.mean()), spread.variance_to_mean)
    return {"law": kind, "cv": round(own, 4), "lag1": round(lag1, 3)}, words


def ordinary_ratios(series: Series, model: MeanModel) -> list[float]:
    """Week over expected week, mean 1, in order, of the weeks in no season class and no holiday week."""
    special = [name for name in model.terms if name != "trend" and not name.startswith("harmonics")]
    ordinary = ~np.any([model.design[:, model.at[name]].any(axis=1) for name in special], axis=0) if special else ...
    ratios = (series.y / model.mean)[ordinary]
    return [round(float(r), 5) for r in ratios / ratios.mean()]


def _chosen(fits: tuple[LawFit, ...], weeks: int) -> tuple[str, list[str]]:
    """The kind of luck that history asks for."""
    fit = choose(fits)
    if fit is None and weeks >= FEWEST_TO_BOOTSTRAP:
        return "bootstrap", ["no law fits these weeks: luck is drawn from them, four weeks at a time"]
    if fit is None:
        return "classes", ["no law fits these weeks, and they are few: luck is low, mid or high"]
    if fit.law in CONTINUOUS:
        return fit.law, []
    return "gamma", [f"gamma stands in for the {fit.law.replace('_', ' ')}: capacity is no whole number"]


def _classes(series: Series, model: MeanModel) -> dict[str, dict[str, float]]:
    """Low, mid and high weeks as shares and factors with mean 1; no transition is claimed."""
    ratios = series.y / model.mean
    plan = [one for one in production_plan(ratios * 1000) if one.weeks]
    mean = sum(one.target * one.weeks for one in plan) / len(ratios)
    shares = [round(one.weeks / len(ratios), 6) for one in plan]
    shares[-1] = round(1 - sum(shares[:-1]), 6)
    return {
        one.name: {"share": share, "factor": round(one.target / mean, 5)}
        for one, share in zip(plan, shares, strict=True)
    }
