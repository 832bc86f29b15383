"""The costing's tables read and checked against each other: nothing in the ledger may be unknown to the lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flowsim.costs.ledger import forms
from flowsim.errors import Fault, InputError
from flowsim.frames import pd
from flowsim.schema.costing import CostingSettings, costing_settings
from flowsim.schema.reading import Mark, Marks, read, text_of
from flowsim.sheets import amounts, read_book, read_forms

SETTINGS_FILE = "costing.yaml"


@dataclass(frozen=True)
class Inputs:
    """All tables of a costing as frames (see `forms` for the columns), its settings, and remarks of the reading."""

    name: str
    settings: CostingSettings
    frames: Mapping[str, pd.DataFrame]
    notes: tuple[str, ...] = field(default=())

    def __getitem__(self, name: str) -> pd.DataFrame:
        """A table; an empty one, with its columns, if the book did not have it."""
        if name in self.frames:
            return self.frames[name]
        form = next(form for form in (*forms.NEEDED, *forms.WELCOME) if form.name == name)
        return pd.DataFrame({column.name: pd.Series(dtype="object") for column in form.columns} | {"row": []})

    def file(self, name: str) -> str:
        """The file, or book and sheet, a table stands in."""
        return str(self[name].attrs.get("file", name))

    def with_tables(self, frames: Mapping[str, pd.DataFrame], settings: CostingSettings | None = None) -> Inputs:
        """The same with some tables, and perhaps settings, of another costing."""
        return replace(self, frames={**self.frames, **frames}, settings=settings or self.settings)


def read_inputs(path: str | Path) -> Inputs:
    """A folder of CSV files or a workbook, with its settings. InputError with the faults of all tables at once."""
    book = read_book(path)
    frames = read_forms(book, forms.NEEDED, forms.WELCOME)
    settings = _settings(Path(path), frames)
    return checked(Inputs(book.name, settings, _with_parts(frames), tuple(book.notes)))


def checked(inputs: Inputs) -> Inputs:
    """The same inputs, if they agree. InputError with every disagreement, each with its file and row."""
    rules = (_unknown_in_ledger, _lists, _keys_of_centres, _codes_elsewhere, _shares, _decimals)
    faults = [fault for rule in rules for fault in rule(inputs)]
    if faults:
        raise InputError(faults)
    return inputs


def _settings(path: Path, frames: Mapping[str, pd.DataFrame]) -> CostingSettings:
    """From the sheet of settings, else costing.yaml in the folder; the ledger's one year if neither says it."""
    file = path / SETTINGS_FILE
    data: dict[str, Any] = {}
    marks: Marks = {}
    if path.is_dir() and file.is_file():
        data, marks = read(text_of(file), SETTINGS_FILE)
    elif "settings" in frames:
        sheet = frames["settings"]
        names = {"år": "year", "titel": "title", "från": "from", "till": "to", "prisår": "price_year", "tecken": "sign"}
        for row, name, value in zip(sheet["row"], sheet["setting"], sheet["value"], strict=True):
            key = names.get(name.casefold(), name)
            data[key] = _number_or_text(value)
            marks[(key,)] = Mark(str(sheet.attrs.get("file", "settings")), int(row))
    years = sorted({period[:4] for period in frames["ledger"]["period"]})
    if "year" not in data and len(years) == 1:
        data = {**data, "year": int(years[0])}
    elif not data:
        words = (
            f"The ledger holds {', '.join(years)}: say which is costed, `year` in a sheet settings or {SETTINGS_FILE}."
        )
        raise InputError([Fault(str(frames["ledger"].attrs["file"]), 0, "the year", "", words)])
    return costing_settings(data, marks)


def _number_or_text(value: str) -> Any:
    try:
        found = amounts.number(value)
    except ValueError:
        return value
    return int(found) if found == found.to_integral_value() else float(found)


