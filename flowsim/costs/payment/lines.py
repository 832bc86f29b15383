"""Lines of income, and the exact sums they are made of: whole öre, points in millionths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from flowsim.costs.apportion import whole
from flowsim.costs.payment.activity import MICRO, PaidRun, Year
from flowsim.frames import pd
from flowsim.schema.payments import Payments, PriceYear


class Line(NamedTuple):
    """What one hospital is paid in one year, for one thing."""

    year: int
    hospital: str
    part: str
    ore: int


def yearly(amounts: Mapping[str, int], part: str, run: PaidRun) -> list[Line]:
    """Amounts a year by hospital, counted by the days of each year that the run covers."""
    return [
        Line(year.year, hospital, part, whole(ore * year.share))
        for year in run.years
        for hospital, ore in amounts.items()
    ]


def points_of(run: PaidRun, year: Year, payments: Payments) -> dict[str, Fraction]:
    """Points by hospital in a year: contacts ended in it, and the declared points of hospitals not simulated."""
    found = {hospital: Fraction(micro, MICRO) for hospital, micro in run.micro[year.year].items()}
    for hospital, points in payments.other_points.items():
        found[hospital] = found.get(hospital, Fraction(0)) + points * year.share
    found.setdefault(payments.hospital, Fraction(0))
    return found


def in_year(run: PaidRun, year: int) -> pd.DataFrame:
    """The run's contacts that ended in a year."""
    return run.by_year[year]


def price_in(price: int, base_year: int, path: Sequence[PriceYear], year: int) -> Fraction:
    """Öre per point in a year: price_y = price_(y-1) (1 + LPI_y)(1 - e_y); after the path's last year unchanged."""
    found = Fraction(price)
    for step in path:
        if base_year < step.year <= year:
            found *= (1 + step.lpi) * (1 - step.efficiency)
    return found
