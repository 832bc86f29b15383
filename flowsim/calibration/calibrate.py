"""Calibrate: a clinic's own weeks -> level, season, luck and production plan of each resource, and how they fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flowsim.calibration.back_test import BackTest, Draw, back_test, split
from flowsim.calibration.databases import is_address, named
from flowsim.calibration.describe import contacts_and_hours, describe
from flowsim.calibration.evidence import Evidence, evidence_of
from flowsim.calibration.history import read_weekly
from flowsim.calibration.joint import correlations, hours_luck
from flowsim.calibration.luck import KINDS, Asked, lag1_of, luck_of
from flowsim.calibration.mean_model import MeanModel
from flowsim.calibration.production_plan import METHODS, classes, placement, production_plan
from flowsim.calibration.reproduction import SIMULATED, reproduction
from flowsim.calibration.result import Calibration, Level, ResourceCalibration, weeks_seen
from flowsim.calibration.series import Exclusion, Series, exclusion, series_of
from flowsim.calibration.uncertainty import SETS, parameter_sets
from flowsim.frames import pd
from flowsim.sheets.table import refused

Floats = NDArray[np.float64]


def calibrate(
    history: pd.DataFrame | str | Path,
    *,
    source: str = "",
    resource: str = "",
    table: str = "",
    columns: Mapping[str, str] | None = None,
    window: tuple[date, date] | None = None,
    hold_out: tuple[date, date] | None = None,
    exclude: Sequence[Exclusion | str] = (),
    whole: bool = False,
    luck: str = "auto",
    lag1: float | None = None,
    level: float | None = None,
    plan: str = "equal_width",
    hours_per_fte_week: float | None = None,
    samples: int = 199,
    seed: int = 1,
) -> Calibration:
    """The calibration of every resource of a weekly history.

    Args:
        history: a file (CSV, xlsx, parquet), a database's address, or a frame as `read_weekly` gives it.
        source: where the history comes from, in words.
        resource: what a file without a column of resources is about.
        table: which table of a database (default weekly), or sheet of a workbook (default its first).
        columns: our names -> the file's headings, where they are not recognised.
        window: first and last day of the weeks to use; default all but the first and last (cut) week.
        hold_out: first and last day of weeks after the window to be judged by; default the last 52 of three years.
        exclude: weeks to leave out, `Exclusion` or "from,to,why".
        whole: the first and last week of the file are whole.
        luck: auto (the rules of `choice`), a law's name, bootstrap or classes.
        lag1: autocorrelation to assume instead of the one found.
        level: the resource's own size a week, if the history is another's: luck's CV is carried over to it.
        plan: how weeks are classed: equal_width, tertiles or k_means.
        hours_per_fte_week: hours a full-time equivalent works a week; without it the plan has hours only.
        samples: bootstrap samples of each test; p is at least 1 / (samples + 1).
        seed: of the bootstraps.

    Raises InputError, naming every bad row.
    """
    for key, word, known in (("luck", luck, KINDS), ("plan", plan, METHODS)):
        if word not in known:
            raise refused(key, word, f"It must be one of: {', '.join(known)}.")
    given = isinstance(history, str | Path)
    frame = read_weekly(history, columns, resource, table=table) if given else history
    left_out = [one if isinstance(one, Exclusion) else exclusion(one) for one in exclude]
    asked = Asked(luck, lag1, level)
    evidence = [evidence_of(s, samples, seed) for s in series_of(frame, left_out, window, whole)]
    judges = _judges(frame, hold_out)
    found = [
        _one(one, asked, _Rest(judges.get(one.series.resource), plan, hours_per_fte_week, samples, seed))
        for one in evidence
    ]
    file = (named(str(history)) if is_address(history) else Path(history).name) if given else ""
    resources = {one.resource: one for one in found}
    return Calibration(source or file, file, tuple(left_out), samples, seed, resources, correlations(evidence, seed))


@dataclass(frozen=True)
class _Rest:
    """What one resource is judged by, how its weeks are classed, and how much chance is spent on it."""

    held: Series | None
    plan: str
    hours_per_fte_week: float | None
    samples: int
    seed: int


def _judges(frame: pd.DataFrame, hold_out: tuple[date, date] | None) -> dict[str, Series]:
    return {s.resource: s for s in series_of(frame, (), hold_out)} if hold_out else {}


def _one(evidence: Evidence, asked: Asked, rest: _Rest) -> ResourceCalibration:
    """One resource's findings, from what its series says and what the user decided."""
    series, model = evidence.series, evidence.model
    luck, words = luck_of(evidence, asked)
    own, _ = luck_of(evidence, replace(asked, level=None))
    draw = Draw(lag1_of(evidence, asked), min(2000, 10 * (rest.samples + 1)), rest.seed)
    kind, _ = classes(series.y, rest.plan)
    return ResourceCalibration(
        resource=series.resource,
        window=(series.label(0), series.label(-1)),
        origin=_origin(series),
        weeks=len(series.y),
        missing=series.missing,
        left_out=series.left_out,
        level=_level(model, lag1_of(evidence, asked), asked.level),
        trend_per_year=round(model.trend_per_year, 4),
        holidays={name: round(model.factor(name), 4) for name in model.holidays},
        season=_season(model),
        mean=evidence.mean,
        dispersion=evidence.dispersion,
        autocorrelation=evidence.autocorrelation,
        luck=luck,
        fits=evidence.fits,
        described=describe(series.y, series.number),
        contacts_and_hours=contacts_and_hours(series.y, series.hours),
        hours_luck=hours_luck(evidence, luck),
        stability=evidence.stability,
        without=evidence.without,
        reproduction=reproduction(evidence, own, rest.seed, min(SIMULATED, 5 * (rest.samples + 1))),
        back_test=_judged(series, rest.held, draw),
        plan=production_plan(series.y, series.hours, rest.plan, rest.hours_per_fte_week),
        placement=placement(kind, series.y, series.iso_week, model.season()),
        assumed=(*words, *_assumed(evidence, asked)),
        sets=parameter_sets(evidence, own, min(SETS, rest.samples + 1), rest.seed),
        seen=weeks_seen(evidence),
    )


