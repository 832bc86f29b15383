"""What a log says of patients: routes, no-shows, cancellations, leaving, planned delays, nights and durations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from flowsim.calibration.log import estimators as e
from flowsim.calibration.log.parameter import Parameter
from flowsim.calibration.log.pathway import Pathway
from flowsim.calibration.log.visits import Visits
from flowsim.frames import pd

FEWEST = 20
"""Fewer observations than this leave the drawing's number as it is."""
MINUTE = 1 / 1440
LONGEST_STAY = 45.0
"""Stays begun later than this before the log's end are not all over: left out of the shares of nights."""


def routes(visits: Visits, path: Pathway) -> Iterator[Parameter]:
    """Shares after a step, of those who ended it, by the next visit queued.

    Who ended it so late that the next visit may not have been queued yet is left out (the longest gap seen), since
    not to be queued is how discharge looks. Second visits done over first visits done would count the queue as
    discharged.
    """
    for step in path.steps:
        found = list(path.routes(step))
        if not found:
            continue
        after = visits.following(ended(visits, path, step), path.successors(step))
        old = after["end"] <= visits.window.end - (after["gap"].max() if after["gap"].notna().any() else 0.0) - 1.0
        for route in found:
            part = after[old & _among(after, route.groups)]
            if len(part) < FEWEST:
                continue
            for name in _asked(route.to):
                k = int((part["next"] == name).sum())
                how = "by the next visit queued, of those who ended the step (Wilson)"
                yield Parameter((*route.keys, name), e.share(k, len(part)), how, kind="share")


def _asked(to: Sequence[str]) -> list[str]:
    """Those of a route that a log can tell: visits. The ends share what is left."""
    return [name for name in to if name not in ("treated", "discharged", "died")] if len(to) > 1 else []


def ended(visits: Visits, path: Pathway, step: str) -> pd.DataFrame:
    """Columns case, group, end: visits done inside the window; of a step with a stay, when the stay was over."""
    rows = visits.last_of(step)
    over = rows[(rows["outcome"] == "done") & rows["end"].notna()][["case", "group", "end"]]
    if path.stay(step):
        stays = visits.last_of(path.stay(step))
        stays = stays[stays["end"].notna()]
        joined = visits.following(over, [path.stay(step)])[["case", "group", "joined"]]
        ends = stays[["case", "queued", "end"]].rename(columns={"queued": "joined"})
        over = joined.merge(ends, on=["case", "joined"])[["case", "group", "end"]]
    return over[(over["end"] >= visits.window.begin) & (over["end"] < visits.window.end)]


def attempts(visits: Visits, path: Pathway) -> Iterator[Parameter]:
    """No-shows and late cancellations by attempt of known outcome, and who leaves at a cancellation."""
    for name, step in path.steps.items():
        rows = visits.of(name)
        rows = rows[rows["outcome"].isin(["done", "no_show", "cancelled"])]
        rows = rows[(rows["end"].fillna(rows["start"]) >= visits.window.begin)]
        if len(rows) < FEWEST:
            continue
        how = "per attempt with known outcome (Wilson)"
        if isinstance(step.get("no_show"), dict):
            missed = int((rows["outcome"] == "no_show").sum())
            yield Parameter(("pathway", name, "no_show", "share"), e.share(missed, len(rows)), how, kind="share")
        late = step.get("late_cancellation")
        if isinstance(late, dict):
            undone = rows[rows["outcome"] == "cancelled"]
            keys = ("pathway", name, "late_cancellation")
            yield Parameter((*keys, "share"), e.share(len(undone), len(rows)), how, kind="share")
            if "leave_share" in late and len(undone):
                gone = _gone_with(visits, name, undone)
                yield Parameter((*keys, "leave_share"), e.share(gone, len(undone)), how, kind="share")


def _gone_with(visits: Visits, name: str, undone: pd.DataFrame) -> int:
    """Cancelled attempts whose patient left at that moment."""
    rows = visits.of(name)
    left = rows[rows["outcome"] == "left"][["case", "end"]]
    both = undone[["case", "end"]].merge(left, on="case", suffixes=("", "_left"))
    return int((np.abs(both["end"] - both["end_left"]) < MINUTE).sum())


