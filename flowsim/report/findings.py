"""One true sentence for each figure, said from the study's numbers.

A scenario is called by its letter, as in the figures. A difference is called sure only when its 95 % interval does
not reach zero; where nothing is sure, the sentence says so.
"""

from __future__ import annotations

import numpy as np

from flowsim.report.figures import bars, money
from flowsim.report.figures.incomes import left, models
from flowsim.report.quantities import quantity
from flowsim.report.reading import Reading


def accepted_queue(reading: Reading) -> float:
    """The queue, patients, that fits the guarantee at the baseline's pace: starts a week x days / 7 (Little's law)."""
    days = reading.limit_days(reading.main_span)
    weekly = reading.rows("weekly_throughput", scenario=reading.baseline, step=reading.main_step)
    return float(weekly.loc[weekly["week"] >= 0, "mean"].mean()) * days / 7 if len(weekly) else float("nan")


def queue(reading: Reading, span: str) -> str:
    """How long the queue is at the end in the baseline, and in which scenarios it is shortest and longest."""
    ends = {s: _last(reading, "weekly_queue", s, span=span) for s in reading.scenarios}
    first = _last(reading, "weekly_queue", reading.baseline, first=True, span=span)
    said = {s: reading.words.number(v) for s, v in ends.items()}
    values = {"name": _opening(reading, span), "first": reading.words.number(first), "base": said[reading.baseline]}
    return _extremes(reading, "finding_queue", ends, said, values)


def waits(reading: Reading, span: str, limit_days: float) -> str:
    """Share of those treated who had waited within the limit."""
    shares = {s: share_within(reading, s, span, limit_days) for s in reading.scenarios}
    said = {s: reading.words.percent(v) for s, v in shares.items()}
    values = {"name": _opening(reading, span), "days": reading.words.number(limit_days), "base": said[reading.baseline]}
    return _extremes(reading, "finding_waits", shares, said, values)


def share_within(reading: Reading, scenario: str, span: str, days: float) -> float:
    """Share of the treated whose wait lies in bins up to `days`; NaN where no bin ends there."""
    rows = reading.rows("waits", scenario=scenario, span=span)
    return float(rows.loc[rows["to_days"] <= days, "mean"].sum()) if (rows["to_days"] == days).any() else float("nan")


def guarantee(reading: Reading, name: str, days: float) -> str:
    """Share of those waiting who are inside the guarantee at the end."""
    ends = {s: _last(reading, "weekly_guarantee", s, guarantee=name) for s in reading.scenarios}
    said = {s: reading.words.percent(v) for s, v in ends.items()}
    values = {"name": reading.words.name(name), "days": reading.words.number(days), "base": said[reading.baseline]}
    return _extremes(reading, "finding_guarantee", ends, said, values)


def throughput(reading: Reading, step: str) -> str:
    """Mean patients a week over the horizon."""
    mean = {}
    for scenario in reading.scenarios:
        rows = reading.rows("weekly_throughput", scenario=scenario, step=step)
        mean[scenario] = float(rows.loc[rows["week"] >= 0, "mean"].mean())
    said = {s: reading.words.number(v, 1) for s, v in mean.items()}
    return _extremes(
        reading, "finding_throughput", mean, said, {"name": _opening(reading, step), "base": said[reading.baseline]}
    )


def capacity(reading: Reading) -> str:
    """How much of the baseline's bottleneck (else its hardest used resource) is used, and the largest loss there."""
    words, base = reading.words, reading.baseline
    resources = bars.resources_shown(reading)
    used = {r: bars.shares_of_offered(reading, r, ["used"])["used"].get(base, 0.0) for r in resources}
    binds = reading.bottleneck(base)
    hardest = binds if binds in used else max(used, key=lambda r: used[r])
    causes = bars.loss_causes(reading.table("capacity"))
    lost = {c: bars.shares_of_offered(reading, hardest, [c])[c].get(base, 0.0) for c in causes}
    key = "finding_capacity_binds" if hardest == binds else "finding_capacity"
    text = words(key, resource=words.name(hardest), share=words.percent(used[hardest], 1))
    worst = max(lost, key=lambda c: lost[c], default="")
    if worst and lost[worst] > 0.0005:
        text += words("finding_capacity_loss", cause=words.name(worst), share=words.percent(lost[worst], 1))
    return text + "."


def occupancy(reading: Reading, resource: str) -> str:
    """The fullest morning of the week in the baseline (else in the first scenario that has the resource)."""
    having = {str(s) for s in reading.rows("occupancy", resource=resource)["scenario"]}
    shown = next(s for s in (reading.baseline, *reading.scenarios) if s in having)
    rows = reading.rows("occupancy", scenario=shown, resource=resource)
    top = rows.loc[rows["mean"].idxmax()]
    words = reading.words
    return words(
        "finding_occupancy",
        resource=words.name(resource),
        day=words.weekday_name(int(top["weekday"])),
        mean=words.number(top["mean"], 1),
        places=words.number(top["available"], 0 if float(top["available"]).is_integer() else 1),
    )


