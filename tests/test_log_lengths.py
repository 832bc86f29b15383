"""How long visits and stays last, from logs whose truth is known: late entry and open rows counted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from flowsim import chance
from flowsim.calibration.log import calibrate_log, read_events
from flowsim.calibration.log.lengths import fitted

DAYS = 91


def drawing(duration: Any, stay: Any = None) -> dict[str, Any]:
    step: dict[str, Any] = {"needs": ["ward"], "duration": duration, "then": "treated"}
    if stay is not None:
        step |= {"needs": ["theatre"], "stay": {"in": "ward", "duration": stay}}
    return {
        "scenario": "ward", "title": "A ward", "horizon": {"start": "2026-01-05", "weeks": 13},
        "groups": {"short": {}, "long": {}}, "arrivals": {},
        "resources": {"ward": {"kind": "places", "places": 900}, "theatre": {"kind": "slots", "slots_per_week": 9}},
        "pathway": {"care": step},
    }  # fmt: skip


def log(days: np.ndarray, seed: int, activity: str = "care", group: str = "short") -> pd.DataFrame:
    """Visits begun evenly from long before a log of 13 weeks until its end, those over before it left out."""
    zero = pd.Timestamp("2026-01-05")
    n = len(days)
    begin = -400 + (400 + DAYS) * chance.uniform(seed, 0, f"begin {activity} {group}", np.arange(n))
    end = begin + days
    kept = end > 0
    frame = pd.DataFrame({"case": [f"{group}{k}" for k in range(n)], "activity": activity, "group": group})
    for name, at in (("queued", begin), ("start", begin), ("end", end)):
        moments = zero + pd.to_timedelta((at * 86_400).round(), unit="s")
        frame[name] = moments.astype("datetime64[s]") if name != "end" else moments.where(at < DAYS)
    frame["outcome"] = np.where(end < DAYS, "done", "open")
    return frame[kept]


def drawn(law: dict[str, Any], n: int, seed: int = 1) -> np.ndarray:
    return np.asarray(chance.quantile(law, chance.uniform(seed, 0, "length", np.arange(n))))


@pytest.mark.parametrize("mean", [6.0, 40.0])
def test_stays_are_as_long_as_they_are(mean: float) -> None:
    """What began and finished in the window is 6 % too short for stays of 6 days, 38 % for stays of 40."""
    rows = log(drawn({"law": "gamma", "mean": mean, "cv": 0.8}, 6000), 1)
    window = (pd.Timestamp("2026-01-05").date(), pd.Timestamp("2026-04-05").date())
    found = calibrate_log(read_events(rows), drawing({"law": "gamma", "mean": "9 days", "cv": 0.5}), window=window)
    by_name = {one.name: one for one in found.parameters}
    length, cv = (by_name[f"pathway.care.duration.{name}"].estimate for name in ("mean", "cv"))
    assert length.holds(mean)
    assert cv.holds(0.8)
    assert (length.high - length.low) / mean < 0.2
    tempting = rows[(rows["start"] >= "2026-01-05") & rows["end"].notna()]
    assert (tempting["end"] - tempting["start"]).mean() / pd.Timedelta(days=mean) < (0.99 if mean == 6 else 0.7)
    assert found.scenario()["pathway"]["care"]["duration"]["mean"].endswith("days")


@pytest.mark.parametrize("shape", ["lognormal", "weibull", "normal", "exponential"])
def test_each_shape_by_its_likelihood(shape: str) -> None:
    law = {"law": shape, "mean": 40.0, "cv": 0.3} if shape != "exponential" else {"law": shape, "mean": 40.0}
    hits = []
    for seed in range(6):
        lasted = drawn(law, 400, seed)
        entry = np.where(np.arange(400) < 60, 25.0, 0.0)
        over = lasted < 60
        seen = lasted > entry
        mean, cv = fitted(shape, np.minimum(lasted, 60.0)[seen], entry[seen], over[seen])
        hits += [mean.holds(40.0), cv.holds(0.3) or shape == "exponential"]
    assert np.mean(hits) > 0.8


def test_by_group_in_minutes_and_fixed() -> None:
    theatre = [log(drawn({"law": "lognormal", "mean": m / 1440, "cv": 0.4}, 900, 2), 2, "care", g) for m, g in
               ((80.0, "short"), (160.0, "long"))]  # fmt: skip
    ward = [log(np.full(900, 2.0), 3, "care_stay", group) for group in ("short", "long")]
    law = {"law": "lognormal", "mean": "1 h", "sd": "20 min"}
    made = drawing({"by_group": {"short": law, "default": law}}, "1 day")
    found = calibrate_log(read_events(pd.concat([*theatre, *ward])), made)
    by_name = {one.name: one.estimate for one in found.parameters}
    for group, mean in (("short", 80.0), ("default", 160.0)):
        keys = f"pathway.care.duration.by_group.{group}"
        assert by_name[f"{keys}.mean"].value * 1440 == pytest.approx(mean, rel=0.1)
        assert by_name[f"{keys}.sd"].value * 1440 == pytest.approx(0.4 * mean, rel=0.2)
    data = found.scenario()["pathway"]["care"]
    assert data["duration"]["by_group"]["short"]["mean"].endswith("min")
    assert data["stay"]["duration"] == "2 days"


def test_a_shape_that_fits_ill_is_said_so() -> None:
    two = np.concatenate([np.full(300, 0.05), drawn({"law": "lognormal", "mean": 9.0, "cv": 0.2}, 300)])
    found = calibrate_log(read_events(log(two, 4)), drawing({"law": "lognormal", "mean": "9 days", "cv": 0.5}))
    how = next(one.how for one in found.parameters if one.name == "pathway.care.duration.mean")
    assert "fits ill: Kaplan-Meier's mean is" in how


def test_patience_that_wears_out() -> None:
    """Weibull patience of 60 days, served by chance after 30 on average: those served and waiting are censored."""
    n = 3000
    begin = 400 * chance.uniform(7, 0, "joined", np.arange(n))
    gives_up = np.asarray(
        chance.quantile({"law": "weibull", "mean": 60.0, "cv": 0.5}, chance.uniform(7, 0, "p", np.arange(n)))
    )
    served = -30 * np.log(chance.uniform(7, 0, "s", np.arange(n)))
    end = begin + np.minimum(gives_up, served)
    left = (gives_up < served) & (end < 400)
    zero = pd.Timestamp("2026-01-05")
    moments = {
        name: zero + pd.to_timedelta((at * 86_400).round(), unit="s") for name, at in (("queued", begin), ("end", end))
    }
    frame = pd.DataFrame({"case": np.arange(n), "activity": "care", "group": "short", "queued": moments["queued"]})
    frame["start"] = moments["end"].where(~left & (end < 400))
    frame["end"] = moments["end"].where(end < 400)
    frame["outcome"] = np.where(end >= 400, "open", np.where(left, "left", "done"))
    made = drawing("1 h")
    made["pathway"]["care"]["patience"] = [{"law": "weibull", "mean": "20 days", "cv": 0.9}]
    by_name = {one.name: one.estimate for one in calibrate_log(read_events(frame), made).parameters}
    assert by_name["pathway.care.patience.0.mean"].holds(60)
    assert by_name["pathway.care.patience.0.cv"].holds(0.5)
