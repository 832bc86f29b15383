"""How many wait, where and since when: by step, resource and span, at each week's end, on given days and on average.

At a week's end, and at the end of a given day, those count who have joined and not yet started, left or been handed
to another provider. Weeks cut by the horizon are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np

from flowsim.errors import FlowsimError
from flowsim.frames import pd
from flowsim.measures.counting import events_before, inside_at, merged, seconds_inside, total_by
from flowsim.measures.runs import (
    Run,
    Source,
    cells,
    collect,
    framed,
    resource_names,
    step_names,
    texts,
    week_ends,
    whole_weeks,
)
from flowsim.measures.spells import Spells, spells, visits
from flowsim.tables import DAY_S, Setting

By = Literal["step", "resource"]
Day = date | int
LIMIT_COLUMNS = (("kind", "kind"), ("span", "name"), ("limit_days", "days"))


@dataclass(frozen=True)
class Waiting:
    """All that waits in one kind of place: intervals with the place's code, and the places' names."""

    names: tuple[str, ...]
    code: np.ndarray
    """The last one + 1: nowhere that counts."""
    enter: np.ndarray
    leave: np.ndarray

    def at(self, moments: np.ndarray) -> np.ndarray:
        """Patients waiting just before each moment (ascending), (names, moments)."""
        places = len(self.names)
        return inside_at(moments, self.code, places + 1, self.enter, self.leave)[:places]

    def mean(self, end: int) -> np.ndarray:
        """Time-weighted mean number waiting over [0, end), by name."""
        places = len(self.names)
        return total_by(self.code, places + 1, seconds_inside(0, end, self.enter, self.leave))[:places] / end


@dataclass(frozen=True)
class Limit:
    """A wait that should not pass so many days; `kind` is span or guarantee."""

    kind: str
    name: str
    begins: str
    to: str
    days: float


def queue_length(results: Source, *, by: By = "step", background: bool = False) -> pd.DataFrame:
    """Patients waiting at each week's end, by step (or by the resource in whose queue they stand).

    `background` counts other departments' patients too. Columns: scenario, replication, step (or resource), week,
    patients. Only steps that need a resource are listed.
    """
    return collect(results, lambda run: _weekly(run, by, step_queues(run, by, background)))


def span_queue(results: Source) -> pd.DataFrame:
    """Patients inside each of the scenario's spans at each week's end.

    Columns: scenario, replication, span, week, patients.
    """
    return collect(results, lambda run: _weekly(run, "span", span_queues(run)))


def queue_sum(results: Source) -> pd.DataFrame:
    """All own patients waiting anywhere at each week's end, each counted once.

    A patient counts who waits in the queue of at least one step that needs a resource, or is inside at least one
    span; one waiting for a film on the way to surgery is one, not two. Not counted: planned delays outside every span
    (a control in twelve weeks), those in service or in a stay, those waiting for a place after a visit (they block
    what they are in), and other departments' patients.
    Columns: scenario, replication, week, patients.
    """

    def measure(run: Run) -> pd.DataFrame:
        return cells(run, {"week": [*whole_weeks(run.setting)]}, patients=anywhere(run).at(week_ends(run.setting))[0])

    return collect(results, measure)


def every_week(results: Source) -> pd.DataFrame:
    """Patients waiting at each week's end in every step's queue, every span, and anywhere (`queue_sum`), in one frame.

    Columns: scenario, replication, kind (span, step, sum), name (of the span or step; all), week, patients.
    """

    def measure(run: Run) -> pd.DataFrame:
        ends, found = week_ends(run.setting), dict(every_queue(run))
        kinds = ("span", "step", "sum")
        counts = np.concatenate([found[kind].at(ends) for kind in kinds])
        names = [(kind, name) for kind in kinds for name in found[kind].names]
        data = {
            "kind": texts(tuple(kind for kind, _ in names), len(ends)),
            "name": texts(tuple(name for _, name in names), len(ends)),
            "week": np.tile(np.array([*whole_weeks(run.setting)], dtype=np.int64), len(names)),
            "patients": counts.ravel(),
        }
        return framed(run, data)

    return collect(results, measure)


def mean_queue(results: Source) -> pd.DataFrame:
    """Time-weighted mean number waiting over the reported horizon.

    Columns: scenario, replication, kind (step, resource, span, sum), name, patients.
    """

    def measure(run: Run) -> pd.DataFrame:
        means = [waiting.mean(run.end_s) for _, waiting in every_queue(run)]
        return framed(run, _places(run, 1) | {"patients": np.concatenate(means)})

    return collect(results, measure)


def queue_on(results: Source, days: Sequence[Day]) -> pd.DataFrame:
    """Patients waiting at the end of the given days (dates, or days from the start; days outside are refused).

    Columns: scenario, replication, kind (step, resource, span, sum), name, day, patients.
    """

    def measure(run: Run) -> pd.DataFrame:
        ends = day_ends(run.setting, days)
        counts = np.concatenate([waiting.at(ends) for _, waiting in every_queue(run)])
        day = np.tile(ends // DAY_S - 1, len(counts))
        return framed(run, _places(run, len(ends)) | {"day": day, "patients": counts.ravel()})

    return collect(results, measure)


def over_limit(results: Source, days: float | Mapping[str, float] | None = None) -> pd.DataFrame:
    """Patients who have waited strictly longer than the limit, at each week's end, by span and guarantee.

    Limits: the guarantee's days, also for spans that end with the same step; `days` sets one for all, or by name
    (spans without a limit are left out). Columns: scenario, replication, kind (span, guarantee), span, limit_days,
    week, waiting (all inside), over (of them past the limit).
    """

    def measure(run: Run) -> pd.DataFrame:
        asked, ends, weeks = limits(run.setting, days), week_ends(run.setting), [*whole_weeks(run.setting)]
        counts = [waiting_and_over(spells(run, x.begins, x.to), x.days, ends) for x in asked]
        waiting, over = np.array(counts, dtype=np.int64).reshape(len(asked), 2, len(weeks)).swapaxes(0, 1)
        data = {name: np.repeat([getattr(x, field) for x in asked], len(weeks)) for name, field in LIMIT_COLUMNS}
        data |= {"week": np.tile(weeks, len(asked)), "waiting": waiting.ravel(), "over": over.ravel()}
        return framed(run, data)

    return collect(results, measure)


def limits(setting: Setting, days: float | Mapping[str, float] | None = None) -> list[Limit]:
    """Every span and guarantee with a limit, the given days before the scenario's own."""

    def limit(name: str, own: float | None) -> float | None:
        if isinstance(days, Mapping):
            return days.get(name, own)
        return own if days is None else float(days)

    by_step = {step: allowed for _, step, allowed in setting.guarantee}
    found = [Limit("span", n, b, to, d) for n, b, to in setting.spans if (d := limit(n, by_step.get(to))) is not None]
    for name, step, allowed in setting.guarantee:
        begins = "referral" if name == "first_visit" else "decision"
        found.append(Limit("guarantee", name, begins, step, float(limit(name, allowed) or 0.0)))
    return found