def total_cost(reading: Reading) -> str:
    """Total cash and operations, in the baseline and the dearest scenario."""
    cost = {s: reading.one("headline", scenario=s, measure="total_cash_sek") for s in reading.scenarios}
    said = {s: _with_operations(reading, s, v) for s, v in cost.items()}
    return _extremes(reading, "finding_total_cost", cost, said, {"base": said[reading.baseline]})


def full_cost(reading: Reading) -> str:
    """Full cost per operated patient."""
    measure = "full_cost_sek_per_operated"
    cost = {s: reading.one("headline", scenario=s, measure=measure) for s in reading.scenarios}
    told = quantity(measure)
    said = {s: told.said(reading.words, told.value(reading.words, v)) for s, v in cost.items()}
    if not np.isfinite(cost[reading.baseline]):
        return reading.words("finding_full_cost_none")
    return _extremes(reading, "finding_full_cost", cost, said, {"base": said[reading.baseline]})


def added_cost(reading: Reading) -> str:
    """The dearest and the cheapest scenario against the baseline, each with its operations."""
    cost = {s: reading.one("headline", "diff", scenario=s, measure="total_cash_sek") for s in reading.others}
    cost = {s: v for s, v in cost.items() if np.isfinite(v)}
    if not cost:
        return reading.words("finding_nothing")
    top, low = max(cost, key=lambda s: cost[s]), min(cost, key=lambda s: cost[s])
    parts = {"top": reading.letter(top), "top_said": _said(reading, top)}
    if top == low:
        return reading.words("finding_added_cost_one", **parts)
    return reading.words("finding_added_cost", **parts, low=reading.letter(low), low_said=_said(reading, low))


def per_extra(reading: Reading) -> str:
    """The cheapest extra operation, its added and full cost; and a bought one's price."""

    def price(scenario: str, name: str) -> float:
        return reading.one("added_cost", name, scenario=scenario)

    def said(scenario: str, name: str) -> str:
        told = quantity(name)
        return told.said(reading.words, told.value(reading.words, price(scenario, name)))

    added, full, bought = "added_cost_per_extra_sek", "full_cost_sek_per_extra", "bought_sek_per_bought"
    gaining = [
        s
        for s in reading.others
        if np.isfinite(price(s, added)) and reading.one("added_cost", "extra_operations", scenario=s) > 0
    ]
    parts = [reading.words("finding_per_extra_none")]
    if gaining:
        low = min(gaining, key=lambda s: price(s, added))
        parts = [
            reading.words("finding_per_extra", low=reading.letter(low), cost=said(low, added), full=said(low, full))
        ]
    buying = [s for s in reading.others if np.isfinite(price(s, bought))]
    if buying:
        first = min(buying, key=lambda s: price(s, bought))
        words = {"letter": reading.letter(first), "price": said(first, bought)}
        parts.append(reading.words("finding_per_extra_bought", **words))
    return " ".join(parts)


def income(reading: Reading) -> str:
    """Which payment model leaves the baseline most, and which least."""
    titles = models(reading)
    kept = {payment: left(reading, reading.baseline, payment)[0] for payment in titles}
    top, low = max(kept, key=lambda p: kept[p]), min(kept, key=lambda p: kept[p])
    said = {"top": titles[top], "top_left": reading.words.signed(kept[top], 1)}
    said |= {"low": titles[low], "low_left": reading.words.signed(kept[low], 1)}
    return reading.words("finding_income", **said)


def cost_against_queue(reading: Reading) -> str:
    """The cheapest scenario of those that surely shorten the queue."""
    found = money.points(reading)
    shorter = {s: cost[0] for s, (queue_diff, cost) in found.items() if queue_diff[2] < 0}
    if not shorter:
        return reading.words("finding_no_shorter_queue")
    best = min(shorter, key=lambda s: shorter[s])
    fewer = quantity("queue").more_or_less(reading.words, "queue", *found[best][0])
    said = reading.words.listed([fewer, *money_and_operations(reading, best)])
    return reading.words("finding_cost_queue", number=len(shorter), best=reading.letter(best), said=said)


def money_and_operations(reading: Reading, scenario: str) -> list[str]:
    """`102 more operations (93-111)`, `12.9 MSEK more (12.5-13.3)`: added cost never without operations."""
    parts = []
    for measure, kind in (("operations", "operations"), ("total_cash_sek", "cost")):
        reach = _diff(reading, scenario, measure)
        if np.isfinite(reach[0]):
            parts.append(quantity(measure, 1e6).more_or_less(reading.words, kind, *reach))
    return parts


