"""Views: tables as the kernel sees them, a bare address and widths; no bounds, no counting of references.

numba's own arrays carry nine words, count references at every look-up and allow for negative indices: with sixty of
them the kernel took a minute to compile and ran half as fast. A view's elements are read as 64-bit integers (or as
what they are, if not signed integers) whatever they are kept as.
"""

from __future__ import annotations

import operator
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.core.imputils import lower_getattr, lower_getattr_generic
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_getattr, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model

from flowsim.engines.compiled_engine.layout import DIMS, KEPT_AS, WORDS, World

jitted = njit(error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""Compile a function that only the kernel calls."""
inlined = njit(error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True)
"""The same, put in place wherever it is called: for what is small, or called from one busy place."""


class View(types.Type):
    """A table: its name, what it is kept as, and its widths where they never change (else None)."""

    def __init__(self, table: str, kept_as: types.Type, dims: tuple[int | None, ...]) -> None:
        self.table, self.kept_as, self.dims = table, kept_as, dims
        signed = isinstance(kept_as, types.Integer) and kept_as.signed
        self.read_as = types.int64 if signed else kept_as
        super().__init__(f"View({table}, {kept_as}, {dims})")


@register_model(View)
class _ViewModel(models.StructModel):
    def __init__(self, manager: Any, kind: View) -> None:
        super().__init__(
            manager, kind, [("data", types.CPointer(kind.kept_as)), ("lengths", types.CPointer(types.int64))]
        )


def _indices(index: types.Type) -> tuple[types.Type, ...] | None:
    """Types of the index, or the indices; None if it is not of whole numbers."""
    many = tuple(index) if isinstance(index, types.BaseTuple) else (index,)
    whole = all(isinstance(one, types.Integer | types.Boolean | types.IntegerLiteral) for one in many)
    return many if whole else None


@infer_global(operator.getitem)
class _Read(AbstractTemplate):
    prefer_literal = True

    def generic(self, args: Any, kws: Any) -> Any:
        view, index = args
        if isinstance(view, View) and (given := _indices(index)):
            rest = view.dims[len(given) :]
            return signature(View(view.table, view.kept_as, rest) if rest else view.read_as, view, index)
        return None


@infer_global(operator.setitem)
class _Write(AbstractTemplate):
    prefer_literal = True

    def generic(self, args: Any, kws: Any) -> Any:
        view, index, _ = args
        if isinstance(view, View) and _indices(index):
            return signature(types.none, view, index, view.read_as)
        return None


def _constant(context: Any, builder: Any, pointer: Any) -> Any:
    """Load a word that never changes while the kernel runs."""
    loaded = builder.load(pointer)
    loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
    return loaded


def _place(context: Any, builder: Any, kind: View, view: Any, indices: list[Any]) -> tuple[Any, Any]:
    """Address of an element or of a part, and the address of its lengths."""
    made = cgutils.create_struct_proxy(kind)(context, builder, value=view)
    at = indices[0]
    for k in range(1, len(kind.dims)):
        width = kind.dims[k]
        length = ir.Constant(ir.IntType(64), width) if width is not None else None
        if length is None:
            length = _constant(context, builder, builder.gep(made.lengths, [ir.Constant(ir.IntType(32), k)]))
        at = builder.mul(at, length)
        if k < len(indices):
            at = builder.add(at, indices[k])
    lengths = builder.gep(made.lengths, [ir.Constant(ir.IntType(32), len(indices))])
    return builder.gep(made.data, [at]), lengths


def _unpacked(context: Any, builder: Any, kind: types.Type, value: Any) -> list[Any]:
    """The indices as 64-bit integers."""
    values = cgutils.unpack_tuple(builder, value) if isinstance(kind, types.BaseTuple) else [value]
    kinds = _indices(kind) or ()
    return [context.cast(builder, one, its, types.int64) for one, its in zip(values, kinds, strict=True)]


def _marked(builder: Any, access: Any, view: View, index: types.Type) -> Any:
    """Say which column of which table is read or written: no other table holds it, and no other column.

    LLVM then keeps what it has read of one while another is written ("type-based alias analysis").
    """
    last = (_indices(index) or ())[-1]

    def node(name: str, above: Any) -> Any:
        return builder.module.add_metadata([ir.MetaDataString(builder.module, name), above])

    mark = builder.module.add_metadata([ir.MetaDataString(builder.module, "flowsim")])
    mark = node(view.table, mark)
    if isinstance(last, types.IntegerLiteral):
        mark = node(f"{view.table} {last.literal_value}", mark)
    nothing = ir.Constant(ir.IntType(64), 0)
    access.set_metadata("tbaa", builder.module.add_metadata([mark, mark, nothing]))
    return access


@lower_builtin(operator.getitem, View, types.Any)
def _read(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    kind = sig.args[0]
    indices = _unpacked(context, builder, sig.args[1], args[1])
    data, lengths = _place(context, builder, kind, args[0], indices)
    if isinstance(sig.return_type, View):
        part = cgutils.create_struct_proxy(sig.return_type)(context, builder)
        part.data, part.lengths = data, lengths
        return part._getvalue()
    found = _marked(builder, builder.load(data), kind, sig.args[1])
    return context.cast(builder, found, kind.kept_as, kind.read_as)


@lower_builtin(operator.setitem, View, types.Any, types.Any)
def _write(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    kind = sig.args[0]
    data, _ = _place(context, builder, kind, args[0], _unpacked(context, builder, sig.args[1], args[1]))
    given = context.cast(builder, args[2], kind.read_as, kind.kept_as)
    _marked(builder, builder.store(given, data), kind, sig.args[1])
    return context.get_dummy_value()


@infer_getattr
class _ViewAttributes(AttributeTemplate):
    key = View

    def resolve_shape(self, view: View) -> types.Type:
        return types.UniTuple(types.int64, len(view.dims))


@lower_getattr(View, "shape")
def _shape(context: Any, builder: Any, kind: View, value: Any) -> Any:
    made = cgutils.create_struct_proxy(kind)(context, builder, value=value)
    lengths = [
        _constant(context, builder, builder.gep(made.lengths, [ir.Constant(ir.IntType(32), k)]))
        for k in range(len(kind.dims))
    ]
    return context.make_tuple(builder, types.UniTuple(types.int64, len(lengths)), lengths)


class WorldType(types.Type):
    """All tables of a run: the address of a block of their addresses and lengths."""

    def __init__(self, fields: dict[str, View]) -> None:
        self.fields, self.places = fields, {name: WORDS * k for k, name in enumerate(fields)}
        super().__init__("World")


@register_model(WorldType)
class _WorldModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: WorldType) -> None:
        super().__init__(manager, kind, ir.IntType(64).as_pointer())


@infer_getattr
class _WorldAttributes(AttributeTemplate):
    key = WorldType

    def generic_resolve(self, world: WorldType, name: str) -> types.Type | None:
        return world.fields.get(name)


@lower_getattr_generic(WorldType)
def _table(context: Any, builder: Any, kind: WorldType, value: Any, name: str) -> Any:
    place = kind.places[name]
    made = cgutils.create_struct_proxy(kind.fields[name])(context, builder)
    address = _constant(context, builder, builder.gep(value, [ir.Constant(ir.IntType(32), place)]))
    made.data = builder.inttoptr(address, made.data.type)
    made.lengths = builder.gep(value, [ir.Constant(ir.IntType(32), place + 1)])
    return made._getvalue()


WORLD = WorldType(
    {name: View(name, getattr(types, KEPT_AS.get(name, "int64")), DIMS.get(name, (None,))) for name in World._fields}
)


@intrinsic
def world_at(typing: Any, address: Any) -> Any:
    """The world whose block is at an address."""

    def made(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.inttoptr(args[0], ir.IntType(64).as_pointer())

    return WORLD(types.int64), made


@intrinsic
def leading_zeros(typing: Any, number: Any) -> Any:
    """Zero bits before the first one of a positive 64-bit integer."""

    def made(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.ctlz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.int64), made
