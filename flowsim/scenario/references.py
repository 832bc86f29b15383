"""Whether names of a scenario name something, and whether its numbers fit together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flowsim.errors import Fault
from flowsim.schema import (
    DOC_KEYS,
    ENDS,
    WEEKDAYS,
    BootstrapLuck,
    ByGroup,
    ClassLuck,
    KeyPath,
    Marks,
    ScenarioModel,
    fault_here,
    listed,
    nearest,
    written,
)

RESERVED = (*ENDS, "left", "elsewhere", "inside", "other", "decision", "referral", "own", "default")
"""Names a step may not have: they mean something else in routes, spans and tables."""
_TOLERANCE = 1e-6


@dataclass
class Found:
    """What is found wrong or doubtful, at its line."""

    marks: Marks
    data: dict[str, Any]
    """As written, to say a key as it stands in the file."""
    faults: list[Fault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def wrong(self, path: KeyPath, message: str, found: Any = None) -> None:
        """A fault at a key."""
        self.faults.append(fault_here(self.marks, written(path, self.data), message, found))

    def doubtful(self, path: KeyPath, message: str) -> None:
        """A warning at a key."""
        self.warnings.append(str(fault_here(self.marks, written(path, self.data), message)).replace("\n  ", ": "))

    def known(self, path: KeyPath, name: str, names: Iterable[str], noun: str) -> bool:
        """Is it a name of these? A fault with the nearest name if not."""
        names = list(names)
        if name not in names:
            self.wrong(path, f'there is no {noun} "{name}". There are: {listed(names)}.{nearest(name, names)}', name)
        return name in names


def check(model: ScenarioModel, found: Found) -> None:
    """All references and sums of one period."""
    _names(model, found)
    for name, source in model.arrivals.items():
        path: KeyPath = ("arrivals", name)
        found.known((*path, "step"), source.step, model.pathway, "step")
        needs_shares = source.timetable is None
        _groups(model, found, path, source.groups, needs_shares)
        if isinstance(source.timetable, dict):
            _timetable_groups(model, found, (*path, "timetable"), source.timetable)
    _starts(model, found)
    _counting(model, found)
    for name, resource in model.resources.items():
        _resource(model, found, name, resource)
    _together(model, found)
    for name in model.pathway:
        _step(model, found, name)
    _providers(model, found)


def _together(model: ScenarioModel, found: Found) -> None:
    """Luck that goes together: of resources that have luck, drawn in a way that allows it."""
    for k, one in enumerate(model.luck_together):
        path: KeyPath = ("luck_together", k)
        named = [name for name in one.resources if found.known((*path, "resources"), name, model.resources, "resource")]
        lucks = {name: model.resources[name].luck for name in named}
        for name in [name for name, luck in lucks.items() if luck is None]:
            found.wrong((*path, "resources"), f'"{name}" has no luck that could go together with another\'s.')
        past = {name: luck for name, luck in lucks.items() if isinstance(luck, BootstrapLuck | ClassLuck)}
        if one.correlation is not None and past:
            message = f"{listed(past)}: luck drawn from past weeks goes together by same_weeks, not by a correlation."
            found.wrong((*path, "correlation"), message)
        lengths = {len(luck.values) for luck in past.values() if isinstance(luck, BootstrapLuck)}
        if one.same_weeks and (len(lengths) > 1 or (past and len(past) < len(lucks))):
            found.wrong((*path, "same_weeks"), "needs luck of one kind, from as many past weeks in each.")


def _names(model: ScenarioModel, found: Found) -> None:
    """Names that mean something else, or two things."""
    stays: dict[str, str] = {}
    for name, step in model.pathway.items():
        if name in RESERVED:
            found.wrong(
                ("pathway", name), f'no step may be called "{name}": it means something else in routes and tables.'
            )
        if step.stay:
            stay = step.stay.name or f"{name}_stay"
            if stay in model.pathway or stay in stays:
                found.wrong(("pathway", name, "stay"), f'the stay\'s name "{stay}" is taken: give it another `name`.')
            stays[stay] = name
    for name in sorted(set(model.groups) & {"default", *DOC_KEYS}):
        found.wrong(("groups", name), f'no group may be called "{name}".')
    for room in ("resources", "pathway", "groups", "arrivals"):
        for name in sorted(set(getattr(model, room)) & set(DOC_KEYS)):
            found.wrong((room, name), f'nothing may be called "{name}": that key is free text.')


def _groups(model: ScenarioModel, found: Found, path: KeyPath, named: Mapping[str, float] | None, used: bool) -> None:
    """Groups named by a source exist; where none are named, the groups' own shares add up to 1."""
    for group in named or ():
        found.known((*path, "groups", group), group, model.groups, "group")
    if named is not None or not used or (len(model.groups) == 1 and next(iter(model.groups.values())).share is None):
        return
    total = sum(group.share or 0.0 for group in model.groups.values())
    if abs(total - 1) > _TOLERANCE:
        message = f"names no groups, and the groups' own shares add up to {total:.6g}, not 1."
        found.wrong(path, f"{message} Give groups here, or mend the shares.")


