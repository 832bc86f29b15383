"""A costing as a controller reads it in a terminal: unit costs, cost per contact, the account, methods, keys, trace."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flowsim.cli.screen import Sheet
from flowsim.costs.ledger.words import METHODS, STAGES, said, swedish
from flowsim.frames import pd

if TYPE_CHECKING:
    from flowsim.costs.ledger.run import Costing
    from flowsim.report.words import Words


def _either(words: Words, in_swedish: str, english: str) -> str:
    return in_swedish if words.lang == "sv" else english


def _sek(words: Words, value: Any, digits: int = 2) -> str:
    """An amount with its decimals; a dash for none."""
    return "–" if value is None or not math.isfinite(float(value)) else words.number(float(value), digits)


def title(found: Costing, words: Words) -> str:
    """What is shown: title, year, method, view, price year; that it is made up, where it is."""
    settings = found.inputs.settings
    year = settings.price_year or settings.year
    method = METHODS[found.allocation.method] if words.lang == "sv" else said(found.allocation.method, "en")
    standard = found.view == "standard"
    view = _either(words, "ledig kapacitet för sig" if standard else "ledig kapacitet fördelad",
                 "idle capacity apart" if standard else "full absorption")  # fmt: skip
    period = f"{settings.first_month} – {settings.last_month}"
    head = _either(words, "Påhittade siffror. ", "Made-up figures. ") if settings.made_up else ""
    prices = _either(words, f"{year} års priser", f"prices of {year}")
    return f"{head}{settings.title}: KPP {period}, {method}, {view}, {prices}."


def unit_costs(frame: pd.DataFrame, words: Words, view: str) -> Sheet:
    """Cost per unit of each care service by behaviour; full absorption beside it."""
    sv = words.lang == "sv"
    heading = _either(words, "Kostnad per vårdtjänst, kr per enhet", "Unit cost of each care service, SEK per unit")
    columns = (
        ["vårdtjänst", "enhet", "antal", "rörlig", "trappstegsfast", "fast", "fullkostnad", "med ledig kapacitet"]
        if sv
        else ["care service", "unit", "quantity", "variable", "step-fixed", "fixed", "full cost", "full absorption"]
    )
    money = ["variable_unit_sek", "full_cost_step_fixed_sek", "full_cost_fixed_sek", "full_cost_sek"]
    money.append("full_cost_sek_full_absorption")
    rows = [
        [str(row["name"]), str(row["unit"]), words.number(row["quantity"], 0), *(_sek(words, row[m]) for m in money)]
        for row in frame.to_dict("records")
    ]
    return Sheet(heading, columns, rows, names=2)


def groups(frame: pd.DataFrame, words: Words) -> Sheet:
    """Mean cost of a contact by group."""
    sv = words.lang == "sv"
    heading = _either(words, "Kostnad per vårdkontakt (avslutade), kr", "Cost per contact (ended), SEK")
    columns = (
        ["grupp", "vårdform", "antal", "fullkostnad per kontakt", "därav särkostnad", "ytterfall", "per DRG-poäng"]
        if sv
        else [
            "group",
            "care form",
            "contacts",
            "full cost per contact",
            "patient-specific",
            "outliers",
            "per DRG point",
        ]
    )
    rows = [
        [
            str(row["group"]) or "–", said(str(row["care_form"]), words.lang), words.number(row["contacts"], 0),
            _sek(words, row["full_cost_sek_per_contact"], 0), _sek(words, row["full_cost_patient_sek_per_contact"], 0),
            words.number(row["outliers"], 0), _sek(words, row["full_cost_sek_per_drg_point"], 0),
        ]
        for row in frame.to_dict("records")
    ]  # fmt: skip
    return Sheet(heading, columns, rows, names=2)


def outliers(frame: pd.DataFrame, words: Words) -> Sheet:
    """The dearest contacts and their share of cost."""
    heading = _either(words, "Kostnadsytterfall", "Cost outliers")
    columns = (
        ["vårdform", "kontakter", "ytterfall", "andel av kostnaden, %", "från, kr"]
        if words.lang == "sv"
        else ["care form", "contacts", "outliers", "share of cost, %", "from, SEK"]
    )
    rows = [
        [
            said(str(row["care_form"]), words.lang), words.number(row["contacts"], 0),
            words.number(row["outliers"], 0), words.number(100 * row["outlier_share"], 1),
            _sek(words, row["full_cost_sek_threshold"], 0),
        ]
        for row in frame.to_dict("records")
    ]  # fmt: skip
    return Sheet(heading, columns, rows)


def reconciliation(found: Costing, words: Words) -> Sheet:
    """Every stage's account: in, kept, each line set aside, difference."""
    sv = words.lang == "sv"
    heading = _either(words, "Avstämning, kr: in = kvar + avskilt", "Reconciliation, SEK: in = kept + set aside")
    columns = ["steg", "in", "kvar", "avskilt", "differens"] if sv else ["stage", "in", "kept", "aside", "difference"]
    rows = []
    for stage in found.stages:
        name = STAGES[stage.number] if sv else stage.name
        aside = sum(one.ore for one in stage.aside)
        amounts = [_sek(words, ore / 100) for ore in (stage.into, stage.kept, aside, stage.difference)]
        rows.append([f"{stage.number} {name}", *amounts])
        for one in stage.aside:
            what = swedish(one.what) if sv else one.what
            rows.append([f"    {what}", "", "", _sek(words, one.ore / 100), ""])
    return Sheet(heading, columns, rows)


