"""Added cost: what a scenario costs beside a baseline, in all and per extra operation. A difference of totals."""

from __future__ import annotations

import numpy as np
import pandas as pd

_KEYS = ["scenario", "replication"]


def added_cost(scenario_costs: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """T(scenario) - T(baseline) in the same replication, from the rows of `scenario_cost`.

    Columns: scenario, replication, added_cost_sek, extra_operations. The baseline has no row. KeyError if it is
    missing; replications that only one of them ran are left out.
    """
    names = scenario_costs["scenario"].unique()
    if baseline not in names:
        raise KeyError(f"no costs of the baseline {baseline!r}; there are: {', '.join(names)}")
    kept = scenario_costs[[*_KEYS, "total_cash_sek", "operations"]]
    base = kept[kept["scenario"] == baseline].drop(columns="scenario")
    rest = kept[kept["scenario"] != baseline]
    pairs = rest.merge(base, on="replication", suffixes=("", "_baseline"), sort=False)
    return pd.DataFrame(
        {
            "scenario": pairs["scenario"].astype(str),
            "replication": pairs["replication"],
            "added_cost_sek": (pairs["total_cash_sek"] - pairs["total_cash_sek_baseline"]).round(2),
            "extra_operations": pairs["operations"] - pairs["operations_baseline"],
        }
    )


def added_cost_per_extra(added: pd.DataFrame, resamples: int = 2000, seed: int = 1) -> pd.DataFrame:
    """Added cost per extra operation: sum over sum of replications, with a 95 % interval by paired bootstrap.

    Takes the rows of `added_cost`. Columns: scenario, replications, extra_operations, extra_low, extra_high,
    added_cost_per_extra_sek, added_cost_per_extra_sek_low, added_cost_per_extra_sek_high, reason. The three amounts
    are empty, with the reason, where the interval of extra operations holds 0. The resamples are drawn from `seed`
    alone. Source: ratio estimator, percentile bootstrap (Efron 1979).
    """
    lines = [_per_extra(str(name), one, resamples, seed) for name, one in added.groupby("scenario", sort=False)]
    return pd.DataFrame(lines, columns=_COLUMNS)


_MONEY = [f"added_cost_per_extra_sek{end}" for end in ("", "_low", "_high")]
_COLUMNS = ["scenario", "replications", "extra_operations", "extra_low", "extra_high", *_MONEY, "reason"]


def _per_extra(scenario: str, one: pd.DataFrame, resamples: int, seed: int) -> dict[str, object]:
    money = one["added_cost_sek"].to_numpy(dtype=float)
    extra = one["extra_operations"].to_numpy(dtype=float)
    line: dict[str, object] = {"scenario": scenario, "replications": len(one), "extra_operations": extra.mean()}
    empty = dict.fromkeys(_MONEY, np.nan)
    if len(one) < 2:
        return {**line, **empty, "reason": "one replication: no interval of extra operations"}
    if np.isnan(extra).any():
        return {**line, **empty, "reason": "the scenario names no step as the guarantee's treatment"}
    picks = np.random.default_rng(seed).integers(0, len(one), size=(resamples, len(one)))
    sums, extras = money[picks].sum(axis=1), extra[picks].sum(axis=1)
    low, high = (float(bound) for bound in np.quantile(extras / len(one), [0.025, 0.975]))
    line |= {"extra_low": low, "extra_high": high}
    if not (low > 0 or high < 0):
        shown = f"{low:.1f} to {high:.1f}"
        return {**line, **empty, "reason": f"the interval of extra operations, {shown}, holds 0"}
    bounds = np.quantile(sums[extras != 0] / extras[extras != 0], [0.025, 0.975])
    ratio = money.sum() / extra.sum()
    return {**line, **dict(zip(_MONEY, (ratio, *map(float, bounds)), strict=True)), "reason": ""}
