"""Is a common price neutral? Price indices, deviation from neutrality, and who wins and loses by a change of price.

    g = payment at the hospital's price / at the common price         deviation = common / mean of hospitals - 1
    lambda = sum n_h x hospital-price payment / sum n_h x common-price payment; neutral payment = lambda x common

A part's own deviation (base, guarantee, adjustment) and all parts together are both shown: they can differ. Source:
regional working group for classification and payment (RAKEL), Västra Götaland, meeting 19 June 2017, episode tables.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np

from flowsim.costs.apportion import shared, whole
from flowsim.frames import pd

PARTS = ("base", "guarantee", "individual_adj")
OFF = 0.02
"""Two parts whose price indices differ by more than this do not follow one price."""
SAME = 0.001
"""Hospitals agree on how much they differ when they do so within this."""


class Said(NamedTuple):
    """A finding in words."""

    en: str
    sv: str


def price_indices(episodes: pd.DataFrame) -> pd.DataFrame:
    """Price index g of each hospital and part. Takes `reading.read_episodes`' columns.

    Columns: hospital, episodes, g_base, g_guarantee, g_individual_adj (NaN where not paid), guarantee_over_base
    (g_guarantee / g_base; 1 where both follow one price).
    """
    frame = episodes[["hospital", "episodes"]].reset_index(drop=True)
    for part in parts_of(episodes):
        frame[f"g_{part}"] = _number(episodes, part, "hospital") / _number(episodes, part, "common")
    if "g_guarantee" in frame:
        frame["guarantee_over_base"] = frame["g_guarantee"] / frame["g_base"]
    return frame


def neutrality(episodes: pd.DataFrame) -> pd.DataFrame:
    """Mean payment per episode at hospitals' and at the common price, part by part and together.

    Columns: part (base, guarantee, individual_adj, and their sums "base + guarantee (+ individual_adj)"), episodes,
    income_sek_hospital_price, income_sek_common_price (means per episode), deviation_percent (common against
    hospitals'), neutral_factor (lambda). With a column full_cost_sek_per_episode a last row "full cost": the cost of
    the same episodes stands in the place of payment at hospitals' prices.
    """
    known = parts_of(episodes)
    sums = [(part, [part]) for part in known]
    if len(known) > 2:
        sums.append((" + ".join(known[:2]), list(known[:2])))
    if len(known) > 1:
        sums.append((" + ".join(known), list(known)))
    rows = [_row(name, episodes, parts) for name, parts in sums]
    cost = "full_cost_sek_per_episode"
    if cost in episodes and episodes[cost].notna().any():
        rows.append(_against_cost(episodes, list(known)))
    return pd.DataFrame(rows)


def winners_and_losers(episodes: pd.DataFrame, factor: Fraction | None = None) -> pd.DataFrame:
    """What each hospital wins by one common, neutral price; the wins sum to 0 to the öre (lambda of all parts).

    Columns: hospital, episodes, income_sek_hospital_price, income_sek_neutral_price, income_sek_won. A `factor` of
    one's own (1 = the common price as it is) makes the sum what the region pays more or less.
    """
    own = _exact(episodes, "hospital")
    common = _exact(episodes, "common")
    old = [whole(100 * amount) for amount in own]
    new = shared(sum(old), common) if factor is None else [whole(100 * factor * amount) for amount in common]
    return pd.DataFrame(
        {
            "hospital": episodes["hospital"].to_numpy(),
            "episodes": episodes["episodes"].to_numpy(),
            "income_sek_hospital_price": np.array(old) / 100,
            "income_sek_neutral_price": np.array(new) / 100,
            "income_sek_won": np.array([after - before for after, before in zip(new, old, strict=True)]) / 100,
        }
    )


def findings(module: str, episodes: pd.DataFrame) -> list[Said]:
    """What a reader must be told of the tables: a part that does not follow the base's price, a price not neutral."""
    said = []
    frame = price_indices(episodes)
    for part in (p for p in parts_of(episodes)[1:] if p == "guarantee"):
        ratio = (frame[f"g_{part}"] / frame["g_base"]).dropna()
        mean = float(ratio.mean())
        if len(ratio) and abs(mean - 1) > OFF and float((ratio - mean).abs().max()) < SAME:
            said.append(_one_factor(module, episodes, part, mean, len(ratio)))
        elif len(ratio) and float((ratio - 1).abs().max()) > OFF:
            far = frame["hospital"][(ratio - 1).abs().idxmax()]
            said.append(
                Said(
                    f"{module}: the {part}'s price index differs from the base's, most at {far}.",
                    f"{module}: garantins prisindex avviker från basens, mest vid {far}.",
                )
            )
    rows = neutrality(episodes)
    both = rows[rows["part"] != "full cost"].iloc[-1]
    percent = both["deviation_percent"]
    if abs(percent) >= 0.005:
        said.append(
            Said(
                f"{module}: the common price pays {percent:+.2f} % against the hospitals' own; "
                f"multiplied by {both['neutral_factor']:.6f} it is neutral.",
                f"{module}: det gemensamma priset ger {_sv(percent, 2, True)} % mot sjukhusens egna; "
                f"gånger {_sv(both['neutral_factor'], 6)} är det neutralt.",
            )
        )
    return said


def parts_of(episodes: pd.DataFrame) -> tuple[str, ...]:
    """The parts that the table has amounts of."""
    return tuple(part for part in PARTS if _number(episodes, part, "common").notna().any())


def _one_factor(module: str, episodes: pd.DataFrame, part: str, ratio: float, hospitals: int) -> Said:
    common = float(_number(episodes, part, "common").dropna().iloc[0])
    n = episodes["episodes"].to_numpy(dtype=float)
    mean = float(np.nansum(n * _number(episodes, part, "hospital").to_numpy()) / n.sum())
    high, low, fits = f"{100 * (1 / ratio - 1):.0f} %", f"{100 * (1 - ratio):.0f} %", ratio * common
    return Said(
        f"{module}: the {part}'s price index is {ratio:.4f} times the base's at all {hospitals} hospitals. Either the "
        f"common {part} ({common:,.0f}) is {high} too high ({fits:,.0f} would fit; the hospitals' mean is {mean:,.0f}) "
        f"or the hospitals' are {low} too low.",
        f"{module}: garantins prisindex är {_sv(ratio, 4)} gånger basens vid alla {hospitals} sjukhus. Antingen är den "
        f"gemensamma garantin ({_sv(common, 0)} kr) {high} för hög ({_sv(fits, 0)} kr skulle stämma; sjukhusens medel "
        f"är {_sv(mean, 0)} kr), eller sjukhusens {low} för låga.",
    )


def _row(name: str, episodes: pd.DataFrame, parts: list[str]) -> dict[str, object]:
    n = int(episodes["episodes"].sum())
    own, common = (sum(_exact(episodes, price, parts), Fraction(0)) for price in ("hospital", "common"))
    return {
        "part": name,
        "episodes": n,
        "income_sek_hospital_price": float(own / n) if n else np.nan,
        "income_sek_common_price": float(common / n) if n else np.nan,
        "deviation_percent": float(100 * (common / own - 1)) if own else np.nan,
        "neutral_factor": float(own / common) if common else np.nan,
    }


def _against_cost(episodes: pd.DataFrame, parts: list[str]) -> dict[str, object]:
    """All parts at the common price against what the same episodes cost."""
    pairs = zip(episodes["episodes"].tolist(), episodes["full_cost_sek_per_episode"].tolist(), strict=True)
    cost = sum((int(n) * Fraction(str(mean)) for n, mean in pairs if n and not pd.isna(mean)), Fraction(0))
    common = sum(_exact(episodes, "common", parts), Fraction(0))
    row = _row("full cost", episodes, parts)
    found = {"income_sek_hospital_price": float(cost / row["episodes"]), "neutral_factor": float(cost / common)}  # type: ignore[operator]
    return {**row, **found, "deviation_percent": float(100 * (common / cost - 1))}


def _exact(episodes: pd.DataFrame, price: str, parts: list[str] | None = None) -> list[Fraction]:
    """Episodes x payment at a price by hospital, exactly; hospitals without episodes 0."""
    sums = [Fraction(0)] * len(episodes)
    for part in parts or parts_of(episodes):
        column = episodes[_column(part, price)].tolist()
        for k, (n, amount) in enumerate(zip(episodes["episodes"].tolist(), column, strict=True)):
            if n and not pd.isna(amount):
                sums[k] += int(n) * Fraction(str(amount))
    return sums


def _column(part: str, price: str) -> str:
    return f"{part}_sek_{price}_price"


def _number(episodes: pd.DataFrame, part: str, price: str) -> pd.Series:
    column = _column(part, price)
    if column not in episodes:
        return pd.Series(np.nan, index=range(len(episodes)))
    return episodes[column].astype(float).reset_index(drop=True)


def _sv(value: float, decimals: int, signed: bool = False) -> str:
    """A number as Swedish text."""
    text = f"{value:{'+' if signed else ''},.{decimals}f}"
    return text.replace(",", " ").replace(".", ",").replace("-", "−")
