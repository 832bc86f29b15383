"""`flowsim run` and `flowsim report`: a study made and shown, or its report written again."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from flowsim.cli.screen import note, out, out_json, progress, refuse, show
from flowsim.errors import FlowsimError

if TYPE_CHECKING:
    import typer

    from flowsim.study import Design, Study

OUTPUTS = Path("outputs")
REPORT = "report.html"


@dataclass(frozen=True)
class Wish:
    """The options of `flowsim run`, as typed."""

    replications: int
    seed: int
    workers: int
    engine: str
    cluster: str
    resume: bool
    force_new: bool
    first: int
    precision: str | None
    precise: str
    most: int
    steps: int
    input_uncertainty: bool
    report: bool
    json: bool
    lang: Literal["sv", "en"]


def run(paths: Sequence[Path], wish: Wish, target: Path | None) -> None:
    """Runs scenarios (or a run.json again), saves the study, and shows its headline table."""
    again = len(paths) == 1 and paths[0].suffix == ".json"
    try:
        if again:
            study, differing = _again(paths[0], wish, target)
        else:
            study, differing = _new(paths, wish, target or OUTPUTS / _stem(paths)), []
    except KeyboardInterrupt:
        raise _interrupted(wish) from None
    if wish.json:
        _show_json(study, differing if again else None)
    else:
        _show(study, wish)
        if again and not differing:
            out(
                "Every table is the same as in the run.json."
                if wish.lang == "en"
                else "Alla tabeller är desamma som i run.json."
            )
    if differing:
        raise FlowsimError(f"Tables that came out differently from the run.json: {', '.join(differing)}.")
    if study.run["failures"]:
        raise FlowsimError(f"{len(study.run['failures'])} replications failed; the tables hold the others.")


def report(folder: Path, lang: Literal["sv", "en"], json: bool) -> None:
    """Writes the report of a study, or the sheet of an answer, again."""
    from flowsim import report as room
    from flowsim import study

    if (folder / "answer.json").is_file():
        from flowsim.report import answers

        written = answers.rewrite(folder, lang)
    else:
        study.load(folder)
        written = Path(room.write(folder, lang))
    if json:
        out_json({"report": written.as_posix()})
    else:
        out(written.as_posix())


def _new(paths: Sequence[Path], wish: Wish, target: Path) -> Study:
    from flowsim import study

    missing = [path for path in paths if not path.is_file()]
    if missing:
        raise refuse(", ".join(path.as_posix() for path in missing), "there is no such file.")
    with progress("replications" if wish.lang == "en" else "körningar") as told:
        made = study.run(
            paths,
            _design(wish, len(paths)),
            target,
            progress=told,
            finish=lambda new: _written(new, wish),
            note=_noted(wish),
        )
    for failure in made.run["failures"]:
        note(failure)
        note(f"  reproduce: {_reproduce(failure, made, paths)}")
    return made


def _again(record: Path, wish: Wish, target: Path | None) -> tuple[Study, list[str]]:
    from flowsim import study
    from flowsim.study import manifest

    place = target or record.resolve().parent.with_name(f"{record.resolve().parent.name}_again")
    if target is None:
        place = Path(record.parent).parent / place.name
    other = manifest.other_here(manifest.read(record))
    if other:
        note(other)
    with progress("replications" if wish.lang == "en" else "körningar") as told:
        keyword = {"progress": told, "finish": lambda new: _written(new, wish), "note": _noted(wish)}
        return study.again(record, place, wish.workers, _how(wish), **keyword)


def _how(wish: Wish) -> dict[str, Any]:
    """Where it runs, and what becomes of an unfinished run."""
    return {"cluster": wish.cluster, "resume": wish.resume, "force_new": wish.force_new}


def _noted(wish: Wish) -> Callable[[str, str], None]:
    """Says remarks in the language asked for."""
    return lambda english, swedish: note(swedish if wish.lang == "sv" else english)


def _interrupted(wish: Wish) -> typer.Exit:
    """What Ctrl-C leaves behind, and the command that goes on with it."""
    import shlex
    import sys

    import typer

    words = [word for word in sys.argv[1:] if word not in ("--resume", "--force-new")]
    command = shlex.join(["flowsim", *words, "--resume"])
    note(f"Interrupted. What was finished is kept. Go on with:\n  {command}")
    return typer.Exit(130)


def _written(new: Path, wish: Wish) -> None:
    """The report, inside the study's folder before it takes its place."""
    if wish.report:
        from flowsim import report as room

        room.write(new, wish.lang)


