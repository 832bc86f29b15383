"""The compiled kernel on disk: whole or not used, and loaded without the compiler."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from flowsim import engines

pytest.importorskip("numba", reason='the engine "compiled" needs numba: pip install "flowsim[fast]"')
pytestmark = pytest.mark.xdist_group("compiled")  # compiled once, in one worker

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
RUN = f"""
import sys
from pathlib import Path
from flowsim import engines, plan, scenario
made = plan.build(scenario.load(Path({str(BENCHMARKS / "ortho4.yaml")!r})))
rows = engines.run(made, plan.draw(made, 1, 0), "compiled")
print(len(rows["contacts"]["patient"]), "numba" in sys.modules)
"""


def test_what_was_kept_is_read_whole_or_not_at_all(tmp_path: Path) -> None:
    from flowsim.engines.compiled_engine import cache

    path = tmp_path / "new" / "kernel.o"
    code = bytes(range(256)) * 40
    cache._keep(path, "simulate", code)
    assert cache._read(path) == ("simulate", code)
    assert [one.name for one in path.parent.iterdir()] == ["kernel.o"]
    whole = path.read_bytes()
    for broken in (whole[:-1], whole[:5], b"", whole.replace(b"\x07\x08", b"\x08\x07")):
        path.write_bytes(broken)
        assert cache._read(path) is None
    assert cache._read(tmp_path / "nothing.o") is None


def test_a_kernel_that_was_compiled_before_needs_no_compiler() -> None:
    if engines.must_compile("compiled"):
        pytest.skip("the kernel has not been compiled on this machine: other tests do")
    done = subprocess.run([sys.executable, "-c", RUN], capture_output=True, text=True, check=True)
    rows, compiler = done.stdout.split()
    assert int(rows) > 80_000
    assert compiler == "False"
