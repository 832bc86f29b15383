"""A study made up for the report's tests: eleven scenarios, every table the report reads, numbers of a likely size.

Nothing here was simulated. `made(...)` gives the reading; titles are as long as real ones.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from flowsim.report.reading import Reading
from flowsim.report.words import Language, Words
from flowsim.tables import ResourceInfo, Setting, StepInfo

SCENARIOS: dict[str, tuple[str, str, dict[str, float]]] = {
    "ortho_today": ("The clinic as it is", "Kliniken som den är", {}),
    "ortho_plus6": (
        "Six more a week, X-ray as it is",
        "Sex fler i veckan, röntgen som i dag",
        {"op": 102, "q": -98, "cash": 12.9},
    ),
    "ortho_plus6_xray": (
        "Six more a week, X-ray raised",
        "Sex fler i veckan, mer röntgen",
        {"op": 171, "q": -147, "cash": 16.3},
    ),
    "ortho_plus6_no_beds": (
        "Six more a week, X-ray raised, no extra beds",
        "Sex fler i veckan, mer röntgen, inga fler vårdplatser",
        {"op": 158, "q": -138, "cash": 12.8},
    ),
    "ortho_before_fast_track": (
        "Stay as before fast-track",
        "Vårdtid som före fast-track",
        {"op": -411, "q": 394, "cash": -7.7},
    ),
    "ortho_shorter_stay": (
        "Stay shortened further",
        "Vårdtiden kortas ytterligare",
        {"op": 16, "q": -17, "cash": -0.7},
    ),
    "ortho_elsewhere": (
        "30 % of eligible treated elsewhere, new decisions",
        "30 % av de lämpliga behandlas hos annan, nya beslut",
        {"op": -43, "q": -189, "cash": 14.3},
    ),
    "ortho_elsewhere_queue": (
        "30 % of eligible treated elsewhere, the starting queue too",
        "30 % av de lämpliga behandlas hos annan, även kön vid start",
        {"op": -76, "q": -196, "cash": 16.3},
    ),
    "ortho_halved": (
        "No-shows and cancellations halved",
        "Uteblivna och strukna halverade",
        {"op": 17, "q": -10, "cash": 0.7},
    ),
    "ortho_levelled": (
        "Theatre and clinic levelled",
        "Utjämnad operation och mottagning",
        {"op": 11, "q": -2, "cash": 0.5},
    ),
    "ortho_shorter_no_beds": (
        "Six more a week, no extra beds, stay shortened",
        "Sex fler i veckan, inga fler vårdplatser, kortare vårdtid",
        {"op": 173, "q": -151, "cash": 11.9},
    ),
}
STEPS = (
    "triage",
    "film_before",
    "first_visit",
    "enrolment",
    "planning_film",
    "surgery",
    "nurse_contact",
    "control_film",
    "control_visit",
)
WEEKS = 104
SPANS = (
    "waiting_for_surgery",
    "film_before",
    "first_visit",
    "enrolment",
    "planning_film",
    "control_film",
    "control_visit",
)
_RESOURCES = (("theatre", "slots"), ("clinic", "slots"), ("nurse", "slots"), ("xray", "slots"), ("ward", "places"))
_CAUSES = ("nobody_waiting", "no_show", "cancelled:illness", "missing:ward", "pull")


def made(lang: Language = "en", scenarios: int = 11, **titles: str) -> Reading:
    """The made-up study with its first `scenarios` scenarios; `titles`: other titles by scenario."""
    chosen = list(SCENARIOS)[:scenarios]
    settings = {name: setting(name, titles.get(name)) for name in chosen}
    return Reading(tables(chosen), settings, run_record(chosen), Words(lang))


def setting(name: str, title: str | None = None) -> Setting:
    """What the made-up scenario's tables are about."""
    english, swedish, _ = SCENARIOS[name]
    return Setting(
        scenario=name,
        title=title or english,
        title_sv=title or swedish,
        start=date(2027, 1, 4),
        weeks=WEEKS,
        groups=("hip", "knee", "revision"),
        steps=tuple(StepInfo(s, lead="theatre" if s == "surgery" else "clinic") for s in STEPS),
        resources=tuple(ResourceInfo(n, k) for n, k in _RESOURCES),
        causes=_CAUSES,
        spans=(("waiting_for_surgery", "decision", "surgery"),),
        guarantee=(("first_visit", "first_visit", 90.0), ("treatment", "surgery", 90.0)),
        assumed=(
            "pathway.first_visit.then: 55 % to surgery",
            "resources.theatre.luck: lag-1 0.25",
            "A <b>bold</b> guess & more",
        ),
    )


