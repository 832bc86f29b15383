"""Loading a scenario: bases, changes, files and checks, down to one model for each period between dated changes."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flowsim.errors import Fault, InputError
from flowsim.scenario import references, routes
from flowsim.scenario.changes import Change, ChangeError, apply, parts_of
from flowsim.scenario.dated import fixed_by_date
from flowsim.scenario.files import Files, bring_in, bring_in_sets, project_of, relative, too_short
from flowsim.scenario.reading import Chain, Item, read_chain
from flowsim.scenario.references import Found
from flowsim.scenario.together import bring_in_together
from flowsim.schema import Horizon, KeyPath, Marks, ScenarioModel, Split, as_yaml, fault_here, parsed, sentence, spelled
from flowsim.schema.values import CHOSEN


@dataclass(frozen=True)
class AppliedChange:
    """What one change did."""

    where: str
    old: Any
    new: Any
    from_: date | None = None
    to: date | None = None
    by: str = ""
    """The named intervention it comes from, '' if it was written out."""


@dataclass(frozen=True)
class Scenario:
    """One validated scenario, ready for a plan."""

    name: str
    title: str
    title_sv: str
    path: str
    """As it was typed."""
    model: ScenarioModel
    """The first period's."""
    periods: tuple[tuple[date, ScenarioModel], ...]
    """First day and model of each period; the first from the beginning of the run, warm-up included."""
    changes: tuple[AppliedChange, ...]
    texts: dict[str, str]
    """Path -> text of every file read: scenario, bases, unit costs, calibration, timetables."""
    based_on: tuple[str, ...]
    """Paths of the bases, the nearest first."""
    items: tuple[str, ...]
    """The items of `change:` in a few words, the first base's first."""
    warnings: tuple[str, ...]
    data: dict[str, Any]
    """What holds when no dated change does, as plain data; paths as in `model`."""
    dated: tuple[Change, ...]
    """Changes from the first dated one on, made one after the other on `data`."""
    made: int | None = None
    """How many items of `change:` were made; None: all."""
    sets: bool = False
    """Whether parameter sets were read that it can be run under (`load` with `set_number`)."""
    warm_up_weeks: int | None = None
    """Weeks of warm-up chosen for it; None: as it states."""

    @property
    def warm_up_is_open(self) -> bool:
        """Whether the warm-up is to be chosen: none is stated, nobody is there at the start, no dated file feeds it."""
        model = self.model
        dated = any(isinstance(source.timetable, str) and not source.repeats for source in model.arrivals.values())
        there = model.queue_at_start or model.in_beds_at_start or model.due_at_start
        return model.horizon.warm_up_weeks == CHOSEN and not there and not dated

    @property
    def unit_costs(self) -> str | None:
        """Path of the unit costs file, openable from here; None if the scenario names none."""
        return self.model.unit_costs

    @property
    def payments(self) -> str | None:
        """Path of the payments file, openable from here; None if the scenario names none."""
        return self.model.payments


def load(
    path: str | Path,
    items: int | None = None,
    texts: Mapping[str, str] | None = None,
    set_number: int | None = None,
    warm_up_weeks: int | None = None,
) -> Scenario:
    """A scenario from its file: bases read, changes made, everything checked.

    `items`: make only the first so many items of `change:`, the bases' included (what each change does, in order).
    `texts`: path -> text of files that are not on the disk, or not as they are there.
    `set_number`: input uncertainty. 0: the parameter sets of calibrations are read too; from 1: the scenario as it
    stands under that set; None: as calibrated, sets left alone. `warm_up_weeks`: chosen for it, whatever it states.

    Raises:
        InputError: every fault found, each with file, line, key, what was found and what is allowed.
    """
    shown = str(path)
    files = Files(project_of(shown), dict(texts or {}), set_number)
    chain = read_chain(shown, files)
    if warm_up_weeks is not None and isinstance(chain.data.get("horizon"), dict):
        chain.data["horizon"]["warm_up_weeks"] = warm_up_weeks
    chain.faults += bring_in_sets(chain.data, chain.marks, files)
    chain = chain if items is None else replace(chain, items=chain.items[:items])
    history = _expanded(chain, files)
    models, warnings = _periods(chain, history.changes, files)
    first = models[0][1]
    settled, dated = _settled(chain, history.changes, files)
    return Scenario(
        name=first.scenario,
        title=first.title,
        title_sv=first.title_sv,
        path=shown,
        model=first,
        periods=models,
        changes=tuple(history.applied),
        texts=dict(files.texts),
        based_on=chain.based_on,
        items=tuple(item.in_words for item in chain.items),
        warnings=warnings,
        data=settled,
        dated=dated,
        made=items,
        sets=set_number == 0 and bool(files.sets),
        warm_up_weeks=warm_up_weeks,
    )


