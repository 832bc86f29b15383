"""How much of an answer's spread each input makes: Sobol's shares from a design of their own, or Morris's screening.

Both come from SALib (extra `sensitivity`). The function is deterministic here: each point of the design is run under
the same luck, so that what differs is the inputs.

Source: Sobol 2001, Saltelli et al. 2010 (first and total shares); Morris 1991, Campolongo et al. 2007 (mu*).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from flowsim.errors import FlowsimError

Function = Callable[[np.ndarray], np.ndarray]
"""(points, inputs) with every input between 0 and 1 -> one value for each point."""
MISSING = 'This needs SALib: pip install "flowsim[sensitivity]".'


@dataclass(frozen=True)
class Shares:
    """Of each input, in order."""

    first: tuple[float, ...]
    """Sobol: share of the variance by itself. Morris: mean absolute effect from low to high, in the answer's unit."""
    total: tuple[float, ...]
    """Sobol: with all its interactions. Morris: spread of its effect, which is interaction or bending."""
    first_half: tuple[float, ...]
    """Half of the 95 % interval of `first`."""
    points: int
    method: str
    """surface, sobol or morris."""
    foretold: float = float("nan")
    """Of a surface: what it foretells of the variance of draws left out."""

    @property
    def interaction(self) -> float:
        """Sobol: what is left when every input's own share is taken away."""
        return max(0.0, 1.0 - sum(self.first)) if self.method != "morris" else float("nan")

    @property
    def largest(self) -> tuple[int, ...]:
        """The largest, and those whose intervals do not tell them from it; the largest first."""
        order = sorted(range(len(self.first)), key=lambda k: -self.first[k])
        top = order[0]

        def near(k: int) -> bool:
            room = float(np.hypot(self.first_half[top], self.first_half[k]))
            return k == top or self.first[top] - self.first[k] <= room

        return tuple(k for k in order if near(k))


def sobol(function: Function, names: Sequence[str], size: int = 64, seed: int = 1) -> Shares:
    """First and total shares from size x (inputs + 2) points; `size` a power of 2.

    Raises:
        FlowsimError: SALib is not installed.
    """
    try:
        from SALib.analyze import sobol as analysis
        from SALib.sample import sobol as design
    except ImportError:
        raise FlowsimError(MISSING) from None
    problem = _problem(names)
    points = design.sample(problem, size, calc_second_order=False, seed=seed)
    values = np.asarray(function(points), dtype=float)
    found = analysis.analyze(problem, values - values.mean(), calc_second_order=False, seed=seed)
    return Shares(_plain(found["S1"]), _plain(found["ST"]), _plain(found["S1_conf"]), len(points), "sobol")


def morris(function: Function, names: Sequence[str], trajectories: int = 10, seed: int = 1) -> Shares:
    """Mean absolute effects from trajectories x (inputs + 1) points.

    Raises:
        FlowsimError: SALib is not installed.
    """
    try:
        from SALib.analyze import morris as analysis
        from SALib.sample import morris as design
    except ImportError:
        raise FlowsimError(MISSING) from None
    problem = _problem(names)
    points = design.sample(problem, trajectories, num_levels=4, seed=seed)
    values = np.asarray(function(points), dtype=float)
    found = analysis.analyze(problem, points, values, num_levels=4, seed=seed)
    return Shares(
        _plain(found["mu_star"]), _plain(found["sigma"]), _plain(found["mu_star_conf"]), len(points), "morris"
    )


def _problem(names: Sequence[str]) -> dict[str, object]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def _plain(values: object) -> tuple[float, ...]:
    return tuple(float(value) for value in np.asarray(values, dtype=float))
