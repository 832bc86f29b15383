"""What a calibration assumed, in Swedish: the calibration says it in English, with numbers inside."""

from __future__ import annotations

import re

SWEDISH: tuple[tuple[str, str], ...] = (
    (
        "no law fits these weeks: luck is drawn from them, four weeks at a time",
        "ingen fördelning passar veckorna: tur och otur dras ur dem, fyra veckor i taget",
    ),
    (
        "no law fits these weeks, and they are few: luck is low, mid or high",
        "ingen fördelning passar veckorna, och de är få: veckor är låga, mellan eller höga",
    ),
    (
        r"gamma stands in for the (.+): capacity is no whole number",
        r"gamma står för \1: kapacitet är inget heltal",
    ),
    (
        r"luck from (.+): asked for, though these weeks do not fit it \(p (.+)\)",
        r"tur och otur ur \1: begärt, fast veckorna inte passar (p \2)",
    ),
    (r"luck from (.+): asked for", r"tur och otur ur \1: begärt"),
    (
        r"CV carried over to (.+) a week: shared part kept, counting part new",
        r"variationen överförd till \1 per vecka: den gemensamma delen kvar, räknedelen ny",
    ),
    (
        "what was done is taken as what was offered: no queue is known",
        "det som gjordes tas som det som erbjöds: ingen kö är känd",
    ),
    (
        "no year is printed: no holidays by date, season by week number only",
        "inget år är angivet: inga helger efter datum, säsong bara efter veckonummer",
    ),
    ("fewer than 104 weeks: no trend is looked for", "färre än 104 veckor: ingen trend söks"),
    ("fewer than 26 weeks: one level for all weeks", "färre än 26 veckor: en nivå för alla veckor"),
    (
        r"the trend of (.+) a year stops where the history ends",
        r"trenden på \1 per år slutar där historien slutar",
    ),
    (
        r"lag1 (.+) is given; the history has (.+) \(p (.+)\)",
        r"sambandet från vecka till vecka, \1, är angivet; historien har \2 (p \3)",
    ),
    (
        r"the level is given; the history's is (.+) a week",
        r"nivån är angiven; historiens är \1 per vecka",
    ),
    (
        r"(\d+) weeks are missing, (\d+) of them in a row: what happened then is not known",
        r"\1 veckor saknas, \2 av dem i rad: vad som hände då är okänt",
    ),
)
"""English (a pattern) and Swedish (with its parts)."""


def in_swedish(text: str) -> str:
    """The Swedish for what was assumed; unknown sentences as they are."""
    for english, swedish in SWEDISH:
        match = re.fullmatch(english, text)
        if match:
            return match.expand(swedish)
    return text