def resolved(scenario: Scenario) -> str:
    """The scenario as one YAML text without base: changes made, dated ones written out."""
    data = relative(scenario.data, os.path.dirname(scenario.path))
    changes = [_as_written(change) for change in scenario.dated]
    return as_yaml({**data, "change": changes} if changes else data)


def _as_written(change: Change) -> dict[str, Any]:
    """A plain change as it is said in a file."""
    dates = {"from": change.from_, "to": change.to}
    return {
        "where": change.where,
        change.operation: change.value,
        **{key: day.isoformat() for key, day in dates.items() if day},
    }


def _once(faults: list[Fault]) -> list[Fault]:
    """Each fault once, in the order found."""
    return list(dict.fromkeys(faults))


@dataclass(frozen=True)
class _History:
    """Every plain change in order, and what it did on its first day."""

    changes: list[Change]
    applied: list[AppliedChange]


def _expanded(chain: Chain, files: Files) -> _History:
    """Named interventions turned into plain changes, each tried.

    InputError with all that cannot be made, and all that is wrong with the base itself.
    """
    history = _History([], [])
    faults = list(chain.faults)
    for item in chain.items:
        base, _ = _state(chain, [change for change in history.changes if not change.is_dated])
        try:
            for change in _plain(item, base):
                _try(chain, history, change)
        except ChangeError as error:
            faults.append(_of_item(item, error))
        except (TypeError, KeyError, AttributeError, ValueError):
            _refuse_faulty(chain, history.changes)
            raise
        except _CannotError as error:
            faults.append(error.fault)
    if faults:
        _checked(*_state(chain, []), files, faults, [])
        raise InputError(_once(faults))
    return history


def _refuse_faulty(chain: Chain, changes: list[Change]) -> None:
    """InputError if the base, so far, is itself wrong: an intervention need not make sense of it."""
    data, marks = _state(chain, [change for change in changes if not change.is_dated])
    parsed(ScenarioModel, data, marks)


