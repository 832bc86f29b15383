"""Single values of a scenario file: numbers, shares, durations, dates, times of day, days and weeks."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, StrictBool, WithJsonSchema

from flowsim.schema.entry import ReadBy, fault, listed, nearest, without_doc

T = TypeVar("T")
UNITS_S: dict[str, float] = {
    "s": 1, "second": 1, "seconds": 1,
    "min": 60, "minute": 60, "minutes": 60,
    "h": 3600, "hour": 3600, "hours": 3600,
    "day": 86_400, "days": 86_400,
    "week": 604_800, "weeks": 604_800,
    "year": 365.25 * 86_400, "years": 365.25 * 86_400,
}  # fmt: skip
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_QUANTITY = re.compile(r"^\s*([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*([^\W\d]+)\s*$")
_RANGE = re.compile(r"^\s*(\d{1,2})\s*-\s*(\d{1,2})\s*$")
_LARGEST = 1e9
CHOSEN = -1
"""Weeks of warm-up that are chosen when the scenario is run."""
_LONGEST_S = 1000 * UNITS_S["year"]
_EXAMPLES = 'a number and its unit: "90 min", "4 h", "3 days", "6 weeks", "14 years"'


def number(value: Any) -> float:
    """A finite number; text and true/false are refused."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise fault("must be a number, without quotes or unit." if isinstance(value, str) else "must be a number.")
    if not math.isfinite(value) or abs(value) > _LARGEST:
        raise fault("must be a number between -1e9 and 1e9.")
    return float(value)


def whole(value: Any) -> int:
    """A whole number."""
    found = number(value)
    if found != math.floor(found):
        raise fault("must be a whole number.")
    return int(found)


def not_negative(value: Any) -> float:
    """A number, 0 or more."""
    found = number(value)
    if found < 0:
        raise fault("must be 0 or more.")
    return found


def positive(value: Any) -> float:
    """A number above 0."""
    found = number(value)
    if found <= 0:
        raise fault("must be above 0.")
    return found


def count(value: Any) -> int:
    """A whole number, 0 or more."""
    if (found := whole(value)) < 0:
        raise fault("must be 0 or more.")
    return found


def urgency(value: Any) -> int:
    """A class, 0 (served first) to 99."""
    if (found := count(value)) > 99:
        raise fault("must be a class from 0 (served first) to 99.")
    return found


def warm_up(value: Any) -> int:
    """Weeks of warm-up, or `auto`."""
    return CHOSEN if value in ("auto", CHOSEN) else count(value)


def count_from_one(value: Any) -> int:
    """A whole number, 1 or more."""
    if (found := whole(value)) < 1:
        raise fault("must be 1 or more.")
    return found


def share(value: Any) -> float:
    """A share 0..1, or per cent as text ("30 %")."""
    if isinstance(value, str) and value.strip().endswith("%"):
        try:
            value = float(value.strip()[:-1]) / 100
        except ValueError:
            raise fault('must be a share between 0 and 1, or per cent as "30 %".') from None
    found = number(value)
    if not 0 <= found <= 1:
        raise fault('must be a share between 0 and 1, or per cent as "30 %".')
    return found


def quantity(value: str) -> tuple[float, str]:
    """(90.0, "min") of "90 min"; a fault in words if it is no duration."""
    match = _QUANTITY.match(value)
    if not match:
        hint = " Decimals are written with a point." if re.match(r"^\s*\d+,\d", value) else ""
        raise fault(f"must be {_EXAMPLES}.{hint}")
    unit = match[2]
    if unit in ("month", "months"):
        raise fault("months differ in length: write days, weeks or years.")
    if unit not in UNITS_S:
        short = [u for u in UNITS_S if not u.startswith(("second", "minute", "hour"))]
        raise fault(f'has no known unit "{unit}". Units: {listed(short)}.{nearest(unit, UNITS_S)}')
    return float(match[1]), unit


def seconds(value: Any) -> float:
    """Seconds of a duration with its unit ("90 min"); a bare number is refused but 0."""
    if not isinstance(value, str):
        if number(value) == 0:
            return 0.0
        raise fault(f"has no unit: write {_EXAMPLES}.")
    amount, unit = quantity(value)
    found = amount * UNITS_S[unit]
    if not 0 <= found <= _LONGEST_S:
        raise fault("must be 0 or longer, and at most 1000 years.")
    return found


def whole_seconds(value: Any) -> int:
    """A duration in whole seconds, half a second up."""
    return math.floor(seconds(value) + 0.5)


def day(value: Any) -> date:
    """A date written 2027-01-04."""
    if type(value) is date:
        return value
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            return date.fromisoformat(value)
    except ValueError:
        raise fault("is not a day of the calendar.") from None
    raise fault("must be a date written year-month-day, as 2027-01-04.")


def time_of_day(value: Any) -> int:
    """Seconds after midnight of "HH:MM" (24:00 = 86,400)."""
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", value.strip()) if isinstance(value, str) else None
    if not match or int(match[2]) > 59 or (found := int(match[1]) * 3600 + int(match[2]) * 60) > 86_400:
        raise fault('must be a time of day in quotes, "HH:MM", as "07:30".')
    return found


def hours(value: Any) -> tuple[int, int]:
    """(opens, closes) in seconds after midnight; past midnight closes is over 86,400."""
    if isinstance(value, tuple):
        return (int(value[0]), int(value[1]))
    parts = value.split("-") if isinstance(value, str) else []
    if len(parts) != 2:
        raise fault('must be opening hours in quotes, "HH:MM-HH:MM", as "08:00-16:00" or "22:00-06:00".')
    opens, closes = time_of_day(parts[0]), time_of_day(parts[1])
    if opens == closes:
        raise fault('opens and closes at the same time; the whole day is "00:00-24:00".')
    return (opens, closes if closes > opens else closes + 86_400)


