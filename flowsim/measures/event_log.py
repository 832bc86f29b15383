"""A run as a clinic's own systems would hold it: an event log and a weekly capacity table.

In the columns that calibration reads, so that a calibration can be tried on a run whose truth is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from flowsim.frames import pd

if TYPE_CHECKING:
    from flowsim.tables import Results, Setting

EVENTS = ("case", "group", "activity", "queued", "booked", "start", "end", "resource", "outcome")
"""One row a visit (each attempt its own): empty start while it waits, empty end while it goes on."""


def event_log(results: Results) -> pd.DataFrame:
    """Columns `EVENTS`: one run's contacts by case, moments as dates and times of the horizon; `booked` stays empty.

    Results must hold one scenario and one replication. The patients are simulated, not persons.
    """
    setting, rows = results.setting, results.contacts
    lead = {step.name: step.lead for step in setting.steps}
    frame = pd.DataFrame(
        {
            "case": rows["patient"].to_numpy(),
            "group": rows["group"].astype(str),
            "activity": rows["step"].astype(str),
            "queued": _moments(rows["queued_day"], setting),
            "booked": pd.Series(pd.NaT, index=rows.index, dtype="datetime64[s]"),
            "start": _moments(rows["started_day"], setting),
            "end": _moments(rows["finished_day"], setting),
            "resource": rows["step"].astype(str).map(lead).fillna(""),
            "outcome": rows["outcome"].astype(str),
        }
    )
    return frame.sort_values(["case", "queued", "start"], kind="stable", ignore_index=True)


def capacity_log(results: Results) -> pd.DataFrame:
    """Columns week (2027-W01), resource, count (used) and offered, all tranches together: slots, hours, place-days."""
    setting = results.setting
    monday = np.datetime64(setting.start, "D") - setting.start.weekday()
    summed = results.capacity.groupby(["resource", "week"], observed=True)[["used", "offered"]].sum().reset_index()
    inside = summed[(summed["week"] >= 0) & (summed["week"] < setting.weeks)]
    days = [(monday + 7 * int(week)).astype(object).isocalendar() for week in inside["week"]]
    return inside.assign(week=[f"{day.year}-W{day.week:02d}" for day in days], resource=inside["resource"].astype(str))[
        ["week", "resource", "used", "offered"]
    ].rename(columns={"used": "count"})


def _moments(days: pd.Series, setting: Setting) -> pd.Series:
    seconds = (days * 86_400).round()
    start = np.datetime64(setting.start, "s")
    known = seconds.notna()
    moments = start + seconds.fillna(0).astype("int64").to_numpy().astype("timedelta64[s]")
    return pd.Series(moments, index=days.index).where(known)
