"""With --lang sv everything that is refused is told in Swedish: every text in the source, every broken file."""

from __future__ import annotations

import importlib
import pkgutil
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import typer
from english_left import english_left, english_words
from said import Source, templates_of
from typer.testing import CliRunner, Result

import flowsim.scenario
import flowsim.schema
from flowsim.cli import app, swedish
from flowsim.cli.swedish import in_swedish, number
from flowsim.cli.swedish.catalogue import SENTENCES, catalogue, table
from flowsim.errors import InputError
from flowsim.schema import ScenarioModel, parsed
from flowsim.schema.entry import Entry

FAULTY = sorted(Path(__file__).parent.glob("faulty/*.yaml"))
FOREIGN = "foreign"
TODAY = str(Path(__file__).parent / "faulty/bases/today.yaml")
FILES = (*SENTENCES, "keys", "fields", "words")


def flowsim_sv(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments), "--lang", "sv"])


@pytest.fixture(scope="module")
def said() -> dict[str, dict[str, str]]:
    """Every text of the source that is refused or noted, by kind -> where it stands."""
    return Source().read()


def test_every_text_has_its_swedish(said: dict[str, dict[str, str]]) -> None:
    known = {english for name in FILES for english, _ in catalogue(name)}
    texts = templates_of(said)
    assert len(texts) > 500
    lacking = {f"{where}: {text}" for text, where in texts.items() if text not in known}
    assert not lacking, "write their Swedish in flowsim/cli/swedish/*.txt"


def test_no_swedish_is_kept_for_nobody(said: dict[str, dict[str, str]]) -> None:
    kept = {english for name in FILES[:-2] if name != FOREIGN for english, _ in catalogue(name)}
    assert not kept - {text for kind in said.values() for text in kind}


NEW = {
    "at once": """
        def f(x):
            raise InputError([Fault("a.yaml", 1, "key", "", f"nobody wrote this {x}.")])
        """,
    "by two functions": """
        def f(x):
            words = f"nobody wrote this {x}."
            _stop("a", words)

        def _stop(file: str, words: str):
            raise refused(file, "key", words)

        def refused(file: str, key: str, message: str, row: int = 0):
            return InputError([Fault(file, row, key, "", message)])
        """,
    "from a table": """
        TEXTS = {"a": "nobody wrote this {}."}

        def f(x):
            raise FlowsimError(TEXTS[x])
        """,
    "from a loop": """
        def f(x):
            faults = {}
            faults[x] = f"nobody wrote this {x}."
            raise InputError([Fault("a", 0, key, "", words) for key, words in faults.items()])
        """,
    "from a function": """
        def f(x):
            raise FlowsimError(_why(x))

        def _why(x) -> str:
            return f"nobody wrote this {x}."
        """,
    "an error of its own": """
        class OtherError(RunError):
            pass

        def f(x):
            raise OtherError(f"nobody wrote " f"this {x}.")
        """,
    "inside another": """
        def f(x):
            more = f"nobody wrote this {x}." if x else ""
            raise FlowsimError(f"{x}{more}")
        """,
}
"""Ways a text may come to be refused."""


@pytest.mark.parametrize("way", NEW)
def test_a_text_without_swedish_is_seen(way: str, tmp_path: Path) -> None:
    (tmp_path / "new.py").write_text(dedent(NEW[way]), encoding="utf-8")
    found = templates_of(Source(tmp_path).read())
    assert {text.replace("{{}}", "{}") for text in found} == {"nobody wrote this {}."}


def test_each_required_key_says_in_swedish_what_it_is() -> None:
    wanted = {
        field.description
        for model in _models()
        for field in model.model_fields.values()
        if field.is_required() and field.description
    }
    known = set(table("fields"))
    assert len(wanted) > 120
    assert wanted == known


def _models() -> set[type[Entry]]:
    """Every mapping a file may hold."""
    for room in (flowsim.schema, flowsim.scenario):
        for one in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
            importlib.import_module(one.name)
    return {one for one in _below(Entry) if one.__module__.startswith("flowsim.")}


def _below(model: type[Entry]) -> set[type[Entry]]:
    return {one for sub in model.__subclasses__() for one in ({sub} | _below(sub))}