def waiting_and_over(found: Spells, limit_days: float, moments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Spells holding each moment (ascending), and those of them with a clock more than `limit_days` back."""
    one = np.zeros(len(found.enter), dtype=np.int64)
    waiting = inside_at(moments, one, 1, found.enter, found.leave)[0]
    passed = np.maximum(found.enter, found.clock.astype(np.int64) + round(limit_days * DAY_S))
    late = np.flatnonzero(~(found.leave <= passed))
    over = events_before(moments, one[late], 1, passed[late]) - events_before(moments, one[late], 1, found.leave[late])
    return waiting, over[0]


def every_queue(run: Run) -> list[tuple[str, Waiting]]:
    """Kind of place and what waits there: steps, resources, spans, and the sum without double counting."""

    def found() -> list[tuple[str, Waiting]]:
        steps, resources = step_queues(run), step_queues(run, "resource")
        return [("step", steps), ("resource", resources), ("span", span_queues(run)), ("sum", anywhere(run))]

    return run.once("every_queue", found)


def step_queues(run: Run, by: By = "step", background: bool = False) -> Waiting:
    """What waits in the queues of steps that need a resource, named by step or by that resource."""
    own, setting = visits(run, background), run.setting
    leads = [step.lead for step in setting.steps]
    if by == "step":
        names = tuple(name for name, lead in zip(step_names(setting), leads, strict=True) if lead)
        code_of = [names.index(step.name) if step.lead else len(names) for step in setting.steps]
    else:
        names = tuple(name for name in resource_names(setting) if name in leads)
        code_of = [names.index(lead) if lead else len(names) for lead in leads]
    return Waiting(names, np.array(code_of, dtype=np.int32).take(own.step), since(run, background), own.left_queue)


def span_queues(run: Run) -> Waiting:
    """What waits in the scenario's spans."""
    setting = run.setting
    found = [spells(run, begins, to) for _, begins, to in setting.spans]
    codes = [np.full(len(spell.enter), k, dtype=np.int64) for k, spell in enumerate(found)]
    empty = [np.zeros(0, dtype=np.int64)]
    return Waiting(
        names=tuple(name for name, _, _ in setting.spans),
        code=np.concatenate([*codes, *empty]),
        enter=np.concatenate([*(spell.enter for spell in found), *empty]),
        leave=np.concatenate([*(spell.leave for spell in found), *empty]),
    )


def anywhere(run: Run) -> Waiting:
    """Own patients waiting in any step's queue or inside any span: each patient's waits made one (see `queue_sum`)."""
    own = visits(run)
    queued = np.array([bool(step.lead) and not step.stay_of for step in run.setting.steps], dtype=bool)
    rows = np.flatnonzero(queued[own.step])
    found = [spells(run, begins, to) for _, begins, to in run.setting.spans]
    patient = np.concatenate([own.patient[rows], *(spell.patient for spell in found)])
    enter = np.concatenate([since(run)[rows], *(spell.enter for spell in found)])
    leave = np.concatenate([own.left_queue[rows], *(spell.leave for spell in found)])
    _, enter, leave = merged(patient, enter, leave, run.end_s)
    return Waiting(("all",), np.zeros(len(enter), dtype=np.int64), enter, leave)


def day_ends(setting: Setting, days: Sequence[Day]) -> np.ndarray:
    """Seconds at which the given days end, ascending; days (0 = the first) or dates inside the horizon."""
    numbers = [(day - setting.start).days if isinstance(day, date) else int(day) for day in days]
    for day, number in zip(days, numbers, strict=True):
        if not 0 <= number < setting.end_day:
            raise FlowsimError(f"{day} is not a day of the horizon: {setting.weeks} weeks from {setting.start}.")
    return (np.unique(np.array(numbers, dtype=np.int64)) + 1) * DAY_S


def since(run: Run, background: bool = False) -> np.ndarray:
    """When each visit began to wait inside the run."""
    own = visits(run, background)
    return run.once(("since", background), lambda: np.maximum(own.queued, run.patients["arrived_s"].take(own.patient)))


def _weekly(run: Run, axis: str, waiting: Waiting) -> pd.DataFrame:
    axes = {axis: waiting.names, "week": [*whole_weeks(run.setting)]}
    return cells(run, axes, patients=waiting.at(week_ends(run.setting)))


def _places(run: Run, each: int) -> dict[str, Any]:
    """Columns kind and name of every queue, each so many times."""
    found = every_queue(run)
    kinds = tuple(kind for kind, waiting in found for _ in waiting.names)
    names = tuple(name for _, waiting in found for name in waiting.names)
    return {"kind": texts(kinds, each), "name": texts(names, each)}
