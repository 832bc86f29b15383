"""How often the search for the smallest number is right, flagged or wrong, on a small queue model whose truth is known.

    python benchmarks/searches.py

200 repeated searches at 80, 90 and 95 % together, 400 in each of three hard cases (P(4) just below, at and just above
90 %), and every stated probability run again with 2,000 fresh replications.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from small_model import paths

from flowsim.questions.search import LEVELS, Search

LARGEST, MOST, TRUE_PATHS, FRESH = 20, 1600, 100_000, 2000
HARD = (0.897, 0.900, 0.904)


def table(n: int, seed: int, level: float) -> np.ndarray:
    """Whether the target is reached, (number, replication)."""
    made = paths(n, seed, level)
    return np.array([made.reached(extra) for extra in range(LARGEST + 1)])


def level_with(share: float) -> float:
    """The model's capacity at which P(4) is as given, by bisection on 100,000 paths."""
    low, high = 14.0, 17.0
    for _ in range(14):
        middle = (low + high) / 2
        low, high = (middle, high) if paths(TRUE_PATHS, 1, middle).reached(4).mean() < share else (low, middle)
    return (low + high) / 2


def searched(searches: int, level: float, levels: tuple[float, ...], seed: int) -> None:
    """Repeats the search and prints how it went."""
    truth = np.array([paths(TRUE_PATHS, 1, level).reached(extra).mean() for extra in range(LARGEST + 1)])
    right = {one: int(np.argmax(truth >= one)) for one in levels}
    exact = flagged = unflagged = wild = stated = 0
    runs = []
    for k in range(searches):
        reached = table(MOST, seed + k, level)
        search = Search(lambda number, r, t=reached: t[number, r], LARGEST)  # type: ignore[misc]
        found = search.find(levels)
        runs.append(search.runs)
        fresh = table(FRESH, 10**6 + seed + k, level)
        for one, answer in found.items():
            exact += answer.number == right[one]
            flagged += answer.close
            unflagged += answer.number != right[one] and not answer.close
            for chance in (answer.chance, answer.below):
                if chance is not None:
                    again = fresh[chance.number].mean()
                    both = (chance.share * chance.n + again * FRESH) / (chance.n + FRESH)
                    error = np.sqrt(max(both * (1 - both), 1e-9) * (1 / chance.n + 1 / FRESH))
                    stated += 1
                    wild += abs(chance.share - again) > 3 * error
    n = searches * len(levels)
    print(f"  P(4) = {truth[4]:.3f}: exact {exact / n:.3f}, flagged close {flagged / n:.3f}, wrong and unflagged"
          f" {unflagged / n:.4f}, runs {np.mean(runs):.0f} (most {max(runs)}),"
          f" stated chances off by over 3 standard errors {wild} of {stated}")  # fmt: skip


if __name__ == "__main__":
    print("200 searches, 80, 90 and 95 % together")
    searched(200, 15.0, LEVELS, 1000)
    print("400 searches in each of three hard cases, 90 %")
    for share in HARD:
        searched(400, level_with(share), (0.9,), 50_000)
