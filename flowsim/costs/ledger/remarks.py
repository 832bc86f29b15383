"""What a costing warns of, in Swedish: each English sentence by its pattern, its numbers as Swedish writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping

_AMOUNT = r"(-?[\d,]+\.\d\d)"
_PATTERNS: Mapping[str, str] = {
    rf"internal trade does not sum to 0: bought {_AMOUNT} SEK, sold {_AMOUNT} SEK, difference {_AMOUNT} SEK\..*": (
        "köp och sälj mellan kostnadsställen tar inte ut varandra: köpt {0} kr, sålt {1} kr, skillnad {2} kr. En krona "
        "kan vara räknad två gånger: ska säljarens intäkt kvittas (`offset`)?"
    ),
    r"payroll add-on booked is ([\d.]+)% of pay; ([\d.]+)% is expected \(± (\d+) points\)\.": (
        "bokfört PO är {0} % av lönen; {1} % väntades (± {2} enheter)."
    ),
    rf"pay in the staff table is {_AMOUNT} SEK, in the ledger's pay accounts {_AMOUNT} SEK\.": (
        "lönen är {0} kr i personaltabellen, {1} kr på huvudbokens lönekonton."
    ),
    rf"(\d+) patient costs, {_AMOUNT} SEK, have no contact of the list: parked at their centre\.": (
        "{0} särkostnader, {1} kr, saknar vårdkontakt i listan: de ligger kvar på sitt kostnadsställe."
    ),
    r"own use is dropped, it changes nothing: (.*)\.": "eget bruk räknas bort, det ändrar inget: {0}.",
    rf"final cost centre (.*) ends below 0: {_AMOUNT} SEK\.": "slutkostnadsställe {0} slutar under 0: {1} kr.",
    rf"activity (.*) of (.*) ends below 0: {_AMOUNT} SEK\.": "aktivitet {0} på {1} slutar under 0: {2} kr.",
    rf"unit cost of (.*) is below 0: {_AMOUNT} SEK\.": "enhetskostnaden för {0} är under 0: {1} kr.",
    r"(.*): over practical capacity by ([\d.]+)%: .*": (
        "{0}: {1} % över praktisk kapacitet: standardtiderna eller kapaciteten stämmer inte."
    ),
    r"(.*): no practical capacity is given; .*": (
        "{0}: praktisk kapacitet saknas; det som användes tas som kapacitet, och inget är ledigt."
    ),
    r"(.*): no care service used it; all its cost is idle\.": (
        "{0}: ingen vårdtjänst använde den; hela kostnaden är ledig kapacitet."
    ),
    r"(\d+) rows of care services lie outside the period and are not counted\.": (
        "{0} rader med vårdtjänster ligger utanför perioden och räknas inte."
    ),
    r"(\d+) rows of care services are of contacts outside the period or the list: set aside\.": (
        "{0} rader med vårdtjänster hör till vårdkontakter utanför perioden eller listan: avskilda."
    ),
    r"(\d+) contacts end below 0 SEK\.": "{0} vårdkontakter slutar under 0 kr.",
    r"(\d+) contacts of the period used no care service: .*": (
        "{0} av periodens vårdkontakter använde ingen vårdtjänst: de har ingen kostnad och lämnas utanför."
    ),
    r"cost types without an index are kept at prices of (\d+): (.*)\.": (
        "kostnadsslag utan index ligger kvar i {0} års priser: {1}."
    ),
    r"supporting centres in a circle: (.*)\. Step-down drops what goes backwards; .*": (
        "hjälpkostnadsställen i en cirkel: {0}. Stegvis fördelning tappar det som går bakåt; se bortfallna andelar."
    ),
    r"(.*): read as Windows-1252, since it is not UTF-8\.": "{0}: läst som Windows-1252, eftersom den inte är UTF-8.",
    rf"(.*): {_AMOUNT} SEK of fixed cost a unit is charged per unit, .*": (
        "{0}: {1} kr fast kostnad per enhet räknas per enhet, som köpt inom sjukhuset: aktiviteten är ingen resurs "
        "i simuleringen."
    ),
    r"(.*): ([\d.]+) a week of ([\d.]+) units is ([\d,]+); the practical capacity of (.*) is ([\d,]+) a week: .*": (
        "{0}: {1} i veckan om {2} enheter är {3}; praktisk kapacitet på {4} är {5} i veckan: kostnaden skulle räknas "
        "två gånger."
    ),
    r"no sheet simulation_contacts says .*": (
        "inget blad (Simuleringens vårdkontakter) säger vilka vårdtjänster stegen använder: fyll i `contacts`."
    ),
    r"(\w+): (.*): serves supporting cost centres only, .*": (
        "{0}: {1} betjänar bara hjälpkostnadsställen, som direkt fördelning bortser från."
    ),
}
_NUMBER = re.compile(r"-?\d{1,3}(?:,\d{3})*(?:\.\d+)?")
_SHARE = re.compile(r"(\d+)(?:\.(\d+))?%")


def remark(text: str) -> str:
    """A warning in Swedish; one that has no pattern stays as it is."""
    for pattern, swedish in _PATTERNS.items():
        match = re.fullmatch(pattern, text)
        if match:
            return swedish.format(*(_number(part) for part in match.groups()))
    return text


def _number(part: str) -> str:
    """A number as Swedish writes it: 1 234,50, and shares inside a list, 4,2 %; other parts as they are."""
    if not _NUMBER.fullmatch(part):
        return _SHARE.sub(lambda found: ",".join(filter(None, found.groups())) + "\u00a0%", part)
    if not set(part) & set(",."):
        return part
    return part.replace(",", "\u00a0").replace(".", ",").replace("-", "\u2212")
