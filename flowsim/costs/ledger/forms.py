"""The tables a costing reads: their columns, units and Swedish headings."""

from __future__ import annotations

from flowsim.sheets import Column, Form

BEHAVIOURS = ("variable", "step_fixed", "fixed")
RESOURCE_KINDS = ("staff", "room", "equipment", "material", "patient", "overhead")
CARE_FORMS = ("inpatient", "outpatient", "day")

_KIND = {"supporting": "supporting", "hjälp": "supporting", "stöd": "supporting", "hjälpkostnadsställe": "supporting"}
_KIND |= {"final": "final", "slut": "final", "slutkostnadsställe": "final", "outside": "outside", "utanför": "outside"}
_SCOPE = {"in": "in", "med": "in", "offset": "offset", "kvittas": "offset", "outside": "outside", "utanför": "outside"}
_BEHAVIOUR = {"variable": "variable", "rörlig": "variable", "step_fixed": "step_fixed", "trappstegsfast": "step_fixed"}
_BEHAVIOUR |= {"halvfast": "step_fixed", "fixed": "fixed", "fast": "fixed"}
_RESOURCE = {name: name for name in RESOURCE_KINDS} | {"personal": "staff", "lokal": "room", "utrustning": "equipment"}
_RESOURCE |= {"material": "material", "patient": "patient", "särkostnad": "patient", "gemensamt": "overhead"}
_RESOURCE |= {"overhead": "overhead", "OH": "overhead"}
_ALL = {"all": "all", "alla": "all"}
_FORM = {"quantity": "quantity", "mängd": "quantity", "antal": "quantity", "percent": "percent", "procent": "percent"}
_SLAG = {"volume": "volume", "volym": "volume", "capacity": "capacity", "kapacitet": "capacity"}
_CARE = {"inpatient": "inpatient", "slutenvård": "inpatient", "outpatient": "outpatient", "öppenvård": "outpatient"}
_CARE |= {"day": "day", "dagsjukvård": "day", "dagkirurgi": "day", "sluten": "inpatient", "öppen": "outpatient"}
_PAYROLL = {"pay": "pay", "lön": "pay", "add_on": "add_on", "PO": "add_on"}
_CENTRE = ("Kostnadsställe", "Kst", "Ansvar")
_CONTACT = ("Vårdkontakt",)

