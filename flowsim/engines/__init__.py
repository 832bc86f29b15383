"""Engines: (plan, draws) -> rows. Every engine returns the same rows for the same plan and draws."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

from flowsim.errors import FlowsimError
from flowsim.plan.model import Draws, Plan
from flowsim.tables import Rows

ENGINES = ("simpy", "compiled")


def run(plan: Plan, draws: Draws, engine: str = "simpy") -> Rows:
    """One replication by the named engine; FlowsimError if there is no such engine."""
    return _engine(engine)(plan, draws)


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
