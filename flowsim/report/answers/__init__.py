"""An answer as files: a sheet (one HTML file without network), numbers (JSON), figures (PNG), and its scenario.

    where = write(answer, "outputs/clear_backlog", lang="sv")  # the sheet's path

The scenario is written with all the files it needs, so that it runs from where it lies.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowsim.questions.answer import Answer, Figure, Realised, Table
from flowsim.report.words import plain
from flowsim.study import folder as folders
from flowsim.study import manifest

if TYPE_CHECKING:
    from flowsim.report.words import Language

HERE = Path(__file__).parent
SHEET, NUMBERS = "answer.html", "answer.json"
_LONGEST = 1500


def write(answer: Answer, folder: str | Path, lang: Language = "en") -> Path:
    """Saves the answer as `folder`, whole or not at all; the sheet's path.

    Raises:
        FlowsimError: something else than an answer is there, or the disk refused.
    """
    from flowsim.report.answers import drawing
    from flowsim.report.figures import canvas

    target = Path(folder)
    with folders.replacing(target, NUMBERS) as new:
        (new / SHEET).write_text(sheet(answer, lang), encoding="utf-8")
        text = json.dumps(as_numbers(answer), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        (new / NUMBERS).write_text(text, encoding="utf-8")
        for k, figure in enumerate((answer.figure, *answer.figures)):
            name = f"figure_{k + 1}.png"
            (new / name).write_bytes(canvas.png(drawing.drawn(figure, lang), figure.title(lang)))
        if answer.scenario is not None:
            _scenario(answer.scenario, new)
    return target / SHEET


def where_of(realised: Realised) -> str:
    """The scenario file's path inside the answer's folder."""
    named, _ = manifest.named({**realised.texts, realised.path: realised.text})
    return next(name for name, text in named.items() if Path(name).name == Path(realised.path).name)


def sheet(answer: Answer, lang: Language = "en") -> str:
    """The answer as one HTML page; every text escaped, no script, no network."""
    import jinja2
    from markupsafe import Markup

    from flowsim import __version__

    css = (HERE.parent / "page.css").read_text(encoding="utf-8").strip()
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    return environment.get_template("answer.html.j2").render(
        lang=lang,
        say=lambda sv, en: sv if lang == "sv" else en,
        css=Markup(css),  # noqa: S704  our own file
        css_hash="sha256-" + base64.b64encode(hashlib.sha256(css.encode()).digest()).decode(),
        title=plain(answer.title(lang), 200),
        sentence=plain(answer.sentence(lang), _LONGEST),
        table=_table(answer.table, lang),
        panels=list(_panels(answer, lang)),
        further=[(plain(heading(lang), 300), _table(table, lang)) for heading, table in answer.further],
        notes=[plain(text(lang), _LONGEST) for text in answer.notes],
        by_hand=[plain(text(lang), _LONGEST) for text in answer.by_hand],
        assumed=[plain(text(lang), _LONGEST) for text in answer.assumed],
        would_change=[plain(text(lang), _LONGEST) for text in answer.would_change],
        effort=answer.effort.said(lang),
        scenario=answer.scenario.text if answer.scenario else "",
        scenario_file=where_of(answer.scenario) if answer.scenario else "",
        version=__version__,
    )


def as_numbers(answer: Answer) -> dict[str, Any]:
    """The answer for machines: both languages, numbers as numbers, what is no number as null."""
    texts = {"assumed": answer.assumed, "would_change": answer.would_change, "by_hand": answer.by_hand}
    effort = answer.effort
    return {
        "question": answer.question,
        "verdict": answer.verdict,
        "exit_code": answer.exit_code,
        "sentence": {"sv": answer.sentence.sv, "en": answer.sentence.en},
        "numbers": _clean(answer.numbers),
        "table": _rows(answer.table),
        "notes": [{"sv": one.sv, "en": one.en} for one in answer.notes],
        **{name: [{"sv": one.sv, "en": one.en} for one in found] for name, found in texts.items()},
        "runs": effort.runs,
        "stopping_rule_reached": effort.reached,
        "seed": effort.seed,
        "engine": effort.engine,
        "scenario": answer.scenario.text if answer.scenario else None,
        "scenario_file": where_of(answer.scenario) if answer.scenario else None,
    }


def _rows(table: Table) -> list[dict[str, str]]:
    return [{c.en: cell.en for c, cell in zip(table.columns, row, strict=True)} for row in table.rows]


def _clean(value: Any) -> Any:
    """Plain data that JSON takes."""
    if isinstance(value, Mapping):
        return {str(key): _clean(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    if hasattr(value, "tolist"):
        return _clean(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _table(table: Table, lang: Language) -> dict[str, Any]:
    return {
        "columns": [plain(column(lang), 80) for column in table.columns],
        "rows": [[plain(cell(lang), 300) for cell in row] for row in table.rows],
        "names": table.names,
        "marked": -1 if table.marked is None else table.marked,
        "caption": plain(table.caption(lang), 600),
    }


def _panels(answer: Answer, lang: Language) -> Iterator[dict[str, Any]]:
    """Each figure as an image that carries its own data."""
    from flowsim.report.answers import drawing
    from flowsim.report.figures import canvas

    def panel(figure: Figure) -> dict[str, Any]:
        made = drawing.drawn(figure, lang)
        width, height = (round(96 * inches) for inches in made.get_size_inches())
        encoded = base64.b64encode(canvas.svg(made).encode()).decode()
        image = f"data:image/svg+xml;base64,{encoded}"
        return {"title": plain(figure.title(lang), 300), "image": image, "width": width, "height": height}

    yield from map(panel, (answer.figure, *answer.figures))


def _scenario(realised: Realised, new: Path) -> None:
    """The scenario with its bases, unit costs, calibration and timetables, as they lie beside each other."""
    named, _ = manifest.named({**realised.texts, realised.path: realised.text})
    for name, text in named.items():
        (new / name).parent.mkdir(parents=True, exist_ok=True)
        (new / name).write_text(text, encoding="utf-8")
