"""Replications' small frames -> the tables of a study: means, 95 % intervals, bands and paired differences.

Every table begins with `scenario`. Statistics: mean, low, high (95 % interval of the mean), n; by week also p05, p50,
p95 (spread between replications); diff, diff_low, diff_high, clear (paired with the baseline; empty in its own rows).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flowsim import comparison
from flowsim.costs.added_cost import added_cost as added
from flowsim.costs.added_cost import added_cost_per_extra
from flowsim.experiment import Summaries
from flowsim.frames import pd
from flowsim.study import incomes, pressure
from flowsim.study.incomes import Paid
from flowsim.tables import Setting

RUN = ["scenario", "replication"]
PARTS = ("offered", "used", "overtime", "over")
RATIOS = {
    "full_cost_sek_per_operated": ("full_cost_sek", "operations"),
    "total_cash_sek_per_operated": ("total_cash_sek", "operations"),
}
"""Headline measures that are ratios of sums over replications, never means of ratios."""
DIFFERENCE = ["diff", "diff_low", "diff_high"]
TERM_PREFIX, TERM_SUFFIX = "total_cash_", "_sek"


def tables(
    kept: Mapping[str, pd.DataFrame], settings: Mapping[str, Setting], paid: Mapping[str, Paid] | None = None
) -> dict[str, pd.DataFrame]:
    """All tables of a study from what `Measured` kept of each replication; the first scenario is the baseline."""
    baseline, numbers = next(iter(settings)), _all(kept, "numbers")
    made = {
        "headline": headline(kept["headline"], baseline),
        "pairs": pairs(kept["headline"], list(settings)),
        "by_replication": kept["headline"],
        "numbers": comparison.compared(numbers, baseline, ["measure", "unit", "step_or_resource"]),
        "weekly_queue": _each(kept, "queue", lambda frame: comparison.band(frame, ["span", "week"])),
        "weekly_throughput": _each(kept, "throughput", lambda frame: comparison.band(frame, ["step", "week"])),
        "weekly_guarantee": _each(kept, "guarantee", lambda frame: comparison.band(frame, ["guarantee", "week"])),
        "waits": _each(kept, "waits", waits),
        "capacity": capacity(numbers, _all(kept, "losses"), baseline),
        "occupancy": _each(kept, "occupancy", occupancy),
        "endings": endings(numbers, baseline),
        "flow_edges": comparison.interval(_all(kept, "edges"), ["from_step", "to_step"], "value", fill=0.0),
        "flow_steps": flow_steps(numbers),
        "bottlenecks": bottlenecks(kept["pressure"]),
    }
    if "money" in kept:
        made["costs"] = costs(kept["money"], baseline)
        made["contact_costs"] = comparison.compared(kept["components"], baseline, ["component"], fill=0.0)
        made["added_cost"] = added_cost(kept["headline"], kept["money"], baseline)
    if paid and baseline in paid:
        made["income"] = incomes.incomes(kept["income"], kept["headline"], baseline, paid)
        made["income_change"] = incomes.changes_of_payment(kept["income"], paid)
    return {name: in_order(_as_texts(frame).astype({"scenario": str}), list(settings)) for name, frame in made.items()}


def _all(kept: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame:
    """A frame of all scenarios, texts as categories where that saves memory."""
    return kept.coded(name) if isinstance(kept, Summaries) else kept[name]


def _each(kept: Mapping[str, pd.DataFrame], name: str, table: Callable[[pd.DataFrame], pd.DataFrame]) -> pd.DataFrame:
    """The table of a large frame, scenario by scenario: never more than one of them in memory."""
    if not isinstance(kept, Summaries):
        return table(kept[name])
    parts = [table(one.coded(name)) for scenario, _ in kept.places if name in (one := kept.of(scenario))]
    filled = [_as_texts(part) for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else parts[0]


def _as_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Categories as the texts they stand for."""
    kinds = {name: str for name, dtype in frame.dtypes.items() if isinstance(dtype, pd.CategoricalDtype)}
    return frame.astype(kinds) if kinds else frame


