"""An answer as plain data and back, so that its sheet can be written in the other language, or joined to others."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from flowsim.errors import Fault, InputError
from flowsim.questions.answer import Answer, Effort, Figure, Realised, Series, Table
from flowsim.questions.wording import NOTHING, Said


def plain_data(value: Any) -> Any:
    """Dataclasses as mappings, tuples as lists, numbers of numpy as numbers."""
    if isinstance(value, Said):
        return {"sv": value.sv, "en": value.en}
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain_data(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain_data(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain_data(one) for one in value]
    if hasattr(value, "tolist"):
        return plain_data(value.tolist())
    if isinstance(value, float) and value != value:
        return None
    return value


def kept(answer: Answer) -> dict[str, Any]:
    """All that the sheet needs; the scenario's files and the numbers are kept elsewhere."""
    data = plain_data(answer)
    data.pop("numbers")
    if data["scenario"] is not None:
        data["scenario"] = {"name": answer.scenario.name, "text": answer.scenario.text} if answer.scenario else None
    return dict(data)


def read_answer(folder: Path) -> Answer:
    """The answer kept in a folder. InputError if there is none."""
    try:
        told = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
        return _answer(told["sheet"], told["numbers"], str(told.get("scenario_file") or ""))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError([Fault(folder.as_posix(), 0, "", "", "holds no answer of `flowsim ask`.")]) from error


def _answer(data: dict[str, Any], numbers: Mapping[str, Any], scenario_file: str) -> Answer:
    scenario = data["scenario"]
    realised = None if scenario is None else Realised(scenario["name"], scenario["text"], scenario_file)
    return Answer(
        question=data["question"],
        title=_said(data["title"]),
        sentence=_said(data["sentence"]),
        table=_table(data["table"]),
        figure=_figure(data["figure"]),
        assumed=_texts(data["assumed"]),
        would_change=_texts(data["would_change"]),
        effort=Effort(**{**data["effort"], "rule": _said(data["effort"]["rule"])}),
        verdict=data["verdict"],
        by_hand=_texts(data["by_hand"]),
        notes=_texts(data["notes"]),
        further=tuple((_said(heading), _table(table)) for heading, table in data["further"]),
        figures=tuple(_figure(one) for one in data["figures"]),
        scenario=realised,
        numbers=numbers,
        about=_said(data.get("about", {})),
    )


def _said(data: Mapping[str, str]) -> Said:
    return Said(data["sv"], data["en"]) if data else NOTHING


def _texts(data: Sequence[Mapping[str, str]]) -> tuple[Said, ...]:
    return tuple(_said(one) for one in data)


def _table(data: dict[str, Any]) -> Table:
    rows = tuple(_texts(row) for row in data["rows"])
    return Table(_texts(data["columns"]), rows, data["names"], data["marked"], _said(data["caption"]))


def _figure(data: dict[str, Any]) -> Figure:
    named = {key: _said(data[key]) for key in ("title", "x_label", "y_label")}
    marks = {key: None if data[key] is None else (data[key][0], _said(data[key][1])) for key in ("level", "mark")}
    series = tuple(_series(one) for one in data["series"])
    return Figure(**{**data, **named, **marks, "series": series})


def _series(data: dict[str, Any]) -> Series:
    def numbers(values: Sequence[Any]) -> list[float]:
        return [float("nan") if value is None else float(value) for value in values]

    x: Any = [_said(one) if isinstance(one, Mapping) else one for one in data["x"]]
    ends = {key: numbers(data[key]) for key in ("y", "low", "high")}
    labels = _texts(data.get("labels", ()))
    return Series(_said(data["name"]), x, ends["y"], ends["low"], ends["high"], data["faint"], labels)
