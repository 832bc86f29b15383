"""Workers of an existing Dask cluster: the same tasks, checked to be of the same flowsim, the same tables to the byte.

Tasks travel pickled between client, scheduler and workers: all three must be your own, on a network of your own (or
with Dask's TLS). A worker that dies costs the tasks it was at, which others do again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager
from typing import Any

from flowsim.errors import FlowsimError, RunError
from flowsim.experiment.identity import differences, identity

CONNECT_S, WORKERS_S = 15, 30
"""Seconds to wait for the scheduler, and for the first worker."""
ALONE = "What was finished is kept: run again with --resume."


class StrangeWorkerError(RunError):
    """A worker would give other rows than this process."""


class Cluster(Executor):
    """A Dask client as an executor that runs nothing on a worker unlike this process."""

    def __init__(self, client: Any) -> None:
        self._client, self._inner = client, client.get_executor(pure=False)
        self._mine = identity()

    @property
    def _max_workers(self) -> int:
        """Tasks that can be at work at the same time, just now."""
        return max(1, sum(self._client.nthreads().values()))

    def submit(self, fn: Callable[..., Any], /, *args: Any, **keyword: Any) -> Future[Any]:
        """A call that any worker may do, and another again if that one dies."""
        made: Future[Any] = self._inner.submit(checked, self._mine, fn, *args, **keyword)
        return made


def checked(expected: dict[str, str], function: Callable[..., Any], *args: Any, **keyword: Any) -> Any:
    """The call, where flowsim is as expected. Runs on the worker: one may have joined after the first look.

    Raises:
        StrangeWorkerError: it is not.
    """
    if other := differences(expected, identity()):
        raise StrangeWorkerError(f"A worker of the cluster is refused: {'; '.join(other)}.")
    return function(*args, **keyword)


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """The workers of the Dask scheduler at `address` (tcp://host:8786).

    Raises:
        FlowsimError: distributed is not installed, nobody answers, or there are no workers.
        StrangeWorkerError: a worker has another flowsim or numpy, or draws other numbers.
        RunError: the cluster was lost, or one task ended worker after worker.
    """
    try:
        import distributed
    except ImportError as error:
        raise FlowsimError('--cluster needs distributed: pip install "flowsim[cluster]".') from error
    client = _client(distributed, address)
    try:
        refuse_strangers(client)
        yield Cluster(client)
    except distributed.KilledWorker as error:
        words = "a task ended several workers one after the other (out of memory?)"
        raise RunError(f"The cluster {address}: {words}. {ALONE}") from error
    except (CancelledError, distributed.CancelledError, distributed.comm.CommClosedError) as error:
        raise RunError(f"The cluster {address} was lost on the way. {ALONE}") from error
    finally:
        client.close()


def refuse_strangers(client: Any) -> None:
    """Look at every worker.

    Raises:
        StrangeWorkerError: one is unlike this process.
    """
    mine, found = identity(), client.run(identity, on_error="return")
    for worker, theirs in found.items():
        other = differences(mine, theirs) if isinstance(theirs, dict) else [f"its flowsim does not answer ({theirs!r})"]
        if other:
            raise StrangeWorkerError(f"The worker {worker} is refused: {'; '.join(other)}.")


def _client(distributed: Any, address: str) -> Any:
    """A client with at least one worker behind it."""
    try:
        client = distributed.Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise FlowsimError(f'No Dask scheduler answers at "{address}" (it looks like tcp://host:8786).') from error
    try:
        client.wait_for_workers(1, timeout=WORKERS_S)
    except TimeoutError as error:
        client.close()
        raise FlowsimError(
            f"The scheduler {address} has no workers: start some with `dask worker {address}`."
        ) from error
    return client
