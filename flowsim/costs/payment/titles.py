"""What a payment is called in tables, with what it assumes where its source leaves the matter open."""

from __future__ import annotations

from typing import Literal

from flowsim.schema.payments import AnyPayment, Episodes, EqualPointPrice, Skane2023

_NAMES: dict[str, tuple[str, str]] = {
    "block": ("Block grant", "Anslag"),
    "drg_points": ("DRG points x price", "DRG-poäng x pris"),
    "vok_agreement": ("Agreement on care (VÖK)", "Vårdöverenskommelse (VÖK)"),
    "equal_point_price": ("Equal point price", "Lika poängpris"),
    "episodes": ("Episode payment (Sveus)", "Vårdepisodersättning (Sveus)"),
    "skane_2023": ("Skåne 2023, per DRG point under a cap", "Skåne 2023, per DRG-poäng under tak"),
    "skane_2024": ("Skåne 2024, structure and production", "Skåne 2024, struktur och produktion"),
    "capitation": ("Capitation", "Kapitering"),
    "rehab": ("Rehab choice, points under a ceiling", "Vårdval rehab, poäng under tak"),
}
_POINTS = {"all": ("all points", "alla poäng"), "above_baseline": ("points above baseline", "poäng över basnivå")}
_SHARING = {
    "pro_rata": ("pot shared pro rata", "potten delas efter poäng"),
    "by_date": ("first come, first paid", "betalas i datumordning"),
}


def title(payment: AnyPayment, lang: Literal["sv", "en"] = "en") -> str:
    """The payment's title; the file's own if it has one, with what is assumed of an open source behind it."""
    k = 1 if lang == "sv" else 0
    said = (payment.title_sv or payment.title) if lang == "sv" else payment.title
    open_ = _open(payment, k)
    return (said or _NAMES[payment.model][k]) + (f" ({open_})" if open_ else "")


def _open(payment: AnyPayment, k: int) -> str:
    """The choices that the source leaves open, in words."""
    assumed = ("assumed", "antaget")[k]
    if isinstance(payment, Skane2023):
        return f"{_POINTS[payment.points][k]}, {_SHARING[payment.sharing][k]}: {assumed}"
    if isinstance(payment, EqualPointPrice) and payment.phases:
        return f"{('phasing', 'infasning')[k]}: {assumed}"
    if isinstance(payment, Episodes) and any(module.outcome for module in payment.modules.values()):
        return f"{('form of the outcome payment', 'utfallsersättningens form')[k]}: {assumed}"
    return ""
