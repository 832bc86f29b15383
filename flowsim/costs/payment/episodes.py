"""Sveus episode payment: a package price for a chain of care, g (C + D + J) + E for each episode.

    C base (bas)   D guarantee for avoidable adverse events (garanti)   J individual case-mix adjustment
    g the hospital's price index (1 = common price)   E outcome = slope x (outcome - expected), after a year, 0 before

What happens inside the episode, a reoperation or readmission too, is paid with it: 0 more. C, D and J are multiplied
by the module's neutral factor. Source: regional working group for classification and payment (RAKEL), Västra Götaland,
meeting 19 June 2017; the form of E is assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flowsim.costs.apportion import whole
from flowsim.costs.payment.activity import PaidRun
from flowsim.costs.payment.lines import Line
from flowsim.frames import pd
from flowsim.schema.payments import BY_GROUP, Episode, Episodes, Payments


def episode_income(run: PaidRun, model: Episodes, payments: Payments) -> list[Line]:
    """Lines for base, guarantee, adjustment (in the trigger's year) and outcome (in the year it is settled)."""
    lines = []
    for module in model.modules.values():
        triggers = triggered(run.contacts, model, module.groups, payments)
        for (hospital, year), mine in triggers.groupby([triggers["hospital"].astype(str), triggers["date"].dt.year]):
            price = model.price_index.get(hospital, Fraction(1)) * module.neutral_factor
            lines += [Line(int(year), hospital, part, whole(price * ore)) for part, ore in _parts(mine, module).items()]
        lines += _outcomes(run, triggers, module)
    return lines or [Line(year.year, payments.hospital, "base", 0) for year in run.years]


def triggered(contacts: pd.DataFrame, model: Episodes, groups: Sequence[str], payments: Payments) -> pd.DataFrame:
    """The contacts that trigger an episode: the first of each patient, and later ones once the last is over.

    Steps that are named, else those that carry the group's DRG; a visit with points of its own triggers nothing.
    """
    mine = contacts[contacts["group"].isin(groups)]
    steps = model.trigger or tuple(step for step, drg in payments.points.items() if drg == BY_GROUP)
    if steps:
        mine = mine[mine["step"].isin(steps)]
    mine = mine.sort_values(["patient", "date"], kind="stable")
    days = mine["date"].to_numpy().astype("datetime64[D]").astype(int).tolist() if len(mine) else []
    kept, patient, until = [], None, 0
    for row, (who, day) in enumerate(zip(mine["patient"].tolist(), days, strict=True)):
        if who != patient or day >= until:
            kept.append(row)
            patient, until = who, day + model.episode_days
    return mine.iloc[kept]


def _parts(episodes: pd.DataFrame, module: Episode) -> dict[str, int]:
    """C, D and J at common price, öre, of some episodes."""
    number = len(episodes)
    adjusted = sum(module.adjustment_sek.get(str(group), 0) for group in episodes["group"])
    return {"base": number * module.base_sek, "guarantee": number * module.guarantee_sek, "adjustment": adjusted}


def _outcomes(run: PaidRun, triggers: pd.DataFrame, module: Episode) -> list[Line]:
    """E of the episodes whose outcome is settled before the run ends."""
    terms = module.outcome
    if terms is None or not len(triggers):
        return []
    after = pd.Timedelta(days=terms.after_days)
    events = run.contacts[run.contacts["step"].isin(terms.steps)][["patient", "date"]]
    pairs = triggers[["patient", "date"]].merge(events, on="patient", suffixes=("", "_event"))
    met = pairs[(pairs["date_event"] > pairs["date"]) & (pairs["date_event"] <= pairs["date"] + after)]
    happened = set(zip(met["patient"], met["date"], strict=True))
    lines = []
    for row in triggers.itertuples():
        settled = row.date + after
        if settled < pd.Timestamp(run.end):
            outcome = 1 if (row.patient, row.date) in happened else 0
            ore = whole(terms.slope_sek * (outcome - terms.expected.get(str(row.group), Fraction(0))))
            lines.append(Line(settled.year, str(row.hospital), "outcome", ore))
    return lines
