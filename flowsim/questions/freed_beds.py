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
from flowsim.questions.wording import Said, Say, both, named
from flowsim.tables import OUTCOMES, Rows

YEAR_WEEKS, RUNS, MOST_BEDS = 52, 60, 4
"""Weeks compared, replications of each number, and times today's beds that are tried at most."""
ALIKE = 0.005
"""No fewer operations: at most this share of them."""
SHOWN = 6
_DONE = (OUTCOMES.index("done"), OUTCOMES.index("open"))


@dataclass(frozen=True)
class Throughput:
    """Measure: operations of a step over the run, and the share of its slots lost for want of a bed."""

    step: str
    beds: str

    def __call__(self, rows: Rows, plan: Plan) -> np.ndarray:
        """[operations, share]."""
        step = [one.name for one in plan.steps].index(self.step)
        c, capacity, losses = rows["contacts"], rows["capacity"], rows["losses"]
        done = (c["step"] == step) & (c["provider"] == 0) & np.isin(c["outcome"], _DONE) & (c["started_s"] >= 0)
        lead, cause = plan.steps[step].lead, plan.setting.causes.index(f"missing:{self.beds}")
        offered = capacity["offered"][capacity["resource"] == lead].sum()
        lost = losses["lost"][(losses["resource"] == lead) & (losses["cause"] == cause)].sum()
        return np.array([done.sum(), lost / max(1.0, float(offered))])


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
        step, ward, today, float(now[:, 0].mean()), float(now[:, 1].mean()), change, prices_of(asked).get(ward, 0.0)
    )

    def enough(beds: int) -> bool:
        case = _with_beds(asked.base, ward, beds)
        numbers = asked.runs.evaluate(case, measure, range(RUNS), YEAR_WEEKS)
        difference = numbers[:, 0] - now[:, 0]
        half = float(stdtrit(RUNS - 1, 0.975) * difference.std(ddof=1) / np.sqrt(RUNS))
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
        title=Said("Hur många vårdplatser frigör vårdtiden?", "How many beds does the stay free?"),
        sentence=both(lambda say: _sentence(found, say)),
        table=_table(found),
        figure=_figure(found),
        assumed=(
            Said("Lika många operationer på ett år räknas som lika bra; köerna för övrigt som de blir.",
                 "As many operations in a year count as as good; queues otherwise as they come out."),
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
    many, money = say.count(abs(found.beds)), _a_year(found, say)
    fewer = "" if same is None else say.number(abs(same.difference))
    if found.beds > 0:
        first = say.pick(
            f"Dagens vårdtid frigör {many} vårdplatser{money}: {change.lower()} hade krävt {found.needed} i stället för"
            f" {found.today} för lika många operationer.",
            f"Today's stay frees {many} beds{money}: {change.lower()} would take {found.needed} instead of"
            f" {found.today} for as many operations.",
        )
        lost = say.pick(f" Med {found.today} platser skulle {fewer} färre opereras om året.",
                        f" With {found.today} beds {fewer} fewer would be operated a year.")  # fmt: skip
        return first + (lost if same is not None else "")
    if found.beds == 0:
        return say.pick(
            f"Ingen plats kan stängas utan färre operationer: {change.lower()} ger i stället {fewer} fler om året.",
            f"No bed can be closed without fewer operations: {change.lower()} gives {fewer} more a year instead.",
        )
    unit = say.pick("plats" if found.beds == -1 else "platser", "bed" if found.beds == -1 else "beds")
    return say.pick(
        f"{change} frigör {many} {unit} ({found.needed} räcker i stället för {found.today}){money}.",
        f"{change} frees {many} {unit} ({found.needed} are enough instead of {found.today}){money}.",
    )


def _a_year(found: Freed, say: Say) -> str:
    if not found.price:
        return ""
    return (
        say.pick(", värda ", ", worth ")
        + say.msek(abs(found.beds) * 365 * found.price)
        + say.pick(" om året", " a year")
    )


def _table(found: Freed) -> Table:
    """Numbers tried around the answer, today's first."""
    rows = [(
        Said("i dag", "today"), both(lambda say: say.number(found.today)),
        both(lambda say: say.number(found.operations)), both(lambda say: say.percent(found.lacking, 1)),
    )]  # fmt: skip
    near = sorted(found.tried.values(), key=lambda one: abs(one.beds - (found.needed or found.today)))[: SHOWN - 1]
    same = found.tried.get(found.today)
    shown = {one.beds: one for one in (*near, *([same] if same is not None else []))}
    for one in sorted(shown.values(), key=lambda t: t.beds)[:SHOWN]:
        rows.append((
            Said("ändrad vårdtid", "changed stay"), both(lambda say, t=one: say.number(t.beds)),  # type: ignore[misc]
            both(lambda say, t=one: f"{say.signed(t.difference)} ± {say.number(t.half)}"),  # type: ignore[misc]
            both(lambda say, t=one: say.percent(t.lacking, 1)),  # type: ignore[misc]
        ))  # fmt: skip
    marked = next((k for k, row in enumerate(rows) if k and row[1].en == str(found.needed)), None)
    columns = (Said("vårdtid", "stay"), Said("platser", "beds"), Said("operationer om året", "operations a year"),
               Said("tider utan plats", "slots lacking a bed"))  # fmt: skip
    return Table(columns, tuple(rows), 1, marked)


def _figure(found: Freed) -> Figure:
    """Operations against today by number of beds."""
    tried = sorted(found.tried.values(), key=lambda one: one.beds)
    name = named(found.ward)
    series = Series(
        found.change, [float(t.beds) for t in tried], [t.difference for t in tried],
        [t.difference - t.half for t in tried], [t.difference + t.half for t in tried],
    )  # fmt: skip
    return Figure(
        "points",
        Said("Operationer om året jämfört med i dag, vid olika många platser",
             "Operations a year against today, by number of beds"),
        Said(f"platser på {name.sv}", f"beds in the {name.en}"),
        Said("operationer om året mot i dag", "operations a year against today"),
        (series,),
        (0.0, Said("som i dag", "as today")),
        mark=(float(found.needed), Said("räcker", "enough")) if found.needed else None,
    )  # fmt: skip
