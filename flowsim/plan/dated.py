"""What may change by date: numbers and laws. Everything else a scenario is made of holds for the whole run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flowsim.plan.frame import plain
from flowsim.schema import ScenarioModel

MAY_CHANGE = """
groups.*.share  groups.*.urgent.share
arrivals.*.per_week  arrivals.*.per_day  arrivals.*.per_hour  arrivals.*.mean_gap  arrivals.*.per_hour_by_weekday
arrivals.*.groups  arrivals.*.season  arrivals.*.growth_per_year  arrivals.*.days
resources.*.slots_per_week  resources.*.servers  resources.*.places  resources.*.by_weekday  resources.*.season
resources.*.level  resources.*.luck  resources.*.days  resources.*.hours  resources.*.open  resources.*.holidays
resources.*.keep_week_total
resources.*.tranches.*.slots_per_week  resources.*.tranches.*.servers  resources.*.tranches.*.places
resources.*.tranches.*.season  resources.*.tranches.*.luck  resources.*.tranches.*.days  resources.*.tranches.*.hours
resources.*.tranches.*.open  resources.*.tranches.*.holidays  resources.*.tranches.*.from_
resources.*.tranches.*.to  resources.*.tranches.*.not_when_season_below
pathway.*.duration  pathway.*.delay  pathway.*.then.by_group  pathway.*.patience.*.after  pathway.*.pull.below
pathway.*.late_cancellation.*.share  pathway.*.late_cancellation.*.rebook_after
pathway.*.late_cancellation.*.leave_share  pathway.*.no_show.share  pathway.*.no_show.rebook_after
pathway.*.rework.share  pathway.*.stay.nights.by_group  pathway.*.stay.duration.by_group
pathway.*.elsewhere.share  pathway.*.elsewhere.groups  pathway.*.elsewhere.classes  pathway.*.elsewhere.lead_time
pathway.*.elsewhere.complication_share
"""
"""Keys a dated change may touch; * = any name or place in a list."""
_MAY_BEGIN = ("no_show", "rework", "pull", "elsewhere")
"""Parts of a step that may be there in some periods only."""
_ASIDE = ("title", "title_sv", "scenario", "schema_")
_PATTERNS = tuple(tuple(pattern.split(".")) for pattern in MAY_CHANGE.split())


def undatable(model: ScenarioModel, later: ScenarioModel) -> Iterator[str]:
    """Keys that differ between two periods and may not change by date."""
    first, second = plain(model), plain(later)
    for key in first.keys() | second.keys():
        if key not in _ASIDE:
            yield from _differing(first.get(key), second.get(key), (key,))


def _differing(a: Any, b: Any, path: tuple[str, ...]) -> Iterator[str]:
    """Paths below `path` where two values differ and may not."""
    if a == b or _allowed(path, a is None or b is None):
        return
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        for key in sorted({str(k) for k in (*a, *b)}):
            yield from _differing(a.get(key), b.get(key), (*path, key))
    elif isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
        for k, (one, other) in enumerate(zip(a, b, strict=True)):
            yield from _differing(one, other, (*path, str(k)))
    else:
        yield ".".join(part.rstrip("_") for part in path)


def _allowed(path: tuple[str, ...], one_is_missing: bool) -> bool:
    """Whether a key may change by date."""
    if one_is_missing and len(path) == 3 and path[0] == "pathway" and path[2] in _MAY_BEGIN:
        return True
    return any(
        len(pattern) == len(path) and all(want in ("*", part) for want, part in zip(pattern, path, strict=True))
        for pattern in _PATTERNS
    )
