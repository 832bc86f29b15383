"""A warning, not silence: what in a study must be read with care, in sentences, English and Swedish.

Said when a resource is asked for more than it has, a queue is still moving at the end, a rework cap was reached,
sampled durations differ from declared ones, something has no price, or an interval is too wide to choose.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from flowsim import arithmetic, chance, plan
from flowsim.costs.missing_prices import in_swedish
from flowsim.experiment import Outcome
from flowsim.frames import pd
from flowsim.plan import Plan
from flowsim.study.measured import ALL_QUEUES

Said = tuple[str, str]
"""A sentence in English and in Swedish."""
TEXTS: dict[str, Said] = {
    "overloaded": (
        "{resource} is asked for {load:.1%} of what it has: its queue grows as long as this lasts.",
        "{resource} begärs till {load:.1%} av vad som finns: kön växer så länge det varar.",
    ),
    "full": (
        "{resource} is asked for all it has ({load:.1%}): only those who leave keep its queue from growing.",
        "{resource} begärs till allt som finns ({load:.1%}): bara de som lämnar kön hindrar att den växer.",
    ),
    "sampled": (
        "{step}: the sampled mean duration, {found:.4g}, differs from the declared one, {declared:.4g} ({unit}).",
        "{step}: slumpade längder har medel {found:.4g}, inte {declared:.4g} som angetts ({unit}).",
    ),
    "drift": (
        "the queues still move at the end ({before:.0f} a year before, now {now:.0f}): this is no lasting state.",
        "köerna rör sig ännu vid slutet ({before:.0f} ett år före, nu {now:.0f}): det är inget varaktigt läge.",
    ),
    "rework": (
        "{step}: about {hits:.0f} patients a run reach the rework cap ({cap}); they go on instead of being sent back.",
        "{step}: omkring {hits:.0f} patienter per körning når taket för omarbete ({cap}) och går vidare i stället.",
    ),
    "no_costs": (
        "names no unit costs file, so nothing is said of its cost.",
        "anger ingen kostnadsfil, så inget sägs om kostnaden.",
    ),
    "undecided": (
        "{n} replications cannot tell it from {baseline} in {measures}; more are needed to choose by these.",
        "{n} körningar räcker inte för att skilja det från {baseline} i {measures}; det behövs fler för att välja.",
    ),
}
ERRORS = 4.0
"""Standard errors by which a sampled mean may differ from the declared one."""
JUST_FULL = 1.02
"""A load up to this may be carried off by those who leave."""
DRIFT_WEEKS = 26
DRIFT_SHARE = 0.1
"""A queue whose mean of the last `DRIFT_WEEKS` differs by more than this from a year before is still moving."""
CHOOSE_BY: dict[str, Said] = {
    "queue_end": ("the queue at the end", "kön vid slutet"),
    "operations": ("operations", "antalet operationer"),
    "visits_per_week": ("visits a week", "besök per vecka"),
}


def of(
    plans: Sequence[Plan],
    outcome: Outcome,
    made: Mapping[str, pd.DataFrame],
    costs: Mapping[str, Any],
    seed: int,
) -> list[Said]:
    """All warnings of a study, each beginning with the scenario it is about."""
    found: list[Said] = []
    for one in plans:
        name = one.setting.scenario
        texts = [*_overloaded(one), *_sampled(one, seed), *_drift(made["weekly_queue"], name)]
        texts += [*_reworked(one, made["numbers"]), *([] if name in costs else [_say("no_costs")])]
        texts += _undecided(made["headline"], name, plans[0].setting.scenario)
        found += [(f"{name}: {english}", f"{name}: {swedish}") for english, swedish in texts]
    return found + _unpriced(outcome.summaries)


def _say(key: str, **values: object) -> Said:
    english, swedish = (text.format(**values) for text in TEXTS[key])
    return english, swedish.replace("%", " %")


def _overloaded(one: Plan) -> Iterator[Said]:
    for load in arithmetic.loads(one):
        if load.load > 1:
            yield _say("overloaded" if load.load > JUST_FULL else "full", resource=load.resource, load=load.load)


def _sampled(one: Plan, seed: int) -> Iterator[Said]:
    """Durations of the first replication whose mean is off the declared mean."""
    draws, recipe = plan.draw(one, seed, 0), one.recipe
    group = np.array(draws.group)
    for k, step in enumerate(one.steps):
        if recipe is None or not len(recipe.steps[0][k].duration):
            continue
        nights = recipe.keys[k].nights
        unit, scale = ("nights", 1.0) if nights else ("hours", 3600.0)
        sampled = np.array(draws.values("duration", k, 0, 0), dtype=float)
        for g, law in enumerate(recipe.steps[0][k].duration):
            mine = sampled[group == g] if recipe.keys[k].groups[g] else sampled[:0]
            declared, spread = chance.mean(law), chance.sd(law)
            allowed = ERRORS * spread / np.sqrt(max(len(mine), 1)) + (0.0 if nights else 1.0)
            if len(mine) > 1 and np.isfinite(spread) and abs(mine.mean() - declared) > allowed:
                yield _say("sampled", step=step.name, found=mine.mean() / scale, declared=declared / scale, unit=unit)


def _drift(queues: pd.DataFrame, scenario: str) -> Iterator[Said]:
    """Too short a run: the sum of queues is still moving at its end."""
    mine = queues[(queues["scenario"] == scenario) & (queues["span"] == ALL_QUEUES)].sort_values("week")
    if len(mine) < 52 + DRIFT_WEEKS:
        return
    mean = mine["mean"].to_numpy()
    before, now = mean[-52 - DRIFT_WEEKS : len(mean) - 52].mean(), mean[-DRIFT_WEEKS:].mean()
    if abs(now - before) > DRIFT_SHARE * max(before, 20.0):
        yield _say("drift", before=before, now=now)


def _reworked(one: Plan, numbers: pd.DataFrame) -> Iterator[Said]:
    """Steps whose rework is capped while the declared share would reach the cap now and then."""
    visits = numbers[(numbers["scenario"] == one.setting.scenario) & (numbers["measure"].astype(str) == "visits")]
    by_step = dict(zip(visits["step_or_resource"].astype(str), visits["mean"], strict=True))
    for k, step in enumerate(one.steps):
        if step.rework_to < 0 or one.recipe is None:
            continue
        share = max(period[k].rework_share for period in one.recipe.steps)
        hits = by_step.get(step.name, 0.0) * share ** (step.rework_cap + 1)
        if hits >= 1:
            yield _say("rework", step=step.name, hits=hits, cap=step.rework_cap)


def _unpriced(kept: Mapping[str, pd.DataFrame]) -> list[Said]:
    """What happened and has no price, once for each scenario."""
    if "unpriced" not in kept:
        return []
    pairs = zip(kept["unpriced"]["scenario"].astype(str), kept["unpriced"]["text"].astype(str), strict=True)
    return list(dict.fromkeys((f"{name}: {text}", f"{name}: {in_swedish(text)}") for name, text in pairs))


def _undecided(headline: pd.DataFrame, scenario: str, baseline: str) -> list[Said]:
    """Whether these replications cannot tell the scenario from the baseline."""
    mine = headline[(headline["scenario"] == scenario) & headline["measure"].isin(CHOOSE_BY)]
    mine = mine[mine["diff"].notna()]
    same = mine[(mine["diff_low"] <= 0) & (mine["diff_high"] >= 0)]
    if not len(mine) or len(same) < len(mine):
        return []
    n, names = int(mine["n"].iloc[0]), [CHOOSE_BY[measure] for measure in same["measure"]]
    english, _ = _say("undecided", n=n, baseline=baseline, measures=" and ".join(name for name, _ in names))
    _, swedish = _say("undecided", n=n, baseline=baseline, measures=" och ".join(name for _, name in names))
    return [(english, swedish)]
