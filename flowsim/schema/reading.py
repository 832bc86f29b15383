"""Reading YAML safely: a guard that walks the events, and plain data with the line of every key.

The text is never composed or loaded by the YAML library: its parser's events are counted and turned into plain
mappings, lists, texts, numbers, true and false one by one, so neither depth, aliases nor size can do harm. Words are
read as YAML 1.2 reads them: `no` and `12:30` are text.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from flowsim.errors import Fault, InputError
from flowsim.schema.entry import nearest

MAX_BYTES = 5_000_000
MAX_NODES = 200_000
MAX_DEPTH = 50
KeyPath = tuple[str | int, ...]
"""Where a value stands: ("change", 0, "where")."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_SAFE_TAGS = {None, "!", *(_TAG + kind for kind in ("str", "int", "float", "bool", "null", "seq", "map"))}
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)$")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+(\.[0-9_]*)?$")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)$|\.(nan|NaN|NAN)$")
_WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_EMPTY = ("", "~", "null", "Null", "NULL")


def looks_like_no_text(text: str) -> bool:
    """Would this text, without quotes, be read as a number, true, false or nothing, or be refused?"""
    patterns = (_WHOLE, _DECIMAL, _LEADING_ZERO, _NOT_FINITE)
    return text in _WORDS or text in _EMPTY or any(pattern.match(text) for pattern in patterns)


class Mark(NamedTuple):
    """Where a key was written."""

    file: str
    line: int


Marks = dict[KeyPath, Mark]
"""Key path -> where it was written."""


def place(marks: Marks, path: KeyPath) -> Mark:
    """Where a key, or the nearest mapping around it, was written."""
    while path and path not in marks:
        path = path[:-1]
    return marks.get(path, Mark("", 0))


