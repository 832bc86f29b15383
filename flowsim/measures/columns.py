"""A run's table as arrays, each made when it is first asked for: codes for names, whole seconds, days, hours, amounts.

Names are those of `tables`; a moment or length `<name>_day`, `<name>_hours` may also be asked for as `<name>_s`: whole
seconds, `NEVER` where there is none. What is asked for decides what is made: nobody pays for the rest.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from flowsim import tables
from flowsim.frames import pd
from flowsim.tables import DAY_S, MOMENTS, NEVER, TABLES, Rows, Setting


class Columns:
    """One table of one run."""

    def __init__(self, make: Callable[[str], np.ndarray]) -> None:
        self._make = make
        self._made: dict[str, np.ndarray] = {}

    def __getitem__(self, name: str) -> np.ndarray:
        """A column by its name."""
        found = self._made.get(name)
        if found is None:
            found = self._made[name] = self._make(name)
        return found


Tables = tuple[Columns, Columns, Columns, Columns]
"""Patients, contacts, capacity, losses."""


def tranche_names(setting: Setting) -> tuple[str, ...]:
    """All tranches by code, `regular` and the others in order of first mention."""
    return tuple(dict.fromkeys(tranche for resource in setting.resources for tranche in resource.tranches))


def of_rows(rows: Rows, setting: Setting) -> Tables:
    """The tables of an engine's rows."""

    def table(name: str) -> Columns:
        def make(column: str) -> np.ndarray:
            if column.endswith("_s"):
                return rows[name][column]
            values = tables.column(rows, setting, name, column)
            return _recoded(values, tables.labels(setting)["tranche"], setting) if column == "tranche" else values

        return Columns(make)

    patients, contacts, capacity, losses = map(table, TABLES)
    return patients, contacts, capacity, losses


def of_frames(frames: dict[str, pd.DataFrame], setting: Setting) -> Tables:
    """The tables of one run's frames; -1 for a name the setting has not."""
    names = tables.labels(setting) | {"tranche": tranche_names(setting)}

    def table(frame: pd.DataFrame) -> Columns:
        def make(column: str) -> np.ndarray:
            if column.endswith("_s"):
                return _seconds(frame, column[:-2])
            return _codes(frame[column], names[column]) if column in names else frame[column].to_numpy()

        return Columns(make)

    patients, contacts, capacity, losses = (table(frames[name]) for name in TABLES)
    return patients, contacts, capacity, losses


def _seconds(frame: pd.DataFrame, name: str) -> np.ndarray:
    """A moment's or a length's whole seconds."""
    shown, unit = (f"{name}_day", DAY_S) if name in MOMENTS else (f"{name}_hours", 3600)
    seconds = np.rint(frame[shown].to_numpy(dtype=float) * unit)
    return np.where(np.isnan(seconds), NEVER, seconds).astype(np.int64)


def _recoded(codes: np.ndarray, labels: tuple[str, ...], setting: Setting) -> np.ndarray:
    """Codes of the labels as codes of `tranche_names`."""
    mine = tranche_names(setting)
    return np.array([mine.index(label) for label in labels], dtype=np.int64)[codes]


def _codes(column: pd.Series, names: tuple[str, ...]) -> np.ndarray:
    """Codes of names; free when the column is a category of just these."""
    values = column.array
    if not isinstance(values, pd.Categorical):
        return np.asarray(pd.Index(names, dtype=object).get_indexer(column.astype(object)))
    if tuple(values.categories) == names:
        return np.asarray(values.codes)
    place = np.append(pd.Index(names, dtype=object).get_indexer(values.categories.astype(object)), -1)
    return np.asarray(place[values.codes])
