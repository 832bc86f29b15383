"""The made-up hospital's lists: cost centres, accounts, cost types, activities, care services, groups of contacts."""

from __future__ import annotations

from typing import NamedTuple


class Centre(NamedTuple):
    """A cost centre and what it spends itself in a year, MSEK; kind by its number: 1 supporting, 3 final, 9 outside."""

    number: str
    name: str
    msek: float
    mix: str
    """Which blend of cost types (see `MIXES`)."""
    key: str = ""


CENTRES = (
    Centre("1010", "Fastighet och lokaler", 34.0, "premises", "m2"),
    Centre("1020", "Städ", 8.5, "service", "cleaned_m2"),
    Centre("1030", "Personalavdelning", 7.5, "office", "fte"),
    Centre("1040", "IT", 21.0, "it", "workstations"),
    Centre("1050", "Ledning och ekonomi", 13.0, "office", "management"),
    Centre("1060", "Kök", 9.0, "service", "meals"),
    Centre("1070", "Sterilcentral", 9.5, "service", "sterile_sets"),
    Centre("1080", "Vaktmästeri och transport", 5.0, "service", "trips"),
    Centre("1090", "Inköp och förråd", 4.5, "office", "order_lines"),
    Centre("1100", "Medicinsk teknik", 8.0, "it", "devices"),
    Centre("1110", "Läkare ortopedi", 31.0, "doctors", "hours_ortho"),
    Centre("1120", "Läkare anestesi", 22.0, "doctors", "hours_anaesthesia"),
    Centre("1130", "Läkare medicin", 40.0, "doctors", "hours_medicine"),
    Centre("1140", "Medicinska sekreterare", 10.0, "doctors", "dictations"),
    Centre("1150", "Utbildning", 4.0, "office", "fte"),
    Centre("1160", "Sängar och linne", 3.5, "service", "linen"),
    Centre("1170", "Växel och säkerhet", 3.0, "office", "fte"),
    Centre("3010", "Operation ortopedi", 29.0, "theatre"),
    Centre("3020", "Anestesi", 23.0, "care"),
    Centre("3030", "Uppvakningsavdelning", 9.5, "care"),
    Centre("3040", "Vårdavdelning ortopedi", 46.0, "care"),
    Centre("3050", "Mottagning ortopedi", 6.5, "care"),
    Centre("3060", "Inskrivning ortopedi", 2.6, "care"),
    Centre("3070", "Fysioterapi", 7.5, "care"),
    Centre("3110", "Dagkirurgi", 13.0, "theatre"),
    Centre("3120", "Vårdavdelning kirurgi", 33.0, "care"),
    Centre("3130", "Mottagning kirurgi", 4.2, "care"),
    Centre("3140", "Operation kirurgi", 21.0, "theatre"),
    Centre("3210", "Medicinavdelning 1", 37.0, "care"),
    Centre("3220", "Medicinavdelning 2", 34.0, "care"),
    Centre("3230", "Mottagning medicin", 5.0, "care"),
    Centre("3310", "Akutmottagning", 25.0, "care"),
    Centre("3320", "Intensivvård", 27.0, "care"),
    Centre("3410", "Röntgen", 9.0, "diagnostics"),
    Centre("3420", "DT och MR", 15.0, "diagnostics"),
    Centre("3510", "Klinisk kemi", 10.5, "diagnostics"),
    Centre("3520", "Blodcentral", 3.6, "diagnostics"),
    Centre("3610", "Apotek och läkemedel", 14.0, "drugs"),
    Centre("3710", "Ögonmottagning", 3.4, "care"),
    Centre("3720", "Öron-, näs- och halsmottagning", 3.2, "care"),
    Centre("9010", "Forskning", 6.0, "office"),
    Centre("9020", "Såld tvätt", 2.2, "service"),
    Centre("9030", "Regionala projekt", 3.1, "office"),
)

