"""One run at a time for a study: a lock that the system takes back when its holder ends, however it ends."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from flowsim.errors import FlowsimError

LOCK = "lock"


@contextmanager
def locked(place: Path, target: Path) -> Iterator[None]:
    """Nobody else writes the study `target` meanwhile.

    Raises:
        FlowsimError: somebody does.
    """
    with open(place / LOCK, "wb") as file:
        try:
            _take(file)
        except OSError as error:
            raise FlowsimError(
                f'Another run is writing "{target}" just now; wait for it, or give another --out.'
            ) from error
        yield


def _take(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
