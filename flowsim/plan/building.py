"""From scenario to plan: names become numbers, durations laws per period and group, the calendar days.

A dated change alters numbers and laws, never what a scenario is made of (`scenario.load` refuses it): steps,
resources, tranches and sources are read from the first period that has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from flowsim import chance
from flowsim.plan.calendar import grid
from flowsim.plan.frame import Frame, law_of
from flowsim.plan.layouts import layouts, lucks
from flowsim.plan.model import FOREVER, Cancellation, Elsewhere, Plan, Resource, Split, Step, Tranche
from flowsim.plan.recipe import Recipe
from flowsim.plan.sources import dated_sources, rate_sources, start_sources
from flowsim.plan.steps import reachable, step_keys, step_lucks, target
from flowsim.plan.together import shared
from flowsim.scenario.loading import load
from flowsim.scenario.parameter_sets import set_number
from flowsim.schema import ElsewhereTerms, Stay
from flowsim.schema import Split as SplitModel
from flowsim.schema import Step as StepModel
from flowsim.tables import DAY_S, ProviderInfo, ResourceInfo, Setting, StepInfo

if TYPE_CHECKING:
    from flowsim.scenario import Scenario


def build(scenario: Scenario) -> Plan:
    """A scenario as plain data for engines and `draw`.

    Raises:
        InputError: a timetable that cannot be read, or ends before the horizon.
    """
    frame = frame_of(scenario)
    days = frame.grid
    return Plan(
        setting=_setting(scenario, frame),
        begin=days.begin_day * DAY_S,
        end=days.end_day * DAY_S,
        week0=days.week0 * DAY_S,
        periods=tuple(day * DAY_S for day in frame.period_days),
        steps=tuple(_step(frame, name) for name in frame.steps),
        resources=tuple(_resource(frame, name) for name in frame.model.resources),
        splits=tuple(_split(frame, split) for split in frame.splits),
        elsewhere=tuple(_elsewhere(frame, terms) for terms in frame.elsewhere.values()),
        background=tuple(group.background for group in frame.model.groups.values()),
        due_days=_due_days(frame),
        iso_year=tuple(year for year, _ in days.iso()[-days.first_week :]),
        recipe=_recipe(scenario, frame),
        sets=_UnderSets(scenario.path, scenario.made, scenario.texts, scenario.warm_up_weeks)
        if scenario.sets
        else None,
    )


@dataclass(frozen=True)
class _UnderSets:
    """Plans of a scenario under its parameter sets, built where they are asked for (a worker, say)."""

    path: str
    made: int | None
    texts: dict[str, str]
    warm_up_weeks: int | None = None

    def __call__(self, replication: int) -> Plan:
        """The plan of a replication."""
        return build(load(self.path, self.made, self.texts, set_number(replication), self.warm_up_weeks))


def frame_of(scenario: Scenario) -> Frame:
    """Names, periods and days of a scenario."""
    model = scenario.model
    days = grid(model.horizon.start, model.horizon.weeks, model.horizon.warm_up)
    periods = {days.begin_day: scenario.periods[0][1]}
    for when, later in scenario.periods[1:]:
        if days.day_of(when) < days.end_day:
            periods[max(days.day_of(when), days.begin_day)] = later
    return Frame(days, tuple(periods), tuple(periods.values()))


def _recipe(scenario: Scenario, frame: Frame) -> Recipe:
    """What the luck is drawn from."""
    model = frame.model
    groups = model.groups.values()
    rates, dated, starts = rate_sources(frame), dated_sources(scenario, frame), start_sources(frame)
    reach = reachable(frame, [*rates, *dated], starts)
    return Recipe(
        grid=frame.grid,
        groups=frame.groups,
        klass=tuple(group.klass for group in groups),
        urgent_class=tuple(group.urgent.klass if group.urgent else group.klass for group in groups),
        urgent_share=tuple(
            tuple(group.urgent.share if group.urgent else 0.0 for group in later.groups.values())
            for later in frame.models
        ),
        period_of_day=frame.period_of_day,
        rates=rates,
        dated=dated,
        starts=starts,
        layouts=layouts(frame),
        luck=lucks(frame),
        keys=step_keys(frame, reach),
        steps=step_lucks(frame),
        together=shared(model, scenario.path),
    )


def _step(frame: Frame, name: str) -> Step:
    """A step, a stay or a provider's step."""
    if name in frame.stays:
        return _stay(frame, frame.stays[name])
    if name not in frame.model.pathway:
        return Step(name, mean_s=_nothing(frame))
    versions = [model.pathway[name] for model in frame.models]
    step = versions[0]
    no_show, rework, pull = (frame.declared(name, part) for part in ("no_show", "rework", "pull"))
    cause = {label: k for k, label in enumerate(causes(frame))}
    return Step(
        name=name,
        needs=tuple((frame.resource[resource], units) for resource, units in step.needs),
        klass=-1 if step.klass is None else step.klass,
        mean_s=tuple(_means(frame, version) for version in versions),
        stay=frame.step[frame.stay_name(name)] if step.stay else -1,
        decision=step.decision,
        linked=step.linked,
        has_delay=any(version.delay is not None for version in versions),
        has_no_show=no_show is not None,
        remove_after=no_show.remove_after if no_show else 0,
        cancellations=tuple(Cancellation(cause[f"cancelled:{c.cause}"], c.refill) for c in step.late_cancellation),
        rework_to=frame.step[rework.to] if rework and not step.stay else -1,
        rework_cap=rework.at_most if rework and not step.stay else 0,
        overflow=frame.step[step.overflow] if step.overflow else -1,
        elsewhere=list(frame.elsewhere).index(name) if name in frame.elsewhere else -1,
        pull_watch=frame.step[pull.watch] if pull else -1,
        pull_below=tuple(version.pull.below if version.pull else FOREVER for version in versions) if pull else (),
        patience_from_decision=tuple(rule.from_ == "decision" for rule in step.patience),
    )


