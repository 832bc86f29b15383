"""What must be the same in two places, or at two times, for the same rows: versions, code, and the draws themselves."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import numpy as np

import flowsim
from flowsim import chance

REFERENCE_DRAWS = 10_000
_MOMENTS = ("exponential", "lognormal", "gamma", "weibull", "normal", "erlang")
_SILENT = ("cli", "report", "questions", "calibration", "sheets", "arithmetic.py")
"""Rooms that move no replication."""
WORDS = {
    "flowsim": "flowsim's version",
    "code": "flowsim's own code",
    "numpy": "numpy's version",
    "draws": f"the check-sum of {REFERENCE_DRAWS:,} reference draws",
}


@cache
def identity() -> dict[str, str]:
    """Versions of flowsim and numpy, a hash of the code that makes rows, and one of reference draws."""
    return {
        "flowsim": flowsim.__version__,
        "code": code_digest(Path(flowsim.__file__).parent),
        "numpy": version("numpy"),
        "draws": draws_digest(),
    }


def differences(mine: dict[str, str], other: dict[str, str]) -> list[str]:
    """What differs, in words."""
    return [
        f"{WORDS.get(name, name)} is {other.get(name, 'not known')} there and {here} here"
        for name, here in mine.items()
        if other.get(name) != here
    ]


def code_digest(package: Path) -> str:
    """A hash of the sources of the rooms whose code decides what a replication leaves behind."""
    found = sha256()
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package)
        if name.parts[0] not in _SILENT:
            found.update(name.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def draws_digest() -> str:
    """A hash of 10,000 draws of every kind of law: it differs where a library or a processor rounds differently."""
    found = sha256()
    laws = [{"law": name, "mean": 40.0, "sd": 20.0, "k": 3} for name in _MOMENTS]
    size = REFERENCE_DRAWS // (len(laws) + 2)
    keys = np.arange(size)
    for number, law in enumerate(laws):
        drawn = chance.quantile(law, chance.uniform(1, number, "reference", keys))
        found.update(np.ascontiguousarray(drawn, dtype="<f8").tobytes())
    for number, ratio in enumerate((1.0, 1.5)):
        whole = chance.counts(chance.uniform(2, number, "reference", keys), np.full(size, 28.2), ratio)
        found.update(np.ascontiguousarray(whole, dtype="<i8").tobytes())
    return found.hexdigest()[:16]
