"""A run that is not finished yet: its chunks on disk, beside the study it will become, so that it can be gone on with.

`outputs/.<study>.part/` holds `part.json` (what the run is of) and a file for each finished chunk, every one written
under another name, handed to the disk and put in its place whole. Nothing of it is ever executed.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flowsim.errors import Fault, FlowsimError, InputError
from flowsim.experiment import filing
from flowsim.experiment.identity import WORDS
from flowsim.experiment.tasks import Chunk
from flowsim.study import folder, locking

PART, CHUNK, TEMPORARY = "part.json", ".chunk", ".tmp"
Note = Callable[[str, str], None]
"""Takes a remark in English and in Swedish."""


class Unfinished:
    """The chunks of one run; `experiment.run` asks it for those there are, and hands it those that come."""

    def __init__(self, place: Path, about: Mapping[str, Any]) -> None:
        self.place, self._about = place, about

    @property
    def chunks(self) -> list[Path]:
        """Files of finished chunks, in order of scenario and replication."""
        return sorted(self.place.glob(f"*{CHUNK}"))

    def kept(self, scenario: str, place: int) -> Iterator[Chunk]:
        """Chunks of a scenario that were finished before; one that cannot be read is thrown away and done again."""
        for path in self.chunks:
            if path.name.rpartition("-")[0].rpartition("-")[0] == scenario:
                try:
                    yield filing.from_bytes(path.read_bytes(), place)
                except FlowsimError:
                    path.unlink(missing_ok=True)

    def keep(self, chunk: Chunk) -> None:
        """One chunk more, on the disk when this returns.

        Raises:
            FlowsimError: the disk refused (full, no permission).
        """
        if chunk.good:
            name = f"{chunk.scenario}-{min(chunk.good):07d}-{max(chunk.good):07d}{CHUNK}"
            self.write(name, filing.to_bytes(chunk))

    def write(self, name: str, data: bytes) -> None:
        """A file put in its place whole."""
        temporary = self.place / f"{name}{TEMPORARY}"
        try:
            with open(temporary, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, self.place / name)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise folder.refused(self.place.parent / name, error) from error

    def begin_anew(self) -> None:
        """Nothing is finished yet."""
        for path in self.place.iterdir():
            if path.name != locking.LOCK:
                path.unlink()
        self.write(PART, (json.dumps(dict(self._about), indent=2, ensure_ascii=False) + "\n").encode())


@contextmanager
def opened(target: Path, about: Mapping[str, Any], resume: bool, force_new: bool, note: Note) -> Iterator[Unfinished]:
    """The unfinished run beside `target`: gone on with if it is of the same thing, else begun anew.

    Gone when the block ends well, or if nothing was finished; else kept for next time. `resume`: an unfinished run of
    something else is refused, not thrown away. `force_new`: begun anew whatever there is.

    Raises:
        InputError: with `resume`, when the unfinished run is of something else.
        FlowsimError: another process is at it, or the disk refused.
    """
    place = part_of(target)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise folder.refused(target, error) from error
    with locking.locked(place, target):
        folder.swept(target)
        run = Unfinished(place, about)
        _begin(run, target, about, resume, force_new, note)
        try:
            yield run
        except BaseException:
            if not run.chunks:
                shutil.rmtree(place, ignore_errors=True)
            raise
        shutil.rmtree(place, ignore_errors=True)


def part_of(target: Path) -> Path:
    """Where an unfinished run of a study keeps its chunks."""
    return target.with_name(f".{target.name}.part")


def _begin(run: Unfinished, target: Path, about: Mapping[str, Any], resume: bool, force_new: bool, note: Note) -> None:
    """Go on or begin anew, and say which."""
    for path in run.place.glob(f"*{TEMPORARY}"):
        path.unlink()
    before = _read(run.place / PART)
    other = _differences(before, about)
    if before is None or other or force_new:
        if other and resume and not force_new:
            raise InputError([Fault(str(target), 0, "--resume", "", _refusal(other))])
        if before is not None and run.chunks and not force_new:
            note(
                f"An unfinished run of something else was there and is thrown away ({'; '.join(other)}).",
                "En oavslutad körning av något annat fanns och kastas.",
            )
        if resume and before is None:
            note(
                "There is no unfinished run here; it begins from the start.",
                "Ingen oavslutad körning finns; börjar om.",
            )
        run.begin_anew()


def _refusal(other: list[str]) -> str:
    listed = "; ".join(other)
    return f"The unfinished run there is not of the same thing: {listed}. --force-new throws it away and starts afresh."


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _differences(before: Mapping[str, Any] | None, now: Mapping[str, Any]) -> list[str]:
    """What an unfinished run is of, that this one is not, in words."""
    if before is None:
        return []
    found = []
    for name in (*now, *(name for name in before if name not in now)):
        mine, theirs = now.get(name), before.get(name)
        if name == "inputs" and isinstance(mine, dict) and isinstance(theirs, dict):
            files = [file for file in {**mine, **theirs} if mine.get(file) != theirs.get(file)]
            found += [f"the file {file} was changed, or was not there then" for file in files]
        elif mine != theirs:
            found.append(f"{WORDS.get(name, name)} was {theirs} then and is {mine} now")
    return found
