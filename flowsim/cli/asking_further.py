"""`flowsim ask`: the questions of capacity, money and improvement, a command each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from flowsim.cli.asking import (
    Engine,
    Independent,
    Json,
    Language,
    Out,
    Scenario,
    Seconds,
    Seed,
    With,
    Workers,
    app,
)
from flowsim.cli.screen import Lang, refuse, spoken

__all__ = ["app"]
LONG = 300.0
"""Seconds these questions may take, unless told otherwise: they compare many scenarios."""
Prices = Annotated[
    list[str] | None, typer.Option("--price", help="theatre=12270: SEK per unit of a resource; repeatable.")
]


@app.command()
def bottleneck(
    scenario: Scenario,
    only: Annotated[list[str] | None, typer.Option(help="Only this resource; repeatable.")] = None,
    enough: Annotated[str, typer.Option(help="How much of this resource is enough; default the next that binds.")] = "",
    goal: Annotated[str, typer.Option(help="Enough for this share of what no limit gives.")] = "95%",
    price: Prices = None,
    pairs: Annotated[int, typer.Option(min=20, help="Replications of each at first.")] = 100,
    further: With = None,
    seed: Seed = 1,
    workers: Workers = None,
    engine: Engine = "auto",
    seconds: Seconds = LONG,
    independent: Independent = False,
    out: Out = None,
    json: Json = False,
    lang: Language = Lang.en,
) -> None:
    """What one more of each resource gives, in operations and in waiting, and which binds next.

    Example: flowsim ask bottleneck scenarios/ortho_today.yaml --price theatre=12270 --enough xray --lang sv
    """
    from flowsim.cli import answering

    wish = answering.Wish(
        scenario, tuple(further or ()), seed, workers, engine, seconds, independent, out, json, lang.code
    )
    with spoken():
        answering.ask(
            "bottleneck", wish, only=tuple(only or ()), enough_of=enough, goal=share(goal, "--goal"),
            prices=amounts(price, "--price"), pairs=pairs,
        )  # fmt: skip


def share(text: str, option: str) -> float:
    """A share written as 95%, 95 % or 0.95; refused in words otherwise."""
    plain = text.strip().replace(",", ".")
    try:
        value = float(plain.rstrip("% ")) / (100 if plain.endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 < value <= 1:
        raise refuse(option, f'"{text}" is no share: write 95% or 0.95.')
    return value


def amounts(texts: Sequence[str] | None, option: str) -> dict[str, float]:
    """name=number, repeated; refused in words otherwise."""
    found = {}
    for text in texts or ():
        name, _, number = text.partition("=")
        try:
            found[name.strip()] = float(number.replace(" ", "").replace(",", "."))
        except ValueError:
            raise refuse(option, f'"{text}" is not name=number: write theatre=12270.') from None
    return found
