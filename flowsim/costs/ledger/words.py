"""The costing's own words in Swedish: stages, what is set aside, methods, behaviours, kinds, care forms."""

from __future__ import annotations

from typing import Literal

from flowsim.costs.ledger.remarks import remark
from flowsim.frames import pd

STAGES = {
    "1": "avgränsning: huvudbok till KPP-kostnad",
    "2": "särkostnader till vårdkontakter",
    "2b": "prisnivå",
    "3": "hjälp- till slutkostnadsställen",
    "4": "slutkostnadsställen till resurser",
    "5": "resurser till aktiviteter",
    "6": "aktiviteter till vårdtjänster",
    "7": "vårdtjänster till vårdkontakter",
    "8": "vårdkontakter till patienter, grupper, DRG",
}
"""Stage number -> its name."""
METHODS = {"reciprocal": "ömsesidig fördelning", "step_down": "stegvis fördelning", "direct": "direkt fördelning"}
_KNOWN = {
    "inpatient": "slutenvård", "outpatient": "öppenvård", "day": "dagsjukvård",
    "volume": "volym", "capacity": "kapacitet", "quantity": "mängd", "percent": "procent",
    "variable": "rörlig", "step_fixed": "trappstegsfast", "fixed": "fast",
    "own cost": "egen kostnad", "other paths": "övriga vägar",
    "in": "in", "kept": "kvar", "aside": "avskilt", "difference": "differens",
    "readiness: idle capacity up to what is declared": "beredskap: ledig kapacitet upp till den angivna",
    "idle capacity": "ledig kapacitet",
    "services to contacts outside the period or the list": "tjänster till vårdkontakter utanför perioden",
    "patient costs, lifted to their contacts": "särkostnader, lyfta till sina vårdkontakter",
}  # fmt: skip
_BEGINNINGS = {
    "account: ": "konto: ", "cost centre: ": "kostnadsställe: ", "other year: ": "annat år: ",
    "other months of ": "andra månader ", "ongoing contacts": "pågående vårdkontakter",
}  # fmt: skip
_TOLD = ("care_form", "behaviour", "kind", "form", "key_path", "line", "what")
"""Columns that hold our own words."""


def swedish(word: str) -> str:
    """A word or line of ours in Swedish; what the user's files hold stays as it is."""
    for english, beginning in _BEGINNINGS.items():
        if word.startswith(english):
            return (beginning + word.removeprefix(english)).replace("cost so far", "kostnad hittills")
    return _KNOWN.get(word, word)


def said(word: str, lang: Literal["sv", "en"]) -> str:
    """A word of ours in the language."""
    return swedish(word) if lang == "sv" else word.replace("_", " ")


def in_swedish(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables with our own words in Swedish; names and texts of the user's files stay as they are."""
    out = {}
    for name, table in tables.items():
        frame = table.copy()
        for column in _TOLD:
            if column in frame:
                frame[column] = [swedish(str(cell)) for cell in frame[column]]
        if "warning" in frame:
            frame["warning"] = [remark(str(cell)) for cell in frame["warning"]]
        if "stage" in frame:
            frame["name"] = frame["stage"].map(STAGES)
        out[name] = frame
    return out