def run_record(chosen: list[str]) -> dict[str, Any]:
    """What run.json would hold."""
    return {
        "study": "ortho",
        "baseline": chosen[0],
        "seed": 1,
        "replications": 50,
        "engine": "simpy",
        "price_year": 2023,
        "perspective": "hospital",
        "versions": {"flowsim": "0.1.0", "python": "3.11.7", "numpy": "2.4.6"},
        "inputs": {f"scenarios/{name}.yaml": "0f" * 32 for name in chosen},
        "warnings": ["ortho_before_fast_track: the load of the ward is 1.31 with no end to the growth"],
    }


def tables(chosen: list[str]) -> dict[str, pd.DataFrame]:
    """Every table the report reads."""
    return {
        "headline": headline(chosen),
        "weekly_queue": pd.concat([_queue(s, span) for s in chosen for span in SPANS], ignore_index=True),
        "weekly_throughput": pd.concat([_throughput(s) for s in chosen], ignore_index=True),
        "weekly_guarantee": pd.concat(
            [_guarantee(s, g) for s in chosen for g in ("first_visit", "treatment")], ignore_index=True
        ),
        "waits": pd.concat([_waits(s) for s in chosen], ignore_index=True),
        "capacity": capacity(chosen),
        "occupancy": _occupancy(chosen),
        "costs": _costs(chosen),
        "added_cost": _added_cost(chosen),
        "income": _income(chosen),
        "endings": _endings(chosen),
        "steps": _steps(chosen),
        "bottlenecks": _bottlenecks(chosen),
        "flow_edges": _edges(chosen),
        "flow_steps": _flow_steps(chosen),
    }


def _effect(scenario: str, key: str) -> float:
    return SCENARIOS[scenario][2].get(key, 0.0)


def headline(chosen: list[str]) -> pd.DataFrame:
    """Scenario and measure with mean, interval and paired difference."""
    rows = []
    for scenario in chosen:
        op, queue, cash = (_effect(scenario, k) for k in ("op", "q", "cash"))
        values = {
            "operations": (1371, 7, op, 9),
            "operations_per_week": (13.18, 0.07, op / 104, 0.09),
            "operations_year_1": (690, 5, op * 0.7, 8),
            "queue_end": (255, 11, queue, 9),
            "queues_end": (352, 12, queue * 0.9, 10),
            "wait_median_days": (143, 4, queue * 0.25, 3),
            "wait_p90_days": (176, 4, queue * 0.2, 4),
            "share_within_guarantee": (0.15, 0.02, -queue / 400, 0.03),
            "total_cash_sek": (214e6, 0.6e6, cash * 1e6, 0.4e6),
            "added_cost_sek": (cash * 1e6, 0.4e6, np.nan, np.nan),
            "full_cost_sek_per_operated": (104_500, 300, -op * 2.0, 250),
        }
        for measure, (base, half, diff, diff_half) in values.items():
            known = scenario != chosen[0]
            mean = base + (diff if known and np.isfinite(diff) else 0)
            paired = (diff, diff - diff_half, diff + diff_half) if known else (np.nan,) * 3
            rows.append((scenario, measure, mean, mean - half, mean + half, *paired, 50))
    return pd.DataFrame(
        rows, columns=["scenario", "measure", "mean", "low", "high", "diff", "diff_low", "diff_high", "n"]
    )


def _banded(scenario: str, keys: dict[str, Any], mean: np.ndarray, spread: np.ndarray) -> pd.DataFrame:
    mean = np.maximum(mean, 0)
    frame = pd.DataFrame({"scenario": scenario, **keys, "week": np.arange(len(mean)), "mean": mean})
    frame["low"], frame["high"] = mean - spread * 0.3, mean + spread * 0.3
    frame["p05"], frame["p50"], frame["p95"] = np.maximum(mean - spread * 1.6, 0), mean, mean + spread * 1.6
    return frame


def _queue(scenario: str, span: str) -> pd.DataFrame:
    week = np.arange(WEEKS)
    size = {
        "waiting_for_surgery": 255,
        "first_visit": 55,
        "film_before": 22,
        "enrolment": 18,
        "planning_film": 16,
        "control_film": 30,
    }.get(span, 12)
    summer = 0.16 * size * np.exp(-(((week % 52) - 33) ** 2) / 60)
    drift = _effect(scenario, "q") * size / 255 * (1 - np.exp(-week / 35))
    if span == "film_before" and scenario == "ortho_plus6":
        drift = 60 * np.exp(-((week - 34) ** 2) / 300)
    luck = np.random.default_rng(len(scenario) + len(span)).normal(0, 0.012 * size, WEEKS)
    return _banded(scenario, {"span": span}, size + summer + drift + luck, size * (0.03 + 0.13 * np.sqrt(week / WEEKS)))


