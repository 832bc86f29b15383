"""Whether what was refused is told in Swedish: English words that are left in it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flowsim.cli.swedish import fault_in_swedish, in_swedish
from flowsim.errors import FlowsimError, InputError

_WORDS = re.compile(
    r"\b(the|is|are|was|of|and|must|not|there|it|its|needs|has|have|be|or|this|that|which|than|write|rows?|line|no|a|an"
    r"|there|file|without|between|because|should|allowed|found|missing|step|column)\b"
)
_TYPED = re.compile(
    r'"[^"]*"|`[^`]*`|\{.*?\}|\[.*?\]|\(yes, no|--\S+|\b(?:Tillåtna|finns|av|Enheter|Det behöver|ett av orden'
    r"|kolumnerna är|rubrikerna?|Tillåtet|nycklarna är|säg med|say)\b:? [^.;]*|\S+_\S+|\w+: \w+|\S*\.(?:yaml|csv|json)",
    re.IGNORECASE,
)
"""What stands as it is typed: in quotes, keys, lists of names."""


def english_words(text: str) -> list[str]:
    """English words in a Swedish text, outside what is typed as it is."""
    return _WORDS.findall(_TYPED.sub("", text))


def english_left(error: FlowsimError, headings: Mapping[str, str] | None = None) -> list[str]:
    """The messages of an error that are not Swedish, or not wholly."""
    if isinstance(error, InputError):
        pairs = [(one.message, fault_in_swedish(one, headings).partition("\n  ")[2]) for one in error.faults]
    else:
        pairs = [(str(error), in_swedish(str(error)))]
    return [told for english, told in pairs if told == english or english_words(told)]
