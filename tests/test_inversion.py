"""Luck is looked up in tables: how far they are from the laws, and the same numbers in every engine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from flowsim import chance
from flowsim.chance.inversion import FULL, HALF, Inversions, lots

SMOOTH = [
    {"law": "exponential", "mean": 14 * 365.25 * 86_400.0},
    {"law": "lognormal", "mean": 6_600.0, "cv": 0.3},
    {"law": "lognormal", "mean": 259_200.0, "sd": 3e6},
    {"law": "gamma", "mean": 3_600.0, "cv": 1.7},
    {"law": "weibull", "mean": 86_400.0, "cv": 0.5},
    {"law": "normal", "mean": 90_000.0, "sd": 60_000.0},
    {"law": "triangular", "low": 1_000.0, "mode": 1_000.0, "high": 90_000.0},
    {"law": "erlang", "mean": 50_000.0, "k": 3},
]
STEPPED: list[dict[str, Any]] = [
    {"law": "fixed", "value": 600.0},
    {"law": "list", "values": {0.0: 0.05, 1.0: 0.47, 2.0: 0.48}},
    {"law": "empirical", "values": (30.0, 10.0, 20.0, 10.0)},
    {"law": "uniform", "low": 100.0, "high": 700.0},
    {"law": "histogram", "bins": ({"to": 30.0, "share": 0.2}, {"to": 90.0, "share": 0.0}, {"to": 1e6, "share": 0.8})},
]
MIXED: dict[str, Any] = {
    "law": "mixture",
    "parts": ({"share": 0.3, "of": STEPPED[1]}, {"share": 0.3, "of": SMOOTH[1]}, {"share": 0.4, "of": STEPPED[3]}),
}
NESTED = {"law": "mixture", "parts": ({"share": 0.5, "of": MIXED}, {"share": 0.5, "of": SMOOTH[3]})}
LAWS = [*SMOOTH, *STEPPED, MIXED, NESTED]


def name_of(law: dict[str, Any]) -> str:
    return str(law["law"])


def drawn(law: dict[str, Any], these: np.ndarray, least: int = 0) -> np.ndarray:
    tables = Inversions()
    number = tables.law(law, least)
    return tables.close().values(number, these)


def some_lots(n: int = 100_000) -> np.ndarray:
    """Even, and far out on both sides."""
    even = np.linspace(1, FULL - 1, n).astype(np.int64) | 1
    even = even[(even > 2**21) & (even < FULL - 2**21)]
    rare = 2 ** np.arange(20, 52) + 1
    return np.concatenate([even, rare, FULL - rare])


@pytest.mark.parametrize("law", SMOOTH, ids=name_of)
def test_a_smooth_law_is_nearly_its_quantile(law: dict[str, Any]) -> None:
    these = some_lots()
    exact = np.minimum(chance.quantile(law, these / FULL), 2**31 - 1)
    ours = drawn(law, these)
    bend = 2e-3 * chance.mean(law) if law["law"] == "normal" else 0  # where it is cut off at 0
    assert (np.abs(ours - exact) <= 0.51 + 2e-4 * exact + bend).all()
    even = (np.arange(200_000) * 2 + 1) * (FULL // 400_000) | 1
    exact = np.minimum(chance.quantile(law, even / FULL), 2**31 - 1)
    assert abs(drawn(law, even).mean() / exact.mean() - 1) < 4e-5
    assert abs(drawn(law, even).std() / exact.std() - 1) < 1e-4


@pytest.mark.parametrize("law", STEPPED, ids=name_of)
def test_a_law_of_steps_is_exact(law: dict[str, Any]) -> None:
    these = some_lots()
    assert (drawn(law, these) == np.floor(chance.quantile(law, these / FULL) + 0.5)).mean() > 0.9999


def test_a_mixture_is_drawn_by_part() -> None:
    these = np.linspace(1, FULL - 1, 400_000).astype(np.int64) | 1
    for law in (MIXED, NESTED):
        ours, exact = drawn(law, these), chance.quantile(law, these / FULL)
        assert abs(ours.mean() / exact.mean() - 1) < 1e-3
    assert (drawn(MIXED, these) == 0).mean() == pytest.approx(0.3 * 0.05, abs=1e-5)


def test_shares_and_choices_are_those_of_the_uniform() -> None:
    these = lots(1, 2, "route:visit", np.arange(50_000), 3)
    u = chance.uniform(1, 2, "route:visit", np.arange(50_000), 3)
    assert (these / FULL == u).all()
    tables = Inversions()
    third, way = tables.share(1 / 3), tables.choice((-2, 5, 7), (0.1, 0.65, 1.0))
    tables.close()
    assert (tables.values(third, these) == (u < 1 / 3)).all()
    assert (tables.values(way, these) == np.where(u < 0.1, -2, np.where(u < 0.65, 5, 7))).all()


def test_a_length_is_at_least_a_second_unless_0_is_declared() -> None:
    low, middle = np.array([1]), np.array([HALF + 1])
    assert drawn({"law": "exponential", "mean": 5.0}, low, 1) == 1
    assert drawn({"law": "uniform", "low": 0.0, "high": 5.0}, low, 1) == 1
    assert drawn({"law": "list", "values": {0.2: 1.0}}, low, 1) == 1
    assert drawn({"law": "fixed", "value": 0.0}, low, 1) == 0
    assert drawn(MIXED, low, 1) == 0
    assert drawn({"law": "exponential", "mean": 1e12}, middle) == 2**31 - 1


@pytest.mark.xdist_group("compiled")
def test_the_kernel_looks_up_the_same_numbers() -> None:
    numba = pytest.importorskip("numba", reason='the engine "compiled" needs numba: pip install "flowsim[fast]"')
    from flowsim.chance.streams import GOLDEN
    from flowsim.engines.compiled_engine import layout, luck, views

    @numba.njit
    def looked_up(address: int, number: int, visit: int, out: np.ndarray) -> None:
        w = views.world_at(address)
        for k in range(len(out)):
            out[k] = luck.value_of(w, number, luck.lot_of(w, 0, 0, visit, k) if visit >= 0 else out[k])

    tables = Inversions()
    numbers = [tables.law(law, least) for law in LAWS for least in (0, 1)]
    numbers += [tables.share(0.3), tables.choice((4, -9, 2), (0.2, 0.9, 1.0)), tables.constant(7)]
    tables.close()
    keys = np.random.default_rng(1).integers(0, 2**64, 3_000, dtype=np.uint64)
    starts = chance.starts(3, 4, np.array([[chance.stream_key("duration:visit")]], np.uint64))
    filled = {
        "laws": tables.laws,
        "cells": tables.cells,
        "numbers_of": tables.numbers,
        "key": keys * np.uint64(GOLDEN),
        "starts": starts,
    }
    empty = {n: np.zeros((0,) * len(v.dims), str(v.kept_as)) for n, v in views.WORLD.fields.items()}
    block = layout.block(layout.World(**(empty | filled)))
    rare = np.concatenate([some_lots(2_000), [1, 3, FULL - 1, FULL - 3, HALF + 1, HALF - 1]])
    for number in numbers:
        for visit, these in ((0, None), (12, None), (-1, rare)):
            theirs = lots(3, 4, "duration:visit", keys, visit) if these is None else these
            ours = theirs.copy()
            looked_up(block.ctypes.data, number, visit, ours)
            assert (ours == tables.values(number, theirs)).all()
