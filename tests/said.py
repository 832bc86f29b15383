"""Every text the source can refuse with, read from its syntax: f-strings as templates with {} where values stand."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "flowsim"
TEXT, KEY, FOUND = "text", "key", "found"
SINKS: dict[str, dict[int | str, str]] = {
    "Fault": {2: KEY, "key": KEY, 3: FOUND, "found": FOUND, 4: TEXT, "message": TEXT},
    "refuse": {1: TEXT, "message": TEXT, 2: KEY, "key": KEY},
    "fault": {0: TEXT},
    "fault_at": {1: TEXT},
    "fault_here": {2: TEXT},
    **{name: {0: TEXT} for name in ("FlowsimError", "RunError", "ChangeError", "ValueError", "note", "_say")},
}
"""Where a text for the user goes in: the places of the call's arguments, by number or name."""
ONLY = {
    "ValueError": ("schema/", "scenario/", "sheets/", "calibration/", "plan/timetable.py", "chance/weeks.py"),
    "note": ("cli/",),
    "_say": ("cli/screen.py",),
}
"""Sinks that are one in these rooms only."""
REASONS = {"calibration/log/reading.py": "why"}
"""Arrays that texts are written into, row by row."""
SPOKEN = {"experiment/tasks.py": "__str__", "calibration/databases.py": "named"}
"""Files with functions (called so, or beginning so) whose texts go to the user by way of tables and objects."""
OWN = ("listed", "spelled", "shown", "in_swedish", "remark")
"""Functions whose answer is the user's own words, or Swedish."""
MOST = 64
"""Branches of a text at most."""
Function = ast.FunctionDef | ast.AsyncFunctionDef
Given = dict[str, list[ast.expr]]
Scope = tuple[str, str]
"""A function called so: of this file (private), or anywhere ('')."""


