"""Runs of candidate cases under common luck: a few numbers of each, found once, on processes kept from call to call."""

from __future__ import annotations

import gc
import hashlib
import os
import pickle
import time
import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from flowsim import engines, plan
from flowsim.engines import chosen, must_compile
from flowsim.errors import RunError
from flowsim.experiment import workers as workers_of
from flowsim.experiment.sharing import Shared
from flowsim.plan.model import Plan
from flowsim.questions.cases import Case
from flowsim.tables import Rows

SECONDS = 45.0
"""Time for simulation, unless another is asked for."""
_CHUNK = 20
"""Replications sent to a process at a time, at most."""


class Measure(Protocol):
    """What is kept of a replication: always as many numbers. Hashable, and importable by name (it travels)."""

    def __call__(self, rows: Rows, plan: Plan) -> np.ndarray:
        """The numbers of one replication."""
        ...


class Runs:
    """Runs of a question's cases, remembered by (case, weeks, measure, replication); a case by its path, name and text.

    Replication r of every case shares its luck, unless `independent`. `seconds`: `in_time` until that has passed.
    """

    def __init__(
        self,
        seed: int = 1,
        engine: str = "auto",
        workers: int | None = None,
        seconds: float = SECONDS,
        independent: bool = False,
        told: Callable[[int], None] | None = None,
    ) -> None:
        self.seed, self.seconds, self.independent = seed, seconds, independent
        self.engine = chosen(engine, 10_000)
        self.workers = workers or os.cpu_count() or 1
        self.count = 0
        """Replications simulated so far."""
        self.spent = 0.0
        """Seconds in which they were."""
        self._told = told
        self._known: dict[tuple[Any, ...], dict[int, np.ndarray]] = {}
        self._stack = ExitStack()
        self._pool: Executor | None = None
        self._began = time.monotonic()

    def close(self) -> None:
        """End the processes."""
        self._stack.close()
        self._pool = None

    @property
    def in_time(self) -> bool:
        """Whether there is time for more."""
        return time.monotonic() - self._began < self.seconds

    def left(self) -> float:
        """Seconds left."""
        return max(0.0, self.seconds - (time.monotonic() - self._began))

    def affordable(self, share: float = 1.0) -> int:
        """About how many more replications this share of the time left suffices for."""
        return int(self.left() * share / max(1e-6, self.spent / max(1, self.count)))

    def evaluate(
        self, case: Case, measure: Measure, replications: Iterable[int], weeks: int | None = None
    ) -> np.ndarray:
        """The measure's numbers, a row for each replication asked for, in that order.

        `weeks`: end the runs so many weeks from the start.

        Raises:
            RunError: a replication failed.
        """
        asked = [int(r) for r in replications]
        known = self._known.setdefault((case.path, case.name, case.text, weeks, measure), {})
        lacking = [r for r in asked if r not in known]
        if lacking:
            made = case.plan if weeks is None else case.plan_to(weeks)
            known.update(zip(lacking, self._run(made, self._seed(case), measure, lacking), strict=True))
        return np.array([known[r] for r in asked])

    def _seed(self, case: Case) -> int:
        return self.seed + zlib.crc32(case.name.encode()) % 10**6 * self.independent

    def _run(self, made: Plan, seed: int, measure: Measure, replications: list[int]) -> list[np.ndarray]:
        """Simulate, here or in the processes."""
        self._ready(made, seed)
        began = time.monotonic()
        if self.workers == 1 or len(replications) == 1:
            found = _rows_of(made, seed, measure, self.engine, replications)
        else:
            found = self._spread(made, seed, measure, replications)
        self.count += len(replications)
        self.spent += time.monotonic() - began
        if self._told is not None:
            self._told(self.count)
        return found

    def _ready(self, made: Plan, seed: int) -> None:
        """The kernel compiled once, here; that time is not the question's."""
        if must_compile(self.engine):
            began = time.monotonic()
            engines.run(made, plan.draw(made, seed, 0), self.engine)
            self._began += time.monotonic() - began

    def _spread(self, made: Plan, seed: int, measure: Measure, replications: list[int]) -> list[np.ndarray]:
        if self._pool is None:
            self._pool = self._stack.enter_context(workers_of(self.workers, self.engine))
        pool = self._pool
        if pool is None:
            return _rows_of(made, seed, measure, self.engine, replications)
        packed = pickle.dumps(made)
        key = hashlib.sha256(packed).hexdigest()
        _remember(key, made)
        size = max(1, min(_CHUNK, -(-len(replications) // (2 * self.workers))))
        parts = [
            Part(key, packed, seed, measure, self.engine, tuple(replications[k : k + size]))
            for k in range(0, len(replications), size)
        ]
        found: dict[int, np.ndarray] = {}
        for part in Shared(iter(parts), pool, self.workers - 1, _in_process).results(_in_process):
            found.update(part)
        return [found[replication] for replication in replications]


@dataclass(frozen=True)
class Part:
    """Some replications of a plan, to be done wherever there is time."""

    key: str
    """The hash of `plan`."""
    plan: bytes
    """A plan's pickle."""
    seed: int
    measure: Measure
    engine: str
    replications: tuple[int, ...]


_PLANS: dict[str, Plan] = {}
"""In a process: plans by the hash of their pickle, the latest ones."""
_KEPT_PLANS = 12


def _remember(key: str, made: Plan) -> None:
    """A plan more, the oldest forgotten."""
    while len(_PLANS) >= _KEPT_PLANS:
        _PLANS.pop(next(iter(_PLANS)))
    _PLANS[key] = made


def _in_process(part: Part) -> dict[int, np.ndarray]:
    """The measure of each replication, by its number."""
    if part.key not in _PLANS:
        _remember(part.key, pickle.loads(part.plan))  # noqa: S301  our own, from our own parent
    made = _rows_of(_PLANS[part.key], part.seed, part.measure, part.engine, part.replications)
    return dict(zip(part.replications, made, strict=True))


def _rows_of(made: Plan, seed: int, measure: Measure, engine: str, replications: Sequence[int]) -> list[np.ndarray]:
    """The measure of each replication. Garbage is collected between them, not during."""
    collecting, found = gc.isenabled(), []
    gc.disable()
    try:
        for replication in replications:
            rows = engines.run(made, plan.draw(made, seed, replication), engine)
            found.append(np.asarray(measure(rows, made), dtype=float))
    except Exception as error:
        text = f"{made.setting.scenario}, replication {replication}, seed {seed}: {type(error).__name__}: {error}"
        raise RunError(text) from error
    finally:
        if collecting:
            gc.enable()
    return found
