"""What must hold of every queue: its maximum, its order, its patience, no idle server beside it, Little's law.

Each check takes the plan, the draws and the rows, and raises AssertionError with what is wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from invariants import ATTEMPTS, Row, outcome, table

from flowsim import measures, tables
from flowsim.plan import FOREVER, Draws, Plan
from flowsim.tables import NEVER, Rows


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
        if not (
            alone and _plain_queue(made, k) and shifts and all(s[0] <= made.begin and s[1] == FOREVER for s in shifts)
        ):
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
    queues_keep_their_maximum,
    nobody_overtakes,
    nobody_waits_beside_an_idle_server,
    patience_is_kept,
    little_holds,
)
