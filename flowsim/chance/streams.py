"""Named random streams: uniforms that are hashes of (seed, replication, stream, key, numbers).

Source: the finaliser of SplitMix64 (Steele, Lea, Flood 2014), chained once for each part of the key.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import ArrayLike, NDArray

_MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
FIRST = 0xBF58476D1CE4E5B9
SECOND = 0x94D049BB133111EB


@lru_cache(maxsize=4096)
def stream_key(text: str) -> int:
    """The 64-bit number of a stream's name, the same on every machine (blake2b)."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def uniform(seed: int, replication: int, stream: str, keys: ArrayLike, *numbers: ArrayLike) -> NDArray[np.float64]:
    """Uniforms strictly between 0 and 1, one for each key.

    `keys`: whole numbers (patient keys, weeks, blocks; negative allowed). `numbers`: further whole numbers of the
    key, such as step, visit or attempt: scalars, or arrays that broadcast with `keys`. Always the same for the same
    arguments; 52 random bits, so neither 0 nor 1 occurs.
    """
    high = bits(seed, replication, stream, keys, *numbers) >> np.uint64(12)
    return (high.astype(np.float64) + 0.5) * 2.0**-52


def bits(seed: int, replication: int, stream: str, keys: ArrayLike, *numbers: ArrayLike) -> NDArray[np.uint64]:
    """The 64 random bits behind `uniform`."""
    start = _chain(seed, replication, stream_key(stream))
    hashed = _mixed(_words(keys) * np.uint64(GOLDEN) + np.uint64(start))
    for number in numbers:
        hashed = _mixed(hashed + (_words(number) + np.uint64(1)) * np.uint64(GOLDEN))
    return hashed


def starts(seed: int, replication: int, streams: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """What the keys of a stream are hashed with, for the numbers (`stream_key`) of many streams at once."""
    return _mixed((streams + np.uint64(1)) * np.uint64(GOLDEN) + np.uint64(_chain(seed, replication)))


def patient_keys(
    group: str, source: str, iso_year: ArrayLike, iso_week: ArrayLike, index: ArrayLike
) -> NDArray[np.uint64]:
    """Keys of patients: group, source (arrivals, queue, beds, due), ISO year and week, index within that week.

    Year, week and index broadcast. For queue, beds and due at start the source should hold the queue's or step's name.
    """
    return indexed_keys(week_keys(group, source, iso_year, iso_week), index)


def week_keys(group: str, source: str, iso_year: ArrayLike, iso_week: ArrayLike) -> NDArray[np.uint64]:
    """The first half of `patient_keys`: what those of one ISO week share."""
    start = np.uint64(_chain(stream_key(group), stream_key(source)))
    return _mixed((_words(iso_year) * np.uint64(64) + _words(iso_week)) * np.uint64(GOLDEN) + start)


def indexed_keys(week: NDArray[np.uint64], index: ArrayLike) -> NDArray[np.uint64]:
    """The second half of `patient_keys`: each one's own."""
    return _mixed(week + (_words(index) + np.uint64(1)) * np.uint64(GOLDEN))


def _words(numbers: ArrayLike) -> NDArray[np.uint64]:
    """Whole numbers as unsigned 64-bit words of at least one dimension (-1 becomes 2**64 - 1)."""
    words = np.atleast_1d(np.asarray(numbers))
    if words.dtype == np.uint64:
        return words
    if words.dtype.kind not in "iub":
        raise TypeError("keys and numbers of a stream must be whole numbers")
    return words.astype(np.int64).view(np.uint64)


def _mixed(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's finaliser on a fresh array, changed in place."""
    words ^= words >> np.uint64(30)
    words *= np.uint64(FIRST)
    words ^= words >> np.uint64(27)
    words *= np.uint64(SECOND)
    words ^= words >> np.uint64(31)
    return words


def _chain(*parts: int) -> int:
    """The same finaliser over Python whole numbers, one after the other."""
    hashed = 0
    for part in parts:
        hashed = (hashed + (part + 1) * GOLDEN) & _MASK
        hashed = ((hashed ^ (hashed >> 30)) * FIRST) & _MASK
        hashed = ((hashed ^ (hashed >> 27)) * SECOND) & _MASK
        hashed ^= hashed >> 31
    return hashed
