"""`flowsim follow-up`: the outcome so far against the plan, and the forecast redone from today's queue."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from flowsim.cli import answering
from flowsim.cli.screen import progress, refuse


@dataclass(frozen=True)
class Wish:
    """The options of `flowsim follow-up` that are not handed on as they are."""

    out: Path | None
    json: bool
    lang: Literal["sv", "en"]


def follow_up(study: Path, actual: Path, wish: Wish, **options: Any) -> None:
    """Follows the plan up; exit code 1 when the target will not be reached as it goes."""
    from flowsim.questions.follow_up import follow_up as followed

    for path in (study, actual):
        if not path.exists():
            raise refuse(path.as_posix(), "there is no such file or folder.")
    with progress("runs" if wish.lang == "en" else "körningar") as told:
        answer = followed(study, actual, told=lambda done: told(done, 0), **options)
    answering.present(answer, wish.out or answering.OUTPUTS / "follow_up", wish.json, wish.lang)
