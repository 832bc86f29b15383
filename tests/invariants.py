"""What must hold in every run, whatever the model: patients and capacity add up, in an engine's rows.

Each check takes the plan, the draws and the rows, and raises AssertionError with what is wrong.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from heapq import heappop, heappush

import numpy as np

from flowsim.plan import Draws, Plan
from flowsim.tables import ENDED, NEVER, OUTCOMES, SOURCES, WEEK_S, Rows

ATTEMPTS = ("no_show", "cancelled")
Row = dict[str, int]


def table(rows: Rows, name: str) -> list[Row]:
    """A table as a list of rows."""
    columns = rows[name]
    return [dict(zip(columns, map(int, values), strict=True)) for values in zip(*columns.values(), strict=True)]


def outcome(row: Row) -> str:
    """A contact's outcome in words."""
    return OUTCOMES[row["outcome"]]


def everybody_is_accounted_for(made: Plan, draws: Draws, rows: Rows) -> None:
    """Patients in = out + inside, per group, at the end of every week; inside is counted from the contacts."""
    patients, contacts = table(rows, "patients"), table(rows, "contacts")
    assert [p["patient"] for p in patients] == list(range(draws.n))
    assert [p["group"] for p in patients] == list(draws.group)
    assert [p["arrived_s"] for p in patients] == list(draws.arrives)
    mine: dict[int, list[Row]] = defaultdict(list)
    for row in contacts:
        mine[row["patient"]].append(row)
    left = {p["patient"]: _leaves(made, p, mine[p["patient"]]) for p in patients}
    for end in range(made.week0 + WEEK_S, made.end + 1, WEEK_S):
        for group in range(len(made.setting.groups)):
            came = [p for p in patients if p["group"] == group and p["arrived_s"] < end]
            out = sum(p["end_s"] != NEVER and p["end_s"] < end for p in came)
            inside = sum(left[p["patient"]] >= end for p in came)
            assert len(came) == out + inside, f"group {group} at {end}: {len(came)} in, {out} out, {inside} inside"


def _leaves(made: Plan, patient: Row, contacts: list[Row]) -> int:
    """When a patient leaves, by the contacts alone (made.end if inside); the patient's own row must say the same."""
    assert (ENDED[patient["ended"]] == "inside") == (patient["end_s"] == NEVER), f"{patient}"
    if patient["end_s"] == NEVER:
        return made.end
    assert patient["arrived_s"] <= patient["end_s"] < made.end, f"{patient}"
    assert all(outcome(c) != "open" for c in contacts), f"{patient} is gone: {contacts}"
    last = max((c["finished_s"] for c in contacts), default=patient["arrived_s"])
    assert last <= patient["end_s"], f"{patient}, and later: {contacts}"
    if patient["elsewhere_s"] != NEVER:
        return patient["end_s"]
    assert last == patient["end_s"], f"{patient}, but the last contact ends {last}: {contacts}"
    return last


def contacts_are_in_order(made: Plan, draws: Draws, rows: Rows) -> None:
    """Nobody starts before being queued or ends before starting; rows are sorted; visits and attempts have no gaps."""
    contacts = table(rows, "contacts")
    keys = [tuple(c[k] for k in ("patient", "queued_s", "step", "visit", "attempt")) for c in contacts]
    assert keys == sorted(keys)
    assert len({(c["patient"], c["step"], c["visit"], c["attempt"]) for c in contacts}) == len(contacts)
    for c in contacts:
        assert c["queued_s"] != NEVER, f"{c}"
        assert c["queued_s"] < made.end, f"{c}"
        for earlier, later in (("queued_s", "started_s"), ("queued_s", "finished_s"), ("started_s", "finished_s")):
            if NEVER not in (c[earlier], c[later]):
                assert c[earlier] <= c[later] < made.end, f"{earlier} {later}: {c}"
        if outcome(c) == "done":
            assert NEVER not in (c["started_s"], c["finished_s"]), f"{c}"
        if outcome(c) == "open":
            assert c["finished_s"] == NEVER, f"{c}"
    _no_gaps(contacts)


def _no_gaps(contacts: list[Row]) -> None:
    visits: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for c in contacts:
        visits[c["patient"], c["step"]].append(c)
    for rows in visits.values():
        ended = sorted(c["visit"] for c in rows if outcome(c) not in ATTEMPTS)
        assert ended == list(range(len(ended))), f"visits {ended}: {rows}"
        assert {c["visit"] for c in rows} <= {*ended, len(ended)}, f"{rows}"
        for visit in ended:
            attempts = sorted(c["attempt"] for c in rows if c["visit"] == visit)
            assert attempts == list(range(len(attempts))), f"attempts {attempts}: {rows}"


