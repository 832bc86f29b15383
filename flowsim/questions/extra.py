"""How extra operations are made: lists of their own, with the staff and beds they need, and what they cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flowsim import arithmetic
from flowsim.errors import Fault, InputError
from flowsim.plan.model import BACK, Plan
from flowsim.questions.units import unit
from flowsim.questions.wording import DASH, Said, both, listed, named
from flowsim.schema import nearest

if TYPE_CHECKING:
    from flowsim.questions.asked import Asked

TRANCHE, RELIEF = "extra_lists", "relief"
"""Names of the tranches a question adds."""
LEAD_WEEKS = 2
"""From the start until the first extra list, unless said otherwise."""
OFF_BELOW = 0.8
"""No extra lists in weeks whose season is lower: those who would staff them are on leave."""
BEDS_SPARE = 1.5
"""Beds for extra operations, of the mean they fill: lists come on few days, and stays vary."""
PULL_WEEKS = 2
"""A ready list that is filled by pull is allowed so many weeks of extra operations more."""
PLENTY_OF = 3.0
"""Times what an operation takes of what goes along: never too little."""


@dataclass(frozen=True)
class Along:
    """A resource raised along with the operations."""

    resource: str
    kind: str
    per_operation: float
    """Slots a week, servers or places for one more operation a week."""
    price: float
    """SEK per unit offered (slot, server-hour, place-day)."""

    def amount(self, operations: float) -> float:
        """For so many extra operations a week; places are whole."""
        amount = operations * self.per_operation
        return float(math.ceil(amount - 1e-9)) if self.kind == "places" else round(amount, 2)


@dataclass(frozen=True)
class Lists:
    """The extra lists: on what, when, at what price, and what is raised along."""

    step: str
    resource: str
    begins: date
    ends: date
    price: float
    days: str = ""
    hours: str = ""
    off_below: float = OFF_BELOW
    along: tuple[Along, ...] = ()
    pulls: tuple[str, ...] = ()
    """Steps that fill the ready list by pull."""
    shared: tuple[str, ...] = ()
    """Resources on the patients' way that other departments use too: left as they are."""
    given: tuple[str, ...] = ()
    """Resources on the way whose amount the files of --with settle."""
    name: str = TRANCHE
    """What the lists are called in the scenario."""
    longest: float = 0.0
    """Regular slots a week, where the extra ones are kept for the longest waiters; 0: no such rule."""

    def changes(self, operations: float) -> list[dict[str, Any]]:
        """So many extra operations a week, as items of a scenario's `change:`."""
        if operations <= 0:
            return []
        along = {one.resource: _priced(one.amount(operations), one.price) for one in self.along}
        item: dict[str, Any] = {"resource": self.resource, "per_week": operations, "name": self.name}
        item |= {"days": self.days} if self.days else {}
        item |= {"hours": self.hours} if self.hours else {}
        item |= {"from": self.begins.isoformat(), "to": self.ends.isoformat()}
        item |= {"not_when_season_below": self.off_below, "price_sek_per_unit": self.price}
        item |= {"with": along} if along else {}
        more = math.ceil(PULL_WEEKS * operations)
        pulls = [{"where": f"pathway.{step}.pull.below", "add": more} for step in self.pulls]
        return [{"extra_operations": item}, *pulls, *self._kept(operations)]

    def _kept(self, operations: float) -> list[dict[str, Any]]:
        """The share of all slots that the extra ones are, for the longest waiters."""
        if not self.longest:
            return []
        share = round(operations / (operations + self.longest), 4)
        return [{"where": f"resources.{self.resource}.kept", "set": {"share": share, "for": "longest_wait"}}]

    def unlimited(self, operations: float) -> list[dict[str, Any]]:
        """Operations with more staff and beds than they can use: what no number of lists could better."""
        further = ((one, one.amount(PLENTY_OF * operations)) for one in self.along)
        return [
            *self.changes(operations),
            *(self.relieved(a.resource, a.kind, amount, name="plenty") for a, amount in further),
        ]

    def relieved(
        self, resource: str, kind: str, amount: float, price: float = 0.0, name: str = RELIEF
    ) -> dict[str, Any]:
        """So much more of one resource while the lists go on."""
        key = {"slots": "per_week", "staff": "servers", "places": "places"}[kind]
        item: dict[str, Any] = {
            "resource": resource,
            key: amount,
            "name": name if self.name == TRANCHE else f"{self.name}_{name}",
        }
        item |= {"from": self.begins.isoformat(), "to": self.ends.isoformat()}
        return {"extra_capacity": item | ({"price_sek_per_unit": price} if price else {})}

    @property
    def assumed(self) -> tuple[Said, ...]:
        """What the lists rest on, in words."""
        return tuple(_assumptions(self))


