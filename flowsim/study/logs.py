"""Every run's own log: its first replication as an event log and a capacity table, in the columns calibration reads.

`log/<scenario>_simulated_events.parquet` (about 22 bytes a visit) and `log/<scenario>_simulated_capacity.csv`: what a
process-mining tool opens, and what `flowsim calibrate` gives the scenario back from. The patients are simulated.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flowsim import tables
from flowsim.experiment import Summaries
from flowsim.frames import pd
from flowsim.measures.event_log import capacity_log, event_log
from flowsim.tables import Results, Setting

LOG = "log"
VISITS, WEEKS = "log_visits", "log_weeks"
"""Names under which the rows come home from where the replication was run."""
_KEPT = ["scenario", "replication", "patient", "group", "step", "queued_day", "started_day", "finished_day", "outcome"]


def rows(results: Results) -> dict[str, pd.DataFrame]:
    """What a replication's log is made of."""
    weeks = results.capacity.groupby(["scenario", "replication", "resource", "week"], observed=True, sort=False)
    return {VISITS: results.contacts[_KEPT], WEEKS: weeks[["used", "offered"]].sum().reset_index()}


def write(kept: Mapping[str, pd.DataFrame], settings: Mapping[str, Setting], folder: Path) -> dict[str, int]:
    """Writes each scenario's two files below `folder`: their names and numbers of rows."""
    if VISITS not in kept:
        return {}
    (folder / LOG).mkdir()
    written: dict[str, int] = {}
    for name, setting in settings.items():
        part = kept.of(name) if isinstance(kept, Summaries) else kept
        if VISITS not in part:
            continue  # that replication failed
        mine: dict[str, Any] = {key: part[key][part[key]["scenario"].astype(str) == name] for key in (VISITS, WEEKS)}
        if not len(mine[VISITS]) and not len(mine[WEEKS]):
            continue  # that replication failed
        visits, weeks = mine[VISITS].reset_index(drop=True), mine[WEEKS].reset_index(drop=True)
        one = Results(visits[:0], visits, weeks, weeks[:0], {name: setting})
        events, capacity = event_log(one), capacity_log(one)
        tables.write(events, folder / LOG, f"{name}_simulated_events", csv=False)
        text = tables.safe_text(capacity).to_csv(index=False, lineterminator="\n")
        (folder / LOG / f"{name}_simulated_capacity.csv").write_text(text, encoding="utf-8")
        written |= {f"{name}_simulated_events.parquet": len(events), f"{name}_simulated_capacity.csv": len(capacity)}
    return written
