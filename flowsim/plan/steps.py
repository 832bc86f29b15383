"""Laws and shares of every step, by period and group, and who can be where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from flowsim.plan.frame import AT_ONCE, Frame, law_of
from flowsim.plan.model import BACK
from flowsim.plan.recipe import (
    CancelLuck,
    DatedSource,
    ElsewhereLuck,
    Laws,
    RateSource,
    Routing,
    StartSource,
    StepKey,
    StepLuck,
)
from flowsim.schema import ElsewhereTerms, Routes, ScenarioModel, Split
from flowsim.schema import Step as StepModel
from flowsim.tables import ENDED


def target(frame: Frame, name: str) -> int:
    """The code of a step, or of an end."""
    return frame.step[name] if name in frame.step else -1 - ENDED.index(name)


def step_lucks(frame: Frame) -> tuple[tuple[StepLuck, ...], ...]:
    """[period][step]."""
    return tuple(tuple(_luck(frame, model, name) for name in frame.steps) for model in frame.models)


def _luck(frame: Frame, model: ScenarioModel, name: str) -> StepLuck:
    """A step's, a stay's or a provider's step's laws in one period."""
    of = frame.stays.get(name, name)
    step = model.pathway.get(of)
    if step is None:
        back = Routing((-1 - ENDED.index("elsewhere"),), (1.0,))
        return StepLuck(frame.laws(None), (back,) * len(frame.groups), elsewhere=_provided(frame, model, name))
    routing = _routing(frame, step)
    rework = step.rework.share if step.rework else 0.0
    if name in frame.stays and step.stay:
        return StepLuck(frame.laws(step.stay.nights or step.stay.duration), routing, rework)
    nothing: Laws = ()
    return StepLuck(
        duration=frame.laws(step.duration),
        routing=routing,
        rework_share=rework,
        delay=frame.laws(step.delay) if step.delay else nothing,
        no_show=(step.no_show.share,) * len(frame.groups) if step.no_show and step.no_show.share else (),
        rebook=_same(frame, step.no_show.rebook_after) if step.no_show else nothing,
        cancellations=tuple(
            CancelLuck(c.share, _same(frame, c.rebook_after), c.leave_share) for c in step.late_cancellation
        ),
        patience=tuple(frame.laws(rule.after) for rule in step.patience),
        elsewhere=_elsewhere(frame, step.elsewhere) if step.elsewhere else None,
    )


def _same(frame: Frame, law: object) -> Laws:
    """One law for every group."""
    return (law_of(law),) * len(frame.groups)


def _routing(frame: Frame, step: StepModel) -> tuple[Routing, ...]:
    """Where each group goes, in the order of the file; back to its stay from a side step without `then`."""
    if step.then is None:
        return (Routing((BACK,), (1.0,)),) * len(frame.groups)
    if isinstance(step.then, Split):
        code = len(frame.steps) + frame.splits.index(step.then)
        return (Routing((code,), (1.0,)),) * len(frame.groups)
    made: dict[tuple[tuple[str, float], ...], Routing] = {}
    for group in frame.groups:
        table = step.then.targets(group)
        if table not in made:
            shares = np.cumsum([share for _, share in table])
            codes = tuple(target(frame, name) for name, _ in table)
            made[table] = Routing(codes, tuple((shares / shares[-1]).tolist()))
    return tuple(made[step.then.targets(group)] for group in frame.groups)


def _provided(frame: Frame, model: ScenarioModel, provider: str) -> ElsewhereLuck:
    """The luck of a provider's step: lead time and complications by the terms of (the first of) those who send."""
    sender = next(name for name, terms in frame.elsewhere.items() if terms.provider == provider)
    return _elsewhere(frame, model.pathway[sender].elsewhere or frame.elsewhere[sender])


def _elsewhere(frame: Frame, terms: ElsewhereTerms) -> ElsewhereLuck:
    """Who is marked for another provider."""
    eligible = frame.groups if terms.groups is None else terms.groups
    return ElsewhereLuck(
        shares=tuple(terms.share if group in eligible else 0.0 for group in frame.groups),
        classes=terms.classes or (),
        lead_time=law_of(terms.lead_time) if terms.lead_time else AT_ONCE,
        complication_share=terms.complication_share,
    )


def step_keys(frame: Frame, reach: list[set[str]]) -> tuple[StepKey, ...]:
    """How each step's luck is named, and which groups can be there (`reach`: steps by group)."""
    return tuple(
        StepKey(
            name=name,
            routed_as=frame.stays.get(name, name),
            nights=_in_nights(frame, name),
            groups=tuple(name in steps for steps in reach),
            patience_from_decision=_from_decision(frame, name),
        )
        for name in frame.steps
    )


def _in_nights(frame: Frame, name: str) -> bool:
    """Whether it is a stay in nights."""
    stay = frame.model.pathway[frame.stays[name]].stay if name in frame.stays else None
    return stay is not None and stay.nights is not None


def _from_decision(frame: Frame, name: str) -> tuple[bool, ...]:
    """Which patience rules of a step count from the decision."""
    step = frame.model.pathway.get(name)
    return tuple(rule.from_ == "decision" for rule in step.patience) if step else ()


def reachable(
    frame: Frame, sources: Sequence[RateSource | DatedSource], starts: Sequence[StartSource]
) -> list[set[str]]:
    """Steps each group can come to, whatever the probabilities."""
    follows = {name: [to for to in _following(frame, name) if to in frame.step] for name in frame.steps}
    out = []
    for g in range(len(frame.groups)):
        entries = {source.step for source in sources if _brings(source, g)}
        entries |= {start.step for start in starts if np.diff(start.group_cumulative, prepend=0.0)[g] > 0}
        seen: set[str] = set()
        left = [frame.steps[step] for step in entries]
        while left:
            name = left.pop()
            if name not in seen:
                seen.add(name)
                left += follows[name]
        out.append(seen)
    return out


def _brings(source: RateSource | DatedSource, group: int) -> bool:
    """Whether a source brings patients of a group."""
    if isinstance(source, RateSource):
        return bool(source.shares[:, group].any())
    return bool((source.group == group).any())


def _following(frame: Frame, name: str) -> Iterator[str]:
    """Steps that may come right after a step, in any period, for any group."""
    of = frame.stays.get(name, name)
    for model in frame.models:
        step = model.pathway.get(of)
        if step is None:
            for terms in frame.elsewhere.values():
                yield from (terms.then, terms.complication_step or "") if terms.provider == name else ()
            continue
        if step.stay:
            yield frame.stay_name(of)
            yield from step.stay.until
        if isinstance(step.then, Split):
            yield from (*step.then.branches, step.then.join)
        elif isinstance(step.then, Routes):
            yield from (to for table in step.then.by_group.values() for to in table.to)
        yield from (s for s in (step.overflow, step.rework.to if step.rework else None) if s)
        if step.elsewhere:
            yield step.elsewhere.provider