COST_TYPES = (
    # cost type, Swedish, behaviour, kind of resource, index, weeks of notice, accounts, first account, their name
    ("pay_care", "Lön vårdpersonal", "step_fixed", "staff", "pay", 13, 50, 4010, "Lön vård"),
    ("pay_management", "Lön ledning och administration", "fixed", "staff", "pay", 26, 20, 4110, "Lön administration"),
    ("add_on_care", "PO vårdpersonal", "step_fixed", "staff", "pay", 13, 10, 4210, "PO vård"),
    ("add_on_management", "PO administration", "fixed", "staff", "pay", 26, 10, 4230, "PO administration"),
    ("agency", "Inhyrd personal", "variable", "staff", "pay", 0, 10, 4310, "Bemanningsföretag"),
    ("material", "Sjukvårdsmaterial", "variable", "material", "prices", 0, 60, 5010, "Material"),
    ("drugs", "Läkemedel", "variable", "material", "prices", 0, 30, 5110, "Läkemedel"),
    ("implants", "Implantat och dyra läkemedel", "variable", "patient", "prices", 0, 12, 5210, "Implantat"),
    ("rent", "Hyra", "fixed", "room", "prices", 52, 15, 6010, "Hyra"),
    ("energy", "Energi", "fixed", "room", "prices", 0, 10, 6110, "Energi"),
    ("depreciation", "Avskrivning", "fixed", "equipment", "", 52, 25, 6210, "Avskrivning"),
    ("services", "Köpta tjänster", "fixed", "overhead", "prices", 26, 25, 6310, "Tjänster"),
    ("it", "IT-tjänster", "fixed", "overhead", "prices", 26, 15, 6410, "IT"),
    ("internal", "Köp mellan kostnadsställen", "variable", "overhead", "prices", 0, 4, 7010, "Internt köp"),
)
OFFSET = (7110, 4, "Intern försäljning")
INCOME = ((3010, 8, "Patientavgift", "income: patient fees"), (3110, 6, "Bidrag", "income: grants"))

MIXES = {
    "premises": {"rent": 50, "energy": 22, "depreciation": 16, "services": 12},
    "service": {"pay_care": 44, "material": 24, "depreciation": 4, "services": 5},
    "office": {"pay_management": 56, "services": 9, "it": 6},
    "it": {"pay_management": 30, "it": 34, "depreciation": 20},
    "doctors": {"pay_care": 56, "pay_management": 4, "agency": 4, "services": 2},
    "theatre": {"pay_care": 38, "pay_management": 2, "material": 22, "depreciation": 9, "services": 3, "agency": 3},
    "care": {"pay_care": 50, "pay_management": 3, "material": 8, "drugs": 6, "depreciation": 2, "agency": 4},
    "diagnostics": {"pay_care": 36, "pay_management": 2, "material": 22, "depreciation": 15, "services": 4},
    "drugs": {"pay_care": 16, "drugs": 66, "services": 3},
}
"""Per cent of a centre's cost by cost type, before the payroll add-on and scaling to 100."""

ACTIVITIES = (
    # centre, activity, unit, practical capacity a year, readiness %
    ("3010", "operation", "minute", 203_000, 0),
    ("3020", "anaesthesia", "minute", 620_000, 5),
    ("3030", "recovery", "hour", 16_500, 0),
    ("3040", "bed_day", "bed day", 8_400, 0),
    ("3050", "visit", "minute", 190_000, 0),
    ("3060", "enrolment", "minute", 62_000, 0),
    ("3070", "treatment", "minute", 440_000, 0),
    ("3110", "day_operation", "minute", 105_000, 0),
    ("3120", "bed_day", "bed day", 7_200, 10),
    ("3130", "visit", "minute", 62_000, 0),
    ("3140", "operation", "minute", 125_000, 12),
    ("3210", "bed_day", "bed day", 8_900, 10),
    ("3220", "bed_day", "bed day", 8_100, 10),
    ("3230", "visit", "minute", 85_000, 0),
    ("3310", "emergency", "minute", 560_000, 25),
    ("3320", "care_hour", "hour", 24_000, 30),
    ("3410", "film", "film", 15_500, 0),
    ("3420", "examination", "minute", 105_000, 8),
    ("3510", "analysis", "analysis", 185_000, 0),
    ("3520", "unit", "unit", 1_600, 20),
    ("3610", "dispensing", "dose", 190_000, 0),
    ("3710", "visit", "minute", 52_000, 0),
    ("3720", "visit", "minute", 48_000, 0),
)

