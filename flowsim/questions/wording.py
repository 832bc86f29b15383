"""How numbers, money and dates are said in Swedish and English, and texts that exist in both."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from flowsim.names import NAMES

HARD_SPACE = "\u00a0"
MINUS, DASH = "\u2212", "\u2013"
MILLION = 1e6
_MONTHS_SV = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip
_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_NUMBERS_SV = ("noll", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv")
_NUMBERS_EN = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def month_of(word: str) -> int:
    """1-12 of a month's name in either language, or its first three letters; 0 for none."""
    for names in (_MONTHS_SV, _MONTHS_EN):
        for k, name in enumerate(names, 1):
            if len(word) > 2 and name.lower().startswith(word):
                return k
    return 0


@dataclass(frozen=True)
class Said:
    """A text in both languages."""

    sv: str
    en: str

    def __call__(self, lang: str) -> str:
        """The text in `sv` or `en`."""
        return self.sv if lang == "sv" else self.en

    def __add__(self, other: Said) -> Said:
        """One after the other, with a space between where both say something."""
        return Said(f"{self.sv} {other.sv}".strip(), f"{self.en} {other.en}".strip())


NOTHING = Said("", "")
UNKNOWN = Said(DASH, DASH)


def alike(text: str) -> Said:
    """What is written the same in both languages."""
    return Said(text, text)


def both(say: Callable[[Say], str]) -> Said:
    """What one function says, in each language (`lambda say: say.number(3.5, 1)`)."""
    return Said(say(SV), say(EN))


def joined(parts: Sequence[Said]) -> Said:
    """Sentences, one after the other."""
    return Said(" ".join(p.sv for p in parts if p.sv), " ".join(p.en for p in parts if p.en))


def listed(items: Sequence[Said]) -> Said:
    """a, b and c."""
    return Said(_listed([i.sv for i in items], "och"), _listed([i.en for i in items], "and"))


def _listed(items: Sequence[str], last: str) -> str:
    return "".join(items) if len(items) < 2 else f"{', '.join(items[:-1])} {last} {items[-1]}"


def named(word: str) -> Said:
    """A step, resource or group of a planner's file: known ones in both languages, others as written."""
    sv, en = NAMES.get(word, (word.replace("_", " "),) * 2)
    return Said(sv, en)


@dataclass(frozen=True)
class Say:
    """One language's way with numbers."""

    sv: bool

    def pick(self, sv: str, en: str) -> str:
        """The text of this language."""
        return sv if self.sv else en

    def number(self, value: float, digits: int = 0) -> str:
        """12 345,6 in Swedish, 12,345.6 in English; a true minus; a dash for what is not a number."""
        if not math.isfinite(value):
            return DASH
        text = f"{abs(value):,.{digits}f}"
        sign = MINUS if value < 0 and text.strip("0,.") else ""
        return sign + (text.replace(",", HARD_SPACE).replace(".", ",") if self.sv else text)

    def count(self, value: int) -> str:
        """Whole numbers up to twelve in letters."""
        words = _NUMBERS_SV if self.sv else _NUMBERS_EN
        return words[value] if 0 <= value < len(words) else self.number(value)

    def signed(self, value: float, digits: int = 0) -> str:
        """A difference: always with its sign, but for zero."""
        text = self.number(value, digits)
        return f"+{text}" if value > 0 and text.strip("0,." + HARD_SPACE) else text

    def percent(self, share: float, digits: int | None = None) -> str:
        """A share in per cent; one decimal where it lies within half a per cent of all or nothing."""
        if not math.isfinite(share):
            return DASH
        near = min(share, 1 - share)
        digits = (1 if 0 < near < 0.005 else 0) if digits is None else digits
        return self.number(100 * share, digits) + (HARD_SPACE + "%" if self.sv else "%")

    def reach(self, low: float, high: float, digits: int = 0) -> str:
        """96-98, of shares, in per cent without the sign."""
        return f"{self.number(100 * low, digits)}{DASH}{self.number(100 * high, digits)}"

    def chance(self, share: float, low: float, high: float) -> str:
        """97 % (96-98)."""
        return f"{self.percent(share)} ({self.reach(low, high)})"

    def interval(self, low: float, high: float, digits: int = 0) -> str:
        """Two ends; a word between where a sign would meet the dash."""
        between = f" {self.pick('till', 'to')} " if low < 0 or high < 0 else DASH
        return f"{self.number(low, digits)}{between}{self.number(high, digits)}"

    def msek(self, sek: float) -> str:
        """11,3 Mkr; MSEK 11.3."""
        text = self.number(sek / MILLION, 1 if abs(sek) >= MILLION / 10 else 2)
        return f"{text}{HARD_SPACE}Mkr" if self.sv else f"{text}{HARD_SPACE}MSEK"

    def sek(self, amount: float) -> str:
        """66 500 kr; SEK 66,500: to the nearest hundred."""
        text = self.number(round(amount, -2))
        return f"{text}{HARD_SPACE}kr" if self.sv else f"SEK{HARD_SPACE}{text}"

    def day(self, when: date, year: bool = True) -> str:
        """30 juni 2027; 30 June 2027."""
        month = (_MONTHS_SV if self.sv else _MONTHS_EN)[when.month - 1]
        return f"{when.day}{HARD_SPACE}{month}" + (f"{HARD_SPACE}{when.year}" if year else "")

    def name(self, word: str) -> str:
        """A name of the planner's file."""
        return named(word)("sv" if self.sv else "en")

    def listed(self, items: Sequence[str]) -> str:
        """a, b and c."""
        return _listed(items, self.pick("och", "and"))


SV, EN = Say(True), Say(False)
