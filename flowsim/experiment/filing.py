"""A finished chunk as bytes and back: a zip of arrays and one JSON index, exact to the last bit, nothing executable.

Neither pickle nor code: `numpy`'s array format with `allow_pickle=False`, and texts in JSON. A torn or altered file
fails its check-sum and is refused.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import numpy as np

from flowsim.errors import FlowsimError
from flowsim.experiment.packing import Block
from flowsim.experiment.tasks import Chunk
from flowsim.frames import pd

INDEX = "index.json"
FORMAT = 1
_TEXT = ("str", "string", "object")


def to_bytes(chunk: Chunk) -> bytes:
    """What succeeded in the chunk: its summaries, not its rows. Failures are not kept, so that they are tried again."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        blocks = [
            _written(archive, f"{name}.{k}", name, block)
            for name, listed in chunk.packs.items()
            for k, block in enumerate(listed)
        ]
        index = {"format": FORMAT, "scenario": chunk.scenario, "good": chunk.good, "blocks": blocks}
        archive.writestr(INDEX, json.dumps(index, ensure_ascii=False))
    return file.getvalue()


def from_bytes(data: bytes, place: int) -> Chunk:
    """A chunk back from its bytes.

    Raises:
        FlowsimError: torn, altered, or of another format.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            index = json.loads(archive.read(INDEX))
            if index["format"] != FORMAT:
                raise FlowsimError("A stored chunk is of another format.")
            chunk = Chunk(place, index["scenario"], tuple(index["good"]))
            for record in index["blocks"]:
                chunk.packs.setdefault(record["name"], []).append(_read(archive, record))
            return chunk
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, TypeError) as error:
        raise FlowsimError(f"A stored chunk cannot be read: {error}") from error


def _written(archive: zipfile.ZipFile, stem: str, name: str, block: Block) -> dict[str, Any]:
    """A block's arrays put into the archive; what the index says of it."""
    columns = []
    values = {
        column: np.concatenate([part[column] for _, part in block.parts])
        for column in (block.parts[0][1] if block.parts else {})
    }
    for k, (column, dtype) in enumerate(block.like.dtypes.items()):
        record: dict[str, Any] = {"column": str(column), "dtype": str(dtype)}
        if column in block.keys:
            _write_key(archive, f"{stem}.{k}.npy", record, block.keys[column].array)
        elif column in values:
            record["values"] = f"{stem}.{k}.npy"
            _write_array(archive, record["values"], values[str(column)])
        columns.append(record)
    return {
        "name": name,
        "scenario": str(block.scenario),
        "replications": [int(number) for number in block.replications],
        "rows": len(block.keys),
        "columns": columns,
    }


def _write_key(archive: zipfile.ZipFile, member: str, record: dict[str, Any], column: Any) -> None:
    if isinstance(column, pd.Categorical):
        record["categories"], record["of"] = list(column.categories), str(column.categories.dtype)
        record["ordered"] = bool(column.ordered)
        record["key"] = member
        _write_array(archive, member, np.asarray(column.codes))
    elif record["dtype"] in _TEXT:
        record["texts"] = [None if pd.isna(text) else str(text) for text in column]
    else:
        record["key"] = member
        _write_array(archive, member, np.asarray(column))


def _write_array(archive: zipfile.ZipFile, member: str, values: np.ndarray) -> None:
    file = io.BytesIO()
    np.lib.format.write_array(file, np.ascontiguousarray(values), allow_pickle=False)
    archive.writestr(member, file.getvalue())


def _array(archive: zipfile.ZipFile, member: str) -> np.ndarray:
    return np.lib.format.read_array(io.BytesIO(archive.read(member)), allow_pickle=False)


def _read(archive: zipfile.ZipFile, record: dict[str, Any]) -> Block:
    numbers = np.array(record["replications"], dtype=np.int32)
    keys: dict[str, Any] = {}
    like: dict[str, Any] = {}
    values: dict[str, np.ndarray] = {}
    for one in record["columns"]:
        column = one["column"]
        if "values" in one:
            values[column] = _array(archive, one["values"])
        elif column not in ("scenario", "replication"):
            keys[column] = _key(archive, one)
        like[column] = keys[column][:0] if column in keys else pd.Series([], dtype=one["dtype"])
    frame = pd.DataFrame(keys, index=pd.RangeIndex(record["rows"]))
    return Block(pd.DataFrame(like), record["scenario"], frame, [(numbers, values)])


def _key(archive: zipfile.ZipFile, record: dict[str, Any]) -> Any:
    if "texts" in record:
        return pd.array(record["texts"], dtype=record["dtype"])
    if "categories" in record:
        categories = pd.Index(record["categories"], dtype=record["of"])
        return pd.Categorical.from_codes(_array(archive, record["key"]), categories, ordered=record["ordered"])
    return pd.array(_array(archive, record["key"]), dtype=record["dtype"])
