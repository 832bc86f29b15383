"""A planner's question -> the runs that answer it -> an answer: a sentence, a table, a figure, and the scenario.

    answer = flowsim.ask("clear_backlog", "scenarios/ortho_today.yaml", step="surgery", by="2027-06-30")
    print(answer.sentence.sv)

Every question is a module with a function `ask(asked, ...)`: `asked` holds what all questions have in common (the
scenario, further changes, seed, engine, workers, time). Nothing here knows of terminals, HTML or files to be written.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from flowsim.errors import FlowsimError
from flowsim.questions.answer import Answer
from flowsim.questions.asked import Asked

QUESTIONS: dict[str, str] = {
    "clear_backlog": "clear_backlog",
    "weekly_pace": "weekly_pace",
    "freed_beds": "freed_beds",
    "bottleneck": "bottleneck",
    "outsource": "outsource",
    "lean": "lean",
    "mix": "mix",
    "sensitivity": "sensitivity",
}
"""Question -> its module."""
__all__ = ["QUESTIONS", "Answer", "Asked", "ask"]


def ask(question: str, scenario: str | Path, **options: Any) -> Answer:
    """The answer to a planner's question.

    Args:
        question: clear_backlog, weekly_pace, ... (a hyphen will do for the underscore).
        scenario: the scenario file.
        options: `with_` (files of further changes), seed, workers, engine, seconds, independent, as all questions
            take; the rest are the question's own.

    Raises:
        FlowsimError: there is no such question.
        InputError: the scenario, or an option, is wrong.
    """
    name = question.replace("-", "_")
    if name not in QUESTIONS:
        raise FlowsimError(f'There is no question "{question}". There is: {", ".join(QUESTIONS)}.')
    asked, rest = Asked.of(scenario, options)
    with asked:
        answer: Answer = import_module(f"flowsim.questions.{QUESTIONS[name]}").ask(asked, **rest)
        return replace(answer, about=asked.about)
