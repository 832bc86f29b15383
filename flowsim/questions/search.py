"""The smallest number that does it: pivot search under common luck, with Wilson limits and an honest stop.

The oracle says, for a number N and some replications, in which of them the target is reached. Per replication there
is a threshold T, the smallest N that succeeds, so that P(N) = share with T <= N, and the answer at chance p is the
p-quantile of T. 1. A pilot bisects over 0..most. 2. Blocks of replications follow, at each level's candidate and the
number below it only; a candidate moves when an estimate crosses its p. 3. A success at N counts as one above N and a
failure as one below, without a run, except in every tenth replication, which is run in full to count those that
break the rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

Oracle = Callable[[int, np.ndarray], np.ndarray]
"""(N, numbers of replications) -> whether the target was reached in each."""
Z = 1.959963984540054
LEVELS = (0.8, 0.9, 0.95)


@dataclass(frozen=True)
class Rule:
    """How far a search goes."""

    most: int = 1600
    """Replications at which it stops (half-width 2.0 points at 0.8, 1.5 at 0.9, 1.1 at 0.95)."""
    pilot: int = 100
    block: int = 100
    full_every: int = 10
    """Every so many replications nothing is taken for granted."""
    breaking: float = 0.005
    """Share of replications breaking the rule above which nothing is taken for granted in any."""


def wilson(successes: float, n: int, z: float = Z) -> tuple[float, float]:
    """Limits of a share's 95 % interval. Source: Wilson 1927, J. Am. Stat. Assoc. 22."""
    if n <= 0:
        return 0.0, 1.0
    share = successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


@dataclass(frozen=True)
class Chance:
    """The estimate of P(N)."""

    number: int
    share: float
    low: float
    high: float
    n: int
    pilot: bool = False
    """From the pilot alone: drawn as such."""


@dataclass(frozen=True)
class Smallest:
    """The answer at one level: the smallest N with an estimate at the level, and what is said of it."""

    level: float
    number: int | None
    """None: no number up to the most tried reaches it."""
    chance: Chance | None
    below: Chance | None
    """At the number below; None at N = 0."""

    @property
    def safe(self) -> bool:
        """Is the whole interval above the level?"""
        return self.chance is not None and self.chance.low >= self.level

    @property
    def short(self) -> bool:
        """Is the number below surely too small?"""
        return self.below is None or self.below.high < self.level

    @property
    def close(self) -> bool:
        """Two numbers cannot be told apart."""
        return not (self.safe and self.short)

    @property
    def advised(self) -> int | None:
        """The number to go by: the safer of two that cannot be told apart."""
        if self.number is None or self.safe:
            return self.number
        return self.number + 1

    @property
    def settled_by(self) -> int:
        """Replications that would settle it: 3.84 p (1 - p) / (P - p)^2 for whatever is unsure."""
        unsure = [c for c, sure in ((self.chance, self.safe), (self.below, self.short)) if c is not None and not sure]
        needed = [Z * Z * self.level * (1 - self.level) / max(abs(c.share - self.level), 1e-4) ** 2 for c in unsure]
        return int(np.ceil(max(needed, default=0.0)))


