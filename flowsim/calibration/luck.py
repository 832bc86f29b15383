"""Luck as the scenario language writes it: from the chosen law, or from history's own weeks where no law fits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flowsim import chance
from flowsim.calibration.choice import PASSES, choose
from flowsim.calibration.evidence import Evidence
from flowsim.calibration.mean_model import MeanModel
from flowsim.calibration.production_plan import classes, production_plan
from flowsim.calibration.series import Series
from flowsim.sheets.table import refused

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
FEWEST_IN_ROW = 10
"""A class followed fewer times than this says nothing of what follows it."""
FEWEST_TO_BOOTSTRAP = 40
"""History is drawn from unasked if it has at least so many weeks."""
FEWEST_VALUES = 20
"""Fewer weeks than this are never written out one by one."""
BLOCK_WEEKS = 4
CONTINUOUS = ("lognormal", "gamma", "weibull", "normal")
KINDS = ("auto", *CONTINUOUS, "bootstrap", "classes")


def cv_at(level: float, mean: float, variance_to_mean: float) -> float:
    """CV of a week at another size than the history's: a shared part and a counting part.

    CV^2 = 1 / level + (phi - 1) / mean: neither the CV nor phi carries over unchanged. phi 1.29 at 29.8 a week is
    CV 0.21 there and 0.29 at 13.8.
    """
    return math.sqrt(1 / level + max(variance_to_mean - 1, 0.0) / mean)


@dataclass(frozen=True)
class Asked:
    """What the user decides instead of history: kind of luck (`KINDS`), lag1, and the resource's size a week."""

    kind: str = "auto"
    lag1: float | None = None
    level: float | None = None


def luck_of(evidence: Evidence, asked: Asked) -> tuple[dict[str, Any], list[str]]:
    """(luck for the scenario, what was assumed). InputError if there are too few weeks to draw from."""
    kind, cv, words = _chosen(evidence) if asked.kind == "auto" else _asked(evidence, asked.kind)
    if kind == "bootstrap":
        values = ordinary_ratios(evidence.series, evidence.model)
        if len(values) < FEWEST_VALUES:
            fewest = f"Fewer than {FEWEST_VALUES} ordinary weeks: too few to draw from, and each could be recognised."
            raise refused("history", evidence.series.resource, fewest)
        return {"law": "bootstrap", "values": values, "block_weeks": BLOCK_WEEKS}, words
    if kind == "classes":
        return {"law": "classes", **_classes(evidence.series, evidence.model)}, words
    if asked.level is not None:
        words.append(f"CV carried over to {asked.level:.4g} a week: shared part kept, counting part new")
        cv = cv_at(asked.level, evidence.mean, evidence.dispersion.variance_to_mean)
    return {"law": kind, "cv": round(cv, 4), "lag1": round(lag1_of(evidence, asked), 3)}, words


def lag1_of(evidence: Evidence, asked: Asked) -> float:
    """The autocorrelation asked for, else the one found."""
    return evidence.autocorrelation.kept if asked.lag1 is None else asked.lag1


def ordinary_ratios(series: Series, model: MeanModel) -> list[float]:
    """Week over expected week, mean 1, in order, of the weeks in no season class and no holiday week."""
    special = [name for name in model.terms if name != "trend" and not name.startswith("harmonics")]
    ordinary = ~np.any([model.design[:, model.at[name]].any(axis=1) for name in special], axis=0) if special else ...
    ratios = (series.y / model.mean)[ordinary]
    return [round(float(r), 5) for r in ratios / ratios.mean()]


def _chosen(evidence: Evidence) -> tuple[str, float, list[str]]:
    """(kind of luck, CV if it is a law, words): what history asks for."""
    fit = choose(evidence.fits)
    if fit is None and len(evidence.series.y) >= FEWEST_TO_BOOTSTRAP:
        return "bootstrap", 0.0, ["no law fits these weeks: luck is drawn from them, four weeks at a time"]
    if fit is None:
        return "classes", 0.0, ["no law fits these weeks, and they are few: luck is low, mid or high"]
    if fit.law in CONTINUOUS:
        return fit.law, fit.cv, []
    return "gamma", fit.cv, [f"gamma stands in for the {fit.law.replace('_', ' ')}: capacity is no whole number"]