@pytest.mark.parametrize("name", FILES)
def test_the_catalogue_is_whole(name: str) -> None:
    pairs = catalogue(name)
    english = [one for one, _ in pairs]
    assert len(english) == len(set(english)), "a sentence is there twice"
    for text, other in pairs if name not in ("words", "fields") else ():
        places = len([1 for _, field, _, _ in string.Formatter().parse(text) if field is not None])
        used = {int(field or k) for k, field in enumerate(_fields(other)) if not field or field.isdigit()}
        assert used <= set(range(places)), text
        assert used == set(range(places)) or name == FOREIGN or "keys" in name, text
        assert not english_words(other), other
    lines = (Path(swedish.__file__).parent / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 400


def _fields(text: str) -> list[str]:
    return [field for _, field, _, _ in string.Formatter().parse(text) if field is not None]


def test_what_a_based_file_lacks_is_told_in_swedish(tmp_path: Path) -> None:
    (tmp_path / "today.yaml").write_text(Path(TODAY).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "more.yaml").write_text("based_on: today.yaml\n", encoding="utf-8")
    told = flowsim_sv("check", tmp_path / "more.yaml").stderr
    assert "varje scenario har en egen titel" in told
    assert not english_words("".join(told.splitlines()[1::2]))


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_broken_files_are_told_in_swedish(path: Path) -> None:
    done = flowsim_sv("check", path)
    assert done.exit_code == 2
    places, messages = done.stderr.splitlines()[::2], done.stderr.splitlines()[1::2]
    for place, message in zip(places, messages, strict=True):
        assert re.match(r".*\.(?:yaml|csv)(?:, rad \d+)?: .", place), place
        assert message.startswith("  ")
        assert not english_words(message), message


def test_a_ledger_is_told_of_by_its_own_headings(tmp_path: Path) -> None:
    """The workbook's words for its columns, kronor and öre as Swedes write them, the other way to say line."""
    book = tmp_path / "egen"
    assert flowsim_sv("kpp", "--starter", book).exit_code == 0
    ledger, centres = book / "Huvudbok.csv", book / "Kostnadsställen.csv"
    text = ledger.read_text(encoding="utf-8-sig")
    ledger.write_text(text + "2023-01;3050;9999;5 000,00\n2023-01;3050;5010;1.234,50\n", encoding="utf-8")
    done = flowsim_sv("kpp", book)
    assert done.exit_code == 2
    assert "Huvudbok.csv, rad 13: Belopp = 1.234,50\n  Tillåtet: ett decimaltecken, komma eller punkt" in done.stderr
    ledger.write_text(text + "2023-01;3050;9999;5 000,00\n", encoding="utf-8")
    centres.write_text(centres.read_text(encoding="utf-8-sig").replace(";fte", ";ftee"), encoding="utf-8")
    done = flowsim_sv("kpp", book)
    assert "Huvudbok.csv, rad 12: Konto = 9999\n  Finns inte i Konton.csv: 5\N{NO-BREAK SPACE}000,00 kr på 1 rad. " in (
        done.stderr
    )
    assert (
        "Nyckel för 1030 = ftee\n  Ett hjälpkostnadsställe behöver en nyckel i Nycklar.csv: fte, m2.\n" in done.stderr
    )
    assert not english_words("".join(done.stderr.splitlines()[1::2]))


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["run", "nothing.yaml"], 2, "nothing.yaml\n  Filen finns inte.\n"),
        (["run", TODAY, "--precision", "x"], 2, '--precision\n  "x" är ingen andel: skriv "2%" eller 0.02.\n'),
        (["calibrate", "nothing.csv"], 2, "nothing.csv\n  Filen finns inte.\n"),
        (["log", "nothing.yaml"], 2, "nothing.yaml: filen\n  Scenariofilen finns inte.\n"),
        (["report", "nothing"], 1, '"nothing" är ingen studie: där finns ingen run.json.\n'),
        (["report", "."], 1, '"." är ingen studie: där finns ingen run.json.\n'),
        (["indicators", "nothing", "--hours-per-fte", "0"], 2, "--hours-per-fte\n  måste vara över 0.\n"),
        (["payment", "nothing.yaml"], 2, "nothing.yaml: filen\n  Filen finns inte.\n"),
        (["budget", "nothing.yaml"], 2, "nothing.yaml: filen\n  Filen finns inte.\n"),
        (["new", "."], 2, ".\n  finns och är inte tom; välj ett annat namn, inget skrevs.\n"),
        (["follow-up", "nothing", "--actual", "no.csv"], 2, "nothing\n  Filen eller mappen finns inte.\n"),
        (["ask", "bottleneck", "nothing.yaml"], 2, "nothing.yaml\n  Filen finns inte.\n"),
    ],
    ids=lambda one: " ".join(one[:2]) if isinstance(one, list) else "",
)
def test_every_command_refuses_in_swedish(arguments: list[str], code: int, words: str) -> None:
    done = flowsim_sv(*arguments)
    assert (done.exit_code, done.stderr.replace(": \n", "\n")) == (code, words)