def _means(frame: Frame, step: StepModel) -> tuple[int, ...]:
    """Declared mean seconds by group; 0 only where 0 is declared."""
    if step.duration is None:
        return (0,) * len(frame.groups)
    means = [chance.mean(law_of(step.duration.of(group))) for group in frame.groups]
    return tuple(int(chance.to_seconds(mean, zero=mean == 0)) for mean in means)


def _nothing(frame: Frame) -> tuple[tuple[int, ...], ...]:
    """Means of what takes no time, or whose length no closing asks for."""
    return ((0,) * len(frame.groups),) * len(frame.models)


def _stay(frame: Frame, of: str) -> Step:
    """The stay of a step: it holds its place, and the step's routes and rework follow it."""
    step = frame.model.pathway[of]
    stay = cast("Stay", step.stay)
    rework = frame.declared(of, "rework")
    return Step(
        name=frame.stay_name(of),
        needs=((frame.resource[stay.in_], 1),),
        mean_s=_nothing(frame),
        stay_of=frame.step[of],
        sought=stay.secured == "sought",
        nights=stay.nights is not None,
        discharge_s=stay.discharge_time,
        same_day_s=stay.same_day_discharge_time,
        until=tuple(frame.step[name] for name in stay.until),
        rework_to=frame.step[rework.to] if rework else -1,
        rework_cap=rework.at_most if rework else 0,
    )


def _resource(frame: Frame, name: str) -> Resource:
    """A resource with its tranches and queue rules."""
    model: Any = frame.model.resources[name]
    further = [
        Tranche(label, tuple(frame.step[step] for step in tranche.only), getattr(tranche, "overtime", 0))
        for label, tranche in model.tranches.items()
    ]
    kept = getattr(model, "kept", None)
    return Resource(
        name=name,
        kind=model.kind,
        tranches=(Tranche("regular", (), getattr(model, "overtime", 0)), *further),
        unlimited=getattr(model, "unlimited", False),
        order=model.order,
        skip=model.if_head_cannot_start == "skip",
        maximum_queue=-1 if model.maximum_queue is None else model.maximum_queue,
        suspend=getattr(model, "at_closing", "finish") == "suspend",
        interruption=getattr(model, "interruption", "none"),
        kept_class=-2 if kept is None else (kept.klass if kept.for_ == "urgent" else -1),
    )


def _split(frame: Frame, split: SplitModel) -> Split:
    """Parallel branches by number."""
    return Split(tuple(frame.step[name] for name in split.branches), frame.step[split.join])


