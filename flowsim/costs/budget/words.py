"""What budget tables call their columns and cells, in Swedish and English, and what the numbers mean."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from flowsim.frames import pd

Lang = Literal["sv", "en"]
_MONTHS = (
    ("January", "januari"), ("February", "februari"), ("March", "mars"), ("April", "april"), ("May", "maj"),
    ("June", "juni"), ("July", "juli"), ("August", "augusti"), ("September", "september"), ("October", "oktober"),
    ("November", "november"), ("December", "december"),
)  # fmt: skip
HEADINGS: dict[str, tuple[str, str]] = {
    "number": ("no", "Nr"),
    "line": ("budget line", "Budgetrad"),
    "kind": ("kind", "Slag"),
    "level": ("level", "Nivå"),
    "volume": ("volume, contacts", "Volym, vårdkontakter"),
    "budget_income_sek": ("income, SEK", "Intäkt, kr"),
    "budget_sek": ("budget, SEK", "Budget, kr"),
    "budget_expense_sek": ("cost, SEK", "Kostnad, kr"),
    "budget_result_sek": ("result, SEK", "Resultat, kr"),
    "budget_reference_sek": ("reference budget, SEK", "Referensbudget, kr"),
    "budget_difference_sek": ("difference, SEK", "Skillnad, kr"),
    "cost_centre_name": ("name of cost centre", "Kostnadsställets namn"),
    "account_name": ("name of account", "Kontonamn"),
    "source": ("from", "Kommer från"),
    "what": ("what", "Vad"),
    "budget_region": ("region", "Region"),
    "budget_department": ("department", "Verksamhet"),
    "budget_difference": ("difference", "Skillnad"),
    "lines": ("lines of one level only", "Rader på bara en nivå"),
    "resource": ("resource", "Resurs"),
    "asked": ("asked a year", "Behov per år"),
    "asked_unit": ("unit", "Enhet"),
    "units": ("would just do", "Räcker precis"),
    "kept": ("budgeted", "Budgeterat"),
    "kept_unit": ("unit of capacity", "Kapacitetens enhet"),
    "free_percent": ("not asked for, %", "Ledigt, %"),
    "volume_basis": ("basis", "Bas"),
    "volume_demography": ("demography", "Demografi"),
    "volume_trend": ("trend", "Trend"),
    "volume_lines": ("budget lines", "Budgetrader"),
    "volume_budget": ("budget, contacts", "Budget, vårdkontakter"),
    "change_percent": ("budget against basis, %", "Budget mot bas, %"),
    "volume_history": ("history, contacts", "Historik, vårdkontakter"),
    "volume_rates": ("population x rates, contacts", "Befolkning x konsumtion, vårdkontakter"),
    "difference_percent": ("difference, %", "Skillnad, %"),
    "input": ("input", "Insats"),
    "budget_volume": ("budget volume", "Budget volym"),
    "outcome_volume": ("outcome volume", "Utfall volym"),
    "budget_per_contact": ("budget per contact", "Budget per vårdkontakt"),
    "outcome_per_contact": ("outcome per contact", "Utfall per vårdkontakt"),
    "budget_price_sek": ("budget price, SEK", "Budget pris, kr"),
    "outcome_price_sek": ("outcome price, SEK", "Utfall pris, kr"),
    "outcome_sek": ("outcome, SEK", "Utfall, kr"),
    "index_percent": ("index percent", "Index, procent"),
    "budget_volume_sek": ("volume, SEK", "Volym, kr"),
    "budget_mix_sek": ("mix, SEK", "Mix, kr"),
    "budget_efficiency_sek": ("efficiency*, SEK", "Effektivitet*, kr"),
    "budget_capacity_sek": ("capacity, SEK", "Kapacitet, kr"),
    "budget_outcome_sek": ("outcome, SEK", "Utfall, kr"),
    "budget_deviation_sek": ("deviation, SEK", "Avvikelse, kr"),
    "special": ("note", "Anmärkning"),
    "judged": ("judged", "Bedömning"),
    "text": ("meaning", "Innebörd"),
    "table": ("table", "Tabell"),
    "row": ("row", "Rad"),
    "column": ("column", "Kolumn"),
    "printed": ("printed", "Tryckt"),
    "computed": ("computed", "Beräknat"),
    "difference": ("difference", "Skillnad"),
    "finding": ("finding", "Iakttagelse (engelska)"),
    "finding_sv": ("finding (Swedish)", "Iakttagelse"),
    **{f"budget_month_{m}_sek": (f"{en}, SEK", f"{sv}, kr") for m, (en, sv) in enumerate(_MONTHS, start=1)},
}
"""Column -> English, Swedish."""
PRICE_IN_DEVIATIONS = {"budget_price_sek": ("price, SEK", "Pris, kr")}
"""In a table of deviations price is a part of the deviation, not a price."""
CELLS: dict[str, str] = {
    "basis": "bas",
    "trend": "trend",
    "portfolio": "utbud",
    "scenario": "scenario",
    "region": "region",
    "department": "verksamhet",
    "staff": "personal",
    "room": "rum",
    "bed": "vårdplats",
    "hours": "timmar",
    "days": "vårddygn",
    "FTE": "årsarbetare",
    "rooms": "rum",
    "beds": "vårdplatser",
    "cost": "kostnad",
    "income": "intäkt",
    "result": "resultat",
    "input": "insats",
    "capacity": "kapacitet",
    "account": "konto",
    "grant": "anslag",
    "volume": "volym",
    "amount": "belopp",
    "favourable": "gynnsam",
    "unfavourable": "ogynnsam",
    "as budget": "enligt budget",
    "new group": "ny grupp",
    "no budget price": "pris saknas i budget",
    "total": "summa",
    "Basis": "Bas",
    "Demography": "Demografi",
    "Trend": "Trend",
    "points": "poäng",
    "fixed": "fast belopp",
}
"""A cell's word -> Swedish."""
_WORDED = (
    "kind",
    "level",
    "asked_unit",
    "kept_unit",
    "what",
    "judged",
    "special",
    "line",
    "source",
    "cost_centre",
    "input",
)
ABOUT: tuple[tuple[str, str], ...] = (
    (
        "Volume = population x rate x (1 + trend)^years, or history x (1 + trend)^years, + budget lines.",
        "Volym = befolkning x konsumtion x (1 + trend)^år, eller historik x (1 + trend)^år, + budgetrader.",
    ),
    (
        "FTE = hours / hours per FTE / (1 - idle target). Rooms and beds are rounded up to whole steps.",
        "Årsarbetare = timmar / timmar per årsarbetare / (1 - mål för ledig tid). Rum och vårdplatser avrundas uppåt.",
    ),
    (
        "Pay = FTE x monthly pay x 12 x pay revision x (1 + payroll add-on); other costs x index of their cost type.",
        "Lön = årsarbetare x månadslön x 12 x lönerevision x (1 + PO); övriga kostnader x kostnadsslagets index.",
    ),
    (
        "A budget line's amount is what the total changes when it is added to the lines above it.",
        "En budgetrads belopp är vad summan ändras när raden läggs till raderna ovanför.",
    ),
    (
        "Reference budget: basis volumes, no demography, trend or budget lines, at this year's standards and prices.",
        "Referensbudget: basens volymer, utan demografi, trend och budgetrader, med årets standardtider och priser.",
    ),
    (
        "Deviation in this order: volume, mix, efficiency at budget price, price at actual quantity; capacity apart.",
        "Avvikelsen i ordning: volym, mix, effektivitet till budgetpris, pris på verklig mängd; kapacitet för sig.",
    ),
    (
        "Cost: + is unfavourable. Income: + is favourable. Result = income - cost. * Of income it is registration.",
        "Kostnad: + är ogynnsamt. Intäkt: + är gynnsamt. Resultat = intäkt - kostnad. * För intäkt: registrering.",
    ),
)