def lists_for(
    asked: Asked, step: str, by: date, begins: date | None, ends: date | None, days: str, hours: str,
    price: float | None, longest: bool,
) -> Lists:  # fmt: skip
    """The extra lists for a step of the asked scenario.

    Raises:
        InputError: there is no such step, or it is not limited by slots.
    """
    made = asked.today.plan
    place = _place_of(made, step, asked.base.path)
    lead = made.resources[made.steps[place].lead]
    start = made.setting.start
    begins = begins or start + timedelta(weeks=LEAD_WEEKS, days=(-start.weekday()) % 7)
    ends = ends or by - timedelta(days=(by.weekday() - 4) % 7)
    if not start <= begins <= ends:
        raise InputError([Fault("", 0, "--from, --to", f"{begins} - {ends}", "leave no time for extra lists.")])
    prices = prices_of(asked)
    found = _along(made, place, prices)
    shared = _shared(made)
    staffed = any(made.resources[r].kind == "staff" for r, _ in made.steps[place].needs)
    pulls = tuple(s.name for s in made.steps if s.pull_watch == place)
    regular = float(arithmetic.planned_per_week(made)[made.steps[place].lead])
    return Lists(
        step, lead.name, begins, ends, prices.get(lead.name, 0.0) if price is None else price,
        "" if staffed else days, "" if staffed else hours,
        along=tuple(a for a in found if a.resource not in (*shared, *asked.base.given)),
        pulls=pulls,
        shared=tuple(a.resource for a in found if a.resource in shared and a.resource not in asked.base.given),
        given=tuple(a.resource for a in found if a.resource in asked.base.given),
        longest=regular if longest else 0.0,
    )  # fmt: skip


def _place_of(made: Plan, step: str, path: str) -> int:
    """The step's number; it must be limited by slots."""
    names = [one.name for one in made.steps]
    if step not in names:
        have = ", ".join(s.name for s in made.steps if s.lead >= 0 and s.stay_of < 0)
        message = f"there is no such step. It has: {have}.{nearest(step, names)}"
        raise InputError([Fault(path, 0, "--step", step, message)])
    lead = made.steps[names.index(step)].lead
    if lead < 0 or made.resources[lead].kind != "slots":
        what = "nothing" if lead < 0 else f"{made.resources[lead].kind} ({made.resources[lead].name})"
        message = f"is limited by {what}; this question adds slots, of a step that needs some."
        raise InputError([Fault(path, 0, "--step", step, message)])
    return names.index(step)


def prices_of(asked: Asked) -> dict[str, float]:
    """SEK per further unit, by resource, from the unit cost file."""
    costs = asked.unit_costs
    return {} if costs is None else {name: one.extra_sek_per_unit / 100 for name, one in costs.resources.items()}


def _along(made: Plan, place: int, prices: dict[str, float]) -> list[Along]:
    """What one more operation a week takes of each resource on the way from the decision to the discharge."""
    expected = arithmetic.expect(made)
    done = float(expected.done[place].sum())
    if done <= 0:
        return []
    road = _road(made, place)
    asked: dict[int, float] = {}
    for step in road:
        for resource, _ in made.steps[step].needs:
            asked[resource] = asked.get(resource, 0.0) + float(expected.asked[resource, step]) / done
    lead = made.steps[place].lead
    found = []
    for resource, units in asked.items():
        one = made.resources[resource]
        if resource != lead and not one.unlimited and units > 0:
            per = {"slots": units, "places": BEDS_SPARE * units / 7, "staff": 0.0}[one.kind]
            if one.kind == "staff":
                regular = float(arithmetic.planned_per_week(made)[lead])
                hours = float(arithmetic.planned_per_week(made)[resource])
                per = units / hours * _servers(made, resource) if regular and hours else 0.0
            found.append(Along(one.name, one.kind, per, prices.get(one.name, 0.0)))
    return found


