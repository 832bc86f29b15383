"""Small frames of many replications in little room: what they share is kept once, their numbers in few bytes.

A frame that `summarise` makes begins with scenario and replication; its numbers (decimals, the column `value`, whole
numbers that were seen to differ) differ between replications, its other columns (step, week, measure) rarely do.
Nothing is lost: what comes out is what went in, to the last bit, replication after replication, whatever came first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np

from flowsim.frames import pd

VALUE = "value"
_WHOLE = (np.int8, np.uint8, np.int16, np.uint16, np.int32)


@dataclass
class Block:
    """Replications whose frames have the same columns, dtypes and keys."""

    like: pd.DataFrame
    """The first frame without its rows: names, order and dtypes of the columns."""
    scenario: object
    keys: pd.DataFrame
    """The columns that are the same in every replication of the block."""
    parts: list[tuple[np.ndarray, dict[str, np.ndarray]]] = field(default_factory=list)
    """(replications, column -> numbers with one row for each of them)."""

    @cached_property
    def mark(self) -> str:
        """A hash of its columns, dtypes and keys: blocks with the same one could be one block."""
        found = sha256(f"{self.scenario}\0{len(self.keys)}".encode())
        for name, dtype in self.like.dtypes.items():
            found.update(f"\0{name}\0{dtype}\0".encode())
            if name in self.keys:
                found.update(_content(self.keys[name].array))
        return found.hexdigest()

    @property
    def replications(self) -> np.ndarray:
        """Their numbers, in the order they came."""
        return np.concatenate([numbers for numbers, _ in self.parts])

    def coded(self) -> Block:
        """The block with its texts, the scenario's name too, as categories: a frame of it needs little memory."""
        texts = {name: "category" for name, dtype in self.keys.dtypes.items() if _is_text(dtype)}
        like = self.like.astype({**texts, "scenario": pd.CategoricalDtype([str(self.scenario)])})
        keys = self.keys.assign(**{str(name): _by_appearance(self.keys[name]) for name in texts})
        return replace(self, like=like, keys=keys)

    def frame(self) -> pd.DataFrame:
        """All frames of the block under each other."""
        numbers, size = self.replications, len(self.keys)
        if not size:
            return self.like
        columns: dict[str, object] = {}
        tiled = self.keys.take(np.tile(np.arange(size), len(numbers)))
        for name, dtype in self.like.dtypes.items():
            if name == "scenario" and isinstance(dtype, pd.CategoricalDtype):
                columns[name] = pd.Categorical.from_codes(np.zeros(size * len(numbers), dtype=np.int8), dtype=dtype)
            elif name == "scenario":
                columns[name] = pd.Series([self.scenario], dtype=dtype).repeat(size * len(numbers)).array
            elif name == "replication":
                columns[name] = np.repeat(numbers, size).astype(dtype)
            elif name in self.keys:
                columns[name] = tiled[name].array
            else:
                stacked = np.concatenate([values[str(name)] for _, values in self.parts])
                columns[name] = stacked.ravel().astype(dtype)
        return pd.DataFrame(columns)


def packed(frames: Iterable[tuple[int, pd.DataFrame]]) -> list[Block]:
    """The frames of one name and scenario, by replication, as blocks."""
    groups: list[_Alike] = []
    for replication, frame in frames:
        columns = {str(name): _values(column) for name, column in frame.items()}
        mine = next((group for group in reversed(groups) if group.takes(columns)), None)
        if mine is None:
            mine = _Alike(frame.iloc[:0], columns)
            groups.append(mine)
        mine.frames.append((replication, columns))
    return [group.block() for group in groups]


@dataclass
class _Alike:
    """Frames with the same columns, dtypes, texts and number of rows."""

    like: pd.DataFrame
    first: dict[str, Any]
    frames: list[tuple[int, dict[str, Any]]] = field(default_factory=list)

    def takes(self, columns: dict[str, Any]) -> bool:
        """Whether a frame of these columns is one more of them."""
        return self.first.keys() == columns.keys() and all(
            len(column) == len(columns[name])
            and (name == "replication" or _is_number(column) or _same(column, columns[name]))
            and column.dtype == columns[name].dtype
            for name, column in self.first.items()
        )

    def block(self) -> Block:
        """All of them; whole numbers that differ between them are numbers, others keys."""
        names = [*self.first][2:]
        numbers = [name for name in names if self._varies(name)]
        keys = self.like[[name for name in self.like.columns[2:] if str(name) not in numbers]]
        whole = pd.DataFrame({name: self.first[str(name)] for name in keys.columns}, index=range(self._rows))
        scenario = self.first["scenario"][0] if self._rows else ""
        values = {name: narrow(np.stack([np.asarray(part[name]) for _, part in self.frames])) for name in numbers}
        replications = np.array([replication for replication, _ in self.frames], dtype=np.int32)
        made = Block(self.like, scenario, whole, [(replications, values)])
        _ = made.mark  # found here, in the worker, and kept
        return made

    @property
    def _rows(self) -> int:
        return len(self.first["scenario"])

    def _varies(self, name: str) -> bool:
        first = self.first[name]
        if not _is_number(first):
            return False
        differs = not all(np.array_equal(first, columns[name]) for _, columns in self.frames[1:])
        return first.dtype.kind == "f" or name == VALUE or differs


