"""The folder a study is kept in: it appears whole or not at all, and replaces an earlier one only when complete."""

from __future__ import annotations

import glob
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flowsim.errors import FlowsimError

MANIFEST = "run.json"
"""The file that makes a folder a study."""


@contextmanager
def replacing(target: Path, mark: str = MANIFEST) -> Iterator[Path]:
    """A temporary folder beside `target` that takes its place when the block ends well; else all stays as it was.

    `mark`: the file by which an earlier one is known, that may be replaced.

    Raises:
        FlowsimError: `target` exists and is no study, or the disk refused (full, no permission).
    """
    refuse_other(target, mark)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}.new.", dir=target.parent))
    except OSError as error:
        raise refused(target, error) from error
    try:
        yield temporary
        temporary.chmod(0o755)
        _on_disk(temporary)
        _take_place(temporary, target)
    except OSError as error:
        raise refused(target, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def refuse_other(target: Path, mark: str = MANIFEST) -> None:
    """Raise FlowsimError if `target` holds something that is not a study (it would be lost)."""
    if target.exists() and not (target.is_dir() and ((target / mark).exists() or not any(target.iterdir()))):
        what = "study" if mark == MANIFEST else "answer"
        raise FlowsimError(f'"{target}" exists and is no {what} (it has no {mark}); choose another --out')


def recovered(target: Path) -> Path:
    """`target`, put back first if a run was ended in the instant between taking the old away and the new in."""
    previous = _previous(target)
    if previous.exists() and not target.exists():
        os.replace(previous, target)
    return target


def swept(target: Path) -> None:
    """Half-written folders away that a killed run left behind; only for who alone writes `target`."""
    for path in target.parent.glob(f".{glob.escape(target.name)}.new.*"):
        shutil.rmtree(path, ignore_errors=True)


def _previous(target: Path) -> Path:
    return target.parent / f".{target.name}.previous"  # also of ".", which has no name


def _take_place(new: Path, target: Path) -> None:
    previous = _previous(target)
    if target.exists():
        shutil.rmtree(previous, ignore_errors=True)
        os.replace(target, previous)
    try:
        os.replace(new, target)
    except OSError:
        recovered(target)
        raise
    shutil.rmtree(previous, ignore_errors=True)


def _on_disk(folder: Path) -> None:
    """Every file and directory below handed to the disk before the folder is shown to anybody."""
    for path in [folder, *folder.rglob("*")]:
        if path.is_file() or os.name == "posix":
            handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def refused(target: Path, error: OSError) -> FlowsimError:
    """What is said when the disk refuses."""
    reason = error.strerror or type(error).__name__
    return FlowsimError(f'Could not write "{target}": {reason}. What was there before is untouched.')