def headline(numbers: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """The headline numbers of each scenario, and added cost beside the baseline (paired by replication).

    Columns: scenario, measure, statistics, difference. Cost per operated patient is a ratio of sums.
    """
    plain = numbers[~numbers["measure"].isin(RATIOS)]
    frame = comparison.compared(plain, baseline, ["measure"], "value")
    cash = frame[(frame["measure"] == "total_cash_sek") & frame["diff"].notna()]
    added = cash.assign(measure="added_cost_sek", mean=cash["diff"], low=cash["diff_low"], high=cash["diff_high"])
    added[DIFFERENCE] = float("nan")
    parts = [frame, added, *(_ratio(numbers, measure, baseline) for measure in RATIOS)]
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def pairs(numbers: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    """The headline numbers of every scenario less each one before it, paired by replication.

    Columns: scenario, against, measure, diff, diff_low, diff_high, n, clear.
    """
    plain, parts = numbers[~numbers["measure"].isin(RATIOS)], []
    for place, against in enumerate(order):
        later = plain[plain["scenario"].isin(order[place:])]
        found = comparison.paired(later, against, ["measure"], "value")
        found.insert(1, "against", against)
        parts.append(found[["scenario", "against", "measure", *DIFFERENCE, "n", "clear"]])
    return pd.concat(parts, ignore_index=True)


def _ratio(numbers: pd.DataFrame, measure: str, baseline: str) -> pd.DataFrame:
    """One ratio of sums with its interval and its paired difference; empty where its parts are missing."""
    over, under = RATIOS[measure]
    wide = numbers.pivot_table(index=RUN, columns="measure", values="value", sort=False).reset_index()
    wide = wide.rename_axis(columns=None)
    if over not in wide or under not in wide:
        return numbers.iloc[:0]
    found = comparison.ratio(wide, over, under).rename(columns={"ratio": "mean"})
    paired = comparison.paired_ratio(wide, baseline, over, under)[["scenario", *DIFFERENCE, "clear"]]
    found = found.merge(paired, on="scenario", how="left", sort=False)
    found["clear"] = found["clear"].eq(True)
    found.insert(1, "measure", measure)
    return found.drop(columns="half_width")


def waits(frame: pd.DataFrame) -> pd.DataFrame:
    """How waits are spread. Columns: scenario, span, from_days, to_days, statistics (share of those treated, 0..1)."""
    found = comparison.interval(frame, ["span", "from_days", "to_days"], "value").drop(columns=["half_width", "sd"])
    met = found.loc[found["mean"] > 0, "to_days"]
    return found[found["to_days"] <= (met.max() if len(met) else 0)].reset_index(drop=True)


def capacity(numbers: pd.DataFrame, losses: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Units offered, used, overtime, over, and lost by cause, whole horizon; nothing that never happened.

    Columns: scenario, resource, part, statistics, difference (slots, server-hours or place-days).
    """
    amounts = _as_texts(numbers[numbers["measure"].isin(PARTS)]).rename(
        columns={"step_or_resource": "resource", "measure": "part"}
    )
    lost = _as_texts(losses).rename(columns={"cause": "part"})
    columns = [*RUN, "resource", "part", "value"]
    frame = pd.concat([amounts[columns], lost[columns]], ignore_index=True)
    met = frame.groupby(["resource", "part"])["value"].transform("max") > 0
    kept = frame[met | frame["part"].isin(("offered", "used"))]
    if not len(kept):  # a pathway of nothing but time: nobody needs anything
        told = ("mean", "low", "high", "n", "diff", "diff_low", "diff_high", "clear")
        return kept[["scenario", "resource", "part"]].assign(**dict.fromkeys(told, 0.0))
    return comparison.compared(kept, baseline, ["resource", "part"], "value")


def occupancy(frame: pd.DataFrame) -> pd.DataFrame:
    """Places taken at 06.00, and between which numbers nine nights of ten lie (p05, p95, mean over replications).

    Columns: scenario, resource, weekday (0 = Monday), statistics, available, p05, p95.
    """
    keys = ["scenario", "resource", "weekday"]
    beside = ["available", "p05", "p95"]
    found = comparison.interval(frame.drop(columns=beside), keys[1:], "value").drop(columns=["half_width", "sd"])
    places = frame.groupby(keys, sort=False)[beside].mean().reset_index()
    return found.merge(places, on=keys, how="left", sort=False)


def endings(numbers: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Patients by how they ended. Columns: scenario, ended, statistics, difference."""
    wanted = [name for name in numbers["measure"].unique() if str(name).startswith("patients_")]
    mine = _as_texts(numbers[numbers["measure"].isin(wanted)])
    ended = mine["measure"].astype(str).str.removeprefix("patients_")
    return comparison.compared(mine.assign(ended=ended), baseline, ["ended"], "value")


def costs(money: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """The terms of the total cash cost. Columns: scenario, term, statistics, difference (SEK)."""
    term = money["measure"].str.removeprefix(TERM_PREFIX).str.removesuffix(TERM_SUFFIX)
    part = money["measure"].str.startswith(TERM_PREFIX) & ~term.isin(("", "total_cash", "sek"))
    part &= money["measure"].str.endswith(TERM_SUFFIX)
    mine = money.assign(term=term)[part | (money["measure"] == "bought_sek")]
    return comparison.compared(mine, baseline, ["term"], "value")


def added_cost(numbers: pd.DataFrame, money: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Per extra operation the added and the full cost, beside the price of a bought one (see `added_cost_per_extra`).

    Empty with the reason where extra operations are not clearly above 0.
    """
    paid = money.loc[money["measure"] == "bought", [*RUN, "measure", "value"]]
    both = pd.concat([numbers[[*RUN, "measure", "value"]].astype({"measure": str}), paid], ignore_index=True)
    wide = both.pivot_table(index=RUN, columns="measure", values="value", sort=False).reset_index()
    if "operations" not in wide or wide["scenario"].nunique() < 2:
        return pd.DataFrame({"scenario": pd.Series(dtype=str), "reason": pd.Series(dtype=str)})
    wide = wide.rename_axis(columns=None).astype({"scenario": str})
    return added_cost_per_extra(added(wide, baseline))


def flow_steps(numbers: pd.DataFrame) -> pd.DataFrame:
    """Mean queue and visits of each step. Columns: scenario, step, statistics (patients waiting), visits."""
    frame = _as_texts(numbers[numbers["measure"].isin(("queue_mean", "visits"))])
    frame = frame.rename(columns={"step_or_resource": "step"})
    queue = comparison.interval(frame[frame["measure"] == "queue_mean"], ["step"], "value")
    visits = frame[frame["measure"] == "visits"].groupby(["scenario", "step"], sort=False)["value"].mean()
    queue = queue.drop(columns=["half_width", "sd"])
    return queue.merge(visits.rename("visits").reset_index(), on=["scenario", "step"], how="left", sort=False)


def bottlenecks(frame: pd.DataFrame) -> pd.DataFrame:
    """Resources by how much they bind, with the numbers behind it and a sentence.

    Columns: scenario, rank, resource, score, load, lost_to_others, causes_loss, queue_growth, why, why_sv.
    """
    means = frame.groupby(["scenario", "resource"], sort=False)[list(pressure.COLUMNS)].mean().reset_index()
    ranked = pressure.ranked(means)
    ranked["why"] = [pressure.in_words(row) for _, row in ranked.iterrows()]
    ranked["why_sv"] = [pressure.in_words(row, sv=True) for _, row in ranked.iterrows()]
    return ranked[["scenario", "rank", "resource", "score", *pressure.COLUMNS, "why", "why_sv"]]


def in_order(frame: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    """Rows by scenario in run order, else as they stood; a fresh index."""
    place = frame["scenario"].astype(str).map({name: k for k, name in enumerate(order)})
    return frame.iloc[place.argsort(kind="stable")].reset_index(drop=True)
