"""Measures of random journeys against plain loops over patients and moments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hand_made import CAPACITY, SETTING, later, results
from hypothesis import given, settings
from hypothesis import strategies as st

from flowsim import measures

END = 14.0
GRID = 4
"""Moments a day: few, so that ties abound."""
SPANS = (("decided", "decision", "surgery"), ("referred", "referral", "surgery"), ("visited", "visit", "surgery"))
TRIED = later(SETTING, spans=SPANS)
Journey = tuple[tuple[Any, ...], list[tuple[Any, ...]]]


@st.composite
def journey(draw: st.DrawFn) -> Journey:
    """A patient row and contact rows that could have happened (the patient's number is put in later)."""

    def gap() -> float:
        return draw(st.integers(0, 4 * GRID)) / GRID

    group = draw(st.sampled_from(SETTING.groups))
    source = draw(st.sampled_from(("arrivals", "queue")))
    arrived = 0.0 if source == "queue" else draw(st.integers(-7 * GRID, 14 * GRID - 1)) / GRID
    now, age = arrived, 10 * gap() if source == "queue" else 0.0
    decision: float | None = None
    rows: list[tuple[Any, ...]] = []
    for number in range(draw(st.integers(1, 4))):
        step = draw(st.sampled_from(("visit", "surgery")))
        if decision is None and draw(st.booleans()):
            decision = now - age
        queued, leave = now - (age if number == 0 else 0.0), now + gap()
        if draw(st.integers(0, 3)) == 0 and leave < END:
            rows.append((step, 0, "own", queued, leave, leave, "no_show"))
            leave += gap()
        if leave >= END:
            return _patient(group, source, arrived, age, decision, None, "inside"), [
                *rows,
                (step, 1, "own", queued, None, None, "open"),
            ]
        if draw(st.integers(0, 5)) == 0:
            return _patient(group, source, arrived, age, decision, leave, "left"), [
                *rows,
                (step, 1, "own", queued, None, leave, "left"),
            ]
        if draw(st.integers(0, 5)) == 0:
            back = leave + gap()
            rows.append((step, 1, "own", queued, None, leave, "elsewhere"))
            ended = (back, "elsewhere") if back < END else (None, "inside")
            rows += [("private", 0, "private", back, back, back, "done")] if back < END else []
            return _patient(group, source, arrived, age, decision, *ended, leave), rows
        finish = leave + gap()
        if finish >= END:
            return _patient(group, source, arrived, age, decision, None, "inside"), [
                *rows,
                (step, 1, "own", queued, leave, None, "open"),
            ]
        rows.append((step, 1, "own", queued, leave, finish, "done"))
        now = finish
    return _patient(group, source, arrived, age, decision, now, "treated"), rows


def _patient(
    group: str,
    source: str,
    arrived: float,
    age: float,
    decision: float | None,
    end: float | None,
    ended: str,
    elsewhere: Any = None,
) -> tuple[Any, ...]:
    ended = "other" if group == "acute" and end is not None else ended
    return (group, source, arrived, arrived - age, decision, end, ended, elsewhere)


def made(journeys: list[Journey]) -> tuple[list[dict[str, Any]], list[dict[str, Any]], Any]:
    """The journeys as plain rows, and as results."""
    patients = [patient for patient, _ in journeys]
    contacts = [(number, *row) for number, (_, rows) in enumerate(journeys) for row in rows]
    names = ("group", "source", "arrived", "referral", "decision", "end", "ended", "elsewhere")
    columns = ("patient", "step", "attempt", "provider", "queued", "started", "finished", "outcome")
    plain = [dict(zip(names, row, strict=True)) for row in patients]
    visits = [dict(zip(columns, row, strict=True)) for row in contacts]
    return plain, visits, results(patients, contacts, CAPACITY, (), TRIED)


def waiting(
    patients: list[dict[str, Any]], contacts: list[dict[str, Any]], step: str
) -> list[tuple[int, float, float]]:
    """(patient, from, until) of every wait of own patients at a step."""
    found = []
    for c in contacts:
        p = patients[c["patient"]]
        if p["group"] == "acute" or c["step"] != step or c["outcome"] == "no_show":
            continue
        until = c["started"] if c["outcome"] in ("done", "open") else c["finished"]
        found.append((c["patient"], max(c["queued"], p["arrived"]), np.inf if until is None else until))
    return found


def inside(
    patients: list[dict[str, Any]], contacts: list[dict[str, Any]], begins: str
) -> list[tuple[int, float, float, float, bool]]:
    """(patient, clock, from, until, started) of every spell to surgery."""
    found = []
    for number, p in enumerate(patients):
        mine = [
            c
            for c in contacts
            if c["patient"] == number and c["outcome"] in ("done", "open") and c["provider"] == "own"
        ]
        starts = sorted(c["started"] for c in mine if c["step"] == "surgery" and c["started"] is not None)
        visits = [
            c["queued"]
            for c in contacts
            if c["patient"] == number and c["step"] == begins and c["outcome"] != "no_show"
        ]
        clocks = sorted(visits) if begins == "visit" else [p[begins]]
        open_until = -np.inf
        for clock in clocks:
            if p["group"] == "acute" or clock is None or (clock <= open_until and begins == "visit"):
                continue
            ends = [(s, True) for s in starts if s >= clock] + [
                (e, False) for e in [p["elsewhere"]] if e is not None and e >= clock
            ]
            until, started = min(ends, key=lambda e: (e[0], not e[1]), default=(np.inf, False))
            if p["end"] is not None and p["end"] < until:
                until, started = p["end"], False
            open_until = until
            found.append((number, clock, max(clock, p["arrived"]), until, started))
    return found


def at(moment: float, spells: Any) -> int:
    """Spells (..., from, until) that hold the moment."""
    return sum(enter < moment <= until for *_, enter, until in spells)


journeys = st.lists(journey(), max_size=8)
tried = settings(max_examples=60, deadline=None)


@tried
@given(journeys)
def test_queues_equal_counting_by_hand(some: list[Journey]) -> None:
    patients, contacts, run = made(some)
    shared = measures.prepare(run)
    waits = {step: waiting(patients, contacts, step) for step in ("visit", "surgery")}
    spells = {name: inside(patients, contacts, begins) for name, begins, _ in SPANS}
    anywhere = [(p, a, b) for found in waits.values() for p, a, b in found]
    anywhere += [(p, a, b) for found in spells.values() for p, _, a, b, _ in found]
    daily = measures.queue_on(shared, range(14)).set_index(["kind", "name", "day"])["patients"]
    for day in range(14):
        for step, waits_here in waits.items():
            assert daily["step", step, day] == at(day + 1, waits_here)
        for name, spells_here in spells.items():
            assert daily["span", name, day] == sum(a < day + 1 <= b for _, _, a, b, _ in spells_here)
        assert daily["sum", "all", day] == len({p for p, a, b in anywhere if a < day + 1 <= b})
    queue = measures.queue_length(shared).set_index(["step", "week"])["patients"]
    span = measures.span_queue(shared).set_index(["span", "week"])["patients"]
    total = measures.queue_sum(shared).set_index("week")["patients"]
    over = measures.over_limit(shared, 3.0).set_index(["kind", "span", "week"])
    for week, day in ((0, 6), (1, 13)):
        assert total[week] == daily["sum", "all", day]
        assert all(queue[step, week] == daily["step", step, day] for step in waits)
        for name, spells_here in spells.items():
            now = [clock for _, clock, a, b, _ in spells_here if a < day + 1 <= b]
            assert span[name, week] == len(now)
            assert over.loc[("span", name, week), "over"] == sum(day + 1 - clock > 3.0 for clock in now)


@tried
@given(journeys)
def test_mean_queues_equal_adding_days_by_hand(some: list[Journey]) -> None:
    patients, contacts, run = made(some)
    mean = measures.mean_queue(run).set_index(["kind", "name"])["patients"]
    for step in ("visit", "surgery"):
        days = sum(max(0.0, min(b, END) - max(a, 0.0)) for _, a, b in waiting(patients, contacts, step))
        assert mean["step", step] == pytest.approx(days / END, abs=1e-12)
    for name, begins, _ in SPANS:
        days = sum(max(0.0, min(b, END) - max(a, 0.0)) for _, _, a, b, _ in inside(patients, contacts, begins))
        assert mean["span", name] == pytest.approx(days / END, abs=1e-12)


@tried
@given(journeys)
def test_waits_equal_sorting_by_hand(some: list[Journey]) -> None:
    patients, contacts, run = made(some)
    found = measures.waiting_time(run).set_index(["kind", "name"])
    for name, begins, _ in SPANS:
        days = sorted(
            b - clock for _, clock, _, b, started in inside(patients, contacts, begins) if started and 0 <= b < END
        )
        assert found.loc[("span", name), "n"] == len(days)
        if days:
            assert found.loc[("span", name), "median_days"] == pytest.approx(np.median(days))
    for step in ("visit", "surgery"):
        mine = [
            c for c in contacts if c["step"] == step and c["outcome"] in ("done", "open") and c["started"] is not None
        ]
        mine = [c for c in mine if patients[c["patient"]]["group"] == "hip" and 0 <= c["started"] < END]
        assert found.loc[("step", step), "n"] == len(mine)
        if mine:
            assert found.loc[("step", step), "mean_days"] == pytest.approx(
                np.mean([c["started"] - c["queued"] for c in mine])
            )


@tried
@given(journeys)
def test_laws_hold_for_any_journeys(some: list[Journey]) -> None:
    patients, _, run = made(some)
    assert np.abs(measures.littles_law(run)["gap"]).max() < 1e-9
    kept = measures.conservation(run)
    assert (kept["gap"] == 0).all()
    ends = measures.patients_by_end(run)["patients"].sum()
    present = [p for p in patients if p["group"] == "hip" and not (p["end"] is not None and p["end"] < 0)]
    assert ends == len(present)
    by_hand = sum(p["arrived"] < 14.0 and (p["end"] is None or p["end"] >= 14.0) for p in patients)
    assert kept.loc[kept["week"] == 1, "inside"].sum() == by_hand


@tried
@given(journeys)
def test_guarantee_and_throughput_equal_counting_by_hand(some: list[Journey]) -> None:
    patients, contacts, run = made(some)
    treatment = measures.within_guarantee(run, {"treatment": 2.0}).set_index(["guarantee", "among"]).loc["treatment"]
    spells = inside(patients, contacts, "decision")
    treated = [b - clock for _, clock, _, b, started in spells if started and 0 <= b < END]
    assert treatment.loc["treated", ["n", "within"]].tolist() == [len(treated), sum(d <= 2.0 for d in treated)]
    bought = [
        c["finished"] - clock
        for number, clock, _, b, started in spells
        if not started and b == patients[number]["elsewhere"]
        for c in contacts
        if c["patient"] == number and c["provider"] == "private" and 0 <= c["finished"] < END
    ]
    assert treatment.loc["treated_elsewhere", ["n", "within"]].tolist() == [len(bought), sum(d <= 2.0 for d in bought)]
    done = [
        c
        for c in contacts
        if c["outcome"] == "done" and c["step"] == "visit" and patients[c["patient"]]["group"] == "hip"
    ]
    found = measures.throughput(run).set_index(["step", "week"])
    for week in (0, 1):
        for column in ("started", "finished"):
            assert found.loc[("visit", week), column] == sum(7 * week <= c[column] < 7 * week + 7 for c in done)
