"""freed-beds: how many beds a changed stay frees, or takes: the fewest with which no fewer are operated than today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy.special import stdtrit

from flowsim.errors import Fault, InputError
from flowsim.plan.model import Plan
from flowsim.questions.answer import Answer, Figure, Series, Table
from flowsim.questions.asked import Asked
from flowsim.questions.cases import Base, Case
from flowsim.questions.extra import prices_of
from flowsim.questions.wording import Said, Say, both
from flowsim.tables import DAY_S, NEVER, OUTCOMES, Rows

YEAR_WEEKS, RUNS, MOST_BEDS = 52, 60, 4
"""Weeks compared, replications of each number, and times today's beds that are tried at most."""
ALIKE = 0.005
"""No fewer operations: at most this share of them."""
SHOWN = 6
_DONE = (OUTCOMES.index("done"), OUTCOMES.index("open"))


@dataclass(frozen=True)
class Throughput:
    """Measure: operations of a step over the run, the share of its slots lost for want of a bed, and the mean stay."""

    step: str
    beds: str

    def __call__(self, rows: Rows, plan: Plan) -> np.ndarray:
        """[operations, share, days]."""
        step = [one.name for one in plan.steps].index(self.step)
        c, capacity, losses = rows["contacts"], rows["capacity"], rows["losses"]
        done = (c["step"] == step) & (c["provider"] == 0) & np.isin(c["outcome"], _DONE) & (c["started_s"] >= 0)
        lead, cause = plan.steps[step].lead, plan.setting.causes.index(f"missing:{self.beds}")
        offered = capacity["offered"][capacity["resource"] == lead].sum()
        lost = losses["lost"][(losses["resource"] == lead) & (losses["cause"] == cause)].sum()
        stays = (c["step"] == plan.steps[step].stay) & (c["started_s"] >= 0) & (c["finished_s"] != NEVER)
        days = (c["finished_s"][stays].astype(np.int64) - c["started_s"][stays]) / DAY_S
        return np.array([done.sum(), lost / max(1.0, float(offered)), days.mean() if len(days) else np.nan])


@dataclass(frozen=True)
class Tried:
    """A number of beds with the changed stay: operations against today (95 % interval), and slots lacking a bed."""

    beds: int
    difference: float
    half: float
    lacking: float


@dataclass
class Freed:
    """All that the sheet says."""

    step: str
    ward: str
    today: int
    """Beds of today."""
    operations: float
    lacking: float
    """Share of slots that lack a bed today."""
    change: Said
    price: float
    """SEK per further place-day."""
    days: tuple[float, float] = (np.nan, np.nan)
    """Mean stay in days, today's and the changed one."""
    tried: dict[int, Tried] = field(default_factory=dict)
    needed: int | None = None

    @property
    def beds(self) -> int:
        """Beds freed by the stay of today, if the changed one is longer; by the changed one, if it is shorter."""
        return 0 if self.needed is None else self.needed - self.today


def ask(asked: Asked, *, step: str = "surgery") -> Answer:
    """The answer; the changed stay is in the file of --with.

    Raises:
        InputError: there is no such step with a stay in places, or no file changes anything.
    """
    made = asked.bare.plan
    ward, today = _ward_of(asked, made, step)
    if not asked.base.texts:
        raise InputError([Fault(asked.base.path, 0, "--with", "", "is needed: a file that changes the stay.")])
    measure = Throughput(step, ward)
    now = asked.runs.evaluate(asked.bare, measure, range(RUNS), YEAR_WEEKS)
    one = asked.base.scenario
    change = Said(one.title_sv or one.title, one.title)
    found = Freed(
        step, ward, today, float(now[:, 0].mean()), float(now[:, 1].mean()), change, prices_of(asked).get(ward, 0.0),
        (float(np.nanmean(now[:, 2])), np.nan),
    )  # fmt: skip

    def enough(beds: int) -> bool:
        case = _with_beds(asked.base, ward, beds)
        numbers = asked.runs.evaluate(case, measure, range(RUNS), YEAR_WEEKS)
        difference = numbers[:, 0] - now[:, 0]
        half = float(stdtrit(RUNS - 1, 0.975) * difference.std(ddof=1) / np.sqrt(RUNS))
        found.days = (found.days[0], float(np.nanmean(numbers[:, 2])))
        found.tried[beds] = Tried(beds, float(difference.mean()), half, float(numbers[:, 1].mean()))
        return found.tried[beds].difference >= -ALIKE * found.operations

    found.needed = _fewest(enough, today)
    return _sheet(asked, found)