def leaving(visits: Visits, path: Pathway) -> Iterator[Parameter]:
    """Mean time until a patient gives up, of exponential patience: leavers over time at risk, late entry allowed.

    Steps whose patience the drawing says in the same words share one estimate.
    """
    alike: dict[str, list[tuple[str, int]]] = {}
    for name, step in path.steps.items():
        laws = step.get("patience") or []
        for k, law in enumerate(laws if isinstance(laws, list) else []):
            if isinstance(law, dict) and law.get("law") == "exponential":
                alike.setdefault(str(law), []).append((name, k))
    for places in alike.values():
        each = [waits(visits, name) for name, _ in places]
        entered, end, gave_up = (np.concatenate(parts) for parts in zip(*each, strict=True))
        if not len(entered):
            continue
        per_day = e.leaving(entered, end, gave_up, visits.window.begin)
        if per_day.n < 3 or per_day.value > 1e3:
            continue
        value, low, high = (1 / x / 365.25 for x in (per_day.value, per_day.high, per_day.low))
        years = e.Estimate(value, low, high, per_day.n)
        how, one = "leavers over time at risk; served and waiting censored, entry at the log's begin", str(places[0])
        for name, k in places:
            yield Parameter(("pathway", name, "patience", k, "mean"), years, how, _in_years, shared=f"leaving:{one}")


def _in_years(value: float) -> str:
    return f"{value:.4g} years"