def _judged(series: Series, held: Series | None, draw: Draw) -> BackTest | None:
    """The back-test on weeks held out, or on the last 52 of at least three years."""
    if held is not None:
        return back_test(series, held, draw)
    parts = split(series) if series.mondays else None
    return back_test(*parts, draw) if parts else None


def _level(model: MeanModel, rho: float, given: float | None) -> Level:
    """An average week at the end of the history with its 95 % interval, widened for autocorrelation; or as given."""
    value, error = model.level()
    half = 1.96 * error * np.sqrt((1 + rho) / (1 - rho))
    scale = (given or value) / value
    interval = (value * scale * float(np.exp(-half)), value * scale * float(np.exp(half)))
    return Level((given or value), interval, value)


def _season(model: MeanModel) -> tuple[tuple[str, float], ...]:
    """(ISO weeks, factor) in runs of equal factors; empty without a season. The factors of a year have mean 1."""
    factors = model.season()
    return tuple((weeks, round(float(factors[first]), 4)) for weeks, first in model.season_runs())


def _origin(series: Series) -> str:
    """The week after the history."""
    if not series.mondays:
        return ""
    year, week, _ = (series.mondays[-1] + timedelta(days=7)).isocalendar()
    return f"{year}-W{week:02d}"


def _assumed(evidence: Evidence, asked: Asked) -> list[str]:
    """What was taken for granted, in words."""
    series, model, following = evidence.series, evidence.model, evidence.autocorrelation
    found = f"the history has {following.latent:.2f} (p {following.p:.2f})"
    gap = int(np.diff(series.number).max()) - 1 if series.missing else 0
    said: list[tuple[bool, str]] = [
        (gap >= 26, f"{series.missing} weeks are missing, {gap} of them in a row: what happened then is not known"),
        (series.cut, "the first and last week of the file are taken to be cut, and left out: --window says otherwise"),
        (series.measured == "count", "what was done is taken as what was offered: no queue is known"),
        (not series.mondays, "no year is printed: no holidays by date, season by week number only"),
        (len(series.y) < 104, "fewer than 104 weeks: no trend is looked for"),
        (len(series.y) < 26, "fewer than 26 weeks: one level for all weeks"),
        ("trend" in model.terms, f"the trend of {model.trend_per_year:+.1%} a year stops where the history ends"),
        (asked.lag1 is not None, f"lag1 {asked.lag1 or 0:.2f} is given; {found}"),
        (asked.level is not None, f"the level is given; the history's is {model.level()[0]:.1f} a week"),
    ]
    return [words for true, words in said if true]
