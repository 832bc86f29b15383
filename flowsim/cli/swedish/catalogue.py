"""The catalogue of what is refused: sentences in English with places for values, and their Swedish.

In the .txt files beside this one an English sentence stands at the margin, its Swedish indented below. {} is a value;
~ is a space that begins a sentence's tail. In Swedish a value may say how it is to be read: {0:raw} as
it is, {0:word} a noun of words.txt ({0:the} definite, {0:no} with "no"; a capital gives one), {0:part} a part of a
sentence, {0:list} parts with ; between, {0:field} what a key means, {0:key} a column's heading. Other values are
sentences of the catalogue, numbers, or the user's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from string import Formatter

SENTENCES = ("schema", "files", "sheets", "scenario", "costs", "running", "asking", "foreign")
"""Files of whole sentences and their tails; the others: keys, fields, words."""
WEAK = 4
"""A sentence with fewer letters of its own is recognised only if one of its values is."""
_JOINED = (
    ("{}: {}, line {}: {}: {}", "{0:raw}: {1:raw}, rad {2:raw}: {3:raw}: {4}"),
    ("{}, line {}: {}: {}", "{0:raw}, rad {1:raw}: {2:raw}: {3}"),
    ("{}: {}", "{0:raw}: {1}"),
)
"""How a sentence is joined to what it is about; recognised if the sentence is."""


@dataclass(frozen=True)
class Saying:
    """An English sentence with places for values, and its Swedish."""

    pieces: tuple[str, ...]
    swedish: str
    pattern: str

    @property
    def own(self) -> int:
        """Letters of its own."""
        return sum(map(len, re.findall(r"[^\W\d_]+", " ".join(self.pieces))))

    def values(self, text: str, *, tail: bool = False) -> re.Match[str] | None:
        """The values in a text that is the sentence; `tail`: in one that ends with it."""
        if not text.endswith(self.pieces[-1]) or not all(piece in text for piece in self.pieces):
            return None
        return re.search(self.pattern + r"\Z", text, re.S) if tail else re.fullmatch(self.pattern, text, re.S)


@cache
def catalogue(name: str) -> tuple[tuple[str, str], ...]:
    """(English, Swedish) of one file of the catalogue."""
    lines = (files(__package__) / f"{name}.txt").read_text(encoding="utf-8").split("\n")
    said = [line for line in lines if line.strip() and not line.startswith("#")]
    pairs = zip(said[::2], said[1::2], strict=True)
    return tuple((_plain(english), _plain(swedish.strip())) for english, swedish in pairs)


def _plain(line: str) -> str:
    """A line of the catalogue as the text it stands for."""
    spaces = len(line) - len(line.lstrip("~"))
    return " " * spaces * (line != "~") + line.lstrip("~").replace("\\n", "\n")


@cache
def table(name: str) -> dict[str, str]:
    """English -> Swedish of a file of words, braces as they are shown."""
    return {_bare(english): _bare(swedish) for english, swedish in catalogue(name)}


def _bare(template: str) -> str:
    return template.replace("{{", "{").replace("}}", "}")


@cache
def sayings(*names: str) -> tuple[Saying, ...]:
    """Sentences, those with most letters of their own first."""
    made = [_saying(english, swedish) for name in names for english, swedish in catalogue(name)]
    return tuple(sorted(made, key=lambda one: -one.own))


def _saying(english: str, swedish: str) -> Saying:
    pieces = list(_pieces(english))
    holes = ["(.*?)"] * (len(pieces) - 1)
    if len(pieces) > 1 and not pieces[-1] and pieces[-2].endswith((".", "?")):
        holes[-1] = r"((?:\s.*)?)"
    escaped = [re.escape(piece) for piece in pieces]
    pattern = "".join(part for pair in zip(escaped, [*holes, ""], strict=True) for part in pair)
    return Saying(tuple(pieces), swedish, pattern)


def _pieces(template: str) -> Iterator[str]:
    """The text between the values."""
    text = ""
    for literal, name, _, _ in Formatter().parse(template):
        text += literal
        if name is not None:
            yield text
            text = ""
    yield text


@cache
def strong() -> tuple[Saying, ...]:
    """Sentences with enough letters of their own to be recognised by them."""
    return tuple(one for one in sayings(*SENTENCES) if one.own >= WEAK and not one.pieces[0].startswith(" "))


@cache
def tails() -> tuple[Saying, ...]:
    """What may follow a sentence, after a space."""
    return tuple(one for one in sayings(*SENTENCES) if one.pieces[0].startswith(" "))


@cache
def weak() -> tuple[Saying, ...]:
    """Sentences that are recognised only if their last value is a sentence too."""
    return tuple(one for one in sayings(*SENTENCES) if one.own < WEAK)


@cache
def joined() -> tuple[Saying, ...]:
    """What it is about (a name, a key) without a blank, and a sentence."""
    made = [*(one for one in weak() if one.pieces[-2:] == (": ", "")), *(_saying(*one) for one in _JOINED)]
    about, value = r"([^\sA-Z]\S*?|\S*?(?=:))", r"(\{.*(?:\}|\.\.\.)|\[.*(?:\]|\.\.\.)|.*?)"
    patterns = (one.pattern.replace("(.*?)", about, 1).replace("(.*?)", value, 1) for one in made)
    return tuple(replace(one, pattern=pattern) for one, pattern in zip(made, patterns, strict=True))
