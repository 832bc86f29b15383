"""Laws of chance as a scenario file writes them: of durations, of nights, by group.

A law of durations holds seconds. A bare duration ("15 min") is the law `fixed`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import Field, model_validator

from flowsim.schema.entry import Entry, Named, ReadBy, fault, fault_at, listed, nearest, without_doc
from flowsim.schema.values import UNITS_S, CountFromOne, NotNegative, Seconds, Share, quantity, whole

T = TypeVar("T")
_TOLERANCE = 1e-6


def sums_to_one(parts: dict[Any, float], what: str) -> None:
    """Refuses shares that do not add up to 1."""
    total = sum(parts.values())
    if abs(total - 1) > _TOLERANCE:
        raise fault(f"{what} must add up to 1; these add up to {total:.6g} ({total - 1:+.6g}).")


class Fixed(Entry):
    """Always the same."""

    law: Literal["fixed"] = Field("fixed", description="the law's name")
    value: Seconds = Field(description="the duration")

    @classmethod
    def spoken(cls, data: Any) -> Any:
        """A bare duration is the value."""
        return data if isinstance(data, dict) else {"value": data}


class Exponential(Entry):
    """Without memory: most are short, a few are long."""

    law: Literal["exponential"] = Field(description="the law's name")
    mean: Seconds = Field(description="mean duration")


class _MeanAndSpread(Entry):
    mean: Seconds = Field(description="mean duration")
    sd: Seconds | None = Field(None, description="standard deviation, a duration; either this or cv")
    cv: NotNegative | None = Field(None, description="standard deviation / mean; either this or sd")

    @model_validator(mode="after")
    def _one_spread(self) -> Self:
        if (self.sd is None) == (self.cv is None):
            raise fault("needs its spread once: either sd (a duration) or cv (sd / mean).")
        return self

    @property
    def spread(self) -> float:
        """Standard deviation in seconds, however it was written."""
        return self.sd if self.sd is not None else self.mean * (self.cv or 0.0)


class Lognormal(_MeanAndSpread):
    """Skewed, as most durations of care."""

    law: Literal["lognormal"] = Field(description="the law's name")


class Gamma(_MeanAndSpread):
    """Skewed, with a lighter tail than lognormal."""

    law: Literal["gamma"] = Field(description="the law's name")


class Weibull(_MeanAndSpread):
    """Skewed, with a hazard that rises or falls."""

    law: Literal["weibull"] = Field(description="the law's name")


class Normal(_MeanAndSpread):
    """Symmetric; what lies below 0 is 0."""

    law: Literal["normal"] = Field(description="the law's name")


class Uniform(Entry):
    """Any duration between two, all as likely."""

    law: Literal["uniform"] = Field(description="the law's name")
    low: Seconds = Field(description="shortest")
    high: Seconds = Field(description="longest")

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.low > self.high:
            raise fault("low must not be longer than high.")
        return self


class Triangular(Entry):
    """Shortest, most likely and longest, as people say it."""

    law: Literal["triangular"] = Field(description="the law's name")
    low: Seconds = Field(description="shortest")
    mode: Seconds = Field(description="most likely")
    high: Seconds = Field(description="longest")

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if not self.low <= self.mode <= self.high:
            raise fault("needs low <= mode <= high.")
        return self


class Erlang(Entry):
    """The sum of k exponential parts."""

    law: Literal["erlang"] = Field(description="the law's name")
    mean: Seconds = Field(description="mean duration")
    k: CountFromOne = Field(description="number of parts")


class Listed(Entry):
    """A few durations, each with its probability."""

    law: Literal["list"] = Field(description="the law's name")
    values: dict[Seconds, Share] = Field(min_length=1, description="duration: probability; they add up to 1")

    @classmethod
    def spoken(cls, data: Any) -> Any:
        """Refuses one duration written twice in different units."""
        values = data.get("values") if isinstance(data, dict) else None
        if isinstance(values, dict):
            seen: dict[float, str] = {}
            for key in values:
                _unlike(seen, key)
        return data

    @model_validator(mode="after")
    def _whole(self) -> Self:
        sums_to_one(self.values, "probabilities")
        return self


def _unlike(seen: dict[float, str], key: str) -> None:
    """Notes a duration; refuses the same length under another name."""
    try:
        amount, unit = quantity(key)
    except Exception:  # said where the key itself is read
        return
    length = amount * UNITS_S[unit]
    if length in seen:
        raise fault_at(("values", key), f'is the same duration as "{seen[length]}".', key)
    seen[length] = key


class Empirical(Entry):
    """Durations as measured, each as likely."""

    law: Literal["empirical"] = Field(description="the law's name")
    values: tuple[Seconds, ...] = Field(min_length=1, description="the durations measured")


class Bin(Entry):
    """One class of a histogram."""

    to: Seconds = Field(description="upper edge")
    share: Share = Field(description="share of all in this class")


class Histogram(Entry):
    """Classes from 0 upward, uniform inside each."""

    law: Literal["histogram"] = Field(description="the law's name")
    bins: tuple[Bin, ...] = Field(min_length=1, description="classes with rising upper edges; shares add up to 1")

    @model_validator(mode="after")
    def _rising(self) -> Self:
        edges = [0.0, *(b.to for b in self.bins)]
        if any(a >= b for a, b in pairwise(edges)):
            raise fault("bins must have rising upper edges, the first above 0.")
        sums_to_one({k: b.share for k, b in enumerate(self.bins)}, "shares of the bins")
        return self


class Part(Entry):
    """One part of a mixture: its share, and its law written beside it."""

    share: Share = Field(description="share of all drawn from this part")
    of: Law = Field(description="the part's law, written beside its share")

    @classmethod
    def spoken(cls, data: Any) -> Any:
        """{share, law, ...} is {share, of: {law, ...}}."""
        if not isinstance(data, dict) or "of" in data:
            return data
        rest = {key: value for key, value in data.items() if key != "share"}
        return {**({"share": data["share"]} if "share" in data else {}), "of": rest}


class Mixture(Entry):
    """Several laws, each for a share."""

    law: Literal["mixture"] = Field(description="the law's name")
    parts: tuple[Part, ...] = Field(min_length=1, description="parts, each {share, law, ...}; shares add up to 1")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        sums_to_one({k: part.share for k, part in enumerate(self.parts)}, "shares of the parts")
        return self


LAWS: dict[str, type[Entry]] = {
    "fixed": Fixed, "exponential": Exponential, "lognormal": Lognormal, "gamma": Gamma, "weibull": Weibull,
    "normal": Normal, "uniform": Uniform, "triangular": Triangular, "erlang": Erlang, "list": Listed,
    "empirical": Empirical, "histogram": Histogram, "mixture": Mixture,
}  # fmt: skip


def by_word(data: dict[str, Any], key: str, kinds: dict[str, type[Entry]]) -> Any:
    """Reads a mapping as the kind its `key` names."""
    if key not in data:
        raise fault_at((key,), f"is missing: one of {listed(kinds)}.", data)
    word = data[key]
    if not isinstance(word, str) or word not in kinds:
        raise fault_at((key,), f"is not one of: {listed(kinds)}.{nearest(str(word), kinds)}", word)
    return kinds[word].model_validate(data)


def read_law(data: Any) -> Any:
    """A law, from {law: ...} or from a bare duration."""
    if isinstance(data, tuple(LAWS.values())):
        return data
    return by_word(data, "law", LAWS) if isinstance(data, dict) else Fixed.model_validate(data)


AnyLaw = (
    Fixed | Exponential | Lognormal | Gamma | Weibull | Normal | Uniform | Triangular | Erlang
    | Listed | Empirical | Histogram | Mixture
)  # fmt: skip
Law = Annotated[AnyLaw, ReadBy(read_law, AnyLaw)]
"""A law of durations, in seconds; choose by its `law`."""


def night_count(value: Any) -> int:
    """A whole number of nights, as a key is written."""
    found = whole(int(value)) if isinstance(value, str) and value.isdigit() else whole(value)
    if not 0 <= found <= 3650:
        raise fault("must be whole nights, 0 to 3650.")
    return found


Night = Annotated[int, ReadBy(night_count, int)]


class Nights(Entry):
    """Nights stayed, each number with its probability."""

    values: dict[Night, Share] = Field(min_length=1, description="number of nights: probability; they add up to 1")

    @classmethod
    def spoken(cls, data: Any) -> Any:
        """{0: 0.2, 1: 0.8} or one whole number of nights."""
        if isinstance(data, bool) or not isinstance(data, int | dict):
            raise fault("must be nights with probabilities, {0: 0.2, 1: 0.8}, or one whole number.")
        if isinstance(data, int):
            return {"values": {str(data): 1.0}}
        return data if "values" in data else {"values": without_doc(data)}

    @model_validator(mode="after")
    def _whole(self) -> Self:
        sums_to_one(self.values, "probabilities")
        return self


class ByGroup(Entry, Generic[T]):
    """One value for all, or one by group with a default."""

    by_group: Named[T] = Field(min_length=1, description="group: value, and default: value for the rest")

    @classmethod
    def spoken(cls, data: Any) -> Any:
        """A bare value is everybody's."""
        return data if isinstance(data, dict) and "by_group" in data else {"by_group": {"default": data}}

    @property
    def values(self) -> dict[str, T]:
        """Group -> value, without the default."""
        return {group: value for group, value in self.by_group.items() if group != "default"}

    @property
    def default(self) -> T | None:
        """The value of groups not named; None if there is none."""
        return self.by_group.get("default")

    def of(self, group: str) -> T:
        """A group's value (KeyError if neither it nor a default is there: refused by scenario.load)."""
        return self.by_group[group] if group in self.by_group else self.by_group["default"]


class Patience(Entry):
    """How long a patient waits before leaving: a law, counted from joining or from the decision."""

    from_: Literal["joining", "decision"] = Field("joining", alias="from", description="where the wait is counted from")
    after: ByGroup[Law] = Field(description="the law, written beside `from`; or {by_group: ...}")

    @classmethod
    def spoken(cls, data: Any) -> Any:
        """{law, mean, from} is {from, after: {law, mean}}; a bare duration is the law."""
        if isinstance(data, dict) and "after" in data:
            return data
        if not isinstance(data, dict):
            return {"after": data}
        rest = {key: value for key, value in data.items() if key != "from"}
        return {**({"from": data["from"]} if "from" in data else {}), "after": rest}
