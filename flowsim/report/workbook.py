"""A study as a workbook: first what it is and how to read it, then a sheet a table, numbers as numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from flowsim import sheets
from flowsim.frames import pd
from flowsim.report import counted
from flowsim.report.quantities import quantity

if TYPE_CHECKING:
    from flowsim.report.reading import Reading

WORKBOOK = "report.xlsx"
SHEETS: dict[str, tuple[str, str]] = {
    "headline": ("Översikt", "Overview"),
    "added_cost": ("En operation till", "One operation more"),
    "costs": ("Total kostnad", "Total cost"),
    "contact_costs": ("Fullkostnad", "Full cost"),
    "income": ("Intäkter", "Income"),
    "income_change": ("Byte av ersättning", "Change of payment"),
    "pairs": ("Skillnader", "Differences"),
    "weekly_queue": ("Kö per vecka", "Queue by week"),
    "weekly_throughput": ("Besök per vecka", "Visits by week"),
    "weekly_guarantee": ("Garanti per vecka", "Guarantee by week"),
    "waits": ("Väntetider", "Waits"),
    "capacity": ("Kapacitet", "Capacity"),
    "occupancy": ("Beläggning", "Occupancy"),
    "endings": ("Hur det slutade", "How it ended"),
    "bottlenecks": ("Vad som är trångt", "What binds"),
    "by_hand": ("För hand", "By hand"),
    "steps": ("Vad varje ändring gör", "What each change does"),
    "numbers": ("Alla mått", "All measures"),
}
"""Tables of a study in the workbook's order, and what their sheets are called."""
HEADINGS: dict[str, tuple[str, str]] = {
    "scenario": ("scenario", "scenario"),
    "against": ("compared with", "jämfört med"),
    "measure": ("measure", "mått"),
    "unit": ("unit", "enhet"),
    "mean": ("mean", "medel"),
    "low": ("low, 95 % interval of the mean", "låg, medlets 95 %-intervall"),
    "high": ("high, 95 % interval of the mean", "hög, medlets 95 %-intervall"),
    "n": ("replications", "körningar"),
    "replications": ("replications", "körningar"),
    "diff": ("difference to A, paired", "skillnad mot A, parad"),
    "diff_low": ("difference, low", "skillnad, låg"),
    "diff_high": ("difference, high", "skillnad, hög"),
    "clear": ("interval leaves out 0", "intervallet håller sig från 0"),
    "p05": ("19 runs of 20 above", "19 körningar av 20 över"),
    "p50": ("half of the runs above", "hälften av körningarna över"),
    "p95": ("19 runs of 20 below", "19 körningar av 20 under"),
    "from_date": ("week from", "vecka från"),
    "span": ("wait or queue", "väntan eller kö"),
    "step": ("step", "steg"),
    "step_or_resource": ("step or resource", "steg eller resurs"),
    "resource": ("resource", "resurs"),
    "part": ("part", "del"),
    "term": ("cost", "kostnad"),
    "component": ("part of the cost", "kostnadsdel"),
    "ended": ("how it ended", "hur det slutade"),
    "guarantee": ("guarantee", "garanti"),
    "weekday": ("weekday", "veckodag"),
    "available": ("places available", "platser som finns"),
    "from_days": ("waited from, days", "väntat från, dagar"),
    "to_days": ("waited to, days", "väntat till, dagar"),
    "payment_title": ("payment model", "ersättningsmodell"),
    "extra_operations": ("extra operations", "extra operationer"),
    "extra_low": ("extra operations, low", "extra operationer, låg"),
    "extra_high": ("extra operations, high", "extra operationer, hög"),
    "added_cost_per_extra_sek": ("added cost per extra operation, SEK", "merkostnad per extra operation, kr"),
    "full_cost_sek_per_extra": ("full cost per extra operation, SEK", "fullkostnad per extra operation, kr"),
    "bought_sek_per_bought": ("price of a bought one, follow-up included, SEK", "pris per köpt, med uppföljning, kr"),
    "reason": ("why it is empty", "varför det är tomt"),
    "rank": ("place", "plats"),
    "score": ("how much it binds", "hur trångt"),
    "load": ("asked for over offered", "efterfrågat genom erbjudet"),
    "lost_to_others": ("share lost to others' lack", "andel förlorad av andras brist"),
    "causes_loss": ("share it makes others lose", "andel den får andra att förlora"),
    "queue_growth": ("queue's change in a year", "köns ändring på ett år"),
    "why": ("why", "varför"),
    "number": ("number", "tal"),
    "by_hand": ("by hand", "för hand"),
    "change": ("change", "ändring"),
    "order": ("in order", "ordning"),
    "what": ("what", "vad"),
    "said": ("said", "uppgift"),
}
"""Column -> English, Swedish."""
for _name in ("added_cost_per_extra_sek", "full_cost_sek_per_extra", "bought_sek_per_bought"):
    for _end, _said in (("low", ("low", "låg")), ("high", ("high", "hög"))):
        HEADINGS[f"{_name}_{_end}"] = (f"{HEADINGS[_name][0]}, {_said[0]}", f"{HEADINGS[_name][1]}, {_said[1]}")