class Module:
    """One file, read once: its functions, the calls in each, and what names are given there."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.functions: list[Function] = []
        self.calls: list[tuple[Function | None, ast.Call]] = []
        self.given: dict[int, Given] = defaultdict(lambda: defaultdict(list))
        self.answers: dict[int, list[ast.expr]] = defaultdict(list)
        self.errors: list[ast.ClassDef] = []
        self._read(ast.parse(text), ())

    def _read(self, node: ast.AST, within: tuple[Function, ...]) -> None:
        for child in ast.iter_child_nodes(node):
            match child:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    self.functions.append(child)
                    self._read(child, (*within, child))
                    continue
                case ast.ClassDef():
                    self.errors.append(child)
                case ast.Call():
                    self.calls.append((within[-1] if within else None, child))
                case ast.Return(value=ast.expr() as value) | ast.Yield(value=ast.expr() as value):
                    for function in within:
                        self.answers[id(function)].append(value)
            for target, value in _givings(child):
                for scope in within or (None,):
                    _give(self.given[id(scope)], target, value)
            self._read(child, within)

    def given_in(self, scope: Function | None, name: str) -> list[ast.expr]:
        """Expressions a name is given in a function, or in the file outside functions."""
        return self.given[id(scope)].get(name, [])


class Source:
    """The package's syntax, and the texts that flow from it to the user."""

    def __init__(self, root: Path = PACKAGE) -> None:
        paths = [path for path in sorted(root.rglob("*.py")) if "swedish" not in path.parts]
        texts = [(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")) for path in paths]
        self.modules = [Module(name, text) for name, text in texts]
        self.functions: dict[str, list[tuple[Module, Function]]] = defaultdict(list)
        self.calls: dict[str, list[tuple[Module, Function | None, ast.Call]]] = defaultdict(list)
        self.sinks: set[Scope] = set()
        self.waiting: list[tuple[Scope, int | str, str]] = []
        self.known: set[tuple[Scope, int | str]] = set()
        self.said: dict[str, dict[str, str]] = {TEXT: {}, KEY: {}, FOUND: {}}
        for module in self.modules:
            for function in module.functions:
                self.functions[function.name].append((module, function))
            for scope, call in module.calls:
                self.calls[_called(call)].append((module, scope, call))
        for name, places in SINKS.items():
            for place, kind in places.items():
                self.sink(("", name), place, kind)
        for error in (error for module in self.modules for error in module.errors):
            if any(("", getattr(base, "id", "")) in self.sinks for base in error.bases):
                self.sink(("", error.name), 0, TEXT)

    def sink(self, scope: Scope, place: int | str, kind: str) -> None:
        """What is given there goes to the user."""
        if (scope, place) not in self.known:
            self.known.add((scope, place))
            self.sinks.add(scope)
            self.waiting.append((scope, place, kind))

    def read(self) -> dict[str, dict[str, str]]:
        """Kind -> template -> where it stands. A parameter that flows to a sink is one: until no call is new."""
        for module in self.modules:
            for function in module.functions:
                exprs = list(module.given_in(function, REASONS.get(module.name, "")))
                if function.name.startswith(SPOKEN.get(module.name, "no function")):
                    exprs += module.answers[id(function)]
                for expr in exprs:
                    Flow(self, module, function, TEXT).follow(expr)
        while self.waiting:
            (home, name), place, kind = self.waiting.pop(0)
            for module, function, call in self.calls[name]:
                if home in ("", module.name) and module.name.startswith(ONLY.get(name, ("",))):
                    for expr in _arguments(call, place):
                        Flow(self, module, function, kind).follow(expr)
        return self.said


@dataclass
class Flow:
    """One expression of one function, followed back to the texts it is made of."""

    source: Source
    module: Module
    scope: Function | None
    kind: str
    seen: set[int] = field(default_factory=set)
    inside: bool = False
    """Is it a value inside a text?"""

    def follow(self, expr: ast.expr) -> None:
        """Notes the templates an expression may be, and follows what they are made of."""
        if id(expr) in self.seen:
            return
        self.seen.add(id(expr))
        for text in templates(expr):
            self.source.said[self.kind].setdefault(text, f"{self.module.name}:{expr.lineno}")
        inside, self.inside = self.inside, self.inside or isinstance(expr, ast.JoinedStr)
        for part in self._parts(expr):
            self.follow(part)
        self.inside = inside

    def _parts(self, expr: ast.expr) -> Iterator[ast.expr]:
        match expr:
            case ast.JoinedStr():
                yield from _holes(expr)
            case ast.IfExp():
                yield from () if _bilingual(expr) else (expr.body, expr.orelse)
            case ast.Lambda():
                yield expr.body
            case ast.BinOp(left=left, right=right):
                yield from (*_holes(left), *_holes(right)) if templates(expr) else (left, right)
            case ast.BoolOp():
                yield from expr.values
            case ast.Subscript():
                yield from () if _of_language(expr.slice) else (expr.value,)
            case ast.NamedExpr() | ast.Starred():
                yield expr.value
            case ast.Name():
                yield from self._name(expr.id)
            case ast.Call():
                yield from self._call(expr)
            case ast.GeneratorExp() | ast.ListComp():
                yield expr.elt
            case ast.DictComp():
                yield expr.value
            case ast.Dict():
                yield from expr.values
            case ast.Tuple() | ast.List() | ast.Set():
                yield from expr.elts

    def _name(self, name: str) -> Iterator[ast.expr]:
        if name in ("english", "swedish"):  # a pair: told in both languages where it is made
            return
        local = self.module.given_in(self.scope, name) if self.scope else []
        if local or (self.scope and self._parameter(self.scope, name)):
            yield from local
        else:
            yield from self.module.given_in(None, name)

    def _parameter(self, scope: Function, name: str) -> bool:
        """Is the name a parameter? Then who calls the function says the text: within its file, if it is private."""
        named = {a.arg: a for a in (*scope.args.posonlyargs, *scope.args.args, *scope.args.kwonlyargs)}
        if name not in named:
            return False
        private = scope.name.startswith("_") and not scope.name.startswith("__")
        if "str" in _unparsed(named[name].annotation) and (private or not self.inside):
            home = (self.module.name if private else "", scope.name)
            self.source.sink(home, name, self.kind)
            if named[name] not in scope.args.kwonlyargs:
                self.source.sink(home, list(named).index(name) - (next(iter(named)) in ("self", "cls")), self.kind)
        return True

    def _call(self, call: ast.Call) -> Iterator[ast.expr]:
        name = _called(call)
        if isinstance(call.func, ast.Call):
            yield call.func
        if ("", name) in self.source.sinks or name in OWN:
            return
        if name in ("join", "sentence", "strip", "str", "get", "sorted", "items", "values"):
            yield from call.args
            if isinstance(call.func, ast.Attribute):
                yield call.func.value
            return
        found = self.source.functions.get(name, [])
        near = self.module.name.rpartition("/")[0]
        for module, function in found:
            open_ = not name.startswith("_") and (len(found) == 1 or module.name.rpartition("/")[0] == near)
            known = module is self.module or open_
            if known and "str" in _unparsed(function.returns):
                flow = Flow(self.source, module, function, self.kind, self.seen, self.inside)
                for value in module.answers[id(function)]:
                    flow.follow(value)


def templates(expr: ast.expr) -> list[str]:
    """The texts an expression writes out itself, {} where values stand; each branch of a choice within it."""
    match expr:
        case ast.Constant(value=str(text)):
            return [_literal(text)]
        case ast.JoinedStr(values=values):
            return ["".join(chosen) for chosen in list(product(*map(_pieces, values)))[:MOST]]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return ["".join(both) for both in product(templates(left), templates(right))]
    return []


def _pieces(one: ast.expr) -> list[str]:
    if isinstance(one, ast.Constant):
        return [_literal(str(one.value))]
    value = one.value if isinstance(one, ast.FormattedValue) else one
    if isinstance(value, ast.IfExp) and not _bilingual(value):
        return [*_pieces(value.body), *_pieces(value.orelse)]
    return (isinstance(value, ast.Constant) and templates(value)) or ["{}"]


def _holes(text: ast.expr) -> Iterator[ast.expr]:
    """The values inside an f-string; of a choice that `templates` writes out, the values of its branches."""
    for one in text.values if isinstance(text, ast.JoinedStr) else ():
        if isinstance(one, ast.FormattedValue) and isinstance(one.value, ast.IfExp) and not _bilingual(one.value):
            for branch in (one.value.body, one.value.orelse):
                yield from _holes(branch) if templates(branch) else (branch,)
        elif isinstance(one, ast.FormattedValue):
            yield one.value


def _bilingual(choice: ast.IfExp) -> bool:
    """Does the language choose?"""
    return _of_language(choice.test)


def _of_language(expr: ast.expr) -> bool:
    return any(word in ast.unparse(expr) for word in ("lang", "sv"))


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _unparsed(annotation: ast.expr | None) -> str:
    return ast.unparse(annotation) if annotation else ""


def _arguments(call: ast.Call, place: int | str) -> list[ast.expr]:
    if isinstance(place, int):
        return call.args[place : place + 1]
    return [one.value for one in call.keywords if one.arg == place]


def _givings(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """(what is given, the expression): assignments, loops, what is appended."""
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from ((target, value) for target in targets)
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.AugAssign(target=target, value=value):
            yield target, value
        case ast.NamedExpr(target=target, value=value):
            yield target, value
        case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
            yield target, value
        case ast.Call(func=ast.Attribute(value=ast.Name() as target, attr="append"), args=[value]):
            yield target, value


def _give(found: Given, target: ast.expr, value: ast.expr) -> None:
    match target:
        case ast.Name(id=name) | ast.Subscript(value=ast.Name(id=name)):
            found[name].append(value)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            apart = value.elts if isinstance(value, ast.Tuple) and len(value.elts) == len(parts) else None
            for k, one in enumerate(parts):
                _give(found, one, apart[k] if apart else value)


_NO_WORDS = re.compile(r"\{\{.*?\}\}|\{\}|`[^`]*`|\"[^\"]*\"|--[a-z-]+|[a-z]+_[a-z_]+|flowsim run")


def templates_of(said: dict[str, dict[str, str]]) -> dict[str, str]:
    """Text -> where it stands, of those with words of a language: keys, options and commands are typed alike in all."""
    texts = {text: where for kind in said.values() for text, where in kind.items()}
    return {t: w for t, w in texts.items() if " " in t.strip() and re.search("[A-Za-z]{2}", _NO_WORDS.sub("", t))}
