"""The two ways on, as changes of the scenario: patients bought from another provider, and lists of our own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from flowsim.errors import Fault, InputError
from flowsim.questions.asked import Asked
from flowsim.questions.extra import Lists, lists_for
from flowsim.questions.refusing import check_names, refused
from flowsim.schema import ScenarioModel, Split, read, text_of

PER_WEEK = 6.0
"""Extra operations a week of our own, where no file says otherwise."""
RISES_UNTIL_WEEKS = 50


@dataclass(frozen=True)
class Terms:
    """What is bought, on what terms."""

    price_sek: float
    groups: tuple[str, ...]
    classes: tuple[int, ...]
    at: str
    then: str
    lead_time: str = "6 weeks"
    weekly_cap: int | None = None
    yearly_cap: int | None = None
    complication_step: str = ""
    complication_share: float = 0.0

    def changes(self, share: float, groups: Sequence[str] = ()) -> list[dict[str, Any]]:
        """Items of `change:` by which so large a share of those who may go are treated elsewhere."""
        if share <= 0:
            return []
        said: dict[str, Any] = {"at": self.at, "share": round(share, 6), "groups": list(groups or self.groups)}
        said |= {"classes": list(self.classes), "price_sek": self.price_sek, "lead_time": self.lead_time}
        said |= {"include_start_queue": True, "then": self.then}
        said |= {"weekly_cap": self.weekly_cap} if self.weekly_cap is not None else {}
        said |= {"yearly_cap": self.yearly_cap} if self.yearly_cap is not None else {}
        if self.complication_step and self.complication_share:
            said |= {"complication_step": self.complication_step, "complication_share": self.complication_share}
        return [{"treat_elsewhere": said}]


def terms_of(asked: Asked, treatment: str, price: float, groups: Sequence[str], **said: Any) -> Terms:
    """The terms for the asked scenario: offered at the decision, not to the urgent; what follows the treatment is ours.

    A return that the pathway makes after the treatment comes home at its usual share. InputError for an unknown
    group, or where no step sets the decision.
    """
    model = asked.base.scenario.model
    own = [name for name, group in model.groups.items() if not group.background]
    check_names(asked.base.path, "--groups", "group", groups, own)
    at = next((name for name, step in model.pathway.items() if step.decision), "")
    if not at:
        raise refused(asked.base.path, "pathway", "no step sets the decision (decision: true): where is it offered?")
    urgent = {group.urgent.klass for group in model.groups.values() if group.urgent is not None}
    classes = sorted({model.groups[name].klass for name in own} - urgent)
    then, back, share = _after(model, treatment, [*groups] or own)
    return Terms(
        price, tuple(groups or own), tuple(classes), at, then, complication_step=back, complication_share=share, **said
    )


def _after(model: ScenarioModel, treatment: str, groups: Sequence[str]) -> tuple[str, str, float]:
    """What follows the treatment as a rule; the likeliest other step that is no new treatment, with its mean share."""
    then = model.pathway[treatment].then
    if then is None or isinstance(then, Split):
        return "elsewhere", "", 0.0
    lead = model.pathway[treatment].needs[0][0]
    shares: dict[str, float] = {}
    for group in groups:
        for target, share in then.targets(group):
            shares[target] = shares.get(target, 0.0) + share / len(groups)
    new = [name for name, step in model.pathway.items() if step.needs and step.needs[0][0] == lead]
    steps = {name: share for name, share in shares.items() if name in model.pathway and name not in new}
    order = sorted(steps, key=lambda name: -steps[name])
    usual = order[0] if order else "elsewhere"
    back = order[1] if len(order) > 1 else ""
    return usual, back, round(steps.get(back, 0.0), 4)


@dataclass(frozen=True)
class Own:
    """Lists of our own: with what they need, and alone in the capacity there is."""

    raised: tuple[Mapping[str, Any], ...]
    per_week: float
    lists: Lists | None = None

    def alone(self, per_week: float) -> list[dict[str, Any]]:
        """So many extra operations a week with nothing raised along."""
        if self.lists is not None:
            return replace(self.lists, along=()).changes(per_week)
        made: list[dict[str, Any]] = []
        for change in self.raised:
            item = change.get("extra_operations")
            if isinstance(item, dict):
                kept = {key: value for key, value in item.items() if key != "with"}
                made.append({"extra_operations": {**kept, "per_week": per_week}})
        return made


def own_lists(asked: Asked, treatment: str, file: str | Path | None, per_week: float) -> Own:
    """Our own extra lists: as a file of changes says, else so many a week with the beds and staff they need.

    InputError if the file holds no extra_operations.
    """
    if file is None:
        start = asked.base.scenario.model.horizon.begin
        until = min(asked.base.scenario.model.horizon.last, start + timedelta(weeks=RISES_UNTIL_WEEKS))
        found = lists_for(asked, treatment, until, None, None, "mon-thu", "17:00-21:00", None, False)
        return Own(tuple(found.changes(per_week)), per_week, found)
    shown = Path(file).as_posix()
    data, _ = read(text_of(shown), shown)
    changes = data.get("change")
    changes = changes if isinstance(changes, list) else []
    items = [one["extra_operations"] for one in changes if isinstance(one, dict) and "extra_operations" in one]
    if not items:
        raise InputError([Fault(shown, 0, "change", "", "holds no extra_operations: what are our own lists?")])
    return Own(tuple(changes), float(items[0].get("per_week", per_week)))
