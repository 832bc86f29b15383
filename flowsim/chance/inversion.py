"""Inversion: laws and shares as tables, from 53 random bits to a whole number, the same on any processor.

A lot is an odd whole number between 0 and 2**53: twice the 52 bits of a uniform plus one, so lot / 2**53 is the
uniform itself. Only whole numbers, multiplications and additions are needed to look a value up, so that every engine
and machine finds the same.

- A law of steps (list, empirical, uniform, histogram), and every share, is exact: its thresholds are kept.
- A smooth law is kept as its quantiles at 64 places in each halving of the probability, from 1/2 down to 2**-33 on
  either side (4,096 cells), and is straight between them. Against the exact quantile that is off by less than
  2 / 10,000 of the value (but for the bend of a normal cut off at 0), its mean and sd by less than 1 / 25,000; what
  is rarer than one in 8,000,000,000 becomes that.
- A mixture is drawn by part: the lot chooses the part, its place within the part's share is the lot of the part.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from flowsim.chance.laws import field, shape
from flowsim.chance.streams import bits

Whole = NDArray[np.int64]
CONSTANT, SMOOTH, STEPS, MIXTURE = range(4)
KIND, FIRST, COUNT, LEAST = range(4)
"""Columns of `Inversions.laws`: the kind; where its cells or numbers begin (of a constant: the value); how many cells
or rows; the least value."""
BELOW, FROM, VALUE, SLOPE = range(4)
"""Numbers of a row of STEPS: lots below this (and not of the row before), the first lot, value there, slope a lot.
Of MIXTURE: the same, then the part's law and how many lots its share holds."""
HALF, FULL = 2**52, 2**53
CELL_BITS, RAREST = 6, 20
"""Cells a halving (2**6), and the lot (2**20) below which all are one: 2**-33."""
CELLS = (52 - RAREST) << CELL_BITS
"""Cells of either side."""
MOST = 2**31 - 1
_LISTED = ("fixed", "list", "empirical")
"""Laws that can declare a length of 0."""
_STEPPED = (*_LISTED, "uniform", "histogram")