def _with_parts(frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """A centre split in parts (1050.rent, 1050.cleaning): ledger rows go by their account's part, keys to the first."""
    centres = frames["cost_centres"]
    listed = set(centres["cost_centre"])
    parts: dict[str, list[str]] = {}
    order = centres.assign(order=[9**9 if one is None else one for one in centres["step_order"]])
    for name in order.sort_values("order", kind="stable")["cost_centre"]:
        whole, dot, _ = name.partition(".")
        if dot and whole not in listed:
            parts.setdefault(whole, []).append(name)
    if not parts:
        return frames
    part_of = dict(zip(frames["accounts"]["account"], frames["accounts"]["part"], strict=True))
    out = dict(frames)
    for name in ("ledger", "patient_costs"):
        if name in frames:
            frame = frames[name]
            pairs = zip(frame["cost_centre"], frame["account"], strict=True)
            out[name] = frame.assign(cost_centre=[_part(c, part_of.get(a, ""), parts) for c, a in pairs])
    keys = frames["keys"]
    out["keys"] = keys.assign(to_cost_centre=[_part(centre, "", parts) for centre in keys["to_cost_centre"]])
    return out


def _part(centre: str, part: str, parts: Mapping[str, list[str]]) -> str:
    named = f"{centre}.{part}"
    return (named if named in parts[centre] else parts[centre][0]) if centre in parts else centre


def _unknown_in_ledger(inputs: Inputs) -> Iterable[Fault]:
    """Cost centres and accounts that stand in the ledger and in no list, all at once, with their SEK."""
    ledger = inputs["ledger"]
    for column, list_name in (("cost_centre", "cost_centres"), ("account", "accounts")):
        unknown = ledger[~ledger[column].isin(inputs[list_name][column])]
        for name, rows in unknown.groupby(column, sort=True):
            amount = f"{rows['amount_sek'].sum() / 100:,.2f}".replace(",", " ")
            words = f"Is not in {inputs.file(list_name)}: {amount} SEK in {_rows(len(rows))}. Add it there, or mend it."
            yield Fault(inputs.file("ledger"), int(rows["row"].iloc[0]), column, str(name), words)


def _rows(number: int) -> str:
    return f"{number} row" if number == 1 else f"{number} rows"


def _lists(inputs: Inputs) -> Iterable[Fault]:
    """Accounts have a cost type that is listed; what lies outside says why."""
    types = set(inputs["cost_types"]["cost_type"])
    file = inputs.file("accounts")
    for row in inputs["accounts"].itertuples():
        if row.scope != "outside" and row.cost_type not in types:
            words = f"Is no cost type of {inputs.file('cost_types')}: {', '.join(sorted(types))}."
            yield Fault(file, row.row, f"cost_type of account {row.account}", row.cost_type, words)
        if row.scope == "outside" and not row.reason:
            yield Fault(file, row.row, f"reason of account {row.account}", "", "An account outside KPP says why.")
    for row in inputs["cost_centres"].itertuples():
        if row.kind == "outside" and not row.reason:
            words = "A cost centre outside KPP says why."
            yield Fault(inputs.file("cost_centres"), row.row, f"reason of {row.cost_centre}", "", words)


def _keys_of_centres(inputs: Inputs) -> Iterable[Fault]:
    """Every supporting centre names a key that is there."""
    keys = set(inputs["keys"]["key"])
    for row in inputs["cost_centres"].itertuples():
        if row.kind == "supporting" and row.key not in keys:
            words = f"A supporting cost centre needs a key of {inputs.file('keys')}: {', '.join(sorted(keys))}."
            yield Fault(inputs.file("cost_centres"), row.row, f"key of {row.cost_centre}", row.key, words)


def _codes_elsewhere(inputs: Inputs) -> Iterable[Fault]:
    """Names in the other tables that no list holds."""
    centres = inputs["cost_centres"]
    final = set(centres.loc[centres["kind"] == "final", "cost_centre"])
    services = set(inputs["care_services"]["service"])
    accounts = set(inputs["accounts"]["account"])
    pairs = zip(inputs["activities"]["cost_centre"], inputs["activities"]["activity"], strict=True)
    made = {f"{centre}, {activity}" for centre, activity in pairs}
    rules: list[tuple[str, str, set[str], str]] = [
        ("activities", "cost_centre", final, "Is no final cost centre of the list."),
        ("care_services", "cost_centre", final, "Is no final cost centre of the list."),
        ("contact_services", "service", services, "Is no care service of the list."),
        ("patient_costs", "cost_centre", set(centres["cost_centre"]), "Is no cost centre of the list."),
        ("patient_costs", "account", accounts, "Is no account of the list."),
    ]
    for table, column, known, words in rules:
        yield from _strangers(inputs, table, column, inputs[table][column].isin(known), words)
    used = inputs["care_services"]
    known_pair = [f"{row.cost_centre}, {row.activity}" in made for row in used.itertuples()]
    words = "The cost centre has no such activity: add it to the activities, with its share."
    yield from _strangers(inputs, "care_services", "activity", pd.Series(known_pair, index=used.index), words)


def _strangers(inputs: Inputs, table: str, column: str, known: pd.Series, words: str) -> Iterable[Fault]:
    """One fault for each unknown name, at its first row."""
    unknown = inputs[table][~known.astype(bool)]
    for name, rows in list(unknown.groupby(column, sort=True))[:20]:
        more = f" ({len(rows)} rows)" if len(rows) > 1 else ""
        yield Fault(inputs.file(table), int(rows["row"].iloc[0]), column, str(name), words + more)


def _shares(inputs: Inputs) -> Iterable[Fault]:
    """Activities' shares sum to 100 for each cost centre and kind of resource, compared as decimals."""
    for (centre, kind), rows in inputs["activities"].groupby(["cost_centre", "resource_kind"], sort=True):
        total = sum(rows["share_percent"])
        if total != 100:
            hint = " Write 30, not 30 %: a cell in per cent holds 0.3." if total == 1 else ""
            words = f"The activities' shares of {kind} sum to {total}, not 100.{hint}"
            yield Fault(inputs.file("activities"), int(rows["row"].iloc[0]), "share_percent", str(centre), words)


def _decimals(inputs: Inputs) -> Iterable[Fault]:
    """Quantities and standard times have at most four decimals, so that units are counted exactly."""
    places: list[tuple[str, str, Callable[[Any], bool]]] = [
        (table, column, lambda value: value is not None and value * 10**4 != (value * 10**4).to_integral_value())
        for table, column in (("contact_services", "quantity"), ("care_services", "standard_units"))
    ]
    places += [(table, "practical", places[0][2]) for table in ("capacity",)]
    for table, column, wrong in places:
        values = inputs[table][column]
        bad = {value for value in values.unique() if wrong(value)}
        for row in inputs[table][values.isin(bad)].head(5).itertuples() if bad else ():
            yield Fault(inputs.file(table), row.row, column, str(getattr(row, column)), "Allowed: four decimals.")
