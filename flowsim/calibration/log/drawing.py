"""A drawing of the pathway made from the log alone, for those who have none: steps one after the other.

Activities become steps, resources those that led them, routes what was queued next. What runs side by side, who goes
first and what holds back cannot be seen in a log: such activities are named, and a drawing of one's own is better.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np

from flowsim.calibration.log.reading import Events
from flowsim.calibration.log.today import ages_law
from flowsim.calibration.log.visits import Visits, window_of
from flowsim.frames import pd

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
QUARTER = 1 / 96
BED_DAYS = 0.5
"""A visit that lasts longer than this, in the middle, takes a place and no slot."""
SHORT_WAIT = 1 / 24
"""A median wait longer than this is a queue, for something."""
OWN = "_slots"
SEASON = ({"weeks": "26-32", "factor": 0.9}, {"weeks": "51-1", "factor": 0.8})
"""What a year's worth of weeks is asked for; the factors are only told apart by being different."""


def drawn_from(events: Events) -> tuple[Events, dict[str, Any], list[str]]:
    """(the log with plain names, a scenario as plain data with first guesses, what was assumed)."""
    events = _plain_names(events)
    visits = Visits(events, window_of(events))
    rows = visits.attempts
    steps = _order(rows)
    leads = {step: _lead(step, rows[rows["activity"] == step]) for step in steps}
    own = [step for step in steps if leads[step] == f"{step}{OWN}"]
    yearly = visits.window.weeks >= 52
    data: dict[str, Any] = {
        "scenario": "drawn_from_log",
        "title": "Drawn from the log",
        "horizon": {"start": "2000-01-03", "weeks": 52},
        "groups": {name: {} for name in sorted(rows["group"].astype(str).unique())},
        "arrivals": _sources(visits, steps, yearly),
        "resources": _resources(rows, leads, visits.window.weeks, yearly),
        "pathway": {step: _step(visits, step, leads[step]) for step in steps},
    }
    _routes(visits, data["pathway"])
    beside = [step for step in steps if _beside(rows, step) > 0.2]
    said = ["the pathway is drawn from the log: steps one after the other, first come, first served"]
    said += [f"{step} is often queued while another visit goes on: draw the pathway yourself" for step in beside]
    said += [f"no resource is named at {step}, where visits wait: it has slots of its own" for step in own]
    said += [f"{name}: open {_hours_words(one)}" for name, one in data["resources"].items() if "days" in one]
    return events, data, said


def _plain_names(events: Events) -> Events:
    """Activities, groups and resources as the scenario language names things: a-z, 0-9 and _."""
    frame = events.frame.copy()
    for column, empty in (("activity", "visit"), ("group", "all"), ("resource", "")):
        names = {name: _plain(str(name)) or empty for name in frame[column].cat.categories}
        frame[column] = frame[column].astype(str).map(names).astype("category")
    return replace(events, frame=frame)


def _plain(name: str) -> str:
    text = name.lower().translate(str.maketrans("åäöéü", "aaoeu"))
    text = re.sub(r"[^a-z0-9]+", "_", text).strip("_")
    return f"n{text}" if text[:1].isdigit() else text


def _order(rows: pd.DataFrame) -> list[str]:
    """Activities by how early they come in a case."""
    begun = rows.groupby("case")["queued"].transform("min")
    late = (rows["queued"] - begun).groupby(rows["activity"].astype(str)).median()
    return [str(name) for name in late.sort_values(kind="stable").index]


def _lead(step: str, rows: pd.DataFrame) -> str:
    """The resource most visits name; where none is named, but visits wait, one of the step's own."""
    named = str(rows["resource"].astype(str).mode().iloc[0])
    waited = (rows["start"] - rows["queued"]).dropna()
    return named or (f"{step}{OWN}" if len(waited) and float(waited.median()) > SHORT_WAIT else "")


def _sources(visits: Visits, steps: list[str], yearly: bool) -> dict[str, Any]:
    """One source for each activity that cases begin with, at least one case in a hundred."""
    rows = visits.attempts
    begun = rows.groupby("case")["queued"].transform("min")
    first = rows[(rows["queued"] - begun < 1e-4) & (rows["attempt"] == 0)].drop_duplicates("case")
    found = {}
    for step in steps:
        mine = first[first["activity"] == step]
        if len(mine) >= max(20, 0.01 * len(first)):
            shares = mine["group"].astype(str).value_counts(normalize=True, sort=False).round(6).to_dict()
            last = list(shares)[-1]
            shares[last] = round(1 - sum(v for k, v in shares.items() if k != last), 6)
            found[f"to_{step}"] = {
                "step": step, "per_week": round(len(mine) / max(visits.window.weeks, 1), 4),
                "law": "negative_binomial", "variance_to_mean": 1.2, "groups": shares,
                **_open(mine["queued"].to_numpy()), **_season(yearly),
            }  # fmt: skip
    return found