def _engine(wish: Wish, scenarios: int) -> str:
    """The engine asked for; `auto` by the size of the job. Says so when there is something to compile first."""
    from flowsim import engines

    engine = engines.chosen(wish.engine, wish.replications * scenarios)
    if engines.must_compile(engine):
        english = "Compiling the engine: about a minute, once on this machine ..."
        note(english if wish.lang == "en" else "Kompilerar motorn: ungefär en minut, en gång på den här maskinen ...")
    return engine


def _design(wish: Wish, scenarios: int) -> Design:
    from flowsim.study import Design
    from flowsim.study.precision import Precision, named

    precision = None
    if wish.precision is not None:
        measures = named([name.strip() for name in wish.precise.split(",") if name.strip()])
        precision = Precision(_share(wish.precision), measures, wish.most)
    engine = _engine(wish, scenarios)
    return Design(
        wish.replications,
        wish.seed,
        wish.workers,
        engine,
        wish.first,
        precision,
        wish.steps,
        input_uncertainty=wish.input_uncertainty,
        **_how(wish),
    )


def _share(text: str) -> float:
    """0.02 of "2%", "2 %" or "0.02".

    Raises:
        InputError: it is none of these, or not between 0 and 1.
    """
    match = re.fullmatch(r"\s*(\d+(?:[.,]\d+)?)\s*(%?)\s*", text)
    share = float(match[1].replace(",", ".")) / (100 if match[2] else 1) if match else 0.0
    if not 0 < share < 1:
        raise refuse("--precision", f'"{text}" is no share: write "2%" or 0.02.')
    return share


def _stem(paths: Sequence[Path]) -> str:
    """The study's name if none is given: what the files' names begin with alike, else the first one's."""
    alike = os.path.commonprefix([path.stem for path in paths]).strip("_- ")  # noqa: RUF071 - names, not paths
    return alike if len(alike) > 2 else paths[0].stem


def _reproduce(failure: str, made: Study, paths: Sequence[Path]) -> str:
    """The command that runs the failed replication alone."""
    name, _, rest = failure.partition(", replication ")
    number = rest.partition(",")[0]
    files = {
        Path(one["file"]).name: path
        for one in made.run["scenarios"]
        for path in paths
        if path.name == Path(one["file"]).name
    }
    named = {one["scenario"]: files.get(Path(one["file"]).name) for one in made.run["scenarios"]}
    path, run = named.get(name) or name, made.run
    further = " --input-uncertainty" if run.get("input_uncertainty") else ""
    luck = f"--seed {run['seed']} --engine {run['engine']}{further}"
    return f"flowsim run {path} --first {number} --replications 1 {luck}"


def _show(study: Study, wish: Wish) -> None:
    from flowsim.cli import shown
    from flowsim.report.words import Words

    words = Words(wish.lang)
    out(shown.legend(study, words))
    out()
    show(shown.headline(study, words))
    for line in [*shown.per_extra(study, words), *shown.binding(study, words), "", *shown.by_hand(study, words)]:
        out(line)
    out()
    for text in study.run["warnings_sv" if wish.lang == "sv" else "warnings"]:
        note(f"{'Obs' if wish.lang == 'sv' else 'Note'}: {text}")
    where = study.folder / REPORT
    if where.exists():
        out(f"{'Öppna rapporten' if wish.lang == 'sv' else 'Open the report'}: {where.as_posix()}")
    out(f"{'Tabeller' if wish.lang == 'sv' else 'Tables'}: {(study.folder / 'tables').as_posix()}")


def _show_json(study: Study, differing: list[str] | None) -> None:
    from flowsim.cli import shown

    answer: dict[str, Any] = {
        "study": study.folder.as_posix(),
        "report": (study.folder / REPORT).as_posix() if (study.folder / REPORT).exists() else None,
        "baseline": study.baseline,
        "replications": study.run["replications"],
        "seed": study.run["seed"],
        "headline": shown.records(study.tables["headline"]),
        "bottlenecks": shown.records(study.tables["bottlenecks"]),
        **{name: shown.records(study.tables[name]) for name in ("added_cost", "income") if name in study.tables},
        "warnings": study.run["warnings"],
        "failures": study.run["failures"],
    }
    out_json(answer if differing is None else {**answer, "differing_tables": differing})
