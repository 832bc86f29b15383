"""`flowsim new`: a folder with commented files to begin from."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path
from shutil import copytree

from flowsim.cli.screen import out, out_json, refuse


def new(folder: Path, json: bool) -> None:
    """Writes the starter into `folder` and says what to do next.

    Raises:
        InputError: the folder exists and is not empty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise refuse(str(folder), "exists and is not empty; choose another name, nothing was written.")
    with as_file(files("flowsim.cli") / "starter") as starter:
        copytree(starter, folder, dirs_exist_ok=True)
    written = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    if json:
        out_json({"folder": folder.as_posix(), "files": written})
        return
    out(f"{folder}: {', '.join(written)}")
    out("Read README.txt there. To begin:")
    out(f"  flowsim check {folder}/scenarios/*.yaml")
    out(f"  flowsim run {folder}/scenarios/today.yaml {folder}/scenarios/evening.yaml --out {folder}/outputs/first")