def add(blocks: list[Block], new: Block) -> None:
    """One block more: its replications join those they are like."""
    for block in reversed(blocks):
        if block.mark == new.mark:
            block.parts += new.parts
            return
    blocks.append(new)


def only(block: Block, wanted: Collection[int]) -> Block:
    """The block with some of its replications."""
    parts = []
    for numbers, values in block.parts:
        keep = np.isin(numbers, list(wanted))
        if keep.any():
            parts.append((numbers[keep], {name: rows[keep] for name, rows in values.items()}))
    return replace(block, parts=parts)


def unpacked(blocks: Sequence[Block]) -> pd.DataFrame:
    """All frames under each other, by replication; the categories of a column are those of all, as first met."""
    if len(blocks) == 1:
        frame = blocks[0].frame()
        return frame if (np.diff(blocks[0].replications) > 0).all() else _by_replication(frame)
    in_order = sorted(blocks, key=lambda block: int(block.replications.min()))
    return _by_replication(stacked([block.frame() for block in in_order]))


def stacked(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Frames under each other; the categories of a column are those of all of them, in order of appearance."""
    filled = [part for part in parts if len(part)] or list(parts[:1])
    if len(filled) == 1:
        return filled[0].reset_index(drop=True)
    shared = {}
    for column in filled[0].columns:
        if all(isinstance(part[column].dtype, pd.CategoricalDtype) for part in filled):
            known = {name: None for part in filled for name in part[column].cat.categories}
            shared[column] = pd.CategoricalDtype(list(known))
    return pd.concat([part.astype(shared) for part in filled], ignore_index=True)


def _by_replication(frame: pd.DataFrame) -> pd.DataFrame:
    order = frame["replication"].to_numpy().argsort(kind="stable")
    return frame.iloc[order].reset_index(drop=True)


def _content(column: Any) -> bytes:
    """A key column as bytes."""
    if isinstance(column, pd.Categorical):
        return repr([*column.categories]).encode() + column.codes.tobytes()
    if _is_text(column.dtype):
        return "\0".join(map(str, column)).encode()
    return np.asarray(column).tobytes()


def _is_text(dtype: Any) -> bool:
    return isinstance(dtype, pd.StringDtype) or dtype == np.dtype(object)


def _by_appearance(column: pd.Series) -> pd.Categorical:
    """Texts as categories in the order they appear in."""
    return pd.Categorical(column, categories=column.dropna().unique())


def _values(column: pd.Series) -> Any:
    """A column as numpy's array where it is one, else as pandas'."""
    return column.to_numpy() if isinstance(column.dtype, np.dtype) else column.array


def _same(mine: Any, other: Any) -> bool:
    if isinstance(mine, pd.Categorical) and isinstance(other, pd.Categorical):
        alike = mine.categories is other.categories or mine.categories.equals(other.categories)
        return alike and mine.ordered == other.ordered and np.array_equal(mine.codes, other.codes)
    if isinstance(mine, np.ndarray):
        return pd.Series(mine).equals(pd.Series(other))
    return mine.dtype == other.dtype and bool(mine.equals(other))


def _is_number(column: Any) -> bool:
    """Whether a column may differ between replications that share a block."""
    return isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiub"


def narrow(values: np.ndarray) -> np.ndarray:
    """The same numbers in fewer bytes; as they are where that would lose a bit (or the sign of a zero)."""
    if values.dtype.kind not in "fi" or not values.size:
        return values
    if values.dtype.kind == "i" or not (np.isnan(values).any() or np.signbit(values[values == 0]).any()):
        low, high = values.min(), values.max()
        for kind in _WHOLE:
            if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max:
                whole = values.astype(kind)
                if np.array_equal(whole, values):
                    return whole
                break
    if values.dtype == np.float64:
        with np.errstate(over="ignore"):
            half = values.astype(np.float32)
        if np.array_equal(half.astype(np.float64), values, equal_nan=True):
            return half
    return values
