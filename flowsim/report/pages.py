"""The page: one HTML file that needs no network, no script and no other file. The only room of jinja2.

Every text is escaped by jinja2; figures are SVG images in data URIs, so that nothing inside them can act; the page's
own Content-Security-Policy allows its one style sheet (by hash) and images in data URIs, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowsim.report import answer
from flowsim.report.exhibits import SECTIONS, Exhibit
from flowsim.report.figures import canvas
from flowsim.report.inputs import included
from flowsim.report.reading import Reading
from flowsim.report.twins import Twin
from flowsim.report.words import plain

HERE = Path(__file__).parent
Drawn = Callable[[Exhibit, Any], object]
"""Called with each exhibit and its drawn figure, before it is forgotten (to save it as a file, say)."""


@dataclass(frozen=True)
class Panel:
    """A figure on the page."""

    anchor: str
    topic: str
    finding: str
    how: str
    table: Twin
    image: str
    width: int
    height: int
    folded: bool


@dataclass(frozen=True)
class Section:
    """A part of the page."""

    name: str
    heading: str
    panels: list[Panel]
    folded: str
    binds: list[tuple[str, str, str, str]]


def page(reading: Reading, shown: list[Exhibit], drawn: Drawn | None = None) -> str:
    """The whole report as HTML."""
    import jinja2
    from markupsafe import Markup

    css = (HERE / "page.css").read_text(encoding="utf-8").strip()
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    values = {
        **_texts(reading),
        "css": Markup(css),  # noqa: S704  our own file
        "css_hash": "sha256-" + base64.b64encode(hashlib.sha256(css.encode()).digest()).decode(),
        "sections": list(_sections(reading, shown, drawn)),
    }
    return environment.get_template("page.html.j2").render(values)


def _sections(reading: Reading, shown: list[Exhibit], drawn: Drawn | None) -> Iterator[Section]:
    for name in SECTIONS:
        mine = [exhibit for exhibit in shown if exhibit.section == name]
        if mine:
            panels = [_panel(exhibit, drawn) for exhibit in mine]
            topics = ", ".join(e.folded for e in mine if e.folded)
            binds = _binds(reading) if name == "capacity" else []
            folded = reading.words(f"more_{name}", topics=topics) if topics else ""
            yield Section(name, reading.words(f"section_{name}"), panels, folded, binds)


def _panel(exhibit: Exhibit, drawn: Drawn | None) -> Panel:
    """The exhibit with its figure drawn."""
    figure = exhibit.draw()
    image = canvas.svg(figure)
    if drawn is not None:
        drawn(exhibit, figure)
    width, height = (round(96 * inches) for inches in figure.get_size_inches())
    encoded = "data:image/svg+xml;base64," + base64.b64encode(image.encode()).decode()
    texts = (f"figure_{exhibit.name}", exhibit.topic, exhibit.finding, exhibit.how)
    return Panel(*texts, exhibit.table, encoded, width, height, bool(exhibit.folded))


def _texts(reading: Reading) -> dict[str, Any]:
    """All the page says beside its figures."""
    words, run = reading.words, reading.run
    first, further = answer.headline(reading)
    warned = run.get("warnings_sv" if words.lang == "sv" else "warnings", run.get("warnings", []))
    return {
        "words": words,
        "say": words,
        "title": words("page_title", study=plain(str(run.get("study") or reading.baseline))),
        "lead": _lead(reading),
        "answer": answer.sentences(reading),
        "headline": first,
        "further": further,
        "caption": _caption(reading),
        "assumed": [
            plain(text, 400) for text in dict.fromkeys(t for s in reading.settings.values() for t in s.assumed)
        ],
        "changes": _changes(reading),
        "warnings": [plain(str(text), 600) for text in [*warned, *run.get("failures", [])]],
        "run": _run(reading),
        "inputs": [(plain(name), str(digest)) for name, digest in run.get("inputs", {}).items()],
        "version": run.get("versions", {}).get("flowsim", ""),
    }


def _lead(reading: Reading) -> str:
    words, setting = reading.words, reading.setting
    values = {
        "weeks": setting.weeks,
        "start": words.date(setting.start),
        "replications": reading.run.get("replications", "–"),
    }
    more = included(reading.run, reading.tables, words)
    lead = words("page_lead", scenarios=len(reading.scenarios), **values)
    if not reading.others:
        lead = words("page_lead_one", **values)
    return f"{lead} {more}" if more else lead


def _caption(reading: Reading) -> str:
    """How to read the headline table; perspective and price year where there is money in it."""
    words = reading.words
    money = (
        words("table_money", perspective=reading.perspective, year=reading.price_year) if reading.has("costs") else ""
    )
    return words("table_caption", replications=reading.run.get("replications", "–"), money=money)


def _binds(reading: Reading) -> list[tuple[str, str, str, str]]:
    """What binds first in each scenario, and why."""
    words, rows = reading.words, []
    for scenario in reading.scenarios:
        found = reading.rows("bottlenecks", scenario=scenario)
        if len(found):
            first = found.sort_values("rank").iloc[0]
            why = first.get("why_sv" if words.lang == "sv" else "why", "")
            rows.append(
                (
                    reading.label(scenario),
                    words.name(str(first["resource"])),
                    words.percent(float(first["load"])),
                    plain(str(why), 300),
                )
            )
    return rows


def _changes(reading: Reading) -> list[tuple[str, list[str]]]:
    """What each scenario changed, old and new, with its dates."""
    words, out = reading.words, []
    for one in reading.run.get("scenarios", []):
        lines = []
        for change in one.get("changes", []) if isinstance(one, dict) else []:
            old, new = plain(str(change.get("old")), 200), plain(str(change.get("new")), 200)
            text = words("change_from_to", where=plain(str(change.get("where"))), old=old, new=new)
            begin, end = change.get("from"), change.get("to")
            if begin or end:
                text += " " + words("change_dates", begin=begin or words("open_date"), end=end or words("open_date"))
            lines.append(text)
        if lines and one.get("scenario") in reading.settings:
            out.append((reading.label(one["scenario"]), lines))
    return out


def _run(reading: Reading) -> list[tuple[str, str]]:
    """How it was run, as terms and texts."""
    words, run = reading.words, reading.run
    versions = ", ".join(f"{name} {number}" for name, number in run.get("versions", {}).items())
    listed = [
        ("run_baseline", reading.label(reading.baseline)),
        ("run_seed", run.get("seed")),
        ("run_replications", run.get("replications")),
        ("run_engine", run.get("engine")),
        ("run_versions", versions),
        ("run_hash", run.get("sha256")),
    ]
    return [(words(key), plain(str(text), 300)) for key, text in listed if text not in (None, "")]