def capacity(frame: pd.DataFrame, found: Costing, words: Words) -> Sheet:
    """Practical capacity against use, and what stood idle."""
    listed = found.inputs["cost_centres"]
    names = dict(zip(listed["cost_centre"], listed["name"], strict=True))
    sv = words.lang == "sv"
    heading = _either(words, "Kapacitet", "Capacity")
    columns = (
        ["kostnadsställe", "aktivitet", "praktisk kapacitet", "använt", "använt, %", "beredskap, kr", "ledig, kr"]
        if sv
        else ["cost centre", "activity", "practical capacity", "used", "used, %", "readiness, SEK", "unused, SEK"]
    )
    rows = [
        [
            f"{row['cost_centre']} {names[row['cost_centre']]}", str(row["activity"]),
            words.number(row["practical_units"], 0),
            words.number(row["used_units"], 0), _sek(words, row["used_percent"], 1),
            _sek(words, row["unused_capacity_readiness_sek"], 0), _sek(words, row["unused_capacity_sek"], 0),
        ]
        for row in frame.to_dict("records")
    ]  # fmt: skip
    return Sheet(heading, columns, rows, names=2)


def measured(frame: pd.DataFrame, words: Words) -> Sheet:
    """Measured against standard times, and what the difference costs."""
    heading = _either(words, "Uppmätt mot standardtid", "Measured against standard times")
    columns = (
        ["kostnadsställe", "aktivitet", "standard", "uppmätt", "avvikelse, kr"]
        if words.lang == "sv"
        else ["cost centre", "activity", "standard", "measured", "deviation, SEK"]
    )
    rows = [
        [
            str(row["cost_centre"]), str(row["activity"]), words.number(row["standard_units"], 0),
            words.number(row["measured_units"], 0), _sek(words, row["ledger_deviation_sek"]),
        ]
        for row in frame.to_dict("records")
    ]  # fmt: skip
    return Sheet(heading, columns, rows, names=2)


def methods(frame: pd.DataFrame, words: Words) -> Sheet:
    """What each final centre costs by the three methods."""
    sv = words.lang == "sv"
    heading = _either(words, "Slutkostnadsställen, tre metoder, kr", "Final cost centres by the three methods, SEK")
    columns = (
        ["kostnadsställe", "ömsesidig", "stegvis", "direkt", "stegvis, %", "direkt, %"]
        if sv
        else ["cost centre", "reciprocal", "step-down", "direct", "step-down, %", "direct, %"]
    )
    money = [f"full_cost_{name}_sek" for name in ("reciprocal", "step_down", "direct")]
    rows = [
        [
            f"{row['cost_centre']} {row['name']}", *(_sek(words, row[name]) for name in money),
            *(_sek(words, row[name]) for name in ("step_down_percent", "direct_percent")),
        ]
        for row in frame.to_dict("records")
    ]  # fmt: skip
    return Sheet(heading, columns, rows)


def supporting(frame: pd.DataFrame, words: Words) -> Sheet:
    """Own and gross cost of each supporting centre."""
    heading = _either(
        words,
        "Hjälpkostnadsställen (bruttokostnad: egen kostnad och det de andra ger; summerar inte till huvudboken)",
        "Supporting cost centres (gross: own cost and what others give; does not sum to the ledger)",
    )
    columns = (
        ["kostnadsställe", "nyckel", "slag", "egen kostnad, kr", "bruttokostnad, kr"]
        if words.lang == "sv"
        else ["cost centre", "key", "kind", "own cost, SEK", "gross cost, SEK"]
    )
    rows = [
        [
            f"{row['cost_centre']} {row['name']}", str(row["key"]), said(str(row["kind"]), words.lang),
            _sek(words, row["ledger_own_sek"]), _sek(words, row["ledger_gross_sek"]),
        ]
        for row in frame.to_dict("records")
    ]  # fmt: skip
    return Sheet(heading, columns, rows, names=3)


