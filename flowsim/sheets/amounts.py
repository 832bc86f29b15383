"""Numbers, money, months and dates as people write them, each read in one way or refused in words.

Read as numbers: 1234.50, 1 234,50 (space, no-break space, narrow no-break space), −1 234,50 (real minus), 1 234,50-
(trailing minus). Refused: 1.234,50 and 1,234.50, since nobody can know which sign is the decimal one.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

_SPACES = dict.fromkeys((0x00A0, 0x202F, 0x2009, 0x2007), " ")
"""No-break, narrow no-break, thin and figure space."""
_MINUS = dict.fromkeys((0x2212, 0x2013, 0xFE63, 0xFF0D), "-")
"""The real minus, and the dash that stands for it."""
_NUMBER = re.compile(r"([-+]?) ?(\d{1,3}(?: \d{3})+|\d+)?([.,]\d*)?(-?)")
_BOTH = re.compile(r"\d[.,]\d{3}[.,]\d")
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2})?)?")
_MONTH = re.compile(r"(\d{4})[-./ ]?(\d{2})(?:[-./ ]?\d{2})?")
_DIGITS = 15
"""Significant digits of a workbook's number; what lies beyond is the binary's, not the writer's."""


def number(cell: Any) -> Decimal:
    """The number a cell holds, exactly. ValueError, in words, if it holds none or one that can be read in two ways."""
    if isinstance(cell, bool | date) or (isinstance(cell, float) and not math.isfinite(cell)):
        raise ValueError("Allowed: a number such as 1234.50 or 1 234,50.")
    if isinstance(cell, int | Decimal):
        return Decimal(cell)
    if isinstance(cell, float):
        return Decimal(f"{cell:.{_DIGITS}g}")
    text = str(cell).translate(_SPACES).translate(_MINUS).strip()
    if _BOTH.search(text) or text.count(".") > 1 or text.count(",") > 1:
        raise ValueError("Allowed: one decimal sign, comma or point, and spaces between thousands: 1 234,50.")
    match = _NUMBER.fullmatch(text)
    if not match or not (match[2] or (match[3] or "")[1:]) or (match[1] and match[4]):
        raise ValueError("Allowed: a number such as 1234.50, 1 234,50, −1 234,50 or 1 234,50-.")
    sign = "-" if "-" in (match[1], match[4]) else ""
    return Decimal(sign + (match[2] or "0").replace(" ", "") + (match[3] or "").replace(",", ".").rstrip("."))


def ore(cell: Any) -> int:
    """Whole öre of an amount in SEK. ValueError in words; a third decimal is refused: öre are never rounded away."""
    amount = number(cell) * 100
    if amount != amount.to_integral_value():
        raise ValueError("Allowed: at most two decimals (whole öre).")
    if abs(amount) > 10**16:
        raise ValueError("Allowed: amounts below 100 000 000 000 000 SEK.")
    return int(amount)


def whole(cell: Any) -> int:
    """A whole number. ValueError in words."""
    value = number(cell)
    if value != value.to_integral_value():
        raise ValueError("Allowed: a whole number.")
    return int(value)


def day(cell: Any) -> date:
    """A date: 2023-01-31, 20230131, or a workbook's date. ValueError in words."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    match = _DAY.fullmatch(_plain(cell))
    try:
        return date(*map(int, match.groups())) if match else _no_day()
    except ValueError:
        return _no_day()


def month(cell: Any) -> str:
    """A month as YYYY-MM: from 2023-01, 202301, 2023-01-31 or a workbook's date. ValueError in words."""
    if isinstance(cell, date):
        return f"{cell:%Y-%m}"
    match = _MONTH.fullmatch(_plain(cell))
    if not match or not 1 <= int(match[2]) <= 12:
        raise ValueError("Allowed: a month such as 2023-01.")
    return f"{match[1]}-{match[2]}"


def text(cell: Any) -> str:
    """What a cell says. A whole number without decimals: 4010, not 4010.0; the guard's leading ' is taken off."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}"
    said = str(cell)
    return said[1:] if len(said) > 1 and said[0] == "'" and said[1] in "=+-@\t" else said


def _plain(cell: Any) -> str:
    return (str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)).strip()


def _no_day() -> date:
    raise ValueError("Allowed: a date such as 2023-01-31.")