SERVICES = (
    # service, name, centre, unit, activity, standard units
    ("theatre_minute", "Operationsminut ortopedi", "3010", "minute", "operation", "1"),
    ("anaesthesia_minute", "Anestesiminut", "3020", "minute", "anaesthesia", "1"),
    ("recovery_hour", "Uppvakningstimme", "3030", "hour", "recovery", "1"),
    ("bed_day_ortho", "Vårddygn ortopedi", "3040", "bed_day", "bed_day", "1"),
    ("first_visit_ortho", "Nybesök läkare ortopedi", "3050", "visit", "visit", "38"),
    ("return_visit_ortho", "Återbesök läkare ortopedi", "3050", "visit", "visit", "22"),
    ("enrolment", "Inskrivningsbesök", "3060", "visit", "enrolment", "50"),
    ("physio_session", "Fysioterapi", "3070", "visit", "treatment", "35"),
    ("day_operation_minute", "Dagkirurgiminut", "3110", "minute", "day_operation", "1"),
    ("bed_day_surgery", "Vårddygn kirurgi", "3120", "bed_day", "bed_day", "1"),
    ("visit_surgery", "Besök kirurgi", "3130", "visit", "visit", "30"),
    ("theatre_minute_surgery", "Operationsminut kirurgi", "3140", "minute", "operation", "1"),
    ("bed_day_medicine_1", "Vårddygn medicin 1", "3210", "bed_day", "bed_day", "1"),
    ("bed_day_medicine_2", "Vårddygn medicin 2", "3220", "bed_day", "bed_day", "1"),
    ("visit_medicine", "Besök medicin", "3230", "visit", "visit", "35"),
    ("emergency_visit", "Akutbesök", "3310", "visit", "emergency", "75"),
    ("intensive_care_hour", "Intensivvårdstimme", "3320", "hour", "care_hour", "1"),
    ("film", "Slätröntgen", "3410", "item", "film", "1"),
    ("ct", "Datortomografi", "3420", "item", "examination", "25"),
    ("mri", "Magnetkamera", "3420", "item", "examination", "45"),
    ("analysis", "Laboratorieanalys", "3510", "item", "analysis", "1"),
    ("blood_unit", "Blodenhet", "3520", "item", "unit", "1"),
    ("dose", "Läkemedelsdos", "3610", "item", "dispensing", "1"),
    ("visit_eye", "Besök öga", "3710", "visit", "visit", "28"),
    ("visit_ent", "Besök öron, näsa, hals", "3720", "visit", "visit", "26"),
)


class Group(NamedTuple):
    """A group of contacts: how many a year, what each uses (service -> mean), days in bed, and its tail."""

    name: str
    number: int
    care_form: str
    clinic: str
    drg: str
    weight: float
    uses: dict[str, float]
    bed: str = ""
    days: float = 0.0
    tail: float = 0.0
    """Share of contacts with a long, complicated stay."""
    implant: float = 0.0
    """Mean patient-specific cost, SEK."""