def waits(visits: Visits, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(joined, ended waiting, gave up) of a step's visits, in days; leaving at a cancellation is not giving up."""
    rows = visits.last_of(name)
    left = (rows["outcome"] == "left").to_numpy()
    every = visits.of(name)
    undone = every[every["outcome"] == "cancelled"][["case", "end"]]
    at_cancel = set(zip(undone["case"], undone["end"].round(3), strict=True))
    with_it = np.array([pair in at_cancel for pair in zip(rows["case"], rows["end"].round(3), strict=True)], dtype=bool)
    end = np.where(left, rows["end"], rows["start"])
    end = np.where(np.isnan(end), visits.window.end, end)
    return rows["queued"].to_numpy(), end, left & ~with_it


def delays(visits: Visits, path: Pathway) -> Iterator[Parameter]:
    """Planned delays: from the end of the step before to the queueing; fixed ones exactly, uniform ones by range."""
    for name, step in path.steps.items():
        if "delay" not in step:
            continue
        parts = [gaps_to(visits, path, one, name) for one in path.before(name)]
        parts += [gaps_to(visits, path, one, name) for one in path.starting(name)]
        gaps = np.concatenate([part["gap"].dropna().to_numpy() for part in parts]) if parts else np.zeros(0)
        if len(gaps) >= FEWEST:
            yield from _delay(name, step["delay"], gaps)


def gaps_to(visits: Visits, path: Pathway, before: str, name: str) -> pd.DataFrame:
    """`ended` of the step before (of a side step: when the visit with the stay ended), with the gap to this step."""
    if name in path.side_steps(before):
        rows = visits.last_of(before)
        over = rows[(rows["outcome"] == "done") & rows["end"].notna()][["case", "group", "end"]]
        return visits.following(over, [name])
    then = path.steps[before].get("then")
    names = [name] if isinstance(then, dict) and "all" in then else list(path.successors(before))
    after = visits.following(ended(visits, path, before), names)
    return after.assign(gap=after["gap"].where(after["next"] == name))


def _delay(name: str, law: Any, gaps: np.ndarray) -> Iterator[Parameter]:
    keys, n = ("pathway", name, "delay"), len(gaps)
    if isinstance(law, dict) and law.get("law") == "uniform":
        low, high = float(gaps.min()), float(gaps.max())
        spare = (high - low) * (0.025 ** (-1 / (n - 1)) - 1)
        step = (high - low) / (n - 1)
        ends = (
            e.Estimate(max(low - step, 0.0), max(low - spare, 0.0), low, n),
            e.Estimate(high + step, high, high + spare, n),
        )
        for key, estimate in zip(("low", "high"), ends, strict=True):
            yield Parameter((*keys, key), estimate, "the range of the gaps seen", _in_days, kind="exact")
    else:
        middle = float(np.median(gaps))
        if np.quantile(np.abs(gaps - middle), 0.9) < 2 * MINUTE:
            exact = e.Estimate(middle, middle - 2 * MINUTE, middle + 2 * MINUTE, n)
            yield Parameter(keys, exact, "the gap that nearly all have", _in_days, kind="exact")


def _in_days(value: float) -> str:
    return f"{max(value, 0.0):.6g} days"


def nights(visits: Visits, path: Pathway) -> Iterator[Parameter]:
    """Shares of nights of stays old enough to be over.

    A stay that ended the moment a side step (a film on the ward) ended was prolonged by it: it was meant to last at
    most so long (less, if the hour of discharge had not come), and is shared out among those
    (`estimators.shares_at_most`).
    """
    for name, step in path.steps.items():
        listed = (step.get("stay") or {}).get("nights")
        if not isinstance(listed, dict):
            continue
        rows = visits.last_of(path.stay(name))
        rows = rows[(rows["start"] >= visits.window.begin) & (rows["start"] < visits.window.end - LONGEST_STAY)]
        rows = rows[rows["end"].notna()]
        slept = (np.floor(rows["end"]) - np.floor(rows["start"])).to_numpy()
        prolonged = _prolonged(visits, path.side_steps(name), rows)
        hour = _day_share(step["stay"].get("discharge_time", "11:00"))
        slept = np.where(prolonged & (slept > 0) & ((rows["end"] % 1).to_numpy() < hour - MINUTE), slept - 1, slept)
        by_group = listed.get("by_group", {"": listed})
        for key, shares in by_group.items():
            groups = tuple(g for g in path.groups if g not in by_group) if key == "default" else (key,) if key else ()
            mine = np.asarray(_among(rows, groups), dtype=bool)
            keys = ("pathway", name, "stay", "nights", *(("by_group", key) if key else ()))
            if mine.sum() < FEWEST:
                continue
            values = np.array([float(number) for number in shares])
            for number, one in zip(shares, e.shares_at_most(slept[mine], prolonged[mine], values), strict=True):
                yield Parameter((*keys, number), one, "stays begun early enough to be over", kind="share")


def _day_share(clock: str) -> float:
    """A time of day such as 11:00 as a share of the day."""
    hours, _, minutes = str(clock).partition(":")
    return int(hours) / 24 + int(minutes or 0) / 1440


def _prolonged(visits: Visits, side: Sequence[str], rows: pd.DataFrame) -> np.ndarray:
    """Whether each stay ended when one of its side steps did."""
    ends = [visits.last_of(name)[["case", "end"]] for name in side]
    moments = {(case, round(end * 1440)) for part in ends for case, end in part.itertuples(index=False) if end == end}
    return np.array([(case, round(end * 1440)) in moments for case, end in zip(rows["case"], rows["end"], strict=True)],
                    dtype=bool)  # fmt: skip


def durations(visits: Visits, path: Pathway) -> Iterator[Parameter]:
    """Mean durations of listed laws, by Kaplan-Meier with late entry; the shares of the listed values."""
    for name, step in path.steps.items():
        law = step.get("duration")
        if not isinstance(law, dict) or law.get("law") != "list":
            continue
        rows = visits.last_of(name)
        rows = rows[rows["start"].notna() & (rows["outcome"] != "overflow")]
        old = rows[(rows["start"] >= visits.window.begin) & (rows["start"] < visits.window.end - LONGEST_STAY)]
        lasted = (old["end"] - old["start"]).dropna()
        if len(lasted) < FEWEST:
            continue
        for text in law["values"]:
            k = int((np.abs(lasted - _days(text)) < 0.25).sum())
            how = "stays begun early enough to be over"
            yield Parameter(("pathway", name, "duration", "values", text), e.share(k, len(lasted)), how, kind="share")


def _days(text: Any) -> float:
    from flowsim import schema

    return float(schema.seconds(text)) / 86_400


def _among(rows: pd.DataFrame, groups: tuple[str, ...]) -> Any:
    return rows["group"].isin(groups) if groups else np.ones(len(rows), dtype=bool)