def _timetable_groups(model: ScenarioModel, found: Found, path: KeyPath, table: Mapping[Any, Any]) -> None:
    for day, sets in table.items():
        for k, one in enumerate(sets):
            for alternative in one.alternatives:
                for group in alternative.groups:
                    found.known((*path, day, k), group, model.groups, "group")


def _starts(model: ScenarioModel, found: Found) -> None:
    """Who is there at the start: where, which groups, how many."""
    for room in ("queue_at_start", "in_beds_at_start", "due_at_start"):
        labels: set[str] = set()
        for k, entry in enumerate(getattr(model, room)):
            path: KeyPath = (room, k)
            _groups(model, found, path, entry.groups, used=True)
            if entry.label in labels:
                found.wrong(path, f'there are two called "{entry.label}" in {room}: give each its own `name`.')
            labels.add(entry.label)
            if found.known((*path, "step"), entry.step, model.pathway, "step"):
                _start(model, found, path, room, entry)


def _start(model: ScenarioModel, found: Found, path: KeyPath, room: str, entry: Any) -> None:
    step = model.pathway[entry.step]
    if room == "queue_at_start":
        if not step.needs:
            found.wrong((*path, "step"), f'"{entry.step}" needs nothing, so nobody queues for it.', entry.step)
        if isinstance(entry.waited, tuple) and len(entry.waited) != entry.patients:
            message = f"patients is {entry.patients}, but waited lists {len(entry.waited)} durations."
            found.wrong((*path, "waited"), message)
    elif room == "in_beds_at_start":
        lead = model.resources.get(step.needs[0][0]) if step.needs else None
        if not step.stay and (lead is None or lead.kind != "places"):
            found.wrong((*path, "step"), f'"{entry.step}" has no stay, and its first need is no places.', entry.step)


def _counting(model: ScenarioModel, found: Found) -> None:
    """Guarantee and spans name steps; a decision they count from is made somewhere."""
    decides = any(step.decision for step in model.pathway.values())
    for name in ("first_visit", "treatment"):
        limit = getattr(model.guarantee, name)
        if limit is not None:
            found.known(("guarantee", name, "step"), limit.step, model.pathway, "step")
    stays = [step.stay.name or f"{name}_stay" for name, step in model.pathway.items() if step.stay]
    for name, span in model.spans.items():
        found.known(("spans", name, "from"), span.from_, ["decision", "referral", *model.pathway, *stays], "step")
        found.known(("spans", name, "to"), span.to, [*model.pathway, *stays], "step")
        if span.from_ == "decision" and not decides:
            found.doubtful(
                ("spans", name, "from"), "no step says decision: true, so no decision is ever dated in the run."
            )
    if model.guarantee.treatment and not decides:
        found.doubtful(
            ("guarantee", "treatment"), "no step says decision: true; the guarantee counts from the decision."
        )


def _resource(model: ScenarioModel, found: Found, name: str, resource: Any) -> None:
    """Tranches and weekdays of a resource."""
    path: KeyPath = ("resources", name)
    for day in getattr(resource, "by_weekday", {}):
        found.known((*path, "by_weekday", day), day, WEEKDAYS, "weekday")
    users = [step for step, one in model.pathway.items() if name in _held(one)]
    if not users:
        found.doubtful(path, "no step needs it.")
    for label, tranche in resource.tranches.items():
        here: KeyPath = (*path, "tranches", label)
        if label == "regular":
            found.wrong(here, 'a tranche may not be called "regular": that is the capacity itself.')
        for step in tranche.only:
            if found.known((*here, "only"), step, model.pathway, "step") and step not in users:
                found.wrong((*here, "only"), f'"{step}" does not need {name}.', step)
        begin, last = model.horizon.begin, model.horizon.last
        if (tranche.from_ and tranche.from_ > last) or (tranche.to and tranche.to < begin):
            found.wrong(here, f"its dates lie outside the run ({begin} to {last}).")


def _held(step: Any) -> set[str]:
    """Resources of a step and its stay."""
    return {resource for resource, _ in step.needs} | ({step.stay.in_} if step.stay else set())


