"""Added cost: what a scenario costs beside a baseline, in all and per extra operation. A difference of totals."""

from __future__ import annotations

import numpy as np

from flowsim.frames import pd

_KEYS = ["scenario", "replication"]
PER_EXTRA = {"added_cost_sek": "added_cost_per_extra_sek", "full_cost_sek_added": "full_cost_sek_per_extra"}
"""Money of `added_cost`, and what it is called per extra operation."""
BOUGHT = "bought_sek_per_bought"


def added_cost(scenario_costs: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """T(scenario) - T(baseline) in the same replication, from the rows of `scenario_cost`.

    Columns: scenario, replication, added_cost_sek, full_cost_sek_added (of the contacts, idle capacity not in it),
    extra_operations, bought_sek (not a difference), bought (patients; NaN where it was not counted). The baseline has
    no row. KeyError if it is missing; replications that only one of them ran are left out.
    """
    names = scenario_costs["scenario"].unique()
    if baseline not in names:
        raise KeyError(f"no costs of the baseline {baseline!r}; there are: {', '.join(names)}")
    counted = scenario_costs if "bought" in scenario_costs else scenario_costs.assign(bought=np.nan)
    kept = counted[[*_KEYS, "total_cash_sek", "full_cost_sek", "operations", "bought_sek", "bought"]]
    base = kept[kept["scenario"] == baseline].drop(columns="scenario")
    rest = kept[kept["scenario"] != baseline]
    pairs = rest.merge(base, on="replication", suffixes=("", "_baseline"), sort=False)
    more = {name: pairs[name] - pairs[f"{name}_baseline"] for name in ("total_cash_sek", "full_cost_sek", "operations")}
    return pd.DataFrame(
        {
            "scenario": pairs["scenario"].astype(str),
            "replication": pairs["replication"],
            "added_cost_sek": more["total_cash_sek"].round(2),
            "full_cost_sek_added": more["full_cost_sek"].round(2),
            "extra_operations": more["operations"],
            "bought_sek": pairs["bought_sek"],
            "bought": pairs["bought"],
        }
    )


def added_cost_per_extra(added: pd.DataFrame, resamples: int = 2000, seed: int = 1) -> pd.DataFrame:
    """Per extra operation the added and the full cost, and per bought patient what was paid: the three to compare.

    Takes the rows of `added_cost`. Columns: scenario, replications, extra_operations, extra_low, extra_high, reason
    (and reason_sv), and SEK, each with `_low` and `_high`: added_cost_per_extra_sek, full_cost_sek_per_extra,
    bought_sek_per_bought
    (price, own follow-up, complications; empty where nobody was bought for). Sum over sum of replications, 95 %
    interval by paired bootstrap. What is per extra operation is empty, with the reason, where extra operations are not
    clearly above 0 (Student's t, safer than the bootstrap with few replications), and where the whole interval of the
    money is below 0: a scenario that gives more for less (a dominant alternative, in health economics) has no price per
    extra operation. The resamples are drawn from `seed` alone. Source: ratio estimator, percentile bootstrap (Efron
    1979).
    """
    lines = [_per_extra(str(name), one, resamples, seed) for name, one in added.groupby("scenario", sort=False)]
    return pd.DataFrame(lines, columns=_COLUMNS)


_ENDS = ("", "_low", "_high")
_MONEY = [name + end for name in PER_EXTRA.values() for end in _ENDS]
_COLUMNS = [
    "scenario", "replications", "extra_operations", "extra_low", "extra_high", *_MONEY,
    *(BOUGHT + end for end in _ENDS), "reason", "reason_sv",
]  # fmt: skip
_REASONS = {
    "one": {
        "reason": "one replication: no interval of extra operations",
        "reason_sv": "en körning: inget intervall för extra operationer",
    },
    "no_treatment": {
        "reason": "the scenario names no step as the guarantee's treatment",
        "reason_sv": "scenariot säger inte vilket steg som är garantins behandling",
    },
    "fewer": {"reason": "the operations become fewer", "reason_sv": "operationerna blir färre"},
    "cheaper": {
        "reason": "more operations at a lower cost: no price per extra operation",
        "reason_sv": "fler operationer till lägre kostnad: inget pris per extra operation",
    },
    "unsure": {
        "reason": "the interval of extra operations holds 0",
        "reason_sv": "antalet operationer kan vara oförändrat",
    },
}
"""Why nothing can be said per extra operation."""


def _per_extra(scenario: str, one: pd.DataFrame, resamples: int, seed: int) -> dict[str, object]:
    from scipy.special import stdtrit

    extra = one["extra_operations"].to_numpy(dtype=float)
    picks = np.random.default_rng(seed).integers(0, len(one), size=(resamples, len(one)))
    line: dict[str, object] = {"scenario": scenario, "replications": len(one), "extra_operations": extra.mean()}
    line |= _ratio(BOUGHT, one["bought_sek"].to_numpy(dtype=float), one["bought"].to_numpy(dtype=float), picks)
    if len(one) < 2:
        return {**line, **_REASONS["one"]}
    if np.isnan(extra).any():
        return {**line, **_REASONS["no_treatment"]}
    half = float(stdtrit(len(one) - 1, 0.975) * extra.std(ddof=1) / np.sqrt(len(one)))
    low, high = float(extra.mean()) - half, float(extra.mean()) + half
    line |= {"extra_low": low, "extra_high": high}
    if low <= 0:
        why = _REASONS["fewer" if high < 0 else "unsure"]
        return {**line, **{name: f"{said} ({low:.1f}; {high:.1f})" for name, said in why.items()}}
    reason = dict.fromkeys(("reason", "reason_sv"), "")
    for money, name in PER_EXTRA.items():
        found = _ratio(name, one[money].to_numpy(dtype=float), extra, picks)
        if found[f"{name}_high"] < 0:
            reason = _REASONS["cheaper"]
        else:
            line |= found
    return {**line, **reason}


def _ratio(name: str, over: np.ndarray, under: np.ndarray, picks: np.ndarray) -> dict[str, float]:
    """A ratio of sums and its percentile interval; empty where the sum below is 0 or unknown."""
    total = float(under.sum())
    if not np.isfinite(total) or total == 0:
        return dict.fromkeys((name + end for end in _ENDS), np.nan)
    sums, unders = over[picks].sum(axis=1), under[picks].sum(axis=1)
    low, high = np.quantile(sums[unders != 0] / unders[unders != 0], [0.025, 0.975])
    return {name: float(over.sum()) / total, f"{name}_low": float(low), f"{name}_high": float(high)}