def _resources(rows: pd.DataFrame, leads: dict[str, str], weeks: int, yearly: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in dict.fromkeys(lead for lead in leads.values() if lead):
        mine = rows[rows["activity"].isin([step for step, lead in leads.items() if lead == name])]
        mine = mine[mine["start"].notna()]
        if len(mine) and float((mine["end"] - mine["start"]).median()) > BED_DAYS:
            found[name] = {"kind": "places", "places": _most_inside(mine)}
        else:
            luck = {"law": "lognormal", "cv": 0.2, "lag1": 0.0}
            used = {"kind": "slots", "slots_per_week": round(max(len(mine), 1) / max(weeks, 1), 4), "luck": luck}
            found[name] = {**used, **_open(mine["start"].to_numpy()), **_season(yearly)}
    return found


def _season(yearly: bool) -> dict[str, Any]:
    """Season classes to be asked for, where a year or more is there."""
    return {"season": [dict(line) for line in SEASON]} if yearly else {}


def _most_inside(rows: pd.DataFrame) -> int:
    """Most patients inside at once."""
    end = rows["end"].fillna(np.inf).to_numpy()
    moment = np.concatenate([rows["start"].to_numpy(), end])
    step = np.concatenate([np.ones(len(rows)), -np.ones(len(rows))])
    return int(np.cumsum(step[np.lexsort((step, moment))]).max())


def _open(moments: np.ndarray) -> dict[str, Any]:
    """Weekdays with at least 2 % of all, and hours from the 1 % to the 99 % quantile, outward to a quarter."""
    if len(moments) < 20:
        return {}
    day = np.floor(moments).astype(int) % 7
    shares = np.bincount(day, minlength=7) / len(day)
    low, high = np.quantile(moments % 1, [0.01, 0.99])
    first, last = np.floor(low / QUARTER) * 15, min(np.ceil(high / QUARTER + 1e-9) * 15, 1440)
    if last <= first:
        last = first + 15
    hours = f"{_clock(first)}-{_clock(last)}"
    return {"days": [name for name, share in zip(WEEKDAYS, shares, strict=True) if share >= 0.02], "hours": hours}


def _clock(minutes: float) -> str:
    return f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"


def _hours_words(one: dict[str, Any]) -> str:
    return f"{', '.join(one['days'])} {one['hours']} (1 % and 99 % of starts)"


def _step(visits: Visits, step: str, lead: str) -> dict[str, Any]:
    """One step with what its rows show; its numbers are first guesses."""
    rows = visits.of(step)
    found: dict[str, Any] = {"needs": [lead]} if lead else {}
    lasted = np.sort((rows["end"] - rows["start"]).dropna().to_numpy())
    if len(lasted) and np.median(lasted) > BED_DAYS:
        found["duration"] = ages_law(np.maximum(lasted, 0.01))
    elif not lead:
        minutes = 1440 * float(np.median(lasted)) if len(lasted) else 0.0
        found["duration"] = f"{max(round(minutes), 1)} min"
    seen = set(rows["outcome"].astype(str))
    if lead and "no_show" in seen:
        found["no_show"] = {"share": 0.05, "rebook_after": {"law": "uniform", "low": "1 week", "high": "2 weeks"}}
    if lead and "cancelled" in seen:
        late = {"cause": "cancelled", "share": 0.05, "rebook_after": "10 days", "leave_share": 0.0}
        found["late_cancellation"] = late
    if lead and "left" in seen:
        found["patience"] = [{"law": "exponential", "mean": "10 years"}]
    return found


def _routes(visits: Visits, pathway: dict[str, Any]) -> None:
    """Who follows whom, and the planned delays in between, written into the steps."""
    gaps: dict[str, list[np.ndarray]] = {step: [] for step in pathway}
    for step, one in pathway.items():
        over = visits.last_of(step)
        over = over[(over["outcome"] == "done") & over["end"].notna()][["case", "group", "end"]]
        after = visits.following(over, [name for name in pathway if name != step])
        shares = after.loc[after["next"] != "", "next"].value_counts(sort=False) / max(len(after), 1)
        routes = {str(name): round(float(share), 4) for name, share in shares.items() if share >= 0.002}
        one["then"] = {**routes, "treated": round(1 - sum(routes.values()), 4)} if routes else "treated"
        for name in routes:
            gaps[name].append(after.loc[after["next"] == name, "gap"].to_numpy())
    for name, parts in gaps.items():
        if (delay := _delay(np.concatenate(parts) if parts else np.zeros(0))) is not None:
            pathway[name]["delay"] = delay


def _delay(gaps: np.ndarray) -> Any:
    """A planned delay, if nearly all gaps are alike, or none is shorter than half a day."""
    if len(gaps) < 20:
        return None
    middle = float(np.median(gaps))
    if middle > 1 / 24 and np.quantile(np.abs(gaps - middle), 0.9) < 2 / 1440:
        return f"{middle:.6g} days"
    low, high = np.quantile(gaps, [0.02, 0.98])
    return {"law": "uniform", "low": f"{low:.4g} days", "high": f"{high:.4g} days"} if low > BED_DAYS else None


def _beside(rows: pd.DataFrame, step: str) -> float:
    """Share of an activity's visits queued before the visit queued just before them was over."""
    ordered = rows[rows["final"]].sort_values(["case", "queued"], kind="stable")
    before = ordered["end"].fillna(np.inf).shift()
    same = ordered["case"].eq(ordered["case"].shift())
    over = (ordered["queued"] < before - 1e-4) & same
    mine = ordered["activity"] == step
    return float(over[mine].mean()) if mine.any() else 0.0