_JOINT = {"anaesthesia_minute": 155, "recovery_hour": 3.4, "film": 2, "analysis": 12, "physio_session": 3, "dose": 26}
GROUPS = (
    Group(
        "hip",
        520,
        "inpatient",
        "ORT",
        "H02E",
        2.05,
        {"theatre_minute": 108, **_JOINT},
        "bed_day_ortho",
        2.6,
        0.035,
        21_500,
    ),
    Group(
        "knee",
        470,
        "inpatient",
        "ORT",
        "H04E",
        2.02,
        {"theatre_minute": 104, **_JOINT},
        "bed_day_ortho",
        2.5,
        0.03,
        20_500,
    ),
    Group(
        "revision",
        75,
        "inpatient",
        "ORT",
        "H01N",
        3.9,
        {"theatre_minute": 182, **_JOINT, "blood_unit": 1.6},
        "bed_day_ortho",
        6.2,
        0.1,
        46_000,
    ),
    Group(
        "fracture",
        720,
        "inpatient",
        "ORT",
        "H08C",
        1.75,
        {"theatre_minute": 74, **_JOINT, "ct": 0.4},
        "bed_day_ortho",
        5.0,
        0.06,
        5_200,
    ),
    Group(
        "day_ortho",
        950,
        "day",
        "ORT",
        "H24O",
        0.45,
        {"day_operation_minute": 46, "anaesthesia_minute": 70, "recovery_hour": 1.5, "film": 1, "physio_session": 1},
        implant=2_600,
    ),
    Group(
        "surgery",
        980,
        "inpatient",
        "KIR",
        "G10E",
        1.5,
        {
            "theatre_minute_surgery": 108,
            "anaesthesia_minute": 145,
            "recovery_hour": 3,
            "ct": 0.6,
            "analysis": 20,
            "dose": 24,
            "blood_unit": 0.4,
        },
        "bed_day_surgery",
        5.6,
        0.06,
    ),
    Group(
        "day_surgery",
        870,
        "day",
        "KIR",
        "G36O",
        0.4,
        {"day_operation_minute": 48, "anaesthesia_minute": 72, "recovery_hour": 1.5, "analysis": 3},
    ),
    Group(
        "medicine_1",
        1320,
        "inpatient",
        "MED",
        "D40",
        0.95,
        {"analysis": 28, "ct": 0.3, "film": 0.8, "dose": 36, "blood_unit": 0.3},
        "bed_day_medicine_1",
        5.3,
        0.07,
    ),
    Group(
        "medicine_2",
        1190,
        "inpatient",
        "MED",
        "E47",
        0.98,
        {"analysis": 26, "ct": 0.25, "mri": 0.1, "film": 0.7, "dose": 38},
        "bed_day_medicine_2",
        5.2,
        0.07,
        900,
    ),
    Group("ortho_first", 2250, "outpatient", "ORT", "H60O", 0.06, {"first_visit_ortho": 1, "film": 0.7}),
    Group("ortho_return", 2600, "outpatient", "ORT", "H61O", 0.04, {"return_visit_ortho": 1, "film": 0.6}),
    Group("enrolment", 1050, "outpatient", "ORT", "H62O", 0.04, {"enrolment": 1, "analysis": 6}),
    Group("physio", 4900, "outpatient", "ORT", "H63O", 0.02, {"physio_session": 1}),
    Group("surgery_visit", 1650, "outpatient", "KIR", "G60O", 0.05, {"visit_surgery": 1, "analysis": 2}),
    Group("medicine_visit", 1950, "outpatient", "MED", "E60O", 0.05, {"visit_medicine": 1, "analysis": 4}),
    Group(
        "emergency",
        5300,
        "outpatient",
        "AKU",
        "X60O",
        0.09,
        {"emergency_visit": 1, "analysis": 5, "film": 0.3, "ct": 0.15},
    ),
    Group("eye", 1500, "outpatient", "OGO", "B60O", 0.03, {"visit_eye": 1}),
    Group("ent", 1450, "outpatient", "ONH", "C60O", 0.03, {"visit_ent": 1}),
)

SIMULATION_RESOURCES = (
    # resource, centre, activity, units, capacity a week, step, size, steps, overtime SEK/h, own share
    ("theatre", "3010", "operation", "108", "13.86", "list of 3 operations", "3", 6, "9200", "1"),
    ("theatre", "3020", "anaesthesia", "155", "13.86", "", "", "", "", ""),
    ("theatre", "3030", "recovery", "3.4", "13.86", "", "", "", "", ""),
    ("ward", "3040", "bed_day", "1", "65.42", "module of 6 beds", "42", 2, "", "1"),
    ("xray", "3410", "film", "1", "119.35", "session of 16 films", "16", 8, "", "0.5"),
    ("clinic", "3050", "visit", "30", "40.6", "session of 8 visits", "8", 6, "", "1"),
    ("nurse", "3060", "enrolment", "50", "23.26", "session of 8 visits", "8", 3, "", "1"),
    ("physiotherapy", "3070", "treatment", "35", "6.5", "", "", "", "", "1"),
)
_OPERATION = (("theatre_minute", "108"), ("anaesthesia_minute", "155"), ("recovery_hour", "3.4"))
_STAY = (("bed_day_ortho", "bed_days"), ("analysis", "12"), ("dose", "26"), ("patient_costs", "1"))
SIMULATION_CONTACTS = (
    ("first_visit", "first_visit_ortho", "1", ""),
    ("second_visit", "return_visit_ortho", "1", ""),
    ("first_film", "film", "1", ""),
    ("enrolment", "enrolment", "1", ""),
    ("planning_film", "film", "1", ""),
    *(("surgery", service, quantity, "hip, knee") for service, quantity in (*_OPERATION, *_STAY)),
    *(("reoperation", service, quantity, "revision") for service, quantity in (*_OPERATION, *_STAY)),
    ("ward_film", "film", "1", ""),
    ("nurse_contact", "", "", ""),
    ("control_film", "film", "1", ""),
    ("doctor_visit", "return_visit_ortho", "1", ""),
    ("physio_visit", "physio_session", "1", ""),
    ("readmission", "bed_day_ortho", "bed_days", ""),
    ("other_ward", "bed_day_surgery", "bed_days", ""),
    ("readmission_film", "film", "1", ""),
    ("readmission_visit", "return_visit_ortho", "1", ""),
)
