"""The whole story: load scenarios, build plans, run, measure, cost, compare, warn, and save it all or nothing.

    study = run([Path("scenarios/today.yaml"), Path("scenarios/evening.yaml")], Design(replications=50), out)
    study.tables["headline"]

The first scenario is the baseline, or the one that all others are based on. A study is a folder: tables (parquet and
CSV), resolved scenarios, the settings needed to read the tables, and run.json, from which `again` makes them anew.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowsim import experiment, plan, scenario, tables
from flowsim.costs.kpp import load_unit_costs
from flowsim.errors import Fault, FlowsimError, InputError
from flowsim.experiment.identity import identity
from flowsim.frames import pd
from flowsim.study import by_hand, folder, incomes, inputs, logs, manifest, sheets, steps, warm_up, warnings
from flowsim.study.crew import Crew, crew
from flowsim.study.measured import Measured
from flowsim.study.precision import Precision, simulated
from flowsim.study.unfinished import Note
from flowsim.tables import Results, Setting

if TYPE_CHECKING:
    from flowsim.scenario import Scenario

SETTINGS = "settings.json"
TABLES, SCENARIOS = "tables", "scenarios"
NO_SETS = (
    "finds no parameter sets: neither `parameter_sets:` (a scenario calibrated from an event log) nor luck from a "
    "calibration file with its *_sets.csv beside it."
)
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Design:
    """How much is run, and with what luck."""

    replications: int = 30
    seed: int = 1
    workers: int = 1
    engine: str = "simpy"
    first: int = 0
    """Number of the first replication; 0 but to run one again alone."""
    precision: Precision | None = None
    steps: int = 10
    """Replications at most for the table of what each change did; 0: no such table."""
    resume: bool = False
    """Refuse an unfinished run of something else at the same place, instead of beginning anew."""
    force_new: bool = False
    """Begin anew though an unfinished run of the same is there."""
    input_uncertainty: bool = False
    """Replication r is run under parameter set 1 + (r mod 200): the spread holds what calibrations leave open too."""
    cluster: str = ""
    """Address of a Dask scheduler whose workers run the replications, instead of this machine's."""


@dataclass(frozen=True)
class Study:
    """A study read from its folder."""

    folder: Path
    tables: dict[str, pd.DataFrame]
    """By file name; every one begins with `scenario`."""
    settings: dict[str, Setting]
    """By scenario, in the order they were run."""
    run: dict[str, Any]
    """run.json."""

    @property
    def baseline(self) -> str:
        """The scenario that the others are compared with."""
        return str(self.run["baseline"])

    @staticmethod
    def load(where: Path | str) -> Study:
        """A study from its folder. FlowsimError if it is none."""
        return load(where)


def run(
    paths: Sequence[Path | str],
    design: Design,
    out: Path | str,
    *,
    progress: Progress | None = None,
    finish: Callable[[Path], object] | None = None,
    note: Note | None = None,
) -> Study:
    """Run the scenarios and save the study as `out`, whole or not at all.

    `finish(folder)` is called on the finished tables before the folder takes its place (a report, say). An earlier
    study at `out` is replaced; anything else there is refused. Every finished chunk of replications is kept on disk
    until then, so that a run that was ended is gone on with. `note(english, swedish)` is told of that.

    Raises:
        InputError: faults of the scenario files, all of them.
        FlowsimError: no replication of a scenario succeeded, or the disk refused.
    """
    began, clock = datetime.now(UTC).isoformat(timespec="seconds"), time.monotonic()
    target = folder.recovered(Path(out))
    folder.refuse_other(target)
    scenarios = loaded(paths, design.input_uncertainty)
    with crew(target, _about(scenarios, design), design, progress, note) as mine:
        scenarios, chosen = warm_up.settled(scenarios, mine)
        made, record, plans, logged = _made(scenarios, design, mine, chosen)
        with folder.replacing(target) as new:
            hashes = _write(new, made, plans, scenarios)
            record["logs"] = logs.write(logged, {p.setting.scenario: p.setting for p in plans}, new)
            surroundings = manifest.surroundings(design.workers, began, time.monotonic() - clock)
            sealed = manifest.sealed({**record, "study": target.name, "tables": hashes}, surroundings)
            (new / folder.MANIFEST).write_text(manifest.as_json(sealed), encoding="utf-8")
            if finish is not None:
                finish(new)
    return load(target)