class Inversions:
    """Many laws as tables.

    `laws` (one row a law: kind, first, count, least), the `numbers` of laws of steps and of mixtures in a row, and the
    `cells` of smooth ones (in half the precision: half the memory to look in).
    """

    def __init__(self) -> None:
        self._laws: list[tuple[int, int, int, int]] = []
        self._numbers: list[NDArray[np.float64]] = []
        self._cells: list[NDArray[np.float32]] = []
        self._known: dict[tuple[Any, ...], int] = {}
        self.laws: Whole = np.zeros((0, 4), np.int64)
        self.numbers: NDArray[np.float64] = np.zeros(0)
        self.cells: NDArray[np.float32] = np.zeros(0, np.float32)

    def constant(self, value: int) -> int:
        """A law that always gives this."""
        return self._kept(CONSTANT, value, (), -MOST)

    def choice(self, values: Sequence[int], cumulative: Sequence[float]) -> int:
        """The first value whose cumulative share exceeds the uniform; the last if none does."""
        if len(values) == 1:
            return self.constant(values[0])
        below = [float(np.ceil(min(max(c, 0.0), 1.0) * FULL)) for c in cumulative[:-1]] + [float(FULL)]
        return self._kept(STEPS, len(values), _rows(below, [float(v) for v in values], [0.0] * len(values)), -MOST)

    def share(self, share: float) -> int:
        """1 for this share, else 0."""
        return self.constant(int(share >= 1)) if share <= 0 or share >= 1 else self.choice((1, 0), (share, 1.0))

    def law(self, law: Any, least: int = 0) -> int:
        """A law of the scenario in whole units, at least `least`; only a 0 that is declared as a value stays 0."""
        name = field(law, "law")
        if name == "mixture":
            return self._mixture(_parts(law), least)
        if name not in _STEPPED:
            cells = smooth_cells(_named(law))
            if not (np.diff(cells[::2]).any() or cells[1::2].any()):
                return self.constant(max(int(np.floor(cells[0] + 0.5)), least))
            return self._kept(SMOOTH, 2 * CELLS, cells, least)
        rows = _stepped(law)
        if name in _LISTED:
            rows[VALUE::4] = np.where(rows[VALUE::4] > 0, np.maximum(rows[VALUE::4], least), 0.0)
            least = 0
        if len(rows) == 4 and not rows[SLOPE]:
            return self.constant(max(int(np.floor(rows[VALUE] + 0.5)), least))
        return self._kept(STEPS, len(rows) // 4, rows, least)

    def _mixture(self, parts: Sequence[tuple[float, Any]], least: int) -> int:
        """A law whose parts are laws."""
        some = [(share, self.law(part, least)) for share, part in parts if share > 0]
        below = _thresholds([share for share, _ in some])
        rows = _rows(below, [float(part) for _, part in some], np.diff(below, prepend=0.0))
        return self._kept(MIXTURE, len(some), rows, least)

    def _kept(self, kind: int, count: int, numbers: Any, least: int) -> int:
        """The law's number; the same law is kept once."""
        numbers = np.asarray(numbers, dtype=np.float32 if kind == SMOOTH else np.float64)
        known = (kind, count, least, numbers.tobytes())
        if known not in self._known:
            self._known[known] = len(self._laws)
            beside: list[Any] = self._cells if kind == SMOOTH else self._numbers
            first = count if kind == CONSTANT else sum(map(len, beside))
            self._laws.append((kind, first, count, least))
            beside.append(numbers)
        return self._known[known]

    def close(self) -> Inversions:
        """All laws are in: make the tables."""
        self.laws = np.array(self._laws, np.int64).reshape(-1, 4)
        self.numbers = np.concatenate([np.zeros(0), *self._numbers])
        self.cells = np.concatenate([np.zeros(0, np.float32), *self._cells])
        return self

    def values(self, law: int, lots: Whole) -> Whole:
        """The value of a law at each lot."""
        kind, first, count, least = (int(n) for n in self.laws[law])
        if kind == CONSTANT:
            return np.full(len(lots), first, np.int64)
        if kind == SMOOTH:
            value = _smooth(self.cells[first : first + 2 * count], lots)
        else:
            rows = self.numbers[first : first + 4 * count].reshape(count, 4)
            row = np.searchsorted(rows[:, BELOW], lots.astype(float), side="right")
            if kind == MIXTURE:
                return self._by_part(rows, row, lots)
            value = rows[row, VALUE] + rows[row, SLOPE] * (lots - rows[row, FROM])
        return np.clip(np.floor(value + 0.5).astype(np.int64), least, MOST)

    def _by_part(self, rows: NDArray[np.float64], row: Whole, lots: Whole) -> Whole:
        within = 2 * ((lots - rows[row, FROM]) / rows[row, SLOPE] * HALF).astype(np.int64) + 1
        out = np.zeros(len(lots), np.int64)
        for k in range(len(rows)):
            mine = row == k
            out[mine] = self.values(int(rows[k, VALUE]), within[mine])
        return out


def lots(seed: int, replication: int, stream: str, keys: ArrayLike, *numbers: ArrayLike) -> Whole:
    """One lot for each key: the same bits as those of `streams.uniform`."""
    return (bits(seed, replication, stream, keys, *numbers) >> np.uint64(12)).astype(np.int64) * 2 + 1


def _smooth(cells: NDArray[np.float32], lots: Whole) -> NDArray[np.float64]:
    """Straight lines between the quantiles kept."""
    rarity = np.maximum(np.minimum(lots, FULL - lots), 1 << RAREST)
    halving = np.frexp(rarity.astype(float))[1].astype(np.int64) - 1
    shift = halving - CELL_BITS
    cell = ((halving - RAREST) << CELL_BITS) + ((rarity >> shift) & ((1 << CELL_BITS) - 1)) + CELLS * (lots > HALF)
    beyond = rarity & ((np.int64(1) << shift) - 1)
    begin, slope = cells[2 * cell].astype(np.float64), cells[2 * cell + 1].astype(np.float64)
    return np.asarray(begin + slope * beyond)


@lru_cache(maxsize=4096)
def smooth_cells(named: str) -> NDArray[np.float32]:
    """Value and slope of each cell in a row: first the side of the low values, then that of the high ones."""
    upper = shape(json.loads(named)).upper
    halving = np.arange(RAREST, 52)
    width = 2.0 ** (halving - CELL_BITS)
    begin = (2.0**halving)[:, None] + width[:, None] * np.arange(1 << CELL_BITS)
    end = begin + width[:, None]
    sides = []
    for exceeding in (lambda s: 1.0 - s / FULL, lambda s: s / FULL):
        at, there = (np.clip(upper(exceeding(s)), 0.0, float(MOST)) for s in (begin, end))
        sides.append(np.stack([at, (there - at) / width[:, None]], axis=-1).reshape(-1))
    return np.concatenate(sides).astype(np.float32)


def _named(law: Any) -> str:
    """A law as text: what it is known by."""
    said = law if isinstance(law, Mapping) else vars(law)
    return json.dumps({k: v if k == "law" else float(v) for k, v in sorted(said.items()) if v is not None})


def _parts(law: Any) -> list[tuple[float, Any]]:
    return [(float(field(part, "share")), field(part, "of", part)) for part in field(law, "parts")]


def _stepped(law: Any) -> NDArray[np.float64]:
    """Rows of a law made of steps or of straight pieces."""
    name = field(law, "law")
    if name == "uniform":
        edges, shares = [float(field(law, "low")), float(field(law, "high"))], [1.0]
    elif name == "histogram":
        bins = list(field(law, "bins"))
        edges, shares = [0.0, *(float(field(b, "to")) for b in bins)], [float(field(b, "share")) for b in bins]
    else:
        values, shares = _listed(law)
        return _rows(_thresholds(shares), np.clip(values, 0.0, MOST), [0.0] * len(values))
    some = [k for k, share in enumerate(shares) if share > 0]
    below = _thresholds([shares[k] for k in some])
    low, high = (np.clip([edges[k + more] for k in some], 0.0, MOST) for more in (0, 1))
    return _rows(below, low, (high - low) / np.diff(below, prepend=0.0))


def _listed(law: Any) -> tuple[list[float], list[float]]:
    """Ascending values and their shares."""
    if field(law, "law") == "fixed":
        return [float(field(law, "value"))], [1.0]
    values = field(law, "values")
    if field(law, "law") == "empirical":
        each, how_often = np.unique(np.array([float(v) for v in values]), return_counts=True)
        return each.tolist(), how_often.astype(float).tolist()
    pairs = values.items() if isinstance(values, Mapping) else values
    listed = sorted((float(value), float(share)) for value, share in pairs if float(share) > 0)
    return [value for value, _ in listed], [share for _, share in listed]


def _thresholds(shares: Sequence[float]) -> list[float]:
    """Lots below which each value is drawn."""
    ends = np.cumsum(shares)
    return [*(np.floor(ends[:-1] / ends[-1] * FULL) + 1), float(FULL)]


def _rows(below: Sequence[float], values: Any, slopes: Any) -> NDArray[np.float64]:
    begin = [0.0, *below[:-1]]
    return np.stack([np.asarray(c, dtype=float) for c in (below, begin, values, slopes)], axis=1).reshape(-1)
