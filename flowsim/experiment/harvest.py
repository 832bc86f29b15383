"""What came of an experiment: named frames in the order of scenario and replication, rows if asked for, failures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flowsim.errors import RunError
from flowsim.experiment import packing
from flowsim.experiment.packing import Block
from flowsim.experiment.tasks import Chunk, Failure
from flowsim.frames import pd
from flowsim.plan.model import Plan
from flowsim.tables import TABLES, Results

Packs = dict[str, list[Block]]
"""Name of the frame -> its blocks."""


class Summaries(Mapping[str, "pd.DataFrame"]):
    """Frames by name, in the order of scenario and replication; made when asked for, of all scenarios or of some."""

    def __init__(self, places: Sequence[tuple[str, Packs]]) -> None:
        self.places = [(scenario, kept) for scenario, kept in places if kept]
        """(scenario, what its frames are made from), in the order of the plans."""

    def __getitem__(self, name: str) -> pd.DataFrame:
        found = [packing.unpacked(kept[name]) for _, kept in self.places if name in kept]
        if not found:
            raise KeyError(name)
        return packing.stacked(found)

    def __iter__(self) -> Iterator[str]:
        return iter({name: None for _, kept in self.places for name in kept})

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def coded(self, name: str) -> pd.DataFrame:
        """The frame with its texts as categories: a tenth of the memory, for those who summarise it further."""
        found = [packing.unpacked([block.coded() for block in kept[name]]) for _, kept in self.places if name in kept]
        if not found:
            raise KeyError(name)
        return packing.stacked(found)

    def of(self, *scenarios: str) -> Summaries:
        """Those of some scenarios alone: a few at a time need little memory."""
        return Summaries([place for place in self.places if place[0] in scenarios])


@dataclass(frozen=True)
class Outcome:
    """What came of it: named frames in the order of scenario and replication, rows if asked for, what failed."""

    summaries: Mapping[str, pd.DataFrame]
    """A frame is put together each time it is asked for: ask once."""
    rows: Results | None = None
    failures: tuple[Failure, ...] = ()


class Harvest:
    """Chunks as they come home, kept in little room."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        self._names = [plan.setting.scenario for plan in plans]
        self._places: list[Packs] = [{} for _ in plans]
        self._rows: list[tuple[int, int, Results]] = []
        self._failures: list[tuple[int, Failure]] = []
        self._good = [0] * len(plans)

    def add(self, chunk: Chunk) -> None:
        """One chunk more."""
        for name, blocks in chunk.packs.items():
            mine = self._places[chunk.place].setdefault(name, [])
            for block in blocks:
                packing.add(mine, block)
        self._rows += [(chunk.place, replication, results) for replication, results in chunk.rows]
        self._failures += [(chunk.place, failure) for failure in chunk.failures]
        self._good[chunk.place] += len(chunk.good)

    def outcome(self) -> Outcome:
        """All of it, whatever the order it came in.

        Raises:
            RunError: no replication of a plan succeeded.
        """
        failed = sorted(self._failures, key=lambda one: (one[0], one[1].replication))
        for place, failure in failed:
            if not self._good[place]:
                raise RunError(f"Every replication failed; the first: {failure}\n{failure.trace}")
        rows = sorted(self._rows, key=lambda one: one[:2])
        summaries = Summaries([*zip(self._names, self._places, strict=True)])
        return Outcome(summaries, _merged([kept for *_, kept in rows]), tuple(failure for _, failure in failed))


def joined(parts: Sequence[Outcome]) -> Outcome:
    """Outcomes of further replications of the same plans as one, as if run at once."""
    places: dict[str, Packs] = {}
    for part in parts:
        for scenario, kept in part.summaries.places if isinstance(part.summaries, Summaries) else ():
            for name, blocks in kept.items():
                mine = places.setdefault(scenario, {}).setdefault(name, [])
                for block in blocks:
                    packing.add(mine, replace(block, parts=list(block.parts)))
    kept_rows = [part.rows for part in parts if part.rows is not None]
    return Outcome(
        Summaries([*places.items()]), _merged(kept_rows), tuple(failure for part in parts for failure in part.failures)
    )


def _merged(parts: Sequence[Results]) -> Results | None:
    if not parts:
        return None
    settings = {name: setting for part in parts for name, setting in part.settings.items()}
    made: dict[str, Any] = {table: packing.stacked([getattr(part, table) for part in parts]) for table in TABLES}
    return Results(**made, settings=settings)
