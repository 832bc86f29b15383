"""run.json: all that is needed to make a study again, and to know that it came out the same.

Everything but the block `not_hashed` (platform, times, workers) is a function of the inputs, so two honest runs of
the same inputs carry the same `sha256`. No user name, host name or absolute path is ever written.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

from flowsim import __version__
from flowsim.errors import FlowsimError
from flowsim.tables import ProviderInfo, ResourceInfo, Setting, StepInfo

SCHEMA = 1
LIBRARIES = ("numpy", "pandas", "scipy", "simpy", "pyarrow")
"""Whose versions may move a result."""
_PARTS = {"steps": StepInfo, "resources": ResourceInfo, "providers": ProviderInfo}


def versions() -> dict[str, str]:
    """flowsim's, Python's and the libraries' versions."""
    return {"flowsim": __version__, "python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


def surroundings(workers: int, began: str, seconds: float) -> dict[str, Any]:
    """The block that is not hashed: what differs between two runs of the same thing."""
    return {
        "platform": _platform(),
        "processors": os.cpu_count(),
        "workers": workers,
        "began": began,
        "took_seconds": round(seconds, 1),
        "status": "complete",
    }


def other_here(record: Mapping[str, Any]) -> str:
    """What is other here than where the record was made, in words; '' if nothing is.

    The same bits are promised for the same versions and platform only (NumPy's compatibility policy, NEP 19).
    """
    here, there = versions() | {"platform": _platform()}, record["versions"] | record["not_hashed"]
    other = [f"{name} {there.get(name)} there, {now} here" for name, now in here.items() if there.get(name) != now]
    return f"Not made here ({'; '.join(other)}): equal in distribution, perhaps not to the last digit." if other else ""


def _platform() -> str:
    return f"{platform.system()} {platform.machine()}"


def named(texts: Mapping[str, str]) -> tuple[dict[str, str], Path]:
    """Texts by path relative to the deepest folder that holds them all (with /), and that folder."""
    paths = [Path(path).resolve() for path in texts]
    root = Path(os.path.commonpath([path.parent for path in paths])) if paths else Path()
    return {path.relative_to(root).as_posix(): text for path, text in zip(paths, texts.values(), strict=True)}, root


def digest(data: str | bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def sealed(record: dict[str, Any], not_hashed: dict[str, Any]) -> dict[str, Any]:
    """The record with its own hash, and the block that is left out of it."""
    return {**record, "sha256": digest(as_json(record)), "not_hashed": not_hashed}


def as_json(record: Mapping[str, Any]) -> str:
    """The record as text: two spaces, letters as they are, no NaN."""
    return json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def read(path: Path) -> dict[str, Any]:
    """A run.json.

    Raises:
        FlowsimError: no such file, not JSON, or of a newer schema than ours.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FlowsimError(f'Could not read "{path}": {error}') from error
    if not isinstance(record, dict) or "schema" not in record:
        raise FlowsimError(f'"{path}" is no run.json of flowsim (it has no "schema").')
    if record["schema"] > SCHEMA:
        raise FlowsimError(f'"{path}" has schema {record["schema"]}, made by a newer flowsim; this one reads {SCHEMA}.')
    return record


def unpacked(record: Mapping[str, Any], folder: Path) -> list[Path]:
    """The inputs written below `folder` as they stood, and the scenario files to run, in order.

    Raises:
        FlowsimError: an input was altered (its hash differs), or its name leads out of the folder.
    """
    for name, text in record["texts"].items():
        if digest(text) != record["inputs"].get(name):
            raise FlowsimError(f'run.json: the text of "{name}" is not what its hash says; it was altered.')
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not path.parts or "\\" in name or ":" in name:
            raise FlowsimError(f'run.json: "{name}" is no file name inside the study.')
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="")
    return [folder / one["file"] for one in record["scenarios"]]


def settings_json(settings: Mapping[str, Setting]) -> str:
    """Settings as text, in run order."""
    listed = [{**asdict(setting), "start": setting.start.isoformat()} for setting in settings.values()]
    return json.dumps(listed, indent=1, ensure_ascii=False) + "\n"


def settings_of(text: str) -> dict[str, Setting]:
    """Settings back from their text."""
    return {one["scenario"]: _setting(one) for one in json.loads(text)}


def _setting(record: dict[str, Any]) -> Setting:
    kept: dict[str, Any] = {}
    for item in fields(Setting):
        value = record[item.name]
        if item.name in _PARTS:
            value = tuple(_PARTS[item.name](**{k: _tuples(v) for k, v in one.items()}) for one in value)
        kept[item.name] = date.fromisoformat(value) if item.name == "start" else _tuples(value)
    return Setting(**kept)


def _tuples(value: Any) -> Any:
    """JSON's lists as the tuples they were."""
    return tuple(_tuples(v) for v in value) if isinstance(value, Sequence) and not isinstance(value, str) else value