def _ward_of(asked: Asked, made: Plan, step: str) -> tuple[str, int]:
    """The places a step's stay is in, and how many there are today."""
    names = [one.name for one in made.steps]
    stay = made.steps[names.index(step)].stay if step in names else -1
    if stay < 0:
        having = ", ".join(s.name for s in made.steps if s.stay >= 0)
        raise InputError([Fault(asked.base.path, 0, "--step", step, f"is no step with a stay. There is: {having}.")])
    ward = made.resources[made.steps[stay].needs[0][0]].name
    places = getattr(asked.bare.scenario.model.resources[ward], "places", None)
    if not places:
        raise InputError([Fault(asked.base.path, 0, f"resources.{ward}", "", "has no number of places to change.")])
    return ward, int(places)


def _with_beds(base: Base, ward: str, beds: int) -> Case:
    return base.case(
        f"{base.scenario.name}_{beds}_beds",
        [{"where": f"resources.{ward}.places", "set": beds}],
        f"{base.scenario.title}, {beds} beds",
        f"{base.scenario.title_sv or base.scenario.title}, {beds} vårdplatser",
    )


def _fewest(enough: Callable[[int], bool], today: int) -> int | None:
    """The fewest that are enough, galloping from today's number and bisecting."""
    low, high = 0, MOST_BEDS * today
    at, stride = today, 1
    if enough(today):
        high = today
        while at > 1 and enough(at := max(1, high - stride)):
            high, stride = at, 2 * stride
        low = at if high != at else 0
    else:
        low = today
        while not enough(at := min(MOST_BEDS * today, low + stride)):
            if at == MOST_BEDS * today:
                return None
            low, stride = at, 2 * stride
        high = at
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _sheet(asked: Asked, found: Freed) -> Answer:
    needed = found.needed
    realised = None if needed is None else _with_beds(asked.base, found.ward, needed).realised
    return Answer(
        question="freed_beds",
        title=Said("Vad betyder vårdtiden för antalet vårdplatser?", "What does the stay mean for the number of beds?"),
        sentence=both(lambda say: _sentence(found, say)),
        table=_table(found),
        figure=_figure(found),
        assumed=(
            both(lambda say: say.pick(
                f"Lika många operationer på ett år (högst {say.percent(ALIKE, 1)} färre) räknas som lika bra; köerna"
                " för övrigt som de blir.",
                f"As many operations in a year (at most {say.percent(ALIKE, 1)} fewer) count as good as today's; queues"
                " otherwise as they come out.",
            )),
            *_money(found),
            Said("Utskrivning, återinskrivning och säsong som i scenariot.",
                 "Discharge, readmission and season as in the scenario."),
        ),
        would_change=(
            Said("Utskrivning tidigare på dagen; färre operationer på torsdagar och fredagar.",
                 "Discharge earlier in the day; fewer operations on Thursdays and Fridays."),
        ),
        effort=asked.effort(Said(f"{RUNS} år för varje antal platser", f"{RUNS} years for each number of beds"), True),
        verdict="no" if needed is None else "yes",
        scenario=realised,
        numbers={
            "today": found.today, "needed": needed, "freed": found.beds, "operations": found.operations,
            "tried": [vars(one) for one in found.tried.values()],
        },
    )  # fmt: skip


def _sentence(found: Freed, say: Say) -> str:
    """What the changed stay takes, or frees."""
    change = found.change("sv" if say.sv else "en")
    if found.needed is None:
        return say.pick(
            f"Med {change.lower()} räcker inte ens {MOST_BEDS * found.today} platser till lika många operationer.",
            f"With {change.lower()} not even {MOST_BEDS * found.today} beds are enough for as many operations.",
        )
    same = found.tried.get(found.today)
    freed = _freed(found, say)
    fewer = "" if same is None else f"{say.number(abs(same.difference))} ± {say.number(same.half)}"
    now, then = (_stay(days, say) for days in found.days)
    if found.beds > 0:
        first = say.pick(
            f"Dagens vårdtid{now} frigör {freed}: {change.lower()}{then} hade krävt {found.needed} i stället för"
            f" {found.today} för lika många operationer.",
            f"Today's stay{now} frees {freed}: {change.lower()}{then} would take {found.needed} instead of"
            f" {found.today} for as many operations.",
        )
        lost = say.pick(f" Med {found.today} platser skulle {fewer} färre opereras om året.",
                        f" With {found.today} beds {fewer} fewer would be operated a year.")  # fmt: skip
        return first + (lost if same is not None else "")
    if found.beds == 0:
        return say.pick(
            f"Ingen plats kan stängas utan färre operationer: {change.lower()}{then} ger i stället {fewer} fler om"
            " året.",
            f"No bed can be closed without fewer operations: {change.lower()}{then} gives {fewer} more a year instead.",
        )
    return say.pick(
        f"{change}{then} frigör {freed}: {found.needed} räcker i stället för {found.today}{_one_less(found, say)}.",
        f"{change}{then} frees {freed}: {found.needed} are enough instead of {found.today}{_one_less(found, say)}.",
    )