def _throughput(scenario: str) -> pd.DataFrame:
    week = np.arange(WEEKS)
    season = np.where((week % 52 > 24) & (week % 52 < 32), 0.45, 1.0) * np.where(
        (week % 52 > 50) | (week % 52 < 1), 0.5, 1.0
    )
    extra = _effect(scenario, "op") / 104
    luck = np.random.default_rng(len(scenario)).normal(0, 0.3, WEEKS)
    return _banded(scenario, {"step": "surgery"}, (15 + extra) * season + luck, 3 * season)


def _guarantee(scenario: str, name: str) -> pd.DataFrame:
    week = np.arange(WEEKS)
    level = 0.985 if name == "first_visit" else 0.55 - _effect(scenario, "q") / 500 * (1 - np.exp(-week / 30))
    frame = _banded(scenario, {"guarantee": name}, np.clip(level + 0.04 * np.sin(week / 8), 0, 1), np.full(WEEKS, 0.04))
    frame[["p05", "p95"]] = frame[["p05", "p95"]].clip(0, 1)
    return frame


def _waits(scenario: str) -> pd.DataFrame:
    edges = np.arange(0, 301, 15.0)
    centre = 143 + _effect(scenario, "q") * 0.25
    share = np.exp(-((edges[:-1] + 7.5 - centre) ** 2) / 1800) + 0.04
    share = share / share.sum()
    frame = pd.DataFrame(
        {
            "scenario": scenario,
            "span": "waiting_for_surgery",
            "from_days": edges[:-1],
            "to_days": edges[1:],
            "mean": share,
        }
    )
    frame["low"], frame["high"] = share * 0.93, share * 1.07
    return frame


def capacity(chosen: list[str]) -> pd.DataFrame:
    """Units offered, used and lost by cause."""
    rows = []
    base = {
        "theatre": (1440, 0.955),
        "clinic": (4300, 0.88),
        "nurse": (2400, 0.66),
        "xray": (12400, 0.952),
        "ward": (7000, 0.51),
    }
    for scenario in chosen:
        for resource, (regular, used) in base.items():
            offered = regular + (
                _effect(scenario, "op") * 1.3 if resource == "theatre" and _effect(scenario, "op") > 100 else 0
            )
            parts = {"offered": offered, "used": offered * used, "overtime": 0.0}
            weights = {
                "theatre": (0.05, 0, 0.55, 0.4, 0),
                "clinic": (0.7, 0.3, 0, 0, 0),
                "nurse": (0.5, 0.1, 0, 0, 0.4),
            }
            for cause, weight in zip(_CAUSES, weights.get(resource, (1, 0, 0, 0, 0)), strict=True):
                parts[cause] = offered * (1 - used) * weight
            rows += [(scenario, resource, part, v, v * 0.99, v * 1.01) for part, v in parts.items()]
    return pd.DataFrame(rows, columns=["scenario", "resource", "part", "mean", "low", "high"])


def _occupancy(chosen: list[str]) -> pd.DataFrame:
    rows = []
    for scenario in chosen:
        for day, share in enumerate((0.38, 0.49, 0.56, 0.6, 0.69, 0.48, 0.36)):
            mean = 10 * share + (3 if "before" in scenario else 0)
            rows.append((scenario, "ward", day, mean, max(0, mean - 2.2), mean + 2.4, 10.0))
    return pd.DataFrame(rows, columns=["scenario", "resource", "weekday", "mean", "p05", "p95", "available"])


def _costs(chosen: list[str]) -> pd.DataFrame:
    rows = []
    for scenario in chosen:
        cash = _effect(scenario, "cash") * 1e6
        bought = 15.6e6 if "elsewhere" in scenario else 0.0
        premium = cash * 0.45 if "plus6" in scenario else 0.0
        terms = {
            "fixed": 61e6,
            "step_fixed": 66e6,
            "variable": 87e6 + cash - bought - premium,
            "premium": premium,
            "overtime": 0.0,
            "bought": bought,
        }
        rows += [(scenario, t, v, v - 0.004 * abs(v), v + 0.004 * abs(v)) for t, v in terms.items()]
    return pd.DataFrame(rows, columns=["scenario", "term", "mean", "low", "high"])


def _added_cost(chosen: list[str]) -> pd.DataFrame:
    """Empty, with the reason, where operations do not clearly increase, as in a real study."""
    from flowsim.costs.added_cost import added_cost_per_extra

    luck = np.random.default_rng(1)
    rows = []
    for scenario in chosen[1:]:
        op, cash = _effect(scenario, "op"), _effect(scenario, "cash") * 1e6
        extra = op + luck.normal(0, 30, 50).round()
        bought = 239.0 if "elsewhere" in scenario else 0.0
        money = {"added_cost_sek": cash + extra * 20_000, "full_cost_sek_added": extra * 104_500}
        frame = pd.DataFrame({"scenario": scenario, "replication": range(50), **money, "extra_operations": extra})
        rows.append(frame.assign(bought_sek=bought * 65_300, bought=bought))
    return added_cost_per_extra(pd.concat(rows)) if rows else pd.DataFrame({"scenario": pd.Series(dtype=str)})


