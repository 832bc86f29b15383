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
        "the first and last week of the file are taken to be cut, and left out: --window says otherwise",
        "filens första och sista vecka tas som avklippta och är utelämnade: --window säger annat",
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
    (
        "who follows whom, priority, queue order, pull, rebooking times, places and servers are the drawing's",
        "vem som följer på vem, prioritet, köordning, tider för ombokning, platser och bemanning är ritningens",
    ),
    (
        "no capacity table: capacity is inferred from weeks in which somebody waited all the time",
        "ingen kapacitetstabell: kapaciteten är skattad ur veckor då någon väntade hela tiden",
    ),
    (
        r"slots a week of (.+): the drawing's; too little in the log says what was offered",
        r"tider per vecka för \1: ritningens; loggen säger för lite om vad som erbjöds",
    ),
    (
        r"delay before (.+): the drawing's; the log shows too few or none",
        r"planerad tid före \1: ritningens; loggen visar för få eller inga",
    ),
    (
        "who is in several steps side by side is due at the step that joins them, decision not known",
        "den som är i flera steg samtidigt väntas till steget där de möts, utan känt beslutsdatum",
    ),
    (
        r"the log's (\d+) whole weeks are taken to be ordinary weeks",
        r"loggens \1 hela veckor tas som vanliga veckor",
    ),
    (
        "the pathway is drawn from the log: steps one after the other, first come, first served",
        "vägen är ritad ur loggen: steg efter steg, först till kvarn",
    ),
    (
        r"(.+) is often queued while another visit goes on: draw the pathway yourself",
        r"\1 köas ofta medan ett annat besök pågår: rita vägen själv",
    ),
    (
        r"no resource is named at (.+), where visits wait: it has slots of its own",
        r"ingen resurs är angiven vid \1, där besök väntar: steget har egna tider",
    ),
    (r"(.+): open (.+) \(1 % and 99 % of starts\)", r"\1: öppet \2 (1 % och 99 % av starterna)"),
    (
        r"fewer than (\d+) wait or lie at (.+) at the end of the log: left out",
        r"färre än \1 väntar eller ligger vid \2 vid loggens slut: utelämnade",
    ),
    (
        "no column says when a visit was queued: no waits, no capacity from queues, no leaving",
        "ingen kolumn säger när ett besök ställdes i kö: inga väntetider, ingen kapacitet ur köer, inga som lämnat",
    ),
    (
        "no column says how a visit ended: no no-shows, cancellations or leaving",
        "ingen kolumn säger hur ett besök slutade: inga uteblivna, avbokade eller som lämnat",
    ),
    (
        (
            "only visits that have begun are in the log: no queue today, no leaving; routing and waits leave out the "
            "youngest visits"
        ),
        (
            "bara påbörjade besök finns i loggen: ingen kö i dag, inga som lämnat; de yngsta besöken är utelämnade "
            "ur vägval och väntan"
        ),
    ),
)
"""English (a pattern) and Swedish (with its parts)."""


_NUMBER = re.compile(r"(?<![\w.])([-+]?)(\d+)(?:\.(\d+))?(%?)(?![\w.])")


def in_swedish(text: str) -> str:
    """The Swedish for what was assumed, its numbers too; unknown sentences as they are."""
    for english, swedish in SWEDISH:
        match = re.fullmatch(english, text)
        if match:
            return _NUMBER.sub(_swedish_number, match.expand(swedish))
    return text


def _swedish_number(found: re.Match[str]) -> str:
    """-17.8% -> −17,8 %, with a no-break space."""
    sign, whole, decimals, percent = found.groups()
    comma = f",{decimals}" if decimals else ""
    return sign.replace("-", "−") + whole + comma + ("\N{NO-BREAK SPACE}%" if percent else "")
