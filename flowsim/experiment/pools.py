"""Workers on this machine: fresh processes that end with us, however we end."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection


@contextmanager
def workers(number: int, engine: str = "simpy") -> Iterator[Executor | None]:
    """Workers that stay for several runs after each other; None for one: everything is then done in this process.

    with experiment.workers(2, "compiled") as executor:
        experiment.run(plans, 20, seed=1, engine="compiled", executor=executor)
    """
    if number <= 1:
        yield None
    else:
        with processes(number) as executor:
            yield executor


@contextmanager
def processes(number: int) -> Iterator[Executor]:
    """Fresh processes, each of which holds the reading end of a pipe that only we can write to."""
    reading, writing = multiprocessing.Pipe(duplex=False)
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(number, mp_context=context, initializer=_begin_worker, initargs=(reading,))
    try:
        yield pool
    except BaseException:
        writing.close()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        writing.close()
        reading.close()


def _begin_worker(parent: Connection) -> None:
    """Leave Ctrl-C to the parent, and end when the parent has closed its end of the pipe or died."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        try:
            parent.recv()
        except (EOFError, OSError):
            os._exit(1)

    threading.Thread(target=watch, name="watchdog", daemon=True).start()
