"""`flowsim log`: one replication as an event log and a weekly capacity table, in the columns `calibrate` reads."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from flowsim.cli.screen import note, out, out_json
from flowsim.errors import FlowsimError


def write_log(
    path: Path, folder: Path | None, seed: int, replication: int, json: bool, lang: Literal["sv", "en"]
) -> None:
    """Runs the scenario once and writes <scenario>_simulated_events.csv and <scenario>_simulated_capacity.csv."""
    from flowsim import engines, plan, scenario, tables
    from flowsim.measures.event_log import capacity_log, event_log

    made = plan.build(scenario.load(path))
    note(f"{made.setting.scenario}: replication {replication}, seed {seed} ...")
    results = tables.frames(engines.run(made, plan.draw(made, seed, replication)), made.setting, replication)
    where = folder or Path("outputs")
    files = {"events": event_log(results), "capacity": capacity_log(results)}
    names = {what: where / f"{made.setting.scenario}_simulated_{what}.csv" for what in files}
    try:
        where.mkdir(parents=True, exist_ok=True)
        for what, frame in files.items():
            names[what].write_text(tables.safe_text(frame).to_csv(index=False), encoding="utf-8")
    except OSError as error:
        raise FlowsimError(f'Could not write into "{where}": {error.strerror}.') from error
    if json:
        out_json({what: {"file": names[what].as_posix(), "rows": len(frame)} for what, frame in files.items()})
        return
    for what, frame in files.items():
        out(f"{names[what].as_posix()}: {len(frame)} {'rader' if lang == 'sv' else 'rows'}")