def spelled(path: KeyPath) -> str:
    """A key path as people write it: change[0].where."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "the file"


def text_of(path: str | Path, shown: str = "", kind: str = "file") -> str:
    """A file's text (UTF-8, at most 5 MB); InputError in words if it cannot be read."""
    shown = shown or str(path)
    try:
        with Path(path).open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _unreadable(shown, f"There is no such {kind}.{_neighbour(Path(path))}") from None
    except IsADirectoryError:
        raise _unreadable(shown, f"This is a folder, not a {kind}: name the file in it.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not a name of a file"
        raise _unreadable(shown, f"This {kind} cannot be read: {reason}.") from None
    if len(raw) > MAX_BYTES:
        raise _unreadable(shown, f"This {kind} is larger than {MAX_BYTES // 1_000_000} MB.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _unreadable(shown, f"This {kind} is not UTF-8 text: save it again as UTF-8.", line) from None


def _unreadable(shown: str, message: str, line: int = 0) -> InputError:
    return InputError([Fault(shown, line, "the file", "", message)])


def _neighbour(path: Path) -> str:
    """The file of nearly that name beside it."""
    try:
        return nearest(path.name, sorted(other.name for other in path.parent.iterdir()))
    except (OSError, ValueError):
        return ""


def read(text: str, file: str) -> tuple[dict[str, Any], Marks]:
    """A YAML text as plain data, and the line of each key. All faults at once as InputError."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise _unreadable(file, f"This file is larger than {MAX_BYTES // 1_000_000} MB.")
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except _TooMuchError:
        pass
    except yaml.YAMLError as error:
        builder.faults.append(_not_yaml(error, text, file))
    if not builder.faults and not isinstance(builder.root, dict):
        empty = builder.root is None
        message = "The file is empty." if empty else "The file must hold keys with values, `key: value`, line by line."
        builder.faults.append(Fault(file, 0 if empty else 1, "the file", "", message))
    if builder.faults:
        raise InputError(sorted(builder.faults, key=lambda fault: fault.line))
    return builder.root, builder.marks


def _not_yaml(error: yaml.YAMLError, text: str, file: str) -> Fault:
    """What the YAML parser did not understand, with the line itself."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark else text.count("\n", 0, getattr(error, "position", 0)) + 1
    lines = text.splitlines()
    found = lines[line - 1].strip()[:60] if line <= len(lines) else "the end of the file"
    found = "".join(letter if letter.isprintable() else "?" for letter in found)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "a character that may not be there"
    hint = ""
    if "\\t" in problem or "\t" in "".join(lines[line - 1 : line]):
        hint = " Indent with spaces, not with tabs."
    elif "mapping values are not allowed" in problem or "expected <block end>" in problem:
        hint = " Look at the indentation, and put text that holds a colon in quotes."
    elif "expected ',' or" in problem:
        hint = " A bracket or a comma is missing, here or a line before."
    context = f" {error.context}" if getattr(error, "context", None) else ""
    began = getattr(error, "context_mark", None)
    if context and began and began.line + 1 != line:
        context += f" that began on line {began.line + 1}"
    return Fault(file, line, "the file", f'"{found}"', f"This is not YAML: {problem}{context}.{hint}")


class _TooMuchError(Exception):
    """The file is too deep or too big to be read on."""


@dataclass
class _Open:
    """A mapping or list not yet closed."""

    value: dict[str, Any] | list[Any]
    path: KeyPath
    key: str | None = None
    key_line: int = 0
    skipping: bool = False
    """The key was refused: its value is read and dropped."""
    lines: dict[str, int] = field(default_factory=dict)


@dataclass
class _Builder:
    """Turns events into data; counts, and gathers what is refused."""

    file: str
    root: Any = None
    marks: Marks = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    nodes: int = 0
    documents: int = 0

    def take(self, event: Any) -> None:
        """One event of the parser."""
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents == 2:
                self.refuse(line, (), "---", "A file holds one scenario: no second document.")
                raise _TooMuchError
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self.stack.pop()
        elif isinstance(event, yaml.NodeEvent):
            self.count(line)
            self.node(event, line)

    def count(self, line: int) -> None:
        """Stops at the limits."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.refuse(line, (), "", f"The file holds more than {MAX_NODES} values.")
            raise _TooMuchError
        if len(self.stack) > MAX_DEPTH:
            self.refuse(line, (), "", f"Mappings and lists lie deeper than {MAX_DEPTH} in each other.")
            raise _TooMuchError

    def node(self, event: Any, line: int) -> None:
        """A value, a key, or the start of a mapping or list."""
        top = self.stack[-1] if self.stack else None
        wants_key = top is not None and isinstance(top.value, dict) and top.key is None
        path = self.path(top, wants_key)
        if event.anchor is not None:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            self.refuse(
                line, path, f"{sign}{event.anchor}", "Anchors and aliases are not allowed: write the value out."
            )
        elif event.tag not in _SAFE_TAGS:
            self.refuse(
                line, path, str(event.tag), "Tags are not allowed: write plain text, numbers, lists and mappings."
            )
        if wants_key and top is not None:
            self.take_key(top, event, line)
        elif isinstance(event, yaml.ScalarEvent):
            self.put(top, self.scalar(event, line, path), line, path)
        elif isinstance(event, yaml.AliasEvent):
            self.put(top, "", line, path)
        else:
            self.opened(top, event, line, path)

    def path(self, top: _Open | None, wants_key: bool) -> KeyPath:
        """Where the next value stands."""
        if top is None or wants_key:
            return top.path if top else ()
        return (*top.path, len(top.value) if isinstance(top.value, list) else str(top.key))

    def take_key(self, top: _Open, event: Any, line: int) -> None:
        """The next key of a mapping; refuses doubles and keys that are no words."""
        if not isinstance(event, yaml.ScalarEvent):
            self.refuse(line, top.path, "", "A key must be one word, not a list or a mapping.")
            if not isinstance(event, yaml.AliasEvent):
                raise _TooMuchError
            top.key, top.skipping = "", True
            return
        key = str(event.value)
        top.key, top.key_line, top.skipping = key, line, key in top.lines
        if top.skipping:
            first = top.lines[key]
            where = "on the same line" if first == line else f"on line {first}"
            self.refuse(line, (*top.path, key), "", f"This key is there twice, first {where}: keep one of them.")
        else:
            top.lines[key] = line

    def opened(self, top: _Open | None, event: Any, line: int, path: KeyPath) -> None:
        """A mapping or list begins."""
        value: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.put(top, value, line, path)
        self.stack.append(_Open(value, path))

    def put(self, top: _Open | None, value: Any, line: int, path: KeyPath) -> None:
        """Places a value where it belongs, and notes its line (that of its key)."""
        if top is None:
            self.root = value
        elif isinstance(top.value, list):
            top.value.append(value)
        elif top.skipping:
            top.key, top.skipping = None, False
            return
        else:
            top.value[str(top.key)] = value
            line, top.key = top.key_line, None
        self.marks[path] = Mark(self.file, line)

    def scalar(self, event: Any, line: int, path: KeyPath) -> Any:
        """Text, number, true, false or nothing, as YAML 1.2 reads it."""
        text = str(event.value)
        if event.style not in (None, "") or event.tag in ("!", _TAG + "str"):
            return text
        if text in _EMPTY:
            if path and path[-1] != "set":
                self.refuse(line, path, text, "Nothing is written here: give it a value, or leave the key out.")
            return None
        if text in _WORDS:
            return _WORDS[text]
        if _LEADING_ZERO.match(text):
            self.refuse(line, path, text, f'A number has no leading zero. If it is text, put it in quotes: "{text}".')
        elif _NOT_FINITE.match(text):
            self.refuse(line, path, text, "A number must be finite.")
        elif _WHOLE.match(text) or _DECIMAL.match(text):
            return self.number(text, line, path)
        return text

    def number(self, text: str, line: int, path: KeyPath) -> int | float | str:
        """A finite number of a sane length."""
        if len(text) <= 40:
            if _WHOLE.match(text):
                return int(text)
            if math.isfinite(float(text)):
                return float(text)
        self.refuse(line, path, text[:40], "This number is too large or too long.")
        return text

    def refuse(self, line: int, path: KeyPath, found: str, message: str) -> None:
        """Notes a fault; a file that is nothing but faults is not read to its end."""
        self.faults.append(Fault(self.file, line, spelled(path), found, message))
        if len(self.faults) >= 50:
            raise _TooMuchError