def _asked(evidence: Evidence, kind: str) -> tuple[str, float, list[str]]:
    """(kind of luck, CV if it is a law, words): what the user asked for."""
    fit = next((fit for fit in evidence.fits if fit.law == kind), None)
    words = [f"luck from {kind}: asked for"]
    if fit and fit.p < PASSES:
        words = [f"luck from {kind}: asked for, though these weeks do not fit it (p {fit.p:.3f})"]
    return kind, fit.cv if fit else 0.0, words


def _classes(series: Series, model: MeanModel) -> dict[str, Any]:
    """Low, mid and high weeks as shares and factors with mean 1; transitions where history has them (`transitions`)."""
    ratios = series.y / model.mean
    plan = [one for one in production_plan(ratios * 1000) if one.weeks]
    mean = sum(one.target * one.weeks for one in plan) / len(ratios)
    shares = [round(one.weeks / len(ratios), 6) for one in plan]
    shares[-1] = round(1 - sum(shares[:-1]), 6)
    found: dict[str, Any] = {
        one.name: {"share": share, "factor": round(one.target / mean, 5)}
        for one, share in zip(plan, shares, strict=True)
    }
    kind, _ = classes(ratios * 1000)
    rows = following(np.unique(kind, return_inverse=True)[1], series.number)
    used = {"transition": _written(rows, list(found))} if rows is not None else {}
    return {"classes": found, **used}


def following(kind: Whole, number: Whole, samples: int = 999) -> Floats | None:
    """Transition probabilities of classes, or None: used if the order of weeks matters (p < 0.05) and rows are long.

    Chi-square of the table of neighbouring weeks against the same weeks shuffled; every row needs ten weeks.
    """
    table = _pairs(kind[None, :], number)[0]
    if (table.sum(axis=1) < FEWEST_IN_ROW).any() or permutation_p(kind, number, samples) >= PASSES:
        return None
    return np.asarray(table / table.sum(axis=1, keepdims=True))


def permutation_p(kind: Whole, number: Whole, samples: int = 999) -> float:
    """How often shuffled weeks follow each other as unevenly."""
    u = chance.uniform(1, 0, "classes", np.arange(samples * len(kind))).reshape(samples, -1)
    seen = _unevenness(_pairs(kind[None, :], number))[0]
    shuffled = _unevenness(_pairs(kind[np.argsort(u, axis=1)], number))
    return float((1 + (shuffled >= seen - 1e-9).sum()) / (samples + 1))


def _pairs(kind: Whole, number: Whole) -> Floats:
    """(samples, classes, classes): how often one class followed another, weeks apart left out."""
    many, follows = int(kind.max()) + 1, np.diff(number) == 1
    codes = (kind[:, :-1] * many + kind[:, 1:])[:, follows]
    return (
        np.stack([(codes == k).sum(axis=1) for k in range(many * many)], axis=1).reshape(-1, many, many).astype(float)
    )


def _unevenness(table: Floats) -> Floats:
    expected = table.sum(axis=2, keepdims=True) * table.sum(axis=1, keepdims=True)
    expected = expected / np.maximum(table.sum(axis=(1, 2), keepdims=True), 1)
    return np.asarray(((table - expected) ** 2 / np.maximum(expected, 1e-9)).sum(axis=(1, 2)))


def _written(rows: Floats, names: list[str]) -> dict[str, dict[str, float]]:
    """Rows that sum to 1 in the figures written."""
    rounded = np.round(rows, 6)
    rounded[:, -1] = np.round(1 - rounded[:, :-1].sum(axis=1), 6)
    return {name: dict(zip(names, map(float, row), strict=True)) for name, row in zip(names, rounded, strict=True)}
