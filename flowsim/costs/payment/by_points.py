"""Models that pay for points, or for nothing but being there: block, DRG points, VÖK, Skåne 2024, capitation, rehab.

Sources: regional working group for classification and payment (RAKEL), Västra Götaland, meeting 19 June 2017 (VÖK
agreement, rehab, capitation); Region Skåne's reply to audit report no 14 (Skåne 2024).
"""

from __future__ import annotations

from fractions import Fraction

from flowsim.costs.apportion import whole
from flowsim.costs.payment.activity import PaidRun
from flowsim.costs.payment.lines import Line, in_year, points_of, price_in, yearly
from flowsim.errors import FlowsimError
from flowsim.schema.payments import (
    Agreement,
    Block,
    Capitation,
    DrgPoints,
    Outliers,
    Payments,
    Rehab,
    Skane2024,
)


def block(run: PaidRun, model: Block, _payments: Payments) -> list[Line]:
    """B_h, by the days covered."""
    return yearly(model.amounts_sek, "block", run)


def drg_points(run: PaidRun, model: DrgPoints, payments: Payments) -> list[Line]:
    """price_y x P_h, and share x max(0, contact cost - threshold) for cost outliers."""
    lines = _at_price(run, model, payments, Fraction(1))
    return lines + (_outliers(run, model.outliers, payments) if model.outliers else [])


def agreement(run: PaidRun, model: Agreement, payments: Payments) -> list[Line]:
    """The VÖK agreement: price x P_h x volume adjustments + structure + directed missions + what lies beside."""
    lines = _at_price(run, model, payments, model.volume.product)
    for part, amounts in (
        ("structure", model.structure_sek),
        ("missions", model.missions_sek),
        ("beside", model.beside_sek),
    ):
        lines += yearly({payments.hospital: sum(amounts.values())}, part, run)
    return lines


def skane_2024(run: PaidRun, model: Skane2024, payments: Payments) -> list[Line]:
    """structure_h + production price x P_h, the price recalculated each year."""
    lines = yearly(model.structure_sek, "structure", run)
    for year in run.years:
        price = max((y for y in map(int, model.price_by_year) if y <= year.year), default=None)
        sek = model.price_sek if price is None else model.price_by_year[str(price)]
        lines += [Line(year.year, h, "production", whole(sek * p)) for h, p in points_of(run, year, payments).items()]
    return lines


def capitation(run: PaidRun, model: Capitation, _payments: Payments) -> list[Line]:
    """Sum over persons of (age and sex + ACG + socio-economy + geography) x rate, by the days covered."""
    amounts = {h: whole(model.rate_sek * sum(one.weight for one in groups)) for h, groups in model.listed.items()}
    return yearly(amounts, "capitation", run)


def rehab(run: PaidRun, model: Rehab, payments: Payments) -> list[Line]:
    """min(points x price, ceiling) in each year; the ceiling by the days covered."""
    lines = []
    for year in run.years:
        points = points_of(run, year, payments)
        for hospital, ceiling in model.ceiling_sek.items():
            asked = model.price_sek * points.get(hospital, Fraction(0))
            lines.append(Line(year.year, hospital, "points", whole(min(asked, ceiling * year.share))))
    return lines


def _at_price(run: PaidRun, model: DrgPoints | Agreement, payments: Payments, factor: Fraction) -> list[Line]:
    base = model.price_year or payments.price_year
    return [
        Line(
            year.year,
            hospital,
            "points",
            whole(price_in(model.price_sek, base, model.price_path, year.year) * p * factor),
        )
        for year in run.years
        for hospital, p in points_of(run, year, payments).items()
    ]


def _outliers(run: PaidRun, terms: Outliers, payments: Payments) -> list[Line]:
    """Cost outliers, contact by contact. FlowsimError if the contacts' costs are not known."""
    lines = []
    for year in run.years:
        mine = in_year(run, year.year)
        unknown = int(mine["full_cost_sek"].isna().sum())
        if unknown:
            raise FlowsimError(
                f"{run.scenario}: cost outliers are paid by what a contact costs, and {unknown} contacts have no cost: "
                "name unit_costs in the scenario, or leave `outliers` out of the payment."
            )
        cost = (mine["full_cost_sek"] * 100).round().astype("int64")
        threshold = mine["drg"].map(dict(terms.by_drg)).fillna(terms.threshold_sek).astype("int64")
        above = (cost - threshold).clip(lower=0)
        share = Fraction(str(terms.share))
        for hospital in {payments.hospital, *mine["hospital"].astype(str)}:
            ore = int(above[(mine["hospital"] == hospital).to_numpy()].sum())
            lines.append(Line(year.year, hospital, "outliers", whole(ore * share)))
    return lines
