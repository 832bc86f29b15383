"""Where the compiled kernel is kept, so that it is compiled once: a folder of its own for every state of its source."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numba
from numba import njit


@cache
def folder() -> Path:
    """Beside the source if that can be written, else in the user's cache; named by a hash of source and numba.

    numba itself looks only at the file of the function it keeps, not at those of the functions it calls.
    """
    here = Path(__file__).parent
    text = b"".join(path.read_bytes() for path in sorted(here.glob("*.py"))) + numba.__version__.encode()
    name = f"kernel-{sha256(text).hexdigest()[:16]}"
    beside = here / "__pycache__"
    return (beside if os.access(here, os.W_OK) else Path.home() / ".cache" / "flowsim") / name


def is_compiled() -> bool:
    """Whether the kernel has been compiled on this machine before."""
    return any(folder().rglob("*.nbi"))


def kept(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function without the interpreter's lock, and keep it on disk."""
    before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(folder())
    try:
        return njit(cache=True, nogil=True)(function)
    finally:
        numba.config.CACHE_DIR = before
