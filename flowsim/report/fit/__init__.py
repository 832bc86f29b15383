"""The fit report: one HTML page on how well a calibration fits, a figure and its one sentence for each question.

    path = write_fit(found, "calibration/theatre_fit.html", lang="sv")

Needs the calibration as `calibrate` gives it: the weeks themselves are not kept in the calibration file.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from flowsim.calibration import Calibration
    from flowsim.report.fit.sentences import Saying
    from flowsim.report.words import Language

HERE = Path(__file__).parent
HEIGHTS = {"candidates": 2.9, "years": 3.9, "back_test": 2.6}


def write_fit(found: Calibration, path: str | Path, lang: Language = "en") -> Path:
    """Writes the page; returns its path. OSError if the disk refuses."""
    path = Path(path)
    path.write_text(fit_page(found, lang), encoding="utf-8")
    return path


def fit_page(found: Calibration, lang: Language = "en") -> str:
    """The page as HTML; every text escaped, no script, no network."""
    from flowsim.report.fit.sentences import Saying
    from flowsim.report.words import Words, plain

    sayings = [Saying(one, found.exclude, Words(lang)) for one in found.resources.values()]
    title = sayings[0].tell("title", source=plain(found.source, 200))
    return rendered(lang, title, [_part(k, saying) for k, saying in enumerate(sayings)])


def rendered(lang: Language, title: str, parts: list[dict[str, Any]]) -> str:
    """The page of these parts."""
    import jinja2
    from markupsafe import Markup

    css = (HERE.parent / "page.css").read_text(encoding="utf-8").strip()
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    return environment.get_template("fit.html.j2").render(
        lang=lang,
        title=title,
        css=Markup(css),  # noqa: S704  our own file
        css_hash="sha256-" + base64.b64encode(hashlib.sha256(css.encode()).digest()).decode(),
        parts=parts,
    )


def _part(number: int, saying: Saying) -> dict[str, Any]:
    """One resource's section."""
    from flowsim.report.fit.assumed import in_swedish
    from flowsim.report.words import plain

    swedish = saying.words.lang == "sv"
    return {
        "anchor": f"resource_{number}",
        "name": plain(saying.words.name(saying.one.resource)),
        "verdict": saying.verdict(),
        "lead": " ".join((saying.lead(), saying.dispersion(), saying.luck())),
        "panels": list(_panels(saying)),
        "not_trusted_heading": saying.tell("trusted_not"),
        "not_trusted": saying.not_trusted(),
        "assumed_heading": saying.tell("assumed"),
        "assumed": [plain(in_swedish(text) if swedish else text, 400) for text in saying.one.assumed],
        "numbers_heading": saying.tell("numbers"),
        "numbers": list(_numbers(saying.one)),
    }


def _panels(saying: Saying) -> Iterator[dict[str, Any]]:
    """Each figure with its sentence; those without anything to show are left out."""
    from flowsim.report.fit import drawings

    names = ("weeks", "distribution", "candidates", "season", "lag", "hours", "years", "back_test", "plan")
    for name in names:
        sentence = getattr(saying, name)()
        if not sentence:
            continue
        figure = drawings.figure(saying, getattr(drawings, name), HEIGHTS.get(name, 3.2))
        yield panel(figure, saying.tell(f"topic_{name}"), sentence)


def panel(figure: Figure, topic: str, sentence: str) -> dict[str, Any]:
    """A figure inside the page, with what it is about and what it says."""
    from flowsim.report.figures import canvas

    width, height = (round(96 * inches) for inches in figure.get_size_inches())
    encoded = base64.b64encode(canvas.svg(figure).encode()).decode()
    image = f"data:image/svg+xml;base64,{encoded}"
    return {"topic": topic, "sentence": sentence, "image": image, "width": width, "height": height}


def _numbers(one: Any) -> Iterator[tuple[str, str]]:
    """Every number of the calibration file, by its dotted name."""
    from flowsim.calibration.result import written

    def walk(name: str, value: Any) -> Iterator[tuple[str, str]]:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from walk(f"{name}.{key}" if name else str(key), inner)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for k, inner in enumerate(value):
                yield from walk(f"{name}.{inner.get('name') or inner.get('law') or inner.get('way') or k}", inner)
        elif name != "assumed" and not name.endswith("luck.values"):
            yield name, ", ".join(map(str, value)) if isinstance(value, list) else str(value)

    yield from walk("", written(one))
