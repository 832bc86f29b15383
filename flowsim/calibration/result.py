"""What a calibration has found, and the YAML it is kept in: parameters and how well they fit, never rows of persons."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np

from flowsim import schema, tables
from flowsim.calibration.back_test import SAFE, BackTest
from flowsim.calibration.choice import LawFit
from flowsim.calibration.describe import ContactsAndHours, Description
from flowsim.calibration.episodes import Stability
from flowsim.calibration.evidence import Evidence, Without
from flowsim.calibration.forecast import DAMPING
from flowsim.calibration.joint import HoursLuck, Together
from flowsim.calibration.luck import cv_at
from flowsim.calibration.plain import plain, restored
from flowsim.calibration.production_plan import PlannedWeeks
from flowsim.calibration.reproduction import Reproduction
from flowsim.calibration.residuals import Autocorrelation, Dispersion
from flowsim.calibration.series import Exclusion
from flowsim.calibration.uncertainty import Sets
from flowsim.calibration.yaml_text import yaml_text
from flowsim.frames import pd
from flowsim.sheets.table import refused

KEPT_AS_THEY_ARE = (
    "autocorrelation",
    "described",
    "contacts_and_hours",
    "hours_luck",
    "stability",
    "without",
    "reproduction",
    "back_test",
    "placement",
)
"""Findings written under their own names, whole."""


@dataclass(frozen=True)
class Level:
    """An average week's number (the year's mean by season), its 95 % interval, and what the history itself has."""

    value: float
    interval: tuple[float, float]
    found: float


@dataclass(frozen=True)
class ResourceCalibration:
    """All that was found of one resource."""

    resource: str
    window: tuple[str, str]
    origin: str
    """The ISO week after the history; empty where no year is printed."""
    weeks: int
    missing: int
    left_out: int
    """Weeks closed or excluded."""
    level: Level
    trend_per_year: float
    holidays: dict[str, float]
    season: tuple[tuple[str, float], ...]
    """(ISO weeks, factor); the year's mean is 1. Empty: none found."""
    mean: float
    """Mean expected week of the history: what phi belongs to."""
    dispersion: Dispersion
    autocorrelation: Autocorrelation
    luck: dict[str, Any]
    """As the scenario language writes it; around level and season, never raw."""
    fits: tuple[LawFit, ...]
    described: Description
    contacts_and_hours: ContactsAndHours | None
    stability: Stability
    without: Without | None
    """What remains without the spells that `stability` names."""
    plan: tuple[PlannedWeeks, ...]
    placement: dict[str, tuple[int, ...]]
    """Class of the plan -> ISO weeks of a year."""
    hours_luck: HoursLuck | None
    reproduction: Reproduction
    back_test: BackTest | None
    """None with fewer than three years and nothing held out."""
    assumed: tuple[str, ...]
    sets: Sets = field(default_factory=dict)
    """Parameter sets of input uncertainty; kept beside the calibration file."""
    seen: Any = None
    """The weeks fitted, with what was expected of each (`weeks_seen`); not kept in the file."""

    def cv_at(self, level: float) -> float:
        """CV of a week's luck for a resource of another size (`luck.cv_at`)."""
        return cv_at(level, self.mean, self.dispersion.variance_to_mean)


@dataclass(frozen=True)
class Calibration:
    """A calibrated history: each resource's findings, and what is needed to do it again."""

    source: str
    file: str
    exclude: tuple[Exclusion, ...]
    samples: int
    seed: int
    resources: dict[str, ResourceCalibration]
    together: tuple[Together, ...] = ()
    """Pairs of resources with at least 40 weeks in common."""

    def data(self) -> dict[str, Any]:
        """Everything as plain mappings, lists, texts and rounded numbers: for YAML and for machines."""
        head = {"source": self.source, "file": self.file, "samples": self.samples, "seed": self.seed}
        left = [[str(one.first), str(one.last), one.why] for one in self.exclude]
        body = {name: written(one) for name, one in self.resources.items()}
        return {
            "calibration": {k: v for k, v in head.items() if v != ""},
            **({"exclude": left} if left else {}),
            **({"together": plain(self.together)} if self.together else {}),
            "resources": body,
        }

    def to_yaml(self, path: str | Path) -> None:
        """Writes the calibration file that scenarios refer to (`luck: {calibration: file, resource: name}`)."""
        first = "# Written by `flowsim calibrate`: change the history or its options and run it again.\n"
        Path(path).write_text(first + yaml_text(self.data()), encoding="utf-8")
        frame = self.sets_frame()
        if len(frame.columns) > 1:
            sets_path(path).write_text(
                tables.safe_text(frame).to_csv(index=False, lineterminator="\n"), encoding="utf-8"
            )

    def sets_frame(self) -> pd.DataFrame:
        """Columns set (from 1), then `<resource>.<parameter>`: the parameter sets of input uncertainty."""
        found = {
            f"{name}.{parameter}": values
            for name, one in self.resources.items()
            for parameter, values in one.sets.items()
        }
        many = max((len(values) for values in found.values()), default=0)
        return pd.DataFrame({"set": range(1, many + 1), **found})


