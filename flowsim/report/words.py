"""What the report says, in Swedish and English: texts by key, known names, numbers, money and dates.

Every text lives in one table, `TEXTS` (short ones in `labels`, sentences in `phrases`), both languages side by side;
names that a planner's file uses (steps, resources, causes, cost components) are looked up in `names.NAMES` and
otherwise shown as written.
Nothing here knows HTML: escaping is the page's work.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from flowsim.names import NAMES
from flowsim.report.labels import LABELS
from flowsim.report.phrases import PHRASES

Language = Literal["sv", "en"]
LANGUAGES: tuple[Language, ...] = ("sv", "en")

TEXTS: dict[str, tuple[str, str]] = LABELS | PHRASES
"""key -> (sv, en)."""
ARGUMENTS: dict[str, tuple[str, str]] = {
    "resource": ("{}", "{}"),
    "step": ("{}", "{}"),
    "at": ("vid {}", "at {}"),
    "provider": ("vårdgivare {}", "provider {}"),
    "share": ("{}", "{}"),
    "variance": ("variansen till {}", "variance to {}"),
    "per_week": ("{} per vecka", "{} a week"),
    "places": ("{} platser", "{} places"),
    "days": ("{}", "{}"),
    "hours": ("kl. {}", "{}"),
    "from": ("från {}", "from {}"),
    "to": ("till {}", "to {}"),
}
"""What a change is told, as the steps write it -> how it is said (sv, en)."""
HARD_SPACE = "\u00a0"
MINUS = "\u2212"
DASH = "\u2013"
_MONTHS: dict[Language, tuple[str, ...]] = {
    "sv": (
        "januari", "februari", "mars", "april", "maj", "juni",
        "juli", "augusti", "september", "oktober", "november", "december",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
_WEEKDAYS: dict[Language, tuple[str, ...]] = {
    "sv": ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_SHORT_DAYS: dict[Language, tuple[str, ...]] = {
    "sv": ("mån", "tis", "ons", "tors", "fre", "lör", "sön"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}


def plain(text: str, longest: int = 120) -> str:
    """A name as it may be shown: no control or direction marks, one line, at most `longest` characters."""
    kept = "".join(c if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn") else " " for c in text)
    kept = re.sub(r"[^\S\u00a0]+", " ", kept).strip()
    return kept if len(kept) <= longest else kept[: longest - 1].rstrip() + "…"


def digits_for(half_width: float) -> int:
    """Decimals worth showing of a value whose interval reaches `half_width` to each side (0-2)."""
    if not half_width > 0:
        return 0
    return min(2, max(0, -math.floor(math.log10(half_width) + 1e-9)))


@dataclass(frozen=True)
class Words:
    """One language. Call it with a key for a text: `words("page_title", study="ortho")`."""

    lang: Language = "en"

    def __post_init__(self) -> None:
        if self.lang not in LANGUAGES:
            raise ValueError(f'no language "{self.lang}"; there are: {", ".join(LANGUAGES)}')

    def __call__(self, key: str, **values: object) -> str:
        """The text of `key`, its {places} filled. KeyError for an unknown key."""
        return TEXTS[key][LANGUAGES.index(self.lang)].format(**values)

    def name(self, word: str) -> str:
        """A step, resource, cause or component: known ones in the language, others as written, without underscores."""
        if ":" in word:
            head, _, tail = word.partition(":")
            return (
                self("lack_of", what=self.name(tail)) if head == "missing" else f"{self.name(head)} ({self.name(tail)})"
            )
        if word in NAMES:
            return NAMES[word][LANGUAGES.index(self.lang)]
        return plain(word.replace("_", " "), 60)

    def change(self, text: str) -> str:
        """A change of a scenario: a named intervention and what it was told, in the language where they are known."""
        head, bracket, rest = plain(text, 200).partition(" (")
        said = ", ".join(self._told(one) for one in rest.removesuffix(")").split(", "))
        return f"{self.name(head) if head in NAMES else head}{bracket}{said}{')' if bracket else ''}"

    def _told(self, argument: str) -> str:
        """One argument of a change ("per_week 2"), in words; an unknown one as written."""
        key, _, value = argument.partition(" ")
        if key not in ARGUMENTS:
            return argument
        if value.replace(".", "", 1).isdigit():
            number = float(value)
            digits = 0 if number.is_integer() else 1
            value = self.percent(number) if key in ("share", "variance") else self.number(number, digits)
        elif key == "days":
            value = "–".join(self._short_day(day) for day in value.split("-"))
        return ARGUMENTS[key][LANGUAGES.index(self.lang)].format(self.name(value) if value in NAMES else value)

    def _short_day(self, day: str) -> str:
        known = [name.lower() for name in _SHORT_DAYS["en"]]
        return _SHORT_DAYS[self.lang][known.index(day)] if day in known else day

    def measure(self, name: str) -> str:
        """A measure's name in words; unknown ones as written, without underscores and unit."""
        if f"measure_{name}" in TEXTS:
            return self(f"measure_{name}")
        return self.name(name.removesuffix("_sek").removesuffix("_days"))

    def number(self, value: float, digits: int = 0) -> str:
        """12 345,6 in Swedish, 12,345.6 in English; a true minus; an en dash for what is not a number."""
        if value is None or not math.isfinite(value):
            return DASH
        text = f"{abs(value):,.{digits}f}"
        sign = MINUS if value < 0 and float(text.replace(",", "")) else ""
        if self.lang == "sv":
            text = text.replace(",", HARD_SPACE).replace(".", ",")
        return sign + text

    def signed(self, value: float, digits: int = 0) -> str:
        """A difference: always with its sign, but for zero."""
        text = self.number(value, digits)
        return f"+{text}" if value > 0 and text.strip("0,.") else text

    def percent(self, share: float, digits: int = 0) -> str:
        """A share 0..1 in per cent."""
        return self.number(share * 100, digits) + (HARD_SPACE + "%" if self.lang == "sv" else "%")

    def interval(self, low: float, high: float, digits: int = 0, signed: bool = False) -> str:
        """Two ends with a dash, or the word for `to` where a sign would meet the dash."""
        say = self.signed if signed else self.number
        between = f" {self('to')} " if signed or low < 0 or high < 0 else DASH
        return f"{say(low, digits)}{between}{say(high, digits)}"

    def date(self, day: dt.date) -> str:
        """4 januari 2027, 4 January 2027."""
        return f"{day.day}{HARD_SPACE}{_MONTHS[self.lang][day.month - 1]}{HARD_SPACE}{day.year}"

    def month(self, day: dt.date) -> str:
        """The month's short name: jan, Jan."""
        return _MONTHS[self.lang][day.month - 1][:3]

    def weekday(self, number: int) -> str:
        """0 is Monday."""
        return _SHORT_DAYS[self.lang][number]

    def weekday_name(self, number: int) -> str:
        """0 is måndag, Monday."""
        return _WEEKDAYS[self.lang][number]

    def listed(self, items: list[str]) -> str:
        """a, b and c."""
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self('and')} {items[-1]}"

    def first_upper(self, text: str) -> str:
        """The text with a capital first letter."""
        return text[:1].upper() + text[1:]
