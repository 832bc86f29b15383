"""A mapping in a scenario file: known keys only, three free ones (source, note, assumed), faults in words."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

DOC_KEYS = ("source", "note", "assumed")
"""Free text allowed in every mapping: where a number comes from, a remark, what is assumed."""
T = TypeVar("T")


def nearest(word: str, known: Iterable[str]) -> str:
    """' Did you mean "x"?' for the known name nearest to `word`, or ''."""
    found = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return f' Did you mean "{found[0]}"?' if found else ""


def listed(names: Iterable[str]) -> str:
    """Names for a message: 'a, b, c', or 'none'."""
    return ", ".join(names) or "none"


def fault(text: str) -> PydanticCustomError:
    """A fault in words, to be raised inside a validator."""
    return PydanticCustomError("words", "{text}", {"text": text})


def fault_at(loc: tuple[str | int, ...], text: str, found: Any = None) -> ValidationError:
    """A fault at a key below the one being read."""
    return ValidationError.from_exception_data("entry", [InitErrorDetails(type=fault(text), loc=loc, input=found)])


class Entry(BaseModel):
    """A mapping with known keys. Its validator is built when it is first used: `check` needs few of them."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    source: str | None = Field(None, description="where the numbers come from")
    note: str | None = Field(None, description="a remark for the reader")
    assumed: str | Literal[True] | None = Field(None, description="what is assumed here, not found")

    @classmethod
    def spoken(cls, data: Any) -> Any:
        """The long form of a shorthand; as it is where there is none."""
        return data

    @classmethod
    def keys(cls) -> list[str]:
        """The keys allowed, as written in the file."""
        return [field.alias or name for name, field in cls.model_fields.items() if name not in DOC_KEYS]

    @model_validator(mode="wrap")
    @classmethod
    def _in_words(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Reads a mapping; all faults of it in words."""
        if isinstance(data, cls):
            return data
        data = cls.spoken(data)
        if not isinstance(data, dict):
            raise fault(f"must be a mapping with keys of these: {listed(cls.keys())}.")
        try:
            return handler(data)
        except ValidationError as error:
            raise _worded(cls, error) from None


def _worded(cls: type[Entry], error: ValidationError) -> ValidationError:
    """The same faults, each with words for a planner."""
    lines = [
        InitErrorDetails(type=fault(_words(cls, one)), loc=one["loc"], input=one["input"])
        for one in error.errors(include_url=False)
    ]
    return ValidationError.from_exception_data(cls.__name__, lines)


def _words(cls: type[Entry], one: Any) -> str:
    """One fault's words: unknown and missing keys by the model's own list, the rest by kind."""
    kind, loc = one["type"], one["loc"]
    if kind == "words":
        return str(one["ctx"]["text"])
    if kind == "extra_forbidden":
        return f"is not a key here. Allowed: {listed(cls.keys())}.{nearest(str(loc[-1]), cls.keys())}"
    if kind == "missing":
        fields = {field.alias or name: field for name, field in cls.model_fields.items()}
        meaning = fields[str(loc[-1])].description if str(loc[-1]) in fields else None
        return f"is missing: {meaning}." if meaning else "is missing."
    return _KINDS.get(kind, _plain)(one)


def _plain(one: Any) -> str:
    """Pydantic's own words, without its prefix."""
    return str(one["msg"]).removeprefix("Value error, ").rstrip(".") + "."


_KINDS: dict[str, Callable[[Any], str]] = {
    "string_type": lambda one: "must be text; put it in quotes if it is.",
    "list_type": lambda one: "must be a list: [a, b].",
    "tuple_type": lambda one: "must be a list: [a, b].",
    "dict_type": lambda one: "must be a mapping: {a: ..., b: ...}.",
    "literal_error": lambda one: _literal(one["input"], one["ctx"]["expected"]),
    "bool_type": lambda one: "must be true or false (yes, no, on and off are text).",
    "too_short": lambda one: "must hold at least one.",
}


def _literal(found: Any, expected: str) -> str:
    """The words allowed, and the nearest."""
    words = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
    return f"is not one of: {listed(words)}.{nearest(str(found), words)}"


def without_doc(data: Any) -> Any:
    """A mapping of names without its free-text keys."""
    if not isinstance(data, dict):
        raise fault("must be a mapping: {name: ..., name: ...}.")
    return {key: value for key, value in data.items() if not (key in DOC_KEYS and isinstance(value, str | bool))}


Named = Annotated[dict[str, T], BeforeValidator(without_doc)]
"""A mapping from names of the planner's own choosing."""


@dataclass(frozen=True)
class ReadBy:
    """A value read by a function of ours, in an `Annotated`.

    pydantic's `PlainValidator` builds the schema of the type beside it twice more, for writing, which we never do.
    """

    function: Callable[[Any], Any]
    looks: Any = None
    """What may be written, for editors; None where the annotation says it otherwise."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic's way to ask how this is read."""
        looks = None if self.looks is None else handler.generate_schema(self.looks)
        return core_schema.no_info_plain_validator_function(self.function, json_schema_input_schema=looks)
