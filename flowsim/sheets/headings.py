"""Headings of written tables in both languages, with the unit in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

HEADINGS: dict[str, tuple[str, str]] = {
    "cost_centre": ("cost centre", "Kostnadsställe"),
    "account": ("account", "Konto"),
    "period": ("period", "Period"),
    "group": ("group", "Grupp"),
    "service": ("care service", "Vårdtjänst"),
    "activity": ("activity", "Aktivitet"),
    "contact": ("contact", "Vårdkontakt"),
    "patient": ("patient", "Patient"),
    "name": ("name", "Benämning"),
    "unit": ("unit", "Enhet"),
    "scenario": ("scenario", "Scenario"),
    "contacts": ("contacts", "Vårdkontakter"),
    "patients": ("patients", "Patienter"),
    "full_cost_sek": ("full cost, SEK", "Fullkostnad, kr"),
    "added_cost_sek": ("added cost, SEK", "Merkostnad, kr"),
    "total_cash_sek": ("total cash, SEK", "Kassakostnad, kr"),
    "income_sek": ("income, SEK", "Intäkt, kr"),
    "budget_sek": ("budget, SEK", "Budget, kr"),
    "bought_sek": ("bought care, SEK", "Köpt vård, kr"),
}
"""Column -> English, Swedish; a room adds its own when it writes."""


def heading(column: str, lang: Literal["sv", "en"], known: Mapping[str, tuple[str, str]] = HEADINGS) -> str:
    """A column's heading in a language; the column's own name if it has none."""
    return known[column][1 if lang == "sv" else 0] if column in known else column
