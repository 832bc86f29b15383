"""Small random models as scenario files: what Hypothesis makes for the invariants (and for engine against engine).

Times lie on a grid of 15 min to 3 h, so that many things happen at one instant. `models(full=True)` always has
calendars, a step that needs two resources at once, a hold (a bed reserved or sought) and a maximum queue.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

Mapping = dict[str, Any]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OPENINGS = ("08:00-16:00", "06:00-12:00", "12:00-24:00", "22:00-07:00", "00:00-24:00", "09:00-10:00")
DAYS = ("mon-fri", "mon-sun", [0, 2, 4], {"mon": 2, "thu": 1})


def write(model: Mapping, folder: Path) -> Path:
    """The model as a scenario file, and its base where it has changes (JSON is YAML too); the path to load."""
    base = {key: value for key, value in model.items() if key != "change"}
    path = folder / f"{base['scenario']}.yaml"
    path.write_text(json.dumps(base, indent=1))
    if "change" not in model:
        return path
    changed = folder / f"{base['scenario']}_changed.yaml"
    text = {"scenario": changed.stem, "title": "Changed", "based_on": path.name, "change": model["change"]}
    changed.write_text(json.dumps(text, indent=1))
    return changed


class Grid:
    """Draws for one model: choices, and durations on its grid of minutes."""

    def __init__(self, draw: st.DrawFn, minutes: int) -> None:
        self.draw, self.minutes = draw, minutes

    def one_in(self, n: int) -> bool:
        """True about once in n."""
        return bool(self.draw(st.integers(1, n)) == n)

    def of(self, *choices: Any) -> Any:
        """One of these."""
        return self.draw(st.sampled_from(choices))

    def number(self, low: int, high: int) -> int:
        """A whole number."""
        return int(self.draw(st.integers(low, high)))

    def share(self) -> float:
        """A share between 0.1 and 0.9."""
        return self.number(1, 9) / 10

    def length(self, most: int = 8) -> str:
        """A duration on the grid, at most so many of its steps."""
        return f"{self.minutes * self.number(1, most)} min"

    def law(self, most: int = 8) -> Any:
        """A law of durations: fixed, a list on the grid, or now and then off it."""
        kind = self.number(0, 5)
        if kind < 2:
            return self.length(most)
        if kind == 5:
            return {"law": "exponential", "mean": self.length(most)}
        steps = self.draw(st.lists(st.integers(1, most), min_size=2, max_size=3, unique=True))
        return {
            "law": "list",
            "values": {f"{self.minutes * k} min": p for k, p in zip(steps, parts(len(steps)), strict=True)},
        }

    def clock(self) -> str:
        """A time of day on the grid."""
        minute = self.minutes * self.number(0, 24 * 60 // self.minutes - 1)
        return f"{minute // 60:02d}:{minute % 60:02d}"


def parts(n: int) -> list[float]:
    """n shares that add up to 1."""
    return {1: [1.0], 2: [0.6, 0.4], 3: [0.5, 0.3, 0.2]}[n]


@st.composite
def models(draw: st.DrawFn, full: bool = False) -> Mapping:
    """A scenario as the mapping of its file (with `change`, where it has dated changes)."""
    grid = Grid(draw, draw(st.sampled_from((15, 30, 60, 180))))
    resources = _resources(grid, full)
    pathway = _pathway(grid, full)
    if "tranches" in resources["film"] and "film" in pathway["first"].get("needs", {}) and grid.one_in(2):
        resources["film"]["tranches"]["evening"]["only"] = ["first"]
    model: Mapping = {
        "scenario": "random",
        "title": "A random model",
        "horizon": {
            "start": grid.of("2027-01-04", "2027-03-03"),
            "weeks": grid.number(1, 2),
            "warm_up_weeks": grid.number(0, 1),
        },
        "calendar": {"holidays": grid.of("none", "sweden"), "closed_dates": ["2027-01-08", "2027-03-10"]},
        "guarantee": {
            "first_visit": {"step": "first", "days": grid.number(1, 3)},
            "treatment": {"step": "last", "days": grid.number(1, 3)},
        },
        "groups": {
            "hip": {"share": 0.6, "class": 1, "urgent": {"share": 0.3, "class": 0}},
            "knee": {"share": 0.4, "class": grid.number(0, 2), "background": grid.one_in(4)},
        },
        "arrivals": _arrivals(grid),
        "resources": resources,
        "pathway": pathway,
    }
    model |= _at_start(grid, pathway)
    if grid.one_in(3):
        model["change"] = _changes(grid, model)
    return model


def _calendar(grid: Grid, always: bool) -> Mapping:
    if always:
        return {"open": "always"}
    days = grid.of(*DAYS)
    days = [WEEKDAYS[k] for k in days] if isinstance(days, list) else days
    return {"days": days, "hours": grid.of(*OPENINGS), "holidays": grid.of("closed", "open")}


def _queue_rules(grid: Grid, full: bool) -> Mapping:
    """Order, what happens if the head cannot start, maximum."""
    rules: Mapping = {
        "order": grid.of("first_come", "first_come", "longest_wait", "due_first"),
        "if_head_cannot_start": grid.of("wait", "skip"),
    }
    if full or grid.one_in(3):
        rules["maximum_queue"] = grid.of(4, 2, 6, 1, 3 if full else 0)
    return rules


def _staff(grid: Grid, full: bool, servers: int) -> Mapping:
    always = not full and grid.one_in(2)
    made = {"kind": "staff", "servers": servers, "overtime": grid.of("0 min", grid.length(2))}
    made |= _calendar(grid, always)
    made["at_closing"] = grid.of("finish", "finish", "suspend")
    made["interruption"] = grid.of("none", "none", "resume", "restart" if always else "resume")
    if grid.one_in(3):
        made["luck"] = {"law": "lognormal", "cv": 0.3, "lag1": 0.25}
    if grid.one_in(4):
        made["tranches"] = {"evening": {"servers": 1, "days": "mon-thu", "hours": "16:00-20:00"}}
    return made


def _resources(grid: Grid, full: bool) -> Mapping:
    """desk (staff, led), film (slots, led), team (staff, led or beside), room and ward (places)."""
    film: Mapping = {
        "kind": "slots",
        "slots_per_week": grid.number(15, 70),
        **_calendar(grid, not full and grid.one_in(3)),
    }
    if grid.one_in(3):
        film["kept"] = {"share": grid.share(), "for": grid.of("urgent", "longest_wait")}
    if grid.one_in(3):
        evening = {"slots_per_week": grid.number(1, 10), "days": "tue-wed", "hours": "17:00-20:00"}
        film["tranches"] = {"evening": evening}
    if grid.one_in(3):
        film["luck"] = {"law": "lognormal", "cv": 0.4}
    if grid.one_in(4):
        film |= {"season": [{"weeks": [1, 9], "factor": 0.5}], "keep_week_total": grid.of(True, False)}
    ward: Mapping = {"kind": "places", "places": grid.of(2, 1, 4)}
    if grid.one_in(3):
        ward["by_weekday"] = {"sat": 1, "sun": 0}
    if grid.one_in(4):
        ward["tranches"] = {"winter": {"places": 1, "from": "2027-01-06"}}
    return {
        "desk": _staff(grid, full, grid.of(2, 3, 1)) | _queue_rules(grid, full),
        "film": film | _queue_rules(grid, full),
        "team": _staff(grid, full, grid.of(2, 3, 1)) | _queue_rules(grid, False),
        "room": {"kind": "places", "places": grid.number(1, 4)} | _queue_rules(grid, False),
        "ward": {"kind": "places", "unlimited": True} if grid.one_in(6) else ward,
        "helpers": {"kind": "staff", "unlimited": True, "open": "always"},
    }


NEEDS: tuple[Mapping, ...] = (
    {"desk": 1},
    {"film": 1},
    {"room": 1},
    {},
    {"film": 1, "team": 1},
    {"desk": 1, "team": 1},
    {"team": 1, "room": 1},
    {"film": 1, "team": 1, "room": 1},
    {"desk": 1, "helpers": 1},
    {"team": 2},
)
TOGETHER = NEEDS[4:8]
LOADED = NEEDS[:2]


def _pathway(grid: Grid, full: bool) -> Mapping:
    """first -> (middle | a split into lab and scan) -> last, with side branches, returns and holds."""
    split = grid.one_in(3)
    middle = ["lab", "scan"] if split else ["middle"] * grid.number(0, 1)
    steps: Mapping = {}
    for name in ("first", *middle, "last"):
        needs = dict(grid.of(*(TOGETHER if full and name == "last" else LOADED if full and name == "first" else NEEDS)))
        steps[name] = _step(grid, name, needs)
    after = {"all": middle, "join": "last"} if split else middle[0] if middle else "last"
    steps["first"]["then"] = after if split or grid.one_in(2) else {after: 0.8, "discharged": 0.2}
    for name in middle:
        steps[name]["then"] = "last"
    steps["last"]["then"] = _last_route(grid, steps)
    _holds(grid, full, steps)
    _turns(grid, steps, split)
    return steps


def _step(grid: Grid, name: str, needs: Mapping) -> Mapping:
    step: Mapping = {"needs": needs} if needs else {}
    if "film" not in needs or len(needs) > 1 or grid.one_in(2):
        step["duration"] = {"by_group": {"hip": grid.law(), "default": grid.law()}} if grid.one_in(3) else grid.law()
    if grid.one_in(4):
        step["delay"] = grid.law(4)
    if not needs:
        return step
    if grid.one_in(4):
        step["class"] = grid.number(0, 2)
    if grid.one_in(4):
        step["no_show"] = {"share": grid.share() / 2, "rebook_after": grid.law(), "remove_after": grid.number(0, 2)}
    if grid.one_in(4):
        leave = {"leave_share": grid.share()} if grid.one_in(2) else {}
        cause = {"cause": "illness", "share": grid.share() / 2, "rebook_after": grid.law(), "refill": grid.one_in(2)}
        step["late_cancellation"] = [cause | leave]
    if grid.one_in(3):
        step["patience"] = [_patience(grid) for _ in range(grid.number(1, 2))]
    if grid.one_in(5) and name != "first":
        step["linked"] = True
        step.pop("delay", None)
    return step


def _patience(grid: Grid) -> Any:
    law = grid.law(16)
    law = law if isinstance(law, dict) else {"law": "fixed", "value": law}
    return law | ({"from": "decision"} if grid.one_in(3) else {})


def _last_route(grid: Grid, steps: Mapping) -> Any:
    choice = grid.number(0, 3)
    if choice == 0 and "duration" in steps["first"]:
        return {"first": 0.2, "treated": 0.8}
    if choice == 1:
        return {"by_group": {"hip": "treated", "default": {"discharged": 0.5, "died": 0.1, "treated": 0.4}}}
    return "treated"


def _holds(grid: Grid, full: bool, steps: Mapping) -> None:
    """A stay in the ward after a visit, with or without a side step before discharge."""
    for name in [name for name in steps if steps[name].get("needs")]:
        if not ((full and name == "last") or grid.one_in(4)):
            continue
        stay: Mapping = {"in": "ward", "secured": grid.of("sought", "reserved")}
        if grid.one_in(2):
            stay["nights"] = {0: 0.3, 1: 0.5, 2: 0.2}
        else:
            stay["duration"] = grid.law(12)
        if "check" not in steps and grid.one_in(3):
            steps["check"] = _step(grid, "check", dict(grid.of(*LOADED)))
            stay["until"] = ["check"]
        steps[name]["stay"] = stay


def _turns(grid: Grid, steps: Mapping, split: bool) -> None:
    """What sends patients aside: rework, decision, pull, overflow, another provider."""
    last, first = steps["last"], steps["first"]
    last["decision"] = grid.one_in(2)
    if grid.one_in(3):
        last["rework"] = {"to": "first", "share": grid.share() / 2, "at_most": grid.number(1, 2)}
    if grid.one_in(4) and first.get("needs") and last.get("needs"):
        first["pull"] = {"watch": "last", "below": grid.number(1, 5)}
    if grid.one_in(4) and first.get("needs") and not split:
        first["overflow"] = "last"
    if grid.one_in(4) and last.get("needs"):
        caps = {"weekly_cap": grid.number(0, 3)} if grid.one_in(2) else {"yearly_cap": 5}
        terms = {"share": grid.share(), "provider": "other_house", "price_sek": 1000, "lead_time": grid.law()}
        then = {"then": "aftercare"} if grid.one_in(2) else {}
        steps["aftercare"] = {"needs": ["desk"], "duration": grid.length(), "then": "treated"}
        back = {"complication_share": 0.3, "complication_step": "aftercare"}
        last["elsewhere"] = terms | caps | then | back | {"include_start_queue": grid.one_in(2)}


def _arrivals(grid: Grid) -> Mapping:
    """A timetable on the grid, certain and by chance; sometimes a rate beside it."""
    timetable: Mapping = {}
    for day in WEEKDAYS[: grid.number(3, 7)]:
        certain = {"time": grid.clock(), "groups": {"hip": grid.number(1, 4), "knee": grid.number(0, 3)}}
        chance = [
            {"probability": 0.5, "groups": {"hip": 2}},
            {"probability": 0.5, "groups": {"knee": grid.number(0, 2)}},
        ]
        timetable[day] = [certain, {"time": grid.clock(), "alternatives": chance}]
    made: Mapping = {"clinic": {"step": "first", "timetable": timetable}}
    if grid.one_in(3):
        made["others"] = {"step": "last", "per_day": grid.number(1, 3)}
    return made


def _at_start(grid: Grid, pathway: Mapping) -> Mapping:
    made: Mapping = {}
    queued = [
        name for name, step in pathway.items() if step.get("needs") and "then" in step and name not in ("lab", "scan")
    ]
    if queued and grid.one_in(2):
        step = grid.of(*queued)
        waited = {"law": "list", "values": {grid.length(4): 1.0}}
        made["queue_at_start"] = [
            {"step": step, "patients": grid.number(1, 6), "waited": waited, "clock": grid.of("decision", "referral")}
        ]
    beds = [n for n, step in pathway.items() if "stay" in step or next(iter(step.get("needs", ())), "") == "room"]
    stays = [name for name in beds if name not in ("lab", "scan", "check")]
    if stays and grid.one_in(2):
        made["in_beds_at_start"] = [{"step": grid.of(*stays), "patients": grid.number(1, 3), "remaining": grid.law()}]
    if grid.one_in(3):
        due = {
            "law": "list",
            "values": {f"{grid.minutes * k} min": 0.5 for k in (grid.number(0, 8), grid.number(9, 40))},
        }
        made["due_at_start"] = [{"step": "last", "patients": grid.number(1, 8), "due": due}]
    return made


def _changes(grid: Grid, model: Mapping) -> list[Mapping]:
    """Dated changes, so that the plan has periods."""
    day = "2027-01-07" if model["horizon"]["start"] == "2027-01-04" else "2027-03-06"
    made: list[Mapping] = [{"where": "resources.desk.servers", "set": grid.number(1, 3), "from": day}]
    if "duration" in model["pathway"]["last"]:
        made.append({"where": "pathway.last.duration", "set": grid.law(), "from": day})
    if "places" in model["resources"]["ward"] and grid.one_in(2):
        made.append({"where": "resources.ward.places", "add": 1, "from": day})
    return made
