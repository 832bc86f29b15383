"""`flowsim calibrate`: a weekly history fitted, written as YAML, and shown with how well it fits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from flowsim.cli.screen import Sheet, note, out, out_json, refuse, show
from flowsim.errors import FlowsimError

if TYPE_CHECKING:
    from flowsim.calibration import Calibration

Window = tuple[date, date] | None


@dataclass(frozen=True)
class Chosen:
    """What the user decides of the fit."""

    luck: str
    level: float | None
    plan: str
    hours_per_fte_week: float | None
    samples: int
    seed: int


@dataclass(frozen=True)
class Asked:
    """The options of `flowsim calibrate` for a weekly history, as typed."""

    out: Path | None
    resource: str
    table: str
    columns: dict[str, str]
    days: tuple[Window, Window]
    """Window and held-out days."""
    exclude: Sequence[str]
    chosen: Chosen
    report: bool
    json: bool
    lang: Literal["sv", "en"]


def calibrate(history: str, asked: Asked) -> None:
    """Fits every resource of the history, writes the calibration file and the fit report, and says what was found."""
    from flowsim import calibration

    in_database = "://" in history
    path = Path(f"{asked.table or 'weekly'}.csv") if in_database else Path(history)
    if not in_database and not path.is_file():
        raise refuse(path.as_posix(), "there is no such file.")
    note(
        f"{path.stem if in_database else path.name}: fitting, with {asked.chosen.samples} bootstrap samples a test ..."
    )
    window, hold_out = asked.days
    found = calibration.calibrate(
        history,
        resource=asked.resource,
        table=asked.table,
        columns=asked.columns,
        window=window,
        hold_out=hold_out,
        exclude=asked.exclude,
        **vars(asked.chosen),
    )
    target = asked.out or path.with_suffix(".yaml")
    page = target.with_name(f"{target.stem}_fit.html") if asked.report else None
    try:
        found.to_yaml(target)
        if page:
            from flowsim.report.fit import write_fit

            write_fit(found, page, asked.lang)
    except OSError as error:
        raise FlowsimError(f'Could not write "{target}": {error.strerror}.') from error
    if asked.json:
        out_json({"file": target.as_posix(), **({"report": page.as_posix()} if page else {}), **found.data()})
        return
    _show(found, target, asked.lang == "sv")
    if page:
        out(f"{'Hur väl det passar' if asked.lang == 'sv' else 'How well it fits'}: {page.as_posix()}")


def columns_of(said: Sequence[str]) -> dict[str, str]:
    """Our name -> the file's heading, from "count=Antal op". FlowsimError if there is no equals sign."""
    pairs = [one.partition("=") for one in said]
    if any(not ours or not heading for ours, _, heading in pairs):
        raise FlowsimError('A column is said by our name and the file\'s heading: --column "count=Antal op".')
    return {ours.strip(): heading.strip() for ours, _, heading in pairs}


def days_of(text: str) -> Window:
    """Two dates, comma between; None for nothing. FlowsimError otherwise."""
    if not text:
        return None
    first, _, last = text.partition(",")
    try:
        return date.fromisoformat(first.strip()), date.fromisoformat(last.strip())
    except ValueError:
        raise FlowsimError(f'"{text}" is not two days: 2016-01-04,2018-12-30.') from None


def _show(found: Calibration, target: Path, sv: bool) -> None:
    from flowsim.report.fit.assumed import in_swedish
    from flowsim.report.fit.sentences import Saying
    from flowsim.report.words import Words

    for one in found.resources.values():
        saying = Saying(one, found.exclude, Words("sv" if sv else "en"))
        out(one.resource)
        lines = (saying.lead, saying.weeks, saying.distribution, saying.season, saying.dispersion, saying.luck)
        for line in (*lines, saying.hours, saying.verdict, saying.back_test):
            if text := line():
                out(f"  {text}")
        columns = ["veckor", "antal", "mål per vecka"] if sv else ["weeks", "number", "target a week"]
        rows = [
            [f"{_level(plan.name, sv)} ({plan.at_least:.0f}–{plan.at_most:.0f})", str(plan.weeks), f"{plan.target:.0f}"]
            for plan in one.plan
            if plan.weeks
        ]
        show(
            Sheet(
                "Produktionsplan (mål, inte kapacitet)" if sv else "Production plan (targets, not capacity)",
                columns,
                rows,
            )
        )
        for text in one.assumed:
            note(f"{'Antaget' if sv else 'Assumed'}: {in_swedish(text) if sv else text}")
    out(f"{'Skrivet' if sv else 'Written'}: {target.as_posix()}")
    name = next(iter(found.resources))
    out(f"  luck: {{calibration: {target.name}, resource: {name}}}")
    for said in _together(found, target, sv):
        out(said)


def _together(found: Calibration, target: Path, sv: bool) -> Iterator[str]:
    """Resources whose weeks go together, and the line by which a scenario takes that over."""
    pairs = [one for one in found.together if one.kept]
    for one in pairs:
        low, high = one.interval
        said = f"{one.first}, {one.second}: r {one.correlation:.2f} ({low:.2f} – {high:.2f})"
        yield f"{'Goda och dåliga veckor följs åt' if sv else 'Good and bad weeks go together'}: {said}"
    if pairs or any(one.hours_luck for one in found.resources.values()):
        yield f"  luck_together: [{{calibration: {target.name}}}]"


def _level(name: str, sv: bool) -> str:
    return {"low": "låg", "mid": "mellan", "high": "hög"}.get(name, name) if sv else name
