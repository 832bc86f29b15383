"""The sheets a budget is computed from and followed up in: columns, kinds, English and Swedish headings."""

from __future__ import annotations

from flowsim.sheets.forms import Column, Form

LINE_KINDS = {
    "basis": "basis", "bas": "basis", "trend": "trend", "portfolio": "portfolio", "utbud": "portfolio",
    "portfölj": "portfolio", "scenario": "scenario",
}  # fmt: skip
LEVELS = {"region": "region", "department": "department", "verksamhet": "department", "avdelning": "department"}
RESOURCE_KINDS = {
    "staff": "staff", "personal": "staff", "room": "room", "rum": "room", "sal": "room", "bed": "bed",
    "vårdplats": "bed", "diagnostics": "room", "diagnostik": "room",
}  # fmt: skip
UNITS = {
    "minutes": "minutes",
    "minuter": "minutes",
    "min": "minutes",
    "days": "days",
    "dygn": "days",
    "vårddygn": "days",
}
ROW_KINDS = {
    "input": "input", "insats": "input", "capacity": "capacity", "kapacitet": "capacity", "account": "account",
    "konto": "account", "income": "income", "intäkt": "income", "grant": "grant", "anslag": "grant",
}  # fmt: skip
_CENTRE = Column("cost_centre", also=("Kostnadsställe", "Kst", "Ansvar"))
_ACCOUNT = Column("account", also=("Konto",))
_GROUP = Column("group", also=("Grupp", "Patientgrupp"))

