"""Whether patients find their way: what follows each step, side steps, splits, cycles, steps nobody comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flowsim.scenario.references import Found, longest
from flowsim.schema import ENDS, KeyPath, Routes, ScenarioModel, Split, Step, listed

Follows = Callable[[str], Iterator[str]]


def check(model: ScenarioModel, found: Found) -> None:
    """All routes of one period."""
    side = _side_steps(model, found)
    before = len(found.faults)
    for name, step in model.pathway.items():
        _targets(model, found, name, step, name in side)
    if len(found.faults) > before:
        return  # what follows would only repeat it
    _into_side_steps(model, found, side)
    _splits(model, found)
    _timeless_cycles(model, found)
    _overflow_cycles(model, found)
    _seeking_cycles(model, found)
    for name in _unreached(model):
        found.doubtful(("pathway", name), "no patient ever comes to this step.")


def _side_steps(model: ScenarioModel, found: Found) -> set[str]:
    """Steps begun with a stay; each exists and is plain."""
    side: set[str] = set()
    for name, step in model.pathway.items():
        for one in step.stay.until if step.stay else ():
            path: KeyPath = ("pathway", name, "stay", "until")
            if found.known(path, one, model.pathway, "step"):
                side.add(one)
    for name in sorted(side):
        for key in ("then", "stay", "rework", "elsewhere", "overflow"):
            if getattr(model.pathway[name], key):
                message = f"has no place in {name}: it is a side step of a stay (until), and the stay goes on after it."
                found.wrong(("pathway", name, key), message)
    return side


def _targets(model: ScenarioModel, found: Found, name: str, step: Step, is_side: bool) -> None:
    """What follows a step exists."""
    path: KeyPath = ("pathway", name)
    if step.then is None and not is_side:
        found.wrong((*path, "then"), "is missing: what follows this step (a step, or treated, discharged, died).")
    if isinstance(step.then, Split):
        for one in (*step.then.branches, step.then.join):
            found.known((*path, "then"), one, model.pathway, "step")
        if len({*step.then.branches, step.then.join}) <= len(step.then.branches):
            found.wrong((*path, "then"), "the branches and the join must all be different steps.")
    elif isinstance(step.then, Routes):
        for group, table in step.then.by_group.items():
            for target in table.to:
                found.known((*path, "then", "by_group", group, target), target, [*model.pathway, *ENDS], "step or end")
    if step.rework:
        found.known((*path, "rework", "to"), step.rework.to, model.pathway, "step")
    if step.overflow:
        found.known((*path, "overflow"), step.overflow, model.pathway, "step")


def after(model: ScenarioModel, name: str, joins: bool = True) -> Iterator[str]:
    """Steps and ends that may come after a step: routes, rework, overflow, the provider's way back."""
    step = model.pathway[name]
    if isinstance(step.then, Split):
        yield from step.then.branches
        if joins:
            yield step.then.join
    elif isinstance(step.then, Routes):
        yield from dict.fromkeys(
            to for table in step.then.by_group.values() for to, share in table.to.items() if share > 0
        )
    if step.rework and step.rework.share > 0:
        yield step.rework.to
    if step.overflow:
        yield step.overflow
    if step.elsewhere:
        yield step.elsewhere.then
        if step.elsewhere.complication_step:
            yield step.elsewhere.complication_step


def leads_by(model: ScenarioModel, name: str, target: str) -> str:
    """The key of a step that leads to a target."""
    step = model.pathway[name]
    if step.rework and step.rework.to == target:
        return "rework"
    if step.elsewhere and target in (step.elsewhere.then, step.elsewhere.complication_step):
        return "elsewhere"
    return "overflow" if step.overflow == target else "then"


def _entries(model: ScenarioModel) -> Iterator[tuple[KeyPath, str]]:
    """Where patients come in, and the key that says so."""
    for name, source in model.arrivals.items():
        yield ("arrivals", name, "step"), source.step
    for room in ("queue_at_start", "in_beds_at_start", "due_at_start"):
        for k, entry in enumerate(getattr(model, room)):
            yield (room, k, "step"), entry.step


def _into_side_steps(model: ScenarioModel, found: Found, side: set[str]) -> None:
    """Nobody comes to a side step but with its stay."""
    for name in model.pathway:
        for target in sorted(set(after(model, name)) & side):
            found.wrong(
                ("pathway", name, leads_by(model, name, target)),
                f'"{target}" is a side step of a stay (until): no route leads there.',
                target,
            )
    for path, step in _entries(model):
        if step in side:
            found.wrong(path, f'"{step}" is a side step of a stay (until): nobody begins there.', step)