def _said(reading: Reading, scenario: str) -> str:
    return reading.words.listed(money_and_operations(reading, scenario))


def differences(reading: Reading) -> str:
    """How many scenarios surely give more operations (or a shorter queue), and which gives most."""
    for measure, better in (("operations", 1), ("queue_end", -1)):
        found = {s: _diff(reading, s, measure) for s in reading.others}
        found = {s: d for s, d in found.items() if np.isfinite(d).all()}
        if found:
            return _sure(reading, measure, found, better)
    return reading.words("finding_nothing")


def _sure(reading: Reading, measure: str, found: dict[str, tuple[float, float, float]], better: int) -> str:
    sure = {s: better * d[0] for s, d in found.items() if min(better * d[1], better * d[2]) > 0}
    if not sure:
        return reading.words(f"finding_differences_{measure}_none")
    best = max(sure, key=lambda s: sure[s])
    kind = "operations" if measure == "operations" else "queue"
    said = quantity(measure).more_or_less(reading.words, kind, *found[best])
    return reading.words(
        f"finding_differences_{measure}",
        number=len(sure),
        all=len(reading.others),
        best=reading.letter(best),
        said=said,
    )


def effects(reading: Reading) -> str:
    """The single change that did most for operations."""
    rows = reading.rows("steps", measure="operations")
    top = rows.loc[rows["mean"].abs().idxmax()]
    reach = float(top["mean"]), float(top["low"]), float(top["high"])
    said = quantity("operations").more_or_less(reading.words, "operations", *reach)
    change, letter = reading.words.change(str(top["change"])), reading.letter(str(top["scenario"]))
    return reading.words("finding_effects", change=change, scenario=letter, said=said)


def endings(reading: Reading) -> str:
    """How the baseline's patients ended."""
    rows = reading.rows("endings", scenario=reading.baseline)
    order = [str(e) for e, m in zip(rows["ended"], rows["mean"], strict=True) if m > 0.5]
    words = reading.words
    parts = [
        f"{words.number(reading.one('endings', scenario=reading.baseline, ended=e))} {words('ended_' + e)}"
        for e in order
    ]
    return words("finding_endings", parts=words.listed(parts))


def pathway(reading: Reading, scenario: str) -> str:
    """Where the longest queue stands on average."""
    rows = reading.rows("flow_steps", scenario=scenario)
    if not len(rows) or not rows["mean"].max() > 0.5:
        return reading.words("finding_pathway_none", scenario=reading.letter(scenario))
    top = rows.loc[rows["mean"].idxmax()]
    reach = [reading.one("flow_steps", c, scenario=scenario, step=top["step"]) for c in ("mean", "low", "high")]
    said = quantity("queue").with_interval(reading.words, reach[0], reach[1], reach[2])
    return reading.words(
        "finding_pathway", scenario=reading.letter(scenario), step=reading.words.name(str(top["step"])), said=said
    )


def _last(reading: Reading, table: str, scenario: str, first: bool = False, **where: object) -> float:
    """The mean of the last (or first) reported week."""
    rows = reading.rows(table, scenario=scenario, **where)
    rows = rows[rows["week"] >= 0].sort_values("week")
    return float(rows["mean"].iloc[0 if first else -1]) if len(rows) else float("nan")


def _diff(reading: Reading, scenario: str, measure: str) -> tuple[float, float, float]:
    mean, low, high = (
        reading.one("headline", c, scenario=scenario, measure=measure) for c in ("diff", "diff_low", "diff_high")
    )
    return mean, low, high


def _with_operations(reading: Reading, scenario: str, cost: float) -> str:
    """`214.0 MSEK for 1,371 operations`."""
    words, told = reading.words, quantity("total_cash_sek", 1e6)
    done = reading.one("headline", scenario=scenario, measure="operations")
    text = told.said(words, told.value(words, cost))
    return text if not np.isfinite(done) else words("cost_for_operations", cost=text, number=words.number(done))


def _opening(reading: Reading, name: str) -> str:
    return reading.words.first_upper(reading.words("all_queues") if name == "all" else reading.words.name(name))


def _extremes(
    reading: Reading, key: str, numbers: dict[str, float], said: dict[str, str], values: dict[str, str]
) -> str:
    """The text of `key` about the baseline, then which scenarios lie lowest and highest, unless they are told alike."""
    text = reading.words(key, **values)
    known = {s: v for s, v in numbers.items() if np.isfinite(v) and s != reading.baseline}
    if not known:
        return text + "."
    low, high = min(known, key=lambda s: known[s]), max(known, key=lambda s: known[s])
    if said[low] == said[high]:
        return text + "."
    ends = {"low": said[low], "low_in": reading.letter(low), "high": said[high], "high_in": reading.letter(high)}
    return text + reading.words("extremes", **ends) + "."
