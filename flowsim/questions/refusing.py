"""Options of a question that cannot be: an input fault with what was said, what there is, and the nearest name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flowsim.errors import Fault, InputError
from flowsim.measures.runs import treatment_step
from flowsim.schema import nearest
from flowsim.tables import Setting


def check_names(path: str, option: str, what: str, names: Iterable[str], known: Sequence[str]) -> None:
    """InputError for every name that is not known; `what`: resource, group, goal."""
    faults = [
        Fault(path, 0, option, name, f"there is no such {what}. There is: {', '.join(known)}.{nearest(name, known)}")
        for name in names
        if name not in known
    ]
    if faults:
        raise InputError(faults)


def check_treatment(path: str, setting: Setting) -> None:
    """InputError where the scenario does not say which step is the operation that is counted."""
    if not treatment_step(setting):
        message = "names no treatment: say which step is counted, guarantee: {treatment: {step: surgery, days: 90}}."
        raise refused(path, "guarantee", message)


def refused(path: str, option: str, message: str) -> InputError:
    """An input fault of an option, or of the scenario as a whole ('' for option)."""
    return InputError([Fault(path, 0, option, "", message)])
