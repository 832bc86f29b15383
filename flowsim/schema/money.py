"""Money and percentages of input files, kept exact: SEK as whole öre, rates as fractions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import WithJsonSchema

from flowsim.schema.entry import ReadBy, fault

_LARGEST_SEK = 10**12


def _decimal(value: Any) -> Decimal:
    """A finite number of a file, exactly as it is written."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise fault("must be a number, without quotes or unit." if isinstance(value, str) else "must be a number.")
    found = Decimal(str(value))
    if not found.is_finite() or abs(found) > _LARGEST_SEK:
        raise fault("must be a number between -1e12 and 1e12.")
    return found


def kronor(value: Any) -> int:
    """Whole öre of an amount in SEK, of any sign; a third decimal is refused."""
    amount = _decimal(value) * 100
    if amount != int(amount):
        raise fault("has more than two decimals: SEK is written with at most two.")
    return int(amount)


def kronor_paid(value: Any) -> int:
    """Whole öre of an amount in SEK, 0 or more."""
    if (found := kronor(value)) < 0:
        raise fault("must be 0 or more.")
    return found


def exact(value: Any) -> Fraction:
    """A number of any sign, exactly as it is written."""
    return Fraction(_decimal(value))


def exact_from_zero(value: Any) -> Fraction:
    """A number, 0 or more, exactly as it is written."""
    if (found := exact(value)) < 0:
        raise fault("must be 0 or more.")
    return found


def rate(value: Any) -> Fraction:
    """A rate as a number (0.032) or per cent as text ("3.2 %"), of any sign, above -1."""
    text = value.strip() if isinstance(value, str) else ""
    if text.endswith("%"):
        try:
            found = Fraction(Decimal(text[:-1].strip().replace(",", ".").replace("−", "-"))) / 100
        except (ArithmeticError, ValueError):
            raise fault('must be a rate: 0.032, or per cent as "3.2 %".') from None
    else:
        found = exact(value)
    if not -1 < found <= 10:
        raise fault('must be a rate between -1 and 10, or per cent as "3.2 %".')
    return found


def _schema(**words: Any) -> WithJsonSchema:
    return WithJsonSchema(words)


Kronor = Annotated[int, ReadBy(kronor), _schema(type="number")]
"""SEK of any sign in the file, whole öre in the model."""
KronorPaid = Annotated[int, ReadBy(kronor_paid), _schema(type="number", minimum=0)]
"""SEK, 0 or more, in the file; whole öre in the model."""
Exact = Annotated[Fraction, ReadBy(exact), _schema(type="number")]
ExactFromZero = Annotated[Fraction, ReadBy(exact_from_zero), _schema(type="number", minimum=0)]
Rate = Annotated[Fraction, ReadBy(rate), _schema(anyOf=[{"type": "number"}, {"type": "string"}])]