SPECIAL: dict[str, tuple[str, str]] = {
    "new group": (
        "{what}: a new group without budgeted unit cost; all of its {sek} SEK is shown as mix, new group.",
        "{what}: ny grupp utan budgeterad styckkostnad; alla {sek} kr visas som mix, ny grupp.",
    ),
    "no budget price": (
        "{what}: no budget price; the actual price is used, so {sek} SEK is shown without a price deviation.",
        "{what}: pris saknas i budget; utfallets pris används, så {sek} kr visas utan prisavvikelse.",
    ),
}
"""A special case of the deviation -> what to say of it."""


def specials(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """What must be said of rows of `deviations` that fall outside the rule, in English and Swedish."""
    said = []
    for row in rows[rows["special"] != ""].itertuples():
        what = " ".join(filter(None, (row.cost_centre, row.account, row.group, row.input)))
        sek = f"{row.budget_deviation_sek:,.0f}"
        english, swedish = SPECIAL[row.special]
        said.append((english.format(what=what, sek=sek), swedish.format(what=what, sek=sek.replace(",", " "))))
    return said


def about(lang: Lang) -> pd.DataFrame:
    """What the numbers mean, a line each; column text."""
    return pd.DataFrame({"text": [line[1 if lang == "sv" else 0] for line in ABOUT]})


def headings(frames: Iterable[pd.DataFrame]) -> dict[str, tuple[str, str]]:
    """Headings of the columns, those of past years among them."""
    years = {str(column) for frame in frames for column in frame.columns if str(column).startswith("history_")}
    return HEADINGS | {name: (f"history {name[8:]}", f"Historik {name[8:]}") for name in years}


def worded(frame: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    """The frame with its words in a language; names of the planner's own stay as they are."""
    if lang == "en":
        return frame
    out = frame.copy()
    for column in _WORDED:
        if column in out:
            out[column] = [CELLS.get(cell, cell) if isinstance(cell, str) else cell for cell in out[column]]
    return out
