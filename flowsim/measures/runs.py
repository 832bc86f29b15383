"""One run as plain arrays, and frames built back from arrays: what every measure begins and ends with.

`Results` may hold several runs (scenario, replication). A measure is a function of one `Run`; `collect` applies it to
each and joins the frames. Names become codes: indexes into the setting's groups, steps, resources and causes. Moments
are whole seconds here; days stand in frames. What several measures need of a run (visits, spells, queues) is made once
and kept with it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np

from flowsim.errors import FlowsimError
from flowsim.frames import pd
from flowsim.measures import columns
from flowsim.measures.columns import Columns
from flowsim.tables import DAY_S, WEEK_S, Replication, Results, Setting

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

    @property
    def end_s(self) -> int:
        """Length of the reported horizon in seconds."""
        return self.setting.weeks * WEEK_S


Source = Results | Sequence[Run]
"""What every measure takes: results, or the same prepared for several measures."""


def prepare(results: Results) -> list[Run]:
    """Every run of the results, ready for several measures: they then share what they have in common."""
    return [*runs(results)]


def runs(results: Results) -> Iterator[Run]:
    """Every run in `results`, in the settings' order of scenarios, then by replication."""
    if isinstance(results, Replication):
        yield Run(results.setting, results.number, *columns.of_rows(results.rows, results.setting))
        return
    frames = {"patients": results.patients, "contacts": results.contacts}
    frames |= {"capacity": results.capacity, "losses": results.losses}
    for name, setting in results.settings.items():
        mine = frames if len(results.settings) == 1 else _where(frames, "scenario", name)
        numbers = sorted({int(r) for f in mine.values() for r in f["replication"].unique()})
        for number in numbers:
            parts = mine if len(numbers) == 1 else _where(mine, "replication", number)
            yield Run(setting, number, *columns.of_frames(parts, setting))


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
    data: dict[str, Any] = {}
    for k, (name, labels) in enumerate(axes.items()):
        data[name] = _axis(tuple(labels), int(np.prod(shape[k + 1 :])), int(np.prod(shape[:k])))
    data |= {name: np.broadcast_to(value, shape).ravel() for name, value in values.items()}
    return framed(run, data)


def framed(run: Run, data: Mapping[str, Any]) -> pd.DataFrame:
    """Columns of equal length as a frame with scenario and replication first."""
    size = max((len(column) for column in data.values()), default=0)
    replication = np.full(size, run.replication, dtype=np.int32)
    scenario = texts((run.setting.scenario,), size)
    return pd.DataFrame({"scenario": scenario, "replication": replication, **data})


@lru_cache(maxsize=512)
def texts(names: tuple[str, ...], each: int = 1, times: int = 1) -> Any:
    """A column of names, each so many times and all that so many times; made once, every frame has its own copy."""
    return pd.Series(np.tile(np.repeat(np.array(names, dtype=object), each), times), dtype="str").array


@lru_cache(maxsize=512)
def _axis(labels: tuple[Any, ...], each: int, times: int) -> Any:
    """A column of numbers, or of names as a category, repeated like `texts`."""
    codes = np.tile(np.repeat(np.arange(len(labels)), each), times)
    if len(labels) and not isinstance(labels[0], str):
        return np.asarray(labels)[codes]
    return pd.Categorical.from_codes(codes, list(labels))


def whole_weeks(setting: Setting) -> range:
    """ISO weeks that lie whole inside the reported horizon."""
    return range(0 if setting.start.weekday() == 0 else 1, setting.weeks)


def week_ends(setting: Setting) -> np.ndarray:
    """Second at which each whole week ends (its last moment is just before)."""
    return WEEK_S * (np.array([*whole_weeks(setting)], dtype=np.int64) + 1) - setting.start.weekday() * DAY_S


def week_place(setting: Setting, second: np.ndarray) -> np.ndarray:
    """Position of each moment among the whole weeks; -1 outside them, and for NEVER."""
    ends = week_ends(setting)
    if not len(ends):
        return np.full(len(second), -1)
    place = (second.astype(np.int64) - (int(ends[0]) - WEEK_S)) // WEEK_S
    return np.where((place >= 0) & (place < len(ends)), place, -1)


def treatment_step(setting: Setting) -> str:
    """The step that the guarantee calls treatment; '' if there is none."""
    return next((step for name, step, _ in setting.guarantee if name == "treatment"), "")


def step_names(setting: Setting) -> tuple[str, ...]:
    """All steps by code."""
    return tuple(step.name for step in setting.steps)


def resource_names(setting: Setting) -> tuple[str, ...]:
    """All resources by code."""
    return tuple(resource.name for resource in setting.resources)


def _where(frames: Mapping[str, pd.DataFrame], column: str, value: object) -> dict[str, pd.DataFrame]:
    return {table: frame[(frame[column] == value).to_numpy()] for table, frame in frames.items()}
