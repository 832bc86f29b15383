"""Allocation keys: who each supporting centre serves and how much, checked; the network that allocation solves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from flowsim.costs.ledger.inputs import Inputs
from flowsim.errors import Fault, InputError
from flowsim.frames import pd


@dataclass(frozen=True)
class Network:
    """Supporting and final centres, and the driver of each supporting centre's key at every centre."""

    supporting: tuple[str, ...]
    final: tuple[str, ...]
    drivers: np.ndarray
    """Supporting x (supporting, then final), >= 0; own use dropped (0)."""
    volume: np.ndarray
    """Per supporting centre: is its key `volume` (a variable krona stays variable through it)?"""
    key: tuple[str, ...]
    """Per supporting centre: its key's name."""
    step_order: tuple[int | None, ...] = ()
    own_use: tuple[tuple[str, str], ...] = ()
    """Per centre that served itself: its name and the share dropped, in words."""

    @property
    def centres(self) -> tuple[str, ...]:
        """All centres, in the drivers' column order."""
        return (*self.supporting, *self.final)


def network(inputs: Inputs) -> Network:
    """The keys as a network. InputError with every fault of the keys, each with its words and row."""
    centres = inputs["cost_centres"]
    kinds = dict(zip(centres["cost_centre"], centres["kind"], strict=True))
    supporting = centres[centres["kind"] == "supporting"]
    final = tuple(centres.loc[centres["kind"] == "final", "cost_centre"])
    by_key = dict(iter(inputs["keys"].groupby("key", sort=False)))
    used = {str(name): by_key[name] for name in supporting["key"].unique() if name in by_key}
    faults = [fault for rows in used.values() for fault in _faults(inputs, rows, kinds)]
    if faults:
        raise InputError(faults)
    names = (*supporting["cost_centre"], *final)
    place = {name: k for k, name in enumerate(names)}
    drivers = np.zeros((len(supporting), len(names)))
    own_use = []
    for i, (centre, key) in enumerate(zip(supporting["cost_centre"], supporting["key"], strict=True)):
        rows = used[key]
        for target, value in zip(rows["to_cost_centre"], rows["value"], strict=True):
            drivers[i, place[target]] = float(value)
        if drivers[i, i]:
            own_use.append((str(centre), f"{drivers[i, i] / drivers[i].sum():.1%}"))
            drivers[i, i] = 0.0
    volume = np.array([(used[key]["kind"] == "volume").all() for key in supporting["key"]], dtype=bool)
    order = tuple(None if one is None else int(one) for one in supporting["step_order"])
    return Network(
        tuple(supporting["cost_centre"]), final, drivers, volume, tuple(supporting["key"]), order, tuple(own_use)
    )


def _faults(inputs: Inputs, rows: pd.DataFrame, kinds: Mapping[str, str]) -> Iterator[Fault]:
    """What is wrong with one key."""
    file = inputs.file("keys")
    name = str(rows["key"].iloc[0])
    for row in rows.itertuples():
        where = f"key {name} to {row.to_cost_centre}"
        if row.value < 0:
            yield Fault(file, row.row, where, str(row.value), "negative driver: a driver is 0 or more.")
        if row.to_cost_centre not in kinds:
            words = "key points at a centre that is not in the list."
            yield Fault(file, row.row, where, row.to_cost_centre, words)
        elif kinds[row.to_cost_centre] == "outside" and row.value > 0:
            words = "key points at a centre outside KPP: leave the row out, or take the centre in."
            yield Fault(file, row.row, where, row.to_cost_centre, words)
    first = int(rows["row"].iloc[0])
    for column in ("form", "kind"):
        if rows[column].nunique() > 1:
            words = f"one key has one {column}: {' and '.join(sorted(rows[column].unique()))} found."
            yield Fault(file, first, f"key {name}", "", words)
    total = sum(rows["value"], Decimal(0))
    if (rows["form"] == "percent").all() and total != 100:
        words = f"percent key sums to {total:f}, not 100. Where thirds are meant, use quantities."
        words += " Write 30, not 30 %: a cell in per cent holds 0.3." if total == 1 else ""
        yield Fault(file, first, f"key {name}", "", words)


def keys_listed(inputs: Inputs) -> pd.DataFrame:
    """Every key in use: what it spreads and how, for the report.

    Columns: key, form, kind, unit, source, as_of, cost_centres (that use it), targets.
    """
    supporting = inputs["cost_centres"][inputs["cost_centres"]["kind"] == "supporting"]
    rows = []
    for key, frame in inputs["keys"].groupby("key", sort=True):
        users = ", ".join(supporting.loc[supporting["key"] == key, "cost_centre"])
        if users:
            one = frame.iloc[0]
            rows.append([key, one["form"], one["kind"], one["unit"], one["source"], one["as_of"], users, len(frame)])
    columns = ["key", "form", "kind", "unit", "source", "as_of", "cost_centres", "targets"]
    return pd.DataFrame(rows, columns=columns)
