"""The log's last instant as a beginning: who waits where and how long already, who is in bed, who is due."""

from __future__ import annotations

from typing import Any

import numpy as np

from flowsim.calibration.log.findings import ended
from flowsim.calibration.log.pathway import Pathway
from flowsim.calibration.log.visits import EPOCH, Visits
from flowsim.frames import pd
from flowsim.sheets.small_cells import MIN_CELL

BINS = 10


def starts(
    visits: Visits, path: Pathway, min_cell: int = MIN_CELL
) -> tuple[dict[str, list[dict[str, Any]]], list[str]]:
    """(`queue_at_start`, `in_beds_at_start`, `due_at_start` as the scenario language writes them; what was left out).

    No number of patients from 1 to one below `min_cell` is written: fewer are left out, and where a group has fewer,
    groups are shared out as among all who ever came to the step.
    """
    places = {name for name, one in path.data.get("resources", {}).items() if one.get("kind") == "places"}
    beside = {name for _, names, _ in path.splits() for name in names}
    queues, beds, few = [], [], []
    for step in path.steps:
        rows = visits.last_of(step)
        if step in beside:
            continue
        waiting = rows[rows["start"].isna() & rows["end"].isna() & (path.lead(step) != "")]
        if len(waiting) >= min_cell:
            queues.append(_queue(step, waiting, _shares(waiting, rows, min_cell), visits.now, min_cell))
        inside = rows[rows["start"].notna() & rows["end"].isna()] if path.lead(step) in places else rows[:0]
        if path.stay(step):
            stays = visits.last_of(path.stay(step))
            inside = stays[stays["end"].isna()]
        if len(inside) >= min_cell:
            groups = _shares(inside, rows, min_cell)
            beds.append({"step": step, "patients": len(inside), "groups": groups, "remaining": _left(path, step)})
        few += [step] if 0 < len(waiting) < min_cell or 0 < len(inside) < min_cell else []
    said = [f"fewer than {min_cell} wait or lie at {step} at the end of the log: left out" for step in few]
    return {"queue_at_start": queues, "in_beds_at_start": beds, "due_at_start": due(visits, path)}, said


def _queue(step: str, waiting: pd.DataFrame, groups: dict[str, float], now: float, min_cell: int) -> dict[str, Any]:
    ages = np.sort(now - waiting["queued"].to_numpy())
    return {
        "name": f"{step}_today",
        "step": step,
        "patients": len(ages),
        "waited": ages_law(ages, whole=True, fewest=min_cell),
        "groups": groups,
    }


