"""ortho4 hard-coded in C, fed with luck drawn by numpy: the practical limit. The machine's cc compiles it on first use.

Luck lies in arrays by patient, those waiting at the start first; what may happen again is by loop and patient.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from peers import model

SOURCE = Path(__file__).with_name("ortho4.c")
LOOPS = model.MOST_LOOPS + 1


def compiler() -> str | None:
    """The machine's C compiler."""
    return shutil.which(os.environ.get("CC", "cc")) or shutil.which("gcc") or shutil.which("clang")


@cache
def kernel() -> Any:
    """The compiled function; RuntimeError without a compiler."""
    found = compiler()
    if found is None:
        raise RuntimeError("no C compiler (cc, gcc or clang)")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "ortho4.so"
        flags = ["-O3", "-march=native", "-shared", "-fPIC"]
        subprocess.run([found, *flags, str(SOURCE), "-o", str(library)], check=True)
        run = ctypes.CDLL(str(library)).run
    run.restype = ctypes.c_int64
    return run


def draw(seed: int, backlog: int = model.BACKLOG) -> dict[str, Any]:
    """Every random number of one replication."""
    rng = np.random.default_rng(seed)
    expected = model.RATE * model.HORIZON
    arrives = np.cumsum(rng.exponential(1 / model.RATE, int(expected + 8 * expected**0.5 + 50)))
    arrives = arrives[: np.searchsorted(arrives, model.HORIZON, side="right")]
    new, n = len(arrives), backlog + len(arrives)
    luck: dict[str, Any] = {"n": n, "backlog": backlog, "arrives": arrives, "class": np.ones(n, np.int8)}
    luck["class"][backlog:][rng.random(new) < model.P_URGENT] = 0
    for stage in ("triage", "first_visit"):
        luck[stage] = np.zeros(n)
        luck[stage][backlog:] = rng.lognormal(*model.LOGNORMAL[stage], new)
    luck |= {stage: np.zeros((LOOPS, n)) for stage in ("film", "surgery", "surgery_stay", "follow_up")}
    luck |= {name: np.zeros((LOOPS, n), np.bool_) for name in ("to_surgery", "goes_back")}
    luck["most_rows"] = 2 * new + _draw_loops(rng, luck, np.arange(n))
    return luck


def _draw_loops(rng: np.random.Generator, luck: dict[str, Any], there: np.ndarray) -> int:
    """Luck of those who come that far, loop by loop; the most rows they can make."""
    rows = 0
    for loop in range(LOOPS):
        filmed = there[luck["backlog"] :] if loop == 0 else there
        luck["film"][loop, filmed] = rng.lognormal(*model.LOGNORMAL["film"], filmed.size)
        chosen = filmed[rng.random(filmed.size) < model.P_SURGERY]
        operated = np.concatenate([there[: luck["backlog"]], chosen]) if loop == 0 else chosen
        luck["to_surgery"][loop, operated] = True
        for stage in ("surgery", "surgery_stay", "follow_up"):
            luck[stage][loop, operated] = rng.lognormal(*model.LOGNORMAL[stage], operated.size)
        rows += filmed.size + 3 * operated.size
        share = model.P_BACK if loop < model.MOST_LOOPS else 0.0
        there = operated[rng.random(operated.size) < share]
        luck["goes_back"][loop, there] = True
    return rows


def simulate(luck: dict[str, Any]) -> tuple[np.ndarray, ...]:
    """The rows that follow from the luck: patient, stage, queued, started, ended; patient-days waiting."""
    most = luck["most_rows"]
    patient, stage = np.empty(most, np.int32), np.empty(most, np.int8)
    queued, started, ended = np.empty(most), np.empty(most), np.empty(most)
    area, servers = np.zeros(len(model.CAPACITY)), np.array([*model.CAPACITY.values()], np.int64)
    names = ("arrives", "class", "triage", "first_visit", "film", "surgery", "surgery_stay", "follow_up")
    given = [luck[name] for name in (*names, "to_surgery", "goes_back")]
    arrays = [servers, *given, patient, stage, queued, started, ended, area]
    pointers = [ctypes.c_void_p(array.ctypes.data) for array in arrays]
    size = [ctypes.c_int64(luck["n"]), ctypes.c_int64(luck["backlog"]), ctypes.c_double(model.HORIZON)]
    rows = kernel()(*size, *pointers)
    return (*(array[:rows] for array in (patient, stage, queued, started, ended)), area)


def run(seed: int, backlog: int = model.BACKLOG) -> tuple[np.ndarray, ...]:
    """One replication: patient, stage, queued, started, ended (days), and patient-days waiting per resource."""
    return simulate(draw(seed, backlog))