def _made(
    scenarios: Sequence[Scenario], design: Design, mine: Crew, chosen: list[warnings.Said]
) -> tuple[dict[str, pd.DataFrame], dict[str, Any], list[plan.Plan], Mapping[str, pd.DataFrame]]:
    """The study's tables, what run.json says, the plans that were run, and what was kept of their replications."""
    plans = [plan.build(one) for one in scenarios]
    costs = {one.name: load_unit_costs(one.unit_costs) for one in scenarios if one.unit_costs is not None}
    paid = incomes.paid_by(scenarios)
    measured = Measured(costs, paid, design.first)
    outcome, replications, honest = simulated(plans, design, measured, mine)
    made = sheets.tables(outcome.summaries, {p.setting.scenario: p.setting for p in plans}, paid)
    rungs = _rungs(scenarios, design, costs, mine)
    made |= {"by_hand": by_hand.table(plans, made), **_steps(scenarios, outcome, rungs, design)}
    made |= inputs.apart(plans, outcome, measured, mine)
    said = [*chosen, *honest, *warnings.of(plans, outcome, made, costs, design.seed)]
    record = _record(scenarios, design, replications)
    record |= {"failures": [str(failure) for failure in (*outcome.failures, *rungs.failures)]}
    record |= {"warnings": [english for english, _ in said], "warnings_sv": [swedish for _, swedish in said]}
    record["price_year"] = next((one.price_year for one in costs.values()), None)
    return made, record, plans, outcome.summaries


def _about(scenarios: Sequence[Scenario], design: Design) -> dict[str, Any]:
    """All that must be the same for finished replications to be worth keeping."""
    texts, _ = manifest.named({str(path): text for one in scenarios for path, text in _texts(one).items()})
    return {
        "schema": manifest.SCHEMA,
        **identity(),
        "seed": design.seed,
        "input_uncertainty": design.input_uncertainty,
        "inputs": {file: manifest.digest(text) for file, text in texts.items()},
    }


def _rungs(scenarios: Sequence[Scenario], design: Design, costs: dict[str, Any], mine: Crew) -> experiment.Outcome:
    """What lies between the baseline and scenarios of several changes, run for the table of what each change did."""
    between = steps.between(scenarios, design.input_uncertainty) if design.steps else {}
    if not between:
        return experiment.Outcome({})
    summarise = Measured({rung: costs[of] for rung, (of, _) in between.items() if of in costs})
    rungs = [part for _, part in between.values()]
    return mine.run(rungs, min(design.replications, design.steps), summarise, design.first)


def _steps(
    scenarios: Sequence[Scenario], outcome: experiment.Outcome, rungs: experiment.Outcome, design: Design
) -> dict[str, pd.DataFrame]:
    """The table of what each change did; none where it was not asked for, or nothing is changed."""
    found = steps.ladders(scenarios)
    if not found or not design.steps:
        return {}
    numbers = [outcome.summaries["headline"], *(kept for name, kept in rungs.summaries.items() if name == "headline")]
    frame = pd.concat(numbers, ignore_index=True)
    return {"steps": steps.table(frame[frame["replication"] < design.first + design.steps], found)}


def again(
    record: Path, out: Path | str, workers: int = 1, how: Mapping[str, Any] | None = None, **keyword: Any
) -> tuple[Study, list[str]]:
    """Make a study again from its run.json alone; the names of tables that came out differently (none, if all is well).

    `how`: cluster, resume, force_new (see `Design`). What else is given goes to `run`.

    Raises:
        FlowsimError: the record was altered, or was made by a newer flowsim.
    """
    before = manifest.read(record)
    design = Design(
        before["replications"],
        before["seed"],
        workers,
        before["engine"],
        before["first_replication"],
        steps=before["step_replications"],
        input_uncertainty=before.get("input_uncertainty", False),
        **(how or {}),
    )
    with tempfile.TemporaryDirectory(prefix="flowsim-") as temporary:
        study = run(manifest.unpacked(before, Path(temporary)), design, out, **keyword)
    now = study.run["tables"]
    return study, [name for name, table in before["tables"].items() if now.get(name) != table]


def load(where: Path | str) -> Study:
    """A study from its folder. FlowsimError if it is none."""
    place = folder.recovered(Path(where))
    if not (place / folder.MANIFEST).is_file():
        raise FlowsimError(f'"{where}" is no study: it has no {folder.MANIFEST}.')
    settings = manifest.settings_of((place / SETTINGS).read_text(encoding="utf-8"))
    return Study(place, tables.read(place / TABLES), settings, manifest.read(place / folder.MANIFEST))