def capacity_adds_up(made: Plan, draws: Draws, rows: Rows) -> None:
    """Offered is what was drawn; used never exceeds it; offered + over = used + lost, for every tranche and week."""
    lost: Counter[tuple[int, int, int]] = Counter()
    for row in table(rows, "losses"):
        assert row["lost"] > 0, f"{row}"
        lost[row["resource"], row["tranche"], row["week"]] += row["lost"]
    for row in table(rows, "capacity"):
        key = (row["resource"], row["tranche"], row["week"])
        assert min(row[k] for k in ("planned", "offered", "used", "overtime", "over")) >= 0, f"{row}"
        if made.resources[row["resource"]].unlimited:
            continue
        assert row["offered"] == _offered(made, draws, *key), f"{row}"
        assert row["used"] <= row["offered"] + row["over"], f"{row}"
        gone = lost.pop(key, 0)
        assert row["used"] + gone == row["offered"] + row["over"], f"{row}, lost {gone}"
    assert not [k for k in lost if not made.resources[k[0]].unlimited], f"lost, but never offered: {lost}"


def _offered(made: Plan, draws: Draws, resource: int, tranche: int, week: int) -> int:
    """Capacity laid out in a week: slots appearing, server-seconds open, place-seconds."""
    begin, end = _week(made, week)
    kind = made.resources[resource].kind
    if kind == "slots":
        slots = draws.slots[resource]
        return int(((slots[:, 0] >= begin) & (slots[:, 0] < end) & (slots[:, 2] == tranche)).sum())
    if kind == "staff":
        shifts = draws.shifts[resource]
        shifts = shifts[shifts[:, 3] == tranche]
        return int(np.maximum(np.minimum(shifts[:, 1], end) - np.maximum(shifts[:, 0], begin), 0).sum())
    levels = _levels(made, draws.place_tranches[resource][:, tranche], draws, resource)
    return sum(n * max(min(until, end) - max(at, begin), 0) for at, until, n in levels)


def _week(made: Plan, week: int) -> tuple[int, int]:
    """The reported seconds of an ISO week: from the start on."""
    return max(made.week0 + week * WEEK_S, 0), min(made.week0 + (week + 1) * WEEK_S, made.end)


def _levels(made: Plan, numbers: np.ndarray, draws: Draws, resource: int) -> Iterator[tuple[int, int, int]]:
    """(from, until, places) of a resource of places, or of one of its tranches."""
    moments = [*draws.places[resource][:, 0].tolist(), made.end]
    yield from zip(moments, moments[1:], numbers.tolist(), strict=False)


def slots_are_used_once(made: Plan, draws: Draws, rows: Rows) -> None:
    """Every start at a slot resource has a slot of its own, appeared and not expired."""
    contacts = table(rows, "contacts")
    for k, resource in enumerate(made.resources):
        if resource.kind != "slots":
            continue
        units = {s: n for s, step in enumerate(made.steps) for r, n in step.needs if r == k}
        starts = sorted(
            c["started_s"]
            for c in contacts
            for _ in range(units.get(c["step"], 0))
            if c["started_s"] != NEVER and c["provider"] == 0
        )
        slots = iter(sorted((int(a), int(e)) for a, e, *_ in draws.slots[k]))
        nxt = next(slots, None)
        free: list[int] = []
        for at in starts:
            while nxt is not None and nxt[0] <= at:
                heappush(free, nxt[1])
                nxt = next(slots, None)
            while free and free[0] <= at:
                heappop(free)
            assert free, f"{resource.name}: more starts than slots at {at}"
            heappop(free)


def holdings(made: Plan, draws: Draws, rows: Rows, resource: int) -> list[tuple[int, int, int]]:
    """(from, until, units) in which contacts hold places: the visit and what blocks after it, or the stay.

    A reserved place is held from the start of the visit before the stay.
    """
    contacts = [c for c in table(rows, "contacts") if c["started_s"] != NEVER and not c["provider"]]
    before = {(c["patient"], c["step"], c["visit"]): c for c in contacts if outcome(c) not in ATTEMPTS}
    held = []
    for c in contacts:
        step, begin = made.steps[c["step"]], c["started_s"]
        until = made.end if c["finished_s"] == NEVER else c["finished_s"]
        units = dict(step.needs).get(resource, 0)
        if outcome(c) == "no_show" and step.lead != resource:
            continue
        if step.stay_of >= 0 and not step.sought:
            in_bed = SOURCES[draws.source[c["patient"]]] == "beds" and draws.step[c["patient"]] == c["step"]
            visit = before.get((c["patient"], step.stay_of, c["visit"] - in_bed))
            begin = visit["finished_s"] if visit else begin
        held.append((begin, until, units))
        stay = made.steps[step.stay] if step.stay >= 0 and outcome(c) not in ATTEMPTS else None
        if stay and not stay.sought:
            held.append((c["started_s"], until, dict(stay.needs).get(resource, 0)))
    return [(begin, until, units) for begin, until, units in held if units]


