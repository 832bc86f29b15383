"""One replication's rows -> the small frames a study keeps of it. Runs inside the workers, where the rows are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from flowsim import measures
from flowsim.costs.kpp import cost_by_component, each_run
from flowsim.costs.missing_prices import missing_prices
from flowsim.costs.scenario_cost import TERMS, scenario_cost
from flowsim.frames import pd
from flowsim.measures.capacity import beds_at_six, evenings, totals
from flowsim.measures.runs import Run, framed, prepare, resource_names
from flowsim.study import logs
from flowsim.study.pressure import pressure
from flowsim.tables import Results, Setting

if TYPE_CHECKING:
    from flowsim.schema.unit_costs import UnitCosts
    from flowsim.study.incomes import Paid

RUN = ["scenario", "replication"]
YEAR_WEEKS = 52
WAIT_BIN_DAYS = 15
LONGEST_WAIT_DAYS = 720
ALL_QUEUES = "all"
"""The span under which every waiting patient counts once."""
MONEY = ("total_cash_sek", "full_cost_sek", "bought_sek", "unused_capacity_sek")
SPAN, TREATMENT, EVERYWHERE = "span", "treatment", "everywhere"
HEADLINE = (
    ("queue_end", "queue_end", SPAN),
    ("queue_end_year_1", "queue_on:{year_1}", SPAN),
    ("queues_end", "queue_sum_end", EVERYWHERE),
    ("queues_end_year_1", "queue_sum_on:{year_1}", EVERYWHERE),
    ("wait_median_days", "wait_median_days", SPAN),
    ("wait_mean_days", "wait_mean_days", SPAN),
    ("wait_p90_days", "wait_p90_days", SPAN),
    ("operations", "operations", TREATMENT),
    ("operations_year_1", "operations_year_1", TREATMENT),
    ("operations_per_week", "operations_per_week", TREATMENT),
    ("treated_elsewhere", "bought", EVERYWHERE),
)
"""Measures of the headline, the measure of `measures.summary` each is, and what it is of (see `main_place`)."""
SHARES = (
    ("share_within_guarantee", "within_share_treated", "treatment"),
    ("share_within_guarantee_waiting", "within_share_waiting", "treatment"),
    ("share_first_visit_within_guarantee", "within_share_treated", "first_visit"),
)
"""Measures that are shares inside a guarantee, with its name."""


@dataclass(frozen=True)
class Measured:
    """What is kept of each replication; `unit_costs` by scenario, none where a scenario names no file."""

    unit_costs: Mapping[str, UnitCosts]
    paid: Mapping[str, Paid] = field(default_factory=dict)
    """By scenario, what the hospital is paid by; none where a scenario names no payments file."""
    logged: int = -1
    """The replication whose rows are kept for the study's log; -1: none."""

    def __call__(self, results: Results) -> dict[str, pd.DataFrame]:
        """Frames by name, each beginning with scenario and replication; numbers in the column `value`."""
        runs, setting = prepare(results), results.setting
        numbers = measures.summary(runs, dates(setting))
        kept = {
            "numbers": numbers,
            "queue": _queues(runs),
            "throughput": _throughput(runs, setting),
            "guarantee": _guarantee(runs, setting),
            "waits": _waits(runs),
            "occupancy": _occupancy(runs),
            "losses": measures.lost_share(runs).rename(columns={"lost": "value"}),
            "pressure": pressure(runs, setting),
            "edges": _edges(runs),
        }
        costs = self.unit_costs.get(setting.scenario)
        kept |= {} if costs is None else _costs(results, costs)
        if setting.scenario in self.paid:
            kept["income"] = self.paid[setting.scenario].by_run(results, costs)
        if len(results.patients) and int(results.patients["replication"].iloc[0]) == self.logged:
            kept |= logs.rows(results)
        return kept | {"headline": _headline(numbers, kept.get("money"), setting)}


def dates(setting: Setting) -> list[date]:
    """Days on whose evening queues are counted beside the horizon's end: the first year's last."""
    last = setting.start + timedelta(weeks=YEAR_WEEKS, days=-1)
    return [last] if setting.weeks > YEAR_WEEKS else []


def main_place(setting: Setting) -> tuple[str, str]:
    """What the headline's queue and waits are of: (kind, name).

    The span that ends with the guarantee's treatment (from the decision, if there is one), else the first span, else
    the treatment step, else the first step with a queue.
    """
    treatment = treatment_step(setting)
    ending = [(begins != "decision", name) for name, begins, to in setting.spans if to == treatment]
    if ending or setting.spans:
        return "span", min(ending)[1] if ending else setting.spans[0][0]
    queued = [step.name for step in setting.steps if step.lead and not step.stay_of]
    return "step", treatment if treatment in queued else (queued or [""])[0]


def treatment_step(setting: Setting) -> str:
    """The step that the guarantee calls treatment; '' if there is none."""
    return next((step for name, step, _ in setting.guarantee if name == "treatment"), "")


