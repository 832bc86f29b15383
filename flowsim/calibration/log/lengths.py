"""How long visits and stays last, in the drawing's law: those inside at the log's begin and those still open counted.

Who was inside when the log began is seen from then on only (late entry), who is inside when it ends has lasted at
least so long. Leaving either out is 6 % too short for stays of 6 days in a log of 90, 38 % for stays of 40.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flowsim.calibration.log import estimators as e
from flowsim.calibration.log.capacity import curvature
from flowsim.calibration.log.findings import waits
from flowsim.calibration.log.parameter import Parameter
from flowsim.calibration.log.pathway import Keys, Pathway
from flowsim.calibration.log.visits import Visits, Window
from flowsim.frames import pd

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
SHAPES = ("lognormal", "gamma", "weibull", "normal", "exponential")
FEWEST = 20
MOST = 20_000
"""Visits a law is fitted to at most, every so many of them: more would move no digit that is written."""
OFF = 0.1
"""Share by which the law's mean may differ from Kaplan and Meier's before that is said."""
SECOND = 1 / 86_400


def lengths(visits: Visits, path: Pathway) -> Iterator[Parameter]:
    """Mean and spread of every duration that is a law of one shape; a fixed one where nearly all last alike."""
    for name in path.steps:
        yield from _asked(visits, path, ("pathway", name, "duration"), name)
        if path.stay(name):
            yield from _asked(visits, path, ("pathway", name, "stay", "duration"), path.stay(name))


def patience(visits: Visits, path: Pathway) -> Iterator[Parameter]:
    """Time until giving up, counted from joining, of laws other than the exponential (`findings.leaving`)."""
    for name, step in path.steps.items():
        laws = step.get("patience") or []
        for k, law in enumerate(laws if isinstance(laws, list) else []):
            if not isinstance(law, dict) or law.get("law") not in SHAPES[:-1] or law.get("from") == "decision":
                continue
            entered, end, gave_up = waits(visits, name)
            inside = end > np.maximum(entered, visits.window.begin)
            lasted, entry = end - entered, np.maximum(visits.window.begin - entered, 0.0)
            if (gave_up & inside).sum() >= FEWEST:
                found = fitted(str(law["law"]), lasted[inside], entry[inside], gave_up[inside])
                how = "leavers by maximum likelihood; served and waiting censored, late entry"
                yield from _spread(("pathway", name, "patience", k), law, found, how)


def _asked(visits: Visits, path: Pathway, keys: Keys, activity: str) -> Iterator[Parameter]:
    law = path.at(keys)
    if law is None:
        return
    rows = visits.last_of(activity)
    rows = rows[rows["start"].notna() & rows["outcome"].isin(["done", "open"])]
    by_group: dict[str, Any] = law["by_group"] if isinstance(law, dict) and "by_group" in law else {"": law}
    for group, one in by_group.items():
        named = tuple(g for g in path.groups if g not in by_group) if group == "default" else (group,)
        mine = rows[rows["group"].isin(named)] if group else rows
        yield from _law((*keys, *(("by_group", group) if group else ())), one, mine, visits.window)


def _law(keys: Keys, law: Any, rows: pd.DataFrame, window: Window) -> Iterator[Parameter]:
    """The numbers of one law, if it is of a shape that a log can tell."""
    rows = rows[(rows["start"] < window.end) & (rows["end"].isna() | (rows["end"] > window.begin))]
    begin, end = rows["start"].to_numpy(), rows["end"].fillna(np.inf).to_numpy()
    over = end < window.end
    if over.sum() < FEWEST:
        return
    shape = law.get("law") if isinstance(law, dict) else "fixed"
    if shape == "fixed":
        yield from _fixed(keys if isinstance(law, str) else (*keys, "value"), (end - begin)[over])
    elif shape in SHAPES:
        step = max(len(begin) // MOST, 1)
        lasted, entry = np.minimum(end, window.end) - begin, np.maximum(window.begin - begin, 0.0)
        mean, cv = fitted(shape, lasted[::step], entry[::step], over[::step])
        how = _how(shape, mean.value, e.kaplan_meier(begin, np.minimum(end, window.end), over, window.begin))
        yield from _spread(keys, law, (mean, cv), how)


def _spread(keys: Keys, law: dict[str, Any], found: tuple[e.Estimate, e.Estimate], how: str) -> Iterator[Parameter]:
    """Mean, and CV or standard deviation as the drawing says it."""
    mean, cv = found
    yield Parameter((*keys, "mean"), mean, how, _in_words)
    if "cv" in law:
        yield Parameter((*keys, "cv"), cv, how, lambda value: round(value, 4))
    elif "sd" in law:
        spread = e.Estimate(mean.value * cv.value, mean.value * cv.low, mean.value * cv.high, cv.n)
        yield Parameter((*keys, "sd"), spread, how, _in_words)


def _fixed(keys: Keys, lasted: Floats) -> Iterator[Parameter]:
    middle = float(np.median(lasted))
    if np.quantile(np.abs(lasted - middle), 0.9) < 2 / 1440:
        exact = e.Estimate(middle, middle - 2 / 1440, middle + 2 / 1440, len(lasted))
        yield Parameter(keys, exact, "what nearly all last", _in_words, kind="exact")


def fitted(shape: str, lasted: Floats, entry: Floats, over: Bools) -> tuple[e.Estimate, e.Estimate]:
    """(mean, CV) of a law by maximum likelihood: durations, how long they had lasted when first seen, whether over."""
    from scipy.optimize import minimize

    lasted, late = np.maximum(lasted, SECOND), entry > 0

    def loss(at: Floats) -> float:
        law = _frozen(shape, float(np.exp(at[0])), float(np.exp(at[-1])))
        total = law.logpdf(lasted[over]).sum() + law.logsf(lasted[~over]).sum() - law.logsf(entry[late]).sum()
        return -float(total) if np.isfinite(total) else 1e12

    known = lasted[over]
    start = np.log([float(known.mean()), max(float(known.std() / known.mean()), 0.02)])
    start = start[:1] if shape == "exponential" else start
    at = np.asarray(minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-4}).x)
    error = np.sqrt(np.maximum(np.diag(np.linalg.pinv(curvature(loss, at))), 0.0))
    found = [_estimate(float(np.exp(b)), float(s), int(over.sum())) for b, s in zip(at, error, strict=True)]
    return found[0], found[1] if len(found) > 1 else e.Estimate(1.0, 1.0, 1.0, int(over.sum()))


def _estimate(value: float, error: float, n: int) -> e.Estimate:
    return e.Estimate(value, value * float(np.exp(-e.Z * error)), value * float(np.exp(e.Z * error)), n)


def _frozen(shape: str, mean: float, cv: float) -> Any:
    """The law of scipy with this mean and CV; the normal one without what lies below 0."""
    from scipy import stats

    from flowsim import chance

    if shape == "lognormal":
        sigma = float(np.sqrt(np.log1p(cv * cv)))
        return stats.lognorm(sigma, scale=mean * np.exp(-sigma * sigma / 2))
    if shape == "gamma":
        return stats.gamma(cv**-2, scale=mean * cv * cv)
    if shape == "weibull":
        power = chance.weibull_power(min(max(cv, 0.02), 20.0))
        return stats.weibull_min(power, scale=mean / math.gamma(1 + 1 / power))
    return stats.norm(mean, mean * cv) if shape == "normal" else stats.expon(scale=mean)


def _how(shape: str, mean: float, curve: tuple[Floats, Floats]) -> str:
    """By what, and whether Kaplan and Meier's mean says otherwise."""
    said = f"{shape} by maximum likelihood; late entry, open ones censored"
    times, survival = curve
    other = e.mean_duration(times, survival)
    if survival[-1] > 0.02 or abs(other / mean - 1) <= OFF:
        return said
    return f"{said}; its shape fits ill: Kaplan-Meier's mean is {_in_words(other)}"


def _in_words(days: float) -> str:
    """Minutes up to half a day, else days."""
    days = max(days, SECOND)
    return f"{days * 1440:.4g} min" if days < 0.5 else f"{days:.4g} days"