@dataclass
class Search:
    """What is known of each N in each replication: 1 reached, 0 not, -1 not known."""

    oracle: Oracle
    largest: int
    rule: Rule = field(default_factory=Rule)
    in_time: Callable[[], bool] = lambda: True
    runs: int = 0
    replications: int = 0
    imputing: bool = True
    reached: bool = False
    """Was the stopping rule reached?"""
    known: np.ndarray = field(init=False)
    made: np.ndarray = field(init=False)
    """Which were run, and not taken for granted."""

    def __post_init__(self) -> None:
        shape = (self.largest + 1, self.rule.most)
        self.known, self.made = np.full(shape, -1, np.int8), np.zeros(shape, bool)

    def find(self, levels: Sequence[float] = LEVELS) -> dict[float, Smallest]:
        """The smallest number at each level."""
        self.replications = min(self.rule.pilot, self.rule.most)
        at = {level: self._bisected(level) for level in levels}
        self._settle(at)
        while self.replications < self.rule.most and self.in_time():
            self.replications = min(self.replications + self.rule.block, self.rule.most)
            self._settle(at)
        self.reached = self.replications >= self.rule.most
        return {level: self._smallest(level, at[level]) for level in levels}

    def chance(self, number: int) -> Chance:
        """P(N) over all replications so far, or over the pilot's; nothing where neither is known in full.

        Replications known only because another number was run are all successes, or all failures: no sample.
        """
        row = self.known[number, : self.replications]
        if (row < 0).any():
            row = row[: self.rule.pilot]
        n = 0 if (row < 0).any() else len(row)
        successes = int((row == 1).sum()) if n else 0
        return Chance(number, successes / n if n else np.nan, *wilson(successes, n), n, n < self.replications)

    def curve(self) -> list[Chance]:
        """P(N) at every number known in full, in all replications or in the pilot's."""
        found = (self.chance(number) for number in range(self.largest + 1))
        return [one for one in found if one.n]

    def breaking(self) -> tuple[int, int]:
        """Replications run in full that broke the rule (reached at N, not above), and those run in full."""
        full = np.arange(self.replications) % self.rule.full_every == 0 if self.imputing else slice(None)
        known = np.where(self.made, self.known, -1)[:, : self.replications][:, full]
        reached_below = np.zeros(known.shape[1], bool)
        broke = np.zeros(known.shape[1], bool)
        for row in known:
            broke |= reached_below & (row == 0)
            reached_below |= row == 1
        return int(broke.sum()), known.shape[1]

    def fill(self, numbers: Sequence[int]) -> None:
        """Every number known in every replication so far; the middle one first, since it tells of both sides."""
        wanted = sorted({n for n in numbers if 0 <= n <= self.largest})
        for number in _middle_first(wanted):
            self._fill(number)

    def _fill(self, number: int) -> None:
        row = self.known[number, : self.replications]
        lacking = np.flatnonzero(row < 0)
        if not self.imputing:
            lacking = np.flatnonzero(~self.made[number, : self.replications])
        in_full = np.flatnonzero(np.arange(self.replications) % self.rule.full_every == 0)
        in_full = in_full[~self.made[number, in_full]]
        lacking = np.union1d(lacking, in_full)
        if not len(lacking):
            return
        reached = np.asarray(self.oracle(number, lacking), bool)
        self.runs += len(lacking)
        self.known[number, lacking] = reached
        self.made[number, lacking] = True
        if self.imputing:
            self._take_for_granted(number, lacking, reached)

    def _take_for_granted(self, number: int, replications: np.ndarray, reached: np.ndarray) -> None:
        """A success counts above, a failure below, where nothing is known yet; never in those run in full."""
        free = replications % self.rule.full_every != 0
        above, below = replications[free & reached], replications[free & ~reached]
        for rows, columns, value in (
            (np.arange(number + 1, self.largest + 1), above, 1),
            (np.arange(number), below, 0),
        ):
            part = np.ix_(rows, columns)
            self.known[part] = np.where(self.known[part] < 0, value, self.known[part])

    def _bisected(self, level: float) -> int:
        """The pilot: bisection over 0..largest; largest + 1 if even that is too small."""
        low, high = 0, self.largest + 1
        while low < high:
            middle = (low + high) // 2
            self.fill([middle])
            if self.chance(middle).share >= level:
                high = middle
            else:
                low = middle + 1
        return low

    def _settle(self, at: dict[float, int]) -> None:
        """Each candidate and the number below it filled up; candidates that an estimate has crossed are moved."""
        for _ in range(4 * (self.largest + 2)):
            self.fill([n for number in at.values() for n in (number - 1, number)])
            self._watch()
            moved = {level: self._moved(level, number) for level, number in at.items()}
            if moved == at or not self.in_time():
                return
            at.update(moved)

    def _moved(self, level: float, number: int) -> int:
        if number <= self.largest and self.chance(number).share < level:
            return number + 1
        if number > 0 and self.chance(number - 1).share >= level:
            return number - 1
        return number

    def _watch(self) -> None:
        """Take nothing for granted any more where too many break the rule; one alone proves nothing."""
        broke, n = self.breaking()
        if self.imputing and broke >= 2 and broke > self.rule.breaking * n:
            self.imputing = False
            self.known[~self.made] = -1

    def _smallest(self, level: float, number: int) -> Smallest:
        """The answer; where time ran out before the candidate had moved up, it moves up now."""
        while number <= self.largest and self.chance(number).share < level:
            number += 1
            if number <= self.largest and self.chance(number).n < self.replications:
                self.fill([number])
        if number > self.largest:
            return Smallest(level, None, None, self.chance(self.largest))
        below = self.chance(number - 1) if number else None
        return Smallest(level, number, self.chance(number), below)


def galloping(
    oracle: Oracle, largest: int, replications: int, start: int, in_time: Callable[[], bool] = lambda: True
) -> tuple[np.ndarray, int]:
    """The threshold of each replication, by galloping from `start` and bisecting; largest + 1 if none does it.

    Returns the thresholds (as many as time allowed, in blocks of a hundred) and the runs used: the whole curve.
    """
    found, runs = [np.zeros(0, np.int64)], 0
    for first in range(0, replications, 100):
        block = np.arange(first, min(first + 100, replications))
        low, high = np.full(len(block), -1), np.full(len(block), largest + 1)
        at, stride = np.full(len(block), min(start, largest)), np.ones(len(block), np.int64)
        while (open_ := np.flatnonzero(high - low > 1)).size:
            reached = np.zeros(len(block), bool)
            for number in np.unique(at[open_]):
                mine = open_[at[open_] == number]
                reached[mine] = oracle(int(number), block[mine])
                runs += len(mine)
            high[open_] = np.where(reached[open_], at[open_], high[open_])
            low[open_] = np.where(reached[open_], low[open_], at[open_])
            at, stride = _next_tries(low, high, at, stride, largest)
        found.append(high)
        if not in_time():
            break
    return np.concatenate(found), runs


def _next_tries(
    low: np.ndarray, high: np.ndarray, at: np.ndarray, stride: np.ndarray, largest: int
) -> tuple[np.ndarray, np.ndarray]:
    """A doubled step towards the side not yet bounded; the middle once both are."""
    bounded = (low >= 0) & (high <= largest)
    down = high <= largest
    step = np.where(down, np.maximum(high - stride, low + 1), np.minimum(low + stride, high - 1))
    return np.where(bounded, (low + high) // 2, step), np.where(bounded, stride, 2 * stride)


def _middle_first(numbers: Sequence[int]) -> Iterator[int]:
    """The middle, then the middles of both halves."""
    if numbers:
        middle = len(numbers) // 2
        yield numbers[middle]
        yield from _middle_first(numbers[:middle])
        yield from _middle_first(numbers[middle + 1 :])
