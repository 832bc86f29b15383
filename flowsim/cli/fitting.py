"""`flowsim calibrate`: a weekly history fitted, written as YAML, and shown with how well it fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from flowsim.cli.screen import Sheet, note, out, out_json, refuse, show
from flowsim.errors import FlowsimError

if TYPE_CHECKING:
    from flowsim.calibration import Calibration, ResourceCalibration

POISSON_REFUSED = 0.01


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
    path = Path(f"{asked.table}.csv") if in_database else Path(history)
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
    for one in found.resources.values():
        out(f"{one.resource}: {one.weeks} {'veckor' if sv else 'weeks'}, {one.window[0]} – {one.window[1]}")
        for line in (*_sentences(one, sv), *_judged(one, found, sv)):
            out(f"  {line}")
        columns = ["veckor", "antal", "mål per vecka"] if sv else ["weeks", "number", "target a week"]
        rows = [
            [f"{_level(plan.name, sv)} ({plan.at_least:.0f}–{plan.at_most:.0f})", str(plan.weeks), f"{plan.target:.0f}"]
            for plan in one.plan
        ]
        show(
            Sheet(
                "Produktionsplan (mål, inte kapacitet)" if sv else "Production plan (targets, not capacity)",
                columns,
                rows,
            )
        )
        for text in one.assumed:
            note(f"{'Antaget' if sv else 'Assumed'}: {text}")
    out(f"{'Skrivet' if sv else 'Written'}: {target.as_posix()}")
    name = next(iter(found.resources))
    out(f"  luck: {{calibration: {target.name}, resource: {name}}}")


SAID_EN = (
    "Level {level:.1f} a week ({low:.1f}–{high:.1f}).",
    "Median {median:.0f}, mean {mean:.1f}: {below} of {weeks} weeks lie below the mean; do not plan on the mean.",
    "Season: {season}. Holidays: {holidays}. Trend {trend:+.1%} a year.",
    "Variance/mean {d:.2f} once season is taken out ({raw:.2f} raw); Poisson {fits} (p {p:.3f}).",
    "Luck: {law}.",
)
SAID_SV = (
    "Nivå {level:.1f} per vecka ({low:.1f}–{high:.1f}).",
    "Median {median:.0f}, medel {mean:.1f}: {below} av {weeks} veckor ligger under medel; planera inte på medel.",
    "Säsong: {season}. Helger: {holidays}. Trend {trend:+.1%} per år.",
    "Varians/medel {d:.2f} när säsongen räknats bort ({raw:.2f} rått); Poisson {fits} (p {p:.3f}).",
    "Tur och otur: {law}.",
)


def _sentences(one: ResourceCalibration, sv: bool) -> list[str]:
    """What was found, one sentence for each thing."""
    none = "ingen funnen" if sv else "none found"
    good = one.dispersion.poisson_p >= POISSON_REFUSED
    words = {
        "level": one.level.value,
        "low": one.level.interval[0],
        "high": one.level.interval[1],
        "median": one.described.median,
        "mean": one.described.mean,
        "below": one.described.below_mean,
        "weeks": one.described.weeks,
        "season": ", ".join(f"{weeks}: {factor:.2f}" for weeks, factor in one.season) or none,
        "holidays": ", ".join(f"{name} {factor:.2f}" for name, factor in one.holidays.items()) or none,
        "trend": one.trend_per_year,
        "d": one.dispersion.variance_to_mean,
        "raw": one.described.variance_to_mean,
        "fits": ("passar" if sv else "fits") if good else ("passar inte" if sv else "does not fit"),
        "p": one.dispersion.poisson_p,
        "law": " ".join(f"{key} {value}" for key, value in one.luck.items() if not isinstance(value, list | dict)),
    }
    return [text.format(**words) for text in (SAID_SV if sv else SAID_EN)]


def _judged(one: ResourceCalibration, found: Calibration, sv: bool) -> list[str]:
    """Weeks that stand out, whether history is reproduced, and the forecast of weeks held out."""
    from flowsim.report.fit.sentences import Saying
    from flowsim.report.words import Words

    saying = Saying(one, found.exclude, Words("sv" if sv else "en"))
    unstable = bool(one.stability.breaks or one.stability.spells)
    return [text for text in (saying.weeks() if unstable else "", saying.verdict(), saying.back_test()) if text]


def _level(name: str, sv: bool) -> str:
    return {"low": "låg", "mid": "mellan", "high": "hög"}.get(name, name) if sv else name
