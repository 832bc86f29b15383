"""One run as plain arrays, and frames built back from arrays: what every measure begins and ends with.

`Results` may hold several runs (scenario, replication). A measure is a function of one `Run`; `collect` applies it to
each and joins the frames. Names become codes: indexes into the setting's groups, steps, resources and causes. What
several measures need of a run (visits, spells, queues) is made once and kept with it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from flowsim.errors import FlowsimError
from flowsim.tables import ENDED, OUTCOMES, SOURCES, TABLES, Results, Setting

Columns = dict[str, np.ndarray]
Made = TypeVar("Made")


@dataclass(frozen=True)
class Run:
    """One replication of one scenario. Row k of `patients` is patient number k."""

    setting: Setting
    replication: int
    patients: Columns
    contacts: Columns
    capacity: Columns
    losses: Columns
    made: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What `make` gives, made the first time it is asked for under this key."""
        if key not in self.made:
            self.made[key] = make()
        found: Made = self.made[key]
        return found

    @property
    def own_groups(self) -> np.ndarray:
        """Per group code: True unless it is another department's work."""
        return np.array([g not in self.setting.background for g in self.setting.groups], dtype=bool)

    @property
    def own_patients(self) -> np.ndarray:
        """Per patient: True unless of a background group."""
        return self.own_groups[self.patients["group"]]

    @property
    def end(self) -> float:
        """Length of the reported horizon in days."""
        return self.setting.end_day


Source = Results | Sequence[Run]
"""What every measure takes: results, or the same prepared for several measures."""


def prepare(results: Results) -> list[Run]:
    """Every run of the results, ready for several measures: they then share what they have in common."""
    return [*runs(results)]


def runs(results: Results) -> Iterator[Run]:
    """Every run in `results`, in the settings' order of scenarios, then by replication."""
    frames = {"patients": results.patients, "contacts": results.contacts}
    frames |= {"capacity": results.capacity, "losses": results.losses}
    for name, setting in results.settings.items():
        mine = frames if len(results.settings) == 1 else _where(frames, "scenario", name)
        numbers = sorted({int(r) for f in mine.values() for r in f["replication"].unique()})
        for number in numbers:
            parts = mine if len(numbers) == 1 else _where(mine, "replication", number)
            patients, contacts, capacity, losses = (_columns(parts[table], setting) for table in TABLES)
            yield Run(setting, number, patients, contacts, capacity, losses)


def collect(results: Source, measure: Callable[[Run], pd.DataFrame]) -> pd.DataFrame:
    """The measure of every run, one frame under the other."""
    made = [measure(run) for run in (runs(results) if isinstance(results, Results) else results)]
    if not made:
        raise FlowsimError("There is no run to measure: the tables hold no replication.")
    return made[0] if len(made) == 1 else pd.concat(made, ignore_index=True)


def cells(run: Run, axes: Mapping[str, Sequence[Any] | np.ndarray], **values: np.ndarray) -> pd.DataFrame:
    """A tidy frame of every combination of the axes (the last runs fastest) with values of that shape.

    Columns: scenario, replication, one per axis (names as categories, numbers as numbers), one per value.
    """
    shape = tuple(len(labels) for labels in axes.values())
    size = int(np.prod(shape))
    data: dict[str, Any] = {}
    inner = size
    for (name, labels), length in zip(axes.items(), shape, strict=True):
        inner = inner // length if length else 0
        codes = np.tile(np.repeat(np.arange(length), inner), size // (inner * length) if size else 0)
        data[name] = _labelled(labels, codes)
    data |= {name: np.broadcast_to(value, shape).ravel() for name, value in values.items()}
    return framed(run, data)


def framed(run: Run, data: Mapping[str, Any]) -> pd.DataFrame:
    """Columns of equal length as a frame with scenario and replication first."""
    size = max((len(column) for column in data.values()), default=0)
    replication = np.full(size, run.replication, dtype=np.int32)
    return pd.DataFrame({"scenario": run.setting.scenario, "replication": replication, **data})


def whole_weeks(setting: Setting) -> range:
    """ISO weeks that lie whole inside the reported horizon."""
    return range(0 if setting.start.weekday() == 0 else 1, setting.weeks)


def week_ends(setting: Setting) -> np.ndarray:
    """Day on which each whole week ends (its last moment is just before)."""
    return 7.0 * np.array([*whole_weeks(setting)], dtype=float) + 7.0 - setting.start.weekday()


def week_place(setting: Setting, day: np.ndarray) -> np.ndarray:
    """Position of each day among the whole weeks; -1 outside them, and for NaN."""
    ends = week_ends(setting)
    if not len(ends):
        return np.full(len(day), -1)
    place = np.floor((day - (ends[0] - 7.0)) / 7.0)
    return np.where((place >= 0) & (place < len(ends)), place, -1).astype(np.int64)


def treatment_step(setting: Setting) -> str:
    """The step that the guarantee calls treatment; '' if there is none."""
    return next((step for name, step, _ in setting.guarantee if name == "treatment"), "")


def step_names(setting: Setting) -> tuple[str, ...]:
    """All steps by code."""
    return tuple(step.name for step in setting.steps)


def resource_names(setting: Setting) -> tuple[str, ...]:
    """All resources by code."""
    return tuple(resource.name for resource in setting.resources)


def tranche_names(setting: Setting) -> tuple[str, ...]:
    """All tranches by code, `regular` and the others in order of first mention."""
    return tuple(dict.fromkeys(tranche for resource in setting.resources for tranche in resource.tranches))


def _labelled(labels: Sequence[Any] | np.ndarray, codes: np.ndarray) -> Any:
    """Codes as a category of the labels, or as the numbers they stand for."""
    if len(labels) and not isinstance(labels[0], str):
        return np.asarray(labels)[codes]
    return pd.Categorical.from_codes(codes, list(labels))


def _where(frames: Mapping[str, pd.DataFrame], column: str, value: object) -> dict[str, pd.DataFrame]:
    return {table: frame[(frame[column] == value).to_numpy()] for table, frame in frames.items()}


def _columns(frame: pd.DataFrame, setting: Setting) -> Columns:
    """Columns as arrays, names as codes (-1 for a name the setting has not)."""
    names: dict[str, tuple[str, ...]] = {
        "group": setting.groups,
        "source": SOURCES,
        "ended": ENDED,
        "step": step_names(setting),
        "outcome": OUTCOMES,
        "provider": ("own", *(p.name for p in setting.providers)),
        "resource": resource_names(setting),
        "tranche": tranche_names(setting),
        "cause": setting.causes,
    }
    wanted = [c for c in frame.columns if c not in ("scenario", "replication")]
    return {c: _codes(frame[c], names[c]) if c in names else frame[c].to_numpy() for c in wanted}


def _codes(column: pd.Series, names: tuple[str, ...]) -> np.ndarray:
    """Codes of names; free when the column is a category of just these."""
    values = column.array
    if not isinstance(values, pd.Categorical):
        return np.asarray(pd.Index(names, dtype=object).get_indexer(column.astype(object)))
    if tuple(values.categories) == names:
        return np.asarray(values.codes)
    place = np.append(pd.Index(names, dtype=object).get_indexer(values.categories.astype(object)), -1)
    return np.asarray(place[values.codes])
