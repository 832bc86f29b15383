"""What a dated change may alter: numbers that the plan holds by day or by period, never what a scenario is made of."""

from __future__ import annotations

import re

_ANY = r"[^.]+"
_ALLOWED = (
    rf"groups\.{_ANY}\.(share|urgent\.share)",
    rf"arrivals\.{_ANY}\.(per_week|per_day|per_hour|mean_gap|per_hour_by_weekday|groups|season|growth_per_year)",
    rf"resources\.{_ANY}(\.tranches\.{_ANY})?\.(slots_per_week|servers|places|season|level|luck|by_weekday)",
    rf"pathway\.{_ANY}\.(duration|delay|then|patience)",
    rf"pathway\.{_ANY}\.no_show\.(share|rebook_after)",
    rf"pathway\.{_ANY}\.late_cancellation\.{_ANY}\.(share|rebook_after|leave_share)",
    rf"pathway\.{_ANY}\.rework\.share",
    rf"pathway\.{_ANY}\.stay\.(nights|duration)",
    rf"pathway\.{_ANY}\.pull\.below",
    rf"pathway\.{_ANY}\.elsewhere\.(share|lead_time|complication_share)",
)
_PATTERN = re.compile(rf"({'|'.join(_ALLOWED)})(\..+)?$")


def fixed_by_date(parts: list[str]) -> str:
    """'' if what this path names may change by date; else what to say instead."""
    if _PATTERN.match(".".join(parts)):
        return ""
    return (
        "cannot change from one day to another: only amounts of capacity and arrivals, seasons, luck, durations, "
        "delays, shares and probabilities can. Leave out from and to."
    )