_HAND = {
    "load": ("belastning (efterfrågat genom erbjudet)", "load (asked for over offered)"),
    "operations_per_week": ("operationer per vecka", "operations a week"),
    "growth_per_week": ("köns tillväxt per vecka", "growth of the queue a week"),
}
_NAMED = ("span", "step", "step_or_resource", "resource", "part", "term", "component", "ended", "guarantee")
_LEFT_OUT = ("payment", "title", "title_sv", "why_sv", "reason_sv", "half_width", "sd")


def write(reading: Reading, folder: Path) -> Path:
    """Write report.xlsx below `folder`, in the reading's language; an earlier one is replaced whole.

    FlowsimError if the disk refused.
    """
    sv = reading.words.lang == "sv"
    frames = {("Läs först" if sv else "Read first"): _about(reading)}
    for name, titles in SHEETS.items():
        if reading.has(name, "scenario"):
            frames[titles[0 if sv else 1]] = _sheet(reading, name)
    new = folder / f".new.{WORKBOOK}"
    sheets.write_book(new, frames, reading.words.lang, HEADINGS)
    return new.replace(folder / WORKBOOK)


def _about(reading: Reading) -> pd.DataFrame:
    """What was run, how to read it and what the study warns of."""
    words, run, sv = reading.words, reading.run, reading.words.lang == "sv"
    rows = [("scenario", reading.label(name)) for name in reading.scenarios]
    rows += [
        ("körningar" if sv else "replications", str(run.get("replications", ""))),
        ("frö" if sv else "seed", str(run.get("seed", ""))),
        ("perspektiv" if sv else "perspective", reading.perspective),
        ("prisår" if sv else "price year", reading.price_year),
        (
            "så läses det" if sv else "how to read it",
            words("table_caption", replications=run.get("replications", "–"), money=""),
        ),
    ]
    rows += [("obs" if sv else "warning", str(text)) for text in run.get("warnings_sv" if sv else "warnings", [])]
    return pd.DataFrame([row for row in rows if row[1]], columns=["what", "said"])


def _sheet(reading: Reading, name: str) -> pd.DataFrame:
    """A table with its names in the language."""
    frame = reading.table(name).copy()
    if "measure" in frame and "unit" not in frame:
        frame.insert(list(frame.columns).index("measure") + 1, "unit", [_unit(reading, m) for m in frame["measure"]])
    if "week" in frame:
        starts = {s: setting.start for s, setting in reading.settings.items()}
        weeks = zip(frame["scenario"], frame["week"], strict=True)
        place = list(frame.columns).index("week")
        frame.insert(place, "from_date", [starts[s] + timedelta(weeks=int(week)) for s, week in weeks])
        frame = frame.drop(columns="week")
    if "title" in frame:
        frame.insert(1, "payment_title", frame["title_sv" if reading.words.lang == "sv" else "title"])
    for column in ("why", "reason"):
        if f"{column}_sv" in frame and reading.words.lang == "sv":
            frame[column] = frame[f"{column}_sv"]
    if "clear" in frame:
        yes, no = ("ja", "nej") if reading.words.lang == "sv" else ("yes", "no")
        known = frame["diff"].notna() if "diff" in frame else frame["mean"].notna()
        frame["clear"] = frame["clear"].map({True: yes, False: no}).where(known, "")
    told_by = _told(reading) | (_told_numbers(reading) if name == "numbers" else {})
    for column, told in told_by.items():
        if column in frame:
            frame[column] = [told(str(value)) for value in frame[column]]
    return frame.drop(columns=[c for c in _LEFT_OUT if c in frame])


def _told(reading: Reading) -> dict[str, Callable[[str], str]]:
    """How the values of each column of names are said."""
    words = reading.words
    known = set(reading.scenarios)
    label: Callable[[str], str] = lambda name: reading.label(name) if name in known else name  # noqa: E731
    told = {"scenario": label, "against": label, "measure": lambda m: words.first_upper(words.measure(m))}
    told |= dict.fromkeys(_NAMED, words.name)
    told["number"] = lambda number: _HAND[number][0 if words.lang == "sv" else 1]
    told["weekday"] = lambda day: words.weekday_name(int(float(day))) if day[:1].isdigit() else words.name(day)
    return told


def _told_numbers(reading: Reading) -> dict[str, Callable[[str], str]]:
    """How the sheet of all numbers says its measures and units."""
    words = reading.words
    return {"measure": lambda m: counted.counted(words, m), "unit": lambda u: counted.unit(words, u)}


def _unit(reading: Reading, measure: str) -> str:
    """The unit a measure's number stands in (SEK, days, share of 1, patients)."""
    unit = quantity(measure).unit
    plain = {
        "sek": ("kr", "SEK"),
        "msek": ("kr", "SEK"),
        "share": ("andel 0-1", "share 0-1"),
        "days": ("dagar", "days"),
    }
    if unit in plain:
        return plain[unit][0 if reading.words.lang == "sv" else 1]
    return reading.words(f"unit_{unit}")
