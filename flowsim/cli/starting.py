"""`flowsim new`: a folder with commented files to begin from."""

from __future__ import annotations

import json
from importlib.resources import as_file, files
from pathlib import Path
from shutil import copytree
from typing import Literal

from flowsim.cli.screen import out, out_json, refuse

SCHEMA, KEYS = "scenario.schema.json", "KEYS.md"


def new(folder: Path, as_json: bool, lang: Literal["sv", "en"]) -> None:
    """Writes the starter, the keys' reference and their schema for editors into `folder`, and says what to do next.

    Raises:
        InputError: the folder exists and is not empty.
    """
    from flowsim import scenario

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise refuse(str(folder), "exists and is not empty; choose another name, nothing was written.")
    with as_file(files("flowsim.cli") / "starter") as starter:
        copytree(starter, folder, dirs_exist_ok=True)
    (folder / SCHEMA).write_text(json.dumps(scenario.json_schema(), indent=1) + "\n", encoding="utf-8")
    (folder / KEYS).write_text(_keys(), encoding="utf-8")
    written = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    if as_json:
        out_json({"folder": folder.as_posix(), "files": written})
        return
    out(f"{folder}: {', '.join(written)}")
    chosen = " --lang sv" if lang == "sv" else ""
    out("Läs README.txt där (på engelska). Börja så här:" if lang == "sv" else "Read README.txt there. To begin:")
    out(f"  flowsim check {folder}/scenarios/*.yaml{chosen}")
    both = f"{folder}/scenarios/today.yaml {folder}/scenarios/evening.yaml"
    out(f"  flowsim run {both} --out {folder}/outputs/first{chosen}")


def _keys() -> str:
    """Every key of a scenario file as a page, part by part."""
    from flowsim import scenario

    lines = ["# Every key of a scenario file", "", "Empty default: the key is required.", ""]
    part = ""
    for row in scenario.reference():
        if row.part != part:
            part = row.part
            lines += ["", f"## {part}", "", "| key | type | default | meaning |", "|---|---|---|---|"]
        cells = (row.key, f"{row.type} ({row.unit})" if row.unit else row.type, row.default, row.meaning)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"
