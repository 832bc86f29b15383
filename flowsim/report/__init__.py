"""A study as a planner reads it: one HTML file with figures, in Swedish or English, the figures as PNG, a workbook.

    path = write("outputs/ortho", lang="sv")        # report.html, figures/*.png and report.xlsx in outputs/ortho

Reads the study's saved tables; computes nothing anew. matplotlib stays in `figures`, jinja2 in `pages`.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowsim.report.exhibits import Exhibit
    from flowsim.report.reading import Reading
    from flowsim.report.words import Language

REPORT, FIGURES = "report.html", "figures"


def write(study_dir: Path | str, lang: Language = "en") -> Path:
    """Write report.html and figures/*.png into a study's folder, in one language; an earlier report is replaced whole.

    Raises:
        FlowsimError: the folder holds no study, or the disk refused.
        ValueError: no such language.
    """
    from flowsim import study
    from flowsim.report.reading import Reading
    from flowsim.report.words import Words

    words = Words(lang)
    found = study.load(study_dir)
    return write_reading(Reading(found.tables, found.settings, found.run, words), found.folder)


def write_reading(reading: Reading, folder: Path) -> Path:
    """The report of a reading, below `folder`, page, pictures and workbook."""
    from flowsim.errors import FlowsimError
    from flowsim.report import workbook
    from flowsim.report.exhibits import exhibits
    from flowsim.report.figures import canvas
    from flowsim.report.pages import page

    pictures: dict[str, bytes] = {}

    def keep(exhibit: Exhibit, figure: Any) -> None:
        if not exhibit.folded:
            name = re.sub(r"[^A-Za-z0-9_-]", "_", exhibit.name)[:60]
            pictures[f"{len(pictures) + 1:02d}_{name}.png"] = canvas.png(figure, f"{exhibit.topic}. {exhibit.finding}")

    html = page(reading, exhibits(reading), keep)
    try:
        (folder / FIGURES).mkdir(exist_ok=True)
        for name, data in pictures.items():
            _replace(folder / FIGURES / name, data)
        workbook.write(reading, folder)
        return _replace(folder / REPORT, html.encode())
    except OSError as error:
        raise FlowsimError(f"Could not write the report: {error.strerror or type(error).__name__}.") from error


def _replace(path: Path, data: bytes) -> Path:
    """The file whole or not at all."""
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(data)
    os.replace(new, path)
    return path
