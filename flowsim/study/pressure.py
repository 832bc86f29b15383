"""What binds: how hard each resource is pressed, and in which order they would have to be relieved.

A resource binds when somebody stands ready for all it offers while others lose capacity for want of it, or while a
queue grows in front of it. A resource that loses its own capacity to another's lack does not bind; the other does.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from flowsim.frames import pd
from flowsim.measures.queues import every_queue
from flowsim.measures.runs import Run, framed, resource_names, week_ends, whole_weeks
from flowsim.tables import Setting

PERIOD_WEEKS = 52
"""Pressure is measured over the first year: later calm would hide it."""
IDLE = ("nobody_waiting", "pull", "kept")
"""Causes that mean nobody stood ready."""
WORTH_SAYING = 0.005
"""Shares below this are not mentioned."""
COLUMNS = ("load", "lost_to_others", "causes_loss", "queue_growth")


def pressure(runs: Sequence[Run], setting: Setting) -> pd.DataFrame:
    """How hard each resource is pressed in the first year (or the horizon, if shorter).

    Columns: scenario, replication, resource, load (share of what was offered that somebody stood ready for, or that
    no-shows and cancellations used up), lost_to_others (share of it lost to another resource's lack), causes_loss (the
    largest share of another resource's offer, beds apart, lost to its lack), queue_growth (patients in its queue at
    the end of the period less those at the end of its first week).
    """
    (run,) = runs
    names, weeks = resource_names(setting), range(whole_weeks(setting).start, min(PERIOD_WEEKS, setting.weeks))
    offer, lost = _offered_and_lost(run, weeks)
    shares = np.divide(lost, offer[:, None], out=np.zeros_like(lost), where=offer[:, None] > 0)
    idle = shares[:, [cause in IDLE for cause in setting.causes]].sum(axis=1)
    missing = shares[:, [cause.startswith("missing:") for cause in setting.causes]].sum(axis=1)
    data = {
        "resource": np.array(names, dtype=object),
        "load": np.where(offer > 0, 1 - idle, np.nan),
        "lost_to_others": missing,
        "causes_loss": [_caused(shares, setting, name) for name in names],
        "queue_growth": _growth(run, names, weeks),
    }
    return framed(run, data).astype({"resource": str})


def ranked(pressed: pd.DataFrame) -> pd.DataFrame:
    """Resources of each scenario by how much they bind, the first first.

    Takes means over replications: scenario, resource and the columns of `pressure`. Adds rank (1 binds first) and
    score (load - lost_to_others + causes_loss); of equals the one whose queue grows more is first, and a resource
    without a load (unlimited) is last.
    """
    frame = pressed.copy()
    frame["score"] = frame["load"] - frame["lost_to_others"] + frame["causes_loss"]
    keys = frame.assign(_score=-frame["score"].fillna(-1.0).round(2), _growth=-frame["queue_growth"])
    order = keys.sort_values(["_score", "_growth"], kind="stable").index
    frame["rank"] = frame.loc[order].groupby("scenario", sort=False).cumcount() + 1
    place = {name: k for k, name in enumerate(frame["scenario"].unique())}
    by = frame.assign(_scenario=frame["scenario"].map(place)).sort_values(["_scenario", "rank"], kind="stable")
    return by.drop(columns="_scenario").reset_index(drop=True)


def in_words(row: pd.Series, sv: bool = False) -> str:
    """The numbers behind a rank, as a sentence."""
    load, caused = (f"{row[name]:.0%}".replace("%", " %" if sv else "%") for name in ("load", "causes_loss"))
    growth = f"{row['queue_growth']:+.0f}".replace("-", "−")
    lost = row["causes_loss"] >= WORTH_SAYING
    if sv:
        caused_sv = f", {caused} av en annan resurs gick förlorad i brist på den" if lost else ""
        return f"{load} av kapaciteten efterfrågades{caused_sv}; kön framför den ändrades med {growth} på ett år"
    caused_en = f", {caused} of another resource was lost for want of it" if lost else ""
    return f"{load} of its capacity was wanted{caused_en}; its queue changed by {growth} in the first year"


def _offered_and_lost(run: Run, weeks: range) -> tuple[np.ndarray, np.ndarray]:
    """What was offered, by resource, and what of it was lost, by resource and cause, in these weeks."""
    resources, causes = len(run.setting.resources), len(run.setting.causes)
    capacity, losses = run.capacity, run.losses
    rows, lost = (np.flatnonzero((t["week"] >= weeks.start) & (t["week"] < weeks.stop)) for t in (capacity, losses))
    offer = np.bincount(capacity["resource"][rows], weights=capacity["offered"][rows], minlength=resources)
    code = losses["resource"][lost].astype(np.int64) * causes + losses["cause"][lost]
    by_cause = np.bincount(code, weights=losses["lost"][lost], minlength=resources * causes)
    return offer.astype(float), by_cause.reshape(resources, causes).astype(float)


def _caused(shares: np.ndarray, setting: Setting, name: str) -> float:
    """The largest share of another resource's offer, beds apart, lost to the lack of this one."""
    cause = f"missing:{name}"
    others = [resource.kind != "places" and resource.name != name for resource in setting.resources]
    if cause not in setting.causes or not any(others):
        return 0.0
    return float(shares[others, setting.causes.index(cause)].max())


def _growth(run: Run, names: Sequence[str], weeks: range) -> list[float]:
    """Patients in each resource's queue at the end of the period less those at the end of its first week."""
    waiting = dict(every_queue(run))["resource"]
    ends = week_ends(run.setting)[: len(weeks)]
    counts = waiting.at(ends) if len(ends) else np.zeros((len(waiting.names), 1))
    grown = dict(zip(waiting.names, counts[:, -1] - counts[:, 0], strict=True))
    return [float(grown.get(name, 0.0)) for name in names]
