"""`flowsim payment`: a payments file looked at: prices, phases, caps, neutrality, and income of actual contacts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from flowsim.cli.screen import Sheet, note, out, out_json, refuse, show
from flowsim.cli.shown import records
from flowsim.frames import pd

if TYPE_CHECKING:
    from flowsim.schema.payments import Payments

Sheets = dict[str, "pd.DataFrame"]
SHEETS: dict[str, tuple[str, str]] = {
    "models": ("payments", "Ersättningar"),
    "prices": ("price per point", "Pris per poäng"),
    "phases": ("equal point price by phase", "Lika poängpris per fas"),
    "price_indices": ("hospitals' price indices", "Sjukhusens prisindex"),
    "neutrality": ("is the common price neutral", "Är gemensamt pris neutralt"),
    "winners_and_losers": ("won by a neutral price", "Vinner på neutralt pris"),
    "income": ("income, hospital's perspective", "Intäkt, sjukhusets perspektiv"),
    "won": ("won by a change of payment", "Vinner på byte av ersättning"),
}
HEADINGS: dict[str, tuple[str, str]] = {
    "payment": ("payment", "Ersättning"),
    "title": ("title", "Benämning"),
    "title_sv": ("title, Swedish", "Benämning, svenska"),
    "year": ("year", "År"),
    "hospital": ("hospital", "Sjukhus"),
    "module": ("module", "Modul"),
    "part": ("part", "Del"),
    "points": ("DRG points", "DRG-poäng"),
    "episodes": ("episodes", "Episoder"),
    "share_b": ("share of B", "Andel av B"),
    "share_c": ("share of C", "Andel av C"),
    "full_cost_sek": ("cost K, SEK", "Kostnad K, kr"),
    "income_structure_sek": ("structure A, SEK", "Struktur A, kr"),
    "income_method_sek": ("method B, SEK", "Metod B, kr"),
    "income_residual_sek": ("own C, SEK", "Eget C, kr"),
    "income_points_sek": ("points, SEK", "Poäng, kr"),
    "income_sek": ("income, SEK", "Intäkt, kr"),
    "income_sek_per_point": ("SEK per point", "Kr per poäng"),
    "g_base": ("index of base", "Index bas"),
    "g_guarantee": ("index of guarantee", "Index garanti"),
    "g_individual_adj": ("index of adjustment", "Index justering"),
    "guarantee_over_base": ("guarantee / base", "Garanti / bas"),
    "income_sek_hospital_price": ("at hospitals' price, SEK", "Till sjukhusets pris, kr"),
    "income_sek_common_price": ("at common price, SEK", "Till gemensamt pris, kr"),
    "income_sek_neutral_price": ("at neutral price, SEK", "Till neutralt pris, kr"),
    "income_sek_won": ("won, SEK", "Vinner, kr"),
    "income_sek_before": ("before, SEK", "Före, kr"),
    "income_sek_after": ("after, SEK", "Efter, kr"),
    "deviation_percent": ("deviation from neutrality, %", "Avvikelse från neutralitet, %"),
    "neutral_factor": ("neutral factor", "Neutral faktor"),
}
PERSPECTIVE = (
    "The hospital's perspective: to the region, what it pays its own hospitals is no income.",
    "Sjukhusets perspektiv: för regionen är ersättning till egna sjukhus ingen intäkt.",
)
PARTS = {"full cost": "fullkostnad", "base": "bas", "guarantee": "garanti", "individual_adj": "justering"}


@dataclass(frozen=True)
class Asked:
    """The options of `flowsim payment`, as typed."""

    contacts: Path | None
    days: tuple[date, date] | None
    """First and last day that the contacts cover."""
    out: Path | None
    json: bool
    lang: Literal["sv", "en"]

    @property
    def sv(self) -> bool:
        """In Swedish?"""
        return self.lang == "sv"


def payment(path: Path, asked: Asked) -> None:
    """Shows what the file says by itself, and what it pays for actual contacts."""
    from flowsim.costs.payment import load_payments, overview, reading

    file = load_payments(path)
    episodes = {name: reading.read_episodes(path.parent / table) for name, table in file.episode_tables.items()}
    sheets: Sheets = {"models": overview.models_table(file), "prices": overview.prices_table(file)}
    sheets["phases"] = overview.phases_table(file)
    sheets |= overview.neutrality_tables(episodes)
    if asked.contacts is not None:
        sheets |= _paid(file, asked)
    sheets = {name: frame for name, frame in sheets.items() if len(frame)}
    said = [one.sv if asked.sv else one.en for one in overview.remarks(file, episodes)]
    written = _write(sheets, asked)
    if asked.json:
        out_json({"remarks": said, "written": written, **{name: records(frame) for name, frame in sheets.items()}})
        return
    for name, frame in sheets.items():
        _table(SHEETS[name][asked.sv], frame, asked.sv)
    for text in said:
        out(f"- {text}")
    if asked.contacts is not None:
        note(PERSPECTIVE[asked.sv])
    for name in written:
        out(f"{'Skrivet' if asked.sv else 'Written'}: {name}")


def _paid(file: Payments, asked: Asked) -> Sheets:
    """Income of actual contacts by payment and hospital, and what each wins by leaving the first payment."""
    from flowsim.costs.payment import actual_activity, income, income_by_hospital
    from flowsim.costs.payment.income import winners_and_losers
    from flowsim.costs.payment.reading import read_contacts

    assert asked.contacts is not None  # noqa: S101 - asked before
    contacts = read_contacts(asked.contacts)
    days = asked.days or (date(min(contacts["date"]).year, 1, 1), date(max(contacts["date"]).year, 12, 31))
    sums = income_by_hospital(income(actual_activity(contacts, days[0], days[1] + timedelta(days=1)), file))
    sums = sums.drop(columns=["scenario", "replication"])
    first, *rest = [sums[sums["payment"] == name] for name in file.payments]
    keys = {"scenario": "actual", "replication": 0}
    won = [
        winners_and_losers(first.assign(**keys), other.assign(**keys)).assign(payment=other["payment"].iloc[0])
        for other in rest
        if len(other)
    ]
    found: Sheets = {"income": sums}
    if won:
        columns = ["payment", "hospital", "income_sek_before", "income_sek_after", "income_sek_won"]
        found["won"] = pd.concat(won, ignore_index=True)[columns]
    return found


def days_of(text: str) -> tuple[date, date] | None:
    """Two days, comma between; None for nothing. InputError otherwise."""
    if not text:
        return None
    first, _, last = text.partition(",")
    try:
        found = date.fromisoformat(first.strip()), date.fromisoformat(last.strip())
    except ValueError:
        raise refuse("--days", f'"{text}" is not two days: 2023-01-01,2023-12-31.') from None
    if found[1] < found[0]:
        raise refuse("--days", "the last day is before the first.")
    return found


def _write(sheets: Sheets, asked: Asked) -> list[str]:
    if asked.out is None:
        return []
    from flowsim.sheets import write_book

    frames = {SHEETS[name][asked.sv]: _worded(frame, asked.sv) for name, frame in sheets.items()}
    return [one.as_posix() for one in write_book(asked.out, frames, asked.lang, HEADINGS)]


def _worded(frame: pd.DataFrame, sv: bool) -> pd.DataFrame:
    """Titles of one language, parts in words."""
    if "title" in frame:
        frame = frame.drop(columns="title" if sv else "title_sv")
    if not sv or "part" not in frame:
        return frame
    out_ = frame.copy()
    out_["part"] = [" + ".join(PARTS.get(word, word) for word in cell.split(" + ")) for cell in out_["part"]]
    return out_


def _table(title: str, frame: pd.DataFrame, sv: bool) -> None:
    from flowsim.sheets.headings import heading

    told = _worded(frame, sv)
    texts = [column for column in told.columns if told[column].map(lambda cell: isinstance(cell, str)).any()]
    ordered = [*texts, *(column for column in told.columns if column not in texts)]
    rows = [
        [_cell(column, cell, sv) for column, cell in zip(ordered, row, strict=True)]
        for row in told[ordered].itertuples(index=False)
    ]
    show(Sheet(title, [heading(str(c), "sv" if sv else "en", HEADINGS) for c in ordered], rows, len(texts)))


DECIMALS = {"neutral_factor": 6, "deviation_percent": 2, "income_sek_per_point": 2, "share_b": 2, "share_c": 2}


def _cell(column: str, cell: object, sv: bool) -> str:
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, str):
        return cell
    if column == "year":
        return str(cell)
    decimals = DECIMALS.get(column, 4 if column.startswith(("g_", "guarantee_over")) else 0)
    text = f"{float(cell):,.{decimals}f}"  # type: ignore[arg-type]
    return text.replace(",", " ").replace(".", ",").replace("-", "−") if sv else text
