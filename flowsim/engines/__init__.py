"""Engines: (plan, draws) -> rows. Every engine returns the same rows for the same plan and draws.

What an engine lacks stands in `features.LACKS`; a plan that uses it is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec

from flowsim.engines.features import refuse_lacking
from flowsim.errors import FlowsimError
from flowsim.plan.model import Draws, Plan
from flowsim.tables import Rows

ENGINES = ("simpy", "compiled")
WORTH_COMPILING = 500
"""Replications from which compiling the kernel (a minute, once on a machine) is paid back."""


def chosen(name: str, replications: int) -> str:
    """The engine meant by `auto`: the compiled one where it is installed, for a large job or once it is compiled."""
    if name != "auto":
        _engine(name)
        return name
    if find_spec("numba") is None:
        return "simpy"
    from flowsim.engines.compiled_engine.cache import is_compiled

    return "compiled" if replications >= WORTH_COMPILING or is_compiled() else "simpy"


def must_compile(name: str) -> bool:
    """Whether the engine has to be compiled before its first run on this machine."""
    if name != "compiled":
        return False
    from flowsim.engines.compiled_engine.cache import is_compiled

    return not is_compiled()


def run(plan: Plan, draws: Draws, engine: str = "simpy") -> Rows:
    """One replication by the named engine; FlowsimError if there is no such engine, or it lacks what the plan uses."""
    refuse_lacking(plan, engine)
    return _engine(engine)(plan, draws)


@cache
def _engine(name: str) -> Callable[[Plan, Draws], Rows]:
    if name == "simpy":
        from flowsim.engines import simpy_engine

        return simpy_engine.run
    if name == "compiled":
        if find_spec("numba") is None:
            raise FlowsimError(
                'The engine "compiled" needs numba: pip install "flowsim[fast]". The engine "simpy" does not.'
            )
        from flowsim.engines import compiled_engine

        return compiled_engine.run
    raise FlowsimError(f'There is no engine "{name}". There is: {", ".join(ENGINES)}.')