LEDGER = Form(
    "ledger",
    (
        Column("period", "month", ("Period",)),
        Column("cost_centre", "text", _CENTRE),
        Column("account", "text", ("Konto",)),
        Column("amount_sek", "money", ("Belopp", "Utfall", "Belopp kr")),
        Column("counterpart", "text", ("Motpart",), required=False),
    ),
    also=("Huvudbok", "Reskontra", "Utfall"),
)
COST_CENTRES = Form(
    "cost_centres",
    (
        Column("cost_centre", "text", _CENTRE),
        Column("name", "text", ("Benämning", "Namn"), required=False),
        Column("kind", "choice", ("Typ",), allowed=_KIND),
        Column("key", "text", ("Nyckel",), required=False),
        Column("step_order", "whole", ("Ordning",), required=False),
        Column("clinic", "text", ("Klinik",), required=False),
        Column("reason", "text", ("Skäl",), required=False),
    ),
    also=("Kostnadsställen",),
    key=("cost_centre",),
)
ACCOUNTS = Form(
    "accounts",
    (
        Column("account", "text", ("Konto",)),
        Column("name", "text", ("Kontonamn", "Benämning"), required=False),
        Column("cost_type", "text", ("Kostnadsslag",), required=False),
        Column("scope", "choice", ("Omfattning",), allowed=_SCOPE),
        Column("reason", "text", ("Skäl",), required=False),
        Column("part", "text", ("Del",), required=False),
        Column("payroll", "choice", ("Lön eller PO",), required=False, allowed=_PAYROLL),
    ),
    also=("Konton", "Kontoplan"),
    key=("account",),
)
COST_TYPES = Form(
    "cost_types",
    (
        Column("cost_type", "text", ("Kostnadsslag",)),
        Column("name_sv", "text", ("Benämning",), required=False),
        Column("behaviour", "choice", ("Beteende",), allowed=_BEHAVIOUR),
        Column("resource_kind", "choice", ("Resursslag",), allowed=_RESOURCE),
        Column("index", "text", ("Index",), required=False),
        Column(
            "release_weeks", "whole", ("Uppsägningstid (veckor)", "Uppsägningstid"), required=False, empty=0, least=0
        ),
    ),
    also=("Kostnadsslag",),
    key=("cost_type",),
)
KEYS = Form(
    "keys",
    (
        Column("key", "text", ("Nyckel",)),
        Column("to_cost_centre", "text", ("Till kostnadsställe",)),
        Column("value", "decimal", ("Värde",)),
        Column("form", "choice", ("Form",), allowed=_FORM),
        Column("kind", "choice", ("Slag",), allowed=_SLAG),
        Column("unit", "text", ("Enhet",), required=False),
        Column("source", "text", ("Källa",), required=False),
        Column("as_of", "date", ("Datum",), required=False),
    ),
    also=("Nycklar", "Fördelningsnycklar"),
    key=("key", "to_cost_centre"),
)
STAFF = Form(
    "staff",
    (
        Column("period", "month", ("Period",)),
        Column("cost_centre", "text", _CENTRE),
        Column("profession", "text", ("Yrkesgrupp",)),
        Column("hours_worked", "decimal", ("Utförda timmar",), least=0),
        Column("fte", "decimal", ("Årsarbetare",), required=False),
        Column("pay_sek", "money", ("Lön",)),
        Column("overtime_hours", "decimal", ("Övertid",), required=False, empty=0, least=0),
    ),
    also=("Personal",),
    key=("period", "cost_centre", "profession"),
)
EQUIPMENT = Form(
    "equipment",
    (
        Column("item", "text", ("Inventarie",)),
        Column("cost_centre", "text", _CENTRE),
        Column("purchase_sek", "money", ("Anskaffningsvärde",)),
        Column("bought", "date", ("Anskaffad",)),
        Column("life_years", "decimal", ("Livslängd",), least=0),
        Column("hours_per_year", "decimal", ("Timmar per år",), required=False),
    ),
    also=("Inventarier", "Utrustning"),
    key=("item",),
)
CAPACITY = Form(
    "capacity",
    (
        Column("cost_centre", "text", _CENTRE),
        Column("period", "month", ("Period",)),
        Column("activity", "text", ("Aktivitet",), required=False),
        Column("unit", "text", ("Enhet",), required=False),
        Column("theoretical", "decimal", ("Teoretisk kapacitet",), required=False, least=0),
        Column("practical", "decimal", ("Praktisk kapacitet",), least=0),
        Column("measured", "decimal", ("Uppmätt",), required=False, least=0),
        Column("readiness_percent", "decimal", ("Beredskap procent", "Beredskap"), required=False, empty=0, least=0),
        Column("steps", "whole", ("Antal steg",), required=False),
        Column("step_size", "decimal", ("Stegstorlek",), required=False),
        Column("step_name", "text", ("Trappsteg",), required=False),
    ),
    also=("Kapacitet",),
    key=("cost_centre", "period", "activity"),
)
ACTIVITIES = Form(
    "activities",
    (
        Column("cost_centre", "text", _CENTRE),
        Column("resource_kind", "choice", ("Resursslag",), allowed=_RESOURCE | _ALL),
        Column("activity", "text", ("Aktivitet",)),
        Column("share_percent", "decimal", ("Andel", "Andel procent"), least=0),
    ),
    also=("Aktiviteter",),
    key=("cost_centre", "resource_kind", "activity"),
)
CARE_SERVICES = Form(
    "care_services",
    (
        Column("service", "text", ("Vårdtjänst", "Care service")),
        Column("name", "text", ("Benämning",), required=False),
        Column("cost_centre", "text", _CENTRE),
        Column("unit", "text", ("Enhet",)),
        Column("activity", "text", ("Aktivitet",)),
        Column("standard_units", "decimal", ("Standardtid",), least=0.0001),
    ),
    also=("Vårdtjänster",),
    key=("service", "cost_centre", "activity"),
)
CONTACTS = Form(
    "contacts",
    (
        Column("contact", "text", _CONTACT),
        Column("patient", "text", ("Patient",), required=False),
        Column("start", "date", ("Inskriven", "Start")),
        Column("end", "date", ("Utskriven", "Slut"), required=False),
        Column("care_form", "choice", ("Vårdform",), allowed=_CARE),
        Column("clinic", "text", ("Klinik",), required=False),
        Column("group", "text", ("Grupp",), required=False),
        Column("drg", "text", ("DRG",), required=False),
        Column("drg_weight", "decimal", ("Vikt", "DRG-vikt"), required=False),
        Column("number", "whole", ("Antal kontakter",), required=False, empty=1, least=1),
    ),
    also=("Vårdkontakter",),
    key=("contact",),
)
CONTACT_SERVICES = Form(
    "contact_services",
    (
        Column("contact", "text", _CONTACT),
        Column("service", "text", ("Vårdtjänst", "Care service")),
        Column("quantity", "decimal", ("Antal",), least=0),
        Column("date", "date", ("Datum",)),
    ),
    also=("Vårdkontakters tjänster", "Utförda tjänster"),
)
PATIENT_COSTS = Form(
    "patient_costs",
    (
        Column("contact", "text", _CONTACT, required=False),
        Column("cost_centre", "text", _CENTRE),
        Column("account", "text", ("Konto",)),
        Column("amount_sek", "money", ("Belopp",)),
        Column("article", "text", ("Artikel",), required=False),
        Column("quantity", "decimal", ("Antal",), required=False),
    ),
    also=("Särkostnader",),
)
INDEXES = Form(
    "indexes",
    (
        Column("index", "text", ("Index",)),
        Column("year", "whole", ("År",)),
        Column("percent", "decimal", ("Procent",)),
        Column("source", "text", ("Källa",), required=False),
    ),
    also=("Indexserier",),
    key=("index", "year"),
)
OUTLIER_THRESHOLDS = Form(
    "outlier_thresholds",
    (Column("drg", "text", ("DRG",)), Column("threshold_sek", "money", ("Gräns", "Ytterfallsgräns"))),
    also=("Ytterfallsgränser",),
    key=("drg",),
)
SETTINGS = Form(
    "settings",
    (Column("setting", "text", ("Inställning",)), Column("value", "text", ("Värde",))),
    also=("Inställningar",),
    key=("setting",),
)
SIMULATION_RESOURCES = Form(
    "simulation_resources",
    (
        Column("resource", "text", ("Resurs",)),
        Column("cost_centre", "text", _CENTRE),
        Column("activity", "text", ("Aktivitet",)),
        Column("units", "decimal", ("Enheter",), least=0),
        Column("capacity_per_week", "decimal", ("Kapacitet per vecka",), least=0),
        Column("step_name", "text", ("Trappsteg",), required=False),
        Column("step_size", "decimal", ("Stegstorlek",), required=False),
        Column("steps", "whole", ("Antal steg",), required=False),
        Column("overtime_sek_per_hour", "money", ("Övertid kr per timme",), required=False, empty=0, least=0),
        Column("extra_sek_per_unit", "money", ("Extra kr per enhet",), required=False, empty=0, least=0),
        Column("own_share", "decimal", ("Egen andel",), required=False, empty=1, least=0),
    ),
    also=("Simuleringens resurser",),
    key=("resource", "cost_centre", "activity"),
)
SIMULATION_CONTACTS = Form(
    "simulation_contacts",
    (
        Column("step", "text", ("Steg",)),
        Column("service", "text", ("Vårdtjänst",), required=False),
        Column("quantity", "text", ("Antal",), required=False),
        Column("group", "text", ("Grupp",), required=False),
    ),
    also=("Simuleringens vårdkontakter",),
)

NEEDED = (LEDGER, COST_CENTRES, ACCOUNTS, COST_TYPES, KEYS, ACTIVITIES, CARE_SERVICES, CONTACTS, CONTACT_SERVICES)
"""Without these nothing can be costed."""
WELCOME = (
    CAPACITY, PATIENT_COSTS, INDEXES, STAFF, EQUIPMENT, OUTLIER_THRESHOLDS, SETTINGS, SIMULATION_RESOURCES,
    SIMULATION_CONTACTS,
)  # fmt: skip
"""Read if they are there."""