def days(value: Any) -> tuple[float, ...]:
    """Seven weights, Monday first, of "mon-fri", [mon, wed] or {mon: 2, tue: 1}."""
    if isinstance(value, tuple) and len(value) == 7:
        return value
    weights = [0.0] * 7
    if isinstance(value, dict):
        for name, weight in without_doc(value).items():
            weights[weekday(name)] = not_negative(weight)
    elif isinstance(value, list | str):
        for name in value if isinstance(value, list) else value.split(","):
            for k in _span(name):
                weights[k] = 1.0
    else:
        raise fault("must be days: mon-fri, [mon, wed] or weights {mon: 2, tue: 1}.")
    if not any(weights):
        raise fault("names no day with a weight above 0.")
    return tuple(weights)


def weekday(value: Any) -> int:
    """0 for mon .. 6 for sun."""
    name = str(value).strip().lower()
    if name not in WEEKDAYS:
        raise fault(f'"{value}" is no weekday. Weekdays: {listed(WEEKDAYS)}.{nearest(name[:3], WEEKDAYS)}')
    return WEEKDAYS.index(name)


def _span(name: Any) -> list[int]:
    """The weekdays of "mon" or "mon-fri" (past Sunday it goes on with Monday)."""
    first, _, last = str(name).partition("-")
    a = weekday(first)
    b = weekday(last) if last else a
    return [(a + k) % 7 for k in range((b - a) % 7 + 1)]


def weeks(value: Any) -> frozenset[int]:
    """ISO weeks of 30, "26-32", "51-1" (over the year's end) or a list of these."""
    if isinstance(value, frozenset):
        return value
    found: set[int] = set()
    for part in value if isinstance(value, list) else [value]:
        match = _RANGE.match(part) if isinstance(part, str) else None
        if match:
            a, b = week(int(match[1])), week(int(match[2]))
            found.update(range(a, b + 1) if a <= b else [*range(a, 54), *range(1, b + 1)])
        elif isinstance(part, str) and not part.strip().isdigit():
            raise fault('must be ISO weeks: 30, "26-32", "51-1" or a list of these.')
        else:
            found.add(week(int(part) if isinstance(part, str) else part))
    if not found:
        raise fault("names no week.")
    return frozenset(found)


def week(value: Any) -> int:
    """An ISO week number, 1 to 53."""
    if not 1 <= (found := whole(value)) <= 53:
        raise fault("must be ISO week numbers between 1 and 53.")
    return found


def name(value: Any) -> str:
    """A name of the planner's own: small letters, digits and _, not beginning with a digit."""
    if not isinstance(value, str):
        raise fault("must be a name; put it in quotes if it is a number or true/false.")
    if not re.fullmatch(r"[^\W\d]\w*", value) or value != value.lower() or len(value) > 60:
        raise fault("is no name: use small letters, digits and _, beginning with a letter (at most 60).")
    return value


def _schema(**words: Any) -> WithJsonSchema:
    return WithJsonSchema(words)


_DURATION = _schema(type=["string", "number"], pattern=r"^\s*[0-9.eE+-]+\s*[a-z]+\s*$", examples=["90 min", "3 days"])
_SHARE = _schema(anyOf=[{"type": "number", "minimum": 0, "maximum": 1}, {"type": "string", "pattern": "%$"}])
_DAYS = _schema(type=["string", "array", "object"], examples=["mon-fri"])

Number = Annotated[float, ReadBy(number), _schema(type="number")]
NotNegative = Annotated[float, ReadBy(not_negative), _schema(type="number", minimum=0)]
Positive = Annotated[float, ReadBy(positive), _schema(type="number", exclusiveMinimum=0)]
Whole = Annotated[int, ReadBy(whole), _schema(type="integer")]
Count = Annotated[int, ReadBy(count), _schema(type="integer", minimum=0)]
WarmUp = Annotated[
    int, ReadBy(warm_up), _schema(anyOf=[{"type": "integer", "minimum": 0}, {"type": "string", "enum": ["auto"]}])
]
Urgency = Annotated[int, ReadBy(urgency), _schema(type="integer", minimum=0, maximum=99)]
CountFromOne = Annotated[int, ReadBy(count_from_one), _schema(type="integer", minimum=1)]
Share = Annotated[float, ReadBy(share), _SHARE]
Seconds = Annotated[float, ReadBy(seconds), _DURATION]
WholeSeconds = Annotated[int, ReadBy(whole_seconds), _DURATION]
Day = Annotated[date, ReadBy(day), _schema(type="string", format="date")]
TimeOfDay = Annotated[int, ReadBy(time_of_day), _schema(type="string", pattern=r"^\d{1,2}:\d{2}$")]
Hours = Annotated[tuple[int, int], ReadBy(hours), _schema(type="string", examples=["08:00-16:00"])]
Days = Annotated[tuple[float, ...], ReadBy(days), _DAYS]
Weeks = Annotated[frozenset[int], ReadBy(weeks), _schema(type=["integer", "string", "array"])]
IsoWeek = Annotated[int, ReadBy(week), _schema(type="integer", minimum=1, maximum=53)]
Name = Annotated[str, ReadBy(name), _schema(type="string", pattern=r"^[^\W\d]\w*$")]
Flag = StrictBool
Defined = Annotated[dict[Name, T], BeforeValidator(without_doc)]
"""A mapping that defines names: groups, resources, steps."""
