"""From an event log and a drawing of the pathway to a scenario that runs, and what was assumed in it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from flowsim import chance, schema, tables
from flowsim.calibration.log import findings, flows, today
from flowsim.calibration.log.drawing import drawn_from
from flowsim.calibration.log.lengths import lengths, patience
from flowsim.calibration.log.parameter import Parameter
from flowsim.calibration.log.pathway import ENDS, Pathway
from flowsim.calibration.log.reading import Events
from flowsim.calibration.log.visits import Visits, Window, window_of
from flowsim.calibration.log.weeks import weekly
from flowsim.errors import Fault
from flowsim.frames import pd
from flowsim.sheets.small_cells import MIN_CELL, shown

SETS = 200
"""Parameter sets of input uncertainty; replication r of a run takes set 1 + (r mod 200)."""


@dataclass(frozen=True)
class LogCalibration:
    """All a log said: parameters with intervals, the scenario's beginning, what was assumed, rows left out."""

    drawing: dict[str, Any]
    parameters: tuple[Parameter, ...]
    starts: dict[str, Any]
    start: str
    window: Window
    assumed: tuple[str, ...]
    rejected: tuple[Fault, ...]
    source: str
    observed: pd.DataFrame
    """Rows by activity and outcome, with totals; small cells hidden (`observed`)."""
    weekly: pd.DataFrame
    """The log week by week (`weeks.weekly`); not kept in any file."""

    def table(self) -> pd.DataFrame:
        """Columns parameter, value, low, high (95 %), n, how."""
        rows = [
            (one.name, one.estimate.value, one.estimate.low, one.estimate.high, one.estimate.n, one.how)
            for one in self.parameters
        ]
        return pd.DataFrame(rows, columns=["parameter", "value", "low", "high", "n", "how"])

    def left_out(self) -> pd.DataFrame:
        """Columns row, column, why: rows of the log that could not be used, at most 10,000; never a cell's value."""
        rows = [(fault.line, fault.key, fault.message) for fault in self.rejected]
        return pd.DataFrame(rows, columns=["row", "column", "why"])

    def scenario(self, name: str = "calibrated", number: int = 0, seed: int = 1) -> dict[str, Any]:
        """The scenario file as plain data; `number` 0: the estimates, above: a parameter set of input uncertainty."""
        data = copy.deepcopy(self.drawing)
        data["scenario"] = name
        data["title"] = f"Calibrated from {self.source}"
        data.pop("title_sv", None)
        data["horizon"] = {**data["horizon"], "start": self.start}
        data.update({key: value for key, value in self.starts.items() if value})
        for key in [key for key, value in self.starts.items() if not value]:
            data.pop(key, None)
        for one in self.parameters:
            value = one.estimate.value
            if number:
                u = chance.uniform(seed, number, f"input:{one.shared or one.name}", np.zeros(1, dtype=np.int64))
                value = one.drawn(float(chance.quantile({"law": "normal", "mean": 10.0, "sd": 1.0}, u)[0]) - 10.0)
            _put(data, one, value)
        _whole_shares(data, self.parameters)
        return data

    def sets(self, many: int = SETS) -> pd.DataFrame:
        """Columns set (from 1), then every number of the scenario that the log leaves open, by its dotted place."""
        found = [dict(_leaves(self.scenario(number=k))) for k in range(many + 1)]
        open_ = [where for where, value in found[0].items() if any(one[where] != value for one in found)]
        return pd.DataFrame(
            {"set": range(1, many + 1), **{where: [one[where] for one in found[1:]] for where in open_}}
        )

    def to_yaml(self, path: str | Path) -> None:
        """Writes the scenario, with what was assumed as remarks at its head, and its parameter sets beside it."""
        path = Path(path)
        remarks = "".join(f"# Assumed: {words}\n" for words in self.assumed)
        head = f"# Written by `flowsim calibrate` from {self.source}, {self.window.weeks} weeks.\n{remarks}"
        data, beside = self.scenario(path.stem.lower().replace("-", "_")), f"{path.stem}_sets.csv"
        sets = tables.safe_text(self.sets()).to_csv(index=False, lineterminator="\n")
        path.with_name(beside).write_text(sets, encoding="utf-8")
        path.write_text(head + schema.as_yaml({**data, "parameter_sets": beside}), encoding="utf-8")