HISTORY = Form(
    "history",
    (
        _CENTRE,
        _GROUP,
        Column("year", "whole", also=("År",)),
        Column("volume", "decimal", also=("Volym", "Antal"), least=0),
    ),
    also=("Historik",),
    key=("cost_centre", "group", "year"),
)
POPULATION = Form(
    "population",
    (
        Column("area", also=("Område", "Kommun"), required=False),
        Column("age_group", also=("Åldersgrupp",)),
        Column("year", "whole", also=("År",)),
        Column("persons", "decimal", also=("Personer", "Antal personer", "Invånare"), least=0),
    ),
    also=("Befolkning",),
    key=("area", "age_group", "year"),
)
RATES = Form(
    "rates",
    (
        Column("age_group", also=("Åldersgrupp",)),
        _GROUP,
        Column("contacts_per_1000", "decimal", also=("Vårdkontakter per 1000", "Per 1000"), least=0),
    ),
    also=("Vårdkonsumtion",),
    key=("age_group", "group"),
)
TRENDS = Form(
    "trends",
    (
        _GROUP,
        Column("percent_per_year", "decimal", also=("Procent per år",), required=False),
        Column("source", also=("Källa",), required=False),
    ),
    also=("Trender",),
    key=("group",),
)
STANDARDS = Form(
    "standards",
    (
        _GROUP,
        Column("resource", also=("Resurs",)),
        Column("per_contact", "decimal", also=("Per vårdkontakt", "Standardtid"), least=0),
        Column("unit", "choice", also=("Enhet",), allowed=UNITS),
    ),
    also=("Standardtider", "Vårdprofil"),
    key=("group", "resource"),
)
RESOURCES = Form(
    "resources",
    (
        Column("resource", also=("Resurs",)),
        Column("kind", "choice", also=("Slag", "Typ"), allowed=RESOURCE_KINDS),
        _CENTRE,
        _ACCOUNT,
        Column("monthly_pay_sek", "money", also=("Månadslön",), required=False, empty=0),
        Column("capacity_per_unit", "decimal", also=("Kapacitet per enhet",), required=False, least=0),
        Column("step", "decimal", also=("Stegstorlek",), required=False, least=0),
        Column("sek_per_unit", "money", also=("Kronor per enhet", "Kr per enhet"), required=False, empty=0),
        Column("index", also=("Indexnamn",), required=False),
    ),
    also=("Resurser",),
    key=("resource",),
)
COSTS = Form(
    "costs",
    (
        _CENTRE,
        _ACCOUNT,
        Column("cost_type", also=("Kostnadsslag",)),
        Column("group", also=("Grupp", "Patientgrupp"), required=False),
        Column(
            "sek_per_contact", "money", also=("Kronor per vårdkontakt", "Kr per vårdkontakt"), required=False, empty=0
        ),
        Column("fixed_sek", "money", also=("Fast belopp", "Fast, kr"), required=False, empty=0),
        Column("price_year", "whole", also=("Prisår",), required=False),
    ),
    also=("Kostnader", "Övriga kostnader"),
)
INCOMES = Form(
    "incomes",
    (
        _CENTRE,
        _ACCOUNT,
        Column("group", also=("Grupp", "Patientgrupp"), required=False),
        Column("points", "decimal", also=("Poäng", "DRG-poäng", "Vikt"), required=False, least=0),
        Column("price_sek", "money", also=("Pris", "Poängpris"), required=False, empty=0),
        Column("fixed_sek", "money", also=("Fast belopp", "Anslag"), required=False, empty=0),
    ),
    also=("Intäkter",),
)
INDEXES = Form(
    "indexes",
    (
        Column("index", also=("Kostnadsslag", "cost_type")),
        Column("year", "whole", also=("År",)),
        Column("percent", "decimal", also=("Procent",)),
        Column("source", also=("Källa",), required=False),
    ),
    also=("Indextal", "Uppräkning"),
    key=("index", "year"),
)
ACCOUNTS = Form(
    "accounts", (_ACCOUNT, Column("name", also=("Kontonamn", "Benämning"))), also=("Konton",), key=("account",)
)
CENTRES = Form(
    "cost_centres",
    (_CENTRE, Column("name", also=("Benämning", "Namn"))),
    also=("Kostnadsställen",),
    key=("cost_centre",),
)
LINES = Form(
    "budget_lines",
    (
        Column("line", also=("Budgetrad", "Rad")),
        Column("kind", "choice", also=("Slag",), allowed=LINE_KINDS),
        Column("level", "choice", also=("Nivå",), required=False, allowed=LEVELS),
        _CENTRE,
        Column("account", also=("Konto",), required=False),
        Column("group", also=("Grupp", "Patientgrupp"), required=False),
        Column("period", "month", also=("Period",), required=False),
        Column("volume", "decimal", also=("Volym",), required=False),
        Column("amount_sek", "money", also=("Belopp",), required=False, empty=0),
    ),
    also=("Budgetrader",),
)
NEEDED = (STANDARDS, RESOURCES)
WELCOME = (HISTORY, POPULATION, RATES, TRENDS, COSTS, INCOMES, INDEXES, ACCOUNTS, CENTRES, LINES)

FOLLOW_UP = Form(
    "follow_up",
    (
        Column("kind", "choice", also=("Slag",), allowed=ROW_KINDS),
        Column("cost_centre", also=("Kostnadsställe", "Kst"), required=False),
        Column("account", also=("Konto",), required=False),
        Column("group", also=("Grupp", "Patientgrupp"), required=False),
        Column("input", also=("Insats",), required=False),
        Column("budget_volume", "decimal", also=("Budget volym",), required=False, least=0),
        Column("outcome_volume", "decimal", also=("Utfall volym",), required=False, least=0),
        Column("budget_per_contact", "decimal", also=("Budget per vårdkontakt",), required=False, least=0),
        Column("outcome_per_contact", "decimal", also=("Utfall per vårdkontakt",), required=False, least=0),
        Column("budget_price_sek", "decimal", also=("Budget pris", "Budget pris, kr"), required=False),
        Column("outcome_price_sek", "decimal", also=("Utfall pris", "Utfall pris, kr"), required=False),
        Column("budget_sek", "money", also=("Budget", "Budget, kr"), required=False, empty=0),
        Column("outcome_sek", "money", also=("Utfall", "Utfall, kr"), required=False),
        Column("index_percent", "decimal", also=("Index, procent",), required=False),
    ),
    also=("Uppföljning",),
)