def sets_path(path: str | Path) -> Path:
    """The parameter sets beside a calibration file: `<its name>_sets.csv`."""
    return Path(path).with_name(f"{Path(path).stem}_sets.csv")


def weeks_seen(evidence: Evidence) -> pd.DataFrame:
    """Columns week, monday, number, seen, hours, expected: the weeks that were fitted."""
    series = evidence.series
    labels = [series.label(k) for k in range(len(series.y))]
    mondays = series.mondays or [None] * len(labels)
    columns: dict[str, Any] = {"week": labels, "monday": mondays, "number": series.number, "seen": series.y}
    columns["hours"] = np.full(len(labels), np.nan) if series.hours is None else series.hours
    return pd.DataFrame({**columns, "expected": evidence.model.mean})


def load(path: str | Path) -> Calibration:
    """A calibration file as it was written, its numbers rounded. InputError if it is none."""
    data, _ = schema.read(schema.text_of(path, kind="calibration file"), str(path))
    try:
        head = data.pop("calibration")
        left = [Exclusion(date.fromisoformat(a), date.fromisoformat(b), why) for a, b, why in data.pop("exclude", [])]
        kept = _sets(Path(path))
        resources = {
            name: replace(_read(name, one), sets=kept.get(name, {})) for name, one in data["resources"].items()
        }
        pairs = restored(tuple[Together, ...], data.get("together", []))
        rest = tuple(left), head["samples"], head["seed"], resources, pairs
        return Calibration(head["source"], head.get("file", ""), *rest)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise refused(str(path), "the file", "It is not a calibration as `flowsim calibrate` writes it.") from None


def _sets(path: Path) -> dict[str, Sets]:
    """The parameter sets beside a calibration file, if they are there."""
    if not sets_path(path).is_file():
        return {}
    found: dict[str, Sets] = {}
    for column, values in pd.read_csv(sets_path(path)).drop(columns="set").items():
        name, _, parameter = str(column).rpartition(".")
        found.setdefault(name, {})[parameter] = tuple(values.tolist())
    return found


def written(one: ResourceCalibration) -> dict[str, Any]:
    """One resource's findings as the file writes them."""
    by_week = [{"weeks": weeks, "factor": factor} for weeks, factor in one.season]
    found = {
        "level": {"unit": "per week", **plain(one.level)},
        "trend": _trend(one),
        "season": {**one.holidays, "by_week": by_week or "none"},
        "luck": one.luck,
        "raw": False,
        "history": {"window": list(one.window), "weeks": one.weeks, "missing": one.missing, "left_out": one.left_out,
                    **({"origin": one.origin} if one.origin else {})},
        "dispersion": {"mean": one.mean, **plain(one.dispersion)},
        "tried": one.fits,
        **{name: getattr(one, name) for name in KEPT_AS_THEY_ARE if getattr(one, name) is not None},
        "plan": one.plan,
        "assumed": one.assumed,
    }  # fmt: skip
    made = {key: value if key == "luck" else plain(value) for key, value in found.items()}
    if one.hours_luck:
        made["hours_luck"]["luck"] = one.hours_luck.luck
    return made


def _trend(one: ResourceCalibration) -> Any:
    """The trend, and the way it goes on beyond the history; the level is that of the history's end."""
    if not one.trend_per_year:
        return "none"
    way, chosen = (one.back_test.way, "back-test") if one.back_test else (SAFE, "unasked: too short to choose")
    return {"per_year": one.trend_per_year, "kind": way, "damping": DAMPING, "chosen_by": chosen}


def _read(name: str, data: dict[str, Any]) -> ResourceCalibration:
    season, history, dispersion = dict(data["season"]), data["history"], dict(data["dispersion"])
    by_week, hints = season.pop("by_week"), get_type_hints(ResourceCalibration)
    level = {key: value for key, value in data["level"].items() if key != "unit"}
    kept: dict[str, Any] = {key: restored(hints[key], data[key]) if key in data else None for key in KEPT_AS_THEY_ARE}
    return ResourceCalibration(
        resource=name,
        window=tuple(history["window"]),
        origin=history.get("origin", ""),
        weeks=history["weeks"],
        missing=history["missing"],
        left_out=history["left_out"],
        level=restored(Level, level),
        trend_per_year=data["trend"]["per_year"] if isinstance(data["trend"], dict) else 0.0,
        holidays=season,
        season=tuple((str(one["weeks"]), one["factor"]) for one in by_week) if by_week != "none" else (),
        mean=dispersion.pop("mean"),
        dispersion=restored(Dispersion, dispersion),
        luck=data["luck"],
        fits=restored(tuple[LawFit, ...], data["tried"]),
        plan=restored(tuple[PlannedWeeks, ...], data["plan"]),
        assumed=tuple(data["assumed"]),
        **kept,
    )
