"""Once: what is made from a plan or a recipe when it is first asked for, and kept as long as that lives."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

Of = TypeVar("Of")
Made = TypeVar("Made")


def once(make: Callable[[Of], Made]) -> Callable[[Of], Made]:
    """A function of one object that is made once for each object (told apart by identity, not by value)."""
    kept: dict[int, Any] = {}

    @wraps(make)
    def made(of: Of) -> Made:
        if id(of) not in kept:
            kept[id(of)] = make(of)
            weakref.finalize(of, kept.pop, id(of), None)
        found: Made = kept[id(of)]
        return found

    return made
