"""Skåne 2023: block + share of min(price x points, cap), the cap of all hospitals together.

The source (Region Skåne's reply to audit report no 14, "Productivity and efficiency") settles neither which points are
paid nor who gets what when the cap binds; both are parameters, and the title says what is assumed. The cap is applied
inside each replication and year: a cap on the mean would promise too much (547.5, not 600, of two equal chances).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from flowsim.costs.apportion import shared, whole
from flowsim.costs.payment.activity import MICRO, PaidRun, Year
from flowsim.costs.payment.lines import Line, in_year, points_of, yearly
from flowsim.schema.payments import Payments, Skane2023


def skane_2023(run: PaidRun, model: Skane2023, payments: Payments) -> list[Line]:
    """B_h + share_h x min(price x sum of points, cap), year by year; cap and baseline by the days covered."""
    lines = yearly(model.block_sek, "block", run)
    for year in run.years:
        paid = _paid_points(run, year, model, payments)
        pot = min(model.price_sek * sum(paid.values(), Fraction(0)), model.cap_sek * year.share)
        weights = paid if model.sharing == "pro_rata" else _by_date(run, year, model, payments)
        parts = shared(whole(pot), list(weights.values()))
        lines += [Line(year.year, hospital, "points", ore) for hospital, ore in zip(weights, parts, strict=True)]
    return lines


def capped_income(points: Mapping[str, Fraction], price: int, cap: int) -> dict[str, int]:
    """Öre by hospital of min(price x sum of points, cap), shared pro rata: the model's core, without years."""
    pot = whole(min(price * sum(points.values(), Fraction(0)), Fraction(cap)))
    return dict(zip(points, shared(pot, list(points.values())), strict=True))


def _paid_points(run: PaidRun, year: Year, model: Skane2023, payments: Payments) -> dict[str, Fraction]:
    points = points_of(run, year, payments)
    if model.points == "all":
        return points
    base = model.baseline_points
    return {h: max(Fraction(0), p - base.get(h, Fraction(0)) * year.share) for h, p in points.items()}


def _by_date(run: PaidRun, year: Year, model: Skane2023, payments: Payments) -> dict[str, Fraction]:
    """Points paid until the pot is empty, day by day; a day that empties it is shared pro rata.

    Points of hospitals that are not simulated lie evenly over the year's covered days. Above a baseline, a hospital's
    first points fill the baseline.
    """
    daily = _daily(run, year, payments)
    filled = {h: model.baseline_points.get(h, Fraction(0)) * year.share for h in daily}
    left = model.cap_sek * year.share / model.price_sek if model.price_sek else Fraction(0)
    paid = dict.fromkeys(daily, Fraction(0))
    days = sorted({day for of_hospital in daily.values() for day in of_hospital})
    for day in days:
        counted = {}
        for hospital, of_hospital in daily.items():
            points = of_hospital.get(day, Fraction(0))
            under = min(filled[hospital], points) if model.points == "above_baseline" else Fraction(0)
            filled[hospital] -= under
            counted[hospital] = points - under
        total = sum(counted.values(), Fraction(0))
        share = min(Fraction(1), left / total) if total else Fraction(0)
        left -= total * share
        for hospital, points in counted.items():
            paid[hospital] += points * share
    return paid


def _daily(run: PaidRun, year: Year, payments: Payments) -> dict[str, dict[int, Fraction]]:
    """Points by hospital and day of the year."""
    mine = in_year(run, year.year)
    daily: dict[str, dict[int, Fraction]] = {payments.hospital: {}}
    if len(mine):
        sums = mine.groupby([mine["hospital"].astype(str), mine["date"].dt.day_of_year])["micro"].sum()
        for (hospital, day), micro in sums.items():
            daily.setdefault(hospital, {})[int(day)] = Fraction(int(micro), MICRO)
    for hospital, points in payments.other_points.items():
        of_hospital = daily.setdefault(hospital, {})
        for day in range(year.first_day, year.first_day + year.days):
            of_hospital[day] = of_hospital.get(day, Fraction(0)) + points / year.of_days
    return daily