def _headline(numbers: pd.DataFrame, money: pd.DataFrame | None, setting: Setting) -> pd.DataFrame:
    """The numbers of the headline table: scenario, replication, measure, value."""
    kind, place = main_place(setting)
    treatment = treatment_step(setting)
    year_1 = "".join(day.isoformat() for day in dates(setting))
    where = {SPAN: place, TREATMENT: treatment, EVERYWHERE: ""}
    wanted = {("visits_per_week", place): "visits_per_week"} if not treatment and kind == "step" else {}
    for shown, measure, of in HEADLINE:
        prefix = "span_" if of == SPAN and kind == "span" else ""
        wanted[prefix + measure.format(year_1=year_1), where[of]] = shown
    wanted |= {(measure, guarantee): shown for shown, measure, guarantee in SHARES}
    keys = [*zip(numbers["measure"].astype(str), numbers["step_or_resource"].astype(str), strict=True)]
    frame = numbers.assign(measure=[wanted.get(key, "") for key in keys])
    order = {shown: k for k, shown in enumerate(wanted.values())}
    frame = frame[frame["measure"] != ""][[*RUN, "measure", "value"]]
    frame = frame.iloc[frame["measure"].map(order).argsort(kind="stable")]
    if money is None:
        return frame.reset_index(drop=True)
    shown = money[money["measure"].isin(MONEY) | money["measure"].str.endswith("_per_operated")]
    return pd.concat([frame, shown[[*RUN, "measure", "value"]]], ignore_index=True)


def _queues(runs: Sequence[Run]) -> pd.DataFrame:
    """Patients at each week's end by span, by step, and all."""
    frame = measures.every_week(runs)
    stays = [step.name for step in runs[0].setting.steps if step.stay_of]
    if stays:
        frame = frame[~((frame["kind"] == "step") & frame["name"].isin(stays))].reset_index(drop=True)
    return frame.drop(columns="kind").rename(columns={"name": "span", "patients": "value"})


def _throughput(runs: Sequence[Run], setting: Setting) -> pd.DataFrame:
    """Visits started each week, by step that needs a resource."""
    frame = measures.throughput(runs)
    queued = [step.name for step in setting.steps if step.lead and not step.stay_of]
    frame = frame[frame["step"].isin(queued)].astype({"step": str})
    return frame[[*RUN, "step", "week", "started"]].rename(columns={"started": "value"}).reset_index(drop=True)


def _guarantee(runs: Sequence[Run], setting: Setting) -> pd.DataFrame:
    """Share inside the guarantee among those waiting at each week's end."""
    if not setting.guarantee:
        return pd.DataFrame(columns=[*RUN, "guarantee", "week", "value"])
    frame = measures.within_guarantee_by_week(runs)
    return frame[[*RUN, "guarantee", "week", "waiting_share"]].rename(columns={"waiting_share": "value"})


def _waits(runs: Sequence[Run]) -> pd.DataFrame:
    """Share of those started in the horizon by how long they had waited, by span (by step where there is no span)."""
    frame = measures.wait_histogram(runs, WAIT_BIN_DAYS, LONGEST_WAIT_DAYS).astype({"name": str, "kind": str})
    kind = "span" if (frame["kind"] == "span").any() else "step"
    frame = frame[frame["kind"] == kind].reset_index(drop=True)
    total = frame.groupby("name", sort=False)["patients"].transform("sum")
    frame["value"] = frame["patients"] / total.where(total > 0)
    frame["to_days"] = frame["from_days"] + WAIT_BIN_DAYS
    return frame.rename(columns={"name": "span"})[[*RUN, "span", "from_days", "to_days", "value"]]


def _occupancy(runs: Sequence[Run]) -> pd.DataFrame:
    """Places taken at 06.00 by the weekday (0 = Monday) on whose evening the night began, and places to be had.

    `p05` and `p95`: nine nights of ten of that weekday lie between them.
    """
    (run,) = runs
    names, occupied = beds_at_six(run)
    by_day = [occupied[:, evenings(run) == day] for day in range(7)]
    places = [resource_names(run.setting).index(name) for name in names]
    quantiles = np.stack([np.quantile(nights, (0.05, 0.95), axis=1) for nights in by_day], axis=-1)
    data = {
        "resource": np.repeat(np.array(names, dtype=object), 7),
        "weekday": np.tile(np.arange(7), len(names)),
        "available": np.repeat(totals(run)["offered"][places] / run.end, 7),
        "value": np.stack([nights.mean(axis=1) for nights in by_day], axis=-1).ravel(),
        "p05": quantiles[0].ravel(),
        "p95": quantiles[1].ravel(),
    }
    return framed(run, data).astype({"resource": str})


def _edges(runs: Sequence[Run]) -> pd.DataFrame:
    """Own patients from step to step, from `start` and to how they ended: from_step, to_step, value."""
    frame = measures.routes(runs).astype({"from_step": str, "to_step": str})
    return frame.rename(columns={"patients": "value"})


def _costs(results: Results, costs: UnitCosts) -> dict[str, pd.DataFrame]:
    """Money: the scenario's terms and totals, full cost by component, and what has no price."""
    runs = [*each_run(results)]
    money = scenario_cost(runs, costs)
    per = [c for c in money.columns if c.endswith("_per_operated")]
    parts = cost_by_component(runs, costs)
    by_part = parts.groupby([*RUN, "component"], observed=True, sort=True)["full_cost_sek"].sum().reset_index()
    texts = missing_prices(runs, costs)
    keys = {name: [money[name].iloc[0]] * len(texts) for name in RUN}
    return {
        "money": money.melt(id_vars=RUN, value_vars=[*TERMS, "bought", *per], var_name="measure"),
        "components": by_part.rename(columns={"full_cost_sek": "value"}),
        "unpriced": pd.DataFrame({**keys, "text": texts}).astype({"scenario": str, "replication": int, "text": str}),
    }