def _servers(made: Plan, resource: int) -> float:
    """Servers on an ordinary open day."""
    recipe = made.recipe
    if recipe is None:
        return 1.0
    return float(max(part.amount.max() for part in recipe.layouts[resource].parts))


def _road(made: Plan, place: int) -> list[int]:
    """Steps from the decision to this one, this one, and its stay."""
    after = [_next(made, k) for k in range(len(made.steps))]
    leads_here = {place}
    while grown := {k for k in range(len(made.steps)) if after[k] & leads_here} - leads_here:
        leads_here |= grown
    decided = {k for k, one in enumerate(made.steps) if one.decision}
    reach = set(decided)
    while grown := {n for k in reach for n in after[k]} - reach:
        reach |= grown
    stay = made.steps[place].stay
    return sorted((leads_here & reach & _forward(after, decided, place)) | {place} | ({stay} if stay >= 0 else set()))


def _forward(after: Sequence[set[int]], decided: set[int], place: int) -> set[int]:
    """Steps met from the decision on without passing the step itself."""
    reach = set(decided)
    while grown := {n for k in reach if k != place for n in after[k]} - reach:
        reach |= grown
    return reach


def _next(made: Plan, step: int) -> set[int]:
    """Steps that may follow a step, side steps and stays apart."""
    recipe = made.recipe
    found: set[int] = set()
    if recipe is None:
        return found
    for luck in (period[step] for period in recipe.steps):
        for routing in luck.routing:
            for target in routing.targets:
                if target == BACK or target < 0:
                    continue
                if target < len(made.steps):
                    found.add(int(target))
                else:
                    split = made.splits[target - len(made.steps)]
                    found |= {*split.branches, split.join}
    return found


def _shared(made: Plan) -> tuple[str, ...]:
    """Resources that other departments use too."""
    expected = arithmetic.expect(made)
    others = [k for k, background in enumerate(made.background) if background]
    if not others:
        return ()
    steps = [k for k in range(len(made.steps)) if expected.visits[k, others].sum() > 0]
    return tuple(dict.fromkeys(made.resources[r].name for k in steps for r, _ in made.steps[k].needs))


def _priced(amount: float, price: float) -> Any:
    amount = int(amount) if float(amount).is_integer() else amount
    return {"amount": amount, "price_sek_per_unit": price} if price else amount


def _assumptions(lists: Lists) -> list[Said]:
    """When, where, with what, at what price."""
    when = both(lambda say: f"{say.day(lists.begins, False)}–{say.day(lists.ends)}")
    hours = lists.hours.replace("-", DASH)
    found = [
        Said(
            f"Extra listor {when.sv}" + (f", {_days_sv(lists.days)} kl. {hours}" if lists.days else "")
            + ", inte i veckor då ordinarie program är under 80 % (sommar, jul).",
            f"Extra lists {when.en}" + (f", {lists.days} {hours}" if lists.days else "")
            + ", none in weeks with less than 80% of the ordinary programme (summer, Christmas).",
        )
    ]  # fmt: skip
    if lists.along:
        names = both(lambda say: say.listed([unit(one.resource, one.kind, 2, say) for one in lists.along]))
        found.append(
            Said(
                f"Det som operationerna behöver följer med: {names.sv}.",
                f"What the operations need comes along: {names.en}.",
            )
        )
    if lists.given:
        names = listed([named(one) for one in lists.given])
        found.append(Said(f"Enligt bifogad fil: {names.sv}.", f"As the file of --with says: {names.en}."))
    if lists.shared:
        names = listed([named(one) for one in lists.shared])
        found.append(
            Said(
                f"Oförändrat, delas med andra avdelningar: {names.sv}.",
                f"Unchanged, shared with other departments: {names.en}.",
            )
        )
    if lists.price:
        found.append(
            both(
                lambda say: say.pick(
                    f"En extra operationstid kostar {say.sek(lists.price)} i personal, använd eller inte.",
                    f"An extra slot costs {say.sek(lists.price)} in staff, used or not.",
                )
            )
        )
    return found


_DAYS_SV = {"mon": "mån", "tue": "tis", "wed": "ons", "thu": "tors", "fri": "fre", "sat": "lör", "sun": "sön"}


def _days_sv(days: str) -> str:
    for english, swedish in _DAYS_SV.items():
        days = days.replace(english, swedish)
    return days.replace("-", "–")
