"""What each productivity indicator is: formula, unit, which way is better, and the spread once printed.

Source: productivity indicators of 23 May 2017, regional working group for classification and payment (RAKEL), Västra
Götaland, meeting 19 June 2017. The source divides hours by "165 working days"; the printed spread fits hours a month,
so hours per full-time equivalent and month is a parameter here (165).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MAY_BE_0 = ("1", "1b", "2")
"""Of these 0 is a value; of the others 0 hours or 0 visits is empty, since a clinic without visits has no ratio."""
HOURS_PER_FTE = 165.0
CONTACT_TYPES = ("F", "E", "EF", "I", "J", "D", "G", "H", "M", "P", "TB")
"""Types of care contact that count in numbers 5, 6 and 8."""


@dataclass(frozen=True)
class Indicator:
    """One indicator: scale x product of `over` / product of `under`; a quantity "a/fte" is a x key / hours per FTE."""

    number: str
    name: tuple[str, str]
    """English, Swedish."""
    unit: tuple[str, str]
    formula: tuple[str, str]
    better: Literal["higher", "lower", ""]
    over: tuple[str, ...]
    under: tuple[str, ...]
    scale: float = 1.0
    spread: tuple[float, float] | None = None
    """Lowest and highest of the administrations, March 2017."""
    alternative: bool = False
    """Another reading of the number before it."""


_HOURS = ("hours per FTE", "timmar per årsarbetare (åa)")
_PER_FTE_DAY = ("contacts/(FTE x day)", "kontakter/(årsarbetare x dag)")
INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "1",
        ("Operating room use, of 24 hours", "Nyttjandegrad operationssalar, av dygnet"),
        ("%", "%"),
        ("100 x operation minutes / (60 x 24 x rooms x days)", "100 x operationsminuter / (60 x 24 x salar x dagar)"),
        "higher",
        ("operation_minutes",),
        ("rooms", "days"),
        100 / (60 * 24),
        (9.51, 21.98),
    ),
    Indicator(
        "1b",
        ("Operating room use, of open hours", "Nyttjandegrad operationssalar, av öppen tid"),
        ("%", "%"),
        ("100 x operation minutes / (60 x open room hours)", "100 x operationsminuter / (60 x öppna salstimmar)"),
        "higher",
        ("operation_minutes",),
        ("open_room_hours",),
        100 / 60,
        alternative=True,
    ),
    Indicator(
        "2",
        ("Operations a day", "Operationer per dag"),
        ("operations/day", "operationer/dag"),
        ("operations / days; size, not productivity", "operationer / dagar; storlek, inte produktivitet"),
        "",
        ("operations",),
        ("days",),
        spread=(18, 181),
    ),
    Indicator(
        "3",
        ("Work per bed day, somatic", "Arbetsinsats per vårddygn, somatik"),
        ("hours/bed day", "timmar/vårddygn"),
        ("hours (A-H1) x key / bed days at 06.00", "timmar (A-H1) x nyckel / vårddygn kl. 06"),
        "lower",
        ("inpatient_hours_somatic", "inpatient_key_somatic"),
        ("bed_days_somatic",),
        spread=(9.7, 22.3),
    ),
    Indicator(
        "4",
        ("Work per bed day, psychiatric", "Arbetsinsats per vårddygn, psykiatri"),
        ("hours/bed day", "timmar/vårddygn"),
        ("hours (A-H1) x key / bed days at 06.00", "timmar (A-H1) x nyckel / vårddygn kl. 06"),
        "lower",
        ("inpatient_hours_psychiatric", "inpatient_key_psychiatric"),
        ("bed_days_psychiatric",),
        spread=(14.1, 26.5),
    ),
    Indicator(
        "5",
        ("Care contacts a day, somatic", "Vårdkontakter per dag, somatik"),
        _PER_FTE_DAY,
        (
            "contacts (types F E EF I J D G H M P TB, without emergency) / FTE / days; FTE: hours A-H1 x key / "
            + _HOURS[0],
            "kontakter (typ F E EF I J D G H M P TB, utan akuten) / åa / dagar; åa: timmar A-H1 x nyckel / "
            + _HOURS[1],
        ),
        "higher",
        ("contacts_somatic",),
        ("outpatient_hours_somatic/fte", "outpatient_key_somatic", "days"),
        spread=(0.6, 4.4),
    ),
    Indicator(
        "6",
        ("Care contacts a day, psychiatric", "Vårdkontakter per dag, psykiatri"),
        _PER_FTE_DAY,
        ("as 5; emergency counts as outpatient", "som 5; akuten räknas som öppenvård"),
        "higher",
        ("contacts_psychiatric",),
        ("outpatient_hours_psychiatric/fte", "outpatient_key_psychiatric", "days"),
        spread=(0.6, 1.4),
    ),
    Indicator(
        "7",
        ("Treatments a month, doctors", "Behandlingar per månad, läkare"),
        ("treatments/(FTE x month)", "behandlingar/(årsarbetare x månad)"),
        (
            "doctor visits with listed KVÅ codes / FTE doctors (C1)",
            "läkarbesök med listad KVÅ-kod / årsarbetare läkare (C1)",
        ),
        "higher",
        ("doctor_treatments",),
        ("doctor_hours_somatic/fte", "doctor_key_somatic"),
        spread=(2.1, 33.9),
    ),
    Indicator(
        "7b",
        ("Treatments a day, doctors", "Behandlingar per dag, läkare"),
        ("treatments/(FTE x day)", "behandlingar/(årsarbetare x dag)"),
        ("as 7, divided by days as the definition says", "som 7, delat med dagar som definitionen säger"),
        "higher",
        ("doctor_treatments",),
        ("doctor_hours_somatic/fte", "doctor_key_somatic", "days"),
        alternative=True,
    ),
    Indicator(
        "8",
        ("Care contacts a month, doctors", "Vårdkontakter per månad, läkare"),
        ("contacts/(FTE x month)", "kontakter/(årsarbetare x månad)"),
        ("doctor visits, with emergency / FTE doctors (C1)", "läkarbesök, med akuten / årsarbetare läkare (C1)"),
        "higher",
        ("doctor_visits",),
        ("doctor_hours_somatic/fte", "doctor_key_somatic"),
        spread=(47.6, 105.4),
    ),
    Indicator(
        "8b",
        ("Care contacts a day, doctors", "Vårdkontakter per dag, läkare"),
        _PER_FTE_DAY,
        ("as 8, divided by days as the definition says", "som 8, delat med dagar som definitionen säger"),
        "higher",
        ("doctor_visits",),
        ("doctor_hours_somatic/fte", "doctor_key_somatic", "days"),
        alternative=True,
    ),
    Indicator(
        "9",
        ("Work per emergency visit, without doctors", "Arbetsinsats per akutbesök, exkl. läkare"),
        ("hours/visit", "timmar/besök"),
        ("hours (A-H1 less C1) x key / emergency visits", "timmar (A-H1 utom C1) x nyckel / akutbesök"),
        "lower",
        ("emergency_hours", "emergency_key"),
        ("emergency_visits",),
        spread=(2.2, 3.4),
    ),
    Indicator(
        "10",
        ("Emergency visits per doctor and day", "Akutbesök per läkare och dag"),
        ("visits/(FTE x day)", "besök/(årsarbetare x dag)"),
        (
            "doctors' emergency visits / FTE doctors / days; named work per visit in the source, is its inverse",
            "läkarnas akutbesök / årsarbetare läkare / dagar; heter arbetsinsats per besök i källan, är dess invers",
        ),
        "higher",
        ("emergency_doctor_visits",),
        ("emergency_doctor_hours/fte", "emergency_doctor_key", "days"),
        spread=(2.9, 16.3),
    ),
    Indicator(
        "DRG",
        ("Full cost per DRG point, inliers", "Fullkostnad per DRG-poäng, utan ytterfall"),
        ("SEK/point", "kr/poäng"),
        ("full cost of inliers / their DRG points", "fullkostnad utan ytterfall / deras DRG-poäng"),
        "lower",
        ("full_cost_inliers_sek",),
        ("points_inliers",),
    ),
)
"""Numbers 1 to 10 with their other readings, and cost per DRG point."""
KEYS = ("inpatient_key_somatic", "inpatient_key_psychiatric", "outpatient_key_somatic", "outpatient_key_psychiatric",
        "doctor_key_somatic", "emergency_key", "emergency_doctor_key")  # fmt: skip
"""Yearly hospital keys (0-1): share of the hours that belongs there; 1 where not given."""


def quantities() -> list[str]:
    """Every quantity that an indicator is counted from, keys and days left out, in order."""
    found = [name.removesuffix("/fte") for one in INDICATORS for name in (*one.over, *one.under)]
    return [name for name in dict.fromkeys(found) if name not in KEYS and name != "days"]
