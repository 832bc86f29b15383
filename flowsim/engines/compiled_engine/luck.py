"""Luck: what is drawn for a visit, looked up when it is needed (see `flowsim.chance.inversion`), bit for bit."""

from __future__ import annotations

import math

import numpy as np

from flowsim.chance import streams
from flowsim.chance.inversion import (
    BELOW,
    CELL_BITS,
    CELLS,
    CONSTANT,
    COUNT,
    FIRST,
    FROM,
    FULL,
    HALF,
    KIND,
    LEAST,
    MIXTURE,
    MOST,
    RAREST,
    SLOPE,
    SMOOTH,
    VALUE,
)
from flowsim.engines.compiled_engine.layout import (
    ERROR,
    NEED_NUMBER,
    NEED_PERIOD,
    NEED_STEP,
    NEED_WHAT,
    NEEDS_COLUMN,
    PERIOD,
    W_BY_COLUMN,
)
from flowsim.engines.compiled_engine.views import inlined, jitted, leading_zeros

GOLDEN, FIRST_FACTOR, SECOND_FACTOR = (np.uint64(n) for n in (streams.GOLDEN, streams.FIRST, streams.SECOND))
BY_30, BY_27, BY_31, BY_12 = (np.uint64(n) for n in (30, 27, 31, 12))


@inlined
def mixed(word):
    """SplitMix64's finaliser."""
    word ^= word >> BY_30
    word *= FIRST_FACTOR
    word ^= word >> BY_27
    word *= SECOND_FACTOR
    return word ^ (word >> BY_31)


@inlined
def lot_of(w, what, step, number, patient):
    """The lot of (what, step), patient and number, as `inversion.lots` gives it; `w.key` holds key x GOLDEN."""
    word = mixed(w.key[patient] + w.starts[what, step])
    word = mixed(word + np.uint64(number + 1) * GOLDEN)
    return np.int64(word >> BY_12) * 2 + 1


@inlined
def smooth(w, first, lot):
    """Straight lines between the quantiles kept."""
    rarity = max(min(lot, FULL - lot), 1 << RAREST)
    halving = 63 - leading_zeros(rarity)
    shift = halving - CELL_BITS
    cell = ((halving - RAREST) << CELL_BITS) + ((rarity >> shift) & ((1 << CELL_BITS) - 1))
    if lot > HALF:
        cell += CELLS
    beyond = rarity & ((1 << shift) - 1)
    return np.float64(w.cells[first + 2 * cell]) + np.float64(w.cells[first + 2 * cell + 1]) * beyond


@inlined
def row_of(w, first, count, lot):
    """Where the row of steps begins that holds a lot."""
    low, high, at = 0, count - 1, float(lot)
    while low < high:
        middle = (low + high) >> 1
        if at < w.numbers_of[first + 4 * middle + BELOW]:
            high = middle
        else:
            low = middle + 1
    return first + 4 * low


@inlined
def value_of(w, number, lot):
    """The value of a law at a lot."""
    while True:
        law = w.laws[number]
        kind, first = law[KIND], law[FIRST]
        if kind == CONSTANT:
            return first
        if kind == SMOOTH:
            return min(max(math.floor(smooth(w, first, lot) + 0.5), law[LEAST]), MOST)
        at = row_of(w, first, law[COUNT], lot)
        begin = float(lot) - w.numbers_of[at + FROM]
        if kind != MIXTURE:
            value = math.floor(w.numbers_of[at + VALUE] + w.numbers_of[at + SLOPE] * begin + 0.5)
            return min(max(value, law[LEAST]), MOST)
        lot = 2 * np.int64(begin / w.numbers_of[at + SLOPE] * HALF) + 1
        number = np.int64(w.numbers_of[at + VALUE])


@jitted
def from_column(w, what, step, number, patient):
    """Luck made by hand: read from its column; asks for the column if it is not there."""
    if number < w.column_of.shape[2]:
        column = w.column_of[what, step, number, w.g[PERIOD]]
        if column >= 0:
            return w.columns[column, patient]
    w.g[ERROR] = NEEDS_COLUMN
    w.g[NEED_WHAT], w.g[NEED_STEP], w.g[NEED_NUMBER], w.g[NEED_PERIOD] = what, step, number, w.g[PERIOD]
    return 1


@jitted
def luck(w, what, step, number, patient):
    """One drawn value of the current period."""
    if w.plan[W_BY_COLUMN]:
        return from_column(w, what, step, number, patient)
    law = w.law_of[what, step, w.g[PERIOD], w.profile[patient]]
    if w.laws[law, KIND] == CONSTANT:
        return w.laws[law, FIRST]
    return value_of(w, law, lot_of(w, what, step, number, patient))


@jitted
def patience_of(w, what, rule, step, number, patient):
    """Seconds of patience; of those in the queue at start, given that they had not left before."""
    if number == 0 and patient < w.standing.shape[1] and w.standing_of[rule, step, w.g[PERIOD]] >= 0:
        seconds = w.standing[w.standing_of[rule, step, w.g[PERIOD]], patient]
        if seconds >= 0:
            return seconds
    return luck(w, what, step, number, patient)
