"""Plain data as YAML text: short things on one line, long things line by line."""

from __future__ import annotations

import json
import re
from typing import Any

WIDTH = 116
_PLAIN = re.compile(r"[A-Za-zÅÄÖåäö][\wÅÄÖåäö .%()/-]*")
_WORDS = {"true", "false", "yes", "no", "null", "on", "off", "y", "n"}


def yaml_text(data: dict[str, Any]) -> str:
    """A mapping as block YAML, ending with a newline."""
    return "\n".join(_lines(data, "")) + "\n"


def _lines(data: Any, indent: str) -> list[str]:
    """The lines of a mapping or list in block style."""
    lines = []
    for key, value in data.items() if isinstance(data, dict) else ((None, one) for one in data):
        head = f"{indent}- " if key is None else f"{indent}{_scalar(key)}: "
        flow = _flow(value)
        if len(head) + len(flow) <= WIDTH or not isinstance(value, dict | list) or not value:
            lines.append(head + flow)
        elif all(not isinstance(one, dict | list) for one in value) and isinstance(value, list):
            lines.extend(_wrapped(head, value, indent + "  "))
        else:
            lines.append(head.rstrip())
            lines.extend(_lines(value, indent + "  "))
    return lines


def _wrapped(head: str, values: list[Any], indent: str) -> list[str]:
    """A long list of scalars over several lines."""
    lines, line = [head + "["], indent
    for k, value in enumerate(values):
        piece = _flow(value) + ("," if k < len(values) - 1 else "]")
        if len(line) + len(piece) + 1 > WIDTH:
            lines.append(line.rstrip())
            line = indent
        line += piece + " "
    return [*lines, line.rstrip()]


def _flow(value: Any) -> str:
    """Anything on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(one) for one in value) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, int):
        return str(value)
    text = str(value)
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS and text == text.strip()
    return text if plain else json.dumps(text, ensure_ascii=False)
