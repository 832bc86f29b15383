"""`flowsim ask`: the questions of capacity, money and improvement, a command each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

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
AMOUNTS = (("msek", 1e6), ("mkr", 1e6), ("ksek", 1e3), ("kkr", 1e3), ("tkr", 1e3), ("sek", 1.0), ("kr", 1.0))
"""What an amount of money may be written in, the longest first."""
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
    with spoken(lang.code):
        answering.ask(
            "bottleneck", wish, only=tuple(only or ()), enough_of=enough, goal=share(goal, "--goal"),
            prices=amounts(price, "--price"), pairs=pairs,
        )  # fmt: skip


@app.command()
def outsource(
    scenario: Scenario,
    price: Annotated[float, typer.Option(min=0, help="SEK per bought patient.")],
    step: Annotated[str, typer.Option(help="What would be bought; default the guarantee's treatment.")] = "",
    share_: Annotated[str, typer.Option("--share", help="Shares of those who may go, from..to.")] = "0..60%",
    groups: Annotated[list[str] | None, typer.Option(help="Who may go; repeatable; default all.")] = None,
    own: Annotated[Path | None, typer.Option(help="File with our own lists (extra_operations).")] = None,
    ranges: Annotated[Path | None, typer.Option(help="File of inputs that are not known exactly.")] = None,
    stays: Annotated[float | None, typer.Option(min=0, help="SEK per bought patient that stays with us.")] = None,
    lead_time: Annotated[str, typer.Option(help="From the decision to the provider's treatment.")] = "6 weeks",
    weekly_cap: Annotated[int | None, typer.Option(min=0, help="Patients a week at most.")] = None,
    yearly_cap: Annotated[int | None, typer.Option(min=0, help="Patients a year at most.")] = None,
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
    """Buy or make: four prices of our own against the provider's, how sure that is, cost against date.

    Example: flowsim ask outsource scenarios/ortho_today.yaml --price 65000 --groups hip --groups knee
    --own scenarios/ortho_six_more_xray.yaml --ranges calibration/ranges_ortho.yaml --lang sv
    """
    from flowsim.cli import answering

    wish = answering.Wish(
        scenario, tuple(further or ()), seed, workers, engine, seconds, independent, out, json, lang.code
    )
    with spoken(lang.code):
        answering.ask(
            "outsource", wish, price=price, step=step, shares=shares_of(share_), groups=tuple(groups or ()), own=own,
            ranges=ranges, stays_at_home=stays, lead_time=lead_time, weekly_cap=weekly_cap, yearly_cap=yearly_cap,
        )  # fmt: skip


@app.command()
def mix(
    scenario: Scenario,
    budget: Annotated[str, typer.Option(help='SEK in the first year: 5000000, or "5 MSEK".')],
    goal: Annotated[Literal["waiting", "operations"], typer.Option(help="What should be had for it.")] = "waiting",
    delta: Annotated[float | None, typer.Option(help="Smallest difference that would be acted on.")] = None,
    confidence: Annotated[str, typer.Option(help="Share of years in which the budget holds.")] = "90%",
    lever: Annotated[list[str] | None, typer.Option(help="A resource that may be raised; repeatable.")] = None,
    option: Annotated[list[Path] | None, typer.Option(help="File of changes, done or not; repeatable.")] = None,
    price: Prices = None,
    buy: Annotated[float | None, typer.Option(min=0, help="SEK per patient treated elsewhere.")] = None,
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
    """The best spread of a budget over resources, bought care and changes, and which spreads are as good.

    Example: flowsim ask mix scenarios/ortho_today.yaml --budget "5 MSEK" --buy 65000
    --option scenarios/ortho_shorter_stay.yaml --lang sv
    """
    from flowsim.cli import answering

    wish = answering.Wish(
        scenario, tuple(further or ()), seed, workers, engine, seconds, independent, out, json, lang.code
    )
    with spoken(lang.code):
        answering.ask(
            "mix", wish, budget=money(budget, "--budget"), goal=goal, delta=delta,
            confidence=share(confidence, "--confidence"), levers=tuple(lever or ()), options=tuple(option or ()),
            prices=amounts(price, "--price"), buy_price=buy,
        )  # fmt: skip


@app.command()
def lean(
    scenario: Scenario,
    splits: Annotated[Path | None, typer.Option(help="Lean file: how time divides, by step.")] = None,
    further: Annotated[
        list[Path] | None, typer.Option("--with", help="File of countermeasures: before and after; repeatable.")
    ] = None,
    pairs: Annotated[int, typer.Option(min=2, help="Replications of each.")] = 60,
    weeks: Annotated[int | None, typer.Option(min=1, help="Weeks of the run; default the scenario's.")] = None,
    seed: Seed = 1,
    workers: Workers = None,
    engine: Engine = "auto",
    seconds: Seconds = LONG,
    out: Out = None,
    json: Json = False,
    lang: Language = Lang.en,
) -> None:
    """Eight wastes in hours, patient-days and SEK; BUK; the value stream; before and after, by pairs.

    Example: flowsim ask lean scenarios/ortho_today.yaml --splits calibration/lean_ortho.yaml
    --with scenarios/reminder.yaml --lang sv
    """
    from flowsim.cli import answering

    wish = answering.Wish(scenario, (), seed, workers, engine, seconds, False, out, json, lang.code)
    with spoken(lang.code):
        answering.ask("lean", wish, splits=splits, changes=tuple(further or ()), pairs=pairs, weeks=weeks)


@app.command()
def sensitivity(
    scenario: Scenario,
    ranges: Annotated[Path, typer.Option(help="File of inputs that are not known exactly, with their ranges.")],
    of: Annotated[
        Literal["over", "operations", "waiting", "cost"],
        typer.Option(help="The answer: patients over the limit at the end, operations, waiting days, SEK."),
    ] = "over",
    by: Annotated[str, typer.Option(help="At which date; default the end of the first year.")] = "",
    compare: Annotated[Path | None, typer.Option(help="File of changes: the answer is their effect.")] = None,
    method: Annotated[
        Literal["auto", "none", "sobol", "morris"], typer.Option(help="Shares: auto from the draws.")
    ] = "auto",
    pairs: Annotated[int, typer.Option(min=2, help="Runs of each end of each input.")] = 100,
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
    """Which inputs that are not known exactly move the answer most, and how much is chance.

    Example: flowsim ask sensitivity scenarios/ortho_today.yaml --ranges calibration/ranges_ortho.yaml --lang sv
    """
    from flowsim.cli import answering

    wish = answering.Wish(
        scenario, tuple(further or ()), seed, workers, engine, seconds, independent, out, json, lang.code
    )
    with spoken(lang.code):
        answering.ask(
            "sensitivity", wish, ranges=ranges, of=of, by=by, compare=compare, method=method, pairs=pairs
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


def shares_of(text: str) -> tuple[float, ...]:
    """0..60% in steps of ten points, or one share; refused in words otherwise."""
    low, dots, high = text.partition("..")
    ends = [part.strip() or "0" for part in ((low, high) if dots else (low,))]
    values = [0.0 if part.rstrip("% ") in ("0", "0.0") else share(part, "--share") for part in ends]
    if not dots:
        return (0.0, values[0])
    steps = max(1, round((values[1] - values[0]) * 10))
    return tuple(round(values[0] + (values[1] - values[0]) * k / steps, 6) for k in range(steps + 1))


def money(text: str, option: str) -> float:
    """SEK of 5000000, 5 MSEK, 5 Mkr or 500 kkr; refused in words otherwise."""
    plain = text.strip().lower().replace("\u00a0", " ")
    for word, times in AMOUNTS:
        if plain.endswith(word):
            plain, factor = plain.removesuffix(word), times
            break
    else:
        factor = 1.0
    try:
        value = float(plain.replace(" ", "").replace(",", ".")) * factor
    except ValueError:
        value = -1.0
    if value <= 0:
        raise refuse(option, f'"{text}" is no amount: write 5000000 or "5 MSEK".')
    return value
