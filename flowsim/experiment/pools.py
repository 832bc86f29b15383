"""Workers on this machine: fresh processes that end with us, however we end, and that stay for several runs."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection

START_S = 2.0
"""About what new processes cost: work smaller than this is sooner done without them."""


class Processes(ProcessPoolExecutor):
    """Processes that are started when the work is worth it; until then it is done by who asks."""

    def __init__(self, number: int, reading: Connection) -> None:
        context = multiprocessing.get_context("spawn")
        super().__init__(number, mp_context=context, initializer=_begin_worker, initargs=(reading,))
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
    """Workers that stay for several runs after each other: those of a cluster, or `number` processes of our own.

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

    def watch() -> None:
        try:
            parent.recv()
        except (EOFError, OSError):
            os._exit(1)

    threading.Thread(target=watch, name="watchdog", daemon=True).start()
