"""The compiled kernel, kept on disk as machine code: made by numba once, loaded without it ever after.

Importing numba and having it load its own cache takes a third of a second and more, in every process. What it made is
plain machine code that takes one address and calls nothing of Python's, so llvmlite alone can put it in place.
"""

from __future__ import annotations

import ctypes
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import llvmlite
from llvmlite import binding

if TYPE_CHECKING:
    from llvmlite.binding import ModuleRef, TargetMachine

OF_C = frozenset({"memset", "memcpy", "memmove", "floor", "ceil"})
"""What the kernel may call from outside: every process has it."""


@cache
def file() -> Path:
    """Where the kernel is kept: beside the source if that can be written, else in the user's cache.

    Its name holds a hash of the source, the compiler's version and the processor: each state has a file of its own.
    """
    here = Path(__file__).parent
    text = b"".join(path.read_bytes() for path in sorted(here.glob("*.py")))
    machine = (binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten(), llvmlite.__version__)
    name = sha256(text + repr(machine).encode()).hexdigest()[:16]
    beside = here / "__pycache__"
    folder = beside if os.access(here, os.W_OK) else Path.home() / ".cache" / "flowsim"
    return folder / f"kernel-{name}.o"


def is_compiled() -> bool:
    """Whether the kernel has been compiled on this machine before."""
    return file().exists()


@cache
def loaded() -> Callable[[int], None]:
    """The kernel, a function of the address of a World's block; compiled first if it never was: a minute."""
    name, code = _read(file()) or _compiled()
    engine = binding.create_mcjit_compiler(binding.parse_assembly(""), _machine())
    engine.add_object_file(binding.ObjectFileRef.from_data(code))
    engine.finalize_object()
    entry = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)
    simulate = entry(engine.get_function_address(name))

    def run(address: int) -> None:
        nothing, no_error = ctypes.c_void_p(), ctypes.c_void_p()
        if simulate(ctypes.byref(nothing), ctypes.byref(no_error), address):
            raise RuntimeError("the kernel stopped with an error of its own")

    run.engine = engine  # type: ignore[attr-defined]  # the code lives as long as it
    return run


def _machine() -> TargetMachine:
    """This processor, as LLVM knows it."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    features = binding.get_host_cpu_features().flatten()
    target = binding.Target.from_default_triple()
    return target.create_target_machine(binding.get_host_cpu_name(), features, 3, jit=True)


def _compiled() -> tuple[str, bytes]:
    """Name and machine code of the kernel, by numba; kept for the next time."""
    from numba import types

    from flowsim.engines.compiled_engine.kernel import simulate

    with _hardly_optimised():
        simulate.compile((types.int64,))
    (made,) = simulate.overloads.values()
    module = _optimised(binding.parse_assembly(made.library.get_llvm_str()), made.fndesc.llvm_func_name)
    strange = {one.name for one in module.functions if one.is_declaration and not one.name.startswith("llvm.")} - OF_C
    if strange:
        raise RuntimeError(f"the kernel calls what it must not: {', '.join(sorted(strange))}")
    name, code = made.fndesc.llvm_func_name, _machine().emit_object(module)
    _keep(file(), name, code)
    return name, code


@contextmanager
def _hardly_optimised() -> Iterator[None]:
    """Let numba leave its functions much as they are: each alone, and with all it calls, would cost more than half."""
    from numba.core import config

    before = config.OPT, config.LOOP_VECTORIZE
    config.OPT, config.LOOP_VECTORIZE = type(config.OPT)(1), 0
    try:
        yield
    finally:
        config.OPT, config.LOOP_VECTORIZE = before


def _optimised(module: ModuleRef, entry: str) -> ModuleRef:
    """All functions at once, which nobody calls but the entry. Loops are short here: not several rounds at a time."""
    for one in module.functions:
        if not one.is_declaration and one.name != entry:
            one.linkage = "internal"
    wanted = binding.create_pipeline_tuning_options(speed_level=3)
    wanted.loop_vectorization = wanted.slp_vectorization = False
    builder = binding.create_pass_builder(_machine(), wanted)
    builder.getModulePassManager().run(module, builder)
    return module


def _keep(path: Path, name: str, code: bytes) -> None:
    """Written whole or not at all; not at all where the disk refuses."""
    head = json.dumps({"name": name, "sha256": sha256(code).hexdigest()}).encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as new:
            new.write(head + b"\n" + code)
        os.replace(new.name, path)
    except OSError:
        return


def _read(path: Path) -> tuple[str, bytes] | None:
    """What was kept, if it is whole."""
    try:
        head, _, code = path.read_bytes().partition(b"\n")
        known = json.loads(head)
        return (known["name"], code) if known["sha256"] == sha256(code).hexdigest() else None
    except (OSError, ValueError, KeyError):
        return None
