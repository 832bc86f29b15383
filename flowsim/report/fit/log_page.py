"""The fit report of an event log: a figure and its one sentence for each source, resource and queue.

path = write_log_fit(found, "scenarios/log_calibrated_fit.html", lang="sv")
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowsim.frames import pd
from flowsim.report.words import LANGUAGES, Words, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from flowsim.calibration.log import LogCalibration
    from flowsim.calibration.log.estimators import Estimate
    from flowsim.report.words import Language

HEIGHT, SMALL = 2.6, 5
TEXTS: dict[str, tuple[str, str]] = {
    "title": ("Hur väl kalibreringen passar: {source}", "How well the calibration fits: {source}"),
    "verdict": (
        "{many} tal är skattade ur loggen; resten är ritningens eller antaget.",
        "{many} numbers are estimated from the log; the rest is the drawing's or assumed.",
    ),
    "lead": (
        "{weeks} hela veckor, {rows} rader. {left} rader kunde inte användas.",
        "{weeks} whole weeks, {rows} rows. {left} rows could not be used.",
    ),
    "topic_came": ("Nya fall: {name}", "New cases: {name}"),
    "came": (
        "{value} nya fall i en vanlig vecka ({low}–{high}).",
        "{value} new cases in an ordinary week ({low}–{high}).",
    ),
    "topic_used": ("Kapacitet: {name}", "Capacity: {name}"),
    "used": (
        "{value} tider erbjuds i en vanlig vecka ({low}–{high}){spread}{full}.",
        "{value} slots are offered in an ordinary week ({low}–{high}){spread}{full}.",
    ),
    "spread": (", med variationskoefficient {cv}", ", with CV {cv}"),
    "full": (
        "; i {many} av {weeks} veckor väntade någon hela tiden",
        "; in {many} of {weeks} weeks somebody waited all the time",
    ),
    "topic_waiting": ("Kö: {name}", "Queue: {name}"),
    "waiting": (
        "{now} väntar vid loggens slut, mot {then} efter dess första vecka.",
        "{now} wait at the log's end, against {then} after its first week.",
    ),
    "few": ("färre än 5", "fewer than 5"),
    "axis_came": ("nya fall per vecka", "new cases a week"),
    "axis_used": ("besök per vecka", "visits a week"),
    "axis_waiting": ("väntande", "waiting"),
    "ordinary": ("vanlig vecka", "ordinary week"),
    "all_waited": ("någon väntade hela veckan", "somebody waited all week"),
    "not_all": ("kön tog slut", "the queue ran out"),
    "assumed": ("Antaget", "Assumed"),
    "numbers": ("Talen", "The numbers"),
    "visits": ("Besök i loggen", "Visits in the log"),
}
KEYS = {"came": ("arrivals", "per_week"), "used": ("resources", "slots_per_week")}


def write_log_fit(found: LogCalibration, path: str | Path, lang: Language = "en") -> Path:
    """Writes the page; returns its path. OSError if the disk refuses."""
    from flowsim.report.fit import rendered

    say = _Saying(found, Words(lang))
    path = Path(path)
    path.write_text(rendered(lang, say.tell("title", source=plain(found.source, 200)), [_part(say)]), encoding="utf-8")
    return path


@dataclass(frozen=True)
class _Saying:
    """One log's findings, told in one language."""

    found: LogCalibration
    words: Words

    def tell(self, key: str, **values: object) -> str:
        """A text of this page."""
        return TEXTS[key][LANGUAGES.index(self.words.lang)].format(**values)

    def estimate(self, *keys: str) -> Estimate | None:
        """A parameter by where it stands."""
        return next((one.estimate for one in self.found.parameters if one.keys == keys), None)

    def number(self, value: float) -> str:
        """About three figures."""
        return self.words.number(value, 0 if value >= 100 else 1)

    def sentence(self, kind: str, name: str, rows: pd.DataFrame) -> str:
        """What a figure shows; '' where nothing was found."""
        if kind == "waiting":
            ends = [rows["value"].iloc[-1], rows["value"].iloc[0]]
            now, then = (self.tell("few") if end < SMALL else self.words.number(end) for end in ends)
            text = self.tell("waiting", now=now, then=then)
            return text[:1].upper() + text[1:]
        room, key = KEYS[kind]
        found = self.estimate(room, name, key)
        if found is None:
            return ""
        value, low, high = (self.number(x) for x in (found.value, found.low, found.high))
        cv = self.estimate(room, name, "luck", "cv")
        spread = self.tell("spread", cv=self.words.number(cv.value, 2)) if cv else ""
        full = self.tell("full", many=int(rows["full"].sum()), weeks=len(rows)) if rows["full"].any() else ""
        return self.tell(kind, value=value, low=low, high=high, spread=spread, full=full)


