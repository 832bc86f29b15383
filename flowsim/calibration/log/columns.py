"""Columns of an event log: what they may be called, and how their cells are read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from flowsim.sheets.table import refused

COLUMNS = ("case", "group", "activity", "queued", "booked", "start", "end", "resource", "outcome")
"""One row a visit. `queued`: when it joined the queue; `start` empty: it waits; `end` empty: it goes on (in bed)."""
MOMENTS = ("queued", "booked", "start", "end")
NEEDED = ("case", "activity", "start")
HEADINGS: dict[str, tuple[str, ...]] = {
    "case": ("case", "case_id", "case:concept:name", "patient", "ärende", "patient_id", "löpnummer"),
    "group": ("group", "grupp", "diagnosgrupp", "case:group", "procedure", "åtgärd"),
    "activity": ("activity", "aktivitet", "step", "steg", "concept:name", "kontakttyp"),
    "queued": ("queued", "remitterad", "köad", "beslutsdatum", "referred", "placed_on_list"),
    "booked": ("booked", "bokad", "bokningsdatum"),
    "start": ("start", "started", "starttid", "start_time", "påbörjad"),
    "end": ("end", "ended", "finished", "sluttid", "end_time", "time:timestamp", "avslutad"),
    "resource": ("resource", "resurs", "org:resource", "enhet", "mottagning"),
    "outcome": ("outcome", "utfall", "status"),
}
OUTCOMES: dict[str, tuple[str, ...]] = {
    "done": ("done", "genomförd", "klar", "utförd", "complete", "completed", "attended"),
    "no_show": ("no_show", "no-show", "no show", "uteblev", "utebliven", "dna"),
    "cancelled": ("cancelled", "canceled", "avbokad", "inställd", "struken"),
    "left": ("left", "lämnade", "avregistrerad", "removed", "withdrawn"),
    "elsewhere": ("elsewhere", "annan vårdgivare", "utomläns"),
    "died": ("died", "avliden", "dead"),
    "open": ("open", "väntar", "pågår", "waiting", ""),
    "overflow": ("overflow", "fullt"),
}
WORDS = {word: outcome for outcome, words in OUTCOMES.items() for word in words}
ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
DAY_FIRST = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{4}")


def recognised(headings: Sequence[str], columns: Mapping[str, str] | None, file: str) -> dict[str, str]:
    """Our name -> the file's heading. InputError if what is needed is not there."""
    plain = {re.sub(r"[\s\-]+", "_", heading.strip().lower()): heading for heading in headings if heading}
    found = {ours: plain[name] for ours, names in HEADINGS.items() for name in reversed(names) if name in plain}
    for ours, heading in (columns or {}).items():
        if ours not in COLUMNS or heading not in headings:
            raise refused(file, heading, f"There is no such column; there are: {', '.join(headings)}.")
        found[ours] = heading
    for name in NEEDED:
        if name not in found:
            known = ", ".join(HEADINGS[name])
            raise refused(file, "the headings", f"A column of {name} is needed, called one of: {known}.")
    return found