def test_every_command_that_reads_input_knows_swedish() -> None:
    commands = dict(_commands(typer.main.get_command(app), ()))
    assert len(commands) >= 19
    assert not [" ".join(name) for name, options in commands.items() if "--lang" not in options]


def _commands(command: Any, name: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], set[str]]]:
    if hasattr(command, "commands"):
        for part, below in command.commands.items():
            yield from _commands(below, (*name, part))
    else:
        yield name, {option for one in command.params for option in one.opts}


@pytest.mark.parametrize(
    ("english", "told"),
    [
        (
            "one: a.yaml, line 3: pathway.film: No patient ever comes to this step.",
            "one: a.yaml, rad 3: pathway.film: Ingen patient kommer någonsin till det här steget.",
        ),
        (
            "groups.hip is {share: 0.5, urgent: {class: 1}}: scale must be a number without unit, as 1.05.",
            "groups.hip är {share: 0.5, urgent: {class: 1}}: scale måste vara ett tal utan enhet, som 1.05.",
        ),
        ('Could not write "a b": Permission denied.', 'Det gick inte att skriva "a b": behörighet saknas.'),
        (
            "today, replication 3, seed 1: X: y\nThe step is anything",
            "today, körning 3, frö 1: X: y\nThe step is anything",
        ),
        (
            """Could not read "run.json": [Errno 2] No such file or directory: 'run.json'""",
            'Det gick inte att läsa "run.json": filen eller mappen finns inte',
        ),
        (
            'Could not read "run.json": Expecting value: line 1 column 1 (char 0)',
            'Det gick inte att läsa "run.json": det är inte JSON: ett värde saknas på rad 1, tecken 1',
        ),
        ("Redan svenska: 1,5 i stället för 2.", "Redan svenska: 1,5 i stället för 2."),
        (
            "The worker w is refused: numpy's version is 1 there and 2 here; flowsim's own code is a there and b here.",
            "Arbetaren w godtas inte: numpys version är 1 där och 2 här; flowsims egen kod är a där och b här.",
        ),
    ],
)
def test_sentences_inside_sentences(english: str, told: str) -> None:
    assert in_swedish(english) == told


@pytest.mark.parametrize(
    ("english", "told"),
    [
        ("1,234.50", "1\N{NO-BREAK SPACE}234,50"),
        ("-12.5%", "−12,5\N{NO-BREAK SPACE}%"),
        ("5 000.00", "5\N{NO-BREAK SPACE}000,00"),
        ("2027", "2027"),
        ("2027-01-04", "2027-01-04"),
        ("1.2.3", "1.2.3"),
    ],
)
def test_numbers(english: str, told: str) -> None:
    assert number(english) == told


@pytest.mark.parametrize(
    "data",
    [
        {"scenario": "Ö"},
        {"scenario": 1},
        {"weeks": 2.5},
        {"groups": {}},
        {"groups": []},
        {"title": ["a"]},
        {"horizon": {"start": "2027-01-04", "weeks": "x"}},
        {"pathway": {"a": {"then": {"all": ["b"], "join": "c"}}}},
    ],
)
def test_pydantic_is_told_in_swedish(data: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        parsed(ScenarioModel, data, {})
    assert len(caught.value.faults) > 1
    assert not english_left(caught.value)


def test_english_is_as_it_was_and_swedish_costs_nothing_until_it_is_needed() -> None:
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom flowsim.cli import app\n"
        "run = lambda *a: CliRunner().invoke(app, list(a))\n"
        f"run('--help'), run('check', '{TODAY}')\n"
        f"bad = run('check', '{FAULTY[0]}')\n"
        "print('flowsim.cli.swedish' in sys.modules, 'line 1: the file' in bad.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False True\n"