def ages_law(ages: np.ndarray, whole: bool = False, fewest: int = MIN_CELL) -> Any:
    """Ages as a histogram of quantiles, so that no patient can be told; of fewer than 20, from youngest to oldest.

    `whole`: in whole days, the youngest rounded down and the oldest up. `fewest`: patients in a bin at least.
    """
    if whole:
        ages = np.clip(np.round(ages), np.floor(ages[0]), None)
        ages[-1] += 1
    if len(ages) < 20 or ages[-1] - ages[0] < 0.01:
        low, high = max(float(ages[0]), 0.0), max(float(ages[-1]), float(ages[0])) + 0.01
        return {"law": "uniform", "low": f"{low:.2f} days", "high": f"{high:.2f} days"}
    bins = max(min(BINS, len(ages) // max(fewest, 1)), 1)
    ends = np.maximum.accumulate(np.round(np.quantile(ages, np.linspace(0, 1, bins + 1)), 2))
    edges, shares = [float(ends[0])], [0.0]
    for end in ends[1:]:
        if end > edges[-1]:
            edges.append(float(end))
            shares.append(1 / bins)
        else:
            shares[-1] += 1 / bins
    if edges[0] <= 0:
        edges, shares = edges[1:], [shares[1] + shares[0], *shares[2:]]
    shares = [round(share, 4) for share in shares]
    shares[-1] = round(1 - sum(shares[:-1]), 4)
    return {
        "law": "histogram",
        "bins": [{"to": f"{a:.2f} days", "share": s} for a, s in zip(edges, shares, strict=True)],
    }


def due(visits: Visits, path: Pathway) -> list[dict[str, Any]]:
    """Those on their way to a step in a planned delay: expected number, by share and by how long they have been.

    Who is in several steps side by side is due at the step that joins them.
    """
    found: dict[str, list[tuple[np.ndarray, pd.DataFrame]]] = {}
    for step in path.steps:
        names = path.successors(step)
        if (
            step in {name for name, _, _ in path.splits()}
            or not names
            or not any("delay" in path.steps[name] for name in names)
        ):
            continue
        after = visits.following(ended(visits, path, step), names)
        age = visits.now - after["end"]
        for name in names:
            gaps = after.loc[after["next"] == name, "gap"].to_numpy()
            if "delay" not in path.steps[name] or len(gaps) < 5:
                continue
            old = age > gaps.max() + 1
            share = float((after.loc[old, "next"] == name).mean()) if old.any() else 0.0
            left = _remaining(share, gaps, age[(after["next"] == "")].to_numpy())
            found.setdefault(name, []).append((left, after[after["next"] == name]))
    for step, _, join in path.splits():
        after = visits.following(ended(visits, path, step), [join])
        on_the_way = (visits.now - after.loc[after["next"] == "", "end"]).to_numpy()
        gaps = after["gap"].dropna().to_numpy()
        if len(gaps) >= 5:
            left = _remaining(1.0, gaps, on_the_way)
            found.setdefault(join, []).append((left, after[after["next"] == join]))
    return [_due(name, parts) for name, parts in found.items() if sum(len(left) for left, _ in parts)]


def _remaining(share: float, gaps: np.ndarray, ages: np.ndarray) -> np.ndarray:
    """Days left of as many as are expected to be on their way: every gap seen, for every recent age it exceeds."""
    left = (gaps[None, :] - ages[ages < gaps.max()][:, None]).ravel()
    left = np.sort(left[left > 0])
    expected = round(share * len(left) / len(gaps))
    return left[np.linspace(0, len(left) - 1, expected).astype(int)] if expected and len(left) else left[:0]


def _due(name: str, parts: list[tuple[np.ndarray, pd.DataFrame]]) -> dict[str, Any]:
    """One entry; groups as of those who came that way."""
    left = np.sort(np.concatenate([one for one, _ in parts]))
    came = pd.concat([one[["group"]] for _, one in parts])
    return {
        "name": f"{name}_due",
        "step": name,
        "patients": len(left),
        "due": ages_law(left),
        "groups": _shares(came, came, 1),
    }


def _left(path: Pathway, step: str) -> Any:
    """What is left of a stay: the drawing's nights or duration of ordinary patients."""
    stay = path.steps[step].get("stay") or {}
    if "nights" in stay:
        listed = stay["nights"].get("by_group", {"default": stay["nights"]})
        shares = listed.get("default", next(iter(listed.values())))
        some = {night: share for night, share in shares.items() if float(night) > 0}
        total = sum(some.values())
        rounded = {night: round(share / total, 6) for night, share in some.items()}
        last = list(rounded)[-1]
        rounded[last] = round(1 - sum(share for night, share in rounded.items() if night != last), 6)
        return {"nights": rounded}
    return path.steps[step].get("duration", stay.get("duration", "1 day"))


def _shares(rows: pd.DataFrame, everybody: pd.DataFrame, min_cell: int) -> dict[str, float]:
    """Shares of groups; where a group is small, those of everybody, and of these the groups that are not small."""
    counts = rows["group"].astype(str).value_counts(sort=False)
    if counts.between(1, min_cell - 1).any():
        counts = everybody["group"].astype(str).value_counts(sort=False)
        large = counts[counts >= min_cell]
        counts = large if len(large) else counts
    shares = {name: round(float(count / counts.sum()), 6) for name, count in counts.items() if count}
    last = list(shares)[-1]
    shares[last] = round(1 - sum(share for name, share in shares.items() if name != last), 6)
    return shares


def start_of(visits: Visits) -> str:
    """The Monday after the log."""
    from datetime import timedelta

    return str(EPOCH + timedelta(days=int(visits.now)))
