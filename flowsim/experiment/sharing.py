"""Tasks shared between workers and this process: whoever is free takes the next one, so that all end together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Executor, Future
from contextlib import suppress
from queue import SimpleQueue
from typing import Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


class Shared(Generic[Task, Result]):
    """Tasks handed out one by one, `ahead` of them at a time to the executor: `afar` must be importable by name."""

    def __init__(self, tasks: Iterator[Task], executor: Executor, ahead: int, afar: Callable[[Task], Result]) -> None:
        self._tasks, self._executor, self._ahead, self._afar = tasks, executor, ahead, afar
        self._lock = threading.Lock()
        self._at_work: set[Future[Result]] = set()
        self._home: SimpleQueue[Future[Result]] = SimpleQueue()
        self._over = False

    def results(self, here: Callable[[Task], Result] | None = None) -> Generator[Result, None, None]:
        """Results as they come in. `here`: what this process does with a task in the meantime; None: it waits.

        What is not begun when the caller stops listening is withdrawn. Raises what a task raised.
        """
        try:
            for _ in range(self._ahead):
                self._hand_out()
            while True:
                task = self._next() if here is not None else None
                if here is not None and task is not None:
                    yield here(task)
                elif not self._at_work:
                    return
                while self._at_work and (task is None or not self._home.empty()):
                    future = self._home.get()
                    self._at_work.discard(future)
                    yield future.result()
        finally:
            self._over = True
            for future in [*self._at_work]:
                future.cancel()

    def _next(self) -> Task | None:
        with self._lock:
            return None if self._over else next(self._tasks, None)

    def _hand_out(self) -> None:
        if (task := self._next()) is not None:
            future = self._executor.submit(self._afar, task)
            self._at_work.add(future)
            future.add_done_callback(self._came_home)

    def _came_home(self, future: Future[Result]) -> None:
        """Called where the executor finishes: its worker has the next task at once, whatever this process is at."""
        with suppress(RuntimeError):  # it broke or was shut down: then the futures say so
            self._hand_out()
        self._home.put(future)
