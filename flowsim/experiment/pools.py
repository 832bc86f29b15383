"""Workers on this machine: this process and fresh ones beside it, which stay for several runs and end with it."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection

START_S = 1.5
"""Work smaller than this is sooner done without new processes."""


class Processes(ProcessPoolExecutor):
    """`number` workers, this process one of them; the others are started when the work is worth it."""

    def __init__(self, number: int, reading: Connection) -> None:
        context = multiprocessing.get_context("spawn")
        super().__init__(number - 1, mp_context=context, initializer=_begin_worker, initargs=(reading,))
        self.number = number
        self.spared_s = 0.0
        """Seconds of work done without them so far."""
        self.started = False

    def worth_it(self, seconds: float) -> bool:
        """Whether so much work is to be handed to the processes, or they are there already."""
        self.started = self.started or self.spared_s + seconds > START_S
        return self.started


@contextmanager
def workers(number: int, engine: str = "simpy", cluster: str = "") -> Iterator[Executor | None]:
    """Workers that stay for several runs after each other: those of a cluster, or `number` processes, this one too.

    None for one: everything is then done in this process.

    with experiment.workers(2, "compiled") as executor:
        experiment.run(plans, 20, seed=1, engine="compiled", executor=executor)
    """
    if cluster:
        from flowsim.experiment import cluster as room

        with room.cluster(cluster) as others:
            yield others
        return
    if number <= 1:
        yield None
        return
    reading, writing = multiprocessing.Pipe(duplex=False)
    pool = Processes(number, reading)
    try:
        yield pool
    except BaseException:
        writing.close()  # whatever they are at, nobody waits for it any more
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        writing.close()
        reading.close()


def _begin_worker(parent: Connection) -> None:
    """Leave Ctrl-C to the parent, and end when the parent has closed its end of the pipe or died."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()  # what was imported stays: garbage is not looked for in it again and again

    def watch() -> None:
        try:
            parent.recv()
        except (EOFError, OSError):
            os._exit(1)

    threading.Thread(target=watch, name="watchdog", daemon=True).start()
