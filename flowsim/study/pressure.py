"""What binds: how hard each resource is pressed, and in which order they would have to be relieved.

A resource binds when somebody stands ready for all it offers while others lose capacity for want of it, or while a
queue grows in front of it. A resource that loses its own capacity to another's lack does not bind; the other does.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from flowsim import measures
from flowsim.measures.runs import Run
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
    names, weeks = [resource.name for resource in setting.resources], min(PERIOD_WEEKS, setting.weeks)
    offered = measures.capacity_by_week(runs).astype({"resource": str})
    offer = offered[offered["week"] < weeks].groupby("resource")["offered"].sum().reindex(names)
    lost = measures.lost_by_week(runs).astype({"resource": str, "cause": str})
    lost = lost[lost["week"] < weeks].groupby(["resource", "cause"])["lost"].sum().unstack(fill_value=0.0)
    shares = lost.reindex(names, fill_value=0.0).div(offer.where(offer > 0), axis=0)
    missing = shares[[cause for cause in shares.columns if cause.startswith("missing:")]]
    staffed = missing[[resource.kind != "places" for resource in setting.resources]]
    frame = pd.DataFrame(
        {
            "scenario": setting.scenario,
            "replication": runs[0].replication,
            "resource": names,
            "load": (1 - shares[[c for c in shares.columns if c in IDLE]].sum(axis=1)).where(offer > 0).to_numpy(),
            "lost_to_others": missing.sum(axis=1).to_numpy(),
            "causes_loss": [_caused(staffed, name) for name in names],
            "queue_growth": _growth(runs, names, weeks),
        }
    )
    return frame.astype(dict.fromkeys(COLUMNS, float))


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


def _caused(missing: pd.DataFrame, name: str) -> float:
    others = missing.drop(name, errors="ignore")
    column = f"missing:{name}"
    return float(others[column].max()) if column in others and len(others) else 0.0


def _growth(runs: Sequence[Run], names: Sequence[str], weeks: int) -> list[float]:
    queue = measures.queue_length(runs, by="resource").astype({"resource": str})
    queue = queue[queue["week"] < weeks]
    grown = queue.groupby("resource")["patients"].agg(lambda x: float(x.iloc[-1] - x.iloc[0]) if len(x) else np.nan)
    return [float(grown.get(name, 0.0)) for name in names]