def _splits(model: ScenarioModel, found: Found) -> None:
    """Branches are apart, stay inside their split, and meet at the join."""
    for name, step in model.pathway.items():
        if not isinstance(step.then, Split):
            continue
        path: KeyPath = ("pathway", name, "then")
        inside: dict[str, str] = {}
        for branch in step.then.branches:
            _branch(model, found, path, step.then, branch, inside)
        for other in model.pathway:
            for into in sorted(set(after(model, other)) & set(inside)):
                if other != name and other not in inside:
                    message = f'"{into}" lies inside the split after {name}: nothing from outside may lead there.'
                    found.wrong(("pathway", other, leads_by(model, other, into)), message)
        for key, entry in _entries(model):
            if entry in inside:
                message = (
                    f'"{entry}" lies inside the split after {name}: who begins there never meets the other branch.'
                )
                found.wrong(key, message, entry)


def _branch(
    model: ScenarioModel, found: Found, path: KeyPath, split: Split, branch: str, inside: dict[str, str]
) -> None:
    """Walks one branch to the join."""
    left, seen, meets = [branch], {branch}, False
    while left:
        name = left.pop()
        if inside.setdefault(name, branch) != branch:
            message = f'"{name}" lies in two branches, {inside[name]} and {branch}: a step may be in one branch only.'
            found.wrong(path, message)
            return
        for target in after(model, name):
            meets = meets or target == split.join
            if target not in model.pathway:
                message = (
                    f'"{name}", in the branch {branch}, leads to {target}: a route may not leave its split before '
                    "the join."
                )
                found.wrong(("pathway", name, leads_by(model, name, target)), message, target)
            elif target not in seen and target != split.join:
                seen.add(target)
                left.append(target)
    if not meets:
        found.wrong(path, f"the branch {branch} never comes to the join {split.join}.", branch)


def _timeless_cycles(model: ScenarioModel, found: Found) -> None:
    """Steps that take neither time nor a slot must not lead round to themselves."""
    timeless = {name for name in model.pathway if _timeless(model, name)}
    cycle = cycle_in(timeless, lambda name: (to for to in after(model, name) if to in timeless))
    if cycle:
        message = f"{_round(cycle)} is a way round that takes no time and no slot: patients would go round for ever."
        found.wrong(("pathway", cycle[0]), message)


def _timeless(model: ScenarioModel, name: str) -> bool:
    """Takes a step neither time nor a slot?"""
    step = model.pathway[name]
    if step.stay or any(model.resources[one].kind == "slots" for one, _ in step.needs if one in model.resources):
        return False
    laws = [law for by_group in (step.duration, step.delay) if by_group for law in by_group.by_group.values()]
    return all(longest(law) == 0 for law in laws)


def _overflow_cycles(model: ScenarioModel, found: Found) -> None:
    """Turned away from step to step, a patient must come to an end."""

    def turned_away(name: str) -> Iterator[str]:
        overflow = model.pathway[name].overflow
        yield from [overflow] if overflow else []

    cycle = cycle_in(set(model.pathway), turned_away)
    if cycle:
        found.wrong(("pathway", cycle[0], "overflow"), f"{_round(cycle)}: overflow leads round in a circle.")


def _seeking_cycles(model: ScenarioModel, found: Found) -> None:
    """Who seeks a place while holding one must not be waited for by those they wait for."""
    seeks: dict[str, dict[str, str]] = {}
    for name, step in model.pathway.items():
        if step.stay and step.stay.secured == "sought":
            for resource, _ in step.needs:
                if resource in model.resources and model.resources[resource].kind == "places":
                    seeks.setdefault(resource, {})[step.stay.in_] = name
    cycle = cycle_in(set(seeks), lambda name: (to for to in seeks.get(name, ()) if to in seeks))
    if cycle:
        steps = [seeks[a][b] for a, b in zip(cycle, [*cycle[1:], cycle[0]], strict=True)]
        message = (
            f"{listed(steps)}: each seeks a place while holding one, {_round(cycle)}; all could wait for each other "
            "for ever. Say secured: reserved at one of them."
        )
        found.wrong(("pathway", steps[0], "stay"), message)


def cycle_in(nodes: set[str], follows: Follows) -> list[str]:
    """One way round among nodes, [] if there is none. Deterministic: by name."""
    done: set[str] = set()
    for start in sorted(nodes):
        way: list[str] = []
        waiting: list[Iterator[str]] = []
        todo: str | None = start
        while todo is not None or waiting:
            if todo is not None and todo in way:
                return way[way.index(todo) :]
            if todo is not None and todo not in done:
                way.append(todo)
                waiting.append(follows(todo))
            todo = next(waiting[-1], None) if waiting else None
            if todo is None and waiting:
                waiting.pop()
                done.add(way.pop())
    return []


def _round(cycle: list[str]) -> str:
    return " -> ".join([*cycle, cycle[0]])


def _unreached(model: ScenarioModel) -> list[str]:
    """Steps no patient ever comes to."""
    left = [step for _, step in _entries(model) if step in model.pathway]
    seen = set(left)
    while left:
        name = left.pop()
        stay = model.pathway[name].stay
        for target in (*after(model, name), *(stay.until if stay else ())):
            if target in model.pathway and target not in seen:
                seen.add(target)
                left.append(target)
    return [name for name in model.pathway if name not in seen]
