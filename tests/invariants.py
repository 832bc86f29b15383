"""What must hold in every run, whatever the model: checked on an engine's rows, in whole seconds.

Each check takes the plan, the draws and the rows, and raises AssertionError with what is wrong.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from heapq import heappop, heappush

import numpy as np

from flowsim import measures, tables
from flowsim.plan import FOREVER, Draws, Plan
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


def queues_keep_their_maximum(made: Plan, draws: Draws, rows: Rows) -> None:
    """No queue is longer than its maximum at the end of an instant (steps without rebooking or interruption)."""
    contacts = table(rows, "contacts")
    for k, resource in enumerate(made.resources):
        steps = {s for s, step in enumerate(made.steps) if step.lead == k and step.stay_of < 0}
        rebooked = any(made.steps[s].has_no_show or made.steps[s].cancellations for s in steps)
        if resource.maximum_queue < 0 or rebooked or resource.suspend or resource.interruption != "none":
            continue
        changes: Counter[int] = Counter()
        for c in contacts:
            if c["step"] in steps and c["provider"] == 0:
                changes[max(c["queued_s"], draws.arrives[c["patient"]])] += 1
                gone = c["started_s"] if c["started_s"] != NEVER else c["finished_s"]
                if gone != NEVER:
                    changes[gone] -= 1
        waiting = 0
        for at in sorted(changes):
            waiting += changes[at]
            assert 0 <= waiting <= resource.maximum_queue, f"{resource.name}: {waiting} wait at {at}"


def _plain_queue(made: Plan, resource: int) -> bool:
    """A queue in which nobody is booked anew, paused, linked or let past the head."""
    spec = made.resources[resource]
    steps = [step for step in made.steps if step.lead == resource]
    odd = any(s.has_no_show or s.cancellations or s.linked or s.stay_of >= 0 for s in steps)
    kept = spec.kept_class > -2 or any(t.only for t in spec.tranches)
    return not (odd or kept or spec.skip or spec.suspend or spec.interruption != "none" or spec.order != "first_come")


def _waits(made: Plan, draws: Draws, contacts: list[Row], resource: int) -> list[tuple[int, ...]]:
    """(class, joined, patient, entered, left the queue, started) of a queue; `entered`: not before the run."""
    found = []
    for c in contacts:
        step, patient = made.steps[c["step"]], c["patient"]
        if step.lead == resource and not c["provider"]:
            klass = step.klass if step.klass >= 0 else draws.klass[patient]
            ends = [t for t in (c["started_s"], c["finished_s"], made.end) if t != NEVER]
            found.append(
                (
                    klass,
                    c["queued_s"],
                    patient,
                    max(c["queued_s"], draws.arrives[patient]),
                    ends[0],
                    c["started_s"] != NEVER,
                )
            )
    return found


def nobody_overtakes(made: Plan, draws: Draws, rows: Rows) -> None:
    """Where the head blocks the queue, nobody starts while one before (by class, joining, patient) still waits."""
    contacts = table(rows, "contacts")
    for k in range(len(made.resources)):
        waits = sorted(_waits(made, draws, contacts, k)) if _plain_queue(made, k) else []
        for n, later in enumerate(waits):
            if later[5]:
                passed = [w for w in waits[:n] if w[3] < later[4] < w[4]]
                assert not passed, f"{made.resources[k].name}: {later} starts before {passed[:1]}"


def nobody_waits_beside_an_idle_server(made: Plan, draws: Draws, rows: Rows) -> None:
    """Staff always there, needed alone: somebody waits only while all are busy."""
    contacts = table(rows, "contacts")
    for k, resource in enumerate(made.resources):
        users = {s: step for s, step in enumerate(made.steps) if k in dict(step.needs)}
        alone = all(
            step.needs == ((k, 1),) and step.pull_watch < 0 and (step.stay < 0 or made.steps[step.stay].sought)
            for step in users.values()
        )
        shifts = draws.shifts[k].tolist() if resource.kind == "staff" else []
        if not (alone and _plain_queue(made, k) and shifts and all(close == FOREVER for _, close, *_ in shifts)):
            continue
        busy: Counter[int] = Counter()
        for c in contacts:
            if c["step"] in users and c["started_s"] != NEVER:
                busy[c["started_s"]] += 1
                busy[made.end if c["finished_s"] == NEVER else c["finished_s"]] -= 1
        for _, _, _, entered, left, _ in _waits(made, draws, contacts, k):
            busy[entered] += 0
            least = min((n for at, n in _running(busy) if entered <= at < left), default=len(shifts))
            assert least >= len(shifts), f"{resource.name}: one waits {entered}-{left}, only {least} busy"


def _running(changes: Counter[int]) -> Iterator[tuple[int, int]]:
    level = 0
    for at in sorted(changes):
        level += changes[at]
        yield at, level


def patience_is_kept(made: Plan, draws: Draws, rows: Rows) -> None:
    """Nobody waits longer than the shortest patience drawn (bookings made anew aside)."""
    decided = rows["patients"]["decision_s"]
    for c in table(rows, "contacts"):
        step, patient = made.steps[c["step"]], c["patient"]
        if not step.patience_from_decision or outcome(c) in ATTEMPTS or step.has_no_show or step.cancellations:
            continue
        joined = max(c["queued_s"], draws.arrives[patient])
        period = sum(at <= joined for at in made.periods) - 1
        limits = []
        for k, from_decision in enumerate(step.patience_from_decision):
            known = from_decision and NEVER < decided[patient] <= joined
            seconds = draws.values(f"patience:{k}", c["step"], c["visit"], period)[patient]
            limits.append((int(decided[patient]) if known else c["queued_s"]) + seconds)
        until = max(min(limits), joined)
        ends = [t for t in (c["started_s"], c["finished_s"], made.end) if t != NEVER]
        assert ends[0] <= until, f"waits until {ends[0]}, patience ends {until}: {c}"


def little_holds(made: Plan, draws: Draws, rows: Rows) -> None:
    """Little's law on the sample path: the area under the number waiting is the sum of the waits."""
    results = tables.frames(rows, made.setting, 0)
    background = [made.setting.groups.index(g) for g in made.setting.background]
    waits: Counter[str] = Counter()
    for c in table(rows, "contacts"):
        step = made.steps[c["step"]]
        if step.lead < 0 or outcome(c) in ATTEMPTS or draws.group[c["patient"]] in background:
            continue
        begin = max(c["queued_s"], draws.arrives[c["patient"]], 0)
        ends = [t for t in (c["started_s"], c["finished_s"], made.end) if t != NEVER]
        waits[step.name] += max(ends[0] - begin, 0)
    mean = measures.mean_queue(results)
    for _, row in mean[mean["kind"] == "step"].iterrows():
        area = row["patients"] * made.end
        assert abs(area - waits[row["name"]]) < 1e-6 * made.end + 1, f"{row['name']}: {area} {waits[row['name']]}"


CHECKS = (
    everybody_is_accounted_for,
    contacts_are_in_order,
    capacity_adds_up,
    slots_are_used_once,
    places_are_not_exceeded,
    staff_are_not_exceeded,
    queues_keep_their_maximum,
    nobody_overtakes,
    nobody_waits_beside_an_idle_server,
    patience_is_kept,
    little_holds,
)