class _CannotError(Exception):
    """A plain change that cannot be made."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.message)


def _of_item(item: Item, error: ChangeError) -> Fault:
    """A fault of an intervention as a whole."""
    return Fault(item.mark.file, item.mark.line, spelled(item.path), "", sentence(str(error)))


def _plain(item: Item, base: dict[str, Any]) -> Iterator[Change]:
    """The plain changes of an item."""
    if item.named is not None:
        for one in item.named.expand(item.said, base):
            yield item.change(one.where, one.operation, one.value, if_there=one.if_there, dated=one.dated)
    elif item.plain is not None:
        operation = next(key for key in ("set", "add", "scale") if key in item.said)
        yield item.change(item.plain.where, operation, item.said[operation], if_there=False, dated=True)


def _try(chain: Chain, history: _History, change: Change) -> None:
    """Makes a change on its first day, and notes what it did."""
    if change.is_dated and (message := fixed_by_date(parts_of(change.where))):
        raise _CannotError(change.fault(message))
    before = [one for one in history.changes if not one.is_dated or (change.is_dated and one.meets(change))]
    data, marks = _state(chain, before)
    try:
        did = apply(change, data, marks)
    except ChangeError as error:
        raise _CannotError(change.fault(str(error))) from None
    if did is not None:
        history.changes.append(change)
        history.applied.append(AppliedChange(change.where, *did, change.from_, change.to, change.by))


def _state(chain: Chain, changes: list[Change]) -> tuple[dict[str, Any], Marks]:
    """The base with some changes made, and the line of every key."""
    data, marks = copy.deepcopy(chain.data), dict(chain.marks)
    for change in changes:
        try:
            apply(change, data, marks)
        except ChangeError as error:
            raise InputError([change.fault(f"{error} (where earlier changes do not hold)")]) from None
    return data, marks


def _periods(
    chain: Chain, changes: list[Change], files: Files
) -> tuple[tuple[tuple[date, ScenarioModel], ...], tuple[str, ...]]:
    """A model for each period between dated changes, and what is doubtful in all of them."""
    always, marks = _state(chain, [change for change in changes if not change.is_dated])
    faults: list[Fault] = []
    try:
        begin, last = _run_of(always, marks)
    except InputError:
        _checked(always, marks, files, faults, [])
        raise InputError(_once(faults)) from None
    faults += _outside(changes, begin, last)
    found: list[tuple[date, ScenarioModel]] = []
    doubts: list[list[str]] = []
    for day in _first_days(changes, begin, last):
        data, marks = _state(chain, [change for change in changes if change.holds_on(day)])
        model = _checked(data, marks, files, faults, doubts)
        if model is not None and (not found or model != found[-1][1]):
            if found:
                faults += _other_make(found[0][1], model, marks)
            found.append((day, model))
    if faults:
        raise InputError(_once(faults))
    return tuple(found), tuple(one for one in doubts[0] if all(one in others for others in doubts))


def _run_of(data: dict[str, Any], marks: Marks) -> tuple[date, date]:
    """First and last day of the run; InputError if the horizon is not told rightly."""
    horizon = parsed(Horizon, data.get("horizon"), marks)
    return horizon.begin, horizon.last


def _first_days(changes: list[Change], begin: date, last: date) -> list[date]:
    """First days of the periods."""
    cuts = {change.from_ for change in changes if change.from_}
    cuts |= {change.to + timedelta(days=1) for change in changes if change.to and change.to < date.max}
    return [begin, *sorted(day for day in cuts if begin < day <= last)]


def _outside(changes: list[Change], begin: date, last: date) -> Iterator[Fault]:
    """Dated changes that never hold."""
    for change in changes:
        if (change.from_ and change.from_ > last) or (change.to and change.to < begin):
            yield change.fault(f"never holds: its dates lie outside the run ({begin} to {last}).")


def _checked(
    data: dict[str, Any], marks: Marks, files: Files, faults: list[Fault], doubts: list[list[str]]
) -> ScenarioModel | None:
    """One period's model with its files read and all checks made; None if it is faulty."""
    faults += [*bring_in_together(data, marks, files), *bring_in(data, marks, files)]
    try:
        model = parsed(ScenarioModel, data, marks)
    except InputError as error:
        faults += error.faults
        return None
    found = Found(marks, data)
    references.check(model, found)
    routes.check(model, found)
    for name, source in model.arrivals.items():
        if isinstance(source.timetable, str) and not source.repeats and source.timetable in files.texts:
            message = too_short(source.timetable, files.texts[source.timetable], model.horizon.last)
            if message:
                found.wrong(("arrivals", name, "timetable"), message, source.timetable)
    faults += found.faults
    doubts.append(found.warnings)
    return model


def _other_make(first: ScenarioModel, later: ScenarioModel, marks: Marks) -> Iterator[Fault]:
    """Parts that a dated change swapped for parts of another kind."""
    for name, step in later.pathway.items():
        before = first.pathway[name]
        path: KeyPath = ("pathway", name)
        if type(step.then) is not type(before.then) or (isinstance(step.then, Split) and step.then != before.then):
            yield fault_here(marks, (*path, "then"), "cannot become, or stop being, a split from one day to another.")
        if [rule.from_ for rule in step.patience] != [rule.from_ for rule in before.patience]:
            yield fault_here(marks, (*path, "patience"), "must keep its number of rules and what they count from.")


def _settled(chain: Chain, changes: list[Change], files: Files) -> tuple[dict[str, Any], tuple[Change, ...]]:
    """The base with all changes made up to the first dated one, and the rest."""
    dated = next((k for k, change in enumerate(changes) if change.is_dated), len(changes))
    data, marks = _state(chain, changes[:dated])
    bring_in_together(data, marks, files)
    bring_in(data, marks, files)
    return data, tuple(changes[dated:])
