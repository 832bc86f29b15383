"""What is refused, in Swedish: rooms below say it in English; here it is recognised and said anew when shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from string import Formatter

from flowsim.cli.swedish.catalogue import Saying, joined, sayings, strong, table, tails, weak
from flowsim.errors import Fault, at

_FORMS = ("word", "the", "no")
"""Of a noun: a key, the key, no key."""
_ABOUT = ("history", "payments", "indicators", "the database", "the frame")
"""What stands for a file where there is none."""
_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+)(\.\d+)?(%?)")


@dataclass
class Teller:
    """Says one text in Swedish; `headings`: of the file it is about, by our column names."""

    headings: Mapping[str, str] = field(default_factory=dict)

    def said(self, text: str) -> str | None:
        """The Swedish of a sentence, None if the catalogue does not have it."""
        if swedish := self._weakly(joined(), text):
            return swedish
        for one in dict.fromkeys((text, text[:1].lower() + text[1:])):
            for saying in strong():
                if found := saying.values(one):
                    swedish = self.filled(saying, found)
                    return swedish if one == text else swedish[:1].upper() + swedish[1:]
        return self._with_tail(text) or self._weakly(weak(), text)

    def _with_tail(self, text: str) -> str | None:
        for tail in tails():
            if found := tail.values(text, tail=True):
                head = text[: found.start()]
                swedish = self.said(head) if head else ""
                return None if swedish is None else swedish + self.filled(tail, found)
        return None

    def _weakly(self, sayings: tuple[Saying, ...], text: str) -> str | None:
        for saying in sayings:
            if (found := saying.values(text)) and found.lastindex and self.said(found[found.lastindex]):
                return self.filled(saying, found)
        return None

    def filled(self, saying: Saying, found: re.Match[str]) -> str:
        """The Swedish with its values."""
        parts, next_one = [], 0
        for literal, name, spec, _ in Formatter().parse(saying.swedish):
            parts.append(literal)
            if name is None:
                continue
            if name.isdigit() or not name:
                value = found[int(name or next_one) + 1] or ""
                next_one += 1
            else:
                value = name
            parts.append(self._value(value, spec or ""))
        return "".join(parts)

    def _value(self, value: str, spec: str) -> str:
        """A value as its place in the sentence wants it."""
        if spec.lower() in _FORMS:
            noun = _noun(value, spec.lower())
            return noun if spec.islower() else noun[:1].upper() + noun[1:]
        match spec:
            case "part":
                return self._part(value)
            case "list":
                return "; ".join(self._part(one) for one in value.split("; "))
            case "key":
                return " och ".join(self.headings.get(one, one) for one in value.split(" and "))
        if spec in _READ:
            return _READ[spec](value)
        return self.said(value) or _noun_alone(value) or number(value)

    def _part(self, value: str) -> str:
        for saying in (*strong(), *weak()):
            if saying.swedish and (found := saying.values(value)):
                return self.filled(saying, found)
        return number(value)


def in_swedish(text: str) -> str:
    """A message in Swedish, line by line if it is several; as it is where the catalogue does not have it."""
    return Teller().said(text) or "\n".join(Teller().said(line) or line for line in text.split("\n"))


def fault_in_swedish(fault: Fault, headings: Mapping[str, str] | None = None) -> str:
    """A fault as `Fault.__str__` writes it, in Swedish; keys of tables by the file's own headings, where known."""
    teller = Teller(headings or {})
    file = _noun(fault.file, "word") if fault.file in _ABOUT else _key(fault.file, teller)
    place = f"{file}, rad {fault.line}" if fault.line else file
    lines = teller.said(fault.message) or in_swedish(fault.message)
    return f"{at(place, _key(fault.key, teller), _found(fault.found))}\n  {lines}"


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
    if found := re.fullmatch(r"[a-z_]+ \((.+)\)", key):  # our name of a column, and its Swedish
        return found[1]
    for saying in sayings("keys"):
        if found := saying.values(key):
            return teller.filled(saying, found)
    return key


def _found(found: str) -> str:
    """What was found, as it is typed; the end of a file and amounts we have counted in Swedish."""
    bare = found.strip('"')
    return Teller().said(bare) or (number(found) if re.fullmatch(r"-?[\d,]+\.\d\d", found) and "," in found else found)


def _noun(word: str, form: str) -> str:
    """A noun of words.txt: indefinite ('word'), definite ('the'), with 'no'."""
    words = table("words")
    forms = (words.get(word) or words.get(word[:1].lower() + word[1:], "")).split("; ")
    place = _FORMS.index(form)
    return forms[place] if forms[0] and place < len(forms) else word


def _noun_alone(value: str) -> str:
    return _noun(value, "word") if value in ("none", "nothing") else ""


_READ: dict[str, Callable[[str], str]] = {
    "raw": lambda value: value,
    "field": lambda value: table("fields").get(value, value),
    "and": lambda value: value.replace(" and ", " och "),
    "or": lambda value: value.replace(" or ", " eller "),
    "nouns": lambda value: " och ".join(_noun(one, "word") for one in value.split(" and ")),
    "amounts": lambda value: re.sub(r"-?[\d,]*\d\.\d+", lambda found: number(found[0]), value),
}
"""How a value is read that needs nothing else."""
