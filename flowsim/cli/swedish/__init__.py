"""What is refused, in Swedish: rooms below say it in English; here it is recognised and said anew, where it is shown.

The catalogue is the .txt files beside this one: an English sentence at the margin, its Swedish indented below. {} is
a value; ~ is a space that begins a sentence's tail. In Swedish a value may say how it is to be read: {0:raw} as it is,
{0:word} a noun of words.txt ({0:the} definite, {0:no} with "no"), {0:part} a part of a sentence, {0:field} what a key
means, {x:key} a column's heading. Other values are sentences of the catalogue, numbers, or the user's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from string import Formatter

from flowsim.errors import Fault

SENTENCES = ("schema", "files", "sheets", "scenario", "costs", "running", "asking", "foreign")
"""Files of whole sentences and their tails; the others: keys, fields, words."""
WEAK = 4
"""A sentence with fewer letters of its own is recognised only if one of its values is."""
_JOINED = (("{}, line {}: {}: {}", "{0:raw}, rad {1:raw}: {2:raw}: {3}"), ("{}: {}", "{0:raw}: {1}"))
"""How a fault is joined to the name of what it is about."""
_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+)(\.\d+)?(%?)")


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


@dataclass
class Teller:
    """Says one text in Swedish; `headings`: of the file it is about, by our column names."""

    headings: Mapping[str, str] = field(default_factory=dict)

    def said(self, text: str) -> str | None:
        """The Swedish of a sentence, None if the catalogue does not have it."""
        for one, capital in ((text, False), (text[:1].lower() + text[1:], True)):
            for saying in _strong():
                if found := saying.values(one):
                    swedish = self._filled(saying, found)[0]
                    return swedish[:1].upper() + swedish[1:] if capital and text != one else swedish
        return self._with_tail(text) or self._weakly(text)

    def _with_tail(self, text: str) -> str | None:
        for tail in _tails():
            if found := tail.values(text, tail=True):
                head = text[: found.start()]
                return (self.said(head) or head) + self._filled(tail, found)[0]
        return None

    def _weakly(self, text: str) -> str | None:
        for saying in _weak():
            if found := saying.values(text):
                swedish, known = self._filled(saying, found)
                if known:
                    return swedish
        return None

    def _filled(self, saying: Saying, found: re.Match[str]) -> tuple[str, bool]:
        """The Swedish with its values, and whether one of them was itself of the catalogue."""
        parts, known, next_one = [], False, 0
        for literal, name, spec, _ in Formatter().parse(saying.swedish):
            parts.append(literal)
            if name is None:
                continue
            if name.isdigit() or not name:
                value = found[int(name or next_one) + 1] or ""
                next_one += 1
            else:
                value = name
            swedish = self._value(value, spec or "")
            known = known or (swedish != value and not spec)
            parts.append(swedish)
        return "".join(parts), known

    def _value(self, value: str, spec: str) -> str:
        """A value as its place in the sentence wants it."""
        match spec:
            case "raw":
                return value
            case "word" | "the" | "no":
                return _noun(value, spec)
            case "Word" | "The":
                noun = _noun(value, spec.lower())
                return noun[:1].upper() + noun[1:]
            case "and":
                return value.replace(" and ", " och ")
            case "ands":
                return " och ".join(_noun(one, "word") for one in value.split(" and "))
            case "or":
                return value.replace(" or ", " eller ")
            case "list":
                return "; ".join(self._value(one, "part") for one in value.split("; "))
            case "field":
                return _table("fields").get(value, value)
            case "key":
                return self.headings.get(value, value)
            case "keys":
                return " och ".join(self.headings.get(one, one) for one in value.split(" and "))
            case "part":
                return self._part(value)
        return self.said(value) or _word_alone(value) or number(value)

    def _part(self, value: str) -> str:
        for saying in (*_strong(), *_weak()):
            if saying.swedish and (found := saying.values(value)):
                return self._filled(saying, found)[0]
        return number(value)


def in_swedish(text: str) -> str:
    """A message in Swedish, line by line if it is several; as it is where the catalogue does not have it."""
    return Teller().said(text) or "\n".join(Teller().said(line) or line for line in text.split("\n"))


def fault_in_swedish(fault: Fault, headings: Mapping[str, str] | None = None) -> str:
    """A fault as `Fault.__str__` writes it, in Swedish; keys of tables by the file's own headings, where known."""
    teller = Teller(headings or {})
    file = _key(_noun(fault.file, "word"), teller)
    place = f"{file}, rad {fault.line}: " if fault.line else f"{file}: "
    found = f" = {_found(fault.found)}" if fault.found else ""
    lines = teller.said(fault.message) or in_swedish(fault.message)
    return f"{place}{_key(fault.key, teller)}{found}\n  {lines}"


def number(text: str) -> str:
    """1,234.5 as 1 234,5 and 12.5% as 12,5 %, with no-break spaces; any other text as it is."""
    found = _NUMBER.fullmatch(text)
    if not found:
        return text
    sign, whole, decimals, percent = found.groups()
    whole = whole.replace(",", "\N{NO-BREAK SPACE}").replace(" ", "\N{NO-BREAK SPACE}")
    percent = "\N{NO-BREAK SPACE}%" if percent else ""
    return sign.replace("-", "−") + whole + (decimals or "").replace(".", ",") + percent


def _key(key: str, teller: Teller) -> str:
    """What the fault is about: a heading, what is no key of a file, else the key as it is typed."""
    if all(one in teller.headings for one in key.split(", ")):
        return ", ".join(teller.headings[one] for one in key.split(", "))
    for saying in _sayings("keys"):
        if found := saying.values(key):
            return teller._filled(saying, found)[0]
    return key


def _found(found: str) -> str:
    """What was found, as it is typed; the end of a file and amounts we have counted in Swedish."""
    bare = found.strip('"')
    return Teller().said(bare) or (number(found) if re.fullmatch(r"-?[\d,]+\.\d\d", found) and "," in found else found)


def _noun(word: str, form: str) -> str:
    """A noun of words.txt: indefinite ('word'), definite ('the'), with 'no'."""
    words = _table("words")
    forms = (words.get(word) or words.get(word[:1].lower() + word[1:], "")).split("; ")
    place = ("word", "the", "no").index(form)
    return forms[place] if forms[0] and place < len(forms) else word


def _word_alone(value: str) -> str:
    return _noun(value, "word") if value in ("none", "nothing") else ""


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
def _table(name: str) -> dict[str, str]:
    return {_bare(english): _bare(swedish) for english, swedish in catalogue(name)}


def _bare(template: str) -> str:
    return template.replace("{{", "{").replace("}}", "}")


@cache
def _sayings(*names: str) -> tuple[Saying, ...]:
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
def _strong() -> tuple[Saying, ...]:
    return tuple(one for one in _sayings(*SENTENCES) if one.own >= WEAK and not one.pieces[0].startswith(" "))


@cache
def _tails() -> tuple[Saying, ...]:
    return tuple(one for one in _sayings(*SENTENCES) if one.pieces[0].startswith(" "))


@cache
def _weak() -> tuple[Saying, ...]:
    return (*(one for one in _sayings(*SENTENCES) if one.own < WEAK), *(_saying(*one) for one in _JOINED))
