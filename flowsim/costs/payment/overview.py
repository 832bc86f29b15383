"""A payments file looked at without contacts: prices, phases, where caps bind, whether common prices are neutral."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from flowsim.costs.payment.equal_price import equal_point_price, kept_by_the_region, phase_of, point_price
from flowsim.costs.payment.lines import price_in
from flowsim.costs.payment.neutrality import Said, findings, neutrality, price_indices, winners_and_losers
from flowsim.costs.payment.titles import title
from flowsim.frames import pd
from flowsim.schema.payments import Agreement, DrgPoints, EqualPointPrice, Payments, Skane2023

PHASE = ["year", "share_b", "share_c"]


def models_table(payments: Payments) -> pd.DataFrame:
    """Every payment of the file with what it assumes: payment, title, title_sv."""
    rows = [[name, title(one), title(one, "sv")] for name, one in payments.payments.items()]
    return pd.DataFrame(rows, columns=["payment", "title", "title_sv"])


def prices_table(payments: Payments) -> pd.DataFrame:
    """Prices along their paths: payment, year, income_sek_per_point."""
    rows = []
    for name, one in payments.payments.items():
        if isinstance(one, DrgPoints | Agreement):
            base = one.price_year or payments.price_year
            years = [base, *(step.year for step in one.price_path if step.year > base)]
            rows += [[name, year, float(price_in(one.price_sek, base, one.price_path, year) / 100)] for year in years]
        elif isinstance(one, EqualPointPrice):
            rows.append([name, payments.price_year, float(point_price(one.hospitals) / 100)])
    return pd.DataFrame(rows, columns=["payment", "year", "income_sek_per_point"])


def phases_table(payments: Payments) -> pd.DataFrame:
    """Equal point price by phase and hospital: payment, year, share_b, share_c, columns of `equal_point_price`."""
    frames = []
    for name, one in payments.payments.items():
        if isinstance(one, EqualPointPrice):
            for year in [phase.year for phase in one.phases] or [payments.price_year]:
                b, c = phase_of(one, year)
                frame = equal_point_price(one.hospitals, b, c)
                for place, (column, value) in enumerate(
                    {"payment": name, "year": year, "share_b": float(b), "share_c": float(c)}.items()
                ):
                    frame.insert(place, column, value)
                frames.append(frame)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def neutrality_tables(episodes: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Price indices, deviation from neutrality, winners and losers at a neutral price; `module` first in each."""
    made: dict[str, list[pd.DataFrame]] = {"price_indices": [], "neutrality": [], "winners_and_losers": []}
    for module, frame in episodes.items():
        for name, table in (
            ("price_indices", price_indices(frame)),
            ("neutrality", neutrality(frame)),
            ("winners_and_losers", winners_and_losers(frame)),
        ):
            table.insert(0, "module", module)
            made[name].append(table)
    return {name: pd.concat(frames, ignore_index=True) for name, frames in made.items() if frames}


def remarks(payments: Payments, episodes: Mapping[str, pd.DataFrame]) -> list[Said]:
    """What a reader must be told: what the region keeps, where a cap binds, what the episode tables hide."""
    said = [one for module, frame in episodes.items() for one in findings(module, frame)]
    for name, one in payments.payments.items():
        if isinstance(one, EqualPointPrice):
            said += _kept(name, one)
        if isinstance(one, DrgPoints | Agreement) and one.price_path:
            last = max(step.year for step in one.price_path)
            said.append(
                Said(
                    f"{name}: the price path ends in {last}; later years are paid at that year's price.",
                    f"{name}: prisets väg slutar {last}; senare år betalas till det årets pris.",
                )
            )
        if isinstance(one, Skane2023) and one.price_sek:
            points = float(Fraction(one.cap_sek) / one.price_sek)
            said.append(
                Said(
                    f"{name}: the cap binds from {points:,.0f} points a year of all hospitals together.",
                    f"{name}: taket slår till från {_sv(points)} poäng per år för alla sjukhus tillsammans.",
                )
            )
    return said


def _kept(name: str, model: EqualPointPrice) -> list[Said]:
    """What of B the region keeps in each phase, unless the point price is raised."""
    said = []
    for phase in model.phases:
        b, _ = phase_of(model, phase.year)
        ore, raised = kept_by_the_region(model.hospitals, b)
        if ore:
            said.append(
                Said(
                    f"{name}, {phase.year}: the region keeps {ore / 100:,.0f} SEK of B, unless the point price is "
                    f"raised from {float(point_price(model.hospitals)) / 100:,.2f} to {float(raised) / 100:,.2f} SEK.",
                    f"{name}, {phase.year}: regionen behåller {_sv(ore / 100)} kr av B, om inte poängpriset höjs från "
                    f"{_sv(float(point_price(model.hospitals)) / 100)} till {_sv(float(raised) / 100)} kr.",
                )
            )
    return said


def _sv(number: float) -> str:
    return f"{number:,.0f}".replace(",", " ").replace("-", "−")