def places_are_not_exceeded(made: Plan, draws: Draws, rows: Rows) -> None:
    """Nobody is admitted to a full ward; place-seconds used are those of the contacts, week by week."""
    booked: Counter[tuple[int, int]] = Counter()
    for row in table(rows, "capacity"):
        booked[row["resource"], row["week"]] += row["used"]
    for k, resource in enumerate(made.resources):
        if resource.kind != "places":
            continue
        held = holdings(made, draws, rows, k)
        missed = any(step.lead == k and step.has_no_show for step in made.steps)  # one may be going on at the end
        for week in range(-(-(made.end - made.week0) // WEEK_S)):
            begin, end = _week(made, week)
            inside = sum(units * max(min(b, end) - max(a, begin), 0) for a, b, units in held)
            assert inside <= booked[k, week], f"{resource.name}, week {week}: held {inside}, booked {booked[k, week]}"
            assert inside == booked[k, week] or missed, f"{resource.name}, {week}: {inside}, booked {booked[k, week]}"
        if not resource.unlimited:
            _never_admitted_when_full(
                resource.name, held, [*_levels(made, draws.places[k][:, 1], draws, k)], made.begin
            )


def _never_admitted_when_full(
    name: str, held: list[tuple[int, int, int]], levels: list[tuple[int, int, int]], start: int
) -> None:
    """Those in a bed at the start may be more than the places; nobody else is let in beyond them."""
    changes: Counter[int] = Counter()
    for begin, until, units in held:
        if until > begin:
            changes[begin] += units
            changes[until] -= units
    admitted = {begin for begin, until, _ in held if until > begin} - {start}
    inside = 0
    for at in sorted(changes):
        inside += changes[at]
        places = next((n for begin, until, n in levels if begin <= at < until), 0)
        assert at not in admitted or inside <= places or changes[at] <= 0, f"{name}: {inside} inside {places} at {at}"


def staff_are_not_exceeded(made: Plan, draws: Draws, rows: Rows) -> None:
    """At every start enough servers are open (where nobody starts only to be interrupted at once); hours add up."""
    contacts = table(rows, "contacts")
    staff = [k for k, r in enumerate(made.resources) if r.kind == "staff"]
    for k in staff:
        if made.resources[k].unlimited:
            continue
        units = {s: n for s, step in enumerate(made.steps) for r, n in step.needs if r == k}
        interrupted = any(made.resources[made.steps[s].lead].interruption != "none" for s in units)
        present = [c for c in contacts if outcome(c) != "no_show" or made.steps[c["step"]].lead == k]
        for at, number in () if interrupted else _starts(present, units).items():
            on = sum(o <= at < c for o, c, *_ in draws.shifts[k].tolist())
            assert number <= on, f"{made.resources[k].name}: {number} start, {on} at work at {at}"
    if made.begin == 0 and made.week0 == 0:
        worked = sum(r["used"] + r["overtime"] for r in table(rows, "capacity") if r["resource"] in staff)
        no_show = made.setting.causes.index("no_show")
        worked += sum(r["lost"] for r in table(rows, "losses") if r["resource"] in staff and r["cause"] == no_show)
        told = sum(c["used_s"] for c in contacts)
        assert told == worked, f"contacts say {told}, the capacity table {worked}"
    for c in contacts:
        assert c["overtime_s"] <= c["used_s"], f"{c}"


def _starts(contacts: list[Row], units: dict[int, int]) -> Counter[int]:
    """Moment: servers taken by visits that first start then, and last."""
    at: Counter[int] = Counter()
    for c in contacts:
        lasts = c["finished_s"] == NEVER or c["finished_s"] > c["started_s"]
        if c["started_s"] != NEVER and c["step"] in units and c["provider"] == 0 and lasts:
            at[c["started_s"]] += units[c["step"]]
    return at


CHECKS = (
    everybody_is_accounted_for,
    contacts_are_in_order,
    capacity_adds_up,
    slots_are_used_once,
    places_are_not_exceeded,
    staff_are_not_exceeded,
)
