"""`flowsim ask`: a planner's questions, a command each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from flowsim.cli.screen import Lang, spoken

app = typer.Typer(
    help="A planner's question: the smallest number that does it, what it costs, and how sure that is.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


Scenario = Annotated[Path, typer.Argument(help="Scenario file (YAML): the clinic as it is.")]
With = Annotated[list[Path] | None, typer.Option("--with", help="File of further changes, made first; repeatable.")]
Seed = Annotated[int, typer.Option(help="Seed of all luck.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes; default: as many as there are processors.")]
Engine = Annotated[
    Literal["auto", "compiled", "simpy"], typer.Option(help="auto: compiled where numba is installed, else simpy.")
]
Seconds = Annotated[float, typer.Option(min=1, help="Time for simulation; what it sufficed for is told.")]
Independent = Annotated[bool, typer.Option("--independent", help="Own luck for each candidate, to compare.")]
Out = Annotated[Path | None, typer.Option(help="Folder of the answer; default outputs/<question>.")]
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON on stdout, for machines.")]
Language = Annotated[Lang, typer.Option("--lang", help="Language of the answer.")]


@app.command("clear-backlog")
def clear_backlog(
    scenario: Scenario,
    step: Annotated[str, typer.Option(help="The step that is waited for.")] = "surgery",
    by: Annotated[str, typer.Option(help="The date, 2027-06-30.")] = "",
    confidence: Annotated[str, typer.Option(help="The chance asked for.")] = "90%",
    over: Annotated[int, typer.Option(min=0, help="Target: nobody waits longer than so many days.")] = 90,
    queue: Annotated[int | None, typer.Option(min=0, help="Target instead: at most so many wait.")] = None,
    longest: Annotated[bool, typer.Option("--longest", help="Extra slots for the longest waiters first.")] = False,
    half: Annotated[bool, typer.Option("--half", help="Also halves: 6.5 a week.")] = False,
    from_: Annotated[str, typer.Option("--from", help="First day of the extra lists; default two weeks on.")] = "",
    to: Annotated[str, typer.Option(help="Last day; default the last Friday before the date.")] = "",
    days: Annotated[str, typer.Option(help="Weekdays of the extra lists.")] = "mon-thu",
    hours: Annotated[str, typer.Option(help="Hours of the extra lists.")] = "17:00-21:00",
    price: Annotated[float | None, typer.Option(help="SEK per extra slot; default the unit cost file's.")] = None,
    curve: Annotated[bool, typer.Option("--curve", help="The chance at every number (dearer).")] = False,
    further: With = None,
    seed: Seed = 1,
    workers: Workers = None,
    engine: Engine = "auto",
    seconds: Seconds = 45,
    independent: Independent = False,
    out: Out = None,
    json: Json = False,
    lang: Language = Lang.en,
) -> None:
    """How many more operations a week clear the backlog by a date, with what chance, at what price.

    Example: flowsim ask clear-backlog scenarios/ortho_today.yaml --step surgery --by 2027-06-30 --confidence 90%
    """
    from flowsim.cli import answering

    wish = answering.Wish(
        scenario, tuple(further or ()), seed, workers, engine, seconds, independent, out, json, lang.code
    )
    own = {"step": step, "by": by, "confidence": confidence, "over": over, "queue": queue, "longest": longest}
    lists = {"half": half, "from_": from_, "to": to, "days": days, "hours": hours, "price": price, "curve": curve}
    with spoken(lang.code):
        answering.ask("clear_backlog", wish, **own, **lists)


@app.command("freed-beds")
def freed_beds(
    scenario: Scenario,
    further: Annotated[list[Path], typer.Option("--with", help="File that changes the stay.")],
    step: Annotated[str, typer.Option(help="The step with the stay.")] = "surgery",
    seed: Seed = 1,
    workers: Workers = None,
    engine: Engine = "auto",
    seconds: Seconds = 45,
    out: Out = None,
    json: Json = False,
    lang: Language = Lang.en,
) -> None:
    """How many beds a changed stay frees, or takes, with as many operated.

    Example: flowsim ask freed-beds scenarios/ortho_today.yaml --with scenarios/ortho_before_fast_track.yaml
    """
    from flowsim.cli import answering

    wish = answering.Wish(scenario, tuple(further), seed, workers, engine, seconds, False, out, json, lang.code)
    with spoken(lang.code):
        answering.ask("freed_beds", wish, step=step)


@app.command("page")
def page(
    folders: Annotated[list[Path], typer.Argument(help="Folders of answers, outputs/<question>, in order.")],
    title: Annotated[str, typer.Option(help="The page's title.")] = "",
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("outputs/page.html"),
    lang: Language = Lang.en,
) -> None:
    """Several answers on one page: every sentence first, then each table and figure.

    Example: flowsim ask page outputs/freed_beds outputs/clear_backlog --title "The clinic in spring" --lang sv
    """
    from flowsim.cli import answering

    with spoken(lang.code):
        answering.page(folders, title, out, lang.code)


@app.command("weekly-pace")
def weekly_pace(
    scenario: Scenario,
    step: Annotated[str, typer.Option(help="The step that is waited for.")] = "surgery",
    weeks: Annotated[float, typer.Option(min=1, help="Weeks in which the queue is to be cleared.")] = 26,
    by: Annotated[str, typer.Option(help="The date instead of weeks, 2027-06-30.")] = "",
    confidence: Annotated[str, typer.Option(help="The chance asked for, beside 50%.")] = "90%",
    over: Annotated[int, typer.Option(min=0, help="Target: nobody waits longer than so many days.")] = 90,
    queue: Annotated[int | None, typer.Option(min=0, help="Target instead: at most so many wait.")] = None,
    price: Annotated[float | None, typer.Option(help="SEK per extra slot; default the unit cost file's.")] = None,
    further: With = None,
    seed: Seed = 1,
    workers: Workers = None,
    engine: Engine = "auto",
    seconds: Seconds = 45,
    independent: Independent = False,
    out: Out = None,
    json: Json = False,
    lang: Language = Lang.en,
) -> None:
    """Five numbers of a waiting list by hand, the same simulated, and why they differ.

    Example: flowsim ask weekly-pace scenarios/ortho_today.yaml --by 2027-06-30
    """
    from flowsim.cli import answering

    wish = answering.Wish(
        scenario, tuple(further or ()), seed, workers, engine, seconds, independent, out, json, lang.code
    )
    own = {"step": step, "weeks": weeks, "by": by, "confidence": confidence, "over": over, "queue": queue}
    with spoken(lang.code):
        answering.ask("weekly_pace", wish, price=price, **own)
