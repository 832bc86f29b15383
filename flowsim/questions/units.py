"""Words for resources and for so many more of them: 'en operationstid till i veckan', 'eight films more a week'."""

from __future__ import annotations

from flowsim.questions.wording import Said, Say, both

_THE = {
    "theatre": ("operationssalen", "theatre"),
    "xray": ("röntgen", "X-ray"),
    "x_ray": ("röntgen", "X-ray"),
    "clinic": ("mottagningen", "the clinic"),
    "ward": ("vårdavdelningen", "the ward"),
    "beds": ("vårdplatserna", "the beds"),
    "nurse": ("sköterskan", "the nurse"),
    "team": ("operationslaget", "the theatre team"),
}
_UNITS = {
    "theatre": (("operationstid", "operationstider"), ("theatre slot", "theatre slots")),
    "xray": (("röntgentid", "röntgentider"), ("X-ray slot", "X-ray slots")),
    "x_ray": (("röntgentid", "röntgentider"), ("X-ray slot", "X-ray slots")),
    "clinic": (("mottagningstid", "mottagningstider"), ("clinic slot", "clinic slots")),
    "nurse": (("sköterskebesök", "sköterskebesök"), ("nurse visit", "nurse visits")),
}
_KINDS = {
    "slots": (("tid", "tider"), ("slot", "slots")),
    "places": (("vårdplats", "vårdplatser"), ("bed", "beds")),
    "staff": (("tjänst", "tjänster"), ("server", "servers")),
}


def the(resource: str, say: Say) -> str:
    """The resource as a sentence names it: operationssalen, the clinic."""
    known = _THE.get(resource)
    return say.pick(*known) if known else say.name(resource)


def unit(resource: str, kind: str, amount: float, say: Say) -> str:
    """The unit's word: operationstid, operationstider; a resource we do not know by name is named after it."""
    words = _UNITS.get(resource) or _KINDS[kind]
    one, many = words[0] if say.sv else words[1]
    text = one if amount == 1 else many
    return text if resource in _UNITS or resource in _THE else f"{text} ({say.name(resource)})"


def more(resource: str, kind: str, amount: float, say: Say) -> str:
    """So many more: 'en operationstid till i veckan', 'two beds more'."""
    count = _count(amount, say)
    what = unit(resource, kind, amount, say)
    weekly = say.pick(" i veckan", " a week") if kind == "slots" else ""
    return say.pick(f"{count} {what} till{weekly}", f"{count} {what} more{weekly}")


def plus(resource: str, kind: str, amount: float, say: Say) -> str:
    """In a table: '+1 operationstid/v', '+4 films/wk'."""
    per = say.pick("/v", "/wk") if kind == "slots" else ""
    return f"+{_digits(amount, say)} {unit(resource, kind, amount, say)}{per}"


def said_plus(resource: str, kind: str, amount: float) -> Said:
    """`plus` in both languages."""
    return both(lambda say: plus(resource, kind, amount, say))


def _count(amount: float, say: Say) -> str:
    if amount != int(amount):
        return _digits(amount, say)
    if amount == 1 and not say.sv:
        return "one"
    return say.count(int(amount))


def _digits(amount: float, say: Say) -> str:
    return say.number(amount, 0 if amount == int(amount) else 1)