def _part(say: _Saying) -> dict[str, Any]:
    """The page's one section."""
    from flowsim.report.fit.assumed import in_swedish

    found, swedish = say.found, say.words.lang == "sv"
    total = str(found.observed["total"].iloc[-1])
    total = say.words.number(int(total)) if total.isdigit() else total
    lead = say.tell("lead", weeks=found.window.weeks, rows=total, left=len(found.rejected))
    return {
        "anchor": "log",
        "name": plain(found.source, 200),
        "verdict": say.tell("verdict", many=len(found.parameters)),
        "lead": lead,
        "panels": list(_panels(say)),
        "not_trusted_heading": "",
        "not_trusted": [],
        "assumed_heading": say.tell("assumed"),
        "assumed": [plain(in_swedish(text) if swedish else text, 400) for text in found.assumed],
        "numbers_heading": say.tell("numbers"),
        "numbers": [*_visits(say), *_numbers(say)],
    }


def _panels(say: _Saying) -> Iterator[dict[str, Any]]:
    from flowsim.report.figures import canvas
    from flowsim.report.fit import panel

    for (kind, name), rows in say.found.weekly.groupby(["kind", "name"], sort=False):
        sentence = say.sentence(str(kind), str(name), rows)
        if not sentence:
            continue
        with canvas.style():
            figure = canvas.sheet(HEIGHT)
            _draw(say, figure.subplots(), str(kind), str(name), rows)
        yield panel(figure, say.tell(f"topic_{kind}", name=plain(say.words.name(str(name)))), sentence)


def _draw(say: _Saying, axes: Axes, kind: str, name: str, rows: pd.DataFrame) -> None:
    """Weeks as dots (a queue as a line), and the ordinary week found as a band."""
    from flowsim.report.figures import canvas

    at, value, full = rows["monday"].to_numpy(), rows["value"].to_numpy(), rows["full"].to_numpy(bool)
    if kind == "waiting":
        axes.plot(at, value, color=canvas.SCENARIO, linewidth=1.6)
    else:
        found = say.estimate(KEYS[kind][0], name, KEYS[kind][1])
        shown = full if full.any() else ~full
        label = say.tell("all_waited") if full.any() else None
        axes.plot(at[shown], value[shown], ".", color=canvas.SCENARIO, markersize=5, label=label)
        if full.any() and (~full).any():
            axes.plot(at[~full], value[~full], ".", color=canvas.BASELINE, markersize=5, label=say.tell("not_all"))
        if found:
            axes.axhspan(found.low, found.high, color=canvas.TARGET, alpha=0.15, linewidth=0)
            axes.axhline(found.value, color=canvas.TARGET, linewidth=1.4, label=say.tell("ordinary"))
            axes.legend(loc="upper right", ncols=3)
    axes.set_ylim(0, 1.3 * float(value.max()))
    axes.set_ylabel(say.tell(f"axis_{kind}"))
    canvas.number_axis(axes.yaxis, say.words)


def _visits(say: _Saying) -> Iterator[tuple[str, str]]:
    """Rows by step and outcome, small cells hidden."""
    for row in say.found.observed.to_dict(orient="records"):
        rest = ", ".join(f"{key} {value}" for key, value in row.items() if key != "activity" and value != "0")
        yield f"{say.tell('visits')}: {row['activity']}", rest


def _numbers(say: _Saying) -> Iterator[tuple[str, str]]:
    """Every parameter with its interval."""
    for one in say.found.parameters:
        e = one.estimate
        yield one.name, f"{e.value:.4g} ({e.low:.4g} – {e.high:.4g}), n {e.n}"