def _income(chosen: list[str]) -> pd.DataFrame:
    titles = {"block": ("Block grant", "Anslag"), "points": ("DRG points x price", "DRG-poäng x pris")}
    rows = []
    for scenario in chosen:
        for payment, (title, title_sv) in titles.items():
            income = 200e6 + (0 if payment == "block" else 4e6 + 105e3 * _effect(scenario, "op"))
            cash = 214e6 + _effect(scenario, "cash") * 1e6
            for measure, cost in (("income_sek", 0.0), ("income_less_total_cash_sek", cash)):
                value = income - cost
                rows.append((scenario, payment, title, title_sv, measure, value, value - 4e5, value + 4e5))
    return pd.DataFrame(rows, columns=["scenario", "payment", "title", "title_sv", "measure", "mean", "low", "high"])


def _endings(chosen: list[str]) -> pd.DataFrame:
    rows = []
    for scenario in chosen:
        bought = 239.0 if "elsewhere" in scenario else 0.0
        ends = {
            "treated": 1271.0 + _effect(scenario, "op"),
            "discharged": 1243.0,
            "left": 66.0,
            "elsewhere": bought,
            "died": 0.0,
        }
        ends["inside"] = 520 + _effect(scenario, "q")
        rows += [(scenario, e, v, v - 6, v + 6) for e, v in ends.items()]
    return pd.DataFrame(rows, columns=["scenario", "ended", "mean", "low", "high"])


def _steps(chosen: list[str]) -> pd.DataFrame:
    rows = [
        ("ortho_plus6_xray", "extra_operations: +6 a week from 2027-01-18", "operations", 60.0, 52.0, 68.0),
        ("ortho_plus6_xray", "ward +3 beds", "operations", 42.0, 36.0, 48.0),
        ("ortho_plus6_xray", "xray +18 films a week", "operations", 69.0, 61.0, 77.0),
    ]
    return pd.DataFrame(rows, columns=["scenario", "change", "measure", "mean", "low", "high"]).query(
        "scenario in @chosen"
    )


def _edges(chosen: list[str]) -> pd.DataFrame:
    edges = {
        "start": {"triage": 2640},
        "triage": {"film_before": 1440, "first_visit": 960, "discharged": 240},
        "film_before": {"first_visit": 1430},
        "first_visit": {"enrolment": 1390, "discharged": 1000},
        "enrolment": {"planning_film": 1375},
        "planning_film": {"surgery": 1371},
        "surgery": {"nurse_contact": 1360, "surgery": 25, "left": 66},
        "nurse_contact": {"control_film": 1350},
        "control_film": {"control_visit": 1340},
        "control_visit": {"treated": 1271, "first_visit": 12},
    }
    listed = [(a, b, n) for a, onwards in edges.items() for b, n in onwards.items()]
    rows = [(s, a, b, n * (1 + (_effect(s, "op") / 1371 if a != "start" else 0))) for s in chosen for a, b, n in listed]
    return pd.DataFrame(rows, columns=["scenario", "from_step", "to_step", "mean"])


def _flow_steps(chosen: list[str]) -> pd.DataFrame:
    queue = {
        "triage": 0,
        "film_before": 22,
        "first_visit": 54,
        "enrolment": 120,
        "planning_film": 16,
        "surgery": 50,
        "control_film": 30,
        "control_visit": 12,
    }
    rows = []
    for scenario in chosen:
        for step in STEPS:
            mean = queue.get(step, 0) + (_effect(scenario, "q") * 0.6 if step == "enrolment" else 0)
            rows.append((scenario, step, max(0.0, mean), max(0.0, mean * 0.9), mean * 1.1))
    return pd.DataFrame(rows, columns=["scenario", "step", "mean", "low", "high"])


def _bottlenecks(chosen: list[str]) -> pd.DataFrame:
    binds = {"ortho_plus6": "xray", "ortho_before_fast_track": "ward"}
    rows = []
    for scenario in chosen:
        first = binds.get(scenario, "theatre")
        why = f"somebody stood ready for 99% of its offer; <b>{first}</b>"
        rows += [
            (scenario, 1, first, 0.99, why, f"någon stod redo för 99% av det som erbjöds; {first}"),
            (scenario, 2, "clinic", 0.88, "", ""),
        ]
    return pd.DataFrame(rows, columns=["scenario", "rank", "resource", "load", "why", "why_sv"])