def keys(frame: pd.DataFrame, words: Words) -> Sheet:
    """Every key and its kind: through `capacity` a variable krona becomes fixed."""
    heading = _either(
        words,
        "Fördelningsnycklar (genom en kapacitetsnyckel blir en rörlig krona fast)",
        "Keys (through a capacity key a variable krona becomes fixed)",
    )
    columns = (
        ["nyckel", "slag", "form", "används av", "mottagare", "källa"]
        if words.lang == "sv"
        else ["key", "kind", "form", "used by", "targets", "source"]
    )
    rows = [
        [
            str(row["key"]), said(str(row["kind"]), words.lang), said(str(row["form"]), words.lang),
            str(row["cost_centres"]), words.number(row["targets"], 0), str(row["source"]),
        ]
        for row in frame.to_dict("records")
    ]  # fmt: skip
    return Sheet(heading, columns, rows, names=4)


def dropped(frame: pd.DataFrame, words: Words) -> Sheet:
    """Backward shares that step-down leaves out."""
    heading = _either(words, "Bortfallna andelar bakåt", "Backward shares dropped")
    columns = ["från", "till", "andel, %", "kr"] if words.lang == "sv" else ["from", "to", "share, %", "SEK"]
    rows = [
        [
            row["from_centre"],
            row["to_centre"],
            words.number(row["share_percent"], 2),
            _sek(words, row["ledger_dropped_sek"]),
        ]
        for row in frame.to_dict("records")
    ]
    return Sheet(heading, columns, rows, names=2)


def trace(frame: pd.DataFrame, service: str, found: Costing, words: Words, most: int) -> Sheet:
    """Who paid into one unit of a care service, by which key; the smallest in one row."""
    sv = words.lang == "sv"
    centres = found.inputs["cost_centres"]
    names = dict(zip(centres["cost_centre"], centres["name"], strict=True))
    listed = found.inputs["accounts"]
    accounts = dict(zip(listed["account"], listed["name"], strict=True))
    total = frame["full_cost_sek_per_unit"].sum()
    heading = _either(words, f"Vem betalade in i en enhet av {service}, och med vilken nyckel? ",
                    f"Who paid into one {service}, and by which key? ")  # fmt: skip
    heading += _either(words, f"Använd del: {_sek(words, total)} kr", f"Used part: {_sek(words, total)} SEK")
    columns = (
        ["från kostnadsställe", "via nyckel", "beteende", "kr per enhet", "kr", "andel, %", "största konto"]
        if sv
        else ["from cost centre", "by key", "behaviour", "SEK per unit", "SEK", "share, %", "largest account"]
    )
    rows = []
    for row in frame.head(most).to_dict("records"):
        origin, way = str(row["origin_cost_centre"]), str(row["key_path"])
        rows.append([
            f"{origin} {names.get(origin, '')}", swedish(way) if sv else way,
            said(str(row["behaviour"]), words.lang), _sek(words, row["full_cost_sek_per_unit"]),
            _sek(words, row["full_cost_sek"]), words.number(row["share_percent"], 1),
            f"{row['largest_account']} {accounts.get(row['largest_account'], '')}",
        ])  # fmt: skip
    rest = frame.iloc[most:]
    if len(rest):
        name = _either(words, f"övriga {len(rest)}", f"other {len(rest)}")
        amounts = [_sek(words, rest[column].sum()) for column in ("full_cost_sek_per_unit", "full_cost_sek")]
        rows.append([name, "", "", *amounts, words.number(rest["share_percent"].sum(), 1), ""])
    return Sheet(heading, columns, rows, names=3)


def half_year(frame: pd.DataFrame, words: Words) -> Sheet:
    """From the half year's unit costs to the full year's, by what was replaced."""
    heading = _either(words, "Halvår mot helår, kr per enhet", "Half year against full year, SEK per unit")
    columns = (
        ["vårdtjänst", "halvår", "huvudbok", "nycklar", "standardtider", "produktion", "helår"]
        if words.lang == "sv"
        else ["care service", "half year", "ledger", "keys", "standard times", "production", "full year"]
    )
    rows = [[str(row[0]), *(_sek(words, value) for value in row[1:])] for row in frame.itertuples(index=False)]
    return Sheet(heading, columns, rows)


def not_doubling(frame: pd.DataFrame, words: Words) -> Sheet:
    """Accounts whose full year is not twice the half."""
    heading = _either(words, "Konton där helåret inte är två halvår", "Accounts whose full year is not twice the half")
    columns = (
        ["konto", "halvår, kr", "helår, kr", "gånger"] if words.lang == "sv"
        else ["account", "half year, SEK", "full year, SEK", "times"]
    )  # fmt: skip
    rows = [
        [f"{row[0]} {row[1]}", _sek(words, row[2]), _sek(words, row[3]), _sek(words, row[4])]
        for row in frame.itertuples(index=False)
    ]
    return Sheet(heading, columns, rows)