def calibrate_log(
    events: Events,
    drawing: Mapping[str, Any] | None = None,
    capacity: pd.DataFrame | None = None,
    window: tuple[date, date] | None = None,
    min_cell: int = MIN_CELL,
    progress: Callable[[str], None] | None = None,
) -> LogCalibration:
    """A log read along a drawing of the pathway.

    Args:
        events: as `read_events` gives it.
        drawing: a scenario file as plain data: its structure is kept, its numbers are asked of the log. Without it
            one is drawn from the log, steps one after the other.
        capacity: a weekly table (`read_weekly`) with offered; without it capacity is censored by the queue.
        window: first Monday and last Sunday to use; default the log's whole weeks.
        min_cell: no number of patients from 1 to one below this is written.
        progress: told what is being fitted.
    """
    said: list[str] = []
    if drawing is None:
        events, drawing, said = drawn_from(events)
    path, visits = Pathway(copy.deepcopy(dict(drawing))), Visits(events, window_of(events, window))
    found: list[Parameter] = []
    asked: tuple[tuple[str, Callable[[], Iterator[Parameter]]], ...] = (
        ("arrivals", lambda: flows.arrivals(visits, path)),
        ("routes", lambda: findings.routes(visits, path)),
        ("no-shows and cancellations", lambda: findings.attempts(visits, path)),
        ("leaving", lambda: chain(findings.leaving(visits, path), patience(visits, path))),
        ("planned delays", lambda: findings.delays(visits, path)),
        ("stays", lambda: findings.nights(visits, path)),
        ("durations", lambda: chain(findings.durations(visits, path), lengths(visits, path))),
        ("capacity", lambda: flows.capacities(visits, path, capacity)),
    )
    for what, fitted in asked:
        if progress:
            progress(what)
        found += fitted()
    begins, few = today.starts(visits, path, min_cell)
    return LogCalibration(
        drawing=path.data,
        parameters=tuple(found),
        starts=begins,
        start=today.start_of(visits),
        window=visits.window,
        assumed=(*events.warnings, *said, *_assumed(path, found, capacity is not None, visits), *few),
        rejected=events.rejected,
        source=events.source,
        observed=observed(events.frame, min_cell),
        weekly=weekly(visits, path),
    )


def observed(frame: pd.DataFrame, min_cell: int = MIN_CELL) -> pd.DataFrame:
    """Rows of the log by activity and outcome with totals, small cells hidden; empty columns are left out."""
    counts = frame.groupby(["activity", "outcome"], observed=True).size().unstack(fill_value=0)
    table = shown(counts.set_axis(counts.columns.astype(str), axis=1).set_axis(counts.index.astype(str)), min_cell)
    return table.reset_index(names="activity")


def _leaves(data: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """(dotted place, value) of everything in a scenario that is no mapping or list."""
    if not isinstance(data, dict | list):
        yield where, data
        return
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        yield from _leaves(value, f"{where}.{key}" if where else str(key))


def _put(data: dict[str, Any], one: Parameter, value: float) -> None:
    """Writes a parameter at its place; luck becomes a lognormal law."""
    at: Any = data
    for key in one.keys[:-1]:
        if key == "luck" and at[key].get("law") != "lognormal":
            at[key] = {"law": "lognormal", "cv": 0.0, "lag1": 0.0}
        at = at[key]
    at[one.keys[-1]] = one.written(value)


def _whole_shares(data: dict[str, Any], parameters: tuple[Parameter, ...]) -> None:
    """Shares that must add up to 1 do: the ends after a step share what is left, other sets are scaled."""
    for keys in dict.fromkeys(one.keys[:-1] for one in parameters if one.kind == "share"):
        shares: Any = data
        for key in keys:
            shares = shares[key]
        if not {"then", "nights", "groups", "values"} & set(keys) or not all(
            isinstance(one, int | float) for one in shares.values()
        ):
            continue
        free = [name for name in shares if name in ENDS]
        fixed = sum(share for name, share in shares.items() if name not in free)
        spare = sum(shares[name] for name in free)
        if free and fixed < 1:
            shares.update({name: shares[name] / spare * (1 - fixed) if spare else (1 - fixed) for name in free})
        else:
            shares.update({name: share / fixed if name not in free else 0.0 for name, share in shares.items()})
        rounded = {name: round(share, 6) for name, share in shares.items()}
        last = max(rounded, key=lambda name: rounded[name])
        rounded[last] = round(1 - sum(share for name, share in rounded.items() if name != last), 6)
        shares.update(rounded)


def _assumed(path: Pathway, found: list[Parameter], table: bool, visits: Visits) -> list[str]:
    """What stands in the scenario as the drawing has it, or was taken for granted, in words."""
    known = {one.keys for one in found}
    said = ["who follows whom, priority, queue order, pull, rebooking times, places and servers are the drawing's"]
    if not table:
        said.append("no capacity table: capacity is inferred from weeks in which somebody waited all the time")
    for name, one in path.data.get("resources", {}).items():
        if "slots_per_week" in one and ("resources", name, "slots_per_week") not in known:
            said.append(f"slots a week of {name}: the drawing's; too little in the log says what was offered")
    for name, step in path.steps.items():
        keys = ("pathway", name, "delay")
        if "delay" in step and not any(one[:3] == keys for one in known):
            said.append(f"delay before {name}: the drawing's; the log shows too few or none")
    if path.splits():
        said.append("who is in several steps side by side is due at the step that joins them, decision not known")
    said.append(f"the log's {visits.window.weeks} whole weeks are taken to be ordinary weeks")
    return said
