"""An answer as files: a sheet (one HTML file without network), numbers (JSON), figures (PNG), and its scenario.

    where = write(answer, "outputs/clear_backlog", lang="sv")  # the sheet's path

The scenario is written with all the files it needs, so that it runs from where it lies.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowsim.errors import FlowsimError
from flowsim.questions.answer import Answer, Figure, Realised, Table
from flowsim.report.answers import keeping
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


def rewrite(folder: str | Path, lang: Language) -> Path:
    """The sheet of an answer written again, in this language; its path. FlowsimError if the folder holds no answer."""
    made = sheet(keeping.read_answer(Path(folder)), lang)
    (Path(folder) / SHEET).write_text(made, encoding="utf-8")
    return Path(folder) / SHEET


def join(folders_of: Sequence[str | Path], title: str, path: str | Path, lang: Language = "en") -> Path:
    """Several answers on one page: every sentence first, then each table and figure.

    Raises:
        FlowsimError: a folder holds no answer, or the disk refused.
    """
    answers = [keeping.read_answer(Path(one)) for one in folders_of]
    parts = [
        {
            "anchor": f"{one.question}_{k}",
            "title": plain(one.title(lang), 200),
            "sentence": plain(one.sentence(lang), _LONGEST),
            "table": _table(one.table, lang),
            "panel": _panel(one.figure, lang),
            "notes": plain(" ".join(text(lang) for text in one.notes), _LONGEST),
            "assumed": plain(" ".join(text(lang) for text in one.assumed), _LONGEST),
            "would_change": plain(" ".join(text(lang) for text in one.would_change), _LONGEST),
        }
        for k, one in enumerate(answers)
    ]
    efforts = " ".join(one.effort.said(lang) for one in answers)
    about = "; ".join(dict.fromkeys(plain(one.about(lang), 300) for one in answers if one.about(lang)))
    text = _rendered("page.html.j2", lang, title=plain(title, 200), about=about, parts=parts, efforts=efforts)
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise FlowsimError(f'Could not write "{path}": {error.strerror}.') from error
    return Path(path)


def where_of(realised: Realised) -> str:
    """The scenario file's path inside the answer's folder."""
    if not realised.texts:
        return realised.path
    named, _ = manifest.named({**realised.texts, realised.path: realised.text})
    return next(name for name, text in named.items() if Path(name).name == Path(realised.path).name)


def sheet(answer: Answer, lang: Language = "en") -> str:
    """The answer as one HTML page; every text escaped, no script, no network."""
    return _rendered(
        "answer.html.j2",
        lang,
        title=plain(answer.title(lang), 200),
        about=plain(answer.about(lang), 300),
        sentence=plain(answer.sentence(lang), _LONGEST),
        table=_table(answer.table, lang),
        panels=[_panel(figure, lang) for figure in (answer.figure, *answer.figures)],
        further=[(plain(heading(lang), 300), _table(table, lang)) for heading, table in answer.further],
        notes=[plain(text(lang), _LONGEST) for text in answer.notes],
        by_hand=[plain(text(lang), _LONGEST) for text in answer.by_hand],
        assumed=[plain(text(lang), _LONGEST) for text in answer.assumed],
        would_change=[plain(text(lang), _LONGEST) for text in answer.would_change],
        effort=answer.effort.said(lang),
        scenario=answer.scenario.text if answer.scenario else "",
        scenario_file=where_of(answer.scenario) if answer.scenario else "",
    )


def _rendered(template: str, lang: Language, **values: Any) -> str:
    """A page of ours: its style sheet by hash, every text escaped."""
    import jinja2
    from markupsafe import Markup

    from flowsim import __version__

    css = (HERE.parent / "page.css").read_text(encoding="utf-8").strip()
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    return environment.get_template(template).render(
        lang=lang,
        say=lambda sv, en: sv if lang == "sv" else en,
        css=Markup(css),  # noqa: S704  our own file
        css_hash="sha256-" + base64.b64encode(hashlib.sha256(css.encode()).digest()).decode(),
        version=__version__,
        **values,
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
        "sheet": keeping.kept(answer),
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


def _panel(figure: Figure, lang: Language) -> dict[str, Any]:
    """A figure as an image that carries its own data."""
    from flowsim.report.answers import drawing
    from flowsim.report.figures import canvas

    made = drawing.drawn(figure, lang)
    width, height = (round(96 * inches) for inches in made.get_size_inches())
    image = "data:image/svg+xml;base64," + base64.b64encode(canvas.svg(made).encode()).decode()
    return {"title": plain(figure.title(lang), 300), "image": image, "width": width, "height": height}


def _scenario(realised: Realised, new: Path) -> None:
    """The scenario with its bases, unit costs, calibration and timetables, as they lie beside each other."""
    named, _ = manifest.named({**realised.texts, realised.path: realised.text})
    for name, text in named.items():
        (new / name).parent.mkdir(parents=True, exist_ok=True)
        (new / name).write_text(text, encoding="utf-8")