def _step(model: ScenarioModel, found: Found, name: str) -> None:
    """Names and rules of one step (what follows it is checked with the routes)."""
    step, path = model.pathway[name], ("pathway", name)
    for resource, _ in step.needs:
        found.known((*path, "needs"), resource, model.resources, "resource")
    if step.stay and found.known((*path, "stay", "in"), step.stay.in_, model.resources, "resource"):
        kind = model.resources[step.stay.in_].kind
        if kind != "places":
            found.wrong((*path, "stay", "in"), f"a stay is held in places; {step.stay.in_} is {kind}.", step.stay.in_)
    if step.pull:
        found.known((*path, "pull", "watch"), step.pull.watch, model.pathway, "step")
    kinds = [model.resources[resource].kind for resource, _ in step.needs if resource in model.resources]
    if step.duration is None and kinds and kinds[0] != "slots":
        found.wrong(path, f"needs a duration: its first need, {step.needs[0][0]}, is {kinds[0]}.")
    for key in ("no_show", "late_cancellation", "patience", "pull", "overflow", "elsewhere"):
        if not step.needs and getattr(step, key):
            found.wrong((*path, key), f"has no meaning here: {name} needs nothing, so nobody is booked or queues.")
    causes = [one.cause for one in step.late_cancellation]
    for cause in sorted({cause for cause in causes if causes.count(cause) > 1}):
        found.wrong((*path, "late_cancellation"), f'the cause "{cause}" is there twice.')
    if sum(one.share for one in step.late_cancellation) > 1 + _TOLERANCE:
        found.wrong((*path, "late_cancellation"), "the shares add up to more than 1.")
    for where, by_group in _by_group(step):
        _all_groups(model, found, (*path, *where), by_group)
    _restart(model, found, name)


def _by_group(step: Any) -> Iterator[tuple[KeyPath, ByGroup[Any]]]:
    """Everything of a step that may differ by group."""
    for key in ("duration", "delay", "then"):
        if isinstance(getattr(step, key), ByGroup):
            yield (key,), getattr(step, key)
    for k, rule in enumerate(step.patience):
        yield ("patience", k), rule.after
    for key in ("nights", "duration"):
        if step.stay and getattr(step.stay, key):
            yield ("stay", key), getattr(step.stay, key)


def _all_groups(model: ScenarioModel, found: Found, path: KeyPath, by_group: ByGroup[Any]) -> None:
    """Groups named exist, and every group has a value."""
    for group in by_group.values:
        found.known((*path, "by_group", group), group, [*model.groups, "default"], "group")
    lacking = [group for group in model.groups if group not in by_group.by_group]
    if by_group.default is None and lacking:
        found.wrong(path, f"says nothing for {listed(lacking)}: name them, or give a default.")


def _restart(model: ScenarioModel, found: Found, name: str) -> None:
    """A visit begun again after every closing must be able to end within an opening."""
    step = model.pathway[name]
    lead: Any = model.resources.get(step.needs[0][0]) if step.needs else None
    if lead is None or lead.kind != "staff" or lead.interruption != "restart" or lead.open == "always":
        return
    opening = lead.hours[1] - lead.hours[0]
    if lead.at_closing != "suspend" or opening >= 86_400 or step.duration is None:
        return
    if any(longest(law) > opening for law in step.duration.by_group.values()):
        message = (
            f"{step.needs[0][0]} begins interrupted visits again (restart) and suspends them at closing: a visit "
            f"longer than its opening of {opening / 3600:g} h would never end. Say resume, or at_closing: finish."
        )
        found.wrong(("pathway", name, "duration"), message)


def longest(law: Any) -> float:
    """The longest duration a law can give, seconds; infinite for laws with a tail."""
    if law.law == "fixed":
        return float(law.value)
    if law.law in ("uniform", "triangular"):
        return float(law.high)
    if law.law in ("list", "empirical"):
        return max(law.values)
    if law.law == "histogram":
        return float(law.bins[-1].to)
    if law.law == "mixture":
        return max(longest(part.of) for part in law.parts)
    return 0.0 if law.mean == 0 else float("inf")


def _providers(model: ScenarioModel, found: Found) -> None:
    """Other providers: where patients go afterwards, who may go, one set of terms to a name."""
    terms: dict[str, tuple[str, Any]] = {}
    for name, step in model.pathway.items():
        if step.elsewhere is None:
            continue
        path: KeyPath = ("pathway", name, "elsewhere")
        one = step.elsewhere
        found.known((*path, "then"), one.then, [*model.pathway, "elsewhere", *ENDS], "step")
        for group in one.groups or ():
            found.known((*path, "groups"), group, model.groups, "group")
        if one.complication_step:
            found.known((*path, "complication_step"), one.complication_step, model.pathway, "step")
        if one.provider in model.pathway or one.provider in RESERVED:
            found.wrong(
                (*path, "provider"),
                "is the name of a step or has another meaning: give the provider its own.",
                one.provider,
            )
        other, same = terms.setdefault(one.provider, (name, one))
        if same != one:
            found.wrong(
                (*path, "provider"), f'"{other}" has other terms under this name: give this one its own.', one.provider
            )
