"""Equal point price (lika poängpris): one price for all hospitals once structure and method are taken out.

    pi = sum(K - A - B) / sum P        C_h = K_h - A_h - B_h - pi P_h, so that sum C = 0
    payment = pi P_h + A_h + phi_B B_h + phi_C C_h

The phases phi are the file's: the source prints "50 % 50 %" without saying of what or when. Source: regional working
group for classification and payment (RAKEL), Västra Götaland, meeting 19 June 2017.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from flowsim.costs.apportion import shared, whole
from flowsim.costs.payment.activity import PaidRun
from flowsim.costs.payment.lines import Line, points_of
from flowsim.frames import pd
from flowsim.schema.payments import EqualPointPrice, HospitalCost, Payments


def point_price(hospitals: Mapping[str, HospitalCost]) -> Fraction:
    """pi: öre per point."""
    kept = sum(one.cost_sek - one.structure - one.method for one in hospitals.values())
    return Fraction(kept) / sum((one.points for one in hospitals.values()), Fraction(0))


def residuals(hospitals: Mapping[str, HospitalCost]) -> dict[str, int]:
    """C in öre: what is left of a hospital's cost. They sum to 0 exactly: the points' money is split without a rest."""
    kept = sum(one.cost_sek - one.structure - one.method for one in hospitals.values())
    by_points = shared(kept, [one.points for one in hospitals.values()])
    return {
        name: one.cost_sek - one.structure - one.method - ore
        for (name, one), ore in zip(hospitals.items(), by_points, strict=True)
    }


def equal_point_price(hospitals: Mapping[str, HospitalCost], b: Fraction, c: Fraction) -> pd.DataFrame:
    """What each hospital is paid when it keeps the shares b of B and c of C.

    Columns: hospital, points, full_cost_sek (K), income_structure_sek (A), income_method_sek (B, in full),
    income_residual_sek (C, in full), income_points_sek (pi P), income_sek; SEK.
    """
    rest = residuals(hospitals)
    rows = []
    for name, one in hospitals.items():
        points = one.cost_sek - one.structure - one.method - rest[name]
        paid = points + one.structure + whole(b * one.method) + whole(c * rest[name])
        amounts = (one.cost_sek, one.structure, one.method, rest[name], points, paid)
        rows.append([name, float(one.points), *(ore / 100 for ore in amounts)])
    return pd.DataFrame(rows, columns=_COLUMNS)


_COLUMNS = [
    "hospital", "points", "full_cost_sek", "income_structure_sek", "income_method_sek", "income_residual_sek",
    "income_points_sek", "income_sek",
]  # fmt: skip


def kept_by_the_region(hospitals: Mapping[str, HospitalCost], b: Fraction) -> tuple[int, Fraction]:
    """Öre of B that the region keeps when hospitals keep the share b, and the pi (öre) that would pay it out again."""
    kept = sum(whole((1 - b) * one.method) for one in hospitals.values())
    points = sum((one.points for one in hospitals.values()), Fraction(0))
    return kept, point_price(hospitals) + Fraction(kept) / points


def phase_of(model: EqualPointPrice, year: int) -> tuple[Fraction, Fraction]:
    """(phi_B, phi_C) in a year: the file's, the last one's after it, 1 and 1 before the first or without any."""
    past = [phase for phase in model.phases if phase.year <= year]
    latest = max(past, key=lambda phase: phase.year, default=None)
    return (Fraction(str(latest.b)), Fraction(str(latest.c))) if latest else (Fraction(1), Fraction(1))


def equal_price_income(run: PaidRun, model: EqualPointPrice, payments: Payments) -> list[Line]:
    """The price x the run's points + A + phi_B B + phi_C C; pi and C are the base year's, agreed beforehand."""
    pi, rest, lines = point_price(model.hospitals), residuals(model.hospitals), []
    for year in run.years:
        b, c = phase_of(model, year.year)
        points = points_of(run, year, payments)
        lines += [Line(year.year, h, "points", whole(pi * p)) for h, p in points.items() if h in model.hospitals]
        for name, one in model.hospitals.items():
            fixed = {"structure": Fraction(one.structure), "method": b * one.method, "residual": c * rest[name]}
            lines += [Line(year.year, name, part, whole(ore * year.share)) for part, ore in fixed.items()]
    return lines