def results(
    scenarios: Sequence[Scenario], replications: int, seed: int, workers: int = 1, engine: str = "simpy"
) -> Results:
    """All rows of all replications, as frames, for those who measure themselves (`flowsim.run`).

    Raises:
        FlowsimError: a replication failed.
    """
    plans = [plan.build(one) for one in scenarios]
    outcome = experiment.run(plans, replications, seed, workers=workers, engine=engine, keep_rows=replications)
    if outcome.failures or outcome.rows is None:
        raise FlowsimError("\n".join(map(str, outcome.failures)) or "There is nothing to run: replications is 0.")
    return outcome.rows


def loaded(paths: Sequence[Path | str], input_uncertainty: bool = False) -> list[Scenario]:
    """Scenarios from their files, the baseline first: the first one named, or the one all others are based on.

    `input_uncertainty`: with the parameter sets of the calibrations they name.

    Raises:
        InputError: the faults of all files, and names used twice; sets asked for where no file names any.
    """
    found: list[Scenario] = []
    faults: list[Fault] = []
    for path in paths:
        try:
            one = scenario.load(Path(path), set_number=0 if input_uncertainty else None)
        except InputError as error:
            faults += [fault for fault in error.faults if fault not in faults]
            continue
        if one.name in [other.name for other in found]:
            faults.append(Fault(str(path), 0, "scenario", one.name, "is the name of another scenario of this run."))
        found.append(one)
    if input_uncertainty and not faults and not any(one.sets for one in found):
        faults.append(Fault(str(paths[0]), 0, "--input-uncertainty", "", NO_SETS))
    if faults:
        raise InputError(faults)
    return sorted(found, key=lambda one: not _is_base_of_all(one, found))


def _is_base_of_all(one: Scenario, found: Sequence[Scenario]) -> bool:
    mine = Path(one.path).resolve()
    others = [other for other in found if other is not one]
    return bool(others) and all(mine in [Path(base).resolve() for base in other.based_on] for other in others)


def _record(scenarios: Sequence[Scenario], design: Design, replications: int) -> dict[str, Any]:
    """What run.json says of the inputs."""
    texts, root = manifest.named({str(path): text for one in scenarios for path, text in _texts(one).items()})
    return {
        "schema": manifest.SCHEMA,
        "baseline": scenarios[0].name,
        "seed": design.seed,
        "replications": replications,
        "first_replication": design.first,
        "step_replications": design.steps,
        "engine": design.engine,
        "input_uncertainty": design.input_uncertainty,
        "scenarios": [_scenario_record(one, root) for one in scenarios],
        "versions": manifest.versions(),
        "perspective": "hospital",
        "inputs": {file: manifest.digest(text) for file, text in texts.items()},
        "texts": texts,
    }


def _scenario_record(one: Scenario, root: Path) -> dict[str, Any]:
    horizon = one.model.horizon
    return {
        "scenario": one.name,
        "title": one.title,
        "file": Path(one.path).resolve().relative_to(root).as_posix(),
        "start": horizon.start.isoformat(),
        "weeks": horizon.weeks,
        "warm_up_weeks": horizon.warm_up,
        "changes": [
            {
                "where": change.where,
                "old": str(change.old),
                "new": str(change.new),
                "from": None if change.from_ is None else change.from_.isoformat(),
                "to": None if change.to is None else change.to.isoformat(),
            }
            for change in one.changes
        ],
    }


def _texts(one: Scenario) -> dict[Path, str]:
    """Every text the scenario was made from, its unit costs too."""
    texts = {Path(path): text for path, text in one.texts.items()}
    if one.unit_costs is not None:
        texts.setdefault(Path(one.unit_costs), Path(one.unit_costs).read_text(encoding="utf-8"))
    return texts


def _write(
    new: Path, made: dict[str, pd.DataFrame], plans: Sequence[plan.Plan], scenarios: Sequence[Scenario]
) -> dict[str, Any]:
    """Tables, resolved scenarios and settings; the tables' hashes (of their CSV) and numbers of rows."""
    (new / TABLES).mkdir()
    (new / SCENARIOS).mkdir()
    for name, frame in made.items():
        tables.write(frame, new / TABLES, name)
    for one in scenarios:
        (new / SCENARIOS / f"{one.name}.yaml").write_text(scenario.resolved(one), encoding="utf-8")
    (new / SETTINGS).write_text(
        manifest.settings_json({p.setting.scenario: p.setting for p in plans}), encoding="utf-8"
    )
    return {
        name: {"rows": len(frame), "sha256": manifest.digest((new / TABLES / f"{name}.csv").read_bytes())}
        for name, frame in made.items()
    }
