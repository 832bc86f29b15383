"""A payments file with its weight list, and the tables of contacts and episodes that payments are tried on."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from flowsim.frames import pd
from flowsim.schema.payments import Payments, payments
from flowsim.schema.reading import read, text_of
from flowsim.sheets.forms import Column, Form, framed
from flowsim.sheets.table import read_table

WEIGHTS = Form(
    "drg_weights",
    (
        Column("drg", also=("DRG-kod", "Kod")),
        Column("weight", "decimal", also=("Vikt", "DRG-vikt"), least=0),
    ),
    also=("DRG-vikter",),
    key=("drg",),
)
CONTACTS = Form(
    "contacts",
    (
        Column("hospital", also=("Sjukhus",)),
        Column("date", "date", also=("Datum", "Utskriven")),
        Column("points", "decimal", also=("Poäng", "DRG-poäng", "Vikt"), least=0),
        Column("patient", required=False, also=("Patient",)),
        Column("group", required=False, also=("Grupp",)),
        Column("drg", required=False, also=("DRG-kod",)),
        Column("full_cost_sek", "number", required=False, also=("Fullkostnad", "Kostnad")),
    ),
    also=("Vårdkontakter",),
)
_PAYMENTS = ("base", "guarantee", "individual_adj")
_SWEDISH = {"base": "Bas", "guarantee": "Garanti", "individual_adj": "Individuell justering"}
EPISODES = Form(
    "episodes",
    (
        Column("hospital", also=("Sjukhus",)),
        Column("episodes", "whole", also=("Antal episoder",), least=0),
        Column("full_cost_sek_per_episode", "decimal", required=False, also=("Fullkostnad per episod",), least=0),
        *(
            Column(f"{part}_sek_{price}_price", "decimal", required=part == "base", also=(f"{_SWEDISH[part]} {said}",))
            for price, said in (("hospital", "sjukhusets pris"), ("common", "gemensamt pris"))
            for part in _PAYMENTS
        ),
    ),
    key=("hospital",),
)


def load_payments(path: Path | str) -> Payments:
    """The validated payments file, its weight list in it. InputError with file, line and key of every fault."""
    path = Path(path)
    found = payments(*read(text_of(path), str(path)))
    if isinstance(found.drg_weights, str):
        return found.model_copy(update={"drg_weights": drg_weights(path.parent / found.drg_weights)})
    return found


def drg_weights(path: Path | str) -> dict[str, Fraction]:
    """Weights by DRG from a table with columns drg and weight (DRG-kod, Vikt). InputError with each row's fault."""
    frame = framed(read_table(path), WEIGHTS)
    return {drg: Fraction(weight) for drg, weight in zip(frame["drg"], frame["weight"], strict=True)}


def read_contacts(path: Path | str) -> pd.DataFrame:
    """Actual contacts with their points, for `actual_activity`. InputError with each row's fault."""
    return framed(read_table(path), CONTACTS)


def read_episodes(path: Path | str) -> pd.DataFrame:
    """Episodes by hospital at its own and at the common price, mean SEK per episode; empty where none were triggered.

    Columns as in `neutrality`. InputError with each row's fault.
    """
    table = read_table(path)
    optional = tuple(
        Column(c.name, c.kind, c.also, c.name in ("hospital", "episodes"), least=c.least) for c in EPISODES.columns
    )
    return framed(table, Form(EPISODES.name, optional, key=EPISODES.key)).drop(columns="row")