def _elsewhere(frame: Frame, terms: ElsewhereTerms) -> Elsewhere:
    """Another provider's terms by number."""
    return Elsewhere(
        provider=list(frame.providers).index(terms.provider),
        step=frame.step[terms.provider],
        weekly_cap=-1 if terms.weekly_cap is None else terms.weekly_cap,
        yearly_cap=-1 if terms.yearly_cap is None else terms.yearly_cap,
        then=target(frame, terms.then),
        complication_step=frame.step[terms.complication_step] if terms.complication_step else -1,
        include_start_queue=terms.include_start_queue,
    )


def _due_days(frame: Frame) -> tuple[tuple[int, int, bool], ...]:
    """Guarantee limits by step number."""
    limits = (("first_visit", False), ("treatment", True))
    found = [(getattr(frame.model.guarantee, name), from_decision) for name, from_decision in limits]
    return tuple((frame.step[limit.step], limit.days, decision) for limit, decision in found if limit)


def causes(frame: Frame) -> tuple[str, ...]:
    """Why capacity is lost, in the order of `Setting.causes`."""
    declared = (c.cause for step in frame.model.pathway.values() for c in step.late_cancellation)
    return (
        *("nobody_waiting", "closing", "no_show", "blocked", "pull", "kept"),
        *dict.fromkeys(f"cancelled:{cause}" for cause in declared),
        *(f"missing:{resource}" for resource in frame.model.resources),
    )


def _setting(scenario: Scenario, frame: Frame) -> Setting:
    """What readers of the tables must know."""
    model = frame.model
    guarantee = [(name, getattr(model.guarantee, name)) for name in ("first_visit", "treatment")]
    return Setting(
        scenario=scenario.name,
        title=scenario.title,
        title_sv=scenario.title_sv or "",
        start=model.horizon.start,
        weeks=model.horizon.weeks,
        groups=frame.groups,
        steps=tuple(_step_info(frame, name) for name in frame.steps),
        resources=tuple(
            ResourceInfo(
                name,
                resource.kind,
                ("regular", *resource.tranches),
                (0.0, *(tranche.price_sek_per_unit for tranche in resource.tranches.values())),
            )
            for name, resource in model.resources.items()
        ),
        causes=causes(frame),
        background=tuple(name for name, group in model.groups.items() if group.background),
        providers=tuple(_provider(terms) for terms in frame.providers.values()),
        spans=tuple((name, span.from_, span.to) for name, span in model.spans.items()),
        guarantee=tuple((name, limit.step, float(limit.days)) for name, limit in guarantee if limit),
        assumed=tuple(_assumed(model)),
    )


def _step_info(frame: Frame, name: str) -> StepInfo:
    """A step as readers of the tables know it."""
    of = frame.stays.get(name, name)
    step = frame.model.pathway.get(of)
    if step is None:
        return StepInfo(name)
    needs = ((step.stay.in_, 1),) if step.stay and name in frame.stays else step.needs
    return StepInfo(
        name=name,
        lead=needs[0][0] if needs else "",
        needs=needs,
        kpp=step.kpp,
        stay_of=of if name in frame.stays else "",
        value_adding=step.value_adding,
        waste=step.waste,
    )


def _provider(terms: ElsewhereTerms) -> ProviderInfo:
    """Another provider's prices."""
    return ProviderInfo(
        terms.provider, terms.price_sek, terms.own_follow_up_sek, terms.complication_share, terms.complication_sek
    )


def _assumed(entry: Any, path: str = "") -> Iterator[str]:
    """'key: what is assumed' for every mapping that says so."""
    if isinstance(entry, dict):
        for key, value in entry.items():
            yield from _assumed(value, f"{path}.{key}" if path else str(key))
    elif isinstance(entry, list | tuple):
        for k, value in enumerate(entry):
            yield from _assumed(value, f"{path}[{k}]")
    elif hasattr(type(entry), "model_fields"):
        text = getattr(entry, "assumed", None)
        if text:
            yield f"{path or 'scenario'}: {text if isinstance(text, str) else 'assumed'}"
        for key in type(entry).model_fields:
            yield from _assumed(getattr(entry, key), f"{path}.{key.rstrip('_')}" if path else key.rstrip("_"))
