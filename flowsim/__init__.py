"""flowsim: patient flow, waiting and cost of a clinic, scenario against scenario. The face: these names, nothing else.

Every name is fetched from its room when first used, so that `import flowsim` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowsim.errors import FlowsimError as FlowsimError
    from flowsim.errors import InputError as InputError
    from flowsim.tables import Results as Results

__version__ = "0.1.0"
_ROOM = {
    "load": "scenario",
    "run": "study:results",
    "run_study": "study:run",
    "Study": "study",
    "Design": "study",
    "Results": "tables",
    "queue_length": "measures",
    "waiting_time": "measures",
    "throughput": "measures",
    "interval": "comparison",
    "compare": "comparison:compared",
    "load_unit_costs": "costs.kpp",
    "full_cost_per_patient": "costs.kpp",
    "calibrate": "calibration",
    "ask": "questions",
    "FlowsimError": "errors",
    "InputError": "errors",
}
__all__ = list(_ROOM)


def __getattr__(name: str) -> Any:
    """The public name, from its room."""
    if name not in _ROOM:
        raise AttributeError(f"flowsim has no {name!r}; it has {', '.join(_ROOM)}")
    room, _, inside = _ROOM[name].partition(":")
    return getattr(import_module(f"flowsim.{room}"), inside or name)


def __dir__() -> list[str]:
    """The public names."""
    return sorted(_ROOM)