def _stay(days: float, say: Say) -> str:
    """(1,7 dygn i medel)."""
    if not np.isfinite(days):
        return ""
    return say.pick(f" ({say.number(days, 1)} dygn i medel)", f" ({say.number(days, 1)} days on average)")


def _freed(found: Freed, say: Say) -> str:
    """So many beds, and what they are worth a year: 'en vårdplats, värd 1,3 Mkr om året'."""
    many, alone = say.count(abs(found.beds)), abs(found.beds) == 1
    if alone and not say.sv:
        many = "one"
    text = f"{many} {say.pick('vårdplats' if alone else 'vårdplatser', 'bed' if alone else 'beds')}"
    if not found.price:
        return text
    worth = say.msek(abs(found.beds) * 365 * found.price)
    return text + say.pick(f", {'värd' if alone else 'värda'} {worth} om året", f", worth {worth} a year")


def _one_less(found: Freed, say: Say) -> str:
    """Operations at the number that is enough, and what one bed less would cost."""
    enough, less = (found.tried.get(beds) for beds in (found.needed or 0, (found.needed or 0) - 1))
    if enough is None:
        return ""
    text = say.pick(
        f", med {say.signed(enough.difference)} ± {say.number(enough.half)} operationer om året",
        f", with {say.signed(enough.difference)} ± {say.number(enough.half)} operations a year",
    )
    if less is None:
        return text
    return text + say.pick(
        f" (med en plats färre {say.signed(less.difference)} ± {say.number(less.half)})",
        f" (with one bed less {say.signed(less.difference)} ± {say.number(less.half)})",
    )


def _money(found: Freed) -> tuple[Said, ...]:
    """What a bed is counted at, and when the money is there."""
    if not found.price:
        return ()
    return (
        both(
            lambda say: say.pick(
                f"En vårdplats räknas till {say.sek(found.price)} per dygn. Pengarna finns bara om platser stängs;"
                " annars kan de användas till andra patienter.",
                f"A bed counts as {say.sek(found.price)} a day. The money is there only if beds are closed; otherwise"
                " they can be used for other patients.",
            )
        ),
    )


def _table(found: Freed) -> Table:
    """Numbers tried around the answer, today's first."""
    now, then = (both(lambda say, d=days: _stay(d, say)) for days in found.days)  # type: ignore[misc]
    rows = [(
        Said(f"dagens{now.sv}", f"today's{now.en}"), both(lambda say: say.number(found.today)),
        both(lambda say: say.number(found.operations)), both(lambda say: say.percent(found.lacking, 1)),
    )]  # fmt: skip
    near = sorted(found.tried.values(), key=lambda one: abs(one.beds - (found.needed or found.today)))[: SHOWN - 1]
    same = found.tried.get(found.today)
    shown = {one.beds: one for one in (*near, *([same] if same is not None else []))}
    for one in sorted(shown.values(), key=lambda t: t.beds)[:SHOWN]:
        rows.append((
            Said(f"ändrad{then.sv}", f"changed{then.en}"), both(lambda say, t=one: say.number(t.beds)),  # type: ignore[misc]
            both(lambda say, t=one: f"{say.signed(t.difference)} ± {say.number(t.half)}"),  # type: ignore[misc]
            both(lambda say, t=one: say.percent(t.lacking, 1)),  # type: ignore[misc]
        ))  # fmt: skip
    marked = next((k for k, row in enumerate(rows) if k and row[1].en == str(found.needed)), None)
    columns = (Said("vårdtid", "stay"), Said("vårdplatser", "beds"), Said("operationer om året", "operations a year"),
               Said("operationstider som saknar plats", "slots lacking a bed"))  # fmt: skip
    caption = Said("Operationer: i dag, och därunder skillnaden mot i dag.",
                   "Operations: today's, and below it the difference to today.")  # fmt: skip
    return Table(columns, tuple(rows), 1, marked, caption)


def _figure(found: Freed) -> Figure:
    """Operations against today by number of beds."""
    tried = sorted(found.tried.values(), key=lambda one: one.beds)
    series = Series(
        found.change, [float(t.beds) for t in tried], [t.difference for t in tried],
        [t.difference - t.half for t in tried], [t.difference + t.half for t in tried],
    )  # fmt: skip
    return Figure(
        "points",
        Said(f"{found.change.sv}: operationer om året vid olika många vårdplatser, mot i dag",
             f"{found.change.en}: operations a year by number of beds, against today"),
        Said("vårdplatser", "beds"),
        Said("operationer om året mot i dag", "operations a year against today"),
        (series,),
        (0.0, Said("som i dag", "as today")),
        mark=(float(found.needed), Said("räcker", "enough")) if found.needed else None,
    )  # fmt: skip
