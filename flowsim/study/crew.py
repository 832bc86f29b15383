"""Who makes a study's replications: workers and the keeper of finished chunks, the same for all its runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowsim import experiment
from flowsim.study import unfinished
from flowsim.study.unfinished import Note, Unfinished

if TYPE_CHECKING:
    from flowsim.plan.model import Plan
    from flowsim.study import Design


@dataclass(frozen=True)
class Crew:
    """Workers, the keeper of what they have finished, and whom to tell."""

    design: Design
    executor: Executor | None
    keeper: Unfinished
    progress: Callable[[int, int], None] | None = None

    def run(
        self, plans: Sequence[Plan], replications: int, summarise: experiment.Summarise, first: int
    ) -> experiment.Outcome:
        """Replications of plans, by the design's seed and engine; what an interrupted run did is taken over."""
        return experiment.run(
            plans,
            replications,
            self.design.seed,
            first=first,
            engine=self.design.engine,
            summarise=summarise,
            progress=self.progress,
            executor=self.executor,
            keeper=self.keeper,
        )


@contextmanager
def crew(
    target: Path,
    about: Mapping[str, Any],
    design: Design,
    progress: Callable[[int, int], None] | None,
    note: Note | None,
) -> Iterator[Crew]:
    """The crew of a study at `target`. What was finished stays on disk unless the block ends well.

    Raises:
        InputError: to be resumed, but the unfinished run is of something else (`about`).
        FlowsimError: another run is at it, or the disk refused, or there is no such cluster.
    """
    with (
        unfinished.opened(target, about, design.resume, design.force_new, note or _unheard) as keeper,
        experiment.workers(design.workers, design.engine, design.cluster) as executor,
    ):
        yield Crew(design, executor, keeper, progress)


def _unheard(english: str, swedish: str) -> None:
    """Nobody to tell."""
