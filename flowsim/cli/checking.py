"""`flowsim check`: every fault at once; then what would be run, each resource's load, and arithmetic answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from flowsim.cli.screen import Sheet, note, out, out_json, show
from flowsim.errors import Fault, InputError

if TYPE_CHECKING:
    from flowsim.arithmetic import Load, WaitingList
    from flowsim.plan.model import Plan
    from flowsim.scenario import Scenario

FULL, TIGHT = 1.0, 0.95
LONGEST = 80


def check(paths: Sequence[Path], relief_weeks: float, json: bool, lang: Literal["sv", "en"]) -> None:
    """Reads and resolves scenarios; InputError with the faults of all files."""
    read = [(one, plan) for one, plan in _read(paths)]
    if json:
        out_json([_facts(one, plan, relief_weeks) for one, plan in read])
        return
    for one, plan in read:
        _show(one, plan, relief_weeks, lang == "sv")


def _read(paths: Sequence[Path]) -> list[tuple[Scenario, Plan]]:
    from flowsim import plan, scenario
    from flowsim.schema import read as read_text
    from flowsim.schema.unit_costs import unit_costs

    read, faults = [], []
    for path in paths:
        try:
            one = scenario.load(path)
            read.append((one, plan.build(one)))
            if one.unit_costs is not None:
                unit_costs(*read_text(one.texts[one.unit_costs], one.unit_costs))
        except InputError as error:
            faults += [fault for fault in error.faults if fault not in faults]
    faults += twice([one for one, _ in read])
    if faults:
        raise InputError(faults)
    return read


def twice(scenarios: Sequence[Scenario]) -> list[Fault]:
    """A fault for each scenario name that two files share."""
    seen: dict[str, str] = {}
    faults = []
    for one in scenarios:
        if one.name in seen:
            faults.append(Fault(str(one.path), 0, "scenario", one.name, f"has the same name as {seen[one.name]}."))
        seen.setdefault(one.name, str(one.path))
    return faults


def _facts(one: Scenario, plan: Plan, relief_weeks: float) -> dict[str, Any]:
    from flowsim import arithmetic

    listed = arithmetic.waiting_list(plan, relief_weeks)
    loads = arithmetic.loads(plan)
    return {
        "scenario": one.name,
        "title": one.title,
        "start": plan.setting.start.isoformat(),
        "weeks": plan.setting.weeks,
        "steps": [step.name for step in plan.setting.steps],
        "changes": [
            {"where": c.where, "old": str(c.old), "new": str(c.new), "from": _iso(c.from_), "to": _iso(c.to)}
            for c in one.changes
        ],
        "loads": [
            {
                "resource": load.resource,
                "unit": load.unit,
                "asked_per_week": _number(load.asked_per_week),
                "planned_per_week": _number(load.planned_per_week),
                "load": _number(load.load),
            }
            for load in loads
        ],
        "waiting_list": None if listed is None else {name: _number(value) for name, value in _five(listed).items()},
        "warnings": [*one.warnings, *(text for load in loads for text in _warning(load))],
    }


def _show(one: Scenario, plan: Plan, relief_weeks: float, sv: bool) -> None:
    from flowsim import arithmetic

    setting = plan.setting
    title = (one.title_sv if sv else "") or one.title
    warm_up = -plan.begin // (7 * 86_400)
    out(f"{one.name}: {title}")
    length = f"{setting.weeks} veckor från {setting.start}" if sv else f"{setting.weeks} weeks from {setting.start}"
    before = f" (+ {warm_up} {'veckors insvängning' if sv else 'weeks of warm-up'})" if warm_up else ""
    if one.warm_up_is_open:
        before = " (+ insvängning, vald när det körs)" if sv else " (+ a warm-up, chosen when it is run)"
    out(f"  {length}{before}")
    out(f"  {'steg' if sv else 'steps'}: {', '.join(s.name for s in setting.steps if not s.stay_of)}")
    for change in one.changes:
        dates = f"  ({_iso(change.from_) or '…'} – {_iso(change.to) or '…'})" if change.from_ or change.to else ""
        out(f"  {change.where}: {_short(change.old)} -> {_short(change.new)}{dates}")
    loads = arithmetic.loads(plan)
    heads = ["resurs", "begärt per vecka", "planerat per vecka", "beläggning"] if sv else _LOAD_COLUMNS
    show(Sheet("", heads, [_load_row(load) for load in loads]))
    listed = arithmetic.waiting_list(plan, relief_weeks)
    if listed is not None:
        labels = _FIVE_SV if sv else _FIVE_EN
        rows = [[labels[name], _text(value, name)] for name, value in _five(listed).items()]
        show(Sheet("", ["kö till behandling, för hand" if sv else "waiting list for treatment, by hand", ""], rows))
    for text in [*one.warnings, *(text for load in loads for text in _warning(load))]:
        note(f"{one.name}: {text}")


_LOAD_COLUMNS = ["resource", "asked per week", "planned per week", "load"]
_FIVE_EN = {
    "inflow_per_week": "inflow a week",
    "capacity_per_week": "capacity a week",
    "queue": "queue at the start",
    "load": "1 load (inflow / capacity)",
    "growth_per_week": "2 growth of the queue a week",
    "target_queue": "3 target queue (a quarter of the target wait)",
    "relief_capacity": "4 relief capacity: a week, until the queue is at its target",
    "weekly_pace": "5 weekly pace that keeps even with the inflow",
}
_FIVE_SV = {
    "inflow_per_week": "inflöde per vecka",
    "capacity_per_week": "kapacitet per vecka",
    "queue": "kö vid start",
    "load": "1 beläggning (inflöde / kapacitet)",
    "growth_per_week": "2 köns tillväxt per vecka",
    "target_queue": "3 målkö (en fjärdedel av målväntan)",
    "relief_capacity": "4 takt per vecka tills kön är nere på målet",
    "weekly_pace": "5 veckotakt som håller jämna steg med inflödet",
}


def _five(listed: WaitingList) -> dict[str, float]:
    return {
        "inflow_per_week": listed.inflow,
        "capacity_per_week": listed.capacity,
        "queue": listed.queue,
        "load": listed.load,
        "growth_per_week": listed.growth_per_week,
        "target_queue": listed.target_queue,
        "relief_capacity": listed.relief_capacity,
        "weekly_pace": listed.weekly_pace,
    }


def _load_row(load: Load) -> list[str]:
    return [
        f"{load.resource} ({load.unit})",
        _text(load.asked_per_week),
        _text(load.planned_per_week),
        _text(load.load, "load"),
    ]


def _warning(load: Load) -> list[str]:
    if load.load > FULL:
        return [
            f"{load.resource}: more is asked than planned (load {load.load:.1%}); its queue grows while this lasts."
        ]
    if load.load > TIGHT:
        return [f"{load.resource}: load {load.load:.0%}; with so little to spare, bad weeks make long queues."]
    return []


def _text(value: float, name: str = "") -> str:
    if not math.isfinite(value):
        return "∞"
    if name == "load":
        return f"{value:.1%}"
    return f"{value:+.2f}" if name == "growth_per_week" else f"{value:.1f}"


def _number(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None


def _short(value: Any) -> str:
    """A value on a line: long ones are cut."""
    text = "–" if value is None else " ".join(str(value).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _iso(day: Any) -> str | None:
    return None if day is None else str(day)
